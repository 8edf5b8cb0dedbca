#include "model/playbook.h"

#include <string.h>

const char *const playbook_levels[LEVELS + 1] = {"blue", "yellow", "orange", "red", NULL};
const char *const playbook_stages[STAGE_NAMES + 1] = {"latent", "forming", "outbreak", "sustained", "fading", NULL};
const char *const playbook_texts[TEXTS + 1] = {"statement", "faq", "internal", "reply", "media", "regulator", "partner",
    "legal", NULL};
const char *const playbook_required[TEXTS_REQUIRED + 1] = {"statement", "faq", "internal", "reply", "legal", NULL};
const char *const playbook_clusters[CLUSTERS + 1] = {"victim", "accidental", "preventable", NULL};

const struct strategy playbook_strategies[] = {
    {"inform", FAMILY_ALWAYS, {true, true, true}},
    {"adjust", FAMILY_ALWAYS, {true, true, true}},
    {"attack-accuser", FAMILY_DENY, {true, false, false}},
    {"deny", FAMILY_DENY, {true, false, false}},
    {"scapegoat", FAMILY_DENY, {true, false, false}},
    {"excuse", FAMILY_DIMINISH, {true, true, false}},
    {"justify", FAMILY_DIMINISH, {true, true, false}},
    {"compensate", FAMILY_REBUILD, {false, true, true}},
    {"apologise", FAMILY_REBUILD, {false, true, true}},
    {"remind", FAMILY_BOLSTER, {true, true, true}},
    {"ingratiate", FAMILY_BOLSTER, {true, true, true}},
    {"victimage", FAMILY_BOLSTER, {true, false, false}},
    {NULL, FAMILY_ALWAYS, {false, false, false}},
};

static int
index_of(const char *const *words, struct str s)
{
	for (int i = 0; words[i] != NULL; i++)
		if (str_is(s, words[i]))
			return i;
	return -1;
}

int
playbook_level(struct str s)
{
	return index_of(playbook_levels, s);
}

int
playbook_text(struct str s)
{
	return index_of(playbook_texts, s);
}

/* detect writes forecast.stage, with its own words for two of them. */
int
playbook_stage(struct json incident)
{
	struct json v = json_get(incident, "stage");

	if (v.type != JSON_STR)
		v = json_path(incident, "forecast.stage");
	if (json_is(v, "burst"))
		return 2;
	if (json_is(v, "lasting"))
		return 3;
	for (int i = 0; i < STAGE_NAMES; i++)
		if (json_is(v, playbook_stages[i]))
			return i;
	return -1;
}

bool
playbook_duration(struct str s, int64_t *seconds)
{
	int64_t n, unit;

	if (s.n < 2 || s.n > 7)
		return false;
	switch (s.p[s.n - 1]) {
	case 'm': unit = 60; break;
	case 'h': unit = 3600; break;
	case 'd': unit = 86400; break;
	default: return false;
	}
	for (size_t i = 0; i + 1 < s.n; i++)
		if (!is_digit(s.p[i]))
			return false;
	if (!str_i64(str_n(s.p, s.n - 1), &n))
		return false;
	*seconds = n * unit;
	return true;
}

/* Strings of a playbook that stand for a duration, a level or an id hold no escapes; one that does is none of these. */
static struct str
word(struct json v)
{
	return v.type == JSON_STR && !v.esc && v.raw.n >= 2 ? str_n(v.raw.p + 1, v.raw.n - 2) : (struct str){0};
}

int64_t
playbook_at_level(struct json value, int level)
{
	int64_t s;

	if (value.type == JSON_OBJ)
		value = json_get(value, playbook_levels[level]);
	return playbook_duration(word(value), &s) ? s : -1;
}

bool
playbook_exists_at(struct json item, int level)
{
	int from = playbook_level(word(json_get(item, "from"))), to = playbook_level(word(json_get(item, "to")));

	return level >= from && (to < 0 || level <= to);
}

const struct strategy *
playbook_strategy(struct str name)
{
	for (const struct strategy *s = playbook_strategies; s->name != NULL; s++)
		if (str_is(name, s->name))
			return s;
	return NULL;
}

bool
playbook_may_deny(struct str type)
{
	return str_is(type, "rumour.false") || str_is(type, "rumour.run") || str_is(type, "competitor.attack");
}

/* --- triggers --------------------------------------------------------------------------------------------------------- */

