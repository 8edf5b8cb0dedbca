#ifndef MODEL_URL_H
#define MODEL_URL_H
/* URLs of the web: taking apart, resolving, one spelling per resource. Lenient on the way in, strict on the way out. */
#include <stdbool.h>

#include "base/mem.h"
#include "base/str.h"

struct url {
	struct str scheme, user, host, port, path, query, fragment; /* views; port and user may be empty */
	bool authority, has_query, has_fragment;
};
/* RFC 3986, appendix B; never fails. */
struct url url_split(struct str s);

/*
 * ref against base (absolute, may be empty when ref is absolute): an http or https URL in ASCII, the scheme in
 * lower case, dot segments gone, everything outside the URL alphabet percent-encoded, an international host in
 * punycode. p == NULL: not http(s), or nothing to resolve against. The result lives in a, NUL-terminated.
 */
struct str url_resolve(struct arena *a, struct str base, struct str ref);
static inline struct str
url_clean(struct arena *a, struct str s)
{
	return url_resolve(a, (struct str){"", 0}, s);
}

/*
 * The spelling two addresses of one page share: as url_clean, host in lower case, without fragment (but #! stays), default port and
 * tracking parameters (utm_*, spm, share_* …); other parameters keep their order. p == NULL as above.
 */
struct str url_canonical(struct arena *a, struct str s);

struct str url_site(struct arena *a, struct str s); /* "https://host:port", the port always there; p == NULL when none */
struct str url_path(struct arena *a, struct str s); /* path and query, at least "/" */
/* For messages: user and password cut out, query values replaced by "...", at most 200 bytes. */
struct str url_show(struct arena *a, struct str s);

/* Whether s starts like an absolute http or https URL. */
bool url_is_web(struct str s);

#endif
