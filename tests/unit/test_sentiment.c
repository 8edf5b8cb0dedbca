/* normalize, lexicon, ngram, linear, fit, evaluate, sentiment: each by small cases whose answer is known beforehand. */
#include <math.h>
#include <stdlib.h>

#include "model/evaluate.h"
#include "model/fit.h"
#include "model/sentfit.h"
#include "model/sentiment.h"
#include "tap.h"

static struct fold fold;
static struct norm nm;


static void
test_normalize(void)
{
	struct err e;
	struct buf b = {0};

	fold_init(&fold);
	is_int(fold_load(&fold, STR("藍\t蓝\n難\t难\n麼\t么\n沒\t没\n"), "t2s", &e), 0, "a fold table loads");
	is_int(fold_load(&fold, STR("藍藍\t蓝\n"), "bad", &e), -1, "two characters in a column are refused");
	is_str(str_c(e.msg), "bad:1: column 1 must be one character", "and the message names file, line and column");

	fold_str(&fold, STR("ＡＢＣ　Ｄ  藍難"), &b);
	is_str(buf_view(&b), "abc d 蓝难", "width, case, blanks and traditional characters fold");
	buf_reset(&b);
	fold_str(&fold, STR("太\xe2\x80\x8b好\xef\xbb\xbf了"), &b);
	is_str(buf_view(&b), "太好了", "invisible characters go");
	buf_free(&b);

	norm_text(&fold, STR("哈哈哈哈哈哈"), &nm);
	is_int((int64_t)nm.n, 3, "a run of one character is cut to three");
	norm_text(&fold, STR("soooooo good"), &nm);
	is_int((int64_t)nm.n, 2, "words are units");
	is_str(str_n(nm.text.p + nm.u[0].word, nm.u[0].nword), "sooo", "letters repeat three times at most");
	norm_text(&fold, STR("I DON’T know"), &nm);
	is_int((int64_t)nm.n, 3, "an apostrophe stays inside its word");
	is_str(str_n(nm.text.p + nm.u[1].word, nm.u[1].nword), "don't", "whatever its shape");
	norm_text(&fold, STR("看http://t.cn/A6Pw?x=1 好@小王_1 说12345"), &nm);
	is_int((int64_t)nm.n, 6, "a URL, a user and a number are one unit each");
	is_int(nm.u[1].cls, UNIT_URL, "URL");
	is_int(nm.u[3].cls, UNIT_USER, "user");
	is_int(nm.u[5].cls, UNIT_NUM, "number");
	is_int(nm.u[1].len, (int64_t)strlen("http://t.cn/A6Pw?x=1"), "the URL ends at the blank");
	norm_text(&fold, STR("[泪][泪][泪][泪][泪]ok"), &nm);
	is_int((int64_t)nm.n, 4, "emoticons are units and repeat three times at most");
	is_int(nm.u[0].cls, UNIT_EMOTE, "emoticon");
	norm_text(&fold, STR("[这是一个很长很长很长的括号]"), &nm);
	ok(nm.u[0].cls == UNIT_PUNCT, "a long bracket is no emoticon");
	norm_text(&fold, STR("👍🏽👍🏻"), &nm);
	is_int((int64_t)nm.n, 2, "skin tones are dropped");
	ok(nm.u[0].id == nm.u[1].id, "so both thumbs are alike");
	norm_text(&fold, STR(""), &nm);
	is_int((int64_t)nm.n, 0, "an empty text has no units");
	norm_text(&fold, STR("@"), &nm);
	is_int((int64_t)nm.n, 1, "a lone @ is a mark");
}

