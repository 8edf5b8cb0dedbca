/*
 * casefile open, incident, apply. open reads incidents: each opens a case or raises the one it has; a case record is
 * written for every change, nothing when there is none. Records of other kinds pass through.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "casefile.h"

enum {
	SNAPSHOT_S = 3600, /* figures of a running incident are kept once an hour */
	BATCH = 200        /* changes in one transaction */
};

struct opening {
	struct work *w;
	bool tasks, drill, reopen; /* reopen: a closed case whose incident is back opens again, whatever its level */
	enum case_level min;
	const char *title;
	size_t in_batch;
	struct buf held; /* output that waits for the commit */
};

static void
commit(void *ctx)
{
	struct opening *o = ctx;
	struct err e;

	if (!store_in_tx(o->w->s))
		return;
	if (store_commit(o->w->s, &e) != 0)
		msg_die(&e);
	o->in_batch = 0;
	buf_str(&o->w->run.out.buf, buf_view(&o->held));
	buf_reset(&o->held);
	writer_some(&o->w->run.out);
}

static void
hold(struct opening *o, struct str line)
{
	buf_str(&o->held, line);
	buf_putc(&o->held, '\n');
	o->w->run.nwrote++;
}

/* The case record, or a line for people, and with --tasks a record for every task that the change touched. */
static void
tell(struct opening *o, const struct casefile *c)
{
	struct buf json = {0};

	if (o->w->json) {
		casefile_json(c, &json);
		hold(o, buf_view(&json));
		for (size_t i = 0; o->tasks && i < c->ntask; i++)
			if (c->task[i].change) {
				buf_reset(&json);
				casefile_task_json(c, &c->task[i], &json);
				hold(o, buf_view(&json));
			}
	} else {
		struct buf line = {0};

		buf_printf(&line, "%.*s %.*s: %.*s, %.*s, %.*s; %.*s, %zu tasks", STRF(c->id), STRF(c->change_what),
		    STRF(case_level_name(c->level)), STRF(c->subject), STRF(c->type), STRF(case_state_name(c->state)), casefile_tasks(c));
		if (str_is(c->change_what, "case.return"))
			buf_printf(&line, "; %.*s", STRF(c->change_note));
		utf8_clean(&json, buf_view(&line));
		hold(o, buf_view(&json));
		buf_free(&line);
	}
	buf_free(&json);
}

static int
new_case_id(struct work *w, struct casefile *c, struct err *e)
{
	int year = clock_civil(w->now).year;
	char id[32];
	int64_t n;

	if (store_case_number(w->s, year, &n, e) != 0)
		return -1;
	(void)snprintf(id, sizeof id, "c-%04d-%04lld", year, (long long)n);
	casefile_init(c, str_c(id));
	return 0;
}

static int
open_new(struct opening *o, struct json incident, struct err *e)
{
	struct casefile c;
	struct buf data = {0};
	int r;

	if (new_case_id(o->w, &c, e) != 0)
		return -1;
	casefile_open_data(&data, incident, o->title != NULL ? str_c(o->title) : STR(""),
	    o->drill || json_get(incident, "drill").type != JSON_NONE);
	r = case_add(o->w, &c, "case.open", buf_view(&data), e);
	if (r == 0)
		r = case_save(o->w->s, &c, e);
	if (r == 0)
		tell(o, &c);
	buf_free(&data);
	casefile_free(&c);
	return r;
}

static void
raise_data(struct buf *data, enum case_level from, enum case_level to, struct json incident, const char *reason)
{
	struct jw w = jw_open(data);

	jw_obj(&w);
	if (from != CASE_NO_LEVEL)
		jw_kstr(&w, "from", case_level_name(from));
	if (to != CASE_NO_LEVEL)
		jw_kstr(&w, "to", case_level_name(to));
	if (reason != NULL)
		jw_kcstr(&w, "reason", reason);
	jw_kraw(&w, "incident", incident.raw);
	jw_end(&w);
}

enum step { STEP_NONE, STEP_RAISE, STEP_PLAN, STEP_SNAPSHOT, STEP_RETURN, STEP_REOPEN };

/*
 * What an incident means for the case it has. Never a lower level: a person lowers, with a reason. For a closed case it
 * is later evidence; above what it said when the case was closed it is told as a return, and above what the case ever
 * had it opens the case again.
 */
