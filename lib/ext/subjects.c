#include "ext/subjects.h"
#include "ext/yaml.h"

static bool
is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return s.n > 0;
}

const struct ynode *
subjects_read(const char *path, struct arena *a)
{
	struct ynode *root;
	struct err e;

	return path != NULL && yaml_load(path, a, &root, &e) == 0 ? ynode_get(root, "subjects") : NULL;
}

bool
subjects_list(const struct ynode *subjects, struct str id)
{
	for (size_t i = 0; subjects != NULL && i < subjects->n; i++) {
		struct str own = {0};

		if (yaml_str(subjects->item[i], "id", &own, NULL) == 1 && str_eq(own, id))
			return true;
	}
	return false;
}

static bool
holds(const struct ynode *n, const char *key, struct str term, struct arena *a)
{
	struct str *v = NULL;
	size_t k = 0;

	if (yaml_strs(n, key, a, &v, &k, NULL) == 1)
		while (k-- > 0)
			if (str_eq(v[k], term))
				return true;
	return false;
}

static const char *
role_of(const struct ynode *s, struct str term, struct arena *a)
{
	static const char *const names[] = {"names", "aliases", "ambiguous", "hashtags", "handles"};
	const struct ynode *near = ynode_get(s, "near");
	struct str name = {0};

	if (yaml_str(s, "name", &name, NULL) == 1 && str_eq(name, term))
		return "name";
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (holds(s, names[i], term, a))
			return "name";
	if (holds(s, "products", term, a))
		return "product";
	if (holds(s, "people", term, a))
		return "person";
	for (size_t i = 0; near != NULL && i < near->n; i++)
		if (holds(near->item[i], "terms", term, a))
			return "context";
	return holds(s, "context", term, a) ? "context" : NULL;
}

const char *
subjects_role(const struct ynode *subjects, struct str id, struct str term, struct arena *a)
{
	for (size_t i = 0; subjects != NULL && i < subjects->n; i++) {
		struct str own = {0};

		if (yaml_str(subjects->item[i], "id", &own, NULL) == 1 && str_eq(own, id))
			return role_of(subjects->item[i], term, a);
	}
	return NULL;
}

struct str
subjects_name(const struct ynode *subjects, struct str id, bool zh, struct arena *a)
{
	for (size_t i = 0; subjects != NULL && i < subjects->n; i++) {
		struct str own = {0}, name = {0}, *names = NULL;
		size_t n = 0;

		if (yaml_str(subjects->item[i], "id", &own, NULL) != 1 || !str_eq(own, id) ||
		    yaml_str(subjects->item[i], "name", &name, NULL) != 1)
			continue;
		if (!zh && !is_ascii(name) && yaml_strs(subjects->item[i], "names", a, &names, &n, NULL) == 1)
			for (size_t j = 0; j < n && !is_ascii(name); j++)
				name = is_ascii(names[j]) ? names[j] : name;
		return name;
	}
	return id;
}
