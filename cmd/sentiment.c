/*
 * sentiment: adds whether a post speaks well or ill of what it tells, how surely, and why.
 * Reads title and text of kind post; writes the member "sentiment". Exit codes: the common ones.
 */
#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/path.h"
#include "cli/run.h"
#include "model/linear.h"
#include "model/sentiment.h"

enum { TOP_GRAMS = 12, FILE_MAX = 64 << 20 };

struct conf {
	const char *model;
	bool explain, check;
};

static struct str
load(const char *path, struct arena *a)
{
	struct str text;
	struct err e;

	if (file_read(path, FILE_MAX, a, &text, &e) != 0) {
		e.kind = ERR_CONFIG;
		msg_die(&e);
	}
	return text;
}

static const char *
data(const char *name)
{
	struct err e;
	const char *path = path_data(name, &e);

	if (path == NULL)
		msg_die(&e);
	return path;
}

/* Returns the model's file. */
static struct sent_files
open_model(const struct conf *conf, struct sentiment *s, struct arena *a)
{
	struct sent_files f = {.t2s_name = data("t2s.tsv"), .lexicon_zh_name = data("lexicon-zh.tsv"),
	    .lexicon_en_name = data("lexicon-en.tsv")};
	struct err e;

	f.model_name = path_config(conf->model, "sentiment.model", &e);
	if (f.model_name == NULL)
		msg_die(&e);
	f.t2s = load(f.t2s_name, a);
	f.lexicon_zh = load(f.lexicon_zh_name, a);
	f.lexicon_en = load(f.lexicon_en_name, a);
	f.model = load(f.model_name, a);
	if (f.model.n == 0)
		err_set(&e, ERR_CONFIG, "%s: not a model: it is empty", f.model_name), msg_die(&e);
	if (sent_open(s, &f, &e) != 0)
		msg_die(&e);
	return f;
}

static int
say_model(const struct sent_files *f)
{
	struct buf line = {0};

	buf_printf(&line, "%s: a model of sentiment", f->model_name);
	model_trained_on(f->model, &line);
	(void)puts(line.p);
	buf_free(&line);
	return msg_flush_stdout();
}

static void
explain(struct sentiment *s, const struct sent_result *r, struct str text, struct buf *out)
{
	struct sent_gram gram[TOP_GRAMS];
	struct jw writer, *w = &writer;
	size_t n;

	buf_puts(out, ",\"explain\":");
	writer = jw_open(out);
	jw_obj(w);
	jw_knum(w, "lexicon", (double)r->lexicon, 3);
	jw_knum(w, "ngrams", (double)r->ngram, 3);
	jw_key(w, "terms");
	jw_arr(w);
	for (size_t i = 0; i < r->lex.nhit && i < 64; i++) {
		const struct lex_hit *h = &r->lex.hit[i];
		const struct unit *first = &s->norm.u[h->beg], *last = &s->norm.u[h->end - 1];

		jw_obj(w);
		jw_kstr(w, "text", str_sub(text, first->off, last->off + last->len - first->off));
		jw_kcstr(w, "why", h->why);
		jw_knum(w, "value", (double)h->value, 2);
		jw_end(w);
	}
	jw_end(w);
	n = sent_top_grams(s, gram, TOP_GRAMS);
	jw_key(w, "top");
	jw_arr(w);
	for (size_t i = 0; i < n; i++) {
		jw_obj(w);
		jw_kstr(w, "text", str_sub(text, gram[i].beg, gram[i].end - gram[i].beg));
		jw_knum(w, "weight", (double)gram[i].weight, 3);
		jw_end(w);
	}
	jw_end(w);
	jw_end(w);
}

/* The member is put together from fixed pieces: this runs for every post. */
#define PIECE(out, lit) buf_add(out, lit, sizeof lit - 1)

static void
aspects(const struct lex_score *lex, struct buf *out)
{
	bool first = true;

	if (lex->aspect_seen == 0)
		return;
	PIECE(out, ",\"aspects\":[{\"aspect\":\"");
	for (int a = 0; a < ASP_N; a++) {
		float v = lex->aspect[a];

		if ((lex->aspect_seen >> a & 1) == 0)
			continue;
		if (!first)
			PIECE(out, "},{\"aspect\":\"");
		first = false;
		buf_puts(out, lex_aspect_name[a]);
		PIECE(out, "\",\"label\":\"");
		buf_add(out, v > 0.3f ? "pos" : v < -0.3f ? "neg" : "neu", 3);
		PIECE(out, "\",\"score\":");
		json_fixed(out, (double)(v / (1.5f + (v < 0 ? -v : v))), 2);
	}
	PIECE(out, "}]");
}


static void
score(const struct conf *conf, struct sentiment *s, struct rec *r, struct buf *out)
{
	struct str title = rec_str(r, "title"), text = rec_str(r, "text");
	struct sent_result res;

	if (title.n > 0)
		text = text.n > 0 ? arena_join(&r->tmp, title, '\n', text) : title;
	sent_score(s, text, conf->explain, &res);
	buf_reset(out);
	PIECE(out, "{\"label\":\"");
	buf_add(out, sent_label_name[res.label], 3);
	PIECE(out, "\",\"score\":");
	json_fixed(out, (double)res.score, 3);
	PIECE(out, ",\"confidence\":");
	json_fixed(out, (double)res.confidence, 3);
	if (res.unsure)
		PIECE(out, ",\"unsure\":true");
	if (res.emotion != EMO_NONE) {
		PIECE(out, ",\"emotion\":\"");
		buf_add(out, lex_emotion_name[res.emotion], 3); /* one character */
		buf_putc(out, '"');
	}
	if (res.lex.f[LF_IRONY] > 0 && res.lex.f[LF_NEG] > 0)
		PIECE(out, ",\"irony\":true");
	aspects(&res.lex, out);
	if (conf->explain)
		explain(s, &res, text, out);
	buf_putc(out, '}');
	rec_set(r, "sentiment", buf_view(out));
}

int
main(int argc, char **argv)
{
	static struct conf conf;
	static const struct opt opts[] = {
	    {'m', "model", "MODEL", "use this model, as made by train", OPT_STR, &conf.model, 0, 0},
	    {0, "explain", NULL, "add the terms and n-grams that decided", OPT_FLAG, &conf.explain, 0, 0},
	    {0, "check", NULL, "check model and lexicons, say which model it is and stop", OPT_FLAG, &conf.check, 0, 0},
	    {0, NULL, NULL, NULL, OPT_END, NULL, 0, 0}};
	char **operands = opt_parse(argc, argv, opts, "[file...]",
	    "Adds polarity, confidence, emotion and aspects to posts.");
	static struct sentiment model; /* tables and scratch are kept to the end */
	static struct arena keep;
	static struct buf out;
	static struct rec r;
	struct sentiment *s = &model;
	struct sent_files files;
	struct run run;

	if (conf.check && operands[0] != NULL)
		msg_usage("--check reads no posts: '%s' is one operand too many", operands[0]);
	files = open_model(&conf, s, &keep);
	if (conf.check)
		return say_model(&files);
	run_open(&run, operands);
	while (run_next(&run, &r)) {
		if (rec_kind(&r) == KIND_POST)
			score(&conf, s, &r, &out);
		run_put(&run, &r);
	}
	return run_finish(&run);
}
