/*
 * classify: adds the crisis type of a post, with the evidence found, severity cues, kind, rumour signals.
 * Reads title and text of kind post; writes the member "crisis". Exit codes: the common ones.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "classify.h"
#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/path.h"
#include "cli/run.h"
#include "ext/taxfile.h"
#include "model/classify.h"
#include "model/linear.h"

enum { FILE_MAX = 64 << 20, EVIDENCE = 6 /* terms shown of a type */, TOP_GRAMS = 10, SCORES = 5 };

struct conf {
	const char *taxonomy, *model;
	bool explain, check, rules_only, terms, entities;
	struct terms_conf t;
};

struct str
load_file(const char *path, struct arena *a)
{
	struct str bytes;
	struct err e;

	if (file_read(path, FILE_MAX, a, &bytes, &e) != 0) {
		e.kind = ERR_CONFIG;
		msg_die(&e);
	}
	return bytes;
}

const char *
shipped_file(const char *name)
{
	struct err e;
	const char *path = path_data(name, &e);

	if (path == NULL)
		msg_die(&e);
	return path;
}

/* What reads the taxonomy: the classifier, and the finder of entities when there is one. */
struct readers {
	struct classifier *c;
	struct entity_finder *f;
};

static int
take_taxonomy(void *ctx, struct str json, size_t *step, unsigned *depth, struct err *e)
{
	struct readers *both = ctx;

	if (both->f != NULL)
		entity_names(both->f, json);
	return classifier_take(both->c, json, step, depth, e);
}

static struct classify_files
open_all(const struct conf *conf, struct readers *both, const char **taxonomy, struct arena *a)
{
	struct classifier *c = both->c;
	struct classify_files f = {.t2s_name = shipped_file("t2s.tsv")};
	struct err e;

	f.t2s = load_file(f.t2s_name, a);
	if (!conf->rules_only) {
		f.model_name = path_config(conf->model, "classify.model", &e);
		if (f.model_name == NULL)
			msg_die(&e);
		f.model = load_file(f.model_name, a);
		if (f.model.n == 0) {
			(void)err_set(&e, ERR_CONFIG, "%s: not a model of classify: it is empty", f.model_name);
			msg_die(&e);
		}
	}
	if (classifier_fold(c, &f, &e) != 0)
		msg_die(&e);
	if (conf->entities)
		both->f = entity_open(&c->fold);
	*taxonomy = path_config(conf->taxonomy, "taxonomy.yaml", &e);
	if (*taxonomy == NULL || taxfile_load(*taxonomy, path_data("taxonomy.yaml", NULL), take_taxonomy, both, a, &e) != 0 ||
	    classifier_open(c, &f, &e) != 0)
		msg_die(&e);
	return f;
}

static int
say_all(const struct classifier *c, const char *taxonomy, const struct classify_files *f)
{
	struct buf line = {0};

	for (size_t i = 1; i < c->tax.ntypes; i++) {
		const struct tax_type *t = &c->tax.type[i];

		if (str_eq(t->label_en, t->id) && str_eq(t->label_zh, t->id))
			msg_note("%s: type '%.*s' has no label: that name is what people will read", taxonomy, STRF(t->id));
	}
	buf_printf(&line, "%s: %zu types, %zu terms, %zu cues, %zu rules\n", taxonomy, c->tax.ntypes - 1, c->tax.nterms,
	    c->tax.ncues, c->tax.nrules);
	if (f->model.n > 0) {
		buf_printf(&line, "%s: a model of types", f->model_name);
		model_trained_on(f->model, &line);
		buf_putc(&line, '\n');
	}
	(void)fputs(line.p, stdout);
	buf_free(&line);
	return msg_flush_stdout();
}

/* The terms that speak for a type, heaviest first, as they stand in the text. */
static void
evidence(const struct classifier *c, struct str text, int type, struct jw *w)
{
	const struct tax_hit *top[EVIDENCE];
	size_t n = 0;

	for (size_t i = 0; i < c->scan.nev; i++) {
		const struct tax_hit *h = &c->scan.ev[i];
		size_t at = n;

		if (h->index != type)
			continue;
		for (; at > 0 && top[at - 1]->weight < h->weight; at--)
			if (at < EVIDENCE)
				top[at] = top[at - 1];
		if (at < EVIDENCE) {
			top[at] = h;
			n += n < EVIDENCE;
		}
	}
	jw_arr(w);
	for (size_t i = 0; i < n; i++)
		jw_str(w, str_sub(text, top[i]->off, top[i]->len));
	jw_end(w);
}

