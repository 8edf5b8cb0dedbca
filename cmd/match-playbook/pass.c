/* One incident against the library: settle the type, rank what fits, fill the plan. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "cli/msg.h"
#include "cli/path.h"
#include "matcher.h"
#include "model/review.h"
#include "model/template.h"

enum { CACHE_MAX = 64, PROGRAMS = 256 };

/* --- opening ---------------------------------------------------------------------------------------------------------- */

int
library_folders(const char *dir, const char **first, const char **base, struct err *e)
{
	struct buf common = {0};

	*first = path_config(dir, "playbooks", e);
	*base = NULL;
	if (*first == NULL)
		return -1;
	buf_printf(&common, "%s/general/common/playbook.yaml", *first);
	if (dir == NULL || access(common.p, F_OK) != 0)
		*base = path_data("playbooks", NULL);
	if (*base != NULL && strcmp(*base, *first) == 0)
		*base = NULL;
	buf_free(&common);
	return 0;
}

static void
open_store(struct matcher *m, const char *db)
{
	struct err e;
	const char *path = path_store(db, NULL);

	if (path == NULL || (db == NULL && access(path, F_OK) != 0))
		return;
	if (store_open(path, STORE_READ, &m->store, &e) != 0) {
		m->store = NULL; /* one that another program is just making, too */
		if (db != NULL)
			msg_die(&e);
	}
}

/* watch.yaml, when there is one: what the subjects are called in public. */
static void
open_names(struct matcher *m)
{
	const char *path = path_config(NULL, "watch.yaml", NULL);
	struct ynode *root, *subjects;
	struct err e;

	if (path == NULL)
		return;
	if (yaml_load(path, &m->mem, &root, &e) != 0) {
		msg_warn("names of subjects are left out: %s", e.msg);
		return;
	}
	subjects = ynode_get(root, "subjects");
	for (size_t i = 0; subjects != NULL && i < subjects->n; i++) {
		struct str id = {0}, name = {0};

		if (yaml_str(subjects->item[i], "id", &id, NULL) == 1 && yaml_str(subjects->item[i], "name", &name, NULL) == 1)
			*map_put(&m->names, id, NULL) = (uintptr_t)arena_cstr(&m->mem, name);
	}
}

/* A subject's id is no name to sign a text with; what watch.yaml calls it is. */
static void
call_by_name(const struct matcher *m, struct str incident, struct fact *fact, size_t n, struct arena *a)
{
	struct str subject = json_str(json_get(json_view(incident), "subject"), a);
	uintptr_t *name = map_get(&m->names, subject);
	struct buf b = {0};

	if (name == NULL)
		return;
	json_quote(&b, str_c((const char *)*name));
	for (size_t i = 0; i < n; i++)
		if (str_is(fact[i].id, "organisation") && fact[i].value.type == JSON_STR &&
		    str_eq(json_str(fact[i].value, a), subject))
			fact[i].value = json_view(arena_str(a, buf_view(&b)));
	buf_free(&b);
}

/* One playbook at fault must not keep the others from the incident. */
static void
on_bad(void *ctx, const struct err *e)
{
	struct matcher *m = ctx;

	msg_err(e);
	m->status = msg_worse(m->status, EXIT_CONF);
}

void
matcher_open(struct matcher *m, const char *dir, const char *db, bool zh)
{
	const char *first, *base;
	struct err e;
	size_t n = 0;

	*m = (struct matcher){.zh = zh};
	if (library_folders(dir, &first, &base, &e) != 0 || library_open(first, base, &m->lib, on_bad, m, &e) != 0)
		msg_die(&e);
	for (size_t i = 0; i < m->lib.n; i++)
		n += m->lib.play[i]->ntype;
	m->type = arena_alloc(&m->mem, (n + 1) * sizeof *m->type);
	for (size_t i = 0; i < m->lib.n; i++)
		for (size_t k = 0; k < m->lib.play[i]->ntype; k++)
			m->type[m->ntype++] = m->lib.play[i]->type[k];
	m->past = arena_zalloc(&m->mem, (m->lib.n + 1) * sizeof *m->past);
	open_store(m, db);
	open_names(m);
}

