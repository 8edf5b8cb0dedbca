/*
 * train: fits and evaluates sentiment and crisis-type models from labelled records, and compares two models.
 * Reads text, title and a label member; writes a model file and a report. Exit codes: the common ones;
 * compare ends 1 unless the second model is better by more than chance.
 */
#include "cli/opt.h"
#include "train.h"

/*
 * A training run builds its sets and models once and ends: they live as long as the process, so the leak checker of a
 * sanitizer build is told to be content at exit. Other sanitizer checks stay on.
 */
int __lsan_is_turned_off(void);
int
__lsan_is_turned_off(void)
{
	return 1;
}

int
main(int argc, char **argv)
{
	static const struct verb verbs[] = {
	    {"sentiment", "fit a sentiment model from posts labelled pos, neg, neu", train_sentiment},
	    {"classify", "fit a crisis-type model from posts labelled with types", train_classify},
	    {"compare", "whether one model beats another on a labelled set by more than chance", train_compare},
	    {NULL, NULL, NULL}};

	return opt_verb(argc, argv, verbs, "Trains, evaluates and compares models.");
}
