/* The matcher against a plain search, and the promises of its header. */
#include <stdlib.h>

#include "model/match.h"
#include "tap.h"

static struct fold fold;
static unsigned how = MATCH_USERS;

/* How often value is reported in text; the source bytes of its first hit go to *as. */
static size_t
count(const struct matcher *m, const char *text, uint32_t value, struct str *as)
{
	static struct match_text t;
	size_t n = 0;
	struct str s = str_c(text);

	match_layout(&fold, s, how, &t);
	match_scan(m, &t);
	for (size_t i = 0; i < t.nhit; i++) {
		if (t.hit[i].value != value)
			continue;
		if (n++ == 0 && as != NULL)
			*as = str_sub(s, t.hit[i].off, t.hit[i].len);
	}
	return n;
}

static void
test_terms(void)
{
	static const char *const term[] = {"数据泄露", "泄露", "leak", "data breach", "炸", "iPhone", "A", "检 查", "St. Brannoc", "check-in",
	    "1000", "C++"};
	struct matcher m = {0};
	struct str as = {0};
	struct str tsv = STR("洩\t泄\n數\t数\n據\t据\n");
	struct err e;

	fold_init(&fold);
	ok(fold_load(&fold, tsv, "t2s", &e) == 0, "the fold table loads");
	for (size_t i = 0; i < sizeof term / sizeof *term; i++)
		ok(matcher_add(&m, &fold, str_c(term[i]), (uint32_t)i), "term %zu is taken", i);
	ok(!matcher_add(&m, &fold, str_c(" \xe2\x80\x8b "), 99), "a term of spaces and invisible characters is refused");
	matcher_build(&m);
	is_int((int64_t)count(&m, "昨天数据泄露了", 0, &as), 1, "a Han term inside a sentence");
	is_str(as, "数据泄露", "its span");
	is_int((int64_t)count(&m, "昨天数据泄露了", 1, NULL), 1, "a shorter term inside a longer one is reported too");
	is_int((int64_t)count(&m, "數據洩露", 0, &as), 1, "traditional characters match simplified terms");
	is_str(as, "數據洩露", "the span is the source text");
	is_int((int64_t)count(&m, "数 据 泄\xe2\x80\x8b露", 0, &as), 1, "spaces and invisible characters between Han do not hide a term");
	is_str(as, "数 据 泄\xe2\x80\x8b露", "and belong to the span");
	is_int((int64_t)count(&m, "Leak! LEAK, leak.", 2, NULL), 3, "case is folded");
	is_int((int64_t)count(&m, "ｌｅａｋ", 2, NULL), 1, "width is folded");
	is_int((int64_t)count(&m, "leaked bleak leaks", 2, NULL), 0, "whole words only");
	is_int((int64_t)count(&m, "the leak's cause", 2, NULL), 1, "a possessive is the word");
	is_int((int64_t)count(&m, "a data  breach", 3, &as), 1, "two words");
	is_str(as, "data  breach", "their span");
	is_int((int64_t)count(&m, "databreach data-breach", 3, NULL), 1, "a hyphen is a space, nothing is not");
	is_int((int64_t)count(&m, "炸", 4, NULL), 1, "a term of one character, alone");
	is_int((int64_t)count(&m, "炸炸炸", 4, NULL), 3, "and repeated");
	is_int((int64_t)count(&m, "手机炸了", 4, NULL), 1, "and at the end");
	is_int((int64_t)count(&m, "我的iPhone15", 5, NULL), 1, "a name before a model number");
	is_int((int64_t)count(&m, "用A4纸", 6, NULL), 0, "a single letter glued to a digit is no word");
	is_int((int64_t)count(&m, "plan A", 6, NULL), 1, "a single letter alone is");
	is_int((int64_t)count(&m, "检查", 7, NULL), 1, "spaces in a Han term do not count");
	is_int((int64_t)count(&m, "at St. Brannoc's today", 8, NULL), 1, "a mark inside a term");
	is_int((int64_t)count(&m, "the check in desk", 9, NULL), 1, "a hyphen in a term is a space");
	is_int((int64_t)count(&m, "【数据泄露】", 0, NULL), 1, "inside brackets");
	is_int((int64_t)count(&m, "[leak]", 2, NULL), 1, "a word inside brackets");
	is_int((int64_t)count(&m, "@泄露小助手 你好", 1, NULL), 1, "inside an @name when asked for");
	is_int((int64_t)count(&m, "1000元", 10, NULL), 1, "a number");
	is_int((int64_t)count(&m, "10000元", 10, NULL), 0, "not a part of a number");
	is_int((int64_t)count(&m, "c++ 开发", 11, NULL), 1, "marks at the end of a term");
	is_int((int64_t)count(&m, "", 0, NULL), 0, "an empty text");
	matcher_free(&m);
	matcher_build(&m);
	is_int((int64_t)count(&m, "泄露", 0, NULL), 0, "no terms, no hits");
	matcher_free(&m);
}

