/* Expected events, written by the golden thread and read by the judge: one log per kind and tile, because tiles run by themselves
 * while the golden machine runs the program in order. A log grows in chunks; the writer is held back by the sum of all live chunks, unless the
 * reader starves (it may need an event of another tile that the writer has not reached), so that the bound cannot dead-lock.
 * One writer thread, one reader thread.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_LOG_H
#define COSIM_LOG_H
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* What all logs of a run share. */
struct log_pool {
	atomic_long live;     /* chunks that exist */
	long limit;           /* the writer waits above it */
	atomic_bool starving; /* the reader waits */
	atomic_bool done;     /* nothing more will be written */
	atomic_bool deaf;     /* the reader has gone: records are counted, no longer kept */
};

struct log_chunk;
struct log {
	struct log_pool *pool;
	size_t record, per_chunk; /* bytes of a record, records of a chunk */
	/* reader's */
	struct log_chunk *head;
	size_t head_used, read, seen; /* seen: last known `written` */
	/* writer's, on a cache line of its own */
	_Alignas(64) atomic_size_t written;
	struct log_chunk *tail;
	size_t tail_used;
};

void log_init(struct log *l, struct log_pool *pool, size_t record);
void log_release(struct log *l);
/* writer: room for one record, then publish it */
void *log_slot(struct log *l);
void log_push(struct log *l);
/* writer, now and then: waits while the pool is full */
void log_hold(struct log_pool *p);
/* reader: the next record, valid until the next call; NULL when the writer is done and nothing is left */
const void *log_next(struct log *l);
/* reader, after done: how many records were never read */
size_t log_left(const struct log *l);

#endif
