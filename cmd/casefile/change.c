/* The verbs that change one case as a whole: assign, note, attach, link, merge, split, escalate … correct. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/utf8.h"
#include "casefile.h"
#include "cli/path.h"
#include "ext/filter.h"
#include "ext/subjects.h"
#include "ext/taxfile.h"

enum { EVIDENCE_MAX = 64 << 20 /* bytes of one attached file */ };

/* A verb that adds one event to one case: how it is called, who may, what the event holds. */
struct plain {
	const char *operands, *help, *expected;
	int n; /* operands */
	enum role_may may;
	const char *kind;
	enum { NO_REASON, MAY_REASON, MUST_REASON } reason;
	bool open; /* only for an open case; otherwise for any but a merged one */
	/* Refuses what is not possible and fills data; reason may be NULL. */
	void (*fill)(struct work *w, const struct casefile *c, char **v, const char *reason, struct buf *data);
};

static int
plain(int argc, char **argv, const struct plain *p)
{
	struct work w = {0};
	const char *reason = NULL;
	struct opt opts[] = {
	    WORK_OPTS(w),
	    WORK_AS(w),
	    {0, "reason", "TEXT", p->reason == MUST_REASON ? "why; required" : "why", OPT_STR, &reason, 0, 0},
	    {0},
	};
	struct casefile c;
	struct buf data = {0};
	char **v;
	int n = 0;

	if (p->reason == NO_REASON)
		opts[sizeof opts / sizeof opts[0] - 2] = (struct opt){0};
	v = opt_parse(argc, argv, opts, p->operands, p->help);
	while (v[n] != NULL && (n == 0 || *v[n] != '\0')) /* an empty name of a case is no case */
		n++;
	if (n != p->n || v[n] != NULL || (p->reason == MUST_REASON && reason == NULL))
		msg_usage("%s", p->expected);
	work_change(&w, p->may);
	change_begin(&w, v[0], &c);
	if (p->open || c.state == CASE_MERGED)
		must_be_open(&c);
	p->fill(&w, &c, v, reason, &data);
	change_add(&w, &c, p->kind, &data);
	change_end(&w, &c);
	buf_free(&data);
	return work_end(&w);
}

static void
fill_assign(struct work *w, const struct casefile *c, char **v, const char *reason, struct buf *data)
{
	struct str role;

	(void)c;
	if (roles_of(w->roles, str_c(v[1]), &role, 1) == 0)
		msg_warn("roles.yaml gives '%s' no role", v[1]);
	data_strs(data, "owner", v[1], "reason", reason, NULL);
}

int
verb_assign(int argc, char **argv)
{
	return plain(argc, argv,
	    &(struct plain){"CASE LOGIN", "put a person in charge of a case", "expected a case and a login", 2, MAY_WORK, "case.assign",
	        NO_REASON, true, fill_assign});
}

static void
fill_note(struct work *w, const struct casefile *c, char **v, const char *reason, struct buf *data)
{
	(void)w;
	(void)c;
	data_strs(data, "text", v[1], "reason", reason, NULL);
}

int
verb_note(int argc, char **argv)
{
	return plain(argc, argv,
	    &(struct plain){"CASE TEXT", "write something down", "expected a case and a text", 2, MAY_WORK, "case.note", NO_REASON, false,
	        fill_note});
}

static void
fill_link(struct work *w, const struct casefile *c, char **v, const char *reason, struct buf *data)
{
	(void)w;
	(void)c;
	data_strs(data, "what", v[1], "ref", v[2], "reason", reason, NULL);
}

int
verb_link(int argc, char **argv)
{
	return plain(argc, argv,
	    &(struct plain){"CASE WHAT REFERENCE", "link a customer record, a ticket, an address",
	        "expected a case, what it is (customer, ticket, url …) and its reference", 3, MAY_WORK, "case.link", NO_REASON, false,
	        fill_link});
}

