/* What follows from a read-out and a number of rows alone: tables of values, ranges, weights. docs/numerics.md sections 1, 3, 4; docs/train.md 4.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/layer_parts.h"
#include "common/err.h"
#include "common/mem.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

bool gl_has_state(const struct gl_readout *ro)
{
	return ro->conv.kind == RO_STOCHASTIC || ro->noise;
}

/* are flags 0..n-1 the bits of the byte? */
static bool few(const struct gl_flags *flags, int n)
{
	int v;

	for (v = 0; v < 256; v++)
		if (n > 8 || (flags->of[v] ^ v) & ((1 << n) - 1))
			return false;
	return true;
}

static void set_codes(struct gl_shape *s)
{
	const struct gl_readout *ro = &s->ro;
	int v, i, b, planes = 0, slices = 0; /* the sums of the weights */

	s->K = gc_slices(ro->weight_code, ro->weight_bits, ro->cell_bits);
	s->planes = gc_planes(ro->input_code, ro->input_bits);
	if (ro->cell_bits < 1 || ro->cell_bits > 2 || ro->weight_bits > 8 || ro->input_bits > 8)
		BUG("cells of %d bits, weights of %d, inputs of %d", ro->cell_bits, ro->weight_bits, ro->input_bits);
	for (i = 0; i < s->K; i++) {
		s->slice_weight[i] = gc_slice_weight(ro->weight_code, ro->weight_bits, ro->cell_bits, i);
		slices += s->slice_weight[i];
		s->slices_sum += abs(s->slice_weight[i]);
	}
	for (i = 0; i < s->planes; i++) {
		s->plane_weight[i] = gc_plane_weight(ro->input_code, ro->input_bits, i);
		planes += s->plane_weight[i];
		s->planes_sum += abs(s->plane_weight[i]);
		s->pair_weight[i / 2] |= (uint32_t)(uint8_t)s->plane_weight[i] * 0x00010001u << (i % 2 * 8);
		s->plane_magnitude[i] = (uint32_t)abs(s->plane_weight[i]) * 0x01010101u;
	}
	for (v = -128; v < 128; v++) {
		for (i = 0; i < s->planes; i++)
			s->planes_of.of[(uint8_t)v] |= (uint16_t)(gc_plane_bit(ro->input_code, ro->input_bits, i, v) << i);
		for (i = 0; i < s->K; i++) {
			int digit = gc_slice_cell(ro->weight_code, ro->weight_bits, ro->cell_bits, i, v);

			for (b = 0; b < ro->cell_bits; b++)
				s->cells_of.of[(uint8_t)v] |= (uint16_t)((abs(digit) >> b & 1) << (i * ro->cell_bits + b + (digit < 0 ? 8 : 0)));
		}
	}
	s->constant = ro->window.low * planes * slices;
	s->planes_of.few = few(&s->planes_of, s->planes);
	s->cells_of.few = few(&s->cells_of, s->dif ? 16 : s->K * s->cell_bits);
}

/* counts whose level lies in T[1] - lsb <= L < T[2^b - 1] + lsb: an interval, because levels ascend with counts */
static struct gl_range range_of(const struct gl_shape *s, const int32_t *T)
{
	int64_t lsb = (int64_t)s->ro.window.lsb << s->ro.grid_bits, from = T[1] - lsb, to = T[(1 << s->bits) - 1] + lsb;
	struct gl_range r = { s->lowest, s->highest };

	while (r.first <= s->highest && (int64_t)r.first * (1 << s->ro.grid_bits) < from)
		r.first++;
	while (r.last >= s->lowest && (int64_t)r.last * (1 << s->ro.grid_bits) >= to)
		r.last--;
	return r;
}

static void set_tables(struct gl_shape *s, const struct gl_readout *ro)
{
	size_t size = (size_t)1 << ro->bits;
	int t;

	s->T = MEM_NEW(s->n_tables * size, int32_t);
	if (ro->thresholds)
		memcpy(s->T, ro->thresholds, s->n_tables * size * sizeof(*s->T));
	else
		ro_ideal_table(&ro->window, ro->bits, ro->grid_bits, s->T);
	s->inside = MEM_NEW(s->n_tables, struct gl_range);
	for (s->monotone = s->all_inside = true, t = 0; t < s->n_tables; t++) {
		struct gl_range *r = &s->inside[t];

		s->monotone &= ro_monotone(s->T + t * size, ro->bits);
		*r = ro->conv.kind == RO_STOCHASTIC ? (struct gl_range){ s->lowest, s->highest } : range_of(s, s->T + t * size);
		s->all_inside &= r->first == s->lowest && r->last == s->highest;
	}
	s->all_inside &= ro->conv.kind == RO_STOCHASTIC || !ro->noise;
}

