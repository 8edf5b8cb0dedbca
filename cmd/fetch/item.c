/* An item becomes a post record: identity, dates, counts, and whether it is news. */
#include "base/clock.h"
#include "base/utf8.h"
#include "cli/msg.h"
#include "cli/opt.h"
#include "ext/crypto.h"
#include "model/date.h"
#include "model/textx.h"
#include "model/url.h"

#include "fetch.h"

enum { MAX_TEXT = 1 << 20, MAX_TITLE = 4096, EARLIEST = 631152000 /* 1990 */ };

void
batch_open(struct batch *b, struct fetch *f, const struct source *src, struct str key, const char *where)
{
	*b = (struct batch){.f = f, .src = src, .key = key, .where = where};
}

static struct str
or_else(struct str a, struct str b)
{
	return a.n > 0 ? a : b;
}

/* Short, harmless ids are kept as they are; others become a hash. */
static struct str
native_id(struct batch *b, struct str prefix, struct str id)
{
	char hex[SHA256_HEX];
	bool plain = id.n > 0 && id.n <= 64;

	for (size_t i = 0; i < id.n && plain; i++)
		plain = is_alnum(id.p[i]) || id.p[i] == '-' || id.p[i] == '_' || id.p[i] == '.';
	if (plain)
		return arena_printf(&b->tmp, "%.*s:%.*s", STRF(prefix), STRF(id));
	(void)sha256_hex(id, hex);
	return arena_printf(&b->tmp, "%.*s:%.20s", STRF(prefix), hex);
}

static struct str
hashed_id(struct batch *b, struct str prefix, struct str key)
{
	char hex[SHA256_HEX];

	(void)sha256_hex(key, hex);
	return arena_printf(&b->tmp, "%.*s:%.20s", STRF(prefix), hex);
}

/* An address that has only moved from http to https, or gained a tracking parameter, is the same address. */
static struct str
address_key(struct batch *b, struct str url)
{
	struct str c = url_canonical(&b->tmp, url);
	ptrdiff_t k;

	if (c.p == NULL)
		return url;
	k = str_find(c, STR("//"));
	return str_sub(c, (size_t)k, c.n);
}

static struct str
identity(struct batch *b, const struct item *it)
{
	struct str prefix = it->platform.n > 0 && it->id.n > 0 ? it->platform : str_c(b->src->name);
	struct str id, key;
	uintptr_t *met;
	bool added;

	if (it->id.n > 0 && url_is_web(it->id))
		id = hashed_id(b, prefix, address_key(b, it->id));
	else if (it->id.n > 0)
		id = native_id(b, prefix, it->id);
	else if (it->url.n > 0)
		id = hashed_id(b, prefix, address_key(b, it->url));
	else
		id = hashed_id(b, prefix, arena_printf(&b->tmp, "%.*s\n%.*s\n%.*s\n%.*s", STRF(it->title), STRF(it->text),
		    STRF(it->author), STRF(it->published)));
	/* a source that gives one id to two things still has two things to say */
	met = map_put(&b->seen, id, &added);
	key = arena_printf(&b->tmp, "%.*s\n%.*s\n%.*s", STRF(it->url), STRF(it->title), STRF(it->text));
	if (added) {
		*met = (uintptr_t)hash_bytes(key.p, key.n, 1);
		return id;
	}
	if (*met == (uintptr_t)hash_bytes(key.p, key.n, 1))
		return STR(""); /* said twice in one document */
	id = hashed_id(b, prefix, arena_printf(&b->tmp, "%.*s\n%.*s\n%.*s", STRF(id), STRF(address_key(b, it->url)),
	    STRF(it->title)));
	(void)map_put(&b->seen, id, &added);
	return added ? id : STR("");
}

struct when {
	int64_t t;
	bool known, relative;
	enum date_precision precision;
};

static struct when
when(struct batch *b, struct str s)
{
	const struct date_ctx ctx = {.now = b->f->now, .zone_s = b->src->zone_s, .china = b->src->china};
	struct when w = {0};
	struct date d;

	if (s.n > 0 && date_parse(s, &ctx, &d) && d.t >= EARLIEST && d.t <= b->f->now + 86400) {
		w.t = d.t;
		w.known = true;
		w.relative = d.relative;
		w.precision = d.precision;
	}
	return w;
}

