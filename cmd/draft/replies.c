/*
 * replies, posts: answers to many posts at once. Posts that get the same words share one text, with one approval; which
 * post waits for which text, and which was answered, stands in the store, so that nobody is answered twice.
 */
#include "draft.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "cli/path.h"
#include "model/reply.h"
#include "model/template.h"

struct waiting { /* one post that is to be answered */
	struct str id, address;
	uint64_t author;
	int64_t published;
	size_t text;    /* index of its text */
};
struct words { /* one text */
	struct str id, lang, title, text, json;
	const struct platform *platform; /* shortened for it, or NULL */
	struct store_draft d;
	bool kept;
	struct str *posts;  /* [n] ids that were added now */
	size_t n, cap, again; /* again: waited already */
};
struct replies {
	struct desk k;
	struct casefile c;
	struct filling zh, en;
	struct notes note;
	struct reply_section in_zh, in_en;
	size_t number;      /* of the section, from 1 */
	struct reply_rules rules;
	struct platforms platforms;
	struct waiting *post;
	size_t npost, post_cap;
	struct words *words;
	size_t nwords, words_cap;
	struct map seen;    /* ids of posts read */
	int64_t read, left[REPLY_WHYS], answered, limited, again;
	/* options */
	const char *query, *section, *lang;
	struct opt_list fact;
	int64_t since, per_author, within, limit;
	bool refill, dry;
};

/* --- the texts -------------------------------------------------------------------------------------------------------- */

static void
load_platforms(struct desk *k, struct platforms *out)
{
	struct str text;
	struct err e;
	const char *path = path_data("platforms.tsv", &e);

	if (path == NULL || file_read(path, YAML_FILE_MAX, &k->mem, &text, &e) != 0 || platforms_load(text, path, &k->mem, out, &e) != 0)
		msg_die(&e);
}

/* The section asked for: by a part of its heading in either language, else the first. Headings stand in the same order. */
static void
pick_section(struct replies *r, const struct play *p)
{
	const struct play_text *zh = play_text(p, STR("reply"), STR("zh")), *en = play_text(p, STR("reply"), STR("en"));
	struct reply_section *vz, *ve;
	size_t nz = zh != NULL ? reply_sections(zh->body, true, &r->k.mem, &vz) : 0;
	size_t ne = en != NULL ? reply_sections(en->body, false, &r->k.mem, &ve) : 0;
	size_t i = 0;

	if (r->section != NULL)
		for (i = 0; i < nz || i < ne; i++)
			if ((i < nz && str_find(vz[i].heading, str_c(r->section)) >= 0) ||
			    (i < ne && str_find(ve[i].heading, str_c(r->section)) >= 0))
				break;
	if (i >= nz && i >= ne) {
		for (size_t n = 0; n < nz; n++)
			msg_note("section: %.*s", STRF(vz[n].heading));
		refuse("the playbook %.*s has no section for posts%s%s%s in its reply text", STRF(p->id), r->section != NULL ? " '" : "",
		    r->section != NULL ? r->section : "", r->section != NULL ? "'" : "");
	}
	r->number = i + 1;
	if (i < nz)
		r->in_zh = vz[i];
	if (i < ne)
		r->in_en = ve[i];
}

static struct words *
text_of(struct replies *r, struct str id)
{
	for (size_t i = 0; i < r->nwords; i++)
		if (str_eq(r->words[i].id, id))
			return &r->words[i];
	return NULL;
}

