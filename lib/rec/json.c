#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/clock.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "rec/json.h"

/* --- scanner ------------------------------------------------------------------------------------------------ */

struct scan {
	const char *begin, *end;
	struct json_fault *f;
};

static const char *
fail(const struct scan *s, const char *p, const char *why)
{
	s->f->at = (size_t)(p - s->begin);
	s->f->why = why;
	return NULL;
}

#define AT(p) ((p) < s->end ? *(p) : '\0')

static inline const char *
skip_ws(const struct scan *s, const char *p)
{
	if (p < s->end && (unsigned char)*p > ' ')
		return p; /* nearly always */
	while (p < s->end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
		p++;
	return p;
}

static int
hex4(const char *p, const char *end)
{
	int v = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = p[i];

		v <<= 4;
		if (c >= '0' && c <= '9')
			v |= c - '0';
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			v |= (c | 32) - 'a' + 10;
		else
			return -1;
	}
	return v;
}

/* p at the backslash; returns behind the escape. */
static const char *
scan_escape(const struct scan *s, const char *p)
{
	int hi, lo;

	switch (AT(p + 1)) {
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		return p + 2;
	case 'u':
		break;
	default:
		return fail(s, p, "unknown escape in a string");
	}
	hi = hex4(p + 2, s->end);
	if (hi < 0)
		return fail(s, p, "\\u without four hexadecimal digits");
	if (hi >= 0xdc00 && hi <= 0xdfff)
		return fail(s, p, "lone low surrogate in a string");
	if (hi < 0xd800 || hi > 0xdbff)
		return p + 6;
	if (AT(p + 6) != '\\' || AT(p + 7) != 'u')
		return fail(s, p, "lone high surrogate in a string");
	lo = hex4(p + 8, s->end);
	if (lo < 0xdc00 || lo > 0xdfff)
		return fail(s, p, "lone high surrogate in a string");
	return p + 12;
}

/* The first byte from p on that ends a string or may not stand in it as it is: quote, backslash, control. */
static inline const char *
string_stop(const char *p, const char *end)
{
#if defined(__SSE2__)
	const __m128i quote = _mm_set1_epi8('"'), back = _mm_set1_epi8('\\'), ctl = _mm_set1_epi8(0x1f);

	for (; end - p >= 16; p += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, back)),
		    _mm_cmpeq_epi8(_mm_min_epu8(x, ctl), x));
		int mask = _mm_movemask_epi8(hit);

		if (mask != 0)
			return p + __builtin_ctz((unsigned)mask);
	}
#endif
	while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20)
		p++;
	return p;
}

/* A string that goes on behind p, a backslash or what is wrong. */
static const char *
scan_string_rest(const struct scan *s, const char *p, bool *esc)
{
	for (;;) {
		if (p == s->end)
			return fail(s, p, "string without an end");
		if (*p == '"')
			return p;
		if (*p != '\\')
			return fail(s, p, "control character in a string");
		*esc = true;
		p = scan_escape(s, p);
		if (p == NULL)
			return NULL;
		p = string_stop(p, s->end);
	}
}

/* p behind the opening quote; returns the closing quote. *esc is set when there was an escape. */
static inline const char *
scan_string(const struct scan *s, const char *p, bool *esc)
{
	p = string_stop(p, s->end);
	return p < s->end && *p == '"' ? p : scan_string_rest(s, p, esc);
}

static const char *
scan_number(const struct scan *s, const char *p)
{
	const char *start = p;

	if (*p == '-')
		p++;
	if (AT(p) == '0') {
		p++;
	} else if (is_digit(AT(p))) {
		while (is_digit(AT(p)))
			p++;
	} else {
		return fail(s, start, "not a JSON value");
	}
	if (AT(p) == '.') {
		p++;
		if (!is_digit(AT(p)))
			return fail(s, p, "digit expected behind the decimal point");
		while (is_digit(AT(p)))
			p++;
	}
	if (AT(p) == 'e' || AT(p) == 'E') {
		p++;
		if (AT(p) == '+' || AT(p) == '-')
			p++;
		if (!is_digit(AT(p)))
			return fail(s, p, "digit expected in the exponent");
		while (is_digit(AT(p)))
			p++;
	}
	return p;
}

