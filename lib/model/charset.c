#include <errno.h>
#include <iconv.h>
#include <stdio.h>

#include "base/utf8.h"
#include "model/charset.h"

struct label {
	const char *label, *name, *iconv; /* iconv NULL: the name */
};

static const struct label labels[] = {
    {"utf-8", "UTF-8", NULL}, {"utf8", "UTF-8", NULL}, {"unicode-1-1-utf-8", "UTF-8", NULL},
    {"gb18030", "GB18030", NULL}, {"gb2312", "GB18030", NULL}, {"gb_2312", "GB18030", NULL},
    {"gb_2312-80", "GB18030", NULL}, {"gbk", "GB18030", NULL}, {"x-gbk", "GB18030", NULL},
    {"cp936", "GB18030", NULL}, {"ms936", "GB18030", NULL}, {"chinese", "GB18030", NULL},
    {"euc-cn", "GB18030", NULL}, {"hz-gb-2312", "HZ-GB-2312", "HZ"},
    {"big5", "Big5", "BIG5-HKSCS"}, {"big5-hkscs", "Big5", "BIG5-HKSCS"}, {"cn-big5", "Big5", "BIG5-HKSCS"},
    {"x-x-big5", "Big5", "BIG5-HKSCS"}, {"cp950", "Big5", "BIG5-HKSCS"}, {"euc-tw", "EUC-TW", NULL},
    {"shift_jis", "Shift_JIS", "CP932"}, {"shift-jis", "Shift_JIS", "CP932"}, {"sjis", "Shift_JIS", "CP932"},
    {"x-sjis", "Shift_JIS", "CP932"}, {"windows-31j", "Shift_JIS", "CP932"}, {"cp932", "Shift_JIS", "CP932"},
    {"ms932", "Shift_JIS", "CP932"}, {"euc-jp", "EUC-JP", "EUC-JP-MS"}, {"x-euc-jp", "EUC-JP", "EUC-JP-MS"},
    {"iso-2022-jp", "ISO-2022-JP", NULL}, {"euc-kr", "EUC-KR", "CP949"}, {"ks_c_5601-1987", "EUC-KR", "CP949"},
    {"ks_c_5601", "EUC-KR", "CP949"}, {"korean", "EUC-KR", "CP949"}, {"cp949", "EUC-KR", "CP949"},
    {"windows-949", "EUC-KR", "CP949"}, {"iso-2022-kr", "ISO-2022-KR", NULL},
    {"ascii", "windows-1252", NULL}, {"us-ascii", "windows-1252", NULL}, {"iso-8859-1", "windows-1252", NULL},
    {"iso8859-1", "windows-1252", NULL}, {"latin1", "windows-1252", NULL}, {"cp1252", "windows-1252", NULL},
    {"windows-1252", "windows-1252", NULL}, {"x-user-defined", "windows-1252", NULL},
    {"iso-8859-2", "ISO-8859-2", NULL}, {"iso-8859-3", "ISO-8859-3", NULL}, {"iso-8859-4", "ISO-8859-4", NULL},
    {"iso-8859-5", "ISO-8859-5", NULL}, {"iso-8859-6", "ISO-8859-6", NULL}, {"iso-8859-7", "ISO-8859-7", NULL},
    {"iso-8859-8", "ISO-8859-8", NULL}, {"iso-8859-8-i", "ISO-8859-8", NULL}, {"iso-8859-9", "windows-1254", NULL},
    {"iso-8859-10", "ISO-8859-10", NULL}, {"iso-8859-11", "windows-874", "CP874"}, {"tis-620", "windows-874", "CP874"},
    {"windows-874", "windows-874", "CP874"}, {"iso-8859-13", "ISO-8859-13", NULL}, {"iso-8859-14", "ISO-8859-14", NULL},
    {"iso-8859-15", "ISO-8859-15", NULL}, {"iso-8859-16", "ISO-8859-16", NULL},
    {"windows-1250", "windows-1250", NULL}, {"windows-1251", "windows-1251", NULL}, {"cp1251", "windows-1251", NULL},
    {"windows-1253", "windows-1253", NULL}, {"windows-1254", "windows-1254", NULL},
    {"windows-1255", "windows-1255", NULL}, {"windows-1256", "windows-1256", NULL},
    {"windows-1257", "windows-1257", NULL}, {"windows-1258", "windows-1258", NULL}, {"koi8-r", "KOI8-R", NULL},
    {"koi", "KOI8-R", NULL}, {"koi8-u", "KOI8-U", NULL}, {"ibm866", "IBM866", NULL}, {"cp866", "IBM866", NULL},
    {"ibm855", "IBM855", NULL}, {"macintosh", "macintosh", NULL}, {"x-mac-cyrillic", "x-mac-cyrillic", "MAC-CYRILLIC"},
    {"utf-16", "UTF-16LE", NULL}, {"utf-16le", "UTF-16LE", NULL}, {"utf-16be", "UTF-16BE", NULL},
    {"ucs-2", "UTF-16LE", NULL}, {"utf-32", "UTF-32LE", NULL}, {"utf-32le", "UTF-32LE", NULL},
    {"utf-32be", "UTF-32BE", NULL}, {"viscii", "VISCII", NULL}, {"tcvn", "TCVN", NULL},
};