static enum step
next_step(const struct opening *o, const struct store_case *c, enum case_level level, struct json incident)
{
	int64_t now = o->w->now;
	enum case_level have = case_level_parse(c->level), last = case_level_parse(c->incident_level);
	bool open = str_is(c->state, "open");
	bool same = c->incident_hash == hash_bytes(incident.raw.p, incident.raw.n, 0);

	/* Above the case's level, and above what the incident said last: a person may have lowered the case knowing that. */
	if (level > have && (level > last || !open))
		return STEP_RAISE;
	if (!open && level > last)
		return o->reopen ? STEP_REOPEN : STEP_RETURN;
	if (open && c->playbook.n == 0 && json_get(incident, "playbook").type == JSON_OBJ)
		return STEP_PLAN;
	if (!same && (level != last || now - c->incident_ts >= SNAPSHOT_S))
		return STEP_SNAPSHOT;
	return STEP_NONE;
}

static int
update(struct opening *o, const struct store_case *row, enum step step, enum case_level level, struct json incident,
    struct err *e)
{
	struct casefile c;
	struct buf data = {0};
	int r = case_load(o->w->s, row->id, &c, e);

	if (r <= 0)
		return r < 0
		    ? -1
		    : err_set(e, ERR_CONFIG, "case '%.*s' has no events; 'casefile verify' says more", STRF(row->id));
	r = 0;
	if ((step == STEP_RAISE || step == STEP_REOPEN) && c.state == CASE_CLOSED) {
		data_strs(&data, "reason",
		    step == STEP_RAISE ? "the incident rose above the level the case had" : "the incident is back", NULL);
		r = case_add(o->w, &c, "case.reopen", buf_view(&data), e);
		buf_reset(&data);
	}
	if (r == 0 && step == STEP_RAISE) {
		raise_data(&data, c.level, level, incident, NULL);
		r = case_add(o->w, &c, "case.raise", buf_view(&data), e);
	} else if (r == 0 && step == STEP_PLAN) {
		struct jw w = jw_open(&data);

		jw_obj(&w);
		jw_kraw(&w, "playbook", json_get(incident, "playbook").raw);
		jw_end(&w);
		r = case_add(o->w, &c, "case.apply", buf_view(&data), e);
	} else if (r == 0) {
		raise_data(&data, CASE_NO_LEVEL, CASE_NO_LEVEL, incident,
		    step == STEP_RETURN ? arena_printf(&c.mem, "the incident is back at %.*s; casefile reopen opens the case again",
		                              STRF(case_level_name(level))).p
		                        : NULL);
		r = case_add(o->w, &c, step == STEP_RETURN ? "case.return" : "case.incident", buf_view(&data), e);
	}
	if (r == 0)
		r = case_save(o->w->s, &c, e);
	if (r == 0 && step != STEP_SNAPSHOT)
		tell(o, &c);
	buf_free(&data);
	casefile_free(&c);
	return r;
}

/*
 * The case an incident belongs to, through merges; *own: the case that it opened, which is another one after a merge.
 * 1 0 -1
 */
static int
case_of(struct work *w, struct str incident, struct arena *a, struct store_case *own, struct store_case *c, struct err *e)
{
	int r = store_case_by_incident(w->s, incident, a, own, e);

	*c = *own;
	for (int hops = 0; r > 0 && c->merged_into.n > 0 && hops < 32; hops++)
		r = store_case_get(w->s, c->merged_into, a, c, e);
	return r;
}

/*
 * The incident of a case that was taken in by another. What it says stays with the case it opened, so that the figures of
 * the other stand; only when it is worse than it ever said, and worse than the other case, that one is raised.
 */
static enum step
absorbed_step(const struct opening *o, const struct store_case *own, const struct store_case *c, enum case_level level, struct json incident)
{
	if (level > case_level_parse(own->incident_level) && level > case_level_parse(c->level))
		return STEP_RAISE;
	if (own->incident_hash == hash_bytes(incident.raw.p, incident.raw.n, 0) ||
	    (level == case_level_parse(own->incident_level) && o->w->now - own->incident_ts < SNAPSHOT_S))
		return STEP_NONE;
	return STEP_SNAPSHOT;
}

