#include "base/utf8.h"
#include "ext/crypto.h"
#include "model/message.h"
#include "model/route.h"
#include "tap.h"

static struct arena mem;

static struct message
read_message(const char *json, enum msg_kind kind)
{
	struct message m;
	struct err e = {0};

	if (message_read(json_view(str_c(json)), kind, &mem, &m, &e) != 0) {
		printf("# %s\n", e.msg);
		m = (struct message){0};
	}
	return m;
}

static struct str
quoted(enum msg_style style, const char *s, size_t max)
{
	struct buf b = {0};
	struct str out;

	message_quote(style, str_c(s), max, &b);
	out = arena_str(&mem, buf_view(&b));
	buf_free(&b);
	return out;
}

static void
quoting(void)
{
	static const char *const attacks[] = {"<!channel>", "<@U1> @all", "@所有人", "<at id=all></at>", "[x](http://e/)",
	    "**b**\r\n# h\n> q", "`c` ~~d~~ | t |", ("\xe2\x80\xae" "exe"), "&lt;at&gt;", "\\*x\\*"};
	static const enum msg_style marked[] = {STYLE_WECOM, STYLE_WECOM_TEXT, STYLE_DING, STYLE_FEISHU};
	size_t bad = 0;

	is_str(quoted(STYLE_PLAIN, "a\r\nb\t\tc", 0), "a b c", "line breaks and runs of space become one space");
	is_str(quoted(STYLE_PLAIN, "see http://e/x", 0), "see http：//e/x", "a link is no link any more");
	is_str(quoted(STYLE_SLACK, "<!here> & <b>", 0), "&lt;!here&gt; &amp; &lt;b&gt;", "Slack: three entities");
	is_str(quoted(STYLE_WECOM, "<@a> [b](c) *d*", 0), "＜＠a＞ ［b］(c) ＊d＊", "WeCom: full-width forms");
	is_str(quoted(STYLE_PLAIN, "系统又崩了", 3), "系统又…", "cut at a character, with a mark");
	is_str(quoted(STYLE_PLAIN, "系统又", 3), "系统又", "what fits is not cut");
	is_str(quoted(STYLE_PLAIN, "", 3), "", "nothing stays nothing");
	for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++)
		for (size_t k = 0; k < sizeof marked / sizeof marked[0]; k++) {
			struct str q = quoted(marked[k], attacks[i], 0);

			for (size_t c = 0; c < q.n; c++)
				bad += memchr("<>@[]*`#&~|\\\n\r", q.p[c], 14) != NULL;
			bad += !utf8_valid(q.p, q.n);
		}
	is_int((int64_t)bad, 0, "no character that any of the markups knows is left");
	ok(message_pages(STYLE_WECOM, STR("x <@zhang>")), "a draft that would page in WeCom");
	ok(message_pages(STYLE_DING, STR("x @ALL y")), "in DingTalk");
	ok(message_pages(STYLE_FEISHU, STR("<AT user_id=\"all\">")), "in Feishu");
	ok(!message_pages(STYLE_SLACK, STR("<!channel>")), "in Slack it is escaped instead");
	ok(!message_pages(STYLE_WECOM, STR("mail a@b.c")), "an address pages nobody");
}

static void
splitting(void)
{
	struct str *part, text = STR("一二三四五六七八九十\n一二三四五六七八九十\n一二三四五六七八九十\n一二三四五六七八九十");
	struct buf joined = {0}, amp = {0};
	size_t n, i, worst = 0;

	is_int((int64_t)message_split(text, 200, UNIT_BYTES, &mem, &part), 1, "what fits is one part, without a number");
	is_str(part[0], text.p, "and unchanged");
	for (size_t max = 64; max < 140; max++) {
		n = message_split(text, max, UNIT_BYTES, &mem, &part);
		buf_reset(&joined);
		for (i = 0; i < n; i++) {
			struct str rest = part[i], head;

			worst += part[i].n > max || !utf8_valid(part[i].p, part[i].n);
			if (n > 1)
				(void)str_split(&rest, '\n', &head);
			buf_str(&joined, rest);
		}
		worst += !str_eq(buf_view(&joined), text);
	}
	is_int((int64_t)worst, 0, "at any size: no part too long, no character cut, nothing lost");
	n = message_split(text, 110, UNIT_BYTES, &mem, &part);
	is_int((int64_t)n, 2, "two parts");
	ok(str_starts(part[0], STR("(1/2)\n一二三")) && str_starts(part[1], STR("(2/2)\n一二三")), "cut between lines, numbered");
	for (i = 0; i < 40; i++)
		buf_puts(&amp, "&amp;");
	n = message_split(buf_view(&amp), 64, UNIT_CHARS, &mem, &part);
	worst = 0;
	for (i = 0; i < n; i++)
		worst += !str_ends(part[i], STR("&amp;")) || utf8_count(part[i]) > 64;
	is_int((int64_t)worst, 0, "an entity is never cut");
	buf_free(&joined);
	buf_free(&amp);
}

