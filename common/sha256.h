/* SHA-256 over libcrypto.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_SHA256_H
#define COMMON_SHA256_H
#include "common/err.h"
#include <stddef.h>
#include <stdint.h>

void sha256_bytes(const void *data, size_t len, uint8_t out[32]);
void sha256_hex(const void *data, size_t len, char out[65]); /* lower case, NUL */
int sha256_file(const char *path, char out[65], struct err *e);  /* of any size, in pieces; ERR_INPUT naming the file */

#endif
