/* Names of placements; calibrated layers; the default tokenizer.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli_readout.h"
#include "common/buf.h"
#include "common/file.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

static const char *const placement[] = {
	[MAP_AUTO] = "auto", [MAP_LINEAR] = "linear", [MAP_SPARSE] = "sparse", [MAP_DENSE] = "dense", [MAP_STRIDED] = "dense-strided",
	[MAP_PACKED_AREA] = "packed", [MAP_PACKED_CONVERSIONS] = "packed", [MAP_PACKED_LATENCY] = "packed",
};
static const char *const mode[] = { "area", "conversions", "latency" };

const char *cli_placement_name(enum map_placement p)
{
	return placement[p];
}

const char *cli_placement_mode(enum map_placement p)
{
	return p < MAP_PACKED_AREA ? NULL : mode[p - MAP_PACKED_AREA];
}

int cli_placement(const char *text, const char *optimise, enum map_placement *p, struct err *e)
{
	int i = MAP_AUTO, m = 0;

	while (text && i <= MAP_PACKED_AREA && strcmp(text, placement[i]))
		i++;
	if (i > MAP_PACKED_AREA)
		return err_set(e, ERR_INPUT, "--placement '%.60s' is unknown: legal are linear, sparse, dense, dense-strided, packed, auto", text);
	if (optimise && i != MAP_PACKED_AREA)
		return err_set(e, ERR_INPUT, "--optimise '%.60s' is of the placement packed alone: add --placement packed", optimise);
	while (optimise && m < 3 && strcmp(optimise, mode[m]))
		m++;
	if (m == 3)
		return err_set(e, ERR_INPUT, "--optimise '%.60s' is unknown: legal are area, conversions, latency", optimise);
	*p = (enum map_placement)(i + m);
	return 0;
}

/* "some/story.safetensors" -> "story.tok.bin": the model's own */
static char *own_tokenizer(const char *name)
{
	const char *dot = strrchr(name, '.');
	struct buf b;

	buf_init(&b);
	buf_add(&b, name, dot ? (size_t)(dot - name) : strlen(name));
	buf_adds(&b, ".tok.bin");
	return b.data;
}

char *cli_tokenizer(const char *given, const char *model, struct err *e)
{
	const char *slash, *places[] = { NULL, "tok512.bin", "../stories260K/tok512.bin" };
	char *dir, *own, *path = NULL;
	size_t i;

	if (given)
		return mem_strdup(given);
	slash = strrchr(model, '/');
	own = own_tokenizer(slash ? slash + 1 : model);
	places[0] = own;
	dir = mem_strdup(slash ? model : ".");
	if (slash)
		dir[slash == model ? 1 : slash - model] = '\0';
	for (i = 0; i < sizeof(places) / sizeof(*places); i++) {
		path = file_join(dir, places[i]);
		if (file_exists(path))
			break;
		free(path);
		path = NULL;
	}
	if (!path)
		err_set(e, ERR_INPUT, "'%s': no %s or tok512.bin beside it and no ../stories260K/tok512.bin; name the model's tokenizer with --tokenizer FILE", model, own);
	free(dir);
	free(own);
	return path;
}
