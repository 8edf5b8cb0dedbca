#include "model/lintbook.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "model/reply.h"
#include "model/settle.h"
#include "model/template.h"

struct lint {
	const struct lint_book *b;
	lint_fn *fn;
	void *ctx;
	struct arena a;       /* until the end of the book */
	struct str *role;
	size_t nrole;
	bool abstract, catch_all;
};

static const char *const grades[] = {"hold", "internal", "reactive", "public", NULL};
static const char *const slots[] = {"what", "when", "where", "who", "why", "how", NULL};

/* --- saying it -------------------------------------------------------------------------------------------------------- */

static void say(struct lint *l, struct str path, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static void
say(struct lint *l, struct str path, const char *fmt, ...)
{
	char msg[400];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	l->fn(l->ctx, path, NULL, 0, msg);
}

static void
say_text(struct lint *l, const struct lint_text *t, int line, const char *msg)
{
	l->fn(l->ctx, STR(""), t->path, line, msg);
}

static struct str
at(struct lint *l, struct str path, const char *key)
{
	return path.n > 0 ? arena_printf(&l->a, "%.*s.%s", STRF(path), key) : str_c(key);
}

static struct str
at_str(struct lint *l, struct str path, struct str key)
{
	return arena_printf(&l->a, "%.*s.%.*s", STRF(path), STRF(key));
}

/* --- simple values ---------------------------------------------------------------------------------------------------- */

static struct str
word(struct lint *l, struct json v)
{
	return json_str(v, &l->a);
}

static bool
in(const char *const *words, struct str s)
{
	for (size_t i = 0; words[i] != NULL; i++)
		if (str_is(s, words[i]))
			return true;
	return false;
}

static bool
is_id(struct str s, bool fact)
{
	if (s.n == 0 || s.n > 64 || !(s.p[0] >= 'a' && s.p[0] <= 'z'))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !is_digit(s.p[i]) && s.p[i] != (fact ? '_' : '-'))
			return false;
	return true;
}

static bool
is_date(struct str s)
{
	struct buf b = {0};
	int64_t t;
	bool good;

	buf_str(&b, s);
	buf_puts(&b, "T00:00:00Z");
	good = s.n == 10 && clock_parse(buf_view(&b), &t);
	buf_free(&b);
	return good;
}

static bool
is_version(struct str s)
{
	struct str part;
	int64_t v;
	int n = 0;

	while (str_split(&s, '.', &part)) {
		for (size_t i = 0; i < part.n; i++)
			if (!is_digit(part.p[i]))
				return false;
		if (!str_i64(part, &v) || (part.n > 1 && part.p[0] == '0'))
			return false;
		n++;
	}
	return n == 3;
}

static bool
is_role(const struct lint *l, struct str s)
{
	for (size_t i = 0; i < l->nrole; i++)
		if (str_eq(l->role[i], s))
			return true;
	return false;
}

/* Keys that mean nothing are slips of the pen. */
static void
only(struct lint *l, struct str path, struct json obj, const char *const *keys)
{
	struct json_iter it = json_iter(obj);
	struct json v;
	struct str key;

	while (obj.type == JSON_OBJ && json_next(&it, &key, &v))
		if (!in(keys, key))
			say(l, at_str(l, path, key), "unknown key");
}

static void
phrases(void *ctx, const struct wording_hit *h)
{
	struct { struct lint *l; struct str path, text; } *x = ctx;

	say(x->l, x->path, "'%.*s' is against the law or near it; write instead: %.*s",
	    STRF(utf8_cut_bytes(str_sub(x->text, h->off, h->len), 90)), STRF(utf8_cut_bytes(h->instead, 120)));
}

/* A text in both languages; nothing in it may advise what the law forbids. */
static void
both(struct lint *l, struct str path, struct json v)
{
	static const char *const lang[] = {"zh", "en", NULL};

	if (v.type != JSON_OBJ) {
		say(l, path, "%s", v.type == JSON_NONE ? "is missing (a text: zh and en)" : "expected a text: zh and en");
		return;
	}
	only(l, path, v, lang);
	for (size_t i = 0; lang[i] != NULL; i++) {
		struct { struct lint *l; struct str path, text; } x = {l, at(l, path, lang[i]), word(l, json_get(v, lang[i]))};

		if (str_trim(x.text).n == 0) {
			say(l, x.path, "is missing or empty");
			continue;
		}
		if (i == 0 && text_han(x.text) == 0)
			say(l, x.path, "is not Chinese");
		if (i == 1 && text_words(x.text) < text_han(x.text))
			say(l, x.path, "is not English");
		wording_find(l->b->wording, x.text, 1u << WORDING_UNLAWFUL, phrases, &x);
	}
}

