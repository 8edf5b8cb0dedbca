#include <math.h>
#include <stdio.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "base/utf8.h"
#include "model/linear.h"

static int
bad(struct err *e, const char *name, const char *what)
{
	return err_set(e, ERR_CONFIG, "%s: not a model: %s", name, what);
}

static size_t
numbers(struct str s, float *out, size_t max)
{
	size_t n = 0;
	struct str part;
	double v;

	while (n < max && str_split(&s, ' ', &part))
		if (part.n > 0) {
			if (!str_f64(part, &v) || !(fabs(v) < 1e30))
				return 0;
			out[n++] = (float)v;
		}
	return n;
}

int
linear_load(struct linear *m, struct str file, const char *name, struct arena *a, struct err *e)
{
	struct str rest = file, line, scale = {0};
	size_t want = 0, off = 0;
	int64_t v;
	bool magic = false;
	float s[LINEAR_OUT_MAX];

	*m = (struct linear){0};
	while (rest.n > 0) {
		const char *nl = memchr(rest.p, '\n', rest.n);
		struct str key, val;

		if (nl == NULL || (size_t)(nl - rest.p) > 65536)
			return bad(e, name, "its header does not end");
		line = str_n(rest.p, (size_t)(nl - rest.p));
		off += line.n + 1;
		rest = str_n(nl + 1, rest.n - line.n - 1);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		val = line;
		if (!str_split(&val, ' ', &key))
			return bad(e, name, "a header line without a key");
		if (str_is(key, "tocsin-model")) {
			if (!str_is(val, "1"))
				return bad(e, name, "another version of the format");
			magic = true;
		} else if (!magic) {
			return bad(e, name, "no 'tocsin-model' line");
		} else if (str_is(key, "kind")) {
			m->kind = arena_cstr(a, val);
		} else if (str_is(key, "bits")) {
			if (!str_i64(val, &v) || v < 8 || v > 24)
				return bad(e, name, "bits must be 8 to 24");
			m->bits = (unsigned)v;
		} else if (str_is(key, "outputs")) {
			struct str part;

			if (m->k > 0)
				return bad(e, name, "outputs twice");
			m->output = arena_zalloc(a, LINEAR_OUT_MAX * sizeof *m->output);
			for (m->k = 0; str_split(&val, ' ', &part);)
				if (part.n > 0) {
					if (m->k == LINEAR_OUT_MAX)
						return bad(e, name, "too many outputs");
					m->output[m->k++] = arena_cstr(a, part);
				}
		} else if (str_is(key, "scale")) {
			scale = val;
		} else if (str_is(key, "bias")) {
			m->bias = arena_zalloc(a, LINEAR_OUT_MAX * sizeof *m->bias);
			if (m->k == 0 || numbers(val, m->bias, m->k) != m->k)
				return bad(e, name, "bias needs one number per output");
		} else if (str_is(key, "dense")) {
			if (!str_i64(val, &v) || v < 0 || v > LINEAR_DENSE_MAX || m->k == 0)
				return bad(e, name, "dense is out of range");
			m->ndense = (unsigned)v;
			m->dense = arena_zalloc(a, ((size_t)v * m->k + 1) * sizeof *m->dense);
			for (unsigned d = 0; d < m->ndense; d++) {
				nl = memchr(rest.p, '\n', rest.n);
				if (nl == NULL)
					return bad(e, name, "dense lines are missing");
				line = str_n(rest.p, (size_t)(nl - rest.p));
				if (numbers(line, m->dense + (size_t)d * m->k, m->k) != m->k)
					return bad(e, name, "a dense line needs one number per output");
				off += line.n + 1;
				rest = str_n(nl + 1, rest.n - line.n - 1);
			}
		} else if (str_is(key, "data")) {
			if (!str_i64(val, &v) || v < 0)
				return bad(e, name, "data needs a size");
			want = (size_t)v;
			break;
		} else if (!str_is(key, "meta")) {
			return bad(e, name, "an unknown header line");
		}
	}
	if (m->bits == 0 || m->k == 0 || m->bias == NULL || m->kind == NULL)
		return bad(e, name, "kind, bits, outputs or bias is missing");
	if (want != (size_t)m->k << m->bits || rest.n != want)
		return bad(e, name, "its weights are cut short or too long");
	if (numbers(scale, s, m->k) != m->k)
		return bad(e, name, "scale needs one number per output");
	m->header = str_n(file.p, off);
	m->w = (const int8_t *)rest.p;
	m->lut = arena_alloc(a, m->k * sizeof *m->lut);
	m->unit = arena_alloc(a, m->k * sizeof *m->unit);
	for (unsigned k = 0; k < m->k; k++)
		m->unit[k] = s[k] / (127 * 127);
	for (unsigned k = 0; k < m->k; k++)
		for (int i = 0; i < 256; i++) {
			int q = i < 128 ? i : i - 256;
			float x = (float)q / 127;

			m->lut[k][i] = s[k] * x * (q < 0 ? -x : x);
		}
	return 0;
}

