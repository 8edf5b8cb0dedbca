#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/path.h"
#include "train.h"

enum { ROUNDS = 2000 };

struct conf {
	const char *label, *taxonomy;
};

/* One of the two models: for sentiment, or for types. */
struct side {
	const char *path;
	struct str file;
	bool types;
	struct linear m;
	float platt[2][2];
	struct sent_trust trust;
	struct classifier *c;
};

/* The first line that is no comment says what a model is. */
static bool
for_types(struct str file)
{
	struct str line;

	while (str_split(&file, '\n', &line))
		if (line.n > 0 && line.p[0] != '#')
			return str_starts(line, STR("tocsin-classify "));
	return false;
}

static void
platt_of(struct side *s, int k, const char *key)
{
	struct str rest = linear_meta(&s->m, key), part;
	struct err e;
	double v;

	for (int i = 0; i < 2; i++) {
		if (!str_split(&rest, ' ', &part) || !str_f64(part, &v))
			err_set(&e, ERR_CONFIG, "%s: meta %s needs two numbers", s->path, key), msg_die(&e);
		s->platt[k][i] = (float)v;
	}
}

static void
open_side(struct side *s, const char *path, struct arena *keep)
{
	struct err e;

	s->path = path;
	s->file = open_file(path, keep);
	s->types = for_types(s->file);
	if (s->types)
		return;
	if (linear_load(&s->m, s->file, path, keep, &e) != 0)
		msg_die(&e);
	if (strcmp(s->m.kind, "sentiment") != 0 || (s->m.k != 2 && s->m.k != 4) || s->m.ndense != SENT_DENSE)
		err_set(&e, ERR_CONFIG, "%s: not a sentiment model of this version", path), msg_die(&e);
	platt_of(s, 0, "platt-polarity");
	platt_of(s, 1, "platt-neutral");
	if (sent_trust_load(&s->trust, &s->m, path, &e) != 0)
		msg_die(&e);
}

static struct eval_item *
answers(const struct side *s, const struct data *d)
{
	struct eval_item *it = xcalloc(d->n + 1, sizeof *it);

	for (size_t i = 0; i < d->n; i++) {
		it[i].gold = d->item[i].gold;
		if (s->types) {
			struct verdict v;

			classify_text(s->c, d->item[i].text, &v);
			it[i].got = (uint8_t)v.type;
			it[i].confidence = v.confidence;
		} else {
			const struct fit_doc *x = &d->item[i].d.x;
			float out[4], value[2];

			linear_score(&s->m, x->h, x->n, x->dense, out);
			(void)sent_mix(s->m.k, out, value);
			it[i].got = (uint8_t)sent_decide(value, s->platt[0], s->platt[1], NULL, &it[i].confidence);
			it[i].confidence = sent_confidence(&s->trust, it[i].got, sentfit_lexicon(&d->item[i].d), it[i].confidence);
		}
	}
	return it;
}

/* The classes both models answer with. */
static void
set_classes(struct data *d, const struct side *s)
{
	if (!s->types) {
		d->classes = 3;
		for (int k = 0; k < 3; k++)
			d->name[k] = sent_label_name[k];
		return;
	}
	for (size_t k = 0; k < s->c->tax.ntypes && k < EVAL_CLASSES; k++)
		d->name[d->classes++] = s->c->tax.type[k].id.p;
}

enum verdict_on { CHANCE, FIRST, SECOND, MIXED };
static const char *const said[] = {"the difference may be chance", "the first is better", "the second is better",
    "mixed: one is right more often, the other on the rarer classes"};

/* By how many posts each gets right; macro-F1 may object when its whole interval lies on the other side. */
static enum verdict_on
judge(const struct eval_compare *c)
{
	if (c->p >= 0.05)
		return CHANCE;
	if (c->only_b > c->only_a)
		return c->hi_f1 < 0 ? MIXED : SECOND;
	return c->lo_f1 > 0 ? MIXED : FIRST;
}

/* Whether a model was trained on more than a stray one of the posts it is tested on; says so. */
static bool
was_seen(const struct side *s, const struct data *d)
{
	uint64_t *h = xcalloc(d->n + 1, sizeof *h);
	size_t n;

	for (size_t i = 0; i < d->n; i++)
		h[i] = d->item[i].seen;
	n = count_seen(s->file, h, d->n);
	free(h);
	if (n * 50 <= d->n)
		return false;
	msg_warn("'%s' was trained on about %zu of these %zu posts: what it does on them says nothing", s->path, n, d->n);
	return true;
}

int
train_compare(int argc, char **argv)
{
	static struct conf conf;
	static const struct opt opts[] = {
	    {'c', NULL, "FILE", "the taxonomy, for models of types", OPT_STR, &conf.taxonomy, 0, 0},
	    {'l', "label", "MEMBER", "the member that holds the label", OPT_STR, &conf.label, 0, 0},
	    {0, NULL, NULL, NULL, OPT_END, NULL, 0, 0}};
	char **arg = opt_parse(argc, argv, opts, "A B [file...]", "Says which of two models is better on labelled posts.");
	struct arena keep = {0};
	struct side a = {0}, b = {0};
	struct data *d = xcalloc(1, sizeof *d);
	struct eval_item *ia, *ib;
	struct eval_compare c;
	bool known;

	if (arg[0] == NULL || arg[1] == NULL)
		msg_usage("compare needs two models");
	open_side(&a, arg[0], &keep);
	open_side(&b, arg[1], &keep);
	if (a.types != b.types) {
		msg_warn("'%s' is a model for %s and '%s' one for %s", a.path, a.types ? "types" : "sentiment", b.path,
		    b.types ? "types" : "sentiment");
		return EXIT_CONF;
	}
	if (a.types) {
		a.c = open_classifier(conf.taxonomy, a.file, a.path, &keep);
		b.c = open_classifier(conf.taxonomy, b.file, b.path, &keep);
	}
	set_classes(d, &a);
	read_data(d, open_tables(&keep), arg + 2, conf.label, a.types ? "type" : "sentiment", true, 0);
	if (d->n == 0) {
		msg_warn("no labelled posts to compare on");
		return EXIT_DATA;
	}
	ia = answers(&a, d);
	ib = answers(&b, d);
	print_eval(a.path, ia, d);
	if (a.types)
		print_alarms(a.path, ia, d->n);
	print_eval(b.path, ib, d);
	if (b.types)
		print_alarms(b.path, ib, d->n);
	eval_compare(ia, ib, d->n, d->classes, ROUNDS, 1, &c);
	printf("only the first right %zu, only the second %zu; sign test p = %.4f\n", c.only_a, c.only_b, c.p);
	printf("second minus first: accuracy %+.2f (95 %%: %+.2f to %+.2f), macro-F1 %+.2f (%+.2f to %+.2f)\n",
	    100 * c.diff_accuracy, 100 * c.lo_accuracy, 100 * c.hi_accuracy, 100 * c.diff_f1, 100 * c.lo_f1, 100 * c.hi_f1);
	known = was_seen(&a, d);
	known = was_seen(&b, d) || known;
	printf("verdict: %s\n", known ? "none: these posts are no test of a model that has learnt from them" : said[judge(&c)]);
	if (d->status != 0)
		return msg_worse(d->status, msg_flush_stdout());
	return msg_flush_stdout() != 0 ? EXIT_IO : !known && judge(&c) == SECOND ? EXIT_OK : EXIT_NO;
}
