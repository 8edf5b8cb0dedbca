#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "model/entity.h"
#include "tap.h"

static struct fold fold;
static struct entity_finder *finder;

/* "org:华沛银行 amount:12000/CNY ..." of a text. */
static struct str
all(const char *text, bool taiwan, struct buf *b)
{
	struct entity_about about = {.taiwan = taiwan};
	const struct entity *e;
	size_t n;

	(void)clock_parse(STR("2026-11-22T08:30:00Z"), &about.published); /* a Sunday; 16:30 in China */
	n = entity_find(finder, str_c(text), &about, &e);
	buf_reset(b);
	for (size_t i = 0; i < n; i++) {
		buf_printf(b, "%s%s:", i > 0 ? " " : "", entity_name[e[i].kind]);
		if (e[i].kind == ENTITY_AMOUNT)
			buf_printf(b, "%.10g/%s%s", e[i].value, e[i].unit, e[i].approx ? "~" : "");
		else if (e[i].kind == ENTITY_TIME)
			buf_puts(b, e[i].when);
		else
			buf_add(b, text + e[i].off, e[i].len);
	}
	return buf_view(b);
}

static void
test_amounts(struct buf *b)
{
	static const struct {
		const char *text, *want;
	} t[] = {{"花了1.2万元", "amount:12000/CNY"}, {"三百多块", "amount:300/CNY~"}, {"paid $3.5m", "amount:3500000/USD"},
	    {"罚款一亿二千三百万元", "amount:123000000/CNY"}, {"一千五百块钱", "amount:1500/CNY"}, {"八千八百八十八元", "amount:8888/CNY"},
	    {"两千零五元", "amount:2005/CNY"}, {"１２３元", "amount:123/CNY"}, {"上百人", "amount:100/people~"}, {"十几名乘客", "amount:10/people~"},
	    {"百分之三十", "amount:30/%"}, {"下降三成", "amount:30/%"}, {"两成半的人", "amount:25/%"}, {"0.5%", "amount:0.5/%"},
	    {"£1,234.50 each", "amount:1234.5/GBP"}, {"about 40 passengers", "amount:40/people~"}, {"7 per cent", "amount:7/%"},
	    {"5000万美元", "amount:50000000/USD"}, {"存款50万没了", "amount:500000/CNY"}, {"3次", ""}, {"第三人", ""}, {"一个人在家", ""},
	    {"三成功了", ""}, {"2025元旦", ""}, {"500 miles", ""}, {"订单号1234567890123456789012345元", ""}, {"万元户", ""}};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		is_str(all(t[i].text, false, b), t[i].want, t[i].text);
	is_str(all("六百萬元", true, b), "amount:6000000/TWD", "in Taiwan 元 is TWD");
}

static void
test_times(struct buf *b)
{
	static const struct {
		const char *text, *want;
	} t[] = {{"昨天下午3点", "time:2026-11-21T07:00:00Z"}, {"昨晚", "time:2026-11-21"}, {"3月15日", "time:2026-03-15"},
	    {"12月1日", "time:2026-12-01"}, {"2月29日", ""}, {"2024年2月29日", "time:2024-02-29"}, {"13月1日", ""}, {"去年3月", "time:2025-03"},
	    {"2026年", "time:2026"}, {"上周五", "time:2026-11-13"}, {"周五", "time:2026-11-20"}, {"下周一上午九点半", "time:2026-11-23T01:30:00Z"},
	    {"两小时前", "time:2026-11-22T06:30:00Z"}, {"三天前", "time:2026-11-19"}, {"14:05系统崩了", "time:2026-11-22T06:05:00Z"},
	    {"last Tuesday", "time:2026-11-17"}, {"yesterday at 3pm", "time:2026-11-21T15:00:00Z"}, {"on 3 May 2024", "time:2024-05-03"},
	    {"March 15th", "time:2026-03-15"}, {"two days ago", "time:2026-11-20"}, {"next month", "time:2026-12"}, {"since 2019", "time:2019"},
	    {"等了三天", ""}, {"25:00", ""}, {"may I", ""}, {"比分3:2", ""}, {"the last thing", ""}, {"上个月", "time:2026-10"}};
	struct entity_about about = {.published = INT64_MIN};
	const struct entity *e;

	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		is_str(all(t[i].text, false, b), t[i].want, t[i].text);
	is_int((int64_t)entity_find(finder, STR("昨天"), &about, &e), 1, "without a clock a time is found");
	is_str(str_c(e[0].when), "", "and has no value");
}

