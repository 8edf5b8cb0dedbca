#ifndef EXT_ROLES_H
#define EXT_ROLES_H
/*
 * roles.yaml: which roles there are, what each may do, and who has which. Roles are the words that playbooks use for
 * departments, signatures and the escalation ladder. A login is the name of a Unix user.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

struct roles;

/* What a role may be allowed to do. A signature is not among it: it needs the role itself. */
enum role_may {
	MAY_OPEN,     /* open a case by hand */
	MAY_WORK,     /* tasks, notes, evidence, links, owner */
	MAY_ESCALATE, /* raise a level by hand */
	MAY_LOWER,    /* lower a level, pause and resume the clocks, move a deadline */
	MAY_CLOSE,    /* close, reopen, merge, split */
	MAY_CORRECT,  /* correct what the programs found */
	MAY_IMPORT,   /* take in a case from elsewhere, whose past nobody here can vouch for */
	ROLE_MAY
};
extern const char *const role_may_names[ROLE_MAY + 1]; /* "open" "work" … NULL */

/* The result lives in a. -1: ERR_CONFIG "file:line: …". */
int roles_load(const char *path, struct arena *a, struct roles **out, struct err *e);

bool roles_known(const struct roles *r, struct str role);
bool roles_has(const struct roles *r, struct str login, struct str role);
bool roles_may(const struct roles *r, struct str login, enum role_may what);
/* Whether the login may act in another's name (a bot that passes on what people decided elsewhere). */
bool roles_act_for(const struct roles *r, struct str login);
/* Roles of a login, at most max; returns how many it has. */
size_t roles_of(const struct roles *r, struct str login, struct str *out, size_t max);
/* Logins that have a role by name (not through `anyone`), at most max; returns how many there are. */
size_t roles_people(const struct roles *r, struct str role, struct str *out, size_t max);
/* A person's full name, or the login when none is given. */
struct str roles_name(const struct roles *r, struct str login);

#endif
