#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "model/taxonomy.h"
#include "rec/json.h"

enum use_kind {
	USE_TYPE, USE_CUE, USE_SEVERITY, USE_RUMOUR, USE_KIND, USE_INDUSTRY, USE_EXCLUDE, USE_GUARDED, USE_NEAR, USE_GAP,
	USE_ENTITY
};

struct tax_use {
	uint16_t index;
	uint8_t kind;
	float weight;
};
struct tax_pattern {
	uint32_t first;  /* of its uses */
	uint16_t n;
	uint8_t guarded; /* a guard may take it away */
	uint8_t near;    /* it makes a guard speak */
};
/* What the matcher reports: the pattern, and what need not be looked up then. */
enum { HIT_NEAR = 1 << 30, HIT_PATTERN = HIT_NEAR - 1 };
/* A listing, while files are read. */
struct tax_listing {
	uint32_t pattern;
	uint8_t kind;
	uint16_t index;
	float weight;
};
struct tax_term {
	struct str text; /* folded, as first listed */
	bool gap;        /* stands for "a..b": found by its head */
};
struct tax_gap {
	uint32_t pattern; /* of the whole */
	uint32_t first, n; /* ids of the tail, in tax.tail */
};

/* --- loading ------------------------------------------------------------------------------------------------------ */

struct load {
	struct tax *t;
	const struct fold *fold;
	struct tax_fault *f;
	struct err *e;
};

/* Iteration that keeps the place for messages. */
struct walk {
	struct json_iter it;
	size_t i;
};

static struct walk
enter(struct load *l, struct json v)
{
	if (l->f->depth < TAX_STEPS)
		l->f->step[l->f->depth] = 0;
	l->f->depth++;
	return (struct walk){json_iter(v), 0};
}

static bool
step(struct load *l, struct walk *w, struct str *key, struct json *val)
{
	if (!json_next(&w->it, key, val)) {
		l->f->depth--;
		return false;
	}
	if (l->f->depth <= TAX_STEPS)
		l->f->step[l->f->depth - 1] = w->i;
	w->i++;
	return true;
}

static int
fail(struct load *l, const char *what, struct str got)
{
	return err_set(l->e, ERR_CONFIG, "%s: '%.*s'", what, STRF(utf8_cut_bytes(got, 60)));
}

static struct str
keep(struct load *l, struct str s)
{
	return arena_str(&l->t->mem, s);
}

static struct str
text_of(struct load *l, struct json v)
{
	struct str s = v.type == JSON_STR ? json_str(v, &l->t->mem) : v.type == JSON_NUM || v.type == JSON_TRUE ||
	    v.type == JSON_FALSE ? v.raw : STR("");

	return keep(l, s);
}

static int
text_member(struct load *l, struct json v, const char *what, struct str *out)
{
	*out = text_of(l, v);
	return out->n > 0 ? 0 : fail(l, what, v.raw);
}

static bool
is_id(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(is_alnum(s.p[i]) || s.p[i] == '.' || s.p[i] == '-' || s.p[i] == '_'))
			return false;
	return s.n > 0 && s.n <= 64;
}

/* The ids a term is compared by, as bytes in t->scratch: inflections of a word are one term. */
static struct str
ids_of(struct load *l, struct str term)
{
	struct tax *t = l->t;

	match_read(l->fold, term, MATCH_USERS | MATCH_STEMS, &t->layout);
	return str_n((const char *)t->layout.id, t->layout.n * sizeof *t->layout.id);
}

static uint32_t
pattern(struct load *l, struct str term, bool gap, bool *added)
{
	struct tax *t = l->t;
	bool fresh;
	uintptr_t *slot = map_put(&t->patterns, gap ? term : ids_of(l, term), &fresh);

	if (fresh) {
		t->term = xgrow(t->term, &t->term_cap, t->npatterns + 1, sizeof *t->term);
		t->term[t->npatterns] = (struct tax_term){keep(l, term), gap};
		*slot = ++t->npatterns;
	}
	if (added != NULL)
		*added = fresh;
	return (uint32_t)(*slot - 1);
}

static void
use(struct load *l, uint32_t pat, enum use_kind kind, size_t index, float weight)
{
	struct tax *t = l->t;

	t->listing = xgrow(t->listing, &t->listing_cap, t->nlistings + 1, sizeof *t->listing);
	t->listing[t->nlistings++] = (struct tax_listing){pat, (uint8_t)kind, (uint16_t)index, weight};
}

