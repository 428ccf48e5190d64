# Fault campaign (docs/faults.md section 6): one bit of one register of a running core flips, N times.
# SPDX-License-Identifier: Apache-2.0
faults: $(BUILD)/bitline ## fault campaign: N injections (N=2000 SEED=1 CONFIG=name), table by class of register; exit 1 on a hang or an undocumented silent error
	@BUILD=$(BUILD) N=$(or $(N),2000) SEED=$(or $(SEED),1) CONFIG="$(CONFIG)" bash tests/faults/campaign.bash
.PHONY: faults
