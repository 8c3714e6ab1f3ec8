# Tests.  Everything speaks TAP; tests/run.sh runs and counts it.
#
#   make check         deps, build, every test          make check-quick   no deps, no command lines
#   make fuzz T=docx   libFuzzer on one reader          make golden        rewrite expectations
# Every tests/unit/FOLDER_NAME.c is one cmocka program over the library.
UNIT_SRC := $(wildcard tests/unit/*.c)
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(OUT)/unit/%)
$(OUT)/tests/%.o: ALL_CPPFLAGS += -I.

$(OUT)/unit/%: $(OUT)/tests/unit/%.o $(LIBRARY)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LD      $@")
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $< $(LIBRARY) -lcmocka $(PKG_LIBS) $(LIBS_PLAIN)

# Every tests/tools/NAME.c is a small program that test scripts use.
TOOL_BIN := $(patsubst tests/tools/%.c,$(OUT)/testtools/%,$(wildcard tests/tools/*.c))

$(OUT)/testtools/%: $(OUT)/tests/tools/%.o $(LIBRARY)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LD      $@")
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $< $(LIBRARY) $(PKG_LIBS) $(LIBS_PLAIN)

test-tools: $(TOOL_BIN)

unit: $(UNIT_BIN)

# One fuzz target a file; linked with replay.c it runs a folder instead.
FUZZ_SHARED := replay sink disk
FUZZ_TARGETS := $(filter-out $(FUZZ_SHARED),$(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c)))
# A child an input, and no fixture is a disk: tests/unit/fs_damage.c does that better.
REPLAY_BIN := $(patsubst %,$(OUT)/fuzz/%-replay,$(filter-out image,$(FUZZ_TARGETS)))
# What reads files replays every fixture; what reads disks, streams and messages, those that are such.
REPLAY_FILES := archive carve carve_text charset detect format identify
REPLAYS = $(foreach b,$(REPLAY_BIN),'$(b) $(if $(filter $(REPLAY_FILES:%=%-replay),$(notdir $(b))),testdata,testdata/unpack testdata/recover_hfs)')
FUZZ_OBJ = $(OUT)/tests/fuzz/$*.o $(OUT)/tests/fuzz/sink.o $(OUT)/tests/fuzz/disk.o
FUZZ_ROW := $(if $(filter $(T),$(FUZZ_TARGETS)),,$(T))
FUZZ_NAME := $(if $(FUZZ_ROW),format,$(T))

$(OUT)/fuzz/%-replay: $(OUT)/tests/fuzz/%.o $(OUT)/tests/fuzz/replay.o $(OUT)/tests/fuzz/sink.o $(OUT)/tests/fuzz/disk.o $(LIBRARY)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LD      $@")
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(FUZZ_OBJ) $(OUT)/tests/fuzz/replay.o $(LIBRARY) \
		$(PKG_LIBS) $(LIBS_PLAIN)

$(OUT)/fuzz/%-engine: $(OUT)/tests/fuzz/%.o $(OUT)/tests/fuzz/sink.o $(OUT)/tests/fuzz/disk.o $(LIBRARY)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $(FUZZ_OBJ) $(LIBRARY) \
		$(PKG_LIBS) $(LIBS_PLAIN)

fuzz:
	@test -n "$(T)" || { echo "make fuzz T=NAME: a format ($(notdir $(wildcard testdata/format/*)))" \
		"or one of $(FUZZ_TARGETS)"; exit 2; }
	@mkdir -p $(BUILD)/corpus/$(T)
	$(MAKE) CC=clang SAN=address,undefined,fuzzer-no-link fuzz-run T=$(T)
fuzz-run: $(OUT)/fuzz/$(FUZZ_NAME)-engine
	RMN_FUZZ_ROW=$(FUZZ_ROW) $< -max_len=1048576 -timeout=20 -rss_limit_mb=2048 -artifact_prefix=$(BUILD)/corpus/ $(FUZZ_ARGS) \
		$(BUILD)/corpus/$(T) $(wildcard testdata/format/$(T) testdata/$(T))

# The environment of a test: where the programs are, what they were built with, and real files
# nobody here wrote, where there are any.
RMN_CORPUS ?= ../shared/corpus
TEST_ENV = RMN_BIN=$(abspath $(OUT)/bin) RMN_TOOLS=$(abspath $(OUT)/testtools) \
	RMN_SAN=$(SAN) RMN_LOGS=$(OUT)/check CC="$(CC)" \
	RMN_CORPUS=$(if $(wildcard $(RMN_CORPUS)),$(abspath $(RMN_CORPUS))) \
	RMN_COMPLETIONS=$(abspath $(OUT)/completions)
TESTS_QUICK = tests/floors.sh tests/conventions.sh \
	'tests/headers.sh $(CC) $(filter-out -DRMN_VERSION%,$(ALL_CPPFLAGS)) -std=gnu11 -Wall -Wextra -Werror' $(UNIT_BIN)
TESTS_ALL = $(TESTS_QUICK) $(if $(wildcard testdata/*),$(REPLAYS)) \
	$(patsubst %,'bats --tap %',$(wildcard tests/cli/*.bats))

check:
	$(MAKE) deps
	$(MAKE) check-all
check-all: all unit test-tools $(REPLAY_BIN) $(COMPLETIONS)
	@$(TEST_ENV) tests/run.sh $(TESTS_ALL)
check-quick: all unit
	@$(TEST_ENV) tests/run.sh $(TESTS_QUICK)
check-unit: unit $(REPLAY_BIN)
	@$(TEST_ENV) tests/run.sh $(UNIT_BIN) $(if $(wildcard testdata/*),$(REPLAYS))

# Tests that compare with a file under testdata/ rewrite it; the diff is reviewed like code.
golden: all unit
	@RMN_GOLDEN=1 $(TEST_ENV) tests/run.sh $(UNIT_BIN)

bench: all
	@$(TEST_ENV) tests/bench/bench.py $(if $(DATA),--data $(DATA)) $(IMAGE)
	@$(if $(shell command -v soffice),tests/bench/readers.py $(OUT)/bin --keep $(BUILD)/bench/readers,\
		echo "soffice is not installed: no documents to compare readers on")
	@$(if $(DISKS),$(TEST_ENV) tests/bench/recovery.py --cold $(DISKS))

LINT_SRC = $(LIB_SRC) $(wildcard tools/*.c)
lint:
	$(if $(shell command -v clang-tidy),clang-tidy --quiet $(LINT_SRC) -- -std=gnu11 $(ALL_CPPFLAGS),\
		@echo "clang-tidy is not installed")
	$(if $(shell command -v cppcheck),cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr \
		--enable=warning$(comma)portability -Ilib -I$(OUT)/gen -D_GNU_SOURCE $(LINT_SRC),\
		@echo "cppcheck is not installed")
	$(if $(shell command -v mandoc),mandoc -T lint -W warning docs/man/*.1,@echo "mandoc is not installed")
	$(if $(shell command -v shellcheck),shellcheck $(wildcard tests/*.sh tests/*/*.sh tools/*.sh) .ci/run,\
		@echo "shellcheck is not installed")

.PHONY: unit check check-all check-quick check-unit golden bench lint fuzz fuzz-run