/* "a..b": the head leads to the whole. */
static int
add_gap(struct load *l, struct str term, size_t at, uint32_t *pat)
{
	struct tax *t = l->t;
	struct str head = keep(l, str_trim(str_sub(term, 0, at))), tail = keep(l, str_trim(str_sub(term, at + 2, term.n))), ids;
	struct tax_gap *g;
	bool added;

	if (head.n == 0 || tail.n == 0)
		return fail(l, "expected text on both sides of ..", term);
	if (str_find(tail, STR("..")) >= 0)
		return fail(l, "only one .. may stand in a term", term);
	*pat = pattern(l, keep(l, term), true, &added);
	if (!added)
		return 0;
	ids = ids_of(l, tail);
	if (ids.n == 0)
		return fail(l, "nothing is left of the part behind ..", term);
	t->gap = xgrow(t->gap, &t->gap_cap, t->ngaps + 1, sizeof *t->gap);
	g = &t->gap[t->ngaps];
	*g = (struct tax_gap){.pattern = *pat, .first = (uint32_t)t->ntail, .n = (uint32_t)(ids.n / sizeof(uint32_t))};
	t->tail = xgrow(t->tail, &t->tail_cap, t->ntail + g->n, sizeof *t->tail);
	memcpy(t->tail + t->ntail, ids.p, ids.n);
	t->ntail += g->n;
	use(l, pattern(l, head, false, NULL), USE_GAP, t->ngaps++, 0);
	return 0;
}

static int
add_term(struct load *l, struct json v, enum use_kind kind, size_t index, float weight)
{
	struct buf *b = &l->t->scratch;
	struct str s;
	ptrdiff_t gap;
	uint32_t pat = 0;

	buf_reset(b);
	fold_str(l->fold, text_of(l, v), b);
	s = keep(l, buf_view(b));
	if (v.type == JSON_ARR || v.type == JSON_OBJ || s.n == 0 || ids_of(l, s).n == 0)
		return fail(l, "expected a term", v.raw);
	l->t->nterms++;
	if (kind == USE_ENTITY) {
		matcher_add(&l->t->entity_matcher, l->fold, s, (uint32_t)index);
		return 0;
	}
	gap = str_find(s, STR(".."));
	if (gap < 0)
		pat = pattern(l, s, false, NULL);
	else if (add_gap(l, s, (size_t)gap, &pat) != 0)
		return -1;
	use(l, pat, kind, index, weight);
	return 0;
}

static int
add_terms(struct load *l, struct json v, enum use_kind kind, size_t index, float weight)
{
	struct str key;
	struct json item;
	struct walk w;

	if (v.type == JSON_STR)
		return add_term(l, v, kind, index, weight);
	if (v.type != JSON_ARR)
		return fail(l, "expected a list of terms", v.raw);
	w = enter(l, v);
	while (step(l, &w, &key, &item))
		if (add_term(l, item, kind, index, weight) != 0)
			return -1;
	return 0;
}

/* {3: [...], 2: [...]} */
static int
add_weighted(struct load *l, struct json v, size_t type)
{
	struct str key;
	struct json item;
	struct walk w = enter(l, v);

	if (v.type != JSON_OBJ)
		return fail(l, "expected lists of terms by weight, as {3: [...], 1: [...]}", v.raw);
	while (step(l, &w, &key, &item)) {
		if (key.n != 1 || key.p[0] < '1' || key.p[0] > '3')
			return fail(l, "terms are listed by sureness 3, 2 or 1, not", key);
		if (add_terms(l, item, USE_TYPE, type, (float)(key.p[0] - '0' + (l->t->extended && key.p[0] == '3' ? TAX_OWN : 0))) != 0)
			return -1;
	}
	return 0;
}

static int
labels(struct load *l, struct json v, struct str *en, struct str *zh)
{
	struct str key;
	struct json item;
	struct walk w = enter(l, v);

	if (v.type == JSON_STR) {
		l->f->depth--;
		*en = *zh = text_of(l, v);
		return 0;
	}
	if (v.type != JSON_OBJ)
		return fail(l, "expected a label", v.raw);
	while (step(l, &w, &key, &item)) {
		struct str *dst = str_is(key, "en") ? en : str_is(key, "zh") ? zh : NULL;

		if (dst == NULL)
			return fail(l, "expected zh or en, not", key);
		if (text_member(l, item, "expected a label", dst) != 0)
			return -1;
	}
	return 0;
}

