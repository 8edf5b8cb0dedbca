/* Where the facts of a report come from: records of a pipe, the store, or both. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/msg.h"
#include "cli/path.h"
#include "model/casefile.h"
#include "report.h"

enum { DAY = 86400, STORE_TEXTS = 200, CASE_BEFORE = 6 * 3600 };

const char *const kind_name[KINDS + 1] = {"flash", "daily", "weekly", "monthly", "case", "dashboard", NULL};

static const int64_t kind_span[KINDS] = {DAY, DAY, 7 * DAY, 30 * DAY, 0, DAY};

int
level_rank(struct str level)
{
	static const char *const name[] = {"blue", "yellow", "orange", "red"};

	for (int i = 0; i < 4; i++)
		if (str_is(level, name[i]))
			return i + 1;
	return 0;
}

size_t
strs_of(struct facts *f, struct json list, struct str **out)
{
	struct json_iter it = json_iter(list);
	struct str key;
	struct json v;
	size_t n = 0;

	*out = NULL;
	while (json_next(&it, &key, &v))
		n += v.type == JSON_STR;
	if (n == 0)
		return 0;
	*out = arena_alloc(&f->mem, n * sizeof **out);
	n = 0;
	it = json_iter(list);
	while (json_next(&it, &key, &v))
		if (v.type == JSON_STR)
			(*out)[n++] = arena_str(&f->mem, json_str(v, &f->mem));
	return n;
}

static struct str
str_of(struct facts *f, struct json obj, const char *key)
{
	return arena_str(&f->mem, json_str(json_get(obj, key), &f->mem));
}

static int64_t
time_of(struct facts *f, struct json obj, const char *key)
{
	int64_t t = 0;

	return clock_parse(json_str(json_get(obj, key), &f->mem), &t) ? t : 0;
}

/* --- crises --- */

static struct crisis *
crisis_new(struct facts *f)
{
	struct crisis *c = arena_zalloc(&f->mem, sizeof *c);

	f->crisis = arena_grow(&f->mem, f->crisis, &f->crisis_cap, f->ncrisis, sizeof *f->crisis);
	return f->crisis[f->ncrisis++] = c;
}

/* The crisis of this incident or case; made when it is new. Ids may be empty. */
static struct crisis *
crisis_of(struct facts *f, struct str incident, struct str case_id)
{
	uintptr_t *v = case_id.n > 0 ? map_get(&f->by_case, case_id) : NULL;
	struct crisis *c;

	if (v == NULL && incident.n > 0)
		v = map_get(&f->by_incident, incident);
	/* two cases may stand for one incident */
	if (v != NULL && case_id.n > 0 && ((struct crisis *)*v)->case_id.n > 0 && !str_eq(((struct crisis *)*v)->case_id, case_id))
		v = NULL;
	c = v != NULL ? (struct crisis *)*v : crisis_new(f);
	if (incident.n > 0 && c->id.n == 0) {
		c->id = arena_str(&f->mem, incident);
		*map_put(&f->by_incident, incident, NULL) = (uintptr_t)c;
	}
	if (case_id.n > 0 && c->case_id.n == 0) {
		c->case_id = arena_str(&f->mem, case_id);
		*map_put(&f->by_case, case_id, NULL) = (uintptr_t)c;
	}
	return c;
}

static void
take(struct facts *f, struct str *field, struct json obj, const char *key)
{
	struct str s = json_str(json_get(obj, key), &f->mem);

	if (s.n > 0)
		*field = arena_str(&f->mem, s);
}

static void
raise_peak(struct crisis *c, struct str level)
{
	if (level_rank(level) > level_rank(c->peak))
		c->peak = level;
}

/* "2026-11-22T01:34:51Z raised to blue: …" without the time, which is shown in local time beside it. */
static struct str
without_time(struct str s)
{
	int64_t t;

	return s.n > 21 && clock_parse(str_sub(s, 0, 20), &t) && s.p[20] == ' ' ? str_sub(s, 21, s.n) : s;
}

