/*
 * spread: repost and reply trees of the posts read, each with its shape, speed, key nodes and moods.
 * Reads id published parent root text url author platform form subjects dup sentiment; writes cascade records,
 * a tree for the terminal, or DOT.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/run.h"
#include "model/author.h"
#include "model/cascade.h"

struct conf {
	const char *format;
	int64_t min, depth, delay, rate;
	bool draw;
};

/* What a post says about where it came from; looked at when all posts are known. */
struct origin {
	struct str parent, root, quote, copy_of;
	uint64_t link, url;  /* hashes, 0 = none */
	uint32_t same_name;  /* the post before by an author of this name, or CASCADE_NONE */
};

struct state {
	const struct conf *conf;
	struct forest f;
	struct origin *o;
	size_t cap;
	struct map by_name, by_url, by_root;
	struct run run;
	struct buf b;
};

/* --- reading ------------------------------------------------------------------------------------------------------- */

/* The account a repost takes its text from: the first //@name of the chain. */
static struct str
quoted(struct str text)
{
	ptrdiff_t at = str_find(text, STR("//@"));
	struct str rest;
	size_t n;

	if (at < 0)
		return STR("");
	rest = str_sub(text, (size_t)at + 3, 120);
	for (n = 0; n < rest.n; n++)
		if (rest.p[n] == ':' || is_space(rest.p[n]) || rest.p[n] == '/' ||
		    (n + 3 <= rest.n && memcmp(rest.p + n, "：", 3) == 0))
			break;
	return str_sub(rest, 0, n < rest.n ? n : 0);
}

static uint64_t
first_link(struct str text)
{
	ptrdiff_t at = str_find(text, STR("http"));
	struct str rest;
	size_t n = 0;

	if (at < 0)
		return 0;
	rest = str_sub(text, (size_t)at, 2048);
	while (n < rest.n && rest.p[n] > ' ' && rest.p[n] < 0x7f)
		n++;
	return n > 10 ? hash_bytes(rest.p, n, 0) | 1 : 0;
}

static enum account_kind
kind_of(struct rec *r, struct json author, int64_t followers)
{
	struct json_iter it = json_iter(rec_get(r, "subjects"));
	struct json s, verified = json_get(author, "verified");
	enum author_kind said;
	struct str key;

	while (json_next(&it, &key, &s)) {
		struct json voice = json_get(s, "voice");

		if (json_is(voice, "own"))
			return ACCOUNT_OWN;
		if (json_is(voice, "official"))
			return ACCOUNT_OFFICIAL;
		if (json_is(voice, "media"))
			return ACCOUNT_MEDIA;
	}
	said = author_kind(json_str(verified, &r->tmp));
	if (json_is(rec_get(r, "platform"), "news") || said == AUTHOR_MEDIA)
		return ACCOUNT_MEDIA;
	if (said == AUTHOR_OFFICIAL)
		return ACCOUNT_OFFICIAL;
	return followers >= 100000 || (verified.type == JSON_TRUE && followers >= 20000) ? ACCOUNT_KOL : ACCOUNT_ORDINARY;
}

static struct str
keep(struct state *st, struct str s)
{
	return s.n > 0 ? arena_str(&st->f.mem, s) : STR("");
}

