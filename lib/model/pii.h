#ifndef MODEL_PII_H
#define MODEL_PII_H
/*
 * Finds personal data in Chinese and English text. Rules with checksums where there are any; names, addresses and ids
 * of chat accounts only in a context that says what they are. Digits may be full-width, spaced, dashed or, for phone
 * numbers, written as Chinese numerals.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"

enum pii_type {
	PII_PHONE,    /* mobile numbers of the mainland, with or without +86; abroad with +; North American ones as written */
	PII_LANDLINE, /* area code and number; 400, 800, 95xxx lines are organisations' and stay */
	PII_ID,       /* resident identity card: 18 characters with checksum and date; 15 digits with a cue; 123-45-6789 */
	PII_BANK,     /* 13 to 19 digits, Luhn, a known first digit for the length */
	PII_EMAIL,
	PII_PASSPORT, /* passports and travel permits, with a cue */
	PII_PLATE,
	PII_CHAT,     /* WeChat, QQ ids behind a cue */
	PII_IP,
	PII_MAC,
	PII_RECORD,   /* medical record, admission or visit number behind a cue */
	PII_BIRTH,    /* birth date behind a cue */
	PII_ADDRESS,  /* street with house or room number */
	PII_NAME,     /* a person's name in context */
	PII_TYPES
};
extern const char *const pii_name[PII_TYPES];

struct pii_hit {
	enum pii_type type;
	uint32_t off, len;   /* bytes of the text */
	struct str canon;    /* what identifies the person: digits without separators, lower-case address; in the scan's arena */
};

struct pii_rules {
	bool on[PII_TYPES];
	bool staff_names;       /* also names with an official role: 张医生, 李主任 */
	const struct map *keep; /* what stays, by its canon: public figures, organisations, own numbers; or NULL */
};
void pii_rules_default(struct pii_rules *r);

/* Scratch and result; zeroed = empty, reuse it. Hits are in order, do not overlap, live until the next scan. */
struct pii_scan {
	uint32_t *cp, *off; /* folded code points and their byte offsets; n + 1 offsets */
	size_t n, cap, off_cap;
	struct pii_hit *hit;
	size_t nhit, hit_cap;
	size_t last_to;     /* index behind the last hit */
	struct arena tmp;
};
void pii_find(const struct pii_rules *rules, struct str text, struct pii_scan *s);
void pii_free(struct pii_scan *s);

/* Rules of single numbers, digits only (X allowed last for ID). */
bool pii_id18(struct str s);
bool pii_luhn(struct str digits);

#endif