/* Main language of an "en-US" kind of tag; traditional Chinese stays apart. */
static struct str
language(struct batch *b, struct str s)
{
	char out[16];
	size_t n = 0;

	s = str_trim(s);
	if (str_eq_nocase(s, STR("zh-tw")) || str_eq_nocase(s, STR("zh-hk")) || str_eq_nocase(s, STR("zh-hant")) ||
	    str_eq_nocase(s, STR("zh_tw")))
		return STR("zh-TW");
	while (n < s.n && n < 3 && is_alpha(s.p[n])) {
		out[n] = to_lower(s.p[n]);
		n++;
	}
	if (n < 2 || (n < s.n && is_alnum(s.p[n])))
		return STR("");
	return arena_str(&b->tmp, str_n(out, n));
}

/* Chinese when it plainly is; otherwise nothing is claimed. */
static struct str
guess_language(struct str s)
{
	size_t han = 0, kana = 0, letters = 0;

	for (const char *p = s.p, *end = s.p + (s.n < 2000 ? s.n : 2000), *next; p < end; p = next) {
		uint32_t cp = utf8_step(p, end, &next);

		if (utf8_is_han(cp))
			han++;
		else if (cp >= 0x3040 && cp < 0x3100)
			kana++;
		else if (cp > 0x40)
			letters++;
	}
	return han >= 2 && kana == 0 && han * 4 >= letters ? STR("zh") : STR("");
}

static struct str
form(struct str s)
{
	static const char *const words[][2] = {{"post", "post"}, {"原创", "post"}, {"微博", "post"}, {"帖子", "post"},
	    {"主贴", "post"}, {"主帖", "post"}, {"repost", "repost"}, {"转发", "repost"}, {"retweet", "repost"},
	    {"comment", "comment"}, {"评论", "comment"}, {"回复", "comment"}, {"回帖", "comment"}, {"reply", "comment"},
	    {"article", "article"}, {"文章", "article"}, {"新闻", "article"}, {"news", "article"}, {"complaint", "complaint"},
	    {"投诉", "complaint"}, {"survey", "survey"}, {"问卷", "survey"}, {"letter", "letter"}, {"表扬信", "letter"},
	    {"信件", "letter"}, {"video", "video"}, {"视频", "video"}};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq_nocase(s, str_c(words[i][0])))
			return str_c(words[i][1]);
	return STR("");
}

static void
plain(struct jw *w, const char *key, struct str s)
{
	jw_kstr_opt(w, key, s);
}

static bool
one_of(struct str s, const char *const list[])
{
	for (; *list != NULL; list++)
		if (str_eq_nocase(s, str_c(*list)))
			return true;
	return false;
}

static void
author(struct jw *w, const struct item *it)
{
	static const char *const yes[] = {"true", "1", "yes", "是", "已认证", "认证用户", NULL};
	static const char *const no[] = {"false", "0", "no", "none", "否", "无", "未认证", "非认证", "普通用户", "普通", NULL};
	int64_t n;
	bool more;

	if (it->author.n == 0 && it->author_id.n == 0)
		return;
	jw_key(w, "author");
	jw_obj(w);
	plain(w, "id", it->author_id);
	plain(w, "name", it->author);
	if (textx_count(it->followers, &n, &more))
		jw_kint(w, "followers", n);
	if (one_of(it->verified, yes))
		jw_kbool(w, "verified", true);
	else if (one_of(it->verified, no))
		jw_kbool(w, "verified", false);
	else
		plain(w, "verified", it->verified);
	jw_end(w);
}

static void
metrics(struct jw *w, const struct item *it)
{
	bool open = false, bound[METRIC_PLAYS + 1] = {false}, any_bound = false;

	for (int i = 0; i <= METRIC_PLAYS; i++) {
		int64_t n;
		bool more;

		if (it->metric[i].n == 0 || !textx_count(it->metric[i], &n, &more))
			continue;
		if (!open) {
			jw_key(w, "metrics");
			jw_obj(w);
			open = true;
		}
		jw_kint(w, store_metric_names[i], n);
		bound[i] = more;
		any_bound = any_bound || more;
	}
	if (any_bound) {
		jw_key(w, "at_least");
		jw_arr(w);
		for (int i = 0; i <= METRIC_PLAYS; i++)
			if (bound[i])
				jw_cstr(w, store_metric_names[i]);
		jw_end(w);
	}
	if (open)
		jw_end(w);
}

