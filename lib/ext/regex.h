#ifndef EXT_REGEX_H
#define EXT_REGEX_H
/*
 * Regular expressions (PCRE2, UTF-8, case folded unless (?-i)). Time and memory of a search are bounded: a pattern that
 * backtracks without end gives up and counts as no match.
 */
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct regex;
/* -1: ERR_CONFIG with the place and PCRE2's message. Freed with regex_free (NULL allowed). */
int regex_compile(struct str pattern, struct regex **out, struct err *e);
void regex_free(struct regex *r);
/* Whether the pattern occurs in the valid UTF-8 text; *off and *len tell where (bytes). *gave_up may be NULL. */
bool regex_find(struct regex *r, struct str text, size_t *off, size_t *len, bool *gave_up);

#endif
