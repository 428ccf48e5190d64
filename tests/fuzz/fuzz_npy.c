/* .npy arrays.
 * SPDX-License-Identifier: Apache-2.0 */
#include "checkpoint/npy.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = { 0 };
	struct npy a;

	fuzz_file(data, size);
	if (npy_read(&a, FUZZ_PATH, &e)) {
		fuzz_refused(&e);
		return 0;
	}
	if (a.rows < 1 || a.cols < 1 || a.n_dims < 1 || a.n_dims > 2)
		fuzz_broken("an array without elements", NULL);
	fuzz_use((const float *)a.data, (size_t)(a.rows * a.cols) * 2);
	npy_release(&a);
	return 0;
}