static enum step
step_of(const struct opening *o, const struct store_case *own, const struct store_case *c, enum case_level level, struct json incident)
{
	return str_eq(own->id, c->id) ? next_step(o, c, level, incident) : absorbed_step(o, own, c, level, incident);
}

static int
take(struct opening *o, struct rec *r, struct err *e)
{
	struct json incident = json_view(r->line);
	struct str id = rec_str(r, "id");
	enum case_level level = case_level_parse(rec_str(r, "level"));
	struct store_case c, own = {0};
	enum step step = STEP_NONE;
	bool absorbed;
	int found;

	if (id.n == 0)
		return err_set(e, ERR_DATA, "incident without an id");
	if (level == CASE_NO_LEVEL)
		return err_set(e, ERR_DATA, "incident '%.*s' without a level", STRF(utf8_cut_bytes(id, 80)));
	found = case_of(o->w, id, &r->tmp, &own, &c, e);
	if (found < 0)
		return -1;
	if (found > 0 && (step = step_of(o, &own, &c, level, incident)) == STEP_NONE)
		return 0;
	if (found == 0 && level < o->min)
		return 0;
	if (!store_in_tx(o->w->s)) {
		/* Another process may have been quicker: look again now that nobody else can write. */
		if (store_begin(o->w->s, e) != 0)
			return -1;
		if ((found = case_of(o->w, id, &r->tmp, &own, &c, e)) < 0)
			return -1;
		if (found > 0 && (step = step_of(o, &own, &c, level, incident)) == STEP_NONE) {
			store_rollback(o->w->s);
			return 0;
		}
	}
	absorbed = found > 0 && !str_eq(own.id, c.id);
	if ((found == 0 ? open_new(o, incident, e) : absorbed && step == STEP_SNAPSHOT ? 0 : update(o, &c, step, level, incident, e)) != 0 ||
	    (absorbed && update(o, &own, STEP_SNAPSHOT, level, incident, e) != 0)) {
		if (e->kind == ERR_DATA)
			e->kind =
			    ERR_CONFIG; /* the store's fault, not the record's: nothing of this batch may be kept */
		return -1;
	}
	if (++o->in_batch >= BATCH)
		commit(o);
	return 0;
}

/* A case opened by hand, without an incident. */
static int
open_by_hand(struct opening *o, const char *subject, const char *type, const char *level, const char *industry)
{
	struct casefile c;
	struct buf data = {0};
	struct err e;

	if (case_level_parse(str_c(level)) == CASE_NO_LEVEL)
		msg_usage("--level: expected blue, yellow, orange or red");
	if (store_begin(o->w->s, &e) != 0 || new_case_id(o->w, &c, &e) != 0)
		msg_die(&e);
	{
		struct jw w = jw_open(&data);

		jw_obj(&w);
		jw_kcstr(&w, "subject", subject);
		jw_kcstr(&w, "type", type);
		jw_kcstr(&w, "level", level);
		if (industry != NULL)
			jw_kcstr(&w, "industry", industry);
		if (o->title != NULL)
			jw_kcstr(&w, "title", o->title);
		if (o->drill)
			jw_kbool(&w, "drill", true);
		jw_end(&w);
	}
	change_add(o->w, &c, "case.open", &data);
	buf_free(&data);
	change_end(o->w, &c);
	return work_end(o->w);
}

