/* The store's verbs, each against what its header promises. */
#include "tap.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ext/store.h"

static char path[200];
static struct store *s;
static struct err e;
static struct arena a;
static struct buf got;

static void
reopen(enum store_mode mode)
{
	store_close(s);
	s = NULL;
	if (store_open(path, mode, &s, &e) != 0) {
		printf("# %s\n", e.msg);
		exit(1);
	}
}

static enum store_how
add(const char *json, int64_t now)
{
	struct rec r = {0};
	enum store_how how = STORE_SAME;

	if (rec_parse(&r, str_c(json), false, &e) != 0 || store_post_add(s, &r, now, &how, &e) != 0)
		printf("# %s\n", e.msg);
	rec_free(&r);
	return how;
}

static int
id_of(void *ctx, struct str json, struct err *err)
{
	struct json id = json_get(json_view(json), "id");

	(void)ctx;
	(void)err;
	buf_str(&got, str_sub(id.raw, 1, id.raw.n - 2));
	buf_putc(&got, ' ');
	return 0;
}

static struct str
ask(struct store_query q)
{
	buf_reset(&got);
	if (store_posts(s, &q, id_of, NULL, &e) != 0)
		buf_puts(&got, e.msg);
	return buf_view(&got);
}

#define P1 "{\"kind\":\"post\",\"id\":\"p1\",\"source\":\"a\",\"platform\":\"weibo\",\"text\":\"华沛银行排队两小时，5G手机\",\"published\":\"2026-11-22T08:10:00Z\""
#define P1B ",\"metrics\":{\"likes\":5,\"views\":100},\"subjects\":[{\"id\":\"hp\"},{\"id\":\"hp\"},{\"id\":\"jn\"}],\"sentiment\":{\"label\":\"neg\",\"score\":-0.5},\"crisis\":{\"type\":\"service.delay\"}"
#define P2 "{\"kind\":\"post\",\"id\":\"p2\",\"source\":\"b\",\"text\":\"The Bank App is down\",\"published\":\"2026-11-22T08:50:00Z\",\"subjects\":[{\"id\":\"hp\"}],\"dup\":{\"cluster\":\"p1\"}}"
#define P3 "{\"kind\":\"post\",\"id\":\"p3\",\"source\":\"b\",\"title\":\"公告\",\"text\":\"\",\"published\":\"2026-11-21T23:50:00Z\",\"drill\":{\"id\":\"x\"}}"

static int
count_reading(void *ctx, const struct store_reading *r, struct err *err)
{
	(void)ctx;
	(void)err;
	buf_printf(&got, "%lld:%lld/%lld/%lld ", (long long)r->ts, (long long)r->v[METRIC_LIKES], (long long)r->v[METRIC_VIEWS], (long long)r->v[METRIC_PLAYS]);
	return 0;
}

static int
point(void *ctx, const struct store_point *p, struct err *err)
{
	(void)ctx;
	(void)err;
	buf_printf(&got, "%.*s/%.*s@%lld n%lld u%lld -%lld sum%.2f e%lld v%lld; ", STRF(p->subject), STRF(p->type), (long long)p->ts, (long long)p->n,
	    (long long)p->uniq, (long long)p->neg, p->sum, (long long)p->engagement, (long long)p->views);
	return 0;
}

static struct str
series(struct store_series_query q)
{
	buf_reset(&got);
	if (store_series(s, &q, point, NULL, &e) != 0)
		buf_puts(&got, e.msg);
	return buf_view(&got);
}

