#include "base/clock.h"
#include "base/utf8.h"
#include "model/date.h"

enum { MAX_TEXT = 120, DAY_S = 86400 };

/* A cursor over the folded text: full-width forms narrowed, blanks single, ASCII letters lower. */
struct cur {
	const char *p, *end;
};

struct parts {
	int year, month, day;   /* 0: not given */
	int hour, minute, second;
	bool has_time, has_minute, has_second;
	bool has_zone;
	int zone_s;
};

static size_t
fold(struct str s, char *out)
{
	size_t n = 0;
	bool gap = false;

	if (s.n == 0)
		return 0;
	for (const char *p = s.p, *end = s.p + s.n, *next; p < end; p = next) {
		uint32_t cp = utf8_step(p, end, &next);

		if (cp >= 0xff01 && cp <= 0xff5e)
			cp -= 0xfee0;
		if (cp <= ' ' || cp == 0xa0 || cp == 0x3000 || (cp >= 0x2000 && cp <= 0x200b) || cp == 0x202f) {
			gap = n > 0;
			continue;
		}
		if (n + 6 > MAX_TEXT)
			return 0;
		if (gap)
			out[n++] = ' ';
		gap = false;
		if (cp == 0x2212 || cp == 0x2013) /* minus sign, dash */
			cp = '-';
		n += utf8_put(out + n, cp < 0x80 ? (uint32_t)(unsigned char)to_lower((char)cp) : cp);
	}
	return n;
}

static bool
eat(struct cur *c, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(c->end - c->p) < n || memcmp(c->p, word, n) != 0)
		return false;
	c->p += n;
	return true;
}

static void
blank(struct cur *c)
{
	while (c->p < c->end && *c->p == ' ')
		c->p++;
}

static bool
at_end(const struct cur *c)
{
	return c->p >= c->end;
}

static bool
next_is(const struct cur *c, char ch)
{
	return c->p < c->end && *c->p == ch;
}

/* A run of min..max digits, and not one more. */
static bool
number(struct cur *c, size_t min, size_t max, int *v)
{
	const char *p = c->p;
	int x = 0;

	while (p < c->end && is_digit(*p) && (size_t)(p - c->p) < max + 1 && p - c->p < 9)
		x = x * 10 + (*p++ - '0');
	if ((size_t)(p - c->p) < min || (size_t)(p - c->p) > max)
		return false;
	c->p = p;
	*v = x;
	return true;
}

static int
month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

static int
full_year(int y, bool two_digits)
{
	return !two_digits ? y : y < 70 ? 2000 + y : 1900 + y;
}

/* --- zones --------------------------------------------------------------------------------------------------- */

struct zone {
	const char *name;
	int minutes;
};

static const struct zone zones[] = {{"z", 0}, {"ut", 0}, {"utc", 0}, {"gmt", 0}, {"wet", 0}, {"est", -300}, {"edt", -240},
    {"cst", -360}, {"cdt", -300}, {"mst", -420}, {"mdt", -360}, {"pst", -480}, {"pdt", -420}, {"at", -240}, {"et", -300},
    {"ct", -360}, {"mt", -420}, {"pt", -480}, {"ast", -240}, {"adt", -180}, {"akst", -540}, {"akdt", -480}, {"hst", -600},
    {"bst", 60}, {"west", 60}, {"met", 60}, {"cet", 60}, {"mest", 120}, {"cest", 120}, {"eet", 120}, {"eest", 180},
    {"msk", 180}, {"ist", 330}, {"hkt", 480}, {"sgt", 480}, {"awst", 480}, {"jst", 540}, {"kst", 540}, {"aest", 600},
    {"aedt", 660}, {"nzst", 720}, {"nzdt", 780}, {"北京时间", 480}, {"asia/shanghai", 480}, {"asia/chongqing", 480},
    {"asia/urumqi", 360}, {"asia/hong_kong", 480}, {"asia/taipei", 480}, {"asia/macau", 480}, {"asia/singapore", 480},
    {"asia/tokyo", 540}, {"asia/seoul", 540}, {"asia/bangkok", 420}, {"asia/kolkata", 330}, {"prc", 480}};

/* +hh:mm +hhmm +hh +h:mm; -12:00 to +14:00. */
static bool
offset(struct cur *c, int *zone_s)
{
	struct cur t = *c;
	int h, m = 0, sign;

	if (!next_is(&t, '+') && !next_is(&t, '-'))
		return false;
	sign = *t.p++ == '-' ? -1 : 1;
	if (number(&t, 4, 4, &h)) {
		m = h % 100;
		h /= 100;
	} else if (number(&t, 1, 2, &h)) {
		if (next_is(&t, ':')) {
			t.p++;
			if (!number(&t, 2, 2, &m))
				return false;
		}
	} else {
		return false;
	}
	if (m > 59 || sign * (h * 60 + m) < -720 || sign * (h * 60 + m) > 840)
		return false;
	*zone_s = sign * (h * 60 + m) * 60;
	*c = t;
	return true;
}

