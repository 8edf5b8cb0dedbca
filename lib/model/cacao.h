#ifndef MODEL_CACAO_H
#define MODEL_CACAO_H
/*
 * A playbook as OASIS CACAO 2.0 JSON and back. The workflow holds the tasks in the order of what they wait for; what
 * CACAO has no word for travels in a playbook extension, which alone is read back. A digest over the workflow tells
 * whether somebody changed it in between.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "rec/json.h"

enum { CACAO_TEXTS = 16 };
struct cacao_text {
	struct str name, lang, body;
};
struct cacao_book {
	struct str id;                 /* "bank/system-outage" */
	struct str hash;
	struct str own;                /* playbook.yaml as JSON */
	struct str tests;              /* tests.ndjson, may be empty */
	struct cacao_text text[CACAO_TEXTS]; /* those of the folder itself */
	size_t ntext;
};
typedef struct str cacao_digest(struct str data, char hex[65]);

/* folded: the playbook with what it extends. Appends one JSON object. */
void cacao_write(const struct cacao_book *b, struct json folded, cacao_digest *digest, struct buf *out);
/*
 * -1 ERR_DATA: no CACAO 2.0 playbook of ours, a name that would leave its folder, a workflow that is not the one the
 * extension was written with.
 */
int cacao_read(struct json v, cacao_digest *digest, struct arena *a, struct cacao_book *b, struct err *e);

/* The same value always as the same bytes: keys sorted, strings escaped one way, no white space. */
void json_canon(struct json v, struct buf *out);

#endif
