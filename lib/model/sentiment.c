#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/sentiment.h"

const char *const sent_label_name[3] = {"neg", "neu", "pos"};

static int
numbers(const struct linear *m, const char *key, float *out, size_t n, const char *name, struct err *e)
{
	struct str rest = linear_meta(m, key), part;
	double v;

	for (size_t i = 0; i < n; i++) {
		if (!str_split(&rest, ' ', &part) || !str_f64(part, &v))
			return err_set(e, ERR_CONFIG, "%s: meta %s needs %zu numbers", name, key, n);
		out[i] = (float)v;
	}
	return 0;
}

int
sent_trust_load(struct sent_trust *t, const struct linear *m, const char *name, struct err *e)
{
	float v[5] = {0};

	if (linear_meta(m, "trust").n > 0 && numbers(m, "trust", v, 5, name, e) != 0)
		return -1;
	*t = (struct sent_trust){v[0], v[1], v[2], v[3], v[4]};
	return 0;
}

int
sent_open(struct sentiment *s, const struct sent_files *f, struct err *e)
{
	double v;

	s->fold = xmalloc(sizeof *s->fold);
	fold_init(s->fold);
	s->lex = lex_new();
	if (fold_load(s->fold, f->t2s, f->t2s_name, e) != 0 ||
	    lex_load(s->lex, s->fold, f->lexicon_zh, f->lexicon_zh_name, e) != 0 ||
	    lex_load(s->lex, s->fold, f->lexicon_en, f->lexicon_en_name, e) != 0)
		return -1;
	if (f->model.n == 0)
		return 0;
	if (linear_load(&s->model, f->model, f->model_name, &s->keep, e) != 0)
		return -1;
	if (strcmp(s->model.kind, "sentiment") != 0 || (s->model.k != 2 && s->model.k != 4) || s->model.ndense != SENT_DENSE)
		return err_set(e, ERR_CONFIG, "%s: not a sentiment model of this version (kind %s, %u outputs, %u numbers)",
		    f->model_name, s->model.kind, s->model.k, s->model.ndense);
	if (numbers(&s->model, "platt-polarity", s->platt_pol, 2, f->model_name, e) != 0 ||
	    numbers(&s->model, "platt-neutral", s->platt_neu, 2, f->model_name, e) != 0 ||
	    sent_trust_load(&s->trust, &s->model, f->model_name, e) != 0)
		return -1;
	s->unsure = str_f64(linear_meta(&s->model, "unsure"), &v) ? (float)v : 0.5f;
	return 0;
}

void
sent_close(struct sentiment *s)
{
	free(s->fold);
	lex_free(s->lex);
	norm_free(&s->norm);
	ngram_free(&s->grams);
	lex_scratch_free(&s->scratch);
	arena_free(&s->keep);
}

void
sent_inputs(struct sentiment *s, struct str text, bool want_hits, struct lex_score *lex, float dense[SENT_DENSE])
{
	norm_text(s->fold, text, &s->norm);
	lex_score(s->lex, &s->norm, &s->scratch, want_hits, lex);
	ngram_features(&s->norm, &s->grams);
	mem_zero(dense, SENT_DENSE * sizeof *dense);
	memcpy(dense + (lex->han ? 0 : LF_N), lex->f, LF_N * sizeof *dense);
}

static float
sigmoid(float x)
{
	return 1 / (1 + expf(-x));
}

/* The emotion with the most evidence among those that fit the label, or the side that a doubtful neutral leans to;
 * surprise fits every label. */
static enum lex_emotion
emotion(const struct sent_result *r)
{
	static const unsigned fits[3] = {
	    1u << EMO_ANGER | 1u << EMO_SAD | 1u << EMO_FEAR | 1u << EMO_DISGUST | 1u << EMO_SURPRISE,
	    1u << EMO_SURPRISE, 1u << EMO_JOY | 1u << EMO_LIKE | 1u << EMO_SURPRISE};
	enum lex_emotion best = EMO_NONE;
	enum sent_label side = r->label != SENT_NEU || r->confidence > 0.65f ? r->label : r->score > 0 ? SENT_POS : SENT_NEG;
	float most = 0.5f;

	for (int i = 1; i < EMO_N; i++)
		if ((fits[side] >> i & 1) != 0 && r->lex.emotion[i] > most) {
			most = r->lex.emotion[i];
			best = (enum lex_emotion)i;
		}
	return best;
}

