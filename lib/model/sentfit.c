#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/sentfit.h"

/* The lexicon by itself, as a person would weigh it. */
static const float prior_polarity[LF_N] = {[LF_POS] = 1.2f, [LF_NEG] = -1.2f, [LF_NET] = 3, [LF_LAST] = 1,
    [LF_FIRST] = 0.3f, [LF_EMO_POS] = 1.5f, [LF_EMO_NEG] = -1.8f, [LF_FACT] = -1.2f, [LF_RHET] = -1.5f,
    [LF_IRONY] = -0.8f, [LF_EXCL] = 0.2f, [LF_QUEST] = -0.4f};
static const float prior_neutral[LF_N] = {[LF_POS] = -1, [LF_NEG] = -1, [LF_EMO_POS] = -1, [LF_EMO_NEG] = -1,
    [LF_RHET] = -1.5f, [LF_IRONY] = -0.5f, [LF_EXCL] = -1, [LF_NONE] = 1};

struct sentfit_conf
sentfit_defaults(void)
{
	struct sentfit_conf c = {.fit = fit_defaults(), .bits = 18, .prior = 0.2, .apart = -1, .apart_weight = 0.15};

	c.fit.c = 0.3;
	return c;
}

static void
one(const struct fit_data *data, const struct sentfit_conf *c, const int8_t *y, const float *weight,
    const float *prior, struct fit_result *out)
{
	float *offset = xcalloc(data->ndoc + 1, sizeof *offset);
	struct fit_target t = {y, weight, offset};

	for (size_t i = 0; i < data->ndoc; i++)
		for (int k = 0; k < SENT_DENSE; k++)
			offset[i] += (float)c->prior * prior[k % LF_N] * data->doc[i].dense[k];
	fit_solve(data, &t, &c->fit, out);
	for (int k = 0; k < SENT_DENSE; k++)
		out->dense[k] += (float)c->prior * prior[k % LF_N];
	free(offset);
}

/* Makes both sides weigh alike. */
static void
level(const int8_t *y, float *weight, size_t n)
{
	double pos = 0, neg = 0;

	for (size_t i = 0; i < n; i++) {
		pos += y[i] > 0;
		neg += y[i] < 0;
	}
	for (size_t i = 0; i < n && pos > 0 && neg > 0; i++)
		weight[i] *= (float)((pos + neg) / 2 / (y[i] > 0 ? pos : neg));
}

void
sentfit_run(const struct sentfit_doc *d, size_t n, const struct sentfit_conf *c, int skip, struct sentfit *out)
{
	struct fit_doc *x = xcalloc(n + 1, sizeof *x);
	int8_t *pol = xcalloc(n + 1, 1), *neu = xcalloc(n + 1, 1);
	float *weight = xcalloc(n + 1, sizeof *weight);
	struct fit_data data = {x, n, c->bits, SENT_DENSE};
	double (*count)[2][3] = xcalloc(SENTFIT_SETS, sizeof *count); /* per set, language, label */

	*out = (struct sentfit){.platt_pol = {1, 0}, .platt_neu = {1, 0}};
	for (size_t i = 0; i < n; i++)
		if (skip < 0 || d[i].fold != skip)
			count[d[i].set][d[i].han][d[i].label] += 1;
	for (size_t i = 0; i < n; i++) {
		const double *here = count[d[i].set][d[i].han];
		bool sees_neutral = count[d[i].set][0][SENT_NEU] + count[d[i].set][1][SENT_NEU] > 0;

		x[i] = d[i].x;
		weight[i] = d[i].weight;
		if (skip >= 0 && d[i].fold == skip)
			continue;
		pol[i] = d[i].label == SENT_POS ? 1 : d[i].label == SENT_NEG ? -1 : 0;
		if (sees_neutral) {
			neu[i] = d[i].label == SENT_NEU ? 1 : -1;
			out->has_neutral = true;
		}
		if (c->balance && pol[i] != 0) {
			double f = 0.5 * (here[SENT_POS] + here[SENT_NEG]) / here[d[i].label];

			weight[i] *= (float)(f > 4 ? 4 : f);
		}
	}
	if (c->apart >= 0) {
		static const float none[LF_N];
		int8_t *domain = xcalloc(n + 1, 1);
		float *flat = xcalloc(n + 1, sizeof *flat);

		out->has_apart = true;
		one(&data, c, pol, weight, prior_polarity, &out->apart);
		for (size_t i = 0; i < n; i++) {
			flat[i] = 1;
			if (skip < 0 || d[i].fold != skip)
				domain[i] = d[i].set == c->apart ? 1 : -1;
			if (d[i].set == c->apart)
				weight[i] *= (float)c->apart_weight;
		}
		level(domain, flat, n);
		one(&data, c, domain, flat, none, &out->domain);
		free(domain);
		free(flat);
	}
	one(&data, c, pol, weight, prior_polarity, &out->polarity);
	if (out->has_neutral) {
		for (size_t i = 0; i < n; i++)
			weight[i] = d[i].weight;
		one(&data, c, neu, weight, prior_neutral, &out->neutral);
	} else {
		out->neutral = (struct fit_result){xcalloc((size_t)1 << c->bits, sizeof(float)),
		    xcalloc(SENT_DENSE, sizeof(float)), -6};
	}
	free(x);
	free(pol);
	free(neu);
	free(weight);
	free(count);
}

