/* lib/rec/json: the public parsing suite, views, numbers, the writer. */
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"
#include "rec/rec.h"
#include "tap.h"

/* Embeds text as a member's value, as a record would carry it; accepted only when it comes back byte for byte. */
static bool
accepted(struct str text)
{
	struct buf line = {0}, out = {0};
	struct rec r = {0};
	bool good;

	buf_puts(&line, "{\"a\":0,\"v\":");
	buf_str(&line, text);
	buf_puts(&line, "}");
	good = rec_parse(&r, buf_view(&line), false, NULL) == 0;
	if (good) {
		rec_set(&r, "own", STR("{\"n\":1}"));
		rec_put(&r, &out);
		good = str_is(buf_view(&out), "") == false && out.n == line.n + sizeof(",\"own\":{\"n\":1}") &&
		    memcmp(out.p, line.p, line.n - 1) == 0 &&
		    str_eq(rec_get(&r, "v").raw, str_trim(text));
	}
	rec_free(&r);
	buf_free(&line);
	buf_free(&out);
	return good;
}

static void
suite(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *de;
	struct arena a = {0};
	int ny = 0, nn = 0, bad = 0;

	if (d == NULL) {
		skip("JSON parsing suite: shared data is absent");
		return;
	}
	while ((de = readdir(d)) != NULL) {
		char path[2048];
		struct str text;
		struct err e;
		bool acc;

		if (de->d_name[0] != 'y' && de->d_name[0] != 'n')
			continue;
		(void)snprintf(path, sizeof path, "%s/%s", dir, de->d_name);
		if (file_read(path, 64 << 20, &a, &text, &e) != 0) {
			ok(false, "read %s: %s", path, e.msg);
			continue;
		}
		acc = accepted(text);
		if (de->d_name[0] == 'y')
			ny++;
		else
			nn++;
		if (acc != (de->d_name[0] == 'y')) {
			printf("# wrong: %s\n", de->d_name);
			bad++;
		}
	}
	closedir(d);
	ok(ny == 95 && nn == 188 && bad == 0, "all of %d must-accept and %d must-reject texts are right", ny, nn);
	arena_free(&a);
}

static void
views(void)
{
	struct arena a = {0};
	struct json v = json_view(STR(" {\"a\":{\"b\":[1,2.5,\"x\\u4e2d\\ud83d\\ude00\\n\"]},\"k\":1e3,\"t\":true} "));
	struct json arr = json_path(v, "a.b"), item;
	struct json_iter it = json_iter(arr);
	struct str key;
	int64_t i = 0;
	double d = 0;
	int n = 0;

	is_int(v.type, JSON_OBJ, "an object is seen as one");
	is_int(arr.type, JSON_ARR, "a dotted path reaches into objects");
	while (json_next(&it, &key, &item))
		n++;
	is_int(n, 3, "an array is iterated to its end");
	is_str(json_str(item, &a), "x中😀\n", "escapes and surrogate pairs are decoded");
	ok(json_i64(json_get(v, "k"), &i) && i == 1000, "1e3 is the integer 1000");
	ok(json_get(v, "nope").type == JSON_NONE, "an absent member is JSON_NONE");
	ok(json_is(json_view(STR("\"post\"")), "post"), "a string is compared");
	ok(json_is(json_view(STR("\"po\\u0073t\"")), "post"), "an escaped string is compared decoded");
	ok(!json_i64(json_view(STR("1.5")), &i), "1.5 is no integer");
	ok(!json_f64(json_view(STR("1e999")), &d), "an overflowing number is refused");
	ok(json_i64(json_view(STR("-9223372036854775808")), &i) && i == INT64_MIN, "the least integer is read");
	ok(!json_i64(json_view(STR("9223372036854775808")), &i), "one above the greatest is not");
	ok(!json_next(&(struct json_iter){NULL, NULL, false}, &key, &item), "an empty iterator ends");
	it = json_iter(json_view(STR("{ }")));
	ok(!json_next(&it, &key, &item), "an empty object has no member");
	arena_free(&a);
}

static void
writer(void)
{
	struct buf b = {0};
	struct jw w = jw_open(&b);

	jw_obj(&w);
	jw_kstr(&w, "s", STR("a\"b\\c\n\x01é"));
	jw_kint(&w, "i", INT64_MIN);
	jw_knum(&w, "x", -0.8349, 2);
	jw_knum(&w, "y", 2.0, 3);
	jw_knum(&w, "z", -0.0001, 2);
	jw_key(&w, "l");
	jw_arr(&w);
	jw_int(&w, 1);
	jw_obj(&w);
	jw_end(&w);
	jw_bool(&w, false);
	jw_end(&w);
	jw_ktime(&w, "t", 0);
	jw_end(&w);
	is_str(buf_view(&b),
	    "{\"s\":\"a\\\"b\\\\c\\n\\u0001é\",\"i\":-9223372036854775808,\"x\":-0.83,\"y\":2,\"z\":0,"
	    "\"l\":[1,{},false],\"t\":\"1970-01-01T00:00:00Z\"}",
	    "the writer escapes, separates and nests");
	ok(json_valid(buf_view(&b), &(struct json_fault){0, NULL}), "what it writes is valid");
	buf_free(&b);
}

