#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/msg.h"
#include "cli/opt.h"
#include "train.h"

struct conf {
	const char *out, *test, *label, *cost, *source, *licence;
	int64_t folds, bits, errors;
};

/* One class against the rest, for every class. */
struct many {
	size_t k;
	struct fit_result *part;
	float (*platt)[2];
};

static const struct data *classes; /* for worse(): the name "none" */

static bool
worse(uint8_t gold, uint8_t got)
{
	return strcmp(classes->name[gold], "none") != 0 && strcmp(classes->name[got], "none") == 0; /* a crisis not seen */
}

static void
fit_many(const struct data *d, unsigned bits, const struct fit_conf *c, int skip, struct many *m)
{
	struct fit_doc *x = xcalloc(d->n + 1, sizeof *x);
	float *weight = xcalloc(d->n + 1, sizeof *weight);
	int8_t *y = xcalloc(d->n + 1, 1);
	struct fit_data data = {x, d->n, bits, 0};

	m->k = d->classes;
	m->part = xcalloc(m->k + 1, sizeof *m->part);
	m->platt = xcalloc(m->k + 1, sizeof *m->platt);
	for (size_t i = 0; i < d->n; i++)
		x[i] = d->item[i].d.x;
	for (size_t k = 0; k < m->k; k++) {
		double in = 0, all = 0;

		for (size_t i = 0; i < d->n; i++) {
			bool skipped = skip >= 0 && d->item[i].d.fold == skip;

			y[i] = skipped ? 0 : d->item[i].gold == k ? 1 : -1;
			in += y[i] > 0;
			all += y[i] != 0;
		}
		for (size_t i = 0; i < d->n; i++) /* rare classes count more, by the square root */
			weight[i] = d->item[i].d.weight * (y[i] > 0 && in > 0 ? (float)sqrt((all - in) / in) : 1);
		fit_solve(&data, &(struct fit_target){y, weight, NULL}, c, &m->part[k]);
	}
	free(x);
	free(weight);
	free(y);
}

static void
values(const struct many *m, unsigned bits, const struct item *it, float *out)
{
	struct fit_data one = {&it->d.x, 1, bits, 0};

	for (size_t k = 0; k < m->k; k++)
		out[k] = fit_value(&one, &m->part[k], 0);
}

static void
calibrate(struct many *m, const struct data *d, const float *value)
{
	float *x = xcalloc(d->n + 1, sizeof *x);
	int8_t *y = xcalloc(d->n + 1, 1);

	for (size_t k = 0; k < m->k; k++) {
		for (size_t i = 0; i < d->n; i++) {
			x[i] = value[i * m->k + k];
			y[i] = d->item[i].gold == k ? 1 : -1;
		}
		fit_platt(x, y, NULL, d->n, m->platt[k]);
	}
	free(x);
	free(y);
}

static void
answer(const struct many *m, const struct data *d, const float *value, struct eval_item *it)
{
	for (size_t i = 0; i < d->n; i++) {
		double sum = 0, best = -1;

		it[i].gold = d->item[i].gold;
		for (size_t k = 0; k < m->k; k++) {
			double p = 1 / (1 + exp(-(double)(m->platt[k][0] * value[i * m->k + k] + m->platt[k][1])));

			sum += p;
			if (p > best) {
				best = p;
				it[i].got = (uint8_t)k;
			}
		}
		it[i].confidence = (float)(best / (sum > 1 ? sum : 1));
	}
}

static void
save(const struct conf *conf, const struct fit_conf *c, const struct many *m, const struct data *d,
    const struct eval_item *it)
{
	unsigned bits = (unsigned)conf->bits;
	size_t rows = (size_t)1 << bits;
	float *w = xcalloc(rows * m->k, sizeof *w), *bias = xcalloc(m->k + 1, sizeof *bias);
	struct buf comment = {0}, meta = {0}, bytes = {0};
	struct eval *e = xcalloc(1, sizeof *e);

	for (size_t k = 0; k < m->k; k++) {
		bias[k] = m->part[k].bias;
		for (size_t i = 0; i < rows; i++)
			w[i * m->k + k] = m->part[k].w[i];
		buf_printf(&meta, "meta platt-%s %.6g %.6g\n", d->name[k], (double)m->platt[k][0], (double)m->platt[k][1]);
	}
	eval_run(it, d->n, d->classes, e);
	buf_puts(&comment, "# tocsin crisis-type model, made by train classify\n");
	if (conf->source != NULL)
		comment_line(&comment, "source", str_c(conf->source));
	if (conf->licence != NULL)
		comment_line(&comment, "licence", str_c(conf->licence));
	buf_printf(&comment, "# trained on: %zu posts of %zu types\n", d->n, d->classes);
	buf_printf(&comment, "# cross-validated: accuracy %.2f, macro-F1 %.2f, calibration error %.3f\n", 100 * e->accuracy,
	    100 * e->macro_f1, e->ece);
	buf_printf(&comment, "# settings: cost %g, bits %u\n", c->c, bits);
	linear_write(&(struct linear_float){bits, (unsigned)m->k, 0, w, NULL, bias, d->name, "classify", comment.p,
	    meta.p != NULL ? meta.p : ""}, &bytes);
	write_model(conf->out, buf_view(&bytes));
	printf("model: %s, %zu KiB\n", conf->out, bytes.n / 1024);
	free(w);
	free(bias);
	free(e);
	buf_free(&comment);
	buf_free(&meta);
	buf_free(&bytes);
}