void
model_trained_on(struct str file, struct buf *out)
{
	struct str line;

	while (str_split(&file, '\n', &line) && line.n > 0 && line.p[0] == '#')
		if (str_starts(line, STR("# trained on: "))) {
			buf_puts(out, ", ");
			utf8_clean(out, utf8_cut_bytes(str_sub(line, 2, line.n), 200));
			return;
		}
}

struct str
linear_meta(const struct linear *m, const char *key)
{
	struct str rest = m->header, line;

	while (str_split(&rest, '\n', &line)) {
		struct str word, name;

		if (!str_split(&line, ' ', &word) || !str_is(word, "meta") || !str_split(&line, ' ', &name))
			continue;
		if (str_is(name, key))
			return line;
	}
	return (struct str){0};
}

/*
 * Sums of q * |q| for four outputs a bucket: whole numbers, so the order of adding does not matter. At most CHUNK
 * buckets at a time: their sums fit 31 bits.
 */
enum { CHUNK = 65536 };

static void
add_plain(const int8_t *w, const uint32_t *h, size_t n, unsigned shift, int32_t sum[4])
{
	for (size_t i = 0; i < n; i++) {
		const int8_t *q = w + ((size_t)(h[i] >> shift) << 2);

		for (int c = 0; c < 4; c++)
			sum[c] += q[c] * (q[c] < 0 ? -q[c] : q[c]);
	}
}

#if defined(__x86_64__)
static inline int32_t
row_of_four(const int8_t *w, uint32_t h, unsigned shift)
{
	int32_t four;

	memcpy(&four, w + ((size_t)(h >> shift) << 2), 4);
	return four;
}

__attribute__((target("sse4.1"))) static void
add_quick(const int8_t *w, const uint32_t *h, size_t n, unsigned shift, int32_t sum[4])
{
	/* four buckets, output by output */
	const __m128i turn = _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), one = _mm_set1_epi16(1);
	__m128i all = _mm_loadu_si128((const __m128i *)sum);
	size_t i = 0;

	for (; n - i >= 4; i += 4) {
		__m128i q = _mm_cvtsi32_si128(row_of_four(w, h[i], shift));

		q = _mm_insert_epi32(q, row_of_four(w, h[i + 1], shift), 1);
		q = _mm_insert_epi32(q, row_of_four(w, h[i + 2], shift), 2);
		q = _mm_insert_epi32(q, row_of_four(w, h[i + 3], shift), 3);
		q = _mm_shuffle_epi8(q, turn);
		/* two products of at most 128 * 128 fit 16 bits: only negative ones can be that large */
		all = _mm_add_epi32(all, _mm_madd_epi16(_mm_maddubs_epi16(_mm_abs_epi8(q), q), one));
	}
	_mm_storeu_si128((__m128i *)sum, all);
	add_plain(w, h + i, n - i, shift, sum);
}
#endif

static void
sum_of_four(const int8_t *w, const uint32_t *h, size_t n, unsigned shift, int64_t sum[4])
{
	void (*add)(const int8_t *, const uint32_t *, size_t, unsigned, int32_t *) = add_plain;

#if defined(__x86_64__)
	if (__builtin_cpu_supports("sse4.1"))
		add = add_quick;
#endif
	memset(sum, 0, 4 * sizeof *sum);
	for (size_t i = 0; i < n; i += CHUNK) {
		int32_t part[4] = {0};

		add(w, h + i, n - i > CHUNK ? CHUNK : n - i, shift, part);
		for (int c = 0; c < 4; c++)
			sum[c] += part[c];
	}
}

