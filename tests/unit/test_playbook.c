/* Playbooks without files: triggers, ranking, settling the type, templates, wording, plans, diff. */
#include "tap.h"

#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "ext/filter.h"
#include "ext/library.h"
#include "model/diff.h"
#include "model/names.h"
#include "model/plan.h"
#include "model/playbook.h"
#include "model/settle.h"
#include "model/template.h"
#include "model/textrule.h"
#include "model/wording.h"

#ifdef __SANITIZE_ADDRESS__
enum { LIMIT_S = 20 }; /* what was quadratic took minutes; a sanitizer costs less than ten times */
#else
enum { LIMIT_S = 4 }; /* of CPU, on a machine that other tests use too */
#endif

static void
words(void)
{
	int64_t s = 0;

	ok(playbook_duration(STR("30m"), &s) && s == 1800, "30m");
	ok(playbook_duration(STR("3d"), &s) && s == 259200, "3d");
	ok(!playbook_duration(STR("90s"), &s) && !playbook_duration(STR("1h30m"), &s) && !playbook_duration(STR("h"), &s) &&
	    !playbook_duration(STR("-1h"), &s) && !playbook_duration(STR("1.5h"), &s) && !playbook_duration(STR("99999999d"), &s),
	    "one number and one unit, nothing else");
	ok(playbook_at_level(json_view(STR("{\"blue\":\"4h\",\"red\":\"1h\"}")), 3) == 3600, "a level of a map");
	ok(playbook_at_level(json_view(STR("{\"blue\":\"4h\"}")), 1) == -1, "a level that a map leaves out has none");
	ok(playbook_at_level(json_view(STR("\"48h\"")), 2) == 172800, "one value holds for all levels");
	ok(playbook_exists_at(json_view(STR("{\"from\":\"yellow\",\"to\":\"orange\"}")), 1) &&
	    !playbook_exists_at(json_view(STR("{\"from\":\"yellow\",\"to\":\"orange\"}")), 0) &&
	    !playbook_exists_at(json_view(STR("{\"from\":\"yellow\",\"to\":\"orange\"}")), 3), "from and to");
	ok(playbook_stage(json_view(STR("{\"forecast\":{\"stage\":\"burst\"}}"))) == 2, "the stage that detect writes");
	ok(playbook_stage(json_view(STR("{\"stage\":\"fading\"}"))) == 4 && playbook_stage(json_view(STR("{}"))) == -1,
	    "the stage, or none");
}

static void
triggers(void)
{
#define Q(program, type, want) ok(trigger_quick(STR(program), STR(type)) == (want), "%s for %s", program, type)
	Q(".type == \"a\"", "a", QUICK_YES);
	Q(".type == \"a\"", "b", QUICK_NO);
	Q("  ( .type==\"a\" )  ", "a", QUICK_YES);
	Q("true", "x", QUICK_YES);
	Q("false", "x", QUICK_NO);
	Q(".type == \"a\" and .level == \"red\"", "a", QUICK_ASK);
	Q(".type == \"a\" and .level == \"red\"", "b", QUICK_NO);
	Q(".type == \"a\" or (.type == \"b\" and (.facts.x // false))", "a", QUICK_YES);
	Q(".type == \"a\" or (.type == \"b\" and (.facts.x // false))", "b", QUICK_ASK);
	Q(".type == \"a\" or (.type == \"b\" and (.facts.x // false))", "c", QUICK_NO);
	Q(".type == \"a\" and (.x | not)", "b", QUICK_NO);
	/* what binds looser than `and`, or runs otherwise, is jq's */
	Q(".type == \"a\" and .x | not", "b", QUICK_ASK);
	Q(".type == \"a\", true", "b", QUICK_ASK);
	Q(".type == \"a\" // true", "b", QUICK_ASK);
	Q(". as $x | .type == \"a\"", "b", QUICK_ASK);
	Q("if .type == \"a\" then true else true end", "b", QUICK_ASK);
	Q(".type == \"a\" # or true", "b", QUICK_ASK);
	Q(".type == \"a or b\"", "a or b", QUICK_YES);
	Q(".type == \"a\" or .note == \"x and y\"", "b", QUICK_ASK);
	Q(".type != \"a\"", "b", QUICK_ASK);
	Q("(.type == \"a\") or (.type == \"b\")", "b", QUICK_YES);
	Q(".or == 1 and .type == \"a\"", "b", QUICK_NO);
	Q("\"\\(.type)\" == \"a\"", "b", QUICK_ASK);
	Q(")", "b", QUICK_ASK);
	Q("", "b", QUICK_ASK);
#undef Q
}

