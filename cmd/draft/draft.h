#ifndef CMD_DRAFT_H
#define CMD_DRAFT_H
/* What the verbs of draft share. Everything here ends the program with a message when it fails. */
#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/run.h"
#include "ext/library.h"
#include "ext/roles.h"
#include "ext/store.h"
#include "model/casefile.h"
#include "model/plan.h"
#include "model/textrule.h"

struct desk {
	const char *db, *as, *format, *dir; /* -d, --as, -f, -p */
	bool json;
	struct store *s;
	struct roles *roles;      /* NULL for verbs that only read */
	struct str actor;
	int64_t now;
	struct run run;
	struct arena mem;         /* lives until the end */
	struct library lib;       /* opened at first use */
	bool lib_open;
	struct text_rules rules;  /* wording loaded at first use */
	struct pii_scan scan;
};
#define DESK_OPTS(k) \
	{'d', "db", "STORE", "the store", OPT_STR, &(k).db, 0, 0}, \
	{'f', "format", "FORMAT", "text or json", OPT_STR, &(k).format, 0, 0}
#define DESK_LIB(k) {'p', NULL, "DIR", "the playbook folder", OPT_STR, &(k).dir, 0, 0}
#define DESK_AS(k) {0, "as", "LOGIN", "act in the name of another", OPT_STR, &(k).as, 0, 0}

_Noreturn void refuse(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Opens the store; write: also finds who acts, as roles.yaml allows. */
void desk_open(struct desk *k, bool write);
int desk_end(struct desk *k, int status);
/* A case as its events make it, by what was typed. */
void desk_case(struct desk *k, const char *typed, struct casefile *c);
bool desk_case_try(struct desk *k, struct str id, struct casefile *c);
/* The playbook of a case, or the catch-all for one without. NULL: the library has it no more (reported). */
struct play *desk_play(struct desk *k, const struct casefile *c);
const struct wording *desk_wording(struct desk *k);
/* A text by id, by the beginning of its id; version 0 = the latest. */
void desk_draft(struct desk *k, const char *typed, int64_t version, struct store_draft *d);

/* --- what stands in store_draft.json --- */
struct answer {
	struct str id, text;
};
struct open_ask {
	struct str id, zh, en;
	struct str clue;         /* what the posts say about it: to be checked, never put into a text */
};
struct finding {
	enum weight weight;
	int line;
	struct str rule, msg;
};
struct notes {
	struct str play, play_version, play_hash;
	struct answer *used;     /* facts that stand in the text */
	size_t nused, used_cap;
	struct answer *given;    /* facts that a person gave with --fact, for later texts of the case too */
	size_t ngiven, given_cap;
	struct open_ask *open;
	size_t nopen, open_cap;
	struct finding *found;
	size_t nfound, found_cap;
	struct str accepted;     /* why findings were accepted at submit */
	struct str message;      /* core sentence for the audience */
	struct str advice;       /* how the playbook wants the stage spoken in */
	struct str title;
	struct str assist;       /* address of what proposed the wording */
	bool edited;             /* a person changed the text */
};
void notes_put(const struct notes *n, struct buf *out);
void notes_get(struct str json, struct arena *a, struct notes *n);
void notes_free(struct notes *n);
void notes_given(struct notes *n, struct str id, struct str text); /* the later wins */
/* Checks a text against the playbook; findings replace those in n. */
void notes_check(struct desk *k, struct play *p, struct str kind, bool zh, struct str text, struct notes *n);

/* The `draft` record. */
void draft_record(struct desk *k, const struct store_draft *d, const struct casefile *c, struct buf *out);
/* Text on standard output and what is to be known on standard error; a record with -f json. */
void draft_print(struct desk *k, const struct store_draft *d, const struct casefile *c);
void print_notes(const struct notes *n, const struct store_draft *d);

/* An event draft.<what> of this version; reason may be NULL. posts: [n] ids of posts that it is about. */
void desk_event(struct desk *k, const char *kind, const struct store_draft *d, const char *reason);
void desk_event_posts(struct desk *k, const char *kind, const struct store_draft *d, const char *reason, const struct str *post,
    size_t n);

/*
 * Asks url for other wording; false when none came (reported). assist_invented: a number in the text that neither the
 * template nor a fact holds, or empty.
 */
bool assist(struct desk *k, const char *url, const char *model, struct str template, struct notes *n, bool zh, struct str *text);
struct str assist_invented(struct str text, struct str template, const struct answer *known, size_t n);

/* --- filling (fill.c) --- */
struct filling {
	struct desk *k;
	const struct casefile *c;
	struct play *p;
	struct fact *fact;   /* [nfact] those the playbook declares */
	size_t nfact;
	bool zh;
	struct notes *n;     /* what was used, what is open */
	struct json known;   /* playbook.facts of the incident */
	struct str post_author, post_platform; /* of the post that is answered, for {{author}} and {{platform}} */
};
/* k, c, p, zh and n are set. given: "id=text" of --fact; those of earlier texts of the case hold too. */
void fill_open(struct filling *f, const struct opt_list *given);
void fill_text(struct filling *f, struct str template, struct buf *out); /* appends; n->used and n->open are made anew */
/* "d-2026-0001-statement-zh", with the audience behind: the same text has the same id. */
struct str draft_id(struct desk *k, struct str case_id, struct str kind, struct str lang, const char *to);
struct str first_heading(struct str text, struct arena *a);
/* Stores a new version with its event; the same text again changes nothing, then *d is what the store has. */
void keep(struct desk *k, struct store_draft *d, const char *event);
bool keep_in_tx(struct desk *k, struct store_draft *d, const char *event); /* true: a new version */

/* --- answers to posts (replies.c) --- */
bool is_reply(const struct store_draft *d); /* its text goes to posts, each on its own */
/* Findings for platforms on which the text is too long for posts that wait for it. */
void reply_check(struct desk *k, const struct store_draft *d, struct notes *n);
size_t reply_waiting(struct desk *k, const struct store_draft *d);
/* A record for each post that waits, then all of them count as answered. Inside the transaction. */
void reply_release(struct desk *k, const struct store_draft *d, const struct casefile *c, struct buf *out);

int verb_new(int, char **);
int verb_replies(int, char **);
int verb_posts(int, char **);
int verb_list(int, char **);
int verb_show(int, char **);
int verb_diff(int, char **);
int verb_edit(int, char **);
int verb_check(int, char **);
int verb_submit(int, char **);
int verb_approve(int, char **);
int verb_reject(int, char **);
int verb_release(int, char **);
int verb_withdraw(int, char **);

#endif
