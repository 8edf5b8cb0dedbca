/* jq conditions: ids undamaged, faults named, nothing of the outside world within reach. */
#include "tap.h"

#include <stdlib.h>
#include <time.h>

#include "ext/filter.h"

static struct buf got;

static int
collect(void *ctx, struct str json, struct err *e)
{
	(void)e;
	buf_str(&got, json);
	buf_putc(&got, ';');
	return --*(int *)ctx == 0;
}

/* All outputs of a program, or its message. */
static struct str
runs(const char *program, const char *input)
{
	struct filter *f;
	struct err e = {0};
	int limit = -1;

	buf_reset(&got);
	if (filter_compile(program, &(struct filter_opts){.name = "t", .has_now = true, .now = 1700000000}, &f, &e) != 0) {
		buf_puts(&got, e.msg);
		return buf_view(&got);
	}
	if (filter_run(f, str_c(input), collect, &limit, &e) != 0)
		buf_puts(&got, e.msg);
	filter_free(f);
	return buf_view(&got);
}

static int
truth(const char *program, const char *input)
{
	struct filter *f;
	struct err e;
	bool yes = false;
	int r;

	if (filter_compile(program, NULL, &f, &e) != 0)
		return -2;
	r = filter_test(f, str_c(input), &yes, &e);
	filter_free(f);
	return r != 0 ? -1 : yes;
}

static void
many(void)
{
	const struct filter_src src[] = {{".a > 1", "one"}, {".b # a remark", NULL}, {".c | .[0]", "three"}, {"empty", "four"}};
	const struct filter_src bad[] = {{".a", "good"}, {".b |", "rules.yaml:9"}};
	const struct filter_src sly[] = {{".a", "good"}, {".b), (.c", "sly"}};
	const struct filter_src open[] = {{"\"\\(", "open"}};
	enum filter_answer ans[4];
	struct str v[4];
	struct filter *f;
	struct err e = {0};

	is_int(filter_compile_many(src, 4, NULL, &f, &e), 0, "four programs compile as one");
	is_int(filter_eval_many(f, STR("{\"a\":2,\"b\":false,\"c\":[7]}"), ans, &e), 0, "and answer");
	ok(ans[0] == FILTER_YES && ans[1] == FILTER_NO && ans[2] == FILTER_YES && ans[3] == FILTER_NO, "each for itself");
	is_int(filter_values_many(f, STR("{\"a\":2,\"b\":\"x\",\"c\":[{\"y\":1}]}"), v, &e), 0, "or give values");
	ok(str_is(v[0], "true") && str_is(v[1], "\"x\"") && str_is(v[2], "{\"y\":1}") && str_is(v[3], "null"), "as JSON");
	is_int(filter_eval_many(f, STR("{\"a\":2,\"b\":true,\"c\":5}"), ans, &e), -1, "one that fails is reported");
	ok(ans[0] == FILTER_YES && ans[1] == FILTER_YES && ans[2] == FILTER_FAILED, "and the others answer all the same");
	ok(str_starts(str_c(e.msg), STR("three: Cannot index number")), "by its name: %s", e.msg);
	filter_free(f);
	is_int(filter_compile_many(bad, 2, NULL, &f, &e), -1, "a faulty one stops all");
	ok(str_starts(str_c(e.msg), STR("rules.yaml:9: syntax error")), "and is named: %s", e.msg);
	is_int(filter_compile_many(sly, 2, NULL, &f, &e), -1, "one that closes the bracket it stands in");
	ok(str_starts(str_c(e.msg), STR("sly: ")), "is named: %s", e.msg);
	is_int(filter_compile_many(open, 1, NULL, &f, &e), -1, "one whose string never ends");
}

