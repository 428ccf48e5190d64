/* SHA-256 over libcrypto.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_SHA256_H
#define COMMON_SHA256_H
#include <stddef.h>
#include <stdint.h>

void sha256_bytes(const void *data, size_t len, uint8_t out[32]);
void sha256_hex(const void *data, size_t len, char out[65]); /* lower case, NUL */

#endif