int
verb_attach(int argc, char **argv)
{
	struct work w = {0};
	const char *note = NULL;
	const struct opt opts[] = {
	    WORK_OPTS(w),
	    WORK_AS(w),
	    {0, "note", "TEXT", "what it shows", OPT_STR, &note, 0, 0},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "CASE FILE...", "keep files as evidence");
	struct casefile c;
	struct str *bytes;
	size_t n = 0;
	struct err e;

	if (v[0] == NULL || v[1] == NULL)
		msg_usage("expected a case and a file");
	work_change(&w, MAY_WORK);
	/* Read before anybody is kept waiting. */
	while (v[1 + n] != NULL)
		n++;
	bytes = arena_zalloc(&w.mem, n * sizeof *bytes);
	for (size_t i = 0; i < n; i++)
		if (file_read_regular(v[1 + i], EVIDENCE_MAX, &w.mem, &bytes[i], &e) != 0)
			msg_die(&e);
	change_begin(&w, v[0], &c);
	if (c.state == CASE_MERGED)
		must_be_open(&c);
	for (char **path = v + 1; *path != NULL; path++) {
		const char *slash = strrchr(*path, '/'), *name = slash != NULL ? slash + 1 : *path;
		struct buf data = {0};
		struct jw j = jw_open(&data);
		char sha[65];

		if (!utf8_valid(name, strlen(name)))
			msg_usage("the name of the file is not UTF-8");
		if (store_blob_put(w.s, bytes[path - v - 1], sha, &e) != 0)
			msg_die(&e);
		jw_obj(&j);
		jw_kcstr(&j, "name", name);
		jw_kcstr(&j, "sha256", sha);
		jw_kint(&j, "bytes", (int64_t)bytes[path - v - 1].n);
		if (note != NULL)
			jw_kcstr(&j, "note", note);
		jw_end(&j);
		change_add(&w, &c, "case.attach", &data);
		buf_free(&data);
	}
	change_end(&w, &c);
	return work_end(&w);
}

/* A task of one case as data of task.add in another; its clock goes on. */
static void
task_data(const struct case_task *t, struct buf *out)
{
	struct jw j = jw_open(out);

	jw_obj(&j);
	jw_kstr(&j, "task", t->id);
	jw_key(&j, "duty");
	jw_obj(&j);
	jw_kstr(&j, "zh", t->duty_zh);
	jw_kstr(&j, "en", t->duty_en);
	jw_end(&j);
	jw_kstr_opt(&j, "department", t->department);
	jw_kstr_opt(&j, "assignee", t->assignee);
	jw_kstr_opt(&j, "sign_off", t->sign_off);
	jw_kstr_opt(&j, "text", t->text);
	jw_kstr_opt(&j, "source", t->source);
	if (t->clock)
		jw_kbool(&j, "clock", true);
	if (t->plan)
		jw_kbool(&j, "plan", true);
	jw_ktime_opt(&j, "due", t->due);
	jw_end(&j);
}

