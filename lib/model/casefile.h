#ifndef MODEL_CASEFILE_H
#define MODEL_CASEFILE_H
/*
 * A case as the sum of its events. Events are facts: {kind, actor, ts, data}; casefile_apply folds one onto the state,
 * in order, and nothing else changes it, so that the same events always give the same state and records. What may
 * happen when is judged before an event is written, by the casefile_may_… functions. Pure: no clock, no store.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "rec/json.h"

enum case_level { CASE_NO_LEVEL, CASE_BLUE, CASE_YELLOW, CASE_ORANGE, CASE_RED };
enum case_level case_level_parse(struct str s); /* "blue" … "red", else CASE_NO_LEVEL */
struct str case_level_name(enum case_level l);  /* "" for CASE_NO_LEVEL */

/* As in tocsin-casefile(1). */
enum case_state { CASE_NONE, CASE_OPEN, CASE_CLOSED, CASE_MERGED };
enum task_state { TASK_OPEN, TASK_STARTED, TASK_DONE, TASK_SKIPPED };
struct str case_state_name(enum case_state s);
struct str task_state_name(enum task_state s);

struct case_task {
	struct str id;           /* unique in the case; of a statutory clock "clock.<id>" */
	struct str department;
	struct str duty_zh, duty_en;
	struct str sign_off;     /* role whose signature completes it, may be empty */
	struct str text;         /* name of the text it must release, may be empty */
	struct str source;       /* of a clock: the law */
	struct str *after;       /* [nafter] ids of tasks that come first */
	size_t nafter;
	bool clock;              /* a legal period: runs through pauses */
	bool plan;               /* from the playbook */
	enum task_state state;
	struct str assignee;     /* login */
	int64_t deadline_s;      /* from since; 0 = none */
	int64_t since;           /* opening, or the change that brought it in */
	int64_t due;             /* 0 = none */
	int64_t started, done;   /* done: also when skipped */
	struct str done_by, reason; /* reason: why skipped, or a note with done */
	struct str signed_by, signed_role;
	int64_t escalated;       /* steps of the ladder taken */
	int64_t every_s;         /* comes back this long after it was done; 0 = done once */
	int64_t last, times;     /* of one that comes back: when it was done last, how often */
	bool change;             /* touched by the last event: its record is worth printing */
};

struct case_step { /* of the escalation ladder */
	int64_t after_s;
	struct str to;
};
struct case_criterion { /* of closing */
	struct str id, what_zh, what_en, test; /* test: jq, may be empty */
};
struct case_sign { /* one signature under the release grade that is being asked for */
	struct str role, actor;
	int64_t ts;
};
struct case_link {
	struct str what, ref;
};
struct case_file {
	struct str name, sha256, note;
	int64_t bytes;
};

struct casefile {
	struct arena mem;        /* owns every string and array below */
	struct str id, incident, subject, type, industry, title, owner;
	enum case_level level;
	enum case_state state;
	bool drill;
	bool type_fixed;         /* a person corrected the type: no incident brings a playbook for another one */
	int64_t opened, updated, closed;
	int64_t paused;          /* since when, 0 = running */
	int64_t level_since;
	struct str playbook, playbook_version, playbook_hash, playbook_title_zh, playbook_title_en;
	struct case_task *task;
	size_t ntask, task_cap;
	struct case_step *ladder;
	size_t nladder;
	struct case_criterion *criterion;
	size_t ncriterion;
	struct str plan;         /* JSON of the playbook's plan as it was taken, or empty */
	struct str latest;       /* JSON of the incident as last recorded */
	int64_t latest_ts;
	enum case_level latest_level;
	int64_t updates_s;       /* longest silence between two updates, 0 = none */
	struct str grade;        /* of release in force: hold internal reactive public; empty = none decided */
	struct str grade_asked;  /* being signed */
	struct case_sign *sign;
	size_t nsign, sign_cap;
	struct str *approve;     /* roles that must sign at this level */
	size_t napprove;
	struct case_link *link;
	size_t nlink, link_cap;
	struct case_file *file;
	size_t nfile, file_cap;
	int64_t notes;
	struct str merged_into, split_from, close_reason;
	struct str *absorbed;    /* [nabsorbed] cases merged into this one */
	size_t nabsorbed, absorbed_cap;
	int64_t seq;             /* of the last event */
	/* the last event, for the record's `change` */
	struct str change_what, change_by, change_note, change_task;
	int64_t change_at;
	enum case_level change_from;  /* of a level */
};

struct case_event {
	int64_t seq, ts;
	struct str actor, kind, data; /* data: JSON object */
};

void casefile_init(struct casefile *c, struct str id);
void casefile_free(struct casefile *c);
/* -1 ERR_DATA: an event this program does not know, or damaged data; the state is unchanged but for memory. */
int casefile_apply(struct casefile *c, const struct case_event *ev, struct err *e);

/* NULL when there is none. */
struct case_task *casefile_task(const struct casefile *c, struct str id);
/* A task on which t waits and that is neither done nor skipped, or NULL. */
const struct case_task *casefile_waits_for(const struct casefile *c, const struct case_task *t);
/* Earliest deadline of a task that is not over, 0 = none, or the case is not running. */
int64_t casefile_due(const struct casefile *c);
/* Tasks that are done once, and those of them that are not over. One that comes back neither counts nor bars closing. */
size_t casefile_tasks(const struct casefile *c);
size_t casefile_open_tasks(const struct casefile *c);
/* The step of the ladder a task overdue since its due time has reached at now: 0 = none, else a number up to nladder. */
size_t casefile_ladder(const struct casefile *c, const struct case_task *t, int64_t now);
/* Whether making a wait for b would close a circle. */
bool casefile_would_circle(const struct casefile *c, struct str a, struct str b);
/*
 * Whether events of this kind say that somebody may do something: signatures, approvals, releases, imports. Imported
 * they are history, kept under "import." and their kind; nobody here vouches for them.
 */
bool casefile_vouches(struct str kind);
/* "draft.approve" of "import.draft.approve", any other kind as it is. */
struct str casefile_past(struct str kind);
/* Roles that have not yet signed the grade asked for; appended as "pr, legal". Two people are needed at red. */
bool casefile_signed(const struct casefile *c, struct buf *missing);

/*
 * data of an opening or a raise from an incident record: its level, subject, type, plan. Appends a JSON object.
 * The plan is the incident's playbook.plan when there is one.
 */
void casefile_open_data(struct buf *out, struct json incident, struct str title, bool drill);

/* Records, one JSON object without a newline: `case` (with change and a line for each task) and `task`. */
void casefile_json(const struct casefile *c, struct buf *out);
void casefile_task_json(const struct casefile *c, const struct case_task *t, struct buf *out);
/* The inside of a task record, without closing it, so that a caller may add members. */
void casefile_task_members(const struct casefile *c, const struct case_task *t, struct jw *w);

#endif
