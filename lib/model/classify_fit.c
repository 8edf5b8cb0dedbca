#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/classify_fit.h"
#include "rec/json.h"

enum { MEMORY = 8 /* pairs L-BFGS keeps */, SEARCH = 25 };

struct cfit_conf
cfit_defaults(void)
{
	return (struct cfit_conf){
	    .set = {.evidence = 0.5f, .cap = 12, .grams = 4.5f, .cues = 0.6f, .none = 0.55f, .least = 0.05f, .also = 0.2f, .temper = 1},
	    .l2 = 0.06f, .prior = 0.3f, .contrast = 0.5f, .second = 0.25f, .min_docs = 3, .max_steps = 150};
}

void
cfit_take(struct classifier *c, struct str text, struct str mask, struct arena *a, struct cfit_doc *d)
{
	struct class_feature *f = NULL;
	size_t n = 0, cap = 0;

	classify_features(c, text, mask, &f, &n, &cap);
	d->n = n;
	d->f = arena_alloc(a, (n + 1) * sizeof *d->f);
	if (n > 0) /* an empty text has none */
		memcpy(d->f, f, n * sizeof *f);
	free(f);
	d->score = arena_alloc(a, c->tax.ntypes * sizeof *d->score);
	memcpy(d->score, c->scan.score, c->tax.ntypes * sizeof *d->score);
	d->industry = arena_alloc(a, (c->tax.nindustries + 1) * sizeof *d->industry);
	memcpy(d->industry, c->scan.industry, c->tax.nindustries * sizeof *d->industry);
}

/* --- one problem: k classes over sparse rows ---------------------------------------------------------------------- */

struct row {
	const uint32_t *ix;
	const float *v;
	size_t n;
	const float *offset; /* [stride] */
	int y, also;         /* also: -1 */
	float weight;
};
struct problem {
	const struct row *row;
	size_t nrow, nfeat, k, stride;
	float l2, second;
};

static inline void
axpy(float *restrict y, float a, const float *restrict x, size_t n)
{
	for (size_t i = 0; i < n; i += 16)
		for (size_t j = 0; j < 16; j++)
			y[i + j] += a * x[i + j];
}

/* The loss at w; its gradient to g. */
static double
loss(const struct problem *p, const float *w, float *g)
{
	size_t s = p->stride, last = p->nfeat * s;
	double sum = 0, norm = 0;

	memset(g, 0, (last + s) * sizeof *g);
	for (size_t i = 0; i < p->nrow; i++) {
		const struct row *r = &p->row[i];
		float z[TAX_TYPES + 16], top, all = 0;
		const float share = r->also >= 0 ? p->second : 0;

		memcpy(z, w + last, s * sizeof *z);
		axpy(z, 1, r->offset, s);
		for (size_t j = 0; j < r->n; j++)
			axpy(z, r->v[j], w + r->ix[j] * s, s);
		top = z[0];
		for (size_t k = 1; k < p->k; k++)
			top = z[k] > top ? z[k] : top;
		for (size_t k = 0; k < p->k; k++) {
			z[k] = expf(z[k] - top);
			all += z[k];
		}
		for (size_t k = 0; k < s; k++)
			z[k] = k < p->k ? z[k] / all : 0;
		sum -= (double)(r->weight * (1 - share)) * log((double)z[r->y] + 1e-12);
		if (share > 0)
			sum -= (double)(r->weight * share) * log((double)z[r->also] + 1e-12);
		z[r->y] -= 1 - share;
		if (share > 0)
			z[r->also] -= share;
		for (size_t k = 0; k < s; k++)
			z[k] *= r->weight;
		for (size_t j = 0; j < r->n; j++)
			axpy(g + r->ix[j] * s, r->v[j], z, s);
		axpy(g + last, 1, z, s);
	}
	for (size_t i = 0; i < last; i++) {
		norm += (double)w[i] * (double)w[i];
		g[i] += p->l2 * w[i];
	}
	return sum + 0.5 * (double)p->l2 * norm;
}

static double
dot(const float *a, const float *b, size_t n)
{
	double s = 0;

	for (size_t i = 0; i < n; i++)
		s += (double)a[i] * (double)b[i];
	return s;
}

