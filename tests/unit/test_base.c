/* lib/base: UTF-8 against a slow reference, time, strings, hashes. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/tsv.h"
#include "base/utf8.h"
#include "tap.h"

/* Straight from the table in RFC 3629 section 4. */
static bool
reference(const unsigned char *u, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t k = u[i] < 0x80 ? 1 : u[i] >= 0xc2 && u[i] <= 0xdf ? 2 : (u[i] & 0xf0) == 0xe0 ? 3
		    : u[i] >= 0xf0 && u[i] <= 0xf4				       ? 4
										       : 0;
		if (k == 0 || i + k > n)
			return false;
		for (size_t j = 1; j < k; j++)
			if ((u[i + j] & 0xc0) != 0x80)
				return false;
		if (k == 3 && ((u[i] == 0xe0 && u[i + 1] < 0xa0) || (u[i] == 0xed && u[i + 1] >= 0xa0)))
			return false;
		if (k == 4 && ((u[i] == 0xf0 && u[i + 1] < 0x90) || (u[i] == 0xf4 && u[i + 1] >= 0x90)))
			return false;
		i += k;
	}
	return true;
}

static void
utf8(void)
{
	static const char *const piece[] = {"a", "é", "中", "😀", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf"};
	static const unsigned char edge[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0,
	    0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff};
	uint64_t s = 1;
	int wrong = 0, bad_seen = 0;
	char text[160];

	for (int round = 0; round < 300000; round++) {
		size_t n = 0, want = 60 + (size_t)(round % 90);

		while (n + 4 <= want) {
			s = hash_u64(s + 1);
			const char *p = piece[s % 6];

			memcpy(text + n, p, strlen(p));
			n += strlen(p);
		}
		if (round % 4 != 0) { /* a mutation or a cut somewhere, also at the ends */
			s = hash_u64(s + 1);
			if (round % 4 == 1)
				n -= s % 4;
			else
				text[(s >> 8) % n] = (char)edge[(s >> 32) % sizeof edge];
		}
		bool ref = reference((const unsigned char *)text, n);

		bad_seen += !ref;
		wrong += utf8_valid(text, n) != ref;
	}
	is_int(wrong, 0, "300,000 valid and mutated texts are judged as by RFC 3629");
	ok(bad_seen > 50000, "of which many are invalid (%d)", bad_seen);
	wrong = 0;
	for (int a = 0; a < 24; a++) /* all short sequences of edge bytes, at three places of a long text */
		for (int b = 0; b < 24; b++)
			for (int c = 0; c < 24; c++)
				for (int at = 0; at < 3; at++) {
					size_t n = 96, where = at == 0 ? 0 : at == 1 ? 31 : 93;

					memset(text, 'x', n);
					text[where] = (char)edge[a];
					text[where + 1] = (char)edge[b];
					text[where + 2] = (char)edge[c];
					wrong += utf8_valid(text, n) != reference((unsigned char *)text, n);
				}
	is_int(wrong, 0, "all triples of edge bytes at block borders too");
	is_int((int64_t)utf8_width(STR("a中é😀")), 6, "width counts columns");
	is_str(utf8_cut_bytes(STR("中文"), 4), "中", "a cut in bytes keeps whole characters");
	is_str(utf8_cut_cols(STR("中文a"), 3), "中", "a cut in columns too");
	struct buf b = {0};
	utf8_clean(&b, STR("a\x1b[31mb\xe2\x80\xae" "c\xc2\x9b" "d\n"));
	is_str(buf_view(&b), "a [31mbc d ", "escape, C1 and bidi controls are disarmed");
	buf_reset(&b);
	is_int((int64_t)utf8_repair(&b, STR("a\xff中\xe4\xb8")), 3, "bad bytes are counted");
	is_str(buf_view(&b), "a\xef\xbf\xbd中\xef\xbf\xbd\xef\xbf\xbd", "and replaced");
	buf_free(&b);
}

static void
times(void)
{
	static const char *const refused[] = {"2026-11-22", "2026-11-22T08:30:00", "2026-02-29T00:00:00Z",
	    "2026-11-22T24:00:00Z", "2026-11-22T08:30:00+8:00", "2026-11-22T08:30:00.Z", "2026-13-01T00:00:00Z", ""};
	char out[CLOCK_LEN], sh[24];
	int64_t t = 0;
	int wrong = 0;

	ok(clock_parse(STR("2026-11-22T08:30:00Z"), &t), "a time is read");
	is_int(t, 1795336200, "as seconds since 1970");
	is_str(clock_format(t, out), "2026-11-22T08:30:00Z", "and written back");
	ok(clock_parse(STR("2026-11-22T16:30:00.25+08:00"), &t) && t == 1795336200, "offset and fraction");
	ok(!clock_parse(STR("9999-12-31T23:59:60Z"), &t) && !clock_parse(STR("9999-12-31T23:59:59-00:01"), &t) &&
	    !clock_parse(STR("0000-01-01T00:00:00+00:01"), &t), "no year that has not four digits");
	ok(clock_parse(STR("9999-12-31T23:59:59Z"), &t) && t == CLOCK_MAX && clock_parse(STR("0000-01-01T00:00:00Z"), &t) && t == CLOCK_MIN,
	    "the first and the last second");
	ok(clock_parse(STR("2024-02-29T23:59:60Z"), &t) && t == 1709251200, "leap day and leap second");
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		ok(!clock_parse(str_c(refused[i]), &t), "'%s' is refused", refused[i]);
	for (int64_t day = -800000; day < 2900000; day += 1) {
		struct civil c = clock_civil(day * 86400 + 5);

		wrong += clock_days(c.year, c.month, c.day) != day || c.second != 5;
	}
	is_int(wrong, 0, "days and dates agree over ten thousand years");
	is_int(clock_civil(1795336200).weekday, 0, "2026-11-22 is a Sunday");
	ok(clock_duration(STR("1h30m"), &t) && t == 5400, "1h30m");
	ok(!clock_duration(STR("90"), &t) && !clock_duration(STR("h"), &t), "a duration needs number and unit");
	is_str(clock_short(7500, sh), "2h05m", "a short duration for people");
}

static void
strings(void)
{
	struct str rest = STR("a,,b"), part;
	int64_t i;
	double d;
	int n = 0;

	while (str_split(&rest, ',', &part))
		n++;
	is_int(n, 3, "split keeps empty parts");
	is_int(str_find(STR("银行系统崩溃"), STR("崩溃")), 12, "find by bytes");
	ok(str_i64(STR("-42"), &i) && i == -42 && !str_i64(STR("4 "), &i) && !str_i64(STR("9223372036854775808"), &i),
	    "integers are strict");
	ok(str_f64(STR("-1.5e2"), &d) && !str_f64(STR("0x10"), &d) && !str_f64(STR("nan"), &d), "so are numbers");
}

static void
tables(void)
{
	struct map m = {0};
	struct tsv t;
	struct err e;
	bool added;
	int wrong = 0;

	for (int i = 0; i < 50000; i++) {
		char key[16];

		(void)snprintf(key, sizeof key, "key%d", i % 25000);
		uintptr_t *v = map_put(&m, str_c(key), &added);

		wrong += added != (i < 25000);
		*v += (uintptr_t)i;
	}
	ok(wrong == 0 && m.n == 25000 && *map_get(&m, STR("key7")) == 25014 && map_get(&m, STR("nokey")) == NULL,
	    "a map keeps its keys apart");
	map_free(&m);
	tsv_open(&t, STR("# c\n\na\tb\r\nlonely\n"), "f.tsv");
	ok(tsv_next(&t, 2, &e) == 1 && t.n == 2 && str_is(t.col[1], "b") && t.lineno == 3, "a table row");
	ok(tsv_next(&t, 2, &e) == -1 && strcmp(e.msg, "f.tsv:4: 1 columns, at least 2 expected") == 0,
	    "a short row is named by file and line");
}

int
main(void)
{
	utf8();
	times();
	strings();
	tables();
	return tap_done();
}