static void
date(struct lint *l, struct str path, struct json v, const char *overdue)
{
	struct str s = word(l, v);

	if (!is_date(s))
		say(l, path, "expected a date (YYYY-MM-DD)");
	else if (overdue != NULL && str_cmp(s, l->b->today) < 0)
		say(l, path, "%s (%.*s)", overdue, STRF(s));
}

/* Items of a list of maps; complains when it is something else. path of an item: list.id, or list.number. */
static bool
next_item(struct lint *l, struct str list, struct json_iter *it, size_t *n, struct json *item, struct str *path)
{
	struct str key, id;

	while (json_next(it, &key, item)) {
		size_t i = (*n)++;

		id = item->type == JSON_OBJ ? word(l, json_get(*item, "id")) : (struct str){0};
		*path = id.n > 0 ? at_str(l, list, id) : arena_printf(&l->a, "%.*s.%zu", STRF(list), i);
		if (item->type == JSON_OBJ)
			return true;
		say(l, *path, "expected a map");
	}
	return false;
}

static struct json_iter
list_of(struct lint *l, const char *key, bool required)
{
	struct json v = json_get(l->b->tree, key);

	if (v.type != JSON_ARR && (required || v.type != JSON_NONE))
		say(l, str_c(key), "%s", v.type == JSON_NONE ? "is missing" : "expected a list");
	return json_iter(v.type == JSON_ARR ? v : (struct json){0});
}

static void
item_id(struct lint *l, struct str path, struct json list, struct json item, bool fact)
{
	struct str id = word(l, json_get(item, "id")), key;
	struct json_iter it = json_iter(list);
	struct json other;
	size_t same = 0;

	if (!is_id(id, fact)) {
		say(l, path, "needs an id of lower-case letters, digits and %s", fact ? "underscores" : "hyphens");
		return;
	}
	while (json_next(&it, &key, &other))
		same += str_eq(word(l, json_get(other, "id")), id);
	if (same > 1)
		say(l, path, "the id stands %zu times", same);
}

static int
level_of(struct lint *l, struct str path, struct json item, const char *key, int fallback)
{
	struct json v = json_get(item, key);
	int level = playbook_level(word(l, v));

	if (v.type == JSON_NONE)
		return fallback;
	if (level < 0) {
		say(l, at(l, path, key), "expected blue, yellow, orange or red");
		return fallback;
	}
	return level;
}

/* --- head ------------------------------------------------------------------------------------------------------------- */

static void
head(struct lint *l)
{
	static const char *const keys[] = {"id", "version", "extends", "abstract", "title", "owner", "reviewed", "review_by",
	    "industry", "types", "scct", "trigger", "weight", "roles", "facts", "tasks", "clocks", "release", "updates", "audiences",
	    "escalation", "stages", "closing", "tests", NULL};
	static const char *const own[] = {"id", "version", "title", "reviewed", "review_by", "industry", "types", NULL};
	struct json v = l->b->tree, weight = json_get(v, "weight"), item;
	struct json_iter it;
	struct str key, id = word(l, json_get(v, "id")), industry = word(l, json_get(v, "industry")), crisis = l->b->id, folder;
	int64_t w;
	size_t n = 0;

	only(l, STR(""), l->b->own, keys);
	for (size_t i = 0; own[i] != NULL; i++)
		if (json_get(l->b->own, own[i]).type == JSON_NONE)
			say(l, str_c(own[i]), "is missing in the file itself");
	if (!str_eq(id, l->b->id))
		say(l, STR("id"), "is not the folder, %.*s", STRF(l->b->id));
	if (!is_version(word(l, json_get(v, "version"))))
		say(l, STR("version"), "expected three numbers, as 1.0.0");
	if (json_get(l->b->own, "extends").type == JSON_NONE && !str_is(l->b->id, "general/common"))
		say(l, STR("extends"), "every playbook extends general/common, itself or through others");
	if (l->abstract != str_is(l->b->id, "general/common"))
		say(l, STR("abstract"), "general/common is abstract, and nothing else");
	both(l, STR("title"), json_get(v, "title"));
	date(l, STR("reviewed"), json_get(v, "reviewed"), NULL);
	date(l, STR("review_by"), json_get(v, "review_by"), "the review has expired");
	if (str_cmp(word(l, json_get(v, "review_by")), word(l, json_get(v, "reviewed"))) < 0)
		say(l, STR("review_by"), "is before reviewed");
	(void)str_split(&crisis, '/', &folder);
	if (!str_eq(industry, folder))
		say(l, STR("industry"), "is not the folder, %.*s", STRF(folder));
	it = json_iter(json_get(v, "types"));
	while (json_next(&it, &key, &item)) {
		struct str t = word(l, item);

		if (l->abstract || l->catch_all) {
			if (!str_is(t, "none"))
				say(l, STR("types"), "must be [none]");
		} else if (!l->b->type_known(l->b->known_ctx, t))
			say(l, STR("types"), "'%.*s' is no crisis type", STRF(utf8_cut_bytes(t, 60)));
		if (n++ == 0 && !l->abstract && !l->catch_all) {
			struct str name = arena_str(&l->a, t);

			for (size_t i = 0; i < name.n; i++)
				if (name.p[i] == '.')
					((char *)(uintptr_t)name.p)[i] = '-';
			if (!str_eq(name, crisis))
				say(l, STR("types"), "the main type %.*s does not name the folder %.*s", STRF(utf8_cut_bytes(t, 60)), STRF(crisis));
		}
	}
	if (n == 0)
		say(l, STR("types"), "expected a list of crisis types");
	if (weight.type != JSON_NONE && (!json_i64(weight, &w) || w < -10 || w > 10))
		say(l, STR("weight"), "expected a whole number from -10 to 10");
	it = json_iter(json_get(v, "roles"));
	for (n = 0; json_next(&it, &key, &item);)
		n++;
	l->role = arena_alloc(&l->a, (n + 1) * sizeof *l->role);
	it = json_iter(json_get(v, "roles"));
	while (json_next(&it, &key, &item)) {
		l->role[l->nrole] = word(l, item);
		if (!is_id(l->role[l->nrole], false))
			say(l, STR("roles"), "a role is a word of lower-case letters, digits and hyphens");
		if (is_role(l, l->role[l->nrole]))
			say(l, STR("roles"), "%.*s stands twice", STRF(l->role[l->nrole]));
		l->nrole++;
	}
	if (l->nrole == 0)
		say(l, STR("roles"), "is missing");
	if (!is_role(l, word(l, json_get(v, "owner"))))
		say(l, STR("owner"), "is not one of roles");
}