struct lbfgs {
	float *s[MEMORY], *y[MEMORY];
	double rho[MEMORY];
	size_t n; /* pairs seen */
};

static void
direction(const struct lbfgs *m, const float *g, float *d, size_t n)
{
	double alpha[MEMORY];
	size_t h = m->n < MEMORY ? m->n : MEMORY;

	memcpy(d, g, n * sizeof *d);
	for (size_t q = 0; q < h; q++) {
		size_t b = (m->n - 1 - q) % MEMORY;

		alpha[b] = dot(m->s[b], d, n) * m->rho[b];
		for (size_t i = 0; i < n; i++)
			d[i] -= (float)alpha[b] * m->y[b][i];
	}
	if (h > 0) {
		size_t b = (m->n - 1) % MEMORY;
		float scale = (float)(1 / (m->rho[b] * dot(m->y[b], m->y[b], n)));

		for (size_t i = 0; i < n; i++)
			d[i] *= scale;
	} else {
		for (size_t i = 0; i < n; i++)
			d[i] *= 0.1f;
	}
	for (size_t q = h; q-- > 0;) {
		size_t b = (m->n - 1 - q) % MEMORY;
		float step = (float)(alpha[b] - m->rho[b] * dot(m->y[b], d, n));

		for (size_t i = 0; i < n; i++)
			d[i] += step * m->s[b][i];
	}
}

/* w: (nfeat + 1) * stride floats, zeroed; the solution. */
static void
solve(const struct problem *p, unsigned max_steps, float *w)
{
	size_t n = (p->nfeat + 1) * p->stride;
	float *g = xcalloc(n, sizeof *g), *g2 = xcalloc(n, sizeof *g), *d = xcalloc(n, sizeof *d), *w0 = xcalloc(n, sizeof *w0);
	struct lbfgs m = {0};
	double now = loss(p, w, g);

	for (size_t i = 0; i < MEMORY; i++) {
		m.s[i] = xcalloc(n, sizeof **m.s);
		m.y[i] = xcalloc(n, sizeof **m.y);
	}
	for (unsigned it = 0; it < max_steps; it++) {
		double down, then = 0, sy;
		float step = 1, *swap;
		size_t b = m.n % MEMORY;
		int tries;

		direction(&m, g, d, n);
		down = dot(g, d, n);
		if (down <= 0) { /* no descent: forget and start over, once */
			if (m.n == 0)
				break;
			m.n = 0;
			continue;
		}
		memcpy(w0, w, n * sizeof *w);
		for (tries = 0; tries < SEARCH; tries++, step /= 2) {
			for (size_t i = 0; i < n; i++)
				w[i] = w0[i] - step * d[i];
			then = loss(p, w, g2);
			if (then <= now - 1e-4 * (double)step * down)
				break;
		}
		if (tries == SEARCH) {
			memcpy(w, w0, n * sizeof *w);
			break;
		}
		for (size_t i = 0; i < n; i++) {
			m.s[b][i] = w[i] - w0[i];
			m.y[b][i] = g2[i] - g[i];
		}
		sy = dot(m.s[b], m.y[b], n);
		if (sy > 1e-10) {
			m.rho[b] = 1 / sy;
			m.n++;
		}
		swap = g;
		g = g2;
		g2 = swap;
		if (now - then < 1e-5 * (double)p->nrow)
			break;
		now = then;
	}
	for (size_t i = 0; i < MEMORY; i++) {
		free(m.s[i]);
		free(m.y[i]);
	}
	free(g);
	free(g2);
	free(d);
	free(w0);
}

/* --- the model ---------------------------------------------------------------------------------------------------- */

struct dict { /* keys of the features kept, in order of first sight */
	struct slot {
		uint32_t key, docs, ix;
		bool used;
	} *slot;
	size_t cap, n;
};

static struct slot *
find(const struct dict *d, uint32_t key)
{
	size_t i = key & (d->cap - 1);

	while (d->slot[i].used && d->slot[i].key != key)
		i = (i + 1) & (d->cap - 1);
	return &d->slot[i];
}