static void
test_stems(void)
{
	static const char *const same[][4] = {{"charge", "charges", "charged", "charging"}, {"stop", "stops", "stopped", "stopping"},
	    {"cancel", "cancels", "cancelled", "cancelling"}, {"bill", "bills", "billed", "billing"},
	    {"deny", "denies", "denied", "denying"}, {"crash", "crashes", "crashed", "crashing"},
	    {"leak", "leaks", "leaked", "leaking"}, {"use", "uses", "used", "use"}};
	static const char *const apart[][2] = {{"us", "use"}, {"bus", "bu"}, {"this", "thi"}, {"bring", "br"}, {"feed", "fe"}, {"red", "r"}};
	struct matcher m = {.stems = true};
	char w[2][32];

	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		for (size_t j = 1; j < 4; j++) {
			size_t n[2];

			for (size_t k = 0; k < 2; k++) {
				strcpy(w[k], same[i][k == 0 ? 0 : j]);
				n[k] = match_stem(w[k], strlen(w[k]));
			}
			ok(n[0] == n[1] && memcmp(w[0], w[1], n[0]) == 0, "%s and %s have one stem", same[i][0], same[i][j]);
		}
	for (size_t i = 0; i < sizeof apart / sizeof *apart; i++) {
		size_t n;

		strcpy(w[0], apart[i][0]);
		n = match_stem(w[0], strlen(w[0]));
		ok(n != strlen(apart[i][1]) || memcmp(w[0], apart[i][1], n) != 0, "%s is not cut to %s", apart[i][0], apart[i][1]);
	}
	matcher_add(&m, &fold, STR("charge twice"), 7);
	matcher_build(&m);
	how = MATCH_STEMS;
	is_int((int64_t)count(&m, "They CHARGED twice!", 7, NULL), 1, "a term matches inflected when stems are asked for");
	how = MATCH_USERS;
	is_int((int64_t)count(&m, "charged twice", 7, NULL), 0, "and not otherwise");
	matcher_free(&m);
}

/* Random terms over a small alphabet against strstr. */
static void
test_random(void)
{
	static const char *const han[] = {"甲", "乙", "丙", "丁"};
	char term[300][13], text[400];
	uint64_t seed = 42;
	struct matcher m = {0};
	size_t wrong = 0, hits = 0;

	for (size_t i = 0; i < 300; i++) {
		term[i][0] = '\0';
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		for (uint64_t n = 1 + (seed >> 40) % 4, r = seed >> 44; n > 0; n--, r >>= 2)
			strcat(term[i], han[r & 3]);
		matcher_add(&m, &fold, str_c(term[i]), (uint32_t)i);
	}
	matcher_build(&m);
	for (int round = 0; round < 50; round++) {
			static struct match_text t;
		size_t want = 0;
		const char *prev = NULL;
		int same = 0;

		text[0] = '\0';
		for (int i = 0; i < 60; i++) {
			const char *c;

			seed = seed * 6364136223846793005u + 1442695040888963407u;
			c = han[seed >> 60 & 3];
			same = c == prev ? same + 1 : 1;
			prev = c;
			if (same <= 3) /* longer runs are cut */
				strcat(text, c);
		}
		for (size_t i = 0; i < 300; i++)
			for (const char *p = text; (p = strstr(p, term[i])) != NULL; p += 3)
				want++;
		match_layout(&fold, str_c(text), 0, &t);
		match_scan(&m, &t);
		hits += want;
		wrong += t.nhit != want;
		for (size_t i = 0; i < t.nhit; i++) {
			struct str s = str_sub(str_c(text), t.hit[i].off, t.hit[i].len);

			wrong += !str_is(s, term[t.hit[i].value]);
			wrong += i > 0 && t.hit[i].off < t.hit[i - 1].off;
		}
	}
	ok(wrong == 0 && hits > 1000, "300 random terms in 50 texts: the same %zu hits as strstr, in order", hits);
	matcher_free(&m);
}

int
main(void)
{
	test_terms();
	test_stems();
	test_random();
	return tap_done();
}