static void
paths(void)
{
	struct json in = json_view(STR("{\"subject\":\"s\",\"facts\":{\"cause\":\"c\",\"n\":null}}")), v;

	ok(path_quick(STR(".facts.cause"), in, &v) && json_is(v, "c"), "a path");
	ok(path_quick(STR(" .subject "), in, &v) && json_is(v, "s"), "a member");
	ok(path_quick(STR(".facts.n"), in, &v) && v.type == JSON_NONE, "null is unknown");
	ok(path_quick(STR(".facts.x.y"), in, &v) && v.type == JSON_NONE, "absent is unknown");
	ok(!path_quick(STR("."), in, &v) && !path_quick(STR(".a[0]"), in, &v) && !path_quick(STR(".a?"), in, &v) &&
	    !path_quick(STR(".a|.b"), in, &v) && !path_quick(STR("..a"), in, &v) && !path_quick(STR(".a."), in, &v) &&
	    !path_quick(STR(".\"a\""), in, &v) && !path_quick(STR(".1"), in, &v), "anything else is left to jq");
}

/* fact_quick must say what jq says, or leave it to jq. */
static void
amounts(void)
{
	static const char program[] = ".facts.n | if . and . > 0 then \"CNY \\(.)!\" else null end";
	static const char *const in[] = {"{\"facts\":{\"n\":1270000}}", "{\"facts\":{\"n\":0}}", "{\"facts\":{\"n\":-3}}", "{}",
	    "{\"facts\":{\"n\":null}}", "{\"facts\":{\"n\":12.5}}", "{\"facts\":{\"n\":1e3}}", "{\"facts\":{\"n\":\"x\"}}",
	    "{\"facts\":{\"n\":true}}", "{\"facts\":{\"n\":12345678901234567890}}"};
	struct filter *f;
	struct err e;
	struct arena a = {0};
	struct buf b = {0};
	struct json v;
	int quick = 0;

	ok(filter_compile(program, NULL, &f, &e) == 0, "the idiom is jq");
	for (size_t i = 0; i < sizeof in / sizeof in[0]; i++) {
		if (!fact_quick(str_c(program), json_view(str_c(in[i])), &a, &v))
			continue;
		quick++;
		buf_reset(&b);
		ok(filter_first(f, str_c(in[i]), &b, &e) == 1, "jq has an answer to input %zu", i);
		ok(v.type == JSON_NONE ? str_is(buf_view(&b), "null") : str_eq(v.raw, buf_view(&b)), "the same one");
	}
	ok(quick >= 4, "and the common ones are quick");
	ok(!fact_quick(STR(".a | if . then \"x\" else null end"), json_view(STR("{}")), &a, &v) &&
	    !fact_quick(STR(".a | if . and . > 0 then \"x\\(.)\\(.)\" else null end"), json_view(STR("{}")), &a, &v) &&
	    !fact_quick(STR(".a | length"), json_view(STR("{}")), &a, &v), "other programs are jq's");
	filter_free(f);
	buf_free(&b);
	arena_free(&a);
}

static void
ranks(void)
{
	struct rank best = {FIT_MAIN, true, 0, 0, 0, STR("b")};
	struct rank general = {FIT_MAIN, false, 10, 9, 1, STR("a")};
	struct rank other = {FIT_OTHER, true, 10, 9, 1, STR("a")};
	struct rank heavy = {FIT_MAIN, true, 1, 0, -1, STR("z")};
	struct rank proven = {FIT_MAIN, true, 0, 3, 0.5, STR("c")};

	ok(rank_cmp(&best, &general) < 0, "own industry before general, whatever the weight");
	ok(rank_cmp(&general, &other) < 0, "type before industry");
	ok(rank_cmp(&heavy, &best) < 0, "then weight");
	ok(rank_cmp(&heavy, &proven) < 0, "weight before past effect");
	ok(rank_cmp(&proven, &best) < 0, "past effect breaks a tie");
	ok(rank_score(&heavy) > rank_score(&proven) && rank_score(&proven) > rank_score(&best) &&
	    rank_score(&best) > rank_score(&general) && rank_score(&general) > rank_score(&other), "the score says the same");
}

