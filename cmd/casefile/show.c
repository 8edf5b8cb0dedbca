/* casefile list, show, due, log, timeline. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "casefile.h"

/* --- list --- */

enum { DUE_ROWS = 1000 /* of a table that nobody asked to be longer */ };

struct listing {
	struct work *w;
	struct table t;
	int64_t n, limit; /* 0 = no limit */
};

/* True when a row must not be shown any more; said once. */
static bool
beyond(int64_t n, int64_t limit)
{
	if (limit == 0 || n < limit)
		return false;
	msg_note("the first %lld; there are more (--limit 0 prints all)", (long long)limit);
	return true;
}

static int
list_row(void *ctx, const struct store_case *c, struct err *e)
{
	struct listing *l = ctx;
	struct arena *a = &l->t.mem;

	(void)e;
	if (beyond(l->n, l->limit))
		return 1;
	l->n++;
	if (l->w->json) {
		run_emit(&l->w->run, c->json);
		return 0;
	}
	table_cell(&l->t, c->id);
	table_cell(&l->t, c->level);
	table_cell(&l->t, c->state);
	table_cell(&l->t, short_due(c->due, l->w->now, a));
	table_cell(&l->t,
	    c->tasks > 0 ? arena_printf(a, "%lld/%lld", (long long)(c->tasks - c->open_tasks), (long long)c->tasks)
	                 : STR(""));
	table_cell(&l->t, short_time(c->opened, a));
	table_cell(&l->t, c->owner);
	table_cell(&l->t, c->subject);
	table_cell(&l->t, c->type);
	table_cell(&l->t, c->title.n > 0 ? c->title : c->playbook);
	return 0;
}

static struct str
opt_str(const char *s)
{
	return s != NULL ? str_c(s) : STR("");
}

int
verb_list(int argc, char **argv)
{
	static const char *const head[] = {
	    "CASE", "LEVEL", "STATE", "DUE", "DONE", "OPENED", "OWNER", "SUBJECT", "TYPE", "TITLE", NULL};
	struct work w = {0};
	struct store_case_query q = {.open_only = true};
	struct listing l = {.w = &w};
	const char *level = NULL, *subject = NULL, *type = NULL, *owner = NULL, *state = NULL;
	bool all = false;
	const struct opt opts[] = {
	    WORK_OPTS(w),
	    {'a', "all", NULL, "closed and merged cases too", OPT_FLAG, &all, 0, 0},
	    {0, "state", "STATE", "open, closed or merged", OPT_STR, &state, 0, 0},
	    {0, "level", "LEVEL", "of this level", OPT_STR, &level, 0, 0},
	    {0, "subject", "ID", "about this subject", OPT_STR, &subject, 0, 0},
	    {0, "type", "TYPE", "of this crisis type", OPT_STR, &type, 0, 0},
	    {0, "owner", "LOGIN", "of this person", OPT_STR, &owner, 0, 0},
	    {0, "since", "TIME", "opened at or after", OPT_TIME, &q.opened_since, 0, 0},
	    {0, "until", "TIME", "opened before", OPT_TIME, &q.opened_until, 0, 0},
	    {0, "limit", "N", "no more than the first N", OPT_INT, &l.limit, 0, INT32_MAX},
	    {0, "drills", NULL, "exercises too", OPT_FLAG, &q.drills, 0, 0},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "", "list the open cases");
	struct err e;

	if (*v != NULL)
		msg_usage("unexpected operand");
	if (level != NULL && case_level_parse(str_c(level)) == CASE_NO_LEVEL)
		msg_usage("--level: expected blue, yellow, orange or red");
	if (state != NULL && strcmp(state, "open") != 0 && strcmp(state, "closed") != 0 && strcmp(state, "merged") != 0)
		msg_usage("--state: expected open, closed or merged");
	q.open_only = !all && state == NULL;
	q.state = opt_str(state);
	q.level = opt_str(level);
	q.subject = opt_str(subject);
	q.type = opt_str(type);
	q.owner = opt_str(owner);
	work_read(&w);
	q.brief = !w.json;
	table_open(&l.t, head);
	if (store_cases(w.s, &q, list_row, &l, &e) != 0)
		msg_die(&e);
	table_print(&l.t, &w.run);
	if (l.n == 0)
		run_fail(&w.run, EXIT_NO);
	return work_end(&w);
}

