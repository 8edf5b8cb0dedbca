#include "model/review.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/effect.h"

const char *const response_name[RESPONSES + 1] = {"handling", "statement", "action", "contain", NULL};
const char *const kept_name[] = {"unknown", "running", "kept", "missed"};
const char *const timing_name[TIMINGS] = {"open", "overdue", "in_time", "late", "skipped", "done"};

#define CENTURY_S INT64_C(3155760000) /* a deadline beyond it is damage */

static const int64_t defaults[RESPONSES] = {3 * 3600, 2 * 3600, 4 * 3600, 48 * 3600};

#define OLDEST_S INT64_C(2592000) /* an alert older than 30 days did not open this case */

/* Departments that speak and decide; what the others do is action. */
static const char *const talkers[] = {"pr", "legal", "management", "spokesperson", "hr", "analyst", "crisis-lead", NULL};

/* Kinds of events that only a person's hand in the case makes. */
static const char *const hands[] = {"task.start", "task.done", "task.skip", "task.sign", "task.delegate", "task.add", "case.assign",
    "case.note", "case.attach", "case.link", "case.correct", "case.lower", "case.pause", "release.sign", "release.grade",
    "draft.submit", "draft.approve", "draft.reject", "draft.release", "notice.ack", NULL};

static bool
among(struct str s, const char *const *list)
{
	for (; *list != NULL; list++)
		if (str_is(s, *list))
			return true;
	return false;
}

void
case_review_init(struct case_review *r, struct str id, int64_t now)
{
	*r = (struct case_review){.now = now, .update_gap_s = -1};
	casefile_init(&r->c, id);
	for (int i = 0; i < RESPONSES; i++)
		r->clock[i].limit_s = r->clock[i].default_s = defaults[i];
}

void
case_review_free(struct case_review *r)
{
	casefile_free(&r->c); /* and with it all that lives in its arena */
	free(r->action);
	free(r->level);
	free(r->text);
	free(r->forecast);
	free(r->dept);
	*r = (struct case_review){0};
}

static struct str
own(struct case_review *r, struct json v)
{
	return arena_str(&r->c.mem, json_str(v, &r->c.mem));
}

static int64_t
time_of(struct case_review *r, struct json v)
{
	int64_t t = 0;

	return clock_parse(json_str(v, &r->c.mem), &t) ? t : 0;
}

static struct moment
moment_of(struct case_review *r, const struct case_event *ev, struct str id)
{
	return (struct moment){.t = ev->ts, .seq = ev->seq, .what = arena_str(&r->c.mem, ev->kind), .id = arena_str(&r->c.mem, id),
	    .by = arena_str(&r->c.mem, ev->actor)};
}

static void
add(struct moment **v, size_t *n, size_t *cap, struct moment m)
{
	*v = xgrow(*v, cap, *n + 1, sizeof **v);
	(*v)[(*n)++] = m;
}

/* --- what the plan says about limits ------------------------------------------------------------------------------------ */

/*
 * A deadline of the plan: from the discovery when it is the first plan, from ts when the case was raised to another. The
 * earliest one holds; what is done already is not hurried any more.
 */
static void
limit(struct case_review *r, enum response which, struct str task, int64_t s, int64_t ts)
{
	bool done = which == RESPONSE_HANDLING ? r->start[which].t != 0
	    : which == RESPONSE_STATEMENT      ? r->start[which].t != 0 || r->publish_done.t != 0
	    : which == RESPONSE_ACTION         ? r->contain_done.t != 0
	                                       : false;

	if (s <= 0 || s > CENTURY_S || done)
		return;
	if (!r->planned) {
		if (r->plan_limit[which] == 0 || s < r->plan_limit[which]) {
			r->plan_limit[which] = s;
			r->plan_task[which] = arena_str(&r->c.mem, task);
		}
		return;
	}
	if (r->plan_due[which] == 0 || ts + s < r->plan_due[which])
		r->plan_due[which] = ts + s;
	if (r->plan_task[which].n == 0)
		r->plan_task[which] = arena_str(&r->c.mem, task);
}