/* 新闻 is the channel news; what names no channel of ours stays as the source has it. */
static struct str
channel(const struct batch *b, struct str s)
{
	static const char *const known[] = {"news", "forum", "hotline", "survey", "review", "mail", "letter", "video"};
	struct str id = platform_id(&b->f->platforms, s);

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_is(id, known[i]))
			return id;
	return s;
}

/* The record; bare: without what differs between two runs over the same thing. */
static void
write_post(struct batch *b, const struct item *it, struct str id, struct when published, struct when updated, bool bare,
    struct buf *out)
{
	static const char *const precisions[] = {"second", "minute", "hour", "day", "month", "year"};
	const struct source *s = b->src;
	struct jw w = jw_open(out);
	struct str prefix = it->platform.n > 0 && it->id.n > 0 ? it->platform : str_c(s->name), text, lang;
	char hex[SHA256_HEX];
	double rating;

	jw_obj(&w);
	jw_kcstr(&w, "kind", "post");
	jw_kstr(&w, "id", id);
	if (it->id.n > 0 && it->id.n <= 1024 && !str_ends(id, it->id))
		jw_kstr(&w, "guid", it->id);
	jw_kcstr(&w, "source", s->name);
	plain(&w, "platform", or_else(it->platform, platform_id(&b->f->platforms, s->platform)));
	plain(&w, "channel", or_else(it->channel, channel(b, s->channel)));
	plain(&w, "media", it->media);
	plain(&w, "url", it->url);
	plain(&w, "title", utf8_cut_bytes(it->title, MAX_TITLE));
	text = utf8_cut_bytes(it->text, MAX_TEXT);
	jw_kstr(&w, "text", text);
	if (text.n < it->text.n)
		jw_kbool(&w, "text_cut", true);
	lang = or_else(or_else(language(b, it->lang), s->lang), guess_language(or_else(it->text, it->title)));
	plain(&w, "lang", lang);
	author(&w, it);
	if (!bare || (published.known && !published.relative))
		jw_ktime(&w, "published", published.known ? published.t : b->f->now);
	if (!published.known) {
		jw_kcstr(&w, "dated", "unknown");
		plain(&w, "published_raw", utf8_cut_bytes(it->published, 200));
	} else if (published.precision != DATE_SECOND) {
		jw_kcstr(&w, "dated", precisions[published.precision]);
	}
	if (!bare)
		jw_ktime(&w, "collected", b->f->now);
	if (updated.known && !(bare && updated.relative) && updated.t != published.t)
		jw_ktime(&w, "updated", updated.t);
	if (it->parent.n > 0)
		jw_kstr(&w, "parent", native_id(b, prefix, it->parent));
	if (it->root.n > 0)
		jw_kstr(&w, "root", native_id(b, prefix, it->root));
	plain(&w, "form", or_else(form(it->form), s->form));
	plain(&w, "region", it->region);
	metrics(&w, it);
	if (str_f64(it->rating, &rating))
		jw_knum(&w, "rating", rating, 3);
	if (it->ntag > 0) {
		jw_key(&w, "tags");
		jw_arr(&w);
		for (size_t i = 0; i < it->ntag; i++)
			jw_str(&w, it->tag[i]);
		jw_end(&w);
	}
	plain(&w, "customer", it->customer);
	if (!bare && it->raw.n > 0)
		jw_kstr(&w, "raw_sha256", sha256_hex(it->raw, hex));
	jw_end(&w);
}

/* 1: pass it on, 0: the source gave exactly this before. */
static int
is_news(struct batch *b, struct str id, struct str content, struct err *e)
{
	uint64_t h;
	enum store_seen how;

	b->items++;
	if (b->f->store == NULL || b->key.n == 0) {
		b->fresh++;
		return 1;
	}
	h = hash_bytes(content.p, content.n, 2);
	if (store_seen_get(b->f->store, b->key, id, h, &how, e) != 0)
		return -1;
	{
		struct mark m = {arena_str(&b->a, id), h};

		buf_add(&b->marks, &m, sizeof m);
	}
	if (how == SEEN_SAME)
		return 0;
	b->fresh++;
	return 1;
}