static void
posts(void)
{
	enum { HOUR8 = 1795334400 }; /* 2026-11-22T08:00:00Z */
	struct str json;
	int64_t n = -1;

	is_int(add(P1 P1B "}", 100), STORE_NEW, "a new post");
	is_int(add(P1 P1B "}", 200), STORE_SAME, "the same again is the same");
	is_int(add(P1 P1B ",\"collected\":\"2026-11-22T09:00:00Z\"}", 300), STORE_SAME, "collected later is the same");
	is_int(store_post_get(s, STR("p1"), &a, &json, &e), 1, "it is there");
	is_str(json, P1 P1B "}", "byte for byte, as it came first");
	is_int(add(P2, 100), STORE_NEW, "a copy");
	is_int(add(P3, 100), STORE_NEW, "a post of a drill");
	is_str(ask((struct store_query){0}), "p1 p2 ", "by time; drills are left out");
	is_str(ask((struct store_query){.newest = true, .limit = 1}), "p2 ", "newest first, limited");
	is_str(ask((struct store_query){.drills = true}), "p3 ", "drills alone");
	is_str(ask((struct store_query){.subject = STR("jn")}), "p1 ", "by subject");
	is_str(ask((struct store_query){.cluster = STR("p1")}), "p1 p2 ", "by cluster");
	is_str(ask((struct store_query){.sentiment = STR("neg")}), "p1 ", "by sentiment");
	is_str(ask((struct store_query){.since = HOUR8 + 600, .until = HOUR8 + 3000}), "p1 ", "since is inside, until outside");
	is_str(ask((struct store_query){.text = STR("排队")}), "p1 ", "two Chinese characters within a run");
	is_str(ask((struct store_query){.text = STR("队两小")}), "p1 ", "three across words");
	is_str(ask((struct store_query){.text = STR("时")}), "p1 ", "one, the last of its run");
	is_str(ask((struct store_query){.text = STR("行银")}), "", "not in this order");
	is_str(ask((struct store_query){.text = STR("5G手机")}), "p1 ", "mixed scripts");
	is_str(ask((struct store_query){.text = STR("bank APP")}), "p2 ", "words in any case");
	is_str(ask((struct store_query){.text = STR("\"app is\"")}), "p2 ", "a phrase");
	is_str(ask((struct store_query){.text = STR("\"is app\"")}), "", "a phrase in the wrong order");
	is_str(ask((struct store_query){.text = STR("\" OR NEAR(* )-:^ {")}), "", "the index's own syntax is text");
	is_str(ask((struct store_query){.text = STR("!!")}), "no word to search for in '!!'", "nothing to search for");
	is_int(store_posts_count(s, &(struct store_query){.subject = STR("hp")}, &n, &e), 0, "counting");
	is_int(n, 2, "two");

	is_str(series((struct store_series_query){0}), "/@1795334400 n2 u1 -1 sum-0.50 e5 v100; ", "sums count each post once");
	is_str(series((struct store_series_query){.by_subject = true}), "hp/@1795334400 n2 u1 -1 sum-0.50 e5 v100; jn/@1795334400 n1 u1 -1 sum-0.50 e5 v100; ", "by subject");
	is_int(add(P1 ",\"metrics\":{\"likes\":9,\"views\":100},\"subjects\":[{\"id\":\"hp\"}],\"sentiment\":{\"label\":\"neg\",\"score\":-0.7},\"crisis\":{\"type\":\"system.outage\"}}", 400), STORE_CHANGED, "changed");
	is_str(series((struct store_series_query){.by_subject = true, .by_type = true}),
	    "hp/@1795334400 n1 u0 -0 sum0.00 e0 v0; hp/system.outage@1795334400 n1 u1 -1 sum-0.70 e9 v100; ", "sums follow the change");
	is_str(series((struct store_series_query){.step = 86400, .offset = 28800}), "/@1795276800 n2 u1 -1 sum-0.70 e9 v100; ", "a day of Beijing begins at 16:00 UTC");
	buf_reset(&got);
	store_readings(s, STR("p1"), count_reading, NULL, &e);
	is_str(buf_view(&got), "100:5/100/-1 400:9/100/-1 ", "counts are a time series, by change");
	is_int(add(P1 ",\"metrics\":{\"likes\":9,\"views\":100},\"title\":\"新\"}", 500), STORE_CHANGED, "changed but for the counts");
	buf_reset(&got);
	store_readings(s, STR("p1"), count_reading, NULL, &e);
	is_str(buf_view(&got), "100:5/100/-1 400:9/100/-1 ", "adds no reading");
	is_str(ask((struct store_query){.text = STR("新")}), "p1 ", "the index follows the text");
	is_int(add(P1 ",\"metrics\":{\"likes\":9223372036854775807,\"reposts\":9223372036854775807}}", 600), STORE_CHANGED, "forged counts");
	is_str(series((struct store_series_query){0}), "/@1795334400 n2 u1 -0 sum0.00 e0 v0; ", "do not overflow a sum");
}

