/*
 * train: fits and evaluates sentiment and crisis-type models from labelled records, and compares two models.
 * Reads text, title and a label member; writes a model file and a report. Exit codes: the common ones;
 * compare ends 1 when the difference may be chance.
 */
#include "cli/opt.h"
#include "train.h"

int
main(int argc, char **argv)
{
	static const struct verb verbs[] = {
	    {"sentiment", "fit a sentiment model from posts labelled pos, neg, neu", train_sentiment},
	    {"classify", "fit a crisis-type model from posts labelled with types", train_classify},
	    {"compare", "which of two models is better on a labelled set, and whether by more than chance", train_compare},
	    {NULL, NULL, NULL}};

	return opt_verb(argc, argv, verbs, "Trains, evaluates and compares models.");
}
