/*
 * Channels over HTTP: the generic webhook (Standard Webhooks 1.0, X-Hub-Signature-256, CloudEvents 1.0), and the robots of
 * WeCom, DingTalk, Feishu and Slack. A 2xx is never enough for a robot: its answer's body decides.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "ext/crypto.h"
#include "model/date.h"
#include "web.h"

/* --- what they share ----------------------------------------------------------------------------------------------- */

void
request_header(struct request *r, struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *line;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || r->nheader >= sizeof r->header / sizeof r->header[0])
		return;
	line = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	(void)vsnprintf(line, (size_t)n + 1, fmt, ap);
	va_end(ap);
	r->header[r->nheader++] = line;
}

static struct str
shown(const struct secret *s, bool mask)
{
	return mask ? STR("***") : s->value;
}

static void
percent(struct buf *out, struct str s, bool mask)
{
	for (size_t i = 0; i < s.n; i++) {
		if (mask || is_alnum(s.p[i]) || memchr("-._~", s.p[i], 4) != NULL)
			buf_putc(out, s.p[i]);
		else
			buf_printf(out, "%%%02X", (unsigned)(unsigned char)s.p[i]);
	}
}

/* The endpoint as configured; a URL that is a secret shows its host only. */
static struct str
endpoint(const struct channel *ch, bool mask)
{
	if (ch->whole.at == NULL)
		return ch->url;
	return mask ? STR("***") : ch->whole.value;
}

static struct str
keep(struct arena *a, struct buf *b)
{
	struct str s = arena_str(a, buf_view(b));

	buf_free(b);
	return s;
}

/* How far this clock is off, when the answer shows it. */
static const char *
skew(const struct http_res *res, struct arena *a)
{
	struct date_ctx ctx = {.now = cli_now()};
	struct date d;
	char span[24];
	int64_t ahead;

	if (!date_parse(http_header(res, "date"), &ctx, &d) || (ahead = cli_now() - d.t, ahead > -60 && ahead < 60))
		return "";
	return arena_printf(a, "; this clock is %.*s %s the receiver's", STRF(clock_short(ahead < 0 ? -ahead : ahead, span)),
	    ahead > 0 ? "ahead of" : "behind").p;
}

/* Words of the receiver, made fit for a message. */
static struct str
said(struct arena *a, struct str s)
{
	struct buf fixed = {0}, clean = {0};

	(void)utf8_repair(&fixed, utf8_cut_bytes(s, 200));
	utf8_clean(&clean, buf_view(&fixed));
	buf_free(&fixed);
	return keep(a, &clean);
}

bool
judge_http(const struct http_res *res, struct arena *a, struct outcome *o)
{
	int64_t wait = res->retry_after_s > 0 ? res->retry_after_s : 0;

	*o = (struct outcome){.kind = OUT_DEAD, .wait_s = wait > 86400 ? 86400 : wait};
	if (res->fail != HTTP_OK) {
		o->error = arena_str(a, str_c(res->err.msg));
		switch (res->fail) {
		case HTTP_BAD:
		case HTTP_BLOCKED:
			return false; /* configuration: repeating changes nothing */
		case HTTP_TIMEOUT:
		case HTTP_TRUNCATED:
		case HTTP_TOO_LARGE:
		case HTTP_BOMB:
		case HTTP_PROTOCOL:
			o->kind = res->sent ? OUT_UNKNOWN : OUT_RETRY;
			break;
		default:
			o->kind = OUT_RETRY;
		}
		o->network = true;
		return false;
	}
	if (res->status >= 300 && res->status < 400) {
		o->error = arena_printf(a, "HTTP %d (redirects are not followed)", res->status);
	} else if (res->status == 429 || res->status == 408 || res->status >= 500) {
		o->kind = OUT_RETRY;
		o->network = true; /* overloaded: what follows in this run would fare no better */
		o->error = arena_printf(a, "HTTP %d", res->status);
	} else if (res->status >= 400 || res->status < 200) {
		o->error = arena_printf(a, "HTTP %d%s%s%s", res->status, res->status == 410 ? " (the endpoint is gone: remove it)" : "",
		    res->status == 400 || res->status == 401 || res->status == 403 ? skew(res, a) : "", "");
	} else {
		return true;
	}
	if (res->body.n > 0 && res->status >= 400)
		o->error = arena_printf(a, "%.*s: %.*s", STRF(o->error), STRF(said(a, res->body)));
	return false;
}

