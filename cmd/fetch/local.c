/* Sources without a network: files, standard input, a command's output. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "cli/msg.h"
#include "model/charset.h"

#include "fetch.h"

enum { MAX_FILE = 512 << 20, MAX_OUTPUT = 256 << 20 };

static bool
ends(const char *path, const char *tail)
{
	return str_ends(str_c(path), str_c(tail));
}

/* Whether a first line is a record or a row by itself, so that the rest can be read line by line. */
static bool
streams(const struct source *src, const char *path, struct rec *r, struct str line, bool utf8_ok)
{
	struct err e;

	if (src->format != FORMAT_AUTO && src->format != FORMAT_NDJSON)
		return false;
	if (src->format == FORMAT_NDJSON || ends(path, ".ndjson") || ends(path, ".jsonl"))
		return true;
	if (str_trim(line).n == 0 || str_trim(line).p[0] != '{' || rec_parse(r, line, utf8_ok, &e) != 0)
		return false;
	return rec_get(r, "items").type != JSON_ARR; /* else a JSON Feed written in one line */
}

static void
one_record(struct batch *b, struct rec *r)
{
	struct err e;
	int rc;

	rc = rec_get(r, "kind").type == JSON_STR ? batch_record(b, r, &e) : parse_row(b, r, &e);
	if (rc == 0)
		return;
	if (e.kind == ERR_DATA) {
		run_reject(&b->f->run, r, &e);
	} else {
		msg_err(&e);
		run_fail(&b->f->run, msg_status(e.kind));
	}
}

/* NDJSON of any length; the first line is at hand already. */
static void
stream(struct batch *b, struct rec *r, struct str first, bool utf8_ok)
{
	struct run *run = &b->f->run;
	struct err e;

	if (str_trim(first).n > 0) {
		run->nread++;
		r->file = run->in.name;
		r->lineno = run->in.lineno;
		if (rec_parse(r, first, utf8_ok, &e) == 0) {
			one_record(b, r);
		} else {
			r->line = first;
			run_reject(run, r, &e);
		}
	}
	while (run_next(run, r))
		one_record(b, r);
}

static struct str
state_key(struct batch *b, const struct source *src, const char *what)
{
	if (b->f->store == NULL)
		return STR("");
	return arena_printf(&b->a, "%s %s", src->name, what);
}

int
local_path(struct fetch *f, const struct source *src, const char *path, struct err *e)
{
	struct run *run = &f->run;
	struct batch b;
	struct rec r = {0};
	struct buf bytes = {0};
	struct stat st;
	struct str line = {"", 0};
	enum reader_status got;
	bool utf8_ok = false, first_is_record;
	int fd = 0, rc = 0;
	struct err later;

	if (strcmp(path, "-") != 0)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	else
		path = "<stdin>";
	if (fd < 0 || fstat(fd, &st) != 0)
		return err_sys(e, ERR_IO, errno, "cannot open '%s'", path);
	if (S_ISDIR(st.st_mode)) {
		if (fd > 0)
			(void)close(fd);
		return err_set(e, ERR_IO, "cannot read '%s': it is a directory", path);
	}
	batch_open(&b, f, src, STR(""), path);
	b.key = state_key(&b, src, path);
	reader_open(&run->in, fd, path);
	do
		got = reader_next(&run->in, &line, &utf8_ok, e);
	while (got == READER_LINE && str_trim(line).n == 0 && bytes.n == 0);
	first_is_record = got == READER_LINE && streams(src, path, &r, line, utf8_ok);
	if (first_is_record) {
		stream(&b, &r, line, utf8_ok); /* closes the file */
	} else {
		while (got == READER_LINE || got == READER_LONG) {
			if (got == READER_LONG) {
				rc = err_set(e, ERR_DATA, "%s: a line longer than 16 MiB", path);
				break;
			}
			buf_str(&bytes, line);
			buf_putc(&bytes, '\n');
			if (bytes.n > MAX_FILE) {
				rc = err_set(e, ERR_DATA, "%s: longer than %d MiB", path, MAX_FILE >> 20);
				break;
			}
			got = reader_next(&run->in, &line, &utf8_ok, e);
		}
		if (got == READER_ERROR)
			rc = -1;
		if (bytes.n % 2 == 1 && bytes.n > 2 && (str_starts(buf_view(&bytes), STR("\xff\xfe")) ||
		    str_starts(buf_view(&bytes), STR("\xfe\xff"))))
			bytes.n--; /* the newline added above is half a UTF-16 unit */
		if (fd > 0)
			(void)close(fd);
		run->in.fd = -1;
		if (rc == 0 && (rc = parse_document(&b, buf_view(&bytes), STR(""), STR(""), e)) != 0)
			(void)err_prefix(e, "%s", path);
	}
	if (batch_close(&b, rc == 0 ? e : &later) != 0)
		rc = -1;
	rec_free(&r);
	buf_free(&bytes);
	return rc;
}