static void
see(struct state *st, struct rec *r)
{
	struct str id = rec_str(r, "id"), author_id, name, text = rec_str(r, "text"), url = rec_str(r, "url");
	struct json author = rec_get(r, "author");
	int64_t t, followers = json_int_or(json_get(author, "followers"), 0);
	double score = json_num_or(json_get(rec_get(r, "sentiment"), "score"), (double)NAN);
	struct origin *o;
	struct err e;
	uint32_t v, a;

	if (id.n == 0 || !rec_time(r, "published", &t)) {
		(void)err_set(&e, ERR_DATA, "a post needs %s", id.n == 0 ? "an id" : "a time in 'published'");
		run_reject(&st->run, r, &e);
		return;
	}
	name = json_str(json_get(author, "name"), &r->tmp);
	author_id = json_str(json_get(author, "id"), &r->tmp);
	if (author_id.n == 0)
		author_id = name.n > 0 ? name : arena_printf(&r->tmp, "?%.*s", STRF(id));
	a = forest_author(&st->f, author_id, name, followers < 0 ? 0 : followers, kind_of(r, author, followers));
	v = forest_add(&st->f, id, a, t, (float)score, forest_platform(&st->f, rec_str(r, "platform")));
	if (v == CASCADE_NONE)
		return; /* the same post again */
	st->o = xgrow(st->o, &st->cap, v + (size_t)1, sizeof *st->o);
	o = &st->o[v];
	*o = (struct origin){.parent = keep(st, rec_str(r, "parent")), .root = keep(st, rec_str(r, "root")),
	    .quote = keep(st, quoted(text)), .copy_of = keep(st, json_str(json_get(rec_get(r, "dup"), "of"), &r->tmp)),
	    .link = first_link(text), .url = url.n > 0 ? hash_bytes(url.p, url.n, 0) | 1 : 0, .same_name = CASCADE_NONE};
	if (name.n > 0) {
		bool added;
		uintptr_t *last = map_put(&st->by_name, name, &added);

		if (!added)
			o->same_name = (uint32_t)*last;
		*last = v;
	}
	if (o->url != 0)
		*map_put(&st->by_url, (struct str){(const char *)&o->url, sizeof o->url}, NULL) = v;
}

/* --- edges ---------------------------------------------------------------------------------------------------------- */

static uint32_t
by_id(const struct state *st, struct str id)
{
	uintptr_t *v = id.n > 0 ? map_get(&st->f.by_id, id) : NULL;

	return v != NULL ? (uint32_t)*v : CASCADE_NONE;
}

static struct str
root_of(const struct state *st, uint32_t v)
{
	return st->o[v].root.n > 0 ? st->o[v].root : st->f.node[v].id;
}

/* The latest earlier post by somebody of this name, in the same tree when that is known. */
static uint32_t
by_quote(const struct state *st, uint32_t v)
{
	const struct origin *o = &st->o[v];
	uintptr_t *last = o->quote.n > 0 ? map_get(&st->by_name, o->quote) : NULL;
	uint32_t best = CASCADE_NONE;

	for (uint32_t w = last != NULL ? (uint32_t)*last : CASCADE_NONE; w != CASCADE_NONE; w = st->o[w].same_name) {
		if (w == v || st->f.node[w].time > st->f.node[v].time)
			continue;
		if (o->root.n > 0 && !str_eq(root_of(st, w), o->root))
			continue;
		if (best == CASCADE_NONE || st->f.node[w].time > st->f.node[best].time)
			best = w;
	}
	return best;
}

/* When the root itself is not among the posts, the earliest that names it stands in for it. */
static uint32_t
stand_in(struct state *st, uint32_t v)
{
	uintptr_t *w = map_get(&st->by_root, st->o[v].root);

	return w != NULL ? (uint32_t)*w : CASCADE_NONE;
}

static void
collect_roots(struct state *st)
{
	for (uint32_t v = 0; v < st->f.n; v++) {
		bool added;
		uintptr_t *w;

		if (st->o[v].root.n == 0 || map_get(&st->f.by_id, st->o[v].root) != NULL)
			continue;
		w = map_put(&st->by_root, st->o[v].root, &added);
		if (added || st->f.node[v].time < st->f.node[*w].time)
			*w = v;
	}
}