static const char *
scan_literal(const struct scan *s, const char *p, enum json_type *type)
{
	size_t n = (size_t)(s->end - p);

	if (n >= 4 && memcmp(p, "true", 4) == 0)
		return *type = JSON_TRUE, p + 4;
	if (n >= 5 && memcmp(p, "false", 5) == 0)
		return *type = JSON_FALSE, p + 5;
	if (n >= 4 && memcmp(p, "null", 4) == 0)
		return *type = JSON_NULL, p + 4;
	return fail(s, p, n == 0 ? "text ends too early" : "not a JSON value");
}

/* An array or object at p, itself at level depth (1 = outermost); nesting is a bit stack, 1 = object. */
static const char *
scan_nested(const struct scan *s, const char *p, unsigned depth)
{
	uint64_t obj = 0;
	unsigned d = 0;
	enum json_type t;
	bool esc = false;
	char c;

open:
	if (depth + d > JSON_DEPTH)
		return fail(s, p, "nested deeper than 64 levels");
	obj = obj << 1 | (*p == '{');
	d++;
	p = skip_ws(s, p + 1);
	if (AT(p) == (obj & 1 ? '}' : ']')) {
		p++;
		goto closed;
	}
	if ((obj & 1) == 0)
		goto value;
key:
	if (AT(p) != '"')
		return fail(s, p, "member name expected");
	p = scan_string(s, p + 1, &esc);
	if (p == NULL)
		return NULL;
	p++;
	if (AT(p) != ':') {
		p = skip_ws(s, p);
		if (AT(p) != ':')
			return fail(s, p, "':' expected");
	}
	p = skip_ws(s, p + 1);
value:
	c = AT(p);
	if (c == '"') {
		p = scan_string(s, p + 1, &esc);
		if (p == NULL)
			return NULL;
		p++;
	} else if (is_digit(c) || c == '-') {
		p = scan_number(s, p);
		if (p == NULL)
			return NULL;
	} else if (c == '{' || c == '[') {
		goto open;
	} else {
		p = scan_literal(s, p, &t);
		if (p == NULL)
			return NULL;
	}
after:
	p = skip_ws(s, p);
	c = AT(p);
	if (c == ',') {
		p = skip_ws(s, p + 1);
		if (obj & 1)
			goto key;
		goto value;
	}
	if (c != (obj & 1 ? '}' : ']'))
		return fail(s, p, obj & 1 ? "',' or '}' expected" : "',' or ']' expected");
	p++;
closed:
	obj >>= 1;
	if (--d > 0)
		goto after;
	return p;
}

/* A value of any type at p. */
static inline const char *
scan_value(const struct scan *s, const char *p, unsigned depth, struct json *v)
{
	const char *q;
	const char c = AT(p);

	v->esc = false;
	if (c == '"') {
		v->type = JSON_STR;
		q = scan_string(s, p + 1, &v->esc);
		if (q != NULL)
			q++;
	} else if (c == '{' || c == '[') {
		v->type = c == '{' ? JSON_OBJ : JSON_ARR;
		q = scan_nested(s, p, depth);
	} else if (c == 't' || c == 'f' || c == 'n' || c == '\0') {
		q = scan_literal(s, p, &v->type);
	} else {
		v->type = JSON_NUM;
		q = scan_number(s, p);
	}
	if (q != NULL)
		v->raw = (struct str){p, (size_t)(q - p)};
	return q;
}

bool
json_valid(struct str text, struct json_fault *f)
{
	struct scan sc = {text.p, text.p + text.n, f}, *s = &sc;
	struct json v;
	const char *p = skip_ws(s, text.p);

	p = scan_value(s, p, 1, &v);
	if (p == NULL)
		return false;
	p = skip_ws(s, p);
	if (p != s->end)
		return fail(s, p, "text behind the value"), false;
	return true;
}