void
sentfit_free(struct sentfit *f)
{
	fit_result_free(&f->polarity);
	fit_result_free(&f->neutral);
	fit_result_free(&f->apart);
	fit_result_free(&f->domain);
}

void
sentfit_values(const struct sentfit *f, const struct sentfit_conf *c, const struct sentfit_doc *d, float out[2])
{
	struct fit_data one_doc = {&d->x, 1, c->bits, SENT_DENSE};

	float v[4] = {fit_value(&one_doc, &f->polarity, 0), fit_value(&one_doc, &f->neutral, 0), 0, 0};

	if (f->has_apart) {
		v[2] = fit_value(&one_doc, &f->apart, 0);
		v[3] = fit_value(&one_doc, &f->domain, 0);
	}
	(void)sent_mix(f->has_apart ? 4 : 2, v, out);
}

void
sentfit_calibrate(struct sentfit *f, const struct sentfit_conf *c, const struct sentfit_doc *d, const float *value,
    size_t n)
{
	const int apart = c->apart;
	const double apart_weight = c->apart_weight;
	int8_t *y = xcalloc(n + 1, 1);
	float *x = xcalloc(n + 1, sizeof *x), *weight = xcalloc(n + 1, sizeof *weight);
	bool sees[SENTFIT_SETS] = {false};

	for (size_t i = 0; i < n; i++) {
		x[i] = value[2 * i];
		weight[i] = d[i].weight * (float)(d[i].set == apart ? apart_weight : 1);
		y[i] = d[i].label == SENT_POS ? 1 : d[i].label == SENT_NEG ? -1 : 0;
		if (d[i].label == SENT_NEU)
			sees[d[i].set] = true;
	}
	fit_platt(x, y, weight, n, f->platt_pol);
	if (f->has_neutral) {
		for (size_t i = 0; i < n; i++) {
			x[i] = value[2 * i + 1];
			y[i] = !sees[d[i].set] ? 0 : d[i].label == SENT_NEU ? 1 : -1;
		}
		fit_platt(x, y, weight, n, f->platt_neu);
	}
	free(x);
	free(y);
	free(weight);
}

/* What a confidence is looked at with: the numbers of struct sent_trust, and a constant. */
enum { SEEN_AGREE, SEEN_LENGTH, SEEN_NONE, SEEN_N, UNKNOWNS = SEEN_N + 1 };

struct sight {
	float x[SEEN_N]; /* less their mean */
	float offset;    /* log odds of the confidence so far */
	float weight;
	bool right;
};

/* Solves a x = b for a symmetric positive a; b becomes x. */
static void
solve(double a[UNKNOWNS][UNKNOWNS], double b[UNKNOWNS])
{
	for (int i = 0; i < UNKNOWNS; i++)
		for (int k = i + 1; k < UNKNOWNS; k++) {
			double m = a[k][i] / a[i][i];

			for (int j = i; j < UNKNOWNS; j++)
				a[k][j] -= m * a[i][j];
			b[k] -= m * b[i];
		}
	for (int i = UNKNOWNS - 1; i >= 0; i--) {
		for (int j = i + 1; j < UNKNOWNS; j++)
			b[i] -= a[i][j] * b[j];
		b[i] /= a[i][i];
	}
}

/* How far the log odds are off: a constant (first) and what each number adds. Newton's method; few posts say little. */
static void
regress(const struct sight *s, size_t n, double out[UNKNOWNS])
{
	enum { ROUNDS = 20 };
	const double ridge = 3;

	memset(out, 0, UNKNOWNS * sizeof *out);
	for (int round = 0; round < ROUNDS; round++) {
		double g[UNKNOWNS], h[UNKNOWNS][UNKNOWNS] = {{0}}, most = 0;

		for (int i = 0; i < UNKNOWNS; i++) {
			g[i] = ridge * out[i];
			h[i][i] = ridge;
		}
		for (size_t k = 0; k < n; k++) {
			double x[UNKNOWNS] = {1}, v = (double)s[k].offset, p;

			for (int i = 0; i < UNKNOWNS; i++) {
				if (i > 0)
					x[i] = (double)s[k].x[i - 1];
				v += out[i] * x[i];
			}
			p = 1 / (1 + exp(-v));
			for (int i = 0; i < UNKNOWNS; i++) {
				g[i] += (double)s[k].weight * (p - s[k].right) * x[i];
				for (int j = 0; j < UNKNOWNS; j++)
					h[i][j] += (double)s[k].weight * p * (1 - p) * x[i] * x[j];
			}
		}
		solve(h, g);
		for (int i = 0; i < UNKNOWNS; i++) {
			double step = g[i] > 2 ? 2 : g[i] < -2 ? -2 : g[i];

			out[i] -= step;
			most = fmax(most, fabs(step));
		}
		if (most < 1e-6)
			break;
	}
}

