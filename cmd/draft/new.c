/* new, edit, check: how a text comes about. */
#include "draft.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"
#include "model/template.h"

struct order { /* what text is wanted */
	const char *kind, *lang, *to, *stage, *assist, *model;
	struct opt_list fact;
	bool dry;
};

/* --- making ----------------------------------------------------------------------------------------------------------- */

static struct json
audience_of(struct play *p, const char *id)
{
	struct json_iter it = json_iter(json_get(json_view(p->json), "audiences"));
	struct json item;
	struct str key;

	while (json_next(&it, &key, &item))
		if (json_is(json_get(item, "id"), id))
			return item;
	return (struct json){0};
}

static bool
make(struct desk *k, const struct order *o, const struct casefile *c, struct store_draft *d)
{
	struct play *p = desk_play(k, c);
	struct str lang = str_c(o->lang != NULL ? o->lang : "zh"), kind, filled;
	struct notes n = {0};
	struct filling f = {.k = k, .c = c, .p = p, .zh = str_is(lang, "zh"), .n = &n};
	struct json audience = {0};
	const struct play_text *t;
	struct buf text = {0}, json = {0};
	struct str source = {0};
	int stage = c->latest.n > 0 ? playbook_stage(json_view(c->latest)) : -1;

	if (p == NULL)
		return false;
	for (int i = 0; o->stage != NULL && playbook_stages[i] != NULL; i++)
		if (strcmp(o->stage, playbook_stages[i]) == 0)
			stage = i;
	if (o->to != NULL) {
		audience = audience_of(p, o->to);
		if (audience.type == JSON_NONE)
			refuse("the playbook %.*s has no audience '%s'", STRF(p->id), o->to);
	}
	kind = o->kind != NULL ? str_c(o->kind) : json_str(json_get(audience, "text"), &k->mem);
	if (playbook_text(kind) < 0)
		msg_usage("--kind: expected statement, faq, internal, reply, media, regulator, partner or legal");
	t = play_text(p, kind, lang);
	if (t == NULL)
		refuse("the playbook %.*s has no text %.*s.%.*s", STRF(p->id), STRF(kind), STRF(lang));
	fill_open(&f, &o->fact);
	n.message = json_str(json_path(audience, f.zh ? "message.zh" : "message.en"), &k->mem);
	if (stage >= 0)
		n.advice = json_str(json_path(json_view(p->json), arena_printf(&k->mem, "stages.%s.%s", playbook_stages[stage], f.zh ? "zh" : "en").p), &k->mem);
	fill_text(&f, t->body, &text);
	if (o->assist != NULL && assist(k, o->assist, o->model, t->body, &n, f.zh, &source)) {
		buf_reset(&text); /* what it left out is neither used nor open */
		fill_text(&f, source, &text);
	}
	if (text.n > 0 && text.p[text.n - 1] != '\n')
		buf_putc(&text, '\n');
	filled = arena_str(&k->mem, buf_view(&text));
	n.title = first_heading(filled, &k->mem);
	notes_check(k, p, kind, f.zh, filled, &n);
	notes_put(&n, &json);
	*d = (struct store_draft){.id = draft_id(k, c->id, kind, lang, o->to),
	    .case_id = c->id,
	    .kind = kind,
	    .lang = lang,
	    .audience = o->to != NULL ? str_c(o->to) : STR(""),
	    .stage = stage >= 0 ? str_c(playbook_stages[stage]) : STR(""),
	    .state = STR("draft"),
	    .author = k->actor,
	    .created = k->now,
	    .text = filled,
	    .json = arena_str(&k->mem, buf_view(&json))};
	if (!o->dry)
		keep(k, d, "draft.new");
	buf_free(&text);
	buf_free(&json);
	notes_free(&n);
	return true;
}

