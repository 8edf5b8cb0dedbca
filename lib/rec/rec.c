#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "rec/rec.h"

int
rec_parse(struct rec *r, struct str line, bool utf8_ok, struct err *e)
{
	struct json_fault f = {0, ""};
	ptrdiff_t n;

	arena_reset(&r->tmp);
	r->line = line;
	r->n = r->nedit = r->ndel = r->nadd = 0;
	if (line.n > REC_MAX)
		return err_set(e, ERR_DATA, "record longer than %d MiB", REC_MAX >> 20);
	if (!utf8_ok && !utf8_valid(line.p, line.n))
		return err_set(e, ERR_DATA, "not valid UTF-8");
	n = json_scan_like(&r->shape, line, &r->m, &r->cap, &r->close, &f);
	if (n < 0)
		return err_set(e, ERR_DATA, "byte %zu: %s", f.at + 1, f.why);
	r->n = (size_t)n;
	for (size_t i = 0; i < r->n; i++)
		if (r->m[i].key_esc) /* found by the name every other JSON reader sees: "te\u0078t" is text */
			r->m[i].key = json_str((struct json){{r->m[i].key.p - 1, r->m[i].key.n + 2}, JSON_STR, true}, &r->tmp);
	return 0;
}

void
rec_free(struct rec *r)
{
	free(r->m);
	free(r->edit);
	arena_free(&r->tmp);
	*r = (struct rec){0};
}

static struct json_member *
find(const struct rec *r, struct str key)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->m[i].key.n == key.n && (key.n == 0 || (r->m[i].key.p[0] == key.p[0] && memcmp(r->m[i].key.p, key.p, key.n) == 0)))
			return &r->m[i];
	return NULL;
}

struct json
rec_getn(const struct rec *r, struct str key)
{
	const struct json_member *m = find(r, key);

	return m != NULL ? m->val : (struct json){{"", 0}, JSON_NONE, false};
}

bool
rec_time(struct rec *r, const char *key, int64_t *t)
{
	return clock_parse(rec_str(r, key), t);
}

enum rec_kind
rec_kind(const struct rec *r)
{
	static const char *const name[] = {[KIND_POST] = "post", [KIND_CASCADE] = "cascade",
	    [KIND_INCIDENT] = "incident", [KIND_CASE] = "case", [KIND_TASK] = "task", [KIND_DRAFT] = "draft",
	    [KIND_NOTICE] = "notice", [KIND_POINT] = "point"};
	struct json v = rec_get(r, "kind");

	if (v.type == JSON_STR)
		for (size_t i = KIND_POST; i <= KIND_POINT; i++)
			if (json_is(v, name[i]))
				return (enum rec_kind)i;
	return KIND_OTHER;
}

static void
add_edit(struct rec *r, size_t off, size_t len, struct str with)
{
	size_t i;

	assert(off + len <= r->line.n);
	if (r->nedit == r->edit_cap)
		r->edit = xgrow(r->edit, &r->edit_cap, r->nedit + 1, sizeof *r->edit);
	/* kept in order of place; equal places (appended members) in order of coming */
	for (i = r->nedit; i > 0 && r->edit[i - 1].off > off; i--)
		r->edit[i] = r->edit[i - 1];
	r->edit[i] = (struct rec_edit){off, len, with};
	r->nedit++;
}

/* The edit that covers exactly this span already, or NULL. */
static struct rec_edit *
edit_at(struct rec *r, size_t off, size_t len)
{
	for (size_t i = 0; i < r->nedit; i++)
		if (r->edit[i].off == off && r->edit[i].len == len)
			return &r->edit[i];
	return NULL;
}

void
rec_splice(struct rec *r, size_t off, size_t len, struct str with)
{
	struct rec_edit *x = len > 0 ? edit_at(r, off, len) : NULL;

	with = arena_str(&r->tmp, with);
	if (x != NULL)
		x->with = with;
	else
		add_edit(r, off, len, with);
}

static struct str
member_text(struct rec *r, struct str key, struct str value, bool comma)
{
	char *p = arena_alloc(&r->tmp, key.n + value.n + 4), *q = p;

	if (comma)
		*q++ = ',';
	*q++ = '"';
	memcpy(q, key.p, key.n);
	q += key.n;
	*q++ = '"';
	*q++ = ':';
	memcpy(q, value.p, value.n);
	q += value.n;
	return (struct str){p, (size_t)(q - p)};
}

void
rec_set(struct rec *r, const char *key, struct str value)
{
	struct str k = str_c(key);
	struct json_member *m = find(r, k);

	if (m != NULL) {
		rec_splice(r, (size_t)(m->val.raw.p - r->line.p), m->val.raw.n, value);
		return;
	}
	for (size_t i = 0; i < r->nedit; i++) { /* appended before: replace that */
		struct rec_edit *x = &r->edit[i];
		bool comma = x->with.n > 0 && x->with.p[0] == ',';

		if (x->off == r->close && x->len == 0 && x->with.n > k.n + 2 + comma &&
		    x->with.p[comma] == '"' && memcmp(x->with.p + comma + 1, k.p, k.n) == 0 &&
		    x->with.p[comma + 1 + k.n] == '"') {
			x->with = member_text(r, k, value, comma);
			return;
		}
	}
	add_edit(r, r->close, 0, member_text(r, k, value, r->n - r->ndel + r->nadd > 0));
	r->nadd++;
}

/* The opening quote of the name before a value: a quote within the name has a backslash before it, the opening one none. */
static const char *
name_of(const char *value)
{
	const char *p = value;

	while (*--p != '"')
		;
	for (;;) {
		const char *q;

		while (*--p != '"')
			;
		for (q = p; q[-1] == '\\'; q--)
			;
		if ((p - q) % 2 == 0)
			return p;
	}
}

void
rec_del(struct rec *r, const char *key)
{
	struct json_member *m = find(r, str_c(key));
	const char *from, *to;
	bool first;

	if (m == NULL || m->key.p == NULL)
		return;
	assert(r->nadd == 0); /* delete before appending: the commas depend on it */
	from = m->key_esc ? name_of(m->val.raw.p) : m->key.p - 1;
	to = m->val.raw.p + m->val.raw.n;
	first = true;
	for (struct json_member *x = r->m; x < m; x++)
		first = first && x->val.type == JSON_NONE;
	if (first) {
		while (*to == ' ' || *to == '\t' || *to == '\r')
			to++;
		if (*to == ',')
			to++;
		else
			to = m->val.raw.p + m->val.raw.n;
	} else {
		while (*from != ',')
			from--;
	}
	add_edit(r, (size_t)(from - r->line.p), (size_t)(to - from), (struct str){"", 0});
	m->val = (struct json){{"", 0}, JSON_NONE, false};
	m->key = (struct str){NULL, (size_t)-1}; /* found no more */
	r->ndel++;
}

void
rec_put(struct rec *r, struct buf *out)
{
	size_t at = 0, extra = 1;

	for (size_t i = 0; i < r->nedit; i++)
		extra += r->edit[i].with.n;
	buf_reserve(out, r->line.n + extra);
	for (size_t i = 0; i < r->nedit; i++) {
		const struct rec_edit *x = &r->edit[i];

		buf_add(out, r->line.p + at, x->off - at);
		buf_str(out, x->with);
		at = x->off + x->len;
	}
	buf_add(out, r->line.p + at, r->line.n - at);
	buf_putc(out, '\n');
}
