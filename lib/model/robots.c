#include "model/robots.h"

enum { MAX_LINE = 8 * 2083 - 1 }; /* bytes; what Google reads of one line */

enum key { KEY_NONE, KEY_AGENT, KEY_ALLOW, KEY_DISALLOW, KEY_DELAY };

static enum key
key_of(struct str k)
{
	/* misspellings that site owners really make; they meant to be understood */
	static const struct {
		const char *word;
		enum key key;
	} words[] = {{"user-agent", KEY_AGENT}, {"useragent", KEY_AGENT}, {"user agent", KEY_AGENT}, {"allow", KEY_ALLOW},
	    {"disallow", KEY_DISALLOW}, {"dissallow", KEY_DISALLOW}, {"dissalow", KEY_DISALLOW}, {"disalow", KEY_DISALLOW},
	    {"diasllow", KEY_DISALLOW}, {"disallaw", KEY_DISALLOW}, {"crawl-delay", KEY_DELAY}};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq_nocase(k, str_c(words[i].word)))
			return words[i].key;
	return KEY_NONE;
}

/* Cuts a line into key and value; false when it holds nothing. */
static bool
parts(struct str line, enum key *key, struct str *value)
{
	const char *hash = line.n > 0 ? memchr(line.p, '#', line.n) : NULL, *sep;
	struct str k;

	if (hash != NULL)
		line.n = (size_t)(hash - line.p);
	line = str_trim(line);
	if (line.n == 0)
		return false;
	sep = memchr(line.p, ':', line.n);
	if (sep == NULL) { /* "disallow /": exactly two words */
		for (sep = line.p; sep < line.p + line.n && !is_space(*sep); sep++)
			;
		if (sep == line.p + line.n)
			return false;
		k = str_trim(str_n(sep, (size_t)(line.p + line.n - sep)));
		for (size_t i = 0; i < k.n; i++)
			if (is_space(k.p[i]))
				return false;
	}
	*key = key_of(str_trim(str_n(line.p, (size_t)(sep - line.p))));
	*value = str_trim(str_n(sep + 1, (size_t)(line.p + line.n - sep - 1)));
	return true;
}

static struct str
token(struct str s)
{
	size_t i = 0;

	while (i < s.n && (is_alpha(s.p[i]) || s.p[i] == '-' || s.p[i] == '_'))
		i++;
	return str_sub(s, 0, i);
}

static bool
is_hex(char c)
{
	c = to_lower(c);
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static struct str
normal(struct arena *a, struct str s)
{
	static const char hex[] = "0123456789ABCDEF";
	char *out = arena_alloc(a, s.n * 3 + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '%' && i + 2 < s.n && is_hex(s.p[i + 1]) && is_hex(s.p[i + 2])) {
			out[n++] = '%';
			out[n++] = upper(s.p[++i]);
			out[n++] = upper(s.p[++i]);
		} else if (c >= 0x80) {
			out[n++] = '%';
			out[n++] = hex[c >> 4];
			out[n++] = hex[c & 15];
		} else {
			out[n++] = (char)c;
		}
	}
	out[n] = '\0';
	return str_n(out, n);
}

static void
add(struct robots *r, struct arena *a, bool allow, struct str value)
{
	if (value.n == 0) /* "Disallow:" forbids nothing */
		return;
	if (r->n == r->cap) {
		size_t cap = r->cap > 0 ? r->cap * 2 : 16;
		struct robots_rule *grown = arena_alloc(a, cap * sizeof *grown);

		if (r->n > 0)
			memcpy(grown, r->rule, r->n * sizeof *grown);
		r->rule = grown;
		r->cap = cap;
	}
	r->rule[r->n++] = (struct robots_rule){normal(a, value), allow};
}

static bool
next_line(struct str *rest, struct str *line)
{
	size_t i = 0;

	if (rest->n == 0)
		return false;
	while (i < rest->n && rest->p[i] != '\n' && rest->p[i] != '\r')
		i++;
	*line = str_sub(*rest, 0, i);
	if (i + 1 < rest->n && rest->p[i] == '\r' && rest->p[i + 1] == '\n')
		i++;
	*rest = str_sub(*rest, i + 1, rest->n);
	return true;
}

void
robots_parse(struct robots *r, struct arena *a, struct str text, struct str agent)
{
	struct robots any = {0}; /* the "*" groups, kept until it is known that none is ours */
	struct str line;
	bool in_agents = false, for_us = false, for_all = false;

	*r = (struct robots){0};
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_sub(text, 3, text.n);
	if (text.n > ROBOTS_MAX) {
		text.n = ROBOTS_MAX;
		while (text.n > 0 && text.p[text.n - 1] != '\n')
			text.n--;
	}
	while (next_line(&text, &line)) {
		enum key key = KEY_NONE;
		struct str value = {"", 0};
		double d;

		if (line.n > MAX_LINE)
			line.n = MAX_LINE;
		if (!parts(line, &key, &value))
			continue;
		switch (key) {
		case KEY_AGENT:
			if (!in_agents)
				for_us = for_all = false;
			in_agents = true;
			if (value.n > 0 && value.p[0] == '*' && (value.n == 1 || is_space(value.p[1]))) {
				for_all = true;
			} else if (agent.n > 0 && str_eq_nocase(token(value), agent)) {
				for_us = true;
				r->ours = true;
			}
			break;
		case KEY_ALLOW:
		case KEY_DISALLOW:
			in_agents = false;
			if (for_us)
				add(r, a, key == KEY_ALLOW, value);
			if (for_all)
				add(&any, a, key == KEY_ALLOW, value);
			break;
		case KEY_DELAY:
			if (str_f64(value, &d) && d > 0) {
				if (for_us)
					r->delay_s = d;
				if (for_all)
					any.delay_s = d;
			}
			break;
		default:
			break; /* other lines neither are rules nor end a group */
		}
	}
	if (!r->ours)
		*r = any;
}

/* Whether the pattern matches a beginning of path: '*' is any run, '$' at the end ties it to the end. */
static bool
matches(struct str pattern, struct str path)
{
	size_t p = 0, s = 0, star = SIZE_MAX, mark = 0;
	bool tied = pattern.n > 0 && pattern.p[pattern.n - 1] == '$';

	if (tied)
		pattern.n--;
	for (;;) {
		if (p == pattern.n) {
			if (!tied || s == path.n)
				return true;
		} else if (pattern.p[p] == '*') {
			star = p++;
			mark = s;
			continue;
		} else if (s < path.n && pattern.p[p] == path.p[s]) {
			p++;
			s++;
			continue;
		}
		if (star == SIZE_MAX || mark >= path.n)
			return false;
		p = star + 1;
		s = ++mark;
	}
}

bool
robots_allowed(const struct robots *r, struct str path)
{
	size_t best = 0;
	bool allow = true;

	if (path.n == 0)
		path = STR("/");
	if (str_is(path, "/robots.txt"))
		return true;
	for (size_t i = 0; i < r->n; i++) {
		const struct robots_rule *x = &r->rule[i];
		bool hit = matches(x->pattern, path);
		struct str index = STR("/index.html");

		/* a page allowed as /dir/index.html is allowed as /dir/ */
		if (!hit && x->allow && str_ends(x->pattern, index) && path.p[path.n - 1] == '/')
			hit = str_eq(str_sub(x->pattern, 0, x->pattern.n - index.n + 1), path);
		if (!hit || x->pattern.n < best)
			continue;
		if (x->pattern.n > best || x->allow)
			allow = x->allow;
		best = x->pattern.n;
	}
	return allow;
}