/* Detection weighs these: a name it does not know would change nothing. */
static bool
known_severity(struct str id)
{
	static const char *const known[] = {"death", "injury", "minor", "money", "police", "regulator", "media"};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_is(id, known[i]))
			return true;
	return false;
}

/* A map of named groups of words: {name: {label, zh: [...], en: [...]}}. */
static int
load_names(struct load *l, struct json v, struct tax_name *name, size_t *n, enum use_kind kind)
{
	struct str key, key2;
	struct json item, val;
	struct walk w = enter(l, v), w2;

	if (v.type != JSON_OBJ)
		return fail(l, "expected a map", v.raw);
	while (step(l, &w, &key, &item)) {
		size_t i = 0;

		if (!is_id(key))
			return fail(l, "a name is made of letters, digits, dot, dash and underline, not", key);
		while (i < *n && !str_eq(name[i].id, key))
			i++;
		if (i == *n) {
			if (kind == USE_SEVERITY && !known_severity(key))
				return fail(l, "severity is one of death, injury, minor, money, police, regulator, media, not", key);
			if (*n == TAX_NAMES)
				return fail(l, "too many entries; no room for", key);
			name[(*n)++] = (struct tax_name){.id = keep(l, key), .label_en = keep(l, key), .label_zh = keep(l, key)};
		}
		if (kind == USE_ENTITY && item.type == JSON_ARR) {
			if (add_terms(l, item, kind, i, 1) != 0)
				return -1;
			continue;
		}
		if (item.type != JSON_OBJ)
			return fail(l, "expected a map with zh and en", item.raw);
		w2 = enter(l, item);
		while (step(l, &w2, &key2, &val)) {
			if (str_is(key2, "label")) {
				if (labels(l, val, &name[i].label_en, &name[i].label_zh) != 0)
					return -1;
			} else if (str_is(key2, "zh") || str_is(key2, "en")) {
				if (add_terms(l, val, kind, i, 1) != 0)
					return -1;
			} else {
				return fail(l, "unknown key (label, zh, en are known)", key2);
			}
		}
	}
	return 0;
}

static int
cue_index(struct load *l, struct str id, bool add)
{
	struct tax *t = l->t;

	for (size_t i = 0; i < t->ncues; i++)
		if (str_eq(t->cue[i], id))
			return (int)i;
	if (!add)
		return -1;
	if (t->ncues == TAX_CUES || !is_id(id))
		return -1;
	t->cue[t->ncues] = keep(l, id);
	return (int)t->ncues++;
}

static int
load_cues(struct load *l, struct json v)
{
	struct str key, lang;
	struct json item, val;
	struct walk w = enter(l, v), w2;

	if (v.type != JSON_OBJ)
		return fail(l, "expected a map of cues", v.raw);
	while (step(l, &w, &key, &item)) {
		int i = cue_index(l, key, true);

		if (i < 0)
			return fail(l, "a bad name of a cue, or too many cues", key);
		if (item.type != JSON_OBJ)
			return fail(l, "expected a map with zh and en", item.raw);
		w2 = enter(l, item);
		while (step(l, &w2, &lang, &val)) {
			if (!str_is(lang, "zh") && !str_is(lang, "en"))
				return fail(l, "unknown key (zh, en are known)", lang);
			if (add_terms(l, val, USE_CUE, (size_t)i, 1) != 0)
				return -1;
		}
	}
	return 0;
}

