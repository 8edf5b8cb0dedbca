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
