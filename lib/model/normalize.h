#ifndef MODEL_NORMALIZE_H
#define MODEL_NORMALIZE_H
/*
 * Text folded for matching and scoring: width, case, traditional to simplified (data/t2s.tsv), invisible characters
 * out, runs of one character cut to three; then cut into units: one Han, kana or hangul character, one Latin or
 * Cyrillic word, one number, one emoji, one [emoticon], one punctuation mark, one URL, one @user.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum unit_class {
	UNIT_HAN,   /* id is the folded code point */
	UNIT_WORD,  /* id is a hash of the folded letters, bit 31 set */
	UNIT_NUM,   /* likewise, of the digits */
	UNIT_EMOTE, /* "[泪]", likewise */
	UNIT_EMOJI, /* id is the code point; skin tones, joiners and selectors are dropped */
	UNIT_PUNCT, /* id is the folded code point; '\n' for a line break */
	UNIT_URL,   /* id UNIT_ID_URL */
	UNIT_USER   /* id UNIT_ID_USER */
};
/* Words that do not mean what they say by themselves: n-grams tell them apart. */
enum unit_turned { UNIT_PLAIN, UNIT_CONCEDED /* before a but, behind an although */, UNIT_DENIED /* negated, or in a pattern */ };
enum { UNIT_ID_URL = 0x10fffe, UNIT_ID_USER = 0x10ffff };

struct unit {
	uint32_t id;
	uint32_t off;  /* byte offset in the source text */
	uint16_t len;  /* bytes in the source; longer units are cut at 65535 */
	uint8_t cls;   /* enum unit_class */
	bool space;    /* white space stood before it */
	uint8_t turned; /* enum unit_turned; set by lex_score */
	bool glued;    /* Han right behind the Han unit before */
	bool stop;     /* something may end here: it is a mark, an address or a name, or Han behind white space */
	uint32_t word; /* UNIT_WORD, UNIT_NUM, UNIT_EMOTE alone: offset of its folded text in norm.text */
	uint32_t nword; /* bytes of it */
};
/* These stand right before and behind the letters of a UNIT_WORD in norm.text. */
#define NORM_WORD_BEG '^'
#define NORM_WORD_END '$'

/* The fold table; 192 KiB, shared by everything that folds. */
struct fold {
	uint16_t bmp[65536]; /* folded code point; 0: dropped */
	uint8_t cls[65536];  /* what the folded code point is to norm_text */
};
/* Case, width and invisible characters only. */
void fold_init(struct fold *f);
/* Adds the pairs of a table with the columns "traditional, simplified". -1: ERR_CONFIG naming file and line. */
int fold_load(struct fold *f, struct str tsv, const char *name, struct err *e);
/* 0: the character is dropped. */
uint32_t fold_cp(const struct fold *f, uint32_t cp);

struct norm {
	struct unit *u; /* n units, then at least four zeroed ones */
	size_t n, cap;
	struct buf text; /* folded letters of words, numbers, emoticons */
	size_t nhan, nword; /* units of that class: which language this is */
};
/* Zeroed = empty; reuse one struct for many texts. text must be valid UTF-8, under 4 GiB; it is not copied. */
void norm_text(const struct fold *f, struct str text, struct norm *out);
void norm_free(struct norm *nm);
/* Appends s folded (as bytes of UTF-8, spaces kept as one): for tables of terms. */
void fold_str(const struct fold *f, struct str s, struct buf *out);

#endif