/* The section filled for a post; said once for all that get the same. */
static size_t
fill(struct replies *r, struct json post)
{
	struct arena *a = &r->k.mem;
	bool zh = r->lang != NULL ? strcmp(r->lang, "zh") == 0 : reply_in_chinese(post, a);
	struct str template = zh ? r->in_zh.said : r->in_en.said, filled, name = json_str(json_get(post, "platform"), a);
	struct filling *f = zh ? &r->zh : &r->en;
	const struct platform *platform = platform_find(&r->platforms, name);
	bool own = template_uses(template, STR("author")) || template_uses(template, STR("platform")), cut = false;
	struct buf text = {0}, json = {0}, to = {0};
	struct words *w;
	struct str id;

	f->post_author = f->post_platform = STR("");
	if (own) {
		f->post_author = json_str(json_path(post, "author.name"), a);
		f->post_platform = name;
		if (f->post_author.n == 0)
			f->post_author = json_str(json_path(post, "author.id"), a);
	}
	fill_text(f, template, &text);
	filled = arena_str(a, str_trim(buf_view(&text)));
	if (platform != NULL && r->note.nopen == 0 && platform_length(platform, filled) > platform->limit) {
		struct str fit = platform_fit(platform, filled);

		cut = fit.n > 0;
		filled = cut ? fit : filled;
	}
	buf_printf(&to, "post%zu", r->number);
	if (own)
		buf_printf(&to, "-%08llx", (unsigned long long)(hash_bytes(filled.p, filled.n, 0) & 0xffffffff));
	if (cut)
		buf_printf(&to, "-%.*s", STRF(platform->name));
	id = draft_id(&r->k, r->c.id, STR("reply"), zh ? STR("zh") : STR("en"), to.p);
	w = text_of(r, id);
	if (w == NULL) {
		r->words = arena_grow(a, r->words, &r->words_cap, r->nwords, sizeof *r->words);
		w = &r->words[r->nwords++];
		*w = (struct words){.id = id, .lang = zh ? STR("zh") : STR("en"), .platform = cut ? platform : NULL};
		w->title = r->note.title = zh ? r->in_zh.heading : r->in_en.heading;
		w->text = arena_printf(a, "%.*s\n", STRF(filled));
		notes_check(&r->k, r->zh.p, STR("reply"), zh, w->text, &r->note);
		notes_put(&r->note, &json);
		w->json = arena_str(a, buf_view(&json));
	}
	buf_free(&text);
	buf_free(&json);
	buf_free(&to);
	return (size_t)(w - r->words);
}

/* --- the posts -------------------------------------------------------------------------------------------------------- */

static int
take(void *ctx, struct str line, struct err *e)
{
	struct replies *r = ctx;
	struct arena *a = &r->k.mem;
	struct json post = json_view(line);
	struct str id = json_str(json_get(post, "id"), a);
	enum reply_why why;
	struct buf address = {0};
	bool fresh;

	(void)e;
	map_put(&r->seen, arena_str(a, id), &fresh);
	if (id.n == 0 || !fresh)
		return 0;
	r->read++;
	if ((why = reply_wanted(&r->rules, post, a)) != REPLY_YES) {
		r->left[why]++;
		return 0;
	}
	if ((r->lang == NULL && (reply_in_chinese(post, a) ? r->in_zh : r->in_en).said.n == 0)) {
		r->left[REPLY_TYPE]++;
		return 0;
	}
	reply_address(post, a, &address);
	r->post = arena_grow(a, r->post, &r->post_cap, r->npost, sizeof *r->post);
	r->post[r->npost] = (struct waiting){
	    .id = arena_str(a, id), .address = arena_str(a, buf_view(&address)), .author = reply_author(post, a), .text = fill(r, post)};
	(void)clock_parse(json_str(json_get(post, "published"), a), &r->post[r->npost].published);
	r->npost++;
	buf_free(&address);
	return 0;
}

static int
read_posts(struct replies *r, char **files)
{
	struct rec rec = {0};
	struct err e;

	run_open(&r->k.run, files);
	while (run_next(&r->k.run, &rec))
		if (rec_kind(&rec) == KIND_POST)
			(void)take(r, arena_str(&r->k.mem, rec.line), &e);
	rec_free(&rec);
	return run_finish(&r->k.run);
}

static void
find_posts(struct replies *r)
{
	struct json window = r->c.latest.n > 0 ? json_path(json_view(r->c.latest), "window.from") : (struct json){0};
	struct store_query q = {.subject = r->c.subject, .drills = r->c.drill, .since = r->since};
	struct err e;

	if (q.since == 0 && !clock_parse(json_str(window, &r->k.mem), &q.since))
		q.since = r->c.opened - 86400;
	if (strcmp(r->query, "*") != 0)
		q.text = str_c(r->query);
	if (store_posts(r->k.s, &q, take, r, &e) != 0)
		msg_die(&e);
}

/* --- keeping ---------------------------------------------------------------------------------------------------------- */