static bool
zone(struct cur *c, const struct date_ctx *ctx, struct parts *x)
{
	const char *p;
	struct str word;

	if (offset(c, &x->zone_s))
		return x->has_zone = true;
	(void)eat(c, "etc/");
	p = c->p;
	while (p < c->end && (is_alpha(*p) || *p == '/' || *p == '_'))
		p++;
	if (p == c->p)
		while (p < c->end && (unsigned char)*p >= 0x80)
			p++;
	word = str_n(c->p, (size_t)(p - c->p));
	for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
		if (!str_is(word, zones[i].name))
			continue;
		c->p = p;
		x->zone_s = zones[i].minutes * 60;
		if (ctx->china && str_is(word, "cst"))
			x->zone_s = 8 * 3600;
		x->has_zone = true;
		if (zones[i].minutes == 0) { /* GMT+0800, UTC-5 */
			struct cur t = *c;
			int more;

			if (offset(&t, &more)) {
				x->zone_s = more;
				*c = t;
			} else if (next_is(&t, '+') || next_is(&t, '-')) {
				return false;
			}
		}
		return true;
	}
	return false;
}

bool
date_zone(struct str s, int *zone_s)
{
	char text[MAX_TEXT];
	size_t n = fold(s, text);
	struct cur c = {text, text + n};
	struct parts x = {0};
	const struct date_ctx cn = {.china = true};

	if (n == 0 || !zone(&c, &cn, &x) || !at_end(&c))
		return false;
	*zone_s = x.zone_s;
	return true;
}

/* --- times of day -------------------------------------------------------------------------------------------- */

static bool
half_day(struct cur *c, int *add_hours, bool *noon_word, bool *night_word)
{
	static const struct {
		const char *word;
		int add;
	} words[] = {{"凌晨", 0}, {"清晨", 0}, {"早上", 0}, {"早晨", 0}, {"早间", 0}, {"上午", 0}, {"中午", 1}, {"下午", 12},
	    {"午后", 12}, {"傍晚", 12}, {"晚上", 12}, {"晚间", 12}, {"夜里", 12}, {"深夜", 12}, {"晚", 12}, {"早", 0},
	    {"오전", 0}, {"오후", 12}, {"午前", 0}, {"午後", 12}};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (eat(c, words[i].word)) {
			*add_hours = words[i].add;
			*noon_word = words[i].add == 1;
			*night_word = true;
			return true;
		}
	return false;
}

/* HH:mm[:ss[.f]], H点[M分|半|一刻], H时M分S秒, 下午3:20, 3:20 pm. */
static bool
time_of_day(struct cur *c, struct parts *x)
{
	struct cur t = *c;
	int add = -1, h = 0, m = 0, s = 0;
	bool noon = false, word = false, minute = false, second = false;

	(void)half_day(&t, &add, &noon, &word);
	blank(&t);
	if (!number(&t, 1, 2, &h))
		return false;
	if (eat(&t, ":")) {
		minute = true;
		if (!number(&t, 1, 2, &m))
			return false;
		if (eat(&t, ":")) {
			second = true;
			if (!number(&t, 1, 2, &s))
				return false;
			if ((next_is(&t, '.') || next_is(&t, ',')) && t.p + 1 < t.end && is_digit(t.p[1]))
				for (t.p++; t.p < t.end && is_digit(*t.p); t.p++)
					;
			if (next_is(&t, ':'))
				return false;
		}
	} else if (eat(&t, "点") || eat(&t, "點") || eat(&t, "时") || eat(&t, "時")) {
		struct cur k;

		if (eat(&t, "半")) {
			m = 30;
			minute = true;
		} else if (eat(&t, "一刻")) {
			m = 15;
			minute = true;
		} else if (eat(&t, "三刻")) {
			m = 45;
			minute = true;
		} else {
			(void)eat(&t, "钟");
			k = t;
			if (number(&k, 1, 2, &m) && (eat(&k, "分") || at_end(&k))) {
				minute = true;
				t = k;
				if (number(&k, 1, 2, &s) && eat(&k, "秒")) {
					second = true;
					t = k;
				} else {
					s = 0;
				}
			} else {
				m = 0;
			}
		}
	} else {
		return false;
	}
	if (add < 0) {
		struct cur k = t;

		blank(&k);
		if (eat(&k, "am") || eat(&k, "a.m."))
			add = 0;
		else if (eat(&k, "pm") || eat(&k, "p.m."))
			add = 12;
		if (add >= 0) {
			if (h > 12)
				return false;
			t = k;
		}
	}
	if (noon) /* 中午 11:30, 12:30, 1点 */
		h += h >= 1 && h <= 4 ? 12 : 0;
	else if (add == 12 && h < 12)
		h += 12;
	else if (add == 0 && h == 12)
		h = 0;
	else if (add == 12 && word && h == 12 && !minute)
		h = 24; /* 晚上12点 */
	if (h > 24 || m > 59 || s > 60 || (h == 24 && (m > 0 || s > 0)))
		return false;
	x->hour = h;
	x->minute = m;
	x->second = s;
	x->has_time = true;
	x->has_minute = minute;
	x->has_second = second;
	*c = t;
	return true;
}