static const char lexicon[] =
    "好\tpol\t2\t好\n好像\tpol\t0\t-\n差\tpol\t-2\t恶\n失望\tpol\t-2\t哀\n[怒]\tpol\t-2\t怒\n气死\tpol\t-3\t怒\n"
    "很\tdeg\t1.5\t-\n有点\tdeg\t0.6\t-\n得要命\tdeg\t1.8\t-\n不\tneg\t-1\t-\n没有\tneg\t-1\t-\n但是\tadv\t1.6\t-\n"
    "虽然\tconc\t0.5\t-\n难道\trhet\t-1.5\t-\n爆炸\tfact\t-2.5\tsafety\n服务\tcue\t0\tservice\n价格\tcue\t0\tprice\n"
    "服务差\tpol\t-2\t恶\n挑不出*毛病\tpat\t2.5\tfix\n没有*那么X\tpat\t-0.7\tscale\n不要太X\tpat\t1.6\tboost\n"
    "X个鬼\tpat\t-2\tfix\n谁会X\tpat\t-1\tdoubt\n谁会不X\tpat\t1.2\tscale\n不喜欢\tpol\t-2\t-\n"
    "再也不*了\tpat\t-2\tfix\n再也不用*愁\tpat\t2\tfix\n没有一天不X\tpat\t1.2\tscale\n不差\tpat\t1.5\tfix\n救活\tpol\t1\t好\n"
    "救活\tadv\t1.6\t-\n追回\tpat\t2\tfix\ngood\tpol\t2\t好\nbad\tpol\t-2\t恶\nnot\tneg\t-1\t-\nbut\tadv\t1.6\t-\n";

static struct lexicon *lx;
static struct lex_scratch scratch;

static float
net(const char *text)
{
	struct lex_score s;

	norm_text(&fold, str_c(text), &nm);
	lex_score(lx, &nm, &scratch, false, &s);
	return s.f[LF_NET];
}