static void
one(const char *incident, const char *industry, const char *want, const char *why)
{
	struct arena a = {0};
	struct settled s;

	settle(json_view(str_c(incident)), str_c(industry), NULL, 0, &a, &s);
	is_str(s.type, want, why);
	ok(s.nwhy > 0 && s.why[0].zh.n > 0 && s.why[0].en.n > 0, "with a reason in both languages");
	arena_free(&a);
}

static void
settling(void)
{
	one("{\"type\":\"system.outage\"}", "bank", "system.outage", "the own type stands");
	one("{\"type\":\"vibe.collapse\",\"facts\":{\"deaths\":3}}", "", "none", "an unknown type is not guessed from facts");
	one("{}", "", "none", "no type at all");
	one("{\"type\":7}", "", "none", "a type that is no string");
	one("{\"type\":\"system.outage\",\"facts\":{\"unauthorised_transfers\":true,\"police_involved\":true}}", "bank", "fraud.theft",
	    "money moved and police called");
	one("{\"type\":\"system.outage\",\"facts\":{\"unauthorised_transfers\":true}}", "bank", "system.outage", "not without the police");
	one("{\"type\":\"care.accident\",\"facts\":{\"unauthorised_transfers\":true,\"police_involved\":true}}", "health", "care.accident",
	    "harm to people stays above money");
	one("{\"type\":\"staff.misconduct\",\"facts\":{\"unauthorised_transfers\":true,\"police_involved\":true}}", "bank",
	    "staff.misconduct", "the clerk who did it is staff misconduct");
	one("{\"type\":\"service.delay\",\"facts\":{\"queue_sites\":3}}", "bank", "rumour.run", "depositors queue, whatever the label");
	one("{\"type\":\"service.delay\",\"facts\":{\"queue_sites\":3}}", "health", "service.delay", "patients who queue are no run");
	one("{\"type\":\"rumour.run\",\"facts\":{\"queue_sites\":0,\"outage_real\":true}}", "bank", "rumour.run", "talk of a run stays");
	one("{\"type\":\"rumour.run\",\"facts\":{\"queue_sites\":0,\"outage_real\":true,\"confirmed\":true}}", "bank", "system.outage",
	    "unless the outage behind it is confirmed and nobody queues");
	one("{\"type\":\"rumour.false\",\"facts\":{\"outage_real\":true}}", "bank", "system.outage", "a proven event behind a rumour");
	one("{\"type\":\"rumour.false\",\"facts\":{\"records_leaked\":5,\"confirmed\":true}}", "", "data.breach", "a confirmed leak, too");
	one("{\"type\":\"rumour.false\",\"facts\":{\"records_leaked\":5,\"confirmed\":false}}", "", "rumour.false", "not an unconfirmed one");
	one("{\"type\":\"care.accident\",\"facts\":{\"official_denial\":true,\"confirmed\":false}}", "health", "rumour.false",
	    "denied, unconfirmed, nobody hurt: a rumour");
	one("{\"type\":\"care.accident\",\"facts\":{\"official_denial\":true,\"confirmed\":false,\"deaths\":1}}", "health", "care.accident",
	    "not when somebody died");
	one("{\"type\":\"care.infection\",\"facts\":{\"official_denial\":true,\"confirmed\":true,\"rumour_deaths\":20}}", "health",
	    "care.infection", "not when the core is confirmed");
	one("{\"type\":\"product.defect\",\"facts\":{\"injured\":2}}", "electronics", "product.safety", "a defect that hurts is unsafe");
	one("{\"type\":\"product.defect\",\"facts\":{\"injured\":0}}", "electronics", "product.defect", "one that does not is a defect");
	one("{\"type\":\"media.negative\",\"facts\":{\"units_recalled\":500,\"confirmed\":true}}", "electronics", "product.safety",
	    "a verified cause behind an echo");
	one("{\"type\":\"media.negative\",\"facts\":{\"units_recalled\":500,\"confirmed\":false}}", "electronics", "media.negative",
	    "an unverified one is still an echo");
	one("{\"type\":\"competitor.attack\",\"facts\":{\"workers\":5,\"confirmed\":true}}", "", "competitor.attack", "an attack stays one");
	one("{\"type\":\"competitor.attack\",\"facts\":{\"units_recalled\":5,\"confirmed\":true}}", "electronics", "product.safety",
	    "but a recall that it is about comes first");
#define TW(a, x, b, y, more) "{\"type\":\"" a "\",\"facts\":{\"type_weights\":{\"" a "\":" #x ",\"" b "\":" #y "}" more "}}"
	one(TW("service.attitude", 0.5, "care.accident", 0.5, ""), "health", "care.accident", "equal: harm to people first");
	one(TW("data.breach", 0.5, "fraud.theft", 0.5, ""), "bank", "fraud.theft", "equal: money before data");
	one(TW("service.delay", 0.5, "labour.dispute", 0.5, ""), "", "labour.dispute", "equal: people's work before service");
	one(TW("service.delay", 0.5, "system.outage", 0.5, ""), "", "system.outage", "equal in one class: the cause");
	one(TW("fee.dispute", 0.5, "policy.dispute", 0.5, ""), "", "fee.dispute", "equal in one class: the own type");
	one(TW("service.attitude", 0.7, "care.accident", 0.3, ""), "health", "service.attitude", "not equal: the greater share");
	one(TW("service.attitude", 0.3, "care.accident", 0.7, ""), "health", "care.accident", "the greater share, also of another type");
	one(TW("service.attitude", 0.52, "care.accident", 0.48, ""), "health", "care.accident", "a hair's breadth is equal");
	one(TW("media.negative", 0.6, "product.defect", 0.4, ",\"confirmed\":true"), "", "product.defect", "a verified cause before its echo");
	one(TW("media.negative", 0.5, "product.defect", 0.5, ",\"confirmed\":false"), "", "media.negative", "an unverified one not");
	one(TW("rumour.false", 0.5, "care.infection", 0.5, ",\"hospitalised\":2"), "health", "care.infection", "a real event before talk");
	one(TW("rumour.false", 0.5, "care.infection", 0.5, ",\"official_denial\":true"), "health", "rumour.false", "denied: the talk");
	one(TW("rumour.run", 0.5, "system.outage", 0.5, ",\"confirmed\":true"), "bank", "system.outage", "a real outage before talk of a run");
	one(TW("rumour.run", 0.5, "system.outage", 0.5, ",\"confirmed\":true,\"queue_sites\":1"), "bank", "rumour.run", "not when they queue");
	one(TW("system.outage", 0.5, "vibe", 0.5, ""), "", "system.outage", "unknown types have no share");
	one("{\"type\":\"system.outage\",\"facts\":{\"type_weights\":{\"data.breach\":0.05,\"fee.dispute\":0.04,\"fraud.theft\":0.04,"
	    "\"labour.dispute\":0.04,\"product.defect\":0.07,\"rumour.run\":0.05,\"sales.misselling\":0.09,\"service.delay\":0.11,"
	    "\"staff.misconduct\":0.07,\"system.outage\":0.38}}}", "bank", "system.outage", "the heaviest of ten types, named last");
	one("{\"type\":\"a.b\",\"facts\":{\"type_weights\":[1,2]}}", "", "none", "weights that are no map");
	one("{\"type\":\"fee.dispute\",\"facts\":\"x\"}", "", "fee.dispute", "facts that are no map");
#undef TW
}