static void
scct(struct lint *l)
{
	static const char *const keys[] = {"cluster", "strategies", NULL};
	struct json v = json_get(l->b->tree, "scct"), item;
	struct json_iter it = json_iter(json_get(v, "strategies"));
	struct str cluster = word(l, json_get(v, "cluster")), key;
	int c = -1;
	bool deny = false, other = false, rebuild = false, may_deny = false;
	size_t n = 0;

	only(l, STR("scct"), v, keys);
	for (int i = 0; i < CLUSTERS; i++)
		if (str_is(cluster, playbook_clusters[i]))
			c = i;
	if (c < 0) {
		say(l, STR("scct.cluster"), "expected victim, accidental or preventable");
		return;
	}
	while (json_next(&it, &key, &item)) {
		const struct strategy *s = playbook_strategy(word(l, item));

		n++;
		if (s == NULL) {
			say(l, STR("scct.strategies"), "'%.*s' is no strategy", STRF(utf8_cut_bytes(word(l, item), 60)));
			continue;
		}
		deny = deny || s->family == FAMILY_DENY;
		other = other || s->family == FAMILY_DIMINISH || s->family == FAMILY_REBUILD;
		rebuild = rebuild || s->family == FAMILY_REBUILD;
		if (!s->allowed[c] && s->family != FAMILY_DENY)
			say(l, STR("scct.strategies"), "%s is not allowed in the cluster %s", s->name, playbook_clusters[c]);
	}
	if (n == 0)
		say(l, STR("scct.strategies"), "is missing");
	it = json_iter(json_get(l->b->tree, "types"));
	while (json_next(&it, &key, &item))
		may_deny = may_deny || playbook_may_deny(word(l, item));
	if (deny && !may_deny)
		say(l, STR("scct.strategies"), "deny is for rumours and attacks alone");
	if (deny && other)
		say(l, STR("scct.strategies"), "deny is never mixed with diminish or rebuild");
	if (c == CLUSTER_PREVENTABLE && !rebuild)
		say(l, STR("scct.strategies"), "a preventable crisis needs apologise or compensate");
}

static void
trigger(struct lint *l)
{
	struct json v = l->b->tree, item;
	struct json_iter it = json_iter(json_get(v, "types"));
	struct str program = word(l, json_get(v, "trigger")), key;
	bool reached = false;

	if (program.n == 0) {
		say(l, STR("trigger"), "is missing");
		return;
	}
	if (l->abstract || l->catch_all) {
		if (trigger_quick(program, STR("none")) != (l->abstract ? QUICK_NO : QUICK_YES))
			say(l, STR("trigger"), "must be '%s'", l->abstract ? "false" : "true");
		return;
	}
	while (json_next(&it, &key, &item))
		reached = reached || trigger_quick(program, word(l, item)) != QUICK_NO;
	if (!reached)
		say(l, STR("trigger"), "is unreachable: it holds for none of the types");
	for (size_t i = 0; crisis_type(i) != NULL; i++) {
		bool named = false;

		it = json_iter(json_get(v, "types"));
		while (json_next(&it, &key, &item))
			named = named || json_is(item, crisis_type(i));
		if (!named && trigger_quick(program, str_c(crisis_type(i))) == QUICK_YES) {
			say(l, STR("trigger"), "overlaps: it also holds for %s, which types does not name", crisis_type(i));
			break;
		}
	}
}

