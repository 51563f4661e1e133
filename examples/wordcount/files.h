/* SPDX-License-Identifier: MIT */
/*
 * files - which files an argument of the command line stands for.
 *
 * A file stands for itself; a folder for every regular file below it, in the
 * order of their names.  Links to files are followed; links to folders only
 * when they are the argument itself, so that no folder comes twice.
 */
#ifndef WORDCOUNT_FILES_H
#define WORDCOUNT_FILES_H

#include <stdbool.h>
#include <stdint.h>

struct files_visitor {
	/* A file of so many bytes.  False ends the walk. */
	bool (*found)(void *context, const char *name, uint64_t size);
	/* Something that cannot be read, and why. */
	void (*failed)(void *context, const char *name, const char *reason);
	void *context;
};

/* Shows the visitor everything below argument; false if it ended the walk. */
bool files_walk(const char *argument, const struct files_visitor *visitor);

#endif
