#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/msg.h"
#include "cli/opt.h"
#include "train.h"

enum { FEW_LEFT = 50 /* pos and neg a fit needs to tell of other kinds of text */ };

struct conf {
	const char *out, *test, *label, *cost, *prior, *temper, *apart, *apart_weight, *source, *licence;
	int64_t folds, bits, errors;
	bool balance, base;
};

/* How the shipped model is fitted (scripts/train-sentiment), and what else counts half there. */
enum { BASE_BITS = 17, USUAL_BITS = 18 };
static const double base_prior = 0.3, base_temper = 0.7;
static const float base_half = 0.5f;

static bool
worse(uint8_t gold, uint8_t got)
{
	return gold == SENT_NEG && got != SENT_NEG; /* a complaint not seen */
}

static struct sentfit_doc *
docs(const struct data *d)
{
	struct sentfit_doc *x = xcalloc(d->n + 1, sizeof *x);

	for (size_t i = 0; i < d->n; i++)
		x[i] = d->item[i].d;
	return x;
}

static struct data *
new_data(void)
{
	struct data *d = xcalloc(1, sizeof *d);

	d->classes = 3;
	for (int k = 0; k < 3; k++)
		d->name[k] = sent_label_name[k];
	return d;
}

static void
answer(const struct sentfit *f, const float *value, const struct data *d, struct eval_item *it)
{
	for (size_t i = 0; i < d->n; i++) {
		it[i].gold = d->item[i].gold;
		it[i].got = (uint8_t)sentfit_label(f, &d->item[i].d, value + 2 * i, &it[i].confidence);
	}
}

/* Values of every post from a fit that did not see it; out = the fit on all, calibrated by them. */
static float *
cross_validate(const struct sentfit_doc *x, size_t n, const struct sentfit_conf *c, int folds, struct sentfit *out)
{
	float *value = xcalloc(2 * n + 2, sizeof *value);

	for (int q = 0; q < folds; q++) {
		struct sentfit part;

		msg_note("fold %d of %d", q + 1, folds);
		sentfit_run(x, n, c, q, &part);
		for (size_t i = 0; i < n; i++)
			if (x[i].fold == q)
				sentfit_values(&part, c, &x[i], value + 2 * i);
		sentfit_free(&part);
	}
	sentfit_run(x, n, c, -1, out);
	sentfit_calibrate(out, c, x, value, n);
	return value;
}

/* Files whose names differ only behind the last hyphen hold one kind of text: social-zh.ndjson, social-en.ndjson. */
static struct str
kind_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct str name = str_c(slash != NULL ? slash + 1 : path);

	for (size_t i = name.n; i-- > 0;)
		if (name.p[i] == '-')
			return str_sub(name, 0, i);
	return name;
}

/* Numbers the kind of each set; returns how many there are. */
static int
kinds(const struct data *d, uint16_t kind[SENTFIT_SETS])
{
	int n = 0;

	for (size_t i = 0; i < d->nset; i++) {
		size_t j = 0;

		while (j < i && !str_eq(kind_name(d->set[j]), kind_name(d->set[i])))
			j++;
		kind[i] = (uint16_t)(j < i ? kind[j] : n++);
	}
	return n;
}

/* Values of every post from a fit that saw no post of its kind: what to expect elsewhere. NULL: too few kinds. */
static float *
leave_kinds_out(const struct sentfit_doc *x, const struct data *d, const struct sentfit_conf *c)
{
	uint16_t kind[SENTFIT_SETS];
	int n = kinds(d, kind);
	struct sentfit_doc *y = xcalloc(d->n + 1, sizeof *y);
	float *value = xcalloc(2 * d->n + 2, sizeof *value);
	bool fits = n > 1;

	for (size_t i = 0; i < d->n; i++) {
		y[i] = x[i];
		y[i].fold = kind[x[i].set];
	}
	for (int q = 0; fits && q < n; q++) {
		size_t left[3] = {0};
		struct sentfit part;

		for (size_t i = 0; i < d->n; i++)
			left[y[i].label] += y[i].fold != q;
		fits = left[SENT_POS] >= FEW_LEFT && left[SENT_NEG] >= FEW_LEFT;
		if (!fits)
			break;
		msg_note("kind %d of %d left out", q + 1, n);
		sentfit_run(y, d->n, c, q, &part);
		for (size_t i = 0; i < d->n; i++)
			if (y[i].fold == q)
				sentfit_values(&part, c, &y[i], value + 2 * i);
		sentfit_free(&part);
	}
	free(y);
	if (fits)
		return value;
	free(value);
	return NULL;
}

