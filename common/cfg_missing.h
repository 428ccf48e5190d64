/* "did you mean" for a configuration file that is not there.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_CFG_MISSING_H
#define COMMON_CFG_MISSING_H

/* The configuration (*.xml) nearest to path in its folder, for a bare name in configs/ too; a new string, NULL: none is near. */
char *cfg_missing_near(const char *path);

#endif
