#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "model/fit.h"

struct fit_conf
fit_defaults(void)
{
	return (struct fit_conf){.c = 3, .dense_scale = 1, .min_docs = 2, .idf = 0.3, .max_pass = 60, .seed = 1,
	    .use_ngrams = 1, .use_dense = 1};
}

static uint64_t
next(uint64_t *state)
{
	*state += 0x9e3779b97f4a7c15u;
	return hash_u64(*state);
}

void
fit_shuffle(uint32_t *order, size_t n, uint64_t seed)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = (size_t)(next(&seed) % i);
		uint32_t t = order[i - 1];

		order[i - 1] = order[j];
		order[j] = t;
	}
}

/* |log ratio of the classes' shares of this bucket| + idf part; 0 for buckets that are dropped. */
static float *
bucket_scale(const struct fit_data *d, const struct fit_target *t, const struct fit_conf *c)
{
	size_t nb = (size_t)1 << d->bits;
	float *scale = xcalloc(nb, sizeof *scale);
	float *pos = xcalloc(nb, sizeof *pos), *neg = xcalloc(nb, sizeof *neg);
	uint32_t *docs = xcalloc(nb, sizeof *docs);
	double npos = 0, nneg = 0, ndoc = 0;

	for (size_t i = 0; i < d->ndoc; i++) {
		float wt = t->weight != NULL ? t->weight[i] : 1;

		if (t->y[i] == 0)
			continue;
		ndoc += 1;
		for (size_t k = 0; k < d->doc[i].n; k++) {
			uint32_t b = d->doc[i].h[k] >> (32 - d->bits);

			docs[b]++;
			if (t->y[i] > 0)
				pos[b] += wt;
			else
				neg[b] += wt;
		}
	}
	for (size_t b = 0; b < nb; b++) {
		npos += (double)pos[b];
		nneg += (double)neg[b];
	}
	for (size_t b = 0; b < nb; b++)
		if (docs[b] >= c->min_docs) {
			double p = ((double)pos[b] + 1) / (npos + (double)nb), q = ((double)neg[b] + 1) / (nneg + (double)nb);

			scale[b] = (float)(fabs(log(p / q)) + c->idf * log(1 + ndoc / (1 + (double)docs[b])) / 3);
		}
	free(pos);
	free(neg);
	free(docs);
	return scale;
}

void
fit_solve(const struct fit_data *d, const struct fit_target *t, const struct fit_conf *c, struct fit_result *out)
{
	size_t nb = (size_t)1 << d->bits, n = 0;
	float *scale = bucket_scale(d, t, c);
	double *alpha = xcalloc(d->ndoc + 1, sizeof *alpha), *qd = xcalloc(d->ndoc + 1, sizeof *qd);
	uint32_t *order = xcalloc(d->ndoc + 1, sizeof *order);
	float *w = xcalloc(nb, sizeof *w), *dense = xcalloc(d->ndense + 1u, sizeof *dense);
	double bias = 0;
	const float ds = c->use_dense ? (float)c->dense_scale : 0;

	for (size_t i = 0; i < d->ndoc; i++) {
		const struct fit_doc *x = &d->doc[i];
		double q = 1, norm = c->use_ngrams && x->n > 0 ? 1 / (double)x->n : 0;

		if (t->y[i] == 0)
			continue;
		order[n++] = (uint32_t)i;
		for (size_t k = 0; k < x->n; k++) {
			float s = scale[x->h[k] >> (32 - d->bits)];

			q += norm * (double)s * (double)s;
		}
		for (unsigned k = 0; k < d->ndense; k++)
			q += (double)(x->dense[k] * ds) * (double)(x->dense[k] * ds);
		qd[i] = q;
	}
	for (unsigned pass = 0; pass < c->max_pass && n > 0; pass++) {
		double worst = 0;

		fit_shuffle(order, n, c->seed + pass);
		for (size_t o = 0; o < n; o++) {
			size_t i = order[o];
			const struct fit_doc *x = &d->doc[i];
			double y = t->y[i], wt = t->weight != NULL ? (double)t->weight[i] : 1, diag = 0.5 / (c->c * wt);
			double norm = c->use_ngrams && x->n > 0 ? 1 / sqrt((double)x->n) : 0, v = 0, g, step, a;

			if (wt <= 0)
				continue;
			if (c->use_ngrams)
				for (size_t k = 0; k < x->n; k++) {
					uint32_t b = x->h[k] >> (32 - d->bits);

					v += (double)(w[b] * scale[b]);
				}
			v = v * norm + bias + (t->offset != NULL ? (double)t->offset[i] : 0);
			for (unsigned k = 0; k < d->ndense; k++)
				v += (double)(dense[k] * x->dense[k] * ds);
			g = y * v - 1 + diag * alpha[i];
			if (alpha[i] <= 0 && g >= 0)
				continue;
			if (fabs(g) > worst)
				worst = fabs(g);
			a = alpha[i] - g / (qd[i] + diag);
			if (a < 0)
				a = 0;
			step = (a - alpha[i]) * y;
			alpha[i] = a;
			if (step == 0)
				continue;
			if (c->use_ngrams)
				for (size_t k = 0; k < x->n; k++) {
					uint32_t b = x->h[k] >> (32 - d->bits);

					w[b] += (float)(step * norm) * scale[b];
				}
			for (unsigned k = 0; k < d->ndense; k++)
				dense[k] += (float)step * x->dense[k] * ds;
			bias += step;
		}
		if (worst < 0.01)
			break;
	}
	for (size_t b = 0; b < nb; b++)
		w[b] *= scale[b];
	for (unsigned k = 0; k < d->ndense; k++)
		dense[k] *= ds;
	*out = (struct fit_result){w, dense, (float)bias};
	free(scale);
	free(alpha);
	free(qd);
	free(order);
}