/* Whether a key equals one of the n before it. Escaped keys are compared unescaped. */
static bool
key_seen(const struct json_member *m, size_t n, struct arena *tmp)
{
	struct str k = m[n].key;

	if (m[n].key_esc)
		k = json_str((struct json){{k.p - 1, k.n + 2}, JSON_STR, true}, tmp);
	for (size_t i = 0; i < n; i++) {
		struct str o = m[i].key;

		if (m[i].key_esc)
			o = json_str((struct json){{o.p - 1, o.n + 2}, JSON_STR, true}, tmp);
		if (str_eq(o, k))
			return true;
	}
	return false;
}

/* For objects of many members: quadratic comparison would let one line stall the stream. */
static bool
any_duplicate(const struct json_member *m, size_t n, size_t *which)
{
	struct map seen = {0};
	struct arena tmp = {0};
	bool dup = false, added;

	for (size_t i = 0; i < n && !dup; i++) {
		struct str k = m[i].key;

		if (m[i].key_esc)
			k = json_str((struct json){{k.p - 1, k.n + 2}, JSON_STR, true}, &tmp);
		(void)map_put(&seen, k, &added);
		if (!added) {
			dup = true;
			*which = i;
		}
	}
	map_free(&seen);
	arena_free(&tmp);
	return dup;
}

/* --- the shape of the objects of a stream ----------------------------------------------------------------------- */

/* Whether the member name x, with quotes and colon, stands at p. */
static inline bool
name_at(const struct json_name *x, const char *p, const char *end)
{
	uint64_t a[2], b[2];

	if (end - p < (ptrdiff_t)sizeof x->text)
		return end - p >= x->len && memcmp(p, x->text, x->len) == 0;
	memcpy(a, p, sizeof a);
	memcpy(b, x->text, sizeof b);
	if ((((a[0] ^ b[0]) & x->mask[0]) | ((a[1] ^ b[1]) & x->mask[1])) != 0)
		return false;
	return x->len <= sizeof a || memcmp(p + sizeof a, x->text + sizeof a, x->len - sizeof a) == 0;
}

/* Keeps the names of m, all different, none escaped. */
static void
learn(struct json_shape *shape, const struct json_member *m, size_t n)
{
	shape->n = 0;
	for (size_t i = 0; i < n && i < JSON_SHAPE; i++) {
		struct json_name *x = &shape->name[i];
		size_t len = m[i].key.n + 3;

		if (len > JSON_NAME)
			return;
		*x = (struct json_name){.len = (uint8_t)len};
		x->text[0] = '"';
		memcpy(x->text + 1, m[i].key.p, m[i].key.n);
		x->text[len - 2] = '"';
		x->text[len - 1] = ':';
		memset(x->mask, 0xff, len < sizeof x->mask ? len : sizeof x->mask);
		shape->n = i + 1;
	}
}

/* A cheap sieve of names: most differ in length, first or last byte. */
static inline uint64_t
sieve(struct str key)
{
	unsigned bit = key.n == 0 ? 0 : (unsigned char)key.p[0] * 5u + (unsigned char)key.p[key.n - 1] * 3u;

	return (uint64_t)1 << ((bit + key.n * 11u) & 63);
}

enum { FEW_KEYS = 48, SKIPS = 4 /* members of the shape an object may lack before the next */ };

ptrdiff_t
json_scan_like(struct json_shape *shape, struct str text, struct json_member **out, size_t *cap, size_t *close,
    struct json_fault *f)
{
	struct scan sc = {text.p, text.p + text.n, f}, *s = &sc;
	struct json_member *m = *out;
	uint64_t seen = 0;
	/* while names come in the order of the shape they cannot be twice there */
	bool in_step = shape->n > 0, escaped = false;
	size_t n = 0, at = 0, which = 0;
	const char *p = skip_ws(s, text.p), *q;