/* "raised to blue (blue.people): many more …" without what stands beside it anyway. */
static struct str
without_rule(struct str s, struct str rule)
{
	ptrdiff_t at = rule.n > 0 ? str_find(s, rule) : -1;
	struct str rest;

	if (at < 0)
		return s;
	rest = str_sub(s, (size_t)at + rule.n, s.n);
	if (str_starts(rest, STR("）：")))
		return str_sub(rest, strlen("）："), rest.n);
	if (str_starts(rest, STR("): ")))
		return str_sub(rest, 3, rest.n);
	return s;
}

static size_t
why_of(struct facts *f, struct json v, struct str **out)
{
	if (v.type != JSON_STR)
		return strs_of(f, v, out);
	*out = arena_alloc(&f->mem, sizeof **out);
	**out = without_time(arena_str(&f->mem, json_str(v, &f->mem)));
	return 1;
}

static struct change *
change_new(struct facts *f, struct crisis *c, int64_t t, struct str from, struct str to)
{
	c->change = arena_grow(&f->mem, c->change, &c->change_cap, c->nchange, sizeof *c->change);
	c->change[c->nchange] = (struct change){.t = t, .from = from, .to = to};
	return &c->change[c->nchange++];
}

/* The incident's own path of levels replaces what was known before. */
static void
take_path(struct facts *f, struct crisis *c, struct json incident)
{
	struct json_iter it = json_iter(json_get(incident, "path"));
	struct str key;
	struct json v;
	bool first = true;

	while (json_next(&it, &key, &v)) {
		int64_t t = time_of(f, v, "at");
		struct str level = str_of(f, v, "level");
		struct change *k;

		if (t == 0 || (level_rank(level) == 0 && !str_is(level, "closed")))
			continue;
		if (first)
			c->nchange = 0;
		first = false;
		k = change_new(f, c, t, str_of(f, v, "from"), level);
		k->nwhy = why_of(f, json_get(v, "why"), &k->why);
		k->npost = strs_of(f, json_get(v, "posts"), &k->post);
		k->by = str_of(f, v, "rule");
		if (k->nwhy == 1)
			k->why[0] = without_rule(k->why[0], k->by);
		raise_peak(c, level);
	}
}

static void
take_incident(struct facts *f, struct crisis *c, struct json v)
{
	struct str old = c->level;
	struct json path = json_get(v, "path"), play = json_get(v, "playbook");
	int64_t t = time_of(f, v, "opened");

	c->incident = json_view(arena_str(&f->mem, v.raw));
	take(f, &c->subject, v, "subject");
	take(f, &c->type, v, "type");
	take(f, &c->level, v, "level");
	raise_peak(c, c->level);
	{
		struct str peak = str_of(f, v, "peak");

		raise_peak(c, peak);
	}
	if (t != 0 && (c->opened == 0 || t < c->opened))
		c->opened = t;
	t = time_of(f, v, "closed");
	if (t != 0 && c->case_id.n == 0)
		c->closed = t;
	if (play.type == JSON_OBJ)
		c->playbook = json_view(arena_str(&f->mem, play.raw));
	if (path.type == JSON_ARR) {
		take_path(f, c, v);
	} else if (!str_eq(old, c->level)) {
		struct change *k;

		t = time_of(f, json_get(v, "window"), "to");
		k = change_new(f, c, t != 0 ? t : c->opened, old, c->level);
		k->nwhy = why_of(f, json_get(v, "why"), &k->why);
	}
}

static void
take_tasks(struct facts *f, struct crisis *c, struct json list)
{
	struct json_iter it = json_iter(list);
	struct str key;
	struct json v;
	size_t n = 0;

	while (json_next(&it, &key, &v))
		n++;
	c->task = arena_zalloc(&f->mem, (n + 1) * sizeof *c->task);
	c->ntask = 0;
	it = json_iter(list);
	while (json_next(&it, &key, &v))
		c->task[c->ntask++] = (struct task){.id = str_of(f, v, "id"), .department = str_of(f, v, "department"),
		    .duty_zh = str_of(f, json_get(v, "duty"), "zh"), .duty_en = str_of(f, json_get(v, "duty"), "en"),
		    .state = str_of(f, v, "state"), .assignee = str_of(f, v, "assignee"), .source = str_of(f, v, "source"),
		    .sign_off = str_of(f, v, "sign_off"), .signed_by = str_of(f, v, "signed_by"), .note = str_of(f, v, "note"),
		    .done_by = str_of(f, v, "done_by"), .due = time_of(f, v, "due"), .done = time_of(f, v, "done"),
		    .started = time_of(f, v, "started"), .escalated = json_int_or(json_get(v, "escalated"), 0),
		    .clock = json_get(v, "clock").type == JSON_TRUE};
}