static bool
lookup(void *ctx, struct str name, struct str *value, struct str *ask)
{
	(void)ctx;
	if (str_is(name, "place")) {
		*value = STR("{{cause}}");
		return true;
	}
	*ask = str_is(name, "cause") ? STR("为什么？") : STR("");
	return false;
}

static void
templates(void)
{
	struct buf b = {0};
	struct arena a = {0};
	struct md_heading *h;
	size_t at = 0, len = 0;

	template_fill(STR("在{{place}}，因{{cause}}。{{x y}} {{new}} {{"), true, lookup, NULL, &b);
	is_str(buf_view(&b), "在{{cause}}，因【待核实：为什么？】。{{x y}} 【待核实：new】 {{",
	    "known, asked, malformed; a value is not filled again");
	ok(template_open(buf_view(&b), &at, &len) && len == strlen("【待核实：为什么？】"), "an open place is found");
	buf_reset(&b);
	template_fill(STR("{{cause}}"), false, lookup, NULL, &b);
	is_str(buf_view(&b), "[to be confirmed: 为什么？]", "in English");
	buf_reset(&b);
	ok(template_value(json_view(STR("[\"a\",2]")), true, &b), "a list");
	is_str(buf_view(&b), "a、2", "is joined");
	buf_reset(&b);
	ok(template_value(json_view(STR("\"x\\u001b[31m\\ny\"")), true, &b) && memchr(b.p, '\033', b.n) == NULL &&
	    memchr(b.p, '\n', b.n) == NULL, "controls in a value are made harmless");
	buf_reset(&b);
	ok(!template_value(json_view(STR("{}")), true, &b) && !template_value(json_view(STR("\" \"")), true, &b) &&
	    !template_value(json_view(STR("null")), true, &b) && !template_value(json_view(STR("[]")), true, &b) &&
	    !template_value(json_view(STR("[{}]")), true, &b), "what is no value");
	ok(text_han(STR("我们{{place}}道歉 a b【待核实：几点几分】")) == 4, "slots and open places are not counted");
	ok(text_words(STR("It's {{place}} a well-known [to be confirmed: why is it so] case")) == 4, "nor in English");
	ok(md_headings(STR("# a\ntext\n```\n# no\n```\n## b \n#x\n"), &a, &h) == 2 && h[1].depth == 2 && h[1].line == 6 &&
	    str_is(h[1].text, "b"), "headings outside fences");
	arena_free(&a);
	buf_free(&b);
}

