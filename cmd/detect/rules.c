/* rules.yaml: reading and checking. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "detect.h"
#include "ext/filter.h"
#include "ext/yaml.h"

enum { MAX_FILTERS = 64 };

struct ctx {
	struct filter *filter;
	struct filter_src src[MAX_FILTERS];
	size_t n;
	enum filter_answer answer[MAX_FILTERS];
	struct buf last;     /* figures the answers are for */
	char fault[512];
};

static int
word_of(struct str s, const char *const name[])
{
	for (int i = 0; name[i] != NULL; i++)
		if (str_is(s, name[i]))
			return i;
	return -1;
}

/* The number of an indicator, word.NAME_1h of a keyword group included; -1: unknown. */
static int
indicator_of(const struct rules *all, struct str name)
{
	int i = word_of(name, indicator_name);

	if (i < 0 && str_starts(name, STR("word.")) && str_ends(name, STR("_1h")) && name.n > 8)
		for (size_t k = 0; k < all->nword; k++)
			if (str_eq(all->word[k].name, str_sub(name, 5, name.n - 8)))
				return IND_WORD + (int)k;
	return i;
}

static int
read_cond(const struct ynode *n, struct str name, int line, const struct rules *all, struct rule *r, struct err *e)
{
	static const char *const keys[] = {"at_least", "times_usual", "at_most", NULL};
	struct cond *c = &r->c[r->n];
	int i = indicator_of(all, name);
	double most = INFINITY;

	if (i < 0)
		return err_set(e, ERR_CONFIG, "%s:%d: unknown indicator '%.*s'", n->file, line, STRF(name));
	if (r->n == RULE_CONDS)
		return yaml_err(n, e, "a rule has at most %d conditions", RULE_CONDS);
	*c = (struct cond){.ind = (uint8_t)i, .min = -INFINITY};
	if (yaml_want_map(n, "a condition", e) != 0 || yaml_only(n, keys, e) != 0 ||
	    yaml_f64(n, "at_least", 0, 1e12, &c->min, e) < 0 || yaml_f64(n, "times_usual", 0, 1e6, &c->times, e) < 0 ||
	    yaml_f64(n, "at_most", 0, 1e12, &most, e) < 0)
		return -1;
	c->most = most;
	if (c->min == -INFINITY && c->times > 0)
		c->min = 0;
	r->n++;
	return 0;
}

static int
read_rule(const struct ynode *n, struct rules *all, struct ctx *x, struct arena *a, struct err *e)
{
	static const char *const keys[] = {"id", "level", "weigh", "subject", "types", "zh", "en", "all", "when", NULL};
	struct rule *r = &all->r[all->n];
	struct ynode *conds = NULL;
	struct str when = {"", 0};
	int level;

	*r = (struct rule){.filter = -1};
	if (yaml_want_map(n, "a rule", e) != 0 || yaml_only(n, keys, e) != 0)
		return -1;
	switch (yaml_str(n, "id", &r->id, e)) {
	case 1: break;
	case 0: return yaml_err(n, e, "a rule needs an 'id'");
	default: return -1;
	}
	for (size_t i = 0; i < all->n; i++)
		if (str_eq(all->r[i].id, r->id))
			return yaml_err(n, e, "key 'id': '%.*s' is used twice", STRF(r->id));
	switch (yaml_word(n, "level", level_name + 1, &level, e)) {
	case 1: break;
	case 0: return yaml_err(n, e, "rule '%.*s' needs a 'level'", STRF(r->id));
	default: return -1;
	}
	r->level = (uint8_t)(level + 1);
	if (yaml_bool(n, "weigh", &r->weigh, e) < 0 || yaml_bool(n, "subject", &r->whole, e) < 0 ||
	    yaml_strs(n, "types", a, &r->type, &r->ntype, e) < 0 || yaml_str(n, "zh", &r->zh, e) < 0 ||
	    yaml_str(n, "en", &r->en, e) < 0 || yaml_map(n, "all", &conds, e) < 0 || yaml_str(n, "when", &when, e) < 0)
		return -1;
	for (size_t i = 0; conds != NULL && i < conds->n; i++)
		if (read_cond(conds->item[i], conds->key[i].s, conds->key[i].line, all, r, e) != 0)
			return -1;
	if (when.n > 0) {
		if (x->n == MAX_FILTERS)
			return yaml_err(n, e, "at most %d rules have a 'when'", MAX_FILTERS);
		r->filter = (int)x->n;
		x->src[x->n++] = (struct filter_src){arena_cstr(a, when),
		    arena_printf(a, "%s:%d: rule '%.*s': when", n->file, n->line, STRF(r->id)).p};
	}
	if (r->n == 0 && r->filter < 0)
		return yaml_err(n, e, "rule '%.*s' has no condition", STRF(r->id));
	all->n++;
	return 0;
}