/* --- facts, tasks, clocks --------------------------------------------------------------------------------------------- */

static void
facts(struct lint *l)
{
	static const char *const keys[] = {"id", "w", "ask", "from", NULL};
	struct json list = json_get(l->b->tree, "facts"), item;
	struct json_iter it = list_of(l, "facts", true);
	struct str path;
	size_t n = 0;

	while (next_item(l, STR("facts"), &it, &n, &item, &path)) {
		only(l, path, item, keys);
		item_id(l, path, list, item, true);
		if (!in(slots, word(l, json_get(item, "w"))))
			say(l, at(l, path, "w"), "expected what, when, where, who, why or how");
		both(l, at(l, path, "ask"), json_get(item, "ask"));
	}
}

/* The item of a list of the playbook ("tasks", "facts") with this id, or none. */
static struct json
find_item(struct lint *l, const char *list, struct str id)
{
	return json_item(json_get(l->b->tree, list), id, &l->a);
}

/* Whether going back along `after` from a task leads to the id; depth bounds a circle. */
static bool
leads_to(struct lint *l, struct json task, struct str id, int depth)
{
	struct json_iter it = json_iter(json_get(task, "after"));
	struct json item;
	struct str key;

	while (depth < 64 && json_next(&it, &key, &item)) {
		struct str name = word(l, item);

		if (str_eq(name, id) || leads_to(l, find_item(l, "tasks", name), id, depth + 1))
			return true;
	}
	return false;
}

/* Whether a task, or one it waits for at red, is signed by legal. */
static bool
legal_signs(struct lint *l, struct json task, int depth)
{
	struct json_iter it = json_iter(json_get(task, "after"));
	struct json item;
	struct str key;

	if (task.type == JSON_OBJ && playbook_exists_at(task, LEVELS - 1) && json_is(json_get(task, "sign_off"), "legal"))
		return true;
	while (depth < 64 && json_next(&it, &key, &item))
		if (legal_signs(l, find_item(l, "tasks", word(l, item)), depth + 1))
			return true;
	return false;
}

/* A duration, or a map of them; the levels from..to must have one, and a higher level none that is later. */
static void
deadlines(struct lint *l, struct str path, struct json v, int from, int to)
{
	int64_t last = -1;
	int last_level = 0;

	if (v.type == JSON_NONE) {
		say(l, path, "is missing");
		return;
	}
	if (v.type == JSON_OBJ)
		only(l, path, v, playbook_levels);
	for (int level = 0; level < LEVELS; level++) {
		int64_t s = playbook_at_level(v, level);
		bool present = v.type != JSON_OBJ || json_get(v, playbook_levels[level]).type != JSON_NONE;

		if (present && s <= 0) {
			say(l, v.type == JSON_OBJ ? at(l, path, playbook_levels[level]) : path, "expected a duration, as 30m, 2h or 3d");
			if (v.type != JSON_OBJ)
				return;
			continue;
		}
		if (level < from || level > to)
			continue;
		if (!present) {
			say(l, path, "says nothing for %s", playbook_levels[level]);
			continue;
		}
		if (last >= 0 && s > last)
			say(l, at(l, path, playbook_levels[level]), "is later than at %s", playbook_levels[last_level]);
		last = s;
		last_level = level;
	}
}

static void
order(struct lint *l, struct str path, struct json task)
{
	struct json_iter it = json_iter(json_get(task, "after"));
	struct json item;
	struct str key, id = word(l, json_get(task, "id"));

	while (json_next(&it, &key, &item)) {
		struct str name = word(l, item);
		struct json first = find_item(l, "tasks", name);

		if (first.type == JSON_NONE) {
			say(l, at(l, path, "after"), "there is no task '%.*s'", STRF(utf8_cut_bytes(name, 60)));
			continue;
		}
		if (str_eq(name, id) || leads_to(l, first, id, 0)) {
			say(l, at(l, path, "after"), "waits for itself by way of %.*s", STRF(name));
			continue;
		}
		for (int level = 0; level < LEVELS; level++) {
			int64_t mine = playbook_at_level(json_get(task, "deadline"), level);
			int64_t other = playbook_at_level(json_get(first, "deadline"), level);
			bool exist = playbook_exists_at(task, level) && playbook_exists_at(first, level);
			char a[24], b[24];

			if (!exist || mine <= 0 || other <= 0 || mine >= other)
				continue;
			say(l, json_get(task, "deadline").type == JSON_OBJ ? at(l, at(l, path, "deadline"), playbook_levels[level])
			                                                   : at(l, path, "deadline"),
			    "%.*s is before %.*s (%.*s)", STRF(clock_short(mine, a)), STRF(name), STRF(clock_short(other, b)));
		}
	}
}

