# What is written from sources: docs/configuration.md, docs/registers.md, the SVG of docs/waves (docs/README.md).
# SPDX-License-Identifier: Apache-2.0
.PHONY: docs docs-waves
docs: all ## write the generated pages again: configuration, registers, timing diagrams
	@tools/config_reference.py
	@BUILD=$(BUILD) tools/registers.sh
	@tools/wavedrom.py docs/waves/*.json
docs-waves: all ## record the timing diagrams of docs/waves from the RTL
	@BUILD=$(BUILD) tests/cosim/diagrams.sh record