static int
read_day(const struct ynode *n, const char *key, int64_t *t, struct err *e)
{
	struct str s;
	char full[32];
	int rc = yaml_str(n, key, &s, e);

	if (rc < 0)
		return -1;
	if (rc == 1 && s.n == 10) {
		memcpy(full, s.p, 10);
		memcpy(full + 10, "T00:00:00Z", 11);
		s = str_c(full);
	}
	if (rc == 1 && clock_parse(s, t))
		return 0;
	return yaml_err(n, e, "key '%s': expected a day (2027-03-03) or a time", key);
}

static int
read_periods(const struct ynode *seq, struct rules *r, struct arena *a, struct err *e)
{
	static const char *const keys[] = {"name", "from", "to", "weight", NULL};

	r->period = arena_zalloc(a, (seq->n + 1) * sizeof *r->period);
	for (size_t i = 0; i < seq->n; i++) {
		const struct ynode *n = seq->item[i];
		struct period *p = &r->period[r->nperiod++];

		p->weight = 0.7;
		if (yaml_want_map(n, "a period", e) != 0 || yaml_only(n, keys, e) != 0 || yaml_str(n, "name", &p->name, e) < 0 ||
		    yaml_f64(n, "weight", 0.1, 1, &p->weight, e) < 0 || read_day(n, "from", &p->from, e) != 0 ||
		    read_day(n, "to", &p->to, e) != 0)
			return -1;
		p->from -= r->offset; /* days are local */
		p->to -= r->offset;
		if (p->to <= p->from)
			return yaml_err(n, e, "key 'to': not after 'from'");
	}
	return 0;
}

static int
read_weights(const struct ynode *map, struct rules *r, struct arena *a, struct err *e)
{
	r->tw = arena_zalloc(a, (map->n + 1) * sizeof *r->tw);
	for (size_t i = 0; i < map->n; i++) {
		double w;

		if (yaml_f64(map, map->key[i].s.p, 0.1, 10, &w, e) < 0)
			return -1;
		r->tw[r->ntw++] = (struct type_weight){map->key[i].s, w};
	}
	return 0;
}

static int
read_keywords(const struct ynode *map, struct rules *r, struct arena *a, struct err *e)
{
	if (map->n > WORDS)
		return yaml_err(map, e, "at most %d groups of keywords", WORDS);
	r->word = arena_zalloc(a, (map->n + 1) * sizeof *r->word);
	for (size_t i = 0; i < map->n; i++) {
		struct keywords *k = &r->word[r->nword];

		k->name = map->key[i].s;
		if (yaml_strs(map, map->key[i].s.p, a, &k->word, &k->n, e) < 0)
			return -1;
		for (size_t j = 0; j < k->n; j++)
			if (k->word[j].n == 0)
				return yaml_err(map->item[i], e, "an empty keyword");
		r->nword++;
	}
	return 0;
}

static bool
ask(void *ctx, int i, struct str json)
{
	struct ctx *x = ctx;
	struct err e = {0};

	/* all conditions are one program: one run answers them all for one set of figures */
	if (!str_eq(buf_view(&x->last), json)) {
		buf_reset(&x->last);
		buf_str(&x->last, json);
		if (filter_eval_many(x->filter, json, x->answer, &e) != 0 && x->fault[0] == '\0')
			memcpy(x->fault, e.msg, sizeof x->fault);
	}
	return x->answer[i] == FILTER_YES;
}

