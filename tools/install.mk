# install, uninstall, completions, demo.
MAN_PAGES := $(wildcard docs/man/*.1)
COMPLETIONS := $(OUT)/completions/remnant $(OUT)/completions/_remnant
COMPLETED := $(ALL_PROGRAMS)
DESTBIN = $(DESTDIR)$(PREFIX)/bin
DESTMAN = $(DESTDIR)$(PREFIX)/share/man/man1
DESTBASH = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
DESTZSH = $(DESTDIR)$(PREFIX)/share/zsh/site-functions

$(OUT)/completions/data: $(COMPLETED:%=$(OUT)/bin/%)
	@mkdir -p $(@D)
	$(Q)for program in $^; do $$program --completion-data || exit 1; done >$@
$(OUT)/completions/remnant: $(OUT)/completions/data tools/completion-bash.awk
	$(Q)awk -F '\t' -f tools/completion-bash.awk $< >$@
$(OUT)/completions/_remnant: $(OUT)/completions/data tools/completion-zsh.awk
	$(Q)awk -F '\t' -f tools/completion-zsh.awk $< >$@

install: all $(COMPLETIONS)
	install -d $(DESTBIN) $(DESTMAN) $(DESTBASH) $(DESTZSH)
	install -m 755 $(ALL_PROGRAMS:%=$(OUT)/bin/%) $(DESTBIN)
	$(if $(MAN_PAGES),install -m 644 $(MAN_PAGES) $(DESTMAN))
	install -m 644 $(OUT)/completions/remnant $(DESTBASH)/remnant
	for program in $(filter-out remnant,$(COMPLETED)); do \
		ln -sf remnant $(DESTBASH)/$$program; done
	install -m 644 $(OUT)/completions/_remnant $(DESTZSH)/_remnant

uninstall:
	rm -f $(ALL_PROGRAMS:%=$(DESTBIN)/%) $(MAN_PAGES:docs/man/%=$(DESTMAN)/%)
	rm -f $(COMPLETED:%=$(DESTBASH)/%) $(DESTZSH)/_remnant

demo:
	$(MAKE) deps
	$(MAKE) all
	RMN_BIN=$(abspath $(OUT)/bin) tools/demo.sh demo

.PHONY: install uninstall demo
