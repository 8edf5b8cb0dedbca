#ifndef MODEL_BLAME_H
#define MODEL_BLAME_H
/* Which of several names a text holds at fault. By words and their places, not by grammar. */
#include "model/match.h"

/* The words of blame, built; free with matcher_free. */
void blame_words(struct matcher *m, const struct fold *fold);

/* A name in a text, in units of its layout. */
struct blame_name {
	uint32_t who, unit, nunit;
	double weight; /* set: how much of the blame falls on it, 0 = none */
};
/* t: laid out and scanned for the words of blame. names: in order of their units. */
void blame_weigh(const struct match_text *t, struct blame_name *names, size_t n);

#endif
