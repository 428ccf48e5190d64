/* The version that every emitted file and `bitline --version` names.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEN_VERSION_H
#define GEN_VERSION_H
#define BITLINE_VERSION "0.1.0"
#endif
