#ifndef WATCH_H
#define WATCH_H
/* watch.yaml in memory: subjects, their terms in one matcher, accounts. tocsin-watch(5) describes the file. */
#include "base/hash.h"
#include "ext/regex.h"
#include "model/match.h"

enum role {
	ROLE_NAME,      /* makes the subject match */
	ROLE_AMBIGUOUS, /* as a name, when one of the subject's context terms stands in the same post */
	ROLE_HASHTAG,   /* as a name, behind # only */
	ROLE_CONTEXT,
	ROLE_ALL,       /* one of the terms that must all be there; arg: which */
	ROLE_NONE,      /* the subject does not match when it is there */
	ROLE_NEAR,      /* arg: index of the pair << 1 | side */
	ROLE_BLOCK      /* the post is about nothing; arg: 0 everywhere, else index of the source + 1 */
};

struct term {
	struct str text;
	uint32_t subject; /* index; of ROLE_BLOCK none */
	enum role role;
	uint32_t arg;
};

struct near {
	uint32_t within; /* characters or words between */
};

struct subject {
	struct str id, name, industry;
	bool rival;
	uint32_t nall;
	struct near *near;
	size_t nnear;
	struct regex **regex;
	struct str *regex_text;
	size_t nregex;
	bool ambiguous; /* has ambiguous names */
};

/* Who speaks through an account. */
enum voice { VOICE_PUBLIC, VOICE_OWN, VOICE_OFFICIAL, VOICE_MEDIA, VOICE_STAFF, VOICE_RIVAL };
extern const char *const voice_name[];
struct account {
	enum voice voice;
	uint32_t subject; /* of own and staff accounts */
};

struct watch {
	struct arena mem;
	struct subject *subject;
	size_t nsubject;
	uint32_t *with_regex;   /* indices of subjects that have expressions */
	size_t nwith_regex;
	struct term *term;
	size_t nterm, term_cap;
	struct matcher matcher; /* values are indices of term */
	struct account *account;
	size_t naccount, account_cap;
	struct map accounts;    /* "name" or "platform:id" -> index of account; the first entry of a chain */
	struct map sources;     /* name of a source with an entry -> its number from 1 */
	uint32_t *source_subject; /* [number]: index of the subject all of that source is about, from 1; 0 = none */
};

/* -1: ERR_CONFIG, naming file, line and key. */
int watch_load(struct watch *w, const struct fold *fold, const char *path, struct err *e);
void watch_free(struct watch *w);

#endif
