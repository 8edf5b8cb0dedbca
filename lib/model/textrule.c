#include "model/textrule.h"

#include <stdio.h>

#include "base/utf8.h"
#include "model/template.h"

void
text_rules_for(struct json playbook, struct text_rules *r)
{
	struct json scct = json_get(playbook, "scct"), item;
	struct json_iter it = json_iter(json_get(scct, "strategies"));
	struct str key;
	bool preventable = json_is(json_get(scct, "cluster"), "preventable");

	r->may_apologise = r->may_deny = false;
	while (json_next(&it, &key, &item)) {
		r->may_apologise = r->may_apologise || json_is(item, "apologise");
		r->may_deny = r->may_deny || json_is(item, "deny");
	}
	r->must_apologise = preventable;
	r->may_apologise = r->may_apologise || preventable;
}

enum { PLACEHOLDER = WORDING_RULES, OPEN, PII, RULES };

struct check {
	const struct text_rules *r;
	struct str text;
	text_rule_fn *fn;
	void *ctx;
	bool apologises;
	size_t seen[RULES];         /* findings */
	size_t at;                  /* line is that of this offset */
	int line;
};

/* 日前 says nothing; 24日前, 今日前往 and 日前后 say a day. */
static bool
names_a_day(struct str text, const struct wording_hit *h)
{
	static const char *const before[] = {"今", "明", "昨", "当", "次", "同", "每", "本", "生", "假", "节", "末", "工作", NULL};
	struct str head = str_sub(text, 0, h->off), tail = str_sub(text, h->off + h->len, text.n);

	if (!str_is(str_sub(text, h->off, h->len), "日前"))
		return false;
	if (str_starts(tail, STR("往")) || str_starts(tail, STR("后")) || (head.n > 0 && is_digit(head.p[head.n - 1])) ||
	    str_ends(head, STR("}}")))
		return true;
	for (size_t i = 0; before[i] != NULL; i++)
		if (str_ends(head, str_c(before[i])))
			return true;
	return false;
}

/* As md_line, going on from the place asked for before: findings come in order. */
static int
line_of(struct check *c, size_t off)
{
	if (off < c->at || c->line == 0) {
		c->at = 0;
		c->line = 1;
	}
	c->line += md_line(str_sub(c->text, c->at, off), off - c->at) - 1;
	c->at = off;
	return c->line;
}

/* Whether one more finding of the rule is told. */
static bool
told(struct check *c, size_t rule)
{
	return ++c->seen[rule] <= RULE_FINDINGS;
}

static enum weight
weight_of(size_t rule)
{
	return rule == WORDING_UNLAWFUL || rule == PLACEHOLDER || rule == OPEN ? RULE_NEVER : RULE_HARD;
}

static void
and_more(struct check *c, size_t rule, const char *name)
{
	char msg[60];

	if (c->seen[rule] <= RULE_FINDINGS)
		return;
	(void)snprintf(msg, sizeof msg, "and %zu more", c->seen[rule] - RULE_FINDINGS);
	c->fn(c->ctx, weight_of(rule), 1, name, msg);
}

static void
on_phrase(void *ctx, const struct wording_hit *h)
{
	struct check *c = ctx;
	struct str said = str_sub(c->text, h->off, h->len);
	char msg[300];

	if (names_a_day(c->text, h))
		return;
	if (h->rule == WORDING_APOLOGY) {
		if (!c->apologises && !c->r->may_apologise)
			c->fn(c->ctx, RULE_HARD, line_of(c, h->off), "apology", "apologises where no fault of ours is established (scct)");
		c->apologises = true;
		return;
	}
	if (!told(c, h->rule))
		return;
	(void)snprintf(msg, sizeof msg, "'%.*s' %s; write instead: %.*s", STRF(utf8_cut_bytes(said, 90)),
	    h->rule == WORDING_VAGUE ? "says nothing that can be checked"
	        : h->rule == WORDING_PROMISE ? "promises what nobody can keep"
	        : h->rule == WORDING_DENY ? "denies what may be open"
	                                  : "is against the law or near it",
	    STRF(utf8_cut_bytes(h->instead, 120)));
	c->fn(c->ctx, weight_of(h->rule), line_of(c, h->off), wording_names[h->rule], msg);
}

