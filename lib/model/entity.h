#ifndef MODEL_ENTITY_H
#define MODEL_ENTITY_H
/*
 * What a text names: organisations, places, products, persons, amounts, times, told by their form: the ends of names,
 * lists of cities and bodies, numbers with their units. No name is guessed that has no telling form.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"
#include "model/normalize.h"

enum entity_kind { ENTITY_ORG, ENTITY_PLACE, ENTITY_PRODUCT, ENTITY_PERSON, ENTITY_AMOUNT, ENTITY_TIME, ENTITY_KINDS };
extern const char *const entity_name[ENTITY_KINDS]; /* "org" ... */

enum { ENTITY_MAX = 200 /* of one text */, ENTITY_TEXT = 20000 /* code points looked at */ };

struct entity {
	enum entity_kind kind;
	size_t off, len;       /* bytes of the text */
	size_t from, to;       /* code points */
	double value;          /* ENTITY_AMOUNT */
	const char *unit;      /* of an amount: currency, "%", "people"; else NULL */
	bool approx;           /* of an amount */
	char when[24];         /* ENTITY_TIME: "2026", "2026-11", "2026-11-21" or a time in UTC; may be empty */
	int subject;           /* number of the term given to entity_find, or -1 */
};

struct entity_finder;
/* Names in other scripts are compared folded. fold outlives the result. */
struct entity_finder *entity_open(const struct fold *fold);
void entity_close(struct entity_finder *f);
/*
 * Adds the ends of names in the member "entities" of a taxonomy (as JSON): organisation, organisation_en, place, place_en.
 * Anything else is passed over.
 */
void entity_names(struct entity_finder *f, struct str json);

struct entity_about {
	int64_t published;     /* relative times count from it; INT64_MIN: not known, they get no value */
	bool taiwan;           /* 元 is TWD */
	const struct str *term;/* names that are watched */
	const enum entity_kind *kind; /* of each term; NULL: organisations */
	size_t nterms;
};
/*
 * The entities of text (valid UTF-8), in order of position, none over another. The array lives in f until the next call.
 */
size_t entity_find(struct entity_finder *f, struct str text, const struct entity_about *about, const struct entity **out);

#endif