static void
bad_posts(void)
{
	static const char *const bad[] = {"{\"kind\":\"post\",\"text\":\"x\",\"published\":\"2026-11-22T08:10:00Z\"}", "{\"kind\":\"post\",\"id\":\"x\",\"text\":\"x\"}",
	    "{\"kind\":\"post\",\"id\":\"x\",\"published\":\"yesterday\"}"};
	struct rec r = {0};
	enum store_how how;

	for (size_t i = 0; i < 3; i++) {
		rec_parse(&r, str_c(bad[i]), false, &e);
		ok(store_post_add(s, &r, 1, &how, &e) == -1 && e.kind == ERR_DATA, "refused: %s", e.msg);
	}
	rec_free(&r);
}

static int
label_row(void *ctx, const struct store_label *l, struct str json, struct err *err)
{
	(void)ctx;
	(void)err;
	(void)json;
	buf_printf(&got, "%.*s=%.*s ", STRF(l->field), STRF(l->value));
	return 0;
}

static void
finding(void *ctx, const char *text)
{
	(void)ctx;
	buf_puts(&got, text);
	buf_putc(&got, '\n');
}

static int64_t
check(void)
{
	int64_t bad = -1;

	buf_reset(&got);
	if (store_check(s, NULL, finding, NULL, &bad, &e) != 0)
		printf("# %s\n", e.msg);
	return bad;
}

static void
labels_and_retention(void)
{
	struct store_label l = {.post_id = STR("p1"), .field = STR("type"), .value = STR("fee.dispute"), .actor = STR("li"), .ts = 5};
	int64_t n = -1;

	is_int(store_label_add(s, &l, &e), 0, "a label");
	l.value = STR("none");
	store_label_add(s, &l, &e);
	store_labels(s, 0, label_row, NULL, &e);
	buf_reset(&got);
	store_labels(s, 0, label_row, NULL, &e);
	is_str(buf_view(&got), "type=none ", "the latest of a field counts");
	l.post_id = STR("nobody");
	ok(store_label_add(s, &l, &e) == -1 && e.kind == ERR_NO, "no post, no label");
	is_int(check(), 0, "the store is sound");
	is_int(store_purge(s, 1795334400 + 1800, STR("li"), 9, &n, &e), 0, "purge");
	is_int(n, 2, "what is older goes, drills too");
	is_str(ask((struct store_query){0}), "p2 ", "what is newer stays");
	is_str(ask((struct store_query){.text = STR("排队")}), "", "and nothing of the old is found");
	is_str(series((struct store_series_query){0}), "/@1795334400 n2 u1 -0 sum0.00 e0 v0; ", "sums stay");
	is_int(check(), 0, "and add up");
	is_int(store_forget(s, FORGET_AUTHOR, STR("nobody"), STR("li"), 9, &n, &e), 0, "forget nobody");
	is_int(n, 0, "none");
	is_int(store_forget(s, FORGET_POST, STR("p2"), STR("li"), 9, &n, &e), 0, "forget one");
	is_int(n, 1, "one");
	is_int(check(), 0, "and the store is sound");
}

static void
fetch_state(void)
{
	struct store_fetch f = {.key = STR("k"), .name = STR("n"), .etag = STR("\"x\""), .failures = 2, .next_try = 77};
	struct store_host h = {.host = STR("example.com"), .robots = STR("User-agent: *"), .robots_until = 5};
	enum store_seen how = SEEN_SAME;

	is_int(store_fetch_get(s, STR("k"), &a, &f, &e), 0, "an unknown source");
	store_fetch_put(s, &f, &e);
	f = (struct store_fetch){0};
	is_int(store_fetch_get(s, STR("k"), &a, &f, &e), 1, "a known one");
	ok(str_is(f.etag, "\"x\"") && f.failures == 2 && f.next_try == 77 && f.last_ok == 0 && f.error.n == 0, "with its state");
	store_host_put(s, &h, &e);
	h = (struct store_host){0};
	ok(store_host_get(s, STR("example.com"), &a, &h, &e) == 1 && str_is(h.robots, "User-agent: *") && h.robots_until == 5, "a host");
	store_seen_get(s, STR("k"), STR("1"), 10, &how, &e);
	is_int(how, SEEN_NEW, "an unseen id");
	store_seen_put(s, STR("k"), STR("1"), 10, 100, &e);
	store_seen_get(s, STR("k"), STR("1"), 10, &how, &e);
	is_int(how, SEEN_SAME, "seen");
	store_seen_get(s, STR("k"), STR("1"), 11, &how, &e);
	is_int(how, SEEN_CHANGED, "seen with other content");
	store_seen_get(s, STR("k2"), STR("1"), 10, &how, &e);
	is_int(how, SEEN_NEW, "of another source");
	store_seen_expire(s, 101, &e);
	store_seen_get(s, STR("k"), STR("1"), 10, &how, &e);
	is_int(how, SEEN_NEW, "expired");
}

