#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/path.h"
#include "cli/run.h"
#include "ext/taxfile.h"
#include "model/classify_fit.h"
#include "train.h"

enum { TEXT_KEPT = 300, HELD_OUT_SEED = 1, FOLD_SEED = 7 };

struct conf {
	const char *out, *label, *taxonomy, *size, *source, *licence, *alarms;
	struct opt_list test;
	int64_t folds, errors, hold_out;
	bool by_file, base;
};

/* Posts with their types; data mirrors them for the reports. */
struct posts {
	struct cfit_doc *doc;
	uint32_t *fold;
	size_t n, cap, fold_cap, doc_cap;
	struct data data;
};

static const float EVERYDAY_WEIGHT = 0.1f;
static const struct data *classes; /* for worse(): the name "none" */

static bool
worse(uint8_t gold, uint8_t got)
{
	return strcmp(classes->name[gold], "none") != 0 && strcmp(classes->name[got], "none") == 0; /* a crisis not seen */
}

struct classifier *
open_classifier(const char *path, struct str model, const char *model_name, struct arena *keep)
{
	struct classifier *c = xcalloc(1, sizeof *c);
	struct classify_files f = {.model = model, .model_name = model_name};
	struct err e;

	f.t2s_name = path_data("t2s.tsv", &e);
	if (f.t2s_name == NULL)
		msg_die(&e);
	f.t2s = open_file(f.t2s_name, keep);
	path = path_config(path, "taxonomy.yaml", &e);
	if (path == NULL || classifier_fold(c, &f, &e) != 0 ||
	    taxfile_load(path, path_data("taxonomy.yaml", NULL), classifier_take, c, keep, &e) != 0 ||
	    classifier_open(c, &f, &e) != 0)
		msg_die(&e);
	return c;
}

static struct str
own_label(struct rec *r, const char *label)
{
	struct json v = label != NULL ? rec_get(r, label) : json_get(rec_get(r, "labels"), "type");

	if (label == NULL && v.type != JSON_STR)
		v = rec_get(r, "label");
	if (label == NULL && v.type != JSON_STR)
		v = rec_get(r, "type");
	return json_str(v, &r->tmp);
}

static int
industry(const struct tax *t, struct str id)
{
	for (size_t i = 0; i < t->nindustries; i++)
		if (str_eq(t->industry[i].id, id))
			return (int)i;
	return -1;
}

static int
further_type(const struct tax *t, struct rec *r, int type)
{
	struct json_iter it = json_iter(rec_get(r, "types"));
	struct str key;
	struct json v;

	while (json_next(&it, &key, &v)) {
		int k = tax_find_type(t, json_str(v, &r->tmp));

		if (k >= 0 && k != type)
			return k;
	}
	return -1;
}

/* Returns false for a text of the test, which is left out. */
static bool
add(struct posts *p, struct classifier *c, struct rec *r, int type)
{
	struct str title = rec_str(r, "title"), text = rec_str(r, "text"), id = rec_str(r, "id"), mood, platform;
	struct cfit_doc *d;
	struct item *it;

	if (title.n > 0)
		text = text.n > 0 ? arena_join(&r->tmp, title, '\n', text) : title;
	if (texts_hold(p->data.test, seen_hash(text)))
		return false;
	p->doc = xgrow(p->doc, &p->doc_cap, p->n + 1, sizeof *p->doc);
	p->fold = xgrow(p->fold, &p->fold_cap, p->n + 1, sizeof *p->fold);
	d = &p->doc[p->n];
	*d = (struct cfit_doc){.type = type, .also = further_type(&c->tax, r, type), .news = -1, .praise = -1,
	    .weight = (float)json_num_or(rec_get(r, "weight"), 1)};
	if (!(d->weight >= 0 && d->weight <= 1000))
		d->weight = 1;
	cfit_take(c, text, rec_str(r, "subject"), &p->data.keep, d);
	d->ind = industry(&c->tax, rec_str(r, "industry"));
	platform = rec_str(r, "platform");
	mood = rec_str(r, "sentiment");
	if (platform.n > 0)
		d->news = str_is(platform, "news");
	if (mood.n > 0)
		d->praise = type == 0 && str_is(mood, "pos");
	p->fold[p->n++] = (uint32_t)(hash_bytes(text.p, text.n, FOLD_SEED) >> 8);
	p->data.item = xgrow(p->data.item, &p->data.cap, p->data.n + 1, sizeof *p->data.item);
	it = &p->data.item[p->data.n++];
	*it = (struct item){.id = arena_str(&p->data.keep, id), .gold = (uint8_t)type, .seen = seen_hash(text),
	    .text = arena_str(&p->data.keep, utf8_cut_bytes(text, TEXT_KEPT))};
	p->data.count[type]++;
	return true;
}

