#include "model/casefile.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

static const char *const level_names[] = {"", "blue", "yellow", "orange", "red"};
static const char *const case_names[] = {"", "open", "closed", "merged"};
static const char *const task_names[] = {"open", "started", "done", "skipped"};

enum case_level
case_level_parse(struct str s)
{
	for (int i = CASE_BLUE; i <= CASE_RED; i++)
		if (str_is(s, level_names[i]))
			return (enum case_level)i;
	return CASE_NO_LEVEL;
}

struct str
case_level_name(enum case_level l)
{
	return str_c(level_names[l]);
}

struct str
case_state_name(enum case_state s)
{
	return str_c(case_names[s]);
}

struct str
task_state_name(enum task_state s)
{
	return str_c(task_names[s]);
}

void
casefile_init(struct casefile *c, struct str id)
{
	*c = (struct casefile){0};
	c->id = arena_str(&c->mem, id);
}

void
casefile_free(struct casefile *c)
{
	free(c->task);
	free(c->sign);
	free(c->link);
	free(c->file);
	free(c->absorbed);
	arena_free(&c->mem);
	*c = (struct casefile){0};
}

/* --- reading data ----------------------------------------------------------------------------------------------------- */

/* A string member as a copy that lives as long as the case. */
static struct str
own(struct casefile *c, struct json obj, const char *key)
{
	return arena_str(&c->mem, json_str(json_get(obj, key), &c->mem));
}

/* A text is a string, or {"zh":…,"en":…}. */
static void
own_text(struct casefile *c, struct json v, struct str *zh, struct str *en)
{
	if (v.type == JSON_STR) {
		*zh = arena_str(&c->mem, json_str(v, &c->mem));
		*en = *zh;
		return;
	}
	*zh = own(c, v, "zh");
	*en = own(c, v, "en");
	if (zh->n == 0)
		*zh = *en;
	if (en->n == 0)
		*en = *zh;
}

static size_t
length(struct json list)
{
	struct json_iter it = json_iter(list);
	struct json item;
	struct str key;
	size_t n = 0;

	while (list.type == JSON_ARR && json_next(&it, &key, &item))
		n++;
	return n;
}

static size_t
own_list(struct casefile *c, struct json v, struct str **out)
{
	struct json_iter it;
	struct json item;
	struct str key;
	size_t n = length(v);

	*out = arena_alloc(&c->mem, (n > 0 ? n : 1) * sizeof **out);
	it = json_iter(v);
	for (size_t i = 0; i < n && json_next(&it, &key, &item); i++)
		(*out)[i] = arena_str(&c->mem, json_str(item, &c->mem));
	return n;
}

static int64_t
time_of(struct json obj, const char *key, struct arena *a)
{
	int64_t t = 0;

	clock_parse(json_str(json_get(obj, key), a), &t);
	return t;
}

/* --- tasks ------------------------------------------------------------------------------------------------------------ */

struct case_task *
casefile_task(const struct casefile *c, struct str id)
{
	for (size_t i = 0; i < c->ntask; i++)
		if (str_eq(c->task[i].id, id))
			return &c->task[i];
	return NULL;
}

static bool
over(const struct case_task *t)
{
	return t->state == TASK_DONE || t->state == TASK_SKIPPED;
}

const struct case_task *
casefile_waits_for(const struct casefile *c, const struct case_task *t)
{
	for (size_t i = 0; i < t->nafter; i++) {
		const struct case_task *other = casefile_task(c, t->after[i]);

		if (other != NULL && !over(other))
			return other;
	}
	return NULL;
}

int64_t
casefile_due(const struct casefile *c)
{
	int64_t due = 0;

	if (c->state != CASE_OPEN)
		return 0;
	for (size_t i = 0; i < c->ntask; i++) {
		const struct case_task *t = &c->task[i];

		if (!over(t) && t->due != 0 && (c->paused == 0 || t->clock) && (due == 0 || t->due < due))
			due = t->due;
	}
	return due;
}

size_t
casefile_open_tasks(const struct casefile *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->ntask; i++)
		n += !over(&c->task[i]) && c->task[i].every_s == 0;
	return n;
}

size_t
casefile_tasks(const struct casefile *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->ntask; i++)
		n += c->task[i].every_s == 0;
	return n;
}

size_t
casefile_ladder(const struct casefile *c, const struct case_task *t, int64_t now)
{
	size_t step = 0;

	if (over(t) || t->due == 0 || now < t->due || c->state != CASE_OPEN || (c->paused != 0 && !t->clock))
		return 0;
	while (step < c->nladder && now - t->due >= c->ladder[step].after_s)
		step++;
	return step;
}

/* Whether the task from reaches to along `after`; each task is looked at once. */
static bool
reaches(const struct casefile *c, struct str from, struct str to, bool *seen)
{
	const struct case_task *t = casefile_task(c, from);

	if (str_eq(from, to))
		return true;
	if (t == NULL || seen[t - c->task])
		return false;
	seen[t - c->task] = true;
	for (size_t i = 0; i < t->nafter; i++)
		if (reaches(c, t->after[i], to, seen))
			return true;
	return false;
}

