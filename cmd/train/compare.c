#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/msg.h"
#include "cli/opt.h"
#include "train.h"

enum { ROUNDS = 2000 };

struct conf {
	const char *label;
};

static void
load(struct linear *m, const char *path, struct arena *keep)
{
	struct err e;

	if (linear_load(m, open_file(path, keep), path, keep, &e) != 0)
		msg_die(&e);
}

static void
platt_of(const struct linear *m, const char *path, const char *name, float out[2])
{
	struct buf key = {0};
	struct str rest, part;
	struct err e;
	double v;

	buf_printf(&key, "platt-%s", name);
	rest = linear_meta(m, key.p);
	for (int i = 0; i < 2; i++) {
		if (!str_split(&rest, ' ', &part) || !str_f64(part, &v))
			err_set(&e, ERR_CONFIG, "%s: meta %s needs two numbers", path, key.p), msg_die(&e);
		out[i] = (float)v;
	}
	buf_free(&key);
}

/* Answers of model m on every item; classes it does not know are never its answer. */
static struct eval_item *
answers(const struct linear *m, const char *path, const struct data *d)
{
	struct eval_item *it = xcalloc(d->n + 1, sizeof *it);
	float value[LINEAR_OUT_MAX], platt[LINEAR_OUT_MAX][2];
	bool sent = strcmp(m->kind, "sentiment") == 0;

	if (m->ndense != 0 && m->ndense != SENT_DENSE) {
		struct err e;

		err_set(&e, ERR_CONFIG, "%s: not a model of this version", path);
		msg_die(&e);
	}
	for (unsigned k = 0; k < m->k; k++)
		platt_of(m, path, m->output[k], platt[k]);
	for (size_t i = 0; i < d->n; i++) {
		const struct fit_doc *x = &d->item[i].d.x;
		double sum = 0, best = -1;

		it[i].gold = d->item[i].gold;
		linear_score(m, x->h, x->n, x->dense, value);
		if (sent) {
			it[i].got = (uint8_t)sent_decide(value, platt[0], platt[1], NULL, &it[i].confidence);
			continue;
		}
		for (unsigned k = 0; k < m->k; k++) {
			double p = 1 / (1 + exp(-(double)(platt[k][0] * value[k] + platt[k][1])));

			sum += p;
			if (p <= best)
				continue;
			for (size_t c = 0; c < d->classes; c++)
				if (strcmp(d->name[c], m->output[k]) == 0) {
					best = p;
					it[i].got = (uint8_t)c;
				}
		}
		it[i].confidence = (float)(best / (sum > 1 ? sum : 1));
	}
	return it;
}

int
train_compare(int argc, char **argv)
{
	static struct conf conf;
	static const struct opt opts[] = {
	    {'l', "label", "MEMBER", "the member that holds the label", OPT_STR, &conf.label, 0, 0},
	    {0, NULL, NULL, NULL, OPT_END, NULL, 0, 0}};
	char **arg = opt_parse(argc, argv, opts, "A B [file...]", "Says which of two models is better on labelled posts.");
	struct arena keep = {0};
	struct linear a, b;
	struct data *d = xcalloc(1, sizeof *d);
	struct eval_item *ia, *ib;
	struct eval_compare c;
	bool sent, sure;

	if (arg[0] == NULL || arg[1] == NULL) {
		msg_warn("compare needs two models");
		return EXIT_USAGE;
	}
	load(&a, arg[0], &keep);
	load(&b, arg[1], &keep);
	if (strcmp(a.kind, b.kind) != 0) {
		msg_warn("'%s' is a %s model and '%s' a %s model", arg[0], a.kind, arg[1], b.kind);
		return EXIT_CONF;
	}
	sent = strcmp(a.kind, "sentiment") == 0;
	if (sent) {
		d->classes = 3;
		for (int k = 0; k < 3; k++)
			d->name[k] = sent_label_name[k];
	} else {
		for (unsigned k = 0; k < a.k; k++)
			d->name[d->classes++] = a.output[k];
		for (unsigned k = 0; k < b.k; k++) {
			size_t c0;

			for (c0 = 0; c0 < d->classes && strcmp(d->name[c0], b.output[k]) != 0; c0++)
				;
			if (c0 == d->classes && d->classes < EVAL_CLASSES)
				d->name[d->classes++] = b.output[k];
		}
	}
	read_data(d, open_tables(&keep), arg + 2, conf.label, sent ? "sentiment" : "type", true, 0);
	if (d->n == 0) {
		msg_warn("no labelled posts to compare on");
		return EXIT_DATA;
	}
	ia = answers(&a, arg[0], d);
	ib = answers(&b, arg[1], d);
	print_eval(arg[0], ia, d);
	print_eval(arg[1], ib, d);
	eval_compare(ia, ib, d->n, d->classes, ROUNDS, 1, &c);
	sure = c.p < 0.05;
	printf("only the first right %zu, only the second %zu; sign test p = %.4f\n", c.only_a, c.only_b, c.p);
	printf("second minus first: accuracy %+.2f (95 %%: %+.2f to %+.2f), macro-F1 %+.2f (%+.2f to %+.2f)\n",
	    100 * c.diff_accuracy, 100 * c.lo_accuracy, 100 * c.hi_accuracy, 100 * c.diff_f1, 100 * c.lo_f1, 100 * c.hi_f1);
	printf("verdict: %s\n", !sure ? "the difference may be chance" : c.diff_accuracy > 0 ? "the second is better" :
	    "the first is better");
	if (d->status != 0)
		return msg_worse(d->status, msg_flush_stdout());
	return msg_flush_stdout() != 0 ? EXIT_IO : sure ? EXIT_OK : EXIT_NO;
}
