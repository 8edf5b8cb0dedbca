/* Replays files through a fuzz target without libFuzzer: any compiler, any sanitizer. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int
one(const char *path)
{
	struct arena a = {0};
	struct str text;
	struct err e;
	uint8_t *exact;

	if (file_read(path, 64 << 20, &a, &text, &e) != 0) {
		(void)fprintf(stderr, "%s\n", e.msg);
		return -1;
	}
	exact = malloc(text.n > 0 ? text.n : 1); /* exact size: a read past the end is seen */
	memcpy(exact, text.p, text.n);
	(void)LLVMFuzzerTestOneInput(exact, text.n);
	free(exact);
	arena_free(&a);
	return 0;
}

int
main(int argc, char **argv)
{
	int n = 0;

	for (int i = 1; i < argc; i++) {
		DIR *d = opendir(argv[i]);
		struct dirent *de;

		if (d == NULL) {
			if (one(argv[i]) != 0)
				return 1;
			n++;
			continue;
		}
		while ((de = readdir(d)) != NULL) {
			char path[4096];
			struct stat st;

			(void)snprintf(path, sizeof path, "%s/%s", argv[i], de->d_name);
			if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
				continue;
			if (one(path) != 0)
				return 1;
			n++;
		}
		closedir(d);
	}
	printf("replayed %d inputs\n", n);
	return n > 0 ? 0 : 1;
}