static void
take_plan(struct case_review *r, struct json playbook, int64_t ts)
{
	struct json plan = json_get(playbook, "plan"), v;
	struct json_iter it = json_iter(json_get(plan, "tasks"));
	struct str key;

	if (plan.type != JSON_OBJ)
		return;
	while (json_next(&it, &key, &v)) {
		struct str id = json_str(json_get(v, "id"), &r->c.mem);
		int64_t s = json_int_or(json_get(v, "deadline_s"), 0);

		if (str_is(id, "contact-affected"))
			limit(r, RESPONSE_HANDLING, id, s, ts);
		if (str_is(id, "publish-statement") || json_is(json_get(v, "text"), "statement"))
			limit(r, RESPONSE_STATEMENT, id, s, ts);
		if (str_is(id, "contain"))
			limit(r, RESPONSE_ACTION, id, s, ts);
		if (str_is(id, "containment-check"))
			limit(r, RESPONSE_CONTAIN, id, s, ts);
	}
	r->planned = true;
	r->public_plan = json_is(json_path(plan, "release.grade"), "public");
}

/* --- what an incident says ---------------------------------------------------------------------------------------------- */

static void
take_forecast(struct case_review *r, struct json incident, const struct case_event *ev)
{
	static const struct {
		const char *key;
		int64_t hours;
	} horizons[] = {{"h1", 1}, {"h6", 6}, {"h24", 24}};
	struct json fc = json_get(incident, "forecast");
	int64_t made = time_of(r, json_path(incident, "window.to"));

	if (made == 0 || made > ev->ts) /* the clock of the posts, never behind the look at them */
		made = ev->ts;
	for (size_t i = 0; i < 3; i++) {
		struct json h = json_get(fc, horizons[i].key);

		if (h.type != JSON_OBJ)
			continue;
		r->forecast = xgrow(r->forecast, &r->forecast_cap, r->nforecast + 1, sizeof *r->forecast);
		r->forecast[r->nforecast++] = (struct forecast_seen){.seq = ev->seq, .made = made, .hours = horizons[i].hours,
		    .expected = json_int_or(json_get(h, "negative"), 0), .low = json_int_or(json_get(h, "low"), 0),
		    .high = json_int_or(json_get(h, "high"), 0)};
	}
}

static void
take_incident(struct case_review *r, struct json incident, const struct case_event *ev)
{
	struct json_iter it;
	struct str key;
	struct json v;
	int64_t t;

	if (incident.type != JSON_OBJ)
		return;
	take_plan(r, json_get(incident, "playbook"), ev->ts);
	take_forecast(r, incident, ev);
	if (r->alert.t == 0) {
		it = json_iter(json_get(incident, "path"));
		if (json_next(&it, &key, &v) && (t = time_of(r, json_get(v, "at"))) != 0)
			r->alert = (struct moment){.t = t, .seq = ev->seq, .what = STR("incident"), .id = own(r, json_get(v, "rule"))};
		else if ((t = time_of(r, json_get(incident, "opened"))) != 0)
			r->alert = (struct moment){.t = t, .seq = ev->seq, .what = STR("incident")};
	}
	if (r->first_post.t == 0) {
		it = json_iter(json_get(incident, "evidence"));
		while (json_next(&it, &key, &v))
			if (json_is(json_get(v, "role"), "first") && (t = time_of(r, json_get(v, "at"))) != 0)
				r->first_post = (struct moment){.t = t, .seq = ev->seq, .what = STR("post"), .id = own(r, json_get(v, "id"))};
		if (r->first_post.t == 0 && (t = time_of(r, json_path(incident, "window.from"))) != 0)
			r->first_post = (struct moment){.t = t, .seq = ev->seq, .what = STR("incident")};
	}
}

/* --- texts -------------------------------------------------------------------------------------------------------------- */

static struct text_path *
text_of(struct case_review *r, struct str id)
{
	for (size_t i = 0; i < r->ntext; i++)
		if (str_eq(r->text[i].id, id))
			return &r->text[i];
	r->text = xgrow(r->text, &r->text_cap, r->ntext + 1, sizeof *r->text);
	r->text[r->ntext] = (struct text_path){.id = arena_str(&r->c.mem, id)};
	return &r->text[r->ntext++];
}

static void
on_draft(struct case_review *r, const struct case_event *ev, struct json d)
{
	struct text_path *x = text_of(r, json_str(json_get(d, "draft"), &r->c.mem));
	struct moment m = moment_of(r, ev, x->id);

	if (x->form.n == 0)
		x->form = own(r, json_get(d, "form"));
	if (x->lang.n == 0)
		x->lang = own(r, json_get(d, "lang"));
	if (x->made.t == 0)
		x->made = m;
	if (str_is(ev->kind, "draft.submit") && x->submitted.t == 0)
		x->submitted = m;
	x->rejections += str_is(ev->kind, "draft.reject");
	if (!str_is(ev->kind, "draft.release"))
		return;
	if (x->released.t == 0)
		x->released = m;
	if (str_is(x->form, "statement") && r->start[RESPONSE_STATEMENT].t == 0)
		r->start[RESPONSE_STATEMENT] = m;
	add(&r->action, &r->naction, &r->action_cap, m);
}