/* --- show --- */

static void
field(struct work *w, const char *name, struct str value)
{
	if (value.n > 0)
		print_line(&w->run, "%-10s %.*s", name, STRF(value));
}

static void
show_tasks(struct work *w, const struct casefile *c)
{
	static const char *const head[] = {"TASK", "STATE", "DUE", "DEPARTMENT", "WHO", "SIGN-OFF", "DUTY", NULL};
	struct table t;

	table_open(&t, head);
	for (size_t i = 0; i < c->ntask; i++) {
		const struct case_task *k = &c->task[i];
		const struct case_task *waits = casefile_waits_for(c, k);
		bool over = k->state == TASK_DONE || k->state == TASK_SKIPPED;

		table_cell(&t, k->id);
		table_cell(&t, !over && waits != NULL ? STR("waits")
		        : k->every_s > 0 && k->times > 0 ? arena_printf(&t.mem, "%.*s, %lld done", STRF(task_state_name(k->state)), (long long)k->times)
		                                         : task_state_name(k->state));
		table_cell(&t,
		    over                              ? STR("")
		        : c->paused != 0 && !k->clock ? STR("paused")
		                                      : short_due(k->due, w->now, &t.mem));
		table_cell(&t, k->department);
		table_cell(&t, over ? k->done_by : k->assignee);
		table_cell(&t,
		    k->signed_by.n > 0 ? arena_printf(&t.mem, "%.*s: %.*s", STRF(k->sign_off), STRF(k->signed_by))
		                       : k->sign_off);
		table_cell(&t, w->zh ? k->duty_zh : k->duty_en);
	}
	if (t.n > 0)
		run_emit(&w->run, STR(""));
	table_print(&t, &w->run);
}

static void
show_lists(struct work *w, const struct casefile *c)
{
	struct arena *a = &w->mem;

	for (size_t i = 0; i < c->nlink; i++)
		field(w, "link", arena_printf(a, "%.*s %.*s", STRF(c->link[i].what), STRF(c->link[i].ref)));
	for (size_t i = 0; i < c->nfile; i++)
		field(w, "evidence",
		    arena_printf(a, "%.*s, %lld bytes, sha256 %.*s", STRF(c->file[i].name), (long long)c->file[i].bytes,
		        STRF(c->file[i].sha256)));
	for (size_t i = 0; i < c->nabsorbed; i++)
		field(w, "took in", c->absorbed[i]);
	field(w, "merged", c->merged_into);
	field(w, "split from", c->split_from);
	for (size_t i = 0; i < c->ncriterion; i++)
		field(w, i == 0 ? "closes when" : "", w->zh ? c->criterion[i].what_zh : c->criterion[i].what_en);
}

static void
show_why(struct work *w, const struct casefile *c)
{
	struct json_iter it;
	struct json item;
	struct str key;
	const char *name = "why";

	if (c->latest.n == 0)
		return;
	it = json_iter(json_get(json_view(c->latest), "why"));
	while (json_next(&it, &key, &item)) {
		if (item.type == JSON_STR)
			field(w, name, json_str(item, &w->mem));
		name = "";
	}
}

static void
show_release(struct work *w, const struct casefile *c)
{
	struct buf text = {0}, missing = {0};

	if (c->grade.n > 0)
		buf_printf(&text, "%.*s", STRF(c->grade));
	if (c->grade_asked.n > 0) {
		casefile_signed(c, &missing);
		buf_printf(&text, "%s%.*s asked for, still needs %s", text.n > 0 ? "; " : "", STRF(c->grade_asked),
		    missing.n > 0 ? missing.p : "nothing");
	}
	field(w, "release", buf_view(&text));
	buf_free(&text);
	buf_free(&missing);
}

