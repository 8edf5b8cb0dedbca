/* Texts, lexicons and models from anywhere: no crash, units and features stay within the text, scores are numbers. */
#include <math.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "model/sentiment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define MUST(x) do { if (!(x)) abort(); } while (0)

static const char lexicon[] =
    "好\tpol\t2\t好\n差\tpol\t-2\t恶\n[怒]\tpol\t-2\t怒\n很\tdeg\t1.5\t-\n死了\tdeg\t1.8\t-\n不\tneg\t-1\t-\n但\tadv\t1.6\t-\n"
    "虽然\tconc\t0.5\t-\n难道\trhet\t-1.5\t-\n爆炸\tfact\t-2\tsafety\n服务\tcue\t0\tservice\n挑不出*毛病\tpat\t2.5\tfix\n"
    "没有*那么X\tpat\t-0.7\tscale\nX个鬼\tpat\t-2\tfix\n不要太X\tpat\t1.6\tboost\ngood\tpol\t2\t好\nnot\tneg\t-1\t-\n";

static void
score(struct sentiment *s, struct str text)
{
	struct lex_score lex;
	float dense[SENT_DENSE];
	struct ngram_span *span = NULL;
	size_t cap = 0;

	sent_inputs(s, text, true, &lex, dense);
	for (size_t i = 0; i < s->norm.n; i++)
		MUST(s->norm.u[i].off + s->norm.u[i].len <= text.n);
	for (size_t i = 0; i < lex.nhit; i++)
		MUST(lex.hit[i].beg < lex.hit[i].end && lex.hit[i].end <= s->norm.n && isfinite(lex.hit[i].value));
	for (int d = 0; d < SENT_DENSE; d++)
		MUST(isfinite(dense[d]) && dense[d] > -10 && dense[d] < 10);
	ngram_spans(&s->norm, &s->grams, &span, &cap);
	for (size_t i = 0; i < s->grams.n; i++)
		MUST(span[i].beg < span[i].end && span[i].end <= s->norm.n);
	free(span);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct sentiment *s;
	struct str raw = {(const char *)data, n};
	struct buf text = {0};
	struct arena a = {0};
	struct linear m;
	struct err e;

	if (s == NULL) {
		struct sent_files f = {STR("沒\t没\n"), str_c(lexicon), STR(""), {NULL, 0}, "t2s", "zh", "en", ""};

		s = xcalloc(1, sizeof *s);
		MUST(sent_open(s, &f, &e) == 0);
	}
	(void)utf8_repair(&text, raw);
	score(s, buf_view(&text));
	if (linear_load(&m, raw, "fuzz", &a, &e) == 0) { /* what loads can be used */
		float out[LINEAR_OUT_MAX], dense[LINEAR_DENSE_MAX] = {0};
		uint32_t h[2] = {0, 0xffffffff};

		linear_score(&m, h, 2, dense, out);
	}
	if (n < 4096) {
		struct lexicon *lx = lex_new();

		(void)lex_load(lx, s->fold, buf_view(&text), "fuzz", &e);
		lex_free(lx);
	}
	arena_free(&a);
	buf_free(&text);
	return 0;
}
