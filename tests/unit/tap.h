#ifndef TAP_H
#define TAP_H
/* Sixty lines of TAP: ok(condition, name...), is_str, is_int; end main with return tap_done(). */
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

static int tap_n, tap_failed;

__attribute__((format(printf, 4, 5), unused)) static bool
tap_ok(bool good, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	printf("%s %d - ", good ? "ok" : "not ok", ++tap_n);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	if (!good) {
		tap_failed++;
		printf("# failed at %s:%d\n", file, line);
	}
	fflush(stdout);
	return good;
}
#define ok(cond, ...) tap_ok((cond), __FILE__, __LINE__, __VA_ARGS__)

__attribute__((unused)) static bool
tap_is_str(struct str got, const char *want, const char *file, int line, const char *name)
{
	bool good = str_is(got, want);

	tap_ok(good, file, line, "%s", name);
	if (!good)
		printf("#  got '%.*s'\n# want '%s'\n", STRF(got), want);
	return good;
}
#define is_str(got, want, name) tap_is_str((got), (want), __FILE__, __LINE__, (name))

__attribute__((unused)) static bool
tap_is_int(int64_t got, int64_t want, const char *file, int line, const char *name)
{
	bool good = got == want;

	tap_ok(good, file, line, "%s", name);
	if (!good)
		printf("#  got %" PRId64 "\n# want %" PRId64 "\n", got, want);
	return good;
}
#define is_int(got, want, name) tap_is_int((got), (want), __FILE__, __LINE__, (name))

__attribute__((unused)) static void
skip(const char *why)
{
	printf("ok %d # SKIP %s\n", ++tap_n, why);
}

__attribute__((unused)) static int
tap_done(void)
{
	printf("1..%d\n", tap_n);
	return tap_failed != 0;
}

#endif
