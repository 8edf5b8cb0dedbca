#include <stdio.h>

#include "base/utf8.h"
#include "model/url.h"

struct url
url_split(struct str s)
{
	struct url u = {0};
	size_t i = 0;
	const char *q;

	u.scheme = u.user = u.host = u.port = u.path = u.query = u.fragment = (struct str){"", 0};
	if (s.n > 0 && (q = memchr(s.p, '#', s.n)) != NULL) {
		u.has_fragment = true;
		u.fragment = str_n(q + 1, s.n - (size_t)(q - s.p) - 1);
		s.n = (size_t)(q - s.p);
	}
	while (i < s.n && (is_alnum(s.p[i]) || s.p[i] == '+' || s.p[i] == '-' || s.p[i] == '.'))
		i++;
	if (i > 0 && i < s.n && s.p[i] == ':' && is_alpha(s.p[0])) {
		u.scheme = str_sub(s, 0, i);
		s = str_sub(s, i + 1, s.n);
	}
	if (s.n > 0 && (q = memchr(s.p, '?', s.n)) != NULL) {
		u.has_query = true;
		u.query = str_n(q + 1, s.n - (size_t)(q - s.p) - 1);
		s.n = (size_t)(q - s.p);
	}
	if (str_starts(s, STR("//"))) {
		struct str auth;

		u.authority = true;
		s = str_sub(s, 2, s.n);
		q = s.n > 0 ? memchr(s.p, '/', s.n) : NULL;
		auth = q != NULL ? str_n(s.p, (size_t)(q - s.p)) : s;
		s = str_sub(s, auth.n, s.n);
		for (size_t k = auth.n; k > 0; k--)
			if (auth.p[k - 1] == '@') {
				u.user = str_sub(auth, 0, k - 1);
				auth = str_sub(auth, k, auth.n);
				break;
			}
		u.host = auth;
		for (size_t k = auth.n; k > 0 && auth.p[k - 1] != ']'; k--)
			if (auth.p[k - 1] == ':') {
				u.host = str_sub(auth, 0, k - 1);
				u.port = str_sub(auth, k, auth.n);
				break;
			}
	}
	u.path = s;
	return u;
}

bool
url_is_web(struct str s)
{
	struct str head = str_sub(s, 0, 7);

	return str_eq_nocase(head, STR("http://")) || str_eq_nocase(str_sub(s, 0, 8), STR("https://"));
}

/* --- host --------------------------------------------------------------------------------------------------- */

/* RFC 3492 with the parameters of IDNA; cp holds n code points. */
static void
punycode(struct buf *out, const uint32_t *cp, size_t n)
{
	uint32_t next = 128, delta = 0, bias = 72;
	size_t basic = 0, done;

	for (size_t i = 0; i < n; i++)
		if (cp[i] < 128) {
			buf_putc(out, (char)cp[i]);
			basic++;
		}
	if (basic > 0)
		buf_putc(out, '-');
	for (done = basic; done < n;) {
		uint32_t m = UINT32_MAX;

		for (size_t i = 0; i < n; i++)
			if (cp[i] >= next && cp[i] < m)
				m = cp[i];
		delta += (m - next) * (uint32_t)(done + 1);
		next = m;
		for (size_t i = 0; i < n; i++) {
			uint32_t q, k, t;

			if (cp[i] < next)
				delta++;
			if (cp[i] != next)
				continue;
			for (q = delta, k = 36;; k += 36) {
				uint32_t d;

				t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
				if (q < t)
					break;
				d = t + (q - t) % (36 - t);
				buf_putc(out, (char)(d < 26 ? 'a' + d : '0' + d - 26));
				q = (q - t) / (36 - t);
			}
			buf_putc(out, (char)(q < 26 ? 'a' + q : '0' + q - 26));
			delta = done == basic ? delta / 700 : delta / 2;
			delta += delta / (uint32_t)(done + 1);
			for (k = 0; delta > 455; k += 36)
				delta /= 35;
			bias = k + 36 * delta / (delta + 38);
			delta = 0;
			done++;
		}
		delta++;
		next++;
	}
}

