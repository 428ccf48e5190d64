/* Edit distance with transpositions over short names.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/cfg_near.h"
#include <string.h>

enum { LONGEST = 64 }; /* longer input is no misspelling of anything */

static size_t min2(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t distance(const char *a, size_t la, const char *b, size_t lb)
{
	size_t d[LONGEST + 1][LONGEST + 1];

	for (size_t i = 0; i <= la; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= lb; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= la; i++)
		for (size_t j = 1; j <= lb; j++) {
			d[i][j] = min2(min2(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = min2(d[i][j], d[i - 2][j - 2] + 1);
		}
	return d[la][lb];
}

const char *cfg_near(const char *wrong, const char *const *known, size_t n)
{
	size_t lw = strlen(wrong), best = lw < 3 ? 1 : 2 + lw / 4; /* nearer than this; two letters resemble every other two */
	const char *found = NULL;

	if (lw > LONGEST || lw == 0)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t lk = strlen(known[i]), dist;
		const char *dot = strchr(known[i], '.');

		if (lk > LONGEST)
			continue;
		dist = distance(wrong, lw, known[i], lk);
		if (dot && !strcmp(dot + 1, wrong)) /* the group was forgotten */
			dist = min2(dist, 1);
		if (dist < best) {
			best = dist;
			found = known[i];
		}
	}
	return found;
}
