#ifndef REC_JSON_H
#define REC_JSON_H
/*
 * JSON (RFC 8259) over bytes: a strict scanner that builds no tree, views into scanned text, and a writer.
 * The scanner checks grammar, not UTF-8: run utf8_valid over the bytes first (rec_parse does both).
 */
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

enum { JSON_DEPTH = 64 }; /* arrays and objects within one another, the outermost being 1 */

enum json_type { JSON_NONE, JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUM, JSON_STR, JSON_ARR, JSON_OBJ };

/* A view of one valid JSON value; raw is its text, quotes and brackets included. type JSON_NONE: absent. */
struct json {
	struct str raw;
	enum json_type type;
	bool esc; /* a string with at least one backslash */
};

struct json_member {
	struct str key; /* raw, without quotes; rec_parse undoes its escapes */
	struct json val;
	bool key_esc;
};

struct json_fault {
	size_t at;       /* byte offset */
	const char *why; /* static text */
};

/* One complete JSON text of any type, white space allowed around it. False: *f says where and why. */
bool json_valid(struct str text, struct json_fault *f);

/*
 * One complete JSON object: appends its top-level members to *m (an xgrow array of *cap). *close gets the offset of
 * the final '}'. Duplicate keys are faults. Returns the number of members, or -1 with *f filled.
 */
ptrdiff_t json_scan_object(struct str text, struct json_member **m, size_t *cap, size_t *close,
    struct json_fault *f);

/*
 * The member names of an object, for the next one of a stream, which mostly has the same in the same order: they need
 * not be scanned then. Zeroed = none known.
 */
enum { JSON_SHAPE = 24, JSON_NAME = 32 /* bytes with quotes and colon */ };
struct json_shape {
	size_t n;
	struct json_name {
		char text[JSON_NAME];
		uint64_t mask[2]; /* of its first 16 bytes */
		uint8_t len;
	} name[JSON_SHAPE];
};
/* As json_scan_object; learns the shape. */
ptrdiff_t json_scan_like(struct json_shape *shape, struct str text, struct json_member **m, size_t *cap, size_t *close,
    struct json_fault *f);

/* The following take views of valid text only. */

struct json json_view(struct str valid_text);                 /* the value in text, white space trimmed */
struct json json_getn(struct json obj, struct str key);      /* JSON_NONE when absent or obj is no object */
static inline struct json
json_get(struct json obj, const char *key)
{
	return json_getn(obj, str_c(key));
}
struct json json_path(struct json v, const char *dotted);
/* The first item of an array of objects whose member id is id, or JSON_NONE. Escapes of ids are undone in a. */
struct json json_item(struct json array, struct str id, struct arena *a);     /* "author.followers" */

/* Iterates over the members of an object or the items of an array (key empty); false at the end. */
struct json_iter {
	const char *p, *end;
	bool obj;
};
struct json_iter json_iter(struct json v); /* of anything else: an iterator at its end */
bool json_next(struct json_iter *it, struct str *key, struct json *val);

/* The text of a string: a view of v when it has no escapes, else unescaped into a. Empty for other types. */
struct str json_str(struct json v, struct arena *a);
bool json_is(struct json v, const char *s);      /* a string equal to s */
bool json_i64(struct json v, int64_t *out);      /* a number that is an integer in range, also 1e3, 2.0 */
bool json_f64(struct json v, double *out);       /* any number */
int64_t json_int_or(struct json v, int64_t fallback);
double json_num_or(struct json v, double fallback);

/*
 * Writer into a buf. Errors of use (value without key, wrong end) are assertions. Numbers are printed without
 * locale; non-finite numbers become null-free 0. Keys and strings are escaped; text must be valid UTF-8.
 */
struct jw {
	struct buf *out;
	unsigned depth;
	uint64_t obj;   /* bit d: level d is an object */
	uint64_t some;  /* bit d: level d has an item already */
	bool keyed;     /* a key was written, a value is due */
};
struct jw jw_open(struct buf *out);
void jw_obj(struct jw *w);
void jw_arr(struct jw *w);
void jw_end(struct jw *w); /* closes the innermost object or array */
void jw_keyn(struct jw *w, struct str key);
void jw_str(struct jw *w, struct str s);
void jw_int(struct jw *w, int64_t v);
void jw_num(struct jw *w, double v, int decimals); /* fixed, trailing zeros cut: 0.5, 3, -0.125 */
void jw_raw(struct jw *w, struct str json_text);
void jw_time(struct jw *w, int64_t t); /* RFC 3339 */

static inline void
jw_cstr(struct jw *w, const char *s)
{
	jw_str(w, str_c(s));
}

static inline void
jw_bool(struct jw *w, bool v)
{
	jw_raw(w, v ? STR("true") : STR("false"));
}

static inline void
jw_null(struct jw *w)
{
	jw_raw(w, STR("null"));
}

/* A literal key is written as it stands: no quotes or backslashes in it. */
static inline void
jw_key(struct jw *w, const char *key)
{
	const size_t n = strlen(key);
	struct buf *b = w->out;
	uint64_t level = (uint64_t)1 << w->depth;
	char *q;

	if (!__builtin_constant_p(n)) {
		jw_keyn(w, str_n(key, n));
		return;
	}
	assert(w->depth > 0 && (w->obj & level) && !w->keyed);
	buf_reserve(b, n + 4);
	q = b->p + b->n;
	*q = ',';
	q += (w->some & level) != 0;
	*q = '"';
	memcpy(q + 1, key, n);
	memcpy(q + 1 + n, "\":", 3);
	b->n = (size_t)(q - b->p) + n + 3;
	w->some |= level;
	w->keyed = true;
}

/* Key and value in one call. */
static inline void
jw_kstr(struct jw *w, const char *key, struct str s)
{
	jw_key(w, key);
	jw_str(w, s);
}

static inline void
jw_kcstr(struct jw *w, const char *key, const char *s)
{
	jw_kstr(w, key, str_c(s));
}

static inline void
jw_kint(struct jw *w, const char *key, int64_t v)
{
	jw_key(w, key);
	jw_int(w, v);
}

static inline void
jw_knum(struct jw *w, const char *key, double v, int decimals)
{
	jw_key(w, key);
	jw_num(w, v, decimals);
}

static inline void
jw_kbool(struct jw *w, const char *key, bool v)
{
	jw_key(w, key);
	jw_bool(w, v);
}

static inline void
jw_kraw(struct jw *w, const char *key, struct str json_text)
{
	jw_key(w, key);
	jw_raw(w, json_text);
}

static inline void
jw_ktime(struct jw *w, const char *key, int64_t t)
{
	jw_key(w, key);
	jw_time(w, t);
}

/* The same, left out when there is nothing: an empty text, time 0. */
static inline void
jw_kstr_opt(struct jw *w, const char *key, struct str s)
{
	if (s.n > 0)
		jw_kstr(w, key, s);
}

static inline void
jw_ktime_opt(struct jw *w, const char *key, int64_t t)
{
	if (t != 0)
		jw_ktime(w, key, t);
}

/* Appends s as a quoted JSON string. */
void json_quote(struct buf *out, struct str s);
/* Appends v with at most decimals digits behind the point, trailing zeros cut. */
void json_fixed(struct buf *out, double v, int decimals);

#endif
