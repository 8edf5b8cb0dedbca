#ifndef MODEL_TEXTRULE_H
#define MODEL_TEXTRULE_H
/* The rules that a text keeps before it leaves the house: those of tocsin-playbook(5), "TEXTS". */
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "model/pii.h"
#include "model/playbook.h"
#include "model/wording.h"

enum { STATEMENT_HAN = 450, STATEMENT_WORDS = 260, RULE_FINDINGS = 50 };

struct text_rules {
	const struct wording *wording;
	struct str kind;             /* "statement" … "legal" */
	bool zh;
	bool may_apologise, must_apologise, may_deny; /* text_rules_for */
	struct str allowed;          /* personal data that is part of this is none: the hotline of the house */
	bool sources;                /* a source of {{slots}} rather than a filled text: slots are no finding */
};
/* What cluster, strategies and types of a playbook allow. */
void text_rules_for(struct json playbook, struct text_rules *r);

enum weight { RULE_SOFT /* look at it */, RULE_HARD /* it may not leave like this */, RULE_NEVER /* whatever the reason */ };
/*
 * Of each rule the first RULE_FINDINGS are told, then one more says how many are left ("and 12 more").
 * line: from 1. rule: "length", "apology", "vague", "personal data" … msg: a finished sentence.
 */
typedef void text_rule_fn(void *ctx, enum weight weight, int line, const char *rule, const char *msg);
void text_rules_check(const struct text_rules *r, struct str text, struct pii_scan *scan, text_rule_fn *fn, void *ctx);

#endif
