// cim_requant alone against exact 128-bit arithmetic: corners of acc, M, s and every input width (numerics.md section 6).
// SPDX-License-Identifier: Apache-2.0
#include "Vdut.h"
#include <algorithm>
#include <cstdio>

int main()
{
	VerilatedContext ctx;
	Vdut m(&ctx);
	auto edge = [&] { m.clk_i = 1; m.eval(); m.clk_i = 0; m.eval(); };
	m.rst_ni = 0; edge(); m.rst_ni = 1; edge();
	auto model = [](int32_t acc, int mul, int s, int bits, int sm) {
		int qmax = std::max(1, (1 << (bits - 1)) - 1), qhi = bits == 1 && !sm ? 0 : qmax;
		__int128 v = ((__int128)acc * mul + ((__int128)1 << (s - 1))) >> s;
		return v < -qmax ? -qmax : v > qhi ? qhi : (int)v;
	};
	auto digits = [](int mul) { // -1 (as 3), 0, 1, 2 to the base 4, and the carry out of them
		int word = 0, carry = 0;
		for (int i = 0; i < 16; i += 2) {
			int v = (mul >> i & 3) + carry;
			carry = v > 2;
			word |= (v & 3) << i;
		}
		return word | carry << 16;
	};
	long n = 0, bad = 0;
	auto one = [&](int32_t acc, int mul, int s, int bits, int sm) {
		m.acc_i = (uint32_t)acc; m.mul_i = digits(mul); m.shift_i = s; m.input_bits_i = bits; m.input_sm_i = sm;
		m.valid_i = 1; edge(); m.valid_i = 0; m.acc_i = ~m.acc_i; edge();
		int e = model(acc, mul, s, bits, sm);
		n++;
		if ((int8_t)m.q_o != e || (int32_t)m.acc_o != acc) if (!bad++) printf("FAIL core_requant: acc %d M %d s %d bits %d sm %d gives %d, expected %d\n", acc, mul, s, bits, sm, (int8_t)m.q_o, e);
	};
	// worked vectors
	struct { int acc, mul, s, q; } w[] = {{5, 1, 1, 3}, {-5, 1, 1, -2}, {1000, 32768, 18, 125}};
	for (auto &v : w) { one(v.acc, v.mul, v.s, 8, 0); if ((int8_t)m.q_o != v.q && !bad++) printf("FAIL core_requant: worked vector %d\n", v.acc); }
	const int64_t acc[] = {0, 1, 2, 3, 5, 63, 64, 126, 127, 128, 129, 1000, 32767, 32768, 65535, 65536, 1 << 30, 2147483646, 2147483647};
	const int mul[] = {0, 1, 2, 3, 32767, 32768, 40000, 65534, 65535};
	for (int64_t a : acc) for (int sign : {1, -1}) for (int u : mul) for (int s = 1; s <= 47; s++) for (int b = 1; b <= 8; b++) for (int sm = 0; sm < 2; sm++) one((int32_t)(sign * a), u, s, b, sm);
	for (int u : mul) for (int s = 1; s <= 47; s++) one(INT32_MIN, u, s, 8, 0);
	// products next to every rounding boundary
	for (int s = 1; s <= 31; s++) for (int64_t q = -130; q <= 130; q++) for (int d = -1; d <= 1; d++) {
		int64_t p = q * ((int64_t)1 << s) - ((int64_t)1 << (s - 1)) + d;
		if (p >= INT32_MIN && p <= INT32_MAX) one((int32_t)p, 1, s, 8, 0);
	}
	if (!bad) printf("ok core_requant %ld vectors\n", n);
	return bad != 0;
}
