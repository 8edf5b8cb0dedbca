#ifndef PARTS_H
#define PARTS_H
/* Sections of a report; each adds nothing when it has nothing to say. */
#include "report.h"

#define W(f, zh_text, en_text) ((f)->conf->zh ? (zh_text) : (en_text))

/* figures.c */
void part_summary(struct doc *d, struct facts *f);
void part_figures(struct doc *d, struct facts *f);
void part_trend(struct doc *d, struct facts *f);
void part_days(struct doc *d, struct facts *f);
void part_platforms(struct doc *d, struct facts *f);
void part_subjects(struct doc *d, struct facts *f);
void part_topics(struct doc *d, struct facts *f);
void part_method(struct doc *d, struct facts *f);
/* posts.c */
void part_focus(struct doc *d, struct facts *f, size_t most);
void part_voices(struct doc *d, struct facts *f, size_t most);
/* crisis.c */
void part_levels(struct doc *d, struct facts *f);
void part_risk(struct doc *d, struct facts *f);
void part_playbook(struct doc *d, struct facts *f);
void part_tasks(struct doc *d, struct facts *f, bool all);
void part_texts(struct doc *d, struct facts *f, bool whole);
void part_notices(struct doc *d, struct facts *f);
void part_chronicle(struct doc *d, struct facts *f);
void part_cases(struct doc *d, struct facts *f);
void part_file(struct doc *d, struct facts *f);
void part_audit(struct doc *d, struct facts *f);
void part_advice(struct doc *d, struct facts *f);

/* Shared by them. */
struct str subject_name(struct facts *f, struct str id);
struct str type_name(struct facts *f, struct str type);
struct str crisis_name(struct facts *f, const struct crisis *c); /* "华沛银行 · 系统故障" */
struct str level_name_of(struct facts *f, struct str level);
struct evidence ev_none(void);
struct evidence ev_one(struct facts *f, struct str id);
struct evidence ev_ids(struct facts *f, const struct ids *ids, struct str query);
struct evidence ev_strs(const struct str *v, size_t n);
/* Sentences: printf into the document's arena. */
struct str say(struct facts *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct str number(struct facts *f, int64_t v);
struct str percent(struct facts *f, int64_t part, int64_t of);
struct str local(struct facts *f, int64_t t); /* "11-22 11:09" */
struct str span(struct facts *f, int64_t s);
struct str shortened(struct facts *f, struct str s, size_t ncol); /* cut with an ellipsis */
bool first_of(struct facts *f, struct post *out);
/* Over and late: the state of a task at f->now. */
bool task_over(const struct task *t);
bool task_late(const struct facts *f, const struct crisis *c, const struct task *t); /* open and past its time */
/* The first statement of the organisation at or after t, or NULL. */
const struct post *first_own(const struct facts *f, int64_t t);
/* When the first statement for the crisis was released, at or after since; 0: none yet. */
int64_t first_release(const struct crisis *c, int64_t since);
/* When the level was first at least this rank, 0 = never. */
int64_t first_level(const struct crisis *c, int rank);
/* The plan in force: the incident's playbook, or NULL type. */
struct json plan_of(const struct crisis *c);
struct str text_of(struct facts *f, struct json both); /* of {zh, en} the one to show, or of a string itself */

#endif
