#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/run.h"

static void
on_idle(void *arg)
{
	struct run *run = arg;

	if (run->idle != NULL)
		run->idle(run->idle_arg);
	run_flush(run);
}

void
run_flush(struct run *run)
{
	struct err e;

	if (run->out.failed)
		return;
	if (writer_flush(&run->out, &e) != 0) {
		msg_err(&e);
		exit(EXIT_IO); /* nobody will read what follows; state kept so far is not lost */
	}
}

void
run_open(struct run *run, char **operands)
{
	*run = (struct run){.operand = operands, .rejects_fd = -1};
	run->in.fd = -1;
	run->in.idle = on_idle;
	run->in.idle_arg = run;
	writer_open(&run->out, 1, "standard output");
	if (cli.rejects != NULL) {
		run->rejects_fd = open(cli.rejects, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		if (run->rejects_fd < 0) {
			msg_warn("cannot open '%s': %s", cli.rejects, strerror(errno));
			exit(EXIT_IO);
		}
	}
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
clear_bar(struct run *run)
{
	if (run->bar)
		(void)fputs("\r\033[K", stderr);
	run->bar = false;
}

/* A bar on a terminal's standard error, for regular files that take longer than a second. */
static void
show_progress(struct run *run)
{
	int64_t t = now_ms();
	int percent;

	if (run->shown_ms == 0)
		run->shown_ms = t + 800;
	if (t - run->shown_ms < 200)
		return;
	run->shown_ms = t;
	percent = (int)(run->in.total * 100 / (uint64_t)run->size);
	(void)fprintf(stderr, "\r%s: [%-25.*s] %3d%%  %llu records", cli.prog, percent / 4,
	    "#########################", percent, (unsigned long long)run->nread);
	(void)fflush(stderr);
	run->bar = true;
}

/* Opens the next input; false when there is none left. */
static bool
next_input(struct run *run)
{
	struct stat st;
	const char *name;
	int fd;

	for (;;) {
		name = *run->operand;
		if (name == NULL) {
			if (run->stdin_used)
				return false;
			name = "-";
		} else {
			run->operand++;
		}
		run->stdin_used = true; /* operands given, or standard input now: either way not again */
		if (strcmp(name, "-") == 0) {
			fd = 0;
			name = "<stdin>";
		} else {
			fd = open(name, O_RDONLY | O_CLOEXEC);
		}
		if (fd < 0 || fstat(fd, &st) != 0) {
			msg_warn("cannot open '%s': %s", name, strerror(errno));
			run_fail(run, EXIT_IO);
			continue;
		}
		if (S_ISDIR(st.st_mode)) {
			msg_warn("cannot read '%s': it is a directory", name);
			run_fail(run, EXIT_IO);
			if (fd > 0)
				(void)close(fd);
			continue;
		}
		run->size = S_ISREG(st.st_mode) && st.st_size > 1 << 20 && !cli.quiet && isatty(2) ? st.st_size : 0;
		reader_open(&run->in, fd, name);
		return true;
	}
}

static void
keep_reject(struct run *run, struct str line)
{
	if (run->rejects_fd < 0)
		return;
	if (write(run->rejects_fd, line.p, line.n) != (ssize_t)line.n || write(run->rejects_fd, "\n", 1) != 1) {
		msg_warn("cannot write to '%s': %s", cli.rejects, strerror(errno));
		run_fail(run, EXIT_IO);
	}
}

static void
bad_line(struct run *run, const char *file, uint64_t lineno, const char *why)
{
	clear_bar(run);
	msg_warn("%s:%llu: %s", file, (unsigned long long)lineno, why);
	run->nbad++;
	run_fail(run, EXIT_DATA);
}

bool
run_next(struct run *run, struct rec *r)
{
	struct str line;
	struct err e;
	bool utf8_ok;

	for (;;) {
		if (run->in.fd < 0 && !next_input(run))
			return false;
		switch (reader_next(&run->in, &line, &utf8_ok, &e)) {
		case READER_LINE:
			break;
		case READER_LONG:
			run->nread++;
			bad_line(run, run->in.name, run->in.lineno, "record longer than 16 MiB");
			continue;
		case READER_ERROR:
			clear_bar(run);
			msg_err(&e);
			run_fail(run, EXIT_IO);
			/* fall through */
		case READER_EOF:
			clear_bar(run);
			if (run->in.fd > 0)
				(void)close(run->in.fd);
			run->in.fd = -1;
			continue;
		}
		if (line.n == 0 || str_trim(line).n == 0)
			continue; /* an empty line is no record */
		run->nread++;
		if (run->size > 0 && (run->nread & 0xfff) == 0)
			show_progress(run);
		r->file = run->in.name;
		r->lineno = run->in.lineno;
		if (rec_parse(r, line, utf8_ok, &e) == 0)
			return true;
		bad_line(run, run->in.name, run->in.lineno, e.msg);
		keep_reject(run, line);
	}
}

void
run_put(struct run *run, struct rec *r)
{
	rec_put(r, &run->out.buf);
	run->nwrote++;
	writer_some(&run->out);
	if (run->out.failed)
		run_flush(run);
}

void
run_emit(struct run *run, struct str line)
{
	buf_str(&run->out.buf, line);
	buf_putc(&run->out.buf, '\n');
	run->nwrote++;
	writer_some(&run->out);
}

void
run_reject(struct run *run, const struct rec *r, const struct err *e)
{
	bad_line(run, r->file, r->lineno, e->msg);
	keep_reject(run, r->line);
}

void
run_fail(struct run *run, int status)
{
	run->status = msg_worse(run->status, status);
}

int
run_finish(struct run *run)
{
	struct err e;

	clear_bar(run);
	if (writer_flush(&run->out, &e) != 0) {
		if (run->out.errno_value != EPIPE)
			msg_err(&e);
		run_fail(run, EXIT_IO);
	}
	if (cli.verbose)
		msg_note("read %llu, wrote %llu, skipped %llu", (unsigned long long)run->nread,
		    (unsigned long long)run->nwrote, (unsigned long long)run->nbad);
	if (run->rejects_fd >= 0)
		(void)close(run->rejects_fd);
	reader_close(&run->in);
	writer_close(&run->out);
	return run->status;
}
