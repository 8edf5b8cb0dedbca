#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "rec/io.h"
#include "rec/rec.h"

enum { BLOCK = 256 << 10, FLUSH_AT = 192 << 10 };

#ifndef F_SETPIPE_SZ
#define F_SETPIPE_SZ 1031 /* Linux; elsewhere the call fails, which is fine */
#endif

void
reader_open(struct reader *rd, int fd, const char *name)
{
	char *keep = rd->buf;
	size_t cap = rd->cap;
	void (*idle)(void *) = rd->idle;
	void *arg = rd->idle_arg;

	*rd = (struct reader){.fd = fd, .name = name, .buf = keep, .cap = cap, .idle = idle, .idle_arg = arg};
	(void)fcntl(fd, F_SETPIPE_SZ, BLOCK); /* a larger pipe halves the wall time of a chain */
}

void
reader_close(struct reader *rd)
{
	free(rd->buf);
	rd->buf = NULL;
	rd->cap = 0;
}

static bool
would_block(int fd)
{
	struct pollfd pf = {.fd = fd, .events = POLLIN};

	return poll(&pf, 1, 0) == 0;
}

/* Reads one block behind buf[end]; -1 on error. Sets eof. */
static int
fill(struct reader *rd, struct err *e)
{
	ssize_t k;

	if (rd->beg > 0) {
		memmove(rd->buf, rd->buf + rd->beg, rd->end - rd->beg);
		rd->end -= rd->beg;
		rd->searched -= rd->beg;
		rd->good = rd->good > rd->beg ? rd->good - rd->beg : 0;
		rd->checked = rd->checked > rd->beg ? rd->checked - rd->beg : 0;
		rd->beg = 0;
	}
	if (rd->cap - rd->end < BLOCK) {
		rd->cap = rd->end + BLOCK > 2 * rd->cap ? rd->end + BLOCK : 2 * rd->cap;
		rd->buf = xrealloc(rd->buf, rd->cap);
	}
	if (rd->idle != NULL && would_block(rd->fd))
		rd->idle(rd->idle_arg);
	do
		k = read(rd->fd, rd->buf + rd->end, BLOCK);
	while (k < 0 && errno == EINTR);
	if (k < 0)
		return err_sys(e, ERR_IO, errno, "cannot read '%s'", rd->name);
	if (k == 0)
		rd->eof = true;
	rd->total += (uint64_t)k;
	rd->end += (size_t)k;
	return 0;
}

/* Validates all whole lines that came with the last block in one go; when that fails, lines are looked at singly. */
static void
validate_block(struct reader *rd)
{
	size_t n = rd->end;

	while (n > rd->checked && rd->buf[n - 1] != '\n')
		n--;
	if (n <= rd->checked)
		return;
	if (rd->checked < rd->beg)
		rd->checked = rd->beg;
	if (utf8_valid(rd->buf + rd->checked, n - rd->checked))
		rd->good = n;
	rd->checked = n;
}

enum reader_status
reader_next(struct reader *rd, struct str *line, bool *utf8_ok, struct err *e)
{
	for (;;) {
		char *nl = rd->searched < rd->end
		    ? memchr(rd->buf + rd->searched, '\n', rd->end - rd->searched)
		    : NULL;

		if (nl != NULL || (rd->eof && rd->end > rd->beg)) {
			size_t stop = nl != NULL ? (size_t)(nl - rd->buf) : rd->end;
			bool skipped = rd->skipping;

			*line = (struct str){rd->buf + rd->beg, stop - rd->beg};
			if (stop >= rd->checked)
				validate_block(rd);
			*utf8_ok = stop < rd->good;
			rd->beg = nl != NULL ? stop + 1 : stop;
			rd->searched = rd->beg;
			rd->skipping = false;
			if (skipped)
				continue; /* the tail of a line that was reported already */
			rd->lineno++;
			if (rd->lineno == 1 && str_starts(*line, STR("\xef\xbb\xbf"))) /* a byte order mark is no text */
				*line = str_sub(*line, 3, line->n);
			if (line->n > REC_MAX) {
				line->n = 64;
				return READER_LONG;
			}
			return READER_LINE;
		}
		rd->searched = rd->end;
		if (rd->eof)
			return READER_EOF;
		if (rd->skipping) {
			rd->beg = rd->end;
		} else if (rd->end - rd->beg > REC_MAX) {
			*line = (struct str){rd->buf + rd->beg, 64};
			rd->skipping = true;
			rd->lineno++;
			rd->beg = rd->end;
			return READER_LONG;
		}
		if (fill(rd, e) != 0)
			return READER_ERROR;
	}
}

void
writer_open(struct writer *w, int fd, const char *name)
{
	*w = (struct writer){.fd = fd, .name = name};
	(void)fcntl(fd, F_SETPIPE_SZ, BLOCK);
}

static void
drain(struct writer *w)
{
	size_t at = 0;

	if (w->before != NULL)
		w->before(w->before_arg);
	while (at < w->buf.n && !w->failed) {
		ssize_t k = write(w->fd, w->buf.p + at, w->buf.n - at);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0 && errno == EAGAIN) { /* somebody set O_NONBLOCK on a shared terminal or pipe */
			struct pollfd pf = {.fd = w->fd, .events = POLLOUT};

			(void)poll(&pf, 1, -1);
			continue;
		}
		if (k < 0) {
			w->failed = true;
			w->errno_value = errno;
			break;
		}
		at += (size_t)k;
	}
	buf_reset(&w->buf);
}

void
writer_some(struct writer *w)
{
	if (w->buf.n >= FLUSH_AT)
		drain(w);
}

int
writer_flush(struct writer *w, struct err *e)
{
	drain(w);
	if (w->failed)
		return err_sys(e, ERR_IO, w->errno_value, "cannot write to %s", w->name);
	return 0;
}

void
writer_close(struct writer *w)
{
	buf_free(&w->buf);
}
