#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "model/phrase.h"
#include "model/stopword.h"
#include "tap.h"

static struct fold fold;

static void
add(struct phrases *p, const char *id, const char *cluster, const char *text, bool reference)
{
	phrases_add(p, &(struct phrase_post){.id = str_c(id), .cluster = str_c(cluster), .text = str_c(text), .published = INT64_MIN,
	    .sentiment = 2, .reference = reference});
}

static const struct phrase *
found(const struct phrase_result *r, const char *text)
{
	for (size_t i = 0; i < r->n; i++)
		if (str_is(r->p[i].text, text))
			return &r->p[i];
	return NULL;
}

static const char *const who[] = {"我妈", "同事", "邻居老王", "楼下", "舅舅", "网友", "隔壁阿姨", "表哥", "老板", "他爸"};
static const char *const what[] = {"急哭", "去了三趟", "打电话问", "很生气", "站在门口", "写了投诉信", "不敢相信", "找记者", "跑断腿", "等到天黑"};

static const char *const by[] = {"：", "，", "刚知道", "听说", "路过", "，", "在"};

/* Post i of a stream about a bank, told in a hundred ways. */
static void
lifelike(struct phrases *p, int i, bool event)
{
	char id[32], text[256];

	(void)snprintf(id, sizeof id, "p%d", i);
	(void)snprintf(text, sizeof text, event ? "%s%s华沛银行取不出钱%s" : "%s%s华沛银行顺便办卡%s", who[i % 10],
	    event ? by[i % 4] : by[4 + i % 3], what[i / 10 % 10]);
	add(p, id, "", text, !event);
}

static void
test_chinese(void)
{
	struct phrases *p = phrases_new(&fold, 0);
	struct phrase_result r;
	const struct phrase *x;
	bool pieces = false;

	for (int i = 0; i < 60; i++)
		lifelike(p, i, true);
	for (int i = 0; i < 100; i++)
		lifelike(p, i, false);
	phrases_find(p, &(struct phrase_conf){.top = 0}, &r);
	is_int((int64_t)r.of, 60, "posts of the stream");
	is_int((int64_t)r.ref_of, 100, "and of the reference");
	x = found(&r, "华沛银行取不出钱");
	if (ok(x != NULL, "the new phrase is found whole")) {
		is_int((int64_t)x->n, 60, "in every post");
		is_int(x->status, PHRASE_NEW, "as new");
		is_int((int64_t)x->ref, 0, "and never before");
		is_str(x->id[0], "p0", "with an example");
	}
	for (size_t i = 0; i < r.n; i++)
		pieces |= r.p[i].text.n < strlen("华沛银行取不出钱") && str_find(STR("华沛银行取不出钱"), r.p[i].text) >= 0;
	ok(!pieces, "and none of its pieces beside it");
	ok(found(&r, "华沛银行") == NULL, "the name itself is not new");
	phrases_free(p);

	p = phrases_new(&fold, 0);
	for (int i = 0; i < 60; i++)
		lifelike(p, i, true);
	for (int i = 0; i < 100; i++)
		lifelike(p, i, false);
	for (int i = 0; i < 40; i++) { /* the name in other company: now it is a word by itself */
		char id[32], text[128];

		(void)snprintf(id, sizeof id, "q%d", i);
		(void)snprintf(text, sizeof text, "华沛银行%s，%s", what[i % 10], who[i / 4 % 10]);
		add(p, id, "", text, false);
	}
	phrases_find(p, &(struct phrase_conf){.all = true}, &r);
	x = found(&r, "华沛银行");
	ok(x != NULL && x->n == 100 && x->ref == 100, "a word beside the phrase that holds it, counted in both");
	ok(x != NULL && x->status == PHRASE_STEADY, "and steady");
	phrases_free(p);
}

static void
test_english(void)
{
	static const char *const say[] = {"Why is the %s so slow", "They blame a %s again", "My %s story", "Another %s at work", "No %s for me, thanks"};
	struct phrases *p = phrases_new(&fold, 0);
	struct phrase_result r;

	for (int i = 0; i < 20; i++) {
		char id[32], text[128];

		(void)snprintf(id, sizeof id, "e%d", i);
		(void)snprintf(text, sizeof text, say[i % 5], i % 2 ? "Credit Card refund" : "credit card's refund");
		add(p, id, "", text, false);
	}
	phrases_find(p, &(struct phrase_conf){.min = 5}, &r);
	ok(r.n >= 1, "something is found");
	ok(r.n > 0 && str_eq_nocase(r.p[0].text, STR("credit card refund")), "case and possessive do not divide");
	ok(found(&r, "the") == NULL && found(&r, "is the") == NULL, "function words are no terms");
	ok(found(&r, "card") == NULL && found(&r, "refund") == NULL, "nor the words of a phrase that is always whole");
	phrases_free(p);
}

