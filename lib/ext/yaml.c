#include "ext/yaml.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "rec/json.h"

struct loader {
	yaml_parser_t parser;
	struct arena *a;
	const char *file;
	struct err *e;
};

struct child {
	struct child *next;
	struct ykey key;
	struct ynode *node;
};

static int
vfail(const char *file, int line, struct err *e, const char *fmt, va_list ap)
{
	char text[400];

	vsnprintf(text, sizeof text, fmt, ap);
	return err_set(e, ERR_CONFIG, "%s:%d: %s", file, line, text);
}

static int fail(const struct loader *l, size_t line0, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static int
fail(const struct loader *l, size_t line0, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vfail(l->file, (int)line0 + 1, l->e, fmt, ap);
	va_end(ap);
	return r;
}

int
yaml_err(const struct ynode *at, struct err *e, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vfail(at->file, at->line, e, fmt, ap);
	va_end(ap);
	return r;
}

static int
next_event(struct loader *l, yaml_event_t *ev)
{
	yaml_parser_t *p = &l->parser;

	if (yaml_parser_parse(p, ev))
		return 0;
	if (p->error == YAML_MEMORY_ERROR)
		return err_set(l->e, ERR_MEM, "read '%s': out of memory", l->file);
	if (p->context != NULL)
		return fail(
		    l, p->problem_mark.line, "%s %s", p->problem != NULL ? p->problem : "malformed", p->context);
	return fail(l, p->problem_mark.line, "%s", p->problem != NULL ? p->problem : "malformed");
}

static bool
is_null(struct str s)
{
	return s.n == 0 || str_is(s, "~") || str_is(s, "null") || str_is(s, "Null") || str_is(s, "NULL");
}

static int build(struct loader *, const yaml_event_t *, int depth, struct ynode **);

static struct ynode *
new_node(struct loader *l, enum ynode_type type, const yaml_event_t *ev)
{
	struct ynode *n = arena_zalloc(l->a, sizeof *n);

	n->type = type;
	n->file = l->file;
	n->line = (int)ev->start_mark.line + 1;
	return n;
}

static int
build_scalar(struct loader *l, const yaml_event_t *ev, struct ynode **out)
{
	struct str s = str_n((const char *)ev->data.scalar.value, ev->data.scalar.length);
	bool plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	struct ynode *n;

	if (memchr(s.p, '\0', s.n) != NULL)
		return fail(l, ev->start_mark.line, "text holds a NUL character");
	n = new_node(l, plain && is_null(s) ? Y_NULL : Y_SCALAR, ev);
	if (n->type == Y_SCALAR) {
		n->s = arena_str(l->a, s);
		n->plain = plain;
	}
	*out = n;
	return 0;
}

/* Children of a sequence or a map up to its end event. */
static int
build_children(struct loader *l, int depth, struct ynode *n)
{
	bool map = n->type == Y_MAP;
	struct child *first = NULL, **tail = &first;
	struct map seen = {0};
	int r = -1;

	for (;;) {
		struct child *c;
		struct ynode *key = NULL;
		yaml_event_t ev;

		if (next_event(l, &ev) != 0)
			goto out;
		if (ev.type == (map ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT)) {
			yaml_event_delete(&ev);
			break;
		}
		c = arena_zalloc(l->a, sizeof *c);
		if (map) {
			bool added = false;
			int bad = build(l, &ev, depth + 1, &key);

			yaml_event_delete(&ev);
			if (bad != 0)
				goto out;
			if (key->type != Y_SCALAR) {
				yaml_err(key, l->e, "a key must be text");
				goto out;
			}
			map_put(&seen, key->s, &added);
			if (!added) {
				yaml_err(key, l->e, "key '%.*s' stands twice", STRF(utf8_cut_bytes(key->s, 80)));
				goto out;
			}
			c->key = (struct ykey){key->s, key->line};
			if (next_event(l, &ev) != 0)
				goto out;
		}
		if (build(l, &ev, depth + 1, &c->node) != 0) {
			yaml_event_delete(&ev);
			goto out;
		}
		yaml_event_delete(&ev);
		if (map && c->node->type == Y_NULL)
			c->node->line = c->key.line; /* libyaml places an absent value on the line behind it */
		*tail = c;
		tail = &c->next;
		n->n++;
	}
	n->item = arena_alloc(l->a, n->n * sizeof *n->item);
	n->key = map ? arena_alloc(l->a, n->n * sizeof *n->key) : NULL;
	for (size_t i = 0; first != NULL; first = first->next, i++) {
		n->item[i] = first->node;
		if (map)
			n->key[i] = first->key;
	}
	r = 0;
out:
	map_free(&seen);
	return r;
}

static int
build(struct loader *l, const yaml_event_t *ev, int depth, struct ynode **out)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;

	if (depth > YAML_DEPTH)
		return fail(l, ev->start_mark.line, "nested deeper than %d", YAML_DEPTH);
	switch (ev->type) {
	case YAML_SCALAR_EVENT:
		anchor = ev->data.scalar.anchor;
		tag = ev->data.scalar.tag;
		break;
	case YAML_SEQUENCE_START_EVENT:
		anchor = ev->data.sequence_start.anchor;
		tag = ev->data.sequence_start.tag;
		break;
	case YAML_MAPPING_START_EVENT:
		anchor = ev->data.mapping_start.anchor;
		tag = ev->data.mapping_start.tag;
		break;
	case YAML_ALIAS_EVENT:
		return fail(l, ev->start_mark.line, "aliases ('*%s') are not used here; write the value out",
		    (const char *)ev->data.alias.anchor);
	default:
		return fail(l, ev->start_mark.line, "unexpected end");
	}
	if (anchor != NULL)
		return fail(l, ev->start_mark.line, "anchors ('&%s') are not used here", (const char *)anchor);
	if (tag != NULL)
		return fail(l, ev->start_mark.line, "tags ('%s') are not used here", (const char *)tag);
	if (ev->type == YAML_SCALAR_EVENT)
		return build_scalar(l, ev, out);
	*out = new_node(l, ev->type == YAML_MAPPING_START_EVENT ? Y_MAP : Y_SEQ, ev);
	return build_children(l, depth, *out);
}

