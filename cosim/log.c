/* SPDX-License-Identifier: Apache-2.0 */
#include "cosim/log.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CHUNK_BYTES = 64 << 10, SPINS = 500 };

struct log_chunk { struct log_chunk *next; _Alignas(16) char data[]; };

void log_init(struct log *l, struct log_pool *pool, size_t record)
{
	memset(l, 0, sizeof(*l));
	l->pool = pool;
	l->record = (record + 7) / 8 * 8;
	l->per_chunk = CHUNK_BYTES / l->record > 4 ? CHUNK_BYTES / l->record : 4;
	l->head = l->tail = mem_calloc(1, sizeof(*l->head) + l->per_chunk * l->record);
	atomic_fetch_add(&pool->live, 1);
}

void log_release(struct log *l)
{
	while (l->head) {
		struct log_chunk *next = l->head->next;

		free(l->head);
		l->head = next;
	}
}

void *log_slot(struct log *l)
{
	if (l->tail_used == l->per_chunk && atomic_load_explicit(&l->pool->deaf, memory_order_relaxed))
		l->tail_used = 0;
	if (l->tail_used == l->per_chunk) {
		struct log_chunk *c = mem_realloc(NULL, 1, sizeof(*c) + l->per_chunk * l->record);

		c->next = NULL;
		l->tail->next = c; /* seen by the reader through `written` */
		l->tail = c;
		l->tail_used = 0;
		atomic_fetch_add_explicit(&l->pool->live, 1, memory_order_relaxed);
	}
	return l->tail->data + l->tail_used * l->record;
}

void log_push(struct log *l)
{
	l->tail_used++;
	atomic_store_explicit(&l->written, atomic_load_explicit(&l->written, memory_order_relaxed) + 1, memory_order_release);
}

static void doze(void)
{
	struct timespec t = { 0, 50000 }; /* far below a scheduler's slice, far above a record */

	nanosleep(&t, NULL);
}

void log_hold(struct log_pool *p)
{
	while (atomic_load_explicit(&p->live, memory_order_relaxed) > p->limit &&
	       !atomic_load_explicit(&p->starving, memory_order_relaxed) && !atomic_load_explicit(&p->deaf, memory_order_relaxed))
		doze();
}

/* The writer is behind: give it a moment, then sleep. False when it is done and the log is empty. */
static bool wait_for_more(struct log *l)
{
	bool done, more;

	for (int spin = 0; ; spin++) {
		done = atomic_load_explicit(&l->pool->done, memory_order_acquire); /* before `written`: nothing can come after it */
		l->seen = atomic_load_explicit(&l->written, memory_order_acquire);
		more = l->seen != l->read;
		if (more || done)
			break;
		if (spin < SPINS)
			continue;
		atomic_store_explicit(&l->pool->starving, true, memory_order_relaxed);
		doze();
	}
	atomic_store_explicit(&l->pool->starving, false, memory_order_relaxed);
	return more;
}

const void *log_next(struct log *l)
{
	if (l->read == l->seen && !wait_for_more(l))
		return NULL;
	if (l->head_used == l->per_chunk) {
		struct log_chunk *old = l->head;

		l->head = old->next;
		l->head_used = 0;
		free(old);
		atomic_fetch_sub_explicit(&l->pool->live, 1, memory_order_relaxed);
	}
	l->read++;
	return l->head->data + l->head_used++ * l->record;
}

size_t log_left(const struct log *l)
{
	return atomic_load_explicit(&l->written, memory_order_acquire) - l->read;
}
