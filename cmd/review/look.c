/* Reading one case: its events, posts, texts and messages, and the figures that follow from them. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/path.h"
#include "ext/library.h"
#include "ext/subjects.h"
#include "model/baseline.h"
#include "model/textrule.h"
#include "model/wording.h"
#include "review.h"

enum { HOUR = 3600, DAY = 86400, BEFORE = DAY, BEHIND = 7 * DAY, LONGEST = 30 * DAY, HISTORY = 42 * DAY, QUARTER = 900, SHARE_LEAST = 20 };

static int64_t
hour_of(int64_t t)
{
	return t - ((t % HOUR) + HOUR) % HOUR;
}

/* --- events ------------------------------------------------------------------------------------------------------------- */

static int
on_event(void *ctx, const struct store_event *ev, struct err *e)
{
	struct looked *k = ctx;

	return case_review_event(&k->r,
	    &(struct case_event){.seq = ev->seq, .ts = ev->ts, .actor = ev->actor, .kind = ev->kind, .data = ev->data}, e);
}

struct str
case_id(struct store *s, struct arena *a, const char *typed, int64_t now)
{
	struct str id = str_c(typed);
	int64_t number;
	struct err e;
	int r = 0;

	if (str_i64(id, &number) && is_digit(typed[0]))
		id = arena_printf(a, "c-%04d-%04lld", clock_civil(now).year, (long long)number);
	if (id.n > 0)
		r = store_case_find(s, id, a, &id, &e);
	if (r == 1)
		return id;
	if (r >= 0)
		(void)err_set(&e, ERR_NO, r == 2 ? "several cases begin with '%s'" : "no case '%s'", typed);
	msg_die(&e);
}

/* --- what is usual ------------------------------------------------------------------------------------------------------ */

struct history {
	struct baseline base;
	struct coverage cover;
	double hour[24], all;
	int64_t offset, heard, from;
};

static int
on_heard(void *ctx, const struct store_point *p, struct err *e)
{
	struct history *h = ctx;

	(void)e;
	if (p->ts < h->from)
		coverage_add(&h->cover, p->ts / HOUR);
	else if (p->n > 0 && p->ts + HOUR > h->heard)
		h->heard = p->ts + HOUR;
	return 0;
}

static int
on_past(void *ctx, const struct store_point *p, struct err *e)
{
	struct history *h = ctx;
	struct base_hour *b = baseline_hour(&h->base, p->ts / HOUR);

	(void)e;
	b->v[BASE_NEGATIVE] = (float)p->neg;
	b->v[BASE_MENTIONS] = (float)p->n;
	b->v[BASE_AUTHORS] = (float)p->neg;
	b->set = true;
	h->hour[clock_civil(p->ts + h->offset).hour] += (double)p->n;
	h->all += (double)p->n;
	return 0;
}

static int
on_fetch(void *ctx, const struct store_fetch *f, struct err *e)
{
	int64_t *last = ctx;

	(void)e;
	if (f->last_ok > *last)
		*last = f->last_ok;
	return 0;
}

