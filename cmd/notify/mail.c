/* E-mail through libcurl: one transaction for each recipient, so that a refusal is seen. */
#include <stdio.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "ext/crypto.h"
#include "notify.h"

static const char *const mail_keys[] = {"url", "user", "password", "from", "from_name", "to", "plain", NULL};

static bool
address_ok(struct str s)
{
	bool at = false;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c <= 0x20 || c >= 0x7f || memchr("<>,;\"()", c, 7) != NULL)
			return false;
		if (c == '@') {
			if (at || i == 0 || i + 1 == s.n)
				return false;
			at = true;
		}
	}
	return at && s.n <= 254;
}

static int
mail_check(struct conf *c, struct channel *ch, const struct ynode *n, struct err *e)
{
	struct str url = {0}, rest;

	if (yaml_str(n, "url", &url, e) < 0 || yaml_str(n, "user", &ch->user, e) < 0 ||
	    conf_secret(n, "password", &ch->password, e) < 0 || yaml_str(n, "from", &ch->from, e) < 0 ||
	    yaml_str(n, "from_name", &ch->from_name, e) < 0 || yaml_bool(n, "plain", &ch->plain_ok, e) < 0 ||
	    yaml_strs(n, "to", &c->mem, &ch->to, &ch->nto, e) < 0)
		return -1;
	ch->url = url;
	if (!str_starts(url, STR("smtp://")) && !str_starts(url, STR("smtps://")))
		return yaml_err(n, e, "key 'url': expected smtp://HOST:PORT (with STARTTLS) or smtps://HOST:PORT");
	rest = str_sub(url, (size_t)str_find(url, STR("//")) + 2, url.n);
	if (rest.n == 0 || str_find(rest, STR("@")) >= 0)
		return yaml_err(ynode_get(n, "url"), e, "key 'url': a host, without name and password");
	if ((ch->user.n > 0) != (ch->password.at != NULL))
		return yaml_err(n, e, "'user' and 'password' belong together");
	if (!address_ok(ch->from))
		return yaml_err(n, e, "key 'from': expected an address");
	if (ch->nto == 0)
		return yaml_err(n, e, "key 'to': expected addresses");
	for (size_t i = 0; i < ch->nto; i++)
		if (!address_ok(ch->to[i]))
			return yaml_err(ynode_get(n, "to"), e, "key 'to': '%.*s' is no address", STRF(utf8_cut_bytes(ch->to[i], 80)));
	return 0;
}

/* RFC 2047: lines of at most 76 characters with one word each, none of which splits a character. col: where it starts. */
static void
encoded_words(struct buf *out, struct str s, size_t col)
{
	for (bool first = true; s.n > 0; first = false, col = 1) {
		struct str part = utf8_cut_bytes(s, (76 - 12 - col) / 4 * 3);

		if (part.n == 0)
			break;
		if (!first)
			buf_puts(out, "\r\n ");
		buf_puts(out, "=?UTF-8?B?");
		base64_put(part, out);
		buf_puts(out, "?=");
		s = str_sub(s, part.n, s.n);
	}
}

static void
header_text(struct buf *out, const char *name, struct str s)
{
	struct buf clean = {0};

	utf8_clean(&clean, s); /* no CR, no LF: nothing can start another header */
	buf_printf(out, "%s: ", name);
	encoded_words(out, buf_view(&clean), strlen(name) + 2);
	buf_puts(out, "\r\n");
	buf_free(&clean);
}

static void
put_date(struct buf *out, int64_t t)
{
	static const char *const day[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const month[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct civil c = clock_civil(t);

	buf_printf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n", day[c.weekday], c.day, month[c.month - 1], c.year, c.hour,
	    c.minute, c.second);
}

static struct str
domain(struct str address)
{
	return str_sub(address, (size_t)str_find(address, STR("@")) + 1, address.n);
}

static void
mail_text(const struct channel *ch, const struct delivery *d, struct buf *out)
{
	static const char *const importance[] = {"normal", "normal", "normal", "high", "high"};
	char thread[SHA256_HEX];
	struct buf b64 = {0};

	(void)sha256_hex(d->row[0].ref, thread);
	put_date(out, d->row[0].created);
	buf_puts(out, "From: ");
	if (ch->from_name.n > 0) {
		struct buf clean = {0};

		utf8_clean(&clean, ch->from_name);
		encoded_words(out, buf_view(&clean), 6);
		buf_puts(out, "\r\n ");
		buf_free(&clean);
	}
	buf_printf(out, "<%.*s>\r\nTo: <%.*s>\r\n", STRF(ch->from), STRF(d->row[0].target));
	header_text(out, "Subject", d->title);
	/* The same at every attempt, so that a repeat can be recognised; one thread for each case. */
	buf_printf(out, "Message-ID: <%.*s@%.*s>\r\n", STRF(d->id), STRF(domain(ch->from)));
	buf_printf(out, "In-Reply-To: <%.32s@%.*s>\r\nReferences: <%.32s@%.*s>\r\n", thread, STRF(domain(ch->from)), thread,
	    STRF(domain(ch->from)));
	buf_printf(out, "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\nImportance: %s\r\n",
	    importance[d->level]);
	buf_puts(out, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n");
	base64_put(d->text, &b64);
	for (size_t i = 0; i < b64.n; i += 76) {
		buf_str(out, str_sub(buf_view(&b64), i, 76));
		buf_puts(out, "\r\n");
	}
	buf_free(&b64);
}

static void
mail_build(const struct channel *ch, const struct delivery *d, bool mask, struct arena *a, struct request *r)
{
	struct buf text = {0};

	(void)mask;
	mail_text(ch, d, &text);
	*r = (struct request){.method = "MAIL", .url = ch->url, .body = arena_str(a, buf_view(&text))};
	request_header(r, a, "MAIL FROM:<%.*s>", STRF(ch->from));
	request_header(r, a, "RCPT TO:<%.*s>", STRF(d->row[0].target));
	buf_free(&text);
}

static void
mail_send(struct sender *s, const struct channel *ch, const struct delivery *d, struct arena *a, struct outcome *o)
{
	struct buf text = {0};
	const char *to = arena_cstr(a, d->row[0].target);
	struct http_mail m = {.url = arena_cstr(a, ch->url),
	    .user = ch->user.n > 0 ? arena_cstr(a, ch->user) : NULL,
	    .password = ch->password.at != NULL ? arena_cstr(a, ch->password.value) : NULL,
	    .from = arena_cstr(a, ch->from),
	    .to = &to,
	    .nto = 1,
	    .plain_ok = ch->plain_ok,
	    .ca_file = s->conf.ca_file,
	    .timeout_ms = (int)ch->timeout_s * 1000};
	struct err e;
	bool sent;
	int code;

	mail_text(ch, d, &text);
	m.message = buf_view(&text);
	*o = (struct outcome){.kind = OUT_ACCEPTED};
	if (http_mail(&m, &code, &sent, &e) != 0) {
		o->error = arena_str(a, str_c(e.msg));
		if (sent)
			o->kind = OUT_UNKNOWN;
		else if (e.kind == ERR_DATA)
			o->kind = OUT_DEAD;
		else
			o->kind = OUT_RETRY; /* a wrong password too: set right, what waits goes out */
		o->network = o->kind != OUT_DEAD && (code < 400 || code >= 500);
	}
	buf_free(&text);
}

const struct provider provider_mail = {
    .type = "mail",
    .style = STYLE_PLAIN,
    .keys = mail_keys,
    .check = mail_check,
    .build = mail_build,
    .send = mail_send,
};