/* The text as the store has it. What was handed in, or changed by a person, is joined as it stands. */
static void
keep_words(struct replies *r, struct words *w)
{
	struct desk *k = &r->k;
	struct store_draft old;
	struct notes n;
	struct err e;
	int have;

	if (w->kept)
		return;
	w->kept = true;
	w->d = (struct store_draft){.id = w->id, .case_id = r->c.id, .kind = STR("reply"), .lang = w->lang, .audience = STR("posts"),
	    .state = STR("draft"), .author = k->actor, .created = k->now, .text = w->text, .json = w->json};
	have = store_draft_get(k->s, w->id, 0, &k->mem, &old, &e);
	if (have < 0)
		msg_die(&e);
	if (have > 0) {
		bool handed = str_is(old.state, "submitted") || str_is(old.state, "approved") || str_is(old.state, "released");
		bool stays;

		notes_get(old.json, &k->mem, &n);
		stays = !r->refill && (n.edited || (handed && r->fact.n == 0));
		if (stays && n.edited && r->fact.n > 0)
			msg_note("%.*s was edited and stays as it is (--refill makes it anew)", STRF(w->id));
		notes_free(&n);
		if (stays) {
			w->d = old;
			return;
		}
	}
	if (!keep_in_tx(k, &w->d, "draft.new") && store_draft_get(k->s, w->id, 0, &k->mem, &w->d, &e) <= 0)
		msg_die(&e);
}

/* One post: answered before, too soon for its author, or it waits for its text. */
static void
keep_post(struct replies *r, const struct waiting *p)
{
	struct words *w = &r->words[p->text];
	struct store_reply old = {0};
	int64_t before = 0, since = r->k.now - r->within;
	struct err e;
	int have = store_reply_get(r->k.s, p->id, &r->k.mem, &old, &e);

	if (have < 0)
		msg_die(&e);
	if (have > 0 && old.sent != 0) {
		r->answered++;
		return;
	}
	if (p->published != 0 && p->published < since) /* an answer is one to all that its author wrote before */
		since = p->published;
	if (have == 0 && p->author != 0 && store_reply_count(r->k.s, p->author, since, &before, &e) != 0)
		msg_die(&e);
	if (before >= r->per_author) {
		r->limited++;
		return;
	}
	keep_words(r, w);
	if (have > 0 && str_eq(old.draft_id, w->id)) {
		w->again++;
		r->again++;
		return;
	}
	if (store_reply_put(r->k.s,
	        &(struct store_reply){.post = p->id, .draft_id = w->id, .case_id = r->c.id, .author = p->author, .added = r->k.now,
	            .json = p->address},
	        &e) != 0)
		msg_die(&e);
	w->posts = arena_grow(&r->k.mem, w->posts, &w->cap, w->n, sizeof *w->posts);
	w->posts[w->n++] = p->id;
}

static size_t
keep_all(struct replies *r)
{
	size_t kept = 0;
	struct err e;

	if (store_begin(r->k.s, &e) != 0)
		msg_die(&e);
	for (size_t i = 0; i < r->npost && (r->limit == 0 || (int64_t)kept < r->limit); i++) {
		size_t before = r->words[r->post[i].text].n;

		keep_post(r, &r->post[i]);
		kept += r->words[r->post[i].text].n - before;
	}
	for (size_t i = 0; i < r->nwords; i++)
		if (r->words[i].n > 0)
			desk_event_posts(&r->k, "draft.posts", &r->words[i].d, NULL, r->words[i].posts, r->words[i].n);
	if (r->dry)
		store_rollback(r->k.s);
	else if (store_commit(r->k.s, &e) != 0)
		msg_die(&e);
	return kept;
}

/* --- telling ---------------------------------------------------------------------------------------------------------- */

static void
tell_text(struct replies *r, struct words *w)
{
	struct buf out = {0};
	struct notes n;

	if (r->k.json) {
		draft_record(&r->k, &w->d, &r->c, &out);
		out.n--;
		buf_printf(&out, ",\"waiting\":%zu,\"added\":[", w->n + w->again);
		for (size_t i = 0; i < w->n; i++) {
			if (i > 0)
				buf_putc(&out, ',');
			json_quote(&out, w->posts[i]);
		}
		buf_puts(&out, "]}\n");
		(void)fwrite(out.p, 1, out.n, stdout);
	} else {
		(void)printf("%.*s version %lld, %.*s: %zu posts%s%.*s\n", STRF(w->id), (long long)w->d.version,
		    STRF(w->d.state.n > 0 ? w->d.state : STR("draft")), w->n + w->again, w->platform != NULL ? ", shortened for " : "",
		    STRF(w->platform != NULL ? w->platform->name : STR("")));
		(void)fwrite(w->d.text.p, 1, w->d.text.n, stdout);
		(void)putchar('\n');
		(void)fflush(stdout);
	}
	notes_get(w->d.json, &r->k.mem, &n);
	reply_check(&r->k, &w->d, &n);
	print_notes(&n, &w->d);
	notes_free(&n);
	buf_free(&out);
}