static bool has_text(const struct lint *l, struct str name);

static void
tasks(struct lint *l)
{
	static const char *const keys[] = {"id", "department", "duty", "from", "to", "deadline", "after", "sign_off", "text", NULL};
	static const char *const to_public[] = {"statement", "media", "regulator", NULL};
	struct json list = json_get(l->b->tree, "tasks"), item;
	struct json_iter it = list_of(l, "tasks", true);
	struct str path;
	size_t n = 0, at_level[LEVELS] = {0};
	bool signed_at_red = false;

	while (next_item(l, STR("tasks"), &it, &n, &item, &path)) {
		int from = level_of(l, path, item, "from", 0), to = level_of(l, path, item, "to", LEVELS - 1);
		struct str department = word(l, json_get(item, "department")), sign = word(l, json_get(item, "sign_off")),
		    text = word(l, json_get(item, "text"));

		only(l, path, item, keys);
		item_id(l, path, list, item, false);
		if (department.n == 0)
			say(l, at(l, path, "department"), "is missing: who does it?");
		else if (!is_role(l, department))
			say(l, at(l, path, "department"), "%.*s is not one of roles", STRF(utf8_cut_bytes(department, 60)));
		both(l, at(l, path, "duty"), json_get(item, "duty"));
		if (from > to)
			say(l, at(l, path, "to"), "is below from: the task exists at no level");
		deadlines(l, at(l, path, "deadline"), json_get(item, "deadline"), from, to);
		order(l, path, item);
		if (sign.n > 0 && !is_role(l, sign))
			say(l, at(l, path, "sign_off"), "%.*s is not one of roles", STRF(utf8_cut_bytes(sign, 60)));
		if (text.n > 0 && !has_text(l, text))
			say(l, at(l, path, "text"), "there is no text '%.*s'", STRF(utf8_cut_bytes(text, 60)));
		for (int level = from; level <= to; level++)
			at_level[level]++;
		if (to == LEVELS - 1 && from <= to) {
			signed_at_red = signed_at_red || str_is(sign, "legal");
			if (in(to_public, text) && !legal_signs(l, item, 0))
				say(l, path, "at red %.*s leaves without legal sign-off before it", STRF(text));
		}
	}
	for (int level = 0; level < LEVELS; level++)
		if (at_level[level] == 0)
			say(l, STR("tasks"), "there is none at %s", playbook_levels[level]);
	if (!signed_at_red)
		say(l, STR("tasks"), "at red no task is signed off by legal");
}

static bool
has_year(struct str s)
{
	for (size_t i = 0; i + 4 <= s.n; i++)
		if ((s.p[i] == '1' || s.p[i] == '2') && is_digit(s.p[i + 1]) && is_digit(s.p[i + 2]) && is_digit(s.p[i + 3]))
			return true;
	return false;
}

static void
clocks(struct lint *l)
{
	static const char *const keys[] = {"id", "what", "within", "to", "from", "source", "verify", NULL};
	struct json list = json_get(l->b->tree, "clocks"), item;
	struct json_iter it = list_of(l, "clocks", false);
	struct str path;
	size_t n = 0;

	while (next_item(l, STR("clocks"), &it, &n, &item, &path)) {
		struct str source = word(l, json_get(item, "source"));

		only(l, path, item, keys);
		item_id(l, path, list, item, false);
		both(l, at(l, path, "what"), json_get(item, "what"));
		both(l, at(l, path, "to"), json_get(item, "to"));
		if (json_get(item, "within").type != JSON_STR)
			say(l, at(l, path, "within"), "expected one duration, as 4h");
		else
			deadlines(l, at(l, path, "within"), json_get(item, "within"), 0, LEVELS - 1);
		(void)level_of(l, path, item, "from", 0);
		if (source.n == 0)
			say(l, at(l, path, "source"), "is missing: which law, rule or house rule?");
		else if (!has_year(source) && str_find(source, STR("self-set")) < 0)
			say(l, at(l, path, "source"), "names no date; a period of our own says self-set");
		date(l, at(l, path, "verify"), json_get(item, "verify"), "the source must be read again");
	}
}

/* --- release, rhythm, audiences, ladder, stages, closing -------------------------------------------------------------- */