static void
test_lexicon(void)
{
	struct err e;
	struct lex_score s;
	static const char *const bad[][2] = {{"好\tpol\tx\t-\n", "t:1: value 'x' is no number from -10 to 10"},
	    {"好\tpol\t1\t-\n好\twhat\t1\t-\n", "t:2: unknown kind 'what'"},
	    {"好\tcue\t0\tweather\n", "t:1: unknown aspect 'weather'"},
	    {"*X\tpat\t1\tfix\n", "t:1: pattern '*X' needs literal text first or behind one X"},
	    {"好X\tpat\t1\tturn\n", "t:1: class 'turn' of a pattern is none of scale, boost, doubt, fix"}};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct lexicon *l = lex_new();

		is_int(lex_load(l, &fold, str_c(bad[i][0]), "t", &e), -1, "a malformed row is refused");
		is_str(str_c(e.msg), bad[i][1], "by its line and reason");
		lex_free(l);
	}
	lx = lex_new();
	is_int(lex_load(lx, &fold, str_c(lexicon), "lexicon", &e), 0, "a lexicon loads");

	ok(net("好") > 0, "praise");
	ok(net("差") < 0, "blame");
	ok(net("不好") < 0, "praise denied");
	ok(net("不差") > 0, "blame denied");
	ok(net("不差") < net("好"), "a denied fault is milder than praise");
	ok(net("不是说它真的就好") < net("好"), "a negator reaches on");
	ok(net("不来。好") > 0, "but not into the next sentence");
	ok(net("很差") < net("差"), "degree before");
	ok(net("有点差") > net("差"), "weakened");
	ok(net("差得要命") < net("差"), "degree behind");
	is_int((int64_t)(100 * net("好像")), 0, "a longer term blocks the shorter one");
	ok(net("好，但是差") < 0, "what follows an adversative counts more");
	ok(net("差，但是好") > 0, "either way");
	ok(net("虽然差，好") > 0, "a concession counts half");
	ok(net("难道好吗") < 0, "a rhetorical question turns praise");
	ok(net("挑不出什么毛病") > 0, "a fixed pattern with a gap");
	ok(net("没有传说中那么好") < 0, "a scaling pattern turns what is in its slot");
	ok(net("没有传说中那么差") > 0, "both ways");
	ok(net("不要太好") > net("好"), "a boosting pattern spends its negator");
	ok(net("好个鬼") < 0, "a pattern that starts with its slot");
	ok(net("谁会好") < 0 && net("谁会差") < 0, "a doubting pattern turns praise, not blame");
	ok(net("谁会不好") > 0 && net("谁会不喜欢") > 0, "two denials: the slot may hold the second one");
	ok(net("再也不去了") < 0 && net("再也不用发愁了") > 0, "of patterns at one place the one that says most");
	ok(net("没有一天不差") < 0 && net("不差") > 0, "a denial inside a pattern is spent");
	ok(net("很差，追回") > net("很差，好"), "what was put right counts more than what was wrong");
	ok(net("没有救活") < 0 && net("很差，救活") > net("很差，好"), "a turn denied is none");
	ok(net("not good") < 0 && net("goodness") == 0 && net("GOOD") > 0, "Latin terms are whole words in any case");
	ok(net("bad, but good") > 0, "an English adversative");
	ok(fabsf(net("沒有那麼好") - net("没有那么好")) < 1e-6f, "traditional equals simplified");

	norm_text(&fold, STR("服务差，价格很好[怒]"), &nm);
	lex_score(lx, &nm, &scratch, true, &s);
	ok((s.aspect_seen >> ASP_SERVICE & 1) && s.aspect[ASP_SERVICE] < 0, "an aspect inside a longer term gets its blame");
	ok((s.aspect_seen >> ASP_PRICE & 1) && s.aspect[ASP_PRICE] > 0, "another one gets its praise");
	ok(s.emotion[EMO_ANGER] > 0 && s.f[LF_EMO_NEG] > 0, "an emoticon counts apart");
	is_int((int64_t)s.nhit, 3, "three reasons");
	is_str(str_c(s.hit[2].why), "emoticon", "the last is the emoticon");
	norm_text(&fold, STR("仓库爆炸"), &nm);
	lex_score(lx, &nm, &scratch, false, &s);
	ok(s.f[LF_FACT] > 0 && s.f[LF_NONE] > 0.5f, "a fact is no word of feeling");
	norm_text(&fold, STR("没有爆炸"), &nm);
	lex_score(lx, &nm, &scratch, false, &s);
	ok(s.f[LF_FACT] == 0, "a fact denied is none");
	norm_text(&fold, STR(""), &nm);
	lex_score(lx, &nm, &scratch, true, &s);
	ok(s.nhit == 0 && s.f[LF_NONE] > 0.5f, "an empty text says nothing");
	norm_text(&fold, STR("虽然服务很好，价格差"), &nm);
	lex_score(lx, &nm, &scratch, false, &s);
	is_int(nm.u[2].turned, UNIT_CONCEDED, "what an although concedes is marked for the n-grams");
	is_int(nm.u[nm.n - 1].turned, UNIT_PLAIN, "what follows is not");
	norm_text(&fold, STR("价格好但是差"), &nm);
	lex_score(lx, &nm, &scratch, false, &s);
	is_int(nm.u[0].turned, UNIT_CONCEDED, "so is what stands before a but");
	norm_text(&fold, STR("一点不好"), &nm);
	lex_score(lx, &nm, &scratch, false, &s);
	is_int(nm.u[3].turned, UNIT_DENIED, "and what is denied");
	{ /* long hostile text: many anchors, no closing part */
		struct buf b = {0};

		for (int i = 0; i < 200000; i++)
			buf_puts(&b, "挑不出没有");
		norm_text(&fold, buf_view(&b), &nm);
		lex_score(lx, &nm, &scratch, false, &s);
		ok(s.f[LF_NET] == 0, "a million characters of pattern beginnings take no square time");
		buf_free(&b);
	}
}

