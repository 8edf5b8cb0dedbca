/* JSON as YAML; --show: a playbook with what it extends folded in, and where its texts come from. */
#include <stdio.h>

#include "base/utf8.h"
#include "cli/msg.h"
#include "matcher.h"

static bool
plain(struct str s)
{
	struct json_fault f;

	if (s.n == 0 || s.n > 200 || json_valid(s, &f) || str_is(s, "~") || str_is(s, "null") || !is_alnum(s.p[0]))
		return false;
	if (s.p[0] == '0') /* 0x10 and 0o7 would be numbers */
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '_' && s.p[i] != '.' && s.p[i] != '/')
			return false;
	for (size_t i = 0; i < s.n; i++)
		if (is_alpha(s.p[i]))
			return true;
	return false;
}

/* A string in quotes as JSON writes it is YAML too. */
static void
scalar(struct json v, struct arena *a, struct buf *out)
{
	struct str s = json_str(v, a);

	if (v.type == JSON_STR && plain(s))
		buf_str(out, s);
	else
		buf_str(out, v.raw);
}

static bool
is_empty(struct json v)
{
	struct json_iter it = json_iter(v);
	struct str key;
	struct json item;

	return !json_next(&it, &key, &item);
}

static void
value(struct json v, int depth, bool in_list, struct arena *a, struct buf *out)
{
	struct json_iter it = json_iter(v);
	struct json item;
	struct str key;
	bool first = true;

	while (json_next(&it, &key, &item)) {
		bool nested = item.type == JSON_OBJ || item.type == JSON_ARR;

		if (!first || !in_list)
			buf_printf(out, "%*s", depth * 2, "");
		first = false;
		if (v.type == JSON_OBJ)
			buf_printf(out, plain(key) ? "%.*s:%s" : "\"%.*s\":%s", STRF(key), nested ? "" : " ");
		else
			buf_puts(out, "- ");
		if (!nested) {
			scalar(item, a, out);
			buf_putc(out, '\n');
		} else if (is_empty(item)) {
			buf_puts(out, item.type == JSON_OBJ ? " {}\n" : " []\n");
		} else {
			if (v.type == JSON_OBJ)
				buf_putc(out, '\n');
			value(item, depth + 1, v.type == JSON_ARR, a, out);
		}
	}
}

void
yaml_print(struct json v, struct buf *out)
{
	struct arena a = {0};

	value(v, 0, false, &a, out);
	arena_free(&a);
}

int
do_show(struct matcher *m, const char *id)
{
	struct play *p = library_find(&m->lib, str_c(id));
	struct buf out = {0};
	struct err e;

	if (p == NULL) {
		msg_warn("there is no playbook '%s' in %s", id, m->lib.dir);
		return EXIT_NO;
	}
	if (play_load(&m->lib, p, &e) != 0)
		msg_die(&e);
	buf_printf(&out, "# %s\n# sha256 %s\n", p->file, p->hash);
	for (const struct play *q = p->parent; q != NULL; q = q->parent)
		buf_printf(&out, "# with %.*s folded in\n", STRF(q->id));
	yaml_print(json_view(p->json), &out);
	buf_puts(&out, "# texts\n");
	for (size_t i = 0; i < p->ntext; i++)
		buf_printf(&out, "#   %.*s.%.*s  from %.*s\n", STRF(p->text[i].name), STRF(p->text[i].lang), STRF(p->text[i].from));
	(void)fwrite(out.p, 1, out.n, stdout);
	buf_free(&out);
	return msg_flush_stdout();
}
