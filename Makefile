# bitline: the one entry. `make help` lists the targets.
# SPDX-License-Identifier: Apache-2.0
SHELL := /bin/bash
BUILD ?= build
CC = gcc
OPT ?= -O2
PKGS = libxml-2.0 jansson libcrypto openblas
CFLAGS_ALL = -std=c11 -D_GNU_SOURCE $(OPT) -g -Wall -Wextra -Wstrict-prototypes -Wpointer-arith -Wno-missing-field-initializers -I. -I$(BUILD) -I$(BUILD)/generated -MMD -MP -fopenmp $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
LDLIBS_ALL = $(shell pkg-config --libs $(PKGS) 2>/dev/null) -llapacke -llapack -fopenmp -ldl -lm -lpthread
ifdef DEV
CFLAGS_ALL += -Werror -Wshadow -Wvla
endif
ifdef ASAN
CFLAGS_ALL += -fsanitize=address,undefined -fno-omit-frame-pointer
LDLIBS_ALL += -fsanitize=address,undefined
endif
.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := all

# `make V=1` shows the commands
Q = $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $(2))

# with every core, unless make was told how many
BUILD_JOBS = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))

# One static library per folder; a folder's unit tests link only what the folder may know.
LIBS = common checkpoint workload sparsify place golden train map cost explore report regress gen adc spice cosim lib
$(foreach l,$(LIBS),$(eval SRC_$(l) := $(wildcard $(l)/*.c)))
SRC_cosim += cosim/driver/cim_driver.c
SRC_cli := $(wildcard cli/*.c)
obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
ARCHIVES = $(foreach l,lib cosim spice adc gen explore regress report cost map place sparsify workload train golden checkpoint common,$(BUILD)/lib$(l).a)

all: $(BUILD)/bitline ## build the program

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS_ALL) $(CFLAGS) -c $< -o $@

define lib_rule
$(BUILD)/lib$(1).a: $(call obj,$(SRC_$(1))) $$(EXTRA_$(1))
	@rm -f $$@
	$$(Q)ar rcs $$@ $$^
endef
$(foreach l,$(LIBS),$(eval $(call lib_rule,$(l))))

$(BUILD)/bitline: $(call obj,$(SRC_cli)) $(ARCHIVES)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -rdynamic -o $@ $(call obj,$(SRC_cli)) $(ARCHIVES) $(LDLIBS_ALL)

# The driver takes register offsets from the header that `bitline gen` emits, made by the same emitter.
$(BUILD)/generated/cim_regs.h: $(BUILD)/obj/tools/cim_regs.o $(BUILD)/libgen.a $(BUILD)/libcommon.a configs/tiny.xml
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)$(CC) $(LDFLAGS) -o $(@:.h=) $(filter %.o %.a,$^) $(LDLIBS_ALL)
	$(Q)$(@:.h=) configs/tiny.xml >$@
$(call obj,$(SRC_cosim) $(wildcard tests/unit/test_cosim_*.c)): | $(BUILD)/generated/cim_regs.h

# unit tests: tests/unit/test_<lib>_<what>.c -> build/test/test_<lib>_<what>
UNIT = $(patsubst tests/unit/%.c,$(BUILD)/test/%,$(wildcard tests/unit/test_*.c))
$(BUILD)/test/%: $(BUILD)/obj/tests/unit/%.o $(ARCHIVES)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $< $(ARCHIVES) -lcmocka $(LDLIBS_ALL)
unit: $(UNIT) $(BUILD)/test/sweep $(BUILD)/test/bench $(BUILD)/test/bench_place $(BUILD)/test/bench_golden $(BUILD)/test/tables $(BUILD)/test/clocks $(BUILD)/test/fit

# drivers of many co-simulations: they use the parts of `bitline cosim`, not its command line
$(BUILD)/test/sweep $(BUILD)/test/clocks: $(call obj,$(wildcard tests/cosim/sweep_*.c))
$(BUILD)/test/bench: $(call obj,$(wildcard tests/cosim/bench_case.c tests/cosim/bench_worker.c))
$(BUILD)/test/sweep $(BUILD)/test/bench $(BUILD)/test/bench_place $(BUILD)/test/tables $(BUILD)/test/clocks $(BUILD)/test/fit: $(BUILD)/test/%: $(BUILD)/obj/tests/cosim/%.o $(call obj,$(wildcard cli/cosim_*.c cli/cli_*.c)) $(ARCHIVES)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -rdynamic -o $@ $(filter %.o,$^) $(ARCHIVES) $(LDLIBS_ALL)

$(BUILD)/test/bench_golden: $(BUILD)/obj/tests/cosim/bench_golden.o $(ARCHIVES)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $< $(ARCHIVES) $(LDLIBS_ALL)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

# Embedded files: schema and templates, shim and probes
-include $(wildcard mk/*.mk)
-include gen/embed.mk cosim/embed.mk cost/embed.mk train/embed.mk

deps: ## install the Debian packages of packages.txt that are missing
	@tools/deps.sh
deps-quiet:
	@tools/deps.sh -q

# `make demo` and `make test` are the only commands a new user types: they install what is missing, then build in a second make
# (the first one may have started without pkg-config).
demo: deps-quiet ## a language model writes a story through the emitted RTL, golden beside it; ends with a page (MODEL=path TOKENS=24 SEED=1)
	@$(MAKE) $(BUILD_JOBS) --no-print-directory all
	@BUILD=$(BUILD) TOKENS=$(TOKENS) SEED=$(SEED) tools/demo.sh $(MODEL)
test: deps-quiet ## every test that is quick; last line: N passed, N failed
	@$(MAKE) $(BUILD_JOBS) --no-print-directory all unit
	@BUILD=$(BUILD) tests/run.sh $(T)
regress: deps-quiet ## make test, then what takes longer: whole models through every converter
	@$(MAKE) --no-print-directory test
	@$(MAKE) $(BUILD_JOBS) --no-print-directory all unit
	@BUILD=$(BUILD) tests/run.sh regress
sweep: all $(BUILD)/test/sweep ## N random co-simulations: make sweep N=1000 SEED=7
	@$(BUILD)/test/sweep --n $(or $(N),200) --seed $(or $(SEED),1)
$(BUILD)/obj/cli/adc_synth.o: tools/synth_adc.sh # embedded
bench-adc: all ## converters: area and clock of every controller, against hand-written ones
	@BUILD=$(BUILD) tools/bench_adc.sh
bench-flow: all ## controllers beside those of others, highest clock of every one against 200 MHz (CODES=0: without the closed loop over all codes)
	@BUILD=$(BUILD) CODES=$(CODES) tools/bench_flow.sh
spice: all ## an immersed pair in ngspice: reference levels and decisions against the tables
	@BUILD=$(BUILD) tools/spice.sh
model: all ## remake the embedded model (about an hour on 4 cores): tokenizer, training, training on through 4-bit converters
	@BUILD=$(BUILD) tools/model.sh
paper-c: all ## mismatch that is never calibrated, and what training through it gives back (GRID=quick|full MODEL= TEACHER= TEXT=)
	@BUILD=$(BUILD) tools/paper_c.sh
paper-b-accuracy: all ## perplexity over converter kinds and bits, untouched and trained for
	@BUILD=$(BUILD) tools/paper_b_accuracy.sh
paper-a: all ## the figures of the block-diagonal paper beside ours, reproduced or not
	@$(BUILD)/bitline paper-a
bench: all $(BUILD)/test/bench $(BUILD)/test/bench_place $(BUILD)/test/bench_golden ## speed of every engine as ratios within one run, its bounds, growth of the compiled model, tokens per second
	@$(BUILD)/test/bench --growth
	@$(BUILD)/test/bench_golden
	@$(BUILD)/test/bench_place
	@BUILD=$(BUILD) tools/bench_decode.sh

flow-%: all ## hand-off, NAME of yosys sta power qflow ice40: make flow-yosys CONFIG=digital8 (LIB=osu018|osu035|FILE.lib BLOCK=top SET="key=value ..." ARGS=)
	@BUILD=$(BUILD) CONFIG='$(or $(CONFIG),digital8)' LIB='$(LIB)' BLOCK='$(BLOCK)' SET='$(SET)' tools/flow.sh $* $(ARGS)

clean: ## remove everything generated
	rm -rf $(BUILD)
help: ## list the targets
	@grep -hE '^[a-z%-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 20
.PHONY: all unit model paper-c paper-b-accuracy deps deps-quiet demo test regress sweep bench bench-adc bench-flow paper-a spice clean help