static void
show_case(struct work *w, const struct casefile *c)
{
	struct arena *a = &w->mem;
	struct str title = w->zh ? c->playbook_title_zh : c->playbook_title_en;

	field(w, "case", c->title.n > 0 ? arena_printf(a, "%.*s  %.*s", STRF(c->id), STRF(c->title)) : c->id);
	field(w, "level",
	    arena_printf(a, "%.*s since %.*s", STRF(case_level_name(c->level)), STRF(short_time(c->level_since, a))));
	field(w, "state",
	    c->paused != 0 ? arena_printf(a, "open, clocks paused since %.*s", STRF(short_time(c->paused, a)))
	        : c->close_reason.n > 0
	        ? arena_printf(a, "%.*s: %.*s", STRF(case_state_name(c->state)), STRF(c->close_reason))
	        : case_state_name(c->state));
	field(w, "subject", c->subject);
	field(
	    w, "type", c->industry.n > 0 ? arena_printf(a, "%.*s (%.*s)", STRF(c->type), STRF(c->industry)) : c->type);
	field(w, "owner", c->owner);
	field(w, "opened", short_time(c->opened, a));
	field(w, "closed", short_time(c->closed, a));
	field(w, "incident", c->incident);
	if (c->drill)
		field(w, "drill", STR("an exercise"));
	if (c->playbook.n > 0)
		field(w, "playbook",
		    arena_printf(a, "%.*s %.*s  %.*s", STRF(c->playbook), STRF(c->playbook_version), STRF(title)));
	show_release(w, c);
	show_why(w, c);
	show_lists(w, c);
	show_tasks(w, c);
}

int
verb_show(int argc, char **argv)
{
	struct work w = {0};
	const struct opt opts[] = {WORK_OPTS(w), {0}};
	char **v = opt_parse(argc, argv, opts, "CASE...", "show a case with its tasks and clocks");

	if (*v == NULL)
		msg_usage("expected a case");
	work_read(&w);
	for (; *v != NULL; v++) {
		struct casefile c;

		change_load(&w, *v, &c);
		if (w.json) {
			struct buf json = {0};

			casefile_json(&c, &json);
			run_emit(&w.run, buf_view(&json));
			buf_free(&json);
		} else {
			show_case(&w, &c);
			if (v[1] != NULL)
				run_emit(&w.run, STR(""));
		}
		casefile_free(&c);
	}
	return work_end(&w);
}

/* --- due --- */

struct due {
	struct work *w;
	struct table t;
	struct buf line;
	int64_t n;
	/* with --escalate: tasks that have reached a step */
	struct due_task {
		struct str case_id, task;
	} * found;
	size_t nfound, cap;
	bool escalate;
	int64_t limit;
};

/* A task record with how late it is. to: whom it escalates to, or empty. */
static void
put_due(struct work *w, struct buf *line, struct str record, int64_t due, struct str to)
{
	buf_reset(line);
	buf_add(line, record.p, record.n - 1);
	if (due < w->now)
		buf_printf(line, ",\"overdue_s\":%lld", (long long)(w->now - due));
	else
		buf_printf(line, ",\"due_in_s\":%lld", (long long)(due - w->now));
	if (to.n > 0) {
		buf_puts(line, ",\"escalate_to\":");
		json_quote(line, to);
	}
	buf_putc(line, '}');
	run_emit(&w->run, buf_view(line));
}

static int
due_row(void *ctx, const struct store_task *t, struct err *e)
{
	struct due *d = ctx;
	struct work *w = d->w;

	(void)e;
	if (d->escalate) {
		if (t->due >= w->now)
			return 0;
		d->found = arena_grow(&w->mem, d->found, &d->cap, d->nfound, sizeof *d->found);
		d->found[d->nfound++] = (struct due_task){arena_str(&w->mem, t->case_id), arena_str(&w->mem, t->id)};
		return 0;
	}
	if (beyond(d->n, d->limit))
		return 1;
	d->n++;
	if (w->json) {
		put_due(w, &d->line, t->json, t->due, STR(""));
		return 0;
	}
	table_cell(&d->t, t->case_id);
	table_cell(&d->t, t->id);
	table_cell(&d->t, short_due(t->due, w->now, &d->t.mem));
	table_cell(&d->t, t->department);
	table_cell(&d->t, t->assignee);
	table_cell(&d->t, w->zh ? t->duty : json_str(json_path(json_view(t->json), "duty.en"), &d->t.mem));
	return 0;
}

