/* Hardware side: configuration -> emitted directory. Passes: plan (numbers) -> files in memory -> written atomically.
 * Time and memory do not depend on rows x cols: parameters stay parameters.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEN_GEN_H
#define GEN_GEN_H
#include "common/cfg.h"
#include <stddef.h>
#include <stdint.h>

/* One emitted file: path relative to the output directory. */
struct gen_file { char *path; struct buf text; };
struct gen_set { struct gen_file *file; size_t n; };

/* Everything `bitline gen` emits, in memory, in a fixed order:
 *   rtl/<prefix>pkg.sv            package: configuration numbers and hash
 *   rtl/<module>.sv               one per template, provenance header, prefix renamed
 *   rtl/<prefix>macro.behavioural.sv .blackbox.sv .digital.sv   the three views
 *   rtl/<prefix>top.sv            top: <prefix>core with this configuration's parameters
 *   sim.f syn.f blackbox.f        ordered file lists (relative paths, package first): view of the configuration's kind / digital view / black box
 *   include/<prefix>regs.h        register offsets and fields
 *   driver/<prefix>driver.c .h    driver of one core in freestanding C11, renamed; needs include/ and nothing else
 *   constraints/<prefix>top.sdc   clock, I/O delays, from the configuration
 *   ...                           what the views of the mask add (gen/views.h), flow/lib.sh and flow/design.sh with any of those that run tools
 *   config.xml                    the resolved configuration
 *   manifest.bitline              JSON: tool version, configuration hash, SHA-256 of every other file, sorted by path
 */
int gen_build(const struct cfg *c, uint32_t views, struct gen_set *out, struct err *e);
void gen_set_release(struct gen_set *s);
/* Writes the set below dir (created); files of an earlier emission that are no longer part of it are removed only if the old manifest lists them.
 * Refuses a directory that holds other things and no manifest. */
int gen_write(const struct gen_set *s, const char *dir, struct err *e);
/* Reads a manifest back: configuration hash (hex). ERR_INPUT when missing or not ours. */
int gen_manifest_hash(const char *dir, char hex[65], struct err *e);

#endif