static void
count_features(struct dict *d, const struct cfit_doc *const *doc, size_t ndoc, unsigned min_docs)
{
	size_t all = 0;

	for (size_t i = 0; i < ndoc; i++)
		all += doc[i]->n;
	for (d->cap = 1024; d->cap < all * 2;)
		d->cap *= 2;
	d->slot = xcalloc(d->cap, sizeof *d->slot);
	for (size_t i = 0; i < ndoc; i++)
		for (size_t j = 0; j < doc[i]->n; j++) {
			struct slot *s = find(d, doc[i]->f[j].key);

			*s = (struct slot){doc[i]->f[j].key, s->docs + 1, UINT32_MAX, true};
		}
	for (size_t i = 0; i < ndoc; i++)
		for (size_t j = 0; j < doc[i]->n; j++) {
			struct slot *s = find(d, doc[i]->f[j].key);

			if (s->ix == UINT32_MAX && s->docs >= min_docs)
				s->ix = (uint32_t)d->n++;
		}
}

static float
evidence(const struct cfit_conf *c, float score)
{
	return c->set.evidence * (score < c->set.cap ? score : c->set.cap);
}

/* A head of the model: its classes stand in w at columns at, at + 1, ... */
static void
fit_head(const struct problem *p, const struct cfit_conf *conf, float *w, size_t stride, size_t at, size_t k)
{
	float *mine = xcalloc((p->nfeat + 1) * p->stride, sizeof *mine);

	solve(p, conf->max_steps, mine);
	for (size_t i = 0; i <= p->nfeat; i++)
		memcpy(w + i * stride + at, mine + i * p->stride, k * sizeof *w);
	free(mine);
}

static float *
offsets(struct arena *a, size_t stride)
{
	return arena_zalloc(a, stride * sizeof(float));
}

static int
by_key(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return x[0] < y[0] ? -1 : x[0] > y[0];
}

/*
 * What the posts say of each feature before anything is fitted. ratio [n * stride]: log of how much oftener it stands in
 * a class than in all posts. apart [n]: a factor, the larger the more it tells the classes apart; sqrt(2 d) when contrast
 * is 0.5, where d is the divergence of its classes from those of all posts in nats.
 */
static void
count_classes(const struct problem *p, float contrast, float *ratio, float *apart)
{
	double class[TAX_TYPES] = {0}, all = 0;

	for (size_t i = 0; i < p->nrow; i++) {
		class[p->row[i].y] += (double)p->row[i].weight;
		all += (double)p->row[i].weight;
		for (size_t j = 0; j < p->row[i].n; j++)
			ratio[p->row[i].ix[j] * p->stride + (size_t)p->row[i].y] += p->row[i].weight;
	}
	for (size_t i = 0; i < p->nfeat; i++) {
		float *r = ratio + i * p->stride;
		double docs = 0, far = 0;

		for (size_t k = 0; k < p->k; k++)
			docs += (double)r[k];
		for (size_t k = 0; k < p->k; k++) {
			double share = all > 0 ? class[k] / all : 0, seen = (double)r[k];

			if (share > 0) {
				double now = (seen + 4 * share) / (docs + 4); /* a few posts prove little */

				far += now * log(now / share);
			}
			r[k] = (float)log((seen + 1) / (docs * share + 1));
		}
		apart[i] = powf((float)(far > 0 ? far : 0) * 2 + 0.02f, contrast);
	}
}