void
matcher_close(struct matcher *m)
{
	for (size_t i = 0; i < m->ncache; i++)
		filter_free(m->cache[i].filter);
	store_close(m->store);
	library_free(&m->lib);
	map_free(&m->names);
	free(m->cache);
	arena_free(&m->mem);
}

/* --- candidates ------------------------------------------------------------------------------------------------------- */

static struct past *
past_of(struct matcher *m, const struct play *p)
{
	struct past *past = NULL;
	struct err e;

	for (size_t i = 0; i < m->lib.n; i++)
		if (m->lib.play[i] == p)
			past = &m->past[i];
	if (past != NULL && !past->known) {
		past->known = true;
		if (m->store != NULL && store_playbook_past(m->store, p->id, &past->cases, &past->effective, &e) != 0) {
			msg_warn("past effects are left out: %s", e.msg);
			past->cases = past->effective = 0;
		}
	}
	return past;
}

static bool
is_catch_all(const struct play *p)
{
	return p->ntype == 1 && str_is(p->type[0], "none");
}

static bool
eligible(const struct match *x, const struct play *p)
{
	return !p->abstract &&
	    (str_is(p->industry, "general") || (x->industry_known && str_eq(p->industry, x->industry)));
}

static struct rank
rank_for(struct matcher *m, const struct match *x, const struct play *p, struct str type)
{
	const struct past *past = past_of(m, p);
	struct rank r = {.weight = p->weight, .id = p->id};

	r.type = is_catch_all(p) ? FIT_NONE : playbook_fit(p->type, p->ntype, type);
	r.industry = x->industry_known && !str_is(p->industry, "general") && str_eq(p->industry, x->industry);
	if (past != NULL && past->cases > 0) {
		r.cases = past->cases;
		r.effect = past_rank(past->effective, past->cases);
	}
	return r;
}

static int
by_rank(const void *a, const void *b)
{
	return rank_cmp(&((const struct candidate *)a)->rank, &((const struct candidate *)b)->rank);
}

static void
gather(struct matcher *m, struct arena *a, struct match *x)
{
	x->cand = arena_zalloc(a, (m->lib.n + 1) * sizeof *x->cand);
	for (size_t i = 0; i < m->lib.n; i++) {
		struct play *p = m->lib.play[i];
		enum quick q;

		if (!eligible(x, p) || (q = trigger_quick(p->trigger, x->settled.type)) == QUICK_NO)
			continue;
		x->cand[x->ncand++] = (struct candidate){.play = p, .rank = rank_for(m, x, p, x->settled.type), .quick = q,
		    .asked = q == QUICK_YES, .holds = q == QUICK_YES};
	}
	if (x->ncand > 1)
		qsort(x->cand, x->ncand, sizeof *x->cand, by_rank);
}

/* --- jq --------------------------------------------------------------------------------------------------------------- */

struct programs {
	struct filter_src src[PROGRAMS];
	size_t n;
	struct buf key;
	struct arena *a;
};

static void
add_program(struct programs *p, const struct play *play, const char *what, struct str name, struct str program)
{
	if (p->n == PROGRAMS)
		return;
	p->src[p->n].program = arena_cstr(p->a, program);
	p->src[p->n++].name = arena_printf(p->a, "%s: %s%.*s", play->file, what, STRF(name)).p;
	buf_printf(&p->key, "%.*s %s%.*s\n", STRF(play->id), what, STRF(name));
}

