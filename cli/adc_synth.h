/* Standard cells of converter controllers, by tools/synth_adc.sh on the RTL templates: both are part of the program, so that it works in any directory.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_ADC_SYNTH_H
#define CLI_ADC_SYNTH_H
#include "common/err.h"
#include <stdbool.h>
#include <stddef.h>

/* area in units of the liberty file; period: shortest clock period, of a circuit without flip-flops its delay */
struct adc_cells { long cells, flops; double area, period_ns; bool cached; };

/* cases: "MODULE PARAMETER=VALUE ..."; results are kept in $BITLINE_CACHE/adc or build/adc, by content. ERR_ENV: a tool is missing (names the package) or failed */
int adc_synth(const char *const *cases, size_t n, struct adc_cells *out, struct err *e);

#endif
