/* Counted series: scores for every point (--series), or incidents from them. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "detect.h"
#include "model/anomaly.h"

enum { QUIET_S = 86400 };

struct counted {
	struct counted *next;
	struct anomaly a;
	struct str name, subject, type;
	/* the episode that is open, when level is not LEVEL_NONE */
	enum level level;
	int64_t opened, last, top_at, path_at[LEVELS];
	double usual, top, sum, raw;
};

struct points {
	struct map index;         /* name -> struct counted * */
	struct counted *first, **last;
	struct arena *a;          /* not owned */
	struct buf line;
};

struct points *
points_open(struct arena *a)
{
	struct points *p = arena_zalloc(a, sizeof *p);

	p->a = a;
	p->last = &p->first;
	return p;
}

static int
read_point(struct points *p, struct rec *r, struct counted **c, int64_t *t, double *value, struct err *e)
{
	struct str name = rec_str(r, "series");
	struct json v = rec_get(r, "value");
	bool added;
	uintptr_t *slot;

	if (name.n == 0)
		return err_set(e, ERR_DATA, "a point without 'series'");
	if (!json_f64(v, value))
		return err_set(e, ERR_DATA, "a point whose 'value' is not a number");
	if (!rec_time(r, "ts", t))
		return err_set(e, ERR_DATA, "a point without a usable 'ts' time");
	slot = map_put(&p->index, name, &added);
	if (added) {
		struct str subject = rec_str(r, "subject"), type = rec_str(r, "type");

		*c = arena_zalloc(p->a, sizeof **c);
		*slot = (uintptr_t)*c;
		*p->last = *c;
		p->last = &(*c)->next;
		(*c)->name = arena_str(p->a, name);
		(*c)->subject = subject.n > 0 ? arena_str(p->a, subject) : (*c)->name;
		(*c)->type = type.n > 0 ? arena_str(p->a, type) : STR("none");
	}
	*c = (struct counted *)*slot;
	return 0;
}

int
points_score(struct points *p, struct rec *r, struct err *e)
{
	struct counted *c;
	struct anomaly_score s;
	struct jw w;
	int64_t t;
	double value;

	if (read_point(p, r, &c, &t, &value, e) != 0)
		return -1;
	s = anomaly_point(&c->a, t, value);
	buf_reset(&p->line);
	w = jw_open(&p->line);
	jw_obj(&w);
	jw_knum(&w, "score", s.score, 9);
	jw_knum(&w, "usual", s.usual, 3);
	if (s.alert)
		jw_kbool(&w, "alert", true);
	jw_end(&w);
	rec_set(r, "anomaly", buf_view(&p->line));
	return 0;
}

/* An alert opens at blue; how many times the usual the count is decides how high it goes. */
static enum level
level_of_ratio(double ratio)
{
	return ratio >= 25 ? LEVEL_RED : ratio >= 8 ? LEVEL_ORANGE : ratio >= 3 ? LEVEL_YELLOW : LEVEL_BLUE;
}

