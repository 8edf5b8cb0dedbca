/* taxonomy, classify, classify_fit: small taxonomies and models whose answers are known beforehand. */
#include <math.h>
#include <stdlib.h>

#include "model/classify.h"
#include "model/classify_fit.h"
#include "tap.h"

/* Terms are chosen so that no two of them meet by accident. */
static const char tax[] =
    "{\"version\":1,"
    "\"industries\":{\"bank\":{\"label\":{\"en\":\"Banks\",\"zh\":\"银行\"},\"zh\":[\"银行\"],\"en\":[\"bank\"]},"
    "\"health\":{\"zh\":[\"医院\"],\"en\":[\"hospital\"]}},"
    "\"kinds\":{\"complaint\":{\"zh\":[\"投诉\"]},\"news\":{\"zh\":[\"记者\",\"据悉\"]},\"praise\":{\"zh\":[\"感谢\",\"点赞\"]},"
    "\"ad\":{\"zh\":[\"优惠\",\"下单\"]},\"other\":{}},"
    "\"severity\":{\"death\":{\"zh\":[\"身亡\"],\"en\":[\"died\"]},\"minor\":{\"zh\":[\"婴儿\"],\"en\":[\"baby\"]}},"
    "\"rumour\":{\"hearsay\":{\"zh\":[\"听说\"],\"en\":[\"i heard\"]},\"denied\":{\"zh\":[\"辟谣\"]}},"
    "\"cues\":{\"who\":{\"zh\":[\"柜员\"],\"en\":[\"teller\"]},\"took\":{\"zh\":[\"挪用\"],\"en\":[\"steal\"]}},"
    "\"types\":{\"system\":{\"label\":{\"en\":\"System\",\"zh\":\"系统\"},\"types\":{"
    "\"system.outage\":{\"label\":{\"en\":\"Outage\",\"zh\":\"故障\"},\"cluster\":\"accidental\",\"origin\":\"internal\",\"industry\":\"bank\","
    "\"zh\":{\"3\":[\"系统崩溃\",\"转..失败\"],\"1\":[\"崩溃\"]},\"en\":{\"2\":[\"crash\",\"can't log in\"]},\"none\":[\"计划维护\"]}}},"
    "\"people\":{\"types\":{\"staff.misconduct\":{\"when\":[{\"all\":[\"who\",\"took\"],\"near\":6,\"weight\":4}]},"
    "\"product.safety\":{\"zh\":{\"3\":[\"爆炸\"],\"2\":[\"冒烟\"]}}}}},"
    "\"none\":{\"zh\":{\"3\":[\"消防演练\"]}},"
    "\"guards\":[{\"of\":[\"爆炸\"],\"near\":[\"好吃\",\"心情\"],\"span\":4}]}";

static struct classify_files files = {.t2s_name = "t2s", .model_name = "m"};

static bool
start(struct classifier *c, const char *json, struct str model)
{
	struct tax_fault f;
	struct err e;

	files.t2s = STR("潰\t溃\n統\t统\n係\t系\n");
	files.model = model;
	*c = (struct classifier){0};
	return ok(classifier_fold(c, &files, &e) == 0 && tax_load(&c->tax, &c->fold, str_c(json), &f, &e) == 0 &&
	    classifier_open(c, &files, &e) == 0, "a taxonomy%s opens", model.n > 0 ? " with a model" : "");
}

static struct classifier one;

/* The main type of text, by evidence alone. */
static const char *
type(const char *text)
{
	struct verdict v;

	classify_text(&one, str_c(text), &v);
	return one.tax.type[v.type].id.p;
}

/* Evidence points of a type after the last call. */
static int
points(const char *id)
{
	return (int)one.scan.score[tax_find_type(&one.tax, str_c(id))];
}