static void
link_up(struct state *st)
{
	collect_roots(st);
	for (uint32_t v = 0; v < st->f.n; v++) {
		const struct origin *o = &st->o[v];
		struct node *n = &st->f.node[v];
		uint32_t up = by_id(st, o->parent);
		enum edge_ground g = EDGE_GIVEN;

		if (up == CASCADE_NONE && (up = by_quote(st, v)) != CASCADE_NONE)
			g = EDGE_QUOTE;
		if (up == CASCADE_NONE && o->root.n > 0) {
			up = by_id(st, o->root);
			if (up == CASCADE_NONE)
				up = stand_in(st, v);
			g = EDGE_TO_ROOT;
		}
		if (up == CASCADE_NONE && (up = by_id(st, o->copy_of)) != CASCADE_NONE)
			g = EDGE_COPY;
		if (up == CASCADE_NONE && o->link != 0) {
			uintptr_t *w = map_get(&st->by_url, (struct str){(const char *)&o->link, sizeof o->link});

			if (w != NULL && st->f.node[*w].time <= n->time)
				up = (uint32_t)*w;
			g = EDGE_LINK;
		}
		if (up == CASCADE_NONE || up == v)
			continue;
		n->parent = up;
		n->ground = (uint8_t)g;
	}
}

/* --- writing -------------------------------------------------------------------------------------------------------- */

static void
put_account(const struct state *st, struct jw *j, uint32_t v)
{
	const struct node *n = &st->f.node[v];
	const struct author *a = &st->f.author[n->author];

	jw_kstr(j, "id", n->id);
	jw_kstr(j, "author", a->id);
	jw_kstr_opt(j, "name", a->name);
	jw_kcstr(j, "kind", account_kind_name[a->kind]);
	if (a->followers > 0)
		jw_kint(j, "followers", a->followers);
	jw_kstr_opt(j, "platform", st->f.platform[n->platform]);
}

/* What to do about a node: answer what turns people against us, talk to voices many listen to, watch the rest. */
static const char *
advice(const struct state *st, const struct cascade *c, uint32_t v)
{
	const struct node *n = &st->f.node[v];
	const struct author *a = &st->f.author[n->author];

	if (a->kind == ACCOUNT_OWN)
		return "own";
	if (!isnan(n->score) && n->score < -0.3f && (n->size * 20 >= c->n || a->kind == ACCOUNT_KOL))
		return "answer";
	return a->kind != ACCOUNT_ORDINARY ? "talk" : "watch";
}

static void
put_key_nodes(const struct state *st, struct jw *j, const struct cascade *c)
{
	uint32_t v[2 * TOP + 1], n = 0;

	for (uint32_t i = 0; i < c->nspreader; i++)
		v[n++] = c->spreader[i];
	for (uint32_t i = 0; i < c->nbridge; i++) {
		bool known = false;

		for (uint32_t k = 0; k < n; k++)
			known = known || v[k] == c->bridge[i];
		if (!known)
			v[n++] = c->bridge[i];
	}
	jw_key(j, "nodes");
	jw_arr(j);
	for (uint32_t i = 0; i < n; i++) {
		const struct node *x = &st->f.node[v[i]];
		uint64_t rest = c->n - x->size, between = (uint64_t)(c->n - 1) * (c->n - 1) - rest * rest;

		for (uint32_t k = x->child; k != CASCADE_NONE; k = st->f.node[k].next)
			between -= (uint64_t)st->f.node[k].size * st->f.node[k].size;
		if (x->size == 1 && v[i] != c->root)
			continue;
		jw_obj(j);
		put_account(st, j, v[i]);
		jw_kint(j, "descendants", x->size - 1);
		jw_kint(j, "children", x->nchild);
		jw_kint(j, "level", x->level);
		jw_kint(j, "between", (int64_t)(between / 2));
		if (v[i] != c->root)
			jw_kint(j, "cut_off", cascade_cut(&st->f, c, v[i], st->conf->delay));
		jw_kcstr(j, "advice", advice(st, c, v[i]));
		if (v[i] == c->turn)
			jw_kbool(j, "turned", true);
		jw_end(j);
	}
	jw_end(j);
}

