#ifndef REPORT_H
#define REPORT_H
/* What the parts of report share: the facts that were gathered, and the document made of them. */
#include "cli/opt.h"
#include "cli/run.h"
#include "ext/store.h"
#include "model/layout.h"
#include "model/names.h"
#include "model/tally.h"

enum kind { KIND_FLASH, KIND_DAILY, KIND_WEEKLY, KIND_MONTHLY, KIND_FILE /* case */, KIND_DASHBOARD, KINDS };
extern const char *const kind_name[KINDS + 1];

struct conf {
	enum kind kind;
	const char *db, *format, *subject, *case_id, *lang, *offset_text, *colour_text;
	int64_t since, until, ids, refresh, offset;
	int to; /* index of formats */
	bool zh, colour;
	bool from_store, from_run; /* what is read */
};

/* A change of level, as its incident or case tells it. */
struct change {
	int64_t t;
	struct str from, to;      /* level names; from may be empty */
	struct str *why;          /* [nwhy] */
	size_t nwhy;
	struct str *post;         /* [npost] ids behind it */
	size_t npost;
	struct str by;            /* who or what changed it */
};

struct task {
	struct str id, department, duty_zh, duty_en, state, assignee, source, sign_off, signed_by, note, done_by;
	int64_t due, done, started, escalated;
	bool clock;
};

struct fact { /* an event of the audit trail */
	int64_t seq, t;
	struct str actor, kind;
	struct json data;
};

struct text { /* a draft, latest version */
	struct store_draft d;
	struct store_approval *sign;
	size_t nsign;
};

/* An incident, with its case when there is one; or a case without an incident. */
struct crisis {
	struct str id, case_id, subject, type, level, peak, state, title, owner, reason;
	int64_t opened, updated, closed, due;
	struct json incident;     /* its last record; JSON_NONE: not known */
	struct json record;       /* of the case */
	struct json playbook;     /* member of the incident, else of the case */
	struct change *change;
	size_t nchange, change_cap;
	struct task *task;
	size_t ntask;
	struct fact *fact;
	size_t nfact, fact_cap;
	struct text *text;
	size_t ntext, text_cap;
};

struct facts {
	struct arena mem;
	const struct conf *conf;
	int64_t now, from, until;
	bool range_given;         /* the period was asked for, not taken from the records */
	struct str subject;       /* asked for, or the only one there is; may be empty */
	struct tally tally, before;
	bool compared;            /* before holds the period before */
	struct crisis **crisis;   /* by level, then opened */
	size_t ncrisis, crisis_cap;
	struct map by_incident, by_case;
	struct store_notice *notice;
	size_t nnotice, notice_cap;
	int64_t read, bad, other; /* records: all, malformed, of kinds not used */
	int64_t head_seq;
	char head[65];            /* of the audit trail; empty without a store */
	int64_t cases_opened, cases_closed;
};

/* Reads everything; ends the program when that fails. */
void gather(struct facts *f, const struct conf *conf, struct run *run);
void facts_free(struct facts *f);
/* Strings of an array of JSON, in f's arena. Returns how many. */
size_t strs_of(struct facts *f, struct json list, struct str **out);
int level_rank(struct str level); /* 0 none, 1 blue … 4 red */

/* The document for these facts. */
void compose(struct doc *d, struct facts *f);

/* The forms beside text, page and Markdown. */
void put_json(struct doc *d, const struct facts *f, struct buf *out);
void put_csv(struct doc *d, struct buf *out);

/* A command that lists the posts behind a number: filters are pairs of option and value, ending with NULL. */
struct str query_of(struct facts *f, bool negative, const char *option, struct str value);

#endif