int
verb_open(int argc, char **argv)
{
	struct work w = {0};
	struct opening o = {.w = &w, .min = CASE_BLUE};
	const char *min = NULL, *subject = NULL, *type = NULL, *level = "blue", *industry = NULL;
	const struct opt opts[] = {
	    WORK_OPTS(w),
	    WORK_AS(w),
	    {0, "min-level", "LEVEL", "open nothing below this level", OPT_STR, &min, 0, 0},
	    {0, "tasks", NULL, "print the tasks that are new or changed too", OPT_FLAG, &o.tasks, 0, 0},
	    {0, "reopen", NULL, "open a closed case again when its incident is back", OPT_FLAG, &o.reopen, 0, 0},
	    {0, "drill", NULL, "what is opened is an exercise", OPT_FLAG, &o.drill, 0, 0},
	    {0, "title", "TEXT", "a title for what is opened", OPT_STR, &o.title, 0, 0},
	    {0, "subject", "ID", "open one case by hand about this subject", OPT_STR, &subject, 0, 0},
	    {0, "type", "TYPE", "by hand: the crisis type", OPT_STR, &type, 0, 0},
	    {0, "level", "LEVEL", "by hand: the level, default blue", OPT_STR, &level, 0, 0},
	    {0, "industry", "NAME", "by hand: the industry", OPT_STR, &industry, 0, 0},
	    {0},
	};
	char **operands = opt_parse(argc, argv, opts, "[file...]", "open or raise a case for each incident");
	struct rec r = {0};
	struct err e;
	int status;

	if (min != NULL && (o.min = case_level_parse(str_c(min))) == CASE_NO_LEVEL)
		msg_usage("--min-level: expected blue, yellow, orange or red");
	work_change(&w, MAY_OPEN);
	if (subject != NULL)
		return open_by_hand(&o, subject, type != NULL ? type : "none", level, industry);
	run_open(&w.run, operands);
	w.run.idle = commit;
	w.run.idle_arg = &o;
	while (run_next(&w.run, &r)) {
		if (rec_kind(&r) != KIND_INCIDENT) {
			commit(&o); /* order is kept */
			run_put(&w.run, &r);
		} else if (take(&o, &r, &e) != 0) {
			if (e.kind != ERR_DATA)
				msg_die(&e);
			run_reject(&w.run, &r, &e);
		}
	}
	commit(&o);
	rec_free(&r);
	buf_free(&o.held);
	status = work_end(&w);
	return status;
}

/* The latest incident of a case with the case's own level and type, for match-playbook. */
int
verb_incident(int argc, char **argv)
{
	struct work w = {0};
	const struct opt opts[] = {WORK_OPTS(w), {0}};
	char **v = opt_parse(argc, argv, opts, "CASE", "print the latest incident of a case at the case's level");
	struct casefile c;
	struct rec r = {0};
	struct buf line = {0}, value = {0};
	struct err e;

	if (v[0] == NULL || v[1] != NULL)
		msg_usage("expected one case");
	work_read(&w);
	change_load(&w, v[0], &c);
	if (c.latest.n > 0)
		buf_str(&line, c.latest);
	else {
		buf_puts(&line, "{\"kind\":\"incident\",\"id\":");
		json_quote(&line, c.id);
		buf_puts(&line, "}");
	}
	if (rec_parse(&r, buf_view(&line), false, &e) != 0)
		msg_die(&e);
	rec_del(&r, "playbook");
	{
		const struct {
			const char *key;
			struct str v;
		} set[] = {{"level", case_level_name(c.level)}, {"type", c.type}, {"subject", c.subject},
		    {"industry", c.industry}};

		for (size_t i = 0; i < sizeof set / sizeof set[0]; i++)
			if (set[i].v.n > 0) {
				buf_reset(&value);
				json_quote(&value, set[i].v);
				rec_set(&r, set[i].key, buf_view(&value));
			}
		if (c.type_fixed)
			rec_set(&r, "type_fixed", STR("true"));
	}
	run_put(&w.run, &r);
	rec_free(&r);
	buf_free(&line);
	buf_free(&value);
	casefile_free(&c);
	return work_end(&w);
}

int
verb_apply(int argc, char **argv)
{
	struct work w = {0};
	const struct opt opts[] = {WORK_OPTS(w), WORK_AS(w), {0}};
	char **v = opt_parse(argc, argv, opts, "CASE [file]", "add the tasks of a matched playbook to an open case");
	struct casefile c;
	struct rec r = {0};
	struct buf data = {0};
	struct json playbook;

	if (v[0] == NULL)
		msg_usage("expected a case");
	work_change(&w, MAY_WORK);
	run_open(&w.run, v + 1);
	if (!run_next(&w.run, &r))
		refuse("no incident to read");
	playbook = rec_get(&r, "playbook");
	if (json_get(playbook, "plan").type != JSON_OBJ)
		refuse("the record has no playbook with a plan; run it through match-playbook first");
	change_begin(&w, v[0], &c);
	must_be_open(&c);
	{
		struct jw j = jw_open(&data);

		jw_obj(&j);
		jw_kraw(&j, "playbook", playbook.raw);
		jw_end(&j);
	}
	change_add(&w, &c, "case.apply", &data);
	change_end(&w, &c);
	buf_free(&data);
	rec_free(&r);
	return work_end(&w);
}
