/* The record engine: what parses splices and comes back byte for byte; nothing crashes; framing loses no line. */
#include <stdlib.h>
#include <string.h>

#include "rec/rec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define MUST(x) do { if (!(x)) abort(); } while (0)

static void
walk(struct json v, int depth, struct arena *a)
{
	struct json_iter it = json_iter(v);
	struct str key;
	struct json x;
	double d;
	int64_t i;

	(void)json_str(v, a);
	(void)json_f64(v, &d);
	(void)json_i64(v, &i);
	while (depth < 70 && json_next(&it, &key, &x))
		walk(x, depth + 1, a);
}

/* Lines read one behind the other are read as each would be alone. */
static void
stream(struct str text)
{
	struct rec r = {0};
	struct str line;

	while (str_split(&text, '\n', &line)) {
		struct rec alone = {0};
		bool good = rec_parse(&r, line, false, NULL) == 0;

		MUST(good == (rec_parse(&alone, line, false, NULL) == 0) && (!good || r.n == alone.n));
		for (size_t i = 0; good && i < r.n; i++)
			MUST(str_eq(r.m[i].key, alone.m[i].key) && str_eq(r.m[i].val.raw, alone.m[i].val.raw) && r.m[i].val.esc == alone.m[i].val.esc);
		rec_free(&alone);
	}
	rec_free(&r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str line = {(const char *)data, n};
	struct rec r = {0}, s = {0};
	struct buf out = {0}, back = {0};
	struct json_fault f;
	struct arena a = {0};

	stream(line);
	if (memchr(data, '\n', n) == NULL && rec_parse(&r, line, false, NULL) == 0) {
		MUST(json_valid(line, &f));
		if (rec_get(&r, "own").type == JSON_NONE) {
			rec_set(&r, "own", STR("[1]"));
			rec_put(&r, &out);
			out.n--;
			MUST(rec_parse(&s, buf_view(&out), false, NULL) == 0);
			MUST(str_is(rec_get(&s, "own").raw, "[1]"));
			rec_del(&s, "own");
			rec_put(&s, &back);
			MUST(back.n == n + 1 && memcmp(back.p, data, n) == 0);
		}
		for (size_t i = 0; i < r.n; i++)
			walk(r.m[i].val, 0, &a);
	}
	rec_free(&r);
	rec_free(&s);
	buf_free(&out);
	buf_free(&back);
	arena_free(&a);
	return 0;
}
