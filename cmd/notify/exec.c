/*
 * A command with the message on standard input. It says 0 for accepted, 75 for try again, anything else for refused; the
 * first line it prints is what it calls the message.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/utf8.h"
#include "notify.h"

static const char *const exec_keys[] = {"command", "input", NULL};

static int
exec_check(struct conf *c, struct channel *ch, const struct ynode *n, struct err *e)
{
	static const char *const inputs[] = {"text", "json", NULL};
	struct str *v = NULL;
	size_t k = 0;
	int w = 0;

	if (yaml_strs(n, "command", &c->mem, &v, &k, e) < 0 || yaml_word(n, "input", inputs, &w, e) < 0)
		return -1;
	if (k == 0)
		return yaml_err(n, e, "key 'command': expected a list, program first");
	ch->json_input = w == 1;
	ch->argv = arena_zalloc(&c->mem, (k + 1) * sizeof *ch->argv);
	for (size_t i = 0; i < k; i++)
		ch->argv[i] = arena_cstr(&c->mem, v[i]);
	return 0;
}

static void
exec_build(const struct channel *ch, const struct delivery *d, bool mask, struct arena *a, struct request *r)
{
	(void)mask;
	*r = (struct request){.method = "EXEC", .url = arena_str(a, str_c(ch->argv[0])), .body = d->text};
	for (size_t i = 1; ch->argv[i] != NULL && i < 20; i++)
		request_header(r, a, "%s", ch->argv[i]);
}

static int64_t
ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
set(const char *name, struct str v)
{
	struct buf b = {0};

	utf8_clean(&b, v);
	(void)setenv(name, buf_view(&b).p, 1);
	buf_free(&b);
}

/* In the child: own process group, message as standard input, output to the pipe; never returns. */
static _Noreturn void
become(const struct channel *ch, const struct delivery *d, int in, int out)
{
	(void)setpgid(0, 0);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0)
		_exit(126);
	(void)close(out);
	set("TOCSIN_ABOUT", d->row[0].ref);
	set("TOCSIN_LEVEL", case_level_name(d->level));
	set("TOCSIN_TITLE", d->title);
	set("TOCSIN_NOTICE", d->id);
	(void)execvp(ch->argv[0], (char *const *)(uintptr_t)ch->argv);
	_exit(127);
}

/* Reads what the command prints until it closes its output or time is up; false: time is up. */
static bool
listen_to(int fd, int64_t until, char *line, size_t size)
{
	size_t n = 0;
	char junk[512];

	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left = until - ms();
		ssize_t k;

		if (left <= 0)
			return false;
		if (poll(&p, 1, (int)(left > 1000 ? 1000 : left)) <= 0)
			continue;
		k = n + 1 < size ? read(fd, line + n, size - 1 - n) : read(fd, junk, sizeof junk);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return true;
		if (n + 1 < size) {
			n += (size_t)k;
			line[n] = '\0';
		}
	}
}

static bool
wait_for(pid_t pid, int64_t until, int *status)
{
	for (;;) {
		pid_t r = waitpid(pid, status, WNOHANG);
		struct timespec ts = {0, 10000000};

		if (r == pid || (r < 0 && errno != EINTR))
			return r == pid;
		if (ms() >= until)
			return false;
		(void)nanosleep(&ts, NULL);
	}
}

static void
exec_send(struct sender *s, const struct channel *ch, const struct delivery *d, struct arena *a, struct outcome *o)
{
	FILE *in = tmpfile();
	int out[2] = {-1, -1}, status = 0;
	int64_t until = ms() + ch->timeout_s * 1000;
	char line[256] = "";
	pid_t pid = -1;
	bool ended;

	*o = (struct outcome){.kind = OUT_RETRY};
	run_flush(&s->run); /* the child must not inherit what is not written */
	if (in == NULL || fwrite(d->text.p, 1, d->text.n, in) != d->text.n || fflush(in) != 0 || fseek(in, 0, SEEK_SET) != 0 ||
	    pipe(out) != 0 || fcntl(out[0], F_SETFD, FD_CLOEXEC) != 0 || (pid = fork()) < 0) {
		o->error = arena_printf(a, "cannot start '%s': %s", ch->argv[0], strerror(errno));
		if (in != NULL)
			(void)fclose(in);
		if (out[0] >= 0) {
			(void)close(out[0]);
			(void)close(out[1]);
		}
		return;
	}
	if (pid == 0)
		become(ch, d, fileno(in), out[1]);
	(void)fclose(in);
	(void)close(out[1]);
	ended = listen_to(out[0], until, line, sizeof line) && wait_for(pid, until, &status);
	(void)close(out[0]);
	if (!ended) {
		(void)kill(-pid, SIGKILL);
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, &status, 0);
		o->kind = OUT_UNKNOWN;
		o->error = arena_printf(a, "'%s' did not end within %lld s", ch->argv[0], (long long)ch->timeout_s);
		return;
	}
	if (WIFSIGNALED(status)) {
		o->kind = OUT_UNKNOWN;
		o->error = arena_printf(a, "'%s' was ended by signal %d", ch->argv[0], WTERMSIG(status));
	} else if (WEXITSTATUS(status) == 0) {
		struct buf fixed = {0}, clean = {0};
		struct str rest = str_c(line), first = {0};

		o->kind = OUT_ACCEPTED;
		(void)str_split(&rest, '\n', &first);
		(void)utf8_repair(&fixed, first);
		utf8_clean(&clean, buf_view(&fixed));
		o->remote = arena_str(a, str_trim(buf_view(&clean)));
		buf_free(&fixed);
		buf_free(&clean);
	} else {
		o->kind = WEXITSTATUS(status) == EXIT_AGAIN ? OUT_RETRY : OUT_DEAD;
		o->error = WEXITSTATUS(status) == 127 ? arena_printf(a, "cannot start '%s'", ch->argv[0]) :
		    arena_printf(a, "'%s' ended with status %d", ch->argv[0], WEXITSTATUS(status));
	}
}

const struct provider provider_exec = {
    .type = "exec",
    .style = STYLE_PLAIN,
    .keys = exec_keys,
    .check = exec_check,
    .build = exec_build,
    .send = exec_send,
};