/*
 * Whether the program is only `and`, `or` and `not`-free comparisons at its top level, so that it may be cut at the words
 * "or" and "and" there. Calls cut for the first such word want; returns its offset, -1 when there is none, -2 when the
 * program holds anything at its top level that binds in another way.
 */
static ptrdiff_t
top_word(struct str s, const char *want)
{
	static const char *const binders[] = {"as", "def", "if", "try", "reduce", "foreach", "label", "import", "include"};
	size_t depth = 0, wn = strlen(want);
	ptrdiff_t found = -1;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '#')
			return -2;
		if (c == '"') {
			for (i++; i < s.n && s.p[i] != '"'; i++)
				if (s.p[i] == '\\')
					return -2; /* an interpolation may hold quotes of its own */
			continue;
		}
		if (c == '(' || c == '[' || c == '{') {
			depth++;
			continue;
		}
		if (c == ')' || c == ']' || c == '}') {
			if (depth == 0)
				return -2;
			depth--;
			continue;
		}
		if (depth > 0)
			continue;
		if (c == '|' || c == ',' || c == ';' || c == '/' || c == '?')
			return -2;
		if (is_alpha(c) || c == '_') {
			size_t from = i;

			while (i + 1 < s.n && (is_alnum(s.p[i + 1]) || s.p[i + 1] == '_'))
				i++;
			if (from > 0 && (s.p[from - 1] == '.' || s.p[from - 1] == '$' || s.p[from - 1] == '@'))
				continue;
			for (size_t k = 0; k < sizeof binders / sizeof binders[0]; k++)
				if (str_is(str_n(s.p + from, i + 1 - from), binders[k]))
					return -2;
			if (found < 0 && i + 1 - from == wn && memcmp(s.p + from, want, wn) == 0)
				found = (ptrdiff_t)from;
		}
	}
	return depth == 0 ? found : -2;
}

/* `.type == "x"` and nothing else: the name in *x. */
static bool
is_type_test(struct str s, struct str *x)
{
	s = str_trim(s);
	if (!str_starts(s, STR(".type")))
		return false;
	s = str_trim(str_sub(s, 5, s.n));
	if (!str_starts(s, STR("==")))
		return false;
	s = str_trim(str_sub(s, 2, s.n));
	if (s.n < 2 || s.p[0] != '"' || s.p[s.n - 1] != '"')
		return false;
	*x = str_n(s.p + 1, s.n - 2);
	return memchr(x->p, '"', x->n) == NULL && memchr(x->p, '\\', x->n) == NULL;
}

/* Takes off brackets that enclose the whole. */
static struct str
unwrap(struct str s)
{
	for (;;) {
		size_t depth = 0;
		bool whole = true;

		s = str_trim(s);
		if (s.n < 2 || s.p[0] != '(' || s.p[s.n - 1] != ')' || memchr(s.p, '"', s.n) == NULL)
			return s;
		for (size_t i = 0; i < s.n && whole; i++) {
			if (s.p[i] == '"') /* a bracket in a string would mislead: leave it to jq */
				for (i++; i < s.n && s.p[i] != '"'; i++)
					if (s.p[i] == '(' || s.p[i] == ')' || s.p[i] == '\\')
						return s;
			if (i >= s.n)
				return s;
			if (s.p[i] == '(')
				depth++;
			if (s.p[i] == ')' && --depth == 0 && i + 1 < s.n)
				whole = false;
		}
		if (!whole)
			return s;
		s = str_sub(s, 1, s.n - 2);
	}
}

enum quick
trigger_quick(struct str program, struct str type)
{
	struct str s = unwrap(program), x;
	ptrdiff_t at;
	enum quick a, b;

	if (str_is(s, "true"))
		return QUICK_YES;
	if (str_is(s, "false"))
		return QUICK_NO;
	if (is_type_test(s, &x))
		return str_eq(x, type) ? QUICK_YES : QUICK_NO;
	if ((at = top_word(s, "or")) >= 0) {
		a = trigger_quick(str_sub(s, 0, (size_t)at), type);
		b = trigger_quick(str_sub(s, (size_t)at + 2, s.n), type);
		return a == QUICK_YES || b == QUICK_YES ? QUICK_YES : a == QUICK_NO && b == QUICK_NO ? QUICK_NO : QUICK_ASK;
	}
	if (at == -2)
		return QUICK_ASK;
	if ((at = top_word(s, "and")) >= 0) {
		a = trigger_quick(str_sub(s, 0, (size_t)at), type);
		if (a == QUICK_NO)
			return QUICK_NO;
		b = trigger_quick(str_sub(s, (size_t)at + 3, s.n), type);
		return b == QUICK_NO ? QUICK_NO : a == QUICK_YES && b == QUICK_YES ? QUICK_YES : QUICK_ASK;
	}
	return QUICK_ASK;
}

