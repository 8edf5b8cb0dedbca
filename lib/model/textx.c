#include <stdlib.h>

#include "base/utf8.h"
#include "model/textx.h"

struct entity {
	char name[12];
	uint32_t cp;
};

/* HTML 4 and the HTML 5 names seen in feeds, in byte order. */
static const struct entity entities[] = {
	    {"AElig", 0xc6}, {"AMP", 0x26}, {"Aacute", 0xc1}, {"Abreve", 0x102}, {"Acirc", 0xc2}, {"Agrave", 0xc0},
	    {"Alpha", 0x391}, {"Amacr", 0x100}, {"Aogon", 0x104}, {"Aring", 0xc5}, {"Atilde", 0xc3}, {"Auml", 0xc4},
	    {"Beta", 0x392}, {"Breve", 0x2d8}, {"COPY", 0xa9}, {"Cacute", 0x106}, {"Ccaron", 0x10c}, {"Ccedil", 0xc7},
	    {"Chi", 0x3a7}, {"Dagger", 0x2021}, {"Dcaron", 0x10e}, {"Delta", 0x394}, {"ETH", 0xd0}, {"Eacute", 0xc9},
	    {"Ecaron", 0x11a}, {"Ecirc", 0xca}, {"Egrave", 0xc8}, {"Emacr", 0x112}, {"Eogon", 0x118},
	    {"Epsilon", 0x395}, {"Eta", 0x397}, {"Euml", 0xcb}, {"GT", 0x3e}, {"Gamma", 0x393}, {"Gbreve", 0x11e},
	    {"Hat", 0x5e}, {"Iacute", 0xcd}, {"Icirc", 0xce}, {"Idot", 0x130}, {"Igrave", 0xcc}, {"Imacr", 0x12a},
	    {"Iota", 0x399}, {"Iuml", 0xcf}, {"Kappa", 0x39a}, {"LT", 0x3c}, {"Lambda", 0x39b}, {"Lstrok", 0x141},
	    {"Mu", 0x39c}, {"Nacute", 0x143}, {"Ncaron", 0x147}, {"NewLine", 0xa}, {"Ntilde", 0xd1}, {"Nu", 0x39d},
	    {"OElig", 0x152}, {"Oacute", 0xd3}, {"Ocirc", 0xd4}, {"Odblac", 0x150}, {"Ograve", 0xd2},
	    {"Omacr", 0x14c}, {"Omega", 0x3a9}, {"Omicron", 0x39f}, {"Oslash", 0xd8}, {"Otilde", 0xd5},
	    {"Ouml", 0xd6}, {"Phi", 0x3a6}, {"Pi", 0x3a0}, {"Prime", 0x2033}, {"Psi", 0x3a8}, {"QUOT", 0x22},
	    {"REG", 0xae}, {"Rcaron", 0x158}, {"Rho", 0x3a1}, {"Sacute", 0x15a}, {"Scaron", 0x160}, {"Scedil", 0x15e},
	    {"Sigma", 0x3a3}, {"THORN", 0xde}, {"TRADE", 0x2122}, {"Tab", 0x9}, {"Tau", 0x3a4}, {"Tcaron", 0x164},
	    {"Tcedil", 0x162}, {"Theta", 0x398}, {"Uacute", 0xda}, {"Ucirc", 0xdb}, {"Udblac", 0x170},
	    {"Ugrave", 0xd9}, {"Umacr", 0x16a}, {"Upsilon", 0x3a5}, {"Uring", 0x16e}, {"Uuml", 0xdc}, {"Xi", 0x39e},
	    {"Yacute", 0xdd}, {"Yuml", 0x178}, {"Zacute", 0x179}, {"Zcaron", 0x17d}, {"Zdot", 0x17b}, {"Zeta", 0x396},
	    {"aacute", 0xe1}, {"abreve", 0x103}, {"acirc", 0xe2}, {"acute", 0xb4}, {"aelig", 0xe6}, {"agrave", 0xe0},
	    {"alefsym", 0x2135}, {"alpha", 0x3b1}, {"amacr", 0x101}, {"amp", 0x26}, {"and", 0x2227}, {"ang", 0x2220},
	    {"aogon", 0x105}, {"apos", 0x27}, {"aring", 0xe5}, {"ast", 0x2a}, {"asymp", 0x2248}, {"atilde", 0xe3},
	    {"auml", 0xe4}, {"bdquo", 0x201e}, {"beta", 0x3b2}, {"breve", 0x2d8}, {"brvbar", 0xa6}, {"bsol", 0x5c},
	    {"bull", 0x2022}, {"cacute", 0x107}, {"cap", 0x2229}, {"caron", 0x2c7}, {"ccaron", 0x10d},
	    {"ccedil", 0xe7}, {"cedil", 0xb8}, {"cent", 0xa2}, {"check", 0x2713}, {"chi", 0x3c7}, {"circ", 0x2c6},
	    {"clubs", 0x2663}, {"colon", 0x3a}, {"comma", 0x2c}, {"commat", 0x40}, {"cong", 0x2245}, {"copy", 0xa9},
	    {"copysr", 0x2117}, {"crarr", 0x21b5}, {"cross", 0x2717}, {"cup", 0x222a}, {"curren", 0xa4},
	    {"dArr", 0x21d3}, {"dagger", 0x2020}, {"darr", 0x2193}, {"dash", 0x2010}, {"dblac", 0x2dd},
	    {"dcaron", 0x10f}, {"deg", 0xb0}, {"delta", 0x3b4}, {"diams", 0x2666}, {"divide", 0xf7}, {"dollar", 0x24},
	    {"dot", 0x2d9}, {"eacute", 0xe9}, {"ecaron", 0x11b}, {"ecirc", 0xea}, {"egrave", 0xe8}, {"emacr", 0x113},
	    {"empty", 0x2205}, {"emsp", 0x2003}, {"ensp", 0x2002}, {"eogon", 0x119}, {"epsilon", 0x3b5},
	    {"equals", 0x3d}, {"equiv", 0x2261}, {"eta", 0x3b7}, {"eth", 0xf0}, {"euml", 0xeb}, {"euro", 0x20ac},
	    {"excl", 0x21}, {"exist", 0x2203}, {"female", 0x2640}, {"fnof", 0x192}, {"forall", 0x2200},
	    {"frac12", 0xbd}, {"frac13", 0x2153}, {"frac14", 0xbc}, {"frac15", 0x2155}, {"frac18", 0x215b},
	    {"frac23", 0x2154}, {"frac34", 0xbe}, {"frasl", 0x2044}, {"gamma", 0x3b3}, {"gbreve", 0x11f},
	    {"ge", 0x2265}, {"grave", 0x60}, {"gt", 0x3e}, {"hArr", 0x21d4}, {"half", 0xbd}, {"harr", 0x2194},
	    {"hearts", 0x2665}, {"hellip", 0x2026}, {"horbar", 0x2015}, {"hyphen", 0x2010}, {"iacute", 0xed},
	    {"icirc", 0xee}, {"iexcl", 0xa1}, {"igrave", 0xec}, {"imacr", 0x12b}, {"image", 0x2111}, {"imath", 0x131},
	    {"incare", 0x2105}, {"infin", 0x221e}, {"inodot", 0x131}, {"int", 0x222b}, {"iota", 0x3b9},
	    {"iquest", 0xbf}, {"isin", 0x2208}, {"iuml", 0xef}, {"kappa", 0x3ba}, {"lArr", 0x21d0}, {"lambda", 0x3bb},
	    {"lang", 0x2329}, {"laquo", 0xab}, {"larr", 0x2190}, {"lbrace", 0x7b}, {"lbrack", 0x5b},
	    {"lceil", 0x2308}, {"lcub", 0x7b}, {"ldquo", 0x201c}, {"le", 0x2264}, {"leftarrow", 0x2190},
	    {"lfloor", 0x230a}, {"lowast", 0x2217}, {"lowbar", 0x5f}, {"loz", 0x25ca}, {"lpar", 0x28},
	    {"lrm", 0x200e}, {"lsaquo", 0x2039}, {"lsqb", 0x5b}, {"lsquo", 0x2018}, {"lstrok", 0x142}, {"lt", 0x3c},
	    {"macr", 0xaf}, {"male", 0x2642}, {"mdash", 0x2014}, {"micro", 0xb5}, {"middot", 0xb7}, {"minus", 0x2212},
	    {"mldr", 0x2026}, {"mu", 0x3bc}, {"nabla", 0x2207}, {"nacute", 0x144}, {"nbsp", 0xa0}, {"ncaron", 0x148},
	    {"ndash", 0x2013}, {"ne", 0x2260}, {"ni", 0x220b}, {"not", 0xac}, {"notin", 0x2209}, {"nsub", 0x2284},
	    {"ntilde", 0xf1}, {"nu", 0x3bd}, {"num", 0x23}, {"numero", 0x2116}, {"oacute", 0xf3}, {"ocirc", 0xf4},
	    {"odblac", 0x151}, {"oelig", 0x153}, {"ograve", 0xf2}, {"oline", 0x203e}, {"omacr", 0x14d},
	    {"omega", 0x3c9}, {"omicron", 0x3bf}, {"oplus", 0x2295}, {"or", 0x2228}, {"ordf", 0xaa}, {"ordm", 0xba},
	    {"oslash", 0xf8}, {"otilde", 0xf5}, {"otimes", 0x2297}, {"ouml", 0xf6}, {"para", 0xb6}, {"part", 0x2202},
	    {"percnt", 0x25}, {"period", 0x2e}, {"permil", 0x2030}, {"perp", 0x22a5}, {"phi", 0x3c6},
	    {"phone", 0x260e}, {"pi", 0x3c0}, {"piv", 0x3d6}, {"plus", 0x2b}, {"plusmn", 0xb1}, {"pound", 0xa3},
	    {"prime", 0x2032}, {"prod", 0x220f}, {"prop", 0x221d}, {"psi", 0x3c8}, {"quest", 0x3f}, {"quot", 0x22},
	    {"rArr", 0x21d2}, {"radic", 0x221a}, {"rang", 0x232a}, {"raquo", 0xbb}, {"rarr", 0x2192},
	    {"rbrace", 0x7d}, {"rbrack", 0x5d}, {"rcaron", 0x159}, {"rceil", 0x2309}, {"rcub", 0x7d},
	    {"rdquo", 0x201d}, {"real", 0x211c}, {"reg", 0xae}, {"rfloor", 0x230b}, {"rho", 0x3c1},
	    {"rightarrow", 0x2192}, {"rlm", 0x200f}, {"rpar", 0x29}, {"rsaquo", 0x203a}, {"rsqb", 0x5d},
	    {"rsquo", 0x2019}, {"sacute", 0x15b}, {"sbquo", 0x201a}, {"scaron", 0x161}, {"scedil", 0x15f},
	    {"sdot", 0x22c5}, {"sect", 0xa7}, {"semi", 0x3b}, {"shy", 0xad}, {"sigma", 0x3c3}, {"sigmaf", 0x3c2},
	    {"sim", 0x223c}, {"sol", 0x2f}, {"spades", 0x2660}, {"star", 0x2606}, {"starf", 0x2605}, {"sub", 0x2282},
	    {"sube", 0x2286}, {"sum", 0x2211}, {"sup", 0x2283}, {"sup1", 0xb9}, {"sup2", 0xb2}, {"sup3", 0xb3},
	    {"supe", 0x2287}, {"szlig", 0xdf}, {"tau", 0x3c4}, {"tcaron", 0x165}, {"tcedil", 0x163},
	    {"there4", 0x2234}, {"theta", 0x3b8}, {"thetasym", 0x3d1}, {"thinsp", 0x2009}, {"thorn", 0xfe},
	    {"tilde", 0x2dc}, {"times", 0xd7}, {"trade", 0x2122}, {"uArr", 0x21d1}, {"uacute", 0xfa},
	    {"uarr", 0x2191}, {"ucirc", 0xfb}, {"udblac", 0x171}, {"ugrave", 0xf9}, {"umacr", 0x16b}, {"uml", 0xa8},
	    {"upsih", 0x3d2}, {"upsilon", 0x3c5}, {"uring", 0x16f}, {"uuml", 0xfc}, {"verbar", 0x7c}, {"vert", 0x7c},
	    {"weierp", 0x2118}, {"xi", 0x3be}, {"yacute", 0xfd}, {"yen", 0xa5}, {"yuml", 0xff}, {"zacute", 0x17a},
	    {"zcaron", 0x17e}, {"zdot", 0x17c}, {"zeta", 0x3b6}, {"zwj", 0x200d}, {"zwnj", 0x200c},
};