/* The set compiled, from the cache when it was needed before. NULL: reported. */
static struct filter *
compiled(struct matcher *m, struct programs *p)
{
	struct compiled *c;
	struct err e;

	for (size_t i = 0; i < m->ncache; i++)
		if (str_eq(m->cache[i].key, buf_view(&p->key)))
			return m->cache[i].filter;
	if (m->ncache == CACHE_MAX)
		filter_free(m->cache[--m->ncache].filter);
	m->cache = xgrow(m->cache, &m->cache_cap, m->ncache + 1, sizeof *m->cache);
	c = &m->cache[m->ncache];
	if (filter_compile_many(p->src, p->n, NULL, &c->filter, &e) != 0) {
		msg_err(&e);
		m->status = msg_worse(m->status, msg_status(e.kind));
		return NULL;
	}
	c->key = arena_str(&m->mem, buf_view(&p->key));
	m->ncache++;
	return c->filter;
}

static size_t
add_facts(struct programs *p, const struct play *play, struct json incident, const struct fact *fact, size_t n)
{
	size_t from = p->n;
	struct json v;

	for (size_t i = 0; i < n; i++)
		if (fact[i].from.n > 0 && !fact_quick(fact[i].from, incident, p->a, &v))
			add_program(p, play, "facts.", fact[i].id, fact[i].from);
	return from;
}

/* Unknown is what is absent, null, false text, an empty string or an object: none of these may stand in a sentence. */
static struct json
usable(struct json v)
{
	struct buf b = {0};
	bool good = template_value(v, true, &b);

	buf_free(&b);
	return good ? v : (struct json){0};
}

static void
take_facts(const struct str *value, size_t nvalue, struct json incident, struct fact *fact, size_t n, struct arena *a)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		struct json v = {0};

		if (fact[i].from.n > 0 && !fact_quick(fact[i].from, incident, a, &v))
			v = k < nvalue ? json_view(arena_str(a, value[k++])) : v;
		fact[i].value = usable(v);
	}
}

/*
 * Runs, as one program, the triggers of the candidates from..to that jq must decide, and beside them the facts of the
 * playbook that is likely to win, since each compilation costs as much as everything else together.
 */
static void
ask(struct matcher *m, struct match *x, size_t from, size_t to, struct str incident, struct play *likely, struct arena *a)
{
	struct programs *p = arena_zalloc(a, sizeof *p);
	struct str value[PROGRAMS];
	struct filter *f;
	struct err e;
	size_t at = 0;

	p->a = a;
	for (size_t i = from; i < to; i++)
		if (!x->cand[i].asked)
			add_program(p, x->cand[i].play, "trigger", STR(""), x->cand[i].play->trigger);
	if (likely != NULL)
		at = add_facts(p, likely, json_view(incident), x->fact, x->nfact);
	f = p->n > 0 ? compiled(m, p) : NULL;
	if (f != NULL && filter_values_many(f, incident, value, &e) != 0)
		msg_warn("%s", e.msg); /* a program that fails on this incident says null: no, or unknown */
	if (likely != NULL)
		take_facts(value + at, f != NULL ? p->n - at : 0, json_view(incident), x->fact, x->nfact, a);
	for (size_t i = from, k = 0; i < to; i++)
		if (!x->cand[i].asked) {
			x->cand[i].asked = true;
			if (f != NULL) {
				x->cand[i].holds = !str_is(value[k], "null") && !str_is(value[k], "false");
				k++;
			}
		}
	buf_free(&p->key);
}

/* --- the winner ------------------------------------------------------------------------------------------------------- */

static bool
load(struct matcher *m, struct candidate *c, struct match *x, struct arena *a)
{
	struct err e;

	if (play_load(&m->lib, c->play, &e) != 0) {
		if (!c->play->loaded)
			msg_err(&e);
		m->status = msg_worse(m->status, EXIT_CONF);
		c->asked = true;
		c->holds = false;
		return false;
	}
	x->nfact = plan_facts(json_view(c->play->json), a, &x->fact);
	for (size_t i = 0; i < x->nfact; i++)
		for (size_t k = 0; k < c->play->ntext && !x->fact[i].used; k++)
			x->fact[i].used = template_uses(c->play->text[k].body, x->fact[i].id);
	return true;
}

