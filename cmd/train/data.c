#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/path.h"
#include "cli/run.h"
#include "train.h"

enum { FILE_LIMIT = 64 << 20, FEW = 300 /* labels a model of types should have at least */ };

struct str
open_file(const char *path, struct arena *keep)
{
	struct str text;
	struct err e;

	if (file_read(path, FILE_LIMIT, keep, &text, &e) != 0) {
		e.kind = ERR_CONFIG;
		msg_die(&e);
	}
	return text;
}

static const char *
data_path(const char *name)
{
	struct err e;
	const char *path = path_data(name, &e);

	if (path == NULL)
		msg_die(&e);
	return path;
}

struct sentiment *
open_tables(struct arena *keep)
{
	struct sentiment *s = xcalloc(1, sizeof *s);
	struct sent_files f = {.t2s_name = data_path("t2s.tsv"), .lexicon_zh_name = data_path("lexicon-zh.tsv"),
	    .lexicon_en_name = data_path("lexicon-en.tsv")};
	struct err e;

	f.t2s = open_file(f.t2s_name, keep);
	f.lexicon_zh = open_file(f.lexicon_zh_name, keep);
	f.lexicon_en = open_file(f.lexicon_en_name, keep);
	if (sent_open(s, &f, &e) != 0)
		msg_die(&e);
	return s;
}

/*
 * The label a person gave: the member (or dotted path) asked for, else labels.FIELD as store query prints it, label,
 * or FIELD itself when it is a string. What sentiment or classify wrote is an object there, so it never counts.
 */
static struct str
label_of(struct rec *r, const char *label, const char *field)
{
	struct json v;

	if (label != NULL) {
		const char *dot = strchr(label, '.');
		char top[64];

		if (dot == NULL || (size_t)(dot - label) >= sizeof top)
			return rec_str(r, label);
		memcpy(top, label, (size_t)(dot - label));
		top[dot - label] = '\0';
		return json_str(json_path(rec_get(r, top), dot + 1), &r->tmp);
	}
	v = json_get(rec_get(r, "labels"), field);
	if (v.type != JSON_STR)
		v = rec_get(r, "label");
	if (v.type != JSON_STR)
		v = rec_get(r, field);
	return json_str(v, &r->tmp);
}

static size_t
class_of(struct data *d, struct str label, bool fixed)
{
	size_t k;

	for (k = 0; k < d->classes; k++)
		if (str_is(label, d->name[k]))
			return k;
	if (fixed || label.n == 0 || d->classes == EVAL_CLASSES)
		return EVAL_CLASSES;
	if (memchr(label.p, ' ', label.n) != NULL)
		return EVAL_CLASSES; /* names stand in a header line, divided by spaces */
	d->name[d->classes] = arena_cstr(&d->keep, label);
	return d->classes++;
}

static void
add_item(struct data *d, struct sentiment *s, struct rec *r, size_t k, unsigned folds, uint16_t set)
{
	struct str title = rec_str(r, "title"), text = rec_str(r, "text");
	struct json weight = rec_get(r, "weight");
	struct lex_score lex;
	struct item *it;
	float *dense;
	uint32_t *h;

	if (title.n > 0)
		text = text.n > 0 ? arena_join(&r->tmp, title, '\n', text) : title;
	if (texts_hold(d->test, seen_hash(text)))
		return;
	dense = arena_alloc(&d->keep, SENT_DENSE * sizeof *dense);
	sent_inputs(s, text, false, &lex, dense);
	h = arena_alloc(&d->keep, (s->grams.n + 1) * sizeof *h);
	memcpy(h, s->grams.h, s->grams.n * sizeof *h);
	d->item = xgrow(d->item, &d->cap, d->n + 1, sizeof *d->item);
	it = &d->item[d->n++];
	*it = (struct item){.d = {.x = {h, s->grams.n, dense}, .label = (enum sent_label)(k % 3), .set = set,
	    .weight = (float)json_num_or(weight, 1),
	    .fold = (uint16_t)(folds > 0 ? hash_bytes(text.p, text.n, 7) % folds : 0), .han = lex.han},
	    .gold = (uint8_t)k};
	if (!(it->d.weight >= 0 && it->d.weight <= 1000))
		it->d.weight = 1;
	it->seen = seen_hash(text);
	it->id = arena_str(&d->keep, rec_str(r, "id"));
	it->text = arena_str(&d->keep, text);
	d->count[k]++;
}

