/* SPDX-License-Identifier: MIT */
/*
 * reader - reads files and deals them out; see reader.h.
 *
 * Whoever sends a credit is owed an answer: a chunk or chunks_end.  While there
 * is nothing to deal and more files may come, credits wait in `waiting`.
 *
 * read(2) blocks, and with it the worker that runs this actor.  That is fine
 * for files: a chunk from the page cache costs a few microseconds and one from
 * a disk is read ahead by the kernel.  It would not be fine for a pipe or a
 * socket, which can be silent for ever: so only regular files are read.
 */
#include "reader.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "messages.h"
#include "word.h"

THS_MESSAGE(reader_start, THS_FIELD(ths_address, host))

/* A file that is still to be read. */
struct name {
	struct name *next;
	char text[];
};

/* Someone who is owed a chunk. */
struct waiting {
	ths_address splitter;
	uint32_t ticket;
};

enum { WAITING_MAX = SPLITTERS_MAX * TICKETS };

struct reader {
	ths_address host;
	struct so_far so_far;
	struct name *oldest; /* the file being read, if fd is open, or next */
	struct name *newest;
	int fd;              /* -1: none is open */
	bool has_all_names;
	bool is_stopped;
	bool is_long_word_told; /* of this file */
	uint32_t waiting_length;
	struct waiting waiting[WAITING_MAX];
	size_t size; /* bytes in buffer */
	/* One byte more than a chunk: it shows whether a word ends there. */
	char buffer[CHUNK_SIZE + 1];
};

static void
trouble_tell(ths_self *self, struct reader *reader, const char *name,
    const char *reason)
{
	reader->so_far.troubles++;
	ths_send(self, reader->host, trouble, .name = name, .reason = reason);
}

static void
name_drop(struct reader *reader)
{
	struct name *name = reader->oldest;

	reader->oldest = name->next;
	if (reader->oldest == NULL)
		reader->newest = NULL;
	free(name);
}

/* Opens a regular file; otherwise -1, and errno says why. */
static int
file_open(const char *name)
{
	/* Without O_NONBLOCK the open of a pipe waits for its other end. */
	int fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat stat;

	if (fd < 0)
		return -1;
	if (fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode))
		return fd;
	close(fd);
	errno = EINVAL;
	return -1;
}

/* Puts the newline that parts this file from the next. */
static void
file_close(struct reader *reader)
{
	close(reader->fd);
	reader->fd = -1;
	reader->buffer[reader->size++] = '\n';
	reader->is_long_word_told = false;
	name_drop(reader);
}

/* Reads once from the open file into a buffer that has room. */
static void
file_read(ths_self *self, struct reader *reader)
{
	ssize_t size = read(reader->fd, reader->buffer + reader->size,
	    sizeof(reader->buffer) - reader->size);

	if (size > 0) {
		reader->size += (size_t)size;
		reader->so_far.bytes += (uint64_t)size;
	} else if (size == 0) {
		reader->so_far.files++;
		file_close(reader);
	} else if (errno != EINTR) {
		trouble_tell(self, reader, reader->oldest->text,
		    strerror(errno));
		file_close(reader);
	}
}

/* Fills the buffer as far as there are files. */
static void
buffer_fill(ths_self *self, struct reader *reader)
{
	while (reader->size < sizeof(reader->buffer) &&
	    reader->oldest != NULL) {
		if (reader->fd < 0)
			reader->fd = file_open(reader->oldest->text);
		if (reader->fd >= 0) {
			file_read(self, reader);
			continue;
		}
		trouble_tell(self, reader, reader->oldest->text,
		    errno == EINVAL ? "Not a regular file" : strerror(errno));
		name_drop(reader);
	}
}

/* True when a chunk may end after the first `size` bytes of the buffer. */
static bool
is_border(const struct reader *reader, size_t size)
{
	return letter_lower(reader->buffer[size - 1]) == 0 ||
	    (size < reader->size && letter_lower(reader->buffer[size]) == 0);
}

/*
 * How many bytes of the buffer make the next chunk; 0 when none are ready.
 * What is not at an end yet is dealt only in full chunks.
 */
