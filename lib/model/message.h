#ifndef MODEL_MESSAGE_H
#define MODEL_MESSAGE_H
/*
 * What people are told: a record becomes a message, a message becomes text in the manner of a channel. Whatever the record
 * holds is taken for hostile: it is made harmless for the channel's markup before it is written.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "model/casefile.h"
#include "rec/json.h"

enum msg_kind { MSG_CASE, MSG_INCIDENT, MSG_TASK, MSG_DRAFT, MSG_KINDS };
extern const char *const msg_kind_name[MSG_KINDS + 1]; /* "case" "incident" "task" "draft" NULL */

/* How a channel reads text. */
enum msg_style {
	STYLE_PLAIN,  /* mail, terminal, commands */
	STYLE_WECOM,  /* markdown of a WeCom robot */
	STYLE_WECOM_TEXT, /* its plain text, where people can be paged */
	STYLE_DING,   /* markdown of DingTalk */
	STYLE_FEISHU, /* lark_md of a card */
	STYLE_SLACK   /* mrkdwn */
};

enum { MSG_WHY = 3, MSG_POSTS = 3, MSG_TASKS = 5 };

struct msg_post {
	struct str id;         /* may be empty */
	struct str text;       /* empty until somebody who has the post fills it in */
	struct str platform;
	int64_t published;     /* 0 = unknown */
};

struct msg_task {
	struct str department, assignee, duty_zh, duty_en;
	int64_t due;           /* 0 = none, or only deadline_s is known */
	int64_t deadline_s;    /* from the opening; 0 = none */
};

/* Every view lives in the arena given to message_read or in the record. Absent is empty or 0. */
struct message {
	enum msg_kind kind;
	struct str id;         /* of the record */
	struct str about;      /* case or incident; of a task its case, of a draft its case or itself */
	struct str event;      /* what happened, as far as it makes one telling differ from another */
	struct str change;     /* "open" "raise" "lower" "close" …, "level", "overdue" "escalate", "release" */
	struct str subject, type, title;
	enum case_level level, from;
	bool drill;
	int64_t at;
	struct str why[MSG_WHY];
	size_t nwhy;
	struct msg_post post[MSG_POSTS];
	size_t npost;
	struct str playbook, playbook_version, playbook_zh, playbook_en;
	struct msg_task task[MSG_TASKS]; /* the next ones, by deadline; of a task record: itself */
	size_t ntask;
	int64_t tasks, open_tasks;
	int64_t overdue_s;     /* of a task */
	struct str escalate_to;
	struct str note;
	struct str text, draft_kind, state; /* of a draft */
	int64_t version;
	struct str record;     /* the record itself */
};

/* -1, ERR_DATA: something needed is absent. The record must be of one of the kinds. */
int message_read(struct json record, enum msg_kind kind, struct arena *a, struct message *m, struct err *e);

/*
 * Names for ids: "subject/huapei-bank", "type/system.outage/zh", "role/it/zh" -> const struct str *. Absent: built-in words
 * for types and levels, else the id.
 */
struct msg_names {
	struct map map;
};
struct str msg_name(const struct msg_names *names, const char *what, struct str id, bool zh);

struct msg_opts {
	enum msg_style style;
	bool zh;
	int64_t zone_s;        /* local time of the readers, seconds east of UTC */
	const struct msg_names *names; /* may be NULL */
	int64_t unacked_s;     /* > 0: nobody acknowledged it for so long */
};

/* One line without markup of its own, harmless in the style. */
void message_title(const struct message *m, const struct msg_opts *o, struct buf *out);
/* The lines below the title. Of a draft: its text, unchanged. */
void message_body(const struct message *m, const struct msg_opts *o, struct buf *out);
/* One or two lines for a digest of several: title, case, first reason. */
void message_brief(const struct message *m, const struct msg_opts *o, struct buf *out);
/* Title and body as one text: the title in bold, or a heading, where the style has that. */
void message_whole(const struct message *m, const struct msg_opts *o, struct buf *out);
/* For systems: one JSON object {about, kind, change, level, …, title, text, record}; with_record false leaves record out. */
void message_json(const struct message *m, const struct msg_opts *o, bool with_record, struct buf *out);
/* "tocsin.case.raise" */
void message_type(const struct message *m, struct buf *out);

/*
 * Appends text somebody else wrote: one line, at most max characters (0 = all, "…" where cut), nothing in it can page
 * people, link, or act as markup.
 */
void message_quote(enum msg_style style, struct str s, size_t max, struct buf *out);
/* Whether text that must not be changed would page people or act as markup when sent in this style. */
bool message_pages(enum msg_style style, struct str s);

enum msg_unit { UNIT_BYTES, UNIT_CHARS };
/*
 * Cuts text into parts of at most max units: between lines where possible, never inside a character or an entity. Several
 * parts start with "(1/3)" and a newline, counted in. max at least 64. The parts live in a. Returns how many, at least 1.
 */
size_t message_split(struct str text, size_t max, enum msg_unit unit, struct arena *a, struct str **part);

#endif