static void
test_ngram(void)
{
	static struct ngrams a, b;
	struct ngram_span *span = NULL;
	size_t cap = 0, n;

	norm_text(&fold, STR("服务好"), &nm);
	ngram_features(&nm, &a);
	is_int((int64_t)a.n, 6, "three characters have six 1- to 3-grams");
	norm_text(&fold, STR("好好好"), &nm);
	ngram_features(&nm, &a);
	is_int((int64_t)a.n, 3, "a feature counts once");
	norm_text(&fold, STR("服务 好"), &nm);
	ngram_features(&nm, &a);
	is_int((int64_t)a.n, 4, "n-grams do not cross blanks");
	for (int i = 0; i < 5000; i++) { /* past the turn of the epoch */
		ngram_features(&nm, &a);
		if (a.n != 4)
			break;
	}
	is_int((int64_t)a.n, 4, "every text starts afresh");
	norm_text(&fold, STR("今天 沒有 GOOD"), &nm);
	ngram_features(&nm, &a);
	norm_text(&fold, STR("今天 没有 good"), &nm);
	ngram_features(&nm, &b);
	ok(a.n == b.n && memcmp(a.h, b.h, a.n * sizeof *a.h) == 0, "folded texts have equal features");
	n = b.n;
	ngram_spans(&nm, &b, &span, &cap);
	ok(b.n >= n && span[0].beg == 0 && span[0].end == 1, "spans say where features stand");
	free(span);
	ngram_free(&a);
	ngram_free(&b);
}

static void
test_linear(void)
{
	enum { BITS = 8, ROWS = 1 << BITS };
	static float w[ROWS * 2], dense[3 * 2] = {1, 2, 3, 4, 5, 6}, bias[2] = {0.5f, -0.5f};
	static const char *const names[] = {"polarity", "neutral"};
	struct linear m;
	struct arena a = {0};
	struct buf file = {0};
	struct err e;
	uint32_t h[2] = {3u << 24, 200u << 24};
	float in[3] = {1, 0, 0.5f}, out[2];

	w[3 * 2] = 1;
	w[200 * 2] = -0.01f;
	w[200 * 2 + 1] = 2;
	linear_write(&(struct linear_float){BITS, 2, 3, w, dense, bias, names, "sentiment", "# a test\n", "meta unsure 0.6\n"},
	    &file);
	is_int(linear_load(&m, buf_view(&file), "m", &a, &e), 0, "a written model loads");
	is_str(linear_meta(&m, "unsure"), "0.6", "with its meta lines");
	linear_score(&m, h, 2, in, out);
	ok(fabsf(out[0] - (0.5f + 1 + 2.5f + (1 - 0.01f) / sqrtf(2))) < 0.002f, "the first output, small weights kept: %g",
	    (double)out[0]);
	ok(fabsf(out[1] - (-0.5f + 2 + 3 + 2 / sqrtf(2))) < 0.002f, "the second output: %g", (double)out[1]);
	linear_score(&m, h, 0, in, out);
	ok(fabsf(out[0] - 4) < 0.001f, "a text without features is scored by the rest");
	for (size_t cut = 0; cut < file.n; cut += 7) {
		struct linear x;

		if (linear_load(&x, str_n(file.p, cut), "m", &a, &e) == 0) {
			ok(false, "a model cut at %zu was taken", cut);
			break;
		}
	}
	is_int(linear_load(&m, STR("hello\n"), "m", &a, &e), -1, "text is no model");
	is_str(str_c(e.msg), "m: not a model: no 'tocsin-model' line", "and the message says why");
	is_int(linear_load(&m, STR("tocsin-model 2\n"), "m", &a, &e), -1, "nor is another version");
	buf_free(&file);
	arena_free(&a);
}

