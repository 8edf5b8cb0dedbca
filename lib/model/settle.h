#ifndef MODEL_SETTLE_H
#define MODEL_SETTLE_H
/*
 * Which crisis an incident really is. Its own type stands unless its facts overrule it; the rules and their order are
 * in tocsin-match-playbook(1), "Settling the type".
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"
#include "base/str.h"
#include "rec/json.h"

/* What is at stake, the gravest first; ties go to the graver one. */
enum harm { HARM_BODY, HARM_MONEY, HARM_DATA, HARM_WORK, HARM_SERVICE, HARM_IMAGE, HARM_NONE };
extern const char *const harm_zh[HARM_NONE], *const harm_en[HARM_NONE];

/* HARM_NONE: not one of the crisis types of tocsin-record(5). */
enum harm crisis_harm(struct str type);
bool crisis_known(struct str type);
const char *crisis_type(size_t i); /* the types, the gravest first, without none; NULL behind the last */

enum { SETTLE_WHY = 4, SETTLE_RIVALS = 8 };
struct settled {
	struct str type;          /* "none" for one that is unknown or absent */
	bool changed;             /* it is not the incident's own */
	struct { struct str zh, en; } why[SETTLE_WHY];
	size_t nwhy;
	struct str rival[SETTLE_RIVALS]; /* other types that had a claim: the incident's own, those weighed against it */
	size_t nrival;
};

/* industry: empty when it is unknown. extra: further types that the library knows. Strings live in a, or where they came from. */
void settle(struct json incident, struct str industry, const struct str *extra, size_t nextra, struct arena *a,
    struct settled *out);

#endif