/* Nodes that a drawing shows: those with a two-hundredth of the tree below them, at most 400. */
static void
put_drawing(const struct state *st, struct jw *j, const struct cascade *c)
{
	const uint32_t *order = st->f.order + st->f.node[c->root].pre;
	uint32_t least = c->n / 200 > 1 ? c->n / 200 : 1, shown = 0;

	jw_key(j, "drawing");
	jw_arr(j);
	for (uint32_t i = 0; i < c->n && shown < 400; i++) {
		const struct node *v = &st->f.node[order[i]];

		if (i > 0 && (v->size < least || (v->size == 1 && v->level > 1 && c->n > 400)))
			continue;
		jw_obj(j);
		jw_kstr(j, "id", v->id);
		if (i > 0)
			jw_kstr(j, "parent", st->f.node[v->parent].id);
		jw_kint(j, "size", v->size);
		jw_kint(j, "level", v->level);
		jw_kint(j, "s", v->time - st->f.node[c->root].time);
		if (v->ground > EDGE_GIVEN)
			jw_kcstr(j, "inferred", edge_ground_name[v->ground]);
		jw_end(j);
		shown++;
	}
	jw_end(j);
}

static void
put_counts(struct jw *j, const char *key, const uint32_t *n, const char *const *name, size_t k)
{
	jw_key(j, key);
	jw_obj(j);
	for (size_t i = 0; i < k; i++)
		if (n[i] > 0)
			jw_kint(j, name[i], n[i]);
	jw_end(j);
}

static void
put_moods(struct jw *j, const struct cascade *c, const struct state *st)
{
	if (isnan(c->mood))
		return;
	jw_key(j, "mood");
	jw_obj(j);
	jw_knum(j, "mean", c->mood, 3);
	jw_knum(j, "negative_share", c->neg_share, 3);
	jw_key(j, "by_level");
	jw_arr(j);
	for (uint32_t l = 0; l <= c->depth && l < 20; l++)
		if (isnan(c->level_mood[l]))
			jw_null(j);
		else
			jw_num(j, (double)c->level_mood[l], 3);
	jw_end(j);
	if (c->turn != CASCADE_NONE) {
		jw_key(j, "turned_by");
		jw_obj(j);
		put_account(st, j, c->turn);
		jw_knum(j, "shift", c->turn_shift, 3);
		jw_end(j);
	}
	jw_end(j);
}

