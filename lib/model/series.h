#ifndef MODEL_SERIES_H
#define MODEL_SERIES_H
/*
 * What detect keeps of the posts it reads: one fixed-size observation for each watched subject of a post, and the
 * names they refer to. About 80 bytes a post, its id, and texts up to 32 MB, then a sample of them.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "rec/rec.h"

enum voice { VOICE_PUBLIC, VOICE_STAFF, VOICE_OWN, VOICE_OFFICIAL, VOICE_MEDIA, VOICE_RIVAL };
enum label { LABEL_NONE, LABEL_NEG, LABEL_NEU, LABEL_POS };
enum {
	CUE_DEATH = 1, CUE_INJURY = 2, CUE_MINOR = 4, CUE_MONEY = 8, CUE_POLICE = 16, CUE_REGULATOR = 32, CUE_MEDIA = 64,
	CUES = 7,
	CUE_GRAVE = 128 /* death, injury, or a minor in a matter that can harm a person; no cue of its own */
};
extern const char *const cue_name[CUES];
enum {
	OBS_COPY = 1,      /* marked by dedupe */
	OBS_REPOST = 2,    /* form repost, or it has a parent and no form */
	OBS_COMMENT = 4,
	OBS_VERIFIED = 8,
	OBS_KOL = 16,      /* 100,000 followers or more, or type kol */
	OBS_HOLLOW = 32,   /* an account with fewer than 20 followers, nothing answered it: how hired hands look */
	OBS_AD = 64,       /* advert or praise: never a complaint */
	OBS_REPLAY = 128,  /* copy of a story that had been silent; set by the engine */
	OBS_PLANTED = 256, /* of a cluster of hollow accounts; set by the engine */
	OBS_LOOSE = 1024,  /* alike rather than the same: too little to call it an old story */
	OBS_VARIED = 2048, /* not word for word, or so short that many may say it by themselves */
	OBS_RIVAL = 512    /* the subject is a rival: watched, not ours to answer for */
};
enum { EMOTIONS = 12, NO_ID = 0, WORDS = 16 /* keyword groups */ };

struct obs {
	int64_t t;           /* published */
	int64_t first;       /* when its story was first told, 0: not said */
	uint32_t author;     /* hash; posts without one count as one author each */
	uint32_t cluster;    /* hash of the id of the first post of its story: its own when it is no copy */
	uint32_t reach;      /* followers */
	uint32_t shared, answered, liked, seen; /* metrics */
	uint32_t id;         /* offset into book.names, NO_ID: not kept */
	uint32_t text;       /* same: a sample of texts, 0: not kept */
	uint32_t idh;        /* hash of the id: orders what was published in the same second */
	uint16_t subject, type;
	uint16_t flags;
	uint16_t words;      /* keyword groups found in title or text */
	uint8_t cues, voice, label, platform, emotion, industry;
};

/* Posts with a drill member are booked under a subject of their own: its name and this. */
enum { BOOK_DRILL = 1 };

struct names {
	struct map map;
	struct str *s;
	size_t n, cap;
};
/* The number of a name, added when new; limit 65535, further names are the last. */
uint16_t name_id(struct names *x, struct str s);

/* Words that rules ask for; matched as they stand, ASCII without case. */
struct keywords {
	struct str name;
	struct str *word;
	size_t n;
};

/* An hour of a series from the store, older than the posts. */
struct past {
	int64_t hour;
	float neg, n;
	uint16_t subject, type;
};

struct book {
	const struct keywords *keywords; /* not owned; may be NULL */
	size_t nkeywords;
	struct past *past;
	size_t npast, past_cap;
	struct obs *o;
	size_t n, cap;
	struct names subject, type, platform, emotion, industry;
	struct buf text;     /* ids and sampled texts, NUL-terminated, from offset 1 */
	size_t texts;        /* bytes of texts kept */
	uint64_t posts, nosubject, nosentiment, nocrisis; /* all that came; those without the member */
	bool sorted;
	struct arena tmp;
};

/* A post. 1: taken; 0: it has no watched subject; -1: ERR_DATA, no usable time of publication. */
int book_post(struct book *b, struct rec *r, struct err *e);
/* A point of `store series --by subject,type`, as history. As book_post; 0: not an hour of a subject and type. */
int book_past(struct book *b, struct rec *r, struct err *e);
/*
 * Orders the observations by time and id, and names alphabetically, and drops posts that came twice, so that nothing
 * that follows depends on the order of coming. Call before reading them; again after adding more.
 */
void book_sort(struct book *b);
/*
 * The present of the data: the latest observation that has company (three within a day, or all there are), so that a
 * single post from a wrong clock does not move it. 0 when there is none.
 */
int64_t book_clock(const struct book *b);
/* A subject's name as people know it, and whether it is the one of exercises. */
struct str book_subject(const struct book *b, uint16_t subject, bool *drill);
void book_free(struct book *b);

static inline struct str
book_text(const struct book *b, uint32_t off)
{
	return off == 0 ? (struct str){"", 0} : str_c(b->text.p + off);
}

#endif