static const struct label *
find(struct str label)
{
	label = str_trim(label);
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
		if (str_eq_nocase(label, str_c(labels[i].label)))
			return &labels[i];
	return NULL;
}

const char *
charset_known(struct str label)
{
	const struct label *l = find(label);

	return l != NULL ? l->name : NULL;
}

/* The value behind key and '=' in s, quotes off; empty when absent. */
static struct str
parameter(struct str s, const char *key)
{
	size_t klen = strlen(key);

	for (size_t i = 0; i + klen < s.n; i++) {
		size_t j = i + klen, from;
		char q = 0;

		if (!str_eq_nocase(str_sub(s, i, klen), str_c(key)))
			continue;
		while (j < s.n && is_space(s.p[j]))
			j++;
		if (j >= s.n || s.p[j] != '=')
			continue;
		for (j++; j < s.n && is_space(s.p[j]); j++)
			;
		if (j < s.n && (s.p[j] == '"' || s.p[j] == '\''))
			q = s.p[j++];
		from = j;
		while (j < s.n && (q != 0 ? s.p[j] != q : is_alnum(s.p[j]) || strchr("-_:.+", s.p[j]) != NULL))
			j++;
		if (j > from)
			return str_trim(str_sub(s, from, j - from));
	}
	return (struct str){"", 0};
}

struct str
charset_of_type(struct str content_type)
{
	return parameter(content_type, "charset");
}

struct str
charset_declared(struct str in, enum charset_doc doc)
{
	struct str head = str_sub(in, 0, 1024);
	ptrdiff_t end;

	if (doc == CHARSET_HTML)
		return parameter(head, "charset");
	if (doc == CHARSET_TEXT)
		return (struct str){"", 0};
	while (head.n > 0 && is_space(head.p[0]))
		head = str_sub(head, 1, head.n);
	if (!str_starts(head, STR("<?xml")) || (end = str_find(head, STR("?>"))) < 0)
		return (struct str){"", 0};
	return parameter(str_sub(head, 0, (size_t)end), "encoding");
}

/* Appends in decoded by an iconv name; returns the number of replacements, or -1 when iconv lacks the encoding. */
static ptrdiff_t
convert(struct buf *out, struct str in, const char *from)
{
	iconv_t cd = iconv_open("UTF-8", from);
	char *src = (char *)(uintptr_t)in.p; /* iconv's prototype is older than const */
	size_t left = in.n, bad = 0;

	if (cd == (iconv_t)-1)
		return -1;
	while (left > 0) {
		char *dst;
		size_t room, r;

		buf_reserve(out, left * 2 + 16);
		dst = out->p + out->n;
		room = out->cap - out->n - 1;
		r = iconv(cd, &src, &left, &dst, &room);
		out->n = (size_t)(dst - out->p);
		out->p[out->n] = '\0';
		if (r == (size_t)-1 && errno != E2BIG) {
			/* one byte is lost, never the rest */
			buf_puts(out, "\xef\xbf\xbd");
			bad++;
			if (left > 0)
				src++, left--;
		}
	}
	(void)iconv_close(cd);
	return (ptrdiff_t)bad;
}

