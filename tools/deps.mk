# One readable message for a missing library, and `make deps` to install them.
DEBIAN_PACKAGES := build-essential pkg-config libtsk-dev libewf-dev libqcow-dev libvmdk-dev \
	libvhdi-dev libbfio-dev libarchive-dev libmagic-dev libsqlite3-dev libvectorscan-dev \
	libexpat1-dev libmupdf-dev libfreetype-dev libharfbuzz-dev libopenjp2-7-dev \
	libjpeg-dev libgumbo-dev libjbig2dec0-dev libmujs-dev libicu-dev libutf8proc-dev libyaml-dev \
	libjansson-dev libseccomp-dev libsodium-dev libssl-dev libdeflate-dev zlib1g-dev \
	libtesseract-dev libleptonica-dev tesseract-ocr-jpn tesseract-ocr-jpn-vert \
	tesseract-ocr-eng
DEBIAN_TEST_PACKAGES := libcmocka-dev bats clang libclang-rt-14-dev mandoc python3 sqlite3 \
	sleuthkit ntfs-3g dosfstools e2fsprogs exfatprogs qemu-utils mtools genisoimage zip xxd \
	libxml2-utils bsdextrautils strace jq procps

PKG_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
PKG_LIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)
DEPS_STAMP := $(BUILD)/.deps

$(DEPS_STAMP): tools/deps.mk Makefile
	@mkdir -p $(@D)
	@sh tools/deps-check.sh "$(PACKAGES)"
	@touch $@

deps:
	sh tools/deps-install.sh $(DEBIAN_PACKAGES) $(DEBIAN_TEST_PACKAGES)
.PHONY: deps