/* --- events ------------------------------------------------------------------------------------------------------------- */

static void
on_task_done(struct case_review *r, const struct case_event *ev, struct json d)
{
	struct str id = json_str(json_get(d, "task"), &r->c.mem);
	const struct case_task *t = casefile_task(&r->c, id);
	struct moment m = moment_of(r, ev, id);

	add(&r->action, &r->naction, &r->action_cap, m);
	if (t == NULL)
		return;
	if (r->publish_done.t == 0 && (str_is(id, "publish-statement") || str_is(t->text, "statement")))
		r->publish_done = m;
	if (r->contain_done.t == 0 && str_is(id, "contain"))
		r->contain_done = m;
	if (r->other_done.t == 0 && !t->clock && t->department.n > 0 && !among(t->department, talkers))
		r->other_done = m;
}

static void
on_level(struct case_review *r, const struct case_event *ev, bool first)
{
	struct moment m = moment_of(r, ev, case_level_name(r->c.level));

	if (!first && r->c.change_from == r->c.level)
		return;
	add(&r->level, &r->nlevel, &r->level_cap, m);
	if (r->c.level > r->peak)
		r->peak = r->c.level;
	if (first)
		return;
	if (r->c.level > r->c.change_from)
		r->raises++;
	else
		r->lowers++;
	add(&r->action, &r->naction, &r->action_cap, m);
}

static void
forget_task(struct case_review *r, struct str id)
{
	struct moment *all[] = {&r->publish_done, &r->contain_done, &r->other_done};

	for (size_t i = 0; i < 3; i++)
		if (str_eq(all[i]->id, id))
			*all[i] = (struct moment){0};
}

int
case_review_event(struct case_review *r, const struct case_event *event, struct err *e)
{
	struct case_event past = *event;
	const struct case_event *ev = event;
	struct json d;

	if (str_starts(ev->kind, STR("review.")))
		return 0;
	if (casefile_apply(&r->c, ev, e) != 0)
		return -1;
	past.kind = casefile_past(ev->kind); /* what was done elsewhere was done */
	ev = &past;
	d = json_view(ev->data);
	if (r->last != 0 && ev->ts < r->last)
		r->disorder = true;
	r->last = ev->ts;
	if (str_is(ev->kind, "case.open")) {
		if (r->opened.t == 0)
			r->opened = moment_of(r, ev, STR(""));
		on_level(r, ev, true);
	}
	if (json_get(d, "incident").type == JSON_OBJ)
		take_incident(r, json_get(d, "incident"), ev);
	if (str_is(ev->kind, "case.apply"))
		take_plan(r, json_get(d, "playbook"), ev->ts);
	if (str_is(ev->kind, "case.raise") || str_is(ev->kind, "case.lower"))
		on_level(r, ev, false);
	if (str_is(ev->kind, "case.close") || str_is(ev->kind, "case.merge"))
		add(&r->level, &r->nlevel, &r->level_cap, moment_of(r, ev, STR("closed")));
	if (str_is(ev->kind, "case.reopen"))
		add(&r->level, &r->nlevel, &r->level_cap, moment_of(r, ev, case_level_name(r->c.level)));
	if (str_is(ev->kind, "task.done"))
		on_task_done(r, ev, d);
	if (str_is(ev->kind, "task.reopen"))
		forget_task(r, json_str(json_get(d, "task"), &r->c.mem));
	r->escalations += str_is(ev->kind, "task.escalate");
	if (str_starts(ev->kind, STR("draft.")))
		on_draft(r, ev, d);
	if (r->start[RESPONSE_HANDLING].t == 0 && among(ev->kind, hands))
		r->start[RESPONSE_HANDLING] = moment_of(r, ev, json_str(json_get(d, "task"), &r->c.mem));
	return 0;
}

/* --- the end ------------------------------------------------------------------------------------------------------------ */