float
sent_mix(unsigned outputs, const float *out, float value[2])
{
	float g = outputs < 4 ? 0 : sigmoid(4 * out[3] - 2);

	value[0] = outputs < 4 ? out[0] : (1 - g) * out[0] + g * out[2];
	value[1] = out[1];
	return g;
}

enum sent_label
sent_decide(const float value[2], const float platt_pol[2], const float platt_neu[2], float *prob, float *confidence)
{
	float pos = sigmoid(platt_pol[0] * value[0] + platt_pol[1]), neu = sigmoid(platt_neu[0] * value[1] + platt_neu[1]);
	float p[3] = {[SENT_NEG] = (1 - neu) * (1 - pos), [SENT_NEU] = neu, [SENT_POS] = (1 - neu) * pos};
	enum sent_label best = neu >= p[SENT_POS] && neu >= p[SENT_NEG] ? SENT_NEU : pos > 0.5f ? SENT_POS : SENT_NEG;

	if (prob != NULL)
		memcpy(prob, p, sizeof p);
	if (confidence != NULL)
		*confidence = p[best];
	return best;
}

float
sent_confidence(const struct sent_trust *t, enum sent_label label, const float f[LF_N], float confidence)
{
	float by = label == SENT_NEU ? t->neutral :
	    t->level + t->agree * (label == SENT_POS ? f[LF_NET] : -f[LF_NET]) + t->length * f[LF_LEN] + t->none * f[LF_NONE];
	float odds = by != 0 ? expf(by < 30 ? by : 30) : 1;

	return confidence * odds / (confidence * odds + (1 - confidence));
}

/* The weight of one feature on polarity; row: its weights per output. */
static float
mixed(const struct linear *m, const float *row, float mix)
{
	return m->k < 4 ? row[0] : (1 - mix) * row[0] + mix * row[2];
}

void
sent_score(struct sentiment *s, struct str text, bool want_hits, struct sent_result *r)
{
	float dense[SENT_DENSE], out[4], value[2];
	const struct linear *m = &s->model;

	sent_inputs(s, text, want_hits, &r->lex, dense);
	linear_score(m, s->grams.h, s->grams.n, dense, out);
	s->mix = sent_mix(m->k, out, value);
	r->lexicon = 0;
	for (unsigned d = 0; want_hits && d < SENT_DENSE; d++)
		r->lexicon += dense[d] * mixed(m, m->dense + (size_t)d * m->k, s->mix);
	r->ngram = value[0] - r->lexicon;
	r->label = sent_decide(value, s->platt_pol, s->platt_neu, r->prob, &r->confidence);
	r->confidence = sent_confidence(&s->trust, r->label, r->lex.f, r->confidence);
	r->score = r->prob[SENT_POS] - r->prob[SENT_NEG];
	r->unsure = r->confidence < s->unsure;
	r->emotion = emotion(r);
}

static int
by_weight(const void *a, const void *b)
{
	const struct sent_gram *x = a, *y = b;
	float p = fabsf(x->weight), q = fabsf(y->weight);

	return p != q ? (p < q) - (p > q) : (x->beg > y->beg) - (x->beg < y->beg);
}

size_t
sent_top_grams(struct sentiment *s, struct sent_gram *out, size_t max)
{
	struct ngram_span *span = NULL;
	struct sent_gram *all;
	size_t cap = 0, n;
	const struct linear *m = &s->model;
	float norm = s->grams.n > 0 ? 1 / sqrtf((float)s->grams.n) : 0;

	ngram_spans(&s->norm, &s->grams, &span, &cap);
	n = s->grams.n;
	all = xcalloc(n + 1, sizeof *all);
	for (size_t i = 0; i < n; i++) {
		const struct unit *last = &s->norm.u[span[i].end - 1];

		all[i].beg = s->norm.u[span[i].beg].off;
		all[i].end = last->off + last->len;
		{
			const unsigned char *w = (const unsigned char *)m->w + (size_t)(s->grams.h[i] >> (32 - m->bits)) * m->k;
			float row[3] = {m->lut[0][w[0]], 0, m->k < 4 ? 0 : m->lut[2][w[2]]};

			all[i].weight = norm * mixed(m, row, s->mix);
		}
	}
	qsort(all, n, sizeof *all, by_weight);
	{ /* features of one place and weight are one reason */
		size_t k = 0;

		for (size_t i = 0; i < n && k < max && all[i].weight != 0; i++) {
			size_t j;

			for (j = 0; j < k && !(out[j].beg == all[i].beg && out[j].end == all[i].end); j++)
				;
			if (j == k)
				out[k++] = all[i];
		}
		n = k;
	}
	free(all);
	free(span);
	return n;
}