/* The answer as a JSON object, or absent. */
static struct json
answer(const struct http_res *res)
{
	struct json_fault f;

	if (!utf8_valid(res->body.p, res->body.n) || !json_valid(res->body, &f))
		return (struct json){0};
	return json_view(res->body);
}

static const char *
ask_config(struct conf *c, struct channel *ch, const struct ynode *n, const char *key, struct secret *s, bool needed,
    struct err *e)
{
	(void)c;
	if (conf_secret(n, key, s, e) < 0)
		return NULL;
	if (needed && s->at == NULL && ch->whole.at == NULL) {
		(void)yaml_err(n, e, "key '%s': missing (env:NAME or file:PATH), or 'url' as a secret", key);
		return NULL;
	}
	return key;
}

static int
one_sign(struct conf *c, struct channel *ch, const struct ynode *n, struct err *e)
{
	ch->sign = arena_zalloc(&c->mem, sizeof *ch->sign);
	if (ask_config(c, ch, n, "secret", &ch->sign[0], false, e) == NULL)
		return -1;
	ch->nsign = ch->sign[0].at != NULL ? 1 : 0;
	return 0;
}

static size_t
mentions(const struct channel *ch, const struct delivery *d, struct str **v)
{
	*v = ch->mention[d->level];
	return d->plain ? 0 : ch->nmention[d->level];
}

static bool
mention_all(const struct channel *ch, const struct delivery *d)
{
	struct str *v;

	for (size_t i = mentions(ch, d, &v); i > 0; i--)
		if (str_is(v[i - 1], "all"))
			return true;
	return false;
}

static bool
is_mobile(struct str s)
{
	size_t i = s.n > 0 && s.p[0] == '+' ? 1 : 0, digits = s.n - i;

	for (; i < s.n; i++)
		if (!is_digit(s.p[i]))
			return false;
	return digits >= 8;
}

/* The text with the robot's keyword in it, which some groups demand. */
static struct str
with_keyword(const struct channel *ch, struct arena *a, struct str text)
{
	if (ch->keyword.n == 0 || str_find(text, ch->keyword) >= 0)
		return text;
	return arena_printf(a, "%.*s\n%.*s", STRF(text), STRF(ch->keyword));
}

/* --- webhook ------------------------------------------------------------------------------------------------------- */

static const char *const webhook_keys[] = {"url", "secret", "hub_secret", "format", "headers", "record", "source", NULL};

static int
webhook_headers(struct conf *c, struct channel *ch, const struct ynode *n, struct err *e)
{
	static const char *const own[] = {"content-type", "content-length", "host", "webhook-id", "webhook-timestamp",
	    "webhook-signature", "x-hub-signature-256", "transfer-encoding", "connection", NULL};
	static const char *const hints[] = {"auth", "token", "key", "secret", "cookie", NULL};
	struct ynode *map = NULL;

	if (yaml_map(n, "headers", &map, e) < 0)
		return -1;
	if (map == NULL)
		return 0;
	if (map->n > 12)
		return yaml_err(map, e, "key 'headers': at most 12");
	ch->header = arena_zalloc(&c->mem, (map->n + 1) * sizeof *ch->header);
	for (size_t i = 0; i < map->n; i++) {
		struct header *h = &ch->header[ch->nheader++];
		struct str name = map->key[i].s;
		char low[64] = "";

		h->name = name;
		for (size_t k = 0; k < name.n; k++) {
			if (k + 1 >= sizeof low || (!is_alnum(name.p[k]) && name.p[k] != '-'))
				return yaml_err(map->item[i], e, "key 'headers': not a header's name");
			low[k] = to_lower(name.p[k]);
		}
		for (size_t k = 0; own[k] != NULL; k++)
			if (strcmp(low, own[k]) == 0)
				return yaml_err(map->item[i], e, "key '%s': this header is notify's own", low);
		if (map->item[i]->type != Y_SCALAR)
			return yaml_err(map->item[i], e, "key '%s': expected text", low);
		if (conf_secret(map, arena_cstr(&c->mem, name), &h->secret, NULL) > 0)
			continue;
		for (size_t k = 0; hints[k] != NULL; k++)
			if (strstr(low, hints[k]) != NULL)
				return conf_secret(map, arena_cstr(&c->mem, name), &h->secret, e);
		h->value = map->item[i]->s;
		for (size_t k = 0; k < h->value.n; k++)
			if ((unsigned char)h->value.p[k] < 0x20)
				return yaml_err(map->item[i], e, "key '%s': a control character", low);
	}
	return 0;
}