static int hits;

static void
on_hit(void *ctx, const struct wording_hit *h)
{
	(void)ctx;
	hits += h->rule != WORDING_APOLOGY;
}

static struct wording *table;

static int
found(const char *text)
{
	hits = 0;
	wording_find(table, str_c(text), ~0u, on_hit, NULL);
	return hits;
}

static void
wording(void)
{
	static const char *const bad[] = {"必要时可付费删帖。", "联系平台有偿删帖", "对不实内容，花钱联系平台删帖", "请公关公司花钱把帖子删了",
	    "要求发帖人删帖", "雇一批水军引导舆论", "组织员工到评论区评论", "威胁患者家属", "先编造一个理由", "销毁相关证据", "高度重视此事",
	    "我们将尽快答复", "资金绝对安全", "网传内容纯属谣言", "Pay the blogger to take the post down.", "We will answer as soon as possible.",
	    "If the post stays, pay to remove it.", "Threaten the poster with legal action.", "Fabricate a reason.",
	    "This will never happen again.", "We take this very seriously.", "Hide the deaths until tomorrow.", "隐瞒病情，等查清再说"};
	static const char *const good[] = {"不要求删帖。", "我们不花钱删帖，也不找水军。", "绝不以删帖为条件", "有偿删帖是犯罪。",
	    "不说“高度重视”“尽快”。", "## 不得说的话\n\n- 资金绝对安全\n- 付费删帖", "向平台举报雇来的水军",
	    "编造灾情扰乱秩序的，由公安处理。", "你们花钱删帖吗？", "We pay nobody to delete posts.", "Never pay for deletion, threaten the poster, or invent a reason.",
	    "## What must not be said\n\n- Funds are completely safe.", "Do not say \"as soon as possible\".",
	    "Paid deletion may be illegal business operation.", "附证据向平台发通知。", "We were sorry to hear it."};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		ok(found(bad[i]) > 0, "found: %s", bad[i]);
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		ok(found(good[i]) == 0, "left alone: number %zu", i);
}