static void
test_names(struct buf *b)
{
	static const struct {
		const char *text, *want;
	} t[] = {{"听说华沛银行城西支行要关门", "org:华沛银行城西支行"}, {"江宁市第一人民医院", "org:江宁市第一人民医院"},
	    {"这家医院不行", ""}, {"三甲医院", ""}, {"手机银行打不开", ""}, {"有限公司", ""}, {"蓝鲸科技有限公司的客服", "org:蓝鲸科技有限公司"},
	    {"市卫健委介入", "org:市卫健委"}, {"患者某7QKd和患者B", "person:患者某7QKd person:患者B"}, {"王某某被抓", "person:王某某"},
	    {"张医生很好", "person:张医生"}, {"Dr Patel was kind", "person:Dr Patel"}, {"Patient Services", ""},
	    {"在建国路88号", "place:建国路88号"}, {"去了上海", "place:上海"}, {"思路清晰", ""}, {"买了云帆X20", "product:云帆X20"},
	    {"My Galaxy Tab 9 Pro", "product:Galaxy Tab 9 Pro"}, {"Avoid Halden Bank", "org:Halden Bank"}, {"the bank", ""},
	    {"Ministry of Health", "org:Ministry of Health"}, {"榮民總醫院", "org:榮民總醫院"}, {"玉山銀行", "org:玉山銀行"}};
	static const char *const other[] = {"疏影楼集团", "疏影楼"};
	struct str term = STR("疏影楼");
	struct entity_about about = {.published = INT64_MIN, .term = &term, .nterms = 1};
	const struct entity *e;

	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		is_str(all(t[i].text, false, b), t[i].want, t[i].text);
	for (int i = 0; i < 2; i++) {
		size_t n = entity_find(finder, str_c(other[i]), &about, &e);

		ok(n == 1 && e[0].subject == 0 && e[0].kind == ENTITY_ORG && e[0].to == utf8_count(str_c(other[i])), "a watched name: %s", other[i]);
	}
	entity_names(finder, STR("{\"entities\":{\"organisation\":[\"炼油坊\"],\"place_en\":[\"quay\"]}}"));
	is_str(all("投诉金泽炼油坊", false, b), "org:金泽炼油坊", "an end of the taxonomy");
	is_str(all("at Canary Quay", false, b), "place:Canary Quay", "in English too");
}

/* Pieces of text put together at random: no crash, spans in order, within the text, on whole characters. */
static void
test_anything(void)
{
	static const char *const piece[] = {"一", "百", "万", "多", "元", "块", "$", "1", "9", ",", ".", ":", "点", "月", "日", "年", "前", "半", "上", "周", "五",
	    "医院", "银行", "有限公司", "某", "患者", "A", "Bank", "Mr ", " ", "last ", "month", "百分之", "%", "路", "号", "Pro", "-", "𠀀", "é", "，", "\n",
	    "昨天", "下午", "am", "at ", "約", "３", "成", "名", "学生", "hundreds of ", "people", "和", "来", "为", "#", "@"};
	struct str term[2] = {STR("银行"), STR("AB")};
	uint64_t seed = 7;
	bool good = true;

	for (int round = 0; round < 20000 && good; round++) {
		struct entity_about about = {.published = round % 3 ? 1795000000 + round * 7919 : INT64_MIN, .term = term, .nterms = 2};
		char text[256];
		size_t n = 0, at = 0, count;
		const struct entity *e;

		while (n < 200) {
			const char *p;

			seed += 0x9e3779b97f4a7c15u;
			p = piece[hash_u64(seed) % (sizeof piece / sizeof *piece)];
			memcpy(text + n, p, strlen(p));
			n += strlen(p);
			if (hash_u64(seed ^ 1) % 23 == 0)
				break;
		}
		count = entity_find(finder, str_n(text, n), &about, &e);
		for (size_t i = 0; i < count; i++) {
			good = good && e[i].off >= at && e[i].len > 0 && e[i].off + e[i].len <= n && utf8_valid(text + e[i].off, e[i].len) &&
			    isfinite(e[i].value) && utf8_count(str_n(text, e[i].off)) == e[i].from;
			at = e[i].off + e[i].len;
		}
		if (!good)
			printf("# %.*s\n", (int)n, text);
	}
	ok(good, "twenty thousand texts put together at random");
}

int
main(void)
{
	static const char t2s[] = "萬\t万\n榮\t荣\n總\t总\n醫\t医\n銀\t银\n約\t约\n";
	struct buf b = {0};
	struct err e;

	fold_init(&fold);
	if (fold_load(&fold, str_c(t2s), "t2s", &e) != 0)
		return 1;
	finder = entity_open(&fold);
	test_amounts(&b);
	test_times(&b);
	test_names(&b);
	test_anything();
	entity_close(finder);
	buf_free(&b);
	return tap_done();
}
