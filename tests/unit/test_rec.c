/* lib/rec/rec and io: splicing keeps every other byte; framing survives anything. */
#include <stdlib.h>
#include <unistd.h>

#include "rec/io.h"
#include "rec/rec.h"
#include "tap.h"

static uint64_t seed = 20261122;

static uint32_t
rnd(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 33) % n;
}

static void
gen_ws(struct buf *b)
{
	static const char ws[] = " \t\r";

	while (rnd(5) == 0)
		buf_putc(b, ws[rnd(3)]);
}

static void
gen_string(struct buf *b)
{
	static const char *const part[] = {"a", "é", "中文", "😀", "\\n", "\\\"", "\\u4e2d", "\\ud83d\\ude00", "\\/", " ",
	    "\\\\", "{}", "[,]", "long enough to need more than one vector of sixteen bytes"};

	buf_putc(b, '"');
	for (uint32_t n = rnd(6); n > 0; n--)
		buf_puts(b, part[rnd(sizeof part / sizeof *part)]);
	buf_putc(b, '"');
}

static void
gen_value(struct buf *b, int depth)
{
	static const char *const scalar[] = {"0", "-1", "1.000", "1e-7", "100000000000000000000000001", "true", "false",
	    "null", "12345678901234567890"};
	uint32_t k = rnd(depth > 4 ? 2 : 4), n = rnd(4);

	if (k == 0) {
		buf_puts(b, scalar[rnd(sizeof scalar / sizeof *scalar)]);
	} else if (k == 1) {
		gen_string(b);
	} else {
		buf_putc(b, k == 2 ? '[' : '{');
		gen_ws(b);
		for (uint32_t i = 0; i < n; i++) {
			if (i > 0) {
				buf_putc(b, ',');
				gen_ws(b);
			}
			if (k == 3)
				buf_printf(b, "\"k%u\" :", i);
			gen_value(b, depth + 1);
			gen_ws(b);
		}
		buf_putc(b, k == 2 ? ']' : '}');
	}
}

/* An object of n members k0..; with own also a member "own" somewhere. */
static void
gen_record(struct buf *b, bool own)
{
	uint32_t n = rnd(6), at = rnd(n + 1);
	bool some = false;

	buf_reset(b);
	gen_ws(b);
	buf_putc(b, '{');
	gen_ws(b);
	for (uint32_t i = 0; i <= n; i++) {
		if (i == at && own) {
			buf_puts(b, some ? ",\"own\":" : "\"own\":");
			gen_value(b, 0);
			some = true;
		}
		if (i == n)
			break;
		buf_puts(b, some ? "," : "");
		gen_ws(b);
		buf_printf(b, "\"k%u\"", i);
		gen_ws(b);
		buf_putc(b, ':');
		gen_ws(b);
		gen_value(b, 0);
		gen_ws(b);
		some = true;
	}
	buf_putc(b, '}');
	gen_ws(b);
}

static void
property(void)
{
	struct buf in = {0}, out = {0}, back = {0}, twice = {0};
	struct rec r = {0};
	int lost = 0, invalid = 0, unstable = 0, replaced = 0;

	for (int i = 0; i < 20000; i++) {
		gen_record(&in, false);
		if (rec_parse(&r, buf_view(&in), false, NULL) != 0) {
			invalid++;
			continue;
		}
		rec_set(&r, "own", STR("{\"score\":-0.6}"));
		buf_reset(&out);
		rec_put(&r, &out);
		out.n--; /* the newline */
		if (rec_parse(&r, buf_view(&out), false, NULL) != 0) {
			invalid++;
			continue;
		}
		rec_set(&r, "own", STR("{\"score\":-0.6}"));
		buf_reset(&twice);
		rec_put(&r, &twice);
		twice.n--;
		unstable += !str_eq(buf_view(&out), buf_view(&twice));
		(void)rec_parse(&r, buf_view(&out), false, NULL);
		rec_del(&r, "own");
		buf_reset(&back);
		rec_put(&r, &back);
		back.n--;
		lost += !str_eq(buf_view(&in), buf_view(&back));

		gen_record(&in, true);
		if (rec_parse(&r, buf_view(&in), false, NULL) != 0) {
			invalid++;
			continue;
		}
		rec_set(&r, "own", STR("1"));
		rec_set(&r, "own", STR("22"));
		buf_reset(&out);
		rec_put(&r, &out);
		out.n--;
		replaced += rec_parse(&r, buf_view(&out), false, NULL) == 0 && str_is(rec_get(&r, "own").raw, "22");
		rec_del(&r, "own");
		buf_reset(&back);
		rec_put(&r, &back);
		back.n--;
		invalid += rec_parse(&r, buf_view(&back), false, NULL) != 0 || rec_get(&r, "own").type != JSON_NONE;
	}
	is_int(invalid, 0, "20,000 generated records parse before and after");
	is_int(lost, 0, "deleting the spliced member gives the input back, byte for byte");
	is_int(unstable, 0, "splicing twice is splicing once");
	is_int(replaced, 20000, "a member that was there is replaced in place, the last value wins");
	rec_free(&r);
	buf_free(&in);
	buf_free(&out);
	buf_free(&back);
	buf_free(&twice);
}