bool
casefile_would_circle(const struct casefile *c, struct str a, struct str b)
{
	bool *seen = xcalloc(c->ntask + 1, sizeof *seen), found = reaches(c, b, a, seen);

	free(seen);
	return found;
}

static struct case_task *
new_task(struct casefile *c, struct str id)
{
	struct case_task *t;

	c->task = xgrow(c->task, &c->task_cap, c->ntask + 1, sizeof *c->task);
	t = &c->task[c->ntask++];
	*t = (struct case_task){.id = id, .change = true};
	return t;
}

/* The newer deadline of a task that is there already, counted from now: never later than the one it had. */
static void
tighten(struct case_task *t, int64_t deadline_s, int64_t now)
{
	if (over(t) || deadline_s <= 0 || (t->due != 0 && now + deadline_s >= t->due))
		return;
	t->deadline_s = deadline_s;
	t->since = now;
	t->due = now + deadline_s;
	t->change = true;
}

enum { TASKS_MAX = 2000 }; /* of one case; a plan has some sixty */
#define CENTURY_S INT64_C(3155760000) /* a deadline beyond it is damage, and sums with it could overflow */

static int64_t
seconds_of(struct json obj, const char *key)
{
	int64_t s = json_int_or(json_get(obj, key), 0);

	return s < 0 || s > CENTURY_S ? 0 : s;
}

static void
plan_task(struct casefile *c, struct json v, bool clock, int64_t now)
{
	struct str id = own(c, v, "id");
	int64_t deadline = seconds_of(v, clock ? "within_s" : "deadline_s");
	struct case_task *t;

	if (id.n == 0)
		return;
	if (clock)
		id = arena_printf(&c->mem, "clock.%.*s", STRF(id));
	t = casefile_task(c, id);
	if (t != NULL) {
		tighten(t, deadline, now);
		return;
	}
	if (c->ntask >= TASKS_MAX)
		return;
	t = new_task(c, id);
	t->plan = true;
	t->clock = clock;
	t->department = own(c, v, "department");
	own_text(c, json_get(v, clock ? "what" : "duty"), &t->duty_zh, &t->duty_en);
	t->nafter = own_list(c, json_get(v, "after"), &t->after);
	t->sign_off = own(c, v, "sign_off");
	t->text = own(c, v, "text");
	t->source = own(c, v, "source");
	t->since = now;
	t->deadline_s = deadline > 0 ? deadline : 0;
	t->due = deadline > 0 ? now + deadline : 0;
	if (clock && t->department.n == 0)
		t->department = STR("legal");
}

/*
 * The rhythm of updates as a task that comes back: due when the longest silence is over since the last update. A shorter
 * rhythm starts now, a longer one counts from the last update.
 */
static void
set_rhythm(struct casefile *c, int64_t every_s, int64_t now)
{
	struct case_task *t = casefile_task(c, STR("update"));
	int64_t from;

	c->updates_s = every_s;
	if (t == NULL && every_s > 0 && c->ntask < TASKS_MAX) {
		t = new_task(c, STR("update"));
		t->plan = true;
		t->department = STR("pr");
		t->duty_zh = STR("按节奏通报：已对外发声的发布进展，没有新进展也按时说明；未对外发声的向危机小组通报。记下链接");
		t->duty_en = STR("Update on rhythm: what was said in public is carried on, in time even without news; before that, tell the "
		                 "crisis team. Note the link");
		t->since = now;
	} else if (t == NULL || t->every_s == 0 || t->every_s == every_s)
		return; /* a playbook's own task of this name is left alone */
	if (every_s == 0) {
		t->every_s = t->deadline_s = t->due = 0;
		t->state = TASK_DONE;
		return;
	}
	from = t->last > t->since ? t->last : t->since;
	if (t->every_s == 0 || every_s > t->every_s)
		t->due = from + every_s;
	else if (now + every_s < t->due)
		t->due = now + every_s;
	t->every_s = t->deadline_s = every_s;
	t->change = true;
}

/* One round of it is over; the next one begins. */
static void
next_round(struct case_task *t, int64_t now)
{
	t->last = now;
	t->times++;
	t->started = t->escalated = 0;
	t->state = TASK_OPEN;
	t->due = now + t->every_s;
	t->change = true;
}

static void
plan_ladder(struct casefile *c, struct json v)
{
	struct json_iter it;
	struct json item;
	struct str key;
	size_t n = length(v);

	if (n == 0)
		return;
	c->ladder = arena_alloc(&c->mem, n * sizeof *c->ladder);
	c->nladder = n;
	it = json_iter(v);
	for (size_t i = 0; json_next(&it, &key, &item); i++)
		c->ladder[i] = (struct case_step){seconds_of(item, "after_s"), own(c, item, "to")};
}

static void
plan_closing(struct casefile *c, struct json v)
{
	struct json_iter it;
	struct json item;
	struct str key;
	size_t n = length(v);

	if (n == 0)
		return;
	c->criterion = arena_zalloc(&c->mem, n * sizeof *c->criterion);
	c->ncriterion = n;
	it = json_iter(v);
	for (size_t i = 0; json_next(&it, &key, &item); i++) {
		c->criterion[i].id = own(c, item, "id");
		c->criterion[i].test = own(c, item, "test");
		own_text(c, json_get(item, "what"), &c->criterion[i].what_zh, &c->criterion[i].what_en);
	}
}