static void
faults(void)
{
	static const struct {
		const char *text, *why;
	} t[] = {{"", "empty text"}, {"[1]", "not a JSON object"}, {"{\"a\":1,\"a\":2}", "duplicate member name"},
	    {"{\"a\":1,\"\\u0061\":2}", "duplicate member name"}, {"{\"a\":\"\\ud800\"}", "lone high surrogate"},
	    {"{\"a\":\"\\udc00\"}", "lone low surrogate"}, {"{\"a\":1}x", "text behind the object"},
	    {"{\"a\":01}", "',' or '}' expected"}, {"{\"a\":\"\t\"}", "control character"}, {"{\"a\":", "too early"},
	    {"{\"a\" 1}", "':' expected"}, {"{a:1}", "member name expected"}, {"{\"a\":tru}", "not a JSON value"}};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct json_member *m = NULL;
		struct json_fault f = {0, ""};
		size_t cap = 0, close = 0;
		ptrdiff_t n = json_scan_object(str_c(t[i].text), &m, &cap, &close, &f);

		ok(n < 0 && strstr(f.why, t[i].why) != NULL, "%s: %s", t[i].text, f.why);
		free(m);
	}
	for (int depth = 63; depth <= 64; depth++) { /* inside the record, which is level 1 */
		struct buf b = {0};
		struct rec r = {0};

		buf_puts(&b, "{\"v\":");
		for (int i = 0; i < depth; i++)
			buf_putc(&b, '[');
		for (int i = 0; i < depth; i++)
			buf_putc(&b, ']');
		buf_putc(&b, '}');
		ok((rec_parse(&r, buf_view(&b), false, NULL) == 0) == (depth == 63), "depth %d is %s", depth + 1,
		    depth == 63 ? "accepted" : "refused");
		rec_free(&r);
		buf_free(&b);
	}
}

/* A record read behind others is read as it would be alone. */
static void
shapes(void)
{
	static const char *const line[] = {"{\"a\":1,\"bb\":2,\"published_and_longer_than_most\":3,\"c\":4}", "{\"a\":1,\"c\":4}", "{\"c\":1,\"a\":4}",
	    "{\"a\":1,\"bb\":2,\"bb\":3}", "{\"a\":1,\"bb\":2,\"c\":4,\"a\":5}", "{\"c\":1}", "{}", "{\"a\":1,\"\\u0061\":2}", "{\"\\u0061\":1}",
	    "{\"a\":1}", "{\"a\" : 1, \"bb\" : 2}", "{ \"a\": 1, \"bb\": 2, \"c\": {\"a\":1} }", "{\"a\":1,\"bb\":2,\"c\":4,\"dd\":5,\"bb\":6}",
	    "{\"a\":1,\"bb\":2,\"published_and_longer_than_mosT\":3}", "{\"a\":1,\"a", "{\"a\":", "{\"\":1,\"a\":2}", "{\"\":1,\"\":2}",
	    "{\"k1\":1,\"k2\":1,\"k3\":1,\"k4\":1,\"k5\":1,\"k6\":1,\"k7\":1,\"k8\":1}", "{\"k1\":1,\"k8\":1}", "{\"k8\":1,\"k1\":1,\"k8\":2}",
	    "{\"k2\":1,\"k1\":1,\"k2\":1}"};
	const size_t lines = sizeof line / sizeof *line;
	bool same = true;

	for (size_t i = 0; i < lines; i++)
		for (size_t k = 0; k < lines; k++) {
			struct rec stream = {0}, alone = {0};
			bool good;

			(void)rec_parse(&stream, str_c(line[i]), true, NULL);
			(void)rec_parse(&stream, str_c(line[(i + 7) % lines]), true, NULL);
			good = rec_parse(&stream, str_c(line[k]), true, NULL) == 0;
			same = same && good == (rec_parse(&alone, str_c(line[k]), true, NULL) == 0) && (!good || stream.n == alone.n);
			for (size_t j = 0; same && good && j < alone.n; j++)
				same = str_eq(stream.m[j].key, alone.m[j].key) && str_eq(stream.m[j].val.raw, alone.m[j].val.raw);
			if (!same) {
				(void)printf("# %s behind %s\n", line[k], line[i]);
				i = k = lines;
			}
			rec_free(&stream);
			rec_free(&alone);
		}
	ok(same, "what went before does not change how a record is read");
}

static void
many_keys(void)
{
	struct buf b = {0};
	struct rec r = {0};

	buf_putc(&b, '{');
	for (int i = 0; i < 200000; i++)
		buf_printf(&b, "%s\"k%d\":%d", i ? "," : "", i, i);
	buf_puts(&b, "}");
	ok(rec_parse(&r, buf_view(&b), false, NULL) == 0 && r.n == 200000, "two hundred thousand members are read");
	b.n--;
	buf_puts(&b, ",\"k77777\":0}");
	ok(rec_parse(&r, buf_view(&b), false, NULL) != 0, "and the one duplicate among them is found");
	rec_free(&r);
	buf_free(&b);
}

int
main(void)
{
	const char *shared = getenv("TOCSIN_SHARED");
	char dir[1024];

	(void)snprintf(dir, sizeof dir, "%s/data/json", shared != NULL ? shared : "../shared");
	suite(dir);
	views();
	writer();
	faults();
	shapes();
	many_keys();
	return tap_done();
}