static void
tell_sum(struct replies *r, size_t kept, size_t texts)
{
	const struct {
		int64_t n;
		const char *what;
	} rest[] = {{r->again, "waited already"}, {r->answered, "were answered before"}, {r->limited, "of authors who have an answer"},
	    {r->left[REPLY_VOICE], reply_why_name[REPLY_VOICE]}, {r->left[REPLY_FORM], reply_why_name[REPLY_FORM]},
	    {r->left[REPLY_KIND], reply_why_name[REPLY_KIND]}, {r->left[REPLY_CHANNEL], reply_why_name[REPLY_CHANNEL]}, {r->left[REPLY_TYPE], reply_why_name[REPLY_TYPE]}};
	struct buf out = {0};

	for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++)
		if (rest[i].n > 0)
			buf_printf(&out, "; %lld %s", (long long)rest[i].n, rest[i].what);
	if (r->limit > 0 && (int64_t)kept == r->limit)
		buf_puts(&out, "; the limit is reached");
	msg_note("%lld posts read, %zu added to %zu texts%s", (long long)r->read, kept, texts, out.n > 0 ? out.p : "");
	buf_free(&out);
}

static void
case_types(struct replies *r, const struct play *p)
{
	struct str *type = arena_alloc(&r->k.mem, (p->ntype + 1) * sizeof *type);

	memcpy(type, p->type, p->ntype * sizeof *type);
	type[p->ntype] = r->c.type;
	r->rules.type = type;
	r->rules.ntype = p->ntype + (r->c.type.n > 0 ? 1 : 0);
	r->rules.subject = r->c.subject;
	if (r->rules.ntype == 1 && str_is(type[0], "none"))
		r->rules.any_type = true;
}

int
verb_replies(int argc, char **argv)
{
	static struct replies r = {.per_author = 1, .within = 86400};
	const struct opt opts[] = {
	    DESK_OPTS(r.k), DESK_LIB(r.k), DESK_AS(r.k),
	    {0, "posts", "WORDS", "posts of the store about the case with these words, * for all, instead of files", OPT_STR, &r.query, 0, 0},
	    {0, "since", "TIME", "with --posts: published since; default the start of the incident", OPT_TIME, &r.since, 0, 0},
	    {0, "section", "WORDS", "the part of the reply text whose heading holds this; default the first for posts", OPT_STR,
	        &r.section, 0, 0},
	    {0, "lang", "LANG", "answer all in zh or en; default in the language of the post", OPT_STR, &r.lang, 0, 0},
	    {0, "fact", "ID=TEXT", "what is known now; kept for later texts of the case", OPT_LIST, &r.fact, 0, 0},
	    {0, "per-author", "N", "answers an author gets at most, default 1", OPT_INT, &r.per_author, 1, 1000},
	    {0, "within", "DURATION", "in this time, default 24h", OPT_DUR, &r.within, 0, 0},
	    {0, "limit", "N", "add no more posts than this", OPT_INT, &r.limit, 1, INT32_MAX},
	    {0, "any-type", NULL, "posts of another crisis type too", OPT_FLAG, &r.rules.any_type, 0, 0},
	    {0, "any-mood", NULL, "praise, news and advertisements too", OPT_FLAG, &r.rules.any_mood, 0, 0},
	    {0, "refill", NULL, "make texts anew although they were handed in or edited", OPT_FLAG, &r.refill, 0, 0},
	    {'n', "dry-run", NULL, "print, store nothing", OPT_FLAG, &r.dry, 0, 0},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "CASE [FILE...]", "Drafts answers to many posts; the same words are one text.");
	struct play *p;
	size_t kept, texts = 0;
	int status = EXIT_OK;

	if (v[0] == NULL || (r.query != NULL && v[1] != NULL))
		msg_usage("%s", v[0] == NULL ? "expected a case" : "posts come from files or from --posts, not both");
	if (r.lang != NULL && strcmp(r.lang, "zh") != 0 && strcmp(r.lang, "en") != 0)
		msg_usage("--lang: expected zh or en");
	desk_open(&r.k, true);
	desk_case(&r.k, v[0], &r.c);
	if (r.c.state != CASE_OPEN)
		refuse("case %.*s is %.*s", STRF(r.c.id), STRF(case_state_name(r.c.state)));
	if ((p = desk_play(&r.k, &r.c)) == NULL)
		return desk_end(&r.k, EXIT_CONF);
	load_platforms(&r.k, &r.platforms);
	pick_section(&r, p);
	case_types(&r, p);
	r.zh = (struct filling){.k = &r.k, .c = &r.c, .p = p, .zh = true, .n = &r.note};
	fill_open(&r.zh, &r.fact);
	r.en = r.zh;
	r.en.zh = false;
	if (r.query != NULL)
		find_posts(&r);
	else
		status = read_posts(&r, v + 1);
	kept = keep_all(&r);
	for (size_t i = 0; i < r.nwords; i++)
		if (r.words[i].n + r.words[i].again > 0) {
			tell_text(&r, &r.words[i]);
			texts++;
		}
	tell_sum(&r, kept, texts);
	notes_free(&r.note);
	map_free(&r.seen);
	casefile_free(&r.c);
	return desk_end(&r.k, msg_worse(status, texts > 0 ? EXIT_OK : EXIT_NO));
}

