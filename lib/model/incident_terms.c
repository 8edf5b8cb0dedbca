#include <stdio.h>
#include <stdlib.h>

#include "model/incident.h"
#include "model/phrase.h"

/* Words and phrases that are new or rising in the texts of an episode against those of its subject before it. */

enum { SAMPLE = 1500 };

/* 1: a text of the episode; 0: of its subject before; -1: neither. */
static int
side_of(const struct episode *e, const struct obs *o)
{
	if (o->text == 0 || o->subject != e->subject)
		return -1;
	if (o->t < e->start)
		return 0;
	return o->type == e->type && obs_negative(o) ? 1 : -1;
}

size_t
incident_terms(const struct book *b, const struct episode *e, int64_t clock, struct arena *a, struct term out[TERMS])
{
	struct fold *fold = xmalloc(sizeof *fold);
	int64_t end = e->closed != INT64_MIN ? e->closed : clock;
	double there[2] = {0, 0};
	struct phrase_result r;
	struct phrases *p;
	size_t n;

	fold_init(fold);
	p = phrases_new(fold, 0);
	for (size_t i = 0; i < b->n && b->o[i].t <= end; i++) {
		int side = side_of(e, &b->o[i]);

		if (side >= 0)
			there[side]++;
	}
	for (size_t i = 0; i < b->n && b->o[i].t <= end; i++) {
		const struct obs *o = &b->o[i];
		int side = side_of(e, o);
		char id[24], cluster[24];

		/* a sample by the hash of the id: the same posts whatever their order */
		if (side < 0 || (double)o->idh / 4294967296.0 * there[side] > SAMPLE)
			continue;
		(void)snprintf(id, sizeof id, "%08x", o->idh);
		(void)snprintf(cluster, sizeof cluster, "%08x", o->cluster);
		phrases_add(p, &(struct phrase_post){.id = str_c(id), .cluster = str_c(cluster), .text = book_text(b, o->text),
		    .published = o->t, .sentiment = 2, .reference = side == 0});
	}
	phrases_find(p, &(struct phrase_conf){.top = TERMS}, &r);
	for (n = 0; n < r.n && n < TERMS; n++)
		out[n] = (struct term){arena_str(a, r.p[n].text), r.p[n].g2, (int)r.p[n].n};
	phrases_free(p);
	free(fold);
	return n;
}
