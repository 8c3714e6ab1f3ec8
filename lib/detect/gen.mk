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