int
batch_item(struct batch *b, const struct item *said, struct err *e)
{
	struct item named = *said;
	const struct item *it = &named;
	struct when published, updated;
	struct buf out = {0};
	struct str id;
	int news;

	arena_reset(&b->tmp);
	named.platform = platform_id(&b->f->platforms, said->platform);
	named.channel = channel(b, said->channel);
	if (it->title.n == 0 && it->text.n == 0) {
		b->without_text++;
		return 0;
	}
	if (b->src->max_items > 0 && b->items >= b->src->max_items)
		return 0;
	published = when(b, it->published);
	updated = when(b, it->updated);
	if (!published.known && it->published.n > 0 && it->line > 0 && b->undated++ == 0) {
		b->undated_line = it->line;
		b->undated_raw = arena_str(&b->a, utf8_cut_cols(it->published, 40));
	}
	if (!published.known)
		published = updated;
	if (b->src->max_age_s > 0 && published.known && published.t < b->f->now - b->src->max_age_s) {
		b->too_old++;
		return 0;
	}
	id = identity(b, it);
	if (id.n == 0)
		return 0;
	if (b->f->store != NULL && b->key.n > 0)
		write_post(b, it, id, published, updated, true, &out);
	news = is_news(b, id, buf_view(&out), e);
	if (news == 1) {
		buf_reset(&out);
		write_post(b, it, id, published, updated, false, &out);
		run_emit(&b->f->run, buf_view(&out));
	}
	buf_free(&out);
	return news < 0 ? -1 : 0;
}

int
batch_record(struct batch *b, struct rec *r, struct err *e)
{
	static const char *const required[] = {"id", "source", "published"};
	int64_t t;
	int news;

	if (rec_kind(r) == KIND_POST) {
		for (size_t i = 0; i < sizeof required / sizeof *required; i++)
			if (rec_get(r, required[i]).type != JSON_STR || rec_str(r, required[i]).n == 0)
				return err_set(e, ERR_DATA, "a post without '%s'", required[i]);
		if (!rec_time(r, "published", &t))
			return err_set(e, ERR_DATA, "'published' is not an RFC 3339 time");
		if (rec_get(r, "text").type != JSON_STR && rec_str(r, "title").n == 0)
			return err_set(e, ERR_DATA, "a post without 'text'");
		news = is_news(b, rec_str(r, "id"), r->line, e);
	} else {
		news = is_news(b, rec_str(r, "id"), r->line, e);
	}
	if (news == 1)
		run_put(&b->f->run, r);
	return news < 0 ? -1 : 0;
}

void
batch_follow(struct batch *b, struct str url)
{
	if (url.n == 0)
		return;
	if (b->nfollow == b->follow_cap) {
		struct str *grown = arena_alloc(&b->a, (b->follow_cap * 2 + 8) * sizeof *grown);

		if (b->nfollow > 0)
			memcpy(grown, b->follow, b->nfollow * sizeof *grown);
		b->follow = grown;
		b->follow_cap = b->follow_cap * 2 + 8;
	}
	b->follow[b->nfollow++] = arena_str(&b->a, url);
}

int
batch_close(struct batch *b, struct err *e)
{
	int rc = 0;
	struct store *s = b->f->store;
	struct mark m;

	if (b->marks.n > 0) {
		run_flush(&b->f->run); /* first out, then remembered: a crash repeats, it does not lose */
		if (store_begin(s, e) != 0) {
			rc = -1;
		} else {
			for (size_t at = 0; at < b->marks.n && rc == 0; at += sizeof m) {
				memcpy(&m, b->marks.p + at, sizeof m);
				rc = store_seen_put(s, b->key, m.id, m.content, b->f->now, e);
			}
			if (rc == 0)
				rc = store_commit(s, e);
			if (rc != 0)
				store_rollback(s);
		}
	}
	if (b->without_text > 0)
		msg_note("%s: %lld entries have neither title nor text and were passed over", b->where,
		    (long long)b->without_text);
	if (b->undated > 0)
		msg_note("%s:%llu: '%.*s' is no time of the last decades; in %lld rows the time of collection stands in", b->where,
		    (unsigned long long)b->undated_line, STRF(b->undated_raw), (long long)b->undated);
	buf_free(&b->marks);
	arena_free(&b->tmp);
	map_free(&b->seen);
	arena_free(&b->a);
	*b = (struct batch){0};
	return rc;
}
