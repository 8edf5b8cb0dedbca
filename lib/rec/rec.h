#ifndef REC_REC_H
#define REC_REC_H
/*
 * A record: one line of NDJSON, its bytes kept as they came, with the spans of its top-level members. A program
 * reads members, then sets or deletes its own; everything else is written back byte for byte.
 */
#include "base/err.h"
#include "base/mem.h"
#include "rec/json.h"

enum { REC_MAX = 16 << 20 }; /* bytes of one line */

enum rec_kind {
	KIND_OTHER, /* unknown or absent: pass it through */
	KIND_POST,
	KIND_CASCADE,
	KIND_INCIDENT,
	KIND_CASE,
	KIND_TASK,
	KIND_DRAFT,
	KIND_NOTICE,
	KIND_POINT
};

struct rec_edit {
	size_t off, len; /* the bytes of line replaced */
	struct str with;
};

/* Zeroed = empty; reuse one struct for a whole stream. Views die with the next rec_parse into it. */
struct rec {
	struct str line; /* without its newline */
	const char *file; /* name for messages, or NULL */
	uint64_t lineno;
	struct json_member *m;
	size_t n, cap;
	struct json_shape shape; /* of the records so far */
	size_t close;         /* offset of the final '}' */
	struct rec_edit *edit;
	size_t nedit, edit_cap;
	size_t ndel, nadd;    /* members deleted, appended */
	struct arena tmp;     /* lives until the next rec_parse: decoded strings, values to be set */
};

/* Parses line (a view that must outlive the use of r). utf8_ok: the caller has validated the bytes. -1: ERR_DATA. */
int rec_parse(struct rec *r, struct str line, bool utf8_ok, struct err *e);
void rec_free(struct rec *r);

enum rec_kind rec_kind(const struct rec *r);
struct json rec_getn(const struct rec *r, struct str key); /* JSON_NONE when absent */

static inline struct json
rec_get(const struct rec *r, const char *key)
{
	return rec_getn(r, str_c(key));
}

/* "" when absent or no string; lives as long as r->tmp */
static inline struct str
rec_str(struct rec *r, const char *key)
{
	return json_str(rec_get(r, key), &r->tmp);
}
bool rec_time(struct rec *r, const char *key, int64_t *t);

/*
 * Sets member key to the JSON text value (copied): replaced in place, or appended behind the last member.
 * Later calls for the same key win. Deleting an absent member does nothing.
 */
void rec_set(struct rec *r, const char *key, struct str value);
void rec_del(struct rec *r, const char *key);
/* Replaces a span of the line itself, e.g. a nested string; must not overlap other edits. off, len within line. */
void rec_splice(struct rec *r, size_t off, size_t len, struct str with);

/* Appends the record with its edits and a newline. */
void rec_put(struct rec *r, struct buf *out);

#endif
