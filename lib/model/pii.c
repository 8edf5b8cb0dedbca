#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "model/pii.h"
#include "model/pii_en.h"

const char *const pii_name[PII_TYPES] = {"phone", "landline", "id", "bank", "email", "passport", "plate", "chat", "ip",
    "mac", "record", "birth", "address", "name"};

void
pii_rules_default(struct pii_rules *r)
{
	*r = (struct pii_rules){.staff_names = false};
	for (size_t i = 0; i < PII_TYPES; i++)
		r->on[i] = true;
}

/* --- the text as code points ------------------------------------------------------------------------------------- */

/* Full-width forms to ASCII, the ideographic space and invisible characters to what they stand for. */
static uint32_t
narrow(uint32_t cp)
{
	if (cp >= 0xff01 && cp <= 0xff5e)
		return cp - 0xfee0;
	if (cp == 0x3000 || cp == 0xa0)
		return ' ';
	if ((cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212)
		return '-';
	return cp;
}

static void
decode(struct pii_scan *s, struct str text)
{
	const char *p = text.p, *end = text.p + text.n;

	s->cp = xgrow(s->cp, &s->cap, text.n + 8, sizeof *s->cp);
	s->off = xgrow(s->off, &s->off_cap, text.n + 8, sizeof *s->off);
	s->n = 0;
	while (p < end) {
		s->off[s->n] = (uint32_t)(p - text.p);
		s->cp[s->n++] = narrow(utf8_step(p, end, &p));
	}
	s->off[s->n] = (uint32_t)text.n;
	memset(s->cp + s->n, 0, 8 * sizeof *s->cp);
}

static bool
digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

static bool
alnum(uint32_t c)
{
	return c < 0x80 && is_alnum((char)c);
}

/* The value of a Chinese numeral as read out in phone numbers, or -1. */
static int
numeral(uint32_t c)
{
	static const uint32_t t[] = {0x3007, 0, 0x96f6, 0, 0x4e00, 1, 0x5e7a, 1, 0x58f9, 1, 0x4e8c, 2, 0x8d30, 2, 0x4e24, 2,
	    0x4e09, 3, 0x53c1, 3, 0x56db, 4, 0x8086, 4, 0x4e94, 5, 0x4f0d, 5, 0x516d, 6, 0x9646, 6, 0x4e03, 7, 0x67d2, 7,
	    0x516b, 8, 0x634c, 8, 0x4e5d, 9, 0x7396, 9};

	if (c < 0x3007)
		return -1;
	for (size_t i = 0; i < sizeof t / sizeof *t; i += 2)
		if (t[i] == c)
			return (int)t[i + 1];
	return -1;
}

static bool
any_of(uint32_t c, const char *set)
{
	char u[4];
	size_t n;

	if (c < 0x80)
		return c != 0 && strchr(set, (int)c) != NULL;
	n = utf8_put(u, c);
	for (const char *p = set; *p != '\0'; p++) /* no character's bytes begin inside another's */
		if (*p == u[0] && strncmp(p, u, n) == 0)
			return true;
	return false;
}

/*
 * A list of words as code points, made at first use. Two small filters, by the first and by the last character, say
 * no to nearly every place of a text without looking at a word.
 */
enum { WORD_MAX = 24, LIST_MAX = 720 };
struct word {
	uint32_t cp[WORD_MAX];
	size_t n;
};
struct words {
	const char *const *list; /* NULL-terminated; letters in lower case */
	size_t n;
	struct word w[LIST_MAX];
	uint64_t first[16], last[16]; /* by the low ten bits */
	/* chains of words, + 1, in the order of the list, by the low byte of the first and of the last character */
	uint16_t head[2][256], next[2][LIST_MAX];
};

static void
words_make(struct words *ws)
{
	while (ws->list[ws->n] != NULL) {
		struct word *w = &ws->w[ws->n];
		const char *p = ws->list[ws->n], *end = p + strlen(p);

		assert(ws->n < LIST_MAX);
		while (p < end && w->n < WORD_MAX)
			w->cp[w->n++] = utf8_step(p, end, &p);
		ws->first[w->cp[0] >> 6 & 15] |= (uint64_t)1 << (w->cp[0] & 63);
		ws->last[w->cp[w->n - 1] >> 6 & 15] |= (uint64_t)1 << (w->cp[w->n - 1] & 63);
		ws->n++;
	}
	for (size_t k = ws->n; k-- > 0;) {
		const struct word *w = &ws->w[k];

		for (int end = 0; end < 2; end++) {
			uint16_t *head = &ws->head[end][(end ? w->cp[w->n - 1] : w->cp[0]) & 255];

			ws->next[end][k] = *head;
			*head = (uint16_t)(k + 1);
		}
	}
}

static uint32_t
lower(uint32_t c)
{
	return c < 0x80 ? (uint32_t)to_lower((char)c) : c;
}

static bool
in_filter(const uint64_t *f, uint32_t c)
{
	return f[c >> 6 & 15] >> (c & 63) & 1;
}

static bool
spells(const struct pii_scan *s, size_t i, const struct word *w)
{
	for (size_t k = 0; k < w->n; k++)
		if (lower(s->cp[i + k]) != w->cp[k])
			return false;
	return true;
}

/* Length of the word of the list that begins at i, or 0. */
static size_t
at(const struct pii_scan *s, size_t i, struct words *ws)
{
	if (ws->n == 0)
		words_make(ws);
	if (i < s->n && in_filter(ws->first, lower(s->cp[i])))
		for (size_t k = ws->head[0][lower(s->cp[i]) & 255]; k > 0; k = ws->next[0][k - 1])
			if (i + ws->w[k - 1].n <= s->n && spells(s, i, &ws->w[k - 1]))
				return ws->w[k - 1].n;
	return 0;
}

/* Length of the word of the list that ends before i, or 0. */
static size_t
before(const struct pii_scan *s, size_t i, struct words *ws)
{
	if (ws->n == 0)
		words_make(ws);
	if (i > 0 && in_filter(ws->last, lower(s->cp[i - 1])))
		for (size_t k = ws->head[1][lower(s->cp[i - 1]) & 255]; k > 0; k = ws->next[1][k - 1])
			if (ws->w[k - 1].n <= i && spells(s, i - ws->w[k - 1].n, &ws->w[k - 1]))
				return ws->w[k - 1].n;
	return 0;
}

/* One of the words ends before i, with up to gap characters of filler (号 码 为 是 : space) between. */
static bool
cue_before(const struct pii_scan *s, size_t i, struct words *ws, size_t gap)
{
	for (size_t g = 0; g <= gap && g <= i; g++) {
		if (before(s, i - g, ws) > 0)
			return true;
		if (g < i && !any_of(s->cp[i - g - 1], " :号码碼號为為是的#()[]【】（）-,，"))
			return false;
	}
	return false;
}

static void
hit(struct pii_scan *s, enum pii_type type, size_t from, size_t to, struct str canon)
{
	if (s->nhit == s->hit_cap)
		s->hit = xgrow(s->hit, &s->hit_cap, s->nhit + 1, sizeof *s->hit);
	s->last_to = to;
	s->hit[s->nhit++] = (struct pii_hit){type, s->off[from], s->off[to] - s->off[from], arena_str(&s->tmp, canon)};
}

/* The folded text of [from, to), ASCII in lower case. */
static struct str
canon_of(struct pii_scan *s, size_t from, size_t to)
{
	char *p = arena_alloc(&s->tmp, (to - from) * 4 + 1);
	size_t n = 0;

	for (; from < to; from++)
		n += utf8_put(p + n, s->cp[from] < 0x80 ? (uint32_t)to_lower((char)s->cp[from]) : s->cp[from]);
	return (struct str){p, n};
}

/* Without its spaces, in place. */
static struct str
without_spaces(struct str t)
{
	char *p = (char *)(uintptr_t)t.p;
	size_t n = 0;

	for (size_t i = 0; i < t.n; i++)
		if (p[i] != ' ')
			p[n++] = p[i];
	return str_n(t.p, n);
}

/* What a character may be the beginning of; filled by make_classes. */
enum { C_CUE = 1, C_SURNAME = 2, C_PLATE = 4, C_NUMERAL = 8, C_NOT_GIVEN = 16, C_COMPOUND = 32, C_GIVEN = 64, C_RARE = 128, C_STRONG = 256, C_LOOK = 512 /* anything else that may begin something */ };
static uint16_t class_of[65536];

static bool
is_class(uint32_t cp, unsigned c)
{
	return cp < 0x10000 && (class_of[cp] & c) != 0;
}

/* --- numbers ----------------------------------------------------------------------------------------------------- */

static int
num(const char *p, size_t n)
{
	int v = 0;

	while (n-- > 0)
		v = v * 10 + (*p++ - '0');
	return v;
}

static bool
date_ok(int y, int m, int d)
{
	static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return y >= 1880 && y <= 2100 && m >= 1 && m <= 12 && d >= 1 && d <= days[m - 1];
}

/* GB 11643: first two digits are a province. */
static bool
province(const char *p)
{
	int v = num(p, 2);

	return (v >= 11 && v <= 15) || (v >= 21 && v <= 23) || (v >= 31 && v <= 37) || (v >= 41 && v <= 46) ||
	    (v >= 50 && v <= 54) || (v >= 61 && v <= 65) || v == 71 || v == 81 || v == 82 || v == 83;
}

bool
pii_id18(struct str s)
{
	static const int weight[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	int sum = 0;

	if (s.n != 18)
		return false;
	for (size_t i = 0; i < 17; i++) {
		if (!is_digit(s.p[i]))
			return false;
		sum += (s.p[i] - '0') * weight[i];
	}
	return province(s.p) && date_ok(num(s.p + 6, 4), num(s.p + 10, 2), num(s.p + 12, 2)) &&
	    "10X98765432"[sum % 11] == (s.p[17] == 'x' ? 'X' : s.p[17]);
}

bool
pii_luhn(struct str s)
{
	int sum = 0;

	for (size_t i = 0; i < s.n; i++) {
		int d = s.p[s.n - 1 - i] - '0';

		if (d < 0 || d > 9)
			return false;
		if (i % 2 == 1)
			d = d * 2 > 9 ? d * 2 - 9 : d * 2;
		sum += d;
	}
	return s.n > 0 && sum % 10 == 0;
}

/* Lengths by first digits as card schemes use them (ISO/IEC 7812): UnionPay and debit 16 to 19, Amex 15, Diners 14. */
static bool
bank_card(struct str s)
{
	bool known;

	switch (s.n) {
	case 13:
		known = s.p[0] == '4';
		break;
	case 14:
		known = s.p[0] == '3' && strchr("0689", s.p[1]) != NULL;
		break;
	case 15:
		known = (s.p[0] == '3' && strchr("47", s.p[1]) != NULL) || s.p[0] == '1';
		break;
	case 16:
		known = strchr("234569", s.p[0]) != NULL;
		break;
	case 17:
	case 18:
	case 19:
		known = strchr("469", s.p[0]) != NULL;
		break;
	default:
		known = false;
	}
	for (size_t i = 1; known && i <= s.n; i++) /* all digits alike, or a run of zeros, is no card */
		if (i == s.n)
			known = false;
		else if (s.p[i] != s.p[0])
			break;
	return known && pii_luhn(s);
}

static const char *const id_cues_list[] = {"身份证", "身份証", "身份證", "证件", "證件", "身份", "id", NULL};
static struct words id_cues = {.list = id_cues_list};
static const char *const phone_cues_list[] = {"电话", "電話", "手机", "手機", "联系", "聯絡", "聯繫", "致电", "拨打", "热线", "tel",
    "phone", "mobile", "call", NULL};
static struct words phone_cues = {.list = phone_cues_list};
static const char *const hotline_cues_list[] = {"热线", "熱線", "客服", "总机", "值班", "投诉", "举报", "咨询", "预约", "hotline", NULL};
static struct words hotline_cues = {.list = hotline_cues_list};

static const char *const bank_cues_list[] = {"银行卡", "銀行卡", "卡号", "卡號", "账号", "帳號", "账户", "储蓄卡", "信用卡", "借记卡", "card", NULL};
static struct words bank_cues = {.list = bank_cues_list};

/* What a string of digits (with X allowed last) is; PII_TYPES: nothing. area: an area code stands apart. */
static enum pii_type
number_type(const struct pii_rules *r, const struct pii_scan *s, size_t from, struct str d, bool area, struct str *canon)
{
	struct str m = d;

	*canon = d;
	if (d.n == 18 && pii_id18(d))
		return PII_ID;
	if (d.n == 15 && province(d.p) && date_ok(1900 + num(d.p + 6, 2), num(d.p + 8, 2), num(d.p + 10, 2)) &&
	    cue_before(s, from, &id_cues, 4))
		return PII_ID;
	if (d.p[d.n - 1] == 'X')
		return PII_TYPES;
	if (m.n == 15 && str_starts(m, STR("0086")))
		m = str_sub(m, 4, 11);
	else if (m.n == 13 && str_starts(m, STR("86")))
		m = str_sub(m, 2, 11);
	if (m.n == 11 && m.p[0] == '1' && m.p[1] >= '3') {
		*canon = m;
		return PII_PHONE;
	}
	if (bank_card(d) || (d.n >= 16 && d.n <= 19 && d.p[0] != '0' && cue_before(s, from, &bank_cues, 4)))
		return PII_BANK;
	if (d.n >= 10 && d.n <= 15 && from > 0 && s->cp[from - 1] == '+' && d.p[0] != '0')
		return PII_PHONE; /* abroad */
	if (r->on[PII_LANDLINE] && d.p[0] == '0' && d.p[1] >= '1' && d.n >= 10 && d.n <= 12 &&
	    (area || cue_before(s, from, &phone_cues, 4)) && !cue_before(s, from, &hotline_cues, 6))
		return PII_LANDLINE;
	return PII_TYPES;
}

/* NANP: area and exchange begin with 2 to 9; 400 is China's, 8xx of equal digits are free to call, so an organisation's. */
static bool
north_american(struct str d)
{
	return d.n == 10 && d.p[0] >= '2' && d.p[3] >= '2' && !str_starts(d, STR("400")) && !(d.p[0] == '8' && d.p[1] == d.p[2]);
}

/* A United States social security number as it is written, 3-2-4; the ranges never given out are none. */
static bool
social_security(const struct pii_scan *s, const size_t *ends, struct str d)
{
	return s->cp[ends[0]] == '-' && s->cp[ends[1]] == '-' && d.p[0] != '9' && !str_starts(d, STR("000")) && !str_starts(d, STR("666")) &&
	    num(d.p + 3, 2) > 0 && num(d.p + 5, 4) > 0;
}

enum { GROUPS = 8, RUN = 24 };

/*
 * Numbers that begin at the group of digits at i: groups parted by one or two spaces, dashes or dots are tried
 * together, the longest reading that is something wins. Returns the index behind what was consumed.
 */
static size_t
numbers(const struct pii_rules *r, struct pii_scan *s, size_t i)
{
	char run[RUN + 1];
	size_t n = 0, p = i, ends[GROUPS], len[GROUPS], g = 0, first_end;
	bool plus = i > 0 && s->cp[i - 1] == '+', bracket = false;

	/* (010)62771234, (555) 123-4567: the bracket belongs to the number */
	if (i > 0 && s->cp[i - 1] == '(' && s->cp[i] != '1') {
		size_t e = i;

		while (e < i + 5 && digit(s->cp[e]))
			e++;
		if ((e == i + 3 || e == i + 4) && s->cp[e] == ')') {
			while (p < e)
				run[n++] = (char)s->cp[p++];
			ends[g] = e;
			len[g++] = n;
			p = e + 1 + (s->cp[e + 1] == ' ' || s->cp[e + 1] == '-');
			if (!digit(s->cp[p]))
				return e;
			bracket = true;
		}
	}
	while (g < GROUPS) {
		size_t start = p;

		while (digit(s->cp[p]) && n < RUN)
			run[n++] = (char)s->cp[p++];
		if (n == RUN && digit(s->cp[p])) { /* longer than anything we know: skip the group */
			while (digit(s->cp[p]))
				p++;
			if (g == 0)
				return p;
			break;
		}
		if ((s->cp[p] == 'x' || s->cp[p] == 'X') && n == 17 && !alnum(s->cp[p + 1])) {
			run[n++] = 'X';
			p++;
		}
		if (p == start)
			break;
		ends[g] = p;
		len[g++] = n;
		if (s->cp[p] == '-' || s->cp[p] == '.' || s->cp[p] == ' ') {
			size_t q = p + 1 + (s->cp[p] == ' ' && (s->cp[p + 1] == ' ' || s->cp[p + 1] == '-'));

			if (s->cp[p] == '-' && s->cp[q] == ' ')
				q++;
			if (!digit(s->cp[q]))
				break;
			p = q;
		} else {
			break;
		}
	}
	first_end = ends[0];
	if (i > 0 && (alnum(s->cp[i - 1]) || s->cp[i - 1] == '_'))
		return first_end; /* part of a code */
	while (g-- > 0) {
		struct str canon;
		enum pii_type t;
		size_t from = i;

		if (alnum(s->cp[ends[g]]) || len[g] < 9)
			continue;
		t = PII_TYPES;
		canon = (struct str){run, len[g]};
		if (len[g] == 9 && g == 2 && len[0] == 3 && len[1] == 5 && social_security(s, ends, canon))
			t = PII_ID;
		else if (north_american(canon) && !cue_before(s, from, &hotline_cues, 6) &&
		    ((g == 2 && len[0] == 3 && len[1] == 6 && s->cp[ends[1]] == '-') || cue_before(s, from - bracket, &phone_cues, 4)))
			t = PII_PHONE;
		else if (len[g] >= 10)
			t = number_type(r, s, i, canon, g > 0 && (len[0] == 3 || len[0] == 4), &canon);
		if (t == PII_TYPES || !r->on[t])
			continue;
		if ((t == PII_PHONE && plus) || (bracket && g > 0))
			from--;
		hit(s, t, from, ends[g], canon);
		return ends[g];
	}
	return first_end;
}

/* 一三八零零一三八零零零: eleven numerals in a row that read as a mobile number; ASCII digits may stand among them. */
static size_t
spoken_phone(const struct pii_rules *r, struct pii_scan *s, size_t i)
{
	char run[19];
	size_t n = 0, p = i, words = 0;

	while (n < 19) {
		int v = digit(s->cp[p]) ? (int)(s->cp[p] - '0') : numeral(s->cp[p]);

		if (v < 0 && n > 0 && (s->cp[p] == ' ' || s->cp[p] == '-') &&
		    (digit(s->cp[p + 1]) || numeral(s->cp[p + 1]) >= 0)) {
			p++;
			continue;
		}
		if (v < 0)
			break;
		words += !digit(s->cp[p]);
		run[n++] = (char)('0' + v);
		p++;
	}
	if (n == 17 && (s->cp[p] == 'X' || s->cp[p] == 'x')) {
		run[n++] = 'X';
		p++;
	}
	if (r->on[PII_ID] && n == 18 && words > 0 && pii_id18((struct str){run, 18})) {
		hit(s, PII_ID, i, p, (struct str){run, 18});
		return p;
	}
	if (r->on[PII_PHONE] && n == 11 && words > 0 && run[0] == '1' && run[1] >= '3') {
		hit(s, PII_PHONE, i, p, (struct str){run, 11});
		return p;
	}
	return i;
}

/* --- addresses of machines and mail --------------------------------------------------------------------------------- */

enum { LOCAL_MAX = 64, DOMAIN_MAX = 255 }; /* RFC 5321 */

static size_t
email(const struct pii_rules *r, struct pii_scan *s, size_t at_sign, size_t floor)
{
	size_t a = at_sign, b = at_sign + 1, label = b, dot = 0;

	while (a > floor && at_sign - a < LOCAL_MAX && (alnum(s->cp[a - 1]) || any_of(s->cp[a - 1], "._%+-")))
		a--;
	while (a < at_sign && !alnum(s->cp[a]))
		a++;
	while (b - at_sign < DOMAIN_MAX && (alnum(s->cp[b]) || s->cp[b] == '-' || (s->cp[b] == '.' && b > label && alnum(s->cp[b + 1])))) {
		if (s->cp[b] == '.') {
			dot = b;
			label = b + 1;
		}
		b++;
	}
	if (a == at_sign || dot == 0 || b - dot < 3 || digit(s->cp[b - 1]) != digit(s->cp[dot + 1]) || !r->on[PII_EMAIL])
		return at_sign + 1;
	hit(s, PII_EMAIL, a, b, canon_of(s, a, b));
	return b;
}

/* zhangsan#qq.com, zhangsan at qq dot com: a sign that stands for @, only before the domain of a mail provider. */
static size_t
veiled_email(const struct pii_rules *r, struct pii_scan *s, size_t sign, size_t floor)
{
	static const char *const sign_list[] = {"#", " at ", "(at)", "[at]", " (at) ", "艾特", "圈a", NULL};
	static const char *const provider_list[] = {"qq", "163", "126", "139", "189", "gmail", "outlook", "hotmail", "foxmail", "sina", "sohu",
	    "yeah", "yahoo", "icloud", "aliyun", NULL};
	static const char *const dot_list[] = {".", " dot ", "点", "點", "(dot)", NULL};
	static const char *const top_list[] = {"com", "net", "cn", NULL};
	static struct words signs = {.list = sign_list}, providers = {.list = provider_list}, dots = {.list = dot_list}, tops = {.list = top_list};
	size_t a = sign, b = sign + at(s, sign, &signs), host_at = b, host_end, len;

	if (!r->on[PII_EMAIL] || b == sign)
		return sign;
	while (a > floor && sign - a < LOCAL_MAX && (alnum(s->cp[a - 1]) || any_of(s->cp[a - 1], "._%+-")))
		a--;
	if (sign - a < 3 || (len = at(s, b, &providers)) == 0)
		return sign;
	b += len;
	host_end = b;
	if ((len = at(s, b, &dots)) == 0)
		return sign;
	b += len;
	if ((len = at(s, b, &tops)) == 0 || alnum(s->cp[b + len]))
		return sign;
	{ /* as if it were written plainly */
		struct str local = canon_of(s, a, sign), host = canon_of(s, host_at, host_end), top = canon_of(s, b, b + len);
		char *mail = arena_alloc(&s->tmp, local.n + host.n + top.n + 3);

		snprintf(mail, local.n + host.n + top.n + 3, "%.*s@%.*s.%.*s", STRF(local), STRF(host), STRF(top));
		hit(s, PII_EMAIL, a, b + len, str_c(mail));
	}
	return b + len;
}

/* A dotted quad at i: index behind it (a prefix length included), or i. */
static size_t
ipv4(const struct pii_scan *s, size_t i)
{
	size_t p = i;

	for (int part = 0; part < 4; part++) {
		int v = 0, k = 0;

		while (digit(s->cp[p]) && k < 4) {
			v = v * 10 + (int)(s->cp[p++] - '0');
			k++;
		}
		if (k == 0 || k > 3 || v > 255)
			return i;
		if (part < 3 && s->cp[p++] != '.')
			return i;
	}
	if (alnum(s->cp[p]))
		return i;
	if (s->cp[p] == '/' && digit(s->cp[p + 1])) {
		size_t q = p + 1;
		int v = 0;

		while (digit(s->cp[q]) && q < p + 4)
			v = v * 10 + (int)(s->cp[q++] - '0');
		if (v <= 32 && !alnum(s->cp[q]))
			p = q;
	}
	return p;
}

static bool
hex(uint32_t c)
{
	return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* 001a.2b3c.4d5e at i: index behind it, or i. */
static size_t
dotted_mac(const struct pii_scan *s, size_t i)
{
	size_t p = i, letters = 0;

	for (int part = 0; part < 3; part++) {
		for (int k = 0; k < 4; k++, p++) {
			if (!hex(s->cp[p]))
				return i;
			letters += !digit(s->cp[p]);
		}
		if (part < 2 && s->cp[p++] != '.')
			return i;
	}
	return alnum(s->cp[p]) || s->cp[p] == '.' || letters == 0 ? i : p;
}

/* Colon-separated hexadecimal at i: an IPv6 or MAC address; *type says which. Index behind it, or i. */
static size_t
colons(const struct pii_scan *s, size_t i, enum pii_type *type)
{
	size_t p = i, groups = 0, twos = 0;
	bool gap = false;

	if (s->cp[p] == ':' && s->cp[p + 1] == ':') {
		gap = true;
		p += 2;
	}
	for (;;) {
		size_t k = 0, q;

		if (digit(s->cp[p]) && groups > 0 && (q = ipv4(s, p)) != p) {
			groups += 2;
			p = q;
			break;
		}
		while (hex(s->cp[p + k]) && k < 5)
			k++;
		if (k == 0 || k > 4)
			break;
		twos += k == 2;
		groups++;
		p += k;
		if (s->cp[p] != ':' && s->cp[p] != '-')
			break;
		if (s->cp[p] == ':' && s->cp[p + 1] == ':') {
			if (gap)
				return i;
			gap = true;
			p += 2;
			if (!hex(s->cp[p]))
				break;
		} else if (hex(s->cp[p + 1])) {
			if (s->cp[p] == '-' && !(twos == groups && groups < 6))
				break;
			p++;
		} else {
			break;
		}
	}
	if (alnum(s->cp[p]))
		return i;
	if (groups == 6 && twos == 6 && !gap) {
		*type = PII_MAC;
		return p;
	}
	*type = PII_IP;
	return groups == 8 || (gap && groups >= 2 && groups < 8) ? p : i;
}

/* --- codes behind a cue ----------------------------------------------------------------------------------------------- */

static const struct cue {
	enum pii_type type;
	const char *word;
	uint8_t min, max; /* characters of the code */
	bool letter;      /* it begins with one */
} cues[] = {
    {PII_CHAT, "微信", 5, 20, false}, {PII_CHAT, "威信", 5, 20, false}, {PII_CHAT, "薇信", 5, 20, false},
    {PII_CHAT, "v信", 5, 20, false}, {PII_CHAT, "wechat", 5, 20, false}, {PII_CHAT, "weixin", 5, 20, false},
    {PII_CHAT, "vx", 5, 20, false}, {PII_CHAT, "wx", 5, 20, false}, {PII_CHAT, "加v", 5, 20, false},
    {PII_CHAT, "加薇", 5, 20, false}, {PII_CHAT, "qq", 5, 12, false}, {PII_CHAT, "扣扣", 5, 12, false},
    {PII_CHAT, "加威", 5, 20, false}, {PII_CHAT, "加微", 5, 20, false}, {PII_CHAT, "威芯", 5, 20, false}, {PII_CHAT, "微芯", 5, 20, false},
    {PII_CHAT, "薇芯", 5, 20, false}, {PII_CHAT, "围信", 5, 20, false}, {PII_CHAT, "徽信", 5, 20, false}, {PII_CHAT, "绿泡泡", 5, 20, false},
    {PII_CHAT, "v❤", 5, 20, false}, {PII_CHAT, "v❤️", 5, 20, false}, {PII_CHAT, "微❤", 5, 20, false}, {PII_CHAT, "薇❤", 5, 20, false},
    {PII_CHAT, "q q", 5, 12, false}, {PII_CHAT, "球球", 5, 12, false}, {PII_CHAT, "口口", 5, 12, false}, {PII_CHAT, "企鹅", 5, 12, false}, {PII_CHAT, "抠抠", 5, 12, false},
    {PII_PASSPORT, "护照", 8, 10, true}, {PII_PASSPORT, "護照", 8, 10, true}, {PII_PASSPORT, "通行证", 8, 11, true},
    {PII_PASSPORT, "通行證", 8, 11, true}, {PII_PASSPORT, "回乡证", 9, 11, true}, {PII_PASSPORT, "台胞证", 8, 10, false},
    {PII_PASSPORT, "passport", 8, 10, true}, {PII_PASSPORT, "passport no", 8, 10, true}, {PII_PASSPORT, "passport number", 8, 10, true},
    {PII_RECORD, "病历号", 4, 16, false}, {PII_RECORD, "病历", 5, 16, false}, {PII_RECORD, "住院号", 4, 16, false},
    {PII_RECORD, "门诊号", 4, 16, false}, {PII_RECORD, "就诊卡", 4, 16, false}, {PII_RECORD, "病案号", 4, 16, false},
    {PII_RECORD, "登记号", 4, 16, false}, {PII_RECORD, "检查号", 4, 16, false}, {PII_RECORD, "诊疗卡", 4, 16, false},
    {PII_RECORD, "病歷號", 4, 16, false}, {PII_RECORD, "医保卡号", 6, 18, false}, {PII_RECORD, "社保卡号", 6, 18, false},
    {PII_RECORD, "mrn", 5, 12, false}, {PII_RECORD, "medical record number", 5, 12, false}};

/* Filler between a cue and its code: 号 码 为 是 : and spaces. */
static size_t
filler(const struct pii_scan *s, size_t i)
{
	size_t n = 0;

	while (n < 4 && any_of(s->cp[i], " :.号碼码號为為是#"))
		i++, n++;
	return i;
}

static struct word cue_word[sizeof cues / sizeof *cues];
static uint16_t cue_head[256], cue_next[sizeof cues / sizeof *cues]; /* chains, + 1, by the low byte of the first character */

/* An id of letters alone at [p, q), behind a cue that ends at cue: tangtang_mama; else behind a colon, and no other word near. */
static bool
letters_id(const struct pii_scan *s, size_t cue, size_t p, size_t q)
{
	static const char *const list[] = {"android", "iphone", "wechat", "weixin", "http", "hello", "please", "official", NULL};
	static struct words words = {.list = list};
	bool colon = false;

	if (p == cue || at(s, p, &words) > 0 || s->cp[q] == '/' || s->cp[q] == '.')
		return false;
	for (size_t k = p + 1; k + 1 < q; k++)
		if (s->cp[k] == '_')
			return true;
	for (size_t k = cue; k < p; k++)
		colon = colon || s->cp[k] == ':';
	return colon && !utf8_is_han(s->cp[p - 1]) && !(s->cp[q] == ' ' && alnum(s->cp[q + 1]));
}

static size_t
coded(const struct pii_rules *r, struct pii_scan *s, size_t i)
{
	for (size_t link = cue_head[lower(s->cp[i]) & 255]; link > 0; link = cue_next[link - 1]) {
		const size_t k = link - 1;
		const struct cue *c = &cues[k];
		size_t len = cue_word[k].n, p, q, digits = 0;

		if (!r->on[c->type] || i + len > s->n || !spells(s, i, &cue_word[k]))
			continue;
		if (c->word[0] < 0x7f && c->word[0] > 0 && i > 0 && (alnum(s->cp[i - 1]) || s->cp[i - 1] == '_'))
			continue; /* wx inside a word */
		p = q = filler(s, i + len);
		if (c->word[0] > 0 && (unsigned char)c->word[0] < 0x80 && p == i + len && !digit(s->cp[p]))
			continue; /* "wxyz": a Latin cue needs something between */
		while (q - p < 64 && (alnum(s->cp[q]) || s->cp[q] == '_' || (s->cp[q] == '-' && c->type == PII_CHAT))) {
			digits += digit(s->cp[q]);
			q++;
		}
		if (q - p == 1 && c->type == PII_CHAT && digits == 1) /* 1 2 3 4 5 6: digits apart */
			while (s->cp[q] == ' ' && digit(s->cp[q + 1]) && !alnum(s->cp[q + 2]) && digits < 13) {
				digits++;
				q += 2;
			}
		if ((digits > 1 && q - p == 2 * digits - 1 ? digits : q - p) < c->min || q - p > 2u * c->max)
			continue;
		if (q - p > c->max && q - p != 2 * digits - 1)
			continue;
		if (digits == 0 && (c->type != PII_CHAT || c->min != 5 || c->max != 20 || !letters_id(s, i + len, p, q)))
			continue;
		if (c->letter && (digit(s->cp[p]) || digits < 6))
			continue;
		if (c->type != PII_CHAT && digits < 4)
			continue;
		hit(s, c->type, p, q, without_spaces(canon_of(s, p, q)));
		return q;
	}
	return i;
}

/* A travel document before its name: H12345678回乡证. Index behind the number, or i. */
static size_t
document(const struct pii_rules *r, struct pii_scan *s, size_t i)
{
	static const char *const list[] = {"回乡证", "回鄉證", "台胞证", "通行证", "通行證", "护照", "護照", "(回乡证", "(护照", NULL};
	static struct words papers = {.list = list};
	size_t p = i, digits = 0;

	if (!r->on[PII_PASSPORT] || s->cp[p] < 'A' || s->cp[p] > 'Z')
		return i;
	for (p++; alnum(s->cp[p]) && p - i < 12; p++)
		digits += digit(s->cp[p]);
	if (digits < 7 || digits > 10 || p - i > digits + 2)
		return i;
	if (at(s, p + (s->cp[p] == ' ' || s->cp[p] == 0x7684 /* 的 */), &papers) == 0)
		return i;
	hit(s, PII_PASSPORT, i, p, canon_of(s, i, p));
	return p;
}

/* --- plates, dates, streets ------------------------------------------------------------------------------------------- */

static size_t
plate(const struct pii_rules *r, struct pii_scan *s, size_t i)
{
	size_t p = i + 1, n = 0, digits = 0;

	if (!r->on[PII_PLATE] || s->cp[p] < 'A' || s->cp[p] > 'Z')
		return i;
	p++;
	if (any_of(s->cp[p], "·• .-"))
		p++;
	while (n < 7 && (digit(s->cp[p]) || (s->cp[p] >= 'A' && s->cp[p] <= 'Z') || any_of(s->cp[p], "学警港澳挂领"))) {
		digits += digit(s->cp[p]);
		p++;
		n++;
	}
	if (n < 5 || n > 6 || digits < 2 || alnum(s->cp[p]))
		return i;
	hit(s, PII_PLATE, i, p, canon_of(s, i, p));
	return p;
}

static const char *const birth_list[] = {"出生", "生于", "生於", "生日", "出生日期", "出生年月", "born on", "date of birth", "dob", NULL};
static struct words birth_cues = {.list = birth_list};
static const char *const home_list[] = {"住", "家住", "住址", "地址", "住在", "居住", "家在", "户籍", "收货", "寄到", "寄给", NULL};
static struct words home_cues = {.list = home_list};
static const char *const unit_list[] = {"单元", "單元", NULL};
static struct words unit_word = {.list = unit_list};

/* A number of a date at *p, in digits or numerals (十 and 廿 among them): its value, or -1. */
static int
date_part(const struct pii_scan *s, size_t *p)
{
	int v = 0, ten = -1;
	size_t start = *p;

	for (; *p - start < 4; ++*p) {
		uint32_t c = s->cp[*p];
		int d = digit(c) ? (int)(c - '0') : numeral(c);

		if (c == 0x5341 && ten < 0) { /* 十 */
			ten = v == 0 ? 10 : v * 10;
			v = 0;
		} else if (d >= 0) {
			v = v * 10 + d;
		} else {
			break;
		}
	}
	return *p == start ? -1 : ten < 0 ? v : ten + v;
}

static const char *const born_list[] = {"出生", "生人", "生，", "生的", "born", NULL};
static struct words born_behind = {.list = born_list};

static size_t
birth(const struct pii_rules *r, struct pii_scan *s, size_t i)
{
	size_t p = i;
	int v[3] = {0, 0, 0}, k;
	bool cue;

	if (!r->on[PII_BIRTH] || !(digit(s->cp[i]) || numeral(s->cp[i]) >= 0))
		return i;
	cue = cue_before(s, i, &birth_cues, 4);
	for (k = 0; k < 3; k++) {
		v[k] = date_part(s, &p);
		if (v[k] < 0)
			break;
		if (any_of(s->cp[p], "年月日号-/."))
			p++;
		else if (k < 2 || digit(s->cp[p]))
			return i;
	}
	if (k == 2 && cue && v[0] >= 1 && v[0] <= 12 && v[1] >= 1 && v[1] <= 31 && any_of(s->cp[p - 1], "日号")) {
		hit(s, PII_BIRTH, i, p, canon_of(s, i, p)); /* 生日是3月2日 */
		return p;
	}
	if (k < 2 || v[0] < 1900 || v[0] > 2100 || v[1] < 1 || v[1] > 12)
		return i;
	if (!cue && !(k == 3 && (at(s, p, &born_behind) > 0 || (s->cp[p] == 0x751f && !utf8_is_han(s->cp[p + 1])))))
		return i;
	{ /* the same day in any writing is the same */
		char *day = arena_alloc(&s->tmp, 48);

		snprintf(day, 48, "%d-%d-%d", v[0], v[1], k == 3 ? v[2] : 0);
		hit(s, PII_BIRTH, i, p, str_c(day));
	}
	return p;
}

/* A house, building or room number at i (digits) behind a street or estate; takes in what belongs to it on both sides. */
static size_t
address(const struct pii_rules *r, struct pii_scan *s, size_t i, size_t floor)
{
	size_t a = i, p = i, road = 0, units = 0;
	bool room = false, at_home = false;

	if (!r->on[PII_ADDRESS])
		return i;
	while (p - i < 16 && (digit(s->cp[p]) || s->cp[p] == '-' || any_of(s->cp[p], "ABCDEabcde"))) /* 12号3栋2单元501室 */
		p++;
	for (;;) {
		size_t len = 0;

		if (any_of(s->cp[p], "号號弄栋幢座室楼樓层")) {
			room = room || any_of(s->cp[p], "室栋幢");
			p++;
		} else if ((len = at(s, p, &unit_word)) > 0) {
			room = true;
			p += len;
		} else {
			break;
		}
		units++;
		if (any_of(s->cp[p], "院楼") && any_of(s->cp[p + 1], "0123456789"))
			p++;
		if (!digit(s->cp[p]))
			break;
		while (p - i < 64 && (digit(s->cp[p]) || s->cp[p] == '-'))
			p++;
		if (!any_of(s->cp[p], "号號弄栋幢座室楼樓层单單")) { /* a bare room number at the end */
			room = true;
			break;
		}
	}
	if (i > floor + 2 && any_of(s->cp[i - 1], "栋幢座") && s->cp[i - 2] >= 'A' && s->cp[i - 2] <= 'Z') {
		a = i - 2; /* A栋1203 */
		room = true;
		units++;
	}
	if (units == 0)
		return i;
	for (size_t from = a; a > floor && from - a < 14 && utf8_is_han(s->cp[a - 1]) && !any_of(s->cp[a - 1], "在住于於到縣县市省是的");) {
		bool estate = any_of(s->cp[a - 1], "区區") && a > floor + 1 && any_of(s->cp[a - 2], "小园社校南北东西東");

		if (any_of(s->cp[a - 1], "区區") && !estate)
			break;
		a--;
		if (estate || any_of(s->cp[a], "路街巷弄道里村园苑寓镇坊庄"))
			road = road ? road : a;
	}
	if (road == 0 || i - a < 2)
		return i;
	for (size_t b = a; b > floor && a - b < 14; b--) {
		at_home = at_home || before(s, b, &home_cues) > 0;
		if (b > 0 && !utf8_is_han(s->cp[b - 1]) && !any_of(s->cp[b - 1], ": "))
			break;
	}
	if (!room && !at_home)
		return i; /* a public building on a street */
	hit(s, PII_ADDRESS, a, p, canon_of(s, a, p));
	return p;
}

/* --- names ---------------------------------------------------------------------------------------------------------- */

static const char surnames[] =
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方"
    "石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤"
    "毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁"
    "柯阮桂闵解强柴华车冉房边張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭鄧許呂蘇盧蔣賈葉閻鍾譚鄒陸顧龍錢湯賀賴龔龐蘭顏嚴溫魯韋聶齊莊";

/* Words after which a person's name is to be expected. */
static const char *const name_before_list[] = {"患者", "病人", "病患", "家属", "家屬", "当事人", "當事人", "投诉人", "投訴人", "举报人",
    "舉報人", "反映人", "来电人", "來電人", "客户", "客戶", "储户", "儲戶", "用户", "用戶", "业主", "業主", "消费者", "消費者", "乘客",
    "学生", "學生", "死者", "逝者", "伤者", "傷者", "受害人", "受害者", "被告", "被告人", "原告", "联系人", "聯絡人", "姓名", "收件人",
    "寄件人", "收货人", "我叫", "名叫", "名字叫", "本人", "丈夫", "妻子", "儿子", "兒子", "女儿", "女兒", "母亲", "母親", "父亲", "父親",
    "产妇", "產婦", "孕妇", "孕婦", "患儿", "患兒", "老人", "市民", "网友", "網友", "村民", "居民", "嫌疑人", "户名", "戶名", "持卡人",
    "借款人", "贷款人", "貸款人", "担保人", "投保人", "被保险人", "受益人", "申请人", "被申请人", "委托人", "代理人", "报案人", "報案人",
    "签字人", "签名", "证人", "目击者", "监护人", "机主", "車主", "车主", "房主", "户主", "房东", "租客", "租户", "住户", "事主", "苦主",
    "店主", "老板", "老板娘", "司机", "骑手", "外卖员", "快递员", "保安", "保洁", "月嫂", "护工", "代表", "新郎", "新娘", "新生儿母亲", "男友",
    "女友", "男朋友", "女朋友", "前夫", "前妻", "老公", "老婆", "爱人", "爸爸", "妈妈", "我爸", "我妈", "她爸", "她妈", "他爸", "他妈",
    "爷爷", "奶奶", "外公", "外婆", "姥姥", "姥爷", "岳父", "岳母", "丈母娘", "公公", "婆婆", "哥哥", "姐姐", "弟弟", "妹妹", "表哥",
    "表姐", "表弟", "表妹", "堂哥", "堂弟", "侄子", "侄女", "外甥", "孙子", "孙女", "女婿", "儿媳", "舅舅", "姑姑", "室友", "同事",
    "同学", "老同学", "同乡", "老乡", "朋友", "闺蜜", "邻居", "鄰居", "队友", "旅客", "游客", "考生", "应聘者", "求职者", "男子", "女子",
    "男孩", "女孩", "男童", "女童", "少年", "老汉", "老太", "转告", "转交", "抬头", "买家", "卖家", "顾客", "顧客", "会员", "會員", "学员",
    "學員", "家长", "家長", "读者", "讀者", "球迷", "粉丝", "病友", "男方", "女方", "投诉者", "举报者", "爆料人", "爆料者", "报料人", "知情人", "报修人",
    "下单人", "付款人", "收款人", "汇款人", "转账人", "经手人", "诉求人", "申诉人", "上诉人", "信访人", "求助人", "求助者", "来访人", "来访者", "预约人", "参保人",
    "就诊人", "取药人", "陪护人", "监护者", "名字", "真名", "本名", "曾用名", "嫌犯", "我姐", "我哥", "我弟", "我妹", "我爷", "我奶", "我嫂", "我舅", "我姑", "我姨", "对象", "未婚妻", "未婚夫", "嫂子", "嫂嫂", "姐夫", "妹夫", "婆家", "公婆", "大伯", "小姨", "姨妈", "舅妈",
    "阿姨", "干妈", "干爸", "宝妈", "宝爸", "孩子妈", "孩子爸", "遇难者", "失踪者", "失联者", "遗属", "商户", "摊主", "网民", "网红", "主播", "车友", "房客", "股民",
    "投资者", "投资人", "债权人", "债务人", "法人", "受访者", "毕业生", "研究生", "大学生", "女生", "男生", "员工", "工人", "司乘", "渔民", "农民", "牧民", NULL};
static struct words name_before = {.list = name_before_list};
/* Words after which one may be: it has to look like a full name and to end where the word ends. */
static const char *const name_perhaps_list[] = {"我是", "这里是", "联系", "聯繫", "联系到", "联系上", "致电", "回访", "拨打", "打给", "转给", "转接",
    "寄给", "发给", "交给", "通知", "找", "找一下", "问一下", "请", "帮", "孩子", "宝宝", "小孩", "女婴", "男婴", "受害", "写的是", "查一下", "查下", "旁边的", NULL};
static struct words name_perhaps = {.list = name_perhaps_list};
/* Words that end in what could be a surname, before 先生, 师傅, 同学. */
static const char *const tails_list[] = {"文章", "东郭", "羡林", "人马", "黑马", "白马", "红叶", "国王", "大王", "霸王", "女王", "天王", "帝王", "紧张", "夸张", "主张", "行李", "园林", "森林",
    "工程", "过程", "课程", "流程", "全程", "行程", "路程", "里程", "一周", "上周", "下周", "本周", "每周", "这周", "两周", "三周", "四周", "感谢", "谢谢", "多谢", "答谢", "致谢", "拜谢",
    "鸣谢", "允许", "也许", "不许", "或许", "准许", "几许", "少许", "不曾", "未曾", "何曾", "其余", "剩余", "业余", "多余", "照顾", "不顾", "光顾", "只顾", "分钟", "闹钟", "点钟", "秒钟", "主任", "信任",
    "责任", "示范", "防范", "规范", "模范", "历史", "健康", "祝贺", "依赖", "信赖", "古董", "佩戴", "穿戴", "子孙", "公孙", "时侯", "茶叶", "落叶", "树叶", "桃李", "面孔", "瞳孔", "蓬莱", "大陆", "登陆", "着陆", "萧萧",
    "中秦", "蜀汉", "大唐", "荒唐", "南宋", "北宋", "糊涂", "模糊", "二胡", "老赖", "大秦", "生姜", "老姜", "江苏", "复苏", "流苏", "百度", "东吴", "老谭", "老黄", "蛋黄", "金黄", "米黄", "泛黄", NULL};
static struct words tails = {.list = tails_list};
/* Titles of private persons behind a name; official roles are in the next list. */
static const char *const name_after_list[] = {"先生", "女士", "小姐", "太太", "阿姨", "大爷", "大爺", "大妈", "大媽", "大娘", "大姐", "大哥", "大婶",
    "大嬸", "大伯", "奶奶", "爷爷", "爺爺", "大叔", "同学", "同學", "师傅", "師傅", "老太", "老伯", "老汉", "婆婆", "伯伯", "叔叔", NULL};
static struct words name_after = {.list = name_after_list};
static const char *const role_after_list[] = {"医生", "醫生", "大夫", "医师", "护士", "護士", "主任", "院长", "院長", "经理", "經理", "行长",
    "行長", "教授", "书记", "局长", "客服", "柜员", "工程师", "老师", "店长", "店長", "校长", "處長", "处长", "科长", "所长", "站长", "队长", "董事长", "总经理", "总监",
    "主管", "部长", "律师", "警官", "法官", "教练", "顾问", "助理", "秘书", "专员", "老總", "总裁", NULL};
static const char *const polite_list[] = {"先生", "女士", "小姐", "太太", NULL};
static struct words polite = {.list = polite_list};
static const char *const shows_list[] = {"许多", "何等", "何种", "任何", "祝", NULL};
static struct words shows = {.list = shows_list};
static struct words role_after = {.list = role_after_list};
/* Characters that go on with the sentence rather than with a name. */
static const char not_given[] =
    "说說在是的了被去因于於和与與及称稱向从從到住入出要也都就还還把将將曾已对對为為以而并且或如若则則即此这這那其某们們个個每各该該"
    "无無没沒不很太更最再又才只能会會可想让讓给給叫问問看听聽打告反表投求请請发發进進后後前上下时時日年今昨点點元万萬号號先女小阿"
    "死患病人家者方面安金程度严嚴全任何式便本保证證信息电電话話费費用户戶提取存转轉办辦排等做拿买買卖賣开開关關认認觉覺需应應正刚剛性拍闻聞产產未哭跪喊骂罵摔跌吃喝驾駕持站坐送收写寫";

static const char *const not_names_list[] = {
    "陈明情", "陈明事", "马拉松", "关键", "查封", "时间", "时代", "向老", "关部", "费站", "谢谢", "谢过", "位老", "位司", "位师", "位大", "位同",
    "位女", "位先", "位小", "位阿", "司四", "阳你", "高峰期", "高峰时", "高峰時", "高峰段", "安心养", "安心治", "安心等", "夏天容", "夏天热",
    "夏天太", "方面", "高度", "安全", "金融", "金额", "方便", "方式", "任何", "成功", "成本", "程序", "严重", "常见", "常常", "管理", "关系", "关心",
    "关注", "万元", "向来", "华为", "陆续", "安排", "安慰", "白天", "白白", "高兴", "高血压", "高热", "高烧", "成都", "武汉", "江苏", "安徽", "甘肃",
    "宁波", "石家庄", "温州", "单位", "单独", "关于", "于是", "左右", "易用", "解决", "解释", "解除", "包括", "位于", "盛怒", "强烈", "强调", "强行",
    "项目", "游客", "查询", "查看", "钱包", "钱款", "车辆", "房间", "边上", "路上", "路人", "文件", "毛病", "牛奶", "黄色", "马上", "何时", "何人",
    "万一", "田间", "雷同", "石油", "季节", "时候", "苗头", "祝您", "余额", "施工", "申请", "申诉", "申报", "张口", "张贴", "康复", "常规", "凌晨",
    "童年", "柳州", "龙头", "汤药", "司机", "司法", "宁愿", "宁可", "阳性", "阳台", "景区", "甘愿", "安装", "周日", "周一", "周二", "周三", "周四",
    "周五", "周六", "周末", "周年", "常年", "高大", "强大", "单月", "欧元", "管道", "费用", "纪念", "卫生", "卫健", "曲线", "屈服", "房产", "解约",
    "华沛", "陈述", "陈列", "陈旧", "陈年", "陈设", "申辩", "申明", "申领", "申购", "申论", "任期", "任职", "任务", "任由", "任意", "任性", "任教",
    "金句", "金牌", "金色", "金属", "金钱", "金卡", "金价", "安检", "安静", "安保", "安抚", "安置", "安稳", "安康", "高考", "高中", "高校", "高管",
    "高层", "高铁", "高温", "高端", "高价", "高额", "高危", "高速", "高空", "高档", "高级", "高呼", "高喊", "高收", "高息", "高利", "高于", "高达",
    "向前", "向后", "向上", "向下", "向着", "方才", "方案", "方向", "方法", "方可", "成绩", "成年", "成立", "成为", "成员", "成熟", "成天", "成群",
    "成交", "成品", "时常", "时刻", "时不", "时隔", "万万", "万分", "万般", "万达", "白血", "白费", "白等", "白跑", "白内", "白领", "白酒", "白色",
    "路过", "路段", "路口", "路费", "车祸", "车主", "车费", "车险", "车位", "车门", "车内", "房贷", "房租", "房主", "房东", "房屋", "常用", "常住",
    "常来", "常去", "常说", "何况", "何必", "何处", "何以", "何等", "何种", "何方", "解冻", "解雇", "解说", "解散", "单方", "单程", "单日", "单价",
    "单亲", "单车", "易于", "易怒", "宁静", "文化", "文字", "文明", "章程", "武术", "武器", "武装", "林业", "江边", "江西", "江南", "黄金", "黄山",
    "黄河", "黄海", "黄牛", "黄豆", "黄疸", "黄昏", "马路", "马桶", "马匹", "马虎", "马来", "牛肉", "牛市", "熊市", "龙虾", "龙岗", "龙华", "杨浦",
    "杨梅", "徐州", "徐汇", "徐徐", "苏州", "苏打", "苏醒", "常州", "郑州", "郑重", "邓州", "梁山", "宋朝", "宋代", "唐朝", "唐山", "唐代", "韩国",
    "韩剧", "秦岭", "秦皇", "夏季", "夏令", "孙子", "孙女", "陆地", "陆军", "陆运", "洪水", "洪涝", "洪灾", "雷电", "雷声", "雷雨", "雷区", "雷锋",
    "雷军", "石头", "石膏", "石化", "石材", "汤圆", "汤里", "汤底", "谷物", "谷歌", "柳絮", "梅花", "梅雨", "莫名", "莫非", "莫要", "莫不", "辛苦",
    "辛酸", "辛勤", "左边", "左手", "左眼", "左腿", "左侧", "祝福", "祝愿", "祝贺", "戴着", "戴上", "戴口", "童车", "童话", "童装", "席位", "席间",
    "查明", "查实", "查处", "查房", "屈辱", "鲍鱼", "景点", "景色", "边境", "边缘", "边说", "边哭", "管控", "管用", "管事", "关门", "关机", "关闭",
    "关爱", "强制", "强迫", "强势", "强忍", "盛大", "盛饭", "凌空", "钟头", "钟点", "段时", "段子", "段落", "季度", "卫视", "华丽", "华侨", "温度",
    "温馨", "温柔", "温泉", "温情", "温水", "包子", "包裹", "包间", "包装", "包车", "乔迁", "乔装", "于昨", "于今", "于次", "于当", "于近", "于十",
    "于前", "于去", "路由", "许多", "许久", "许可", "张江", "吴江", "吴中", "吴兴", "余杭", "余姚", "彭州", "江宁", "马鞍", "卢沟", "邢台", "孟加",
    "胡同", "胡说", "胡乱", "谢绝", "谢意", "顾客", "顾问", "汪汪", "温岭", "单身", "华人", "成都人", "程序员", "余下", "余生", "金华", "林区",
    "姜汤", "潘多拉", "戴森", "曹操", "孔子", "孟子", "庄子", "罗马", "罗湖", "罗曼", "林肯", "林芝", "钟表", "钟情", "汪洋", "范围", "范本", "范文",
    "杜绝", "彭博", "苏宁", "苏菲", "贾跃", "董事", "曾经", "曾被", "曾在", "魏都", "沈阳", "袁隆", "李宁", "梁平", "梁溪", "梁园", "顾家", "顾虑",
    "顾及", "顾忌", "蔡甸", "薛定", "闵行", "鲁迅", "鲁能", "鲁莽", "鲁大", "葛洲", "庞大", "庞然", "谭木", "康明", "史无", "史上", "史诗", "焦虑",
    "焦点", "焦急", "焦作", "焦躁", "柳叶", "邱北", "黎明", "黎巴", "黎族", "武夷", "武昌", "武侯", "武进", "武清", "贺卡", "贺岁", "贺州", "赖着",
    "赖账", "赖在", "龚滩", "尤其", "尤为", "申城", "申通", "涂层", "涂抹", "涂料", "舒服", "舒适", "舒心", "舒畅", "凌辱", "凌乱", "裴多", "霍乱",
    "霍尔", "翁牛", "甄选", "甄别", "游戏", "向红十", "安利", "王八", "孫子", "成长", NULL};
static struct words not_names = {.list = not_names_list};

/* Characters that are common in given names. */
static const char given[] =
    "鸣鳴凡誉譽帆祁沁渺骅灵靈捷敬铃玙槐荃桐楷彩建国伟芳娜敏静丽麗强強磊军軍洋勇艳豔杰傑娟涛濤明超秀英华華平刚剛桂兰蘭玉梅红紅霞辉輝鹏鵬飞飛志晓曉小文浩然子轩軒宇梓涵涵欣怡佳嘉诗詩雨雪"
    "婷倩琳琪瑶瑤璐露珊莎莉薇蕾萍莹瑩雯慧颖穎洁潔淑贤賢惠珍珠凤鳳美媛燕云雲春秋冬夏天海波江河山川林森树樹松柏青岚嵐峰岩石磊金银銀铜鑫钰鈺铭銘"
    "锋鋒锐銳钢鋼铁铮永恒久长長安宁寧康健福禄祿寿壽喜庆慶祥瑞吉利贵貴富荣榮昌盛兴興旺发達达德义義仁礼禮智信忠孝诚誠善良俊彦才学學斌武威雄豪"
    "毅坚堅刚正直清廉公民生成功胜勝利进進东東南西北中国邦家光亮晨旭昊昕曦阳陽月星辰宏弘伯仲叔季根土水火木泉源远遠思念恩爱愛心意如若冰玲珑"
    "龙龍虎彪豹鹤鶴鸿鴻雁莺蓉莲蓮荷菊芝芬芸茜茵萌蓓蕊薇蝶雅韵韻音乐樂琴书書画畫诗墨砚启啟凯凱旋胤泽澤润潤浩瀚淼渊博洪洲潮滔澜瀾滢漫沛沐泓汉漢"
    "秉承继繼绍紹先祖宗世传傳代万千百一二三四五六七八九十元亨贞貞丹彤朱紫绿蓝黛翠碧素白黑玄皓雁君卿士友朋伦倫佩仪儀仙伶俐伊依可爱宝寶贝贝珂珺"
    "玮瑋琦琛瑜瑾璇璟磬碧岳巍崇峻嵘峥廷彬彭循徽忆怀懷恺愷悦悅情惟慈憬懿成战戰振挺捷揚扬拓新方旗旻昱晋晋晏晖晴景智暄曼朗望本权權柔栋棟楠楚"
    "榕槿欢歡武毓民治泰津济濟浦涌淇淳渝湘溪滨濱煜熙熠燁烨爽牧玥理瑗甜田略盈真知祎祺禹稷穆竹笑筠简簡纯純纬綺绮维維缘缪翔翰耀聪聰肖胤致航舒舟艺藝"
    "芷苑苗若茂范莊菁菲萱蔚蕙虹裕西言讯诺谦謙贺路轶辛迪迎逸遥邑郁郎酉里野鉴钧鈞钊镇鎮闯隆陶霄霆霖非音韬韜顺順颂頌顾飒馨驰馳骏駿魁鲁麟黎默齐齊杏"
    "多莎萨露倪娥婉娴嫣嫦娇嬌嫒娅婧婵媚妍妙妤姗姝姿娣巧翘芹苹荔蔓尔爾尼娃丫妞囡阿炳旺来友满滿财財有根栓柱锁牛狗娘婆群众";
/* Those that stand in hardly any other word. */
static const char strong[] =
    "磊鑫淼婷倩琳琪瑶璐珊莎莉薇蕾萍莹雯颖淑娜娟芳芬芸茜蓓嘉梓轩涵欣佳琦琛瑜瑾璇涛鹏勇杰毅斌峻嵘彬煜烨炜昊晟旭曦晖俊彦翔骏敏艳妍婧婉娴嫣娇媛玥玮珂珺"
    "怡悦愷恺祺祎睿哲皓霖霞凯彤钰凤兰桂蓉莲秀浩鸿雁栋楠榕柏岚屿";
/* Surnames that are everyday words as well: the rest of the name has to be more convincing. */
static const char rare[] =
    "于时時何方任万萬成向和应應从明常高单單解易全安金白水路房车車强游查纪紀管费費毛景边邊温溫阳陽项項关關雷石钱錢牛龙龍司卫衛花宁寧时段"
    "位文田季江海包祝盛欧歐毕畢齐齊曲甘辛左席熊洪汤湯米谷古华莫童强党连连苗乔代";

static bool
is_surname(uint32_t cp)
{
	return is_class(cp, C_SURNAME);
}

static const char *const compound_list[] = {"欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒",
    "夏侯", "歐陽", "司馬", "諸葛", NULL};
static struct words compound = {.list = compound_list};

/* What goes on behind a name: marks, verbs of speech and of fate, particles. */
static bool
name_ends(const struct pii_scan *s, size_t i)
{
	return i >= s->n || !utf8_is_han(s->cp[i]) ||
	    any_of(s->cp[i], "说說称稱表反告诉訴的在被向和与與及等女男是因从從到要也都已将將把对對给給让讓不没沒有系係转轉送来來去住曾突酒持驾駕拿")||
	    any_of(s->cp[i], "哭站坐跪喊问問打报報投求认認提收发發写寫做当當于於今享未否之能会會先也已后後");
}

/* 某 in 某些, 某地, 某医院 is nobody's name; 王某, 李某某, 李某强 are. */
static bool
some_thing(const struct pii_scan *s, size_t i)
{
	static const char *const list[] = {"某些", "某个", "某個", "某种", "某種", "某日", "某地", "某年", "某月", "某处", "某市", "某省", "某县",
	    "某公司", "某医院", "某銀行", "某银行", "某区", "某路", "某天", "某次", "某位", "某人", "某事", "某方", "某一", "某部", "某校", "某大", "某店",
	    "某小区", "某平台", "某品牌", "某知名", "某项", "某款", "某类", "某条", "某段", "某单位", "某机构", "某网", "某宝", "某音", NULL};
	static struct words things = {.list = list};

	return at(s, i, &things) > 0;
}

/* May the character at i stand in a given name. first: at its beginning, where 小 may stand too. */
static bool
may_be_given(const struct pii_scan *s, size_t i, bool first)
{
	if (!utf8_is_han(s->cp[i]))
		return false;
	if (!is_class(s->cp[i], C_NOT_GIVEN))
		return true;
	return first && is_class(s->cp[i], C_GIVEN) && is_class(s->cp[i + 1], C_GIVEN) && !is_class(s->cp[i + 1], C_NOT_GIVEN);
}

/* Length in characters of a plausible name at i (surname first), or 0. */
static size_t
name_len(const struct pii_scan *s, size_t i)
{
	size_t sur = at(s, i, &compound) > 0 ? 2 : is_surname(s->cp[i]) ? 1 : 0, n, most;
	bool doubtful = sur == 1 && is_class(s->cp[i], C_RARE), first, second;

	if (sur == 0 || at(s, i, &not_names) > 0)
		return 0;
	n = sur;
	if (any_of(s->cp[i + n], "某*×xX＊")) { /* half-masked names: 王某某, 王*, 李某强 */
		if (some_thing(s, i + n))
			return 0;
		while (n < sur + 2 && any_of(s->cp[i + n], "某*×xX＊"))
			n++;
		if (n == sur + 1 && is_class(s->cp[i + n], C_GIVEN) && !is_class(s->cp[i + n], C_NOT_GIVEN) && name_ends(s, i + n + 1))
			n++;
		return n;
	}
	for (most = sur; most < sur + 2 && may_be_given(s, i + most, most == sur); most++)
		;
	if (most == sur)
		return 0;
	if (most == sur + 1 && is_class(s->cp[i + most], C_GIVEN) && !utf8_is_han(s->cp[i + most + 1]) && is_class(s->cp[i + sur], C_GIVEN))
		most++; /* 钟传金， */
	first = is_class(s->cp[i + sur], C_GIVEN);
	second = most == sur + 2 && is_class(s->cp[i + sur + 1], C_GIVEN);
	if (doubtful) /* 何时, 高考, 安检: both characters common in names, or one and a clear end */
		return first && second ? sur + 2
		    : first && (name_ends(s, i + sur + 1) || is_class(s->cp[i + sur], C_STRONG)) ? sur + 1 : 0;
	if (most == sur + 2 && (name_ends(s, i + sur + 2) ? first || second : first && second))
		return sur + 2;
	if (name_ends(s, i + sur + 1))
		return sur + 1;
	if (most == sur + 2 && first && !second && is_class(s->cp[i + sur], C_STRONG))
		return sur + 1; /* 吴倩产后 */
	return most == sur + 2 && (first || second) ? sur + 2 : first ? sur + 1 : 0;
}

/* A number follows that is somebody's own: a mobile number, with 电话 or a mark between. */
static bool
number_follows(const struct pii_scan *s, size_t i)
{
	static const char *const list[] = {"电话", "電話", "手机", "手機", "联系电话", "手机号", "手机号码", "tel", NULL};
	static struct words phones = {.list = list};
	size_t n = 0;

	for (int k = 0; k < 2 && any_of(s->cp[i], " :,，、(（"); k++)
		i++;
	i += at(s, i, &phones);
	for (int k = 0; k < 3 && any_of(s->cp[i], " :号码是(（"); k++)
		i++;
	if (s->cp[i] != '1' || s->cp[i + 1] < '3')
		return false;
	for (size_t k = 0; k < 14 && (digit(s->cp[i + k]) || s->cp[i + k] == ' ' || s->cp[i + k] == '-'); k++)
		n += digit(s->cp[i + k]);
	return n == 11;
}

/* A name of n characters at i that needs no strong cue: an everyday surname, a given name of characters common in them. */
static bool
full_name(const struct pii_scan *s, size_t i, size_t n)
{
	if (is_class(s->cp[i], C_RARE) || n < 2 || !is_class(s->cp[i + n - 1], C_GIVEN) || is_class(s->cp[i + n - 1], C_NOT_GIVEN))
		return false;
	return n == 2 || is_class(s->cp[i + 1], C_GIVEN) || at(s, i, &compound) > 0;
}

static const char *const name_speaks_list[] = {"告诉", "告訴", "表示", "称", "稱", "说", "說", "反映", "投诉", "投訴", "哭诉", "哭訴", "控诉", "回忆", "回憶",
    "举报", "要求", "报警", "報警", NULL};
static struct words name_speaks = {.list = name_speaks_list};

static bool
kept(const struct pii_rules *r, struct str name)
{
	return r->keep != NULL && map_get(r->keep, name) != NULL;
}

/* i stands in an account's name: @文章同学. */
static bool
in_handle(const struct pii_scan *s, size_t i)
{
	for (size_t k = 0; k < 16 && i > 0 && (utf8_is_han(s->cp[i - 1]) || alnum(s->cp[i - 1]) || any_of(s->cp[i - 1], "_-")); k++)
		i--;
	return i > 0 && s->cp[i - 1] == '@';
}

static size_t
found(const struct pii_rules *r, struct pii_scan *s, size_t i, size_t n)
{
	struct str canon = canon_of(s, i, i + n);

	if (!kept(r, canon) && !in_handle(s, i))
		hit(s, PII_NAME, i, i + n, canon);
	return i + n;
}

/* May a surname stand at i before a title, glued to what is in front of it: 用户刘女士, 联系到陈女士; not 人马先生. */
static bool
glued(const struct pii_scan *s, size_t i, size_t sur)
{
	if (i == 0 || !utf8_is_han(s->cp[i - 1]) || any_of(s->cp[i - 1], "位名叫姓和与與及是为為的了对對给給跟找请請让讓由替帮幫把被同有称稱呼见見"))
		return true;
	if (sur == 1 && is_class(s->cp[i], C_RARE)) /* 于, 向 and others are words before 先生 as well */
		return (any_of(s->cp[i - 1], "者人属友户员客民") && !any_of(s->cp[i], "于向从從和应應时時位何")) || before(s, i, &name_before) > 0 || before(s, i, &name_perhaps) > 0;
	return before(s, i + 1, &tails) == 0;
}

/* Someone, by what he is: 驾驶人, 来电者; not those who are known by name for it. */
static bool
someone_before(const struct pii_scan *s, size_t i)
{
	static const char *const list[] = {"发言人", "主持人", "创始人", "候选人", "领导人", "经纪人", "合伙人", "负责人", "掌门人", "代言人", "制作人", "制片人", "接班人",
	    "传承人", "继承人", "投资人", "董事会", "证人", "记者", "記者", "作者", "笔者", "学者", "编者", "译者", "歌者", "使者", "王者", "强者", "胜者", "或者", "老者", "有人", "没人", "无人", "让人", "令人", "别人",
	    "本人", "个人", "两人", "三人", "多人", "众人", "工人", "华人", "国人", "男人", "女人", "人人", "某人", "商人", "名人", "艺人", "机器人", "创办人", "音乐人", "学人", "电视人", "媒体人", "广告人", "电影人", "出版人", "诗人", "新人", "军人", "爱国者", NULL};
	static struct words known = {.list = list};

	return i > 1 && any_of(s->cp[i - 1], "人者") && utf8_is_han(s->cp[i - 2]) && before(s, i, &known) == 0;
}

/* 王桂芳，女，68岁, 马某某（男: as reports put it. */
static bool
sex_follows(const struct pii_scan *s, size_t i)
{
	return any_of(s->cp[i], ",(，（") && any_of(s->cp[i + 1], "男女") && !utf8_is_han(s->cp[i + 2]) && s->cp[i + 2] != 0;
}

/* A name that begins at i: behind a cue, or before a title. */
static size_t
name(const struct pii_rules *r, struct pii_scan *s, size_t i)
{
	size_t n, sur, j;
	bool edge, rare_one;

	if (!r->on[PII_NAME])
		return i;
	/* before a title: 王建国先生, 李女士 */
	sur = at(s, i, &compound) > 0 ? 2 : is_surname(s->cp[i]) ? 1 : 0;
	if (sur == 0 || (at(s, i, &not_names) > 0 && (is_class(s->cp[i], C_RARE) || at(s, i + sur, &polite) == 0 || at(s, i, &shows) > 0)))
		return i; /* 孙女, but not 孙女士 */
	edge = i == 0 || !utf8_is_han(s->cp[i - 1]);
	rare_one = sur == 1 && is_class(s->cp[i], C_RARE);
	for (n = sur; n <= sur + 2; n++) {
		bool title, role;

		if (n > sur && !may_be_given(s, i + n - 1, n == sur + 1))
			break;
		/* 位司机大哥, 公关部同学: a doubtful surname needs a given name that is one */
		if (n > sur && rare_one && (name_len(s, i) != n || (n == 2 && !edge)))
			continue;
		title = at(s, i + n, &name_after) > 0;
		role = at(s, i + n, &role_after) > 0;
		if (!title && !role)
			continue;
		if (role && !title && !r->staff_names)
			return i + n; /* an official role: stays, the name with it */
		if (n == 1 && s->cp[i] == 0x5eb7 && s->cp[i + 1] == 0x5e08)
			return i + 3; /* 康师傅, a brand */
		if (n == 1 && !glued(s, i, sur))
			return i;
		if (!r->staff_names && before(s, i, &role_after) > 0)
			return i + n; /* 客服张小姐 */
		return found(r, s, i, n);
	}
	/* 死者姓温，…, 姓沈的女士 */
	if (i > 0 && s->cp[i - 1] == 0x59d3 && (!utf8_is_han(s->cp[i + 1]) || (s->cp[i + 1] == 0x7684 && at(s, i + 2, &name_after) > 0)))
		return found(r, s, i, 1);
	/* 孟叔, 李姐: at a boundary or behind a cue */
	if (any_of(s->cp[i + 1], "叔婶嬸姨嫂哥姐伯婆爷爺奶") && !rare_one && (name_ends(s, i + 2) || any_of(s->cp[i + 1], "叔婶嬸嫂")) &&
	    (edge || any_of(s->cp[i - 1], "的给給找跟和请請") || before(s, i, &name_before) > 0)) {
		(void)found(r, s, i, 1);
		return i + 2;
	}
	/* 小李告诉我, 车主小陈 */
	if (!edge && any_of(s->cp[i - 1], "小老") && !rare_one && (at(s, i + 1, &name_speaks) > 0 || (i > 1 && before(s, i - 1, &name_before) > 0 && name_ends(s, i + 1))) &&
	    (i < 2 || !utf8_is_han(s->cp[i - 2]) || before(s, i - 1, &name_before) > 0))
		return found(r, s, i, 1);
	n = name_len(s, i);
	if (n == 0)
		return i;
	if (edge && full_name(s, i, n) && sex_follows(s, i + n))
		return found(r, s, i, n);
	/* 梁某, 高某某, 李某强: half-masked as the press writes it, wherever a word may begin */
	if (any_of(s->cp[i + sur], "某") && s->cp[i] != 0x4e8e /* 于 */ && s->cp[i] != 0x5411 /* 向 */ &&
	    (edge || any_of(s->cp[i - 1], "是将將对對由被和与與为為叫的之中据據从從在给給跟找称稱令把因而但") || before(s, i, &name_before) > 0 || someone_before(s, i)))
		return found(r, s, i, n);
	/* 她叫周小蕾: a name and nothing but a name */
	if (i > 0 && s->cp[i - 1] == 0x53eb && n >= 2 && name_ends(s, i + n) && is_class(s->cp[i + 1], C_GIVEN) &&
	    is_class(s->cp[i + n - 1], C_GIVEN) && !rare_one)
		return found(r, s, i, n);
	/* 郭建平告诉记者: a full name at a boundary that speaks or complains */
	if (n == 3 && edge && at(s, i + n, &name_speaks) > 0 && is_class(s->cp[i + 1], C_GIVEN) && is_class(s->cp[i + 2], C_GIVEN) && !rare_one)
		return found(r, s, i, n);
	/* 李强13800138000 */
	if (full_name(s, i, n) && (edge || n == 3 || before(s, i, &name_before) > 0 || before(s, i, &name_perhaps) > 0) && number_follows(s, i + n))
		return found(r, s, i, n);
	/* behind a cue, with a colon or nothing between */
	for (j = i; j + 2 >= i; j--) {
		if (before(s, j, &name_before) > 0 || (r->staff_names && before(s, j, &role_after) > 0))
			return found(r, s, i, n);
		if (j == 0 || !any_of(s->cp[j - 1], ": 是为：（("))
			break;
	}
	if (full_name(s, i, n) && (n == 2 ? !utf8_is_han(s->cp[i + n]) || any_of(s->cp[i + n], "的说說称稱") : name_ends(s, i + n)) && (before(s, j, &name_perhaps) > 0 || before(s, i, &name_perhaps) > 0 || someone_before(s, j)) &&
	    (i < 3 || !any_of(s->cp[i - 3], "果如若以像"))) /* 如果我是 */
		return found(r, s, i, n);
	return i;
}

/* 联系人Linda Chen: a Chinese cue with a colon, 是 or nothing between. */
static bool
name_cue(const struct pii_scan *s, size_t i)
{
	for (size_t g = 0; g < 3 && g <= i; g++) {
		if (before(s, i - g, &name_before) > 0)
			return true;
		if (g < i && !any_of(s->cp[i - g - 1], ": 是为：（("))
			return false;
	}
	return false;
}

static size_t
english_name(const struct pii_rules *r, struct pii_scan *s, size_t i)
{
	static const char *const list[] = {"name is ", "name's ", NULL};
	static struct words small = {.list = list};
	size_t n;

	if (!r->on[PII_NAME])
		return i;
	if (s->cp[i] == 'n') { /* all in small letters */
		if ((n = at(s, i, &small)) == 0 || (s->cp[i + n] >= 'A' && s->cp[i + n] <= 'Z'))
			return i;
		i += n;
	}
	n = pii_english_name(s, i, i > 0 && s->cp[i - 1] > 0x7f && name_cue(s, i), r->staff_names);
	if (n > 0) {
		struct str canon = without_spaces(canon_of(s, i, i + n));

		if (!kept(r, canon) && !in_handle(s, i))
			hit(s, PII_NAME, i, i + n, canon);
	}
	return i + n;
}

/* --- the scan --------------------------------------------------------------------------------------------------------- */

static size_t
skip_url(const struct pii_scan *s, size_t i)
{
	static const char *const list[] = {"http://", "https://", NULL};
	static struct words scheme = {.list = list};
	size_t len = at(s, i, &scheme);

	if (len == 0)
		return i;
	for (i += len; s->cp[i] > ' ' && s->cp[i] < 0x7f; i++)
		;
	return i;
}

/* Nothing to find without a digit, an at sign, a word in capitals or a Chinese character that begins a cue, name or plate. */
static bool
worth_it(struct str t)
{
	static uint8_t kind[256]; /* 1: worth it, 2: with a small letter behind it, 3: perhaps "name is" */

	if (kind['@'] == 0) {
		for (unsigned c = 0; c < 256; c++)
			kind[c] = c >= 0xe3 || is_digit((char)c) || c == '@' ? 1 : c >= 'A' && c <= 'Z' ? 2 : c == 'n' ? 3 : 0;
	}
	for (size_t i = 0; i < t.n; i++) {
		uint8_t k = kind[(unsigned char)t.p[i]];

		if (k == 0)
			continue;
		if (k == 1 || (k == 2 && i > 0 && i + 1 < t.n && t.p[i + 1] >= 'a' && t.p[i + 1] <= 'z') ||
		    (k == 3 && i > 0 && i + 1 < t.n && t.p[i + 1] == 'a' && str_starts(str_sub(t, i, t.n), STR("name is "))))
			return true;
	}
	return false;
}

static void
set_class(const char *set, uint16_t c)
{
	const char *p = set, *end = set + strlen(set);

	while (p < end)
		class_of[utf8_step(p, end, &p) & 0xffff] |= c;
}

static void
make_classes(void)
{
	const char *p, *end;

	for (size_t k = 0; k < sizeof cues / sizeof *cues; k++) {
		struct word *w = &cue_word[k];

		for (p = cues[k].word, end = p + strlen(p); p < end;)
			w->cp[w->n++] = utf8_step(p, end, &p);
		class_of[w->cp[0] & 0xffff] |= C_CUE;
		if (w->cp[0] < 0x80)
			class_of[w->cp[0] - 32] |= C_CUE;
	}
	for (size_t k = sizeof cues / sizeof *cues; k-- > 0;) {
		uint16_t *head = &cue_head[cue_word[k].cp[0] & 255];

		cue_next[k] = *head;
		*head = (uint16_t)(k + 1);
	}
	set_class(surnames, C_SURNAME);
	set_class(not_given, C_NOT_GIVEN);
	set_class(given, C_GIVEN);
	set_class(rare, C_RARE);
	set_class(strong, C_STRONG);
	set_class("欧上诸东皇尉公慕令歐諸司夏", C_COMPOUND);
	set_class("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼", C_PLATE);
	set_class("0123456789@:habcdefABCDEFGHIJKLMNOPQRSTUVWXYZ# ([艾圈", C_LOOK);
	for (uint32_t c = 0x3000; c < 0xa000; c++)
		if (numeral(c) >= 0)
			class_of[c] |= C_NUMERAL;
}

void
pii_find(const struct pii_rules *rules, struct str text, struct pii_scan *s)
{
	size_t i, q;
	enum pii_type type = PII_IP;

	s->nhit = s->last_to = 0;
	arena_reset(&s->tmp);
	if (!worth_it(text))
		return;
	if (class_of['q'] == 0)
		make_classes();
	decode(s, text);
	for (i = 0; i < s->n; i = q > i ? q : i + 1) {
		uint32_t c = s->cp[i];
		size_t floor = s->last_to; /* never reach back into the last hit */
		unsigned f = c < 0x10000 ? class_of[c] & (C_CUE | C_SURNAME | C_COMPOUND | C_PLATE | C_NUMERAL | C_LOOK) : 0;

		q = i;
		if (f == 0)
			continue;
		if (c == 'h' && (q = skip_url(s, i)) > i)
			continue;
		if (f & C_CUE && (q = coded(rules, s, i)) > i)
			continue;
		if (c == ' ' && s->cp[i + 1] != 'a' && s->cp[i + 1] != '(') {
			if (s->cp[i + 1] == 'n' && s->cp[i + 2] == 'a')
				q = english_name(rules, s, i + 1);
			continue;
		}
		if ((c == '#' || c == ' ' || c == '(' || c == '[' || c == 0x827e || c == 0x5708) && i > 0 && alnum(s->cp[i - 1])) {
			if ((q = veiled_email(rules, s, i, floor)) == i)
				q = i + 1;
			continue;
		}
		if (c == '@' && rules->on[PII_EMAIL]) {
			q = email(rules, s, i, floor);
			continue;
		}
		if (c >= 'A' && c <= 'Z' && s->cp[i + 1] >= 'A' && !digit(s->cp[i + 1]) && i > 0 && !alnum(s->cp[i - 1]) && (q = english_name(rules, s, i)) > i)
			continue;
		if (c >= 'A' && c <= 'Z' && digit(s->cp[i + 2]) && (i == 0 || !alnum(s->cp[i - 1])) && (q = document(rules, s, i)) > i)
			continue;
		if ((hex(c) || c == ':') && (i == 0 || (!alnum(s->cp[i - 1]) && s->cp[i - 1] != ':' && s->cp[i - 1] != '.'))) {
			q = colons(s, i, &type);
			if (q > i && rules->on[type]) {
				hit(s, type, i, q, canon_of(s, i, q));
				continue;
			}
			q = dotted_mac(s, i);
			if (q > i && rules->on[PII_MAC]) {
				hit(s, PII_MAC, i, q, canon_of(s, i, q));
				continue;
			}
			q = digit(c) ? ipv4(s, i) : i;
			if (q > i && rules->on[PII_IP]) {
				hit(s, PII_IP, i, q, canon_of(s, i, q));
				continue;
			}
			q = i;
		}
		if (digit(c)) {
			if (i > 0 && digit(s->cp[i - 1]))
				continue;
			if ((q = birth(rules, s, i)) > i || (q = address(rules, s, i, floor)) > i)
				continue;
			if (rules->on[PII_ADDRESS] && (i == 0 || !alnum(s->cp[i - 1])) && (q = i + pii_english_home(s, i)) > i) {
				hit(s, PII_ADDRESS, i, q, canon_of(s, i, q));
				continue;
			}
			if (i == 0 || numeral(s->cp[i - 1]) < 0)
				if ((q = spoken_phone(rules, s, i)) > i)
					continue;
			{ /* an e-mail's local part may begin with digits: leave it to the at sign */
				size_t e = i;

				while (e - i < LOCAL_MAX && (alnum(s->cp[e]) || any_of(s->cp[e], "._%+-")))
					e++;
				if (s->cp[e] == '@' && rules->on[PII_EMAIL] && (q = email(rules, s, e, floor)) > e + 1)
					continue;
			}
			q = numbers(rules, s, i);
			continue;
		}
		if (f & C_NUMERAL && (i == 0 || (numeral(s->cp[i - 1]) < 0 && !digit(s->cp[i - 1]))))
			if ((q = spoken_phone(rules, s, i)) > i || (q = birth(rules, s, i)) > i)
				continue;
		if (f & C_PLATE && (q = plate(rules, s, i)) > i)
			continue;
		q = f & (C_SURNAME | C_COMPOUND) ? name(rules, s, i) : i;
	}
	if (rules->keep != NULL) {
		size_t n = 0;

		for (i = 0; i < s->nhit; i++)
			if (!kept(rules, s->hit[i].canon))
				s->hit[n++] = s->hit[i];
		s->nhit = n;
	}
}

void
pii_free(struct pii_scan *s)
{
	free(s->cp);
	free(s->off);
	free(s->hit);
	arena_free(&s->tmp);
	*s = (struct pii_scan){0};
}