/* Takes the steps of the ladder that overdue tasks have reached; each is taken, and told, once. */
static void
escalate(struct due *d)
{
	struct work *w = d->w;
	struct buf data = {0}, json = {0};
	struct err e;

	for (size_t i = 0; i < d->nfound;) {
		struct str id = d->found[i].case_id;
		struct casefile c;
		struct {
			struct str json, to;
			int64_t due;
		} * told;
		size_t ntold = 0, from = i;

		while (i < d->nfound && str_eq(d->found[i].case_id, id))
			i++;
		told = arena_alloc(&w->mem, (i - from) * sizeof *told);
		if (store_begin(w->s, &e) != 0 || case_load(w->s, id, &c, &e) < 0)
			msg_die(&e);
		for (size_t k = from; k < i; k++) {
			struct case_task *t = casefile_task(&c, d->found[k].task);
			size_t step = t != NULL ? casefile_ladder(&c, t, w->now) : 0;

			if (t == NULL || (int64_t)step <= t->escalated)
				continue;
			buf_reset(&data);
			{
				struct jw j = jw_open(&data);

				jw_obj(&j);
				jw_kstr(&j, "task", t->id);
				jw_kint(&j, "step", (int64_t)step);
				jw_kstr(&j, "to", c.ladder[step - 1].to);
				jw_end(&j);
			}
			change_add(w, &c, "task.escalate", &data);
			buf_reset(&json);
			casefile_task_json(&c, t, &json);
			told[ntold].json = arena_str(&w->mem, buf_view(&json));
			told[ntold].due = t->due;
			told[ntold++].to = arena_str(&w->mem, c.ladder[step - 1].to);
		}
		if (ntold == 0) {
			store_rollback(w->s);
		} else {
			change_save(w, &c);
			change_commit(w);
		}
		for (size_t k = 0; k < ntold; k++) {
			d->n++;
			if (w->json)
				put_due(w, &d->line, told[k].json, told[k].due, told[k].to);
			else
				print_line(&w->run, "%.*s %.*s, escalated to %.*s",
				    STRF(json_str(json_get(json_view(told[k].json), "id"), &w->mem)),
				    STRF(short_due(told[k].due, w->now, &w->mem)), STRF(told[k].to));
		}
		casefile_free(&c);
	}
	buf_free(&data);
	buf_free(&json);
}

static int
by_case(const void *a, const void *b)
{
	return str_cmp(((const struct due_task *)a)->case_id, ((const struct due_task *)b)->case_id);
}

int
verb_due(int argc, char **argv)
{
	static const char *const head[] = {"CASE", "TASK", "DUE", "DEPARTMENT", "WHO", "DUTY", NULL};
	struct work w = {0};
	struct store_task_query q = {.open_only = true};
	struct due d = {.w = &w, .limit = -1};
	const char *department = NULL, *assignee = NULL, *only = NULL;
	int64_t within = 3600;
	const struct opt opts[] = {
	    WORK_OPTS(w),
	    WORK_AS(w),
	    {0, "within", "DURATION", "due within this time too, default 1h", OPT_DUR, &within, 0, 0},
	    {0, "department", "NAME", "tasks of this department", OPT_STR, &department, 0, 0},
	    {0, "assignee", "LOGIN", "tasks of this person", OPT_STR, &assignee, 0, 0},
	    {0, "case", "CASE", "tasks of this case", OPT_STR, &only, 0, 0},
	    {0, "limit", "N", "no more than the N most urgent; default 1000 in a table, 0 = all", OPT_INT, &d.limit, 0, INT32_MAX},
	    {0, "escalate", NULL, "take and tell the steps that late tasks have reached", OPT_FLAG, &d.escalate, 0, 0},
	    {0, "drills", NULL, "exercises too", OPT_FLAG, &q.drills, 0, 0},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "", "list what is late or about to be");
	struct err e;

	if (*v != NULL)
		msg_usage("unexpected operand");
	if (d.escalate)
		work_change(&w, MAY_WORK);
	else
		work_read(&w);
	q.department = opt_str(department);
	q.assignee = opt_str(assignee);
	if (only != NULL)
		q.case_id = work_id(&w, only);
	q.due_before = w.now + within;
	if (d.limit < 0)
		d.limit = w.json ? 0 : DUE_ROWS;
	q.brief = d.escalate || (!w.json && w.zh);
	table_open(&d.t, head);
	if (store_tasks(w.s, &q, due_row, &d, &e) != 0)
		msg_die(&e);
	if (d.nfound > 0)
		qsort(d.found, d.nfound, sizeof *d.found, by_case);
	escalate(&d);
	table_print(&d.t, &w.run);
	buf_free(&d.line);
	if (d.n == 0)
		run_fail(&w.run, EXIT_NO);
	return work_end(&w);
}

