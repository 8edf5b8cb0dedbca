#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/hash.h"
#include "model/classify.h"

enum { SEEN = 1024, MODEL_MAX = 65535, LINE = 64 };

/* --- the file ----------------------------------------------------------------------------------------------------- */

static int
bad(struct err *e, const char *name, const char *what)
{
	return err_set(e, ERR_CONFIG, "%s: not a model of classify: %s", name, what);
}

static struct str
word(struct str *rest)
{
	struct str w = {0};

	*rest = str_trim(*rest);
	if (!str_split(rest, ' ', &w))
		return STR("");
	return w;
}

static bool
number(struct str *rest, float *out)
{
	double v;

	if (!str_f64(word(rest), &v) || !(fabs(v) < 1e6))
		return false;
	*out = (float)v;
	return true;
}

static float *
setting(struct classify_set *s, struct str name)
{
	static const char *const names[] = {"evidence", "cap", "grams", "cues", "none", "least", "also", "temper"};
	float *const where[] = {&s->evidence, &s->cap, &s->grams, &s->cues, &s->none, &s->least, &s->also, &s->temper};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(name, names[i]))
			return where[i];
	return NULL;
}

static int
load_model(struct cmodel *m, struct str file, const char *name, struct err *e)
{
	struct str rest = file, line, key;
	bool first = true;

	while (str_split(&rest, '\n', &line)) {
		struct str id;
		float *set;
		int64_t n, stride;

		if (line.n == 0 || line.p[0] == '#')
			continue;
		key = word(&line);
		if (first) {
			if (!str_is(key, "tocsin-classify") || !str_is(word(&line), "1"))
				return bad(e, name, "it does not begin with 'tocsin-classify 1'");
			first = false;
			continue;
		}
		if (str_is(key, "class") || str_is(key, "industry") || str_is(key, "kind")) {
			struct str *ids = str_is(key, "class") ? m->class_id : str_is(key, "industry") ? m->industry_id : m->kind_id;
			size_t *count = ids == m->class_id ? &m->nclass : ids == m->industry_id ? &m->nindustry : &m->nkind;

			id = word(&line);
			if (*count >= (ids == m->class_id ? (size_t)TAX_TYPES : (size_t)TAX_NAMES) || m->nout >= CLASSIFY_OUT ||
			    (ids == m->class_id && m->nindustry + m->nkind > 0) || (ids == m->industry_id && m->nkind > 0))
				return bad(e, name, "too many classes, or not in order");
			if (id.n == 0 || !number(&line, &m->bias[m->nout]) || !number(&line, &m->scale[m->nout]))
				return bad(e, name, "a class without bias and scale");
			ids[(*count)++] = id;
			m->nout++;
		} else if (str_is(key, "set")) {
			set = setting(&m->set, word(&line));
			if (set != NULL && !number(&line, set))
				return bad(e, name, "a setting without a number");
		} else if (str_is(key, "data")) {
			if (!str_i64(word(&line), &n) || !str_i64(word(&line), &stride) || n < 1 || n > MODEL_MAX ||
			    stride < (int64_t)m->nout || stride > CLASSIFY_OUT || stride % 16 != 0)
				return bad(e, name, "a data line with impossible numbers");
			if (m->nclass < 2 || !str_is(m->class_id[0], "none"))
				return bad(e, name, "its first class must be none");
			if (rest.n != (size_t)n * (4 + (size_t)stride))
				return bad(e, name, "it is cut short or too long");
			if (!(m->set.temper > 0) || !(m->set.none > 0))
				return bad(e, name, "settings are missing");
			m->n = (size_t)n;
			m->stride = (size_t)stride;
			m->key = (const unsigned char *)rest.p;
			m->row = (const int8_t *)rest.p + m->n * 4;
			return 0;
		} else {
			return bad(e, name, "an unknown line");
		}
	}
	return bad(e, name, "it has no data");
}

static uint32_t
key_at(const struct cmodel *m, size_t i)
{
	const unsigned char *p = m->key + i * 4;

	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint32_t
cue_key(struct str id)
{
	return (uint32_t)(hash_bytes(id.p, id.n, 0xc0e) >> 32);
}

int
classifier_fold(struct classifier *c, const struct classify_files *f, struct err *e)
{
	fold_init(&c->fold);
	return fold_load(&c->fold, f->t2s, f->t2s_name, e);
}

int
classifier_take(void *classifier, struct str json, size_t *step, unsigned *depth, struct err *e)
{
	struct classifier *c = classifier;
	struct tax_fault f = {0};
	int rc = tax_load(&c->tax, &c->fold, json, &f, e);

	memcpy(step, f.step, sizeof f.step);
	*depth = f.depth;
	return rc;
}

static int
find_name(const struct tax_name *name, size_t n, struct str id)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(name[i].id, id))
			return (int)i;
	return -1;
}