/* Records of kind case on standard input: a text for each, behind it; the rest passes. */
static int
stream(struct desk *k, const struct order *o)
{
	char *none[] = {NULL};
	struct rec r = {0};
	struct buf b = {0};

	run_open(&k->run, none);
	while (run_next(&k->run, &r)) {
		struct casefile c;
		struct store_draft d;

		run_put(&k->run, &r);
		if (rec_kind(&r) != KIND_CASE || !desk_case_try(k, rec_str(&r, "id"), &c))
			continue;
		if (make(k, o, &c, &d)) {
			buf_reset(&b);
			draft_record(k, &d, &c, &b);
			run_emit(&k->run, buf_view(&b));
		} else
			run_fail(&k->run, EXIT_CONF);
		casefile_free(&c);
	}
	buf_free(&b);
	rec_free(&r);
	return run_finish(&k->run);
}

int
verb_new(int argc, char **argv)
{
	struct desk k = {0};
	static struct order o; /* what opt_parse gathers for a list lives as long as argv */
	const struct opt opts[] = {
	    DESK_OPTS(k), DESK_LIB(k), DESK_AS(k),
	    {0, "kind", "KIND", "statement faq internal reply media regulator partner legal", OPT_STR, &o.kind, 0, 0},
	    {0, "lang", "LANG", "zh (default) or en", OPT_STR, &o.lang, 0, 0},
	    {0, "to", "AUDIENCE", "customers staff partners media government public …", OPT_STR, &o.to, 0, 0},
	    {0, "stage", "STAGE", "latent forming outbreak sustained fading", OPT_STR, &o.stage, 0, 0},
	    {0, "fact", "ID=TEXT", "what is known now; kept for later texts of the case", OPT_LIST, &o.fact, 0, 0},
	    {0, "assist", "URL", "let an OpenAI-compatible endpoint (…/v1) propose the wording", OPT_STR, &o.assist, 0, 0},
	    {0, "model", "NAME", "which model to ask for", OPT_STR, &o.model, 0, 0},
	    {'n', "dry-run", NULL, "print, store nothing", OPT_FLAG, &o.dry, 0, 0},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "[CASE]", "Fills a template with the facts of a case; cases from standard input without one.");
	struct casefile c;
	struct store_draft d;
	bool made;

	if (o.kind == NULL && o.to == NULL)
		msg_usage("say which text: --kind, or --to an audience");
	if (o.lang != NULL && strcmp(o.lang, "zh") != 0 && strcmp(o.lang, "en") != 0)
		msg_usage("--lang: expected zh or en");
	if (o.stage != NULL) {
		size_t i = 0;

		while (playbook_stages[i] != NULL && strcmp(playbook_stages[i], o.stage) != 0)
			i++;
		if (playbook_stages[i] == NULL)
			msg_usage("--stage: expected latent, forming, outbreak, sustained or fading");
	}
	if (v[0] != NULL && v[1] != NULL)
		msg_usage("expected one case");
	desk_open(&k, !o.dry);
	if (v[0] == NULL || strcmp(v[0], "-") == 0)
		return desk_end(&k, stream(&k, &o));
	desk_case(&k, v[0], &c);
	made = make(&k, &o, &c, &d);
	if (made)
		draft_print(&k, &d, &c);
	casefile_free(&c);
	return desk_end(&k, made ? EXIT_OK : EXIT_CONF);
}

/* --- changing by hand ------------------------------------------------------------------------------------------------- */

enum { TEXT_BYTES = 1 << 20 };

static struct str
read_text(struct desk *k, const char *path)
{
	struct str text = {0};
	struct err e;

	if (path == NULL || strcmp(path, "-") == 0) {
		struct buf b = {0};
		ssize_t got;

		do {
			buf_reserve(&b, 65536);
			got = read(0, b.p + b.n, 65536);
			b.n += got > 0 ? (size_t)got : 0;
		} while (got > 0 && b.n <= TEXT_BYTES);
		if (got < 0)
			(void)err_sys(&e, ERR_IO, 5, "cannot read standard input");
		else if (b.n > TEXT_BYTES)
			(void)err_set(&e, ERR_DATA, "the text is over %d bytes", TEXT_BYTES);
		if (got < 0 || b.n > TEXT_BYTES)
			msg_die(&e);
		text = arena_str(&k->mem, buf_view(&b));
		buf_free(&b);
	} else if (file_read(path, TEXT_BYTES, &k->mem, &text, &e) != 0)
		msg_die(&e);
	if (!utf8_valid(text.p, text.n) || memchr(text.p, '\0', text.n) != NULL) {
		(void)err_set(&e, ERR_DATA, "the text is not UTF-8");
		msg_die(&e);
	}
	for (size_t i = 0; i < text.n; i++)
		if (((unsigned char)text.p[i] < 0x20 && text.p[i] != '\n' && text.p[i] != '\t' && text.p[i] != '\r') || text.p[i] == 0x7f)
			refuse("line %d holds a control character", md_line(text, i));
	if (str_trim(text).n == 0)
		refuse("the text is empty");
	return text;
}