static size_t
chunk_cut(ths_self *self, struct reader *reader)
{
	bool is_full = reader->size == sizeof(reader->buffer);
	size_t size = is_full ? CHUNK_SIZE : reader->size;

	if (!is_full)
		return reader->has_all_names ? size : 0;
	while (size > 0 && !is_border(reader, size))
		size--;
	if (size > 0)
		return size;
	/* Letters only: so the file they come from is still open. */
	if (!reader->is_long_word_told)
		trouble_tell(self, reader, reader->oldest->text,
		    "A word is longer than 12288 letters; counted in pieces");
	reader->is_long_word_told = true;
	return CHUNK_SIZE;
}

static_assert(CHUNK_SIZE == 12288, "chunk_cut() names it in words");

/* Deals chunks, and at the end chunks_end, to those who wait. */
static ths_status
chunks_deal(ths_self *self, struct reader *reader)
{
	ths_status status = THS_OK;

	while (reader->waiting_length > 0 && status == THS_OK) {
		const struct waiting *to;
		size_t size;

		buffer_fill(self, reader);
		size = chunk_cut(self, reader);
		if (size == 0 && !reader->has_all_names)
			break;
		to = &reader->waiting[--reader->waiting_length];
		if (size == 0) {
			status = ths_send(self, to->splitter, chunks_end);
			continue;
		}
		status = ths_send(self, to->splitter, chunk,
		    .ticket = to->ticket, .text = { reader->buffer, size });
		reader->size -= size;
		memmove(reader->buffer, reader->buffer + size, reader->size);
	}
	return status;
}

static ths_status
on_init(ths_self *self, struct reader *reader,
    const struct reader_start *start)
{
	(void)self;
	reader->host = start->host;
	reader->fd = -1;
	return THS_OK;
}

static ths_status
on_file(ths_self *self, struct reader *reader, const struct file *file)
{
	size_t size = strlen(file->name) + 1;
	struct name *name;

	if (reader->is_stopped)
		return THS_OK;
	name = malloc(sizeof(*name) + size);
	if (name == NULL) {
		trouble_tell(self, reader, file->name, strerror(ENOMEM));
		return THS_OK;
	}
	name->next = NULL;
	memcpy(name->text, file->name, size);
	if (reader->newest != NULL)
		reader->newest->next = name;
	else
		reader->oldest = name;
	reader->newest = name;
	return chunks_deal(self, reader);
}

static ths_status
on_files_end(ths_self *self, struct reader *reader,
    const struct files_end *files_end)
{
	(void)files_end;
	reader->has_all_names = true;
	return chunks_deal(self, reader);
}

static ths_status
on_credit(ths_self *self, struct reader *reader, const struct credit *credit)
{
	assert(reader->waiting_length < WAITING_MAX);
	reader->waiting[reader->waiting_length++] = (struct waiting){
		.splitter = ths_sender(self), .ticket = credit->ticket,
	};
	return chunks_deal(self, reader);
}

/* Forgets the files, and the half word that may lie in the buffer. */
static void
input_drop(struct reader *reader)
{
	if (reader->fd >= 0)
		close(reader->fd);
	reader->fd = -1;
	while (reader->oldest != NULL)
		name_drop(reader);
	reader->size = 0;
}

/* What has been dealt is counted to the end; nothing more is read. */
static ths_status
on_stop_reading(ths_self *self, struct reader *reader,
    const struct stop_reading *stop_reading)
{
	(void)stop_reading;
	input_drop(reader);
	reader->is_stopped = true;
	reader->has_all_names = true;
	return chunks_deal(self, reader);
}

static ths_status
on_how_far(ths_self *self, struct reader *reader,
    const struct how_far *how_far)
{
	(void)how_far;
	return ths_reply_message(self, &so_far_type, &reader->so_far);
}

static void
on_end(ths_self *self, struct reader *reader)
{
	(void)self;
	input_drop(reader);
}

THS_ACTOR(reader, struct reader,
    THS_INIT(reader_start, on_init),
    THS_ON(file, on_file),
    THS_ON(files_end, on_files_end),
    THS_ON(credit, on_credit),
    THS_ON(stop_reading, on_stop_reading),
    THS_ON(how_far, on_how_far),
    THS_EXIT(on_end))

ths_status
reader_spawn(ths_vm *vm, ths_address *reader, ths_address host)
{
	return ths_spawn(vm, reader, &reader_actor, &(ths_spawn_options){
		.start = THS_ANY(reader_start, .host = host),
	});
}