enum kind { COMPLAINT, NEWS, PRAISE, AD, OTHER, KINDS };
static const char *const kind_name[KINDS] = {"complaint", "news", "praise", "ad", "other"};

int
classifier_open(struct classifier *c, const struct classify_files *f, struct err *e)
{
	struct cmodel *m = &c->model;

	m->set = (struct classify_set){.evidence = 0.6f, .cap = 12, .none = 0.5f, .also = 0.2f, .temper = 1};
	if (f->model.n > 0 && load_model(m, f->model, f->model_name, e) != 0)
		return -1;
	for (size_t i = 0; i < m->n; i++)
		matcher_add_row(&c->tax.matcher, key_at(m, i), (uint32_t)i + 1);
	if (tax_finish(&c->tax, &c->fold, e) != 0)
		return -1;
	for (size_t i = 0; i < m->nclass; i++)
		c->class_type[i] = tax_find_type(&c->tax, m->class_id[i]);
	for (size_t i = 0; i < m->nindustry; i++)
		c->class_industry[i] = find_name(c->tax.industry, c->tax.nindustries, m->industry_id[i]);
	for (size_t i = 0; i < m->nkind; i++)
		c->class_kind[i] = find_name(c->tax.kind, c->tax.nkinds, m->kind_id[i]);
	for (size_t i = 0; i < c->tax.ncues; i++)
		c->cue_row[i] = matcher_row(&c->tax.matcher, cue_key(c->tax.cue[i]));
	for (size_t k = 0; k < KINDS; k++)
		c->kind_at[k] = find_name(c->tax.kind, c->tax.nkinds, str_c(kind_name[k]));
	for (size_t i = 0; i < TAX_TYPES; i++)
		c->type_class[i] = -1;
	for (size_t i = 0; i < m->nclass; i++)
		if (c->class_type[i] >= 0)
			c->type_class[c->class_type[i]] = (int)i;
	c->all_known = true;
	for (size_t i = 1; i < c->tax.ntypes; i++)
		c->all_known = c->all_known && c->type_class[i] >= 0;
	if (m->n > 0) {
		c->table = xmalloc(m->n * m->stride + LINE);
		c->row = c->table + (LINE - (uintptr_t)c->table % LINE);
		memcpy(c->row, m->row, m->n * m->stride);
	}
	c->seen = xcalloc(SEEN, sizeof *c->seen);
	c->open = true;
	return 0;
}

void
classifier_free(struct classifier *c)
{
	tax_free(&c->tax);
	tax_scan_free(&c->scan);
	free(c->table);
	free(c->seen);
	*c = (struct classifier){0};
}

/* --- scoring ------------------------------------------------------------------------------------------------------ */

/* Adds rows, counted from 1, to sums, column by column; stride is a multiple of 16. */
#if defined(__SSE2__)
static inline void
add_shorts(int32_t *sum, __m128i x)
{
	__m128i *to = (__m128i *)(void *)sum;

	_mm_store_si128(to, _mm_add_epi32(_mm_load_si128(to), _mm_srai_epi32(_mm_unpacklo_epi16(x, x), 16)));
	_mm_store_si128(to + 1, _mm_add_epi32(_mm_load_si128(to + 1), _mm_srai_epi32(_mm_unpackhi_epi16(x, x), 16)));
}