static int
hex_digit(char c)
{
	c = to_lower(c);
	return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Percent escapes undone, labels outside ASCII in punycode, lower case when asked for. False: not a host. */
static bool
put_host(struct buf *out, struct str host, bool lower)
{
	char raw[256];
	uint32_t label[64];
	size_t n = 0, k = 0, start = out->n, label_start = out->n;
	bool ascii = true;

	if (host.n == 0 || host.n > 255)
		return false;
	for (size_t i = 0; i < host.n; i++) {
		if (host.p[i] == '%' && i + 2 < host.n && hex_digit(host.p[i + 1]) >= 0 && hex_digit(host.p[i + 2]) >= 0) {
			raw[n++] = (char)(hex_digit(host.p[i + 1]) * 16 + hex_digit(host.p[i + 2]));
			i += 2;
		} else {
			raw[n++] = host.p[i];
		}
	}
	if (!utf8_valid(raw, n))
		return false;
	for (const char *p = raw, *end = raw + n, *next = end;; p = next) {
		uint32_t cp = p < end ? utf8_step(p, end, &next) : '.';
		bool last = p >= end;

		if (cp == 0x3002 || cp == 0xff0e || cp == 0xff61) /* full stops of other scripts */
			cp = '.';
		if (cp >= 0xff01 && cp <= 0xff5e)
			cp -= 0xfee0;
		if (cp == '.') {
			if (!ascii)
				buf_puts(out, "xn--");
			if (ascii)
				for (size_t i = 0; i < k; i++)
					buf_putc(out, (char)label[i]);
			else
				punycode(out, label, k);
			if (out->n - label_start > 63 || out->n - start > 253)
				return false;
			k = 0;
			ascii = true;
			if (last)
				return true;
			buf_putc(out, '.');
			label_start = out->n;
			continue;
		}
		if (k == sizeof label / sizeof *label)
			return false;
		if (cp < 0x80) {
			if (cp <= 0x20 || cp == 0x7f || strchr("<>\"\\^`{|}%/?#@:[]", (int)cp) != NULL)
				return false;
			if (lower)
				cp = (uint32_t)(unsigned char)to_lower((char)cp);
		} else {
			ascii = false;
		}
		label[k++] = cp;
	}
}

/* --- resolving ---------------------------------------------------------------------------------------------- */

/* Percent-encodes what may not stand in a URL; also the characters in extra. Escapes get upper-case digits. */
static void
put_escaped(struct buf *out, struct str s, const char *extra)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '%' && i + 2 < s.n && hex_digit(s.p[i + 1]) >= 0 && hex_digit(s.p[i + 2]) >= 0) {
			buf_putc(out, '%');
			buf_putc(out, hex[hex_digit(s.p[i + 1])]);
			buf_putc(out, hex[hex_digit(s.p[i + 2])]);
			i += 2;
		} else if (c <= 0x20 || c >= 0x7f || c == '%' || strchr("\"<>\\^`{|}", c) != NULL ||
		    strchr(extra, c) != NULL) {
			buf_putc(out, '%');
			buf_putc(out, hex[c >> 4]);
			buf_putc(out, hex[c & 15]);
		} else {
			buf_putc(out, (char)c);
		}
	}
}

