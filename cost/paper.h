/* The latency ratios of paper A (de Lima et al., arXiv 2510.11192, section IV-B) under stated sets of assumptions, as the paper's own constants are not published.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COST_PAPER_H
#define COST_PAPER_H
#include "cost/cost.h"

/* One token, one pass through the model: sum over phases of the slowest array's steps, then what is serial.
 * A step takes fixed + rounds * bit * bits^power (power < 0: bit * 2^bits); each array that works in a phase sends one vector over one bus, and every row chunk but an output's first is one addition of vectors. */
struct paper_time { double fixed, bit, power, transfer, add; };
double paper_latency(const struct cfg *c, const struct placement *p, const struct paper_time *t);

/* power for which numerator / denominator latency is `ratio` with only rounds * bits^power counted; NAN: none in 0..8 */
double paper_power(const struct cfg *c, const struct placement *linear, const struct placement *other, double ratio);

#endif