static void
test_fit(void)
{
	enum { N = 200 };
	static uint32_t h[N][2];
	static float dense[N][1];
	static struct fit_doc doc[N];
	static int8_t y[N];
	struct fit_data d = {doc, N, 10, 1};
	struct fit_conf c = fit_defaults();
	struct fit_result r, again;
	size_t right = 0;
	float x[N], platt[2];

	for (int i = 0; i < N; i++) { /* one bucket tells the class, one says nothing */
		y[i] = i % 2 ? 1 : -1;
		h[i][0] = (uint32_t)(i % 2 ? 17 : 18) << 22;
		h[i][1] = (uint32_t)(i % 7 + 30) << 22;
		doc[i] = (struct fit_doc){h[i], 2, dense[i]};
	}
	fit_solve(&d, &(struct fit_target){y, NULL, NULL}, &c, &r);
	for (size_t i = 0; i < N; i++)
		right += (fit_value(&d, &r, i) > 0) == (y[i] > 0);
	is_int((int64_t)right, N, "what can be told apart is");
	ok(r.w[17] > 0.1f && r.w[18] < -0.1f, "by the bucket that tells");
	ok(fabsf(r.w[31]) < r.w[17] / 4, "not by the one that does not");
	fit_solve(&d, &(struct fit_target){y, NULL, NULL}, &c, &again);
	ok(memcmp(r.w, again.w, 1024 * sizeof(float)) == 0, "twice the same");
	fit_result_free(&r);
	fit_result_free(&again);
	for (int i = 0; i < N; i++) {
		y[i] = 0;
		dense[i][0] = i % 2 ? 1 : -1;
	}
	for (int i = 0; i < 20; i++)
		y[i] = i % 2 ? 1 : -1;
	c.use_ngrams = 0;
	fit_solve(&d, &(struct fit_target){y, NULL, NULL}, &c, &r);
	ok(r.dense[0] > 0.5f && r.w[17] == 0, "dense numbers alone");
	fit_result_free(&r);

	for (int i = 0; i < N; i++) { /* P(y = 1 | x = 1) = 0.8, P(y = 1 | x = -1) = 0.2 */
		x[i] = i < N / 2 ? 1 : -1;
		y[i] = (i % 10 < 8) == (i < N / 2) ? 1 : -1;
	}
	fit_platt(x, y, NULL, N, platt);
	ok(fabsf(1 / (1 + expf(-(platt[0] + platt[1]))) - 0.8f) < 0.02f, "calibration finds the share");
}

static void
test_evaluate(void)
{
	struct eval_item a[100], b[100];
	struct eval e;
	struct eval_compare c;

	for (int i = 0; i < 100; i++) {
		a[i] = (struct eval_item){(uint8_t)(i % 2), (uint8_t)(i < 80 ? i % 2 : 1 - i % 2), i < 80 ? 0.95f : 0.65f};
		b[i] = (struct eval_item){(uint8_t)(i % 2), (uint8_t)(i % 2), 0.9f};
	}
	eval_run(a, 100, 2, &e);
	ok(fabs(e.accuracy - 0.8) < 1e-9 && fabs(e.macro_f1 - 0.8) < 1e-9, "accuracy and F1");
	is_int((int64_t)e.confusion[0][1], 10, "confusion");
	ok(fabs(e.sure_accuracy - 1) < 1e-9, "the surest 80 %% are right");
	ok(fabs(e.ece - (0.8 * 0.05 + 0.2 * 0.65)) < 1e-6, "calibration error: %g", e.ece);
	eval_compare(a, b, 100, 2, 500, 1, &c);
	ok(c.only_a == 0 && c.only_b == 20, "who is right where the other is wrong");
	ok(c.p < 0.0001 && c.p > 0, "20 to 0 is no chance");
	ok(fabs(c.diff_accuracy - 0.2) < 1e-9 && c.lo_accuracy > 0.1 && c.hi_accuracy < 0.3, "difference and interval");
	eval_compare(a, a, 100, 2, 100, 1, &c);
	ok(c.p > 0.99 && c.lo_accuracy == 0 && c.hi_accuracy == 0, "a model is not better than itself");
}