void
read_data(struct data *d, struct sentiment *s, char **files, const char *label, const char *field, bool fixed,
    unsigned folds)
{
	struct run run;
	struct rec r = {0};

	run_open(&run, files);
	while (run_next(&run, &r)) {
		size_t k = class_of(d, label_of(&r, label, field), fixed);

		if (k == EVAL_CLASSES) {
			d->unlabelled++;
			continue;
		}
		if (d->nset == 0 || strcmp(d->set[d->nset - 1], r.file) != 0) {
			if (d->nset < SENTFIT_SETS)
				d->set[d->nset++] = arena_strdup(&d->keep, r.file);
		}
		add_item(d, s, &r, k, folds, (uint16_t)(d->nset - 1));
	}
	d->status = msg_worse(d->status, run.status);
	rec_free(&r);
}

void
print_eval(const char *title, const struct eval_item *it, const struct data *d)
{
	struct eval *e = xcalloc(1, sizeof *e);
	size_t wide = 6;

	eval_run(it, d->n, d->classes, e);
	printf("%s: %zu posts, accuracy %.2f, macro-F1 %.2f, calibration error %.3f, surest 80 %%: %.2f\n", title, e->n,
	    100 * e->accuracy, 100 * e->macro_f1, e->ece, 100 * e->sure_accuracy);
	for (size_t k = 0; k < d->classes; k++)
		if (strlen(d->name[k]) > wide)
			wide = strlen(d->name[k]);
	printf("  %-*s %7s %9s %7s %7s   confusion (rows: truth)\n", (int)wide, "class", "posts", "precision", "recall", "F1");
	for (size_t k = 0; k < d->classes; k++) {
		if (d->count[k] == 0)
			continue;
		printf("  %-*s %7zu %9.1f %7.1f %7.1f  ", (int)wide, d->name[k], d->count[k], 100 * e->precision[k],
		    100 * e->recall[k], 100 * e->f1[k]);
		if (d->classes <= 6) {
			for (size_t j = 0; j < d->classes; j++)
				printf(" %s %zu", d->name[j], e->confusion[k][j]);
		} else { /* too wide for a table: where most of the misses went */
			size_t most = k;

			for (size_t j = 0; j < d->classes; j++)
				if (j != k && (most == k || e->confusion[k][j] > e->confusion[k][most]))
					most = j;
			if (most != k && e->confusion[k][most] > 0)
				printf(" %zu taken for %s", e->confusion[k][most], d->name[most]);
		}
		printf("\n");
	}
	free(e);
}

void
print_alarms(const char *title, const struct eval_item *it, size_t n)
{
	size_t none = 0, alarms = 0, crisis = 0, noticed = 0;

	for (size_t i = 0; i < n; i++) {
		none += it[i].gold == 0;
		alarms += it[i].gold == 0 && it[i].got != 0;
		crisis += it[i].gold != 0;
		noticed += it[i].gold != 0 && it[i].got != 0;
	}
	if (none > 0 && crisis > 0)
		printf("%s: alarms on %.1f %% of %zu posts of type none, %.1f %% of %zu crisis posts noticed\n", title,
		    100.0 * (double)alarms / (double)none, none, 100.0 * (double)noticed / (double)crisis, crisis);
}

static const struct eval_item *sort_items;
static bool (*sort_worse)(uint8_t, uint8_t);

static int
by_harm(const void *a, const void *b)
{
	const struct eval_item *x = &sort_items[*(const size_t *)a], *y = &sort_items[*(const size_t *)b];
	int hx = sort_worse(x->gold, x->got), hy = sort_worse(y->gold, y->got);

	if (hx != hy)
		return hy - hx;
	if (x->confidence != y->confidence)
		return x->confidence < y->confidence ? 1 : -1;
	return (x > y) - (x < y);
}

void
print_errors(const struct eval_item *it, const struct data *d, size_t max, bool (*worse)(uint8_t gold, uint8_t got))
{
	size_t *order = xcalloc(d->n + 1, sizeof *order), n = 0;
	struct buf b = {0};

	for (size_t i = 0; i < d->n; i++)
		if (it[i].gold != it[i].got)
			order[n++] = i;
	sort_items = it;
	sort_worse = worse;
	qsort(order, n, sizeof *order, by_harm);
	if (n > 0 && max > 0)
		printf("most harmful errors (%zu in all):\n", n);
	for (size_t i = 0; i < n && i < max; i++) {
		const struct item *x = &d->item[order[i]];

		buf_reset(&b);
		utf8_clean(&b, utf8_cut_cols(x->text, 90));
		printf("  %.2f %s, is %s  %.*s  %s\n", (double)it[order[i]].confidence, d->name[it[order[i]].got],
		    d->name[x->gold], STRF(x->id), b.p);
	}
	buf_free(&b);
	free(order);
}