static int
load_rule(struct load *l, struct json v, size_t type)
{
	struct tax *t = l->t;
	struct tax_rule r = {.type = (uint16_t)type, .weight = 1};
	struct str key, key2;
	struct json item, val;
	struct walk w = enter(l, v), w2;
	double num = 0;

	if (v.type != JSON_OBJ)
		return fail(l, "expected a rule {all: [cue, ...], weight: n}", v.raw);
	while (step(l, &w, &key, &item)) {
		if (str_is(key, "all")) {
			w2 = enter(l, item);
			while (step(l, &w2, &key2, &val)) {
				int c = cue_index(l, text_of(l, val), false);

				if (c < 0)
					return fail(l, "no such cue", val.raw);
				if (r.ncue == 4)
					return fail(l, "at most four cues in a rule", val.raw);
				r.cue[r.ncue++] = (uint16_t)c;
			}
		} else if (str_is(key, "weight") || str_is(key, "near")) {
			bool near = str_is(key, "near");

			if (!json_f64(item, &num) || num <= 0 || num > (near ? 200 : 10))
				return fail(l, near ? "expected a distance up to 200" : "expected a weight up to 10", item.raw);
			if (near)
				r.near = (uint8_t)num;
			else
				r.weight = (float)num;
		} else {
			return fail(l, "unknown key (all, weight, near are known)", key);
		}
	}
	if (r.ncue == 0)
		return fail(l, "a rule needs cues under 'all'", v.raw);
	t->rule = xgrow(t->rule, &t->rule_cap, t->nrules + 1, sizeof *t->rule);
	t->rule[t->nrules++] = r;
	return 0;
}

int
tax_find_type(const struct tax *t, struct str id)
{
	for (size_t i = 0; i < t->ntypes; i++)
		if (str_eq(t->type[i].id, id))
			return (int)i;
	return -1;
}

static int
one_of(struct load *l, struct json v, const char *const words[], struct str *out)
{
	*out = text_of(l, v);
	for (size_t i = 0; words[i] != NULL; i++)
		if (str_is(*out, words[i]))
			return 0;
	return fail(l, words == NULL ? "" : "not one of the words tocsin-taxonomy(5) names here", v.raw);
}

static int
load_leaf(struct load *l, struct json v, struct str id, struct str group)
{
	static const char *const clusters[] = {"victim", "accidental", "preventable", NULL};
	static const char *const origins[] = {"internal", "external", NULL};
	struct tax *t = l->t;
	int found = tax_find_type(t, id);
	size_t ti = found >= 0 ? (size_t)found : t->ntypes;
	struct tax_type *ty = &t->type[ti];
	struct str key, name;
	struct json item, val;
	struct walk w = enter(l, v), w2;

	if (!is_id(id))
		return fail(l, "a type is named with letters, digits, dot, dash and underline, not", id);
	if (found < 0) {
		if (t->ntypes == TAX_TYPES)
			return fail(l, "too many types; no room for", id);
		*ty = (struct tax_type){.id = keep(l, id), .label_en = keep(l, id), .label_zh = keep(l, id), .industry = -1};
		t->ntypes++;
	}
	ty->group = group;
	while (step(l, &w, &key, &item)) {
		size_t before = t->nterms;

		if (str_is(key, "label")) {
			if (labels(l, item, &ty->label_en, &ty->label_zh) != 0)
				return -1;
		} else if (str_is(key, "cluster")) {
			if (one_of(l, item, clusters, &ty->cluster) != 0)
				return -1;
		} else if (str_is(key, "origin")) {
			if (one_of(l, item, origins, &ty->origin) != 0)
				return -1;
		} else if (str_is(key, "industry")) {
			name = text_of(l, item);
			ty->industry = -1;
			for (size_t i = 0; i < t->nindustries; i++)
				if (str_eq(t->industry[i].id, name))
					ty->industry = (int)i;
			if (ty->industry < 0)
				return fail(l, "no such industry", name);
		} else if (str_is(key, "zh") || str_is(key, "en")) {
			if (add_weighted(l, item, ti) != 0)
				return -1;
			ty->nterms += t->nterms - before;
		} else if (str_is(key, "none")) {
			if (add_terms(l, item, USE_EXCLUDE, ti, 1) != 0)
				return -1;
		} else if (str_is(key, "when")) {
			if (item.type != JSON_ARR)
				return fail(l, "expected a list of rules", item.raw);
			w2 = enter(l, item);
			while (step(l, &w2, &name, &val))
				if (load_rule(l, val, ti) != 0)
					return -1;
		} else {
			return fail(l, "unknown key (label, cluster, origin, industry, zh, en, when, none, types are known)", key);
		}
	}
	return 0;
}

