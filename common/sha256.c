/* SHA-256 over libcrypto.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/sha256.h"
#include "common/err.h"
#include <openssl/evp.h>

void sha256_bytes(const void *data, size_t len, uint8_t out[32])
{
	if (EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL) != 1)
		BUG("libcrypto refuses SHA-256");
}

void sha256_hex(const void *data, size_t len, char out[65])
{
	static const char digit[] = "0123456789abcdef";
	uint8_t sum[32];

	sha256_bytes(data, len, sum);
	for (int i = 0; i < 32; i++) {
		out[2 * i] = digit[sum[i] >> 4];
		out[2 * i + 1] = digit[sum[i] & 15];
	}
	out[64] = '\0';
}