/* At most CLASSIFY_ROWS of them. */
static void
add_some(int32_t *sum, const int8_t *table, size_t stride, const uint32_t *row, size_t n)
{
	for (size_t k = 0; k < stride; k += 32) {
		const size_t second = k + 16 < stride ? k + 16 : k; /* at an odd end the last half is read twice, written once */
		const int8_t *const first = table + k - stride;
		__m128i even[2] = {_mm_setzero_si128(), _mm_setzero_si128()}, odd[2] = {even[0], even[0]};

		for (size_t i = 0; i < n; i++) {
			const int8_t *at = first + row[i] * stride;
			__m128i a = _mm_loadu_si128((const __m128i *)(const void *)at);
			__m128i b = _mm_loadu_si128((const __m128i *)(const void *)(at + (second - k)));

			even[0] = _mm_add_epi16(even[0], _mm_srai_epi16(_mm_slli_epi16(a, 8), 8));
			odd[0] = _mm_add_epi16(odd[0], _mm_srai_epi16(a, 8));
			even[1] = _mm_add_epi16(even[1], _mm_srai_epi16(_mm_slli_epi16(b, 8), 8));
			odd[1] = _mm_add_epi16(odd[1], _mm_srai_epi16(b, 8));
		}
		for (size_t h = 0; h < (second > k ? 2 : 1); h++) {
			add_shorts(sum + k + 16 * h, _mm_unpacklo_epi16(even[h], odd[h]));
			add_shorts(sum + k + 16 * h + 8, _mm_unpackhi_epi16(even[h], odd[h]));
		}
	}
}
#else
static void
add_some(int32_t *sum, const int8_t *table, size_t stride, const uint32_t *row, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < stride; k++)
			sum[k] += table[(row[i] - 1) * stride + k];
}
#endif

static void
add_rows(int32_t *sum, const int8_t *table, size_t stride, const uint32_t *row, size_t n)
{
	for (; n > CLASSIFY_ROWS; n -= CLASSIFY_ROWS, row += CLASSIFY_ROWS)
		add_some(sum, table, stride, row, CLASSIFY_ROWS);
	add_some(sum, table, stride, row, n);
}

/* First sight of this key in this text? A few repeats get past, always the same ones. */
static inline bool
fresh(uint64_t *seen, uint32_t epoch, uint32_t key)
{
	uint64_t *s = &seen[key & (SEEN - 1)], now = (uint64_t)key << 32 | epoch;

	if (*s == now)
		return false;
	*s = now;
	return true;
}

static void
next_epoch(struct classifier *c)
{
	if (++c->epoch == 0) {
		memset(c->seen, 0, SEEN * sizeof *c->seen);
		c->epoch = 1;
	}
}

/* Of the cues. */
static void
sum_cues(const struct classifier *c, int32_t *sum)
{
	uint32_t row[TAX_CUES];
	size_t n = 0;

	for (size_t i = 0; i < c->scan.ncues; i++) {
		row[n] = c->cue_row[c->scan.cue_list[i]];
		n += row[n] != 0;
	}
	if (n > 0)
		add_rows(sum, c->row, c->model.stride, row, n);
}

/* Vectors the compiler maps to what the machine has. */
typedef float floats __attribute__((vector_size(16)));
typedef int32_t ints __attribute__((vector_size(16)));

static void
linear_part(struct classifier *c, float *out)
{
	const struct cmodel *m = &c->model;
	const size_t n = c->scan.mt.n, ncues = c->scan.ncues;
	int32_t *grams = c->sum[0], *cues = c->sum[1];
	float g, q;

	memset(grams, 0, m->stride * sizeof *grams);
	memset(cues, 0, m->stride * sizeof *cues);
	add_rows(grams, c->row, m->stride, c->scan.mt.row, c->scan.mt.nrow);
	sum_cues(c, cues);
	g = n > 0 ? m->set.grams / sqrtf(2 * (float)n) : 0;
	q = ncues > 0 ? m->set.cues / sqrtf((float)ncues) : 0;
	for (size_t k = 0; k < m->nout; k += 4) { /* stride has room */
		floats bias, scale, sum;
		ints gi, qi;

		memcpy(&bias, m->bias + k, sizeof bias);
		memcpy(&scale, m->scale + k, sizeof scale);
		memcpy(&gi, grams + k, sizeof gi);
		memcpy(&qi, cues + k, sizeof qi);
		sum = bias + scale * (g * __builtin_convertvector(gi, floats) + q * __builtin_convertvector(qi, floats));
		memcpy(out + k, &sum, sizeof sum);
	}
}

static float
evidence_part(const struct cmodel *m, float score)
{
	return m->set.evidence * (score < m->set.cap ? score : m->set.cap);
}

/* Shares p of the n scores z, both with room for whole vectors. */
static void
softmax(const float *z, float *p, size_t n, float temper)
{
	float top = z[0], sum = 0;

	for (size_t i = 1; i < n; i++)
		top = z[i] > top ? z[i] : top;
	for (size_t i = 0; i < n; i++) {
		p[i] = expf((z[i] - top) / temper);
		sum += p[i];
	}
	for (size_t i = 0; i < n; i += 4) {
		floats x;

		memcpy(&x, p + i, sizeof x);
		x /= sum;
		memcpy(p + i, &x, sizeof x);
	}
}