static int
load_types(struct load *l, struct json v, struct str group, int depth)
{
	struct str key, key2, a = {0}, b = {0};
	struct json item, val;
	struct walk w = enter(l, v), w2;

	if (v.type != JSON_OBJ)
		return fail(l, "expected a map of types", v.raw);
	if (depth > 4)
		return fail(l, "types are nested too deep", v.raw);
	while (step(l, &w, &key, &item)) {
		struct json sub = json_get(item, "types");

		if (item.type != JSON_OBJ)
			return fail(l, "expected a type", key);
		if (sub.type == JSON_NONE) {
			if (load_leaf(l, item, keep(l, key), group) != 0)
				return -1;
			continue;
		}
		w2 = enter(l, item);
		while (step(l, &w2, &key2, &val)) {
			if (str_is(key2, "label")) {
				if (labels(l, val, &a, &b) != 0)
					return -1;
			} else if (str_is(key2, "types")) {
				if (load_types(l, val, keep(l, key), depth + 1) != 0)
					return -1;
			} else {
				return fail(l, "unknown key (a group has label and types)", key2);
			}
		}
	}
	return 0;
}

static int
load_guards(struct load *l, struct json v)
{
	struct tax *t = l->t;
	struct str key, key2;
	struct json item, val;
	struct walk w = enter(l, v), w2;

	if (v.type != JSON_ARR)
		return fail(l, "expected a list of guards", v.raw);
	while (step(l, &w, &key, &item)) {
		size_t g = t->nguards;
		double span = 6;
		int some = 0;

		if (item.type != JSON_OBJ)
			return fail(l, "expected a guard {of: [...], near: [...], span: n}", item.raw);
		if (g >= 250)
			return fail(l, "too many guards", item.raw);
		w2 = enter(l, item);
		while (step(l, &w2, &key2, &val)) {
			if (str_is(key2, "of") || str_is(key2, "near")) {
				bool of = str_is(key2, "of");

				some |= of ? 1 : 2;
				if (add_terms(l, val, of ? USE_GUARDED : USE_NEAR, g, 1) != 0)
					return -1;
			} else if (str_is(key2, "span")) {
				if (!json_f64(val, &span) || span < 1 || span > 200)
					return fail(l, "expected a span between 1 and 200", val.raw);
			} else {
				return fail(l, "unknown key (of, near, span are known)", key2);
			}
		}
		if (some != 3)
			return fail(l, "a guard needs 'of' and 'near'", item.raw);
		t->guard_span = xgrow(t->guard_span, &t->guard_cap, g + 1, sizeof *t->guard_span);
		t->guard_span[g] = (uint8_t)span;
		t->nguards++;
	}
	return 0;
}

static int
load_none(struct load *l, struct json v)
{
	struct str key;
	struct json item;
	struct walk w = enter(l, v);

	if (v.type != JSON_OBJ)
		return fail(l, "expected a map with zh and en", v.raw);
	while (step(l, &w, &key, &item)) {
		if (!str_is(key, "zh") && !str_is(key, "en"))
			return fail(l, "unknown key (zh, en are known)", key);
		if (add_weighted(l, item, 0) != 0)
			return -1;
	}
	return 0;
}

static int
load_version(struct load *l, struct json v)
{
	struct str s = text_of(l, v);

	return str_is(s, "1") ? 0 : fail(l, "this program reads version 1, not", s.n > 0 ? s : v.raw);
}