static int
dup_row(void *ctx, const struct store_dup *d, struct err *err)
{
	(void)ctx;
	(void)err;
	buf_printf(&got, "%.*s<%.*s %llx %zu;", STRF(d->id), STRF(d->cluster), (unsigned long long)d->exact, d->sketch.n);
	return 0;
}

static void
dups(void)
{
	struct store_dup d = {.id = STR("b"), .cluster = STR("b"), .published = 10, .exact = UINT64_MAX, .sketch = str_n("\0\1\2", 3)};

	store_dup_put(s, &d, &e);
	d = (struct store_dup){.id = STR("a"), .cluster = STR("b"), .published = 20, .exact = 1, .sketch = STR("")};
	store_dup_put(s, &d, &e);
	buf_reset(&got);
	store_dups(s, 0, dup_row, NULL, &e);
	is_str(buf_view(&got), "b<b ffffffffffffffff 3;a<b 1 0;", "fingerprints in order of insertion");
	store_dup_expire(s, 20, &e);
	buf_reset(&got);
	store_dups(s, 0, dup_row, NULL, &e);
	is_str(buf_view(&got), "a<b 1 0;", "old ones expire");
}

static void
notices(void)
{
	struct store_notice n = {.key = STR("c1/wecom"), .channel = STR("wecom"), .body = STR("x"), .next_try = 100, .created = 90}, back;
	bool added = false;
	int64_t count = 0;

	ok(store_notice_add(s, &n, &added, &e) == 0 && added, "queued");
	ok(store_notice_add(s, &n, &added, &e) == 0 && !added, "the same key is not queued twice");
	is_int(store_notice_claim(s, STR(""), 99, 60, &a, &back, &e), 0, "not due yet");
	is_int(store_notice_claim(s, STR("mail"), 100, 60, &a, &back, &e), 0, "not of this channel");
	is_int(store_notice_claim(s, STR("wecom"), 100, 60, &a, &back, &e), 1, "claimed");
	ok(str_is(back.state, "sending") && back.attempts == 1 && back.next_try == 160, "with a lease and an attempt counted");
	is_int(store_notice_claim(s, STR(""), 100, 60, &a, &back, &e), 0, "by one sender only");
	store_notice_orphans(s, 160, &count, &e);
	is_int(count, 0, "the lease holds");
	store_notice_orphans(s, 161, &count, &e);
	is_int(count, 1, "its sender died");
	store_notice_get(s, STR("c1/wecom"), &a, &back, &e);
	is_str(back.state, "unknown", "nobody knows whether it was sent");
	back.state = STR("delivered");
	back.remote = STR("m9");
	store_notice_done(s, &back, 170, &e);
	is_int(store_notice_get(s, STR("1"), &a, &back, &e), 1, "found by number");
	ok(str_is(back.state, "delivered") && str_is(back.remote, "m9"), "with its outcome");
	is_int(store_notice_ack(s, STR("1"), STR("li"), 200, &e), 0, "acknowledged");
	store_notice_ack(s, STR("1"), STR("wang"), 300, &e);
	store_notice_get(s, STR("1"), &a, &back, &e);
	ok(str_is(back.acked_by, "li") && back.acked == 200, "who was first stays");
	ok(store_notice_ack(s, STR("99"), STR("li"), 1, &e) == -1 && e.kind == ERR_NO, "no such notice");
}