static void
release(struct lint *l)
{
	static const char *const keys[] = {"grade", "approve", NULL};
	struct json v = json_get(l->b->tree, "release"), item;
	struct str key;

	only(l, STR("release"), v, playbook_levels);
	for (int level = 0; level < LEVELS; level++) {
		struct str path = at(l, STR("release"), playbook_levels[level]);
		struct json r = json_get(v, playbook_levels[level]);
		struct json_iter it = json_iter(json_get(r, "approve"));
		size_t n = 0;
		bool legal = false;

		if (r.type != JSON_OBJ) {
			say(l, path, "is missing");
			continue;
		}
		only(l, path, r, keys);
		if (!in(grades, word(l, json_get(r, "grade"))))
			say(l, at(l, path, "grade"), "expected hold, internal, reactive or public");
		while (json_next(&it, &key, &item)) {
			struct str role = word(l, item);

			n++;
			legal = legal || str_is(role, "legal");
			if (!is_role(l, role))
				say(l, at(l, path, "approve"), "%.*s is not one of roles", STRF(utf8_cut_bytes(role, 60)));
		}
		if (n == 0)
			say(l, at(l, path, "approve"), "nobody approves");
		else if (level == LEVELS - 1 && !legal)
			say(l, at(l, path, "approve"), "red needs legal");
		if (level == LEVELS - 1 && n == 1)
			say(l, at(l, path, "approve"), "red needs at least two roles");
	}
}

static void
audiences(struct lint *l)
{
	static const char *const keys[] = {"id", "owner", "text", "channel", "message", NULL};
	static const char *const must[] = {"staff", "media", "government", "public", NULL};
	struct json list = json_get(l->b->tree, "audiences"), item, c;
	struct json_iter it = list_of(l, "audiences", true), ch;
	struct str path, key;
	size_t n = 0;
	bool seen[4] = {false};

	while (next_item(l, STR("audiences"), &it, &n, &item, &path)) {
		struct str text = word(l, json_get(item, "text"));
		size_t channels = 0;

		only(l, path, item, keys);
		item_id(l, path, list, item, false);
		for (size_t i = 0; must[i] != NULL; i++)
			seen[i] = seen[i] || json_is(json_get(item, "id"), must[i]);
		if (!is_role(l, word(l, json_get(item, "owner"))))
			say(l, at(l, path, "owner"), "is missing or not one of roles");
		if (str_is(text, "legal"))
			say(l, at(l, path, "text"), "legal notes are never sent out");
		else if (!has_text(l, text))
			say(l, at(l, path, "text"), "there is no text '%.*s'", STRF(utf8_cut_bytes(text, 60)));
		ch = json_iter(json_get(item, "channel"));
		while (json_next(&ch, &key, &c)) {
			channels++;
			if (word(l, c).n == 0)
				say(l, at(l, path, "channel"), "expected a list of names");
		}
		if (channels == 0)
			say(l, at(l, path, "channel"), "is missing");
		both(l, at(l, path, "message"), json_get(item, "message"));
	}
	for (size_t i = 0; must[i] != NULL; i++)
		if (!seen[i])
			say(l, STR("audiences"), "%s is missing", must[i]);
}

static void
ladder(struct lint *l)
{
	static const char *const keys[] = {"after", "to", NULL};
	struct json_iter it = list_of(l, "escalation", true);
	struct json item;
	struct str path;
	size_t n = 0;
	int64_t last = -1;

	while (next_item(l, STR("escalation"), &it, &n, &item, &path)) {
		int64_t s = playbook_at_level(json_get(item, "after"), 0);
		struct str to = word(l, json_get(item, "to"));

		only(l, path, item, keys);
		if (s < 0 || json_get(item, "after").type != JSON_STR)
			say(l, at(l, path, "after"), "expected a duration, as 30m, 2h or 3d");
		else if (s <= last)
			say(l, at(l, path, "after"), "is not later than the step before");
		last = s > last ? s : last;
		if (!l->b->role_known(l->b->known_ctx, to))
			say(l, at(l, path, "to"), "roles.yaml has no role '%.*s'", STRF(utf8_cut_bytes(to, 60)));
	}
	if (n == 0)
		say(l, STR("escalation"), "is empty");
}

static void
stages(struct lint *l)
{
	struct json v = json_get(l->b->tree, "stages");

	only(l, STR("stages"), v, playbook_stages);
	for (int i = 0; i < STAGE_NAMES; i++)
		both(l, at(l, STR("stages"), playbook_stages[i]), json_get(v, playbook_stages[i]));
}

static void
closing(struct lint *l)
{
	static const char *const keys[] = {"id", "what", "test", NULL};
	struct json list = json_get(l->b->tree, "closing"), item;
	struct json_iter it = list_of(l, "closing", true);
	struct str path;
	size_t n = 0;

	while (next_item(l, STR("closing"), &it, &n, &item, &path)) {
		only(l, path, item, keys);
		item_id(l, path, list, item, false);
		both(l, at(l, path, "what"), json_get(item, "what"));
	}
	if (n == 0)
		say(l, STR("closing"), "is empty");
}