/* Stream start, at most one document, stream end. */
static int
build_stream(struct loader *l, struct ynode **root)
{
	bool have = false;

	for (;;) {
		yaml_event_t ev;
		yaml_event_type_t type;
		int bad = 0;

		if (next_event(l, &ev) != 0)
			return -1;
		type = ev.type;
		switch (type) {
		case YAML_STREAM_START_EVENT:
		case YAML_DOCUMENT_END_EVENT:
		case YAML_STREAM_END_EVENT:
			break;
		case YAML_DOCUMENT_START_EVENT:
			if (have)
				bad = fail(l, ev.start_mark.line, "a second document; a file holds one");
			have = true;
			break;
		default:
			bad = build(l, &ev, 1, root);
		}
		yaml_event_delete(&ev);
		if (bad != 0)
			return -1;
		if (type == YAML_STREAM_END_EVENT)
			return 0;
	}
}

static int
bad_utf8_line(struct str text)
{
	int line = 1;
	const char *p = text.p;

	for (const char *nl; (nl = memchr(p, '\n', text.n - (size_t)(p - text.p))) != NULL; p = nl + 1, line++)
		if (!utf8_valid(p, (size_t)(nl - p)))
			break;
	return line;
}

int
yaml_parse(struct str text, const char *name, struct arena *a, struct ynode **root, struct err *e)
{
	struct loader l = {.a = a, .file = arena_strdup(a, name), .e = e};
	struct ynode *top = arena_zalloc(a, sizeof *top);
	int r;

	if (text.n > YAML_FILE_MAX)
		return err_set(e, ERR_CONFIG, "%s: larger than %d MiB", name, YAML_FILE_MAX >> 20);
	if (!utf8_valid(text.p, text.n))
		return err_set(e, ERR_CONFIG, "%s:%d: not UTF-8", name, bad_utf8_line(text));
	top->type = Y_NULL;
	top->file = l.file;
	top->line = 1;
	if (!yaml_parser_initialize(&l.parser))
		return err_set(e, ERR_MEM, "read '%s': out of memory", name);
	yaml_parser_set_encoding(&l.parser, YAML_UTF8_ENCODING);
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_sub(text, 3, text.n);
	yaml_parser_set_input_string(&l.parser, (const unsigned char *)(text.n > 0 ? text.p : ""), text.n);
	r = build_stream(&l, &top);
	yaml_parser_delete(&l.parser);
	if (r == 0)
		*root = top;
	return r;
}

