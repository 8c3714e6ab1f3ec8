# The tables of charset/decode.c and charset/normal.c, made on the building machine from what
# iconv and utf8proc know.  The two programs run at build time only.
HOSTCC ?= cc
CHARSET_TABLES := $(OUT)/gen/charset/decode_tables.h $(OUT)/gen/charset/normal_tables.h
GEN_HEADERS += $(CHARSET_TABLES)

$(CHARSET_TABLES): $(OUT)/gen/charset/%.h: lib/charset/gen/%.c
	@mkdir -p $(@D)
	$(if $(Q),@echo "  GEN     $@")
	$(Q)$(HOSTCC) -std=gnu11 -O1 -o $(@:.h=.gen) $< $$(pkg-config --cflags --libs libutf8proc)
	$(Q)$(@:.h=.gen) >$@
