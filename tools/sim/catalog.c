/* SPDX-License-Identifier: MIT */
/* catalog - the programs that can be explored; see catalog.h. */
#include "tools/sim/catalog.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	PATH_SIZE = 4096,
	NAME_SIZE = 64,  /* of names that are compared for likeness */
	LIKENESS = 2,    /* letters by which a misspelt name may differ */
};

/* ------------------------------------------------------------------- files */

/* A file's name, and perhaps a program's behind it. */
struct place {
	char path[PATH_SIZE];
	const char *name; /* NULL: none */
};

static bool
is_file(const char *word)
{
	const char *ending = strstr(word, ".so");

	return strchr(word, '/') != NULL ||
	    (ending != NULL && (ending[3] == '\0' || ending[3] == ':'));
}

/* Divides the word; without a slash the file is here, not where the system
 * keeps its libraries. */
static bool
read_place(struct place *place, const char *word)
{
	const char *colon = strrchr(word, ':');
	size_t length = colon == NULL ? strlen(word) : (size_t)(colon - word);
	int written = snprintf(place->path, sizeof(place->path), "%s%.*s",
	    strchr(word, '/') == NULL ? "./" : "", (int)length, word);

	place->name = colon == NULL ? NULL : colon + 1;
	return written > 0 && written < PATH_SIZE;
}

/* The programs of a file. */
static catalog
load(const char *path, const char *complainer)
{
	void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	catalog programs;

	if (object == NULL) {
		fprintf(stderr, "%s: cannot load %s: %s\n", complainer, path,
		    dlerror());
		return NULL;
	}
	programs = (catalog)dlsym(object, "ths_sim_programs");
	if (programs == NULL || programs[0] == NULL) {
		fprintf(stderr, "%s: %s has no programs: it lacks "
		    "THS_SIM_PROGRAMS(&program, ...)\n", complainer, path);
		return NULL;
	}
	return programs;
}

/* ------------------------------------------------------------------- names */

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters have to be changed, added or left out.
 * Source: V. Levenshtein (1965). */
static size_t
distance(const char *a, const char *b)
{
	size_t row[NAME_SIZE];
	size_t width = strlen(b);

	if (width >= NAME_SIZE)
		return NAME_SIZE;
	for (size_t i = 0; i <= width; i++)
		row[i] = i;
	for (size_t k = 0; a[k] != '\0'; k++) {
		size_t above_left = row[0];

		row[0] = k + 1;
		for (size_t i = 1; i <= width; i++) {
			size_t here = above_left + (a[k] != b[i - 1]);

			above_left = row[i];
			row[i] = least(here, 1 + least(row[i], row[i - 1]));
		}
	}
	return row[width];
}

static const ths_sim_program *
most_like(catalog programs, const char *name)
{
	const ths_sim_program *best = NULL;
	size_t best_distance = LIKENESS + 1;

	for (; *programs != NULL; programs++) {
		size_t far = distance(name, (*programs)->name);

		if (far >= best_distance)
			continue;
		best_distance = far;
		best = *programs;
	}
	return best;
}

static const ths_sim_program *
find(catalog programs, const char *name)
{
	for (; *programs != NULL; programs++) {
		if (strcmp((*programs)->name, name) == 0)
			return *programs;
	}
	return NULL;
}

/* Says that there is no program of this name. */
static void
complain(catalog programs, const char *name, const char *of,
    const char *complainer)
{
	const ths_sim_program *like = most_like(programs, name);

	fprintf(stderr, "%s: no %s of that name: '%s'; ", complainer, of,
	    name);
	if (like != NULL) {
		fprintf(stderr, "did you mean '%s'?\n", like->name);
		return;
	}
	fputs("there are", stderr);
	for (; *programs != NULL; programs++)
		fprintf(stderr, " %s", (*programs)->name);
	fputc('\n', stderr);
}

const ths_sim_program *
catalog_find(catalog built_in, const char *word, const char *complainer)
{
	const ths_sim_program *program;
	struct place place;
	catalog programs;

	if (!is_file(word)) {
		program = find(built_in, word);
		if (program == NULL)
			complain(built_in, word, "built-in", complainer);
		return program;
	}
	if (!read_place(&place, word))
		return NULL;
	programs = load(place.path, complainer);
	if (programs == NULL)
		return NULL;
	if (place.name == NULL) {
		if (programs[1] == NULL)
			return programs[0];
		fprintf(stderr, "%s: %s has several programs, say which: "
		    "%s:%s, ...\n", complainer, place.path, word,
		    programs[0]->name);
		return NULL;
	}
	program = find(programs, place.name);
	if (program == NULL)
		complain(programs, place.name, "program", complainer);
	return program;
}

bool
catalog_print(catalog built_in, const char *word, const char *complainer,
    FILE *stream)
{
	struct place place;
	catalog programs = built_in;

	if (word != NULL) {
		if (!read_place(&place, word))
			return false;
		programs = load(place.path, complainer);
	}
	if (programs == NULL)
		return false;
	for (; *programs != NULL; programs++)
		fprintf(stream, "%-13s %s\n", (*programs)->name,
		    (*programs)->what);
	return true;
}
