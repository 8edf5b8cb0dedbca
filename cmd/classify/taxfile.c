#include "base/file.h"
#include "classify.h"
#include "cli/msg.h"
#include "cli/path.h"
#include "ext/yaml.h"

static void
load_file(struct classifier *c, const char *path, struct arena *a, int depth)
{
	struct ynode *root, *n;
	struct tax_fault f = {0};
	struct buf json = {0};
	struct str base = {0};
	struct err e, at;
	int rc;

	if (yaml_load(path, a, &root, &e) != 0 || yaml_want_map(root, "a taxonomy", &e) != 0)
		msg_die(&e);
	rc = yaml_str(root, "extends", &base, &e);
	if (rc < 0)
		msg_die(&e);
	if (rc > 0) {
		const char *shipped = path_data("taxonomy.yaml", &e);

		if (!str_is(base, "shipped") || depth > 0) {
			(void)yaml_err(ynode_get(root, "extends"), &e, "key 'extends': only 'shipped' can be extended");
			msg_die(&e);
		}
		if (shipped == NULL)
			msg_die(&e);
		load_file(c, shipped, a, depth + 1);
	}
	yaml_json(root, &json);
	if (tax_load(&c->tax, &c->fold, buf_view(&json), &f, &e) != 0) {
		n = root;
		for (unsigned i = 0; i < f.depth && i < TAX_STEPS && f.step[i] < n->n; i++)
			n = n->item[f.step[i]];
		(void)yaml_err(n, &at, "%s", e.msg);
		msg_die(&at);
	}
	buf_free(&json);
}

const char *
open_taxonomy(struct classifier *c, const char *path, struct arena *a)
{
	struct err e;
	const char *found = path_config(path, "taxonomy.yaml", &e);

	if (found == NULL)
		msg_die(&e);
	load_file(c, found, a, 0);
	return found;
}
