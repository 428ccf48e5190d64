# Fuzzing (docs/fuzzing.md): targets with clang's libFuzzer, a replayer of kept inputs with the project's own compiler, and the sanitizer run of all tests.
# SPDX-License-Identifier: Apache-2.0
FUZZ_TARGETS := $(shell sed -n 's/^TARGET(\(.*\))$$/\1/p' tests/fuzz/targets.def)
FUZZ_CC ?= clang
FUZZ_DIR = $(BUILD)/fuzz
# what the targets read with; only objects that a target calls are linked
FUZZ_SRC = $(SRC_common) $(SRC_checkpoint) $(filter-out golden/trans% golden/quant% golden/calib% golden/text%,$(SRC_golden)) \
	$(filter-out adc/cost% adc/fit%,$(SRC_adc)) map/encode.c map/print.c map/repair.c gen/manifest.c cost/table.c
FUZZ_WRAP = -Wl,--wrap=file_read -Wl,--wrap=file_write -Wl,--wrap=fopen
FUZZ_SAN = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FUZZ_CFLAGS = -std=c11 -D_GNU_SOURCE -O2 -g1 -Wall -Wextra -Wno-missing-field-initializers -Wno-unknown-pragmas -Wno-unused-but-set-variable -I. -I$(BUILD) -MMD -MP $(shell pkg-config --cflags $(PKGS) 2>/dev/null) $(FUZZ_SAN)

# archives are made anew when a source comes or goes (.SECONDARY keeps make from missing the objects of an archive that is there)
$(FUZZ_DIR)/sources.list: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(FUZZ_SRC) | cmp -s - $@ || printf '%s\n' $(FUZZ_SRC) >$@

# ---- campaigns: clang; coverage counts the project's code, not the targets'
FUZZ_OBJ = $(patsubst %.c,$(FUZZ_DIR)/obj/%.o,$(FUZZ_SRC)) $(FUZZ_DIR)/obj/embed/xsd.o $(FUZZ_DIR)/obj/embed/cost_default.o
$(FUZZ_DIR)/obj/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(FUZZ_CC) $(FUZZ_CFLAGS) -c $< -o $@
$(FUZZ_DIR)/obj/embed/%.o: $(BUILD)/embed/%.c
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(FUZZ_CFLAGS) -c $< -o $@
$(FUZZ_DIR)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(FUZZ_CC) $(FUZZ_CFLAGS) $(FUZZ_COV) -c $< -o $@
# values that are compared are watched only where formats have magic numbers and sizes: it costs the others two thirds of their speed
FUZZ_COV = -fsanitize-coverage=inline-8bit-counters,pc-table
$(foreach r,llama2c model npy tokenizer,$(FUZZ_DIR)/obj/checkpoint/$(r).o): FUZZ_COV = -fsanitize=fuzzer-no-link
$(FUZZ_DIR)/read.a: $(FUZZ_OBJ) $(FUZZ_DIR)/sources.list
	@rm -f $@
	$(Q)ar rcs $@ $(FUZZ_OBJ)
$(FUZZ_DIR)/fuzz_%: $(FUZZ_DIR)/obj/tests/fuzz/fuzz_%.o $(FUZZ_DIR)/obj/tests/fuzz/input.o $(FUZZ_DIR)/read.a
	$(call say,LINK,$@)
	$(Q)$(FUZZ_CC) -fsanitize=fuzzer,address,undefined $(FUZZ_WRAP) -o $@ $^ $(filter-out -fopenmp -fsanitize%,$(LDLIBS_ALL))
fuzz-build: $(patsubst %,$(FUZZ_DIR)/fuzz_%,$(FUZZ_TARGETS))
fuzz: ## fuzzing: N inputs to each reader (N=10000000 TARGET=name SEED=1 JOBS=1), table, exit 1 on a crash or while edges still appear
	@command -v $(FUZZ_CC) >/dev/null || { echo "fuzz: $(FUZZ_CC) is missing: install clang and libclang-rt-14-dev, or name another with FUZZ_CC=" >&2; exit 3; }
	@$(MAKE) --no-print-directory fuzz-build
	@BUILD=$(BUILD) N=$(N) TARGET="$(TARGET)" SEED=$(SEED) JOBS=$(JOBS) tools/fuzz.sh run

# ---- replay: the project's compiler, address and undefined-behaviour sanitizers; not optimised, since it runs a thousand inputs and is built by `make test`
FUZZ_REPLAY_OBJ = $(patsubst %.c,$(FUZZ_DIR)/replay/%.o,$(FUZZ_SRC)) $(FUZZ_DIR)/replay/embed/xsd.o $(FUZZ_DIR)/replay/embed/cost_default.o
$(FUZZ_DIR)/replay/tests/fuzz/fuzz_%.o: tests/fuzz/fuzz_%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(FUZZ_CFLAGS) -O0 -DLLVMFuzzerTestOneInput=fuzz_$* -DLLVMFuzzerCustomMutator=mutate_$* -c $< -o $@
$(FUZZ_DIR)/replay/embed/%.o: $(BUILD)/embed/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(FUZZ_CFLAGS) -O0 -c $< -o $@
$(FUZZ_DIR)/replay/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(FUZZ_CFLAGS) -O0 -c $< -o $@
$(FUZZ_DIR)/replay.a: $(FUZZ_REPLAY_OBJ) $(FUZZ_DIR)/sources.list
	@rm -f $@
	$(Q)ar rcs $@ $(FUZZ_REPLAY_OBJ)
$(FUZZ_DIR)/fuzz_replay: $(patsubst %,$(FUZZ_DIR)/replay/tests/fuzz/%.o,replay input $(FUZZ_TARGETS:%=fuzz_%)) $(FUZZ_DIR)/replay.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(FUZZ_SAN) $(FUZZ_WRAP) -o $@ $^ $(filter-out -fopenmp -fsanitize%,$(LDLIBS_ALL))
fuzz-replay: $(FUZZ_DIR)/fuzz_replay

# ---- the address and undefined-behaviour sanitizers over the tests
test-asan: ## every test that is quick and some co-simulations under the address and undefined-behaviour sanitizers
	@BUILD=$(BUILD)/asan tools/test_asan.sh $(T)

-include $(shell find $(BUILD)/fuzz -name '*.d' 2>/dev/null)
.PHONY: fuzz fuzz-build fuzz-replay test-asan