int
yaml_load(const char *path, struct arena *a, struct ynode **root, struct err *e)
{
	struct str text;

	if (file_read(path, YAML_FILE_MAX, a, &text, e) != 0)
		return -1;
	return yaml_parse(text, path, a, root, e);
}

struct ynode *
ynode_find(const struct ynode *map, struct str key)
{
	if (map != NULL && map->type == Y_MAP)
		for (size_t i = 0; i < map->n; i++)
			if (str_eq(map->key[i].s, key))
				return map->item[i];
	return NULL;
}

struct ynode *
ynode_get(const struct ynode *map, const char *key)
{
	return ynode_find(map, str_c(key));
}

bool
ynode_bool(const struct ynode *n, bool *out)
{
	if (n == NULL || n->type != Y_SCALAR || !n->plain)
		return false;
	if (str_is(n->s, "true") || str_is(n->s, "True") || str_is(n->s, "TRUE"))
		*out = true;
	else if (str_is(n->s, "false") || str_is(n->s, "False") || str_is(n->s, "FALSE"))
		*out = false;
	else
		return false;
	return true;
}

/* 0x… and 0o… of the core schema, which str_i64 does not know. */
static bool
prefixed_i64(struct str s, int64_t *out)
{
	uint64_t v = 0, base = s.p[1] == 'x' ? 16 : 8;

	for (size_t i = 2; i < s.n; i++) {
		char c = to_lower(s.p[i]);
		uint64_t d = is_digit(c) ? (uint64_t)(c - '0') : c >= 'a' && c <= 'f' ? (uint64_t)(c - 'a' + 10) : 99;

		if (d >= base || v > (uint64_t)INT64_MAX / base)
			return false;
		v = v * base + d;
	}
	if (v > (uint64_t)INT64_MAX)
		return false;
	*out = (int64_t)v;
	return true;
}

bool
ynode_i64(const struct ynode *n, int64_t *out)
{
	struct str s;

	if (n == NULL || n->type != Y_SCALAR || !n->plain)
		return false;
	s = n->s;
	if (s.n > 2 && s.p[0] == '0' && (s.p[1] == 'x' || s.p[1] == 'o'))
		return prefixed_i64(s, out);
	return str_i64(s, out);
}