/* --- what waits for a text -------------------------------------------------------------------------------------------- */

bool
is_reply(const struct store_draft *d)
{
	return str_is(d->kind, "reply") && str_is(d->audience, "posts");
}

struct tally {
	struct arena *a;
	const struct platforms *platforms;
	struct str text;
	size_t n, *too_long; /* [platforms->n] */
};

static int
tally_one(void *ctx, const struct store_reply *r, struct err *e)
{
	struct tally *t = ctx;
	const struct platform *p;

	(void)e;
	t->n++;
	if (t->platforms == NULL || r->json.n == 0)
		return 0;
	p = platform_find(t->platforms, json_str(json_get(json_view(r->json), "platform"), t->a));
	if (p != NULL && platform_length(p, t->text) > p->limit)
		t->too_long[p - t->platforms->v]++;
	return 0;
}

size_t
reply_waiting(struct desk *k, const struct store_draft *d)
{
	struct tally t = {.a = &k->mem};
	struct err e;

	if (store_replies(k->s, d->id, true, tally_one, &t, &e) != 0)
		msg_die(&e);
	return t.n;
}

void
reply_check(struct desk *k, const struct store_draft *d, struct notes *n)
{
	struct platforms platforms;
	struct tally t = {.a = &k->mem, .platforms = &platforms, .text = str_trim(d->text)};
	size_t at = 0, len;
	struct err e;

	if (!is_reply(d) || template_open(d->text, &at, &len)) /* how long it gets is not known yet */
		return;
	load_platforms(k, &platforms);
	t.too_long = arena_zalloc(&k->mem, (platforms.n + 1) * sizeof *t.too_long);
	if (store_replies(k->s, d->id, true, tally_one, &t, &e) != 0)
		msg_die(&e);
	for (size_t i = 0; i < platforms.n; i++)
		if (t.too_long[i] > 0) {
			const struct platform *p = &platforms.v[i];

			n->found = xgrow(n->found, &n->found_cap, n->nfound + 1, sizeof *n->found);
			n->found[n->nfound++] = (struct finding){RULE_HARD, 1, STR("length"),
			    arena_printf(&k->mem, "%lld characters where %.*s takes %lld (%zu posts)", (long long)platform_length(p, t.text),
			        STRF(p->name), (long long)p->limit, t.too_long[i])};
		}
}

struct leaving {
	struct desk *k;
	const struct store_draft *d;
	struct buf record, *out;
	struct str *post, *gone;
	size_t n, cap, ngone, gone_cap;
};

static int
leave_one(void *ctx, const struct store_reply *r, struct err *e)
{
	struct leaving *l = ctx;
	struct arena *a = &l->k->mem;

	(void)e;
	if (r->json.n == 0) { /* forgotten meanwhile: there is nobody to answer */
		l->gone = arena_grow(a, l->gone, &l->gone_cap, l->ngone, sizeof *l->gone);
		l->gone[l->ngone++] = arena_str(a, r->post);
		return 0;
	}
	l->post = arena_grow(a, l->post, &l->cap, l->n, sizeof *l->post);
	l->post[l->n++] = arena_str(a, r->post);
	buf_str(l->out, buf_view(&l->record));
	buf_printf(l->out, ",\"reply_to\":%.*s}\n", STRF(r->json));
	return 0;
}

