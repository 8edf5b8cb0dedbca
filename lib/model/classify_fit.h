#ifndef MODEL_CLASSIFY_FIT_H
#define MODEL_CLASSIFY_FIT_H
/*
 * Fitting of classify's models: multinomial logistic regression over sparse features on top of what the evidence says,
 * L2-regularised, by L-BFGS. The weights of types start from the classes' log ratios, and features that tell the classes
 * apart count more (after Wang and Manning 2012). The same input gives the same bytes.
 */
#include "model/classify.h"

enum { CFIT_CLASSES = TAX_TYPES };

struct cfit_conf {
	struct classify_set set; /* evidence, cap, grams, cues are used; none, least, also, temper are written to the model */
	float l2;                /* size of weights against errors */
	float prior;             /* share of a feature's log ratios its weights start from */
	float contrast;          /* exponent of how far a feature's classes are from those of all posts; 0: all features alike */
	float lean;              /* added to the score of "none": without it, posts of a new writer say too little */
	float second;            /* share of a post's further type in what the model should say */
	unsigned min_docs;       /* features of fewer posts are dropped */
	unsigned max_steps;
	bool types_only;         /* leave industries and kinds out: enough to see how good the types are */
};
struct cfit_conf cfit_defaults(void);

/* One labelled post. */
struct cfit_doc {
	struct class_feature *f;
	size_t n;
	float *score;    /* [tax.ntypes] evidence of each type */
	float *industry; /* [tax.nindustries] hits of each industry */
	int type;        /* index into tax.type; 0: none */
	int also;        /* a further type, or -1 */
	int ind;         /* index into tax.industry, or -1: unknown */
	int news, praise; /* 1, 0, or -1: unknown */
	float weight;    /* how much the post counts; 1 */
};
/* Reads off what classify_features left in c; arrays live in a. */
void cfit_take(struct classifier *c, struct str text, struct str mask, struct arena *a, struct cfit_doc *d);

/* A fitted model in floats; freed by cfit_free. */
struct cfit {
	size_t n, nout, stride; /* stride: of w, in floats */
	uint32_t *key;
	uint32_t (*index)[2];   /* key and row, by key */
	float *w;               /* n rows, then the biases */
	size_t nclass, nindustry, nkind;
	struct cfit_conf conf;
};
void cfit_solve(const struct tax *t, const struct cfit_doc *const *doc, size_t ndoc, const struct cfit_conf *conf,
    struct cfit *out);
void cfit_free(struct cfit *m);
/* Probabilities of the types, [tax.ntypes]. */
void cfit_predict(const struct cfit *m, const struct tax *t, const struct cfit_doc *d, float *p);
/*
 * Chooses temper and lean, by the log loss, and none, so that at most share of the posts of type 0 alarm, from
 * probabilities of posts the model had not seen, with c as it was fitted: n rows of k. The rows are changed accordingly.
 */
void cfit_tune(float *p, const int *gold, size_t n, size_t k, double share, struct cfit_conf *c);
/* The model file. comment: whole lines beginning with "# ", or "". */
void cfit_write(const struct cfit *m, const struct tax *t, const char *comment, struct buf *out);

#endif
