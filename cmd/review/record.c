/* The review of a case as a record, and keeping it. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "cli/path.h"
#include "cli/who.h"
#include "ext/roles.h"
#include "review.h"

static void
put_moment(struct jw *w, const struct moment *m)
{
	jw_obj(w);
	if (m->seq > 0)
		jw_kint(w, "seq", m->seq);
	jw_kstr(w, "what", m->what);
	jw_kstr_opt(w, "id", m->id);
	jw_kstr_opt(w, "by", m->by);
	jw_ktime(w, "at", m->t);
	jw_end(w);
}

static void
put_window(struct jw *w, const char *key, const struct window *v)
{
	struct interval i = effect_share(v->negative, v->n);

	jw_key(w, key);
	jw_obj(w);
	jw_ktime(w, "from", v->from);
	jw_ktime(w, "to", v->until);
	jw_kint(w, "n", v->n);
	jw_kint(w, "negative", v->negative);
	if (v->n > 0) {
		jw_knum(w, "share", (double)v->negative / (double)v->n, 4);
		jw_knum(w, "low", i.low, 4);
		jw_knum(w, "high", i.high, 4);
	}
	if (v->until > v->from)
		jw_knum(w, "per_h", (double)v->n * 3600 / (double)(v->until - v->from), 2);
	jw_knum(w, "heat", v->heat, 1);
	jw_end(w);
}

static void
put_difference(struct jw *w, const struct window *a, const struct window *b, struct interval i)
{
	if (a->n == 0 || b->n == 0)
		return;
	jw_key(w, "difference");
	jw_obj(w);
	jw_knum(w, "value", (double)b->negative / (double)b->n - (double)a->negative / (double)a->n, 4);
	jw_knum(w, "low", i.low, 4);
	jw_knum(w, "high", i.high, 4);
	jw_end(w);
}

static void
put_clocks(struct looked *k, struct jw *w)
{
	const struct case_review *r = &k->r;

	jw_key(w, "clocks");
	jw_arr(w);
	for (int i = 0; i < RESPONSES; i++) {
		const struct response_clock *c = &r->clock[i];

		jw_obj(w);
		jw_kcstr(w, "id", response_name[i]);
		jw_kcstr(w, "state", kept_name[c->state]);
		jw_ktime_opt(w, "from", r->found.t);
		jw_ktime_opt(w, "at", c->at.t);
		if (c->at.t != 0 && c->state != KEPT_UNKNOWN)
			jw_kint(w, "took_s", c->took_s);
		jw_kint(w, "limit_s", c->limit_s);
		jw_kint(w, "default_s", c->default_s);
		jw_kcstr(w, "limit_from", c->limit_from.n > 0 ? "playbook" : "default");
		jw_kstr_opt(w, "limit_task", c->limit_from);
		jw_key(w, "inputs");
		jw_arr(w);
		if (r->found.t != 0)
			put_moment(w, &r->found);
		if (c->at.t != 0)
			put_moment(w, &c->at);
		jw_end(w);
		jw_end(w);
	}
	jw_end(w);
	jw_key(w, "discovery");
	jw_obj(w);
	jw_ktime_opt(w, "at", r->found.t);
	jw_ktime_opt(w, "alert", r->alert.t);
	jw_ktime_opt(w, "first_post", r->first_post.t);
	jw_kstr_opt(w, "post", str_is(r->first_post.what, "post") ? r->first_post.id : STR(""));
	if (r->alert.t != 0 && r->first_post.t != 0) {
		jw_kint(w, "to_alert_s", r->alert.t - r->first_post.t);
		jw_kint(w, "negative_before_alert", k->before_alert);
	}
	jw_kint(w, "opened_seq", r->opened.seq);
	jw_kint(w, "statutory", r->legal);
	jw_kint(w, "statutory_kept", r->legal_kept);
	jw_end(w);
}

static void
put_timing(struct jw *w, const int64_t n[TIMINGS], int64_t late_s)
{
	for (int i = 0; i < TIMINGS; i++)
		jw_kint(w, timing_name[i], n[i]);
	if (late_s > 0)
		jw_kint(w, "median_late_s", late_s);
}

static void
put_tasks(struct looked *k, struct jw *w)
{
	const struct case_review *r = &k->r;

	jw_key(w, "tasks");
	jw_obj(w);
	jw_kint(w, "total", r->ntask);
	put_timing(w, r->timing, r->late_s);
	jw_key(w, "departments");
	jw_arr(w);
	for (size_t i = 0; i < r->ndept; i++) {
		jw_obj(w);
		jw_kstr_opt(w, "department", r->dept[i].name);
		put_timing(w, r->dept[i].n, r->dept[i].late_s);
		jw_end(w);
	}
	jw_end(w);
	jw_key(w, "late_tasks");
	jw_arr(w);
	for (size_t i = 0; i < r->c.ntask; i++) {
		if (r->task_late_s[i] == 0)
			continue;
		jw_obj(w);
		jw_kstr(w, "task", r->c.task[i].id);
		jw_kstr_opt(w, "department", r->c.task[i].department);
		jw_kcstr(w, "state", timing_name[r->task[i]]);
		jw_ktime_opt(w, "due", r->c.task[i].due);
		jw_ktime_opt(w, "done", r->c.task[i].done);
		for (size_t j = r->naction; j > 0 && r->c.task[i].done != 0; j--)
			if (str_is(r->action[j - 1].what, "task.done") && str_eq(r->action[j - 1].id, r->c.task[i].id)) {
				jw_kint(w, "seq", r->action[j - 1].seq);
				break;
			}
		jw_kint(w, "late_s", r->task_late_s[i]);
		jw_end(w);
	}
	jw_end(w);
	jw_end(w);
}

static void
put_curve(struct looked *k, struct jw *w)
{
	const struct course *c = k->course;

	jw_key(w, "curve");
	jw_obj(w);
	jw_ktime(w, "from", k->from);
	jw_ktime(w, "observed_to", k->heard);
	jw_kint(w, "history_h", k->history_h);
	jw_kint(w, "posts", c->posts);
	jw_kint(w, "negative", c->negative);
	if (c->known) {
		jw_key(w, "peak");
		jw_obj(w);
		jw_ktime(w, "at", c->from + (int64_t)c->peak * 3600);
		jw_kint(w, "negative_per_h", c->neg[c->peak]);
		if (c->usual[c->peak] >= 0)
			jw_knum(w, "usual", c->usual[c->peak], 2);
		jw_end(w);
		if (c->half_s >= 0)
			jw_kint(w, "half_s", c->half_s);
		if (c->fitted) {
			jw_key(w, "half_life_s");
			jw_obj(w);
			jw_knum(w, "value", c->half_life_s, 0);
			jw_knum(w, "low", c->half_low, 0);
			if (c->half_high > 0)
				jw_knum(w, "high", c->half_high, 0);
			jw_end(w);
		}
		jw_knum(w, "limit_per_h", c->limit, 2);
		jw_ktime_opt(w, "contained_at", c->contained);
		jw_key(w, "flare_ups");
		jw_arr(w);
		for (size_t i = 0; i < c->nflare; i++)
			jw_time(w, c->flare[i]);
		jw_end(w);
	}
	jw_end(w);
}

static void
put_share(struct looked *k, struct jw *w)
{
	if (k->response.t == 0 || k->share_before.until == 0)
		return;
	jw_key(w, "share");
	jw_obj(w);
	jw_key(w, "response");
	put_moment(w, &k->response);
	put_window(w, "before", &k->share_before);
	put_window(w, "after", &k->share_after);
	put_difference(w, &k->share_before, &k->share_after, k->share_difference);
	jw_kcstr(w, "verdict", verdict_names[k->share_verdict]);
	if (k->share_verdict == VERDICT_LESS)
		jw_kbool(w, "stays", k->share_stays);
	jw_key(w, "blocks");
	jw_arr(w);
	for (size_t i = 0; i < k->nblock; i++) {
		struct interval v = effect_share(k->block[i].negative, k->block[i].n);

		jw_obj(w);
		jw_ktime(w, "from", k->block[i].from);
		jw_ktime(w, "to", k->block[i].until);
		jw_kint(w, "n", k->block[i].n);
		jw_kint(w, "negative", k->block[i].negative);
		jw_knum(w, "low", v.low, 4);
		jw_knum(w, "high", v.high, 4);
		jw_end(w);
	}
	jw_end(w);
	jw_end(w);
}

static void
put_actions(struct looked *k, struct jw *w)
{
	jw_kint(w, "window_s", k->conf->window);
	jw_key(w, "actions");
	jw_arr(w);
	for (size_t i = 0; i < k->naction; i++) {
		const struct action *a = &k->action[i];

		jw_obj(w);
		jw_ktime(w, "at", a->t);
		jw_kstr(w, "what", action_what(k, a));
		jw_key(w, "inputs");
		jw_arr(w);
		for (size_t j = 0; j < a->n; j++)
			put_moment(w, &a->m[j]);
		jw_end(w);
		jw_kbool(w, "full", a->full);
		put_window(w, "before", &a->before);
		put_window(w, "after", &a->after);
		put_difference(w, &a->before, &a->after, a->difference);
		jw_kcstr(w, "verdict", verdict_names[a->its.verdict]);
		if (a->its.verdict != VERDICT_UNKNOWN) {
			jw_kint(w, "observed", a->its.observed);
			jw_knum(w, "expected", a->its.expected, 1);
			jw_kbool(w, "rising", a->its.rising);
			jw_kbool(w, "bending", a->its.bending);
			jw_kint(w, "placebos", a->its.placebos);
			jw_kint(w, "as_far", a->its.as_far);
			jw_key(w, "ratio");
			jw_obj(w);
			jw_knum(w, "value", a->its.ratio, 3);
			jw_knum(w, "low", a->its.low, 3);
			jw_knum(w, "high", a->its.high, 3);
			jw_end(w);
		}
		jw_kint(w, "others", (int64_t)a->others);
		jw_end(w);
	}
	jw_end(w);
}

static void
put_rest(struct looked *k, struct jw *w)
{
	const struct case_review *r = &k->r;

	jw_key(w, "levels");
	jw_arr(w);
	for (size_t i = 0; i < r->nlevel; i++)
		put_moment(w, &r->level[i]);
	jw_end(w);
	jw_key(w, "strategy");
	jw_obj(w);
	jw_kbool(w, "found", k->play_found);
	if (k->play_found) {
		jw_kbool(w, "same_version", k->play_same);
		jw_kstr_opt(w, "cluster", k->cluster);
		jw_key(w, "allowed");
		jw_arr(w);
		for (size_t i = 0; i < k->nstrategy; i++)
			jw_str(w, k->strategy[i]);
		jw_end(w);
	}
	jw_key(w, "texts");
	jw_arr(w);
	for (size_t i = 0; i < k->nsaid; i++) {
		jw_obj(w);
		jw_kstr(w, "id", k->said[i].id);
		jw_kint(w, "version", k->said[i].version);
		jw_kstr(w, "form", k->said[i].form);
		jw_kbool(w, "apologises", k->said[i].apologises);
		jw_kbool(w, "compensates", k->said[i].compensates);
		jw_kbool(w, "denies", k->said[i].denies);
		jw_end(w);
	}
	jw_end(w);
	jw_end(w);
	jw_key(w, "forecasts");
	jw_arr(w);
	for (size_t i = 0; i < k->nforetold; i++) {
		const struct forecast_seen *f = k->foretold[i].f;

		jw_obj(w);
		jw_kint(w, "seq", f->seq);
		jw_ktime(w, "made", f->made);
		jw_kint(w, "hours", f->hours);
		jw_kint(w, "expected", f->expected);
		jw_kint(w, "low", f->low);
		jw_kint(w, "high", f->high);
		jw_kint(w, "actual", k->foretold[i].actual);
		jw_end(w);
	}
	jw_end(w);
	if (r->update_gap_s >= 0) {
		jw_key(w, "updates");
		jw_obj(w);
		jw_kint(w, "count", r->nwords);
		jw_kint(w, "longest_silence_s", r->update_gap_s);
		if (r->c.updates_s > 0)
			jw_kint(w, "limit_s", r->c.updates_s);
		jw_key(w, "after");
		put_moment(w, &r->update_after);
		jw_end(w);
	}
	jw_key(w, "messages");
	jw_obj(w);
	jw_kint(w, "total", k->notices);
	jw_kint(w, "failed", k->notices_failed);
	jw_kint(w, "unacked", k->notices_unacked);
	jw_end(w);
	jw_key(w, "lessons");
	jw_arr(w);
	for (size_t i = 0; i < k->nlesson; i++) {
		const struct lesson *l = &k->lesson[i];

		jw_obj(w);
		jw_kcstr(w, "id", l->id);
		jw_kcstr(w, "change", where_name[l->where]);
		jw_kstr(w, "what", l->what);
		jw_kstr(w, "advice", l->advice);
		if (l->nids > 0) {
			jw_key(w, "inputs");
			jw_arr(w);
			for (size_t j = 0; j < l->nids; j++)
				jw_str(w, l->ids[j]);
			jw_end(w);
		}
		jw_end(w);
	}
	jw_end(w);
}

void
put_record(struct looked *k, bool at, struct buf *out)
{
	const struct casefile *c = &k->r.c;
	struct jw w = jw_open(out);
	double effect;

	jw_obj(&w);
	jw_kcstr(&w, "kind", "review");
	jw_kstr(&w, "case", k->id);
	jw_kstr_opt(&w, "subject", c->subject);
	jw_kstr_opt(&w, "type", c->type);
	jw_kstr_opt(&w, "level", case_level_name(c->level));
	jw_kstr_opt(&w, "peak", case_level_name(k->r.peak));
	jw_kstr(&w, "state", case_state_name(c->state));
	if (c->drill)
		jw_kbool(&w, "drill", true);
	jw_ktime(&w, "opened", c->opened);
	jw_ktime_opt(&w, "closed", c->closed);
	if (c->playbook.n > 0) {
		jw_key(&w, "playbook");
		jw_obj(&w);
		jw_kstr(&w, "id", c->playbook);
		jw_kstr_opt(&w, "version", c->playbook_version);
		jw_kstr_opt(&w, "hash", c->playbook_hash);
		jw_end(&w);
	}
	if (case_review_effect(&k->r, &effect))
		jw_knum(&w, "effect", effect, 4);
	put_clocks(k, &w);
	put_tasks(k, &w);
	put_curve(k, &w);
	put_share(k, &w);
	put_actions(k, &w);
	put_rest(k, &w);
	jw_kcstr(&w, "lang", k->conf->zh ? "zh" : "en");
	jw_kint(&w, "seq", c->seq);
	if (at)
		jw_ktime(&w, "at", k->now);
	jw_end(&w);
}

/* --- keeping ------------------------------------------------------------------------------------------------------------ */

