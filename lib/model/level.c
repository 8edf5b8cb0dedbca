#include <math.h>

#include "model/level.h"

const char *const level_name[LEVELS + 1] = {"none", "blue", "yellow", "orange", "red", NULL};
const char *const level_zh[LEVELS] = {"无", "蓝", "黄", "橙", "红"};
const char *const level_grade[LEVELS] = {"", "一般", "较大", "重大", "特别重大"};
const char *const level_three[LEVELS] = {"", "low", "mid", "mid", "high"};

double
cond_limit(const struct cond *c, const struct rule *r, const struct figures *f, double factor)
{
	double limit = c->min, u = f->usual[c->ind] * c->times;

	if (c->times > 0 && f->usual[c->ind] >= 0 && u > limit)
		limit = u;
	return limit * factor * (r->weigh ? f->weight : 1);
}

static bool
met(const struct rule *r, const struct figures *f, double factor)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct cond *c = &r->c[i];
		double v = f->v[c->ind];

		if (!(v >= cond_limit(c, r, f, factor)) || v > c->most)
			return false;
	}
	return true;
}

static bool
concerns(const struct rule *r, const struct figures *f)
{
	if (f->whole && !r->whole)
		return false;
	if (r->ntype == 0)
		return true;
	for (size_t i = 0; i < r->ntype; i++)
		if (str_eq(r->type[i], f->type))
			return true;
	return false;
}

enum level
level_of(const struct rules *r, const struct figures *f, double factor, const bool *filters, int *which)
{
	enum level best = LEVEL_NONE;

	for (size_t i = 0; i < r->n; i++) {
		const struct rule *x = &r->r[i];

		if ((enum level)x->level <= best || !concerns(x, f) || !met(x, f, factor))
			continue;
		if (x->filter >= 0 && (filters == NULL || !filters[x->filter]))
			continue;
		best = (enum level)x->level;
		*which = (int)i;
	}
	return best;
}

double
type_weight(const struct rules *r, struct str type)
{
	for (size_t i = 0; i < r->ntw; i++)
		if (str_eq(r->tw[i].type, type))
			return r->tw[i].weight;
	return 1;
}

double
period_weight(const struct rules *r, int64_t t, struct str *name)
{
	for (size_t i = 0; i < r->nperiod; i++)
		if (t >= r->period[i].from && t < r->period[i].to) {
			*name = r->period[i].name;
			return r->period[i].weight;
		}
	return 1;
}

enum level
ladder_fall(struct ladder *l, int64_t t, int64_t quiet, int64_t *fell_at)
{
	enum level to = l->level;

	*fell_at = INT64_MIN;
	if (to == LEVEL_NONE || l->held[to] + quiet > t)
		return to;
	*fell_at = l->held[to] + quiet;
	while (to > LEVEL_NONE && l->held[to] + quiet <= *fell_at)
		to--;
	l->level = to;
	return to;
}

enum level
ladder_rise(struct ladder *l, int64_t t, enum level now, enum level hold)
{
	if (now > l->level)
		l->level = now;
	if (hold < now)
		hold = now;
	for (int i = LEVEL_BLUE; i <= (int)hold; i++)
		l->held[i] = t;
	return l->level;
}