int
verb_merge(int argc, char **argv)
{
	struct work w = {0};
	const char *reason = NULL;
	const struct opt opts[] = {
	    WORK_OPTS(w),
	    WORK_AS(w),
	    {0, "reason", "TEXT", "why", OPT_STR, &reason, 0, 0},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "CASE INTO", "merge a case into another, which takes its open tasks");
	struct casefile from, into;
	struct case_task moved;
	const struct case_task *same;
	struct buf data = {0};

	if (v[0] == NULL || v[1] == NULL || v[2] != NULL)
		msg_usage("expected a case and the case that takes it in");
	work_change(&w, MAY_CLOSE);
	change_begin(&w, v[0], &from);
	change_load(&w, v[1], &into);
	must_be_open(&into);
	if (from.state == CASE_MERGED)
		must_be_open(&from);
	if (str_eq(from.id, into.id))
		refuse("a case cannot be merged into itself");
	data_strs(&data, "case", arena_cstr(&w.mem, from.id), "reason", reason, NULL);
	change_add(&w, &into, "case.absorb", &data);
	if (from.level > into.level) {
		buf_reset(&data);
		data_strs(&data, "from", arena_cstr(&w.mem, case_level_name(into.level)), "to",
		    arena_cstr(&w.mem, case_level_name(from.level)), "reason",
		    "a case merged into this one has this level", NULL);
		change_add(&w, &into, "case.raise", &data);
	}
	for (size_t i = 0; i < from.ntask; i++) {
		const struct case_task *t = &from.task[i];

		if (t->state == TASK_DONE || t->state == TASK_SKIPPED || t->every_s > 0)
			continue;
		if ((same = casefile_task(&into, t->id)) != NULL && same->state != TASK_DONE && same->state != TASK_SKIPPED)
			continue; /* one of the two is enough */
		buf_reset(&data);
		moved = *t;
		if (same != NULL) /* over there, open here: it is not lost */
			moved.id = arena_printf(&w.mem, "%.*s.%.*s", STRF(t->id), STRF(from.id));
		task_data(&moved, &data);
		change_add(&w, &into, "task.add", &data);
	}
	buf_reset(&data);
	data_strs(&data, "into", arena_cstr(&w.mem, into.id), "reason", reason, NULL);
	change_add(&w, &from, "case.merge", &data);
	change_save(&w, &from);
	change_save(&w, &into);
	change_commit(&w);
	change_print(&w, &from);
	change_print(&w, &into);
	casefile_free(&from);
	casefile_free(&into);
	buf_free(&data);
	return work_end(&w);
}

int
verb_split(int argc, char **argv)
{
	struct work w = {0};
	const char *title = NULL, *type = NULL;
	const struct opt opts[] = {
	    WORK_OPTS(w),
	    WORK_AS(w),
	    {0, "title", "TEXT", "title of the new case", OPT_STR, &title, 0, 0},
	    {0, "type", "TYPE", "crisis type of the new case, when it is another", OPT_STR, &type, 0, 0},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "CASE [TASK...]", "split a new case off, with some of the tasks");
	struct casefile c, fresh;
	struct buf data = {0};
	char id[32];
	int64_t n;
	int year;
	struct err e;

	if (v[0] == NULL || title == NULL)
		msg_usage("expected a case and --title");
	work_change(&w, MAY_CLOSE);
	change_begin(&w, v[0], &c);
	must_be_open(&c);
	year = clock_civil(w.now).year;
	if (store_case_number(w.s, year, &n, &e) != 0)
		msg_die(&e);
	(void)snprintf(id, sizeof id, "c-%04d-%04lld", year, (long long)n);
	casefile_init(&fresh, str_c(id));
	data_strs(&data, "title", title, "subject", arena_cstr(&w.mem, c.subject), "type",
	    type != NULL ? type : arena_cstr(&w.mem, c.type), "industry", arena_cstr(&w.mem, c.industry), "level",
	    arena_cstr(&w.mem, case_level_name(c.level)), "split_from", arena_cstr(&w.mem, c.id), NULL);
	if (c.drill) {
		data.n--;
		buf_puts(&data, ",\"drill\":true}");
	}
	change_add(&w, &fresh, "case.open", &data);
	for (char **task = v + 1; *task != NULL; task++) {
		const struct case_task *t = casefile_task(&c, str_c(*task));

		if (t == NULL || t->state == TASK_DONE || t->state == TASK_SKIPPED)
			refuse("case '%.*s' has no open task '%s'", STRF(c.id), *task);
		if (t->every_s > 0)
			refuse("task '%s' is the rhythm of case '%.*s' and stays with it", *task, STRF(c.id));
		buf_reset(&data);
		task_data(t, &data);
		change_add(&w, &fresh, "task.add", &data);
		buf_reset(&data);
		data_strs(&data, "task", *task, "reason", arena_printf(&w.mem, "moved to %s", id).p, NULL);
		change_add(&w, &c, "task.skip", &data);
	}
	buf_reset(&data);
	data_strs(&data, "into", id, NULL);
	change_add(&w, &c, "case.split", &data);
	change_save(&w, &c);
	change_save(&w, &fresh);
	change_commit(&w);
	change_print(&w, &c);
	change_print(&w, &fresh);
	casefile_free(&c);
	casefile_free(&fresh);
	buf_free(&data);
	return work_end(&w);
}