static void
take_case(struct facts *f, struct crisis *c, struct json v)
{
	c->record = json_view(arena_str(&f->mem, v.raw));
	take(f, &c->subject, v, "subject");
	take(f, &c->type, v, "type");
	take(f, &c->level, v, "level");
	take(f, &c->state, v, "state");
	take(f, &c->title, v, "title");
	take(f, &c->owner, v, "owner");
	take(f, &c->reason, v, "reason");
	raise_peak(c, c->level);
	if (time_of(f, v, "opened") != 0)
		c->opened = time_of(f, v, "opened");
	c->updated = time_of(f, v, "updated");
	c->closed = time_of(f, v, "closed");
	c->due = time_of(f, v, "due");
	if (c->playbook.type != JSON_OBJ)
		c->playbook = json_get(c->record, "playbook");
	take_tasks(f, c, json_get(v, "tasks"));
	if (str_is(c->state, "merged")) { /* its tasks count where it went */
		c->ntask = 0;
		c->closed = c->closed != 0 ? c->closed : c->updated;
	}
}

/* --- records of a pipe --- */

static void
take_notice(struct facts *f, struct json v)
{
	struct store_notice n = {.n = json_int_or(json_get(v, "n"), 0), .key = str_of(f, v, "id"), .channel = str_of(f, v, "channel"),
	    .target = str_of(f, v, "target"), .ref = str_of(f, v, "about"), .state = str_of(f, v, "state"),
	    .level = str_of(f, v, "level"), .title = str_of(f, v, "title"), .error = str_of(f, v, "error"),
	    .attempts = json_int_or(json_get(v, "attempts"), 0), .created = time_of(f, v, "at"), .updated = time_of(f, v, "at")};

	f->notice = arena_grow(&f->mem, f->notice, &f->notice_cap, f->nnotice, sizeof *f->notice);
	f->notice[f->nnotice++] = n;
}

static void
take_draft(struct facts *f, struct json v)
{
	struct str of = json_str(json_get(v, "case"), &f->mem);
	struct crisis *c;
	struct json_iter it;
	struct str key;
	struct json a;
	struct text t = {.d = {.id = str_of(f, v, "id"), .version = json_int_or(json_get(v, "version"), 1), .kind = str_of(f, v, "form"),
	                     .lang = str_of(f, v, "lang"), .state = str_of(f, v, "state"), .text = str_of(f, v, "text"),
	                     .created = time_of(f, v, "created"), .updated = time_of(f, v, "updated")}};
	struct str sha = json_str(json_get(v, "sha256"), &f->mem);
	size_t cap = 0;

	if (of.n == 0)
		return;
	if (sha.n < sizeof t.d.sha256)
		memcpy(t.d.sha256, sha.p, sha.n);
	it = json_iter(json_get(v, "approvals"));
	while (json_next(&it, &key, &a)) {
		t.sign = arena_grow(&f->mem, t.sign, &cap, t.nsign, sizeof *t.sign);
		t.sign[t.nsign++] = (struct store_approval){.role = str_of(f, a, "role"), .actor = str_of(f, a, "actor"),
		    .approve = json_get(a, "approve").type == JSON_TRUE, .ts = time_of(f, a, "at")};
	}
	c = crisis_of(f, STR(""), of);
	for (size_t i = 0; i < c->ntext; i++)
		if (str_eq(c->text[i].d.id, t.d.id)) { /* a later version */
			c->text[i] = t;
			return;
		}
	c->text = arena_grow(&f->mem, c->text, &c->text_cap, c->ntext, sizeof *c->text);
	c->text[c->ntext++] = t;
}

static bool
wanted(struct facts *f, struct json v)
{
	const char *want = f->conf->subject;

	return want == NULL || str_is(json_str(json_get(v, "subject"), &f->mem), want);
}

