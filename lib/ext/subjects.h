#ifndef EXT_SUBJECTS_H
#define EXT_SUBJECTS_H
/* Names of the subjects of a watch list, for people. */
#include <stdbool.h>

#include "base/mem.h"
#include "base/str.h"

struct ynode;

/* The subjects of a watch list. NULL, which names nothing, when path is NULL or cannot be read. Lives as long as a. */
const struct ynode *subjects_read(const char *path, struct arena *a);
/* Whether a watch list has a subject of this id. */
bool subjects_list(const struct ynode *subjects, struct str id);
/*
 * What a subject's watch list has a term for: "name" (its names, handles, hashtags), "product", "person", or "context"
 * for what only tells that the subject is meant. NULL when the list does not hold subject or term.
 */
const char *subjects_role(const struct ynode *subjects, struct str id, struct str term, struct arena *a);
/*
 * What a subject is called: its name, or where that is not Latin and not zh is wanted the first Latin one of its
 * names; the id when the list does not know it. Lives as long as the list.
 */
struct str subjects_name(const struct ynode *subjects, struct str id, bool zh, struct arena *a);

#endif
