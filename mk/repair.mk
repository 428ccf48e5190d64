# What stuck cells cost (docs/faults.md section 4).
# SPDX-License-Identifier: Apache-2.0
fault-cost: all ## what stuck cells, columns and comparators cost in layers of the embedded model: the table of docs/faults.md section 4
	@BITLINE=$(BUILD)/bitline tools/fault_cost.py
.PHONY: fault-cost