/* --- log, timeline --- */

struct history {
	struct work *w;
	struct table t;
	struct buf line;
	int64_t n, start;
	bool timeline;
};

static const char *
text_of(struct json d, const char *key, struct arena *a)
{
	return arena_cstr(a, json_str(json_get(d, key), a));
}

/* What an event says, for people. */
static struct str
sentence(const struct store_event *ev, struct arena *a)
{
	struct json d = json_view(ev->data), incident = json_get(d, "incident");
	struct str past = casefile_past(ev->kind);
	const char *kind = arena_cstr(a, ev->kind), *reason = text_of(d, "reason", a), *task = text_of(d, "task", a);

	if (past.n != ev->kind.n) { /* nothing of it holds here */
		struct store_event there = *ev;

		there.kind = past;
		return arena_printf(a, "elsewhere: %.*s", STRF(sentence(&there, a)));
	}
	if (strcmp(kind, "case.open") == 0) {
		struct json from = incident.type == JSON_OBJ ? incident : d;

		return arena_printf(a, "opened at %s: %s, %s %s", text_of(from, "level", a),
		    text_of(from, "subject", a), text_of(from, "type", a), text_of(d, "title", a));
	}
	if (strcmp(kind, "case.raise") == 0 || strcmp(kind, "case.lower") == 0)
		return arena_printf(a, "%s %s to %s%s%s", kind + 5, text_of(d, "from", a), text_of(d, "to", a),
		    *reason ? ": " : "", reason);
	if (strcmp(kind, "case.incident") == 0) {
		struct json figures = json_get(incident, "indicators");

		return arena_printf(a, "figures at %s: %lld posts, %lld negative, %lld authors", text_of(incident, "level", a),
		    (long long)json_int_or(json_get(figures, "mentions"), 0), (long long)json_int_or(json_get(figures, "negative"), 0),
		    (long long)json_int_or(json_get(figures, "authors"), 0));
	}
	if (strcmp(kind, "case.return") == 0)
		return arena_printf(a, "%s", reason);
	if (strcmp(kind, "case.note") == 0)
		return arena_printf(a, "note: %s", text_of(d, "text", a));
	if (strcmp(kind, "case.attach") == 0)
		return arena_printf(a, "evidence %s, sha256 %.12s", text_of(d, "name", a), text_of(d, "sha256", a));
	if (strcmp(kind, "case.link") == 0)
		return arena_printf(a, "linked to %s %s", text_of(d, "what", a), text_of(d, "ref", a));
	if (strcmp(kind, "case.assign") == 0)
		return arena_printf(a, "owner is %s", text_of(d, "owner", a));
	if (strcmp(kind, "case.merge") == 0)
		return arena_printf(a, "merged into %s%s%s", text_of(d, "into", a), *reason ? ": " : "", reason);
	if (strcmp(kind, "case.absorb") == 0)
		return arena_printf(a, "took in %s", text_of(d, "case", a));
	if (strcmp(kind, "case.split") == 0)
		return arena_printf(a, "split off %s", text_of(d, "into", a));
	if (strcmp(kind, "case.correct") == 0)
		return arena_printf(a, "corrected %s to %s%s%s", text_of(d, "field", a), text_of(d, "value", a),
		    *reason ? ": " : "", reason);
	if (strcmp(kind, "case.apply") == 0)
		return arena_printf(a, "playbook %s %s", text_of(json_get(d, "playbook"), "id", a),
		    text_of(json_get(d, "playbook"), "version", a));
	if (strcmp(kind, "release.sign") == 0)
		return arena_printf(a, "signed release %s as %s", text_of(d, "grade", a), text_of(d, "role", a));
	if (strcmp(kind, "release.grade") == 0)
		return arena_printf(a, "release %s is in force", text_of(d, "grade", a));
	if (strcmp(kind, "task.escalate") == 0)
		return arena_printf(a, "task %s late, escalated to %s", task, text_of(d, "to", a));
	if (str_starts(ev->kind, STR("task."))) {
		const char *more = *reason ? reason : text_of(d, "note", a);

		return arena_printf(a, "task %s: %s%s%s", task, kind + 5, *more ? ", " : "", more);
	}
	if (str_starts(ev->kind, STR("draft.")))
		return arena_printf(a, "text %s version %lld: %s %s", text_of(d, "draft", a),
		    (long long)json_int_or(json_get(d, "version"), 0), kind + 6, text_of(d, "role", a));
	return arena_printf(a, "%s%s%s", kind, *reason ? ": " : "", reason);
}