/* Tells apart records that were read to no use. */
static void
take_record(struct facts *f, struct rec *r)
{
	struct json v = json_view(r->line);
	enum rec_kind kind = rec_kind(r);

	f->read++;
	switch (kind) {
	case KIND_POST:
		tally_post(&f->tally, v);
		break;
	case KIND_INCIDENT:
		if (wanted(f, v))
			take_incident(f, crisis_of(f, rec_str(r, "id"), STR("")), v);
		break;
	case KIND_CASE:
		if (wanted(f, v))
			take_case(f, crisis_of(f, rec_str(r, "incident"), rec_str(r, "id")), v);
		break;
	case KIND_NOTICE:
		take_notice(f, v);
		break;
	case KIND_DRAFT:
		take_draft(f, v);
		break;
	default:
		f->other++;
		break;
	}
}

static void
read_run(struct facts *f, struct run *run)
{
	struct rec r = {0};

	while (run_next(run, &r))
		take_record(f, &r);
	f->bad = (int64_t)run->nbad;
	rec_free(&r);
}

/* --case without a store: the one whose id begins so. */
static void
only_case(struct facts *f)
{
	struct crisis *found = NULL;
	struct err e;

	for (size_t i = 0; i < f->ncrisis && found == NULL; i++)
		if (f->crisis[i]->case_id.n > 0 && str_starts(f->crisis[i]->case_id, str_c(f->conf->case_id)))
			found = f->crisis[i];
	if (found == NULL) {
		err_set(&e, ERR_NO, "no case '%s'", f->conf->case_id);
		msg_die(&e);
	}
	f->crisis[0] = found;
	f->ncrisis = 1;
}

/* --- the store --- */

static int
on_post(void *ctx, struct str json, struct err *e)
{
	struct tally *t = ctx;

	(void)e;
	tally_post(t, json_view(json));
	return 0;
}

static int
on_case(void *ctx, const struct store_case *c, struct err *e)
{
	struct facts *f = ctx;
	int64_t end = c->closed != 0 ? c->closed : c->updated;
	bool open = str_is(c->state, "open");

	(void)e;
	f->cases_opened += c->opened >= f->from && c->opened < f->until;
	f->cases_closed += c->closed != 0 && c->closed >= f->from && c->closed < f->until;
	if (c->opened > f->until || (!open && end < f->from))
		return 0;
	take_case(f, crisis_of(f, c->incident, c->id), json_view(c->json));
	return 0;
}

/* Level changes of the case, where its incident does not tell its own path. */
static void
event_change(struct facts *f, struct crisis *c, const struct fact *v)
{
	struct json incident = json_get(v->data, "incident");
	bool open = str_is(v->kind, "case.open"), raise = str_is(v->kind, "case.raise"), lower = str_is(v->kind, "case.lower");
	struct change *k;
	struct str to = str_of(f, v->data, "to");

	if (str_is(v->kind, "case.apply") && json_get(v->data, "playbook").type == JSON_OBJ)
		c->playbook = json_get(v->data, "playbook");
	if (incident.type == JSON_OBJ) {
		int64_t opened = c->opened;
		struct str level = c->level, id = str_of(f, incident, "id");

		take_incident(f, c, incident);
		if (c->case_id.n > 0 && id.n > 0)
			c->level = level; /* the case has its own */
		c->opened = opened;
		if (json_get(incident, "path").type == JSON_ARR)
			return;
	}
	if (!open && !raise && !lower)
		return;
	if (to.n == 0)
		to = open ? str_of(f, incident, "level") : c->level;
	if (incident.type == JSON_OBJ && c->nchange > 0 && c->change[c->nchange - 1].nwhy > 0)
		return; /* told by the incident just taken */
	k = change_new(f, c, v->t, str_of(f, v->data, "from"), to);
	k->by = v->actor;
	k->nwhy = why_of(f, json_get(v->data, "reason"), &k->why);
	raise_peak(c, to);
}

struct events {
	struct facts *f;
	struct crisis *c;
	struct casefile state; /* folded up to the end of the period */
	bool later;            /* there are events behind it */
};