int
tax_load(struct tax *t, const struct fold *fold, struct str json, struct tax_fault *f, struct err *e)
{
	struct load l = {t, fold, f, e};
	struct json root = json_view(json), item;
	struct str key;
	struct walk w;

	*f = (struct tax_fault){0};
	t->extended = t->ntypes > 0;
	if (t->ntypes == 0)
		t->type[t->ntypes++] = (struct tax_type){.id = STR("none"), .label_en = STR("None"), .label_zh = STR("无"), .industry = -1};
	if (root.type != JSON_OBJ)
		return fail(&l, "expected a map: a taxonomy", root.raw);
	/* industries and cues are referred to by types, wherever they stand */
	for (int pass = 0; pass < 2; pass++) {
		w = enter(&l, root);
		while (step(&l, &w, &key, &item)) {
			bool early = str_is(key, "industries") || str_is(key, "cues");

			if (early != (pass == 0))
				continue;
			if (str_is(key, "industries") ? load_names(&l, item, t->industry, &t->nindustries, USE_INDUSTRY) :
			    str_is(key, "cues") ? load_cues(&l, item) :
			    str_is(key, "kinds") ? load_names(&l, item, t->kind, &t->nkinds, USE_KIND) :
			    str_is(key, "severity") ? load_names(&l, item, t->severity, &t->nseverities, USE_SEVERITY) :
			    str_is(key, "rumour") ? load_names(&l, item, t->rumour, &t->nrumours, USE_RUMOUR) :
			    str_is(key, "entities") ? load_names(&l, item, t->entity, &t->nentities, USE_ENTITY) :
			    str_is(key, "types") ? load_types(&l, item, STR(""), 0) :
			    str_is(key, "none") ? load_none(&l, item) :
			    str_is(key, "guards") ? load_guards(&l, item) :
			    str_is(key, "version") ? load_version(&l, item) :
			    str_is(key, "extends") ? 0 :
			    fail(&l, "unknown key (version, extends, industries, types, none, cues, kinds, severity, rumour, guards, "
			             "entities are known)", key))
				return -1;
		}
	}
	return 0;
}

static int
by_pattern(const void *pa, const void *pb)
{
	const struct tax_listing *a = pa, *b = pb;

	if (a->pattern != b->pattern)
		return a->pattern < b->pattern ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->index != b->index)
		return a->index < b->index ? -1 : 1;
	return a->weight > b->weight ? -1 : a->weight < b->weight;
}

static int
by_first_cue(const void *pa, const void *pb)
{
	const struct tax_rule *a = pa, *b = pb;

	if (a->cue[0] != b->cue[0])
		return a->cue[0] < b->cue[0] ? -1 : 1;
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	return a->cue[1] < b->cue[1] ? -1 : a->cue[1] > b->cue[1];
}

int
tax_finish(struct tax *t, const struct fold *fold, struct err *e)
{
	size_t n = 0;

	if (t->ntypes < 2)
		return err_set(e, ERR_CONFIG, "the taxonomy has no types");
	if (t->nlistings > 0)
		qsort(t->listing, t->nlistings, sizeof *t->listing, by_pattern);
	t->pattern = xcalloc(t->npatterns + 1, sizeof *t->pattern);
	t->use = xcalloc(t->nlistings + 1, sizeof *t->use);
	for (size_t i = 0; i < t->nlistings; i++) { /* one listing of a term under one heading is enough: the heavier */
		const struct tax_listing *x = &t->listing[i];
		struct tax_pattern *p = &t->pattern[x->pattern];

		if (i > 0 && x[-1].pattern == x->pattern && x[-1].kind == x->kind && x[-1].index == x->index)
			continue;
		if (p->n == 0)
			p->first = (uint32_t)n;
		p->n++;
		p->guarded |= x->kind == USE_GUARDED;
		p->near |= x->kind == USE_NEAR;
		t->use[n++] = (struct tax_use){x->index, x->kind, x->weight};
	}
	if (t->nrules > 0)
		qsort(t->rule, t->nrules, sizeof *t->rule, by_first_cue);
	for (size_t c = 0, i = 0; c <= TAX_CUES; c++) {
		while (i < t->nrules && t->rule[i].cue[0] < c)
			i++;
		t->rule_of[c] = (uint16_t)i;
	}
	t->matcher.stems = true;
	for (size_t i = 0; i < t->npatterns; i++)
		if (!t->term[i].gap)
			matcher_add(&t->matcher, fold, t->term[i].text, (uint32_t)i | (t->pattern[i].near ? HIT_NEAR : 0));
	matcher_build(&t->matcher);
	matcher_build(&t->entity_matcher);
	return 0;
}

void
tax_free(struct tax *t)
{
	free(t->rule);
	free(t->guard_span);
	map_free(&t->patterns);
	free(t->pattern);
	free(t->use);
	free(t->term);
	free(t->listing);
	matcher_free(&t->matcher);
	matcher_free(&t->entity_matcher);
	free(t->gap);
	free(t->tail);
	match_text_free(&t->layout);
	arena_free(&t->mem);
	buf_free(&t->scratch);
	*t = (struct tax){0};
}

/* --- scanning ----------------------------------------------------------------------------------------------------- */

struct spot { /* a word that makes a guard speak */
	uint32_t guard;
	uint32_t beg, end; /* units */
};
enum { SPOTS = 256 };

