#ifndef CLI_RUN_H
#define CLI_RUN_H
/*
 * The loop every filter shares: operands or standard input in, records out on standard output, malformed lines
 * reported, counted and passed over, the exit status from what happened.
 *
 *	run_open(&run, opt_parse(...));
 *	while (run_next(&run, &r)) {
 *		... rec_set(&r, "sentiment", value);
 *		run_put(&run, &r);
 *	}
 *	return run_finish(&run);
 */
#include <stdint.h>

#include "base/err.h"
#include "rec/io.h"
#include "rec/rec.h"

struct run {
	char **operand;      /* what is left of the operands */
	bool stdin_used;
	struct reader in;
	struct writer out;   /* append to out.buf, then writer_some(&out), for lines that are no input record */
	uint64_t nread, nwrote, nbad;
	int status;          /* worst so far */
	int rejects_fd;      /* -1: not kept */
	int64_t size;        /* of the present input when it is a regular file, else 0: drives the progress bar */
	int64_t shown_ms;
	bool bar;            /* a progress bar stands on the terminal */
	/* called before a read that would block, before output is flushed: e.g. commit what is pending. May be NULL. */
	void (*idle)(void *);
	void *idle_arg;
};

void run_open(struct run *run, char **operands);
/* The next well-formed record; false at the end of the last input. */
bool run_next(struct run *run, struct rec *r);
/* Writes r with its edits. */
void run_put(struct run *run, struct rec *r);
/* Writes one line of JSON that is not an input record. */
void run_emit(struct run *run, struct str line);
/* Reports e against r's file and line, keeps the line in --rejects, counts it; the record is not written. */
void run_reject(struct run *run, const struct rec *r, const struct err *e);
/* Remembers that something else went wrong (already reported). */
void run_fail(struct run *run, int status);
/* Writes what is pending now. */
void run_flush(struct run *run);
/* Flushes, prints the -v line, returns the exit status. */
int run_finish(struct run *run);

#endif