size_t
classify_decide(const struct classify_set *set, const float *p, size_t n)
{
	size_t best = 1;
	float top = p[1];

	for (size_t i = 2; i < n; i++)
		if (p[i] > top) {
			best = i;
			top = p[i];
		}
	return top < set->least || p[0] >= set->none * (p[0] + top) ? 0 : best;
}

static void
pick_types(const struct classifier *c, const float *p, struct verdict *v)
{
	const struct tax *t = &c->tax;
	const struct classify_set *set = &c->model.set;
	bool used[TAX_TYPES] = {false};
	size_t best = classify_decide(set, p, t->ntypes);

	v->type = (int)best;
	v->confidence = p[best];
	while (best != 0) {
		used[best] = true;
		v->also[v->ntypes++] = (struct verdict_type){(int)best, p[best]};
		if (v->ntypes == CLASSIFY_MAX_TYPES)
			return;
		best = 0;
		for (size_t i = 1; i < t->ntypes; i++)
			if (!used[i] && p[i] >= set->also && (best == 0 || p[i] > p[best]))
				best = i;
	}
}

static int
best_of(const float *x, size_t n, float least)
{
	int best = -1;

	for (size_t i = 0; i < n; i++)
		if (x[i] >= least && (best < 0 || x[i] > x[best]))
			best = (int)i;
	return best;
}

static void
pick_industry(const struct classifier *c, const float *out, struct verdict *v)
{
	const struct tax *t = &c->tax;
	float z[TAX_NAMES];

	for (size_t i = 0; i < t->nindustries; i++)
		z[i] = evidence_part(&c->model, c->scan.industry[i]);
	for (size_t i = 0; i < c->model.nindustry; i++)
		if (c->class_industry[i] >= 0)
			z[c->class_industry[i]] += out[c->model.nclass + i];
	if (v->type > 0 && t->type[v->type].industry >= 0)
		z[t->type[v->type].industry] += 2;
	v->industry = best_of(z, t->nindustries, c->model.nclass > 0 ? -1e9f : 0.5f);
}

static void
pick_kind(const struct classifier *c, const float *out, struct verdict *v)
{
	const int *at = c->kind_at;
	float x[KINDS] = {0};

	for (int k = 0; k < KINDS; k++)
		if (at[k] >= 0)
			x[k] = c->scan.kind[at[k]];
	for (size_t i = 0; i < c->model.nkind; i++)
		for (int k = 0; k < KINDS; k++)
			if (at[k] >= 0 && c->class_kind[i] == at[k])
				x[k] = 2 + out[c->model.nclass + c->model.nindustry + i]; /* from 2 on: more likely than not */
	v->kind = at[x[NEWS] >= 2 ? NEWS : v->type != 0 ? COMPLAINT : x[AD] >= 2 && x[AD] > x[PRAISE] ? AD :
	    x[PRAISE] >= 2 ? PRAISE : x[COMPLAINT] >= 2 ? COMPLAINT : OTHER];
}

/*
 * The model has never seen the types and terms an organisation adds, and is sure that their posts are none. A term of
 * theirs that is sure decides against that; not against a type that has evidence of its own.
 */
static void
own_types(const struct classifier *c, float *p)
{
	const float *score = c->scan.score;

	for (size_t i = 1; i < c->tax.ntypes; i++) {
		float lift = c->tax.extended && score[i] >= TAX_OWN ? 1.5f : c->type_class[i] < 0 && score[i] >= 3 ? score[i] - 2 : 0;

		if (lift > 0 && p[i] < p[0] + lift)
			p[i] = p[0] + lift;
	}
}

void
classify_text(struct classifier *c, struct str text, struct verdict *v)
{
	const struct cmodel *m = &c->model;
	const size_t n = c->tax.ntypes;
	const float *score = c->scan.score;
	float out[CLASSIFY_OUT], *z = c->sum_of;

	*v = (struct verdict){.industry = -1, .kind = -1};
	tax_scan(&c->tax, &c->fold, text, &c->scan);
	if (m->nclass > 0)
		linear_part(c, out);
	for (size_t i = 0; i < n; i++) {
		z[i] = evidence_part(m, score[i]);
		if (c->type_class[i] >= 0)
			z[i] += out[c->type_class[i]];
		else /* a type the model has not seen needs evidence of its own */
			z[i] -= i == 0 ? 0 : score[i] <= 0 ? 30 : m->nclass > 0 ? 3 : 1;
	}
	if (m->nclass > 0 && (!c->all_known || c->tax.extended))
		own_types(c, z);
	softmax(z, c->prob, n, m->set.temper);
	pick_types(c, c->prob, v);
	pick_industry(c, out, v);
	pick_kind(c, out, v);
	v->severity = c->scan.severity;
	v->rumour = c->scan.rumour;
}