/* Appends path without "." and ".." segments (RFC 3986, 5.2.4); path starts with '/'. */
static void
put_path(struct buf *out, struct str path)
{
	size_t start = out->n;
	struct str rest = path, seg;

	if (path.n == 0) {
		buf_putc(out, '/');
		return;
	}
	rest = str_sub(path, 1, path.n);
	while (str_split(&rest, '/', &seg)) {
		bool last = rest.p == NULL;

		if (str_is(seg, ".") || str_is(seg, "%2e") || str_is(seg, "%2E")) {
			if (last)
				buf_putc(out, '/');
		} else if (str_is(seg, "..") || str_eq_nocase(seg, STR("%2e%2e")) || str_eq_nocase(seg, STR(".%2e")) ||
		    str_eq_nocase(seg, STR("%2e."))) {
			while (out->n > start && out->p[--out->n] != '/')
				;
			if (last)
				buf_putc(out, '/');
		} else {
			buf_putc(out, '/');
			put_escaped(out, seg, "[]");
		}
	}
	if (out->n == start)
		buf_putc(out, '/');
}

static struct str
resolve(struct arena *a, struct str base, struct str ref, bool lower)
{
	struct buf tidy = {0}, out = {0};
	struct str none = {NULL, 0}, got = none;
	struct url b, r;
	struct str scheme;
	int64_t port;

	ref = str_trim(ref);
	for (size_t i = 0; i < ref.n; i++) { /* tabs and line breaks inside are typing accidents */
		char c = ref.p[i];

		if (c == '\t' || c == '\n' || c == '\r')
			continue;
		if (c == '?' || c == '#') {
			for (; i < ref.n; i++)
				if (ref.p[i] != '\t' && ref.p[i] != '\n' && ref.p[i] != '\r')
					buf_putc(&tidy, ref.p[i]);
			break;
		}
		buf_putc(&tidy, c == '\\' ? '/' : c);
	}
	b = url_split(str_trim(base));
	r = url_split(buf_view(&tidy));
	if (r.scheme.n > 0 && !r.authority && b.scheme.n > 0 && str_eq_nocase(r.scheme, b.scheme))
		r.scheme = STR(""); /* "http:page.html", once legal */
	scheme = r.scheme.n > 0 ? r.scheme : b.scheme;
	if (!str_eq_nocase(scheme, STR("http")) && !str_eq_nocase(scheme, STR("https")))
		goto done;
	if (r.scheme.n == 0 && !r.authority && !b.authority)
		goto done;
	for (size_t i = 0; i < scheme.n; i++)
		buf_putc(&out, to_lower(scheme.p[i]));
	buf_puts(&out, "://");
	{
		struct url *from = r.authority ? &r : &b;

		if (from->user.n > 0) {
			put_escaped(&out, from->user, "@[]/");
			buf_putc(&out, '@');
		}
		if (from->host.n > 2 && from->host.p[0] == '[')
			put_escaped(&out, from->host, "");
		else if (!put_host(&out, from->host, lower))
			goto done;
		if (from->port.n > 0) {
			if (!str_i64(from->port, &port) || port < 1 || port > 65535)
				goto done;
			if (port != (out.p[4] == 's' ? 443 : 80))
				buf_printf(&out, ":%d", (int)port);
		}
	}
	if (r.authority || r.scheme.n > 0) {
		put_path(&out, r.path);
	} else if (r.path.n == 0) {
		put_path(&out, b.path);
		if (!r.has_query) {
			r.has_query = b.has_query;
			r.query = b.query;
		}
	} else if (r.path.p[0] == '/') {
		put_path(&out, r.path);
	} else {
		struct buf merged = {0};
		size_t k = b.path.n;

		while (k > 0 && b.path.p[k - 1] != '/')
			k--;
		buf_add(&merged, b.path.p, k);
		if (k == 0)
			buf_putc(&merged, '/');
		buf_str(&merged, r.path);
		put_path(&out, buf_view(&merged));
		buf_free(&merged);
	}
	if (r.has_query) {
		buf_putc(&out, '?');
		put_escaped(&out, r.query, "'");
	}
	if (r.has_fragment) {
		buf_putc(&out, '#');
		put_escaped(&out, r.fragment, "");
	}
	got = arena_str(a, buf_view(&out));
done:
	buf_free(&tidy);
	buf_free(&out);
	return got;
}

struct str
url_resolve(struct arena *a, struct str base, struct str ref)
{
	return resolve(a, base, ref, false);
}

