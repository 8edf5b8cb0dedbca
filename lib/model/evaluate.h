#ifndef MODEL_EVALUATE_H
#define MODEL_EVALUATE_H
/* How good answers are: confusion, precision, recall, F1, calibration, and whether one model beats another by more than chance. */
#include <stddef.h>
#include <stdint.h>

enum { EVAL_CLASSES = 64 };

/* One answer. */
struct eval_item {
	uint8_t gold, got;
	float confidence; /* probability given to got */
};

struct eval {
	size_t n, k;
	size_t confusion[EVAL_CLASSES][EVAL_CLASSES]; /* [gold][got] */
	double accuracy, macro_f1;                    /* over classes that occur in gold */
	double precision[EVAL_CLASSES], recall[EVAL_CLASSES], f1[EVAL_CLASSES];
	double ece;          /* expected calibration error, ten bins of equal width */
	double sure_accuracy; /* over the surest 80 % */
};
void eval_run(const struct eval_item *it, size_t n, size_t k, struct eval *out);

/* Two models on the same items (gold equal). */
struct eval_compare {
	size_t only_a, only_b;     /* right where the other is wrong */
	double p;                  /* exact two-sided sign test on those (McNemar) */
	double diff_accuracy, diff_f1; /* b - a */
	double lo_accuracy, hi_accuracy, lo_f1, hi_f1; /* 95 % interval by paired bootstrap */
};
void eval_compare(const struct eval_item *a, const struct eval_item *b, size_t n, size_t k, unsigned rounds,
    uint64_t seed, struct eval_compare *out);

#endif