static void
test_terms(void)
{
	static const char text[] = "手机APP又系统崩溃了，婴儿奶粉钱付不了";
	struct verdict v;

	if (!start(&one, tax, STR("")))
		return;
	is_str(str_c(type("系统崩溃了")), "system.outage", "a sure term decides");
	is_int(points("system.outage"), 3, "a term within a longer one does not count again");
	is_str(str_c(type("系統崩潰了")), "system.outage", "traditional characters");
	is_str(str_c(type("系 统 崩\xe2\x80\x8b溃")), "system.outage", "spaces and invisible characters between");
	is_str(str_c(type("转账一直失败")), "system.outage", "a term of two parts");
	is_int(points("system.outage"), 3, "counts its weight");
	(void)type("转了一二三四五六七八九失败");
	is_int(points("system.outage"), 0, "not when they stand too far apart");
	(void)type("失败之后转账");
	is_int(points("system.outage"), 0, "nor in the wrong order");
	is_str(str_c(type("The app CRASHES daily; I can’t log in")), "system.outage", "inflections, capitals, apostrophes");
	is_int(points("system.outage"), 4, "both terms count");
	(void)type("crash crash crash");
	is_int(points("system.outage"), 2, "a term counts once, however often it is said");
	(void)type("crashpad, bankrupt");
	is_int(points("system.outage"), 0, "whole words only");
	is_str(str_c(type("本周日计划维护，期间转账可能失败，系统崩溃勿慌")), "none", "an exclusion outweighs");
	is_str(str_c(type("消防演练：厨房冒烟")), "none", "evidence for none outweighs less of a type");
	is_str(str_c(type("")), "none", "an empty text is of no type");

	classify_text(&one, str_c(text), &v);
	is_int((int64_t)v.ntypes, 1, "one type is listed");
	ok(v.confidence > 0.5f && v.confidence <= 1, "with a confidence");
	is_int((int64_t)one.scan.nev, 1, "one piece of evidence");
	is_str(str_sub(str_c(text), one.scan.ev[0].off, one.scan.ev[0].len), "系统崩溃", "its span is the source text");
	is_int(v.severity, 2, "the severity cue of a minor, not of a death");
	is_int(v.industry, 0, "the industry a type belongs to");
	is_str(one.tax.type[v.type].cluster, "accidental", "its cluster");
	is_str(one.tax.type[v.type].group, "system", "its group");
	classify_text(&one, STR("听说楼下医院那边爆炸，有人身亡；官方已经辟谣"), &v);
	is_int(v.rumour, 3, "signs of rumour: heard, denied");
	is_int(v.severity, 1, "the severity cue of a death");
	is_int(v.industry, 1, "the industry by its words");
	classifier_free(&one);
}

static void
test_rules(void)
{
	if (!start(&one, tax, STR("")))
		return;
	is_str(str_c(type("柜员挪用存款")), "staff.misconduct", "a rule of two cues");
	is_int(points("staff.misconduct"), 4, "has its weight");
	is_int((int64_t)one.scan.nev, 2, "and the words of both as evidence");
	ok(fabsf(one.scan.ev[0].weight + one.scan.ev[1].weight - 4) < 1e-6f, "which share the weight");
	is_str(str_c(type("the tellers were stealing")), "staff.misconduct", "in English, inflected");
	(void)type("挪用存款");
	is_int(points("staff.misconduct"), 0, "one cue is not enough");
	(void)type("柜员都很好，我们一二三四五六七，听说隔壁有人挪用");
	is_int(points("staff.misconduct"), 0, "nor two far apart when near is asked for");

	is_str(str_c(type("充电宝爆炸了")), "product.safety", "a homograph where it means harm");
	is_str(str_c(type("这家店好吃到爆炸")), "none", "a guard before it");
	is_str(str_c(type("爆炸好吃")), "none", "a guard behind it");
	is_str(str_c(type("好吃。后来他们家充电宝忽然爆炸")), "product.safety", "a guard too far away is none");
	is_str(str_c(type("心情爆炸，充电宝也真的冒烟了一地一桌一屋子都是烟爆炸")), "product.safety",
	    "what a guard takes away once, another place may give");
	classifier_free(&one);
}

