#ifndef MODEL_CLASSIFY_H
#define MODEL_CLASSIFY_H
/*
 * Crisis type of a text: the taxonomy's evidence and a linear model over characters, words and their neighbours add
 * up, so that much evidence outweighs the model and the model decides where evidence is thin.
 *
 * A model file is text lines, then weights:
 *	# comment lines: source, licence, figures, command
 *	tocsin-classify 1
 *	class ID BIAS SCALE        one line per type the model knows, "none" first
 *	industry ID BIAS SCALE     likewise
 *	kind news BIAS SCALE       likewise, for the kinds it can tell: news, praise
 *	set NAME NUMBER            evidence, cap, grams, cues, none, least, also, temper
 *	data N STRIDE              N (at most 65,535) 32-bit keys, then N rows of STRIDE bytes: one signed byte per class, industry, kind
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/taxonomy.h"

enum { CLASSIFY_OUT = 192, CLASSIFY_MAX_TYPES = 4, CLASSIFY_ROWS = 256 /* sums of so many signed bytes fit into 16 bits */ };

struct cmodel {
	struct str class_id[TAX_TYPES], industry_id[TAX_NAMES], kind_id[TAX_NAMES];
	size_t nclass, nindustry, nkind, nout, stride;
	float bias[CLASSIFY_OUT], scale[CLASSIFY_OUT];
	/* what the parts of a score count: see classify_settings */
	struct classify_set {
		float evidence, cap;  /* per point of evidence, of at most cap points */
		float grams, cues;    /* of the linear part */
		float none;           /* "none" wins from this share of its own and the best type's probability on */
		float least;          /* and when no type is likelier than this */
		float also;           /* further types are listed from this probability on */
		float temper;         /* divides scores before they become probabilities */
	} set;
	size_t n;
	const unsigned char *key; /* n * 4 bytes, little-endian */
	const int8_t *row;
};

struct classifier {
	struct fold fold;
	struct tax tax;
	struct cmodel model;       /* nclass 0: evidence alone */
	int class_type[TAX_TYPES]; /* type of a class, or -1 */
	int class_industry[TAX_NAMES], class_kind[TAX_NAMES];
	uint32_t cue_row[TAX_CUES]; /* of the model, + 1; 0: none */
	int kind_at[5];            /* index of complaint, news, praise, ad, other; or -1 */
	struct tax_scan scan;
	int type_class[TAX_TYPES]; /* class of a type, or -1 */
	bool all_known;            /* every type but "none" has a class */
	_Alignas(16) float prob[TAX_TYPES]; /* of the text last classified */
	float sum_of[TAX_TYPES];   /* of its rules and its linear part: see classify_parts */
	/* scratch of the linear part */
	int8_t *table, *row;       /* the rows of the model in lines of the cache; owns, uses */
	_Alignas(16) int32_t sum[2][CLASSIFY_OUT];
	uint64_t *seen;            /* key and epoch */
	uint32_t epoch;
	bool open;
};

struct classify_files {
	struct str t2s, model;       /* bytes that outlive the classifier; model may be empty: evidence alone */
	const char *t2s_name, *model_name;
};
/* Prepares folding; then call tax_load on c->tax any number of times; then classifier_open. */
int classifier_fold(struct classifier *c, const struct classify_files *f, struct err *e);
/* tax_load in the shape ext/taxfile calls: of a struct classifier. step: room for TAX_STEPS. */
int classifier_take(void *classifier, struct str json, size_t *step, unsigned *depth, struct err *e);
int classifier_open(struct classifier *c, const struct classify_files *f, struct err *e);
void classifier_free(struct classifier *c);

struct verdict {
	int type;                  /* index into tax.type; 0: none */
	float confidence;          /* of it, 0..1 */
	struct verdict_type {
		int type;
		float confidence;
	} also[CLASSIFY_MAX_TYPES]; /* all types that are likely, surest first; empty when type is none */
	size_t ntypes;
	int industry, kind;        /* index, or -1 */
	uint32_t severity, rumour; /* bit sets over tax.severity, tax.rumour */
};
/* The type that probabilities p of n types speak for; 0: none. */
size_t classify_decide(const struct classify_set *set, const float *p, size_t n);
/* text: valid UTF-8. What was found stays in c->scan until the next call. */
void classify_text(struct classifier *c, struct str text, struct verdict *v);

/* What the taxonomy's evidence and the model gave a type in the text last classified. */
void classify_parts(const struct classifier *c, size_t type, float *rules, float *linear);

/* A contribution to the score of a type, for explanations. */
struct class_gram {
	uint32_t off, len; /* bytes of the text */
	float weight;
};
/* The n-grams of the text last classified that weighed most for type, at most max, heaviest first. */
size_t classify_top(const struct classifier *c, int type, struct class_gram *out, size_t max);

/* --- for training --- */

struct class_feature {
	uint32_t key;
	float value; /* without the settings grams and cues */
	bool cue;
};
/*
 * The features of text, appended to *out. mask: a name in the text (of an organisation) the model must not learn, or
 * empty; its generic end ("银行", "Hospital") stays. Evidence is left in c->scan.
 */
void classify_features(struct classifier *c, struct str text, struct str mask, struct class_feature **out, size_t *n,
    size_t *cap);

#endif
