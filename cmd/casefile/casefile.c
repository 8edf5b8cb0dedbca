/*
 * casefile: cases from incidents, their tasks and clocks, an audit trail of every change.
 * open reads incidents and writes a case record for each change; the other verbs work on one case.
 */
#include "casefile.h"

static const struct verb verbs[] = {
    {"open", "open or raise a case for each incident", verb_open},
    {"list", "list the open cases", verb_list},
    {"show", "show a case with its tasks and clocks", verb_show},
    {"due", "list what is late or about to be", verb_due},
    {"task", "add, start, finish, skip, sign, delegate tasks", verb_task},
    {"log", "print the audit trail", verb_log},
    {"timeline", "tell what happened in a case, in order", verb_timeline},
    {"assign", "put a person in charge", verb_assign},
    {"note", "write something down", verb_note},
    {"attach", "keep a file as evidence", verb_attach},
    {"link", "link a customer record, a ticket", verb_link},
    {"merge", "merge a case into another", verb_merge},
    {"split", "split tasks off into a new case", verb_split},
    {"escalate", "raise the level by hand", verb_escalate},
    {"lower", "lower the level, with a reason", verb_lower},
    {"pause", "stop the clocks that are not legal ones", verb_pause},
    {"resume", "let the clocks run again", verb_resume},
    {"release", "sign how much may be said in public", verb_release},
    {"close", "close a case whose criteria hold", verb_close},
    {"reopen", "open a closed case again", verb_reopen},
    {"correct", "correct what the programs found", verb_correct},
    {"incident", "print the latest incident of a case", verb_incident},
    {"apply", "add the tasks of a matched playbook", verb_apply},
    {"export", "print a case with its evidence", verb_export},
    {"import", "take in an exported case", verb_import},
    {"rebuild", "make the present state anew from the events", verb_rebuild},
    {"verify", "check the audit trail", verb_verify},
    {0},
};

int
main(int argc, char **argv)
{
	return opt_verb(argc, argv, verbs, "cases from incidents, their tasks and clocks, and an audit trail");
}
