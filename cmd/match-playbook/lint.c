/* --lint: everything that is wrong with a library, with file, line and key. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/utf8.h"
#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/path.h"
#include "ext/roles.h"
#include "matcher.h"
#include "model/lintbook.h"

struct linter {
	struct library lib;
	struct arena mem;
	const struct play *play;  /* being looked at */
	struct wording *wording;
	struct roles *roles;
	struct str taxonomy;      /* text of taxonomy.yaml, may be empty */
	char today[CLOCK_LEN];
	struct map said;          /* findings, so that an inherited one is told once */
	size_t n;
};

static void
finding(struct linter *l, const char *file, int line, struct str path, const char *msg)
{
	struct buf b = {0}, clean = {0};
	bool added;

	buf_printf(&b, "%s:%d: ", file, line > 0 ? line : 1);
	if (path.n > 0)
		buf_printf(&b, "%.*s: ", STRF(path));
	buf_puts(&b, msg);
	utf8_clean(&clean, buf_view(&b));
	(void)map_put(&l->said, buf_view(&clean), &added);
	if (added) {
		(void)printf("%s\n", clean.p);
		l->n++;
	}
	buf_free(&b);
	buf_free(&clean);
}

static void
on_finding(void *ctx, struct str path, const char *file, int line, const char *msg)
{
	struct linter *l = ctx;

	if (file == NULL)
		play_where(l->play, path, &file, &line);
	finding(l, file, line, path, msg);
}

/* A file that cannot be read: the message has its place already. */
static void
on_bad(void *ctx, const struct err *e)
{
	struct linter *l = ctx;

	(void)printf("%s\n", e->msg);
	l->n++;
}

static bool
type_known(void *ctx, struct str type)
{
	const struct linter *l = ctx;

	return crisis_known(type) || (type.n > 2 && str_find(l->taxonomy, type) >= 0);
}

static bool
role_known(void *ctx, struct str role)
{
	return roles_known(((struct linter *)ctx)->roles, role);
}

/* --- jq --------------------------------------------------------------------------------------------------------------- */

struct wanted { /* a program and where it stands */
	struct str path, program;
};

static void
programs_of(struct linter *l, const char *list, const char *key, struct wanted *v, size_t *n)
{
	struct json_iter it = json_iter(json_get(json_view(l->play->json), list));
	struct json item;
	struct str k;

	while (json_next(&it, &k, &item)) {
		struct str program = json_str(json_get(item, key), &l->mem);

		if (program.n == 0)
			continue;
		v[*n].path = arena_printf(&l->mem, "%s.%.*s.%s", list, STRF(json_str(json_get(item, "id"), &l->mem)), key);
		v[(*n)++].program = program;
	}
}

static size_t
items(struct json list)
{
	struct json_iter it = json_iter(list);
	struct json v;
	struct str key;
	size_t n = 0;

	while (json_next(&it, &key, &v))
		n++;
	return n;
}

/* All programs at once; only when that fails, one by one to find those at fault. */
static void
check_jq(struct linter *l)
{
	struct json v = json_view(l->play->json);
	size_t room = items(json_get(v, "facts")) + items(json_get(v, "closing")) + 1, n = 0;
	struct wanted *w = arena_alloc(&l->mem, room * sizeof *w);
	struct filter_src *src = arena_alloc(&l->mem, room * sizeof *src);
	struct filter *f;
	struct err e;

	if (l->play->trigger.n > 0)
		w[n++] = (struct wanted){STR("trigger"), l->play->trigger};
	programs_of(l, "facts", "from", w, &n);
	programs_of(l, "closing", "test", w, &n);
	for (size_t i = 0; i < n; i++)
		src[i] = (struct filter_src){arena_cstr(&l->mem, w[i].program), arena_cstr(&l->mem, w[i].path)};
	if (n == 0)
		return;
	if (filter_compile_many(src, n, NULL, &f, &e) == 0) {
		filter_free(f);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		struct filter_opts o = {.name = "jq"};

		if (filter_compile(src[i].program, &o, &f, &e) == 0)
			filter_free(f);
		else
			on_finding(l, w[i].path, NULL, 0, e.msg);
	}
}

/* --- one playbook ----------------------------------------------------------------------------------------------------- */

