/* Answers to posts: which words, for whom, how long. */
#include <stdio.h>

#include "model/reply.h"
#include "tap.h"

static struct arena a;

static void
sections(void)
{
	struct str zh = STR("# 话术\n\n## 热线\n\n“不是这一段。”\n\n## 网络评论公开回复\n\n“您好，“{{claim}}”不准确。请私信。”不争论。\n\n下一段不算。\n\n"
	                    "## 网上：首发帖\n没有引号的整段。\n\n## 不说\n- 个例\n");
	struct str en = STR("# Scripts\n## Comment online: \"serves them right\"\n\"Ring {{hotline}}.\" Answer once.\n## Do not say\n- x\n");
	struct reply_section *v;

	is_int((long long)reply_sections(zh, true, &a, &v), 2, "sections made for posts");
	ok(str_is(v[0].heading, "网络评论公开回复"), "by a word of the heading");
	ok(str_is(v[0].said, "您好，“{{claim}}”不准确。请私信。"), "said is what stands in quotation marks, marks within stay");
	ok(str_is(v[1].said, "没有引号的整段。"), "or the whole section");
	is_int((long long)reply_sections(en, false, &a, &v), 1, "in English");
	ok(str_is(v[0].said, "Ring {{hotline}}."), "advice behind the mark is not said");
	is_int((long long)reply_sections(STR("## 网上"), true, &a, &v), 1, "a heading at the end");
	is_int((long long)v[0].said.n, 0, "says nothing");
	is_int((long long)reply_sections(STR(""), true, &a, &v), 0, "an empty text");
}

static void
lengths(void)
{
	struct platforms p;
	const struct platform *w, *x, *d;
	struct err e;

	ok(platforms_load(STR("# c\nweibo\t6\thalf\t微博\nnews\t-\t-\t新闻\nx\t6\twide\ndouyin\t6\tchars\n"), "p.tsv", &a, &p, &e) == 0, "a table is read");
	w = platform_find(&p, STR("weibo"));
	x = platform_find(&p, STR("x"));
	d = platform_find(&p, STR("douyin"));
	ok(w != NULL && x != NULL && d != NULL && platform_find(&p, STR("y")) == NULL, "by name");
	is_int(platform_length(w, STR("抱歉ab")), 3, "Weibo: two half-width characters count one");
	is_int(platform_length(w, STR("抱歉abc")), 4, "and half of one counts");
	is_int(platform_length(x, STR("抱歉ab")), 6, "X: a Chinese character counts two");
	is_int(platform_length(d, STR("抱歉ab")), 4, "elsewhere every character one");
	ok(str_is(platform_fit(d, STR("抱歉ab")), "抱歉ab"), "what fits stays");
	ok(str_is(platform_fit(d, STR("抱歉。请等。请打电话。")), "抱歉。请等。"), "whole sentences are left out at the end");
	is_int((long long)platform_fit(d, STR("没有一句话放得下。")).n, 0, "never a part of one");
	ok(str_is(platform_fit(x, STR("Hi! 3.5 no.")), "Hi!"), "a point within a number ends no sentence");
	ok(platforms_load(STR("weibo\t0\thalf\n"), "p.tsv", &a, &p, &e) != 0 && strstr(e.msg, "p.tsv:1") != NULL, "a bad line is named");
	ok(platforms_load(STR("weibo\t9\tinches\n"), "p.tsv", &a, &p, &e) != 0, "a bad unit");
}

static enum reply_why
why(struct reply_rules *r, const char *json)
{
	return reply_wanted(r, json_view(str_c(json)), &a);
}

static void
wanted(void)
{
	struct str type = STR("system.outage");
	struct reply_rules r = {.subject = STR("b"), .type = &type, .ntype = 1};

	is_int(why(&r, "{\"text\":\"x\"}"), REPLY_YES, "what nobody judged is answered");
	is_int(why(&r, "{\"subjects\":[{\"id\":\"b\",\"voice\":\"media\"}]}"), REPLY_VOICE, "the media get another answer");
	is_int(why(&r, "{\"subjects\":[{\"id\":\"c\",\"voice\":\"own\"},{\"id\":\"b\",\"voice\":\"public\"}]}"), REPLY_YES,
	    "the voice is the one of the case's subject");
	is_int(why(&r, "{\"form\":\"repost\"}"), REPLY_FORM, "a repost says nothing");
	is_int(why(&r, "{\"crisis\":{\"kind\":\"ad\",\"type\":\"system.outage\"}}"), REPLY_KIND, "an advertisement");
	is_int(why(&r, "{\"sentiment\":{\"label\":\"pos\"}}"), REPLY_KIND, "praise");
	is_int(why(&r, "{\"crisis\":{\"type\":\"data.breach\"}}"), REPLY_TYPE, "another type");
	is_int(why(&r, "{\"channel\":\"hotline\",\"form\":\"complaint\"}"), REPLY_CHANNEL, "nobody writes below a telephone call");
	r.any_type = r.any_mood = true;
	is_int(why(&r, "{\"crisis\":{\"type\":\"data.breach\",\"kind\":\"ad\"}}"), REPLY_YES, "all of them when asked for");
	ok(reply_in_chinese(json_view(STR("{\"text\":\"bank 坏了\"}")), &a), "by letters");
	ok(!reply_in_chinese(json_view(STR("{\"text\":\"坏了\",\"lang\":\"en\"}")), &a), "the record's language stands");
	ok(str_is(reply_stakeholder(json_view(STR("{\"form\":\"complaint\"}"))), "customer"), "who complained to the house");
	ok(reply_author(json_view(STR("{\"platform\":\"w\",\"author\":{\"id\":\"1\"}}")), &a) !=
	        reply_author(json_view(STR("{\"platform\":\"x\",\"author\":{\"id\":\"1\"}}")), &a),
	    "an id belongs to its platform");
	ok(reply_author(json_view(STR("{\"platform\":\"w\"}")), &a) == 0, "nobody is nobody");
}

int
main(void)
{
	sections();
	lengths();
	wanted();
	arena_free(&a);
	return tap_done();
}