/* Windows-1252 at 0x80..0x9f: what writers of &#150; meant. */
static const uint16_t cp1252[32] = {0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030,
    0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178};

static int
entity_cmp(const void *key, const void *elem)
{
	return str_cmp(*(const struct str *)key, str_c(((const struct entity *)elem)->name));
}

static uint32_t
entity_named(struct str name)
{
	const struct entity *en;

	en = bsearch(&name, entities, sizeof entities / sizeof *entities, sizeof *entities, entity_cmp);
	return en != NULL ? en->cp : 0;
}

static uint32_t
sane(uint32_t cp)
{
	if (cp >= 0x80 && cp < 0xa0)
		return cp1252[cp - 0x80];
	if (cp == 0 || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000) || cp == 0xfffe || cp == 0xffff)
		return 0xfffd;
	return cp;
}

/* The character reference at s (which starts with '&'): its length, or 0 when it is none. */
static size_t
reference(struct str s, uint32_t *cp)
{
	size_t i = 1, from;
	uint32_t v = 0;

	if (s.n < 3)
		return 0;
	if (s.p[1] == '#') {
		bool hex = s.n > 3 && (s.p[2] == 'x' || s.p[2] == 'X');

		from = i = hex ? 3 : 2;
		for (; i < s.n; i++) {
			char c = to_lower(s.p[i]);
			uint32_t d;

			if (is_digit(c))
				d = (uint32_t)(c - '0');
			else if (hex && c >= 'a' && c <= 'f')
				d = (uint32_t)(c - 'a' + 10);
			else
				break;
			v = v > 0x110000 ? v : v * (hex ? 16 : 10) + d;
		}
		if (i == from)
			return 0;
		*cp = sane(v);
		return i < s.n && s.p[i] == ';' ? i + 1 : i;
	}
	while (i < s.n && i < 12 && is_alnum(s.p[i]))
		i++;
	if (i < s.n && s.p[i] == ';') {
		v = entity_named(str_sub(s, 1, i - 1));
		if (v == 0)
			return 0;
		*cp = v;
		return i + 1;
	}
	/* without a semicolon only what pages really forget it on, and never inside a URL's query */
	if (i < s.n && s.p[i] == '=')
		return 0;
	{
		struct str name = str_sub(s, 1, i - 1);

		if (str_is(name, "amp") || str_is(name, "lt") || str_is(name, "gt") || str_is(name, "quot") ||
		    str_is(name, "nbsp")) {
			*cp = entity_named(name);
			return i;
		}
	}
	return 0;
}