/* At least three examples, one of which another playbook wins. */
static void
check_tests(struct linter *l, const struct play *p)
{
	struct rec r = {0};
	struct arena a = {0};
	struct str text, line;
	struct err e;
	const char *path = arena_printf(&l->mem, "%s/tests.ndjson", p->dir).p;
	size_t n = 0, miss = 0;
	int lineno = 0;

	if (p->abstract)
		return;
	if (file_read(path, 16 << 20, &a, &text, &e) != 0) {
		finding(l, p->file, 1, STR("tests"), "tests.ndjson is missing");
		arena_free(&a);
		return;
	}
	while (str_split(&text, '\n', &line)) {
		struct str id;

		lineno++;
		if (str_trim(line).n == 0)
			continue;
		if (rec_parse(&r, line, false, &e) != 0) {
			finding(l, path, lineno, STR(""), e.msg);
			continue;
		}
		id = json_str(json_get(rec_get(&r, "expect"), "id"), &a);
		if (id.n > 0 && library_find(&l->lib, id) == NULL)
			finding(l, path, lineno, STR("expect.id"), "there is no such playbook");
		n += id.n > 0;
		miss += id.n > 0 && !str_eq(id, p->id);
	}
	if (n < 3)
		finding(l, path, 1, STR(""), "fewer than three examples");
	if (n > 0 && miss == 0)
		finding(l, path, 1, STR(""), "no near miss: an example that another playbook wins");
	rec_free(&r);
	arena_free(&a);
}

static void
one(struct linter *l, struct play *p)
{
	struct lint_text *t;
	struct lint_book b = {.id = p->id, .wording = l->wording, .today = str_n(l->today, 10), .type_known = type_known,
	    .role_known = role_known, .known_ctx = l};
	struct pii_scan scan = {0};
	struct err e;

	l->play = p;
	if (play_load(&l->lib, p, &e) != 0) {
		on_bad(l, &e);
		return;
	}
	t = arena_alloc(&l->mem, (p->ntext + 1) * sizeof *t);
	for (size_t i = 0; i < p->ntext; i++)
		t[i] = (struct lint_text){p->text[i].name, p->text[i].lang, p->text[i].body, p->text[i].path};
	b.tree = json_view(p->json);
	b.own = json_view(p->own_json);
	b.text = t;
	b.ntext = p->ntext;
	b.scan = &scan;
	lint_book(&b, on_finding, l);
	check_jq(l);
	check_tests(l, p);
	for (size_t i = 0; i < p->nstray; i++)
		finding(l, arena_printf(&l->mem, "%s/%.*s", p->dir, STRF(p->stray[i])).p, 1, STR(""), "a file that no playbook has");
	pii_free(&scan);
}

static struct lint_head
head_of(const struct play *p)
{
	return (struct lint_head){p->id, p->industry, p->trigger, p->type, p->ntype, p->weight, p->abstract};
}

static void
pairs(struct linter *l, struct play *p)
{
	struct lint_head a = head_of(p), b;
	struct buf msg = {0};

	l->play = p;
	for (size_t i = 0; i < l->lib.n; i++) {
		b = head_of(l->lib.play[i]);
		buf_reset(&msg);
		if (l->lib.play[i] != p && lint_pair(&a, &b, &msg))
			on_finding(l, STR("trigger"), NULL, 0, msg.p);
	}
	buf_free(&msg);
}

static bool
wanted(const struct play *p, char **ids)
{
	if (*ids == NULL)
		return true;
	for (; *ids != NULL; ids++)
		if (str_is(p->id, *ids))
			return true;
	return false;
}

int
do_lint(const char *dir, char **ids)
{
	struct linter l = {0};
	struct str text;
	struct err e;
	const char *first, *base, *path;
	size_t seen = 0;

	path = path_data("wording.tsv", &e);
	if (path == NULL || file_read(path, YAML_FILE_MAX, &l.mem, &text, &e) != 0 ||
	    wording_load(text, path, &l.mem, &l.wording, &e) != 0)
		msg_die(&e);
	path = path_config(NULL, "roles.yaml", &e);
	if (path == NULL || roles_load(path, &l.mem, &l.roles, &e) != 0)
		msg_die(&e);
	path = path_config(NULL, "taxonomy.yaml", NULL);
	if (path != NULL && file_read(path, YAML_FILE_MAX, &l.mem, &l.taxonomy, &e) != 0)
		msg_die(&e);
	(void)clock_format(cli_now(), l.today);
	if (library_folders(dir, &first, &base, &e) != 0 || library_open(first, base, &l.lib, on_bad, &l, &e) != 0)
		msg_die(&e);
	for (size_t i = 0; i < l.lib.n; i++)
		if (wanted(l.lib.play[i], ids)) {
			one(&l, l.lib.play[i]);
			pairs(&l, l.lib.play[i]);
			seen++;
		}
	for (size_t i = 0; i < l.lib.nbare; i++)
		finding(&l, arena_printf(&l.mem, "%s/playbook.yaml", l.lib.bare[i]).p, 1, STR(""), "there is no such file");
	if (*ids != NULL && seen == 0) {
		msg_warn("there is no such playbook in %s", first);
		l.n++;
	}
	if (l.n == 0)
		msg_note("%zu playbooks: in order", seen);
	else
		msg_warn("%zu finding%s", l.n, l.n == 1 ? "" : "s");
	library_free(&l.lib);
	map_free(&l.said);
	arena_free(&l.mem);
	return msg_worse(msg_flush_stdout(), l.n > 0 ? EXIT_CONF : EXIT_OK);
}
