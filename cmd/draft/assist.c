/*
 * --assist: an OpenAI-compatible endpoint proposes other wording for a template. It gets the template with its
 * placeholders and the facts without personal data; what comes back is a text like any other, and its placeholders are
 * filled here.
 */
#include "draft.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "ext/http.h"
#include "model/template.h"

enum { ANSWER_MAX = 256 << 10, TEXT_MAX = 64 << 10 };

/* Appends s with personal data replaced by its kind. */
static void
masked(struct pii_scan *scan, struct str s, struct buf *out)
{
	struct pii_rules rules;
	size_t at = 0;

	pii_rules_default(&rules);
	pii_find(&rules, s, scan);
	for (size_t i = 0; i < scan->nhit; i++) {
		buf_add(out, s.p + at, scan->hit[i].off - at);
		buf_printf(out, "[%s]", pii_name[scan->hit[i].type]);
		at = scan->hit[i].off + scan->hit[i].len;
	}
	buf_add(out, s.p + at, s.n - at);
}

static void
question(struct desk *k, struct str template, const struct answer *known, size_t n, struct str advice, bool zh, const char *model,
    struct buf *body)
{
	struct buf text = {0};
	struct jw w = jw_open(body);

	buf_puts(&text, zh ? "请改写下面的危机回应文本，使它更清楚、更短、更有同理心。保留每个{{占位符}}和标题的次序；不添加事实、数字、日期和承诺；"
	                     "不用空话。只输出改写后的 Markdown。\n"
	                   : "Rewrite the crisis text below so that it is clearer, shorter and kinder. Keep every {{placeholder}} and the order "
	                     "of headings. Add no fact, number, date or promise, and no empty phrase. Answer with the Markdown alone.\n");
	if (advice.n > 0)
		buf_printf(&text, "%s%.*s\n", zh ? "阶段：" : "Stage: ", STRF(advice));
	for (size_t i = 0; i < n; i++) {
		buf_printf(&text, "%.*s = ", STRF(known[i].id));
		masked(&k->scan, known[i].text, &text);
		buf_putc(&text, '\n');
	}
	buf_puts(&text, "\n");
	buf_str(&text, template);
	jw_obj(&w);
	jw_kcstr(&w, "model", model != NULL ? model : "default");
	jw_kint(&w, "temperature", 0);
	jw_kbool(&w, "stream", false);
	jw_key(&w, "messages");
	jw_arr(&w);
	jw_obj(&w);
	jw_kcstr(&w, "role", "user");
	jw_kstr(&w, "content", buf_view(&text));
	jw_end(&w);
	jw_end(&w);
	jw_end(&w);
	buf_free(&text);
}

/* choices[0].message.content, made harmless: one text without control characters. */
static struct str
read_answer(struct desk *k, struct str body)
{
	struct json_fault f;
	struct json choice;
	struct json_iter it;
	struct str key, text, line;
	struct buf clean = {0};

	if (!utf8_valid(body.p, body.n) || !json_valid(body, &f))
		return STR("");
	it = json_iter(json_get(json_view(body), "choices"));
	if (!json_next(&it, &key, &choice))
		return STR("");
	text = str_trim(json_str(json_path(choice, "message.content"), &k->mem));
	if (text.n == 0 || text.n > TEXT_MAX)
		return STR("");
	while (str_split(&text, '\n', &line)) {
		utf8_clean(&clean, line);
		buf_putc(&clean, '\n');
	}
	text = arena_str(&k->mem, buf_view(&clean));
	buf_free(&clean);
	return text;
}

static bool
fetch(struct desk *k, const char *url, struct str body, struct str *text, struct err *e)
{
	const char *key = getenv("TOCSIN_ASSIST_KEY");
	const char *header[2] = {"Content-Type: application/json", NULL};
	const struct http_res *res;
	struct http *pool = http_open(&(struct http_conf){.agent = "tocsin"}, e);
	struct http_req req = {.header = header, .nheader = 1, .body = body, .timeout_ms = 120000, .max_body = ANSWER_MAX,
	    .private_ok = HTTP_PRIVATE_ORIGIN};
	bool good = false;

	if (pool == NULL)
		return false;
	req.url = arena_printf(&k->mem, "%s/chat/completions", url).p;
	if (key != NULL && *key != '\0')
		header[req.nheader++] = arena_printf(&k->mem, "Authorization: Bearer %s", key).p;
	if (http_once(pool, &req, &res, e) != 0)
		good = false;
	else if (res->fail != HTTP_OK)
		*e = res->err;
	else if (res->status != 200)
		(void)err_set(e, ERR_AGAIN, "it answered with status %d", res->status);
	else {
		*text = read_answer(k, res->body);
		good = text->n > 0;
		if (!good)
			(void)err_set(e, ERR_AGAIN, "its answer holds no usable text");
	}
	http_close(pool);
	return good;
}

bool
assist(struct desk *k, const char *url, const char *model, struct str template, struct notes *n, bool zh, struct str *text)
{
	struct buf body = {0};
	struct err e;
	bool good;

	question(k, template, n->used, n->nused, n->advice, zh, model, &body);
	good = fetch(k, url, buf_view(&body), text, &e);
	buf_free(&body);
	if (!good) {
		msg_warn("no help from --assist, the template is used as it is: %s", e.msg);
		return false;
	}
	n->assist = arena_str(&k->mem, str_c(url));
	return true;
}

/* --- what came of it -------------------------------------------------------------------------------------------------- */

/* Whether the run of digits s stands in the text as a whole number. */
static bool
has_number(struct str text, struct str s)
{
	struct str rest = text;
	ptrdiff_t at;

	while ((at = str_find(rest, s)) >= 0) {
		size_t end = (size_t)at + s.n;

		if ((at == 0 || !is_digit(rest.p[at - 1])) && (end == rest.n || !is_digit(rest.p[end])))
			return true;
		rest = str_sub(rest, end, rest.n);
	}
	return false;
}

struct str
assist_invented(struct str text, struct str template, const struct answer *known, size_t n)
{
	for (size_t i = 0; i < text.n;) {
		size_t from = i;
		struct str run;
		bool found;

		if (!is_digit(text.p[i])) {
			i++;
			continue;
		}
		while (i < text.n && is_digit(text.p[i]))
			i++;
		run = str_sub(text, from, i - from);
		found = has_number(template, run);
		for (size_t f = 0; f < n && !found; f++)
			found = has_number(known[f].text, run);
		if (!found)
			return run;
	}
	return (struct str){0};
}