static void
put(struct buf *out, uint32_t cp)
{
	char tmp[4];

	buf_add(out, tmp, utf8_put(tmp, cp));
}

void
textx_unescape(struct buf *out, struct str s)
{
	size_t i = 0, from = 0;

	while (i < s.n) {
		uint32_t cp;
		size_t k;

		if (s.p[i] != '&' || (k = reference(str_sub(s, i, s.n), &cp)) == 0) {
			i++;
			continue;
		}
		buf_add(out, s.p + from, i - from);
		put(out, cp);
		from = i += k;
	}
	buf_add(out, s.p + from, s.n - from);
}

/* --- white space and invisible characters ------------------------------------------------------------------- */

enum gap { GAP_NONE, GAP_SPACE, GAP_LINE };

/* Text under construction: gaps are held back until something visible follows. */
struct sink {
	struct buf *out;
	size_t start;    /* out->n at the beginning */
	enum gap gap;
	uint32_t before; /* last code point put, 0 at the start */
	bool lines, pre;
};

static void
gap(struct sink *k, enum gap g)
{
	if (g == GAP_LINE && !k->lines)
		g = GAP_SPACE;
	if (g > k->gap)
		k->gap = g;
}

static bool
is_hidden(uint32_t cp)
{
	return (cp < 0x20 && cp != '\t' && cp != '\n' && cp != '\r' && cp != '\f') || (cp >= 0x7f && cp < 0xa0) ||
	    cp == 0x200b || cp == 0x2060 || cp == 0xfeff || (cp >= 0x202a && cp <= 0x202e) ||
	    (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfffe || cp == 0xffff;
}

static bool
is_blank(uint32_t cp)
{
	return cp == ' ' || cp == '\t' || cp == '\n' || cp == '\r' || cp == '\f' || cp == 0xa0 || cp == 0x3000 ||
	    (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 || cp == 0x2029 || cp == 0x202f || cp == 0x205f;
}

static void
sink_cp(struct sink *k, uint32_t cp)
{
	if (is_hidden(cp))
		return;
	if ((cp == 0x200c || cp == 0x200d) && k->gap == GAP_NONE &&
	    (is_alnum((char)(k->before < 0x80 ? k->before : 0)) || utf8_is_han(k->before)))
		return; /* a joiner that joins nothing only hides a word from a search */
	if (k->gap != GAP_NONE) {
		if (k->out->n > k->start)
			buf_putc(k->out, k->gap == GAP_LINE ? '\n' : ' ');
		k->gap = GAP_NONE;
	}
	put(k->out, cp);
	k->before = cp;
}

static void
sink_text(struct sink *k, struct str s, bool entities_too)
{
	const char *p = s.p, *end;

	if (s.n == 0)
		return;
	end = p + s.n;
	while (p < end) {
		const char *next;
		uint32_t cp;
		size_t n;

		if (*p == '&' && entities_too && (n = reference(str_n(p, (size_t)(end - p)), &cp)) > 0)
			next = p + n;
		else
			cp = utf8_step(p, end, &next);
		p = next;
		if (!is_blank(cp))
			sink_cp(k, cp);
		else if (k->pre && (cp == '\n' || cp == 0x2028 || cp == 0x2029))
			gap(k, GAP_LINE);
		else
			gap(k, GAP_SPACE);
	}
}

void
textx_clean(struct buf *out, struct str s, bool lines)
{
	struct sink k = {.out = out, .start = out->n, .lines = lines, .pre = true};

	sink_text(&k, s, false);
}

/* --- HTML --------------------------------------------------------------------------------------------------- */

struct tag {
	struct str name;
	bool closing;
	struct str alt;  /* p == NULL: no such attribute */
	size_t len;      /* bytes with its brackets */
};

/* A tag at s ("<" stands there); false when this is not one. */
static bool
tag_at(struct str s, struct tag *t)
{
	size_t i = 1;

	*t = (struct tag){0};
	if (i < s.n && s.p[i] == '/') {
		t->closing = true;
		i++;
	}
	if (i >= s.n || !is_alpha(s.p[i]))
		return false;
	t->name.p = s.p + i;
	while (i < s.n && (is_alnum(s.p[i]) || s.p[i] == '-' || s.p[i] == ':' || s.p[i] == '_'))
		i++;
	t->name.n = (size_t)(s.p + i - t->name.p);
	if (i < s.n && !is_space(s.p[i]) && s.p[i] != '>' && s.p[i] != '/')
		return false; /* "<a@example.org>" */
	for (;;) {
		struct str name, value = {NULL, 0};

		while (i < s.n && (is_space(s.p[i]) || s.p[i] == '/'))
			i++;
		if (i >= s.n)
			return false;
		if (s.p[i] == '>')
			break;
		name.p = s.p + i;
		while (i < s.n && !is_space(s.p[i]) && s.p[i] != '=' && s.p[i] != '>' && s.p[i] != '/')
			i++;
		name.n = (size_t)(s.p + i - name.p);
		if (name.n == 0) { /* a lone '=' */
			i++;
			continue;
		}
		while (i < s.n && is_space(s.p[i]))
			i++;
		if (i < s.n && s.p[i] == '=') {
			char q;

			for (i++; i < s.n && is_space(s.p[i]); i++)
				;
			if (i >= s.n)
				return false;
			q = s.p[i];
			if (q == '"' || q == '\'') {
				value.p = s.p + ++i;
				while (i < s.n && s.p[i] != q)
					i++;
				if (i >= s.n)
					return false;
				value.n = (size_t)(s.p + i - value.p);
				i++;
			} else {
				value.p = s.p + i;
				while (i < s.n && !is_space(s.p[i]) && s.p[i] != '>')
					i++;
				value.n = (size_t)(s.p + i - value.p);
			}
			if (t->alt.p == NULL && str_eq_nocase(name, STR("alt")))
				t->alt = value;
		}
	}
	t->len = i + 1;
	return true;
}

static bool
one_of(struct str name, const char *words)
{
	struct str rest = str_c(words), w;

	while (str_split(&rest, ' ', &w))
		if (str_eq_nocase(name, w))
			return true;
	return false;
}

/* Offset behind the closing tag of name, or the end. */
static size_t
skip_element(struct str s, size_t from, struct str name)
{
	for (size_t i = from; i + name.n + 2 < s.n; i++) {
		if (s.p[i] != '<' || s.p[i + 1] != '/' || !str_eq_nocase(str_sub(s, i + 2, name.n), name))
			continue;
		if (is_alnum(s.p[i + 2 + name.n]))
			continue;
		while (i < s.n && s.p[i] != '>')
			i++;
		return i < s.n ? i + 1 : s.n;
	}
	return s.n;
}

static size_t
skip_to(struct str s, size_t from, struct str mark)
{
	ptrdiff_t k = str_find(str_sub(s, from, s.n), mark);

	return k < 0 ? s.n : from + (size_t)k + mark.n;
}

static void
html(struct sink *k, struct str s)
{
	static const char blocks[] = "p div br li ul ol dl dt dd tr table h1 h2 h3 h4 h5 h6 hr blockquote pre section "
	    "article header footer aside nav main figure figcaption address form fieldset caption summary details";
	static const char silent[] = "script style noscript template svg iframe object math select textarea button head "
	    "title";
	size_t i = 0, from = 0;
	int pre = 0;

	while (i < s.n) {
		struct str here;
		struct tag t;
		const char *q = memchr(s.p + i, '<', s.n - i);

		if (q == NULL)
			break;
		i = (size_t)(q - s.p);
		here = str_sub(s, i, s.n);
		if (str_starts(here, STR("<!--"))) {
			sink_text(k, str_sub(s, from, i - from), true);
			from = i = skip_to(s, i + 4, STR("-->"));
		} else if (str_starts(here, STR("<![CDATA["))) {
			size_t end = skip_to(s, i + 9, STR("]]>"));

			sink_text(k, str_sub(s, from, i - from), true);
			sink_text(k, str_sub(s, i + 9, end - i - 9 - (end - i >= 12 && s.p[end - 1] == '>' ? 3 : 0)), false);
			from = i = end;
		} else if (here.n > 1 && (here.p[1] == '!' || here.p[1] == '?')) {
			sink_text(k, str_sub(s, from, i - from), true);
			from = i = skip_to(s, i + 2, STR(">"));
		} else if (tag_at(here, &t)) {
			sink_text(k, str_sub(s, from, i - from), true);
			from = i += t.len;
			if (!t.closing && one_of(t.name, silent)) {
				from = i = skip_element(s, i, t.name);
			} else if (one_of(t.name, blocks)) {
				gap(k, GAP_LINE);
				if (one_of(t.name, "pre")) {
					pre += t.closing ? (pre > 0 ? -1 : 0) : 1;
					k->pre = pre > 0;
				}
			} else if (one_of(t.name, "td th")) {
				gap(k, GAP_SPACE);
			} else if (!t.closing && one_of(t.name, "img") && t.alt.n > 0) {
				sink_text(k, t.alt, true);
			}
		} else {
			i++; /* a plain "<" */
		}
	}
	sink_text(k, str_sub(s, from, s.n), true);
}

void
textx_html(struct buf *out, struct str s)
{
	struct sink k = {.out = out, .start = out->n, .lines = true};

	html(&k, s);
}

void
textx_html_line(struct buf *out, struct str s)
{
	struct sink k = {.out = out, .start = out->n};

	html(&k, s);
}

bool
textx_markup(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		struct tag t;
		uint32_t cp;

		if (s.p[i] == '<' && tag_at(str_sub(s, i, s.n), &t))
			return true;
		if (s.p[i] == '&' && reference(str_sub(s, i, s.n), &cp) > 0)
			return true;
	}
	return false;
}

/* --- XML ---------------------------------------------------------------------------------------------------- */

enum { MAX_DECLARED = 64, MAX_VALUE = 512, MAX_GROWTH = 256 * 1024 };

struct declared {
	struct str name, value;
};

struct doctype {
	struct declared v[MAX_DECLARED];
	size_t n, grown;
};

static struct str
word(struct str s, size_t *i)
{
	size_t from;

	while (*i < s.n && is_space(s.p[*i]))
		(*i)++;
	from = *i;
	while (*i < s.n && !is_space(s.p[*i]) && s.p[*i] != '>' && s.p[*i] != '"' && s.p[*i] != '\'')
		(*i)++;
	return str_sub(s, from, *i - from);
}

/* One "<!ENTITY" behind whose name of declaration *i stands. */
static int
declaration(struct str s, size_t *i, struct doctype *d, struct err *e)
{
	struct declared x;
	char q;

	x.name = word(s, i);
	while (*i < s.n && is_space(s.p[*i]))
		(*i)++;
	if (*i >= s.n || (s.p[*i] != '"' && s.p[*i] != '\'') || str_is(x.name, "%"))
		return err_set(e, ERR_DATA, "the document declares an external or parameter entity, which is refused");
	q = s.p[(*i)++];
	x.value.p = s.p + *i;
	while (*i < s.n && s.p[*i] != q)
		(*i)++;
	x.value.n = (size_t)(s.p + *i - x.value.p);
	if (memchr(x.value.p, '%', x.value.n) != NULL || memchr(x.value.p, '<', x.value.n) != NULL)
		return err_set(e, ERR_DATA, "the document declares an entity with markup in it, which is refused");
	for (size_t k = 0; k < x.value.n; k++)
		if (x.value.p[k] == '&' && (k + 1 >= x.value.n || x.value.p[k + 1] != '#'))
			return err_set(e, ERR_DATA, "the document declares nested entities, which is refused");
	if (x.value.n > MAX_VALUE || d->n == MAX_DECLARED)
		return err_set(e, ERR_DATA, "the document declares too many or too long entities, which is refused");
	d->v[d->n++] = x;
	return 0;
}

/* Offset behind the DOCTYPE that starts at from, collecting its entities; -1 with e. */
static ptrdiff_t
doctype(struct str s, size_t from, struct doctype *d, struct err *e)
{
	size_t i = from;
	bool inside = false;
	char q;

	while (i < s.n) {
		if (s.p[i] == '"' || s.p[i] == '\'') {
			for (q = s.p[i++]; i < s.n && s.p[i] != q; i++)
				;
			i++;
		} else if (str_starts(str_sub(s, i, 4), STR("<!--"))) {
			i = skip_to(s, i + 4, STR("-->"));
		} else if (inside && str_starts(str_sub(s, i, 8), STR("<!ENTITY"))) {
			i += 8;
			if (declaration(s, &i, d, e) != 0)
				return -1;
			i = skip_to(s, i, STR(">"));
		} else if (s.p[i] == '[') {
			inside = true;
			i++;
		} else if (s.p[i] == ']') {
			inside = false;
			i++;
		} else if (s.p[i] == '>' && !inside) {
			return (ptrdiff_t)i + 1;
		} else {
			i++;
		}
	}
	return (ptrdiff_t)i;
}

static bool
predefined(struct str ref)
{
	return str_is(ref, "&amp;") || str_is(ref, "&lt;") || str_is(ref, "&gt;") || str_is(ref, "&quot;") ||
	    str_is(ref, "&apos;");
}

/* Handles the '&' at s.p[i]; returns the offset behind what was consumed, or 0 with e. */
static size_t
ampersand(struct buf *out, struct str s, size_t i, struct doctype *d, int *flags, struct err *e)
{
	struct str here = str_sub(s, i, 64);
	uint32_t cp;
	size_t k = 1, n;

	while (k < here.n && (is_alnum(here.p[k]) || strchr("#._-:", here.p[k]) != NULL) && here.p[k] != '\0')
		k++;
	if (k < here.n && here.p[k] == ';') {
		struct str ref = str_sub(here, 0, k + 1), name = str_sub(here, 1, k - 1);

		if (predefined(ref)) {
			buf_str(out, ref);
			return i + k + 1;
		}
		for (size_t j = 0; j < d->n; j++)
			if (str_eq(d->v[j].name, name)) {
				d->grown += d->v[j].value.n;
				if (d->grown > MAX_GROWTH) {
					(void)err_set(e, ERR_DATA, "the document's entities expand beyond reason");
					return 0;
				}
				buf_str(out, d->v[j].value);
				return i + k + 1;
			}
		n = reference(ref, &cp);
		if (n == ref.n) {
			if (cp < 0x20 && cp != '\t' && cp != '\n' && cp != '\r')
				*flags |= TEXTX_XML_NOTE;
			else if (cp == '<' || cp == '>' || cp == '&' || cp == '"' || cp == '\'')
				buf_printf(out, "&#%u;", cp);
			else
				put(out, cp);
			return i + k + 1;
		}
	}
	*flags |= TEXTX_XML_NOTE;
	buf_puts(out, "&amp;");
	return i + 1;
}

int
textx_xml(struct buf *out, struct str s, int *flags, struct err *e)
{
	struct doctype *d = xcalloc(1, sizeof *d);
	size_t i = 0;
	int none = 0, rc = -1;
	bool root = false;

	if (flags == NULL)
		flags = &none;
	*flags = 0;
	if (str_starts(s, STR("\xef\xbb\xbf")))
		i = 3;
	buf_reserve(out, s.n + s.n / 8);
	while (i < s.n) {
		unsigned char c = (unsigned char)s.p[i];
		size_t from = i, end;

		if (!root && c != '<') { /* blanks, or what a broken server prints before the document */
			i++;
		} else if (c == '<') {
			struct str here = str_sub(s, i, 10);

			if (str_starts(here, STR("<![CDATA["))) {
				end = skip_to(s, i + 9, STR("]]>"));
				for (; i < end; i++) /* no characters a parser would stop at, not even here */
					if ((unsigned char)s.p[i] >= 0x20 || s.p[i] == '\t' || s.p[i] == '\n' || s.p[i] == '\r')
						buf_putc(out, s.p[i]);
			} else if (str_starts(here, STR("<!--"))) {
				i = skip_to(s, i + 4, STR("-->"));
			} else if (str_starts(here, STR("<?"))) {
				i = skip_to(s, i + 2, STR("?>"));
			} else if (!root && str_starts(here, STR("<!DOCTYPE"))) {
				ptrdiff_t k = doctype(s, i + 9, d, e);

				if (k < 0)
					goto done;
				i = (size_t)k;
			} else {
				root = true;
				buf_putc(out, '<');
				i++;
			}
		} else if (c == '&') {
			i = ampersand(out, s, i, d, flags, e);
			if (i == 0)
				goto done;
		} else if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f) {
			*flags |= TEXTX_XML_NOTE;
			i++;
		} else if (c == 0xef && s.n - i >= 3 && (unsigned char)s.p[i + 1] == 0xbf &&
		    (unsigned char)s.p[i + 2] >= 0xbe) { /* U+FFFE, U+FFFF */
			*flags |= TEXTX_XML_NOTE;
			i += 3;
		} else {
			while (i < s.n && (unsigned char)s.p[i] >= 0x20 && s.p[i] != '<' && s.p[i] != '&' && s.p[i] != 0x7f &&
			    (unsigned char)s.p[i] != 0xef)
				i++;
			if (i == from)
				i++;
			buf_add(out, s.p + from, i - from);
		}
	}
	rc = 0;
done:
	free(d);
	return rc;
}