/* Casefile knows no playbooks: how the plan that now fits is taken. */
static void
new_plan(const struct casefile *c)
{
	msg_note("its plan: casefile incident %.*s | match-playbook | casefile apply %.*s", STRF(c->id), STRF(c->id));
}

static void
set_level(const struct casefile *c, const char *typed, const char *reason, bool up, struct work *w, struct buf *data)
{
	enum case_level level = case_level_parse(str_c(typed));

	if (level == CASE_NO_LEVEL)
		msg_usage("expected blue, yellow, orange or red");
	if (up ? level <= c->level : level >= c->level)
		refuse("case '%.*s' is at %.*s", STRF(c->id), STRF(case_level_name(c->level)));
	data_strs(data, "from", arena_cstr(&w->mem, case_level_name(c->level)), "to", typed, "reason", reason, NULL);
	if (up && c->playbook.n > 0)
		new_plan(c);
}

static void
fill_raise(struct work *w, const struct casefile *c, char **v, const char *reason, struct buf *data)
{
	set_level(c, v[1], reason, true, w, data);
}

static void
fill_lower(struct work *w, const struct casefile *c, char **v, const char *reason, struct buf *data)
{
	set_level(c, v[1], reason, false, w, data);
}

int
verb_escalate(int argc, char **argv)
{
	return plain(argc, argv,
	    &(struct plain){"CASE LEVEL", "raise the level by hand", "expected a case, a level and --reason", 2, MAY_ESCALATE, "case.raise",
	        MUST_REASON, true, fill_raise});
}

int
verb_lower(int argc, char **argv)
{
	return plain(argc, argv,
	    &(struct plain){"CASE LEVEL", "lower the level, with a reason", "expected a case, a level and --reason", 2, MAY_LOWER,
	        "case.lower", MUST_REASON, true, fill_lower});
}

static void
fill_pause(struct work *w, const struct casefile *c, char **v, const char *reason, struct buf *data)
{
	(void)w;
	(void)v;
	if (c->paused != 0)
		refuse("the clocks of case '%.*s' are paused already", STRF(c->id));
	data_strs(data, "reason", reason, NULL);
}

static void
fill_resume(struct work *w, const struct casefile *c, char **v, const char *reason, struct buf *data)
{
	(void)w;
	(void)v;
	if (c->paused == 0)
		refuse("the clocks of case '%.*s' are running", STRF(c->id));
	data_strs(data, "reason", reason, NULL);
}

int
verb_pause(int argc, char **argv)
{
	return plain(argc, argv,
	    &(struct plain){"CASE", "stop the clocks that are not legal ones", "expected a case and --reason", 1, MAY_LOWER, "case.pause",
	        MUST_REASON, true, fill_pause});
}

int
verb_resume(int argc, char **argv)
{
	return plain(argc, argv,
	    &(struct plain){"CASE", "let the clocks run again", "expected a case", 1, MAY_LOWER, "case.resume", MAY_REASON, true,
	        fill_resume});
}

static void
fill_reopen(struct work *w, const struct casefile *c, char **v, const char *reason, struct buf *data)
{
	(void)w;
	(void)v;
	if (c->state != CASE_CLOSED)
		refuse("case '%.*s' is %.*s", STRF(c->id), STRF(case_state_name(c->state)));
	data_strs(data, "reason", reason, NULL);
}

int
verb_reopen(int argc, char **argv)
{
	return plain(argc, argv,
	    &(struct plain){"CASE", "open a closed case again", "expected a case and --reason", 1, MAY_CLOSE, "case.reopen", MUST_REASON,
	        false, fill_reopen});
}