static bool
guarded(const struct tax *t, const struct tax_pattern *p, const struct match_hit *h, const struct spot *spot, size_t nspot)
{
	for (size_t i = p->first; i < p->first + p->n; i++) {
		const struct tax_use *u = &t->use[i];

		if (u->kind != USE_GUARDED)
			continue;
		for (size_t k = 0; k < nspot; k++) {
			uint32_t span = t->guard_span[u->index];

			if (spot[k].guard == u->index && spot[k].end + span >= h->unit && h->unit + h->nunit + span >= spot[k].beg)
				return true;
		}
	}
	return false;
}

static inline void
keep_hit(struct tax_hit *to, const struct match_hit *h, uint32_t pat, uint16_t index, float weight)
{
	to->off = h->off;
	to->len = h->len;
	to->unit = h->unit;
	to->pattern = pat;
	to->index = index;
	to->weight = weight;
}

static inline void
evidence(struct tax_scan *s, const struct tax_use *u, uint32_t pat, const struct match_hit *h, bool again)
{
	if (h->unit + h->nunit <= s->last[u->index])
		return; /* within a longer one */
	s->last[u->index] = h->unit + h->nunit;
	if (again)
		return;
	s->score[u->index] += u->weight;
	if (s->nev < TAX_HITS)
		keep_hit(&s->ev[s->nev++], h, pat, u->index, u->weight);
}

static void apply_whole(const struct tax *, struct tax_scan *, uint32_t pat, const struct match_hit *, const struct spot *, size_t);

/* The head of a gap term was found: does its tail follow soon? */
static inline void
close_gap(const struct tax *t, struct tax_scan *s, const struct tax_gap *g, const struct match_hit *h,
    const struct spot *spot, size_t nspot)
{
	const struct match_text *m = &s->mt;
	const uint32_t *tail = t->tail + g->first, *const id = m->id, first = tail[0];
	size_t at = h->unit + h->nunit, end = at + TAX_GAP + 1;

	if (m->n < g->n)
		return;
	if (end > m->n - g->n + 1)
		end = m->n - g->n + 1;
	for (; at < end; at++)
		if (id[at] == first && (g->n == 1 || memcmp(id + at, tail, g->n * sizeof *tail) == 0)) {
			const struct match_unit *last = &m->unit[at + g->n - 1];
			struct match_hit whole = {.unit = h->unit, .nunit = (uint32_t)(at + g->n - h->unit), .off = h->off,
			    .len = last->off + last->len - h->off};

			apply_whole(t, s, g->pattern, &whole, spot, nspot);
			return;
		}
}

static inline __attribute__((always_inline)) void
apply(const struct tax *t, struct tax_scan *s, uint32_t pat, const struct match_hit *h, const struct spot *spot, size_t nspot)
{
	const struct tax_pattern *p = &t->pattern[pat];
	const struct tax_use *u = t->use + p->first, *const end = u + p->n;
	bool again = s->seen[pat] == s->texts;

	if (p->guarded && guarded(t, p, h, spot, nspot))
		return;
	s->seen[pat] = s->texts;
	for (; u < end; u++)
		switch ((enum use_kind)u->kind) {
		case USE_TYPE:
			evidence(s, u, pat, h, again);
			break;
		case USE_CUE:
			s->cues[u->index / 64] |= (uint64_t)1 << (u->index % 64);
			if (s->ncue_hit < TAX_HITS)
				keep_hit(&s->cue_hit[s->ncue_hit++], h, pat, u->index, 0);
			break;
		case USE_SEVERITY:
			s->severity |= 1u << u->index;
			break;
		case USE_RUMOUR:
			s->rumour |= 1u << u->index;
			break;
		case USE_KIND:
			s->kind[u->index] += 1;
			break;
		case USE_INDUSTRY:
			s->industry[u->index] += 1;
			break;
		case USE_EXCLUDE:
			s->score[u->index] -= 100;
			break;
		case USE_GAP:
			close_gap(t, s, &t->gap[u->index], h, spot, nspot);
			break;
		case USE_GUARDED:
		case USE_NEAR:
		case USE_ENTITY:
			break;
		}
}

