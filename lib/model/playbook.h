#ifndef MODEL_PLAYBOOK_H
#define MODEL_PLAYBOOK_H
/*
 * The words of playbooks (tocsin-playbook(5)) and the ranking of those that fit an incident. Pure; playbooks come as
 * JSON, what they extend folded in.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"
#include "rec/json.h"

enum { LEVELS = 4 };
extern const char *const playbook_levels[LEVELS + 1]; /* "blue" … "red", NULL */
int playbook_level(struct str s);                     /* 0..3, -1: not a level */

enum { STAGE_NAMES = 5 };
extern const char *const playbook_stages[STAGE_NAMES + 1]; /* "latent" … "fading", NULL */
/* The stage an incident says it is in (stage, forecast.stage), by the names above; -1: none. */
int playbook_stage(struct json incident);

enum { TEXTS = 8 };
extern const char *const playbook_texts[TEXTS + 1];  /* "statement" … "legal", NULL */
int playbook_text(struct str s);                      /* 0..7, -1 */
enum { TEXTS_REQUIRED = 5 };
extern const char *const playbook_required[TEXTS_REQUIRED + 1];

/* "30m" "2h" "3d": a whole number and one unit. False when it is anything else. */
bool playbook_duration(struct str s, int64_t *seconds);
/* The duration that a deadline, an updates map or one value gives for a level; -1: none. */
int64_t playbook_at_level(struct json value, int level);
/* Whether an item with optional `from` and `to` exists at a level. */
bool playbook_exists_at(struct json item, int level);

/* --- SCCT ------------------------------------------------------------------------------------------------------------- */

enum cluster { CLUSTER_VICTIM, CLUSTER_ACCIDENTAL, CLUSTER_PREVENTABLE, CLUSTERS };
extern const char *const playbook_clusters[CLUSTERS + 1];
enum family { FAMILY_ALWAYS, FAMILY_DENY, FAMILY_DIMINISH, FAMILY_REBUILD, FAMILY_BOLSTER };
struct strategy {
	const char *name;
	enum family family;
	bool allowed[CLUSTERS]; /* deny: for the types of playbook_may_deny alone */
};
extern const struct strategy playbook_strategies[]; /* ends with a NULL name */
const struct strategy *playbook_strategy(struct str name); /* or NULL */
bool playbook_may_deny(struct str type);

/* --- triggers and facts without jq ------------------------------------------------------------------------------------ */

/*
 * Most triggers are `.type == "x"`, alone or with more conditions behind `and`, and joined by `or`. What such a program
 * says for a type can be known without running it.
 */
enum quick { QUICK_NO, QUICK_YES, QUICK_ASK /* jq must decide */ };
enum quick trigger_quick(struct str program, struct str type);
/*
 * A program that is a plain path (`.facts.cause`): true, and *out is the value, JSON_NONE for null or absent. False:
 * jq must decide.
 */
bool path_quick(struct str program, struct json incident, struct json *out);
/*
 * As path_quick, also for `PATH | if . and . > 0 then "text \(.)" else null end` where the path leads to nothing or to a
 * whole number of up to 15 digits. The value lives in a.
 */
bool fact_quick(struct str program, struct json incident, struct arena *a, struct json *out);

/* --- ranking ---------------------------------------------------------------------------------------------------------- */

enum fit { FIT_NONE, FIT_OTHER /* its trigger holds, but it is made for another type */, FIT_TYPE, FIT_MAIN };
struct rank {
	enum fit type;
	bool industry;   /* the incident's own; else general */
	int64_t weight;
	int64_t cases;   /* that reviews could tell effective or not */
	double effect;   /* their past_rank, -1 … 1; 0 without any */
	struct str id;   /* the last word, so that the order is always the same */
};
enum fit playbook_fit(const struct str *types, size_t n, struct str type);
/* < 0: a goes first. Lexical: type, industry, weight, effect, id. */
int rank_cmp(const struct rank *a, const struct rank *b);
/* The same order as a number from 0 to 1; equal only where weight and effect are. */
double rank_score(const struct rank *r);

#endif