static void
reading(void)
{
	struct message m;
	struct err e = {0};
	struct buf b = {0};
	struct msg_opts o = {.zh = true, .zone_s = 28800};

	m = read_message("{\"kind\":\"case\",\"id\":\"c-1\",\"level\":\"red\",\"tasks\":[{\"duty\":\"x\",\"deadline_s\":60},"
	    "{\"duty\":{\"zh\":\"甲\"},\"deadline_s\":30},{\"duty\":\"done\",\"state\":\"done\",\"deadline_s\":1},{\"duty\":\"none\"}],"
	    "\"change\":{\"what\":\"case.raise\",\"at\":\"2026-11-22T08:00:00Z\",\"from\":\"blue\",\"to\":\"red\"}}", MSG_CASE);
	is_str(m.event, "raise:red@2026-11-22T08:00:00Z", "what happened to a case: change, level, time");
	is_int((int64_t)m.ntask, 3, "what is done is not among the next tasks");
	is_str(m.task[0].duty_zh, "甲", "the first deadline first");
	is_str(m.task[2].duty_zh, "none", "those without one last");
	is_int(m.tasks, 4, "all are counted");
	message_title(&m, &o, &b);
	is_str(buf_view(&b), "【升级为红色】c-1", "without subject and type the title names the case");
	m = read_message("{\"id\":\"i\",\"level\":\"blue\",\"change\":{\"at\":\"2026-11-22T08:00:00Z\"}}", MSG_INCIDENT);
	is_str(m.event, "level:blue", "an incident: its level, nothing that changes from run to run");
	m = read_message("{\"id\":\"t\",\"case\":\"c\",\"overdue_s\":5,\"escalated\":2,\"escalate_to\":\"x\"}", MSG_TASK);
	is_str(m.event, "t:escalate.2@-", "a task: each step of its ladder");
	is_str(m.about, "c", "a task is about its case");
	ok(message_read(json_view(STR("{\"level\":\"red\"}")), MSG_CASE, &mem, &m, &e) != 0, "no id: refused");
	ok(message_read(json_view(STR("{\"id\":\"x\",\"level\":5}")), MSG_INCIDENT, &mem, &m, &e) != 0, "no level: refused");
	ok(message_read(json_view(STR("{\"id\":\"x\",\"state\":\"released\"}")), MSG_DRAFT, &mem, &m, &e) != 0, "no text: refused");
	m = read_message("{\"id\":7,\"id2\":\"\"}", MSG_CASE);
	is_int((int64_t)m.id.n, 0, "an id that is no string is none");
	m = read_message("{\"id\":\"i\",\"level\":\"red\",\"why\":{},\"posts\":\"x\",\"tasks\":7,\"playbook\":[],\"window\":null}", MSG_INCIDENT);
	is_str(m.about, "i", "members of the wrong type are as absent");
	buf_reset(&b);
	message_type(&m, &b);
	is_str(buf_view(&b), "tocsin.incident.level", "the type of an event");
	buf_free(&b);
}

static void
routing(void)
{
	struct str data[] = {STR("data.")}, red[] = {STR("a")};
	struct route r[] = {{.name = STR("one"), .levels = 1u << CASE_RED, .when = -1, .go_on = true},
	    {.name = STR("two"), .type = data, .ntype = 1, .when = -1},
	    {.name = STR("three"), .when = 0},
	    {.name = STR("four"), .subject = red, .nsubject = 1, .when = -1}};
	struct message m = {.kind = MSG_CASE, .level = CASE_RED, .type = STR("data.breach"), .about = STR("c|1"), .event = STR("open")};
	bool yes = true, no = false, hit[4];

	is_int((int64_t)route_pick(r, 4, true, &m, &yes, hit), 2, "first match, and what its continue lets follow");
	ok(hit[0] && hit[1] && !hit[2] && !hit[3], "these");
	is_int((int64_t)route_pick(r, 4, false, &m, &yes, hit), 3, "all that match");
	is_int((int64_t)route_pick(r, 4, false, &m, &no, hit), 2, "a condition counts");
	m.type = STR("database");
	is_int((int64_t)route_pick(r + 1, 1, true, &m, &no, hit), 0, "data. is not database");
	is_str(route_key(&mem, STR("g"), STR("a|b"), &m, 0, 0), "g|a%7Cb|c%7C1|open", "keys cannot be forged by names with bars");
	is_str(route_key(&mem, STR("g"), STR(""), &m, 2, 3), "g||c%7C1|open|step2|part3", "steps and parts are apart");
	is_int((int64_t)route_group(&mem, &r[0], &m).n, 0, "no group, no gathering");
	r[0].group = GROUP_ALL;
	is_str(route_group(&mem, &r[0], &m), "one|", "all: the route alone");
}