/* Takes a playbook as match-playbook wrote it: pins it, adds its tasks and clocks, tightens those already there. */
static void
take_playbook(struct casefile *c, struct json playbook, int64_t now)
{
	struct json plan = json_get(playbook, "plan"), item;
	struct json_iter it;
	struct str key;

	if (playbook.type != JSON_OBJ)
		return;
	c->playbook = own(c, playbook, "id");
	c->playbook_version = own(c, playbook, "version");
	c->playbook_hash = own(c, playbook, "hash");
	own_text(c, json_get(playbook, "title"), &c->playbook_title_zh, &c->playbook_title_en);
	if (plan.type != JSON_OBJ)
		return;
	c->plan = arena_str(&c->mem, plan.raw);
	it = json_iter(json_get(plan, "tasks"));
	while (json_next(&it, &key, &item))
		plan_task(c, item, false, now);
	it = json_iter(json_get(plan, "clocks"));
	while (json_next(&it, &key, &item))
		plan_task(c, item, true, now);
	plan_ladder(c, json_get(plan, "escalation"));
	plan_closing(c, json_get(plan, "closing"));
	set_rhythm(c, seconds_of(plan, "updates_s"), now);
	c->napprove = own_list(c, json_get(json_get(plan, "release"), "approve"), &c->approve);
}

/* Whether a playbook is made for the type that a person gave the case; before that any is. */
static bool
fits(const struct casefile *c, struct json playbook)
{
	struct json types = json_get(playbook, "types"), item;
	struct json_iter it = json_iter(types);
	struct str key;
	struct arena a = {0};
	bool found = !c->type_fixed || types.type != JSON_ARR;

	while (!found && json_next(&it, &key, &item))
		found = str_eq(json_str(item, &a), c->type);
	arena_free(&a);
	return found;
}

/*
 * Another playbook takes the place of the case's: what nobody has touched of the old plan is skipped, or becomes what the
 * new one means by the same id. Legal clocks stay: who may skip them looks at each.
 */
static void
replace_plan(struct casefile *c, struct json playbook, const struct case_event *ev)
{
	struct json plan = json_get(playbook, "plan");
	struct str id = own(c, playbook, "id");

	if (plan.type != JSON_OBJ || c->playbook.n == 0 || str_eq(c->playbook, id))
		return;
	for (size_t i = 0; i < c->ntask; i++) {
		struct case_task *t = &c->task[i];
		struct json v;

		if (!t->plan || t->clock || t->every_s > 0 || t->state != TASK_OPEN || t->assignee.n > 0 || t->signed_by.n > 0)
			continue;
		v = json_item(json_get(plan, "tasks"), t->id, &c->mem);
		t->change = true;
		if (v.type == JSON_NONE) {
			t->state = TASK_SKIPPED;
			t->done = ev->ts;
			t->done_by = arena_str(&c->mem, ev->actor);
			t->reason = arena_printf(&c->mem, "replaced by %.*s", STRF(id));
			continue;
		}
		t->department = own(c, v, "department");
		own_text(c, json_get(v, "duty"), &t->duty_zh, &t->duty_en);
		t->nafter = own_list(c, json_get(v, "after"), &t->after);
		t->sign_off = own(c, v, "sign_off");
		t->text = own(c, v, "text");
	}
}

static void
take_incident(struct casefile *c, struct json incident, int64_t now)
{
	if (incident.type != JSON_OBJ)
		return;
	c->latest = arena_str(&c->mem, incident.raw);
	c->latest_ts = now;
	c->latest_level = case_level_parse(json_str(json_get(incident, "level"), &c->mem));
}

/* --- events of a case ------------------------------------------------------------------------------------------------- */

static struct str
first_of(struct str a, struct str b)
{
	return a.n > 0 ? a : b;
}

static void
on_open(struct casefile *c, struct json d, const struct case_event *ev)
{
	struct json incident = json_get(d, "incident");

	c->state = CASE_OPEN;
	c->opened = c->level_since = ev->ts;
	c->incident = own(c, incident, "id");
	c->subject = first_of(own(c, d, "subject"), own(c, incident, "subject"));
	c->type = first_of(own(c, d, "type"), own(c, incident, "type"));
	c->industry = first_of(own(c, d, "industry"), own(c, incident, "industry"));
	c->level = case_level_parse(first_of(own(c, d, "level"), own(c, incident, "level")));
	c->title = own(c, d, "title");
	c->owner = own(c, d, "owner");
	c->drill = json_get(d, "drill").type == JSON_TRUE;
	c->split_from = own(c, d, "split_from");
	take_incident(c, incident, ev->ts);
	take_playbook(c, json_get(incident, "playbook"), ev->ts);
}

static void
set_level(struct casefile *c, struct json d, const struct case_event *ev)
{
	enum case_level to = case_level_parse(own(c, d, "to"));

	c->change_from = c->level;
	if (to != CASE_NO_LEVEL) {
		c->level = to;
		c->level_since = ev->ts;
	}
}

