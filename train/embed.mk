# The story grammar becomes part of the program, as gen/embed.mk does with the schema (its embed_bytes and rule for embedded objects).
# SPDX-License-Identifier: Apache-2.0
$(EMBED_DIR)/stories_grammar.c: train/stories.grammar gen/embed.mk train/embed.mk
	@mkdir -p $(@D)
	@{ echo '#include "train/grammar.h"'; \
	echo 'const char grammar_builtin[] = {'; $(call embed_bytes,$<); \
	echo '};'; echo 'const size_t grammar_builtin_len = sizeof(grammar_builtin) - 1;'; } >$@

$(BUILD)/libtrain.a: $(BUILD)/obj/embed/stories_grammar.o