static void
choose(struct matcher *m, struct match *x, struct str incident, struct arena *a)
{
	size_t same = 0; /* candidates made for the type */

	while (same < x->ncand && x->cand[same].rank.type >= FIT_TYPE)
		same++;
	for (size_t i = 0; i < x->ncand && x->won == NULL; i++) {
		struct candidate *c = &x->cand[i];

		if ((c->asked && !c->holds) || !load(m, c, x, a))
			continue;
		ask(m, x, c->asked ? i : i < same ? 0 : same, c->asked ? i : i < same ? same : x->ncand, incident, c->play, a);
		if (c->holds)
			x->won = c;
	}
}

static void
add_alternative(struct match *x, struct candidate c)
{
	if (c.play == x->won->play || x->nalt == ALTERNATIVES)
		return;
	for (size_t i = 0; i < x->nalt; i++)
		if (x->alt[i].play == c.play)
			return;
	x->alt[x->nalt++] = c;
}

/* What else holds, then what would be used if a type that had a claim were the right one. */
static void
others(struct matcher *m, struct match *x)
{
	for (size_t i = 0; i < x->ncand; i++)
		if (x->cand[i].holds && x->cand[i].rank.type != FIT_NONE)
			add_alternative(x, x->cand[i]);
	for (size_t r = 0; r < x->settled.nrival; r++) {
		struct candidate best = {.rival = x->settled.rival[r]};

		if (str_eq(best.rival, x->settled.type) || str_is(best.rival, "none"))
			continue;
		for (size_t i = 0; i < m->lib.n; i++) {
			struct rank k = rank_for(m, x, m->lib.play[i], best.rival);

			if (eligible(x, m->lib.play[i]) && k.type >= FIT_TYPE && (best.play == NULL || rank_cmp(&k, &best.rank) < 0)) {
				best.play = m->lib.play[i];
				best.rank = k;
			}
		}
		if (best.play != NULL) {
			best.rank.type = FIT_OTHER;
			add_alternative(x, best);
		}
	}
	for (size_t i = 0; i < x->ncand; i++)
		if (x->cand[i].holds && x->cand[i].rank.type == FIT_NONE)
			add_alternative(x, x->cand[i]);
}

static void
because(struct match *x, struct str s)
{
	if (x->nwhy < WHY_MAX)
		x->why[x->nwhy++] = s;
}

static struct str
industry_why(const struct matcher *m, const struct match *x, struct arena *a)
{
	struct str own = utf8_cut_bytes(x->industry, 60);

	if (x->won->rank.industry)
		return m->zh ? arena_printf(a, "记录注明行业 %.*s，用行业剧本", STRF(own))
		             : arena_printf(a, "the record names the industry %.*s, which has its own playbook", STRF(own));
	if (x->industry.n == 0)
		return m->zh ? STR("记录没有注明行业，不从名称猜测，用通用剧本")
		             : STR("the record names no industry and none is guessed from a name: general");
	if (!x->industry_known)
		return m->zh ? arena_printf(a, "行业“%.*s”没有剧本，用通用剧本", STRF(own))
		             : arena_printf(a, "there are no playbooks for the industry '%.*s': general", STRF(own));
	if (str_is(own, "general"))
		return m->zh ? STR("记录注明行业 general，用通用剧本") : STR("the record names the industry general");
	return m->zh ? arena_printf(a, "行业 %.*s 没有这一类型的剧本，类型优先于行业，用通用剧本", STRF(own))
	             : arena_printf(a, "the industry %.*s has no playbook for this type; type outranks industry: general", STRF(own));
}