/* The rhythm of another level of the plan that the case has. */
static void
rhythm_of_level(struct casefile *c, int64_t now)
{
	struct json v = c->plan.n > 0 ? json_get(json_view(c->plan), "updates") : (struct json){0};

	if (v.type == JSON_OBJ && c->level != CASE_NO_LEVEL)
		set_rhythm(c, seconds_of(v, level_names[c->level]), now);
}

static void
on_raise(struct casefile *c, struct json d, const struct case_event *ev)
{
	struct json incident = json_get(d, "incident");

	set_level(c, d, ev);
	rhythm_of_level(c, ev->ts);
	take_incident(c, incident, ev->ts);
	if (fits(c, json_get(incident, "playbook")))
		take_playbook(c, json_get(incident, "playbook"), ev->ts);
}

static void
on_lower(struct casefile *c, struct json d, const struct case_event *ev)
{
	set_level(c, d, ev);
	rhythm_of_level(c, ev->ts);
}

static void
on_incident(struct casefile *c, struct json d, const struct case_event *ev)
{
	take_incident(c, json_get(d, "incident"), ev->ts);
}

/* The incident of a closed case is back: people are told, and decide. */
static void
on_return(struct casefile *c, struct json d, const struct case_event *ev)
{
	take_incident(c, json_get(d, "incident"), ev->ts);
}

static void
on_apply(struct casefile *c, struct json d, const struct case_event *ev)
{
	replace_plan(c, json_get(d, "playbook"), ev);
	take_playbook(c, json_get(d, "playbook"), ev->ts);
}

static void
on_pause(struct casefile *c, struct json d, const struct case_event *ev)
{
	(void)d;
	if (c->paused == 0)
		c->paused = ev->ts;
}

static void
on_resume(struct casefile *c, struct json d, const struct case_event *ev)
{
	int64_t shift = c->paused != 0 && ev->ts > c->paused ? ev->ts - c->paused : 0;

	(void)d;
	c->paused = 0;
	for (size_t i = 0; i < c->ntask; i++)
		if (!over(&c->task[i]) && !c->task[i].clock && c->task[i].due != 0) {
			c->task[i].due += shift;
			c->task[i].change = shift > 0;
		}
}

/* Rounds end with the case and begin again with it. */
static void
end_rounds(struct casefile *c, int64_t now)
{
	for (size_t i = 0; i < c->ntask; i++)
		if (c->task[i].every_s > 0 && !over(&c->task[i])) {
			c->task[i].state = TASK_DONE;
			c->task[i].done = now;
			c->task[i].due = 0;
			c->task[i].change = true;
		}
}

static void
on_close(struct casefile *c, struct json d, const struct case_event *ev)
{
	end_rounds(c, ev->ts);
	c->state = CASE_CLOSED;
	c->closed = ev->ts;
	c->paused = 0;
	c->close_reason = own(c, d, "reason");
}

static void
on_reopen(struct casefile *c, struct json d, const struct case_event *ev)
{
	(void)d;
	c->state = CASE_OPEN;
	c->closed = 0;
	c->close_reason = STR("");
	for (size_t i = 0; i < c->ntask; i++)
		if (c->task[i].every_s > 0) {
			c->task[i].state = TASK_OPEN;
			c->task[i].done = 0;
			c->task[i].due = ev->ts + c->task[i].every_s;
			c->task[i].escalated = 0;
			c->task[i].change = true;
		}
}

static void
on_assign(struct casefile *c, struct json d, const struct case_event *ev)
{
	(void)ev;
	c->owner = own(c, d, "owner");
}

static void
on_note(struct casefile *c, struct json d, const struct case_event *ev)
{
	(void)ev;
	c->notes++;
	c->change_note = own(c, d, "text");
}

static void
on_attach(struct casefile *c, struct json d, const struct case_event *ev)
{
	(void)ev;
	c->file = xgrow(c->file, &c->file_cap, c->nfile + 1, sizeof *c->file);
	c->file[c->nfile++] = (struct case_file){.name = own(c, d, "name"),
	    .sha256 = own(c, d, "sha256"),
	    .note = own(c, d, "note"),
	    .bytes = json_int_or(json_get(d, "bytes"), 0)};
}

static void
on_link(struct casefile *c, struct json d, const struct case_event *ev)
{
	(void)ev;
	c->link = xgrow(c->link, &c->link_cap, c->nlink + 1, sizeof *c->link);
	c->link[c->nlink++] = (struct case_link){.what = own(c, d, "what"), .ref = own(c, d, "ref")};
}

static void
on_merge(struct casefile *c, struct json d, const struct case_event *ev)
{
	end_rounds(c, ev->ts);
	c->state = CASE_MERGED;
	c->closed = ev->ts;
	c->paused = 0;
	c->merged_into = own(c, d, "into");
}

static void
on_absorb(struct casefile *c, struct json d, const struct case_event *ev)
{
	(void)ev;
	c->absorbed = xgrow(c->absorbed, &c->absorbed_cap, c->nabsorbed + 1, sizeof *c->absorbed);
	c->absorbed[c->nabsorbed++] = own(c, d, "case");
}

