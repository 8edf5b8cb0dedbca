#ifndef CMD_CASEFILE_H
#define CMD_CASEFILE_H
/* What the verbs of casefile share. Everything here ends the program with a message when it fails. */
#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/run.h"
#include "ext/roles.h"
#include "ext/store.h"
#include "model/casefile.h"

struct work {
	const char *db, *as, *format; /* -d, --as, -f */
	bool zh;                      /* --lang zh: duties and titles in Chinese */
	const char *lang;
	struct store *s;
	struct roles *roles;          /* NULL for verbs that only read */
	struct str actor;             /* whose name stands in the events */
	int64_t now;
	bool json;                    /* records instead of tables */
	struct run run;               /* output */
	struct arena mem;             /* lives until the end */
};

#define WORK_OPTS(w) \
	{'d', "db", "STORE", "the store", OPT_STR, &(w).db, 0, 0}, \
	{'f', "format", "FORMAT", "table or json", OPT_STR, &(w).format, 0, 0}, \
	{0, "lang", "LANG", "zh (default) or en, for duties and titles", OPT_STR, &(w).lang, 0, 0}
#define WORK_AS(w) {0, "as", "LOGIN", "act in the name of another", OPT_STR, &(w).as, 0, 0}

/* Reading verbs: opens the store for reading; tables unless -f json. */
void work_read(struct work *w);
/* Changing verbs: opens the store, finds who acts and whether they may. Records unless on a terminal or -f table. */
void work_change(struct work *w, enum role_may what);
/* Flushes, closes, returns the exit status. */
int work_end(struct work *w);

/* The full id of a case typed in full, by the beginning of its id, or by its number in the present year. */
struct str work_id(struct work *w, const char *typed);

/* Folds the events of a case. 1 0 -1 */
int case_load(struct store *s, struct str id, struct casefile *c, struct err *e);
/* Writes the rows that follow from the state. */
int case_save(struct store *s, const struct casefile *c, struct err *e);
/* Appends one event and folds it. data: JSON object. */
int case_add(struct work *w, struct casefile *c, const char *kind, struct str data, struct err *e);
/* Case ids in order of their opening. */
size_t case_ids(struct work *w, struct str **out);

/* A change to one case: begin and load, add events, save, commit and print. */
void change_begin(struct work *w, const char *typed, struct casefile *c);
void change_load(struct work *w, const char *typed, struct casefile *c); /* a second case in the same change */
void change_add(struct work *w, struct casefile *c, const char *kind, const struct buf *data);
void change_save(struct work *w, const struct casefile *c);
void change_commit(struct work *w);
void change_print(struct work *w, const struct casefile *c);
void change_end(struct work *w, struct casefile *c); /* save, commit, print, free */
/* Ends the program when the case is closed or merged. */
void must_be_open(const struct casefile *c);
_Noreturn void refuse(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* {"task":…} and the like, for short data. Pairs of key and value end with NULL; a NULL value is left out. */
void data_strs(struct buf *out, ...);

/* --- tables (table.c) --- */
struct cell {
	struct str s; /* cleaned for the terminal */
	size_t width; /* columns */
};
struct table {
	const char *const *head; /* NULL-terminated column names */
	size_t ncol;
	struct cell *cell;       /* [n * ncol] */
	size_t n, cap;
	size_t at;               /* column of the next cell */
	struct arena mem;
};
enum { TABLE_CUT = 60 /* columns a cell is cut to, but in the last column */ };
void table_open(struct table *t, const char *const *head);
void table_cell(struct table *t, struct str s);
void table_print(struct table *t, struct run *run); /* and frees it; nothing at all when it has no rows */
/* "in 1h20m", "late 35m", "" for 0. */
struct str short_due(int64_t due, int64_t now, struct arena *a);
struct str short_time(int64_t t, struct arena *a); /* "2026-11-22 08:30" */
/* One line of text, cleaned. */
void print_line(struct run *run, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* --- verbs --- */
int verb_open(int, char **);
int verb_list(int, char **);
int verb_show(int, char **);
int verb_due(int, char **);
int verb_log(int, char **);
int verb_timeline(int, char **);
int verb_task(int, char **);
int verb_assign(int, char **);
int verb_note(int, char **);
int verb_attach(int, char **);
int verb_link(int, char **);
int verb_merge(int, char **);
int verb_split(int, char **);
int verb_escalate(int, char **);
int verb_lower(int, char **);
int verb_pause(int, char **);
int verb_resume(int, char **);
int verb_release(int, char **);
int verb_close(int, char **);
int verb_reopen(int, char **);
int verb_correct(int, char **);
int verb_incident(int, char **);
int verb_apply(int, char **);
int verb_export(int, char **);
int verb_import(int, char **);
int verb_rebuild(int, char **);
int verb_verify(int, char **);

#endif
