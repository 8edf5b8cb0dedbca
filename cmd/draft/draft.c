/*
 * draft: texts of a case from the templates of its playbook, behind an approval gate.
 * Reads cases (an operand, or records of kind case); writes texts or records of kind draft.
 */
#include "draft.h"

#include <string.h>

static const struct verb verbs[] = {
    {"new", "fill a template for a case (the verb may be left out)", verb_new},
    {"replies", "draft answers to many posts", verb_replies},
    {"posts", "list the posts a text answers", verb_posts},
    {"list", "list texts and where they stand", verb_list},
    {"show", "print a text, its open questions and signatures", verb_show},
    {"diff", "compare two versions of a text", verb_diff},
    {"edit", "take a changed text as a new version", verb_edit},
    {"check", "check a text against the rules", verb_check},
    {"submit", "hand a text in for approval", verb_submit},
    {"approve", "sign a text with a role", verb_approve},
    {"reject", "send a text back", verb_reject},
    {"release", "let an approved text out and print it", verb_release},
    {"withdraw", "take a text back", verb_withdraw},
    {0},
};

int
main(int argc, char **argv)
{
	const char *first = argc > 1 ? argv[1] : "";
	char *rest[256];
	bool known = argc < 2 || argc > 250 || strcmp(first, "-h") == 0 || strcmp(first, "--help") == 0 ||
	    strcmp(first, "-V") == 0 || strcmp(first, "--version") == 0;

	for (const struct verb *v = verbs; v->name != NULL && !known; v++)
		known = strcmp(first, v->name) == 0;
	if (known)
		return opt_verb(argc, argv, verbs, "texts from playbooks, behind an approval gate");
	/* draft CASE --kind statement */
	rest[0] = argv[0];
	rest[1] = (char[]){"new"};
	memcpy(rest + 2, argv + 1, (size_t)argc * sizeof *argv);
	return opt_verb(argc + 1, rest, verbs, "texts from playbooks, behind an approval gate");
}
