#ifndef EXT_STORE_INT_H
#define EXT_STORE_INT_H
/* What the store_*.c files share. Nobody else includes this. */
#include <sqlite3.h>

#include "base/hash.h"
#include "ext/store.h"

struct store {
	sqlite3 *db;
	char *path;
	bool tx;          /* a transaction is open */
	int64_t fetch_run; /* what is marked as seen is of this run until it is settled; 0 = settled at once */
	int64_t waiting_since; /* ms, of wait_turn */
	uint64_t jitter;
	struct map stmts; /* address of the SQL literal -> sqlite3_stmt * */
	sqlite3_stmt **loose; /* statements in use that are not kept */
	size_t nloose, loose_cap;
	/* store_post.c: sums of the open transaction not yet written, and scratch */
	struct map hours; /* key -> index in pending */
	struct sums *pending;
	size_t npending, pending_cap;
	struct arena hours_mem;
	struct rec old;
	struct buf grams, scratch;
};

/*
 * The compiled statement of a string literal (found again by its address), reset and without bindings. A statement that
 * is running already (a callback asks the same question) is compiled once more. NULL with e filled.
 */
sqlite3_stmt *st_get(struct store *s, const char *sql, struct err *e);
/* The same for text built at run time. */
sqlite3_stmt *st_new(struct store *s, struct str sql, struct err *e);
/* Ends the use of a statement; frees it when it is not kept. */
void st_end(struct store *s, sqlite3_stmt *st);

/* Named binds. Empty text and time 0 are NULL with the _opt forms. The text must live until st_end. */
void st_text(sqlite3_stmt *st, const char *name, struct str v);
void st_text_opt(sqlite3_stmt *st, const char *name, struct str v);
void st_int(sqlite3_stmt *st, const char *name, int64_t v);
void st_int_opt(sqlite3_stmt *st, const char *name, int64_t v);
void st_blob(sqlite3_stmt *st, const char *name, struct str v);
void st_real(sqlite3_stmt *st, const char *name, double v);

/* 1 = a row, 0 = done, -1 = failed with e filled (what: "read posts"). */
int st_step(struct store *s, sqlite3_stmt *st, const char *what, struct err *e);
/* Steps a statement without rows and ends it. */
int st_run(struct store *s, sqlite3_stmt *st, const char *what, struct err *e);
/* Columns of the present row; views live until the next step. NULL is empty or 0. */
struct str st_col(sqlite3_stmt *st, int i);
int64_t st_col_int(sqlite3_stmt *st, int i);

int store_fail(struct store *s, const char *what, struct err *e); /* SQLite's present error as a sentence; -1 */
int store_exec(struct store *s, const char *sql, const char *what, struct err *e);

/* One write verb: its own transaction when the caller has none. */
int tx_enter(struct store *s, bool *mine, struct err *e);
int tx_leave(struct store *s, bool mine, int result, struct err *e); /* commits or rolls back its own; returns the result */

void post_close(struct store *s);
/* Writes pending hour sums; called by store_commit. */
int post_flush(struct store *s, struct err *e);
void post_forget_pending(struct store *s); /* on rollback */
int post_check(struct store *s, store_finding_fn *fn, void *ctx, int64_t *bad, struct err *e);
int review_check(struct store *s, store_finding_fn *fn, void *ctx, int64_t *bad, struct err *e);
int draft_check(struct store *s, store_finding_fn *fn, void *ctx, int64_t *bad, struct err *e);

/* Reports one finding and counts it. */
void finding(store_finding_fn *fn, void *ctx, int64_t *bad, const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
