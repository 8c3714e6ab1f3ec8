# Every tests/unit/FOLDER_NAME.c is one cmocka program over the library.
UNIT_SRC := $(wildcard tests/unit/*.c)
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(OUT)/unit/%)

$(OUT)/unit/%: $(OUT)/tests/unit/%.o $(LIBRARY)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LD      $@")
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $< $(LIBRARY) -lcmocka $(PKG_LIBS) $(LIBS_PLAIN)

unit: $(UNIT_BIN)
.PHONY: unit
