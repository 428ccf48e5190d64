/* The golden machine's parameters as the words that the registers of docs/isa.md section 4 hold.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_SETTINGS_H
#define COSIM_SETTINGS_H
#include "cosim/driver/cim_driver.h"
#include "golden/machine.h"

/* hash: 64 hex digits, as words into word[8] which id then points to; NULL: not checked */
void settings_identity(const struct gm_hw *hw, const char *hash, uint32_t word[8], struct cim_identity *id);
/* the bits that a performance counter has */
uint64_t settings_counter_mask(const struct gm_hw *hw);
/* name of an identity register, "" for any other offset */
void settings_name(uint32_t offset, char name[16]);
/* tree: room for 1 << hw->adc_bits words, used when hw searches asymmetrically and g has a tree */
void settings_of(const struct gm_hw *hw, const struct gm_regs *g, uint32_t *tree, struct cim_settings *s);

#endif