void
linear_score(const struct linear *m, const uint32_t *h, size_t n, const float *dense, float *out)
{
	const unsigned shift = 32 - m->bits, k = m->k;
	const float norm = n > 0 ? 1 / sqrtf((float)n) : 0;

	if (k == 2) {
		const float *l0 = m->lut[0], *l1 = m->lut[1];
		float a = 0, b = 0;

		for (size_t i = 0; i < n; i++) {
			const unsigned char *w = (const unsigned char *)m->w + ((size_t)(h[i] >> shift) << 1);

			a += l0[w[0]];
			b += l1[w[1]];
		}
		out[0] = a * norm;
		out[1] = b * norm;
	} else if (k == 4) {
		int64_t sum[4];

		sum_of_four(m->w, h, n, shift, sum);
		for (unsigned c = 0; c < 4; c++)
			out[c] = (float)sum[c] * norm * m->unit[c];
	} else {
		mem_zero(out, k * sizeof *out);
		for (size_t i = 0; i < n; i++) {
			const unsigned char *w = (const unsigned char *)m->w + (size_t)(h[i] >> shift) * k;

			for (unsigned c = 0; c < k; c++)
				out[c] += m->lut[c][w[c]];
		}
		for (unsigned c = 0; c < k; c++)
			out[c] *= norm;
	}
	for (unsigned c = 0; c < k; c++)
		out[c] += m->bias[c];
	if (k == 4) {
		float a = out[0], b = out[1], c = out[2], d = out[3];

		for (unsigned i = 0; i < m->ndense; i++) {
			const float x = dense[i], *row = m->dense + (size_t)i * 4;

			if (x == 0)
				continue; /* most of them */
			a += x * row[0];
			b += x * row[1];
			c += x * row[2];
			d += x * row[3];
		}
		out[0] = a, out[1] = b, out[2] = c, out[3] = d;
		return;
	}
	for (unsigned d = 0; d < m->ndense; d++) {
		const float *row, x = dense[d];

		if (x == 0)
			continue; /* most of them */
		row = m->dense + (size_t)d * k;
		for (unsigned c = 0; c < k; c++)
			out[c] += x * row[c];
	}
}

void
linear_write(const struct linear_float *m, struct buf *out)
{
	size_t rows = (size_t)1 << m->bits;
	float top[LINEAR_OUT_MAX] = {0};

	for (size_t i = 0; i < rows; i++)
		for (unsigned c = 0; c < m->k; c++)
			top[c] = fmaxf(top[c], fabsf(m->w[i * m->k + c]));
	buf_puts(out, m->comment);
	buf_printf(out, "tocsin-model 1\nkind %s\nbits %u\noutputs", m->kind, m->bits);
	for (unsigned c = 0; c < m->k; c++)
		buf_printf(out, " %s", m->output[c]);
	buf_puts(out, "\nscale");
	for (unsigned c = 0; c < m->k; c++)
		buf_printf(out, " %.6g", (double)top[c]);
	buf_puts(out, "\nbias");
	for (unsigned c = 0; c < m->k; c++)
		buf_printf(out, " %.6g", (double)m->bias[c]);
	buf_printf(out, "\ndense %u\n", m->ndense);
	for (unsigned d = 0; d < m->ndense; d++) {
		for (unsigned c = 0; c < m->k; c++)
			buf_printf(out, "%s%.6g", c > 0 ? " " : "", (double)m->dense[d * m->k + c]);
		buf_putc(out, '\n');
	}
	buf_puts(out, m->meta);
	buf_printf(out, "data %zu\n", rows * m->k);
	buf_reserve(out, rows * m->k);
	for (size_t i = 0; i < rows; i++)
		for (unsigned c = 0; c < m->k; c++) {
			float w = m->w[i * m->k + c];
			float q = top[c] > 0 ? roundf(127 * sqrtf(fabsf(w) / top[c])) : 0;

			buf_putc(out, (char)(int8_t)(w < 0 ? -q : q));
		}
}
