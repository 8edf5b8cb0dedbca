/* classify --entities: what a post names, as spans. */
#include <string.h>

#include "base/mem.h"
#include "classify.h"
#include "cli/path.h"
#include "ext/subjects.h"

enum { TERMS = 64 };

struct watched {
	struct str term[TERMS], id[TERMS];
	enum entity_kind kind[TERMS];
	size_t n;
};

/* What a term of a subject is, as watch.yaml lists it; false for words that are nobody's name. */
static bool
is_name(struct str id, struct str term, struct arena *tmp, enum entity_kind *kind)
{
	static struct arena kept;
	static const struct ynode *subjects;
	static bool read;
	const char *role;

	if (!read)
		subjects = subjects_read(path_config(NULL, "watch.yaml", NULL), &kept);
	read = true;
	role = subjects_role(subjects, id, term, tmp);
	*kind = role == NULL ? ENTITY_ORG : strcmp(role, "product") == 0 ? ENTITY_PRODUCT :
	    strcmp(role, "person") == 0 ? ENTITY_PERSON : ENTITY_ORG;
	return role == NULL || strcmp(role, "context") != 0;
}

/* The names match-subject found in this post. */
static void
read_subjects(struct rec *r, struct watched *out)
{
	struct json_iter it = json_iter(rec_get(r, "subjects")), terms;
	struct json subject, term;
	struct str key;

	while (json_next(&it, &key, &subject)) {
		terms = json_iter(json_get(subject, "terms"));
		while (out->n < TERMS && json_next(&terms, &key, &term)) {
			out->term[out->n] = json_str(term, &r->tmp);
			out->id[out->n] = json_str(json_get(subject, "id"), &r->tmp);
			out->n += is_name(out->id[out->n], out->term[out->n], &r->tmp, &out->kind[out->n]);
		}
	}
}

static void
put_entity(const struct entity *e, struct str text, const char *in, const struct watched *s, struct jw *w)
{
	jw_obj(w);
	jw_kcstr(w, "kind", entity_name[e->kind]);
	jw_kstr(w, "text", str_sub(text, e->off, e->len));
	if (in != NULL)
		jw_kcstr(w, "in", in);
	jw_key(w, "at");
	jw_arr(w);
	jw_int(w, (int64_t)e->from);
	jw_int(w, (int64_t)e->to);
	jw_end(w);
	if (e->kind == ENTITY_AMOUNT) {
		jw_knum(w, "value", e->value, 4);
		jw_kcstr(w, "unit", e->unit);
		if (e->approx)
			jw_kbool(w, "approx", true);
	}
	if (e->when[0] != '\0')
		jw_kcstr(w, "value", e->when);
	if (e->subject >= 0 && s->id[e->subject].n > 0)
		jw_kstr(w, "subject", s->id[e->subject]);
	jw_end(w);
}

static void
put_all(struct entity_finder *f, struct str text, const char *in, const struct entity_about *about,
    const struct watched *s, struct jw *w)
{
	const struct entity *e;
	size_t n = entity_find(f, text, about, &e);

	for (size_t i = 0; i < n; i++)
		put_entity(&e[i], text, in, s, w);
}

void
write_entities(struct entity_finder *f, struct rec *r, struct jw *w)
{
	struct str title = rec_str(r, "title"), text = rec_str(r, "text");
	struct entity_about about = {.published = INT64_MIN, .taiwan = str_is(rec_str(r, "lang"), "zh-TW")};
	struct watched s = {.n = 0};

	(void)rec_time(r, "published", &about.published);
	read_subjects(r, &s);
	about.term = s.term;
	about.kind = s.kind;
	about.nterms = s.n;
	jw_key(w, "entities");
	jw_arr(w);
	if (title.n > 0)
		put_all(f, title, "title", &about, &s, w);
	put_all(f, text, NULL, &about, &s, w);
	jw_end(w);
}
