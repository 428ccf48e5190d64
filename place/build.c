/* Growing a placement: images, their steps, their pieces, each appended to the newest. build.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "place/build.h"
#include "common/mem.h"

void build_image(struct placement *p, long array, int turn)
{
	*MEM_PUSH(p->image, p->n_images) = (struct place_image){ array, turn };
}

void build_step(struct placement *p, struct place_step s)
{
	if (!p->n_images)
		BUG("a step without an image");
	s.image = (int)(p->n_images - 1);
	s.piece = p->n_pieces;
	s.n_pieces = 0;
	*MEM_PUSH(p->step, p->n_steps) = s;
}

void build_piece(struct placement *p, struct place_piece x)
{
	if (!p->n_steps)
		BUG("a piece without a step");
	*MEM_PUSH(p->piece, p->n_pieces) = x;
	p->step[p->n_steps - 1].n_pieces++;
}

void build_dealt_image(struct placement *p, const struct place_geometry *g, long i)
{
	if (g->arrays)
		build_image(p, i % g->arrays, (int)(i / g->arrays));
	else
		build_image(p, i, 0);
}