static void
explain(struct matcher *m, struct match *x, struct arena *a)
{
	const struct candidate *w = x->won;

	for (size_t i = 0; i < x->settled.nwhy; i++)
		because(x, m->zh ? x->settled.why[i].zh : x->settled.why[i].en);
	if (x->catch_all)
		because(x, m->zh ? STR("没有其他剧本的触发条件成立，用兜底剧本") : STR("no other trigger holds: the catch-all"));
	else if (w->rank.type >= FIT_TYPE)
		because(x, m->zh ? arena_printf(a, "剧本针对类型 %.*s，触发条件成立", STRF(x->settled.type))
		                 : arena_printf(a, "made for the type %.*s, and its trigger holds", STRF(x->settled.type)));
	else
		because(x, m->zh ? STR("没有针对此类型的剧本，这一剧本的触发条件成立")
		                 : STR("no playbook is made for this type; the trigger of this one holds"));
	if (!x->catch_all)
		because(x, industry_why(m, x, a));
	if (w->rank.weight != 0)
		because(x, m->zh ? arena_printf(a, "权重 %+lld", (long long)w->rank.weight)
		                 : arena_printf(a, "weight %+lld", (long long)w->rank.weight));
	if (w->rank.cases > 0) {
		long long n = (long long)w->rank.cases, good = (long long)past_of(m, w->play)->effective;

		because(x, m->zh ? arena_printf(a, "此前 %lld 案中 %lld 案有效（按时受控）", n, good)
		                 : arena_printf(a, "effective in %lld of %lld cases (contained in time)", good, n));
	}
	if (x->level_known)
		because(x, m->zh ? arena_printf(a, "级别 %s 的预案", playbook_levels[x->level])
		                 : arena_printf(a, "the plan for level %s", playbook_levels[x->level]));
	else
		because(x, m->zh ? STR("没有注明级别，按 blue 的预案") : STR("no level is given: the plan for blue"));
}

/* The incident as triggers see it: with the settled type. */
static struct str
with_type(struct str incident, const struct match *x, struct arena *a)
{
	struct rec r = {0};
	struct buf type = {0}, out = {0};
	struct str s = incident;

	if (!x->settled.changed || rec_parse(&r, incident, true, NULL) != 0) {
		rec_free(&r);
		return s;
	}
	json_quote(&type, x->settled.type);
	rec_set(&r, "type", buf_view(&type));
	rec_put(&r, &out);
	s = arena_str(a, str_trim(buf_view(&out)));
	buf_free(&type);
	buf_free(&out);
	rec_free(&r);
	return s;
}

int
match_one(struct matcher *m, struct str incident, struct arena *a, struct match *x, struct err *e)
{
	struct json v = json_view(incident);
	struct str seen;

	*x = (struct match){0};
	x->industry = str_trim(json_str(json_get(v, "industry"), a));
	x->industry_known = library_has_industry(&m->lib, x->industry);
	x->level = playbook_level(json_str(json_get(v, "level"), a));
	x->level_known = x->level >= 0;
	if (x->level < 0)
		x->level = 0;
	settle(v, x->industry_known ? x->industry : STR(""), m->type, m->ntype, a, &x->settled);
	seen = with_type(incident, x, a);
	gather(m, a, x);
	choose(m, x, seen, a);
	if (x->won == NULL)
		return err_set(e, ERR_CONFIG, "no playbook fits, not even a catch-all (%s)", m->lib.dir);
	x->catch_all = x->won->rank.type == FIT_NONE;
	m->fell_back += x->catch_all;
	others(m, x);
	call_by_name(m, incident, x->fact, x->nfact, a);
	explain(m, x, a);
	return 0;
}

/* --- printing --------------------------------------------------------------------------------------------------------- */

