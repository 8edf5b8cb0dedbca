#include "model/platform.h"
#include "tap.h"

int
main(void)
{
	struct arena a = {0};
	struct platform_names p = {0};
	struct err e;
	char longest[400];

	is_str(platform_id(&p, STR("微博")), "微博", "without a table a name stays");
	ok(platform_names_load(STR("# c\nweibo\t140\thalf\t微博|新浪微博\nx\t280\twide\nnews\t-\t-\t新闻|微博\n"), "p.tsv", &a, &p, &e) == 0,
	    "a table with and without other names");
	is_str(platform_id(&p, STR("新浪微博")), "weibo", "another name");
	is_str(platform_id(&p, STR(" 新浪 微博 ")), "weibo", "blanks aside");
	is_str(platform_id(&p, STR("WeiBo")), "weibo", "its own name in another case");
	is_str(platform_id(&p, STR("X")), "x", "a row without names");
	is_str(platform_id(&p, STR("微博")), "weibo", "the first row with a name has it");
	is_str(platform_id(&p, STR("微博客")), "微博客", "no part of a name is a name");
	is_str(platform_id(&p, STR("")), "", "an empty one");
	memset(longest, 'a', sizeof longest);
	ok(platform_id(&p, str_n(longest, sizeof longest)).n == sizeof longest, "an endless one");
	platform_names_free(&p);
	ok(platform_names_load(STR("weibo\n"), "p.tsv", &a, &p, &e) != 0 && strstr(e.msg, "p.tsv:1") != NULL, "a bad line is named");
	platform_names_free(&p);
	arena_free(&a);
	return tap_done();
}
