# remnant -- GNU make.  make; make check; make install PREFIX=/usr/local
#
#   CC=clang  SAN=address,undefined  WERROR=1  BUILD=DIR  V=1
#   targets: all check check-quick check-unit bench lint fuzz demo deps install uninstall clean golden

VERSION := 0.1.0
CC ?= cc
PREFIX ?= /usr/local
SAN ?=
BUILD ?= build
comma := ,
OUT := $(BUILD)/$(notdir $(firstword $(CC)))$(if $(SAN),-$(subst $(comma),-,$(SAN)))
Q := $(if $(V),,@)

# The libraries, by the folder that uses them (lib/FLOORS).  PDF is a program of its own: MuPDF is
# AGPL and must not be linked into anything else.
PACKAGES := libcrypto libsodium libarchive sqlite3 libmagic libhs libutf8proc icu-uc yaml-0.1 \
	jansson libseccomp expat zlib libdeflate libewf libqcow libvmdk libvhdi
LIBS_PLAIN := -ltsk -lbfio -lstdc++ -lm
PDF_LIBS := -lmupdf -lmupdf-third $(shell pkg-config --libs freetype2 harfbuzz libopenjp2 \
	libjpeg zlib gumbo 2>/dev/null) -ljbig2dec -lmujs -lm

.DEFAULT_GOAL := all
include tools/deps.mk

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 -Wno-format-nonliteral \
	$(if $(WERROR),-Werror)
HARDEN := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
ifneq ($(SAN),)
HARDEN := -fPIE -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer
endif
ALL_CPPFLAGS := -Ilib -I$(OUT)/gen -DRMN_VERSION='"$(VERSION)"' -D_GNU_SOURCE \
	$(PKG_CFLAGS) $(CPPFLAGS)
ALL_CFLAGS := -std=gnu11 -O2 -g $(WARNINGS) $(HARDEN) $(CFLAGS)
ALL_LDFLAGS := -pie -Wl,-z,relro,-z,now $(if $(SAN),-fsanitize=$(SAN)) $(LDFLAGS)

LIB_SRC := $(wildcard lib/*/*.c lib/format/*/*.c)
LIB_OBJ := $(LIB_SRC:%.c=$(OUT)/%.o)
PROGRAMS := $(filter-out remnant-pdf remnant-ocr,$(patsubst tools/%.c,%,$(wildcard tools/remnant*.c)))
ALL_PROGRAMS := $(PROGRAMS) remnant-pdf \
	$(if $(shell pkg-config --exists tesseract lept 2>/dev/null && echo yes),remnant-ocr)
LIBRARY := $(OUT)/libremnant.a

all: $(ALL_PROGRAMS:%=$(OUT)/bin/%)

# Generated sources: each folder that makes some has a gen.mk, which adds to GEN_HEADERS.
GEN_HEADERS :=
-include $(wildcard lib/*/gen.mk)

$(OUT)/%.o: %.c | $(GEN_HEADERS) $(DEPS_STAMP)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  CC      $<")
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(LIBRARY): $(LIB_OBJ)
	$(if $(Q),@echo "  AR      $@")
	$(Q)rm -f $@ && $(AR) rcs $@ $(LIB_OBJ)

$(PROGRAMS:%=$(OUT)/bin/%): $(OUT)/bin/%: $(OUT)/tools/%.o $(LIBRARY)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LD      $@")
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $< $(LIBRARY) $(PKG_LIBS) $(LIBS_PLAIN)

PDF_OBJ := $(OUT)/tools/remnant-pdf.o $(patsubst %.c,$(OUT)/%.o,$(wildcard tools/pdf_*.c))
$(OUT)/bin/remnant-pdf: $(PDF_OBJ) $(LIBRARY)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LD      $@")
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(PDF_OBJ) $(LIBRARY) $(PDF_LIBS) -lsodium -lcrypto -lseccomp

# Built where Tesseract is; without it pictures are recorded as not read.
OCR_OBJ := $(OUT)/tools/remnant-ocr.o $(patsubst %.c,$(OUT)/%.o,$(wildcard tools/ocr_*.c))
$(OUT)/bin/remnant-ocr: $(OCR_OBJ) $(LIBRARY)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LD      $@")
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(OCR_OBJ) $(LIBRARY) -ltesseract -llept -lsodium -lcrypto \
		-lseccomp -lm

include tools/install.mk
include tests/tests.mk

clean:
	rm -rf $(BUILD)

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
.PHONY: all clean
.DELETE_ON_ERROR:
.SECONDARY:
