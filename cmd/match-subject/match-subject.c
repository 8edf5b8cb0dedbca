/*
 * match-subject: keeps posts about watched subjects; says which terms matched and whose voice speaks.
 * Reads id title text tags source platform channel author parent root; writes subjects.
 */
#include <stdlib.h>

#include "base/file.h"
#include "base/hash.h"
#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/path.h"
#include "cli/run.h"
#include "model/author.h"
#include "model/blame.h"
#include "watch.h"

struct conf {
	const char *path;
	bool keep_all, explain, check;
};

enum { TERMS_SHOWN = 16, NEAR_MAX = 32, ALL_MAX = 64 };

/* What one post says about one subject. Valid when stamp is the present post's number. */
struct tally {
	uint64_t stamp;
	uint64_t all;                 /* bits of ROLE_ALL terms met */
	bool named, ambiguous, context, excluded, near;
	uint32_t near_at[NEAR_MAX][2]; /* unit behind the last hit of each side, 0 = none */
	size_t nterm;
	uint32_t term[TERMS_SHOWN];
	struct match_hit hit[TERMS_SHOWN]; /* place of each, with --explain */
	uint8_t part[TERMS_SHOWN];
	uint32_t regex; /* index + 1 of the regex that matched */
	double blame;
};

/*
 * A post that was about something: reposts and answers are, too, also when they say no more than 转发微博. A new one
 * takes the place of an older one now and then; 16 MB hold about the last million.
 */
enum { HEARD = 1 << 20 };
struct heard {
	uint64_t id;                      /* hash; 0: free */
	uint32_t subject, subject2;       /* index + 1; two at most are kept */
};

struct state {
	const struct conf *conf;
	struct heard *heard; /* [HEARD] */
	struct watch watch;
	struct fold *fold;
	struct match_text text;
	struct tally *tally;
	uint32_t *touched;
	size_t ntouched;
	uint64_t stamp;
	uint64_t kept, dropped, gave_up;
	struct matcher blame; /* words of blame */
	struct buf names;     /* struct blame_name after struct blame_name */
	struct buf out;
};

static struct tally *
touch(struct state *st, uint32_t subject)
{
	struct tally *t = &st->tally[subject];

	if (t->stamp != st->stamp) {
		*t = (struct tally){.stamp = st->stamp};
		st->touched[st->ntouched++] = subject;
	}
	return t;
}

static void
note_term(struct tally *t, const struct watch *w, const struct match_hit *h, uint8_t part)
{
	for (size_t i = 0; i < t->nterm; i++) /* once each; the same place under another spelling (華沛, 华沛) once */
		if (str_eq(w->term[t->term[i]].text, w->term[h->value].text) ||
		    (t->part[i] == part && t->hit[i].off == h->off && t->hit[i].len == h->len))
			return;
	if (t->nterm < TERMS_SHOWN) {
		t->hit[t->nterm] = *h;
		t->part[t->nterm] = part;
		t->term[t->nterm++] = h->value;
	}
}

/* Distance in units between a hit and the last one of the other side, when close enough. */
static void
see_near(struct tally *t, const struct subject *s, const struct match_hit *h, uint32_t arg)
{
	uint32_t pair = arg >> 1, side = arg & 1, other;

	if (pair >= NEAR_MAX)
		return;
	other = t->near_at[pair][!side];
	if (other != 0 && (h->unit + 1 < other || h->unit + 1 - other <= s->near[pair].within))
		t->near = true;
	t->near_at[pair][side] = h->unit + h->nunit + 1;
}

static bool
behind_hash(struct str text, uint32_t off)
{
	return (off >= 1 && text.p[off - 1] == '#') || (off >= 3 && memcmp(text.p + off - 3, "＃", 3) == 0);
}

/* One of title, text, tags. True when a block word applies. */
static bool
scan(struct state *st, struct str text, uint8_t part, uint32_t source)
{
	const struct watch *w = &st->watch;
	bool blocked = false;

	if (text.n == 0)
		return false;
	match_layout(st->fold, text, MATCH_USERS, &st->text);
	match_scan(&w->matcher, &st->text);
	for (size_t i = 0; i < st->text.nhit; i++) {
		const struct match_hit *h = &st->text.hit[i];
		const struct term *term = &w->term[h->value];
		struct tally *t;

		if (term->role == ROLE_BLOCK) {
			blocked = blocked || term->arg == 0 || term->arg == source;
			continue;
		}
		if (term->role == ROLE_HASHTAG && part != 2 && !behind_hash(text, h->off))
			continue;
		t = touch(st, term->subject);
		switch (term->role) {
		case ROLE_NAME:
		case ROLE_HASHTAG:
			t->named = true;
			break;
		case ROLE_AMBIGUOUS:
			t->ambiguous = true;
			break;
		case ROLE_CONTEXT:
			t->context = true;
			continue;
		case ROLE_ALL:
			t->all |= (uint64_t)1 << (term->arg % ALL_MAX);
			break;
		case ROLE_NONE:
			t->excluded = true;
			continue;
		case ROLE_NEAR:
			see_near(t, &w->subject[term->subject], h, term->arg);
			break;
		case ROLE_BLOCK:
			break;
		}
		note_term(t, w, h, part);
	}
	for (size_t k = 0; k < st->ntouched; k++) /* word distance does not reach from title into text */
		for (size_t i = 0; i < NEAR_MAX && i < w->subject[st->touched[k]].nnear; i++)
			st->tally[st->touched[k]].near_at[i][0] = st->tally[st->touched[k]].near_at[i][1] = 0;
	return blocked;
}

static void
scan_regex(struct state *st, struct str text)
{
	size_t off, len;
	bool gave_up;

	for (size_t n = 0; text.n > 0 && n < st->watch.nwith_regex; n++) {
		uint32_t i = st->watch.with_regex[n];

		for (size_t k = 0; k < st->watch.subject[i].nregex; k++) {
			if (regex_find(st->watch.subject[i].regex[k], text, &off, &len, &gave_up)) {
				struct tally *t = touch(st, i);

				t->named = true;
				t->regex = (uint32_t)k + 1;
			}
			st->gave_up += gave_up;
		}
	}
}

static bool
matches(const struct subject *s, const struct tally *t)
{
	bool positive = t->named || t->near || (t->ambiguous && t->context);
	uint64_t all = s->nall >= ALL_MAX ? UINT64_MAX : ((uint64_t)1 << s->nall) - 1;

	if (t->excluded || (t->all & all) != all)
		return false;
	return positive || (s->nall > 0 && !s->ambiguous && s->nnear == 0);
}

/* --- whose voice ------------------------------------------------------------------------------------------------- */

/* Who wrote a post. */
struct writer_of {
	struct json id, name, type, verified;
};

static struct writer_of
read_author(struct json author)
{
	struct writer_of w = {.id = {.type = JSON_NONE}};
	struct json_iter it = json_iter(author);
	struct str key;
	struct json v;

	while (author.type == JSON_OBJ && json_next(&it, &key, &v)) {
		struct json *to = str_is(key, "id") ? &w.id : str_is(key, "name") ? &w.name : str_is(key, "type") ? &w.type :
		    str_is(key, "verified") ? &w.verified : NULL;

		if (to != NULL && to->type == JSON_NONE)
			*to = v;
	}
	return w;
}

/* Facts of the platform, when no account list knows better. */
static enum voice
guess_voice(struct rec *r, const struct writer_of *who)
{
	struct str mark = json_str(who->verified, &r->tmp);
	enum author_kind by_type = author_kind(json_str(who->type, &r->tmp)), by_mark = author_kind(mark);
	enum author_kind kind = by_type > by_mark ? by_type : by_mark; /* the one that says more */

	/* the name of an account that anybody may have taken says nothing, nor that of a person */
	if (kind == AUTHOR_ORG || (kind == AUTHOR_UNKNOWN && (who->verified.type == JSON_TRUE || mark.n > 0))) {
		enum author_kind by_name = author_by_name(json_str(who->name, &r->tmp));

		kind = by_name != AUTHOR_UNKNOWN ? by_name : kind;
	}
	if (kind == AUTHOR_OFFICIAL)
		return VOICE_OFFICIAL;
	if (kind == AUTHOR_MEDIA || json_is(rec_get(r, "platform"), "news") || json_is(rec_get(r, "channel"), "news"))
		return VOICE_MEDIA;
	return VOICE_PUBLIC;
}

/* -1: not listed. */
static ptrdiff_t
listed(struct state *st, struct rec *r, const struct writer_of *who)
{
	uintptr_t *i = NULL;
	struct str id, name;

	if (st->watch.accounts.n == 0)
		return -1;
	id = json_str(who->id, &r->tmp);
	name = json_str(who->name, &r->tmp);
	if (name.n > 0)
		i = map_get(&st->watch.accounts, name);
	if (i == NULL && id.n > 0) {
		i = map_get(&st->watch.accounts, id);
		if (i == NULL)
			i = map_get(&st->watch.accounts, arena_join(&r->tmp, rec_str(r, "platform"), ':', id));
	}
	return i != NULL ? (ptrdiff_t)*i : -1;
}

static enum voice
voice_for(const struct state *st, ptrdiff_t account, enum voice guess, uint32_t subject)
{
	const struct account *a;

	if (account < 0)
		return guess;
	a = &st->watch.account[account];
	switch (a->voice) {
	case VOICE_OWN: /* another subject's own account is a rival's only when that subject is one */
	case VOICE_STAFF:
		return a->subject == subject ? a->voice : guess;
	case VOICE_RIVAL:
		return a->subject == subject ? VOICE_OWN : VOICE_RIVAL;
	default:
		return a->voice;
	}
}

/* --- whose fault -------------------------------------------------------------------------------------------------- */

/* When several subjects occur: how much of the blame falls on each. */
static void
weigh_blame(struct state *st, struct str text)
{
	const struct watch *w = &st->watch;
	struct blame_name *name;

	match_layout(st->fold, text, MATCH_USERS, &st->text);
	match_scan(&w->matcher, &st->text);
	st->names.n = 0;
	for (size_t i = 0; i < st->text.nhit; i++) {
		const struct match_hit *h = &st->text.hit[i];
		const struct term *term = &w->term[h->value];
		struct blame_name x = {.who = term->subject, .unit = h->unit, .nunit = h->nunit};

		if ((term->role == ROLE_NAME || term->role == ROLE_AMBIGUOUS || term->role == ROLE_HASHTAG) &&
		    st->tally[term->subject].stamp == st->stamp)
			buf_add(&st->names, &x, sizeof x);
	}
	if (st->names.n == 0)
		return;
	match_scan(&st->blame, &st->text); /* the same units */
	name = (struct blame_name *)(void *)st->names.p;
	blame_weigh(&st->text, name, st->names.n / sizeof *name);
	for (size_t i = 0; i < st->names.n / sizeof *name; i++)
		st->tally[name[i].who].blame += name[i].weight;
}

/* --- output ------------------------------------------------------------------------------------------------------- */

static void
put_subject(struct state *st, struct jw *j, uint32_t si, struct str via, enum voice voice, bool blamed)
{
	static const char *const part_name[] = {"title", "text", "tags"};
	const struct subject *s = &st->watch.subject[si];
	const struct tally *t = &st->tally[si];

	jw_obj(j);
	jw_kstr(j, "id", s->id);
	if (s->name.n > 0)
		jw_kstr(j, "name", s->name);
	jw_key(j, "terms");
	jw_arr(j);
	for (size_t i = 0; i < t->nterm; i++)
		jw_str(j, st->watch.term[t->term[i]].text);
	if (t->regex > 0)
		jw_str(j, s->regex_text[t->regex - 1]);
	jw_end(j);
	jw_kstr_opt(j, "via", via);
	jw_kcstr(j, "voice", voice_name[voice]);
	if (s->rival)
		jw_kcstr(j, "side", "rival");
	if (s->industry.n > 0)
		jw_kstr(j, "industry", s->industry);
	if (blamed)
		jw_kbool(j, "blamed", true);
	if (st->conf->explain) {
		jw_key(j, "at");
		jw_arr(j);
		for (size_t i = 0; i < t->nterm; i++) {
			jw_obj(j);
			jw_kstr(j, "term", st->watch.term[t->term[i]].text);
			jw_kcstr(j, "in", part_name[t->part[i]]);
			jw_kint(j, "byte", t->hit[i].off);
			jw_kint(j, "len", t->hit[i].len);
			jw_end(j);
		}
		jw_end(j);
	}
	jw_end(j);
}

static struct heard *
heard(struct state *st, struct str id, uint64_t *h)
{
	*h = hash_bytes(id.p, id.n, 11) | 1;
	return &st->heard[(*h >> 8) & (HEARD - 1)];
}

static void
hear(struct state *st, struct str id, size_t n)
{
	uint64_t h;
	struct heard *p = heard(st, id, &h);

	if (id.n > 0)
		*p = (struct heard){h, st->touched[0] + 1, n > 1 ? st->touched[1] + 1 : 0};
}

/* What it answers or reposts was about: the subjects that do not refuse it, in st->touched. */
static size_t
through(struct state *st, struct rec *r, struct str *via)
{
	static const char *const up[] = {"parent", "root"};

	for (size_t k = 0; k < sizeof up / sizeof up[0]; k++) {
		uint64_t h;
		const struct heard *p = heard(st, *via = rec_str(r, up[k]), &h);
		uint32_t subject[2] = {p->subject, p->subject2};
		size_t n = 0;

		if (via->n == 0 || p->id != h)
			continue;
		for (size_t i = 0; i < 2; i++) {
			const struct tally *t = subject[i] > 0 ? &st->tally[subject[i] - 1] : NULL;

			if (t != NULL && !(t->stamp == st->stamp && t->excluded)) {
				(void)touch(st, subject[i] - 1);
				subject[n++] = subject[i] - 1;
			}
		}
		for (size_t i = 0; i < n; i++)
			st->touched[i] = subject[i];
		if (n > 0)
			return n;
	}
	*via = STR("");
	return 0;
}