void
reply_release(struct desk *k, const struct store_draft *d, const struct casefile *c, struct buf *out)
{
	struct leaving l = {.k = k, .d = d, .out = out};
	struct err e;

	draft_record(k, d, c, &l.record);
	l.record.n--;
	if (store_replies(k->s, d->id, true, leave_one, &l, &e) != 0)
		msg_die(&e);
	for (size_t i = 0; i < l.ngone; i++)
		if (store_reply_drop(k->s, d->id, l.gone[i], &e) < 0)
			msg_die(&e);
	if (l.n == 0)
		refuse("the posts that waited for %.*s are gone from the store", STRF(d->id));
	if (store_replies_sent(k->s, d->id, d->version, k->now, &e) != 0)
		msg_die(&e);
	desk_event_posts(k, "draft.sent", d, NULL, l.post, l.n);
	buf_free(&l.record);
}

struct posts {
	struct desk *k;
	struct buf out;
	size_t n;
};

static int
show_one(void *ctx, const struct store_reply *r, struct err *e)
{
	struct posts *p = ctx;
	struct arena *a = &p->k->mem;
	struct json to = json_view(r->json.n > 0 ? r->json : STR("{}"));
	char at[CLOCK_LEN];

	(void)e;
	p->n++;
	if (p->k->json) {
		struct jw w = jw_open(&p->out);

		jw_obj(&w);
		jw_kstr(&w, "post", r->post);
		jw_kstr(&w, "draft", r->draft_id);
		jw_kcstr(&w, "state", r->sent != 0 ? "released" : "waiting");
		if (r->sent != 0) {
			jw_kint(&w, "version", r->version);
			jw_ktime(&w, "sent", r->sent);
		}
		if (r->json.n > 0)
			jw_kraw(&w, "reply_to", r->json);
		jw_end(&w);
		buf_putc(&p->out, '\n');
		return 0;
	}
	utf8_clean(&p->out, r->post);
	if (r->sent != 0)
		buf_printf(&p->out, "  v%lld %.16s", (long long)r->version, clock_format(r->sent, at).p);
	else
		buf_puts(&p->out, "  waits");
	for (size_t i = 0; i < 3; i++) {
		static const char *const path[] = {"platform", "author.id", "url"};

		buf_puts(&p->out, "  ");
		utf8_clean(&p->out, json_str(json_path(to, path[i]), a));
	}
	buf_putc(&p->out, '\n');
	return 0;
}

int
verb_posts(int argc, char **argv)
{
	struct desk k = {0};
	struct posts p = {.k = &k};
	static struct opt_list drop;
	const char *reason = NULL;
	const struct opt opts[] = {
	    DESK_OPTS(k), DESK_AS(k),
	    {0, "drop", "POST", "take this post off the text; may be repeated", OPT_LIST, &drop, 0, 0},
	    {0, "reason", "WHY", "with --drop: why; required", OPT_STR, &reason, 0, 0},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "TEXT", "Lists the posts that wait for a text or were answered with it.");
	struct store_draft d;
	struct err e;

	if (v[0] == NULL || v[1] != NULL)
		msg_usage("expected one text");
	if (drop.n > 0 && (reason == NULL || *reason == '\0'))
		msg_usage("say why with --reason");
	desk_open(&k, drop.n > 0);
	if (drop.n > 0 && store_begin(k.s, &e) != 0)
		msg_die(&e);
	desk_draft(&k, v[0], 0, &d);
	if (!is_reply(&d))
		refuse("%.*s is no text for posts ('draft replies' makes them)", STRF(d.id));
	for (size_t i = 0; i < drop.n; i++) {
		int had = store_reply_drop(k.s, d.id, str_c(drop.v[i]), &e);

		if (had < 0)
			msg_die(&e);
		if (had == 0)
			refuse("no post '%s' waits for %.*s", drop.v[i], STRF(d.id));
		desk_event(&k, "draft.drop", &d, arena_printf(&k.mem, "%s: %s", drop.v[i], reason).p);
	}
	if (drop.n > 0 && store_commit(k.s, &e) != 0)
		msg_die(&e);
	if (store_replies(k.s, d.id, false, show_one, &p, &e) != 0)
		msg_die(&e);
	if (p.n > 0)
		(void)fwrite(p.out.p, 1, p.out.n, stdout);
	buf_free(&p.out);
	return desk_end(&k, p.n > 0 ? EXIT_OK : EXIT_NO);
}