/* The role a person signs with: the one asked for with --role, else the first still missing that the person has. */
static struct str
signing_role(const struct work *w, const struct casefile *c, const char *grade, const char *role)
{
	bool fresh = !str_is(c->grade_asked, grade);

	for (size_t i = 0; i < c->napprove; i++) {
		bool have = false;

		for (size_t k = 0; k < c->nsign && !fresh; k++)
			have = have || str_eq(c->sign[k].role, c->approve[i]);
		if (role != NULL ? str_is(c->approve[i], role)
		                 : !have && roles_has(w->roles, w->actor, c->approve[i])) {
			if (have)
				refuse("%.*s signed already", STRF(c->approve[i]));
			if (!roles_has(w->roles, w->actor, c->approve[i]))
				refuse("%.*s has not the role %.*s", STRF(w->actor), STRF(c->approve[i]));
			return c->approve[i];
		}
	}
	if (c->napprove == 0 && roles_has(w->roles, w->actor, role != NULL ? str_c(role) : STR("management")))
		return role != NULL ? str_c(role) : STR("management");
	refuse("%.*s has no role that has to sign here", STRF(w->actor));
}

int
verb_release(int argc, char **argv)
{
	static const char *const grades[] = {"hold", "internal", "reactive", "public", NULL};
	struct work w = {0};
	const char *role = NULL;
	const struct opt opts[] = {
	    WORK_OPTS(w),
	    WORK_AS(w),
	    {0, "role", "ROLE", "sign with this role", OPT_STR, &role, 0, 0},
	    {0},
	};
	char **v =
	    opt_parse(argc, argv, opts, "CASE hold|internal|reactive|public", "sign how much may be said, and to whom");
	struct casefile c;
	struct buf data = {0}, missing = {0};
	int k = 0;

	if (v[0] == NULL || v[1] == NULL || v[2] != NULL)
		msg_usage("expected a case and a grade");
	while (grades[k] != NULL && strcmp(grades[k], v[1]) != 0)
		k++;
	if (grades[k] == NULL)
		msg_usage("expected hold, internal, reactive or public");
	work_change(&w, MAY_WORK);
	change_begin(&w, v[0], &c);
	must_be_open(&c);
	if (str_is(c.grade, v[1]))
		refuse("release %s is in force already", v[1]);
	data_strs(&data, "grade", v[1], "role", arena_cstr(&w.mem, signing_role(&w, &c, v[1], role)), NULL);
	change_add(&w, &c, "release.sign", &data);
	if (casefile_signed(&c, &missing)) {
		buf_reset(&data);
		data_strs(&data, "grade", v[1], NULL);
		change_add(&w, &c, "release.grade", &data);
	} else
		msg_note("release %s still needs %s", v[1], missing.p);
	change_end(&w, &c);
	buf_free(&data);
	buf_free(&missing);
	return work_end(&w);
}

/* --- close --- */

static bool
listed(const struct opt_list *l, struct str id)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_is(id, l->v[i]) || strcmp(l->v[i], "all") == 0)
			return true;
	return false;
}

/* How a criterion holds: "met" by its test, "confirmed" by a person where a test says nothing, NULL when it does not. */
static const char *
holds(const struct casefile *c, const struct case_criterion *k, const struct opt_list *confirm, int64_t now)
{
	struct filter *f;
	struct err e;
	struct arena a = {0};
	struct buf out = {0};
	struct str said;
	const char *how = NULL;

	if (k->test.n == 0 || c->latest.n == 0)
		return listed(confirm, k->id) ? "confirmed" : NULL;
	if (filter_compile(arena_cstr(&a, k->test), &(struct filter_opts){.name = "closing test", .has_now = true, .now = now}, &f, &e) != 0)
		msg_die(&e);
	if (filter_first(f, c->latest, &out, &e) < 0)
		msg_err(&e);
	said = buf_view(&out);
	if (said.n == 0 || str_is(said, "null")) /* the incident does not say */
		how = listed(confirm, k->id) ? "confirmed" : NULL;
	else if (!str_is(said, "false"))
		how = "met";
	filter_free(f);
	buf_free(&out);
	arena_free(&a);
	return how;
}

