#ifndef MODEL_SIM_TEXT_H
#define MODEL_SIM_TEXT_H
/*
 * Sentences for model/sim, written one by one. Slots in braces: {c} city {b} branch {m} small amount {w} large
 * amount {h} clock {n} 2..9 {k} 10..59 {s} shop {f} a relative {e} emoji {x} the app {u} a rival {q} ticket
 * {d} a day {N} name {P} phone {I} identity number {K} card {M} mail {V} 1000..9999.
 * A leading @h or @a ties a text to the hotline or the app store.
 */
#include <stddef.h>

struct sim_pool {
	const char *const *s;
	size_t n;
	const char *label; /* neg neu pos: the voice the sentences were written in */
	const char *type;  /* crisis type they are about */
	const char *kind;  /* complaint news praise ad other */
};

enum sim_topic {
	T_OUTAGE,      /* people hit by it, short */
	T_OUTAGE_LONG, /* full stories, hotline records, reviews with personal data */
	T_OUTAGE_EN,
	T_IRONY,       /* mockery */
	T_CLAIM,       /* wants compensation, an answer */
	T_RUN,         /* fear for deposits, rumours of an attack */
	T_ANGER,       /* at the notice */
	T_BYSTAND,     /* asks, watches, neutral */
	T_RELIEF,      /* works again */
	T_PATIENCE,    /* defends the bank, thanks staff */
	T_NEWS,        /* headlines and leads */
	T_KOL,         /* well-known accounts */
	T_REGULATOR,
	T_NOTICE,      /* the bank's own texts, in the order of the day */
	T_COMMENT,     /* what is put before //@ */
	T_BANK,        /* the bank on an ordinary day: mixed voices follow */
	T_BANK_GOOD,
	T_BANK_BAD,
	T_BANK_AD,
	T_RIVAL,
	T_RIVAL_BAD,
	T_HOSPITAL,
	T_DEVICE,
	T_LIFE,        /* no organisation at all */
	T_LIFE_EN,
	T_HOLIDAY,
	T_OLD,         /* the old story that is replayed */
	T_PLANT,       /* what hired hands copy */
	T_DEATH,       /* a death linked to the subject (streams) */
	T_VIRAL,       /* goes round, means nothing */
	SIM_TOPICS
};
extern const struct sim_pool sim_pool[SIM_TOPICS];

#endif