static int
read_all(const struct ynode *root, struct rules *r, struct ctx *x, struct arena *a, struct err *e)
{
	static const char *const keys[] = {"version", "hold", "quiet", "offset", "replay", "spread", "keywords", "rules", "weights",
	    "periods", "heat", NULL};
	struct ynode *rules = NULL, *weights = NULL, *periods = NULL, *heat = NULL, *words = NULL;
	int64_t version = 1;

	if (yaml_want_map(root, "the file", e) != 0 || yaml_only(root, keys, e) != 0 ||
	    yaml_i64(root, "version", 1, 1, &version, e) < 0 || yaml_f64(root, "hold", 0.05, 1, &r->hold, e) < 0 ||
	    yaml_duration(root, "quiet", &r->quiet, e) < 0 || yaml_duration(root, "offset", &r->offset, e) < 0 ||
	    yaml_duration(root, "replay", &r->replay, e) < 0 || yaml_f64(root, "spread", 0.001, 10, &r->spread, e) < 0 ||
	    yaml_seq(root, "rules", &rules, e) < 0 || yaml_map(root, "weights", &weights, e) < 0 ||
	    yaml_seq(root, "periods", &periods, e) < 0 || yaml_map(root, "heat", &heat, e) < 0)
		return -1;
	if (r->offset > 14 * 3600)
		return yaml_err(ynode_get(root, "offset"), e, "key 'offset': at most 14h east of Greenwich");
	if (yaml_map(root, "keywords", &words, e) < 0 || (words != NULL && read_keywords(words, r, a, e) != 0))
		return -1;
	if (rules == NULL || rules->n == 0)
		return yaml_err(root, e, "no 'rules'");
	r->r = arena_zalloc(a, rules->n * sizeof *r->r);
	for (size_t i = 0; i < rules->n; i++)
		if (read_rule(rules->item[i], r, x, a, e) != 0)
			return -1;
	if (weights != NULL && read_weights(weights, r, a, e) != 0)
		return -1;
	if (periods != NULL && read_periods(periods, r, a, e) != 0)
		return -1;
	if (heat != NULL) {
		if (yaml_only(heat, heat_name, e) != 0)
			return -1;
		for (int i = 0; i < HEAT_PARTS; i++)
			if (yaml_f64(heat, heat_name[i], 0, 1000, &r->heat[i], e) < 0)
				return -1;
	}
	return 0;
}

int
rules_load(const char *path, struct arena *a, struct rules *r, struct err *e)
{
	struct ctx *x = arena_zalloc(a, sizeof *x);
	struct ynode *root;

	*r = (struct rules){.hold = 0.5, .quiet = 86400, .offset = 8 * 3600, .replay = 86400, .spread = 0.15};
	if (yaml_load(path, a, &root, e) != 0 || read_all(root, r, x, a, e) != 0)
		return -1;
	if (x->n > 0) {
		if (filter_compile_many(x->src, x->n, NULL, &x->filter, e) != 0)
			return -1;
		r->when = ask;
	}
	r->ctx = x;
	return 0;
}

int
rules_join(struct rules *x, struct rules *y, struct arena *a, struct err *e)
{
	struct keywords *all;

	if (x->nword + y->nword > WORDS)
		return err_set(e, ERR_CONFIG, "the two rule files have more than %d groups of keywords between them", WORDS);
	all = arena_zalloc(a, (WORDS + 1) * sizeof *all);
	for (size_t i = 0; i < x->nword; i++)
		all[i] = x->word[i];
	for (size_t i = 0; i < y->nword; i++)
		all[x->nword + i] = y->word[i];
	for (size_t i = 0; i < y->n; i++)
		for (size_t k = 0; k < y->r[i].n; k++)
			if (y->r[i].c[k].ind >= IND_WORD)
				y->r[i].c[k].ind = (uint8_t)(y->r[i].c[k].ind + x->nword);
	x->word = y->word = all;
	x->nword = y->nword = x->nword + y->nword;
	return 0;
}

const char *
rules_filter_fault(const struct rules *r)
{
	const struct ctx *x = r->ctx;

	return x->fault[0] != '\0' ? x->fault : NULL;
}

void
rules_free(struct rules *r)
{
	struct ctx *x = r->ctx;

	if (x != NULL) {
		filter_free(x->filter);
		buf_free(&x->last);
	}
	r->ctx = NULL;
}