static int
webhook_check(struct conf *c, struct channel *ch, const struct ynode *n, struct err *e)
{
	static const char *const formats[] = {"standard", "cloudevents", NULL};
	const struct ynode *sign = ynode_get(n, "secret");
	int format = 0;

	ch->with_record = true;
	ch->source = STR("/tocsin");
	if (conf_url(n, ch, NULL, e) != 0 || yaml_word(n, "format", formats, &format, e) < 0 ||
	    yaml_bool(n, "record", &ch->with_record, e) < 0 || yaml_str(n, "source", &ch->source, e) < 0 ||
	    conf_secret(n, "hub_secret", &ch->hub, e) < 0 || webhook_headers(c, ch, n, e) != 0)
		return -1;
	ch->cloudevents = format == 1;
	if (sign == NULL)
		return 0;
	if (sign->type != Y_SEQ)
		return one_sign(c, ch, n, e);
	ch->sign = arena_zalloc(&c->mem, (sign->n + 1) * sizeof *ch->sign);
	for (size_t i = 0; i < sign->n; i++) {
		struct ynode pair = *n, *value = sign->item[i];
		struct ykey key = {STR("secret"), value->line};

		pair.n = 1;
		pair.key = &key;
		pair.item = &value;
		if (conf_secret(&pair, "secret", &ch->sign[ch->nsign++], e) < 0)
			return -1;
	}
	return 0;
}

int
webhook_key(const struct secret *s, struct buf *raw, struct err *e)
{
	struct str v = s->value;

	if (!str_starts(v, STR("whsec_")) || !base64_get(str_sub(v, 6, v.n), raw) || raw->n < 24 || raw->n > 64)
		return yaml_err(s->at, e, "the secret is not of the form whsec_ and 24 to 64 bytes in base64");
	return 0;
}

void
webhook_body(const struct channel *ch, const struct message *m, const struct msg_opts *o, struct str id, int64_t now,
    struct buf *out)
{
	struct jw w = jw_open(out);
	struct buf part = {0};
	int64_t at = m->at != 0 ? m->at : now;

	jw_obj(&w);
	message_type(m, &part);
	if (ch->cloudevents) {
		jw_kcstr(&w, "specversion", "1.0");
		jw_kstr(&w, "id", id);
		jw_kstr(&w, "source", ch->source);
		jw_kstr(&w, "type", buf_view(&part));
		jw_kstr(&w, "subject", m->about);
		jw_ktime(&w, "time", at);
		jw_kcstr(&w, "datacontenttype", "application/json");
	} else {
		jw_kstr(&w, "type", buf_view(&part));
		jw_ktime(&w, "timestamp", at);
	}
	buf_reset(&part);
	message_json(m, o, ch->with_record, &part);
	/* 64 KiB pass everywhere; the message matters more than the record behind it. */
	if (ch->with_record && part.n > 60 * 1024) {
		buf_reset(&part);
		message_json(m, o, false, &part);
	}
	jw_kraw(&w, "data", buf_view(&part));
	jw_end(&w);
	buf_free(&part);
}

