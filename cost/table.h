/* Constants of the cost model: docs/cost.md section 4. Private to cost/.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COST_TABLE_H
#define COST_TABLE_H
#include "cost/cost.h"

enum cost_key {
	COST_CONVERTER_FF_BIT, COST_CONVERTER_FF_LEVEL, COST_CONVERTER_SUPPLY, COST_CONVERTER_AREA_EXPONENT, COST_CONVERTER_AREA_SLOPE, COST_CONVERTER_NS_ROW, COST_CONVERTER_NS,
	COST_ANY_COLUMN, COST_MVM_NS, COST_MVM_NJ, COST_MVM_FIXED, COST_BIT_FJ, COST_STAGE_NS, COST_ADD_NS, COST_BETWEEN_NS, COST_LOAD_BITS, COST_WRITE_NJ, COST_CELL_UM2, COST_N_KEYS
};

struct cost_table {
	char *name;
	double value[COST_N_KEYS]; /* NAN: not given */
	char *source[COST_N_KEYS];
};

#endif