/* --- texts ------------------------------------------------------------------------------------------------------------ */

static const struct lint_text *
text_of(const struct lint *l, struct str name, const char *lang)
{
	for (size_t i = 0; i < l->b->ntext; i++)
		if (str_eq(l->b->text[i].name, name) && str_is(l->b->text[i].lang, lang))
			return &l->b->text[i];
	return NULL;
}

static bool
has_text(const struct lint *l, struct str name)
{
	return playbook_text(name) >= 0 && (text_of(l, name, "zh") != NULL || text_of(l, name, "en") != NULL);
}

struct where {
	struct lint *l;
	const struct lint_text *t;
};

static void
on_rule(void *ctx, enum weight weight, int line, const char *rule, const char *msg)
{
	struct where *w = ctx;

	(void)weight;
	(void)rule;
	say_text(w->l, w->t, line, msg);
}

/* A text may repeat a slot a hundred thousand times; once is looked at. */
static bool
first_time(struct map *seen, struct str name)
{
	bool added;

	(void)map_put(seen, name, &added);
	return added;
}

static void
placeholders(struct lint *l, const struct lint_text *t)
{
	struct map seen = {0};
	struct slot s;
	char msg[160];

	for (size_t i = 0; template_next(t->body, &i, &s);) {
		if (!first_time(&seen, s.name))
			continue;
		if (s.name.n == 0)
			say_text(l, t, md_line(t->body, s.off), "'{{' without the id of a fact and '}}'");
		else if (find_item(l, "facts", s.name).type == JSON_NONE) {
			(void)snprintf(msg, sizeof msg, "unknown placeholder {{%.*s}}: no fact of that id", STRF(s.name));
			say_text(l, t, md_line(t->body, s.off), msg);
		}
	}
	map_free(&seen);
}

static void
statement(struct lint *l, const struct lint_text *t)
{
	struct slot s;
	struct map seen = {0};
	bool have[6] = {false};
	char msg[80];

	for (size_t i = 0; template_next(t->body, &i, &s);)
		for (size_t k = 0, n = first_time(&seen, s.name) ? 6 : 0; k < n && slots[k] != NULL; k++)
			have[k] = have[k] || json_is(json_get(find_item(l, "facts", s.name), "w"), slots[k]);
	for (size_t k = 0; slots[k] != NULL; k++)
		if (!have[k]) {
			(void)snprintf(msg, sizeof msg, "the statement does not say %s (5W1H)", slots[k]);
			say_text(l, t, 1, msg);
		}
	if (!template_uses(t->body, STR("next_update")))
		say_text(l, t, 1, "the statement does not name the time of the next word: {{next_update}}");
	map_free(&seen);
}

/* Both languages: the same headings in the same order, the same placeholders. */
static void
in_step(struct lint *l, const struct lint_text *zh, const struct lint_text *en)
{
	struct md_heading *a, *b;
	size_t n = md_headings(zh->body, &l->a, &a), m = md_headings(en->body, &l->a, &b);
	struct map in_zh = {0}, in_en = {0};
	struct slot s;
	char msg[200];

	for (size_t i = 0; i < n && i < m; i++)
		if (a[i].depth != b[i].depth) {
			(void)snprintf(msg, sizeof msg, "out of step with %.*s.zh.md: heading %zu is of another depth", STRF(en->name), i + 1);
			say_text(l, en, b[i].line, msg);
			break;
		}
	if (n != m) {
		(void)snprintf(msg, sizeof msg, "out of step with %.*s.zh.md: %zu headings, there %zu", STRF(en->name), m, n);
		say_text(l, en, 1, msg);
	}
	for (size_t i = 0; template_next(zh->body, &i, &s);)
		if (s.name.n > 0 && first_time(&in_zh, s.name) && !template_uses(en->body, s.name)) {
			(void)snprintf(msg, sizeof msg, "out of step with %.*s.zh.md: {{%.*s}} is missing", STRF(en->name), STRF(s.name));
			say_text(l, en, 1, msg);
		}
	for (size_t i = 0; template_next(en->body, &i, &s);)
		if (s.name.n > 0 && first_time(&in_en, s.name) && !template_uses(zh->body, s.name)) {
			(void)snprintf(msg, sizeof msg, "out of step with %.*s.en.md: {{%.*s}} is missing", STRF(en->name), STRF(s.name));
			say_text(l, zh, 1, msg);
		}
	map_free(&in_zh);
	map_free(&in_en);
}