	if (AT(p) != '{')
		return fail(s, p, p == s->end ? "empty text" : "not a JSON object"), -1;
	p = skip_ws(s, p + 1);
	if (AT(p) == '}')
		goto done;
	for (;;) {
		struct json_member *x;

		if (n == *cap)
			m = *out = xgrow(m, cap, n + 16, sizeof *m);
		x = &m[n];
		x->key_esc = false;
		for (q = NULL; in_step && q == NULL; at++) {
			if (at == shape->n || at > n + SKIPS) {
				in_step = false;
				for (size_t i = 0; i < n; i++)
					seen |= sieve(m[i].key);
			} else if (name_at(&shape->name[at], p, s->end)) {
				q = p + shape->name[at].len;
				x->key = (struct str){p + 1, (size_t)shape->name[at].len - 3};
				p = skip_ws(s, q);
			}
		}
		if (q == NULL) {
			if (AT(p) != '"')
				return fail(s, p, "member name expected"), -1;
			q = scan_string(s, p + 1, &x->key_esc);
			if (q == NULL)
				return -1;
			x->key = (struct str){p + 1, (size_t)(q - p - 1)};
			p = skip_ws(s, q + 1);
			if (AT(p) != ':')
				return fail(s, p, "':' expected"), -1;
			p = skip_ws(s, p + 1);
		}
		p = scan_value(s, p, 2, &x->val);
		if (p == NULL)
			return -1;
		if (!in_step) {
			uint64_t bit = sieve(x->key);

			escaped |= x->key_esc;
			if (n < FEW_KEYS && ((seen & bit) != 0 || escaped)) {
				struct arena tmp = {0};
				bool dup = key_seen(m, n, &tmp);

				arena_free(&tmp);
				if (dup)
					return fail(s, x->key.p, "duplicate member name"), -1;
			}
			seen |= bit;
		}
		n++;
		p = skip_ws(s, p);
		if (AT(p) == '}')
			break;
		if (AT(p) != ',')
			return fail(s, p, "',' or '}' expected"), -1;
		p = skip_ws(s, p + 1);
	}
	if (n >= FEW_KEYS && any_duplicate(m, n, &which))
		return fail(s, m[which].key.p, "duplicate member name"), -1;
done:
	*close = (size_t)(p - s->begin);
	p = skip_ws(s, p + 1);
	if (p != s->end)
		return fail(s, p, "text behind the object"), -1;
	if (!in_step && !escaped)
		learn(shape, m, n);
	return (ptrdiff_t)n;
}

ptrdiff_t
json_scan_object(struct str text, struct json_member **out, size_t *cap, size_t *close, struct json_fault *f)
{
	struct json_shape none;

	none.n = 0;
	return json_scan_like(&none, text, out, cap, close, f);
}

/* --- views -------------------------------------------------------------------------------------------------- */

/* From here on the text is known to be valid: only ends are looked for. Whatever it holds, nothing behind end is read. */

/* p behind the opening quote; returns behind the closing one. */
static inline const char *
string_end(const char *p, const char *end, bool *esc)
{
	for (p = string_stop(p, end); p < end && *p != '"'; p = string_stop(p, end)) {
		*esc = true;
		p += end - p >= 2 ? 2 : 1;
	}
	return p < end ? p + 1 : end;
}

/* p at the bracket that opens. */
static const char *
nested_end(const char *p, const char *end)
{
	size_t depth = 0;
	bool esc = false;

	while (p < end) {
		const char c = *p++;

		if (c == '"')
			p = string_end(p, end, &esc);
		else if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && --depth == 0)
			break;
	}
	return p;
}

static inline const char *
value_end(const char *p, const char *end, struct json *v)
{
	const char *q = p;
	const char c = p < end ? *p : '\0';
	size_t n;

	v->esc = false;
	if (c == '"') {
		v->type = JSON_STR;
		q = string_end(p + 1, end, &v->esc);
	} else if (c == '{' || c == '[') {
		v->type = c == '{' ? JSON_OBJ : JSON_ARR;
		q = nested_end(p, end);
	} else if (c == 't' || c == 'f' || c == 'n') {
		v->type = c == 't' ? JSON_TRUE : c == 'f' ? JSON_FALSE : JSON_NULL;
		n = c == 'f' ? 5 : 4;
		q = (size_t)(end - p) >= n ? p + n : end;
	} else {
		v->type = JSON_NUM;
		while (q < end && (is_digit(*q) || *q == '-' || *q == '.' || *q == 'e' || *q == 'E' || *q == '+'))
			q++;
	}
	v->raw = (struct str){p, (size_t)(q - p)};
	return q;
}