static struct str
alternative_why(const struct matcher *m, const struct candidate *c, struct arena *a)
{
	if (c->rival.n > 0)
		return m->zh ? arena_printf(a, "若类型是 %.*s", STRF(c->rival)) : arena_printf(a, "if the type were %.*s", STRF(c->rival));
	if (c->rank.type == FIT_NONE)
		return m->zh ? STR("兜底剧本") : STR("the catch-all");
	if (c->rank.type == FIT_OTHER)
		return m->zh ? STR("触发条件成立，但不针对此类型") : STR("its trigger holds, but it is made for another type");
	if (!c->rank.industry)
		return m->zh ? STR("同一类型的通用剧本") : STR("the general playbook for the type");
	return m->zh ? STR("同一类型，排序在后") : STR("the same type, ranked lower");
}

void
match_json(const struct matcher *m, struct str incident, const struct match *x, struct buf *out)
{
	const struct play *p = x->won->play;
	struct json pb = json_view(p->json);
	struct arena a = {0};
	struct jw w = jw_open(out);

	jw_obj(&w);
	jw_kstr(&w, "id", p->id);
	jw_key(&w, "types");
	jw_arr(&w);
	for (size_t i = 0; i < p->ntype; i++)
		jw_str(&w, p->type[i]);
	jw_end(&w);
	jw_kstr(&w, "type", x->settled.type);
	jw_kstr(&w, "version", p->version);
	jw_kcstr(&w, "hash", p->hash);
	jw_knum(&w, "score", rank_score(&x->won->rank), 4);
	if (json_get(pb, "title").type == JSON_OBJ)
		jw_kraw(&w, "title", json_get(pb, "title").raw);
	jw_key(&w, "why");
	jw_arr(&w);
	for (size_t i = 0; i < x->nwhy; i++)
		jw_str(&w, x->why[i]);
	jw_end(&w);
	plan_write(&w, pb, x->fact, x->nfact, x->level, playbook_stage(json_view(incident)));
	jw_key(&w, "alternatives");
	jw_arr(&w);
	for (size_t i = 0; i < x->nalt; i++) {
		jw_obj(&w);
		jw_kstr(&w, "id", x->alt[i].play->id);
		jw_knum(&w, "score", rank_score(&x->alt[i].rank), 4);
		jw_key(&w, "why");
		jw_arr(&w);
		jw_str(&w, alternative_why(m, &x->alt[i], &a));
		jw_end(&w);
		jw_end(&w);
	}
	jw_end(&w);
	jw_end(&w);
	arena_free(&a);
}

static void
line(struct buf *out, const char *what, struct str s)
{
	buf_printf(out, "  %-12s", what);
	utf8_clean(out, s);
	buf_putc(out, '\n');
}

void
match_explain(const struct matcher *m, struct str incident, const struct match *x, struct buf *out)
{
	struct json v = json_view(incident);
	struct arena a = {0};
	size_t known = 0, open = 0;

	utf8_clean(out, json_str(json_get(v, "id"), &a));
	buf_puts(out, "  ");
	utf8_clean(out, json_str(json_get(v, "subject"), &a));
	buf_putc(out, '\n');
	line(out, "playbook", arena_printf(&a, "%.*s %.*s (%.4f)  %.*s", STRF(x->won->play->id), STRF(x->won->play->version),
	    rank_score(&x->won->rank), STRF(m->zh ? x->won->play->title_zh : x->won->play->title_en)));
	for (size_t i = 0; i < x->nwhy; i++)
		line(out, i == 0 ? "why" : "", x->why[i]);
	for (size_t i = 0; i < x->nalt; i++)
		line(out, i == 0 ? "otherwise" : "", arena_printf(&a, "%.*s (%.4f)  %.*s", STRF(x->alt[i].play->id),
		    rank_score(&x->alt[i].rank), STRF(alternative_why(m, &x->alt[i], &a))));
	for (size_t i = 0; i < x->nfact; i++) {
		known += x->fact[i].value.type != JSON_NONE;
		open += x->fact[i].value.type == JSON_NONE && x->fact[i].used;
	}
	line(out, "facts", arena_printf(&a, "%zu known, %zu open", known, open));
	arena_free(&a);
}
