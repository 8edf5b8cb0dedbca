#ifndef MODEL_PII_EN_H
#define MODEL_PII_EN_H
/* English names in context and home addresses, for pii.c: places in the folded code points of a scan. */
#include <stdbool.h>
#include <stddef.h>

#include "model/pii.h"

/*
 * Length of the name that begins at i (an ASCII letter that begins a word), or 0. cue: the text in front says that a name
 * follows, so that one known given name or a Chinese name in Latin letters is enough. staff: Dr. Wong and Nurse Li too.
 */
size_t pii_english_name(const struct pii_scan *s, size_t i, bool cue, bool staff);

/* Length of what begins at i with a house number and goes on with a street: 221B Baker Street, Flat 2; or 0. */
size_t pii_english_home(const struct pii_scan *s, size_t i);

#endif
