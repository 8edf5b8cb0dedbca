#ifndef REC_IO_H
#define REC_IO_H
/* Framing: lines out of a file descriptor and bytes into one, in large blocks. */
#include "base/err.h"
#include "base/str.h"

struct reader {
	int fd;
	const char *name;      /* for messages, not owned */
	char *buf;
	size_t cap, beg, end;  /* unread bytes are buf[beg..end) */
	size_t good;           /* bytes below this offset are known to be valid UTF-8 */
	size_t checked;        /* whole lines below this offset have been looked at */
	size_t searched;       /* no newline in buf[beg..searched) */
	uint64_t lineno;       /* of the line last returned, from 1 */
	uint64_t total;        /* bytes read so far */
	bool eof, skipping;
	/* called before a read that would block, to flush what is ready; may be NULL */
	void (*idle)(void *);
	void *idle_arg;
};

void reader_open(struct reader *rd, int fd, const char *name);
void reader_close(struct reader *rd); /* frees the buffer, does not close fd */

enum reader_status { READER_LINE, READER_EOF, READER_LONG, READER_ERROR };
/*
 * The next line without its newline (a CR before it stays: it is JSON white space). A byte order mark at the start of
 * the stream is cut off. *utf8_ok: known to be valid. READER_LONG: a line over REC_MAX was skipped; *line holds its
 * first bytes. Views live until the next call.
 */
enum reader_status reader_next(struct reader *rd, struct str *line, bool *utf8_ok, struct err *e);

struct writer {
	int fd;
	const char *name;
	struct buf buf;
	bool failed; /* sticky: after the first failure writes are dropped and writer_flush says -1 */
	int errno_value;
	/* called before bytes leave, e.g. to commit what they answer for; may be NULL */
	void (*before)(void *);
	void *before_arg;
};

void writer_open(struct writer *w, int fd, const char *name);
/* Flushes when much has gathered in w->buf; call after adding to it. */
void writer_some(struct writer *w);
int writer_flush(struct writer *w, struct err *e); /* -1: ERR_IO */
void writer_close(struct writer *w);               /* frees; does not flush or close fd */

#endif