static void
put_record(struct state *st, const struct cascade *c)
{
	static const char *const size_name[SIZE_AT] = {"600", "3600", "21600", "86400", "604800"};
	struct jw j;
	double reach = (double)c->followers * (double)st->conf->rate / 100;
	const struct forest *f = &st->f;

	buf_reset(&st->b);
	j = jw_open(&st->b);
	jw_obj(&j);
	jw_kcstr(&j, "kind", "cascade");
	jw_key(&j, "id");
	jw_str(&j, arena_printf(&st->f.mem, "cascade:%.*s", STRF(f->node[c->root].id)));
	jw_kstr(&j, "root", f->node[c->root].id);
	jw_ktime(&j, "published", f->node[c->root].time);
	jw_kint(&j, "n", c->n);
	jw_kint(&j, "authors", c->authors);
	jw_kint(&j, "direct", c->direct);
	jw_kint(&j, "leaves", c->leaves);
	jw_kint(&j, "depth", c->depth);
	jw_kint(&j, "max_breadth", c->max_breadth);
	jw_kint(&j, "max_breadth_level", c->max_breadth_level);
	jw_key(&j, "breadth");
	jw_arr(&j);
	for (uint32_t l = 0; l <= c->depth; l++)
		jw_int(&j, c->breadth[l]);
	jw_end(&j);
	jw_kint(&j, "wiener", (int64_t)c->wiener);
	jw_knum(&j, "virality", c->virality, 6);
	jw_kint(&j, "t50", c->t50);
	jw_kint(&j, "t90", c->t90);
	jw_key(&j, "size_at");
	jw_obj(&j);
	for (size_t i = 0; i < SIZE_AT; i++)
		jw_kint(&j, size_name[i], c->size_at[i]);
	jw_end(&j);
	jw_key(&j, "peak_hour");
	jw_arr(&j);
	jw_int(&j, c->peak_hour);
	jw_int(&j, c->peak_n);
	jw_end(&j);
	jw_key(&j, "top_spreaders");
	jw_arr(&j);
	for (uint32_t i = 0; i < c->nspreader; i++) {
		const struct node *v = &f->node[c->spreader[i]];

		jw_arr(&j);
		jw_str(&j, v->id);
		jw_str(&j, f->author[v->author].id);
		jw_int(&j, v->size - 1);
		jw_int(&j, v->nchild);
		jw_end(&j);
	}
	jw_end(&j);
	jw_key(&j, "top_authors");
	jw_arr(&j);
	for (uint32_t i = 0; i < c->ntop; i++) {
		jw_arr(&j);
		jw_str(&j, f->author[c->top[i].author].id);
		jw_int(&j, (int64_t)c->top[i].sum);
		jw_end(&j);
	}
	jw_end(&j);
	jw_knum(&j, "speed_per_h", c->last > 0 ? (double)(c->n - 1) * 3600 / (double)(c->last < 3600 ? 3600 : c->last) : 0, 2);
	jw_kcstr(&j, "stage", cascade_stage(f, c, cli.now_fixed ? cli.now : f->node[c->root].time + c->last));
	jw_kint(&j, "inferred", c->inferred);
	put_counts(&j, "grounds", c->ground, edge_ground_name, EDGE_GROUNDS);
	put_counts(&j, "accounts", c->by_kind, account_kind_name, ACCOUNT_KINDS);
	jw_key(&j, "platforms");
	jw_obj(&j);
	for (size_t i = 0; i < f->nplatform; i++)
		if (c->platform_n[i] > 0)
			jw_keyn(&j, f->platform[i].n > 0 ? f->platform[i] : STR("unknown")), jw_int(&j, c->platform_n[i]);
	jw_end(&j);
	jw_key(&j, "jumps");
	jw_arr(&j);
	for (size_t i = 0; i < c->njump && i < 20; i++) {
		jw_obj(&j);
		jw_kstr(&j, "from", f->platform[c->jump[i].from]);
		jw_kstr(&j, "to", f->platform[c->jump[i].to]);
		jw_kint(&j, "n", c->jump[i].n);
		jw_end(&j);
	}
	jw_end(&j);
	jw_key(&j, "branches");
	jw_arr(&j);
	for (size_t i = 0; i < c->nbranch; i++) {
		jw_obj(&j);
		jw_kstr(&j, "id", f->node[c->branch[i].node].id);
		jw_kstr(&j, "author", f->author[f->node[c->branch[i].node].author].id);
		jw_kint(&j, "n", c->branch[i].n);
		jw_knum(&j, "share", (double)c->branch[i].n / c->n, 3);
		jw_end(&j);
	}
	jw_end(&j);
	jw_key(&j, "reach");
	jw_obj(&j);
	jw_kint(&j, "followers", c->followers);
	jw_kint(&j, "seen_percent", st->conf->rate);
	jw_kint(&j, "estimate", reach < 9e18 ? (int64_t)reach : INT64_MAX);
	jw_end(&j);
	put_moods(&j, c, st);
	/* reach x emotion: ln(1 + people reached) x (1 + share of negatives) */
	jw_knum(&j, "influence", log1p(reach) * (1 + c->neg_share), 3);
	put_key_nodes(st, &j, c);
	if (st->conf->draw)
		put_drawing(st, &j, c);
	jw_end(&j);
	run_emit(&st->run, buf_view(&st->b));
}