/* The head of the types: its rows are scaled, its weights start from the log ratios. */
static void
fit_types(struct problem *p, const struct cfit_conf *conf, struct arena *mem, float *w, size_t stride)
{
	float *ratio = xcalloc((p->nfeat + 1) * p->stride, sizeof *ratio), *apart = xcalloc(p->nfeat + 1, sizeof *apart);
	float *mine = xcalloc((p->nfeat + 1) * p->stride, sizeof *mine);
	struct row *row = arena_alloc(mem, (p->nrow + 1) * sizeof *row);
	struct problem q = *p;

	count_classes(p, conf->contrast, ratio, apart);
	for (size_t i = 0; i < p->nrow; i++) {
		float *v = arena_alloc(mem, (p->row[i].n + 1) * sizeof *v), *offset = arena_alloc(mem, p->stride * sizeof *offset);

		row[i] = p->row[i];
		memcpy(offset, row[i].offset, p->stride * sizeof *offset);
		for (size_t j = 0; j < row[i].n; j++) {
			uint32_t at = row[i].ix[j];

			v[j] = row[i].v[j] * apart[at];
			axpy(offset, conf->prior * v[j], ratio + at * p->stride, p->stride);
		}
		row[i].v = v;
		row[i].offset = offset;
	}
	q.row = row;
	solve(&q, conf->max_steps, mine);
	for (size_t i = 0; i < p->nfeat; i++)
		for (size_t k = 0; k < p->k; k++)
			w[i * stride + k] = apart[i] * (mine[i * p->stride + k] + conf->prior * ratio[i * p->stride + k]);
	memcpy(w + p->nfeat * stride, mine + p->nfeat * p->stride, p->k * sizeof *w);
	w[p->nfeat * stride] += conf->lean;
	free(ratio);
	free(apart);
	free(mine);
}

void
cfit_solve(const struct tax *t, const struct cfit_doc *const *doc, size_t ndoc, const struct cfit_conf *conf, struct cfit *out)
{
	struct arena mem = {0};
	struct dict dict = {0};
	struct row *row = xcalloc(ndoc + 1, sizeof *row), *use = xcalloc(ndoc + 1, sizeof *use);
	struct problem p = {.row = use, .l2 = conf->l2, .second = conf->second};

	*out = (struct cfit){.nclass = t->ntypes, .nindustry = t->nindustries, .nkind = 2, .conf = *conf};
	out->nout = out->nclass + out->nindustry + out->nkind;
	out->stride = (out->nout + 15) & ~(size_t)15;
	count_features(&dict, doc, ndoc, conf->min_docs);
	out->n = p.nfeat = dict.n;
	out->key = xcalloc(dict.n + 1, sizeof *out->key);
	for (size_t i = 0; i < dict.cap; i++)
		if (dict.slot[i].used && dict.slot[i].ix != UINT32_MAX)
			out->key[dict.slot[i].ix] = dict.slot[i].key;
	for (size_t i = 0; i < ndoc; i++) {
		uint32_t *ix = arena_alloc(&mem, (doc[i]->n + 1) * sizeof *ix);
		float *v = arena_alloc(&mem, (doc[i]->n + 1) * sizeof *v);

		for (size_t j = 0; j < doc[i]->n; j++) {
			const struct class_feature *f = &doc[i]->f[j];
			uint32_t at = find(&dict, f->key)->ix;

			if (at == UINT32_MAX)
				continue;
			ix[row[i].n] = at;
			v[row[i].n++] = f->value * (f->cue ? conf->set.cues : conf->set.grams);
		}
		row[i].weight = doc[i]->weight;
		row[i].ix = ix;
		row[i].v = v;
	}
	out->w = xcalloc((out->n + 1) * out->stride, sizeof *out->w);

	p.k = out->nclass;
	p.stride = (p.k + 15) & ~(size_t)15;
	for (size_t i = 0; i < ndoc; i++) {
		float *o = offsets(&mem, p.stride);

		for (size_t k = 0; k < p.k; k++)
			o[k] = evidence(conf, doc[i]->score[k]);
		use[i] = row[i];
		use[i].offset = o;
		use[i].y = doc[i]->type;
		use[i].also = doc[i]->also;
	}
	p.nrow = ndoc;
	fit_types(&p, conf, &mem, out->w, out->stride);

	p.k = out->nindustry;
	p.stride = (p.k + 15) & ~(size_t)15;
	p.nrow = 0;
	for (size_t i = 0; i < ndoc; i++) {
		float *o;

		if (doc[i]->ind < 0)
			continue;
		o = offsets(&mem, p.stride);
		for (size_t k = 0; k < p.k; k++)
			o[k] = evidence(conf, doc[i]->industry[k]);
		use[p.nrow] = row[i];
		use[p.nrow].offset = o;
		use[p.nrow].y = doc[i]->ind;
		use[p.nrow++].also = -1;
	}
	if (p.k > 0 && p.nrow > 0 && !conf->types_only)
		fit_head(&p, conf, out->w, out->stride, out->nclass, p.k);

	for (size_t kind = 0; kind < out->nkind && !conf->types_only; kind++) { /* yes or no: the second of two classes, the first at zero */
		float *mine;

		p.k = 2;
		p.stride = 16;
		p.nrow = 0;
		for (size_t i = 0; i < ndoc; i++) {
			int y = kind == 0 ? doc[i]->news : doc[i]->praise;

			if (y < 0)
				continue;
			use[p.nrow] = row[i];
			use[p.nrow].offset = offsets(&mem, p.stride);
			use[p.nrow].y = y;
			use[p.nrow++].also = -1;
		}
		mine = xcalloc((p.nfeat + 1) * p.stride, sizeof *mine);
		if (p.nrow > 0)
			solve(&p, conf->max_steps, mine);
		for (size_t i = 0; i <= p.nfeat; i++)
			out->w[i * out->stride + out->nclass + out->nindustry + kind] = mine[i * 16 + 1] - mine[i * 16];
		free(mine);
	}
	out->index = xcalloc(out->n + 1, sizeof *out->index);
	for (size_t i = 0; i < out->n; i++) {
		out->index[i][0] = out->key[i];
		out->index[i][1] = (uint32_t)i;
	}
	qsort(out->index, out->n, sizeof *out->index, by_key);
	free(dict.slot);
	free(row);
	free(use);
	arena_free(&mem);
}