/* Which posts are set aside depends on their ids alone, so that the split stands before anything is tuned. */
static bool
set_aside(struct str id, int64_t every)
{
	return every > 0 && hash_bytes(id.p, id.n, HELD_OUT_SEED) % (uint64_t)every == 0;
}

static void
read_posts(struct posts *p, struct posts *aside, struct posts *help, struct classifier *c, char **files, struct conf *conf)
{
	struct run run;
	struct rec r = {0};
	const char *file = NULL;
	uint32_t nfiles = 0;

	p->data.classes = c->tax.ntypes;
	for (size_t i = 0; i < c->tax.ntypes; i++)
		p->data.name[i] = c->tax.type[i].id.p;
	for (struct posts *o = aside; o != NULL; o = o == help ? NULL : help) {
		o->data.classes = p->data.classes;
		memcpy(o->data.name, p->data.name, sizeof p->data.name);
	}
	run_open(&run, files);
	while (run_next(&run, &r)) {
		struct str label = own_label(&r, conf->label);
		int type = tax_find_type(&c->tax, label);
		struct posts *to;

		if (type < 0) {
			p->data.unlabelled++;
			continue;
		}
		to = help != NULL && json_num_or(rec_get(&r, "weight"), 1) < 1 ? help :
		    aside != NULL && set_aside(rec_str(&r, "id"), conf->hold_out) ? aside : p;
		if (!add(to, c, &r, type))
			continue;
		nfiles += run.in.name != file;
		file = run.in.name;
		if (conf->by_file)
			to->fold[to->n - 1] = nfiles - 1;
	}
	if (help != NULL && conf->by_file)
		conf->folds = nfiles;
	p->data.status = msg_worse(p->data.status, run.status);
	rec_free(&r);
}

static void
decide(const struct classify_set *set, const float *prob, size_t n, int gold, struct eval_item *it)
{
	size_t best = classify_decide(set, prob, n);

	it->gold = (uint8_t)gold;
	it->got = (uint8_t)best;
	it->confidence = prob[best];
}

static void
score(const char *title, const struct cfit *m, const struct tax *t, const struct posts *p)
{
	struct eval_item *it = xcalloc(p->n + 1, sizeof *it);

	for (size_t i = 0; i < p->n; i++) {
		float prob[TAX_TYPES];

		cfit_predict(m, t, &p->doc[i], prob);
		decide(&m->conf.set, prob, t->ntypes, p->doc[i].type, &it[i]);
	}
	print_eval(title, it, &p->data);
	print_alarms(title, it, p->n);
	free(it);
}

static void
fit(const struct tax *t, const struct posts *p, const struct posts *help, const struct posts *more,
    const struct cfit_conf *conf, int64_t folds, int64_t skip, struct cfit *m)
{
	const struct cfit_doc **doc = xcalloc(p->n + help->n + (more != NULL ? more->n : 0) + 1, sizeof *doc);
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		if (skip < 0 || (int64_t)(p->fold[i] % (uint64_t)folds) != skip)
			doc[n++] = &p->doc[i];
	for (size_t i = 0; i < help->n; i++)
		doc[n++] = &help->doc[i];
	for (size_t i = 0; more != NULL && i < more->n; i++)
		doc[n++] = &more->doc[i];
	cfit_solve(t, doc, n, conf, m);
	free(doc);
}

/* Probabilities of every post from models that have not seen it; with them temper, lean and the threshold of alarms are set. */
static void
cross_validate(const struct tax *t, const struct posts *p, const struct posts *help, struct cfit_conf *c, const struct conf *conf,
    struct eval_item *it)
{
	const size_t k = t->ntypes;
	float *prob = xcalloc((p->n + 1) * k, sizeof *prob);
	int *gold = xcalloc(p->n + 1, sizeof *gold);
	struct cfit m;

