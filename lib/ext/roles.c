#include "ext/roles.h"

#include "ext/yaml.h"

const char *const role_may_names[ROLE_MAY + 1] = {"open", "work", "escalate", "lower", "close", "correct", "import", NULL};

struct role {
	struct str id;
	bool may[ROLE_MAY];
};
struct person {
	struct str login, name;
	struct str *role;
	size_t n;
};
struct roles {
	struct role *role;
	size_t nrole;
	struct person *person;
	size_t nperson;
	struct person anyone; /* people who are not listed */
	struct str *act_for;
	size_t nact_for;
};

static const struct role *
find_role(const struct roles *r, struct str id)
{
	for (size_t i = 0; i < r->nrole; i++)
		if (str_eq(r->role[i].id, id))
			return &r->role[i];
	return NULL;
}

static const struct person *
find_person(const struct roles *r, struct str login)
{
	for (size_t i = 0; i < r->nperson; i++)
		if (str_eq(r->person[i].login, login))
			return &r->person[i];
	return &r->anyone;
}

static int
read_role(const struct ynode *n, struct arena *a, struct role *role, struct err *e)
{
	static const char *const keys[] = {"id", "title", "may", NULL};
	struct str *may;
	size_t nmay = 0;
	int r;

	if (yaml_want_map(n, "a role", e) != 0 || yaml_only(n, keys, e) != 0)
		return -1;
	if ((r = yaml_str(n, "id", &role->id, e)) <= 0)
		return r < 0 ? -1 : yaml_err(n, e, "a role needs an 'id'");
	if (yaml_strs(n, "may", a, &may, &nmay, e) < 0)
		return -1;
	for (size_t i = 0; i < nmay; i++) {
		int k = 0;

		while (role_may_names[k] != NULL && !str_is(may[i], role_may_names[k]))
			k++;
		if (role_may_names[k] == NULL)
			return yaml_err(ynode_get(n, "may"), e,
			    "key 'may': '%.*s' is not one of open, work, escalate, lower, close, correct, import",
			    STRF(may[i]));
		role->may[k] = true;
	}
	return 0;
}

/* Every role a person is given must exist, or a slip of the pen takes a right away unseen. */
static int
read_roles_of(
    const struct roles *r, const struct ynode *n, const char *key, struct arena *a, struct person *p, struct err *e)
{
	int got = yaml_strs(n, key, a, &p->role, &p->n, e);

	for (size_t i = 0; got > 0 && i < p->n; i++)
		if (find_role(r, p->role[i]) == NULL)
			return yaml_err(
			    ynode_get(n, key), e, "key '%s': there is no role '%.*s'", key, STRF(p->role[i]));
	return got;
}

static int
read_person(const struct roles *r, const struct ynode *n, struct arena *a, struct person *p, struct err *e)
{
	static const char *const keys[] = {"login", "name", "roles", NULL};
	int got;

	if (yaml_want_map(n, "a person", e) != 0 || yaml_only(n, keys, e) != 0)
		return -1;
	if ((got = yaml_str(n, "login", &p->login, e)) <= 0)
		return got < 0 ? -1 : yaml_err(n, e, "a person needs a 'login'");
	if (yaml_str(n, "name", &p->name, e) < 0)
		return -1;
	got = read_roles_of(r, n, "roles", a, p, e);
	return got < 0 ? -1 : got == 0 ? yaml_err(n, e, "a person needs 'roles'") : 0;
}

int
roles_load(const char *path, struct arena *a, struct roles **out, struct err *e)
{
	static const char *const keys[] = {"roles", "people", "anyone", "act_for", NULL};
	struct roles *r = arena_zalloc(a, sizeof *r);
	struct ynode *root, *list;
	int got;

	if (yaml_load(path, a, &root, e) != 0 || yaml_want_map(root, "roles.yaml", e) != 0 ||
	    yaml_only(root, keys, e) != 0)
		return -1;
	if ((got = yaml_seq(root, "roles", &list, e)) <= 0)
		return got < 0 ? -1 : yaml_err(root, e, "needs a list 'roles'");
	r->role = arena_zalloc(a, (list->n + 1) * sizeof *r->role);
	for (size_t i = 0; i < list->n; i++) {
		if (read_role(list->item[i], a, &r->role[i], e) != 0)
			return -1;
		if (find_role(r, r->role[i].id) != NULL)
			return yaml_err(list->item[i], e, "role '%.*s' stands twice", STRF(r->role[i].id));
		r->nrole++;
	}
	if ((got = yaml_seq(root, "people", &list, e)) < 0)
		return -1;
	if (got > 0) {
		r->person = arena_zalloc(a, (list->n + 1) * sizeof *r->person);
		for (size_t i = 0; i < list->n; i++) {
			if (read_person(r, list->item[i], a, &r->person[i], e) != 0)
				return -1;
			if (find_person(r, r->person[i].login) != &r->anyone)
				return yaml_err(
				    list->item[i], e, "person '%.*s' stands twice", STRF(r->person[i].login));
			r->nperson++;
		}
	}
	if (read_roles_of(r, root, "anyone", a, &r->anyone, e) < 0 ||
	    yaml_strs(root, "act_for", a, &r->act_for, &r->nact_for, e) < 0)
		return -1;
	*out = r;
	return 0;
}

bool
roles_known(const struct roles *r, struct str role)
{
	return find_role(r, role) != NULL;
}

bool
roles_has(const struct roles *r, struct str login, struct str role)
{
	const struct person *p = find_person(r, login);

	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->role[i], role))
			return true;
	return false;
}

bool
roles_may(const struct roles *r, struct str login, enum role_may what)
{
	const struct person *p = find_person(r, login);

	for (size_t i = 0; i < p->n; i++)
		if (find_role(r, p->role[i])->may[what])
			return true;
	return false;
}

bool
roles_act_for(const struct roles *r, struct str login)
{
	for (size_t i = 0; i < r->nact_for; i++)
		if (str_eq(r->act_for[i], login))
			return true;
	return false;
}

size_t
roles_of(const struct roles *r, struct str login, struct str *out, size_t max)
{
	const struct person *p = find_person(r, login);

	for (size_t i = 0; i < p->n && i < max; i++)
		out[i] = p->role[i];
	return p->n;
}

size_t
roles_people(const struct roles *r, struct str role, struct str *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < r->nperson; i++)
		if (roles_has(r, r->person[i].login, role)) {
			if (n < max)
				out[n] = r->person[i].login;
			n++;
		}
	return n;
}

struct str
roles_name(const struct roles *r, struct str login)
{
	const struct person *p = find_person(r, login);

	return p != &r->anyone && p->name.n > 0 ? p->name : login;
}
