#include "base/tsv.h"

void
tsv_open(struct tsv *t, struct str text, const char *name)
{
	*t = (struct tsv){.rest = text, .name = name};
}

int
tsv_next(struct tsv *t, size_t min, struct err *e)
{
	struct str line, part;

	while (str_split(&t->rest, '\n', &line)) {
		t->lineno++;
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		for (t->n = 0; str_split(&line, '\t', &part); t->n++) {
			if (t->n == TSV_COLS)
				return err_set(e, ERR_CONFIG, "%s:%zu: more than %d columns", t->name, t->lineno,
				    TSV_COLS);
			t->col[t->n] = part;
		}
		if (t->n < min)
			return err_set(e, ERR_CONFIG, "%s:%zu: %zu columns, at least %zu expected", t->name,
			    t->lineno, t->n, min);
		return 1;
	}
	return 0;
}
