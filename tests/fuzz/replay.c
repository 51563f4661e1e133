/* SPDX-License-Identifier: MIT */
/*
 * replay - gives a fuzz target the files named on its command line, one by one.
 * Fails when there is none, or one cannot be read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

enum { FILE_SIZE_MAX = 1 << 20 };

/* From memory of just the file's size, so that a sanitizer sees what
 * is read. */
static int
replay(const char *name)
{
	static uint8_t buffer[FILE_SIZE_MAX];
	FILE *file = fopen(name, "rb");
	uint8_t *bytes;
	size_t size;

	if (file == NULL) {
		perror(name);
		return 1;
	}
	size = fread(buffer, 1, sizeof(buffer), file);
	fclose(file);
	bytes = malloc(size > 0 ? size : 1);
	if (bytes == NULL)
		return 1;
	memcpy(bytes, buffer, size);
	LLVMFuzzerTestOneInput(bytes, size);
	free(bytes);
	return 0;
}

int
main(int argc, char **argv)
{
	int failed = argc < 2;

	for (int i = 1; i < argc; i++)
		failed |= replay(argv[i]);
	printf("%d files\n", argc - 1);
	return failed;
}
