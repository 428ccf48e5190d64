/* LibreLane.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/views.h"

void view_librelane(const struct emit *m, struct gen_set *s)
{
	(void)m;
	(void)s;
}