static void
test_kinds(void)
{
	struct verdict v;

	if (!start(&one, tax, STR("")))
		return;
	classify_text(&one, STR("记者据悉，系统崩溃"), &v);
	is_str(one.tax.kind[v.kind].id, "news", "news by two of its words");
	classify_text(&one, STR("系统崩溃"), &v);
	is_str(one.tax.kind[v.kind].id, "complaint", "a crisis that is not news is a complaint");
	classify_text(&one, STR("感谢！点赞！"), &v);
	is_str(one.tax.kind[v.kind].id, "praise", "praise");
	classify_text(&one, STR("优惠，快下单"), &v);
	is_str(one.tax.kind[v.kind].id, "ad", "an advertisement");
	classify_text(&one, STR("今天下雨"), &v);
	is_str(one.tax.kind[v.kind].id, "other", "anything else");
	classifier_free(&one);
}

/* tax_load refuses json and says so. */
static void
refused(const char *json, const char *message)
{
	struct tax t = {0};
	struct tax_fault f;
	struct err e = {0};
	int got = tax_load(&t, &one.fold, str_c(json), &f, &e);

	if (got == 0)
		got = tax_finish(&t, &one.fold, &e);
	ok(got == -1 && e.kind == ERR_CONFIG && strstr(e.msg, message) != NULL, "refused: %s", message);
	if (got == 0 || strstr(e.msg, message) == NULL)
		printf("#  got '%s'\n", e.msg);
	tax_free(&t);
}

#define TYPE(inside) "{\"types\":{\"g\":{\"types\":{\"a.b\":{" inside "}}}}}"

static void
test_faults(void)
{
	struct tax t = {0};
	struct tax_fault f;
	struct err e;

	fold_init(&one.fold);
	refused("[1]", "expected a map: a taxonomy");
	refused("{}", "the taxonomy has no types");
	refused("{\"typs\":{}}", "unknown key (version, extends");
	refused("{\"types\":[]}", "expected a map of types: '[]'");
	refused(TYPE("\"zh\":[\"x\"]"), "expected lists of terms by weight");
	refused(TYPE("\"zh\":{\"4\":[\"x\"]}"), "terms are listed by sureness 3, 2 or 1, not: '4'");
	refused(TYPE("\"zh\":{\"11\":[\"x\"]}"), "terms are listed by sureness 3, 2 or 1, not: '11'");
	refused(TYPE("\"zh\":{\"-1\":[\"x\"]}"), "terms are listed by sureness 3, 2 or 1, not: '-1'");
	refused(TYPE("\"zh\":{\"\":[\"x\"]}"), "terms are listed by sureness 3, 2 or 1, not: ''");
	refused("{\"none\":{\"zh\":{\"0\":[\"x\"]}}}", "terms are listed by sureness 3, 2 or 1, not: '0'");
	refused("{\"version\":2}", "this program reads version 1, not: '2'");
	refused("{\"version\":[1]}", "this program reads version 1, not: '[1]'");
	refused("{\"severity\":{\"fire\":{\"zh\":[\"x\"]}}}", "police, regulator, media, not: 'fire'");
	refused(TYPE("\"zh\":{\"3\":[\" \"]}"), "expected a term");
	refused(TYPE("\"zh\":{\"3\":[{\"x\":1}]}"), "expected a term");
	refused(TYPE("\"zh\":{\"3\":[\"..x\"]}"), "expected text on both sides of ..");
	refused(TYPE("\"zh\":{\"3\":[\"x..\"]}"), "expected text on both sides of ..");
	refused(TYPE("\"zh\":{\"3\":[\"a..b..c\"]}"), "only one .. may stand in a term");
	refused(TYPE("\"when\":[{\"all\":[\"nobody\"]}]"), "no such cue");
	refused(TYPE("\"when\":[{}]"), "a rule needs cues under 'all'");
	refused(TYPE("\"when\":[{\"all\":[],\"near\":0}]"), "expected a distance up to 200");
	refused(TYPE("\"cluster\":\"big\""), "not one of the words tocsin-taxonomy(5) names here");
	refused(TYPE("\"industry\":\"mining\""), "no such industry: 'mining'");
	refused("{\"types\":{\"a/b\":{}}}", "a type is named with letters");
	refused("{\"guards\":[{\"of\":[\"x\"]}]}", "a guard needs 'of' and 'near'");
	refused("{\"guards\":[{\"of\":[\"x\"],\"near\":[\"y\"],\"span\":0}]}", "expected a span between 1 and 200");

	ok(tax_load(&t, &one.fold, STR("{\"version\":1,\"cues\":{\"a\":{\"zh\":[\"甲\"]}},\"types\":{\"g\":{\"types\":{\"a.b\":{},"
	                               "\"a.c\":{\"zh\":{\"3\":[\"甲\",\"\"]}}}}}}"), &f, &e) == -1, "a fault deep in a file");
	is_int(f.depth, 7, "its depth: types, g, types, a.c, zh, 3, second term");
	is_int((int64_t)(f.step[0] * 1000 + f.step[1] * 100 + f.step[3] * 10 + f.step[6]), 2011, "and its place at each level");
	tax_free(&t);

	ok(tax_load(&t, &one.fold, STR(TYPE("\"zh\":{\"3\":[\"甲\"]}")), &f, &e) == 0 &&
	    tax_load(&t, &one.fold, STR(TYPE("\"zh\":{\"1\":[\"甲\"],\"2\":[\"乙\"]}")), &f, &e) == 0 && tax_finish(&t, &one.fold, &e) == 0,
	    "a second file adds to the first");
	is_int((int64_t)t.ntypes, 2, "the type is one, beside none");
	{
		static struct tax_scan s;

		tax_scan(&t, &one.fold, STR("甲乙"), &s);
		is_int((int64_t)s.score[1], 5, "a term listed twice counts its heavier weight");
		tax_scan_free(&s);
	}
	tax_free(&t);
}