/* Reads until the end of output or the deadline. */
static int
collect(int fd, int64_t seconds, struct buf *out, const char *what, struct err *e)
{
	struct timespec ts;
	int64_t end;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	end = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000 + seconds * 1000;
	for (;;) {
		struct pollfd pf = {.fd = fd, .events = POLLIN};
		int64_t left;
		ssize_t k;
		int ready;

		(void)clock_gettime(CLOCK_MONOTONIC, &ts);
		left = end - ((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
		ready = left > 0 ? poll(&pf, 1, (int)left) : 0;
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready == 0)
			return err_set(e, ERR_AGAIN, "%s: not finished within %lld s", what, (long long)seconds);
		buf_reserve(out, 65536);
		k = read(fd, out->p + out->n, 65536);
		if (k < 0)
			return err_sys(e, ERR_IO, errno, "%s: cannot read its output", what);
		if (k == 0)
			return 0;
		out->n += (size_t)k;
		out->p[out->n] = '\0';
		if (out->n > MAX_OUTPUT)
			return err_set(e, ERR_DATA, "%s: more than %d MiB of output", what, MAX_OUTPUT >> 20);
	}
}

int
local_command(struct fetch *f, const struct source *src, struct err *e)
{
	struct buf bytes = {0};
	struct batch b;
	int fd[2], status, rc;
	pid_t pid;
	struct err later;

	if (pipe(fd) != 0)
		return err_sys(e, ERR_IO, errno, "cannot make a pipe");
	run_flush(&f->run);
	pid = fork();
	if (pid < 0) {
		(void)close(fd[0]);
		(void)close(fd[1]);
		return err_sys(e, ERR_IO, errno, "cannot start '%s'", src->command[0]);
	}
	if (pid == 0) {
		int null = open("/dev/null", O_RDONLY);

		(void)setpgid(0, 0);
		if (null < 0 || dup2(null, 0) < 0 || dup2(fd[1], 1) < 0)
			_exit(127);
		(void)close(fd[0]);
		(void)close(fd[1]);
		(void)execvp(src->command[0], (char *const *)(uintptr_t)src->command);
		_exit(127);
	}
	(void)close(fd[1]);
	rc = collect(fd[0], src->timeout_s, &bytes, src->command[0], e);
	(void)close(fd[0]);
	if (rc != 0)
		(void)kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (rc == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 127)
		rc = err_set(e, ERR_CONFIG, "cannot run '%s'", src->command[0]);
	else if (rc == 0 && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
		rc = err_set(e, ERR_AGAIN, "'%s' failed with status %d", src->command[0],
		    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	if (rc == 0) {
		batch_open(&b, f, src, STR(""), src->name);
		b.key = state_key(&b, src, src->command[0]);
		rc = parse_document(&b, buf_view(&bytes), STR(""), STR(""), e);
		if (batch_close(&b, rc == 0 ? e : &later) != 0)
			rc = -1;
	}
	buf_free(&bytes);
	return rc;
}
