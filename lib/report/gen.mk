# Texts that reports carry, each as one C string.
REPORT_TEXTS := schema.inc:inventory.schema.json style.inc:report.css script.inc:report.js
GEN_HEADERS += $(foreach text,$(REPORT_TEXTS),$(OUT)/gen/report/$(firstword $(subst :, ,$(text))))

define report_text
$(OUT)/gen/report/$(1): lib/report/$(2)
	@mkdir -p $$(@D)
	$(if $(Q),@echo "  GEN     $$@")
	$(Q)awk '{ gsub(/\\/, "&&"); gsub(/"/, "\\\""); gsub(/\t/, "\\t"); print "\"" $$$$0 "\\n\"" }' $$< >$$@
endef
$(foreach text,$(REPORT_TEXTS),$(eval $(call report_text,$(firstword $(subst :, ,$(text))),$(lastword $(subst :, ,$(text))))))
