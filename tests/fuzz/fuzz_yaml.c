/* Configuration files: whatever the bytes, a tree or a message with a place; a tree is valid JSON. */
#include <stdlib.h>

#include "base/utf8.h"
#include "ext/yaml.h"
#include "rec/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define MUST(x) do { if (!(x)) abort(); } while (0)

static void
walk(const struct ynode *n, struct arena *a)
{
	static const char *const words[] = {"a", NULL};
	struct str s, *list;
	size_t count;
	int64_t i;
	double d;
	bool b;
	int w;

	MUST(n->line > 0 && n->file != NULL);
	(void)ynode_bool(n, &b);
	(void)ynode_i64(n, &i);
	(void)ynode_f64(n, &d);
	for (size_t k = 0; k < n->n; k++) {
		if (n->type == Y_MAP) {
			struct err e = {0};

			MUST(ynode_find(n, n->key[k].s) == n->item[k]);
			if (yaml_str(n, n->key[k].s.p, &s, &e) < 0)
				MUST(e.msg[0] != '\0');
			(void)yaml_strs(n, n->key[k].s.p, a, &list, &count, &e);
			(void)yaml_duration(n, n->key[k].s.p, &i, &e);
			(void)yaml_word(n, n->key[k].s.p, words, &w, &e);
			(void)yaml_only(n, words, &e);
		}
		walk(n->item[k], a);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {0};
	struct ynode *root;
	struct err e = {0};
	struct buf json = {0};
	struct json_fault f;

	if (yaml_parse(str_n((const char *)data, n), "f.yaml", &a, &root, &e) != 0) {
		MUST(e.msg[0] != '\0' && strncmp(e.msg, "f.yaml", 6) == 0);
	} else {
		walk(root, &a);
		yaml_json(root, &json);
		MUST(utf8_valid(json.p, json.n));
		MUST(json_valid(buf_view(&json), &f));
	}
	buf_free(&json);
	arena_free(&a);
	return 0;
}