static void
emit(struct points *p, struct run *run, struct counted *c, bool open, int64_t clock, bool english)
{
	struct jw w = jw_open(&p->line);
	struct buf t = {0};
	char at[CLOCK_LEN];

	buf_reset(&p->line);
	buf_printf(&t, "%.*s%c%lld", STRF(c->name), 0, (long long)(c->opened / 86400));
	jw_obj(&w);
	jw_kcstr(&w, "kind", "incident");
	jw_key(&w, "id");
	buf_printf(&p->line, "\"inc-%016llx\"", (unsigned long long)hash_bytes(t.p, t.n, 0x901));
	w.keyed = false;
	jw_kstr(&w, "subject", c->subject);
	jw_kstr(&w, "type", c->type);
	jw_kstr(&w, "series", c->name);
	jw_kcstr(&w, "level", level_name[c->level]);
	jw_kcstr(&w, "level_zh", level_zh[c->level]);
	jw_kcstr(&w, "grade", level_grade[c->level]);
	jw_kcstr(&w, "peak", level_name[c->level]);
	jw_knum(&w, "score", 100 * (1 - pow(1 - c->raw, 0.25)), 1);
	jw_ktime(&w, "opened", c->opened);
	if (!open)
		jw_ktime(&w, "closed", c->last + QUIET_S);
	jw_key(&w, "window");
	jw_obj(&w);
	jw_ktime(&w, "from", c->opened);
	jw_ktime(&w, "to", open ? clock : c->last);
	jw_end(&w);
	jw_key(&w, "indicators");
	jw_obj(&w);
	jw_knum(&w, "value_top", c->top, 3);
	jw_knum(&w, "value_sum", c->sum, 3);
	jw_knum(&w, "times_usual", c->top / (c->usual > 0.5 ? c->usual : 0.5), 2);
	jw_end(&w);
	jw_key(&w, "baseline");
	jw_obj(&w);
	jw_knum(&w, "usual", c->usual, 3);
	jw_knum(&w, "tail", 1 - c->raw, 9);
	jw_end(&w);
	jw_key(&w, "path");
	jw_arr(&w);
	for (int l = LEVEL_BLUE; l <= (int)c->level; l++) {
		if (c->path_at[l] == 0)
			continue;
		jw_obj(&w);
		jw_ktime(&w, "at", c->path_at[l]);
		jw_kcstr(&w, "level", level_name[l]);
		jw_end(&w);
	}
	jw_end(&w);
	jw_key(&w, "posts");
	jw_arr(&w);
	jw_end(&w);
	jw_key(&w, "why");
	jw_arr(&w);
	buf_reset(&t);
	buf_printf(&t, english ? "%.*s reached " : "%.*s 达到 ", STRF(c->name));
	json_fixed(&t, c->top, 2);
	buf_puts(&t, english ? ", usual " : "，平时 ");
	json_fixed(&t, c->usual, 2);
	buf_printf(&t, english ? ", at %s" : "（%s）", clock_format(c->top_at, at).p);
	jw_str(&w, buf_view(&t));
	jw_end(&w);
	jw_end(&w);
	run_emit(run, buf_view(&p->line));
	buf_free(&t);
}

int
points_take(struct points *p, struct rec *r, struct run *run, bool english, struct err *e)
{
	struct counted *c;
	struct anomaly_score s;
	int64_t t;
	double value, ratio;
	enum level now;

	if (read_point(p, r, &c, &t, &value, e) != 0)
		return -1;
	s = anomaly_point(&c->a, t, value);
	if (c->level != LEVEL_NONE && t - c->last >= QUIET_S) {
		emit(p, run, c, false, t, english);
		c->level = LEVEL_NONE;
	}
	if (s.alert && c->level == LEVEL_NONE) {
		c->opened = t;
		c->usual = s.usual;
		c->top = c->sum = c->raw = 0;
		memset(c->path_at, 0, sizeof c->path_at);
	}
	if (c->level == LEVEL_NONE && !s.alert)
		return 0;
	ratio = s.fast / (c->usual > 0.5 ? c->usual : 0.5);
	if (s.raw >= 0.9)
		c->last = t;
	c->sum += value;
	if (s.raw > c->raw)
		c->raw = s.raw;
	if (value > c->top) {
		c->top = value;
		c->top_at = t;
	}
	now = level_of_ratio(ratio);
	for (int l = (int)c->level + 1; l <= (int)now; l++)
		c->path_at[l] = t;
	if (now > c->level)
		c->level = now;
	return 0;
}

void
points_finish(struct points *p, struct run *run, bool english)
{
	for (struct counted *c = p->first; c != NULL; c = c->next)
		if (c->level != LEVEL_NONE)
			emit(p, run, c, c->a.last - c->last < QUIET_S, c->a.last, english);
	map_free(&p->index);
	buf_free(&p->line);
}
