/* SPDX-License-Identifier: MIT */
/* files - what an argument stands for; see files.h. */
#include "files.h"

#include <errno.h>
#include <fts.h>
#include <string.h>
#include <sys/stat.h>

static int
compare_names(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* A link inside a folder: only a regular file behind it counts. */
static bool
link_visit(const FTSENT *entry, const struct files_visitor *visitor)
{
	struct stat stat_buffer;

	if (stat(entry->fts_accpath, &stat_buffer) != 0)
		visitor->failed(visitor->context, entry->fts_path,
		    strerror(errno));
	else if (S_ISREG(stat_buffer.st_mode))
		return visitor->found(visitor->context, entry->fts_path,
		    (uint64_t)stat_buffer.st_size);
	return true;
}

static bool
entry_visit(const FTSENT *entry, const struct files_visitor *visitor)
{
	switch (entry->fts_info) {
	case FTS_F:
		return visitor->found(visitor->context, entry->fts_path,
		    (uint64_t)entry->fts_statp->st_size);
	case FTS_SL:
	case FTS_SLNONE:
		return link_visit(entry, visitor);
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		visitor->failed(visitor->context, entry->fts_path,
		    strerror(entry->fts_errno));
		return true;
	case FTS_DEFAULT: /* a device, a pipe, a socket */
		if (entry->fts_level == FTS_ROOTLEVEL)
			visitor->failed(visitor->context, entry->fts_path,
			    "Not a regular file");
		return true;
	default: /* a folder, before or after what is in it */
		return true;
	}
}

bool
files_walk(const char *argument, const struct files_visitor *visitor)
{
	char *const arguments[] = { (char *)argument, NULL };
	bool goes_on = true;
	FTSENT *entry;
	FTS *walk;

	walk = fts_open(arguments, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR,
	    compare_names);
	if (walk == NULL) {
		visitor->failed(visitor->context, argument, strerror(errno));
		return true;
	}
	errno = 0;
	while (goes_on && (entry = fts_read(walk)) != NULL) {
		goes_on = entry_visit(entry, visitor);
		errno = 0;
	}
	if (goes_on && errno != 0)
		visitor->failed(visitor->context, argument, strerror(errno));
	fts_close(walk);
	return goes_on;
}