static void
on_nothing(struct casefile *c, struct json d, const struct case_event *ev)
{
	(void)c;
	(void)d;
	(void)ev;
}

static void
on_correct(struct casefile *c, struct json d, const struct case_event *ev)
{
	struct str field = own(c, d, "field"), value = own(c, d, "value");

	(void)ev;
	if (str_is(field, "type")) {
		c->type = value;
		c->type_fixed = true;
	} else if (str_is(field, "subject"))
		c->subject = value;
	else if (str_is(field, "industry"))
		c->industry = value;
	else if (str_is(field, "title"))
		c->title = value;
}

static void
on_sign(struct casefile *c, struct json d, const struct case_event *ev)
{
	struct str grade = own(c, d, "grade");

	if (!str_eq(grade, c->grade_asked)) {
		c->grade_asked = grade;
		c->nsign = 0;
	}
	c->sign = xgrow(c->sign, &c->sign_cap, c->nsign + 1, sizeof *c->sign);
	c->sign[c->nsign++] =
	    (struct case_sign){.role = own(c, d, "role"), .actor = arena_str(&c->mem, ev->actor), .ts = ev->ts};
}

static void
on_grade(struct casefile *c, struct json d, const struct case_event *ev)
{
	(void)ev;
	c->grade = own(c, d, "grade");
	c->grade_asked = STR("");
	c->nsign = 0;
}

/* --- events of a task; d holds its id --------------------------------------------------------------------------------- */

static void
on_task_add(struct casefile *c, struct json d, const struct case_event *ev)
{
	struct str id = own(c, d, "task");
	struct case_task *t;
	int64_t due = time_of(d, "due", &c->mem);

	if (id.n == 0 || c->ntask >= TASKS_MAX || casefile_task(c, id) != NULL)
		return;
	t = new_task(c, id);
	t->department = own(c, d, "department");
	own_text(c, json_get(d, "duty"), &t->duty_zh, &t->duty_en);
	t->assignee = own(c, d, "assignee");
	t->nafter = own_list(c, json_get(d, "after"), &t->after);
	t->sign_off = own(c, d, "sign_off");
	t->text = own(c, d, "text");
	t->source = own(c, d, "source");
	t->clock = json_get(d, "clock").type == JSON_TRUE;
	t->plan = json_get(d, "plan").type == JSON_TRUE;
	t->since = ev->ts;
	t->deadline_s = due > ev->ts ? due - ev->ts : 0;
	t->due = due;
}

static void
on_task_start(struct casefile *c, struct case_task *t, struct json d, const struct case_event *ev)
{
	(void)d;
	if (t->state != TASK_OPEN)
		return;
	t->state = TASK_STARTED;
	t->started = ev->ts;
	if (t->assignee.n == 0)
		t->assignee = arena_str(&c->mem, ev->actor);
}

static void
finish(struct casefile *c, struct case_task *t, enum task_state state, struct str reason, const struct case_event *ev)
{
	t->state = state;
	t->done = ev->ts;
	t->done_by = arena_str(&c->mem, ev->actor);
	t->reason = reason;
	if (t->every_s > 0) {
		t->done = 0;
		next_round(t, ev->ts);
	}
}

static void
on_task_done(struct casefile *c, struct case_task *t, struct json d, const struct case_event *ev)
{
	struct case_task *update = casefile_task(c, STR("update"));

	if (over(t))
		return;
	finish(c, t, TASK_DONE, own(c, d, "note"), ev);
	if (str_is(t->text, "statement") && update != NULL && update->every_s > 0 && !over(update))
		next_round(update, ev->ts); /* a statement is an update */
}

static void
on_task_skip(struct casefile *c, struct case_task *t, struct json d, const struct case_event *ev)
{
	if (!over(t))
		finish(c, t, TASK_SKIPPED, own(c, d, "reason"), ev);
}

static void
on_task_reopen(struct casefile *c, struct case_task *t, struct json d, const struct case_event *ev)
{
	(void)c;
	(void)d;
	(void)ev;
	t->state = t->started != 0 ? TASK_STARTED : TASK_OPEN;
	t->done = 0;
	t->done_by = t->reason = t->signed_by = t->signed_role = STR("");
}

static void
on_task_depend(struct casefile *c, struct case_task *t, struct json d, const struct case_event *ev)
{
	struct str *after = arena_alloc(&c->mem, (t->nafter + 1) * sizeof *after), id = own(c, d, "after");

	(void)ev;
	for (size_t i = 0; i < t->nafter; i++)
		if (str_eq(t->after[i], id))
			return;
	memcpy(after, t->after, t->nafter * sizeof *after);
	after[t->nafter++] = id;
	t->after = after;
}

static void
on_task_delegate(struct casefile *c, struct case_task *t, struct json d, const struct case_event *ev)
{
	(void)ev;
	t->assignee = own(c, d, "to");
	t->department = first_of(own(c, d, "department"), t->department);
}