void
cfit_free(struct cfit *m)
{
	free(m->key);
	free(m->index);
	free(m->w);
	*m = (struct cfit){0};
}

void
cfit_predict(const struct cfit *m, const struct tax *t, const struct cfit_doc *d, float *p)
{
	float top, all = 0;

	for (size_t k = 0; k < t->ntypes; k++)
		p[k] = m->w[m->n * m->stride + k] + evidence(&m->conf, d->score[k]);
	for (size_t j = 0; j < d->n; j++) {
		const uint32_t(*hit)[2] = bsearch(&d->f[j].key, m->index, m->n, sizeof *m->index, by_key);
		float v = d->f[j].value * (d->f[j].cue ? m->conf.set.cues : m->conf.set.grams);

		if (hit != NULL)
			for (size_t k = 0; k < t->ntypes; k++)
				p[k] += v * m->w[(*hit)[1] * m->stride + k];
	}
	top = p[0];
	for (size_t k = 1; k < t->ntypes; k++)
		top = p[k] > top ? p[k] : top;
	for (size_t k = 0; k < t->ntypes; k++) {
		p[k] = expf((p[k] - top) / m->conf.set.temper);
		all += p[k];
	}
	for (size_t k = 0; k < t->ntypes; k++)
		p[k] /= all;
}

static int
by_size(const void *a, const void *b)
{
	const float *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* A row of probabilities after temper and lean. */
static void
warm(float *p, size_t k, double temper, double lean)
{
	double all = 0;

	for (size_t i = 0; i < k; i++) {
		double z = (log((double)p[i] + 1e-12) + (i == 0 ? lean : 0)) / temper;

		p[i] = (float)exp(z);
		all += (double)p[i];
	}
	for (size_t i = 0; i < k; i++)
		p[i] = (float)((double)p[i] / all);
}

/* logs: of the probabilities. */
static double
log_loss(const float *logs, const int *gold, size_t n, size_t k, double temper, double lean)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		const float *row = logs + i * k;
		double all = 0;

		for (size_t j = 0; j < k; j++)
			all += exp(((double)row[j] + (j == 0 ? lean : 0)) / temper);
		sum += log(all) - ((double)row[gold[i]] + (gold[i] == 0 ? lean : 0)) / temper;
	}
	return sum;
}