/* The core schema's float: [-+]? (\.[0-9]+ | [0-9]+(\.[0-9]*)?) ([eE][-+]?[0-9]+)? ; integers are among them. */
static bool
looks_f64(struct str s)
{
	size_t i = 0, digits = 0;

	if (i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
		i++;
	for (; i < s.n && is_digit(s.p[i]); i++)
		digits++;
	if (i < s.n && s.p[i] == '.')
		for (i++; i < s.n && is_digit(s.p[i]); i++)
			digits++;
	if (digits == 0)
		return false;
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		i++;
		if (i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
			i++;
		if (i == s.n)
			return false;
		while (i < s.n && is_digit(s.p[i]))
			i++;
	}
	return i == s.n;
}

bool
ynode_f64(const struct ynode *n, double *out)
{
	int64_t i;
	struct str s;
	double d;

	if (n == NULL || n->type != Y_SCALAR || !n->plain)
		return false;
	if (ynode_i64(n, &i)) {
		*out = (double)i;
		return true;
	}
	if (!looks_f64(n->s))
		return false;
	s = n->s.p[0] == '+' ? str_sub(n->s, 1, n->s.n) : n->s;
	d = strtod(s.p, NULL); /* terminated by the arena copy; the form was checked */
	if (!isfinite(d))
		return false;
	*out = d;
	return true;
}

/* The node under key: 1 there, 0 absent, -1 without a value. */
static int
lookup(const struct ynode *map, const char *key, struct ynode **n, struct err *e)
{
	*n = ynode_get(map, key);
	if (*n == NULL)
		return 0;
	if ((*n)->type == Y_NULL)
		return yaml_err(*n, e, "key '%s': has no value", key);
	return 1;
}

int
yaml_str(const struct ynode *map, const char *key, struct str *out, struct err *e)
{
	struct ynode *n;
	int r = lookup(map, key, &n, e);

	if (r <= 0)
		return r;
	if (n->type != Y_SCALAR)
		return yaml_err(n, e, "key '%s': expected text", key);
	if (n->s.n == 0)
		return yaml_err(n, e, "key '%s': must not be empty", key);
	*out = n->s;
	return 1;
}

int
yaml_bool(const struct ynode *map, const char *key, bool *out, struct err *e)
{
	struct ynode *n;
	int r = lookup(map, key, &n, e);

	if (r <= 0)
		return r;
	return ynode_bool(n, out) ? 1 : yaml_err(n, e, "key '%s': expected true or false", key);
}

int
yaml_i64(const struct ynode *map, const char *key, int64_t min, int64_t max, int64_t *out, struct err *e)
{
	struct ynode *n;
	int64_t v;
	int r = lookup(map, key, &n, e);

	if (r <= 0)
		return r;
	if (!ynode_i64(n, &v) || v < min || v > max)
		return yaml_err(n, e, "key '%s': expected a whole number between %lld and %lld", key, (long long)min,
		    (long long)max);
	*out = v;
	return 1;
}

int
yaml_f64(const struct ynode *map, const char *key, double min, double max, double *out, struct err *e)
{
	struct ynode *n;
	double v;
	int r = lookup(map, key, &n, e);

	if (r <= 0)
		return r;
	if (!ynode_f64(n, &v) || v < min || v > max) {
		if (min <= -DBL_MAX && max >= DBL_MAX)
			return yaml_err(n, e, "key '%s': expected a number", key);
		if (max >= DBL_MAX)
			return yaml_err(n, e, "key '%s': expected a number, at least %g", key, min);
		return yaml_err(n, e, "key '%s': expected a number between %g and %g", key, min, max);
	}
	*out = v;
	return 1;
}

int
yaml_duration(const struct ynode *map, const char *key, int64_t *seconds, struct err *e)
{
	struct ynode *n;
	int r = lookup(map, key, &n, e);

	if (r <= 0)
		return r;
	if (n->type == Y_SCALAR && str_is(n->s, "0")) {
		*seconds = 0;
		return 1;
	}
	if (n->type != Y_SCALAR || !clock_duration(n->s, seconds))
		return yaml_err(n, e, "key '%s': expected a duration such as 30m, 4h or 2d", key);
	return 1;
}

int
yaml_map(const struct ynode *map, const char *key, struct ynode **out, struct err *e)
{
	struct ynode *n;
	int r = lookup(map, key, &n, e);

	if (r <= 0)
		return r;
	if (n->type != Y_MAP)
		return yaml_err(n, e, "key '%s': expected keys with values", key);
	*out = n;
	return 1;
}

int
yaml_seq(const struct ynode *map, const char *key, struct ynode **out, struct err *e)
{
	struct ynode *n;
	int r = lookup(map, key, &n, e);

	if (r <= 0)
		return r;
	if (n->type != Y_SEQ)
		return yaml_err(n, e, "key '%s': expected a list", key);
	*out = n;
	return 1;
}

int
yaml_strs(const struct ynode *map, const char *key, struct arena *a, struct str **out, size_t *count, struct err *e)
{
	struct ynode *n;
	struct str *v;
	int r = lookup(map, key, &n, e);

	if (r <= 0)
		return r;
	if (n->type == Y_MAP)
		return yaml_err(n, e, "key '%s': expected a list of words", key);
	if (n->type == Y_SCALAR) {
		v = arena_alloc(a, sizeof *v);
		v[0] = n->s;
		*out = v;
		*count = 1;
		return 1;
	}
	v = arena_alloc(a, n->n * sizeof *v);
	for (size_t i = 0; i < n->n; i++) {
		if (n->item[i]->type != Y_SCALAR || n->item[i]->s.n == 0)
			return yaml_err(n->item[i], e, "key '%s': item %zu: expected text", key, i + 1);
		v[i] = n->item[i]->s;
	}
	*out = v;
	*count = n->n;
	return 1;
}

/* "a, b, c" for messages, cut to fit. */
static void
word_list(const char *const words[], char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; words[i] != NULL; i++) {
		int w = snprintf(out + used, size - used, "%s%s", i > 0 ? ", " : "", words[i]);

		if (w < 0 || (size_t)w >= size - used)
			return;
		used += (size_t)w;
	}
}