static void
line_of(struct state *st, const struct cascade *c, uint32_t v)
{
	const struct node *n = &st->f.node[v];
	const struct author *a = &st->f.author[n->author];
	char sh[24];

	utf8_clean(&st->b, a->name.n > 0 ? a->name : a->id);
	buf_printf(&st->b, "  +%s", clock_short(n->time - st->f.node[c->root].time, sh).p);
	if (a->kind != ACCOUNT_ORDINARY)
		buf_printf(&st->b, "  %s", account_kind_name[a->kind]);
	if (n->size > 1)
		buf_printf(&st->b, "  %u below", n->size - 1);
	if (n->ground > EDGE_GIVEN)
		buf_printf(&st->b, "  (inferred: %s)", edge_ground_name[n->ground]);
}

/* A node's larger branches, the rest in one line. prefix is what stands left of it. */
static void
put_branch(struct state *st, const struct cascade *c, uint32_t v, const struct buf *prefix, int64_t depth)
{
	uint32_t least = c->n / 50 > 2 ? c->n / 50 : 2, shown = 0, rest = 0, rest_n = 0, last = CASCADE_NONE;

	for (uint32_t k = st->f.node[v].child; k != CASCADE_NONE; k = st->f.node[k].next)
		if ((st->f.node[k].size >= least || (c->n <= 40)) && depth > 0) {
			shown++;
			last = k;
		} else {
			rest++;
			rest_n += st->f.node[k].size;
		}
	for (uint32_t k = st->f.node[v].child; k != CASCADE_NONE && shown > 0; k = st->f.node[k].next) {
		struct buf deeper = {0};
		bool end = k == last && rest == 0;

		if (!((st->f.node[k].size >= least || (c->n <= 40)) && depth > 0))
			continue;
		buf_str(&st->b, buf_view(prefix));
		buf_puts(&st->b, end ? "└─ " : "├─ ");
		line_of(st, c, k);
		buf_putc(&st->b, '\n');
		buf_str(&deeper, buf_view(prefix));
		buf_puts(&deeper, end ? "   " : "│  ");
		put_branch(st, c, k, &deeper, depth - 1);
		buf_free(&deeper);
	}
	if (rest > 0) {
		buf_str(&st->b, buf_view(prefix));
		buf_printf(&st->b, "└─ … %u more, %u posts\n", rest, rest_n);
	}
}

static void
put_tree(struct state *st, const struct cascade *c)
{
	struct buf none = {0};
	char when[CLOCK_LEN], t50[24], t90[24];

	buf_reset(&st->b);
	utf8_clean(&st->b, st->f.node[c->root].id);
	buf_printf(&st->b, "  %s  %u posts by %u authors, depth %u, virality %.2f, half after %s, nine tenths after %s\n",
	    clock_format(st->f.node[c->root].time, when).p, c->n, c->authors, c->depth, c->virality, clock_short(c->t50, t50).p,
	    clock_short(c->t90, t90).p);
	line_of(st, c, c->root);
	buf_putc(&st->b, '\n');
	put_branch(st, c, c->root, &none, st->conf->depth);
	run_emit(&st->run, buf_view(&st->b));
}

/* Quoted for DOT: quotes and backslashes escaped, control characters gone. */
static void
dot_string(struct buf *b, struct str s)
{
	struct buf clean = {0};

	utf8_clean(&clean, s);
	buf_putc(b, '"');
	for (size_t i = 0; i < clean.n; i++) {
		if (clean.p[i] == '"' || clean.p[i] == '\\')
			buf_putc(b, '\\');
		buf_putc(b, clean.p[i]);
	}
	buf_putc(b, '"');
	buf_free(&clean);
}