/* How plausible decoded text is: common characters of the language count, replacements and oddities cost. */
static long
plausible(struct str s, size_t bad, const char *name)
{
	/* the most frequent characters of Chinese prose, both scripts */
	static const char common[] = "的一是不了在人有我他这这個这中大来上国國个到说們为為子和你地出道也时年得就那要下以生会會自着去之过過家学對对"
	    "可她里裡后後小么心多天而能好都然没於起还還发發成事只作当想看文无開手十用主行方又如前所本见見经經头面公同三已老从动兩长"
	    "新月日报報元市民银行院标題题内容发布間作者平台链接评论數数转赞阅读投诉客户服务问链量";
	static const char hangul[] = "이다는의에을가한고지하도로은서사기자리인시아대어있를해일나스정보라부수";
	long score = -(long)bad * 20;
	bool cjk = strcmp(name, "GB18030") == 0 || strcmp(name, "Big5") == 0;

	if (s.n == 0)
		return 0;
	for (const char *p = s.p, *end = s.p + s.n, *next; p < end; p = next) {
		uint32_t cp = utf8_step(p, end, &next);

		if (cp < 0x80)
			continue;
		if ((cp >= 0x400 && cp < 0x500) || (cp >= 0x5d0 && cp < 0x5eb)) { /* one byte a letter: counts half */
			struct str letter = str_n(p, (size_t)(next - p));

			if (str_find(STR("оеаинтсрвлкйהויאלתרשמ"), letter) >= 0)
				score += 2;
			else if ((cp < 0x430 && cp != 0x401) || str_find(STR("ъщэфц"), letter) >= 0)
				score -= 1;
		} else if (cp >= 0x4e00 && cp < 0xa000) {
			score += 1;
			if (cjk && str_find(str_c(common), str_n(p, (size_t)(next - p))) >= 0)
				score += 4;
		} else if (cp >= 0x3040 && cp < 0x3100) {
			score += cjk ? -1 : 4; /* kana: Japanese */
		} else if (cp >= 0xac00 && cp < 0xd7a4) {
			score += str_find(str_c(hangul), str_n(p, (size_t)(next - p))) >= 0 ? 5 : 1;
		} else if ((cp >= 0xff01 && cp <= 0xff5e) || (cp >= 0x3001 && cp <= 0x3011) || (cp >= 0x2010 && cp < 0x2030)) {
			score += 1;
		} else if (cp >= 0xe000 && cp < 0xf900) {
			score -= 10; /* private use */
		} else if ((cp >= 0xff61 && cp < 0xffa0) || cp >= 0x20000) {
			score -= 4; /* half-width kana and rare planes: what misread bytes become */
		} else {
			score -= 2;
		}
	}
	return score;
}

static const char *
guess(struct str in)
{
	static const struct label trial[] = {{"", "GB18030", "GB18030"}, {"", "Big5", "BIG5-HKSCS"},
	    {"", "Shift_JIS", "CP932"}, {"", "EUC-JP", "EUC-JP-MS"}, {"", "EUC-KR", "CP949"},
	    {"", "windows-1251", "CP1251"}, {"", "KOI8-R", "KOI8-R"}, {"", "windows-1255", "CP1255"}};
	const char *best = NULL;
	long top = 0;
	struct buf tmp = {0};
	size_t high = 0;
	struct str head = str_sub(in, 0, 64 * 1024);

	for (size_t i = 0; i < head.n; i++)
		high += (unsigned char)head.p[i] >= 0x80;
	if (high < 4)
		return NULL;
	for (size_t i = 0; i < sizeof trial / sizeof *trial; i++) {
		ptrdiff_t bad;
		long score;

		buf_reset(&tmp);
		bad = convert(&tmp, head, trial[i].iconv);
		if (bad < 0 || (size_t)bad * 50 > high) /* over 2 % is another encoding */
			continue;
		score = plausible(buf_view(&tmp), (size_t)bad, trial[i].name);
		if (best == NULL || score > top) {
			best = trial[i].name;
			top = score;
		}
	}
	buf_free(&tmp);
	return top > 0 ? best : NULL;
}

/* Multi-byte sequences in valid UTF-8. */
static size_t
multibyte(struct str s)
{
	size_t k = 0;

	for (size_t i = 0; i < s.n; i++)
		k += (unsigned char)s.p[i] >= 0xc2;
	return k;
}

static bool
use(struct buf *out, struct str in, const struct label *l, struct charset *r)
{
	size_t at = out->n;
	ptrdiff_t bad = convert(out, in, l->iconv != NULL ? l->iconv : l->name);

	if (bad < 0)
		return false;
	r->name = l->name;
	r->replaced = (size_t)bad;
	if (out->n > at && !utf8_valid(out->p + at, out->n - at)) { /* an iconv that let a surrogate through */
		struct buf fixed = {0};

		r->replaced += utf8_repair(&fixed, str_n(out->p + at, out->n - at));
		out->n = at;
		buf_str(out, buf_view(&fixed));
		buf_free(&fixed);
	}
	return true;
}