void
fit_result_free(struct fit_result *r)
{
	free(r->w);
	free(r->dense);
	*r = (struct fit_result){0};
}

float
fit_value(const struct fit_data *d, const struct fit_result *r, size_t i)
{
	const struct fit_doc *x = &d->doc[i];
	float v = 0;

	for (size_t k = 0; k < x->n; k++)
		v += r->w[x->h[k] >> (32 - d->bits)];
	v = (x->n > 0 ? v / sqrtf((float)x->n) : 0) + r->bias;
	for (unsigned k = 0; k < d->ndense; k++)
		v += r->dense[k] * x->dense[k];
	return v;
}

void
fit_platt(const float *x, const int8_t *y, const float *weight, size_t n, float out[2])
{
	double a = 1, b = 0, np = 0, nn = 0, hi, lo;

	for (size_t i = 0; i < n; i++) {
		double wt = weight != NULL ? (double)weight[i] : 1;

		np += y[i] > 0 ? wt : 0;
		nn += y[i] < 0 ? wt : 0;
	}
	out[0] = 1;
	out[1] = 0;
	if (np <= 0 || nn <= 0)
		return;
	hi = (np + 1) / (np + 2); /* targets drawn in, so that a clean split does not run away */
	lo = 1 / (nn + 2);
	for (int it = 0; it < 100; it++) { /* Newton's method on two unknowns */
		double ga = 0, gb = 0, haa = 1e-6, hab = 0, hbb = 1e-6, det, da, db;

		for (size_t i = 0; i < n; i++) {
			double p, r, t = y[i] > 0 ? hi : lo, wt = weight != NULL ? (double)weight[i] : 1;

			if (y[i] == 0)
				continue;
			p = 1 / (1 + exp(-(a * (double)x[i] + b)));
			r = wt * p * (1 - p);
			ga += wt * (p - t) * (double)x[i];
			gb += wt * (p - t);
			haa += r * (double)x[i] * (double)x[i];
			hab += r * (double)x[i];
			hbb += r;
		}
		det = haa * hbb - hab * hab;
		if (fabs(det) < 1e-12)
			break;
		da = (hbb * ga - hab * gb) / det;
		db = (haa * gb - hab * ga) / det;
		if (da > 2) da = 2;
		if (da < -2) da = -2;
		if (db > 2) db = 2;
		if (db < -2) db = -2;
		a -= da;
		b -= db;
		if (fabs(da) + fabs(db) < 1e-7)
			break;
	}
	out[0] = (float)a;
	out[1] = (float)b;
}
