#ifndef MODEL_ROBOTS_H
#define MODEL_ROBOTS_H
/* robots.txt, RFC 9309. Fetching and caching it is the caller's business. */
#include <stdbool.h>

#include "base/mem.h"
#include "base/str.h"

enum { ROBOTS_MAX = 512 * 1024 }; /* bytes looked at; the rest is cut at a line */

struct robots_rule {
	struct str pattern; /* non-ASCII percent-encoded, escapes in upper case */
	bool allow;
};

struct robots {
	struct robots_rule *rule;
	size_t n, cap;
	double delay_s; /* Crawl-delay of our group; 0 when absent */
	bool ours;      /* a group named us; else the rules are those of "*" */
};

/* agent: our product token ("tocsin"). The rules live in a. */
void robots_parse(struct robots *r, struct arena *a, struct str text, struct str agent);
/* path_query: as sent, from the first '/' on; empty means "/". /robots.txt itself is always allowed. */
bool robots_allowed(const struct robots *r, struct str path_query);

#endif