static void
save(const struct conf *conf, const struct sentfit_conf *c, const struct sentfit *f, const struct data *d,
    const struct eval_item *it)
{
	struct buf comment = {0}, bytes = {0};
	struct eval *e = xcalloc(1, sizeof *e);
	uint64_t *seen;

	eval_run(it, d->n, d->classes, e);
	buf_puts(&comment, "# tocsin sentiment model, made by train sentiment\n");
	if (conf->source != NULL)
		comment_line(&comment, "source", str_c(conf->source));
	if (conf->licence != NULL)
		comment_line(&comment, "licence", str_c(conf->licence));
	buf_printf(&comment, "# trained on: %zu posts (neg %zu, neu %zu, pos %zu) of %zu sets\n", d->n, d->count[SENT_NEG],
	    d->count[SENT_NEU], d->count[SENT_POS], d->nset);
	buf_printf(&comment, "# cross-validated: accuracy %.2f, macro-F1 %.2f, calibration error %.3f\n", 100 * e->accuracy,
	    100 * e->macro_f1, e->ece);
	buf_printf(&comment, "# settings: cost %g, prior %g, bits %u, balance %s\n", c->fit.c, c->prior, c->bits,
	    c->balance ? "yes" : "no");
	seen = xcalloc(d->n + 1, sizeof *seen);
	for (size_t i = 0; i < d->n; i++)
		seen[i] = d->item[i].seen;
	comment_seen(&comment, seen, d->n);
	free(seen);
	sentfit_write(f, c, comment.p, &bytes);
	write_model(conf->out, buf_view(&bytes));
	printf("model: %s, %zu KiB\n", conf->out, bytes.n / 1024);
	buf_free(&bytes);
	buf_free(&comment);
	free(e);
}

static int
set_of(const struct data *d, const char *file)
{
	for (size_t i = 0; i < d->nset; i++)
		if (strcmp(d->set[i], file) == 0)
			return (int)i;
	msg_usage("--apart '%s' is none of the files read", file);
}

/* Reads files of the shipped posts, each of which counts weight. */
static void
read_part(struct data *d, struct sentiment *s, char **file, const struct conf *conf, float weight)
{
	size_t from = d->n;

	read_data(d, s, file, NULL, "sentiment", true, (unsigned)conf->folds);
	for (size_t i = from; i < d->n; i++)
		d->item[i].d.weight *= weight;
}

/* The shipped posts, after one's own. The reviews the shipped model has learnt from as well are not installed. */
static void
read_base(struct data *d, struct sentiment *s, const struct conf *conf)
{
	char *file[28] = {NULL};
	size_t n = base_files('a', 'd', file, &d->keep);

	file[n] = base_file("social-pairs", &d->keep);
	read_part(d, s, file, conf, base_half);
	n = 0;
	file[n] = base_file("social-zh", &d->keep);
	n += file[n] != NULL;
	file[n] = base_file("social-en", &d->keep);
	n += file[n] != NULL;
	file[n] = NULL;
	if (n > 0)
		read_part(d, s, file, conf, 1);
}

/* How the posts of one's own fare among the shipped ones: the first ones of d. */
static void
print_own(const struct eval_item *it, size_t n, const size_t count[3])
{
	struct data *own = new_data();

	own->n = n;
	memcpy(own->count, count, 3 * sizeof *count);
	print_eval("cross-validation, your own posts", it, own);
	free(own);
}

/* Scores the held-out posts. */
static void
score_test(const char *name, const struct sentfit *f, const struct sentfit_conf *c, const struct data *t)
{
	float *value = xcalloc(2 * t->n + 2, sizeof *value);
	struct eval_item *it = xcalloc(t->n + 1, sizeof *it);

	for (size_t i = 0; i < t->n; i++)
		sentfit_values(f, c, &t->item[i].d, value + 2 * i);
	answer(f, value, t, it);
	print_eval(name, it, t);
	free(value);
	free(it);
}