	c->types_only = true;
	for (int64_t q = 0; q < conf->folds; q++) {
		size_t in = 0;

		for (size_t i = 0; i < p->n; i++)
			in += (int64_t)(p->fold[i] % (uint64_t)conf->folds) == q;
		if (in == 0)
			continue;
		msg_note("fold %d of %d", (int)q + 1, (int)conf->folds);
		fit(t, p, help, NULL, c, conf->folds, q, &m);
		for (size_t i = 0; i < p->n; i++)
			if ((int64_t)(p->fold[i] % (uint64_t)conf->folds) == q)
				cfit_predict(&m, t, &p->doc[i], prob + i * k);
		cfit_free(&m);
	}
	c->types_only = conf->out == NULL;
	for (size_t i = 0; i < p->n; i++)
		gold[i] = p->doc[i].type;
	cfit_tune(prob, gold, p->n, k, conf->alarms != NULL ? real_arg("--alarms", conf->alarms, 0, 100) / 100 : 0.1, c);
	for (size_t i = 0; i < p->n; i++)
		decide(&c->set, prob + i * k, k, gold[i], &it[i]);
	free(prob);
	free(gold);
}

static void
save(const struct conf *conf, const struct cfit *m, const struct tax *t, const struct eval_item *it, const struct posts *p,
    const struct posts *aside, const struct posts *help)
{
	const struct posts *part[] = {p, aside, help};
	size_t all = p->n + aside->n + help->n, n = 0, cap = 0;
	uint64_t *seen = NULL;
	struct buf comment = {0}, bytes = {0};
	struct eval *e = xcalloc(1, sizeof *e);

	eval_run(it, p->n, t->ntypes, e);
	buf_puts(&comment, "# tocsin crisis-type model, made by train classify\n");
	if (conf->source != NULL)
		comment_line(&comment, "source", str_c(conf->source));
	if (conf->licence != NULL)
		comment_line(&comment, "licence", str_c(conf->licence));
	buf_printf(&comment, "# trained on: %zu posts; cross-validated on %zu: accuracy %.1f, macro-F1 %.1f\n", all, p->n,
	    100 * e->accuracy, 100 * e->macro_f1);
	for (int k = 0; k < 3; k++) /* what only helps, or was set aside, has been learnt from too */
		for (size_t i = 0; i < part[k]->n; i++) {
			seen = xgrow(seen, &cap, n + 1, sizeof *seen);
			seen[n++] = part[k]->data.item[i].seen;
		}
	if (n > 0)
		comment_seen(&comment, seen, n);
	free(seen);
	cfit_write(m, t, comment.p, &bytes);
	write_model(conf->out, buf_view(&bytes));
	printf("model: %s, %zu features, %zu KiB\n", conf->out, m->n, bytes.n / 1024);
	free(e);
	buf_free(&comment);
	buf_free(&bytes);
}

/* The posts the shipped model has learnt from: the hand-written ones, and everyday posts that are about nothing. */
static void
read_base(struct posts *p, struct posts *aside, struct posts *help, struct classifier *cl, struct conf *conf)
{
	static const char *const everyday[] = {"train/social-zh.ndjson", "train/social-en.ndjson"};
	char *file[27], *names[2] = {NULL, NULL};
	size_t n;
	struct run run;
	struct rec r = {0};

	n = base_files('a', 'z', file, &p->data.keep);
	file[n] = NULL;
	read_posts(p, aside, help, cl, file, conf);
	for (int i = 0; i < 2; i++) {
		const char *path = path_data(everyday[i], NULL);

		if (path == NULL)
			continue;
		names[0] = arena_strdup(&p->data.keep, path);
		run_open(&run, names);
		while (run_next(&run, &r))
			if (!str_is(rec_str(&r, "label"), "neg") && add(help, cl, &r, 0))
				help->doc[help->n - 1].weight = EVERYDAY_WEIGHT;
	}
	rec_free(&r);
}