static int
history_row(void *ctx, const struct store_event *ev, struct err *e)
{
	struct history *h = ctx;
	struct arena *a = &h->t.mem;
	char text[24];

	(void)e;
	h->n++;
	if (h->w->json) {
		struct jw j;

		buf_reset(&h->line);
		j = jw_open(&h->line);
		jw_obj(&j);
		jw_kcstr(&j, "kind", "event");
		jw_kint(&j, "seq", ev->seq);
		jw_ktime(&j, "ts", ev->ts);
		jw_kstr(&j, "actor", ev->actor);
		jw_kstr_opt(&j, "case", ev->case_id);
		jw_kstr(&j, "what", ev->kind);
		jw_kraw(&j, "data", ev->data);
		jw_kcstr(&j, "hash", ev->hash);
		jw_end(&j);
		run_emit(&h->w->run, buf_view(&h->line));
		return 0;
	}
	if (h->start == 0)
		h->start = ev->ts;
	table_cell(&h->t, short_time(ev->ts, a));
	if (h->timeline)
		table_cell(&h->t, arena_printf(a, "+%.*s", STRF(clock_short(ev->ts - h->start, text))));
	else {
		table_cell(&h->t, arena_printf(a, "%lld", (long long)ev->seq));
		table_cell(&h->t, ev->case_id);
	}
	table_cell(&h->t, ev->actor);
	if (!h->timeline)
		table_cell(&h->t, arena_printf(a, "%.12s", ev->hash));
	table_cell(&h->t, sentence(ev, a));
	return 0;
}

static int
history(struct work *w, const char *typed, struct store_event_query *q, bool timeline)
{
	static const char *const log_head[] = {"TIME", "SEQ", "CASE", "WHO", "HASH", "WHAT", NULL};
	static const char *const time_head[] = {"TIME", "AFTER", "WHO", "WHAT", NULL};
	struct history h = {.w = w, .timeline = timeline};
	struct err e;

	if (typed != NULL)
		q->case_id = work_id(w, typed);
	table_open(&h.t, timeline ? time_head : log_head);
	if (store_events(w->s, q, history_row, &h, &e) != 0)
		msg_die(&e);
	table_print(&h.t, &w->run);
	buf_free(&h.line);
	if (h.n == 0)
		run_fail(&w->run, EXIT_NO);
	return work_end(w);
}

int
verb_log(int argc, char **argv)
{
	struct work w = {0};
	struct store_event_query q = {0};
	const char *kind = NULL;
	const struct opt opts[] = {
	    WORK_OPTS(w),
	    {0, "since", "TIME", "at or after", OPT_TIME, &q.since, 0, 0},
	    {0, "until", "TIME", "before", OPT_TIME, &q.until, 0, 0},
	    {0, "kind", "KIND", "one kind of event, or all with this beginning: task.", OPT_STR, &kind, 0, 0},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "[CASE]", "print the audit trail");

	if (v[0] != NULL && v[1] != NULL)
		msg_usage("expected one case");
	q.kind = opt_str(kind);
	work_read(&w);
	return history(&w, v[0], &q, false);
}

int
verb_timeline(int argc, char **argv)
{
	struct work w = {0};
	struct store_event_query q = {0};
	const struct opt opts[] = {WORK_OPTS(w), {0}};
	char **v = opt_parse(argc, argv, opts, "CASE", "tell what happened in a case, in order");

	if (v[0] == NULL || v[1] != NULL)
		msg_usage("expected one case");
	work_read(&w);
	return history(&w, v[0], &q, true);
}
