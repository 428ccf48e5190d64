# The schema, the templates and the driver that goes with them become part of the program, as C arrays under $(BUILD)/embed: it needs no source tree when it runs.
# Extra prerequisites of the libraries are added here and not through EXTRA_*, which are expanded before this file is read.
# SPDX-License-Identifier: Apache-2.0
EMBED_DIR = $(BUILD)/embed
TEMPLATES := $(sort $(shell find rtl-templates -name '*.sv') $(wildcard constraints/*.sdc) $(shell find flows -type f ! -name '*.md') cosim/driver/cim_driver.c cosim/driver/cim_driver.h)

# $(1) file: its bytes as decimal initialisers and a closing NUL
embed_bytes = od -An -v -tu1 $(1) | sed 's/[0-9][0-9]*/&,/g'; echo 0

# the list is rewritten only when a template comes or goes
$(EMBED_DIR)/templates.list: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(TEMPLATES) | cmp -s - $@ || printf '%s\n' $(TEMPLATES) >$@
FORCE:
.PHONY: FORCE

$(EMBED_DIR)/xsd.c: configs/bitline.xsd gen/embed.mk
	@mkdir -p $(@D)
	@{ echo '#include <stddef.h>'; echo 'extern const char embed_bitline_xsd[]; extern const size_t embed_bitline_xsd_len;'; \
	echo 'const char embed_bitline_xsd[] = {'; $(call embed_bytes,$<); \
	echo '};'; echo 'const size_t embed_bitline_xsd_len = sizeof(embed_bitline_xsd) - 1;'; } >$@

$(EMBED_DIR)/templates.c: $(EMBED_DIR)/templates.list $(TEMPLATES) gen/embed.mk
	@mkdir -p $(@D)
	@{ echo '#include "gen/tmpl.h"'; n=0; \
	for f in $(TEMPLATES); do echo "static const char text_$$n[] = {"; $(call embed_bytes,$$f); echo '};'; n=$$((n + 1)); done; \
	echo 'const struct tmpl tmpl_embedded[] = {'; n=0; \
	for f in $(TEMPLATES); do echo "	{ \"$$f\", text_$$n, sizeof(text_$$n) - 1 },"; n=$$((n + 1)); done; \
	echo '	{ NULL, NULL, 0 }'; echo '};'; } >$@

$(BUILD)/obj/embed/%.o: $(EMBED_DIR)/%.c gen/tmpl.h
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS_ALL) $(CFLAGS) -c $< -o $@

$(BUILD)/libcommon.a: $(BUILD)/obj/embed/xsd.o
$(BUILD)/libgen.a: $(BUILD)/obj/embed/templates.o