static int
on_event(void *ctx, const struct store_event *ev, struct err *e)
{
	struct events *k = ctx;
	struct facts *f = k->f;
	struct crisis *c = k->c;

	if (ev->ts > f->until) {
		k->later = true;
		return 1;
	}
	if (casefile_apply(&k->state, &(struct case_event){.seq = ev->seq, .ts = ev->ts, .actor = ev->actor, .kind = ev->kind, .data = ev->data}, e) != 0)
		return err_prefix(e, "case '%.*s'", STRF(c->case_id));
	c->fact = arena_grow(&f->mem, c->fact, &c->fact_cap, c->nfact, sizeof *c->fact);
	c->fact[c->nfact] = (struct fact){.seq = ev->seq, .t = ev->ts, .actor = arena_str(&f->mem, ev->actor),
	    .kind = arena_str(&f->mem, ev->kind), .data = json_view(arena_str(&f->mem, ev->data))};
	event_change(f, c, &c->fact[c->nfact++]);
	return 0;
}

static struct store_draft
keep_draft(struct facts *f, const struct store_draft *d)
{
	struct store_draft k = *d;
	struct str *field[] = {&k.id, &k.case_id, &k.kind, &k.lang, &k.audience, &k.stage, &k.state, &k.author, &k.text, &k.json};

	for (size_t i = 0; i < sizeof field / sizeof field[0]; i++)
		*field[i] = arena_str(&f->mem, *field[i]);
	return k;
}

static int
on_draft(void *ctx, const struct store_draft *d, struct err *e)
{
	struct events *k = ctx;
	struct crisis *c = k->c;

	(void)e;
	if (c->ntext >= STORE_TEXTS)
		return 1;
	if (d->created > k->f->until)
		return 0;
	c->text = arena_grow(&k->f->mem, c->text, &c->text_cap, c->ntext, sizeof *c->text);
	c->text[c->ntext++] = (struct text){.d = keep_draft(k->f, d)};
	return 0;
}

struct signs {
	struct facts *f;
	struct text *t;
	size_t cap;
};

static int
on_approval(void *ctx, const struct store_approval *a, struct err *e)
{
	struct signs *k = ctx;
	struct arena *m = &k->f->mem;

	(void)e;
	k->t->sign = arena_grow(m, k->t->sign, &k->cap, k->t->nsign, sizeof *k->t->sign);
	k->t->sign[k->t->nsign++] = (struct store_approval){.draft_id = arena_str(m, a->draft_id), .version = a->version,
	    .sha256 = arena_str(m, a->sha256), .role = arena_str(m, a->role), .actor = arena_str(m, a->actor), .approve = a->approve,
	    .reason = arena_str(m, a->reason), .ts = a->ts};
	return 0;
}

static int
on_notice(void *ctx, const struct store_notice *n, struct err *e)
{
	struct facts *f = ctx;
	struct store_notice k = *n;
	struct str *field[] = {&k.key, &k.channel, &k.target, &k.ref, &k.level, &k.title, &k.body_sha, &k.group, &k.state, &k.error, &k.remote, &k.acked_by};

	(void)e;
	if (n->created >= f->until && f->range_given)
		return 0;
	for (size_t i = 0; i < sizeof field / sizeof field[0]; i++)
		*field[i] = arena_str(&f->mem, *field[i]);
	k.body = k.json = (struct str){0};
	f->notice = arena_grow(&f->mem, f->notice, &f->notice_cap, f->nnotice, sizeof *f->notice);
	f->notice[f->nnotice++] = k;
	return 0;
}

static void
read_case_parts(struct facts *f, struct store *s, struct crisis *c)
{
	struct events k = {.f = f, .c = c};
	struct store_event_query q = {.case_id = c->case_id};
	struct err e;

	casefile_init(&k.state, c->case_id);
	if (store_events(s, &q, on_event, &k, &e) != 0 || store_drafts(s, c->case_id, false, on_draft, &k, &e) != 0)
		msg_die(&e);
	if (k.later && c->nfact > 0) { /* the case as it was at the end of the period */
		struct buf json = {0};

		casefile_json(&k.state, &json);
		c->peak = STR("");
		for (size_t i = 0; i < c->nchange; i++)
			raise_peak(c, c->change[i].to);
		take_case(f, c, json_view(arena_str(&f->mem, buf_view(&json))));
		buf_free(&json);
	}
	casefile_free(&k.state);
	for (size_t i = 0; i < c->ntext; i++) {
		struct signs g = {.f = f, .t = &c->text[i]};

		if (store_approvals(s, c->text[i].d.id, c->text[i].d.version, on_approval, &g, &e) != 0)
			msg_die(&e);
	}
}