static void
test_counting(void)
{
	struct phrases *p = phrases_new(&fold, 0);
	struct phrase_result r;
	const struct phrase *x;
	char id[32];

	for (int i = 0; i < 9; i++) {
		(void)snprintf(id, sizeof id, "c%d", i);
		add(p, id, i < 5 ? "c0" : "", i % 2 ? "挤兑 挤兑 挤兑" : "擠兌", false);
	}
	add(p, "tag1", "", "#挤兑# 真的吗", false);
	add(p, "tag2", "", "#挤兑#求证", false);
	add(p, "tag3", "", "网传#擠兌#", false);
	add(p, "quote", "", "转发了//@某人:挤兑", false);
	phrases_find(p, &(struct phrase_conf){0}, &r);
	x = found(&r, "挤兑");
	if (ok(x != NULL, "traditional and simplified are one word")) {
		is_int((int64_t)x->n, 8, "a post counts once, a cluster counts once");
		is_int((int64_t)x->posts, 12, "and all posts are counted beside");
	}
	x = found(&r, "#挤兑#");
	ok(x != NULL && x->n == 3, "a hashtag is one term");
	phrases_free(p);

	p = phrases_new(&fold, 0);
	for (int i = 0; i < 5; i++) {
		(void)snprintf(id, sizeof id, "s%d", i);
		add(p, id, "", "门诊大厅的自动取号机今天又坏了三台导致排队的人一直到马路对面", false);
	}
	phrases_find(p, &(struct phrase_conf){.min = 1}, &r);
	is_int((int64_t)r.of, 1, "the same long text is one voice, dedupe or not");
	is_int((int64_t)r.posts, 5, "of five posts");
	phrases_free(p);
}

static void
test_order(void)
{
	struct phrases *p = phrases_new(&fold, 0), *q = phrases_new(&fold, 0);
	struct phrase_result a, b;
	bool same;

	for (int i = 0; i < 90; i++) {
		lifelike(p, i, i % 3 == 0);
		lifelike(q, 89 - i, (89 - i) % 3 == 0);
	}
	phrases_find(p, &(struct phrase_conf){.all = true}, &a);
	phrases_find(q, &(struct phrase_conf){.all = true}, &b);
	same = a.n == b.n && a.n > 0;
	for (size_t i = 0; same && i < a.n; i++)
		same = str_eq(a.p[i].text, b.p[i].text) && a.p[i].n == b.p[i].n && a.p[i].ref == b.p[i].ref;
	ok(same, "the order of the posts does not matter");
	phrases_free(p);
	phrases_free(q);
}

static void
test_memory(void)
{
	struct phrases *p = phrases_new(&fold, 20000);
	struct phrase_result r;
	const struct phrase *x;
	struct buf b = {0};

	for (int i = 0; i < 4000; i++) {
		char id[32], text[128];

		(void)snprintf(id, sizeof id, "m%d", i);
		(void)snprintf(text, sizeof text, i % 2 ? "%s%s手机自燃%s" : "%s%s天气%s", who[i % 10], by[i / 2 % 4], what[i / 10 % 10]);
		add(p, id, "", text, false);
	}
	phrases_find(p, &(struct phrase_conf){0}, &r);
	ok(r.sample < 1 && r.of < 2000 && r.of > 300, "what does not fit is sampled: %g, %zu", r.sample, r.of);
	x = found(&r, "手机自燃");
	ok(x != NULL && fabs((double)x->n / (double)r.of - 0.5) < 0.06, "and shares hold");
	phrases_free(p);

	p = phrases_new(&fold, 0);
	for (int i = 0; i < 200000; i++)
		buf_puts(&b, "长");
	buf_puts(&b, "尾巴在此");
	for (int i = 0; i < 4; i++) {
		char id[16];

		(void)snprintf(id, sizeof id, "l%d", i);
		phrases_add(p, &(struct phrase_post){.id = str_c(id), .title = STR("尾巴在此"), .text = buf_view(&b), .published = 0});
	}
	phrases_find(p, &(struct phrase_conf){.min = 1}, &r);
	ok(r.n < 10, "one character a hundred thousand times over is no phrase");
	phrases_free(p);
	buf_free(&b);

	p = phrases_new(&fold, 0);
	phrases_find(p, &(struct phrase_conf){0}, &r);
	is_int((int64_t)r.n, 0, "nothing out of nothing");
	phrases_free(p);
	p = phrases_new(&fold, 0);
	add(p, "", "", "", false);
	add(p, "#", "", "# ## ### #a #", false);
	add(p, "r", "", "x", true);
	phrases_find(p, &(struct phrase_conf){.min = 1, .all = true}, &r);
	ok(r.n <= 2, "odd hashtags do no harm");
	phrases_free(p);
}

static void
test_figures(void)
{
	ok(fabs(phrase_g2(10, 100, 10, 1000) - 22.9078) < 0.001, "a log-likelihood ratio worked out by hand");
	ok(fabs(phrase_g2(10, 1000, 10, 100) + 22.9078) < 0.001, "is negative the other way round");
	ok(fabs(phrase_g2(5, 100, 0, 100) - 7.0597) < 0.001, "nothing before is no infinity");
	ok(phrase_g2(5, 100, 0, 0) == 0 && phrase_g2(0, 10, 0, 10) == 0, "no reference, no ratio");
	ok(fabs(phrase_g2(7, 70, 10, 100)) < 1e-9, "the same share is no change");
	ok(stop_word(STR("我们")) && stop_word(STR("the")) && stop_latin(STR("of")), "stop words are found");
	ok(!stop_word(STR("挤兑")) && !stop_word(STR("")) && !stop_latin(STR("refund")), "and others are not");
	is_int(stop_head(0x7684), STOP_HARD, "nothing begins with 的");
	is_int(stop_tail(0x94b1), STOP_NO, "钱 may end a phrase");
}

int
main(void)
{
	static const char t2s[] = "擠\t挤\n兌\t兑\n";
	struct err e;

	fold_init(&fold);
	if (fold_load(&fold, str_c(t2s), "t2s", &e) != 0)
		return 1;
	test_chinese();
	test_english();
	test_counting();
	test_order();
	test_memory();
	test_figures();
	return tap_done();
}