static void
test_trust(void)
{
	enum { N = 200 };
	static float dense[N][SENT_DENSE], value[2 * N], zero[LF_N];
	static struct sentfit_doc d[N];
	struct sentfit_conf c = sentfit_defaults();
	struct sentfit fit = {.platt_pol = {1, 0}, .platt_neu = {1, 0}};
	const float *rounds[] = {value};
	struct sent_trust none = {0}, some = {.agree = 1, .level = -0.5f, .neutral = -1};
	float yes[LF_N] = {[LF_NET] = 1}, no[LF_N] = {[LF_NET] = -1};

	ok(fabsf(sent_confidence(&none, SENT_POS, yes, 0.7f) - 0.7f) < 1e-6f, "nothing learnt, nothing changed");
	ok(sent_confidence(&some, SENT_POS, yes, 0.7f) > 0.7f && sent_confidence(&some, SENT_POS, no, 0.7f) < 0.7f &&
	    sent_confidence(&some, SENT_NEG, no, 0.7f) > 0.7f, "a lexicon that agrees makes surer");
	ok(fabsf(sent_confidence(&some, SENT_NEU, yes, 0.5f) - 1 / (1 + expf(1))) < 1e-6f, "neu has a level of its own");
	some.neutral = 1e6f;
	ok(sent_confidence(&some, SENT_NEU, zero, 0.5f) <= 1 && sent_confidence(&some, SENT_NEU, zero, 0) >= 0,
	    "whatever a model says, it stays a probability");
	/* Everything is called pos with the same confidence; it is right where the lexicon says so too. */
	for (int i = 0; i < N; i++) {
		dense[i][LF_NET] = i % 2 == 0 ? 0.8f : -0.2f;
		dense[i][LF_LEN] = 0.5f;
		d[i] = (struct sentfit_doc){.x = {NULL, 0, dense[i]}, .label = i % 2 == 0 || i % 10 == 1 ? SENT_POS : SENT_NEG,
		    .weight = 1, .han = true};
		value[2 * i] = 1;
		value[2 * i + 1] = -3;
	}
	sentfit_trust(&fit, &c, d, N, rounds, 1, 0.7);
	ok(fit.trust.agree > 1 && fabsf(fit.trust.length) < 0.01f && fabsf(fit.trust.neutral) < 1e-6f,
	    "it is learnt which sign tells");
	ok(fabsf(fit.trust.level + 0.3f * fit.trust.agree) < 0.01f, "the average stays");
	/* Called neu, and mostly wrong. */
	for (int i = 0; i < N; i++) {
		value[2 * i + 1] = 2;
		d[i].label = i % 4 == 0 ? SENT_NEU : SENT_POS;
	}
	sentfit_trust(&fit, &c, d, N, rounds, 1, 0.5);
	ok(fabsf(fit.trust.agree) < 1e-6f && fit.trust.neutral < -1, "as is a label that promises too much");
	for (int i = 0; i < N; i++)
		d[i].label = SENT_POS;
	sentfit_trust(&fit, &c, d, N, rounds, 1, 1);
	ok(fabsf(fit.trust.neutral) < 1e-6f, "but not from posts none of which is labelled so");
}

