/* --test: example incidents, each with the playbook that has to win. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/msg.h"
#include "cli/run.h"
#include "matcher.h"

struct tally {
	size_t good, bad;
	int status;
};

/* expect.id, or expect.industry and expect.type (none = the catch-all). */
static struct str
wanted(const struct matcher *m, struct json expect, struct arena *a)
{
	struct str id = json_str(json_get(expect, "id"), a), type, industry;

	if (id.n > 0)
		return id;
	type = json_str(json_get(expect, "type"), a);
	industry = json_str(json_get(expect, "industry"), a);
	for (size_t i = 0; i < m->lib.n; i++) {
		const struct play *p = m->lib.play[i];

		if (!p->abstract && p->ntype > 0 && str_eq(p->type[0], type) && str_eq(p->industry, industry))
			return p->id;
	}
	return arena_printf(a, "%.*s %.*s", STRF(industry), STRF(type));
}

/* One example; what is wrong is appended to out. */
static void
judge(const struct matcher *m, const struct match *x, struct json expect, struct arena *a, struct buf *out)
{
	struct json_iter it = json_iter(json_get(expect, "must_not"));
	struct str want = wanted(m, expect, a), level = json_str(json_get(expect, "level"), a), key;
	struct json item;

	if (!str_eq(want, x->won->play->id))
		buf_printf(out, " got %.*s, want %.*s;", STRF(x->won->play->id), STRF(want));
	if (level.n > 0 && !str_is(level, playbook_levels[x->level]))
		buf_printf(out, " level %s, want %.*s;", playbook_levels[x->level], STRF(level));
	while (json_next(&it, &key, &item))
		for (size_t i = 0; i < x->won->play->ntype; i++)
			if (str_eq(json_str(item, a), x->won->play->type[i]))
				buf_printf(out, " type %.*s must not win;", STRF(x->won->play->type[i]));
	if (x->nwhy == 0)
		buf_puts(out, " no reason given;");
}

static void
examples(struct matcher *m, struct reader *rd, struct tally *t)
{
	struct rec r = {0};
	struct arena a = {0};
	struct buf wrong = {0};
	struct str line;
	struct match x;
	struct err e;
	enum reader_status s;
	bool utf8_ok;

	while ((s = reader_next(rd, &line, &utf8_ok, &e)) != READER_EOF && s != READER_ERROR) {
		struct json incident;

		arena_reset(&a);
		buf_reset(&wrong);
		if (str_trim(line).n == 0)
			continue;
		if (s == READER_LONG || rec_parse(&r, line, utf8_ok, &e) != 0) {
			msg_warn("%s:%llu: %s", rd->name, (unsigned long long)rd->lineno, s == READER_LONG ? "line too long" : e.msg);
			t->status = msg_worse(t->status, EXIT_DATA);
			continue;
		}
		incident = rec_get(&r, "incident");
		if (incident.type != JSON_OBJ || rec_get(&r, "expect").type != JSON_OBJ) {
			msg_warn("%s:%llu: an example has the members incident and expect", rd->name, (unsigned long long)rd->lineno);
			t->status = msg_worse(t->status, EXIT_DATA);
			continue;
		}
		if (match_one(m, incident.raw, &a, &x, &e) != 0)
			buf_printf(&wrong, " %s;", e.msg);
		else
			judge(m, &x, rec_get(&r, "expect"), &a, &wrong);
		if (wrong.n == 0) {
			t->good++;
			(void)printf("ok %s:%llu %.*s: %.*s\n", rd->name, (unsigned long long)rd->lineno,
			    STRF(json_str(json_get(incident, "id"), &a)), STRF(x.won->play->id));
			continue;
		}
		t->bad++;
		(void)printf("not ok %s:%llu %.*s:%.*s\n", rd->name, (unsigned long long)rd->lineno,
		    STRF(json_str(json_get(incident, "id"), &a)), (int)wrong.n - 1, wrong.p);
	}
	if (s == READER_ERROR) {
		msg_err(&e);
		t->status = msg_worse(t->status, EXIT_IO);
	}
	rec_free(&r);
	buf_free(&wrong);
	arena_free(&a);
}

static void
examples_file(struct matcher *m, const char *path, bool must, struct tally *t)
{
	struct reader rd = {0};
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		if (must) {
			msg_warn("cannot open '%s'", path);
			t->status = msg_worse(t->status, EXIT_IO);
		}
		return;
	}
	reader_open(&rd, fd, path);
	examples(m, &rd, t);
	reader_close(&rd);
	(void)close(fd);
}

int
do_test(struct matcher *m, char **files)
{
	struct tally t = {0};
	struct arena a = {0};

	if (*files == NULL)
		for (size_t i = 0; i < m->lib.n; i++)
			examples_file(m, arena_printf(&a, "%s/tests.ndjson", m->lib.play[i]->dir).p, false, &t);
	for (; *files != NULL; files++)
		examples_file(m, *files, true, &t);
	(void)printf("%zu passed, %zu failed\n", t.good, t.bad);
	arena_free(&a);
	t.status = msg_worse(t.status, m->status);
	t.status = msg_worse(t.status, msg_flush_stdout());
	return t.status == EXIT_OK && t.bad > 0 ? EXIT_NO : t.status;
}
