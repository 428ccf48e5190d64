/* Hardware loops over ACT and OUT instructions whose fields advance by constant steps.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_ROLL_H
#define MAP_ROLL_H
#include "map/code.h"

/* The same program with its runs of ACT and OUT rolled into LOOP / NEXT where that makes it shorter, as deep as the four loop levels allow.
 * Index registers r8..r15 carry what grows; the program must not use them. New memory. */
void roll_code(const struct code *from, struct code *to);

#endif