/* --case: only this case; the period is its own unless given. */
static void
read_case(struct facts *f, struct store *s)
{
	struct arena *a = &f->mem;
	struct store_case c;
	struct str id, typed = str_c(f->conf->case_id);
	int64_t number;
	struct err e;
	int r;

	if (str_i64(typed, &number) && number > 0)
		typed = arena_printf(a, "c-%04d-%04lld", clock_civil(f->now).year, (long long)number);
	r = store_case_find(s, typed, a, &id, &e);
	if (r < 0)
		msg_die(&e);
	if (r == 1)
		r = store_case_get(s, id, a, &c, &e);
	if (r != 1) {
		err_set(&e, ERR_NO, r == 2 ? "several cases begin with '%s'" : "no case '%s'", f->conf->case_id);
		msg_die(&e);
	}
	take_case(f, crisis_of(f, c.incident, c.id), json_view(c.json));
	if (f->subject.n == 0 && c.subject.n > 0)
		f->subject = arena_str(a, c.subject);
	if (f->range_given) {
		read_case_parts(f, s, f->crisis[0]);
	} else {
		int64_t from;

		f->until = f->now;
		read_case_parts(f, s, f->crisis[0]);
		from = time_of(f, json_get(f->crisis[0]->incident, "window"), "from");

		f->from = from != 0 && from < c.opened ? from - from % 3600 : c.opened - CASE_BEFORE;
		f->until = c.closed != 0 && c.closed < f->now ? c.closed : f->now;
		if (f->until <= f->from)
			f->until = f->from + 3600;
		f->range_given = true;
	}
}

static void
read_store(struct facts *f, const struct conf *conf)
{
	struct err e;
	const char *path = path_store(conf->db, &e);
	struct store *s;
	struct store_query q;
	struct store_case_query cases = {0};
	struct store_notice_query notices = {0};
	int64_t seq = 0;

	if (path == NULL || store_open(path, STORE_READ, &s, &e) != 0)
		msg_die(&e);
	if (conf->kind == KIND_FILE) {
		read_case(f, s);
	} else {
		if (conf->subject != NULL)
			cases.subject = str_c(conf->subject);
		if (store_cases(s, &cases, on_case, f, &e) != 0)
			msg_die(&e);
		for (size_t i = 0; i < f->ncrisis; i++)
			if (f->crisis[i]->case_id.n > 0)
				read_case_parts(f, s, f->crisis[i]);
	}
	f->tally.o.from = f->from;
	f->tally.o.until = f->until;
	f->tally.o.subject = f->subject;
	q = (struct store_query){.since = f->from, .until = f->until, .subject = f->subject};
	if (store_posts(s, &q, on_post, &f->tally, &e) != 0)
		msg_die(&e);
	if (conf->kind != KIND_FILE) {
		tally_open(&f->before, &(struct tally_opts){.from = f->from - (f->until - f->from), .until = f->from, .subject = f->subject});
		q = (struct store_query){.since = f->before.o.from, .until = f->from, .subject = f->subject};
		if (store_posts(s, &q, on_post, &f->before, &e) != 0)
			msg_die(&e);
		tally_close(&f->before);
		f->compared = f->before.all.n > 0;
	}
	if (conf->kind == KIND_FILE)
		notices.ref = f->crisis[0]->case_id;
	else
		notices.since = f->from;
	if (store_notices(s, &notices, on_notice, f, &e) != 0)
		msg_die(&e);
	if (conf->kind == KIND_FILE && f->crisis[0]->id.n > 0) {
		notices.ref = f->crisis[0]->id;
		if (store_notices(s, &notices, on_notice, f, &e) != 0)
			msg_die(&e);
	}
	if (store_head(s, &seq, f->head, &e) != 0)
		msg_die(&e);
	f->head_seq = seq;
	f->read += f->tally.all.n;
	store_close(s);
}

/* --- all --- */

static int
by_weight(const void *a, const void *b)
{
	const struct crisis *x = *(struct crisis *const *)a, *y = *(struct crisis *const *)b;
	bool xo = x->closed == 0, yo = y->closed == 0;

	if (xo != yo)
		return xo ? -1 : 1;
	if (level_rank(x->level) != level_rank(y->level))
		return level_rank(y->level) - level_rank(x->level);
	if (x->opened != y->opened)
		return x->opened > y->opened ? -1 : 1;
	return str_cmp(x->case_id.n > 0 ? x->case_id : x->id, y->case_id.n > 0 ? y->case_id : y->id);
}