void
write_model(const char *path, struct str bytes)
{
	struct buf tmp = {0};
	struct err e;
	int fd;

	buf_printf(&tmp, "%s.XXXXXX", path);
	fd = mkstemp(tmp.p);
	if (fd < 0)
		err_set(&e, ERR_IO, "cannot write '%s'", path), msg_die(&e);
	while (bytes.n > 0) {
		ssize_t k = write(fd, bytes.p, bytes.n);

		if (k <= 0) {
			(void)unlink(tmp.p);
			err_set(&e, ERR_IO, "cannot write '%s'", path), msg_die(&e);
		}
		bytes.p += k;
		bytes.n -= (size_t)k;
	}
	if (fchmod(fd, 0644) != 0 || fsync(fd) != 0 || close(fd) != 0 || rename(tmp.p, path) != 0) {
		(void)unlink(tmp.p);
		err_set(&e, ERR_IO, "cannot write '%s'", path), msg_die(&e);
	}
	buf_free(&tmp);
}

double
real_arg(const char *what, const char *text, double lo, double hi)
{
	double v;

	if (!str_f64(str_c(text), &v) || !(v >= lo && v <= hi))
		msg_usage("%s must be a number from %g to %g, not '%s'", what, lo, hi, text);
	return v;
}

uint64_t
seen_hash(struct str text)
{
	return hash_bytes(text.p, text.n, 0x5ee7);
}

static int
by_hash(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void
texts_add(struct texts *t, const struct data *d)
{
	t->h = xgrow(t->h, &t->cap, t->n + d->n + 1, sizeof *t->h);
	for (size_t i = 0; i < d->n; i++)
		t->h[t->n++] = d->item[i].seen;
	qsort(t->h, t->n, sizeof *t->h, by_hash);
}

bool
texts_hold(struct texts *t, uint64_t seen)
{
	bool held = t != NULL && t->n > 0 && bsearch(&seen, t->h, t->n, sizeof seen, by_hash) != NULL;

	if (held)
		t->met++;
	return held;
}

void
warn_met(const struct texts *t)
{
	if (t->met > 0)
		msg_warn("%zu posts stand in the test as well: nothing is learnt from them", t->met);
}

char *
base_file(const char *name, struct arena *keep)
{
	const char *path = path_data(arena_printf(keep, "train/%s.ndjson", name).p, NULL);

	return path != NULL ? arena_strdup(keep, path) : NULL;
}

size_t
base_files(char from, char to, char **file, struct arena *keep)
{
	size_t n = 0;
	struct err e;

	for (char c = from; c <= to; c++) {
		char *path = base_file(arena_printf(keep, "crisis-%c", c).p, keep);

		if (path != NULL)
			file[n++] = path;
	}
	if (n == 0) {
		(void)err_set(&e, ERR_CONFIG, "--base: the shipped training posts (train/crisis-a.ndjson) are not installed");
		msg_die(&e);
	}
	return n;
}

void
comment_seen(struct buf *b, uint64_t *h, size_t n)
{
	qsort(h, n, sizeof *h, by_hash);
	buf_printf(b, "# seen of: %zu", n);
	for (size_t i = 0; i < n && i < SEEN; i++)
		buf_printf(b, "%s %016llx", i % 6 == 0 ? "\n# seen:" : "", (unsigned long long)h[i]);
	buf_putc(b, '\n');
}

size_t
count_seen(struct str model, const uint64_t *h, size_t n)
{
	uint64_t seen[SEEN];
	size_t k = 0, hits = 0;
	int64_t of = 0;
	struct str line, word;

	while (str_split(&model, '\n', &line) && (line.n == 0 || line.p[0] == '#')) {
		if (str_starts(line, STR("# seen of: ")))
			(void)str_i64(str_sub(line, 11, line.n), &of);
		if (!str_starts(line, STR("# seen:")))
			continue;
		line = str_sub(line, 8, line.n);
		while (k < SEEN && str_split(&line, ' ', &word)) {
			if (word.n == 0)
				continue;
			seen[k] = 0;
			for (size_t i = 0; i < word.n && i < 16; i++)
				seen[k] = seen[k] << 4 | (uint64_t)(is_digit(word.p[i]) ? word.p[i] - '0' : (word.p[i] - 'a' + 10) & 15);
			k++;
		}
	}
	if (k == 0 || of < (int64_t)k)
		return 0;
	for (size_t i = 0; i < n; i++)
		hits += bsearch(&h[i], seen, k, sizeof *seen, by_hash) != NULL;
	hits = (size_t)((double)hits * (double)of / (double)k + 0.5);
	return hits < n ? hits : n;
}

void
warn_few(size_t n)
{
	if (n < FEW)
		msg_warn("%zu labels are too few for a model of their own: it will know nothing else. Use --base, or keep the "
		    "shipped model until train compare says yours is better", n);
}

void
comment_line(struct buf *b, const char *key, struct str text)
{
	buf_printf(b, "# %s: ", key);
	utf8_clean(b, text);
	buf_putc(b, '\n');
}
