#include "model/platform.h"

#include "base/tsv.h"

enum { MAX_NAME = 96 };

static struct str
fold(struct str s, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (is_space(s.p[i]))
			continue;
		if (n == MAX_NAME)
			return STR("");
		out[n++] = to_lower(s.p[i]);
	}
	return str_n(out, n);
}

static void
learn(struct platform_names *p, struct str name, size_t i)
{
	char tmp[MAX_NAME];
	bool added;
	struct str key = fold(name, tmp);
	uintptr_t *at;

	if (key.n == 0)
		return;
	at = map_put(&p->id, key, &added);
	if (added) /* the first row that claims a name has it */
		*at = i;
}

int
platform_names_load(struct str tsv, const char *name, struct arena *a, struct platform_names *out, struct err *e)
{
	struct tsv t;
	size_t room = 1;
	int r;

	for (size_t i = 0; i < tsv.n; i++)
		room += tsv.p[i] == '\n';
	*out = (struct platform_names){.v = arena_alloc(a, room * sizeof *out->v)};
	tsv_open(&t, tsv, name);
	while ((r = tsv_next(&t, 3, e)) > 0) {
		struct str rest = t.n > 3 ? t.col[3] : STR(""), word;

		out->v[out->n] = t.col[0];
		learn(out, t.col[0], out->n);
		while (str_split(&rest, '|', &word))
			learn(out, word, out->n);
		out->n++;
	}
	return r;
}

struct str
platform_id(const struct platform_names *p, struct str name)
{
	char tmp[MAX_NAME];
	struct str key = fold(name, tmp);
	const uintptr_t *at = key.n > 0 && p->n > 0 ? map_get(&p->id, key) : NULL;

	return at != NULL ? p->v[*at] : name;
}

void
platform_names_free(struct platform_names *p)
{
	map_free(&p->id);
}