static void
names(struct jw *w, const char *key, const struct tax_name *name, size_t n, uint32_t bits)
{
	jw_key(w, key);
	jw_arr(w);
	for (size_t i = 0; i < n; i++)
		if (bits >> i & 1)
			jw_str(w, name[i].id);
	jw_end(w);
}

/* The likeliest types with what rules and model gave them, "none" among them, and from where on it is none. */
static void
explain_scores(const struct classifier *c, struct jw *w)
{
	bool told[TAX_TYPES] = {false};
	float rules, linear;

	jw_knum(w, "none_from", (double)c->model.set.none, 3);
	jw_key(w, "scores");
	jw_arr(w);
	for (size_t n = 0; n < SCORES; n++) {
		size_t best = c->tax.ntypes;

		for (size_t i = 0; i < c->tax.ntypes; i++)
			if (!told[i] && (best == c->tax.ntypes || c->prob[i] > c->prob[best]))
				best = i;
		if (best == c->tax.ntypes)
			break;
		told[best] = true;
		classify_parts(c, best, &rules, &linear);
		jw_obj(w);
		jw_kstr(w, "type", c->tax.type[best].id);
		jw_knum(w, "rules", (double)rules, 2);
		jw_knum(w, "model", (double)linear, 2);
		jw_knum(w, "probability", (double)c->prob[best], 3);
		jw_end(w);
	}
	jw_end(w);
}

static bool
repeated(struct str text, const struct class_gram *gram, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (str_eq(str_sub(text, gram[k].off, gram[k].len), str_sub(text, gram[i].off, gram[i].len)))
			return true;
	return false;
}

static void
explain(const struct classifier *c, struct str text, const struct verdict *v, struct jw *w)
{
	struct class_gram gram[TOP_GRAMS];
	size_t n = classify_top(c, v->type, gram, TOP_GRAMS);

	jw_key(w, "explain");
	jw_obj(w);
	jw_key(w, "evidence");
	jw_obj(w);
	for (size_t i = 0; i < c->tax.ntypes; i++)
		if (c->scan.score[i] > 0) {
			jw_keyn(w, c->tax.type[i].id);
			jw_num(w, (double)(c->tax.extended ? fmodf(c->scan.score[i], TAX_OWN) : c->scan.score[i]), 2);
		}
	jw_end(w);
	explain_scores(c, w);
	jw_key(w, "terms");
	jw_arr(w);
	for (size_t i = 0; i < c->scan.nev && i < 100; i++) {
		jw_obj(w);
		jw_kstr(w, "text", str_sub(text, c->scan.ev[i].off, c->scan.ev[i].len));
		jw_kstr(w, "type", c->tax.type[c->scan.ev[i].index].id);
		jw_knum(w, "weight", (double)c->scan.ev[i].weight, 2);
		jw_end(w);
	}
	jw_end(w);
	jw_key(w, "top");
	jw_arr(w);
	for (size_t i = 0; i < n; i++) {
		if (repeated(text, gram, i))
			continue;
		jw_obj(w);
		jw_kstr(w, "text", str_sub(text, gram[i].off, gram[i].len));
		jw_knum(w, "weight", (double)gram[i].weight, 3);
		jw_end(w);
	}
	jw_end(w);
	jw_end(w);
}

static void
classify(const struct conf *conf, const struct readers *both, struct rec *r, struct buf *out)
{
	struct classifier *c = both->c;
	struct str title = rec_str(r, "title"), text = rec_str(r, "text");
	const struct tax *t = &c->tax;
	struct verdict v;
	struct jw w;

	if (title.n > 0)
		text = text.n > 0 ? arena_join(&r->tmp, title, '\n', text) : title;
	classify_text(c, text, &v);
	buf_reset(out);
	w = jw_open(out);
	jw_obj(&w);
	jw_kstr(&w, "type", t->type[v.type].id);
	jw_knum(&w, "confidence", (double)v.confidence, 3);
	if (v.industry >= 0)
		jw_kstr(&w, "industry", t->industry[v.industry].id);
	jw_key(&w, "types");
	jw_arr(&w);
	for (size_t i = 0; i < v.ntypes; i++) {
		jw_obj(&w);
		jw_kstr(&w, "type", t->type[v.also[i].type].id);
		jw_knum(&w, "confidence", (double)v.also[i].confidence, 3);
		jw_key(&w, "evidence");
		evidence(c, text, v.also[i].type, &w);
		jw_end(&w);
	}
	jw_end(&w);
	names(&w, "severity", t->severity, t->nseverities, v.severity);
	if (v.kind >= 0)
		jw_kstr(&w, "kind", t->kind[v.kind].id);
	if (v.rumour != 0)
		names(&w, "rumour", t->rumour, t->nrumours, v.rumour);
	if (v.type > 0) {
		if (t->type[v.type].cluster.n > 0)
			jw_kstr(&w, "cluster", t->type[v.type].cluster);
		if (t->type[v.type].origin.n > 0)
			jw_kstr(&w, "origin", t->type[v.type].origin);
	}
	if (both->f != NULL)
		write_entities(both->f, r, &w);
	if (conf->explain)
		explain(c, text, &v, &w);
	jw_end(&w);
	rec_set(r, "crisis", buf_view(out));
}