static void
judge(struct case_review *r, enum response which)
{
	struct response_clock *k = &r->clock[which];

	k->took_s = 0;
	if (r->plan_task[which].n > 0) {
		int64_t later = r->plan_due[which] != 0 ? r->plan_due[which] - r->found.t : 0;

		k->limit_s = r->plan_limit[which];
		if (k->limit_s == 0 || (later > 0 && later < k->limit_s))
			k->limit_s = later;
		if (k->limit_s <= 0) /* a plan from before the discovery: one of two clocks is wrong */
			k->limit_s = k->default_s;
		else
			k->limit_from = r->plan_task[which];
	}
	if (r->found.t == 0 || (k->at.t != 0 && k->at.t < r->found.t)) {
		k->state = KEPT_UNKNOWN; /* done before it was found: one of two clocks is wrong */
		return;
	}
	if (k->at.t != 0) {
		k->took_s = k->at.t - r->found.t;
		k->state = k->took_s <= k->limit_s ? KEPT_YES : KEPT_NO;
		return;
	}
	k->state = r->end - r->found.t > k->limit_s ? KEPT_NO : r->end < r->now ? KEPT_UNKNOWN : KEPT_RUNNING;
}

static int
rising(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

int64_t
median(int64_t *v, size_t n)
{
	if (n == 0)
		return 0;
	qsort(v, n, sizeof *v, rising);
	return n % 2 == 1 ? v[n / 2] : v[n / 2 - 1] / 2 + v[n / 2] / 2 + (v[n / 2 - 1] % 2 + v[n / 2] % 2) / 2;
}

int64_t
percentile(int64_t *v, size_t n, int p)
{
	size_t k = (n * (size_t)p + 99) / 100;

	if (n == 0)
		return 0;
	qsort(v, n, sizeof *v, rising);
	return v[k > 0 ? k - 1 : 0];
}

static enum timing
timing_of(const struct case_review *r, const struct case_task *t, int64_t *late_s)
{
	*late_s = 0;
	if (t->state == TASK_SKIPPED)
		return TIMING_SKIPPED;
	if (t->state == TASK_DONE) {
		if (t->due == 0)
			return TIMING_DONE;
		*late_s = t->done > t->due ? t->done - t->due : 0;
		return t->done > t->due ? TIMING_LATE : TIMING_IN_TIME;
	}
	if (t->due == 0 || r->end <= t->due || (r->c.paused != 0 && !t->clock))
		return TIMING_OPEN;
	*late_s = r->end - t->due;
	return TIMING_OVERDUE;
}

static struct department *
department_of(struct case_review *r, struct str name)
{
	for (size_t i = 0; i < r->ndept; i++)
		if (str_eq(r->dept[i].name, name))
			return &r->dept[i];
	r->dept = xgrow(r->dept, &r->dept_cap, r->ndept + 1, sizeof *r->dept);
	r->dept[r->ndept] = (struct department){.name = name};
	return &r->dept[r->ndept++];
}

static int
by_trouble(const void *a, const void *b)
{
	const struct department *x = a, *y = b;
	int64_t p = x->n[TIMING_LATE] + x->n[TIMING_OVERDUE], q = y->n[TIMING_LATE] + y->n[TIMING_OVERDUE];

	return p != q ? (p > q ? -1 : 1) : str_cmp(x->name, y->name);
}

static void
close_tasks(struct case_review *r)
{
	struct arena *a = &r->c.mem;
	int64_t *late = arena_alloc(a, (r->c.ntask + 1) * sizeof *late);
	size_t nlate = 0;

	r->task = arena_zalloc(a, (r->c.ntask + 1) * sizeof *r->task);
	r->task_late_s = arena_zalloc(a, (r->c.ntask + 1) * sizeof *r->task_late_s);
	for (size_t i = 0; i < r->c.ntask; i++) {
		const struct case_task *t = &r->c.task[i];
		enum timing k = timing_of(r, t, &r->task_late_s[i]);

		r->task[i] = k;
		if (t->every_s > 0) { /* the rhythm of updates comes back for ever; close_updates judges it */
			r->task_late_s[i] = 0;
			continue;
		}
		r->ntask++;
		r->timing[k]++;
		department_of(r, t->department)->n[k]++;
		if (r->task_late_s[i] > 0)
			late[nlate++] = r->task_late_s[i];
		if (t->clock && k != TIMING_OPEN && k != TIMING_SKIPPED) {
			r->legal++;
			r->legal_kept += k == TIMING_IN_TIME || k == TIMING_DONE;
		}
	}
	r->late_s = median(late, nlate);
	for (size_t d = 0; d < r->ndept; d++) {
		nlate = 0;
		for (size_t i = 0; i < r->c.ntask; i++)
			if (r->task_late_s[i] > 0 && str_eq(r->c.task[i].department, r->dept[d].name))
				late[nlate++] = r->task_late_s[i];
		r->dept[d].late_s = median(late, nlate);
	}
	if (r->ndept > 1)
		qsort(r->dept, r->ndept, sizeof *r->dept, by_trouble);
}

/* A text released, or a task that stands for it: the first statement, a round of the rhythm of updates. */
static bool
is_word(const struct case_review *r, const struct moment *m)
{
	const struct case_task *t;

	if (!str_is(m->what, "task.done"))
		return str_is(m->what, "draft.release");
	t = casefile_task(&r->c, m->id);
	return t != NULL && (t->every_s > 0 || str_is(t->id, "update") || str_is(t->id, "publish-statement") || str_is(t->text, "statement"));
}

/* The longest silence between two of them, and from the last one to the end. */
static void
close_updates(struct case_review *r)
{
	struct moment last = {0};

	for (size_t i = 0; i <= r->naction; i++) {
		bool end = i == r->naction;
		int64_t t = end ? r->end : r->action[i].t;

		if (!end && !is_word(r, &r->action[i]))
			continue;
		if (last.t != 0 && t - last.t > r->update_gap_s) {
			r->update_gap_s = t - last.t;
			r->update_after = last;
		}
		if (!end)
			last = r->action[i];
	}
	r->nwords = 0;
	for (size_t i = 0; i < r->naction; i++)
		r->nwords += is_word(r, &r->action[i]);
}

void
case_review_close(struct case_review *r)
{
	r->end = r->c.closed != 0 && r->c.closed < r->now ? r->c.closed : r->now;
	if (r->alert.t < r->opened.t - OLDEST_S)
		r->alert = (struct moment){0}; /* an incident that says so is damaged */
	r->found = r->alert.t != 0 && r->alert.t <= r->opened.t ? r->alert : r->opened;
	if (r->first_post.t < r->found.t - OLDEST_S)
		r->first_post = (struct moment){0};
	r->clock[RESPONSE_HANDLING].at = r->start[RESPONSE_HANDLING];
	r->clock[RESPONSE_STATEMENT].at = r->start[RESPONSE_STATEMENT].t != 0 ? r->start[RESPONSE_STATEMENT] : r->publish_done;
	r->clock[RESPONSE_ACTION].at = casefile_task(&r->c, STR("contain")) != NULL ? r->contain_done : r->other_done;
	for (int i = 0; i < RESPONSES; i++)
		judge(r, (enum response)i);
	r->clock[RESPONSE_CONTAIN].state = KEPT_UNKNOWN;
	close_tasks(r);
	close_updates(r);
}

void
case_review_own(struct case_review *r, int64_t t, struct str id)
{
	struct response_clock *k = &r->clock[RESPONSE_STATEMENT];

	if (t == 0 || k->at.t != 0)
		return;
	k->at = (struct moment){.t = t, .what = STR("post"), .id = arena_str(&r->c.mem, id)};
	judge(r, RESPONSE_STATEMENT);
}

void
case_review_contain(struct case_review *r, bool known, int64_t contained, int64_t until)
{
	struct response_clock *k = &r->clock[RESPONSE_CONTAIN];

	k->state = KEPT_UNKNOWN;
	k->at = (struct moment){0};
	k->took_s = 0;
	if (!known || r->found.t == 0)
		return;
	if (contained != 0) {
		k->at = (struct moment){.t = contained, .what = STR("curve")};
		k->took_s = contained > r->found.t ? contained - r->found.t : 0;
		k->state = k->took_s <= k->limit_s ? KEPT_YES : KEPT_NO;
		return;
	}
	k->state = until - r->found.t > k->limit_s ? KEPT_NO : KEPT_RUNNING;
}

bool
case_review_effect(const struct case_review *r, double *effect)
{
	const struct response_clock *k = &r->clock[RESPONSE_CONTAIN];

	if (k->state != KEPT_YES && k->state != KEPT_NO)
		return false;
	*effect = k->at.t == 0 ? -1 : 1 - (double)k->took_s / (double)k->limit_s;
	if (k->state == KEPT_YES && *effect < 0.001)
		*effect = 0.001; /* in the last minute is still in time */
	if (k->state == KEPT_NO && *effect > -0.001)
		*effect = -0.001;
	if (*effect < -1)
		*effect = -1;
	return true;
}

double
past_rank(int64_t effective, int64_t told)
{
	struct interval i;

	if (told <= 0)
		return 0;
	i = effect_share(effective, told);
	return effective > 0 ? i.low : i.high - 1;
}
