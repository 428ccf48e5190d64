# Coverage (docs/coverage.md): of our C, of the emitted RTL, of the space of configurations.
# SPDX-License-Identifier: Apache-2.0
coverage: deps-quiet all ## line coverage of C over make test, or over T="suite ..."; table by folder
	@$(MAKE) $(BUILD_JOBS) --no-print-directory BUILD=$(BUILD)/cov $(BUILD)/cov/obj/tools/gcov_ends.o
	@$(MAKE) $(BUILD_JOBS) --no-print-directory BUILD=$(BUILD)/cov OPT=-O1 CFLAGS=--coverage LDFLAGS="--coverage -Wl,--wrap=_exit,--wrap=abort,--wrap=execvp,--wrap=execlp $(BUILD)/cov/obj/tools/gcov_ends.o" all unit
	@find $(BUILD)/cov -name '*.gcda' -delete
	@BUILD=$(BUILD)/cov BITLINE=$(BUILD)/cov/bitline tests/run.sh $(T); tests=$$?; \
	tools/gcov.py $(BUILD)/cov -v $(if $(T),,--least 95) >$(BUILD)/cov/holes.txt; least=$$?; \
	sed '/^all/q' $(BUILD)/cov/holes.txt; echo "lines that no test ran: $(BUILD)/cov/holes.txt"; [ $$tests = 0 ] && [ $$least = 0 ]

coverage-rtl: deps-quiet ## line and toggle coverage of the emitted RTL, pairs of configuration values, over co-simulations, RTL and fault benches
	@$(MAKE) $(BUILD_JOBS) --no-print-directory all unit
	@BUILD=$(BUILD) tools/cover_rtl.sh

# co-simulations drawn towards pairs of parameter values that none has held yet
unit: $(BUILD)/test/pairs
$(BUILD)/test/pairs: $(call obj,$(wildcard tests/cosim/pairs*.c tests/cosim/sweep_*.c cli/cosim_*.c cli/cli_*.c)) $(ARCHIVES)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -rdynamic -o $@ $(filter %.o,$^) $(ARCHIVES) $(LDLIBS_ALL)
.PHONY: coverage coverage-rtl