/* --- the model ---------------------------------------------------------------------------------------------------- */

static const struct post {
	const char *text, *type;
} posts[] = {{"柜台办业务排了很久", "none"}, {"今天天气真好", "none"}, {"新手机很好看", "none"}, {"天气好去爬山", "none"},
    {"转账转不出去", "system.outage"}, {"登录不上去了", "system.outage"}, {"又登录不上", "system.outage"}, {"转不出去钱", "system.outage"},
    {"电池鼓包很烫", "product.safety"}, {"充电时烫手鼓包", "product.safety"}, {"鼓包了烫", "product.safety"}};
enum { POSTS = sizeof posts / sizeof *posts };

/* A model of posts[] in m and, as a file, in out. */
static void
train(struct cfit *m, struct buf *out, struct cfit_doc *doc, struct arena *mem)
{
	struct cfit_conf conf = cfit_defaults();
	const struct cfit_doc *use[POSTS];

	conf.min_docs = 1;
	for (size_t i = 0; i < POSTS; i++) {
		doc[i] = (struct cfit_doc){.type = tax_find_type(&one.tax, str_c(posts[i].type)), .also = -1, .ind = -1, .news = -1, .praise = -1,
		    .weight = 1};
		cfit_take(&one, str_c(posts[i].text), STR(""), mem, &doc[i]);
		use[i] = &doc[i];
	}
	cfit_solve(&one.tax, use, POSTS, &conf, m);
	cfit_write(m, &one.tax, "# a test\n", out);
}