/* The part of the scripts that answers posts: in both languages at the same place, short enough to be a comment. */
static void
for_posts(struct lint *l, const struct lint_text *zh, const struct lint_text *en)
{
	struct reply_section *a, *b;
	size_t n = reply_sections(zh->body, true, &l->a, &a), m = reply_sections(en->body, false, &l->a, &b);
	char msg[200];

	if (n == 0)
		say_text(l, zh, 1, "no section answers posts: no heading holds 评论 or begins with 网上");
	if (m == 0)
		say_text(l, en, 1, "no section answers posts: no heading holds \"comment\" or begins with Online");
	if (n != m && n > 0 && m > 0) {
		(void)snprintf(msg, sizeof msg, "out of step with reply.zh.md: %zu sections for posts, there %zu", m, n);
		say_text(l, en, 1, msg);
	}
	for (size_t i = 0; i < n; i++)
		if (a[i].said.n == 0)
			say_text(l, zh, md_line(zh->body, (size_t)(a[i].heading.p - zh->body.p)), "a section for posts says nothing");
	for (size_t i = 0; i < m; i++)
		if (b[i].said.n == 0)
			say_text(l, en, md_line(en->body, (size_t)(b[i].heading.p - en->body.p)), "a section for posts says nothing");
}

static void
texts(struct lint *l)
{
	struct text_rules r = {.wording = l->b->wording, .sources = true};
	char msg[200];

	text_rules_for(l->b->tree, &r);
	for (size_t i = 0; playbook_required[i] != NULL && !l->abstract; i++)
		for (int k = 0; k < 2; k++)
			if (text_of(l, str_c(playbook_required[i]), k == 0 ? "zh" : "en") == NULL)
				say(l, STR(""), "the text %s.%s.md is missing", playbook_required[i], k == 0 ? "zh" : "en");
	for (size_t i = 0; i < l->b->ntext; i++) {
		const struct lint_text *t = &l->b->text[i];
		struct where w = {l, t};
		bool zh = str_is(t->lang, "zh");

		if (playbook_text(t->name) < 0) {
			(void)snprintf(msg, sizeof msg, "no text has the name '%.*s'", STRF(utf8_cut_bytes(t->name, 60)));
			say_text(l, t, 1, msg);
			continue;
		}
		if (zh ? text_han(t->body) == 0 : text_words(t->body) < text_han(t->body))
			say_text(l, t, 1, zh ? "is not Chinese" : "is not English");
		placeholders(l, t);
		if (str_is(t->name, "statement") && !l->abstract)
			statement(l, t);
		r.kind = t->name;
		r.zh = zh;
		text_rules_check(&r, t->body, l->b->scan, on_rule, &w);
		if (zh && text_of(l, t->name, "en") != NULL) {
			in_step(l, t, text_of(l, t->name, "en"));
			if (str_is(t->name, "reply"))
				for_posts(l, t, text_of(l, t->name, "en"));
		} else if (text_of(l, t->name, zh ? "en" : "zh") == NULL) {
			(void)snprintf(msg, sizeof msg, "out of step: there is no %.*s.%s.md", STRF(t->name), zh ? "en" : "zh");
			say_text(l, t, 1, msg);
		}
	}
}

void
lint_book(const struct lint_book *b, lint_fn *fn, void *ctx)
{
	struct lint l = {.b = b, .fn = fn, .ctx = ctx};

	if (b->tree.type != JSON_OBJ) {
		say(&l, STR(""), "expected a map");
		return;
	}
	l.abstract = json_get(b->own, "abstract").type == JSON_TRUE;
	l.catch_all = str_is(b->id, "general/catch-all");
	head(&l);
	scct(&l);
	trigger(&l);
	facts(&l);
	tasks(&l);
	clocks(&l);
	release(&l);
	deadlines(&l, STR("updates"), json_get(b->tree, "updates"), 0, LEVELS - 1);
	audiences(&l);
	ladder(&l);
	stages(&l);
	closing(&l);
	texts(&l);
	arena_free(&l.a);
}

bool
lint_pair(const struct lint_head *a, const struct lint_head *b, struct buf *msg)
{
	if (a->abstract || b->abstract || !str_eq(a->industry, b->industry) || a->ntype == 0 || b->ntype == 0)
		return false;
	for (size_t i = 0; i < a->ntype; i++) {
		struct str t = a->type[i];
		enum fit mine = i == 0 ? FIT_MAIN : FIT_TYPE, other = playbook_fit(b->type, b->ntype, t);

		if (str_is(t, "none") || other < FIT_TYPE || trigger_quick(a->trigger, t) != QUICK_YES ||
		    trigger_quick(b->trigger, t) != QUICK_YES || mine != other)
			continue;
		if (a->weight == b->weight && str_cmp(a->id, b->id) < 0) {
			buf_printf(msg, "overlaps with %.*s for %.*s: nothing but the id decides between them", STRF(b->id), STRF(t));
			return true;
		}
		if (a->weight < b->weight && a->ntype == 1) {
			buf_printf(msg, "is unreachable: %.*s always wins for %.*s", STRF(b->id), STRF(t));
			return true;
		}
	}
	return false;
}
