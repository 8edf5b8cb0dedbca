#include <stdlib.h>

#include "ext/yaml.h"
#include "watch.h"

const char *const voice_name[] = {"public", "own", "official", "media", "staff", "rival"};

static void
add_term(struct watch *w, struct str text, uint32_t subject, enum role role, uint32_t arg)
{
	w->term = xgrow(w->term, &w->term_cap, w->nterm + 1, sizeof *w->term);
	w->term[w->nterm++] = (struct term){text, subject, role, arg};
}

/* All entries of a list of words as terms of one role. With role ALL each gets its own number. */
static int
add_list(struct watch *w, const struct ynode *map, const char *key, uint32_t subject, enum role role, uint32_t *count,
    struct err *e)
{
	struct str *v = NULL;
	size_t n = 0;
	int rc = yaml_strs(map, key, &w->mem, &v, &n, e);

	if (rc < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct str t = str_trim(v[i]);

		if (role == ROLE_HASHTAG) {
			if (t.n > 0 && t.p[0] == '#')
				t = str_sub(t, 1, t.n);
			if (t.n > 0 && t.p[t.n - 1] == '#')
				t.n--;
		}
		if (t.n == 0)
			return yaml_err(ynode_get(map, key), e, "key '%s': an empty term", key);
		add_term(w, t, subject, role, count != NULL ? (*count)++ : 0);
	}
	return 0;
}

static void
add_account(struct watch *w, struct str name, enum voice voice, uint32_t subject)
{
	if (name.n > 0 && name.p[0] == '@')
		name = str_sub(name, 1, name.n);
	w->account = xgrow(w->account, &w->account_cap, w->naccount + 1, sizeof *w->account);
	w->account[w->naccount] = (struct account){voice, subject};
	*map_put(&w->accounts, name, NULL) = w->naccount++;
}