static void
on_task_sign(struct casefile *c, struct case_task *t, struct json d, const struct case_event *ev)
{
	t->signed_role = own(c, d, "role");
	t->signed_by = arena_str(&c->mem, ev->actor);
}

static void
on_task_escalate(struct casefile *c, struct case_task *t, struct json d, const struct case_event *ev)
{
	(void)c;
	(void)ev;
	t->escalated = json_int_or(json_get(d, "step"), t->escalated);
}

static void
on_task_due(struct casefile *c, struct case_task *t, struct json d, const struct case_event *ev)
{
	int64_t due = time_of(d, "due", &c->mem);

	if (due == 0)
		return;
	t->due = due;
	t->since = ev->ts;
	t->deadline_s = due > ev->ts ? due - ev->ts : 0;
	t->escalated = 0;
}

static const struct {
	const char *kind;
	void (*fn)(struct casefile *, struct json, const struct case_event *);
} case_kinds[] = {
    {"case.open", on_open},
    {"case.raise", on_raise},
    {"case.lower", on_lower},
    {"case.incident", on_incident},
    {"case.return", on_return},
    {"case.apply", on_apply},
    {"case.pause", on_pause},
    {"case.resume", on_resume},
    {"case.close", on_close},
    {"case.reopen", on_reopen},
    {"case.assign", on_assign},
    {"case.note", on_note},
    {"case.attach", on_attach},
    {"case.link", on_link},
    {"case.merge", on_merge},
    {"case.absorb", on_absorb},
    {"case.split", on_nothing},
    {"case.import", on_nothing},
    {"case.correct", on_correct},
    {"release.sign", on_sign},
    {"release.grade", on_grade},
    {"task.add", on_task_add},
};

static const struct {
	const char *kind;
	void (*fn)(struct casefile *, struct case_task *, struct json, const struct case_event *);
} task_kinds[] = {
    {"task.start", on_task_start},
    {"task.done", on_task_done},
    {"task.skip", on_task_skip},
    {"task.reopen", on_task_reopen},
    {"task.depend", on_task_depend},
    {"task.delegate", on_task_delegate},
    {"task.sign", on_task_sign},
    {"task.escalate", on_task_escalate},
    {"task.due", on_task_due},
};

/* What other programs write about a case and what changes nothing here. */
static bool
foreign(struct str kind)
{
	return str_starts(kind, STR("draft.")) || str_starts(kind, STR("notice.")) ||
	    str_starts(kind, STR("review.")) || str_starts(kind, STR("post.")) || str_starts(kind, STR("import."));
}

bool
casefile_vouches(struct str kind)
{
	return str_starts(kind, STR("draft.")) || str_starts(kind, STR("release.")) || str_is(kind, "task.sign") ||
	    str_is(kind, "case.import");
}

struct str
casefile_past(struct str kind)
{
	struct str past = str_starts(kind, STR("import.")) ? str_sub(kind, 7, kind.n) : kind;

	return casefile_vouches(past) ? past : kind;
}

static void
note_change(struct casefile *c, struct json d, const struct case_event *ev)
{
	c->seq = ev->seq;
	if (str_is(ev->kind, "case.incident"))
		return; /* a quiet snapshot */
	c->updated = ev->ts;
	c->change_what = arena_str(&c->mem, ev->kind);
	c->change_by = arena_str(&c->mem, ev->actor);
	c->change_at = ev->ts;
	c->change_task = own(c, d, "task");
	c->change_note = first_of(own(c, d, "reason"), own(c, d, "note"));
	c->change_from = CASE_NO_LEVEL;
	for (size_t i = 0; i < c->ntask; i++)
		c->task[i].change = false;
}

int
casefile_apply(struct casefile *c, const struct case_event *ev, struct err *e)
{
	struct json_fault f;
	struct json d;

	if (!json_valid(ev->data, &f))
		return err_set(e, ERR_DATA, "event %lld: damaged data", (long long)ev->seq);
	d = json_view(ev->data);
	if (c->state == CASE_NONE && !str_is(ev->kind, "case.open") && !foreign(ev->kind))
		return err_set(e, ERR_DATA, "event %lld (%.*s) comes before the opening of case %.*s",
		    (long long)ev->seq, STRF(ev->kind), STRF(c->id));
	for (size_t i = 0; i < sizeof case_kinds / sizeof case_kinds[0]; i++)
		if (str_is(ev->kind, case_kinds[i].kind)) {
			note_change(c, d, ev);
			case_kinds[i].fn(c, d, ev);
			return 0;
		}
	for (size_t i = 0; i < sizeof task_kinds / sizeof task_kinds[0]; i++)
		if (str_is(ev->kind, task_kinds[i].kind)) {
			struct case_task *t = casefile_task(c, json_str(json_get(d, "task"), &c->mem));

			if (t == NULL)
				return err_set(e, ERR_DATA, "event %lld (%.*s): case %.*s has no such task",
				    (long long)ev->seq, STRF(ev->kind), STRF(c->id));
			note_change(c, d, ev);
			t->change = true;
			task_kinds[i].fn(c, t, d, ev);
			return 0;
		}
	if (foreign(ev->kind)) {
		c->seq = ev->seq;
		return 0;
	}
	return err_set(e, ERR_DATA, "event %lld: '%.*s' is of a newer tocsin", (long long)ev->seq, STRF(ev->kind));
}

