#ifndef MODEL_STOPWORD_H
#define MODEL_STOPWORD_H
/* Words that say nothing about what happened, Chinese (simplified) and English, and characters a phrase cannot begin or end with. */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* A folded word or phrase that is no term by itself. */
bool stop_word(struct str s);
/* A folded English word at no border of a phrase: of, the, with, ... */
bool stop_latin(struct str s);

enum stop_edge {
	STOP_NO,
	STOP_SOFT, /* drop the phrase when the rest of it is a word by itself: 就退款, but 就医 */
	STOP_HARD  /* drop it */
};
enum stop_edge stop_head(uint32_t cp);
enum stop_edge stop_tail(uint32_t cp);

#endif
