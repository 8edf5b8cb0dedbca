#ifndef TRAIN_H
#define TRAIN_H
/* What the verbs of train share: labelled texts with their features, and the printed report. */
#include "base/mem.h"
#include "model/classify.h"
#include "model/evaluate.h"
#include "model/sentfit.h"
#include "model/sentiment.h"

struct item {
	struct sentfit_doc d; /* features; label only for sentiment */
	struct str id, text;
	uint64_t seen;        /* seen_hash of its whole text */
	uint8_t gold;         /* index into the classes */
};

/* The texts of a test, which nothing may be learnt from. */
struct texts {
	uint64_t *h;       /* n of seen_hash, sorted */
	size_t n, cap, met; /* met: how often one stood in what is learnt from */
};

struct data {
	struct item *item;
	struct texts *test;         /* when not NULL: its texts are left out */
	size_t n, cap;
	size_t unlabelled;          /* records passed over: no label, or one that is no class */
	size_t classes;
	const char *name[EVAL_CLASSES];
	size_t count[EVAL_CLASSES];
	const char *set[SENTFIT_SETS]; /* file names */
	size_t nset;
	int status;                 /* of reading: 0, or an exit status */
	struct arena keep;
};

/* Opens the tables that features need; exits on failure. */
struct sentiment *open_tables(struct arena *keep);
/* Loads a model file; exits on failure. */
struct str open_file(const char *path, struct arena *keep);

/*
 * Reads labelled records from files (NULL-terminated; none: standard input). label: the member that holds the class, or
 * NULL for the usual ones of field ("sentiment", "type"). fixed: the classes are d->name already and others are passed over; else they are collected.
 * folds: each post gets a fold by a hash of its text, so that copies stay together.
 */
void read_data(struct data *d, struct sentiment *s, char **files, const char *label, const char *field,
    bool fixed, unsigned folds);

/* Prints accuracy, per-class figures, the confusion table. */
void print_eval(const char *title, const struct eval_item *it, const struct data *d);
/* Prints how many posts of class 0, "none", were taken for a crisis and how many crises were noticed. */
void print_alarms(const char *title, const struct eval_item *it, size_t n);
/* Prints the most harmful errors: bad news taken for good or for nothing first, then by confidence. */
void print_errors(const struct eval_item *it, const struct data *d, size_t max, bool (*worse)(uint8_t gold, uint8_t got));
/* Writes a model file, whole or not at all. */
void write_model(const char *path, struct str bytes);
double real_arg(const char *what, const char *text, double lo, double hi);
/*
 * What a model has seen: the SEEN least hashes of its texts as "# seen:" lines, so that a test on the same texts can be
 * told from a test. h: n of seen_hash, sorted here.
 */
enum { SEEN = 256 };
uint64_t seen_hash(struct str text);
void comment_seen(struct buf *b, uint64_t *h, size_t n);
/* How many of the n hashes of a test the model with this head was trained on, by estimate; 0 for models that do not say. */
size_t count_seen(struct str model, const uint64_t *h, size_t n);
/* Adds the texts of what was read as a test. */
void texts_add(struct texts *t, const struct data *d);
/* Whether a text is one of them; counts it. t may be NULL: it is not. */
bool texts_hold(struct texts *t, uint64_t seen);
/* Says so when some were met. */
void warn_met(const struct texts *t);
/*
 * The shipped posts crisis-FROM.ndjson to crisis-TO.ndjson that are installed; returns how many. Exits 78 when there is
 * none.
 */
size_t base_files(char from, char to, char **file, struct arena *keep);
/* A shipped post file ("social-zh"), or NULL. */
char *base_file(const char *name, struct arena *keep);
/* Says so when a model of n labels is none to be used. */
void warn_few(size_t n);
/* "# key: text" lines for the head of a model. */
void comment_line(struct buf *b, const char *key, struct str text);

/*
 * A classifier with the taxonomy at path, or taxonomy.yaml where configuration is found, and model (named; empty: none).
 * Exits 78 naming file and line.
 */
struct classifier *open_classifier(const char *path, struct str model, const char *model_name, struct arena *keep);

int train_sentiment(int argc, char **argv);
int train_classify(int argc, char **argv);
int train_compare(int argc, char **argv);

#endif