/* Exits 64 when options do not go together. */
static void
check_use(const struct conf *conf, char **operands)
{
	const struct terms_conf *t = &conf->t;

	if (!conf->terms && (t->reference.n > 0 || t->split != INT64_MIN || t->all || t->min > 0 || t->top > 0 || t->format != NULL))
		msg_usage("--reference, --split, --all, --min, --top and -f need --terms");
	if (conf->terms && (conf->explain || conf->entities || conf->rules_only || conf->check || conf->taxonomy != NULL || conf->model != NULL))
		msg_usage("--terms classifies nothing: -c, -m, -e, -x, --rules-only and --check do not go with it");
	if (conf->check && operands[0] != NULL)
		msg_usage("--check reads no posts: '%s' is one operand too many", operands[0]);
	if (t->reference.n > 0 && t->split != INT64_MIN)
		msg_usage("--reference and --split exclude one another");
	if (t->format != NULL && strcmp(t->format, "text") != 0 && strcmp(t->format, "ndjson") != 0)
		msg_usage("-f: expected ndjson or text, not '%s'", t->format);
}

int
main(int argc, char **argv)
{
	static struct conf conf = {.t = {.split = INT64_MIN}};
	static const struct opt opts[] = {
	    {'c', NULL, "FILE", "use this taxonomy", OPT_STR, &conf.taxonomy, 0, 0},
	    {'m', "model", "MODEL", "use this model, as made by train", OPT_STR, &conf.model, 0, 0},
	    {'e', "entities", NULL, "add organisations, places, products, persons, amounts, times", OPT_FLAG, &conf.entities, 0, 0},
	    {'x', "explain", NULL, "add the terms and n-grams that decided", OPT_FLAG, &conf.explain, 0, 0},
	    {0, "rules-only", NULL, "decide by the taxonomy's evidence alone", OPT_FLAG, &conf.rules_only, 0, 0},
	    {0, "check", NULL, "check taxonomy and model, say which and stop", OPT_FLAG, &conf.check, 0, 0},
	    {0, "terms", NULL, "write the words and phrases of the posts instead", OPT_FLAG, &conf.terms, 0, 0},
	    {0, "reference", "FILE", "terms: posts of an earlier time, to compare with", OPT_LIST, &conf.t.reference, 0, 0},
	    {0, "split", "TIME", "terms: posts before TIME are the reference", OPT_TIME, &conf.t.split, 0, 0},
	    {0, "all", NULL, "terms: steady ones too", OPT_FLAG, &conf.t.all, 0, 0},
	    {0, "min", "N", "terms: those found in at least N posts (3)", OPT_INT, &conf.t.min, 3, 1 << 30},
	    {0, "top", "N", "terms: at most N (50)", OPT_INT, &conf.t.top, 1, 1 << 20},
	    {'f', "format", "FORMAT", "terms: ndjson (default), text", OPT_STR, &conf.t.format, 0, 0},
	    {0, NULL, NULL, NULL, OPT_END, NULL, 0, 0}};
	char **operands = opt_parse(argc, argv, opts, "[file...]",
	    "Adds the crisis type of posts, with its evidence; says what is new and rising.");
	static struct classifier all; /* tables and scratch are kept to the end */
	static struct arena keep;
	static struct buf out;
	static struct rec r;
	static struct readers both = {.c = &all};
	struct classify_files files;
	const char *path;
	struct run run;

	check_use(&conf, operands);
	if (conf.terms)
		return write_terms(&conf.t, operands);
	files = open_all(&conf, &both, &path, &keep);
	if (conf.check)
		return say_all(&all, path, &files);
	run_open(&run, operands);
	while (run_next(&run, &r)) {
		if (rec_kind(&r) == KIND_POST)
			classify(&conf, &both, &r, &out);
		run_put(&run, &r);
	}
	return run_finish(&run);
}
