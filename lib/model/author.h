#ifndef MODEL_AUTHOR_H
#define MODEL_AUTHOR_H
/* What a platform says of an account, and what its name says. Pure. */
#include "base/str.h"

enum author_kind {
	AUTHOR_UNKNOWN,  /* nothing is said, or something not understood */
	AUTHOR_PLAIN,    /* said to be nobody in particular: not verified */
	AUTHOR_PERSON,
	AUTHOR_ORG,      /* a company, a society: whom it speaks for is not said */
	AUTHOR_MEDIA,
	AUTHOR_OFFICIAL  /* an authority */
};
/* Of a word of `verified` or `type`: "gov", "媒体认证", "北京市公安局官方微博". tocsin-match-subject(1) lists them. */
enum author_kind author_kind(struct str word);
/* Of the name of a verified account, by how it ends: OFFICIAL, MEDIA or UNKNOWN. */
enum author_kind author_by_name(struct str name);

#endif