/* --- one spelling -------------------------------------------------------------------------------------------- */

static bool
tracking(struct str pair)
{
	static const char *const names[] = {"spm", "scm", "fbclid", "gclid", "dclid", "msclkid", "yclid", "igshid", "mc_cid",
	    "mc_eid", "_ga", "wechat_redirect", "nsukey", "isappinstalled", "sharer_shareid", "sharer_sharetime",
	    "vd_source", "buvid", "wfr", "bd_vid", "weibo_id", "luicode", "lfid", "ref_src", "ref_url"};
	static const char *const prefixes[] = {"utm_", "share_", "hmsr", "hmpl", "hmcu", "hmkw", "hmci"};
	static const char *const places[] = {"timeline", "singlemessage", "groupmessage", "weixin", "qq", "weibo", "app"};
	struct str name, value = pair;

	(void)str_split(&value, '=', &name);
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (str_starts(name, str_c(prefixes[i])))
			return true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(name, names[i]))
			return true;
	if (str_is(name, "from") && value.p != NULL)
		for (size_t i = 0; i < sizeof places / sizeof *places; i++)
			if (str_is(value, places[i]))
				return true;
	return false;
}

struct str
url_canonical(struct arena *a, struct str s)
{
	struct str full = resolve(a, STR(""), s, true), rest, pair;
	struct url u;
	struct buf out = {0};
	bool first = true;

	if (full.p == NULL)
		return full;
	u = url_split(full);
	buf_add(&out, full.p, (size_t)(u.path.p + u.path.n - full.p));
	rest = u.query;
	while (u.has_query && u.query.n > 0 && str_split(&rest, '&', &pair)) {
		if (tracking(pair))
			continue;
		buf_putc(&out, first ? '?' : '&');
		buf_str(&out, pair);
		first = false;
	}
	if (u.has_fragment && str_starts(u.fragment, STR("!"))) {
		buf_putc(&out, '#');
		buf_str(&out, u.fragment);
	}
	full = arena_str(a, buf_view(&out));
	buf_free(&out);
	return full;
}

struct str
url_site(struct arena *a, struct str s)
{
	struct str full = resolve(a, STR(""), s, true);
	struct url u;

	if (full.p == NULL)
		return full;
	u = url_split(full);
	return arena_printf(a, "%.*s://%.*s:%.*s", STRF(u.scheme), STRF(u.host),
	    STRF(u.port.n > 0 ? u.port : str_is(u.scheme, "https") ? STR("443") : STR("80")));
}

struct str
url_path(struct arena *a, struct str s)
{
	struct str full = resolve(a, STR(""), s, true);
	struct url u;
	const char *end;

	if (full.p == NULL)
		return STR("/");
	u = url_split(full);
	end = u.has_query ? u.query.p + u.query.n : u.path.p + u.path.n;
	return arena_str(a, str_n(u.path.p, (size_t)(end - u.path.p)));
}

struct str
url_show(struct arena *a, struct str s)
{
	struct url u = url_split(s);
	struct buf out = {0};
	struct str rest = u.query, pair, cut;
	bool first = true;

	if (!u.authority) {
		utf8_clean(&out, s);
	} else {
		buf_printf(&out, "%.*s://%.*s", STRF(u.scheme), STRF(u.host));
		if (u.port.n > 0)
			buf_printf(&out, ":%.*s", STRF(u.port));
		buf_str(&out, u.path);
		while (u.has_query && u.query.n > 0 && str_split(&rest, '&', &pair)) {
			struct str name = pair, value = pair;

			(void)str_split(&value, '=', &name);
			buf_putc(&out, first ? '?' : '&');
			buf_str(&out, name);
			if (value.p != NULL)
				buf_puts(&out, "=...");
			first = false;
		}
	}
	cut = utf8_cut_bytes(buf_view(&out), 200);
	cut = arena_str(a, cut);
	buf_free(&out);
	return cut;
}