static void
test_model(void)
{
	static struct classifier c;
	struct cfit m, m2;
	struct buf file = {0}, again = {0};
	struct cfit_doc doc[POSTS];
	struct arena mem = {0};
	struct class_gram top[2];
	float p[TAX_TYPES], worst = 0;
	size_t right = 0;
	struct verdict v;
	struct err e;

	if (!start(&one, tax, STR("")))
		return;
	doc[0] = (struct cfit_doc){.n = 9};
	cfit_take(&one, STR(""), STR(""), &mem, &doc[0]);
	is_int((int64_t)doc[0].n, 0, "an empty text has no features");
	train(&m, &file, doc, &mem);
	train(&m2, &again, doc, &mem);
	ok(str_eq(buf_view(&file), buf_view(&again)), "the same posts give the same bytes");
	if (!start(&c, tax, buf_view(&file)))
		return;
	for (size_t i = 0; i < POSTS; i++) {
		float d;

		cfit_predict(&m, &one.tax, &doc[i], p);
		classify_text(&c, str_c(posts[i].text), &v);
		right += str_is(c.tax.type[v.type].id, posts[i].type);
		d = fabsf(v.confidence - p[v.type]);
		worst = d > worst ? d : worst;
	}
	is_int((int64_t)right, POSTS, "it knows the posts it learned from");
	ok(worst < 0.02f, "what it says is what was fitted, but for a byte's rounding (%.4f)", (double)worst);
	classify_text(&c, STR("系统崩溃，鼓包，烫"), &v);
	is_int(v.type, tax_find_type(&c.tax, STR("product.safety")), "the model speaks louder than one term");
	classify_text(&c, STR("系统崩溃，转账失败，crash，电池鼓包"), &v);
	is_int(v.type, tax_find_type(&c.tax, STR("system.outage")), "but not than several");
	classify_text(&c, STR("又鼓包又烫"), &v);
	is_int((int64_t)classify_top(&c, v.type, top, 2), 2, "the n-grams that weighed most");
	ok(top[0].weight >= top[1].weight && top[1].weight > 0, "heaviest first");
	ok(top[0].off + top[0].len <= strlen("又鼓包又烫"), "within the text");
	{
		struct buf cut = {0};
		struct classifier bad;
		static const struct {
			const char *from, *to, *says;
		} broken[] = {{"tocsin-classify 1", "tocsin-classify 2", "it does not begin with"},
		    {"class none", "class all", "its first class must be none"}, {"set temper 1", "set temper 0", "settings are missing"},
		    {"\nset grams", "\nsot grams", "an unknown line"}, {"\ndata ", "\ndata -", "a data line with impossible numbers"},
		    {"class none ", "class none x", "a class without bias and scale"}, {"kind praise", "class praise", "too many classes, or not in order"}};

		for (size_t i = 0; i <= sizeof broken / sizeof *broken; i++) {
			bool whole = i < sizeof broken / sizeof *broken;
			struct str all = buf_view(&file);
			ptrdiff_t at = whole ? str_find(all, str_c(broken[i].from)) : 0;
			struct tax_fault f;

			buf_reset(&cut);
			if (whole && at >= 0) {
				buf_add(&cut, all.p, (size_t)at);
				buf_puts(&cut, broken[i].to);
				buf_add(&cut, all.p + at + strlen(broken[i].from), all.n - (size_t)at - strlen(broken[i].from));
			} else {
				buf_add(&cut, all.p, all.n - 1);
			}
			bad = (struct classifier){0};
			files.model = buf_view(&cut);
			e = (struct err){0};
			ok(at >= 0 && classifier_fold(&bad, &files, &e) == 0 && tax_load(&bad.tax, &bad.fold, str_c(tax), &f, &e) == 0 &&
			    classifier_open(&bad, &files, &e) == -1 && e.kind == ERR_CONFIG &&
			    strstr(e.msg, whole ? broken[i].says : "it is cut short or too long") != NULL,
			    "refused: %s", e.msg);
			classifier_free(&bad);
		}
		buf_free(&cut);
	}
	cfit_free(&m);
	cfit_free(&m2);
	buf_free(&file);
	buf_free(&again);
	arena_free(&mem);
	classifier_free(&c);
	classifier_free(&one);
}

