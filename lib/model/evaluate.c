#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "model/evaluate.h"

static double
macro(const size_t confusion[EVAL_CLASSES][EVAL_CLASSES], size_t k, struct eval *out)
{
	double sum = 0;
	size_t seen = 0;

	for (size_t c = 0; c < k; c++) {
		double gold = 0, got = 0, hit = (double)confusion[c][c], f;

		for (size_t d = 0; d < k; d++) {
			gold += (double)confusion[c][d];
			got += (double)confusion[d][c];
		}
		f = gold + got > 0 ? 2 * hit / (gold + got) : 0;
		if (gold > 0) {
			sum += f;
			seen++;
		}
		if (out != NULL) {
			out->precision[c] = got > 0 ? hit / got : 0;
			out->recall[c] = gold > 0 ? hit / gold : 0;
			out->f1[c] = f;
		}
	}
	return seen > 0 ? sum / (double)seen : 0;
}

static int
by_confidence(const void *a, const void *b)
{
	const struct eval_item *x = a, *y = b;

	return (x->confidence < y->confidence) - (x->confidence > y->confidence);
}

void
eval_run(const struct eval_item *it, size_t n, size_t k, struct eval *out)
{
	double bin_conf[10] = {0}, bin_hit[10] = {0}, bin_n[10] = {0};
	struct eval_item *sorted = xcalloc(n + 1, sizeof *sorted);
	size_t right = 0, top = n * 8 / 10, top_right = 0;

	memset(out, 0, sizeof *out);
	out->n = n;
	out->k = k;
	for (size_t i = 0; i < n; i++) {
		int b = (int)(it[i].confidence * 10);

		b = b < 0 ? 0 : b > 9 ? 9 : b;
		out->confusion[it[i].gold][it[i].got]++;
		right += it[i].gold == it[i].got;
		bin_n[b] += 1;
		bin_conf[b] += (double)it[i].confidence;
		bin_hit[b] += it[i].gold == it[i].got;
	}
	for (int b = 0; b < 10; b++)
		if (bin_n[b] > 0)
			out->ece += fabs(bin_conf[b] - bin_hit[b]) / (double)n;
	if (n > 0) {
		memcpy(sorted, it, n * sizeof *sorted);
		qsort(sorted, n, sizeof *sorted, by_confidence);
	}
	for (size_t i = 0; i < top; i++)
		top_right += sorted[i].gold == sorted[i].got;
	free(sorted);
	out->accuracy = n > 0 ? (double)right / (double)n : 0;
	out->sure_accuracy = top > 0 ? (double)top_right / (double)top : 0;
	out->macro_f1 = macro((const size_t(*)[EVAL_CLASSES])out->confusion, k, out);
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* P(at most m of n fair coins show heads), doubled. */
static double
sign_test(size_t m, size_t n)
{
	double p = 0;

	if (n == 0)
		return 1;
	for (size_t i = 0; i <= m; i++)
		p += exp(lgamma((double)n + 1) - lgamma((double)i + 1) - lgamma((double)(n - i) + 1) -
		    (double)n * log(2));
	return 2 * p > 1 ? 1 : 2 * p;
}

void
eval_compare(const struct eval_item *a, const struct eval_item *b, size_t n, size_t k, unsigned rounds, uint64_t seed,
    struct eval_compare *out)
{
	struct eval *ea = xcalloc(1, sizeof *ea), *eb = xcalloc(1, sizeof *eb);
	double *acc = xcalloc(rounds + 1u, sizeof *acc), *f1 = xcalloc(rounds + 1u, sizeof *f1);
	unsigned lo = rounds / 40, hi = rounds - 1 - rounds / 40;

	memset(out, 0, sizeof *out);
	eval_run(a, n, k, ea);
	eval_run(b, n, k, eb);
	out->diff_accuracy = eb->accuracy - ea->accuracy;
	out->diff_f1 = eb->macro_f1 - ea->macro_f1;
	for (size_t i = 0; i < n; i++) {
		int x = a[i].gold == a[i].got, y = b[i].gold == b[i].got;

		out->only_a += x && !y;
		out->only_b += y && !x;
	}
	out->p = sign_test(out->only_a < out->only_b ? out->only_a : out->only_b, out->only_a + out->only_b);
	for (unsigned r = 0; r < rounds && n > 0; r++) {
		size_t right_a = 0, right_b = 0;

		memset(ea->confusion, 0, sizeof ea->confusion);
		memset(eb->confusion, 0, sizeof eb->confusion);
		for (size_t i = 0; i < n; i++) {
			size_t j;

			seed += 0x9e3779b97f4a7c15u;
			j = (size_t)(hash_u64(seed) % n);
			ea->confusion[a[j].gold][a[j].got]++;
			eb->confusion[b[j].gold][b[j].got]++;
			right_a += a[j].gold == a[j].got;
			right_b += b[j].gold == b[j].got;
		}
		acc[r] = ((double)right_b - (double)right_a) / (double)n;
		f1[r] = macro((const size_t(*)[EVAL_CLASSES])eb->confusion, k, NULL) -
		    macro((const size_t(*)[EVAL_CLASSES])ea->confusion, k, NULL);
	}
	if (rounds > 0 && n > 0) {
		qsort(acc, rounds, sizeof *acc, by_value);
		qsort(f1, rounds, sizeof *f1, by_value);
		out->lo_accuracy = acc[lo];
		out->hi_accuracy = acc[hi];
		out->lo_f1 = f1[lo];
		out->hi_f1 = f1[hi];
	}
	free(ea);
	free(eb);
	free(acc);
	free(f1);
}