static bool
valid_day(const struct parts *x)
{
	return x->month >= 1 && x->month <= 12 && x->day >= 1 && x->day <= month_days(x->year, x->month);
}

static bool
finish(const struct parts *x, const struct date_ctx *ctx, struct date *d)
{
	struct parts y = *x;

	if (y.month == 0)
		y.month = 1;
	if (y.day == 0)
		y.day = 1;
	if (!valid_day(&y))
		return false;
	d->t = clock_days(y.year, y.month, y.day) * DAY_S + y.hour * 3600 + y.minute * 60 + y.second -
	    (y.has_zone ? y.zone_s : ctx->zone_s);
	d->precision = y.has_second ? DATE_SECOND : y.has_minute ? DATE_MINUTE : y.has_time ? DATE_HOUR :
	    x->day > 0 ? DATE_DAY : x->month > 0 ? DATE_MONTH : DATE_YEAR;
	d->relative = false;
	return true;
}

/* --- numbers alone --------------------------------------------------------------------------------------------- */

/* Days since 30 December 1899, local, as a spreadsheet leaves them in a cell that is not formatted as a date. */
static bool
spreadsheet_day(struct str s, const struct date_ctx *ctx, struct date *d)
{
	enum { EPOCH = 25569 /* 1970 */, FIRST = 32874 /* 1990 */, LAST = 73050 /* 2099 */ };
	double v;

	if (!str_f64(s, &v) || v < FIRST || v > LAST)
		return false;
	d->t = (int64_t)((v - EPOCH) * DAY_S + 0.5) - ctx->zone_s;
	d->precision = s.n == 5 ? DATE_DAY : DATE_SECOND;
	d->relative = false;
	return true;
}

static bool
digits_only(struct str s, const struct date_ctx *ctx, struct date *d)
{
	int64_t v;
	struct parts x = {0};
	struct cur c = {s.p, s.p + s.n};
	size_t whole = 0;

	while (whole < s.n && is_digit(s.p[whole]))
		whole++;
	for (size_t i = whole; i < s.n; i++)
		if (!is_digit(s.p[i]) && !(i == whole && s.p[i] == '.'))
			return false;
	if ((whole == 8 || whole == 12 || whole == 14) && whole == s.n && (s.p[0] == '1' || s.p[0] == '2')) {
		x.has_time = x.has_minute = whole > 8;
		x.has_second = whole == 14;
		c.end = c.p + 4;
		(void)number(&c, 4, 4, &x.year);
		c.end = c.p + 2;
		(void)number(&c, 2, 2, &x.month);
		c.end = c.p + 2;
		(void)number(&c, 2, 2, &x.day);
		if (x.has_time) {
			c.end = c.p + 2;
			(void)number(&c, 2, 2, &x.hour);
			c.end = c.p + 2;
			(void)number(&c, 2, 2, &x.minute);
		}
		if (x.has_second) {
			c.end = c.p + 2;
			(void)number(&c, 2, 2, &x.second);
		}
		if (x.hour < 24 && x.minute < 60 && x.second < 61 && valid_day(&x))
			return finish(&x, ctx, d);
	}
	if (whole == 5)
		return spreadsheet_day(s, ctx, d);
	if (whole < 9 || whole > 19 || !str_i64(str_sub(s, 0, whole), &v))
		return false;
	while (v >= 100000000000) /* ms, us, ns */
		v /= 1000;
	d->t = v;
	d->precision = DATE_SECOND;
	d->relative = false;
	return true;
}

/* --- year first -------------------------------------------------------------------------------------------------- */