struct json
json_view(struct str text)
{
	struct json_fault f = {0, NULL};
	struct json v = {{text.p, 0}, JSON_NONE, false};
	struct scan sc;

	text = str_trim(text);
	sc = (struct scan){text.p, text.p + text.n, &f};
	if (text.n > 0)
		(void)scan_value(&sc, text.p, 1, &v);
	return v;
}

struct json_iter
json_iter(struct json v)
{
	if ((v.type != JSON_OBJ && v.type != JSON_ARR) || v.raw.n < 2)
		return (struct json_iter){NULL, NULL, false};
	return (struct json_iter){v.raw.p + 1, v.raw.p + v.raw.n - 1, v.type == JSON_OBJ};
}

static inline const char *
skip_space(const char *p, const char *end)
{
	while (p < end && (unsigned char)*p <= ' ')
		p++;
	return p;
}

bool
json_next(struct json_iter *it, struct str *key, struct json *val)
{
	const char *p = it->p, *q, *const end = it->end;
	bool esc = false;

	if (p == NULL)
		return false;
	p = skip_space(p, end);
	if (p < end && *p == ',')
		p = skip_space(p + 1, end);
	if (p >= end)
		return false;
	*key = (struct str){"", 0};
	if (it->obj) {
		q = string_end(p + 1, end, &esc);
		if (q - p < 2)
			return false;
		*key = (struct str){p + 1, (size_t)(q - p - 2)};
		p = skip_space(q, end);
		if (p < end)
			p = skip_space(p + 1, end);
	}
	it->p = value_end(p, end, val);
	return true;
}

struct json
json_getn(struct json obj, struct str want)
{
	struct json_iter it = json_iter(obj);
	struct str k;
	struct json v;

	if (obj.type == JSON_OBJ)
		while (json_next(&it, &k, &v))
			if (str_eq(k, want))
				return v;
	return (struct json){{"", 0}, JSON_NONE, false};
}

struct json
json_path(struct json v, const char *dotted)
{
	struct str rest = str_c(dotted), part;

	while (str_split(&rest, '.', &part))
		v = json_getn(v, part);
	return v;
}

struct json
json_item(struct json array, struct str id, struct arena *a)
{
	struct json_iter it = json_iter(array);
	struct str k;
	struct json v;

	while (json_next(&it, &k, &v))
		if (str_eq(json_str(json_get(v, "id"), a), id))
			return v;
	return (struct json){{"", 0}, JSON_NONE, false};
}

struct str
json_str(struct json v, struct arena *a)
{
	const char *p, *end;
	char *out, *o;

	if (v.type != JSON_STR)
		return (struct str){"", 0};
	p = v.raw.p + 1;
	end = v.raw.p + v.raw.n - 1;
	if (!v.esc)
		return (struct str){p, (size_t)(end - p)};
	o = out = arena_alloc(a, (size_t)(end - p) + 1);
	while (p < end) {
		const char *b = memchr(p, '\\', (size_t)(end - p));
		size_t n = (size_t)((b != NULL ? b : end) - p);
		uint32_t cp;

		memcpy(o, p, n);
		o += n;
		p += n;
		if (b == NULL)
			break;
		switch (p[1]) {
		case 'b':
			*o++ = '\b';
			break;
		case 'f':
			*o++ = '\f';
			break;
		case 'n':
			*o++ = '\n';
			break;
		case 'r':
			*o++ = '\r';
			break;
		case 't':
			*o++ = '\t';
			break;
		case 'u':
			cp = (uint32_t)hex4(p + 2, end);
			if (cp >= 0xd800 && cp <= 0xdbff) {
				cp = 0x10000 + ((cp - 0xd800) << 10) + ((uint32_t)hex4(p + 8, end) - 0xdc00);
				p += 6;
			}
			o += utf8_put(o, cp);
			p += 4;
			break;
		default:
			*o++ = p[1];
			break;
		}
		p += 2;
	}
	*o = '\0';
	return (struct str){out, (size_t)(o - out)};
}

bool
json_is(struct json v, const char *s)
{
	if (v.type != JSON_STR)
		return false;
	if (v.esc) {
		struct arena a = {0};
		bool eq = str_is(json_str(v, &a), s);

		arena_free(&a);
		return eq;
	}
	return str_is((struct str){v.raw.p + 1, v.raw.n - 2}, s);
}