static void
put_dot(struct state *st, const struct cascade *c)
{
	const uint32_t *order = st->f.order + st->f.node[c->root].pre;

	buf_reset(&st->b);
	buf_puts(&st->b, "digraph ");
	dot_string(&st->b, st->f.node[c->root].id);
	buf_puts(&st->b, " {\n\tnode [shape=circle, label=\"\", width=0.1, style=filled, fillcolor=gray];\n");
	for (uint32_t i = 0; i < c->n; i++) {
		const struct node *v = &st->f.node[order[i]];
		bool neg = !isnan(v->score) && v->score < -0.1f;

		buf_putc(&st->b, '\t');
		dot_string(&st->b, v->id);
		buf_printf(&st->b, " [width=%.2f%s", 0.1 + 0.1 * log1p(v->size), neg ? ", fillcolor=\"#c0392b\"" : "");
		if (v->size * 20 >= c->n || i == 0) {
			buf_puts(&st->b, ", xlabel=");
			dot_string(&st->b, st->f.author[v->author].name.n > 0 ? st->f.author[v->author].name
									     : st->f.author[v->author].id);
		}
		buf_puts(&st->b, "];\n");
		if (i == 0)
			continue;
		buf_putc(&st->b, '\t');
		dot_string(&st->b, st->f.node[v->parent].id);
		buf_puts(&st->b, " -> ");
		dot_string(&st->b, v->id);
		buf_puts(&st->b, v->ground > EDGE_GIVEN ? " [style=dashed];\n" : ";\n");
	}
	buf_puts(&st->b, "}");
	run_emit(&st->run, buf_view(&st->b));
}

int
main(int argc, char **argv)
{
	struct conf conf = {.format = "ndjson", .min = 2, .depth = 4, .delay = 1800, .rate = 3};
	const struct opt opts[] = {{'f', NULL, "FORMAT", "ndjson, tree or dot", OPT_STR, &conf.format, 0, 0},
	    {0, "min", "N", "trees of at least N posts (2)", OPT_INT, &conf.min, 1, 1 << 30},
	    {0, "depth", "N", "levels of the tree shown (4)", OPT_INT, &conf.depth, 1, 50},
	    {0, "delay", "DURATION", "how long after a post an answer comes (30m)", OPT_DUR, &conf.delay, 0, 0},
	    {0, "seen", "PERCENT", "of followers who see a post, for the reach (3)", OPT_INT, &conf.rate, 1, 100},
	    {0, "draw", NULL, "add what a drawing of the tree needs", OPT_FLAG, &conf.draw, 0, 0}, {0}};
	char **operands = opt_parse(argc, argv, opts, "[file...]", "Builds repost and reply trees and measures them.");
	struct state st = {.conf = &conf};
	struct arena a = {0};
	struct rec r = {0};
	size_t cut;

	if (strcmp(conf.format, "ndjson") != 0 && strcmp(conf.format, "tree") != 0 && strcmp(conf.format, "dot") != 0)
		msg_usage("-f: '%s' is not one of ndjson, tree, dot", conf.format);
	run_open(&st.run, operands);
	while (run_next(&st.run, &r))
		if (rec_kind(&r) == KIND_POST)
			see(&st, &r);
		else if (conf.format[0] == 'n')
			run_put(&st.run, &r);
	link_up(&st);
	cut = forest_build(&st.f);
	if (cut > 0)
		msg_note("%zu posts name each other as parents: those edges were cut", cut);
	for (size_t i = 0; i < st.f.nroot; i++) {
		struct cascade c;

		if (st.f.node[st.f.root[i]].size < conf.min)
			continue;
		cascade_measure(&st.f, st.f.root[i], &a, &c);
		if (conf.format[0] == 'n')
			put_record(&st, &c);
		else if (conf.format[0] == 't')
			put_tree(&st, &c);
		else
			put_dot(&st, &c);
		arena_reset(&a);
	}
	rec_free(&r);
	buf_free(&st.b);
	arena_free(&a);
	free(st.o);
	map_free(&st.by_name);
	map_free(&st.by_url);
	map_free(&st.by_root);
	forest_free(&st.f);
	return run_finish(&st.run);
}