static int
add_accounts(struct watch *w, const struct ynode *map, const char *key, enum voice voice, uint32_t subject, struct err *e)
{
	struct str *v = NULL;
	size_t n = 0;

	if (yaml_strs(map, key, &w->mem, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		add_account(w, v[i], voice, subject);
	return 0;
}

static int
load_near(struct watch *w, struct ynode *map, uint32_t si, struct err *e)
{
	static const char *const allowed[] = {"terms", "within", NULL};
	struct subject *s = &w->subject[si];
	struct ynode *list = NULL;

	if (yaml_seq(map, "near", &list, e) < 0)
		return -1;
	if (list == NULL)
		return 0;
	s->near = arena_zalloc(&w->mem, list->n * sizeof *s->near);
	for (size_t i = 0; i < list->n; i++) {
		struct ynode *n = list->item[i];
		struct str *v = NULL;
		size_t k = 0;
		int64_t within = 10;

		if (yaml_want_map(n, "an entry of near", e) != 0 || yaml_only(n, allowed, e) != 0 ||
		    yaml_strs(n, "terms", &w->mem, &v, &k, e) < 0 || yaml_i64(n, "within", 0, 200, &within, e) < 0)
			return -1;
		if (k != 2)
			return yaml_err(n, e, "near needs two terms, not %zu", k);
		s->near[i].within = (uint32_t)within;
		add_term(w, v[0], si, ROLE_NEAR, (uint32_t)i << 1);
		add_term(w, v[1], si, ROLE_NEAR, (uint32_t)i << 1 | 1);
	}
	s->nnear = list->n;
	return 0;
}

static int
load_regex(struct watch *w, struct ynode *map, uint32_t si, struct err *e)
{
	struct subject *s = &w->subject[si];
	size_t n = 0;

	if (yaml_strs(map, "regex", &w->mem, &s->regex_text, &n, e) < 0)
		return -1;
	s->regex = arena_zalloc(&w->mem, (n + 1) * sizeof *s->regex);
	for (; s->nregex < n; s->nregex++) {
		struct err why;

		if (regex_compile(s->regex_text[s->nregex], &s->regex[s->nregex], &why) != 0)
			return yaml_err(ynode_get(map, "regex"), e, "%s", why.msg);
	}
	if (n > 0)
		w->with_regex[w->nwith_regex++] = si;
	return 0;
}

static int
load_subject(struct watch *w, struct ynode *n, uint32_t si, struct err *e)
{
	static const char *const allowed[] = {"id", "name", "industry", "side", "names", "aliases", "products", "people",
	    "any", "ambiguous", "context", "hashtags", "handles", "all", "none", "near", "regex", "accounts", NULL};
	static const char *const name_lists[] = {"name", "names", "aliases", "products", "people", "any", NULL};
	static const char *const sides[] = {"own", "rival", "other", NULL};
	static const char *const who[] = {"own", "staff", NULL};
	struct subject *s = &w->subject[si];
	struct ynode *acc = NULL;
	size_t before = w->nterm;
	int side = 0;

	if (yaml_want_map(n, "a subject", e) != 0 || yaml_only(n, allowed, e) != 0 || yaml_str(n, "id", &s->id, e) < 0 ||
	    yaml_str(n, "name", &s->name, e) < 0 || yaml_str(n, "industry", &s->industry, e) < 0 || yaml_word(n, "side", sides, &side, e) < 0)
		return -1;
	if (s->id.n == 0)
		return yaml_err(n, e, "a subject needs an id");
	for (uint32_t i = 0; i < si; i++)
		if (str_eq(w->subject[i].id, s->id))
			return yaml_err(n, e, "the id '%.*s' stands twice", STRF(s->id));
	for (size_t i = 0; i < s->industry.n; i++)
		if (!is_alnum(s->industry.p[i]) && s->industry.p[i] != '-' && s->industry.p[i] != '_')
			return yaml_err(ynode_get(n, "industry"), e, "key 'industry': expected the name of a folder of playbooks, such as bank");
	s->rival = side == 1;
	for (size_t i = 0; name_lists[i] != NULL; i++)
		if (add_list(w, n, name_lists[i], si, ROLE_NAME, NULL, e) != 0)
			return -1;
	if (add_list(w, n, "handles", si, ROLE_NAME, NULL, e) != 0 ||
	    add_list(w, n, "hashtags", si, ROLE_HASHTAG, NULL, e) != 0)
		return -1;
	s->ambiguous = ynode_get(n, "ambiguous") != NULL;
	if (s->ambiguous && ynode_get(n, "context") == NULL)
		return yaml_err(n, e, "'ambiguous' names need 'context' terms");
	if (add_list(w, n, "ambiguous", si, ROLE_AMBIGUOUS, NULL, e) != 0 ||
	    add_list(w, n, "context", si, ROLE_CONTEXT, NULL, e) != 0 ||
	    add_list(w, n, "all", si, ROLE_ALL, &s->nall, e) != 0 || add_list(w, n, "none", si, ROLE_NONE, NULL, e) != 0 ||
	    load_near(w, n, si, e) != 0 || load_regex(w, n, si, e) != 0)
		return -1;
	if (w->nterm == before && s->nregex == 0)
		return yaml_err(n, e, "the subject '%.*s' has no term to match", STRF(s->id));
	if (yaml_map(n, "accounts", &acc, e) < 0 || (acc != NULL && yaml_only(acc, who, e) != 0))
		return -1;
	if (acc != NULL && (add_accounts(w, acc, "own", s->rival ? VOICE_RIVAL : VOICE_OWN, si, e) != 0 ||
			       add_accounts(w, acc, "staff", VOICE_STAFF, si, e) != 0))
		return -1;
	return add_accounts(w, n, "handles", s->rival ? VOICE_RIVAL : VOICE_OWN, si, e);
}

static int
load_sources(struct watch *w, struct ynode *root, struct err *e)
{
	static const char *const allowed[] = {"block", "subject", NULL};
	struct ynode *map = NULL;

	if (yaml_map(root, "sources", &map, e) < 0)
		return -1;
	w->source_subject = arena_zalloc(&w->mem, ((map != NULL ? map->n : 0) + 1) * sizeof *w->source_subject);
	for (size_t i = 0; map != NULL && i < map->n; i++) {
		uint32_t k = (uint32_t)i + 1;
		size_t from = w->nterm;
		struct str subject = {0};

		if (yaml_want_map(map->item[i], "a source", e) != 0 || yaml_only(map->item[i], allowed, e) != 0 ||
		    yaml_str(map->item[i], "subject", &subject, e) < 0 ||
		    add_list(w, map->item[i], "block", 0, ROLE_BLOCK, NULL, e) != 0)
			return -1;
		for (uint32_t si = 0; subject.n > 0 && si < w->nsubject; si++)
			if (str_eq(w->subject[si].id, subject))
				w->source_subject[k] = si + 1;
		if (subject.n > 0 && w->source_subject[k] == 0)
			return yaml_err(ynode_get(map->item[i], "subject"), e, "key 'subject': there is no subject '%.*s'",
			    STRF(str_sub(subject, 0, 64)));
		for (; from < w->nterm; from++)
			w->term[from].arg = k;
		*map_put(&w->sources, map->key[i].s, NULL) = k;
	}
	return 0;
}

int
watch_load(struct watch *w, const struct fold *fold, const char *path, struct err *e)
{
	static const char *const top[] = {"subjects", "block", "sources", "accounts", NULL};
	static const char *const who[] = {"official", "media", NULL};
	struct ynode *root, *list = NULL, *acc = NULL;

	if (yaml_load(path, &w->mem, &root, e) != 0 || yaml_want_map(root, "watch.yaml", e) != 0 ||
	    yaml_only(root, top, e) != 0 || yaml_seq(root, "subjects", &list, e) < 0)
		return -1;
	if (list == NULL || list->n == 0)
		return yaml_err(root, e, "no subjects to watch");
	w->nsubject = list->n;
	w->subject = arena_zalloc(&w->mem, list->n * sizeof *w->subject);
	w->with_regex = arena_zalloc(&w->mem, list->n * sizeof *w->with_regex);
	for (size_t i = 0; i < list->n; i++)
		if (load_subject(w, list->item[i], (uint32_t)i, e) != 0)
			return -1;
	if (add_list(w, root, "block", 0, ROLE_BLOCK, NULL, e) != 0 || load_sources(w, root, e) != 0 ||
	    yaml_map(root, "accounts", &acc, e) < 0 || (acc != NULL && yaml_only(acc, who, e) != 0))
		return -1;
	if (acc != NULL && (add_accounts(w, acc, "official", VOICE_OFFICIAL, 0, e) != 0 ||
			       add_accounts(w, acc, "media", VOICE_MEDIA, 0, e) != 0))
		return -1;
	for (size_t i = 0; i < w->nterm; i++)
		if (!matcher_add(&w->matcher, fold, w->term[i].text, (uint32_t)i))
			return err_set(e, ERR_CONFIG, "%s: nothing is left of the term '%.*s'", path, STRF(w->term[i].text));
	matcher_build(&w->matcher);
	return 0;
}

void
watch_free(struct watch *w)
{
	for (size_t i = 0; i < w->nsubject; i++)
		for (size_t k = 0; k < w->subject[i].nregex; k++)
			regex_free(w->subject[i].regex[k]);
	matcher_free(&w->matcher);
	map_free(&w->accounts);
	map_free(&w->sources);
	free(w->term);
	free(w->account);
	arena_free(&w->mem);
}
