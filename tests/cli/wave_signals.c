/* What a waveform holds, by GTKWave's own reader (it comes with Verilator): first line "start end" of time, then "scope.name range|width" of every signal;
 * with NAME and TIME only the value that the signal (scope.name, without range) has then. usage: wave_signals FILE.fst [NAME TIME]
 * SPDX-License-Identifier: Apache-2.0 */
#include "fstapi.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_value(void *f, fstHandle handle, const char *time)
{
	char value[65536];

	puts(fstReaderGetValueFromHandleAtTime(f, strtoull(time, NULL, 10), handle, value));
}

int main(int argc, char **argv)
{
	void *f = argc > 1 ? fstReaderOpen(argv[1]) : NULL;
	struct fstHier *h;

	if (!f) {
		fputs("wave_signals: no waveform\n", stderr);
		return 1;
	}
	if (argc == 2)
		printf("%llu %llu\n", (unsigned long long)fstReaderGetStartTime(f), (unsigned long long)fstReaderGetEndTime(f));
	while ((h = fstReaderIterateHier(f))) {
		char name[4096];

		if (h->htyp == FST_HT_SCOPE)
			fstReaderPushScope(f, h->u.scope.name, NULL);
		else if (h->htyp == FST_HT_UPSCOPE)
			fstReaderPopScope(f);
		if (h->htyp != FST_HT_VAR)
			continue;
		snprintf(name, sizeof(name), "%s.%s", fstReaderGetCurrentFlatScope(f), h->u.var.name);
		if (argc == 2)
			printf("%s|%u\n", name, h->u.var.length);
		else if (name[strcspn(name, " ")] = '\0', !strcmp(name, argv[2]))
			print_value(f, h->u.var.handle, argv[3]);
	}
	fstReaderClose(f);
	return 0;
}
