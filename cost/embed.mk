# The default cost table becomes part of the program, as gen/embed.mk does with the schema (its embed_bytes and rule for embedded objects).
# SPDX-License-Identifier: Apache-2.0
$(EMBED_DIR)/cost_default.c: configs/cost/default.json gen/embed.mk cost/embed.mk
	@mkdir -p $(@D)
	@{ echo '#include <stddef.h>'; echo 'extern const char embed_cost_default[]; extern const size_t embed_cost_default_len;'; \
	echo 'const char embed_cost_default[] = {'; $(call embed_bytes,$<); \
	echo '};'; echo 'const size_t embed_cost_default_len = sizeof(embed_cost_default) - 1;'; } >$@

$(BUILD)/libcost.a: $(BUILD)/obj/embed/cost_default.o
