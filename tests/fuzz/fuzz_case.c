/* Events of a case out of an import: lines of kind, a space, data. Whatever they are, the records are valid JSON. */
#include <stdlib.h>

#include "base/utf8.h"
#include "model/casefile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define MUST(x) do { if (!(x)) abort(); } while (0)

static void
check(const struct casefile *c, struct buf *out)
{
	struct json_fault f;

	buf_reset(out);
	casefile_json(c, out);
	MUST(json_valid(buf_view(out), &f));
	for (size_t i = 0; i < c->ntask; i++) {
		buf_reset(out);
		casefile_task_json(c, &c->task[i], out);
		MUST(json_valid(buf_view(out), &f));
		(void)casefile_waits_for(c, &c->task[i]);
		MUST(casefile_ladder(c, &c->task[i], INT64_C(1) << 40) <= c->nladder);
		(void)casefile_would_circle(c, c->task[0].id, c->task[i].id);
	}
	buf_reset(out);
	(void)casefile_signed(c, out);
	MUST(casefile_open_tasks(c) <= c->ntask);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str rest = {(const char *)data, n}, line, kind;
	struct casefile c;
	struct buf out = {0};
	struct json_fault f;
	int64_t seq = 0;

	if (!utf8_valid((const char *)data, n))
		return 0; /* rec has refused it before */
	casefile_init(&c, STR("c-2026-0001"));
	while (n > 0 && str_split(&rest, '\n', &line)) {
		struct case_event ev = {.seq = seq, .ts = 1795334400 + seq * 100, .actor = STR("li")};
		struct err e = {0};

		if (!str_split(&line, ' ', &kind) || line.p == NULL || !json_valid(line, &f))
			continue;
		seq++;
		ev.kind = kind;
		ev.data = line;
		if (casefile_apply(&c, &ev, &e) != 0)
			MUST(e.msg[0] != '\0');
	}
	if (c.state != CASE_NONE)
		check(&c, &out);
	buf_free(&out);
	casefile_free(&c);
	return 0;
}