bool
json_f64(struct json v, double *out)
{
	char tmp[64], *p = tmp, *end;

	if (v.type != JSON_NUM)
		return false;
	if (v.raw.n >= sizeof tmp)
		p = xmalloc(v.raw.n + 1);
	memcpy(p, v.raw.p, v.raw.n);
	p[v.raw.n] = '\0';
	*out = strtod(p, &end);
	if (p != tmp)
		free(p);
	return isfinite(*out);
}

bool
json_i64(struct json v, int64_t *out)
{
	double d;

	if (v.type != JSON_NUM)
		return false;
	if (str_i64(v.raw, out))
		return true;
	if (!json_f64(v, &d) || d != trunc(d) || fabs(d) > 9007199254740992.0)
		return false;
	*out = (int64_t)d;
	return true;
}

int64_t
json_int_or(struct json v, int64_t fallback)
{
	int64_t i;

	return json_i64(v, &i) ? i : fallback;
}

double
json_num_or(struct json v, double fallback)
{
	double d;

	return json_f64(v, &d) ? d : fallback;
}

/* --- writer ------------------------------------------------------------------------------------------------- */

/* Whether all bytes of a word may stand in a string as they are: no quote, backslash or control. */
static inline bool
plain_word(uint64_t x)
{
	const uint64_t ones = 0x0101010101010101u, high = ones << 7;
	const uint64_t quote = x ^ ones * '"', slash = x ^ ones * '\\';

	return ((((x - ones * 0x20) & ~x) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash)) & high) == 0;
}

/* Copies s to q when it needs no escape; else false, and what stands at q is nothing. */
static inline bool
copy_plain(char *q, struct str s)
{
	uint64_t x, y;

	if (s.n >= 16) {
		if (string_stop(s.p, s.p + s.n) != s.p + s.n)
			return false;
		memcpy(q, s.p, s.n);
		return true;
	}
	if (s.n >= 8) { /* the ends overlap */
		memcpy(&x, s.p, 8);
		memcpy(&y, s.p + s.n - 8, 8);
		memcpy(q, &x, 8);
		memcpy(q + s.n - 8, &y, 8);
		return plain_word(x) && plain_word(y);
	}
	if (s.n >= 4) {
		memcpy(&x, s.p, 4);
		memcpy((char *)&x + 4, s.p + s.n - 4, 4);
		memcpy(q, &x, 4);
		memcpy(q + s.n - 4, (const char *)&x + 4, 4);
		return plain_word(x);
	}
	for (size_t i = 0; i < s.n; i++) {
		q[i] = s.p[i];
		if ((unsigned char)q[i] < 0x20 || q[i] == '"' || q[i] == '\\')
			return false;
	}
	return true;
}

static void quote_escaped(struct buf *out, struct str s);

void
json_quote(struct buf *out, struct str s)
{
	char *q;

	buf_reserve(out, s.n + 2);
	q = out->p + out->n;
	*q = '"';
	if (!copy_plain(q + 1, s)) {
		quote_escaped(out, s);
		return;
	}
	q[s.n + 1] = '"';
	q[s.n + 2] = '\0';
	out->n += s.n + 2;
}

static void
quote_escaped(struct buf *out, struct str s)
{
	static const char hex[] = "0123456789abcdef";
	size_t start = 0;

	buf_reserve(out, s.n + 2);
	buf_putc(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(out, s.p + start, i - start);
		start = i + 1;
		buf_putc(out, '\\');
		switch (c) {
		case '"':
		case '\\':
			buf_putc(out, (char)c);
			break;
		case '\n':
			buf_putc(out, 'n');
			break;
		case '\r':
			buf_putc(out, 'r');
			break;
		case '\t':
			buf_putc(out, 't');
			break;
		default:
			buf_add(out, "u00", 3);
			buf_putc(out, hex[c >> 4]);
			buf_putc(out, hex[c & 15]);
			break;
		}
	}
	buf_add(out, s.p + start, s.n - start);
	buf_putc(out, '"');
}