/* When a type is said, and how the threshold is chosen. */
static void
test_decision(void)
{
	struct classify_set set = {.none = 0.5f, .least = 0.2f, .temper = 1};
	struct cfit_conf conf = {.lean = 0};
	static const float quiet[] = {0.5f, 0.3f, 0.2f}, loud[] = {0.3f, 0.2f, 0.5f}, tie[] = {0.4f, 0.2f, 0.4f}, faint[] = {0.05f, 0.19f, 0.18f};
	enum { N = 200, K = 3 };
	float p[N * K];
	int gold[N];
	size_t alarms = 0, seen = 0;
	double before = 0, after = 0;

	is_int((int64_t)classify_decide(&set, quiet, 3), 0, "none is likelier than any type");
	is_int((int64_t)classify_decide(&set, loud, 3), 2, "the likeliest type");
	is_int((int64_t)classify_decide(&set, tie, 3), 0, "a draw is none");
	is_int((int64_t)classify_decide(&set, faint, 3), 0, "no type is likely enough, though none is less likely still");
	set.none = 0.6f;
	is_int((int64_t)classify_decide(&set, quiet, 3), 0, "0.5 of 0.8 against 0.6");
	is_int((int64_t)classify_decide(&set, tie, 3), 2, "0.4 of 0.8 against 0.6");

	/* 100 posts of type none whose best type has 0.001 to 0.1 of the odds more each; 100 of type 1; all far too sure */
	for (int i = 0; i < N; i++) {
		float best = i < 100 ? 0.05f + 0.009f * (float)i : i % 4 == 0 ? 0.02f : 0.98f;

		gold[i] = i >= 100;
		p[i * K] = 1 - best - 0.001f;
		p[i * K + 1] = best;
		p[i * K + 2] = 0.001f;
		before -= log((double)p[i * K + gold[i]]);
	}
	conf.set = (struct classify_set){.none = 0.5f, .least = 0.1f, .temper = 1};
	cfit_tune(p, gold, N, K, 0.1, &conf);
	set = conf.set;
	for (int i = 0; i < N; i++) {
		size_t got = classify_decide(&set, p + i * K, K);

		alarms += i < 100 && got != 0;
		seen += i >= 100 && got == 1;
		after -= log((double)p[i * K + gold[i]]);
		if (fabsf(p[i * K] + p[i * K + 1] + p[i * K + 2] - 1) > 1e-5f)
			alarms += 1000;
	}
	is_int((int64_t)alarms, 10, "one in ten posts of type none alarms, as asked for");
	is_int((int64_t)seen, 75, "and the crises that are sure are seen");
	ok(set.temper > 1 && after < before, "probabilities that were too sure are cooled to %.2f, for less log loss", (double)set.temper);
	conf = (struct cfit_conf){.set = {.none = 0.5f, .temper = 1}};
	cfit_tune(p, gold, 0, K, 0.1, &conf);
	ok(fabsf(conf.set.none - 0.5f) < 1e-6f && fabsf(conf.set.temper - 1) < 1e-6f && fabsf(conf.lean) < 1e-6f, "no posts, no change");

	/* A model that says none to every third crisis, and never the other way round, is told to lean away from it. */
	for (int i = 0; i < N; i++) {
		float none = i < 100 ? 0.9f : i % 3 == 0 ? 0.6f : 0.3f;

		p[i * K] = none;
		p[i * K + 1] = 0.9f * (1 - none);
		p[i * K + 2] = 0.1f * (1 - none);
	}
	cfit_tune(p, gold, N, K, 0.1, &conf);
	ok(conf.lean < 0 && p[100 * K] < 0.5f, "none loses %.1f when crises are taken for it", (double)-conf.lean);
}

/* Noise: valid UTF-8 of every sort must not upset the scan; spans stay inside. */
static void
test_noise(void)
{
	static const char *const piece[] = {"系统", "崩溃", "转", "失败", " ", "\n", "@", "#", "http://", "www.", "a", "'s", "crash", "can’t log in",
	    "１", "9", "😀", "\xe2\x80\x8b", "-", "[", "]", "爆炸", "好吃", "柜员", "挪用", "…", "é", "\xf0\xa0\x80\x80", "ﬁ", "가"};
	uint64_t seed = 11;
	size_t outside = 0;
	struct verdict v;

	if (!start(&one, tax, STR("")))
		return;
	for (int round = 0; round < 3000; round++) {
		char text[600];
		size_t n = 0;

		for (seed = seed * 6364136223846793005u + 1442695040888963407u; n < 500 && (n == 0 || seed >> 60 != 0);
		     seed = seed * 6364136223846793005u + 1442695040888963407u) {
			const char *p = piece[(seed >> 33) % (sizeof piece / sizeof *piece)];

			memcpy(text + n, p, strlen(p));
			n += strlen(p);
		}
		classify_text(&one, str_n(text, n), &v);
		for (size_t i = 0; i < one.scan.nev; i++)
			outside += one.scan.ev[i].len == 0 || one.scan.ev[i].off + one.scan.ev[i].len > n;
		outside += !(v.confidence >= 0 && v.confidence <= 1);
	}
	is_int((int64_t)outside, 0, "3,000 texts of noise: every span lies in its text");
	classifier_free(&one);
}

int
main(void)
{
	test_terms();
	test_rules();
	test_kinds();
	test_faults();
	test_model();
	test_decision();
	test_noise();
	return tap_done();
}