static void
known_criteria(const struct casefile *c, const struct opt_list *confirm)
{
	for (size_t i = 0; i < confirm->n; i++) {
		bool known = strcmp(confirm->v[i], "all") == 0;

		for (size_t k = 0; k < c->ncriterion; k++)
			known = known || str_is(c->criterion[k].id, confirm->v[i]);
		if (!known)
			refuse("case '%.*s' has no criterion '%s'", STRF(c->id), confirm->v[i]);
	}
}

int
verb_close(int argc, char **argv)
{
	struct work w = {0};
	const char *reason = NULL, *override = NULL;
	static struct opt_list confirm; /* what opt_parse gathers lives until the end */
	const struct opt opts[] = {
	    WORK_OPTS(w),
	    WORK_AS(w),
	    {0, "reason", "TEXT", "what came of it; required", OPT_STR, &reason, 0, 0},
	    {0, "confirm", "ID", "a criterion that a person confirms, or all", OPT_LIST, &confirm, 0, 0},
	    {0, "override", "TEXT", "close although something is open, and why", OPT_STR, &override, 0, 0},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "CASE", "close a case whose criteria hold");
	struct casefile c;
	struct buf data = {0};
	struct jw j = jw_open(&data);
	size_t missing = 0, open;

	if (v[0] == NULL || v[1] != NULL || reason == NULL)
		msg_usage("expected a case and --reason");
	work_change(&w, MAY_CLOSE);
	change_begin(&w, v[0], &c);
	must_be_open(&c);
	known_criteria(&c, &confirm);
	jw_obj(&j);
	jw_kcstr(&j, "reason", reason);
	jw_key(&j, "criteria");
	jw_arr(&j);
	for (size_t i = 0; i < c.ncriterion; i++) {
		const struct case_criterion *k = &c.criterion[i];
		const char *how = holds(&c, k, &confirm, w.now);

		jw_obj(&j);
		jw_kstr(&j, "id", k->id);
		jw_kcstr(&j, "how", how != NULL ? how : "waived");
		jw_end(&j);
		missing += how == NULL;
		if (how == NULL && override == NULL)
			msg_note("%.*s: %.*s", STRF(k->id), STRF(w.zh ? k->what_zh : k->what_en));
	}
	jw_end(&j);
	open = casefile_open_tasks(&c);
	if ((missing > 0 || open > 0) && override == NULL)
		refuse("case '%.*s' does not close yet: %zu criteria do not hold, %zu tasks are open; --confirm or --override", STRF(c.id),
		    missing, open);
	if (missing > 0 || open > 0)
		jw_kcstr(&j, "override", override);
	jw_end(&j);
	change_add(&w, &c, "case.close", &data);
	change_end(&w, &c);
	buf_free(&data);
	return work_end(&w);
}

/*
 * Whether a post speaks of what the incident is about: it was classified as the incident's type, or it is one of the
 * complaints that carry it, or nothing tells. The first report, official word and own statement may be about anything.
 */
static bool
speaks_of_it(struct json incident, struct str id, struct json post, struct arena *a)
{
	struct str type = json_str(json_get(incident, "type"), a), key;
	struct str role = json_str(json_get(json_item(json_get(incident, "evidence"), id, a), "role"), a);
	struct json crisis = json_get(post, "crisis"), item;
	struct json_iter it = json_iter(json_get(crisis, "types"));

	if (str_is(role, "first") || str_starts(role, STR("most-spread")))
		return true;
	if (crisis.type != JSON_OBJ)
		return role.n == 0;
	if (str_eq(json_str(json_get(crisis, "type"), a), type))
		return role.n == 0 || !str_is(type, "none"); /* of type none is what is about nothing, too */
	while (json_next(&it, &key, &item))
		if (str_eq(json_str(json_get(item, "type"), a), type))
			return true;
	return false;
}

