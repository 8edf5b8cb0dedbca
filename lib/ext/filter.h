#ifndef EXT_FILTER_H
#define EXT_FILTER_H
/*
 * Conditions and maps written in jq (libjq). A program is compiled once and run over many records. It sees its
 * input only: $ENV is empty, no modules, no further input, nothing is printed.
 *
 * libjq holds numbers as doubles, so integers of more than 15 digits reach a program as strings ("4900000000000000977");
 * ids therefore come through undamaged, but such a value compares as text.
 * Programs are part of the configuration, yet one that does not end must not stop a watch: a run over one input is
 * halted after FILTER_SECONDS of CPU time. Not within one step of libjq: a regex, or "x" * 1e9.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct filter;

/* Bounds of one run; more is ERR_DATA. */
enum { FILTER_DEPTH = 256, FILTER_OUTPUTS = 100000, FILTER_SECONDS = 5 };

struct filter_opts {
	const char *name;  /* what messages call the program, e.g. "rules.yaml:12: when"; NULL = "condition" */
	bool has_now;      /* $__now and the builtin `now` are this time instead of the machine's clock */
	int64_t now;
	int seconds;       /* instead of FILTER_SECONDS; 0 = that */
};

/* opts may be NULL. *f is freed with filter_free. -1: ERR_CONFIG with jq's own message. About 20 ms each: see _many. */
int filter_compile(const char *program, const struct filter_opts *opts, struct filter **f, struct err *e);
void filter_free(struct filter *f); /* NULL is allowed */

/*
 * Whether the first output for this input is neither null nor false; no output at all is false.
 * -1: ERR_DATA: the input is not JSON, or the program failed on it (message names the program).
 */
int filter_test(struct filter *f, struct str json, bool *yes, struct err *e);

/*
 * Calls fn for every output in order with compact JSON (valid during the call). fn returns 0 to go on, 1 to stop
 * quietly, -1 with e filled to fail. -1: ERR_DATA as above; earlier outputs were delivered.
 */
typedef int filter_fn(void *ctx, struct str json, struct err *e);
int filter_run(struct filter *f, struct str json, filter_fn *fn, void *ctx, struct err *e);
/* The first output appended to out as compact JSON; 1 = there was one, 0 = none, -1 as above. */
int filter_first(struct filter *f, struct str json, struct buf *out, struct err *e);

/*
 * Many conditions over the same input as one program: compiled in about the time of one. -1: ERR_CONFIG, the message
 * starts with the name of the program at fault.
 */
struct filter_src {
	const char *program;
	const char *name; /* for messages; NULL = "condition N" */
};
enum filter_answer { FILTER_NO, FILTER_YES, FILTER_FAILED };
int filter_compile_many(const struct filter_src *src, size_t n, const struct filter_opts *opts, struct filter **f,
    struct err *e);
/* Fills out[n]. A program that fails on this input answers FILTER_FAILED; then -1 and the message of the first such. */
int filter_eval_many(struct filter *f, struct str json, enum filter_answer *out, struct err *e);
/* As eval_many, but every program's first output as compact JSON: {n values}; a failed or empty one is "null". */
int filter_values_many(struct filter *f, struct str json, struct str *out, struct err *e);

#endif