static void
held_out(const struct conf *conf, const struct many *m, struct data *d, struct sentiment *s)
{
	struct data *t = xcalloc(1, sizeof *t);
	char *names[] = {(char *)(uintptr_t)conf->test, NULL};
	struct eval_item *it;
	float *v;

	t->classes = d->classes;
	memcpy(t->name, d->name, sizeof t->name);
	read_data(t, s, names, conf->label, "type", true, 0);
	v = xcalloc(t->n * m->k + 1, sizeof *v);
	it = xcalloc(t->n + 1, sizeof *it);
	for (size_t i = 0; i < t->n; i++)
		values(m, (unsigned)conf->bits, &t->item[i], v + i * m->k);
	answer(m, t, v, it);
	print_eval(conf->test, it, t);
	d->status = msg_worse(d->status, t->status);
	free(v);
	free(it);
}

int
train_classify(int argc, char **argv)
{
	static struct conf conf = {.folds = 5, .bits = 16, .errors = 10};
	static const struct opt opts[] = {
	    {'o', "output", "MODEL", "write the model here", OPT_STR, &conf.out, 0, 0},
	    {'t', "test", "FILE", "also score this held-out set", OPT_STR, &conf.test, 0, 0},
	    {'l', "label", "MEMBER", "the member that holds the type", OPT_STR, &conf.label, 0, 0},
	    {'k', "folds", "N", "parts for cross-validation (5)", OPT_INT, &conf.folds, 2, 20},
	    {'b', "bits", "N", "2^N buckets for n-grams (16)", OPT_INT, &conf.bits, 10, 20},
	    {'C', "cost", "X", "cost of errors against size of weights (3)", OPT_STR, &conf.cost, 0, 0},
	    {'e', "errors", "N", "list the N most harmful errors (10)", OPT_INT, &conf.errors, 0, 1000},
	    {0, "source", "TEXT", "where the posts are from, for the head of the model", OPT_STR, &conf.source, 0, 0},
	    {0, "licence", "TEXT", "their licence, likewise", OPT_STR, &conf.licence, 0, 0},
	    {0, NULL, NULL, NULL, OPT_END, NULL, 0, 0}};
	char **files = opt_parse(argc, argv, opts, "[file...]", "Fits a crisis-type model and says how good it is.");
	struct fit_conf c = fit_defaults();
	struct arena keep = {0};
	struct sentiment *s = open_tables(&keep);
	struct data *d = xcalloc(1, sizeof *d);
	struct eval_item *it;
	struct many m = {0};
	float *value;

	if (conf.cost != NULL)
		c.c = real_arg("--cost", conf.cost, 1e-4, 1e4);
	read_data(d, s, files, conf.label, "type", false, (unsigned)conf.folds);
	if (d->classes < 2 || d->n < 20) {
		msg_warn("too little to learn from: %zu labelled posts of %zu types", d->n, d->classes);
		return EXIT_DATA;
	}
	classes = d;
	printf("data: %zu posts of %zu types, %zu without a label passed over\n", d->n, d->classes, d->unlabelled);
	value = xcalloc(d->n * d->classes + 1, sizeof *value);
	for (int q = 0; q < (int)conf.folds; q++) {
		msg_note("fold %d of %d", q + 1, (int)conf.folds);
		fit_many(d, (unsigned)conf.bits, &c, q, &m);
		for (size_t i = 0; i < d->n; i++)
			if (d->item[i].d.fold == q)
				values(&m, (unsigned)conf.bits, &d->item[i], value + i * m.k);
		for (size_t k = 0; k < m.k; k++)
			fit_result_free(&m.part[k]);
	}
	fit_many(d, (unsigned)conf.bits, &c, -1, &m);
	calibrate(&m, d, value);
	it = xcalloc(d->n + 1, sizeof *it);
	answer(&m, d, value, it);
	print_eval("cross-validation", it, d);
	print_errors(it, d, (size_t)conf.errors, worse);
	if (conf.test != NULL)
		held_out(&conf, &m, d, s);
	if (conf.out != NULL)
		save(&conf, &c, &m, d, it);
	return msg_worse(d->status, msg_flush_stdout());
}
