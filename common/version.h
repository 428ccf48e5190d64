/* The version that every emitted file, `bitline --version` and libbitline name; packages take it from here.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_VERSION_H
#define COMMON_VERSION_H
#define BITLINE_VERSION "0.1.0"
#endif