static void
length(struct check *c)
{
	size_t n = c->r->zh ? text_han(c->text) : text_words(c->text), max = c->r->zh ? STATEMENT_HAN : STATEMENT_WORDS;
	char msg[120];

	if (n <= max)
		return;
	(void)snprintf(msg, sizeof msg, "%zu %s, at most %zu", n, c->r->zh ? "Chinese characters" : "words", max);
	c->fn(c->ctx, RULE_HARD, 1, "length", msg);
}

/* A Chinese answer to a question does not answer it in English. */
static void
language(struct check *c)
{
	const char *p = c->text.p, *end = c->text.p + c->text.n, *from = NULL, *to = NULL;
	char msg[200];

	if (c->r->zh || c->r->sources || str_is(c->r->kind, "legal"))
		return;
	while (p < end) {
		const char *at = p;

		if (utf8_is_han(utf8_step(p, end, &p))) {
			from = from != NULL ? from : at;
			to = p;
		} else if (from != NULL)
			break;
	}
	if (from == NULL)
		return;
	(void)snprintf(msg, sizeof msg, "Chinese in an English text: '%.*s' (--fact ID.en=... gives the English)",
	    STRF(utf8_cut_bytes(str_n(from, (size_t)(to - from)), 60)));
	c->fn(c->ctx, RULE_HARD, md_line(c->text, (size_t)(from - c->text.p)), "language", msg);
}

void
text_rules_check(const struct text_rules *r, struct str text, struct pii_scan *scan, text_rule_fn *fn, void *ctx)
{
	struct check c = {.r = r, .text = text, .fn = fn, .ctx = ctx};
	struct pii_rules pii;
	unsigned rules = 1u << WORDING_UNLAWFUL;
	struct slot s;
	bool statement = str_is(r->kind, "statement");
	size_t len;

	if (!str_is(r->kind, "legal"))
		rules |= 1u << WORDING_VAGUE | 1u << WORDING_PROMISE | (r->may_deny ? 0 : 1u << WORDING_DENY);
	if (statement)
		rules |= 1u << WORDING_APOLOGY;
	wording_find(r->wording, text, rules, on_phrase, &c);
	if (statement) {
		length(&c);
		if (r->must_apologise && !c.apologises)
			fn(ctx, RULE_HARD, 1, "apology", "the crisis was preventable, but the statement does not apologise (scct)");
	}
	language(&c);
	for (size_t at = 0; !r->sources && template_next(text, &at, &s);)
		if (told(&c, PLACEHOLDER))
			fn(ctx, RULE_NEVER, line_of(&c, s.off), "placeholder", "a placeholder is left");
	for (size_t at = 0; !r->sources && template_open(text, &at, &len); at += len)
		if (told(&c, OPEN))
			fn(ctx, RULE_NEVER, line_of(&c, at), "open", "a question is open: answer it or take it out");
	pii_rules_default(&pii);
	pii_find(&pii, text, scan);
	for (size_t i = 0; i < scan->nhit; i++) {
		char msg[80];

		if (r->allowed.n > 0 && str_find(r->allowed, str_sub(text, scan->hit[i].off, scan->hit[i].len)) >= 0)
			continue;
		if (!told(&c, PII))
			continue;
		(void)snprintf(msg, sizeof msg, "personal data: %s", pii_name[scan->hit[i].type]);
		fn(ctx, RULE_HARD, line_of(&c, scan->hit[i].off), "personal data", msg);
	}
	for (size_t i = 0; i < WORDING_RULES; i++)
		and_more(&c, i, wording_names[i]);
	and_more(&c, PLACEHOLDER, "placeholder");
	and_more(&c, OPEN, "open");
	and_more(&c, PII, "personal data");
}
