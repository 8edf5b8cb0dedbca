/*
 * A text, a line "----", JSON: templates, wording, triggers over the text; lint, plan, settling, CACAO over the JSON.
 * Whatever they are, what is written is valid JSON, and triggers that are known without jq are not contradicted by type.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "model/cacao.h"
#include "model/diff.h"
#include "model/lintbook.h"
#include "model/plan.h"
#include "model/settle.h"
#include "model/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define MUST(x) do { if (!(x)) abort(); } while (0)

static const char table[] = "vague\tzh\t高度重视\tx\nvague\ten\tas soon as possible\tx\nunlawful\tzh\t花钱*删\tx\n"
    "unlawful\ten\tpay* to delete\tx\napology\tzh\t道歉\t-\ndeny\ten\tstrongly deny\tx\npromise\tzh\t绝对安全\tx\n";

static void
ignore(void *ctx, struct str path, const char *file, int line, const char *msg)
{
	size_t *count = ctx;

	(void)file;
	MUST(msg[0] != '\0' && path.n < 4096 && line >= 0);
	(*count)++;
}

static bool
any(void *ctx, struct str s)
{
	(void)ctx;
	return s.n % 2 == 0;
}

static bool
lookup(void *ctx, struct str name, struct str *value, struct str *ask)
{
	*value = *(struct str *)ctx;
	*ask = name;
	return name.n % 2 == 0;
}

static struct str
fake_digest(struct str s, char hex[65])
{
	(void)snprintf(hex, 65, "%064zx", s.n);
	return str_n(hex, 64);
}

static void
texts(struct str text, struct arena *a, struct buf *out)
{
	struct str program = utf8_cut_bytes(text, 300), value = STR("{{x}}");
	struct slot s;
	struct json v;
	size_t last = 0;

	for (size_t at = 0; template_next(text, &at, &s); last = at)
		MUST(s.off >= last && s.off + s.len <= text.n && at > last);
	template_fill(text, text.n % 2 == 0, lookup, &value, out);
	MUST(utf8_valid(out->p != NULL ? out->p : "", out->n));
	(void)text_han(buf_view(out));
	(void)text_words(text);
	buf_reset(out);
	(void)text_diff(program, text, out);
	MUST(!(trigger_quick(program, STR("a")) == QUICK_YES && trigger_quick(program, STR("a")) == QUICK_NO));
	(void)fact_quick(program, json_view(STR("{\"a\":{\"b\":1}}")), a, &v);
}

static void
books(struct json v, struct str text, const struct wording *w, struct arena *a, struct buf *out)
{
	struct lint_text t[2] = {{STR("statement"), STR("zh"), text, "statement.zh.md"}, {STR("statement"), STR("en"), text, "statement.en.md"}};
	struct pii_scan scan = {0};
	struct lint_book b = {STR("bank/x"), v, v, t, 2, w, STR("2026-11-22"), any, any, NULL, &scan};
	struct cacao_book c = {.id = STR("bank/x"), .own = v.raw, .ntext = 1};
	struct json_fault fault;
	struct settled settled;
	struct fact *fact;
	struct jw j;
	struct err e;
	size_t count = 0, n;

	lint_book(&b, ignore, &count);
	MUST(count > 0 || v.type == JSON_OBJ);
	n = plan_facts(v, a, &fact);
	for (int level = 0; level < LEVELS; level++) {
		buf_reset(out);
		j = jw_open(out);
		jw_obj(&j);
		plan_write(&j, v, fact, n, level, level);
		jw_end(&j);
		MUST(json_valid(buf_view(out), &fault));
	}
	settle(v, STR("bank"), NULL, 0, a, &settled);
	MUST(settled.type.n > 0 && settled.nwhy > 0);
	c.text[0] = (struct cacao_text){STR("statement"), STR("zh"), text};
	buf_reset(out);
	cacao_write(&c, v, fake_digest, out);
	MUST(json_valid(buf_view(out), &fault));
	MUST(cacao_read(json_view(buf_view(out)), fake_digest, a, &c, &e) == 0);
	(void)cacao_read(v, fake_digest, a, &c, &e);
	pii_free(&scan);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str all = {(const char *)data, n}, text;
	ptrdiff_t cut;
	struct arena a = {0};
	struct wording *w;
	struct buf out = {0};
	struct json_fault f;
	struct err e;

	if (!utf8_valid((const char *)data, n))
		return 0; /* refused before */
	MUST(wording_load(str_n(table, sizeof table - 1), "table", &a, &w, &e) == 0);
	cut = str_find(all, STR("\n----\n"));
	text = str_sub(all, 0, cut < 0 ? n : (size_t)cut);
	texts(text, &a, &out);
	if (cut >= 0) {
		struct str json = str_sub(all, (size_t)cut + 6, n);

		if (json_valid(json, &f) && json_view(json).type == JSON_OBJ)
			books(json_view(json), text, w, &a, &out);
	}
	buf_free(&out);
	arena_free(&a);
	return 0;
}