/* The usual hours, the rhythm of the day (the store's own, leaning on the common one while it is short), what was heard. */
static void
read_history(struct looked *k)
{
	struct history *h = arena_zalloc(&k->mem, sizeof *h);
	struct store_series_query all = {.since = k->from - HISTORY, .until = k->until};
	struct store_series_query own = {.since = k->from - HISTORY, .until = k->from, .subject = k->r.c.subject};
	struct course *c = k->course;
	int64_t fetched = 0;
	double mean, days;
	struct err e;

	h->offset = k->conf->offset;
	h->from = k->from;
	coverage_open(&h->cover);
	baseline_open(&h->base);
	if (store_series(k->s, &all, on_heard, h, &e) != 0 || store_series(k->s, &own, on_past, h, &e) != 0 ||
	    store_fetches(k->s, on_fetch, &fetched, &e) != 0)
		msg_die(&e);
	k->heard = h->heard > fetched ? h->heard : fetched;
	k->heard = k->heard < k->from ? k->from : k->heard < k->until ? k->heard : k->until;
	for (int64_t t = k->from / HOUR - HISTORY / HOUR; t < k->from / HOUR; t++)
		k->history_h += t >= h->cover.first && h->cover.heard[((t % BASE_HOURS) + BASE_HOURS) % BASE_HOURS] == t;
	days = (double)k->history_h / 24;
	mean = days > 0 ? h->all / ((double)k->history_h) : 0;
	for (int i = 0; i < 24; i++)
		k->rhythm[i] = mean > 0 ? (h->hour[i] + 7 * mean * baseline_rhythm(i)) / ((days + 7) * mean) : baseline_rhythm(i);
	for (size_t i = 0; i < c->n; i++)
		c->usual[i] = k->history_h > 0 ? baseline_usual(&h->base, &h->cover, BASE_NEGATIVE, c->from + (int64_t)(i + 1) * HOUR, k->conf->offset) : -1;
}

/* --- posts -------------------------------------------------------------------------------------------------------------- */

static int
on_post(void *ctx, struct str json, struct err *e)
{
	struct looked *k = ctx;

	(void)e;
	curve_add(&k->curve, json_view(json), k->r.c.subject, k->r.c.type, k->from, k->until);
	return 0;
}

static void
period(struct looked *k)
{
	int64_t start = k->r.found.t, last = k->r.last > k->r.c.closed ? k->r.last : k->r.c.closed;

	if (k->r.first_post.t != 0 && k->r.first_post.t < start && k->r.first_post.t > start - BEHIND)
		start = k->r.first_post.t;
	k->start = start;
	k->from = hour_of(start - BEFORE);
	k->until = last + BEHIND;
	if (k->until > k->from + LONGEST)
		k->until = k->from + LONGEST;
	if (k->until > k->now)
		k->until = k->now;
	if (k->until < k->from)
		k->until = k->from;
}

static void
read_posts(struct looked *k)
{
	struct store_query q = {.since = k->from, .until = k->until, .subject = k->r.c.subject, .drills = k->r.c.drill};
	struct course *c = k->course;
	struct err e;

	k->curve.own_since = k->r.found.t;
	if (k->r.c.subject.n > 0 && k->until > k->from && store_posts(k->s, &q, on_post, k, &e) != 0)
		msg_die(&e);
	curve_sort(&k->curve);
	c->from = k->from;
	c->n = (size_t)((k->until - k->from) / HOUR);
	if (c->n > COURSE_HOURS)
		c->n = COURSE_HOURS;
	read_history(k);
	if (k->r.c.drill) /* an exercise has no history, and is heard while it has posts */
		k->heard = k->curve.n > 0 ? hour_of(k->curve.v[k->curve.n - 1].t) + HOUR : k->from;
	if (k->heard > k->until)
		k->heard = k->until;
	c->n = k->heard > k->from && (size_t)((k->heard - k->from) / HOUR) < c->n ? (size_t)((k->heard - k->from) / HOUR) : k->heard <= k->from ? 0 : c->n;
	c->start = (size_t)((k->start - k->from) / HOUR);
	curve_buckets(&k->curve, c->from, HOUR, c->n, c->all, c->neg);
	course_find(c, k->rhythm, k->conf->offset);
	k->before_alert = k->r.alert.t != 0 ? curve_window(&k->curve, k->r.first_post.t != 0 ? k->r.first_post.t : k->from, k->r.alert.t).negative : 0;
	k->collected = k->curve.lag_n;
	for (size_t i = 0; i < k->curve.n; i++)
		k->late_collected += k->curve.v[i].late;
}

/* --- effects ------------------------------------------------------------------------------------------------------------ */