bool
casefile_signed(const struct casefile *c, struct buf *missing)
{
	bool all = true, two = c->level != CASE_RED;

	for (size_t i = 0; i < c->napprove; i++) {
		bool have = false;

		for (size_t k = 0; k < c->nsign; k++)
			have = have || str_eq(c->sign[k].role, c->approve[i]);
		if (!have) {
			buf_printf(missing, "%s%.*s", missing->n > 0 ? ", " : "", STRF(c->approve[i]));
			all = false;
		}
	}
	for (size_t k = 1; k < c->nsign; k++)
		two = two || !str_eq(c->sign[k].actor, c->sign[0].actor);
	if (c->nsign == 0) {
		if (all)
			buf_puts(missing, "a signature");
		return false;
	}
	if (all && !two)
		buf_puts(missing, "a second person");
	return all && two;
}

/* --- records ---------------------------------------------------------------------------------------------------------- */

void
casefile_open_data(struct buf *out, struct json incident, struct str title, bool drill)
{
	struct jw w = jw_open(out);

	jw_obj(&w);
	jw_kstr_opt(&w, "title", title);
	if (drill)
		jw_kbool(&w, "drill", true);
	jw_kraw(&w, "incident", incident.raw);
	jw_end(&w);
}

static void
text_json(struct jw *w, const char *key, struct str zh, struct str en)
{
	if (zh.n == 0 && en.n == 0)
		return;
	jw_key(w, key);
	jw_obj(w);
	jw_kstr_opt(w, "zh", zh);
	jw_kstr_opt(w, "en", en);
	jw_end(w);
}

static void
strs_json(struct jw *w, const char *key, const struct str *v, size_t n)
{
	if (n == 0)
		return;
	jw_key(w, key);
	jw_arr(w);
	for (size_t i = 0; i < n; i++)
		jw_str(w, v[i]);
	jw_end(w);
}

/* What a task has in its own record and in the case's list. */
static void
task_members(const struct case_task *t, struct jw *w)
{
	jw_kstr_opt(w, "department", t->department);
	text_json(w, "duty", t->duty_zh, t->duty_en);
	jw_kstr(w, "state", task_state_name(t->state));
	jw_kstr_opt(w, "assignee", t->assignee);
	jw_ktime_opt(w, "due", t->due);
	if (t->deadline_s > 0)
		jw_kint(w, "deadline_s", t->deadline_s);
	strs_json(w, "after", t->after, t->nafter);
	jw_kstr_opt(w, "sign_off", t->sign_off);
	jw_kstr_opt(w, "signed_by", t->signed_by);
	jw_kstr_opt(w, "text", t->text);
	jw_kstr_opt(w, "source", t->source);
	if (t->clock)
		jw_kbool(w, "clock", true);
	jw_ktime_opt(w, "started", t->started);
	jw_ktime_opt(w, "done", t->done);
	jw_kstr_opt(w, "done_by", t->done_by);
	jw_kstr_opt(w, "note", t->reason);
	if (t->escalated > 0)
		jw_kint(w, "escalated", t->escalated);
	if (t->every_s > 0) {
		jw_kint(w, "every_s", t->every_s);
		if (t->times > 0)
			jw_kint(w, "times", t->times);
		jw_ktime_opt(w, "last", t->last);
	}
}

void
casefile_task_members(const struct casefile *c, const struct case_task *t, struct jw *w)
{
	jw_kcstr(w, "kind", "task");
	jw_key(w, "id");
	{
		struct arena a = {0};

		jw_str(w, arena_printf(&a, "%.*s/%.*s", STRF(c->id), STRF(t->id)));
		arena_free(&a);
	}
	jw_kstr(w, "case", c->id);
	jw_kstr(w, "task", t->id);
	jw_kstr_opt(w, "subject", c->subject);
	jw_kstr_opt(w, "type", c->type);
	jw_kstr_opt(w, "level", case_level_name(c->level));
	if (c->drill)
		jw_kbool(w, "drill", true);
	task_members(t, w);
}

void
casefile_task_json(const struct casefile *c, const struct case_task *t, struct buf *out)
{
	struct jw w = jw_open(out);

	jw_obj(&w);
	casefile_task_members(c, t, &w);
	jw_end(&w);
}

static void
playbook_json(const struct casefile *c, struct jw *w)
{
	if (c->playbook.n == 0)
		return;
	jw_key(w, "playbook");
	jw_obj(w);
	jw_kstr(w, "id", c->playbook);
	jw_kstr_opt(w, "version", c->playbook_version);
	jw_kstr_opt(w, "hash", c->playbook_hash);
	text_json(w, "title", c->playbook_title_zh, c->playbook_title_en);
	jw_end(w);
}

