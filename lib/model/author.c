#include "model/author.h"

struct word {
	const char *text;
	enum author_kind kind;
};

static const struct word words[] = {
    {"government", AUTHOR_OFFICIAL}, {"gov", AUTHOR_OFFICIAL}, {"official", AUTHOR_OFFICIAL}, {"authority", AUTHOR_OFFICIAL},
    {"police", AUTHOR_OFFICIAL}, {"court", AUTHOR_OFFICIAL}, {"regulator", AUTHOR_OFFICIAL}, {"政府", AUTHOR_OFFICIAL},
    {"政务", AUTHOR_OFFICIAL}, {"政府机构", AUTHOR_OFFICIAL}, {"政务机构", AUTHOR_OFFICIAL}, {"政府机关", AUTHOR_OFFICIAL},
    {"党政机关", AUTHOR_OFFICIAL}, {"国家机关", AUTHOR_OFFICIAL}, {"机关", AUTHOR_OFFICIAL}, {"公安", AUTHOR_OFFICIAL},
    {"警方", AUTHOR_OFFICIAL}, {"法院", AUTHOR_OFFICIAL}, {"检察院", AUTHOR_OFFICIAL}, {"监管机构", AUTHOR_OFFICIAL},
    {"政府部门", AUTHOR_OFFICIAL}, {"监管部门", AUTHOR_OFFICIAL},
    {"media", AUTHOR_MEDIA}, {"press", AUTHOR_MEDIA}, {"news", AUTHOR_MEDIA}, {"newspaper", AUTHOR_MEDIA},
    {"媒体", AUTHOR_MEDIA}, {"新闻媒体", AUTHOR_MEDIA}, {"媒体机构", AUTHOR_MEDIA}, {"新闻机构", AUTHOR_MEDIA},
    {"媒體", AUTHOR_MEDIA},
    {"organisation", AUTHOR_ORG}, {"organization", AUTHOR_ORG}, {"org", AUTHOR_ORG}, {"institution", AUTHOR_ORG},
    {"enterprise", AUTHOR_ORG}, {"company", AUTHOR_ORG}, {"business", AUTHOR_ORG}, {"brand", AUTHOR_ORG}, {"blue", AUTHOR_ORG},
    {"机构", AUTHOR_ORG}, {"機構", AUTHOR_ORG}, {"企业", AUTHOR_ORG}, {"企業", AUTHOR_ORG}, {"品牌", AUTHOR_ORG},
    {"商家", AUTHOR_ORG}, {"公司", AUTHOR_ORG}, {"学校", AUTHOR_ORG}, {"校园", AUTHOR_ORG}, {"公益", AUTHOR_ORG},
    {"团体", AUTHOR_ORG}, {"社会组织", AUTHOR_ORG}, {"蓝v", AUTHOR_ORG}, {"官方", AUTHOR_ORG},
    {"person", AUTHOR_PERSON}, {"personal", AUTHOR_PERSON}, {"individual", AUTHOR_PERSON}, {"kol", AUTHOR_PERSON},
    {"celebrity", AUTHOR_PERSON}, {"yellow", AUTHOR_PERSON}, {"red", AUTHOR_PERSON}, {"个人", AUTHOR_PERSON},
    {"個人", AUTHOR_PERSON}, {"黄v", AUTHOR_PERSON}, {"橙v", AUTHOR_PERSON}, {"红v", AUTHOR_PERSON}, {"金v", AUTHOR_PERSON},
    {"达人", AUTHOR_PERSON}, {"名人", AUTHOR_PERSON}, {"自媒体", AUTHOR_PERSON}, {"大v", AUTHOR_PERSON},
    {"none", AUTHOR_PLAIN}, {"no", AUTHOR_PLAIN}, {"false", AUTHOR_PLAIN}, {"0", AUTHOR_PLAIN}, {"unverified", AUTHOR_PLAIN},
    {"ordinary", AUTHOR_PLAIN}, {"user", AUTHOR_PLAIN}, {"未", AUTHOR_PLAIN}, {"非", AUTHOR_PLAIN}, {"无", AUTHOR_PLAIN},
    {"否", AUTHOR_PLAIN}, {"普通", AUTHOR_PLAIN}, {"普通用户", AUTHOR_PLAIN},
};

static bool
ends_in(struct str s, const char *const list[])
{
	for (; *list != NULL; list++)
		if (str_ends(s, str_c(*list)))
			return true;
	return false;
}

static struct str
without_tail(struct str s, const char *const list[])
{
	for (; *list != NULL; list++)
		if (str_ends(s, str_c(*list)))
			return str_trim(str_sub(s, 0, s.n - strlen(*list)));
	return s;
}

enum author_kind
author_by_name(struct str name)
{
	static const char *const media[] = {"日报", "晚报", "早报", "晨报", "都市报", "新闻", "电视台", "卫视", "周刊", "新闻网", "通讯社",
	    "广播电台", "News", "Daily", "Times", "日報", "晚報", "新聞", NULL};
	static const char *const official[] = {"发布", "公安", "公安局", "公安厅", "派出所", "警方", "警方在线", "网警", "消防", "消防救援",
	    "卫健委", "卫生健康委", "卫生健康委员会", "监管局", "监督管理局", "应急管理局", "应急管理部", "法院", "检察院", "网信", "网信办", "交警",
	    "市场监管", "人民政府", "发改委", "疾控", "疾控中心", "辟谣平台", "微博辟谣", "消保委", "教育局", "Police", "Police Department", NULL};

	name = str_trim(name);
	return ends_in(name, official) ? AUTHOR_OFFICIAL : ends_in(name, media) ? AUTHOR_MEDIA : AUTHOR_UNKNOWN;
}

enum author_kind
author_kind(struct str word)
{
	static const char *const tails[] = {"认证用户", "认证账号", "认证", "認證", "账号", "账户", " account", NULL};
	static const char *const own[] = {"官方微博", "官方账号", "官方帐号", "官方抖音号", "官方抖音", "官方公众号", "官方视频号", "官方号", "法人微博",
	    NULL};
	struct str s, whose;

	if (word.n == 0) /* nearly always */
		return AUTHOR_UNKNOWN;
	s = without_tail(str_trim(word), tails);
	whose = without_tail(str_trim(word), own);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq_nocase(s, str_c(words[i].text)))
			return words[i].kind;
	/* in words: whose account it is. Of people such words tell what they were or do, so the tail must be there */
	if (whose.n > 0 && whose.n < str_trim(word).n)
		return author_by_name(whose) != AUTHOR_UNKNOWN ? author_by_name(whose) : AUTHOR_ORG;
	return AUTHOR_UNKNOWN;
}
