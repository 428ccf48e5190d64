# Proofs. The list of obligations: tests/formal/*.list; the table is what docs/formal.md shows.
# SPDX-License-Identifier: Apache-2.0
formal: ## every proof, JOBS (2) at a time, as a table: module, parameters, properties, method, result, seconds (WORDS="cim_link" for some)
	@JOBS=$(or $(JOBS),2) BUILD=$(BUILD) tests/formal/prove.py $(WORDS)
.PHONY: formal
