# Tables of numbering plans -> rows of C arrays.
DETECT_ROWS := $(addprefix $(OUT)/gen/detect/,jp_area_rows.h e164_rows.h iban_rows.h)
GEN_HEADERS += $(DETECT_ROWS)

$(OUT)/gen/detect/jp_area_rows.h: lib/detect/data/jp_area_prefix.tsv
$(OUT)/gen/detect/e164_rows.h: lib/detect/data/e164_lengths.tsv
$(OUT)/gen/detect/iban_rows.h: lib/detect/data/iban_lengths.tsv
$(DETECT_ROWS): lib/detect/data/rows.sh
	@mkdir -p $(@D)
	$(if $(Q),@echo "  GEN     $@")
	$(Q)sh lib/detect/data/rows.sh $(basename $(@F)) $(filter %.tsv,$^) >$@

# The rules themselves, and the top-level domains, as C arrays.
DETECT_RULES := $(sort $(wildcard rules/*.yaml))
DETECT_EMBEDDED := $(OUT)/gen/detect/rules_embedded.h $(OUT)/gen/detect/tld_rows.h
GEN_HEADERS += $(DETECT_EMBEDDED)

$(OUT)/gen/detect/rules_embedded.h: lib/detect/embed.sh $(DETECT_RULES)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  GEN     $@")
	$(Q)sh $^ >$@

$(OUT)/gen/detect/tld_rows.h: lib/detect/data/tlds.txt
	@mkdir -p $(@D)
	$(if $(Q),@echo "  GEN     $@")
	$(Q)tr -s ' \n' '\n\n' <$< | LC_ALL=C sort -u | sed '/^$$/d;s/.*/"&",/' >$@

# make bench-detect FILES="..." [ARGS="--encoding utf-8"]
$(OUT)/bench/detect_bench: $(OUT)/tests/bench/detect_bench.o $(LIBRARY)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $< $(LIBRARY) $(PKG_LIBS) $(LIBS_PLAIN)
bench-detect: $(OUT)/bench/detect_bench
	$< $(ARGS) $(FILES)
.PHONY: bench-detect
