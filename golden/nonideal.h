/* Tables of real converters: docs/numerics.md section 10, docs/network.md section 5. golden's own; adc/ has its own, and digests are compared.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GOLDEN_NONIDEAL_H
#define GOLDEN_NONIDEAL_H
#include "golden/machine.h"

struct ro_errors {               /* section 10: standard deviations */
	int offset, inl;         /* thousandths of a count */
	int gain, capacitor;     /* millionths */
	bool binary_dac;
	uint64_t seed;
};

/* normal deviate of section 10, standard deviation 65536 */
int64_t ro_deviate(uint64_t seed, uint32_t what, uint32_t id, uint64_t n);
/* every table of a core, index ((tile*adcs + lane)*GM_SETS + set) << adc_bits | k, entry k = 0 is 0: what gm_new takes. window: [GM_SETS] */
void ro_tables(const struct gm_hw *hw, const struct ro_window *window, const struct ro_errors *x, int32_t *T);
/* noise to add to a level: section 11 */
int32_t ro_noise(int noise, uint64_t seed, int grid_bits, uint32_t converter, uint64_t conversion);

#endif
