/* lib/model/minhash and dupes: estimates, clusters, memory of earlier runs. */
#include <stdlib.h>

#include "base/hash.h"
#include "model/dupes.h"
#include "tap.h"

static struct fold fold;

static struct dup_mark
see(struct dupes *d, const char *id, const char *text, const char *author, const char *root, struct dup_trace *t)
{
	struct dup_post p = {.id = str_c(id), .text = str_c(text), .author = str_c(author), .root = str_c(root),
	    .published = 1000, .original = *root == '\0'};
	struct dup_mark m;

	dupes_see(d, &p, &m, t);
	return m;
}

static void
clusters(void)
{
	static const char story[] = "华沛银行今天上午全国网点系统瘫痪，柜台和手机银行都无法办理业务，客服电话打不通，排队的人越来越多";
	struct dupes *d = dupes_new(&fold, 0.4, false);
	struct dup_mark m;
	char id[16], author[16];

	ok(!see(d, "a", story, "u1", "", NULL).copy, "the first of its kind is no copy");
	m = see(d, "b", "华沛银行今天上午全国网点系统瘫痪，柜台和手机银行都无法办理业务，客服电话打不通，排队的人越来越多 https://t.cn/x1", "u2", "", NULL);
	ok(m.copy && m.distance == 0 && m.size == 2 && str_is(m.cluster, "a"), "a URL does not make a text another");
	m = see(d, "c", "【突发】华沛银行今天上午全国网点系统瘫痪!柜台和手机银行都无法办理业务,客服电话打不通……排队的人越来越多了，你们能用吗", "u3", "", NULL);
	ok(m.copy && m.distance > 0 && m.distance < 60 && str_is(m.of, "a"), "an edited copy is one (distance %d)", m.distance);
	ok(!see(d, "e", "今天去公园散步看到很多人在放风筝，天气真的特别好，孩子玩得很开心，下周还想再去一次", "u5", "", NULL).copy,
	    "another text is none");
	ok(!see(d, "f", "好的", "u6", "", NULL).copy && !see(d, "g", "好的", "u7", "", NULL).copy,
	    "two words that anybody says are nobody's copy");
	ok(!see(d, "h", "转发微博", "u8", "r1", NULL).copy, "a bare repost of an unseen post is a first");
	m = see(d, "i", "转发微博 //@某人: 看看", "u9", "r1", NULL);
	ok(m.copy && str_is(m.of, "h"), "the next bare repost of the same root is its copy");
	ok(!see(d, "j", "转发微博", "u8", "r2", NULL).copy, "of another root it is not");
	m = see(d, "k", "转发微博", "u9", "a", NULL);
	ok(m.copy && str_is(m.of, "a") && m.distance == 0, "a bare repost of a post that was seen is a copy of that");
	for (int i = 0; i < 6; i++) {
		(void)snprintf(id, sizeof id, "s%d", i);
		(void)snprintf(author, sizeof author, "w%d", i);
		m = see(d, id, "这款手机真的太好用了，续航给力拍照清晰，强烈推荐大家入手，买它不会后悔的！", author, "", NULL);
	}
	ok(m.copy && m.template_spam && m.size == 6, "six accounts with one text as their own are marked as a template");
	m = see(d, "l", story, "u1", "", NULL);
	ok(m.copy && !m.template_spam && m.size == 5, "one account repeating itself is not");
	dupes_free(d);
}

static void
memory(void)
{
	struct dupes *d = dupes_new(&fold, 0.4, true), *again;
	struct dup_trace t[40];
	struct dup_mark first[40], m;
	int wrong = 0, lost = 0;
	struct arena mem = {0};
	char id[40][16], text[200];

	for (int i = 0; i < 40; i++) {
		(void)snprintf(id[i], sizeof id[i], "p%d", i);
		(void)snprintf(text, sizeof text, "第%d号网点今天排队两个小时没有人管，系统一直说升级%s", i % 10,
		    i % 3 ? "" : "，真是让人生气，希望给个说法");
		first[i] = see(d, id[i], text, "u", "", &t[i]);
		wrong += !t[i].fresh;
		first[i].cluster = arena_str(&mem, first[i].copy ? first[i].cluster : STR(""));
	}
	again = dupes_new(&fold, 0.4, true);
	for (int i = 0; i < 40; i++) {
		t[i].cluster = first[i].copy ? first[i].cluster : t[i].id;
		lost += !dupes_recall(again, &t[i]);
	}
	ok(wrong == 0 && lost == 0, "every post leaves a trace that is understood");
	for (int i = 0; i < 40; i++) {
		struct dup_trace u;

		(void)snprintf(text, sizeof text, "第%d号网点今天排队两个小时没有人管，系统一直说升级%s", i % 10,
		    i % 3 ? "" : "，真是让人生气，希望给个说法");
		m = see(again, id[i], text, "u", "", &u);
		wrong += m.copy != first[i].copy || u.fresh;
		if (m.copy != first[i].copy || (m.copy && (m.size != first[i].size || m.distance != first[i].distance)))
			printf("# %s: copy %d %d size %u %u distance %d %d\n", id[i], m.copy, first[i].copy, m.size,
			    first[i].size, m.distance, first[i].distance);
		if (m.copy && first[i].copy)
			wrong += m.size != first[i].size || m.distance != first[i].distance ||
			    !str_eq(m.cluster, first[i].cluster);
	}
	is_int(wrong, 0, "in the next run every post gets the mark it had");
	dupes_free(d);
	dupes_free(again);
	arena_free(&mem);
	ok(!dupes_recall(d = dupes_new(&fold, 0.4, true), &(struct dup_trace){.nbytes = 5}), "rubbish is no trace");
	dupes_free(d);
}

static void
window(void)
{
	struct dupes *d = dupes_new(&fold, 0.4, false);
	struct dup_mark m = {0};
	char text[128];
	int copies = 0;

	for (int i = 0; i < 60000; i++) { /* grows the tables several times */
		uint64_t h = hash_u64((uint64_t)i + 1);

		(void)snprintf(text, sizeof text, "%016llx%016llx%016llx", (unsigned long long)h,
		    (unsigned long long)hash_u64(h), (unsigned long long)hash_u64(h + 1));
		copies += see(d, "x", text, "", "", NULL).copy;
	}
	is_int(copies, 0, "sixty thousand unlike texts are no copies");
	for (int i = 0; i < 60000; i += 1000) {
		uint64_t h = hash_u64((uint64_t)i + 1);

		(void)snprintf(text, sizeof text, "%016llx%016llx%016llx tail", (unsigned long long)h,
		    (unsigned long long)hash_u64(h), (unsigned long long)hash_u64(h + 1));
		m = see(d, "y", text, "", "", NULL);
		copies += m.copy;
	}
	is_int(copies, 60, "and a near copy of each is still found after the tables grew");
	dupes_free(d);
}

int
main(void)
{
	fold_init(&fold);
	clusters();
	memory();
	window();
	return tap_done();
}
