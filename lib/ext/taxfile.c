#include "ext/taxfile.h"
#include "ext/yaml.h"

/* "file:line: " of the node the steps lead to, before the message e holds. */
static int
at_line(const struct ynode *n, const size_t *step, unsigned depth, struct err *e)
{
	struct err what = *e;

	for (unsigned i = 0; i < depth && i < TAXFILE_STEPS && step[i] < n->n; i++)
		n = n->item[step[i]];
	return yaml_err(n, e, "%s", what.msg);
}

static int
hand_over(const struct ynode *root, taxfile_take *take, void *ctx, struct err *e)
{
	size_t step[TAXFILE_STEPS] = {0};
	struct buf json = {0};
	unsigned depth = 0;
	int rc;

	yaml_json(root, &json);
	rc = take(ctx, buf_view(&json), step, &depth, e);
	buf_free(&json);
	return rc == 0 ? 0 : at_line(root, step, depth, e);
}

int
taxfile_load(const char *path, const char *shipped, taxfile_take *take, void *ctx, struct arena *a, struct err *e)
{
	struct ynode *root, *under;
	struct str base = {0};
	int rc;

	if (yaml_load(path, a, &root, e) != 0 || yaml_want_map(root, "a taxonomy", e) != 0)
		return -1;
	rc = yaml_str(root, "extends", &base, e);
	if (rc < 0)
		return -1;
	if (rc > 0) {
		if (!str_is(base, "shipped"))
			return yaml_err(ynode_get(root, "extends"), e, "key 'extends': only 'shipped' can be extended");
		if (shipped == NULL)
			return yaml_err(ynode_get(root, "extends"), e, "key 'extends': there is no shipped taxonomy");
		if (yaml_load(shipped, a, &under, e) != 0 || yaml_want_map(under, "a taxonomy", e) != 0)
			return -1;
		if (ynode_get(under, "extends") != NULL)
			return yaml_err(ynode_get(under, "extends"), e, "key 'extends': the shipped taxonomy extends nothing");
		if (hand_over(under, take, ctx, e) != 0)
			return -1;
	}
	return hand_over(root, take, ctx, e);
}

/* Types stand in types, at any depth; what holds types is a group and none itself. */
static bool
below(const struct ynode *n, struct str id)
{
	const struct ynode *types = ynode_get(n, "types");

	for (size_t i = 0; types != NULL && types->type == Y_MAP && i < types->n; i++)
		if ((str_eq(types->key[i].s, id) && ynode_get(types->item[i], "types") == NULL) || below(types->item[i], id))
			return true;
	return false;
}

bool
taxfile_lists(const char *path, const char *shipped, bool industry, struct str id)
{
	struct arena a = {0};
	struct ynode *root;
	struct err e;
	bool found = false;

	if (path != NULL && yaml_load(path, &a, &root, &e) == 0) {
		found = industry ? ynode_find(ynode_get(root, "industries"), id) != NULL : below(root, id);
		if (!found && shipped != NULL && ynode_get(root, "extends") != NULL)
			found = taxfile_lists(shipped, NULL, industry, id);
	}
	arena_free(&a);
	return found;
}