void
classify_parts(const struct classifier *c, size_t type, float *rules, float *linear)
{
	*rules = evidence_part(&c->model, c->scan.score[type]);
	*linear = c->sum_of[type] - *rules;
}

size_t
classify_top(const struct classifier *c, int type, struct class_gram *out, size_t max)
{
	const struct cmodel *m = &c->model;
	const struct match_text *t = &c->scan.mt;
	size_t n = 0, cls = 0;
	float g = t->n > 0 ? m->set.grams / sqrtf(2 * (float)t->n) : 0;

	while (cls < m->nclass && c->class_type[cls] != type)
		cls++;
	if (cls == m->nclass || max == 0)
		return 0;
	for (size_t i = 0; i < t->n; i++)
		for (size_t len = 1; len <= 2 && i + len <= t->n; len++) {
			uint32_t row = matcher_row(&c->tax.matcher, match_key(match_row_id(t, i), len == 1 ? 0 : match_row_id(t, i + 1)));
			const struct match_unit *tail = &t->unit[i + len - 1];
			struct class_gram x = {t->unit[i].off, tail->off + tail->len - t->unit[i].off, 0};
			size_t at;

			if (row == 0)
				continue;
			x.weight = g * m->scale[cls] * (float)m->row[(row - 1) * m->stride + cls];
			if (x.weight <= 0)
				continue;
			for (at = n; at > 0 && out[at - 1].weight < x.weight; at--)
				if (at < max)
					out[at] = out[at - 1];
			if (at < max) {
				out[at] = x;
				n += n < max;
			}
		}
	return n;
}

/* --- training ----------------------------------------------------------------------------------------------------- */

/* Marks the units of every occurrence of name, its generic end apart. */
static void
mask_name(const struct match_text *t, struct str text, struct str name, bool *masked)
{
	struct str rest = text;
	size_t base = 0;
	ptrdiff_t at;

	while (name.n > 0 && (at = str_find(rest, name)) >= 0) {
		size_t beg = base + (size_t)at, end = beg + name.n, n = 0, first = 0, tail;

		for (size_t i = 0; i < t->n; i++)
			if (t->unit[i].off >= beg && t->unit[i].off < end) {
				if (n++ == 0)
					first = i;
			}
		tail = n == 0 ? 0 : t->unit[first].flag & MATCH_LATIN ? n > 1 : n > 2 ? 2 : 0;
		for (size_t i = first; i + tail < first + n; i++)
			masked[i] = true;
		base = end;
		rest = str_sub(text, end, text.n - end);
	}
}

void
classify_features(struct classifier *c, struct str text, struct str mask, struct class_feature **out, size_t *n, size_t *cap)
{
	const struct match_text *t = &c->scan.mt;
	bool *masked;
	float g, q;

	tax_scan(&c->tax, &c->fold, text, &c->scan);
	masked = xcalloc(t->n + 1, sizeof *masked);
	mask_name(t, text, mask, masked);
	*out = xgrow(*out, cap, *n + t->n * 2 + c->scan.ncues, sizeof **out);
	g = t->n > 0 ? 1 / sqrtf(2 * (float)t->n) : 0;
	q = c->scan.ncues > 0 ? 1 / sqrtf((float)c->scan.ncues) : 0;
	next_epoch(c);
	for (size_t i = 0; i < t->n; i++) {
		uint32_t key = match_key(match_row_id(t, i), 0);

		if (masked[i])
			continue;
		if (fresh(c->seen, c->epoch, key))
			(*out)[(*n)++] = (struct class_feature){key, g, false};
		if (i + 1 == t->n || masked[i + 1])
			continue;
		key = match_key(match_row_id(t, i), match_row_id(t, i + 1));
		if (fresh(c->seen, c->epoch, key))
			(*out)[(*n)++] = (struct class_feature){key, g, false};
	}
	for (size_t i = 0; i < c->scan.ncues; i++)
		(*out)[(*n)++] = (struct class_feature){cue_key(c->tax.cue[c->scan.cue_list[i]]), q, true};
	free(masked);
}