/* --- counts ------------------------------------------------------------------------------------------------- */

struct unit {
	const char *word;
	int64_t times; /* 0: a lower bound; 1: a word that says what is counted */
};

bool
textx_count(struct str in, int64_t *v, bool *at_least)
{
	static const struct unit units[] = {{"万", 10000}, {"萬", 10000}, {"亿", 100000000}, {"億", 100000000},
	    {"千", 1000}, {"百", 100}, {"十", 10}, {"k", 1000}, {"w", 10000}, {"m", 1000000}, {"b", 1000000000},
	    {"+", 0}, {"＋", 0}, {"余", 0}, {"餘", 0}, {"多", 0}, {"以上", 0}, {"次", 1}, {"人", 1}, {"个", 1},
	    {"個", 1}, {"条", 1}, {"條", 1}, {"阅读", 1}, {"播放", 1}, {"评论", 1}, {"转发", 1}, {"点赞", 1}, {"赞", 1},
	    {"热度", 1}, {"粉丝", 1}, {"views", 1}, {"likes", 1}, {"comments", 1}};
	char tmp[64];
	size_t n = 0, i = 0;
	int64_t whole = 0, frac = 0, scale = 1, times = 1;
	bool digits = false, more = false;
	struct str s, rest;

	if (in.n == 0)
		return false;
	/* fold full-width digits and drop the blanks and commas between */
	for (const char *p = in.p, *end = in.p + in.n, *next; p < end; p = next) {
		uint32_t cp = utf8_step(p, end, &next);

		if (cp >= 0xff01 && cp <= 0xff5e && cp != 0xff0b)
			cp -= 0xfee0;
		if (cp == ' ' || cp == 0xa0 || cp == 0x3000 || cp == '\t' || cp == ',')
			continue;
		if (n + 4 >= sizeof tmp)
			return false;
		n += utf8_put(tmp + n, cp < 0x80 ? (uint32_t)(unsigned char)to_lower((char)cp) : cp);
	}
	s = str_n(tmp, n);
	if (str_starts(s, STR("约")) || str_starts(s, STR("約")) || str_starts(s, STR("近")))
		i = 3;
	for (; i < s.n && is_digit(s.p[i]); i++) {
		digits = true;
		if (whole > (INT64_MAX - (s.p[i] - '0')) / 10)
			return false;
		whole = whole * 10 + (s.p[i] - '0');
	}
	if (digits && i < s.n && s.p[i] == '.')
		for (i++; i < s.n && is_digit(s.p[i]); i++)
			if (scale < 100000000) {
				frac = frac * 10 + (s.p[i] - '0');
				scale *= 10;
			}
	if (!digits)
		return false;
	rest = str_sub(s, i, s.n);
	while (rest.n > 0) {
		size_t k;

		for (k = 0; k < sizeof units / sizeof *units; k++)
			if (str_starts(rest, str_c(units[k].word)))
				break;
		if (k == sizeof units / sizeof *units)
			return false;
		rest = str_sub(rest, strlen(units[k].word), rest.n);
		if (units[k].times == 0)
			more = true;
		else if (times > INT64_MAX / units[k].times)
			return false;
		else
			times *= units[k].times;
	}
	if (whole > 0 && whole > INT64_MAX / times - 1)
		return false;
	if (frac > 0 && times > INT64_MAX / frac)
		return false;
	*v = whole * times + frac * times / scale;
	*at_least = more;
	return true;
}