/* In turn, until neither moves: the loss has one valley. */
static void
settle(const float *p, const int *gold, size_t n, size_t k, double *temper, double *lean)
{
	float *logs = xcalloc(n * k + 1, sizeof *logs);
	double best = HUGE_VAL;

	for (size_t i = 0; i < n * k; i++)
		logs[i] = logf(p[i] + 1e-12f);
	for (int turn = 0; n > 0 && turn < 4; turn++) {
		double before = best;

		for (int t = 50; t <= 300; t += 5) {
			double loss = log_loss(logs, gold, n, k, t / 100.0, *lean);

			if (loss < best) {
				best = loss;
				*temper = t / 100.0;
			}
		}
		for (int b = -40; b <= 20; b += 2) {
			double loss = log_loss(logs, gold, n, k, *temper, b / 10.0);

			if (loss < best) {
				best = loss;
				*lean = b / 10.0;
			}
		}
		if (!(best < before))
			break;
	}
	free(logs);
}

void
cfit_tune(float *p, const int *gold, size_t n, size_t k, double share, struct cfit_conf *c)
{
	float *odds = xcalloc(n + 1, sizeof *odds);
	struct classify_set *set = &c->set;
	size_t nnone = 0, allowed;
	double temper = 1, lean = 0;

	settle(p, gold, n, k, &temper, &lean);
	for (size_t i = 0; i < n; i++)
		warm(p + i * k, k, temper, lean);
	c->lean += (float)lean * set->temper;
	set->temper *= (float)temper;
	for (size_t i = 0; i < n; i++) {
		const float *row = p + i * k;
		float top = 0;

		for (size_t j = 1; j < k; j++)
			top = row[j] > top ? row[j] : top;
		if (gold[i] == 0 && top >= set->least)
			odds[nnone++] = row[0] / (row[0] + top);
		else if (gold[i] == 0)
			odds[nnone++] = 1;
	}
	qsort(odds, nnone, sizeof *odds, by_size);
	allowed = (size_t)(share * (double)nnone);
	if (nnone > 0 && allowed < nnone && odds[allowed] > 0.01f) /* the first that may no longer alarm */
		set->none = odds[allowed];
	free(odds);
}

static void
line(struct buf *out, const char *what, struct str id, float bias, float scale)
{
	buf_printf(out, "%s %.*s ", what, STRF(id));
	json_fixed(out, (double)bias, 5);
	buf_putc(out, ' ');
	json_fixed(out, (double)scale, 8);
	buf_putc(out, '\n');
}

void
cfit_write(const struct cfit *m, const struct tax *t, const char *comment, struct buf *out)
{
	static const char *const kind[] = {"news", "praise"};
	const struct classify_set *s = &m->conf.set;
	const char *const name[] = {"evidence", "cap", "grams", "cues", "none", "least", "also", "temper"};
	const float value[] = {s->evidence, s->cap, s->grams, s->cues, s->none, s->least, s->also, s->temper};
	float scale[CLASSIFY_OUT] = {0};

	for (size_t k = 0; k < m->nout; k++) {
		for (size_t i = 0; i < m->n; i++) {
			float a = fabsf(m->w[i * m->stride + k]);

			scale[k] = a > scale[k] ? a : scale[k];
		}
		scale[k] /= 127;
	}
	buf_puts(out, comment);
	buf_puts(out, "tocsin-classify 1\n");
	for (size_t k = 0; k < m->nout; k++) {
		size_t i = k - m->nclass, j = i - m->nindustry;
		float bias = m->w[m->n * m->stride + k];

		if (k < m->nclass)
			line(out, "class", t->type[k].id, bias, scale[k]);
		else if (i < m->nindustry)
			line(out, "industry", t->industry[i].id, bias, scale[k]);
		else
			line(out, "kind", str_c(kind[j]), bias, scale[k]);
	}
	for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
		buf_printf(out, "set %s ", name[i]);
		json_fixed(out, (double)value[i], 4);
		buf_putc(out, '\n');
	}
	buf_printf(out, "data %zu %zu\n", m->n, m->stride);
	for (size_t i = 0; i < m->n; i++)
		for (int b = 0; b < 4; b++)
			buf_putc(out, (char)(unsigned char)(m->key[i] >> (8 * b)));
	for (size_t i = 0; i < m->n; i++)
		for (size_t k = 0; k < m->stride; k++) {
			float q = k < m->nout && scale[k] > 0 ? roundf(m->w[i * m->stride + k] / scale[k]) : 0;

			buf_putc(out, (char)(int8_t)q);
		}
}