static void
plans(void)
{
	static const char book[] =
	    "{\"facts\":[{\"id\":\"a\",\"w\":\"what\",\"ask\":{\"zh\":\"？\",\"en\":\"?\"}},{\"id\":\"b\",\"w\":\"who\",\"ask\":{}}],"
	    "\"tasks\":[{\"id\":\"t\",\"department\":\"pr\",\"duty\":{},\"deadline\":{\"blue\":\"4h\",\"red\":\"30m\"},\"after\":[\"u\"]},"
	    "{\"id\":\"r\",\"from\":\"red\",\"deadline\":\"1h\"},{\"id\":\"low\",\"to\":\"yellow\",\"deadline\":\"1h\"}],"
	    "\"clocks\":[{\"id\":\"c\",\"within\":\"4h\",\"from\":\"yellow\",\"source\":\"s\"}],"
	    "\"release\":{\"red\":{\"grade\":\"public\",\"approve\":[\"pr\",\"legal\"]}},\"updates\":{\"red\":\"2h\"},"
	    "\"escalation\":[{\"after\":\"30m\",\"to\":\"lead\"}],\"stages\":{\"outbreak\":{\"zh\":\"z\",\"en\":\"e\"}}}";
	struct arena a = {0};
	struct buf b = {0};
	struct fact *f;
	size_t n = plan_facts(json_view(str_c(book)), &a, &f);
	struct jw w = jw_open(&b);
	struct json v;

	f[0].value = json_view(STR("\"x\""));
	f[1].used = true;
	jw_obj(&w);
	plan_write(&w, json_view(str_c(book)), f, n, 3, 2);
	jw_end(&w);
	v = json_view(buf_view(&b));
	ok(json_is(json_path(v, "facts.a"), "x") && json_get(json_get(v, "facts"), "b").type == JSON_NONE, "known facts");
	is_str(json_get(v, "open").raw, "[{\"id\":\"b\",\"w\":\"who\",\"ask\":{}}]", "open questions of facts that texts use");
	v = json_get(v, "plan");
	is_str(json_get(v, "tasks").raw,
	    "[{\"id\":\"t\",\"department\":\"pr\",\"duty\":{},\"deadline_s\":1800,\"after\":[\"u\"]},{\"id\":\"r\",\"deadline_s\":3600}]",
	    "the tasks of the level, with their deadlines");
	is_str(json_get(v, "clocks").raw, "[{\"id\":\"c\",\"within_s\":14400,\"source\":\"s\"}]", "clocks");
	is_str(json_get(v, "escalation").raw, "[{\"after_s\":1800,\"to\":\"lead\"}]", "the ladder");
	is_int(json_int_or(json_get(v, "updates_s"), 0), 7200, "the rhythm");
	ok(json_is(json_path(v, "release.grade"), "public") && json_is(json_path(v, "stage.id"), "outbreak"), "grade and stage");
	buf_free(&b);
	arena_free(&a);
}

static void
diffs(void)
{
	struct buf b = {0};

	is_int((int64_t)text_diff(STR("a\nb\nc\n"), STR("a\nx\nc\n"), &b), 2, "two lines differ");
	is_str(buf_view(&b), " a\n-b\n+x\n c\n", "as -gone and +new");
	buf_reset(&b);
	is_int((int64_t)text_diff(STR(""), STR("a"), &b), 1, "from nothing");
	is_int((int64_t)text_diff(STR("a\n"), STR("a"), &b), 0, "a last newline is no line");
	buf_free(&b);
}

struct told {
	size_t n, placeholder;
	char last[80];
};

static void
on_rule(void *ctx, enum weight weight, int line, const char *rule, const char *msg)
{
	struct told *t = ctx;

	(void)line;
	t->n++;
	t->placeholder += weight == RULE_NEVER && strcmp(rule, "placeholder") == 0;
	if (strncmp(msg, "and ", 4) == 0)
		(void)snprintf(t->last, sizeof t->last, "%s: %s", rule, msg);
}