static void
webhook_build(const struct channel *ch, const struct delivery *d, bool mask, struct arena *a, struct request *r)
{
	long long now = (long long)cli_now();

	*r = (struct request){.method = "POST", .url = endpoint(ch, mask), .body = d->text};
	request_header(r, a, "Content-Type: %s",
	    ch->cloudevents ? "application/cloudevents+json; charset=UTF-8" : "application/json");
	request_header(r, a, "webhook-id: %.*s", STRF(d->id));
	if (ch->nsign > 0) {
		struct buf list = {0}, head = {0};

		buf_printf(&head, "%.*s.%lld.", STRF(d->id), now);
		buf_str(&head, d->text);
		for (size_t i = 0; i < ch->nsign; i++) {
			struct buf raw = {0};
			struct err e;

			buf_printf(&list, "%sv1,", i > 0 ? " " : "");
			if (mask)
				buf_puts(&list, "***");
			else if (webhook_key(&ch->sign[i], &raw, &e) == 0)
				hmac_sha256_base64(buf_view(&raw), buf_view(&head), &list);
			buf_free(&raw);
		}
		request_header(r, a, "webhook-timestamp: %lld", now);
		request_header(r, a, "webhook-signature: %.*s", STRF(buf_view(&list)));
		buf_free(&list);
		buf_free(&head);
	}
	if (ch->hub.at != NULL) {
		struct buf hex = {0};

		hmac_sha256_hex(ch->hub.value, d->text, &hex);
		request_header(r, a, "X-Hub-Signature-256: sha256=%.*s", STRF(mask ? STR("***") : buf_view(&hex)));
		buf_free(&hex);
	}
	for (size_t i = 0; i < ch->nheader; i++) {
		const struct header *h = &ch->header[i];

		if (h->secret.at != NULL)
			request_header(r, a, "%.*s: %.*s%.*s", STRF(h->name), STRF(h->secret.prefix), STRF(shown(&h->secret, mask)));
		else
			request_header(r, a, "%.*s: %.*s", STRF(h->name), STRF(h->value));
	}
}

static void
webhook_judge(const struct channel *ch, const struct http_res *res, struct arena *a, struct outcome *o)
{
	if (!judge_http(res, a, o))
		return;
	if (ch->cloudevents && res->status != 200 && res->status != 201 && res->status != 202 && res->status != 204) {
		o->error = arena_printf(a, "HTTP %d is no acceptance of an event", res->status);
		return;
	}
	o->kind = OUT_ACCEPTED;
}

const struct provider provider_webhook = {
    .type = "webhook",
    .resend_unknown = true,
    .machine = true,
    .keys = webhook_keys,
    .check = webhook_check,
    .build = webhook_build,
    .judge = webhook_judge,
};

/* --- WeCom --------------------------------------------------------------------------------------------------------- */

static const char *const wecom_keys[] = {"url", "key", NULL};