static void
times(void)
{
	struct quiet night = {true, 22 * 60, 7 * 60 + 30}, noon = {true, 12 * 60, 13 * 60}, off = {false, 0, 1440};
	int64_t day = 1700006400; /* 2023-11-15T00:00:00Z, 08:00 in Beijing */
	struct retry r = {30, 3600, 12};
	struct rate three = {3, 60}, none = {0, 0};
	struct rate_log log = {.n = 0};
	struct buf b = {0};
	bool grows = true, same = true;
	int64_t last = 0;

	is_int(quiet_until(&night, 28800, day), day, "eight in the morning is not night");
	is_int(quiet_until(&night, 28800, day - 8 * 3600), day - 1800, "midnight waits until half past seven");
	is_int(quiet_until(&night, 28800, day + 14 * 3600), day + 86400 - 1800, "ten in the evening waits for the next morning");
	is_int(quiet_until(&night, 28800, day - 1800), day - 1800, "the end is not in it");
	is_int(quiet_until(&noon, 0, day + 12 * 3600 + 60), day + 13 * 3600, "within a day");
	is_int(quiet_until(&off, 0, day), day, "switched off");
	for (int64_t i = 1; i < 12; i++) {
		int64_t w = retry_wait(&r, i, STR("k"));
		int64_t base = 30;

		for (int64_t k = 1; k < i && base < 3600; k++)
			base *= 2;
		if (base > 3600)
			base = 3600;
		grows = grows && w >= base && w <= base + base / 4;
		same = same && w == retry_wait(&r, i, STR("k"));
		last = w;
	}
	ok(grows, "waits double up to the longest, with at most a quarter more");
	ok(same, "and are the same again");
	ok(last != retry_wait(&r, 11, STR("other")) || retry_wait(&r, 10, STR("k")) != retry_wait(&r, 10, STR("other")),
	    "but not the same for all");
	is_int((int64_t)rate_room(&log, &three, 100), 3, "room for three");
	rate_add(&log, &three, 100);
	rate_add(&log, &three, 110);
	rate_add(&log, &three, 110);
	is_int((int64_t)rate_room(&log, &three, 159), 0, "none within the minute");
	is_int(rate_next(&log, &three, 159), 160, "the first goes over at sixty seconds");
	is_int((int64_t)rate_room(&log, &three, 160), 1, "then there is room for one, no burst over a boundary");
	rate_log_write(&log, &b);
	is_str(buf_view(&b), "110,110", "kept as text");
	rate_log_read(&log, STR("5,x,7,6,9"));
	is_int((int64_t)log.n, 3, "what is odd in it is passed over");
	ok(rate_room(&log, &none, 0) > 1000000, "no limit");
	buf_free(&b);
}

/* The vectors of the protocols, with the key and message each vendor means. */
static void
signatures(void)
{
	struct buf key = {0}, out = {0};

	ok(base64_get(STR("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), &key), "a Standard Webhooks key is base64");
	hmac_sha256_base64(buf_view(&key), STR("msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}"), &out);
	is_str(buf_view(&out), "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "Standard Webhooks");
	buf_reset(&out);
	hmac_sha256_hex(STR("It's a Secret to Everybody"), STR("Hello, World!"), &out);
	is_str(buf_view(&out), "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", "X-Hub-Signature-256");
	buf_reset(&out);
	hmac_sha256_base64(STR("SECtest"), STR("1700000000000\nSECtest"), &out);
	is_str(buf_view(&out), "aZLLrriXgn05YbwaGR7knYsLeJADjr9NwLaNNKpxh4g=", "DingTalk: the secret is the key");
	buf_reset(&out);
	hmac_sha256_base64(STR("1700000000\ndemo"), STR(""), &out);
	is_str(buf_view(&out), "8oT2n3SMKFfEnDoiwer8BUM/SjKLwe9SqoEIHlhDTKo=", "Feishu: the text is the key");
	buf_free(&key);
	buf_free(&out);
}

int
main(void)
{
	quoting();
	splitting();
	reading();
	routing();
	times();
	signatures();
	arena_free(&mem);
	return tap_done();
}