static int
by_time(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	if (x->t != y->t)
		return x->t < y->t ? -1 : 1;
	return level_rank(x->to) - level_rank(y->to);
}

static int
notice_order(const void *a, const void *b)
{
	const struct store_notice *x = a, *y = b;

	if (x->created != y->created)
		return x->created < y->created ? -1 : 1;
	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	return str_cmp(x->key, y->key);
}

/* The period of the records themselves: whole hours around what there is. */
static void
own_period(struct facts *f)
{
	int64_t first = f->tally.all.n > 0 ? f->tally.first : 0, end = f->tally.all.n > 0 ? f->tally.last + 1 : 0;

	for (size_t i = 0; i < f->ncrisis; i++) {
		const struct crisis *c = f->crisis[i];
		struct json window = json_get(c->incident, "window");
		int64_t from = time_of(f, window, "from"), to = time_of(f, window, "to");

		if (from == 0)
			from = c->opened;
		if (to == 0)
			to = c->nchange > 0 ? c->change[c->nchange - 1].t + 1 : from + 1;
		if (from != 0 && (first == 0 || from < first))
			first = from;
		if (to > end)
			end = to;
	}
	if (first == 0 && end == 0)
		return;
	f->from = first - (first % 3600 + 3600) % 3600;
	f->until = end + (3600 - (end % 3600 + 3600) % 3600) % 3600;
	if (f->until <= f->from)
		f->until = f->from + 3600;
}

/* Changes of level behind the end of the period, which a later look at the incident knows of. */
static void
drop_unborn(struct facts *f)
{
	for (size_t i = 0; i < f->ncrisis; i++) {
		struct crisis *c = f->crisis[i];
		size_t n = 0;

		for (size_t k = 0; k < c->nchange; k++)
			if (c->change[k].t <= f->until)
				c->change[n++] = c->change[k];
		c->nchange = n;
	}
}

void
gather(struct facts *f, const struct conf *conf, struct run *run)
{
	f->conf = conf;
	f->now = cli_now();
	f->range_given = conf->since != 0 || conf->until != 0;
	f->until = conf->until != 0 ? conf->until : f->now;
	f->from = conf->since != 0 ? conf->since : f->until - kind_span[conf->kind];
	if (conf->subject != NULL)
		f->subject = str_c(conf->subject);
	{
		bool open = conf->from_run && !conf->from_store && !f->range_given;

		tally_open(&f->tally, &(struct tally_opts){.from = open ? INT64_MIN : f->from, .until = open ? INT64_MAX : f->until,
		    .subject = f->subject, .ids = conf->ids > 12 ? (size_t)conf->ids : 12});
	}
	if (conf->from_run)
		read_run(f, run);
	if (conf->from_run && conf->kind == KIND_FILE && !conf->from_store)
		only_case(f);
	if (conf->from_store)
		read_store(f, conf);
	tally_close(&f->tally);
	if (!conf->from_store && !f->range_given)
		own_period(f);
	if (f->subject.n == 0 && f->tally.subject.n == 1)
		f->subject = f->tally.subject.g[0].key;
	if (f->subject.n == 0 && f->tally.subject.n == 0 && f->ncrisis == 1)
		f->subject = f->crisis[0]->subject;
	drop_unborn(f);
	if (f->ncrisis > 1)
		qsort(f->crisis, f->ncrisis, sizeof *f->crisis, by_weight);
	if (f->nnotice > 1)
		qsort(f->notice, f->nnotice, sizeof *f->notice, notice_order);
	for (size_t i = 0; i < f->ncrisis; i++)
		if (f->crisis[i]->nchange > 1)
			qsort(f->crisis[i]->change, f->crisis[i]->nchange, sizeof *f->crisis[i]->change, by_time);
}

void
facts_free(struct facts *f)
{
	tally_free(&f->tally);
	tally_free(&f->before);
	map_free(&f->by_incident);
	map_free(&f->by_case);
	arena_free(&f->mem);
}