int
verb_edit(int argc, char **argv)
{
	struct desk k = {0};
	const struct opt opts[] = {DESK_OPTS(k), DESK_LIB(k), DESK_AS(k), {0}};
	char **v = opt_parse(argc, argv, opts, "TEXT [FILE]", "Takes a changed text (standard input without FILE) as a new version.");
	struct store_draft d;
	struct casefile c;
	struct play *p;
	struct notes n;
	struct buf json = {0};
	size_t kept = 0;

	if (v[0] == NULL || (v[1] != NULL && v[2] != NULL))
		msg_usage("expected a text and a file");
	desk_open(&k, true);
	desk_draft(&k, v[0], 0, &d);
	desk_case(&k, arena_cstr(&k.mem, d.case_id), &c);
	p = desk_play(&k, &c);
	d.text = read_text(&k, v[1]);
	notes_get(d.json, &k.mem, &n);
	for (size_t i = 0; i < n.nopen; i++) { /* a question that stands in the text no more is answered or taken out */
		struct open_ask *o = &n.open[i];

		if (str_find(d.text, o->zh) >= 0 || str_find(d.text, o->en) >= 0)
			n.open[kept++] = *o;
	}
	n.nopen = kept;
	n.accepted = n.assist = STR("");
	n.edited = true;
	n.title = first_heading(d.text, &k.mem);
	notes_check(&k, p, d.kind, str_is(d.lang, "zh"), d.text, &n);
	notes_put(&n, &json);
	d.json = buf_view(&json);
	d.author = k.actor;
	d.created = k.now;
	d.updated = 0;
	keep(&k, &d, "draft.edit");
	if (k.json)
		draft_print(&k, &d, &c);
	else {
		(void)printf("%.*s version %lld %s\n", STRF(d.id), (long long)d.version, d.sha256);
		print_notes(&n, &d);
	}
	notes_free(&n);
	buf_free(&json);
	casefile_free(&c);
	return desk_end(&k, EXIT_OK);
}

int
verb_check(int argc, char **argv)
{
	struct desk k = {0};
	const struct opt opts[] = {DESK_OPTS(k), DESK_LIB(k), {0}};
	char **v = opt_parse(argc, argv, opts, "TEXT [FILE]", "Checks a text, or a changed one that is not stored yet; 1 when it may not leave.");
	struct store_draft d;
	struct casefile c;
	struct notes n;
	bool bad = false;

	if (v[0] == NULL || (v[1] != NULL && v[2] != NULL))
		msg_usage("expected a text and a file");
	desk_open(&k, false);
	desk_draft(&k, v[0], 0, &d);
	desk_case(&k, arena_cstr(&k.mem, d.case_id), &c);
	notes_get(d.json, &k.mem, &n);
	notes_check(&k, desk_play(&k, &c), d.kind, str_is(d.lang, "zh"), v[1] != NULL ? (d.text = read_text(&k, v[1])) : d.text, &n);
	reply_check(&k, &d, &n);
	for (size_t i = 0; i < n.nfound; i++) {
		(void)printf("%.*s:%d: %.*s: %.*s\n", STRF(d.id), n.found[i].line, STRF(n.found[i].rule), STRF(n.found[i].msg));
		bad = bad || n.found[i].weight != RULE_SOFT;
	}
	notes_free(&n);
	casefile_free(&c);
	return desk_end(&k, bad ? EXIT_NO : EXIT_OK);
}