int
train_sentiment(int argc, char **argv)
{
	static struct conf conf = {.folds = 5, .errors = 10};
	static const struct opt opts[] = {
	    {'o', "output", "MODEL", "write the model here", OPT_STR, &conf.out, 0, 0},
	    {0, "base", NULL, "learn from the posts of the shipped model too", OPT_FLAG, &conf.base, 0, 0},
	    {'t', "test", "FILE", "also score this set, and learn nothing from its texts", OPT_STR, &conf.test, 0, 0},
	    {'l', "label", "MEMBER", "the member that holds pos, neg or neu", OPT_STR, &conf.label, 0, 0},
	    {'k', "folds", "N", "parts for cross-validation (5)", OPT_INT, &conf.folds, 2, 20},
	    {'b', "bits", "N", "2^N buckets for n-grams (18)", OPT_INT, &conf.bits, 10, 20},
	    {'C', "cost", "X", "cost of errors against size of weights (0.3)", OPT_STR, &conf.cost, 0, 0},
	    {'P', "prior", "X", "how much the lexicon counts at the start (0.2)", OPT_STR, &conf.prior, 0, 0},
	    {'a', "apart", "FILE", "the operand that holds another kind of text: the model gets a part for it", OPT_STR,
	        &conf.apart, 0, 0},
	    {0, "apart-weight", "X", "what its posts count in the part for all others (0.15)", OPT_STR, &conf.apart_weight, 0, 0},
	    {'T', "temper", "X", "shrink confidence for posts from elsewhere (1: not at all)", OPT_STR, &conf.temper, 0, 0},
	    {'B', "balance", NULL, "pos and neg weigh alike in every file", OPT_FLAG, &conf.balance, 0, 0},
	    {'e', "errors", "N", "list the N most harmful errors (10)", OPT_INT, &conf.errors, 0, 1000},
	    {0, "source", "TEXT", "where the posts are from, for the head of the model", OPT_STR, &conf.source, 0, 0},
	    {0, "licence", "TEXT", "their licence, likewise", OPT_STR, &conf.licence, 0, 0},
	    {0, NULL, NULL, NULL, OPT_END, NULL, 0, 0}};
	char **files = opt_parse(argc, argv, opts, "[file...]", "Fits a sentiment model and says how good it is.");
	struct sentfit_conf c = sentfit_defaults();
	struct arena keep = {0};
	struct sentiment *s = open_tables(&keep);
	struct data *d = new_data(), *t = new_data();
	struct texts texts = {0};
	struct sentfit_doc *x;
	struct eval_item *it;
	struct sentfit f;
	double temper = 1;
	size_t own, count[3];
	float *value;

	c.bits = conf.bits > 0 ? (unsigned)conf.bits : conf.base ? BASE_BITS : USUAL_BITS;
	c.balance = conf.balance || conf.base;
	if (conf.base) {
		c.prior = base_prior;
		temper = base_temper;
	}
	if (conf.cost != NULL)
		c.fit.c = real_arg("--cost", conf.cost, 1e-4, 1e4);
	if (conf.prior != NULL)
		c.prior = real_arg("--prior", conf.prior, 0, 10);
	if (conf.apart_weight != NULL)
		c.apart_weight = real_arg("--apart-weight", conf.apart_weight, 0, 1);
	if (conf.temper != NULL)
		temper = real_arg("--temper", conf.temper, 0.1, 1);
	if (conf.test != NULL) {
		char *names[] = {(char *)(uintptr_t)conf.test, NULL};

		read_data(t, s, names, conf.label, "sentiment", true, 0);
		texts_add(&texts, t);
		d->test = &texts;
	}
	read_data(d, s, files, conf.label, "sentiment", true, (unsigned)conf.folds);
	d->status = msg_worse(d->status, t->status);
	own = d->n;
	memcpy(count, d->count, sizeof count);
	if (conf.base && own == 0) {
		msg_warn("--base: there are no labelled posts to add to the shipped ones");
		return EXIT_DATA;
	}
	if (conf.base)
		read_base(d, s, &conf);
	warn_met(&texts);
	if (d->n < 20 || d->count[SENT_NEG] < 5 || d->count[SENT_POS] < 5) {
		msg_warn("too little to learn from: %zu neg and %zu pos among %zu labelled posts (5 of each and 20 in all are "
		    "needed)", d->count[SENT_NEG], d->count[SENT_POS], d->n);
		return EXIT_DATA;
	}
	printf("data: %zu posts (neg %zu, neu %zu, pos %zu), %zu without a label passed over\n", d->n, d->count[SENT_NEG],
	    d->count[SENT_NEU], d->count[SENT_POS], d->unlabelled);
	if (conf.base)
		printf("data: %zu of them are your own, the others shipped\n", own);
	if (conf.apart != NULL)
		c.apart = set_of(d, conf.apart);
	x = docs(d);
	value = cross_validate(x, d->n, &c, (int)conf.folds, &f);
	/* The slopes alone: how common a label is stays as it was. What is neutral differs most from place to place. */
	f.platt_pol[0] *= (float)temper;
	f.platt_neu[0] *= (float)(temper * temper);
	{
		float *others = leave_kinds_out(x, d, &c);
		const float *rounds[] = {value, others};

		sentfit_trust(&f, &c, x, d->n, rounds, others != NULL ? 2 : 1, temper);
		free(others);
	}
	it = xcalloc(d->n + 1, sizeof *it);
	answer(&f, value, d, it);
	print_eval("cross-validation", it, d);
	if (conf.base)
		print_own(it, own, count);
	print_errors(it, d, (size_t)conf.errors, worse);
	if (conf.test != NULL)
		score_test(conf.test, &f, &c, t);
	if (conf.out != NULL && !conf.base)
		warn_few(own);
	if (conf.out != NULL)
		save(&conf, &c, &f, d, it);
	d->status = msg_worse(d->status, msg_flush_stdout());
	return d->status;
}