static void
edits(void)
{
	struct buf out = {0};
	struct rec r = {0};
	struct str line = STR("{\"text\":\"x\",\"a\":1,\"b\":2}");
	struct json t;

	(void)rec_parse(&r, line, false, NULL);
	t = rec_get(&r, "text");
	rec_splice(&r, (size_t)(t.raw.p - line.p), t.raw.n, STR("\"yy\""));
	rec_set(&r, "p", STR("3"));
	rec_set(&r, "q", STR("4"));
	rec_set(&r, "p", STR("5"));
	rec_put(&r, &out);
	is_str(buf_view(&out), "{\"text\":\"yy\",\"a\":1,\"b\":2,\"p\":5,\"q\":4}\n", "edits apply in order of place");
	buf_reset(&out);
	(void)rec_parse(&r, line, false, NULL);
	rec_del(&r, "text");
	rec_del(&r, "a");
	rec_set(&r, "p", STR("3"));
	rec_put(&r, &out);
	is_str(buf_view(&out), "{\"b\":2,\"p\":3}\n", "the first members can go");
	buf_reset(&out);
	(void)rec_parse(&r, STR("{ }"), false, NULL);
	rec_set(&r, "p", STR("3"));
	rec_put(&r, &out);
	is_str(buf_view(&out), "{ \"p\":3}\n", "an empty object needs no comma");
	buf_reset(&out);
	(void)rec_parse(&r, STR("{\"te\\u0078t\" : \"x\",\"q\\\"\\\\\":2,\"k\":3}"), false, NULL);
	is_str(rec_get(&r, "text").raw, "\"x\"", "a name is found however it is spelt");
	rec_set(&r, "text", STR("4"));
	rec_put(&r, &out);
	is_str(buf_view(&out), "{\"te\\u0078t\" : 4,\"q\\\"\\\\\":2,\"k\":3}\n", "and its spelling stays");
	buf_reset(&out);
	(void)rec_parse(&r, STR("{\"te\\u0078t\" : \"x\",\"q\\\"\\\\\":2,\"k\":3}"), false, NULL);
	rec_del(&r, "text");
	rec_del(&r, "q\"\\");
	rec_put(&r, &out);
	is_str(buf_view(&out), "{\"k\":3}\n", "and it can go");
	rec_free(&r);
	buf_free(&out);
}

/* Frames what is written into a pipe; returns the lines joined by '|', '!' for a line too long. */
static struct str
framed(const char *data, size_t n, struct buf *out)
{
	struct reader rd = {0};
	struct str line;
	struct err e;
	bool utf8_ok;
	int fd[2];

	buf_reset(out);
	if (pipe(fd) != 0 || write(fd[1], data, n) != (ssize_t)n)
		return STR("");
	close(fd[1]);
	reader_open(&rd, fd[0], "test");
	for (;;) {
		enum reader_status s = reader_next(&rd, &line, &utf8_ok, &e);

		if (s != READER_LINE)
			break;
		buf_str(out, line);
		buf_putc(out, '|');
	}
	reader_close(&rd);
	close(fd[0]);
	return buf_view(out);
}

static void
framing(void)
{
	struct buf out = {0};

	is_str(framed("a\nb\n", 4, &out), "a|b|", "lines end at newlines");
	is_str(framed("a\n\nb", 4, &out), "a||b|", "an empty line and a last line without newline are lines");
	is_str(framed("\xef\xbb\xbf{}\n", 6, &out), "{}|", "a byte order mark is cut off");
	is_str(framed("", 0, &out), "", "nothing is no line");
	ok(str_eq(framed("a\0b\n", 4, &out), STR("a\0b|")), "NUL bytes stay in the line");
	buf_free(&out);
}

static void
long_line(void)
{
	struct reader rd = {0};
	struct str line;
	struct err e;
	bool utf8_ok;
	char name[] = "/tmp/tocsin-long.XXXXXX";
	int fd = mkstemp(name);
	static char block[1 << 20];
	enum reader_status s;

	unlink(name);
	memset(block, 'x', sizeof block);
	(void)!write(fd, "{}\n", 3);
	for (int i = 0; i < 17; i++)
		(void)!write(fd, block, sizeof block);
	(void)!write(fd, "\n{\"a\":1}\n", 9);
	(void)lseek(fd, 0, SEEK_SET);
	reader_open(&rd, fd, "test");
	s = reader_next(&rd, &line, &utf8_ok, &e);
	ok(s == READER_LINE && line.n == 2, "the line before is read");
	s = reader_next(&rd, &line, &utf8_ok, &e);
	ok(s == READER_LONG && rd.lineno == 2, "a line over 16 MiB is reported with its number");
	s = reader_next(&rd, &line, &utf8_ok, &e);
	ok(s == READER_LINE && str_is(line, "{\"a\":1}") && rd.lineno == 3, "the line behind it is read");
	s = reader_next(&rd, &line, &utf8_ok, &e);
	ok(s == READER_EOF, "then the input ends");
	reader_close(&rd);
	close(fd);
}

int
main(void)
{
	property();
	edits();
	framing();
	long_line();
	return tap_done();
}