/* A mebibyte of one thing is checked in two seconds, and does not bury the reader. */
static void
long_texts(void)
{
	static const struct { const char *part, *more; } v[] = {{"{", "placeholder: and 524238 more"}, {"[", ""},
	    {"尽快", "vague: and 174712 more"}, {"{{a}}", "placeholder: and 209665 more"}, {"删帖", NULL}, {"花钱", NULL},
	    {"不说尽快", "vague: and 86831 more"}, {"# 尽快\n", NULL}, {"#", ""}, {".", ""}, {"，", ""}, {"【待核实：", NULL}, {"【待核实：】", "open: and 58204 more"},
	    {"[to be confirmed: ", NULL}, {"pay ", NULL}, {"13800138000 ", NULL}, {"1", NULL}, {"a@", NULL}, {"我们不", NULL}};
	enum { SIZE = 1 << 20 };
	struct text_rules r = {.wording = table, .kind = STR("statement"), .zh = true};
	struct pii_scan scan = {0};

	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
		size_t n = strlen(v[i].part);
		struct told t = {0};
		struct buf b = {0};
		clock_t from, took;

		while (b.n + n <= SIZE)
			buf_puts(&b, v[i].part);
		from = clock();
		text_rules_check(&r, buf_view(&b), &scan, on_rule, &t);
		took = clock() - from;
		ok(took < LIMIT_S * CLOCKS_PER_SEC, "1 MiB of '%.20s' (%.2f s)", v[i].part, (double)took / CLOCKS_PER_SEC);
		ok(t.n <= 8 * (RULE_FINDINGS + 1), "and %zu findings", t.n);
		if (v[i].more != NULL && v[i].more[0] == '\0')
			ok(t.last[0] == '\0', "nothing left out");
		else if (v[i].more != NULL)
			ok(strncmp(t.last, v[i].more, strlen(v[i].more)) == 0, "%s", t.last);
		buf_free(&b);
	}
	pii_free(&scan);
}

/* No report calls a department by its id. */
static void
departments(void)
{
	struct library l;
	struct err e;
	size_t n = 0, roles = 0;

	if (library_open("playbooks", NULL, &l, NULL, NULL, &e) != 0) {
		ok(false, "%s", e.msg);
		return;
	}
	for (size_t i = 0; i < l.n; i++) {
		struct json_iter it;
		struct json v, role;
		struct str key;

		if (play_load(&l, l.play[i], &e) != 0) {
			ok(false, "%s", e.msg);
			continue;
		}
		for (it = json_iter(json_get(json_view(l.play[i]->json), "tasks")); json_next(&it, &key, &v); n++) {
			struct str id = json_str(json_get(v, "department"), &l.mem), zh = name_of("department", id, true);

			if (str_eq(zh, id) || text_han(zh) == 0 || text_han(name_of("department", id, false)) > 0)
				ok(false, "%.*s: the department %.*s has no name", STRF(l.play[i]->id), STRF(id));
		}
		for (it = json_iter(json_get(json_view(l.play[i]->json), "escalation")); json_next(&it, &key, &v); roles++) {
			role = json_get(v, "to");
			if (role.type == JSON_STR && text_han(name_of("department", json_str(role, &l.mem), true)) == 0)
				ok(false, "%.*s: the role %.*s has no name", STRF(l.play[i]->id), STRF(role.raw));
		}
	}
	ok(n > 500 && roles > 50, "%zu tasks and %zu steps of ladders are for departments with names", n, roles);
	is_str(name_of("department", STR("it"), true), "信息技术", "IT");
	library_free(&l);
}

int
main(void)
{
	struct arena a = {0};
	struct str tsv;
	struct err e;

	if (file_read("lib/data/wording.tsv", 1 << 20, &a, &tsv, &e) != 0 || wording_load(tsv, "wording.tsv", &a, &table, &e) != 0) {
		printf("Bail out! %s\n", e.msg);
		return 1;
	}
	ok(wording_load(STR("vague\tfr\tx\ty\n"), "w.tsv", &a, &(struct wording *){NULL}, &e) == -1 &&
	    strncmp(e.msg, "w.tsv:1:", 8) == 0, "a table with another language is refused by line");
	words();
	triggers();
	paths();
	amounts();
	ranks();
	settling();
	templates();
	wording();
	long_texts();
	departments();
	plans();
	diffs();
	arena_free(&a);
	return tap_done();
}