bool
path_quick(struct str program, struct json incident, struct json *out)
{
	struct str s = str_trim(program), part;
	struct json v = incident;
	char key[64];

	if (s.n < 2 || s.p[0] != '.')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		bool first = i == 0 || s.p[i - 1] == '.';

		if (s.p[i] == '.' ? (i > 0 && first) || i + 1 == s.n : first && i > 0 ? !is_alpha(s.p[i]) && s.p[i] != '_'
		                                                                     : !is_alnum(s.p[i]) && s.p[i] != '_')
			return false;
	}
	s = str_sub(s, 1, s.n);
	while (str_split(&s, '.', &part)) {
		if (part.n == 0 || part.n >= sizeof key)
			return false;
		memcpy(key, part.p, part.n);
		key[part.n] = '\0';
		v = json_get(v, key);
	}
	*out = v.type == JSON_NULL ? (struct json){0} : v;
	return true;
}

/* The literal of `if . and . > 0 then "A\(.)B" else null end`: A and B; false for any other text. */
static bool
amount_idiom(struct str s, struct str *front, struct str *rear)
{
	static const char head[] = "if . and . > 0 then \"", hole[] = "\\(.)", tail[] = "\" else null end";
	struct str text;
	ptrdiff_t at;

	s = str_trim(s);
	if (!str_starts(s, str_n(head, sizeof head - 1)) || !str_ends(s, str_n(tail, sizeof tail - 1)) || s.n < sizeof head + sizeof tail - 2)
		return false;
	text = str_sub(s, sizeof head - 1, s.n - (sizeof head - 1) - (sizeof tail - 1));
	at = str_find(text, str_n(hole, sizeof hole - 1));
	if (at < 0)
		return false;
	*front = str_sub(text, 0, (size_t)at);
	*rear = str_sub(text, (size_t)at + sizeof hole - 1, text.n);
	return memchr(front->p, '"', front->n) == NULL && memchr(front->p, '\\', front->n) == NULL &&
	    memchr(rear->p, '"', rear->n) == NULL && memchr(rear->p, '\\', rear->n) == NULL;
}

bool
fact_quick(struct str program, struct json incident, struct arena *a, struct json *out)
{
	struct str front, rear;
	const char *bar = program.n > 0 ? memchr(program.p, '|', program.n) : NULL;
	struct json v;
	int64_t n;

	if (path_quick(program, incident, out))
		return true;
	if (bar == NULL || !path_quick(str_n(program.p, (size_t)(bar - program.p)), incident, &v) ||
	    !amount_idiom(str_sub(program, (size_t)(bar - program.p) + 1, program.n), &front, &rear))
		return false;
	if (v.type == JSON_NONE) {
		*out = (struct json){0};
		return true;
	}
	if (v.type != JSON_NUM || v.raw.n > 15 || !str_i64(v.raw, &n))
		return false;
	*out = n > 0 ? json_view(arena_printf(a, "\"%.*s%lld%.*s\"", STRF(front), (long long)n, STRF(rear))) : (struct json){0};
	return true;
}

/* --- ranking ---------------------------------------------------------------------------------------------------------- */

enum fit
playbook_fit(const struct str *types, size_t n, struct str type)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(types[i], type))
			return i == 0 ? FIT_MAIN : FIT_TYPE;
	return FIT_OTHER;
}

int
rank_cmp(const struct rank *a, const struct rank *b)
{
	if (a->type != b->type)
		return a->type > b->type ? -1 : 1;
	if (a->industry != b->industry)
		return a->industry ? -1 : 1;
	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	if (a->effect > b->effect || a->effect < b->effect)
		return a->effect > b->effect ? -1 : 1;
	return str_cmp(a->id, b->id);
}

double
rank_score(const struct rank *r)
{
	static const double by_type[] = {0.0, 0.3, 0.6, 0.7};
	double effect = r->effect < -1 ? -1 : r->effect > 1 ? 1 : r->effect;

	if (r->type == FIT_NONE)
		return 0;
	/* Each step is greater than all that stands behind it: 0.1 > 20 · 0.003 + 2 · 0.001 > … */
	return by_type[r->type] + (r->industry ? 0.2 : 0.1) + 0.003 * (double)r->weight + 0.001 * effect;
}