int
train_classify(int argc, char **argv)
{
	static struct conf conf = {.folds = 5, .errors = 10};
	static const struct opt opts[] = {
	    {'c', NULL, "FILE", "the taxonomy whose types and evidence are used", OPT_STR, &conf.taxonomy, 0, 0},
	    {'o', "output", "MODEL", "write the model here", OPT_STR, &conf.out, 0, 0},
	    {0, "base", NULL, "learn from the posts of the shipped model too", OPT_FLAG, &conf.base, 0, 0},
	    {'t', "test", "FILE", "also score this set, and learn nothing from its texts; may be repeated", OPT_LIST, &conf.test, 0, 0},
	    {0, "hold-out", "N", "set one post in N aside by its id; score it apart", OPT_INT, &conf.hold_out, 2, 100},
	    {'l', "label", "MEMBER", "the member that holds the type", OPT_STR, &conf.label, 0, 0},
	    {0, "by-file", NULL, "cross-validate by leaving out one file, that is one writer, at a time", OPT_FLAG, &conf.by_file, 0, 0},
	    {0, "alarms", "PERCENT", "of the posts of type none may raise an alarm in cross-validation (10)", OPT_STR, &conf.alarms, 0, 0},
	    {'k', "folds", "N", "parts for cross-validation (5)", OPT_INT, &conf.folds, 2, 20},
	    {'C', "cost", "X", "size of weights against errors (0.06)", OPT_STR, &conf.size, 0, 0},
	    {'e', "errors", "N", "list the N most harmful errors (10)", OPT_INT, &conf.errors, 0, 1000},
	    {0, "source", "TEXT", "where the posts are from, for the head of the model", OPT_STR, &conf.source, 0, 0},
	    {0, "licence", "TEXT", "their licence, likewise", OPT_STR, &conf.licence, 0, 0},
	    {0, NULL, NULL, NULL, OPT_END, NULL, 0, 0}};
	char **files = opt_parse(argc, argv, opts, "[file...]", "Fits a crisis-type model and says how good it is.");
	struct cfit_conf c = cfit_defaults();
	struct arena keep = {0};
	struct classifier *cl = open_classifier(conf.taxonomy, STR(""), NULL, &keep);
	struct posts *p = xcalloc(1, sizeof *p), *aside = xcalloc(1, sizeof *aside), *help = xcalloc(1, sizeof *help), *test;
	struct texts texts = {0};
	const struct tax *t = &cl->tax;
	struct eval_item *it;
	size_t own, kinds = 0;
	struct cfit m;

	if (conf.size != NULL)
		c.l2 = (float)real_arg("--cost", conf.size, 1e-6, 1e3);
	test = xcalloc(conf.test.n + 1, sizeof *test);
	for (size_t i = 0; i < conf.test.n; i++) {
		char *names[] = {(char *)(uintptr_t)conf.test.v[i], NULL};

		read_posts(&test[i], NULL, NULL, cl, names, &conf);
		texts_add(&texts, &test[i].data);
		p->data.status = msg_worse(p->data.status, test[i].data.status);
	}
	p->data.test = aside->data.test = help->data.test = &texts;
	read_posts(p, aside, help, cl, files, &conf);
	own = p->n;
	for (size_t i = 0; i < t->ntypes; i++)
		kinds += p->data.count[i] > 0;
	if (conf.base)
		read_base(p, aside, help, cl, &conf);
	else if (own >= 20 && kinds < 2) {
		msg_warn("all %zu posts are of one type: from them a model learns to say it always", own);
		return EXIT_DATA;
	}
	warn_met(&texts);
	if (p->n < 20) {
		msg_warn("too little to learn from: %zu posts labelled with types of the taxonomy", p->n);
		return EXIT_DATA;
	}
	classes = &p->data;
	printf("data: %zu posts, %zu set aside, %zu that only help, %zu without a type of the taxonomy passed over\n", p->n,
	    aside->n, help->n, p->data.unlabelled);
	it = xcalloc(p->n + 1, sizeof *it);
	cross_validate(t, p, help, &c, &conf, it);
	print_eval("cross-validation", it, &p->data);
	print_alarms("cross-validation", it, p->n);
	print_errors(it, &p->data, (size_t)conf.errors, worse);
	fit(t, p, help, NULL, &c, 1, -1, &m);
	if (aside->n > 0)
		score("held out", &m, t, aside);
	for (size_t i = 0; i < conf.test.n; i++)
		score(conf.test.v[i], &m, t, &test[i]);
	if (conf.out != NULL) {
		if (!conf.base)
			warn_few(own);
		if (aside->n > 0) { /* what was set aside has done its work: the model that is used learns from it too */
			cfit_free(&m);
			fit(t, p, help, aside, &c, 1, -1, &m);
		}
		save(&conf, &m, t, it, p, aside, help);
	}
	return msg_worse(p->data.status, msg_flush_stdout());
}