static bool
tail(struct cur *c, const struct date_ctx *ctx, struct parts *x)
{
	/* what may stand between day and time */
	static const char *const weekday[] = {"周", "星期", "礼拜", "週", "(周", "(星期"};

	blank(c);
	(void)eat(c, "t");
	(void)eat(c, ",");
	blank(c);
	for (size_t i = 0; i < sizeof weekday / sizeof *weekday; i++)
		if (eat(c, weekday[i])) {
			const char *next;

			if (!at_end(c)) {
				(void)utf8_step(c->p, c->end, &next);
				c->p = next;
			}
			(void)eat(c, ")");
			blank(c);
			break;
		}
	if (at_end(c))
		return true;
	if (!time_of_day(c, x))
		return false;
	blank(c);
	if (!at_end(c) && !zone(c, ctx, x))
		return false;
	blank(c);
	if (next_is(c, '(')) /* "+0800 (CST)" */
		while (!at_end(c) && *c->p++ != ')')
			;
	return at_end(c);
}

static bool
year_first(struct str s, const struct date_ctx *ctx, struct date *d)
{
	struct cur c = {s.p, s.p + s.n};
	struct parts x = {0};
	char sep;

	if (!number(&c, 4, 4, &x.year))
		return false;
	if (at_end(&c))
		return x.year >= 1900 && x.year < 2200 && finish(&x, ctx, d);
	if (eat(&c, "年") || eat(&c, "년")) {
		blank(&c);
		if (at_end(&c))
			return finish(&x, ctx, d);
		if (!number(&c, 1, 2, &x.month) || !(eat(&c, "月") || eat(&c, "월")))
			return false;
		blank(&c);
		if (at_end(&c))
			return x.month >= 1 && finish(&x, ctx, d);
		if (!number(&c, 1, 2, &x.day) || !(eat(&c, "日") || eat(&c, "号") || eat(&c, "일") || eat(&c, "號")))
			return false;
		return x.month >= 1 && x.day >= 1 && tail(&c, ctx, &x) && finish(&x, ctx, d);
	}
	sep = *c.p++;
	if (sep != '-' && sep != '/' && sep != '.')
		return false;
	if (sep == '-' && next_is(&c, 'w')) { /* ISO week */
		int week, day = 1;
		int64_t days;
		struct civil v;

		c.p++;
		if (!number(&c, 2, 2, &week) || week < 1 || week > 53)
			return false;
		if (eat(&c, "-") && !number(&c, 1, 1, &day))
			return false;
		if (day < 1 || day > 7)
			return false;
		days = clock_days(x.year, 1, 4);
		days += (week - 1) * 7 + day - 1 - ((days + 3) % 7 + 7) % 7; /* Monday of week 1 */
		v = clock_civil(days * DAY_S);
		x.year = v.year;
		x.month = v.month;
		x.day = v.day;
		return tail(&c, ctx, &x) && finish(&x, ctx, d);
	}
	{
		const char *from = c.p;

		if (!number(&c, 1, 3, &x.month))
			return false;
		if (at_end(&c) && c.p - from == 3) { /* day of the year */
			int day = x.month;

			if (sep != '-' || day < 1 || day > 366)
				return false;
			d->t = clock_days(x.year, 1, 1) * DAY_S + (int64_t)(day - 1) * DAY_S - ctx->zone_s;
			d->precision = DATE_DAY;
			d->relative = false;
			return true;
		}
	}
	if (at_end(&c))
		return x.month >= 1 && x.month <= 12 && finish(&x, ctx, d);
	if (*c.p++ != sep || !number(&c, 1, 2, &x.day) || x.month < 1 || x.day < 1)
		return false;
	/* 2004-07-08-23:56 and the like are nobody's format */
	return !next_is(&c, '-') && tail(&c, ctx, &x) && finish(&x, ctx, d);
}

/* --- month names --------------------------------------------------------------------------------------------------- */

static int
month_name(struct str w)
{
	static const struct {
		const char *name;
		int month;
	} names[] = {{"jan", 1}, {"feb", 2}, {"mar", 3}, {"apr", 4}, {"may", 5}, {"jun", 6}, {"jul", 7}, {"aug", 8}, {"sep", 9},
	    {"oct", 10}, {"nov", 11}, {"dec", 12},
	    {"janv", 1}, {"févr", 2}, {"fév", 2}, {"avr", 4}, {"mai", 5}, {"juin", 6}, {"juil", 7}, {"août", 8}, {"aoû", 8},
	    {"déc", 12}, {"mär", 3}, {"märz", 3}, {"okt", 10}, {"dez", 12}, {"ene", 1}, {"abr", 4}, {"ago", 8}, {"dic", 12},
	    {"sept", 9}, {"enero", 1}, {"januar", 1}, {"februar", 2}, {"dezember", 12}, {"oktober", 10}, {"июн", 6}, {"июл", 7},
	    {"янв", 1}, {"фев", 2}, {"мар", 3}, {"апр", 4}, {"май", 5}, {"авг", 8}, {"сен", 9}, {"окт", 10}, {"ноя", 11},
	    {"дек", 12}};
	static const char *const full[] = {"january", "february", "march", "april", "may", "june", "july", "august",
	    "september", "october", "november", "december"};

	if (w.n > 0 && w.p[w.n - 1] == '.')
		w.n--;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(w, names[i].name))
			return names[i].month;
	for (int i = 0; i < 12; i++)
		if (w.n >= 3 && str_starts(str_c(full[i]), w))
			return i + 1;
	return 0;
}