static int
moment_time(const void *a, const void *b)
{
	const struct moment *x = a, *y = b;

	if (x->t != y->t)
		return x->t < y->t ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static void
actions(struct looked *k)
{
	struct case_review *r = &k->r;
	int64_t w = k->conf->window;
	struct placebo *placebo = arena_alloc(&k->mem, PLACEBOS * sizeof *placebo);
	size_t nplacebo = r->naction > 0 ? effect_placebos(&k->curve, w, k->start, k->from, k->heard, k->rhythm, k->conf->offset, placebo) : 0;

	if (r->naction > 1)
		qsort(r->action, r->naction, sizeof *r->action, moment_time);
	k->action = arena_zalloc(&k->mem, (r->naction + 1) * sizeof *k->action);
	for (size_t i = 0; i < r->naction; i++) {
		struct action *a = k->naction > 0 ? &k->action[k->naction - 1] : NULL;

		if (a == NULL || r->action[i].t - a->t >= QUARTER) {
			a = &k->action[k->naction++];
			a->t = r->action[i].t;
			a->m = &r->action[i];
		}
		a->n++;
	}
	for (size_t i = 0; i < k->naction; i++) {
		struct action *a = &k->action[i];

		a->before = curve_window(&k->curve, a->t - w, a->t);
		a->after = curve_window(&k->curve, a->t, a->t + w);
		a->difference = effect_difference(a->before.negative, a->before.n, a->after.negative, a->after.n);
		a->full = a->t - w >= k->from && a->t + w <= k->heard;
		a->its = effect_its(&k->curve, a->t, w, k->from, k->heard, k->rhythm, k->conf->offset);
		effect_against(&a->its, a->t, w, placebo, nplacebo);
		for (size_t j = 0; j < k->naction; j++)
			a->others += j != i && k->action[j].t > a->t - w && k->action[j].t < a->t + w;
	}
}

/* Where the response began to be heard: a statement, else the first action, else the end of the worst hour. */
static struct moment
response_at(const struct looked *k)
{
	const struct moment *m = &k->r.clock[RESPONSE_STATEMENT].at;

	if (m->t != 0 && m->t >= k->from)
		return *m;
	if (k->naction > 0 && k->action[0].t >= k->from)
		return k->action[0].m[0];
	if (k->course->known)
		return (struct moment){.t = k->course->from + (int64_t)(k->course->peak + 1) * HOUR, .what = STR("curve")};
	return (struct moment){0};
}

static void
shares(struct looked *k)
{
	int64_t w = k->conf->window, at;
	struct window calm = {0};
	bool down = false;

	k->response = response_at(k);
	at = k->response.t;
	if (at == 0 || at >= k->heard)
		return;
	k->share_before = curve_window(&k->curve, at - w, at);
	k->share_after = curve_window(&k->curve, k->heard - w > at ? k->heard - w : at, k->heard);
	for (int64_t more = 2; more <= 8 && k->share_after.n < SHARE_LEAST && k->heard - more * w > at; more *= 2)
		k->share_after = curve_window(&k->curve, k->heard - more * w, k->heard);
	k->share_difference = effect_difference(k->share_before.negative, k->share_before.n, k->share_after.negative, k->share_after.n);
	k->share_told = k->share_before.n >= SHARE_LEAST && k->share_after.n >= SHARE_LEAST;
	if (k->share_told)
		k->share_verdict = k->share_difference.high < 0 ? VERDICT_LESS : k->share_difference.low > 0 ? VERDICT_MORE : VERDICT_SAME;
	for (k->block_s = w; k->block_s * BLOCKS < k->heard - at;)
		k->block_s *= 2;
	k->share_stays = true;
	for (int64_t t = at; t + k->block_s <= k->heard && k->nblock < BLOCKS; t += k->block_s) {
		struct window b = curve_window(&k->curve, t, t + k->block_s);
		struct interval d;

		k->block[k->nblock++] = b;
		if (b.n < SHARE_LEAST)
			continue;
		if (!down) {
			d = effect_difference(k->share_before.negative, k->share_before.n, b.negative, b.n);
			down = d.high < 0;
			calm = b;
			continue;
		}
		d = effect_difference(calm.negative, calm.n, b.negative, b.n);
		if (d.low > 0 && k->share_stays) {
			k->share_stays = false;
			k->share_back = k->nblock - 1;
		}
	}
}

static void
forecasts(struct looked *k)
{
	struct case_review *r = &k->r;

	k->foretold = arena_zalloc(&k->mem, (r->nforecast + 1) * sizeof *k->foretold);
	for (size_t i = 0; i < r->nforecast; i++) {
		const struct forecast_seen *f = &r->forecast[i];

		if (f->made < k->from || f->made + f->hours * HOUR > k->heard)
			continue;
		k->foretold[k->nforetold++] = (struct foretold){f, curve_typed(&k->curve, f->made, f->made + f->hours * HOUR)};
	}
}

/* --- texts and the playbook --------------------------------------------------------------------------------------------- */

struct texts {
	struct looked *k;
	struct wording *wording;
};

static void
on_phrase(void *ctx, const struct wording_hit *h)
{
	struct said *s = ctx;

	s->apologises = s->apologises || h->rule == WORDING_APOLOGY;
	s->denies = s->denies || h->rule == WORDING_DENY;
}

static bool
has_any(struct str text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (str_find(text, str_c(*words)) >= 0)
			return true;
	return false;
}

static int
on_draft(void *ctx, const struct store_draft *d, struct err *e)
{
	static const char *const remedy[] = {"补偿", "赔偿", "赔付", "退款", "退费", "免费更换", "compensat", "Compensat", "refund", "Refund", "reimburs", NULL};
	static const char *const untrue[] = {"不属实", "系谣言", "不实信息", "不实传言", "untrue", "false rumour", "false rumor", NULL};
	struct texts *x = ctx;
	struct looked *k = x->k;
	struct said *s;

	(void)e;
	if (!str_is(d->state, "released") || (!str_is(d->kind, "statement") && !str_is(d->kind, "media") && !str_is(d->kind, "faq")))
		return 0;
	k->said = arena_grow(&k->mem, k->said, &k->said_cap, k->nsaid, sizeof *k->said);
	s = &k->said[k->nsaid++];
	*s = (struct said){.id = arena_str(&k->mem, d->id), .form = arena_str(&k->mem, d->kind), .lang = arena_str(&k->mem, d->lang), .version = d->version};
	wording_find(x->wording, d->text, 1u << WORDING_APOLOGY | 1u << WORDING_DENY, on_phrase, s);
	s->denies = s->denies || has_any(d->text, untrue);
	s->compensates = has_any(d->text, remedy);
	return 0;
}

static void
read_texts(struct looked *k)
{
	struct texts x = {.k = k};
	const char *path;
	struct str tsv;
	struct err e;

	path = path_data("wording.tsv", &e);
	if (path == NULL || file_read(path, YAML_FILE_MAX, &k->mem, &tsv, &e) != 0 || wording_load(tsv, path, &k->mem, &x.wording, &e) != 0 ||
	    store_drafts(k->s, k->id, true, on_draft, &x, &e) != 0)
		msg_die(&e);
}

/* It may well be another than the one of this case. */
static void
on_bad(void *ctx, const struct err *e)
{
	(void)ctx;
	msg_err(e);
}

static void
read_playbook(struct looked *k)
{
	struct library lib;
	struct text_rules rules = {0};
	struct json scct, v;
	struct json_iter it;
	struct play *p;
	struct str key;
	const char *first, *base;
	struct err e;
	size_t n = 0;

	if (k->r.c.playbook.n == 0)
		return;
	first = path_config(k->conf->dir, "playbooks", &e);
	if (first == NULL)
		msg_die(&e);
	base = path_data("playbooks", NULL);
	if (library_open(first, base != NULL && strcmp(base, first) != 0 ? base : NULL, &lib, on_bad, NULL, &e) != 0)
		msg_die(&e);
	p = library_find(&lib, k->r.c.playbook);
	if (p != NULL && play_load(&lib, p, &e) == 0) {
		k->play_found = true;
		k->play_version = arena_str(&k->mem, p->version);
		k->play_same = str_eq(p->version, k->r.c.playbook_version) && (k->r.c.playbook_hash.n == 0 || str_is(k->r.c.playbook_hash, p->hash));
		scct = json_get(json_view(p->json), "scct");
		k->cluster = arena_str(&k->mem, json_str(json_get(scct, "cluster"), &k->mem));
		text_rules_for(json_view(p->json), &rules);
		k->may_apologise = rules.may_apologise;
		k->must_apologise = rules.must_apologise;
		k->may_deny = rules.may_deny;
		for (it = json_iter(json_get(scct, "strategies")); json_next(&it, &key, &v);)
			n++;
		k->strategy = arena_alloc(&k->mem, (n + 1) * sizeof *k->strategy);
		for (it = json_iter(json_get(scct, "strategies")); json_next(&it, &key, &v);)
			k->strategy[k->nstrategy++] = arena_str(&k->mem, json_str(v, &k->mem));
	}
	library_free(&lib);
}

/* --- messages ----------------------------------------------------------------------------------------------------------- */

static int
on_notice(void *ctx, const struct store_notice *n, struct err *e)
{
	struct looked *k = ctx;
	bool failed = str_is(n->state, "failed") || str_is(n->state, "dead");

	(void)e;
	if (n->created > k->now)
		return 0;
	k->notices++;
	k->notices_failed += failed;
	k->notices_unacked += n->acked == 0;
	if (failed && k->notice_error.n == 0)
		k->notice_error = arena_str(&k->mem, n->error);
	return 0;
}

static void
read_notices(struct looked *k)
{
	struct store_notice_query q = {.ref = k->id};
	struct err e;

	if (store_notices(k->s, &q, on_notice, k, &e) != 0)
		msg_die(&e);
	q.ref = k->r.c.incident;
	if (q.ref.n > 0 && store_notices(k->s, &q, on_notice, k, &e) != 0)
		msg_die(&e);
}

/* --- all ---------------------------------------------------------------------------------------------------------------- */

bool
look(struct looked *k, struct store *s, const struct conf *conf, struct str id)
{
	struct store_event_query q = {.case_id = id};
	struct err e;

	*k = (struct looked){.conf = conf, .s = s, .now = cli_now()};
	k->id = arena_str(&k->mem, id);
	k->course = arena_zalloc(&k->mem, sizeof *k->course);
	case_review_init(&k->r, id, k->now);
	if (store_events(s, &q, on_event, k, &e) != 0)
		msg_die(&e);
	if (k->r.c.state == CASE_NONE)
		return false;
	case_review_close(&k->r);
	if (k->r.c.subject.n > 0)
		k->subject_name = subjects_name(subjects_read(path_config(NULL, "watch.yaml", NULL), &k->mem), k->r.c.subject, conf->zh, &k->mem);
	period(k);
	read_posts(k);
	case_review_own(&k->r, k->curve.own_first, buf_view(&k->curve.own_id));
	case_review_contain(&k->r, k->course->known || (k->course->negative > 0 && k->now - k->r.found.t <= k->r.clock[RESPONSE_CONTAIN].limit_s),
	    k->course->contained, k->heard);
	actions(k);
	shares(k);
	forecasts(k);
	read_texts(k);
	read_playbook(k);
	read_notices(k);
	lessons(k);
	return true;
}

void
looked_free(struct looked *k)
{
	case_review_free(&k->r);
	curve_free(&k->curve);
	arena_free(&k->mem);
}