/* value of every count as each converter reads it */
static void set_values(struct gl_shape *s)
{
	int counts = s->highest - s->lowest + 1, t, i, value;
	uint16_t *code = MEM_NEW((size_t)s->n_tables * counts, uint16_t);

	s->value = MEM_NEW((size_t)s->n_tables * counts, int32_t);
	s->value_of = MEM_NEW(s->n_tables, const int32_t *);
	s->blocks = (counts + 15) / 16;
	s->bytes = counts <= 257;
	for (s->lossless = true, t = 0; t < s->n_tables; t++) {
		uint16_t *c = code + (size_t)t * counts;

		s->value_of[t] = s->value + (size_t)t * counts - s->lowest;
		ro_lookup(&s->ro.conv, s->T + ((size_t)t << s->ro.bits), s->bits, s->ro.grid_bits, s->lowest, s->highest, c, NULL);
		for (i = 0; i < counts; i++) {
			s->value[(size_t)t * counts + i] = value = s->ro.window.low + c[i] * s->ro.window.lsb;
			s->lossless &= value == s->lowest + i;
			s->bytes &= c[i] < 256;
		}
		/* no byte is outside a range that is empty where all 256 are counts */
		s->bytes &= counts < 256 || s->inside[t].first <= s->inside[t].last;
		/* a count of 256 is taken for 255 in bytes: right where both have one code; for the range see take_back in golden/layer_lanes.c */
		if (counts == 257)
			s->bytes &= !s->dif && c[256] == c[255] && s->inside[t].first < 256;
	}
	if (s->bytes) {
		s->blocks = s->blocks > 16 ? 16 : s->blocks;
		s->code = MEM_NEW((size_t)s->n_tables * 256, uint8_t);
		s->clip = code[counts - 1];
		for (t = 0; t < s->n_tables; t++)
			for (i = 0; i < counts && i < 256; i++) {
				s->code[t * 256 + i] = (uint8_t)code[(size_t)t * counts + i];
				if (s->clip >= 0 && s->code[t * 256 + i] != (i < s->clip ? i : s->clip))
					s->clip = -1;
			}
	}
	free(code);
}

/* Steps of the LFSR are linear over bits, so those of several draws together are too: what becomes of a word is the sum of what becomes of its
 * bytes. */
static void set_jumps(struct gl_shape *s)
{
	const int32_t T[1 << 12] = { 0 };
	struct ro_conv c = s->ro.conv;
	int d, i, byte;

	s->jump = mem_realloc(NULL, GL_JUMPS, sizeof(*s->jump));
	for (d = 0; d < GL_JUMPS; d++)
		for (byte = 0; byte < 2; byte++)
			for (i = 0; i < 256; i++) {
				s->jump[d][byte][i] = (uint16_t)(i << (8 * byte));
				c.samples = d + 1;
				ro_convert(&c, T, s->ro.bits, 0, &s->jump[d][byte][i]);
			}
}

static struct gl_shape *make(const struct gl_readout *ro, int n)
{
	struct gl_shape *s = MEM_NEW(1, struct gl_shape);
	int smax = n * ((1 << ro->cell_bits) - 1);

	s->ro = *ro;
	s->ro.conv.bits = ro->bits;
	s->ro.histogram = NULL;
	if (ro->conv.tree) {
		s->tree = *ro->conv.tree;
		s->ro.conv.tree = &s->tree;
	}
	s->n = n;
	s->cell_bits = ro->cell_bits;
	s->dif = ro->weight_code == GC_DIF;
	s->n_tables = ro->thresholds ? ro->adcs : 1;
	s->bits = ro_resolution(&ro->window, ro->bits, ro->grid_bits, n, ro->cell_bits, ro->full);
	s->lowest = s->dif ? -smax : 0;
	s->highest = smax;
	set_codes(s);
	set_tables(s, ro);
	s->ro.thresholds = ro->thresholds ? s->T : NULL;
	if (ro->conv.kind == RO_STOCHASTIC)
		set_jumps(s);
	if (!gl_has_state(ro))
		set_values(s);
	return s;
}

static bool same_window(const struct ro_window *a, const struct ro_window *b)
{
	return a->lsb == b->lsb && a->low == b->low && a->nearest == b->nearest;
}

static bool same_converter(const struct ro_conv *a, const struct ro_conv *b)
{
	return a->kind == b->kind && a->flash_bits == b->flash_bits && a->ones == b->ones && a->samples == b->samples && !a->tree == !b->tree &&
	       (!a->tree || !memcmp(a->tree, b->tree, sizeof(*a->tree)));
}

/* all that make() looks at */
static bool fits(const struct gl_shape *s, const struct gl_readout *b, int n)
{
	const struct gl_readout *a = &s->ro;

	return s->n == n && a->bits == b->bits && a->cell_bits == b->cell_bits && a->grid_bits == b->grid_bits && a->input_bits == b->input_bits &&
	       a->weight_bits == b->weight_bits && a->input_code == b->input_code && a->weight_code == b->weight_code &&
	       same_window(&a->window, &b->window) && a->full == b->full && same_converter(&a->conv, &b->conv) && !a->noise == !b->noise &&
	       !a->thresholds == !b->thresholds &&
	       (!b->thresholds || (a->adcs == b->adcs && !memcmp(s->T, b->thresholds, ((size_t)b->adcs << b->bits) * sizeof(*s->T))));
}

static void drop(struct gl_shape *s)
{
	if (--s->refs)
		return;
	free(s->T);
	free(s->inside);
	free(s->value);
	free(s->value_of);
	free(s->code);
	free(s->jump);
	free(s);
}

/* The last few stay, so that a matrix made anew finds its shape. */
enum { KEPT = 16 };
static struct { pthread_mutex_t lock; struct gl_shape *shape[KEPT]; int next; } kept = { PTHREAD_MUTEX_INITIALIZER, { NULL }, 0 };

struct gl_shape *gl_shape_get(const struct gl_readout *ro, int n)
{
	struct gl_shape *s = NULL;
	int i;

	pthread_mutex_lock(&kept.lock);
	for (i = 0; i < KEPT && !s; i++)
		if (kept.shape[i] && fits(kept.shape[i], ro, n))
			s = kept.shape[i];
	if (!s) {
		s = make(ro, n);
		s->refs = 1;
		if (kept.shape[kept.next])
			drop(kept.shape[kept.next]);
		kept.shape[kept.next] = s;
		kept.next = (kept.next + 1) % KEPT;
	}
	s->refs++;
	pthread_mutex_unlock(&kept.lock);
	return s;
}

void gl_shape_put(struct gl_shape *s)
{
	pthread_mutex_lock(&kept.lock);
	drop(s);
	pthread_mutex_unlock(&kept.lock);
}
