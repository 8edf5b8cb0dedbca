#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"

int
str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n > 0 ? memcmp(a.p, b.p, n) : 0;

	if (c != 0)
		return c;
	return a.n < b.n ? -1 : a.n > b.n;
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool
str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n &&
	    (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

bool
str_eq_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (to_lower(a.p[i]) != to_lower(b.p[i]))
			return false;
	return true;
}

ptrdiff_t
str_find(struct str s, struct str needle)
{
	const char *p, *end;

	if (needle.n == 0)
		return 0;
	if (s.n < needle.n)
		return -1;
	end = s.p + (s.n - needle.n) + 1;
	for (p = s.p; p < end; p++) {
		p = memchr(p, needle.p[0], (size_t)(end - p));
		if (p == NULL)
			return -1;
		if (memcmp(p, needle.p, needle.n) == 0)
			return p - s.p;
	}
	return -1;
}

struct str
str_sub(struct str s, size_t from, size_t n)
{
	if (from > s.n)
		from = s.n;
	if (n > s.n - from)
		n = s.n - from;
	return (struct str){from > 0 ? s.p + from : s.p, n}; /* an empty view may have no address to add to */
}

struct str
str_trim(struct str s)
{
	while (s.n > 0 && is_space(s.p[0]))
		s.p++, s.n--;
	while (s.n > 0 && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool
str_split(struct str *rest, char sep, struct str *part)
{
	const char *q;

	if (rest->p == NULL)
		return false;
	q = rest->n > 0 ? memchr(rest->p, sep, rest->n) : NULL;
	if (q == NULL) {
		*part = *rest;
		*rest = (struct str){NULL, 0};
		return true;
	}
	*part = (struct str){rest->p, (size_t)(q - rest->p)};
	*rest = (struct str){q + 1, rest->n - part->n - 1};
	return true;
}

bool
str_i64(struct str s, int64_t *out)
{
	bool neg = false;
	uint64_t v = 0, max;
	size_t i = 0;

	if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+'))
		neg = s.p[i++] == '-';
	if (i == s.n)
		return false;
	max = neg ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
	for (; i < s.n; i++) {
		unsigned d = (unsigned)(s.p[i] - '0');

		if (d > 9 || v > (max - d) / 10)
			return false;
		v = v * 10 + d;
	}
	*out = neg ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

/* Short plain decimals, as tables have them: both whole numbers are exact, so one division rounds as strtod does. */
static bool
plain_f64(struct str s, double *out)
{
	static const double pow10[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
	const bool minus = s.n > 0 && s.p[0] == '-';
	uint64_t v = 0;
	size_t digits = 0, places = 0;
	bool point = false;

	for (size_t i = minus; i < s.n; i++) {
		if (s.p[i] == '.' && !point) {
			point = true;
			continue;
		}
		if (!is_digit(s.p[i]) || ++digits > 15)
			return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0');
		places += point;
	}
	if (digits == 0)
		return false;
	*out = (minus ? -(double)v : (double)v) / pow10[places];
	return true;
}

bool
str_f64(struct str s, double *out)
{
	char tmp[64], *end;
	double v;

	if (plain_f64(s, out))
		return true;
	if (s.n == 0 || s.n >= sizeof tmp || is_space(s.p[0]))
		return false;
	for (size_t i = 0; i < s.n; i++) /* no hex, inf or nan */
		if (!is_digit(s.p[i]) && (s.p[i] == '\0' || strchr("+-.eE", s.p[i]) == NULL))
			return false;
	memcpy(tmp, s.p, s.n);
	tmp[s.n] = '\0';
	errno = 0;
	v = strtod(tmp, &end);
	if (*end != '\0' || errno == ERANGE)
		return false;
	*out = v;
	return true;
}

void
buf_grow(struct buf *b, size_t more)
{
	b->p = xgrow(b->p, &b->cap, b->n + more + 1, 1);
}

void
buf_puts(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	buf_reserve(b, 64);
	va_start(ap, fmt);
	n = vsnprintf(b->p + b->n, b->cap - b->n, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= b->cap - b->n) {
		buf_reserve(b, (size_t)n);
		va_start(ap, fmt);
		(void)vsnprintf(b->p + b->n, b->cap - b->n, fmt, ap);
		va_end(ap);
	}
	b->n += (size_t)n;
}

void
buf_reset(struct buf *b)
{
	b->n = 0;
	if (b->p != NULL)
		b->p[0] = '\0';
}

void
buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){0};
}