/* True when the post goes on. */
static bool
post(struct state *st, struct rec *r)
{
	struct str title = rec_str(r, "title"), text = rec_str(r, "text"), via = STR("");
	struct json tags = rec_get(r, "tags");
	struct writer_of who = {.id = {.type = JSON_NONE}};
	uintptr_t *source = st->watch.sources.n > 0 ? map_get(&st->watch.sources, rec_str(r, "source")) : NULL;
	bool blocked;
	size_t n = 0, best = 0;
	ptrdiff_t account;
	enum voice guess;
	struct jw j;

	st->stamp++;
	st->ntouched = 0;
	blocked = scan(st, title, 0, source != NULL ? (uint32_t)*source : 0);
	blocked |= scan(st, text, 1, source != NULL ? (uint32_t)*source : 0);
	if (tags.type == JSON_ARR)
		blocked |= scan(st, tags.raw, 2, source != NULL ? (uint32_t)*source : 0);
	scan_regex(st, title);
	scan_regex(st, text);
	if (st->watch.accounts.n > 0)
		who = read_author(rec_get(r, "author"));
	account = listed(st, r, &who);
	if (source != NULL && st->watch.source_subject[*source] > 0)
		touch(st, st->watch.source_subject[*source] - 1)->named = true;
	/* what a house's own account says is about it, whether it names it or not; its staff also have lives */
	if (account >= 0 && st->watch.account[account].voice == VOICE_OWN)
		touch(st, st->watch.account[account].subject)->named = true;
	for (size_t i = 0; i < st->ntouched && !blocked; i++) {
		uint32_t si = st->touched[i];

		if (matches(&st->watch.subject[si], &st->tally[si]))
			st->touched[n++] = si;
	}
	if (n == 0 && !blocked)
		n = through(st, r, &via);
	st->ntouched = n;
	if (n > 0)
		hear(st, rec_str(r, "id"), n);
	if (n == 0) {
		rec_del(r, "subjects");
		return st->conf->keep_all;
	}
	if (st->watch.accounts.n == 0)
		who = read_author(rec_get(r, "author"));
	guess = guess_voice(r, &who);
	if (n > 1 && via.n == 0) {
		weigh_blame(st, title);
		weigh_blame(st, text);
		for (size_t i = 1; i < n; i++)
			if (st->tally[st->touched[i]].blame > st->tally[st->touched[best]].blame)
				best = i;
	}
	buf_reset(&st->out);
	j = jw_open(&st->out);
	jw_arr(&j);
	for (size_t i = 0; i < n; i++) {
		uint32_t si = st->touched[i];

		put_subject(st, &j, si, via, voice_for(st, account, guess, si), n > 1 && i == best && st->tally[si].blame > 0);
	}
	jw_end(&j);
	rec_set(r, "subjects", buf_view(&st->out));
	return true;
}

int
main(int argc, char **argv)
{
	static struct conf conf;
	const struct opt opts[] = {{'c', NULL, "FILE", "watch.yaml to use", OPT_STR, &conf.path, 0, 0},
	    {0, "keep-all", NULL, "pass posts about nothing watched, too", OPT_FLAG, &conf.keep_all, 0, 0},
	    {0, "explain", NULL, "also say where each term stands", OPT_FLAG, &conf.explain, 0, 0},
	    {0, "check", NULL, "validate the configuration and stop", OPT_FLAG, &conf.check, 0, 0}, {0}};
	char **operands = opt_parse(argc, argv, opts, "[file...]", "Keeps posts about watched subjects.");
	static struct state st = {.conf = &conf};
	struct arena a = {0};
	struct str table;
	struct run run;
	struct rec r = {0};
	struct err e;
	const char *path = path_data("t2s.tsv", &e);
	int status;

	st.fold = xcalloc(1, sizeof *st.fold);
	fold_init(st.fold);
	if (path == NULL || file_read(path, 4 << 20, &a, &table, &e) != 0 || fold_load(st.fold, table, path, &e) != 0)
		msg_die(&e);
	arena_free(&a);
	path = path_config(conf.path, "watch.yaml", &e);
	if (path == NULL || watch_load(&st.watch, st.fold, path, &e) != 0)
		msg_die(&e);
	if (conf.check) {
		msg_note("%s: in order, %zu subjects, %zu terms", path, st.watch.nsubject, st.watch.nterm);
		return EXIT_OK;
	}
	st.tally = xcalloc(st.watch.nsubject, sizeof *st.tally);
	st.touched = xcalloc(st.watch.nsubject, sizeof *st.touched);
	st.heard = xcalloc(HEARD, sizeof *st.heard);
	blame_words(&st.blame, st.fold);
	run_open(&run, operands);
	while (run_next(&run, &r)) {
		if (rec_kind(&r) == KIND_POST && !post(&st, &r)) {
			st.dropped++;
			continue;
		}
		run_put(&run, &r);
	}
	if (st.gave_up > 0)
		msg_note("a regular expression gave up on %llu posts", (unsigned long long)st.gave_up);
	status = run_finish(&run);
	rec_free(&r);
	matcher_free(&st.blame);
	match_text_free(&st.text);
	buf_free(&st.names);
	watch_free(&st.watch);
	buf_free(&st.out);
	free(st.tally);
	free(st.touched);
	free(st.heard);
	free(st.fold);
	return status;
}
