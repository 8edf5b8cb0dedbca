#ifndef BASE_STR_H
#define BASE_STR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A view of n bytes: not terminated, may hold NUL, owns nothing. {NULL,0} and {"",0} both mean empty. */
struct str {
	const char *p;
	size_t n;
};

#define STR(lit) ((struct str){"" lit, sizeof(lit) - 1}) /* of a string literal */
#define STRF(s) (int)(s).n, (s).p                         /* for "%.*s" */

static inline struct str
str_c(const char *s)
{
	return (struct str){s, strlen(s)};
}

static inline struct str
str_n(const char *p, size_t n)
{
	return (struct str){p, n};
}

static inline bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
str_is(struct str a, const char *s)
{
	return str_eq(a, str_c(s));
}

/* Locale-free; byte order. */
int str_cmp(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
bool str_eq_nocase(struct str a, struct str b);      /* ASCII case only */
ptrdiff_t str_find(struct str s, struct str needle); /* byte offset, or -1 */
struct str str_sub(struct str s, size_t from, size_t n); /* clamped to s */
struct str str_trim(struct str s);                   /* ASCII white space off both ends */
/* Cuts the part before the first sep off *rest; false when *rest was exhausted (p == NULL). */
bool str_split(struct str *rest, char sep, struct str *part);
/* Strict: whole string, decimal, in range; false otherwise and *out untouched. */
bool str_i64(struct str s, int64_t *out);
bool str_f64(struct str s, double *out);

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool
is_alnum(char c)
{
	return is_digit(c) || is_alpha(c);
}

static inline char
to_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* A growable byte string. p is never NULL after the first add and always NUL-terminated; n excludes the NUL. Zeroed = empty. */
struct buf {
	char *p;
	size_t n, cap;
};
void buf_grow(struct buf *b, size_t more);
void buf_puts(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_reset(struct buf *b); /* n = 0, memory kept */
void buf_free(struct buf *b);

/* Room for more bytes and a NUL. */
static inline void
buf_reserve(struct buf *b, size_t more)
{
	if (b->cap - b->n <= more)
		buf_grow(b, more);
}

static inline void
buf_add(struct buf *b, const void *p, size_t n)
{
	buf_reserve(b, n);
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

static inline void
buf_str(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.n);
}

static inline void
buf_putc(struct buf *b, char c)
{
	if (b->n + 1 >= b->cap)
		buf_grow(b, 1);
	b->p[b->n++] = c;
	b->p[b->n] = '\0';
}

static inline struct str
buf_view(const struct buf *b)
{
	return (struct str){b->p != NULL ? b->p : "", b->n};
}

#endif