/* The correction goes to the incident's posts as labels too, so that train can learn from it. */
static void
label_posts(struct work *w, const struct casefile *c, struct str field, struct str value, const char *reason)
{
	struct json_iter it;
	struct json item;
	struct str key;
	struct err e;
	size_t n = 0, others = 0;

	if (c->latest.n == 0)
		return;
	it = json_iter(json_get(json_view(c->latest), "posts"));
	while (json_next(&it, &key, &item)) {
		struct str id = json_str(item, &w->mem), json;
		int have = store_post_get(w->s, id, &w->mem, &json, &e);

		if (have > 0 && !speaks_of_it(json_view(c->latest), id, json_view(json), &w->mem)) {
			others++;
			if (cli.verbose)
				msg_note("left out: %.*s", STRF(id));
			continue;
		}
		n += have > 0;
		if (have > 0)
			have = store_label_add(w->s,
			    &(struct store_label){.post_id = id,
			        .field = field,
			        .value = value,
			        .actor = w->actor,
			        .ts = w->now,
			        .reason = reason != NULL ? str_c(reason) : STR("")},
			    &e);
		if (have < 0)
			msg_die(&e);
		if (cli.verbose)
			msg_note("post %.*s", STRF(id));
	}
	if (others > 0)
		msg_note("%zu posts of the incident are labelled, %zu that speak of something else are not; store label changes one",
		    n, others);
	else
		msg_note("%zu posts of the incident are labelled; store label takes one back", n);
}

/* A case may be about somebody who is not watched; more often it is a slip. */
static void
known_subject(struct str id)
{
	struct arena a = {0};
	struct err e;
	const char *path = path_config(NULL, "watch.yaml", &e);
	const struct ynode *subjects = subjects_read(path, &a);

	if (subjects != NULL && !subjects_list(subjects, id))
		msg_note("%s lists no subject '%.*s'", path, STRF(id));
	arena_free(&a);
}

int
verb_correct(int argc, char **argv)
{
	static const char *const fields[] = {"type", "subject", "industry", "title", NULL};
	struct work w = {0};
	const char *reason = NULL;
	bool posts = false;
	const struct opt opts[] = {
	    WORK_OPTS(w),
	    WORK_AS(w),
	    {0, "reason", "TEXT", "why", OPT_STR, &reason, 0, 0},
	    {0, "posts", NULL, "label the posts behind the incident too", OPT_FLAG, &posts, 0, 0},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "CASE FIELD=VALUE", "correct what the programs found");
	struct casefile c;
	struct buf data = {0};
	char *eq;
	struct str field;
	struct err e;
	int k = 0;

	if (v[0] == NULL || v[1] == NULL || v[2] != NULL || (eq = strchr(v[1], '=')) == NULL || eq[1] == '\0')
		msg_usage("expected a case and type=…, subject=…, industry=… or title=…");
	field = str_n(v[1], (size_t)(eq - v[1]));
	while (fields[k] != NULL && !str_is(field, fields[k]))
		k++;
	if (fields[k] == NULL)
		msg_usage("expected type=…, subject=…, industry=… or title=…");
	if (posts && str_is(field, "title"))
		msg_usage("--posts: a title is no label of a post");
	if ((str_is(field, "type") || str_is(field, "industry")) &&
	    !taxfile_lists(path_config(NULL, "taxonomy.yaml", &e), path_data("taxonomy.yaml", &e), str_is(field, "industry"), str_c(eq + 1)))
		msg_usage("the taxonomy has no %.*s '%s' (see tocsin-taxonomy(5))", STRF(field), eq + 1);
	if (str_is(field, "subject"))
		known_subject(str_c(eq + 1));
	work_change(&w, MAY_CORRECT);
	change_begin(&w, v[0], &c);
	if (c.state == CASE_MERGED)
		must_be_open(&c);
	data_strs(&data, "field", fields[k], "value", eq + 1, "reason", reason, NULL);
	change_add(&w, &c, "case.correct", &data);
	if (c.state == CASE_OPEN && c.playbook.n > 0 && (str_is(field, "type") || str_is(field, "industry")))
		new_plan(&c);
	if (posts)
		label_posts(&w, &c, field, str_c(eq + 1), reason);
	change_end(&w, &c);
	buf_free(&data);
	return work_end(&w);
}
