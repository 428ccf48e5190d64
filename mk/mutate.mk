# SPDX-License-Identifier: Apache-2.0
mutate: all ## mutants of the RTL, the golden model, the mapper and the harness: killed, equivalent, survived (N=600 SOURCE=150 SEED=1 MODULE= PART=rtl,source,harness JOBS=2)
	@BUILD=$(BUILD) N=$(N) SOURCE=$(SOURCE) SEED=$(SEED) MODULE=$(MODULE) PART=$(PART) JOBS=$(JOBS) tools/mutate.sh
.PHONY: mutate
