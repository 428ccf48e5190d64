/* How often each count S was converted: read from JSON {"first": S of the first bin, "counts": [..], ..} (`bitline golden --histogram`), or a model of it; and what codes it gives.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ADC_HISTOGRAM_H
#define ADC_HISTOGRAM_H
#include "common/cfg.h"
#include "common/err.h"
#include <stddef.h>
#include <stdint.h>

enum { HISTOGRAM_MAX = 3072 /* the greatest count: 1024 rows of 2-bit cells; dif: either sign */ };

struct histogram { int first; size_t n; uint64_t *count; };

/* ERR_INPUT: no such JSON, a bin beyond +-HISTOGRAM_MAX, all bins together empty or above 2^53 */
int histogram_read(const char *path, struct histogram *h, struct err *e);
void histogram_release(struct histogram *h);

/* where the window of a converter begins and how it rounds (docs/numerics.md section 4) */
struct histogram_window { int lsb, low; enum cfg_rounding rounding; };
/* weight[2^bits]: how often the ideal converter gives each code */
void histogram_codes(const struct histogram *h, const struct histogram_window *w, int bits, uint64_t *weight);
/* weight[2^bits] as of Binomial(2^bits - 1, 1/4): products of independent random bits, one count to a code. About 2^40 in all */
void histogram_quarter(int bits, uint64_t *weight);
double histogram_entropy(const uint64_t *weight, int bits); /* bits */

#endif
