#include "model/markup.h"

#include "base/utf8.h"

/* Cleaned first, so that no control or bidi character reaches any form. */
static struct str
clean(struct buf *tmp, struct str s)
{
	utf8_clean(tmp, s);
	return buf_view(tmp);
}

void
markup_html(struct buf *out, struct str s)
{
	struct buf tmp = {0};
	struct str c = clean(&tmp, s);
	size_t from = 0;

	for (size_t i = 0; i < c.n; i++) {
		const char *ref;

		switch (c.p[i]) {
		case '&':
			ref = "&amp;";
			break;
		case '<':
			ref = "&lt;";
			break;
		case '>':
			ref = "&gt;";
			break;
		case '"':
			ref = "&quot;";
			break;
		case '\'':
			ref = "&#39;";
			break;
		default:
			continue;
		}
		buf_add(out, c.p + from, i - from);
		buf_puts(out, ref);
		from = i + 1;
	}
	buf_add(out, c.p + from, c.n - from);
	buf_free(&tmp);
}

/* Schemes that some renderers link without being asked ("www." too) are broken by an escaped character. */
void
markup_md(struct buf *out, struct str s)
{
	struct buf tmp = {0};
	struct str c = clean(&tmp, s);
	bool number = true; /* only digits so far: "1." would begin a list */

	for (size_t i = 0; i < c.n; i++) {
		char ch = c.p[i];
		bool first = i == 0 || is_space(c.p[i - 1]);

		number = number && (i == 0 || is_digit(c.p[i - 1]));
		if (ch == '<')
			buf_puts(out, "&lt;");
		else if (ch == '>')
			buf_puts(out, "&gt;");
		else if (ch == '&')
			buf_puts(out, "&amp;");
		else if (strchr("\\`*_[]|~!#", ch) != NULL || (first && strchr("+-=", ch) != NULL) ||
		    ((ch == '.' || ch == ')') && i > 0 && number && (i + 1 == c.n || is_space(c.p[i + 1]))) || (ch == '.' && i >= 3 && str_eq_nocase(str_sub(c, i - 3, 3), STR("www"))) ||
		    (ch == ':' && i + 2 < c.n && c.p[i + 1] == '/') || ch == '@') {
			buf_putc(out, '\\');
			buf_putc(out, ch);
		} else {
			buf_putc(out, ch);
		}
	}
	buf_free(&tmp);
}

void
markup_csv(struct buf *out, struct str s)
{
	struct buf tmp = {0};
	struct str c = clean(&tmp, s);
	struct str t = str_trim(c);
	double number;
	bool formula = t.n > 0 && strchr("=+-@|%", t.p[0]) != NULL && !str_f64(t, &number);
	bool quote = formula || c.n != t.n;

	for (size_t i = 0; i < c.n && !quote; i++)
		quote = c.p[i] == ',' || c.p[i] == '"' || c.p[i] == ';' || c.p[i] == '\'';
	if (quote)
		buf_putc(out, '"');
	if (formula)
		buf_putc(out, '\'');
	for (size_t i = 0; i < c.n; i++) {
		if (c.p[i] == '"')
			buf_putc(out, '"');
		buf_putc(out, c.p[i]);
	}
	if (quote)
		buf_putc(out, '"');
	buf_free(&tmp);
}

bool
link_ok(struct str url)
{
	size_t skip = str_starts(url, STR("https://")) ? 8 : str_starts(url, STR("http://")) ? 7 : 0;

	if (skip == 0 || url.n == skip || url.n > 2048)
		return false;
	for (size_t i = 0; i < url.n; i++) {
		unsigned char ch = (unsigned char)url.p[i];

		if (ch <= 0x20 || ch == 0x7f || ch == '"' || ch == '\'' || ch == '<' || ch == '>' || ch == '\\' || ch == '`')
			return false;
	}
	/* user:password@host shows one name and leads to another */
	for (size_t i = skip; i < url.n && url.p[i] != '/' && url.p[i] != '?' && url.p[i] != '#'; i++)
		if (url.p[i] == '@')
			return false;
	{
		struct buf tmp = {0};
		bool same;

		utf8_clean(&tmp, url);
		same = tmp.n == url.n;
		buf_free(&tmp);
		return same;
	}
}
