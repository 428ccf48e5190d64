/* llama2.c models, version 0 and 2 (and whatever else model_load takes by content).
 * The size of a file follows from its header exactly, so that random bytes never get past it: the mutator often gives the file the size that its header asks for.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz_model.h"
#include "checkpoint/le.h"

enum { MAGIC = 0x616b3432, SMALL = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = { 0 };
	struct model m;

	fuzz_file(data, size);
	if (model_load(&m, FUZZ_PATH, &e)) {
		fuzz_refused(&e);
		return 0;
	}
	fuzz_use_model(&m);
	model_release(&m);
	return 0;
}

/* an own count, for small headers; 0: none */
static size_t wanted(const uint8_t *p, size_t size)
{
	bool v2 = size >= 256 && le_u32(p) == MAGIC;
	const uint8_t *h = v2 ? p + 8 : p;
	size_t n[7], group = v2 ? le_u32(p + 37) : 1, head, kv, weights, norms;
	bool own;

	if (size < 28)
		return 0;
	for (int i = 0; i < 7; i++) {
		int32_t v = (int32_t)le_u32(h + 4 * i);

		n[i] = (size_t)(i == 5 && v < 0 ? -(int64_t)v : v);
		if (v == 0 || n[i] > SMALL)
			return 0;
	}
	own = v2 ? !p[36] : (int32_t)le_u32(h + 20) < 0;
	if (group < 1 || group > SMALL)
		return 0;
	head = n[0] / n[3];
	kv = head * n[4];
	weights = n[5] * n[0] * (own ? 2 : 1) + n[2] * (2 * n[0] * n[0] + 2 * n[0] * kv + 3 * n[0] * n[1]);
	norms = (2 * n[2] + 1) * n[0];
	if (v2)
		return 256 + 4 * norms + weights + 4 * (weights / group);
	return 28 + 4 * (norms + weights + n[6] * (head / 2) * 2);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	uint32_t r = seed | 1;
	size_t n;

	size = LLVMFuzzerMutate(data, size, max);
	n = fuzz_next(&r) % 4 ? wanted(data, size) : 0;
	if (!n || n > max)
		return size;
	if (n > size)
		memset(data + size, (int)(fuzz_next(&r) & 255), n - size);
	return n;
}