static int
wecom_check(struct conf *c, struct channel *ch, const struct ynode *n, struct err *e)
{
	if (conf_url(n, ch, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send", e) != 0)
		return -1;
	return ask_config(c, ch, n, "key", &ch->key, true, e) != NULL ? 0 : -1;
}

static struct str
add_query(const struct channel *ch, struct arena *a, const char *name, bool mask)
{
	struct buf url = {0};

	buf_str(&url, endpoint(ch, mask));
	if (ch->key.at != NULL) {
		buf_printf(&url, "%c%s=", str_find(ch->url, STR("?")) >= 0 ? '&' : '?', name);
		percent(&url, shown(&ch->key, mask), mask);
	}
	return keep(a, &url);
}

/* Markdown cannot page everybody and ignores the lists, so a message that pages somebody is plain text. */
static void
wecom_build(const struct channel *ch, const struct delivery *d, bool mask, struct arena *a, struct request *r)
{
	struct buf body = {0};
	struct jw w = jw_open(&body);
	struct str *v;
	size_t n = mentions(ch, d, &v), mobiles = 0;

	*r = (struct request){.method = "POST", .url = add_query(ch, a, "key", mask)};
	request_header(r, a, "Content-Type: application/json");
	jw_obj(&w);
	jw_kcstr(&w, "msgtype", n > 0 || d->plain ? "text" : "markdown");
	jw_key(&w, n > 0 || d->plain ? "text" : "markdown");
	jw_obj(&w);
	jw_kstr(&w, "content", d->text);
	for (size_t i = 0; i < n; i++)
		mobiles += is_mobile(v[i]);
	if (n > mobiles) {
		jw_key(&w, "mentioned_list");
		jw_arr(&w);
		for (size_t i = 0; i < n; i++)
			if (!is_mobile(v[i]))
				jw_str(&w, str_is(v[i], "all") ? STR("@all") : v[i]);
		jw_end(&w);
	}
	if (mobiles > 0) {
		jw_key(&w, "mentioned_mobile_list");
		jw_arr(&w);
		for (size_t i = 0; i < n; i++)
			if (is_mobile(v[i]))
				jw_str(&w, v[i]);
		jw_end(&w);
	}
	jw_end(&w);
	jw_end(&w);
	r->body = keep(a, &body);
}

static void
refuse_code(struct outcome *o, struct arena *a, const char *name, int64_t code, struct str text)
{
	o->error = arena_printf(a, "%s %lld: %.*s", name, (long long)code, STRF(said(a, text)));
}

static void
not_json(struct outcome *o, struct arena *a, const char *who)
{
	/* A portal or a proxy spoke; the robot may be back later. */
	o->kind = OUT_RETRY;
	o->max = 3;
	o->error = arena_printf(a, "the answer is not %s's", who);
}

static void
wecom_judge(const struct channel *ch, const struct http_res *res, struct arena *a, struct outcome *o)
{
	struct json v;
	int64_t code;

	(void)ch;
	if (!judge_http(res, a, o))
		return;
	v = answer(res);
	if (!json_i64(json_get(v, "errcode"), &code)) {
		not_json(o, a, "WeCom");
		return;
	}
	if (code == 0) {
		o->kind = OUT_ACCEPTED;
		return;
	}
	refuse_code(o, a, "errcode", code, json_str(json_get(v, "errmsg"), a));
	if (code == -1 || code == 45009 || code == 45033) {
		o->kind = OUT_RETRY;
		o->network = code != 45033;
		o->wait_s = code == 45009 ? 60 : 0;
	}
}

const struct provider provider_wecom = {
    .type = "wecom",
    .style = STYLE_WECOM,
    .limit = 2048,
    .unit = UNIT_BYTES,
    .rate = {20, 60},
    .keys = wecom_keys,
    .check = wecom_check,
    .build = wecom_build,
    .judge = wecom_judge,
};

/* --- DingTalk ------------------------------------------------------------------------------------------------------ */

static const char *const token_keys[] = {"url", "token", "secret", "keyword", NULL};

static int
token_check(struct conf *c, struct channel *ch, const struct ynode *n, const char *url, struct err *e)
{
	if (conf_url(n, ch, url, e) != 0 || yaml_str(n, "keyword", &ch->keyword, e) < 0 || one_sign(c, ch, n, e) != 0)
		return -1;
	return ask_config(c, ch, n, "token", &ch->key, true, e) != NULL ? 0 : -1;
}

static int
dingtalk_check(struct conf *c, struct channel *ch, const struct ynode *n, struct err *e)
{
	return token_check(c, ch, n, "https://oapi.dingtalk.com/robot/send", e);
}

static void
dingtalk_build(const struct channel *ch, const struct delivery *d, bool mask, struct arena *a, struct request *r)
{
	struct buf url = {0}, body = {0}, text = {0}, sign = {0};
	struct jw w = jw_open(&body);
	struct str *v;
	size_t n = mentions(ch, d, &v);

	buf_str(&url, add_query(ch, a, "access_token", mask));
	if (ch->nsign > 0) {
		long long ms = (long long)cli_now() * 1000;
		struct str data = arena_printf(a, "%lld\n%.*s", ms, STRF(ch->sign[0].value));

		if (mask)
			buf_puts(&sign, "***");
		else
			hmac_sha256_base64(ch->sign[0].value, data, &sign);
		buf_printf(&url, "&timestamp=%lld&sign=", ms);
		percent(&url, buf_view(&sign), mask);
	}
	*r = (struct request){.method = "POST", .url = keep(a, &url)};
	request_header(r, a, "Content-Type: application/json");
	buf_str(&text, with_keyword(ch, a, d->text));
	/* Who is not in the text is not highlighted, whatever the list says. */
	for (size_t i = 0; i < n; i++)
		if (!str_is(v[i], "all"))
			buf_printf(&text, "%s@%.*s", i == 0 ? "\n\n" : " ", STRF(v[i]));
	jw_obj(&w);
	jw_kcstr(&w, "msgtype", d->plain ? "text" : "markdown");
	jw_key(&w, d->plain ? "text" : "markdown");
	jw_obj(&w);
	if (!d->plain)
		jw_kstr(&w, "title", d->title);
	jw_kstr(&w, d->plain ? "content" : "text", buf_view(&text));
	jw_end(&w);
	jw_key(&w, "at");
	jw_obj(&w);
	jw_key(&w, "atMobiles");
	jw_arr(&w);
	for (size_t i = 0; i < n; i++)
		if (is_mobile(v[i]))
			jw_str(&w, v[i]);
	jw_end(&w);
	jw_key(&w, "atUserIds");
	jw_arr(&w);
	for (size_t i = 0; i < n; i++)
		if (!is_mobile(v[i]) && !str_is(v[i], "all"))
			jw_str(&w, v[i]);
	jw_end(&w);
	jw_kbool(&w, "isAtAll", mention_all(ch, d));
	jw_end(&w);
	jw_end(&w);
	r->body = keep(a, &body);
	buf_free(&text);
	buf_free(&sign);
}

static void
dingtalk_judge(const struct channel *ch, const struct http_res *res, struct arena *a, struct outcome *o)
{
	static const char *const soft[] = {"too fast", "limit", "busy", "系统繁忙", "频繁", "超过", NULL};
	static const int64_t hard[] = {310000, 300001, 300005, 400013, 400101, 400102, 400105, 400106, 40035, 43002, 43004, 430101,
	    430102, 430103, 430104};
	struct json v;
	struct str text;
	int64_t code;

	(void)ch;
	if (!judge_http(res, a, o))
		return;
	v = answer(res);
	if (!json_i64(json_get(v, "errcode"), &code)) {
		not_json(o, a, "DingTalk");
		return;
	}
	if (code == 0) {
		o->kind = OUT_ACCEPTED;
		return;
	}
	text = json_str(json_get(v, "errmsg"), a);
	refuse_code(o, a, "errcode", code, text);
	if (code == 310000)
		o->error = arena_printf(a, "%.*s%s", STRF(o->error), skew(res, a));
	for (size_t i = 0; i < sizeof hard / sizeof hard[0]; i++)
		if (code == hard[i])
			return;
	o->kind = OUT_RETRY; /* tables of codes disagree: what is not known to be final is tried a few times */
	o->max = 3;
	for (size_t i = 0; soft[i] != NULL; i++)
		if (str_find(text, str_c(soft[i])) >= 0) {
			o->max = 0;
			o->wait_s = 60;
			o->network = true;
		}
	if (code == 130101 || code == 410100) { /* muted for ten minutes */
		o->max = 0;
		o->wait_s = 600;
		o->network = true;
	}
}

const struct provider provider_dingtalk = {
    .type = "dingtalk",
    .style = STYLE_DING,
    .limit = 9000, /* the body may have 20,000 bytes; in JSON a text at most doubles */
    .unit = UNIT_BYTES,
    .rate = {20, 60},
    .keys = token_keys,
    .check = dingtalk_check,
    .build = dingtalk_build,
    .judge = dingtalk_judge,
};

/* --- Feishu, Lark -------------------------------------------------------------------------------------------------- */

static int
feishu_check(struct conf *c, struct channel *ch, const struct ynode *n, struct err *e)
{
	return token_check(c, ch, n, "https://open.feishu.cn/open-apis/bot/v2/hook", e);
}

static void
feishu_card(const struct channel *ch, const struct delivery *d, struct arena *a, struct jw *w)
{
	static const char *const template[] = {"grey", "blue", "yellow", "orange", "red"};
	struct buf text = {0};
	struct str *v;
	size_t n = mentions(ch, d, &v);

	buf_str(&text, with_keyword(ch, a, d->text));
	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%s<at id=%.*s></at>", i == 0 ? "\n" : " ", STRF(v[i]));
	jw_key(w, "card");
	jw_obj(w);
	jw_key(w, "config");
	jw_obj(w);
	jw_kbool(w, "wide_screen_mode", true);
	jw_end(w);
	jw_key(w, "header");
	jw_obj(w);
	jw_key(w, "title");
	jw_obj(w);
	jw_kcstr(w, "tag", "plain_text");
	jw_kstr(w, "content", d->title);
	jw_end(w);
	jw_kcstr(w, "template", template[d->level]);
	jw_end(w);
	jw_key(w, "elements");
	jw_arr(w);
	jw_obj(w);
	jw_kcstr(w, "tag", "div");
	jw_key(w, "text");
	jw_obj(w);
	jw_kcstr(w, "tag", "lark_md");
	jw_kstr(w, "content", buf_view(&text));
	jw_end(w);
	jw_end(w);
	jw_end(w);
	jw_end(w);
	buf_free(&text);
}

static void
feishu_build(const struct channel *ch, const struct delivery *d, bool mask, struct arena *a, struct request *r)
{
	struct buf url = {0}, body = {0}, sign = {0};
	struct jw w = jw_open(&body);

	buf_str(&url, endpoint(ch, mask));
	if (ch->key.at != NULL) {
		buf_putc(&url, '/');
		percent(&url, shown(&ch->key, mask), mask);
	}
	*r = (struct request){.method = "POST", .url = keep(a, &url)};
	request_header(r, a, "Content-Type: application/json");
	jw_obj(&w);
	if (ch->nsign > 0) {
		struct str ts = arena_printf(a, "%lld", (long long)cli_now());

		/* Key and message are the other way round than with DingTalk, and the message is empty. */
		if (mask)
			buf_puts(&sign, "***");
		else
			hmac_sha256_base64(arena_printf(a, "%.*s\n%.*s", STRF(ts), STRF(ch->sign[0].value)), STR(""), &sign);
		jw_kstr(&w, "timestamp", ts);
		jw_kstr(&w, "sign", buf_view(&sign));
	}
	jw_kcstr(&w, "msg_type", d->plain ? "text" : "interactive");
	if (d->plain) {
		jw_key(&w, "content");
		jw_obj(&w);
		jw_kstr(&w, "text", with_keyword(ch, a, d->text));
		jw_end(&w);
	} else {
		feishu_card(ch, d, a, &w);
	}
	jw_end(&w);
	r->body = keep(a, &body);
	buf_free(&sign);
}

static void
feishu_judge(const struct channel *ch, const struct http_res *res, struct arena *a, struct outcome *o)
{
	struct json v = res->fail == HTTP_OK ? answer(res) : (struct json){0};
	struct str reset;
	int64_t code, wait;

	(void)ch;
	/* Old endpoints give their limit with HTTP 400, so the body is looked at first. */
	if (res->fail != HTTP_OK || !json_i64(json_get(v, "code"), &code)) {
		if (judge_http(res, a, o))
			not_json(o, a, "Feishu");
		return;
	}
	if (!judge_http(res, a, o) && o->kind != OUT_DEAD)
		return;
	if (code == 0 && res->status >= 200 && res->status < 300) {
		*o = (struct outcome){.kind = OUT_ACCEPTED};
		return;
	}
	o->kind = OUT_DEAD;
	refuse_code(o, a, "code", code, json_str(json_get(v, "msg"), a));
	if (code == 11232 || code == 2200 || code == 99991400) {
		o->kind = OUT_RETRY;
		o->network = code != 2200;
		reset = http_header(res, "x-ogw-ratelimit-reset");
		o->wait_s = reset.p != NULL && str_i64(reset, &wait) && wait > 0 && wait < 86400 ? wait : code == 2200 ? 0 : 60;
	} else if (code == 19021) {
		o->error = arena_printf(a, "%.*s%s", STRF(o->error), skew(res, a));
	}
}

const struct provider provider_feishu = {
    .type = "feishu",
    .style = STYLE_FEISHU,
    .limit = 9000, /* of 20 KB for the body */
    .unit = UNIT_BYTES,
    .rate = {100, 60},
    .keys = token_keys,
    .check = feishu_check,
    .build = feishu_build,
    .judge = feishu_judge,
};

/* --- Slack --------------------------------------------------------------------------------------------------------- */

static const char *const slack_keys[] = {"url", NULL};

static int
slack_check(struct conf *c, struct channel *ch, const struct ynode *n, struct err *e)
{
	(void)c;
	if (conf_url(n, ch, NULL, e) != 0)
		return -1;
	if (ch->whole.at == NULL)
		return yaml_err(ynode_get(n, "url"), e, "key 'url': of Slack it is a secret; say env:NAME or file:PATH");
	return 0;
}

static void
slack_build(const struct channel *ch, const struct delivery *d, bool mask, struct arena *a, struct request *r)
{
	struct buf body = {0}, text = {0}, escaped = {0};
	struct jw w = jw_open(&body);
	struct str *v;
	size_t n = mentions(ch, d, &v);

	*r = (struct request){.method = "POST", .url = endpoint(ch, mask)};
	request_header(r, a, "Content-Type: application/json");
	buf_str(&text, d->text);
	for (size_t i = 0; i < n; i++) {
		buf_puts(&text, i == 0 ? "\n" : " ");
		if (str_is(v[i], "all") || str_is(v[i], "channel") || str_is(v[i], "here"))
			buf_printf(&text, "<!%s>", str_is(v[i], "here") ? "here" : "channel");
		else
			buf_printf(&text, v[i].p[0] == 'S' ? "<!subteam^%.*s>" : "<@%.*s>", STRF(v[i]));
	}
	jw_obj(&w);
	if (d->plain) {
		/* An approved text arrives as it is; the entities are only how Slack is told so. */
		for (size_t i = 0; i < d->text.n; i++)
			if (d->text.p[i] == '&' || d->text.p[i] == '<' || d->text.p[i] == '>')
				buf_puts(&escaped, d->text.p[i] == '&' ? "&amp;" : d->text.p[i] == '<' ? "&lt;" : "&gt;");
			else
				buf_putc(&escaped, d->text.p[i]);
		jw_kstr(&w, "text", buf_view(&escaped));
		jw_kbool(&w, "mrkdwn", false);
	} else {
		jw_kstr(&w, "text", d->title);
		jw_key(&w, "blocks");
		jw_arr(&w);
		jw_obj(&w);
		jw_kcstr(&w, "type", "section");
		jw_key(&w, "text");
		jw_obj(&w);
		jw_kcstr(&w, "type", "mrkdwn");
		jw_kstr(&w, "text", buf_view(&text));
		jw_kbool(&w, "verbatim", true);
		jw_end(&w);
		jw_end(&w);
		jw_end(&w);
	}
	jw_kbool(&w, "unfurl_links", false);
	jw_kbool(&w, "unfurl_media", false);
	jw_end(&w);
	r->body = keep(a, &body);
	buf_free(&text);
	buf_free(&escaped);
}

static void
slack_judge(const struct channel *ch, const struct http_res *res, struct arena *a, struct outcome *o)
{
	(void)ch;
	if (!judge_http(res, a, o))
		return;
	if (res->status == 200 && str_is(res->body, "ok")) {
		o->kind = OUT_ACCEPTED;
		return;
	}
	o->error = arena_printf(a, "HTTP %d: %.*s", res->status, STRF(said(a, res->body)));
}

const struct provider provider_slack = {
    .type = "slack",
    .style = STYLE_SLACK,
    .limit = 2800, /* of 3000 characters for a section, mentions apart */
    .unit = UNIT_CHARS,
    .rate = {60, 60},
    .keys = slack_keys,
    .check = slack_check,
    .build = slack_build,
    .judge = slack_judge,
};