static void
test_sentfit(void)
{
	static struct sentiment s;
	struct sent_files f = {STR("沒\t没\n"), str_c(lexicon), STR("# none\n"), {NULL, 0}, "t2s", "zh", "en", "m"};
	static struct sentfit_doc d[60];
	struct sentfit_conf c = sentfit_defaults();
	struct sentfit fit;
	struct arena a = {0};
	struct buf file = {0};
	struct err e;
	float value[120];
	static struct sentiment t;
	struct sent_result r;

	is_int(sent_open(&s, &f, &e), 0, "tables open without a model");
	for (int i = 0; i < 60; i++) {
		static const char *const text[] = {"今天很差", "明天开会", "这个好"};
		struct lex_score lex;
		float *dense = arena_alloc(&a, SENT_DENSE * sizeof *dense);
		uint32_t *h;

		sent_inputs(&s, str_c(text[i % 3]), false, &lex, dense);
		h = arena_alloc(&a, s.grams.n * sizeof *h);
		memcpy(h, s.grams.h, s.grams.n * sizeof *h);
		d[i] = (struct sentfit_doc){.x = {h, s.grams.n, dense}, .label = (enum sent_label)(i % 3), .weight = 1, .han = true};
	}
	c.bits = 12;
	sentfit_run(d, 60, &c, -1, &fit);
	for (int i = 0; i < 60; i++)
		sentfit_values(&fit, &c, &d[i], value + 2 * i);
	sentfit_calibrate(&fit, &c, d, value, 60);
	sentfit_write(&fit, &c, "# test\n", &file);
	f.model = buf_view(&file);
	is_int(sent_open(&t, &f, &e), 0, "a fitted model opens");
	sent_score(&t, STR("今天很差"), true, &r);
	ok(r.label == SENT_NEG && r.score < -0.3f && r.emotion == EMO_DISGUST, "it knows what it saw: neg");
	sent_score(&t, STR("明天开会"), false, &r);
	ok(r.label == SENT_NEU && r.emotion == EMO_NONE, "neu");
	sent_score(&t, STR("这个好"), false, &r);
	ok(r.label == SENT_POS && r.score > 0.3f, "pos");
	ok(fabsf(r.prob[0] + r.prob[1] + r.prob[2] - 1) < 1e-5f, "probabilities sum to one");
	sentfit_free(&fit);
	for (int i = 0; i < 60; i++) /* a second set where the same words mean the opposite, told by its other words */
		d[i].set = 0;
	for (int i = 30; i < 60; i++) {
		static const char *const text[] = {"入住：今天很差", "入住：明天开会", "入住：这个好"};
		struct lex_score lex;
		float *dense = arena_alloc(&a, SENT_DENSE * sizeof *dense);
		uint32_t *h;

		sent_inputs(&s, str_c(text[i % 3]), false, &lex, dense);
		h = arena_alloc(&a, s.grams.n * sizeof *h);
		memcpy(h, s.grams.h, s.grams.n * sizeof *h);
		d[i] = (struct sentfit_doc){.x = {h, s.grams.n, dense}, .label = (enum sent_label)(2 - i % 3), .weight = 1,
		    .set = 1, .han = true};
	}
	c.apart = 1;
	c.apart_weight = 0.01;
	c.prior = 0;
	c.fit.c = 30;
	sentfit_run(d, 60, &c, -1, &fit);
	for (int i = 0; i < 60; i++)
		sentfit_values(&fit, &c, &d[i], value + 2 * i);
	ok(fit.has_apart && value[0] < 0 && value[2 * 2] > 0, "posts keep their meaning");
	ok(value[2 * 30] > value[0] && value[2 * 32] < value[2 * 2], "texts of the other kind are read with both in mind");
	buf_reset(&file);
	sentfit_write(&fit, &c, "", &file);
	is_int(linear_load(&t.model, buf_view(&file), "m", &t.keep, &e), 0, "a model with a part apart loads");
	is_int(t.model.k, 4, "and has four outputs");
	sentfit_free(&fit);
	c = sentfit_defaults();
	c.bits = 12;
	for (int i = 0; i < 60; i++)
		d[i].set = 0;
	for (int i = 0; i < 60; i++)
		if (d[i].label == SENT_NEU)
			d[i].label = SENT_POS;
	sentfit_run(d, 60, &c, -1, &fit);
	ok(!fit.has_neutral, "without neutral posts nothing is neutral");
	sentfit_values(&fit, &c, &d[1], value);
	ok(sentfit_label(&fit, &d[1], value, NULL) != SENT_NEU, "not even a dull one");
	sentfit_free(&fit);
	sent_close(&s);
	sent_close(&t);
	buf_free(&file);
	arena_free(&a);
}

int
main(void)
{
	test_normalize();
	test_lexicon();
	test_ngram();
	test_linear();
	test_fit();
	test_evaluate();
	test_sentfit();
	test_trust();
	norm_free(&nm);
	lex_scratch_free(&scratch);
	lex_free(lx);
	return tap_done();
}
