#include "ext/markup.h"

/* Where a start tag ends, from behind its '<'; *attributes is how many it has, as a lenient reader of HTML counts them. */
static size_t
tag_end(struct str s, size_t i, int *attributes)
{
	enum { NAME, BETWEEN, ATTRIBUTE, EQUALS, VALUE } at = NAME;

	*attributes = 0;
	for (; i < s.n && s.p[i] != '>' && s.p[i] != '<'; i++) {
		char c = s.p[i];
		bool space = c == ' ' || (c >= '\t' && c <= '\r');

		if (at == EQUALS && (c == '"' || c == '\'')) {
			const char *quote = memchr(s.p + i + 1, c, s.n - i - 1);

			if (quote == NULL)
				return s.n;
			i = (size_t)(quote - s.p);
			at = BETWEEN;
		} else if (at == EQUALS) {
			at = space ? EQUALS : VALUE;
		} else if (space || (c == '/' && at != VALUE)) {
			at = BETWEEN;
		} else if (c == '=' && at != NAME && at != VALUE) {
			at = EQUALS;
		} else if (at == BETWEEN) {
			at = ATTRIBUTE;
			++*attributes;
		}
	}
	return i;
}

bool
markup_overloaded(struct str s)
{
	size_t i = 0;
	const char *open;

	while (i < s.n && (open = memchr(s.p + i, '<', s.n - i)) != NULL) {
		int attributes = 0;
		char c;

		i = (size_t)(open - s.p) + 1;
		c = i < s.n ? s.p[i] : ' ';
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' || (c & 0x80) != 0)
			i = tag_end(s, i, &attributes);
		if (attributes > MARKUP_ATTRIBUTES)
			return true;
	}
	return false;
}