static int
newer(void *ctx, const struct store_event *ev, struct err *e)
{
	bool *found = ctx;

	(void)e;
	*found = *found || !str_starts(ev->kind, STR("review."));
	return 0;
}

/* Who saves; ends the program when that is not allowed. */
static struct str
who(struct looked *k)
{
	struct str login = str_c(cli_login()), actor = k->conf->as != NULL ? str_c(k->conf->as) : login;
	struct roles *roles;
	struct err e;
	const char *path = path_config(NULL, "roles.yaml", &e);

	if (path == NULL || roles_load(path, &k->mem, &roles, &e) != 0)
		msg_die(&e);
	if (!str_eq(actor, login) && !roles_act_for(roles, login)) {
		(void)err_set(&e, ERR_NO, "%.*s may not act for others (act_for in roles.yaml)", STRF(login));
		msg_die(&e);
	}
	if (!roles_may(roles, actor, MAY_WORK)) {
		(void)err_set(&e, ERR_NO, "%.*s may not work on cases; roles.yaml says who may", STRF(actor));
		msg_die(&e);
	}
	return actor;
}

void
save(struct looked *k)
{
	struct store_event_query q = {.case_id = k->id, .after_seq = k->r.c.seq};
	struct store_review review = {.case_id = k->id, .actor = who(k), .ts = k->now}, last = {0};
	struct buf same = {0}, full = {0};
	bool changed = false;
	struct err e;
	int r;

	put_record(k, false, &same);
	put_record(k, true, &full);
	review.json = buf_view(&full);
	if (store_begin(k->s, &e) != 0 || store_events(k->s, &q, newer, &changed, &e) != 0 || (r = store_review_get(k->s, k->id, &k->mem, &last, &e)) < 0)
		msg_die(&e);
	if (changed) {
		store_rollback(k->s);
		(void)err_set(&e, ERR_AGAIN, "case '%.*s' changed meanwhile", STRF(k->id));
		msg_die(&e);
	}
	same.n--; /* all but the brace that ends it */
	if (r == 1 && str_starts(last.json, buf_view(&same))) {
		store_rollback(k->s);
	} else if (store_review_put(k->s, &review, &e) != 0 || store_commit(k->s, &e) != 0) {
		msg_die(&e);
	}
	buf_free(&same);
	buf_free(&full);
}
