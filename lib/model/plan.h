#ifndef MODEL_PLAN_H
#define MODEL_PLAN_H
/* What a playbook says for one level: the plan that is pinned to an incident and its case. */
#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"
#include "base/str.h"
#include "rec/json.h"

/* A fact that a playbook declares. Views of the playbook, strings decoded into the arena. */
struct fact {
	struct str id, w, from;  /* from: jq, may be empty */
	struct json ask;         /* {zh, en} */
	struct json value;       /* JSON_NONE: unknown; the caller fills it in */
	bool used;               /* some text has its placeholder; the caller fills it in */
};
size_t plan_facts(struct json playbook, struct arena *a, struct fact **out);

/*
 * The members "facts" (what is known) and "open" (what must be asked, of the facts that texts use), then "plan" for the
 * level: tasks, clocks, release, updates_s, audiences, escalation, stages, closing. stage: -1 unknown.
 */
void plan_write(struct jw *w, struct json playbook, const struct fact *fact, size_t n, int level, int stage);

#endif
