#include "model/author.h"
#include "tap.h"

int
main(void)
{
	static const struct {
		const char *word;
		enum author_kind kind;
	} cases[] = {{"gov", AUTHOR_OFFICIAL}, {"Government", AUTHOR_OFFICIAL}, {"政府", AUTHOR_OFFICIAL}, {"政府认证", AUTHOR_OFFICIAL},
	    {"police", AUTHOR_OFFICIAL}, {"official", AUTHOR_OFFICIAL}, {"北京市公安局官方微博", AUTHOR_OFFICIAL},
	    {"媒体", AUTHOR_MEDIA}, {"media", AUTHOR_MEDIA}, {"某某日报法人微博", AUTHOR_MEDIA},
	    {"机构", AUTHOR_ORG}, {"企业认证", AUTHOR_ORG}, {"官方认证", AUTHOR_ORG}, {"星澜电子官方微博", AUTHOR_ORG}, {"蓝V", AUTHOR_ORG},
	    {"个人认证", AUTHOR_PERSON}, {"黄V", AUTHOR_PERSON}, {"自媒体", AUTHOR_PERSON},
	    {"未认证", AUTHOR_PLAIN}, {"普通用户", AUTHOR_PLAIN}, {"none", AUTHOR_PLAIN},
	    {"资深律师，曾任职某某法院", AUTHOR_UNKNOWN}, {"前某某日报", AUTHOR_UNKNOWN}, {"", AUTHOR_UNKNOWN}, {"官方微博", AUTHOR_UNKNOWN}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		is_int(author_kind(str_c(cases[i].word)), cases[i].kind, cases[i].word);
	ok(author_by_name(STR("北京警方")) == AUTHOR_OFFICIAL && author_by_name(STR("某地发布")) == AUTHOR_OFFICIAL, "authorities by name");
	ok(author_by_name(STR("某地晚报")) == AUTHOR_MEDIA && author_by_name(STR("小王")) == AUTHOR_UNKNOWN, "media by name, others not");
	return tap_done();
}
