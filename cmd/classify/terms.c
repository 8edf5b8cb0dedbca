/* classify --terms: the words and phrases of a stream that are new or rising against a reference. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "classify.h"
#include "cli/msg.h"
#include "cli/run.h"
#include "model/phrase.h"

enum { TERM_COLS = 40, TERMS_TOP = 50 };

static const char *const status_name[] = {[PHRASE_STEADY] = "steady", [PHRASE_RISING] = "rising", [PHRASE_NEW] = "new"};

static int
sentiment_of(struct rec *r)
{
	struct json label = json_get(rec_get(r, "sentiment"), "label");

	return json_is(label, "neg") ? -1 : json_is(label, "neu") ? 0 : json_is(label, "pos") ? 1 : 2;
}

static void
take(struct phrases *p, const struct terms_conf *conf, struct run *run, struct rec *r, bool reference)
{
	struct phrase_post post = {.reference = reference, .published = INT64_MIN};

	if (rec_kind(r) != KIND_POST)
		return;
	post.id = rec_str(r, "id");
	if (!rec_time(r, "published", &post.published) && conf->split != INT64_MIN) {
		struct err e;

		(void)err_set(&e, ERR_DATA, "a post without a usable 'published' time");
		run_reject(run, r, &e);
		return;
	}
	if (conf->split != INT64_MIN && post.published < conf->split)
		post.reference = true;
	post.cluster = json_str(json_get(rec_get(r, "dup"), "cluster"), &r->tmp);
	post.title = rec_str(r, "title");
	post.text = rec_str(r, "text");
	post.type = json_str(json_get(rec_get(r, "crisis"), "type"), &r->tmp);
	post.sentiment = sentiment_of(r);
	phrases_add(p, &post);
}

static void
put_counts(struct jw *w, const struct phrase *x)
{
	static const char *const label[] = {"neg", "neu", "pos"};

	if (x->sentiment[0] + x->sentiment[1] + x->sentiment[2] > 0) {
		jw_key(w, "sentiment");
		jw_obj(w);
		for (int i = 0; i < 3; i++)
			jw_kint(w, label[i], (int64_t)x->sentiment[i]);
		jw_end(w);
	}
	if (x->ntypes > 0) {
		jw_key(w, "types");
		jw_arr(w);
		for (size_t i = 0; i < x->ntypes; i++) {
			jw_obj(w);
			jw_kstr(w, "type", x->type[i].type);
			jw_kint(w, "n", (int64_t)x->type[i].n);
			jw_end(w);
		}
		jw_end(w);
	}
}

static void
put_term(const struct phrase_result *r, const struct phrase *x, struct buf *out)
{
	struct jw w = jw_open(out);

	jw_obj(&w);
	jw_kcstr(&w, "kind", "point");
	jw_kcstr(&w, "series", "terms");
	if (r->latest != INT64_MIN)
		jw_ktime(&w, "ts", r->latest);
	jw_kint(&w, "value", (int64_t)x->n);
	jw_kstr(&w, "term", x->text);
	if (r->ref_of > 0)
		jw_kcstr(&w, "status", status_name[x->status]);
	jw_kint(&w, "n", (int64_t)x->n);
	jw_kint(&w, "posts", (int64_t)x->posts);
	jw_kint(&w, "of", (int64_t)r->of);
	jw_knum(&w, "share", (double)x->n / (double)r->of, 6);
	if (r->ref_of > 0) {
		jw_key(&w, "reference");
		jw_obj(&w);
		jw_kint(&w, "n", (int64_t)x->ref);
		jw_kint(&w, "of", (int64_t)r->ref_of);
		jw_knum(&w, "share", (double)x->ref / (double)r->ref_of, 6);
		jw_end(&w);
		jw_knum(&w, "ratio", x->ratio, 2);
		jw_knum(&w, "g2", x->g2, 2);
	}
	if (x->first != INT64_MIN)
		jw_ktime(&w, "first", x->first);
	put_counts(&w, x);
	jw_key(&w, "ids");
	jw_arr(&w);
	for (size_t i = 0; i < x->nids; i++)
		jw_str(&w, x->id[i]);
	jw_end(&w);
	if (r->sample < 1)
		jw_knum(&w, "sample", r->sample, 6);
	jw_end(&w);
}

static void
table_row(const struct phrase_result *r, const struct phrase *x, size_t wide, struct buf *out)
{
	size_t judged = x->sentiment[0] + x->sentiment[1] + x->sentiment[2];
	struct buf term = {0};
	struct str s;

	utf8_clean(&term, x->text);
	s = utf8_cut_cols(buf_view(&term), wide);
	buf_str(out, s);
	for (size_t i = utf8_width(s); i < wide; i++)
		buf_putc(out, ' ');
	buf_printf(out, "  %6zu  %5.1f %%", x->n, 100 * (double)x->n / (double)r->of);
	if (r->ref_of > 0)
		buf_printf(out, "  %-6s  %6zu  %8.1f", status_name[x->status], x->ref, x->ratio);
	if (judged > 0)
		buf_printf(out, "  %3.0f %%", 100 * (double)x->sentiment[0] / (double)judged);
	else
		buf_puts(out, "      -");
	buf_puts(out, "  ");
	if (x->ntypes > 0)
		utf8_clean(out, x->type[0].type);
	else
		buf_putc(out, '-');
	buf_puts(out, "  ");
	if (x->nids > 0)
		utf8_clean(out, x->id[0]);
	buf_free(&term);
}

static void
put_table(struct run *run, const struct phrase_result *r)
{
	struct buf row = {0}, clean = {0};
	size_t wide = 4;

	for (size_t i = 0; i < r->n; i++) {
		size_t w;

		buf_reset(&clean);
		utf8_clean(&clean, r->p[i].text);
		w = utf8_width(buf_view(&clean));
		wide = w > wide ? w : wide;
	}
	wide = wide > TERM_COLS ? TERM_COLS : wide;
	buf_printf(&row, "%-*s  %6s  %7s%s    neg  type  first", (int)wide, "term", "posts", "share",
	    r->ref_of > 0 ? "  status  before     ratio" : "");
	run_emit(run, buf_view(&row));
	for (size_t i = 0; i < r->n; i++) {
		buf_reset(&row);
		table_row(r, &r->p[i], wide, &row);
		run_emit(run, buf_view(&row));
	}
	buf_reset(&row);
	buf_printf(&row, "%zu posts (%zu without copies)", r->posts, r->of);
	if (r->ref_of > 0)
		buf_printf(&row, " against %zu; least %zu", r->ref_of, r->min);
	run_emit(run, buf_view(&row));
	buf_free(&row);
	buf_free(&clean);
}

int
write_terms(const struct terms_conf *conf, char **operands)
{
	static struct fold fold; /* tables, kept to the end */
	static struct arena keep;
	static struct phrases *p;
	struct phrase_conf how = {.min = (size_t)conf->min, .top = conf->top > 0 ? (size_t)conf->top : TERMS_TOP, .all = conf->all};
	const char *t2s = shipped_file("t2s.tsv");
	struct phrase_result found;
	struct run run, earlier;
	struct buf line = {0};
	struct rec r = {0};
	struct err e;

	fold_init(&fold);
	if (fold_load(&fold, load_file(t2s, &keep), t2s, &e) != 0)
		msg_die(&e);
	p = phrases_new(&fold, 0);
	if (conf->reference.n > 0) {
		char **file = arena_zalloc(&keep, (conf->reference.n + 1) * sizeof *file);

		memcpy(file, conf->reference.v, conf->reference.n * sizeof *file);
		run_open(&earlier, file);
		while (run_next(&earlier, &r))
			take(p, conf, &earlier, &r, true);
		if (earlier.status == EXIT_IO) /* against half a reference nearly everything is new */
			return EXIT_IO;
	}
	run_open(&run, operands);
	if (conf->reference.n > 0)
		run_fail(&run, earlier.status);
	while (run_next(&run, &r))
		take(p, conf, &run, &r, false);
	phrases_find(p, &how, &found);
	if (found.ref_of == 0 && (conf->reference.n > 0 || conf->split != INT64_MIN))
		msg_warn("the reference holds no posts: nothing can be called new");
	if (found.sample < 1)
		msg_warn("more than 512 MiB of text: 1 cluster in %.0f is kept", 1 / found.sample);
	if (conf->format != NULL && strcmp(conf->format, "text") == 0)
		put_table(&run, &found);
	else
		for (size_t i = 0; i < found.n; i++) {
			buf_reset(&line);
			put_term(&found, &found.p[i], &line);
			run_emit(&run, buf_view(&line));
		}
	buf_free(&line);
	rec_free(&r);
	phrases_free(p);
	return run_finish(&run);
}
