/* Little-endian numbers out of unaligned bytes, and the two 16-bit float formats; shared by the readers of this folder.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECKPOINT_LE_H
#define CHECKPOINT_LE_H
#include <stdint.h>
#include <string.h>

static inline uint16_t le_u16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t le_u32(const uint8_t *p)
{
	return (uint32_t)le_u16(p) | (uint32_t)le_u16(p + 2) << 16;
}

static inline uint64_t le_u64(const uint8_t *p)
{
	return (uint64_t)le_u32(p) | (uint64_t)le_u32(p + 4) << 32;
}

static inline float le_f32_bits(uint32_t u)
{
	float f;

	memcpy(&f, &u, sizeof(f));
	return f;
}

static inline float le_f32(const uint8_t *p)
{
	return le_f32_bits(le_u32(p));
}

static inline double le_f64(const uint8_t *p)
{
	uint64_t u = le_u64(p);
	double d;

	memcpy(&d, &u, sizeof(d));
	return d;
}

/* bfloat16 is the upper half of a float32 */
static inline float le_bf16(const uint8_t *p)
{
	return le_f32_bits((uint32_t)le_u16(p) << 16);
}

/* IEEE binary16: sign, 5 bits exponent (bias 15), 10 bits fraction; every value is exact in float32 */
static inline float le_f16(const uint8_t *p)
{
	uint32_t h = le_u16(p), sign = (h & 0x8000) << 16, exponent = h >> 10 & 31, fraction = h & 1023;
	float f;

	if (exponent == 31)
		return le_f32_bits(sign | 0x7f800000 | fraction << 13);
	if (exponent != 0)
		return le_f32_bits(sign | (exponent + 112) << 23 | fraction << 13);
	f = (float)fraction * 0x1p-24f;
	return sign ? -f : f;
}

#endif