/* A program without an end is halted; the next input has its whole time again. */
static void
endless(void)
{
	static const char *const loop[] = {"last(repeat(1))", "[range(1e9)] | length", "reduce range(1e12) as $i (0; . + $i)", "def f: f; f",
	    "first(repeat(empty))", "try last(repeat(1)) catch 1", "until(false; . + 1)"};
	struct filter_src two[] = {{"true", "a"}, {"last(repeat(1))", "b"}};
	enum filter_answer answer[2];
	struct filter *f;
	struct err e;

	for (size_t i = 0; i < sizeof loop / sizeof loop[0]; i++) {
		struct buf program = {0}, out = {0};
		clock_t from = clock();
		double took;

		buf_printf(&program, "if . == 1 then (%s) else . end", loop[i]);
		if (filter_compile(program.p, &(struct filter_opts){.name = "rules.yaml:7: when", .seconds = 1}, &f, &e) != 0) {
			ok(false, "%s", e.msg);
			continue;
		}
		is_int(filter_first(f, STR("1"), &out, &e), -1, loop[i]);
		took = (double)(clock() - from) / CLOCKS_PER_SEC;
		ok(e.kind == ERR_DATA && strcmp(e.msg, "rules.yaml:7: when: stopped after 1 s of computing") == 0, "%s", e.msg);
		ok(took < 3, "in time (%.1f s)", took);
		is_int(filter_first(f, STR("2"), &out, &e), 1, "the next input");
		is_str(buf_view(&out), "2", "has its answer");
		filter_free(f);
		buf_free(&out);
		buf_free(&program);
	}
	is_int(filter_compile_many(two, 2, &(struct filter_opts){.seconds = 1}, &f, &e), 0, "among others");
	is_int(filter_eval_many(f, STR("1"), answer, &e), -1, "it takes them along for that input");
	is_int(answer[0], FILTER_FAILED, "and none is said to be no");
	filter_free(f);
}

int
main(void)
{
	int one = 1;
	struct filter *f;
	struct err e;
	bool yes;

	(void)setenv("TOCSIN_TEST_SECRET", "s3cret", 1);
	is_str(runs(".id, .n", "{\"id\":4900000000000000977,\"n\":-12345678901234567}"), "\"4900000000000000977\";\"-12345678901234567\";", "long integers come through as text");
	is_str(runs(".", "{\"a\":123456789012345,\"f\":0.25,\"e\":1e3}"), "{\"a\":123456789012345,\"f\":0.25,\"e\":1000};", "fifteen digits stay a number");
	is_str(runs(".s", "{\"s\":\"12345678901234567890 \\\" 12345678901234567890\"}"), "\"12345678901234567890 \\\" 12345678901234567890\";", "digits within text are left alone");
	is_str(runs(".[] | . + 1", "[1,2]"), "2;3;", "several outputs");
	is_str(runs("now, $__now", "null"), "1700000000;1700000000;", "the clock is the one given");
	is_str(runs("$ENV, env", "null"), "{};{};", "the environment is out of reach");
	is_str(runs("$ENV.TOCSIN_TEST_SECRET", "null"), "null;", "a secret is not there");
	is_str(runs("input", "1"), "t: input is not available here", "no further input");
	is_str(runs("debug | stderr", "1"), "1;", "nothing is printed");
	is_str(runs(".a.b", "{\"a\":[1]}"), "t: Cannot index array with string \"b\"", "a fault at run time");
	is_str(runs("error({x:1})", "1"), "t: {\"x\":1}", "an error of its own");
	is_str(runs(".a +", "1"), "t: syntax error, unexpected $end in '.a +'", "a fault of grammar");
	is_str(runs(".a\n| }", "1"), "t: syntax error, unexpected INVALID_CHARACTER, line 2 of the program", "with its line");
	is_str(runs("frobnicate", "1"), "t: frobnicate/0 is not defined in 'frobnicate'", "an unknown function");
	ok(str_starts(runs(".", "{\"a\":}"), STR("t: input is not JSON: ")), "input that is not JSON");
	is_int(truth(".a", "{\"a\":0}"), 1, "0 is true");
	is_int(truth(".a", "{}"), 0, "null is false");
	is_int(truth("empty", "{}"), 0, "nothing is false");
	is_int(truth("false, true", "{}"), 0, "the first output counts");
	is_int(truth(".a.b", "{\"a\":1}"), -1, "a fault is a fault");
	if (filter_compile(".[]", NULL, &f, &e) == 0) {
		buf_reset(&got);
		is_int(filter_run(f, STR("[1,2,3]"), collect, &one, &e), 0, "a callback may stop");
		is_str(buf_view(&got), "1;", "after the first");
		is_int(filter_test(f, STR("[5]"), &yes, &e), 0, "and the program runs again");
		buf_reset(&got);
		is_int(filter_first(f, STR("[{\"x\":1},2]"), &got, &e), 1, "the first output");
		is_str(buf_view(&got), "{\"x\":1}", "as JSON");
		is_int(filter_first(f, STR("[]"), &got, &e), 0, "or none");
		filter_free(f);
	}
	if (filter_compile("range(1000000)", NULL, &f, &e) == 0) {
		int all = -1;

		is_int(filter_run(f, STR("0"), collect, &all, &e), -1, "outputs are bounded");
		filter_free(f);
	}
	many();
	endless();
	buf_free(&got);
	return tap_done();
}