/* Out of line: a gap within a gap would have no end there. */
static void
apply_whole(const struct tax *t, struct tax_scan *s, uint32_t pat, const struct match_hit *h, const struct spot *spot, size_t nspot)
{
	apply(t, s, pat, h, spot, nspot);
}

/* The nearest pair of hits of the cues of r lies within r->near of one another. */
static bool
near_enough(const struct tax_scan *s, const struct tax_rule *r)
{
	for (size_t i = 0; i < s->ncue_hit; i++) {
		size_t met = 0;

		if (s->cue_hit[i].index != r->cue[0])
			continue;
		for (size_t c = 1; c < r->ncue; c++)
			for (size_t j = 0; j < s->ncue_hit; j++) {
				uint32_t a = s->cue_hit[i].unit, b = s->cue_hit[j].unit;

				if (s->cue_hit[j].index == r->cue[c] && (a > b ? a - b : b - a) <= r->near) {
					met++;
					break;
				}
			}
		if (met + 1 == r->ncue)
			return true;
	}
	return false;
}

static void
rule(struct tax_scan *s, const struct tax_rule *r)
{
	bool all = true;

	for (size_t c = 1; c < r->ncue && all; c++)
		all = s->cues[r->cue[c] / 64] >> (r->cue[c] % 64) & 1;
	if (!all || (r->near > 0 && !near_enough(s, r)))
		return;
	s->score[r->type] += r->weight;
	for (size_t c = 0; c < r->ncue; c++)
		for (size_t j = 0; j < s->ncue_hit && s->nev < TAX_HITS; j++)
			if (s->cue_hit[j].index == r->cue[c]) {
				s->ev[s->nev] = s->cue_hit[j];
				s->ev[s->nev].index = r->type;
				s->ev[s->nev++].weight = r->weight / (float)r->ncue;
				break;
			}
}

/* The cues seen, in order, and the rules that begin with them. */
static void
list_cues(const struct tax *t, struct tax_scan *s)
{
	for (size_t w = 0; w < TAX_CUES / 64; w++)
		for (uint64_t left = s->cues[w]; left != 0; left &= left - 1) {
			size_t c = w * 64 + (size_t)__builtin_ctzll(left);

			s->cue_list[s->ncues++] = (uint16_t)c;
			for (size_t i = t->rule_of[c]; i < t->rule_of[c + 1]; i++)
				rule(s, &t->rule[i]);
		}
}

void
tax_scan(const struct tax *t, const struct fold *fold, struct str text, struct tax_scan *s)
{
	struct spot spot[SPOTS];
	size_t nspot = 0;

	match_read(fold, text, MATCH_STEMS, &s->mt);
	match_scan(&t->matcher, &s->mt);
	if (s->seen == NULL || ++s->texts == 0) {
		free(s->seen);
		s->seen = xcalloc(t->npatterns, sizeof *s->seen);
		s->texts = 1;
	}
	memset(s->score, 0, t->ntypes * sizeof *s->score);
	memset(s->last, 0, t->ntypes * sizeof *s->last);
	memset(s->industry, 0, sizeof s->industry);
	memset(s->kind, 0, sizeof s->kind);
	memset(s->cues, 0, sizeof s->cues);
	s->severity = s->rumour = 0;
	s->nev = s->ncue_hit = s->ncues = 0;
	for (size_t i = 0; i < s->mt.nhit && t->nguards > 0; i++) { /* guards speak for what stands before them, too */
		const struct match_hit *h = &s->mt.hit[i];
		const struct tax_pattern *p;

		if (!(h->value & HIT_NEAR))
			continue;
		p = &t->pattern[h->value & HIT_PATTERN];
		for (size_t k = p->first; k < p->first + p->n; k++)
			if (t->use[k].kind == USE_NEAR && nspot < SPOTS)
				spot[nspot++] = (struct spot){t->use[k].index, h->unit, h->unit + h->nunit};
	}
	for (size_t i = 0; i < s->mt.nhit; i++)
		apply(t, s, s->mt.hit[i].value & HIT_PATTERN, &s->mt.hit[i], spot, nspot);
	list_cues(t, s);
	for (size_t i = 0; i < t->ntypes; i++)
		if (s->score[i] < 0)
			s->score[i] = 0;
}

void
tax_scan_free(struct tax_scan *s)
{
	match_text_free(&s->mt);
	free(s->seen);
}