static bool
weekday_name(struct str w)
{
	static const char *const full[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

	if (w.n > 0 && w.p[w.n - 1] == '.')
		w.n--;
	for (size_t i = 0; i < 7; i++)
		if (w.n >= 2 && str_starts(str_c(full[i]), w))
			return true;
	return str_is(w, "thurs") || str_is(w, "tues") || str_is(w, "weds");
}

/* Sat, 7 Sep 2002 00:00:01 GMT; Sun Jan  4 16:29:06 2004; Jul 8 2004 8:00AM; 16-Dec-12; July 5, 2026 at 8:30 pm EST */
static bool
named_month(struct str s, const struct date_ctx *ctx, struct date *d)
{
	struct cur c = {s.p, s.p + s.n};
	struct parts x = {0};
	int nword = 0, v;
	bool year = false;

	while (!at_end(&c)) {
		const char *from = c.p, *p = c.p;
		struct cur t = c;
		struct str w;
		int m;

		if (*c.p == ' ' || *c.p == ',') {
			c.p++;
			continue;
		}
		if (*c.p == '(' && x.has_time) { /* a comment */
			while (!at_end(&c) && *c.p++ != ')')
				;
			continue;
		}
		if (is_digit(*c.p)) {
			if (!x.has_time && time_of_day(&t, &x)) {
				if (t.p < t.end && is_digit(*t.p))
					return false;
				c = t;
				if (!at_end(&c) && *c.p != ' ' && *c.p != ',' && !zone(&c, ctx, &x))
					return false;
				continue;
			}
			if (!year && x.month == 0 && x.day == 0 && c.end - c.p > 8 && is_digit(c.p[3]) && (c.p[4] == '/' || c.p[4] == '-')) {
				if (!number(&c, 4, 4, &x.year) || !number((c.p++, &c), 1, 2, &x.month) || at_end(&c) ||
				    !number((c.p++, &c), 1, 2, &x.day))
					return false;
				year = true;
				continue;
			}
			while (p < c.end && is_digit(*p))
				p++;
			if (p - from > 4 || !number(&c, 1, 4, &v))
				return false;
			if (p - from <= 2 && x.day == 0) {
				x.day = v;
				if (v == 0)
					return false;
				if (!eat(&c, "st") && !eat(&c, "nd") && !eat(&c, "rd") && !eat(&c, "th"))
					(void)eat(&c, ".");
			} else if (!year && p - from != 3 && p - from != 1) {
				x.year = full_year(v, p - from == 2);
				year = true;
			} else {
				return false;
			}
			if (next_is(&c, '-') && (x.month == 0 || !year)) /* 16-Dec-2012 */
				c.p++;
			else if (next_is(&c, '/') && (x.month == 0 || !year))
				c.p++;
			if (next_is(&c, ':')) /* 10/Oct/2000:13:55:36 */
				c.p++;
			continue;
		}
		if ((*c.p == '+' || *c.p == '-') && x.has_time && !x.has_zone) {
			if (!offset(&c, &x.zone_s))
				return false;
			x.has_zone = true;
			if (!at_end(&c) && *c.p != ' ' && *c.p != '(')
				return false;
			continue;
		}
		while (p < c.end && (is_alpha(*p) || *p == '.' || (unsigned char)*p >= 0x80))
			p++;
		w = str_n(from, (size_t)(p - from));
		if (w.n == 0)
			return false;
		nword++;
		if (x.month == 0 && (m = month_name(w)) > 0) {
			x.month = m;
			c.p = p;
			if (next_is(&c, '-') || next_is(&c, '/'))
				c.p++;
		} else if (weekday_name(w) || str_is(w, "at") || str_is(w, "of") || str_is(w, "de") || str_is(w, "le")) {
			if (x.has_time && str_is(w, "at") && !x.has_zone) { /* Atlantic */
				x.zone_s = -4 * 3600;
				x.has_zone = true;
			}
			c.p = p;
		} else if (x.has_time && !x.has_zone) {
			if (!zone(&c, ctx, &x))
				return false;
		} else if (nword == 1 && x.day == 0 && x.month == 0) {
			c.p = p; /* a weekday in some other language */
		} else {
			return false;
		}
	}
	if (x.month == 0 || x.day == 0)
		return false;
	if (!year) { /* "Nov 24": the latest such day */
		struct civil now = clock_civil(ctx->now + ctx->zone_s);

		x.year = now.year;
		if (!finish(&x, ctx, d))
			return false;
		if (d->t > ctx->now + DAY_S) {
			x.year--;
			return finish(&x, ctx, d);
		}
		return true;
	}
	return finish(&x, ctx, d);
}

/* --- relative ------------------------------------------------------------------------------------------------------ */

static bool
chinese_number(struct cur *c, int *v)
{
	static const char *const ones[] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
	struct cur t = *c;
	int x = 0, digit = -1;
	bool any = false;

	if (eat(c, "几") || eat(c, "幾") || eat(c, "数") || eat(c, "數")) {
		*v = 3;
		return true;
	}
	for (;;) {
		int k;

		if (eat(&t, "十")) {
			x += (digit < 0 ? 1 : digit) * 10;
			digit = -1;
			any = true;
			continue;
		}
		if (eat(&t, "两") || eat(&t, "兩")) {
			digit = 2;
			any = true;
			continue;
		}
		for (k = 0; k < 10; k++)
			if (eat(&t, ones[k]))
				break;
		if (k == 10)
			break;
		digit = k;
		any = true;
	}
	if (!any)
		return false;
	*v = x + (digit > 0 ? digit : 0);
	*c = t;
	return true;
}

struct unit {
	const char *word;
	int seconds; /* 0: month, -1: year */
	enum date_precision precision;
};

static bool
relative(struct str s, const struct date_ctx *ctx, struct date *d)
{
	static const struct unit units[] = {{"秒钟", 1, DATE_SECOND}, {"秒鐘", 1, DATE_SECOND}, {"秒", 1, DATE_SECOND},
	    {"分钟", 60, DATE_MINUTE}, {"分鐘", 60, DATE_MINUTE}, {"分", 60, DATE_MINUTE}, {"个小时", 3600, DATE_HOUR},
	    {"個小時", 3600, DATE_HOUR}, {"小时", 3600, DATE_HOUR}, {"小時", 3600, DATE_HOUR}, {"个钟头", 3600, DATE_HOUR},
	    {"时", 3600, DATE_HOUR}, {"時間", 3600, DATE_HOUR}, {"天", DAY_S, DATE_DAY}, {"日", DAY_S, DATE_DAY},
	    {"周", 7 * DAY_S, DATE_DAY}, {"週", 7 * DAY_S, DATE_DAY}, {"个星期", 7 * DAY_S, DATE_DAY},
	    {"星期", 7 * DAY_S, DATE_DAY}, {"个礼拜", 7 * DAY_S, DATE_DAY}, {"个月", 0, DATE_DAY}, {"個月", 0, DATE_DAY},
	    {"月", 0, DATE_DAY}, {"年", -1, DATE_MONTH},
	    {"seconds", 1, DATE_SECOND}, {"second", 1, DATE_SECOND}, {"secs", 1, DATE_SECOND}, {"sec", 1, DATE_SECOND},
	    {"minutes", 60, DATE_MINUTE}, {"minute", 60, DATE_MINUTE}, {"mins", 60, DATE_MINUTE}, {"min", 60, DATE_MINUTE},
	    {"hours", 3600, DATE_HOUR}, {"hour", 3600, DATE_HOUR}, {"hrs", 3600, DATE_HOUR}, {"hr", 3600, DATE_HOUR},
	    {"days", DAY_S, DATE_DAY}, {"day", DAY_S, DATE_DAY}, {"weeks", 7 * DAY_S, DATE_DAY}, {"week", 7 * DAY_S, DATE_DAY},
	    {"months", 0, DATE_DAY}, {"month", 0, DATE_DAY}, {"years", -1, DATE_MONTH}, {"year", -1, DATE_MONTH},
	    {"s", 1, DATE_SECOND}, {"m", 60, DATE_MINUTE}, {"h", 3600, DATE_HOUR}, {"d", DAY_S, DATE_DAY}};
	static const char *const nows[] = {"刚刚", "剛剛", "刚才", "剛才", "现在", "just now", "now", "a moment ago"};
	struct cur c = {s.p, s.p + s.n};
	int64_t t;
	int v = 0, half = 0;
	size_t k;
	bool later = false;

	for (k = 0; k < sizeof nows / sizeof *nows; k++)
		if (str_is(s, nows[k])) {
			*d = (struct date){ctx->now, DATE_MINUTE, true};
			return true;
		}
	(void)eat(&c, "约");
	if (eat(&c, "half an ") || eat(&c, "半")) {
		half = 1;
		if (!(eat(&c, "个") || eat(&c, "個")))
			(void)0;
	} else if (eat(&c, "an ") || eat(&c, "a ")) {
		v = 1;
	} else if (!number(&c, 1, 5, &v) && !chinese_number(&c, &v)) {
		return false;
	}
	blank(&c);
	if (half == 0 && (eat(&c, "个半") || eat(&c, "個半")))
		half = 1;
	for (k = 0; k < sizeof units / sizeof *units; k++) {
		struct cur u = c;

		if (!eat(&u, units[k].word))
			continue;
		if (is_alpha(units[k].word[0]) && !at_end(&u) && is_alpha(*u.p))
			continue;
		c = u;
		break;
	}
	if (k == sizeof units / sizeof *units)
		return false;
	if (half == 0 && eat(&c, "半"))
		half = 1;
	blank(&c);
	if (eat(&c, "后") || eat(&c, "後") || eat(&c, "from now"))
		later = true;
	else if (!eat(&c, "以前") && !eat(&c, "之前") && !eat(&c, "前") && !eat(&c, "内") && !eat(&c, "ago") &&
	    !(at_end(&c) && strchr("smhd", units[k].word[0]) != NULL && units[k].word[1] == '\0'))
		return false;
	if (!at_end(&c))
		return false;
	if (units[k].seconds > 0) {
		int64_t span = (int64_t)v * units[k].seconds + (half ? units[k].seconds / 2 : 0);

		t = later ? ctx->now + span : ctx->now - span;
	} else { /* calendar months and years, the day kept within its month */
		struct civil w = clock_civil(ctx->now + ctx->zone_s);
		int months = units[k].seconds == 0 ? v : v * 12 + (half ? 6 : 0), all, dom;

		if (months > 12 * 200)
			return false;
		all = w.year * 12 + w.month - 1 + (later ? months : -months);
		dom = month_days(all / 12, all % 12 + 1);
		t = clock_days(all / 12, all % 12 + 1, w.day < dom ? w.day : dom) * DAY_S + w.hour * 3600 + w.minute * 60 +
		    w.second - ctx->zone_s;
	}
	*d = (struct date){t, units[k].precision, true};
	return true;
}

static int
weekday_number(struct cur *c)
{
	static const char *const names[] = {"日", "一", "二", "三", "四", "五", "六"};

	for (int i = 0; i < 7; i++)
		if (eat(c, names[i]))
			return i;
	return eat(c, "天") || eat(c, "末") ? 0 : -1;
}

/* 今天 12:30, 昨晚8点, 周三 08:00, 上周五, 12:30, 11-24 08:30, 11月24日, 26-11-24, yesterday at 12:30 */
static bool
near_day(struct str s, const struct date_ctx *ctx, struct date *d)
{
	static const struct {
		const char *word;
		int days;
	} names[] = {{"大前天", -3}, {"前天", -2}, {"前日", -2}, {"昨天", -1}, {"昨日", -1}, {"昨", -1}, {"今天", 0}, {"今日", 0},
	    {"今", 0}, {"明天", 1}, {"明日", 1}, {"大后天", 3}, {"大後天", 3}, {"后天", 2}, {"後天", 2}, {"yesterday", -1},
	    {"today", 0}, {"tomorrow", 1}};
	struct cur c = {s.p, s.p + s.n};
	struct parts x = {0};
	int64_t local = ctx->now + ctx->zone_s, day = (local >= 0 ? local : local - DAY_S + 1) / DAY_S;
	size_t k;
	int wd, back = 0;
	struct cur t;

	for (k = 0; k < sizeof names / sizeof *names; k++)
		if (eat(&c, names[k].word))
			break;
	if (k < sizeof names / sizeof *names) {
		day += names[k].days;
	} else {
		t = c;
		if (eat(&t, "上"))
			back = 1;
		if (eat(&t, "周") || eat(&t, "週") || eat(&t, "星期") || eat(&t, "礼拜")) {
			int today = (int)(((day + 4) % 7 + 7) % 7);

			wd = weekday_number(&t);
			if (wd < 0)
				return false;
			if (back) /* the week before this one, weeks beginning on Monday */
				day += (wd + 6) % 7 - (today + 6) % 7 - 7;
			else
				day -= ((today - wd) % 7 + 7) % 7;
			c = t;
		} else {
			back = -1; /* only a time: today, or yesterday when that is still to come */
		}
	}
	blank(&c);
	(void)eat(&c, "at ");
	if (at_end(&c)) {
		if (back == -1)
			return false;
	} else {
		if (!time_of_day(&c, &x))
			return false;
		blank(&c);
		if (!at_end(&c))
			return false;
	}
	d->t = day * DAY_S + x.hour * 3600 + x.minute * 60 + x.second - ctx->zone_s;
	if (back == -1 && d->t > ctx->now + 60)
		d->t -= DAY_S;
	d->precision = x.has_second ? DATE_SECOND : x.has_minute ? DATE_MINUTE : x.has_time ? DATE_HOUR : DATE_DAY;
	d->relative = true;
	return true;
}

static bool
month_first(struct str s, const struct date_ctx *ctx, struct date *d)
{
	struct cur c = {s.p, s.p + s.n};
	struct parts x = {0};
	int a, b, e;
	struct civil now = clock_civil(ctx->now + ctx->zone_s);

	if (!number(&c, 1, 2, &a))
		return false;
	if (eat(&c, "月")) {
		blank(&c);
		if (!number(&c, 1, 2, &b) || !(eat(&c, "日") || eat(&c, "号") || eat(&c, "號")))
			return false;
	} else {
		char sep = '\0';

		if (at_end(&c))
			return false;
		sep = *c.p++;
		if ((sep != '-' && sep != '/' && sep != '.') || !number(&c, 1, 2, &b))
			return false;
		if (next_is(&c, sep)) {
			const char *from;
			bool two;

			c.p++;
			from = c.p;
			if (!number(&c, 1, 4, &e))
				return false;
			two = c.p - from <= 2;
			if (!two && c.p - from != 4)
				return false;
			if (!two) { /* 11/24/2026: Americans write so; 24.11.2026: Europeans */
				x.year = e;
				x.month = sep == '.' || a > 12 ? b : a;
				x.day = sep == '.' || a > 12 ? a : b;
			} else { /* 26-11-24 */
				x.year = full_year(a, true);
				x.month = b;
				x.day = e;
			}
			return x.month >= 1 && x.day >= 1 && tail(&c, ctx, &x) && finish(&x, ctx, d);
		}
	}
	x.month = a;
	x.day = b;
	x.year = now.year;
	if (a < 1 || b < 1 || !tail(&c, ctx, &x))
		return false;
	if (a == 2 && b == 29 && month_days(x.year, 2) == 28)
		x.year--;
	if (!finish(&x, ctx, d))
		return false;
	if (d->t > ctx->now + DAY_S) {
		x.year--;
		return finish(&x, ctx, d);
	}
	return true;
}

/* "发布于 3分钟前", "时间：2026-05-01 发布" */
static struct str
strip_words(struct str s)
{
	static const char *const before[] = {"发布于", "发表于", "发布时间", "更新于", "更新时间", "编辑于", "时间", "posted",
	    "published", "updated", "on ", "@", ":"};
	static const char *const after[] = {"发布", "发表", "更新", "来自"};
	bool again = true;

	while (again) {
		again = false;
		s = str_trim(s);
		for (size_t i = 0; i < sizeof before / sizeof *before; i++)
			if (str_starts(s, str_c(before[i]))) {
				s = str_sub(s, strlen(before[i]), s.n);
				again = true;
			}
		for (size_t i = 0; i < sizeof after / sizeof *after; i++)
			if (s.n > 0 && str_ends(s, str_c(after[i]))) {
				s.n -= strlen(after[i]);
				again = true;
			}
	}
	return s;
}

bool
date_parse(struct str in, const struct date_ctx *ctx, struct date *out)
{
	char text[MAX_TEXT];
	struct str s;
	struct date d = {0};
	struct date_ctx korean = *ctx;

	s = strip_words(str_n(text, fold(in, text)));
	if (s.n == 0)
		return false;
	if (str_find(s, STR("년")) >= 0 || str_find(s, STR("오전")) >= 0 || str_find(s, STR("오후")) >= 0) {
		korean.zone_s = 9 * 3600;
		ctx = &korean;
	}
	if (!(is_digit(s.p[0]) && digits_only(s, ctx, &d)) && !year_first(s, ctx, &d) && !relative(s, ctx, &d) &&
	    !near_day(s, ctx, &d) && !month_first(s, ctx, &d) && !named_month(s, ctx, &d))
		return false;
	*out = d;
	return true;
}