static void
put_u64(struct buf *out, uint64_t v)
{
	char tmp[20];
	size_t i = sizeof tmp;

	do
		tmp[--i] = (char)('0' + v % 10);
	while ((v /= 10) != 0);
	buf_add(out, tmp + i, sizeof tmp - i);
}

void
json_fixed(struct buf *out, double v, int decimals)
{
	static const uint64_t pow10[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};
	uint64_t scale, u, frac;

	assert(decimals >= 0 && decimals < (int)(sizeof pow10 / sizeof *pow10));
	if (!isfinite(v))
		v = 0;
	scale = pow10[decimals];
	if (fabs(v) * (double)scale >= 9e18) { /* beyond exact integers: the general way */
		buf_printf(out, "%.17g", v);
		return;
	}
	u = (uint64_t)(fabs(v) * (double)scale + 0.5);
	if (u < 1000000000) { /* nearly always: no division but by ten */
		char t[16], *p = t + sizeof t;
		uint32_t x = (uint32_t)u;
		bool any = false;

		for (int k = 0; k < decimals; k++, x /= 10) {
			any |= x % 10 != 0;
			if (any)
				*--p = (char)('0' + x % 10);
		}
		if (any)
			*--p = '.';
		do
			*--p = (char)('0' + x % 10);
		while ((x /= 10) > 0);
		if (v < 0 && u > 0)
			*--p = '-';
		buf_add(out, p, (size_t)(t + sizeof t - p));
		return;
	}
	if (v < 0 && u > 0)
		buf_putc(out, '-');
	put_u64(out, u / scale);
	frac = u % scale;
	if (frac == 0)
		return;
	buf_putc(out, '.');
	for (scale /= 10; frac > 0; scale /= 10) {
		buf_putc(out, (char)('0' + frac / scale));
		frac %= scale;
	}
}

struct jw
jw_open(struct buf *out)
{
	return (struct jw){.out = out};
}

static inline uint64_t
level(const struct jw *w)
{
	return (uint64_t)1 << w->depth;
}

/* What must stand before a value: a comma in arrays; in objects the key has seen to it. */
static void
before_value(struct jw *w)
{
	if (w->depth == 0)
		return;
	if (w->obj & level(w)) {
		assert(w->keyed);
		w->keyed = false;
		return;
	}
	if (w->some & level(w))
		buf_putc(w->out, ',');
	w->some |= level(w);
}

static void
begin(struct jw *w, bool obj)
{
	before_value(w);
	buf_putc(w->out, obj ? '{' : '[');
	assert(w->depth + 1 < JSON_DEPTH);
	w->depth++;
	w->some &= ~level(w);
	if (obj)
		w->obj |= level(w);
	else
		w->obj &= ~level(w);
}

void
jw_obj(struct jw *w)
{
	begin(w, true);
}

void
jw_arr(struct jw *w)
{
	begin(w, false);
}

void
jw_end(struct jw *w)
{
	assert(w->depth > 0 && !w->keyed);
	buf_putc(w->out, w->obj & level(w) ? '}' : ']');
	w->depth--;
}

void
jw_keyn(struct jw *w, struct str key)
{
	struct buf *out = w->out;

	assert(w->depth > 0 && (w->obj & level(w)) && !w->keyed);
	if (w->some & level(w))
		buf_putc(out, ',');
	w->some |= level(w);
	w->keyed = true;
	json_quote(out, key);
	buf_putc(out, ':');
}

void
jw_str(struct jw *w, struct str s)
{
	before_value(w);
	json_quote(w->out, s);
}

void
jw_int(struct jw *w, int64_t v)
{
	before_value(w);
	if (v < 0)
		buf_putc(w->out, '-');
	put_u64(w->out, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void
jw_num(struct jw *w, double v, int decimals)
{
	before_value(w);
	json_fixed(w->out, v, decimals);
}

void
jw_raw(struct jw *w, struct str json_text)
{
	before_value(w);
	buf_str(w->out, json_text);
}

void
jw_time(struct jw *w, int64_t t)
{
	char tmp[CLOCK_LEN];

	jw_str(w, clock_format(t, tmp));
}