void
sentfit_trust(struct sentfit *f, const struct sentfit_conf *c, const struct sentfit_doc *d, size_t n,
    const float *const *value, size_t rounds, double share)
{
	struct sight *polar = xcalloc(n * rounds + 1, sizeof *polar), *neutral = xcalloc(n * rounds + 1, sizeof *neutral);
	bool sees[SENTFIT_SETS] = {false};
	double mean[SEEN_N] = {0}, all = 0, by[UNKNOWNS];
	size_t npolar = 0, nneutral = 0;

	for (size_t i = 0; i < n; i++)
		sees[d[i].set] |= d[i].label == SENT_NEU;
	for (size_t i = 0; i < n * rounds; i++) {
		const struct sentfit_doc *at = &d[i % n];
		const float *lex = sentfit_lexicon(at);
		float confidence;
		enum sent_label got = sent_decide(value[i / n] + 2 * (i % n), f->platt_pol, f->platt_neu, NULL, &confidence);
		struct sight s = {.weight = at->weight * (float)(at->set == c->apart ? c->apart_weight : 1),
		    .right = got == at->label};

		confidence = fminf(fmaxf(confidence, 0.001f), 0.999f);
		s.offset = logf(confidence / (1 - confidence));
		if (got == SENT_NEU) {
			if (sees[at->set]) /* elsewhere nobody could have said so */
				neutral[nneutral++] = s;
			continue;
		}
		s.x[SEEN_AGREE] = got == SENT_POS ? lex[LF_NET] : -lex[LF_NET];
		s.x[SEEN_LENGTH] = lex[LF_LEN];
		s.x[SEEN_NONE] = lex[LF_NONE];
		for (int k = 0; k < SEEN_N; k++)
			mean[k] += (double)(s.weight * s.x[k]);
		all += (double)s.weight;
		polar[npolar++] = s;
	}
	for (int k = 0; k < SEEN_N; k++)
		mean[k] = all > 0 ? mean[k] / all : 0;
	for (size_t i = 0; i < npolar; i++)
		for (int k = 0; k < SEEN_N; k++)
			polar[i].x[k] -= (float)mean[k];
	/* The constant is left out: posts from elsewhere are no surer than calibration makes them. */
	regress(polar, npolar, by);
	f->trust = (struct sent_trust){.agree = (float)by[1 + SEEN_AGREE], .length = (float)by[1 + SEEN_LENGTH],
	    .none = (float)by[1 + SEEN_NONE]};
	for (int k = 0; k < SEEN_N; k++)
		f->trust.level -= (float)(by[1 + k] * mean[k]);
	regress(neutral, nneutral, by);
	f->trust.neutral = (float)(share * by[0]);
	free(polar);
	free(neutral);
}

enum sent_label
sentfit_label(const struct sentfit *f, const struct sentfit_doc *d, const float value[2], float *confidence)
{
	enum sent_label got = sent_decide(value, f->platt_pol, f->platt_neu, NULL, confidence);

	if (confidence != NULL)
		*confidence = sent_confidence(&f->trust, got, sentfit_lexicon(d), *confidence);
	return got;
}

void
sentfit_write(const struct sentfit *f, const struct sentfit_conf *c, const char *comment, struct buf *out)
{
	static const char *const names[] = {"polarity", "neutral", "apart", "domain"};
	const struct fit_result *part[] = {&f->polarity, &f->neutral, &f->apart, &f->domain};
	const unsigned k = f->has_apart ? 4 : 2;
	size_t rows = (size_t)1 << c->bits;
	float *w = xcalloc(rows * k, sizeof *w), dense[SENT_DENSE * 4], bias[4];
	struct buf meta = {0};

	for (unsigned o = 0; o < k; o++) {
		bias[o] = part[o]->bias;
		for (size_t i = 0; i < rows; i++)
			w[i * k + o] = part[o]->w[i];
		for (unsigned d = 0; d < SENT_DENSE; d++)
			dense[d * k + o] = part[o]->dense[d];
	}
	buf_printf(&meta, "meta platt-polarity %.6g %.6g\nmeta platt-neutral %.6g %.6g\nmeta unsure 0.55\n",
	    (double)f->platt_pol[0], (double)f->platt_pol[1], (double)f->platt_neu[0], (double)f->platt_neu[1]);
	buf_printf(&meta, "meta trust %.6g %.6g %.6g %.6g %.6g\n", (double)f->trust.agree, (double)f->trust.length,
	    (double)f->trust.none, (double)f->trust.level, (double)f->trust.neutral);
	linear_write(&(struct linear_float){c->bits, k, SENT_DENSE, w, dense, bias, names, "sentiment", comment, meta.p},
	    out);
	buf_free(&meta);
	free(w);
}