static void
drafts(void)
{
	struct store_draft d = {.id = STR("d1"), .case_id = STR("c1"), .kind = STR("statement"), .lang = STR("zh"), .text = STR("第一版"), .created = 1}, back;
	struct store_approval ap = {.draft_id = STR("d1"), .version = 1, .role = STR("legal"), .actor = STR("wang"), .approve = true, .ts = 2};
	bool added = false;

	ok(store_draft_add(s, &d, &added, &e) == 0 && added && d.version == 1, "a first version");
	ok(store_draft_add(s, &d, &added, &e) == 0 && !added && d.version == 1, "the same text is no new one");
	ap.sha256 = str_c(d.sha256);
	is_int(store_approval_add(s, &ap, STR("c1"), &e), 0, "approved");
	store_draft_state(s, STR("d1"), 1, STR("approved"), 3, &e);
	is_int(check(), 0, "sound");
	d.text = STR("第二版");
	ok(store_draft_add(s, &d, &added, &e) == 0 && added && d.version == 2, "a changed text is a new version");
	is_int(store_draft_get(s, STR("d1"), 0, &a, &back, &e), 1, "the latest");
	ok(back.version == 2 && str_is(back.state, "draft"), "is not approved");
	store_draft_state(s, STR("d1"), 2, STR("released"), 4, &e);
	is_int(check(), 1, "released without approval");
	is_str(buf_view(&got), "draft d1 version 2: released, but nobody approved this text\n", "is found and named");
	store_draft_state(s, STR("d1"), 2, STR("draft"), 4, &e);
}

static void
modes(void)
{
	struct stat st;
	struct store *other;
	char backup[220], cmd[600];

	ok(stat(path, &st) == 0 && (st.st_mode & 077) == 0, "the file is its owner's alone");
	(void)snprintf(backup, sizeof backup, "%s.copy", path);
	is_int(store_backup(s, backup, &e), 0, "backup");
	ok(store_backup(s, backup, &e) == -1 && e.kind == ERR_IO, "not over a file that is there");
	is_int(store_open(backup, STORE_READ, &other, &e), 0, "the copy opens");
	ok(store_dup_put(other, &(struct store_dup){.id = STR("x")}, &e) == -1, "and is not written to when opened for reading");
	store_close(other);
	(void)snprintf(cmd, sizeof cmd, "sqlite3 '%s' 'PRAGMA user_version=99'", backup);
	if (system(cmd) == 0) {
		ok(store_open(backup, STORE_WRITE, &other, &e) == -1 && e.kind == ERR_CONFIG, "a newer store: %s", e.msg);
		(void)snprintf(cmd, sizeof cmd, "sqlite3 '%s' 'PRAGMA application_id=1'", backup);
		ok(system(cmd) == 0 && store_open(backup, STORE_READ, &other, &e) == -1 && e.kind == ERR_CONFIG, "another program's file: %s", e.msg);
	} else
		skip("sqlite3 is not installed");
	(void)snprintf(cmd, sizeof cmd, "head -c 5000 /dev/urandom >'%s'", backup);
	ok(system(cmd) == 0 && store_open(backup, STORE_READ, &other, &e) == -1 && e.kind == ERR_CONFIG, "noise: %s", e.msg);
	ok(store_open("/nonexistent/x.db", STORE_CREATE, &other, &e) == -1 && e.kind == ERR_IO, "no folder: %s", e.msg);
	ok(store_open("/nonexistent/x.db", STORE_READ, &other, &e) == -1 && e.kind == ERR_CONFIG, "no store: %s", e.msg);
	ok(store_open("/tmp", STORE_READ, &other, &e) == -1, "a folder: %s", e.msg);
	(void)unlink(backup);
}

int
main(void)
{
	const char *tmp = getenv("TMPDIR");
	char cmd[700];

	(void)snprintf(path, sizeof path, "%s/test-store-%ld.db", tmp != NULL ? tmp : "/tmp", (long)getpid());
	reopen(STORE_CREATE);
	posts();
	bad_posts();
	labels_and_retention();
	fetch_state();
	dups();
	notices();
	reopen(STORE_WRITE);
	drafts();
	modes();
	store_close(s);
	buf_free(&got);
	arena_free(&a);
	(void)snprintf(cmd, sizeof cmd, "rm -f '%s' '%s-wal' '%s-shm'", path, path, path);
	if (system(cmd) != 0)
		printf("# could not clean up\n");
	return tap_done();
}
