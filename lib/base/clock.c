#include <stdio.h>

#include "base/clock.h"

int64_t
clock_days(int year, int month, int day)
{
	/* years begin in March, so that the leap day is the last; 400-year eras keep divisions positive */
	int64_t y = (int64_t)year - (month <= 2), era, yoe, doy;

	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

struct civil
clock_civil(int64_t t)
{
	struct civil c;
	int64_t days = (t >= 0 ? t : t - 86399) / 86400, rem = t - days * 86400, era, doe, yoe, doy, mp, z;

	c.hour = (int)(rem / 3600);
	c.minute = (int)(rem / 60 % 60);
	c.second = (int)(rem % 60);
	c.weekday = (int)(((days + 4) % 7 + 7) % 7);
	z = days + 719468;
	era = (z >= 0 ? z : z - 146096) / 146097;
	doe = z - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
	c.month = (int)(mp < 10 ? mp + 3 : mp - 9);
	c.year = (int)(yoe + era * 400 + (c.month <= 2));
	return c;
}

/* Reads exactly k digits at s.p[i]; -1 when there are not. */
static int
digits(struct str s, size_t i, size_t k)
{
	int v = 0;

	if (i + k > s.n)
		return -1;
	for (; k > 0; k--, i++) {
		if (!is_digit(s.p[i]))
			return -1;
		v = v * 10 + (s.p[i] - '0');
	}
	return v;
}

bool
clock_parse(struct str s, int64_t *t)
{
	static const int mdays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int y, mo, d, h, mi, se, oh, om;
	int64_t off = 0, v;
	size_t i = 19;
	bool leap;

	if (s.n < 20 || s.p[4] != '-' || s.p[7] != '-' || s.p[13] != ':' || s.p[16] != ':' ||
	    (s.p[10] != 'T' && s.p[10] != 't' && s.p[10] != ' '))
		return false;
	y = digits(s, 0, 4), mo = digits(s, 5, 2), d = digits(s, 8, 2);
	h = digits(s, 11, 2), mi = digits(s, 14, 2), se = digits(s, 17, 2);
	if (y < 0 || mo < 1 || mo > 12 || d < 1 || h < 0 || h > 23 || mi < 0 || mi > 59 || se < 0 || se > 60)
		return false;
	leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
	if (d > mdays[mo - 1] + (mo == 2 && leap))
		return false;
	if (s.p[i] == '.') {
		size_t start = ++i;

		while (i < s.n && is_digit(s.p[i]))
			i++;
		if (i == start)
			return false;
	}
	if (i >= s.n)
		return false;
	if (s.p[i] == 'Z' || s.p[i] == 'z') {
		i++;
	} else if (s.p[i] == '+' || s.p[i] == '-') {
		oh = digits(s, i + 1, 2);
		if (oh < 0 || oh > 23 || i + 3 >= s.n || s.p[i + 3] != ':')
			return false;
		om = digits(s, i + 4, 2);
		if (om < 0 || om > 59)
			return false;
		off = (oh * 60 + om) * 60 * (s.p[i] == '-' ? -1 : 1);
		i += 6;
	}
	if (i != s.n)
		return false;
	v = clock_days(y, mo, d) * 86400 + h * 3600 + mi * 60 + se - off;
	if (v < CLOCK_MIN || v > CLOCK_MAX) /* by its zone or a leap second in a year that has no four digits */
		return false;
	*t = v;
	return true;
}

static void
two(char *p, int v)
{
	p[0] = (char)('0' + v / 10 % 10);
	p[1] = (char)('0' + v % 10);
}

struct str
clock_format(int64_t t, char out[CLOCK_LEN])
{
	struct civil c;

	if (t < CLOCK_MIN)
		t = CLOCK_MIN;
	if (t > CLOCK_MAX)
		t = CLOCK_MAX;
	c = clock_civil(t);
	two(out, c.year / 100);
	two(out + 2, c.year % 100);
	two(out + 5, c.month);
	two(out + 8, c.day);
	two(out + 11, c.hour);
	two(out + 14, c.minute);
	two(out + 17, c.second);
	out[4] = out[7] = '-';
	out[10] = 'T';
	out[13] = out[16] = ':';
	out[19] = 'Z';
	out[20] = '\0';
	return (struct str){out, 20};
}

bool
clock_duration(struct str s, int64_t *seconds)
{
	int64_t sum = 0, v;
	size_t i = 0, start;

	if (s.n == 0)
		return false;
	while (i < s.n) {
		int64_t unit;

		start = i;
		while (i < s.n && is_digit(s.p[i]))
			i++;
		if (i == start || i == s.n || i - start > 9)
			return false;
		(void)str_i64(str_sub(s, start, i - start), &v);
		switch (s.p[i++]) {
		case 's':
			unit = 1;
			break;
		case 'm':
			unit = 60;
			break;
		case 'h':
			unit = 3600;
			break;
		case 'd':
			unit = 86400;
			break;
		case 'w':
			unit = 604800;
			break;
		default:
			return false;
		}
		sum += v * unit;
	}
	*seconds = sum;
	return true;
}

struct str
clock_short(int64_t seconds, char out[24])
{
	static const struct {
		int64_t below, unit, part;
		char name, sub;
	} form[] = {{60, 1, 0, 's', 0}, {3600, 60, 0, 'm', 0}, {86400, 3600, 60, 'h', 'm'}, {INT64_MAX, 86400, 3600, 'd', 'h'}};
	bool neg = seconds < 0;
	int64_t v = neg ? -seconds : seconds, whole;
	char *p = out, digits[8];
	size_t i = 0, n = 0;

	if (v > 86400LL * 99999)
		v = 86400LL * 99999;
	while (v >= form[i].below)
		i++;
	if (neg)
		*p++ = '-';
	whole = v / form[i].unit;
	do
		digits[n++] = (char)('0' + whole % 10);
	while ((whole /= 10) > 0);
	while (n > 0)
		*p++ = digits[--n];
	*p++ = form[i].name;
	if (form[i].part != 0) {
		two(p, (int)(v % form[i].unit / form[i].part));
		p += 2;
		*p++ = form[i].sub;
	}
	*p = '\0';
	return (struct str){out, (size_t)(p - out)};
}