struct charset
charset_decode(struct buf *out, struct str in, struct str label, enum charset_doc doc)
{
	struct charset r = {.name = "UTF-8"};
	const struct label *l = find(label);
	const unsigned char *u = (const unsigned char *)in.p;
	const char *name;
	bool valid;
	size_t multi;

	if (in.n >= 3 && u[0] == 0xef && u[1] == 0xbb && u[2] == 0xbf) {
		r.replaced = utf8_repair(out, str_sub(in, 3, in.n));
		return r;
	}
	if (in.n >= 4 && u[0] == 0xff && u[1] == 0xfe && u[2] == 0 && u[3] == 0 &&
	    use(out, str_sub(in, 4, in.n), find(STR("utf-32le")), &r))
		return r;
	if (in.n >= 4 && u[0] == 0 && u[1] == 0 && u[2] == 0xfe && u[3] == 0xff &&
	    use(out, str_sub(in, 4, in.n), find(STR("utf-32be")), &r))
		return r;
	if (in.n >= 2 && ((u[0] == 0xff && u[1] == 0xfe) || (u[0] == 0xfe && u[1] == 0xff)) &&
	    use(out, str_sub(in, 2, in.n), find(u[0] == 0xff ? STR("utf-16le") : STR("utf-16be")), &r))
		return r;
	/* XML in UTF-16 or UTF-32 without a mark shows in its first characters */
	if (doc == CHARSET_XML && in.n >= 4) {
		const struct label *wide = NULL;

		if (u[0] == '<' && u[1] == 0 && u[2] != 0)
			wide = find(STR("utf-16le"));
		else if (u[0] == 0 && u[1] == '<' && u[2] == 0 && u[3] != 0)
			wide = find(STR("utf-16be"));
		else if (u[0] == '<' && u[1] == 0 && u[2] == 0 && u[3] == 0)
			wide = find(STR("utf-32le"));
		else if (u[0] == 0 && u[1] == 0 && u[2] == 0 && u[3] == '<')
			wide = find(STR("utf-32be"));
		if (wide != NULL && use(out, in, wide, &r))
			return r;
	}
	valid = utf8_valid(in.p, in.n);
	if (l == NULL || strcmp(l->name, "windows-1252") == 0) { /* many servers say Latin-1 of everything */
		const struct label *own = find(charset_declared(in, doc));

		l = own != NULL ? own : l;
	}
	if (l != NULL && str_starts(str_c(l->name), STR("UTF-16")) && doc != CHARSET_TEXT)
		l = find(STR("utf-8")); /* it was readable as ASCII, so the label lies */
	multi = valid ? multibyte(in) : 0;
	/*
	 * Valid UTF-8 outranks a label: long text is never valid by accident. Short text is (one GBK word in 27), so
	 * there the label needs three characters against it. Encodings in seven bits are valid UTF-8 and must be believed.
	 */
	if (valid && (multi >= 3 || l == NULL || strcmp(l->name, "UTF-8") == 0 ||
	    (multi == 0 && strncmp(l->name, "ISO-2022", 8) != 0 && strncmp(l->name, "HZ", 2) != 0 &&
	    strncmp(l->name, "UTF", 3) != 0))) {
		if (multi == 0 && l != NULL)
			r.name = l->name;
		buf_str(out, in);
		return r;
	}
	if (l != NULL && strcmp(l->name, "UTF-8") != 0) {
		size_t at = out->n;
		struct charset other;

		if (use(out, in, l, &r) && r.replaced * 100 <= in.n)
			return r;
		/* wrong by more than one in a hundred: see whether a better one is at hand */
		name = guess(in);
		if (name != NULL && strcmp(name, r.name) != 0) {
			struct buf tmp = {0};

			if (use(&tmp, in, find(str_c(name)), &other) && other.replaced < r.replaced) {
				out->n = at;
				buf_str(out, buf_view(&tmp));
				buf_free(&tmp);
				other.guessed = true;
				return other;
			}
			buf_free(&tmp);
		}
		if (out->n > at)
			return r;
	}
	/* said to be UTF-8 and nearly so: repair; otherwise guess */
	{
		struct buf tmp = {0};
		size_t bad = utf8_repair(&tmp, in), good = multibyte(in);

		if (l != NULL && bad * 20 <= good) {
			buf_str(out, buf_view(&tmp));
			buf_free(&tmp);
			r.replaced = bad;
			return r;
		}
		r.guessed = true;
		name = guess(in);
		if (name == NULL && doc == CHARSET_HTML)
			name = "windows-1252";
		if (name == NULL || !use(out, in, find(str_c(name)), &r)) {
			buf_str(out, buf_view(&tmp));
			r.name = "UTF-8";
			r.replaced = bad;
		}
		buf_free(&tmp);
	}
	return r;
}
