#ifndef MODEL_LINTBOOK_H
#define MODEL_LINTBOOK_H
/* What is wrong with a playbook: everything of tocsin-playbook(5) that can be seen without running jq. */
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "model/pii.h"
#include "model/textrule.h"
#include "rec/json.h"

struct lint_text {
	struct str name, lang, body;
	const char *path;
};
struct lint_book {
	struct str id;               /* the folder */
	struct json tree, own;       /* with its parents folded in; the file alone */
	const struct lint_text *text; /* [ntext] inherited ones too */
	size_t ntext;
	const struct wording *wording;
	struct str today;            /* "2026-11-22" */
	bool (*type_known)(void *, struct str type);
	bool (*role_known)(void *, struct str role); /* of roles.yaml, for the escalation ladder */
	void *known_ctx;
	struct pii_scan *scan;
};
/* path: dotted, of playbook.yaml; or empty, then file and line are given. */
typedef void lint_fn(void *ctx, struct str path, const char *file, int line, const char *msg);
void lint_book(const struct lint_book *b, lint_fn *fn, void *ctx);

/* Two playbooks that would fight over the same incidents, or one of which can never win. Called for each pair once. */
struct lint_head {
	struct str id, industry, trigger;
	const struct str *type;
	size_t ntype;
	int64_t weight;
	bool abstract;
};
/* True: *msg says what is wrong with a because of b. */
bool lint_pair(const struct lint_head *a, const struct lint_head *b, struct buf *msg);

#endif
