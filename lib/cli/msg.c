#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "cli/msg.h"
#include "cli/opt.h"

static void
say(const char *text)
{
	struct buf b = {0};

	/* messages quote file names and data: they must not steer the terminal */
	utf8_clean(&b, str_c(text));
	(void)fprintf(stderr, "%s: %s\n", cli.prog, b.p != NULL ? b.p : "");
	buf_free(&b);
}

static void __attribute__((format(printf, 1, 0)))
vsay(const char *fmt, va_list ap)
{
	char text[1024];

	(void)vsnprintf(text, sizeof text, fmt, ap);
	say(text);
}

void
msg_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsay(fmt, ap);
	va_end(ap);
}

_Noreturn void
msg_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsay(fmt, ap);
	va_end(ap);
	exit(EXIT_USAGE);
}

void
msg_note(const char *fmt, ...)
{
	va_list ap;

	if (cli.quiet)
		return;
	va_start(ap, fmt);
	vsay(fmt, ap);
	va_end(ap);
}

void
msg_err(const struct err *e)
{
	say(e->msg);
}

int
msg_status(enum err_kind kind)
{
	switch (kind) {
	case ERR_NONE:
		return EXIT_OK;
	case ERR_NO:
		return EXIT_NO;
	case ERR_USAGE:
		return EXIT_USAGE;
	case ERR_DATA:
		return EXIT_DATA;
	case ERR_MEM:
		return EXIT_MEMORY;
	case ERR_IO:
		return EXIT_IO;
	case ERR_AGAIN:
		return EXIT_AGAIN;
	case ERR_CONFIG:
		return EXIT_CONF;
	}
	return EXIT_IO;
}

int
msg_worse(int a, int b)
{
	static const int order[] = {EXIT_MEMORY, EXIT_IO, EXIT_CONF, EXIT_AGAIN, EXIT_DATA};

	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return a > b ? a : b;
}

void
msg_die(const struct err *e)
{
	msg_err(e);
	exit(msg_status(e->kind));
}

int
msg_flush_stdout(void)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		msg_warn("cannot write to standard output: %s", strerror(errno));
		return EXIT_IO;
	}
	return EXIT_OK;
}