int
yaml_word(const struct ynode *map, const char *key, const char *const words[], int *out, struct err *e)
{
	struct ynode *n;
	char list[256];
	int r = lookup(map, key, &n, e);

	if (r <= 0)
		return r;
	for (int i = 0; n->type == Y_SCALAR && words[i] != NULL; i++)
		if (str_is(n->s, words[i])) {
			*out = i;
			return 1;
		}
	word_list(words, list, sizeof list);
	return yaml_err(n, e, "key '%s': expected one of %s", key, list);
}

int
yaml_want_map(const struct ynode *n, const char *what, struct err *e)
{
	if (n->type != Y_MAP)
		return yaml_err(n, e, "%s: expected keys with values", what);
	return 0;
}

int
yaml_only(const struct ynode *map, const char *const allowed[], struct err *e)
{
	char list[300];

	if (map == NULL || map->type != Y_MAP)
		return 0;
	for (size_t i = 0; i < map->n; i++) {
		size_t k = 0;

		while (allowed[k] != NULL && !str_is(map->key[i].s, allowed[k]))
			k++;
		if (allowed[k] != NULL)
			continue;
		word_list(allowed, list, sizeof list);
		return err_set(e, ERR_CONFIG, "%s:%d: unknown key '%.*s'; known are %s", map->file, map->key[i].line,
		    STRF(utf8_cut_bytes(map->key[i].s, 60)), list);
	}
	return 0;
}

/* A plain decimal integer that JSON would write the same way; of any length, so ids keep their digits. */
static bool
is_json_int(struct str s)
{
	size_t i = s.n > 0 && s.p[0] == '-' ? 1 : 0;

	if (i == s.n || (s.p[i] == '0' && s.n > i + 1))
		return false;
	for (; i < s.n; i++)
		if (!is_digit(s.p[i]))
			return false;
	return true;
}

static void
put_scalar(const struct ynode *n, struct buf *out)
{
	bool b;
	int64_t i;
	double d;

	if (!n->plain)
		json_quote(out, n->s);
	else if (ynode_bool(n, &b))
		buf_puts(out, b ? "true" : "false");
	else if (is_json_int(n->s))
		buf_str(out, n->s);
	else if (ynode_i64(n, &i))
		buf_printf(out, "%lld", (long long)i);
	else if (ynode_f64(n, &d))
		buf_printf(out, "%.17g", d);
	else
		json_quote(out, n->s);
}

void
yaml_json(const struct ynode *n, struct buf *out)
{
	switch (n->type) {
	case Y_NULL:
		buf_puts(out, "null");
		break;
	case Y_SCALAR:
		put_scalar(n, out);
		break;
	case Y_SEQ:
	case Y_MAP:
		buf_putc(out, n->type == Y_MAP ? '{' : '[');
		for (size_t i = 0; i < n->n; i++) {
			if (i > 0)
				buf_putc(out, ',');
			if (n->type == Y_MAP) {
				json_quote(out, n->key[i].s);
				buf_putc(out, ':');
			}
			yaml_json(n->item[i], out);
		}
		buf_putc(out, n->type == Y_MAP ? '}' : ']');
		break;
	}
}