static void
release_json(const struct casefile *c, struct jw *w)
{
	if (c->grade.n == 0 && c->grade_asked.n == 0 && c->napprove == 0)
		return;
	jw_key(w, "release");
	jw_obj(w);
	jw_kstr_opt(w, "grade", c->grade);
	strs_json(w, "approve", c->approve, c->napprove);
	jw_kstr_opt(w, "asked", c->grade_asked);
	if (c->nsign > 0) {
		jw_key(w, "signed");
		jw_arr(w);
		for (size_t i = 0; i < c->nsign; i++) {
			jw_obj(w);
			jw_kstr(w, "role", c->sign[i].role);
			jw_kstr(w, "by", c->sign[i].actor);
			jw_ktime(w, "at", c->sign[i].ts);
			jw_end(w);
		}
		jw_end(w);
	}
	jw_end(w);
}

static void
lists_json(const struct casefile *c, struct jw *w)
{
	if (c->nlink > 0) {
		jw_key(w, "links");
		jw_arr(w);
		for (size_t i = 0; i < c->nlink; i++) {
			jw_obj(w);
			jw_kstr(w, "what", c->link[i].what);
			jw_kstr(w, "ref", c->link[i].ref);
			jw_end(w);
		}
		jw_end(w);
	}
	if (c->nfile > 0) {
		jw_key(w, "files");
		jw_arr(w);
		for (size_t i = 0; i < c->nfile; i++) {
			jw_obj(w);
			jw_kstr(w, "name", c->file[i].name);
			jw_kstr(w, "sha256", c->file[i].sha256);
			jw_kint(w, "bytes", c->file[i].bytes);
			jw_kstr_opt(w, "note", c->file[i].note);
			jw_end(w);
		}
		jw_end(w);
	}
	if (c->notes > 0)
		jw_kint(w, "notes", c->notes);
	strs_json(w, "absorbed", c->absorbed, c->nabsorbed);
	jw_kstr_opt(w, "merged_into", c->merged_into);
	jw_kstr_opt(w, "split_from", c->split_from);
}

static void
tasks_json(const struct casefile *c, struct jw *w)
{
	size_t open = casefile_open_tasks(c);

	if (c->ntask == 0)
		return;
	jw_key(w, "progress");
	jw_obj(w);
	jw_kint(w, "tasks", (int64_t)casefile_tasks(c));
	jw_kint(w, "open", (int64_t)open);
	jw_end(w);
	jw_key(w, "tasks");
	jw_arr(w);
	for (size_t i = 0; i < c->ntask; i++) {
		jw_obj(w);
		jw_kstr(w, "id", c->task[i].id);
		task_members(&c->task[i], w);
		jw_end(w);
	}
	jw_end(w);
}

/* What the incident said last, for those who write messages, texts and reports about the case. */
static void
latest_json(const struct casefile *c, struct jw *w)
{
	static const char *const keys[] = {"score", "window", "indicators", "facts", "why", "posts"};
	struct json incident = c->latest.n > 0 ? json_view(c->latest) : (struct json){0};

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		struct json v = json_get(incident, keys[i]);

		if (v.type != JSON_NONE && v.type != JSON_NULL)
			jw_kraw(w, keys[i], v.raw);
	}
}

static void
change_json(const struct casefile *c, struct jw *w)
{
	if (c->change_what.n == 0)
		return;
	jw_key(w, "change");
	jw_obj(w);
	jw_kstr(w, "what", c->change_what);
	jw_kstr(w, "by", c->change_by);
	jw_ktime(w, "at", c->change_at);
	jw_kstr_opt(w, "task", c->change_task);
	if (c->change_from != CASE_NO_LEVEL) {
		jw_kstr(w, "from", case_level_name(c->change_from));
		jw_kstr(w, "to", case_level_name(c->level));
	}
	jw_kstr_opt(w, "note", c->change_note);
	jw_end(w);
}

void
casefile_json(const struct casefile *c, struct buf *out)
{
	struct jw w = jw_open(out);

	jw_obj(&w);
	jw_kcstr(&w, "kind", "case");
	jw_kstr(&w, "id", c->id);
	jw_kstr_opt(&w, "incident", c->incident);
	jw_kstr_opt(&w, "subject", c->subject);
	jw_kstr_opt(&w, "type", c->type);
	if (c->type_fixed)
		jw_kbool(&w, "type_fixed", true);
	jw_kstr_opt(&w, "industry", c->industry);
	jw_kstr_opt(&w, "level", case_level_name(c->level));
	jw_kstr(&w, "state", case_state_name(c->state));
	jw_kstr_opt(&w, "title", c->title);
	jw_kstr_opt(&w, "owner", c->owner);
	if (c->drill)
		jw_kbool(&w, "drill", true);
	jw_ktime(&w, "opened", c->opened);
	jw_ktime_opt(&w, "updated", c->updated);
	jw_ktime_opt(&w, "closed", c->closed);
	jw_ktime_opt(&w, "paused", c->paused);
	jw_kstr_opt(&w, "reason", c->close_reason);
	jw_ktime_opt(&w, "due", casefile_due(c));
	playbook_json(c, &w);
	release_json(c, &w);
	if (c->updates_s > 0)
		jw_kint(&w, "updates_s", c->updates_s);
	tasks_json(c, &w);
	lists_json(c, &w);
	latest_json(c, &w);
	change_json(c, &w);
	jw_end(&w);
}
