/* SHA-256 over libcrypto.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/sha256.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

void sha256_bytes(const void *data, size_t len, uint8_t out[32])
{
	if (EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL) != 1)
		BUG("libcrypto refuses SHA-256");
}

static void hex(const uint8_t sum[32], char out[65])
{
	static const char digit[] = "0123456789abcdef";

	for (int i = 0; i < 32; i++) {
		out[2 * i] = digit[sum[i] >> 4];
		out[2 * i + 1] = digit[sum[i] & 15];
	}
	out[64] = '\0';
}

void sha256_hex(const void *data, size_t len, char out[65])
{
	uint8_t sum[32];

	sha256_bytes(data, len, sum);
	hex(sum, out);
}

int sha256_file(const char *path, char out[65], struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), saved;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	char piece[65536];
	uint8_t sum[32];
	ssize_t n = fd < 0 ? -1 : 1;

	if (!ctx || EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) != 1)
		BUG("libcrypto refuses SHA-256");
	while (n > 0) {
		while ((n = read(fd, piece, sizeof(piece))) < 0 && errno == EINTR)
			;
		if (n > 0)
			EVP_DigestUpdate(ctx, piece, (size_t)n);
	}
	saved = errno;
	if (fd >= 0)
		close(fd);
	EVP_DigestFinal_ex(ctx, sum, NULL);
	EVP_MD_CTX_free(ctx);
	hex(sum, out);
	return n < 0 ? err_set(e, ERR_INPUT, "cannot read '%s': %s; name a readable file", path, strerror(saved)) : 0;
}
