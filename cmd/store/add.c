#include <time.h>

#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/run.h"
#include "store.h"

enum { BATCH = 2000, BATCH_MS = 500 }; /* at most; output that leaves ends a batch too */

struct add {
	struct store *s;
	int in_batch;
	int64_t began_ms;
	int64_t added, changed;
};

static int64_t
clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
commit(void *ctx)
{
	struct add *a = ctx;
	struct err e;

	if (!store_in_tx(a->s))
		return;
	if (store_commit(a->s, &e) != 0)
		msg_die(&e);
	a->in_batch = 0;
}

/* One post; -1 with e: ERR_DATA is the record's fault, anything else the store's. */
static int
add(struct add *a, struct rec *r, struct err *e)
{
	enum store_how how;

	if (!store_in_tx(a->s)) {
		if (store_begin(a->s, e) != 0)
			return -1;
		a->began_ms = clock_ms();
	}
	if (store_post_add(a->s, r, cli_now(), &how, e) != 0)
		return -1;
	a->added += how == STORE_NEW;
	a->changed += how == STORE_CHANGED;
	/* Others must get their turn even when input never pauses. */
	if (++a->in_batch >= BATCH || (a->in_batch % 100 == 0 && clock_ms() - a->began_ms > BATCH_MS))
		commit(a);
	return 0;
}

/* Everything before fetch's receipt has arrived and is stored; it goes no further. */
static void
settle(struct add *a, struct rec *r)
{
	struct err e;
	int64_t n;

	commit(a);
	if (!json_i64(rec_get(r, "fetch"), &n))
		return;
	if (store_fetch_settle(a->s, n, &e) != 0) {
		if (e.kind != ERR_NO)
			msg_die(&e);
		msg_err(&e);
	}
}

int
store_add(int argc, char **argv)
{
	const char *db = NULL;
	const struct opt opts[] = {
	    {'d', "db", "STORE", "the store", OPT_STR, &db, 0, 0},
	    {0},
	};
	char **operands = opt_parse(argc, argv, opts, "[file...]", "store posts and pass all records on");
	struct add a = {0};
	struct run run;
	struct rec r = {0};
	struct err e;
	int status;

	a.s = open_or_die(db, STORE_CREATE);
	run_open(&run, operands);
	run.out.before = commit; /* a post that was passed on is in the store, whatever happens next */
	run.out.before_arg = &a;
	while (run_next(&run, &r)) {
		if (rec_kind(&r) == KIND_POST && add(&a, &r, &e) != 0) {
			if (e.kind != ERR_DATA)
				msg_die(&e); /* what was not committed is not passed on as stored either */
			run_reject(&run, &r, &e);
			continue;
		}
		if (rec_kind(&r) == KIND_OTHER && json_is(rec_get(&r, "kind"), "receipt"))
			settle(&a, &r);
		else
			run_put(&run, &r);
	}
	commit(&a);
	rec_free(&r);
	if (cli.verbose)
		msg_note("%lld new, %lld changed", (long long)a.added, (long long)a.changed);
	status = run_finish(&run);
	store_close(a.s);
	return status;
}
