#include "model/settle.h"

#include <string.h>

/* In each class what causes stands before what it causes. */
static const struct {
	const char *name;
	enum harm harm;
} types[] = {
    {"disaster.site", HARM_BODY},
    {"care.infection", HARM_BODY},
    {"care.accident", HARM_BODY},
    {"product.safety", HARM_BODY},
    {"care.dispute", HARM_BODY},
    {"environment.pollution", HARM_BODY},
    {"fraud.theft", HARM_MONEY},
    {"rumour.run", HARM_MONEY},
    {"sales.misselling", HARM_MONEY},
    {"data.breach", HARM_DATA},
    {"labour.dispute", HARM_WORK},
    {"management.misconduct", HARM_WORK},
    {"staff.misconduct", HARM_WORK},
    {"system.outage", HARM_SERVICE},
    {"product.defect", HARM_SERVICE},
    {"supply.failure", HARM_SERVICE},
    {"ad.misleading", HARM_SERVICE},
    {"policy.dispute", HARM_SERVICE},
    {"fee.dispute", HARM_SERVICE},
    {"service.delay", HARM_SERVICE},
    {"service.attitude", HARM_SERVICE},
    {"competitor.attack", HARM_IMAGE},
    {"rumour.false", HARM_IMAGE},
    {"media.negative", HARM_IMAGE},
};
enum { TYPES = sizeof types / sizeof types[0] };

const char *const harm_zh[HARM_NONE] = {"人身伤害", "资金损失", "信息泄露", "员工与任职", "商品与服务", "形象"};
const char *const harm_en[HARM_NONE] = {"harm to people", "money being lost", "leaked data", "people's work and conduct",
    "goods and services", "image"};

/* Two shares that differ by no more count as equal. */
#define TIE 0.05
/* A type with a lesser share has no claim worth telling of. */
#define CLAIM_SHARE 0.15
/* A verified cause outranks its echo from this share on. */
#define CAUSE_SHARE 0.25

static int
rank_of(struct str type)
{
	for (int i = 0; i < TYPES; i++)
		if (str_is(type, types[i].name))
			return i;
	return TYPES;
}

enum harm
crisis_harm(struct str type)
{
	int i = rank_of(type);

	return i < TYPES ? types[i].harm : HARM_NONE;
}

const char *
crisis_type(size_t i)
{
	return i < TYPES ? types[i].name : NULL;
}

bool
crisis_known(struct str type)
{
	return rank_of(type) < TYPES;
}

struct facts {
	struct json v;
	bool confirmed, unconfirmed; /* said to be so; neither when nothing is said */
	bool denied;                 /* by the authorities */
	bool hurt;                   /* people: deaths, injured, in hospital */
	bool harmed;                 /* anybody or anything counted */
	bool moved, police, outage;
	int64_t queues;
};

static int64_t
count(struct json facts, const char *key)
{
	return json_int_or(json_get(facts, key), 0);
}

static bool
yes(struct json facts, const char *key)
{
	return json_get(facts, key).type == JSON_TRUE;
}

static struct facts
read_facts(struct json incident)
{
	struct json v = json_get(incident, "facts");
	struct facts f = {.v = v};

	f.confirmed = yes(v, "confirmed");
	f.unconfirmed = json_get(v, "confirmed").type == JSON_FALSE;
	f.denied = yes(v, "official_denial");
	f.hurt = count(v, "deaths") > 0 || count(v, "injured") > 0 || count(v, "hospitalised") > 0;
	f.moved = yes(v, "unauthorised_transfers");
	f.police = yes(v, "police_involved");
	f.outage = yes(v, "outage_real");
	f.queues = count(v, "queue_sites");
	f.harmed = f.hurt || f.moved || f.outage || count(v, "victims") > 0 || count(v, "records_leaked") > 0 ||
	    count(v, "units_recalled") > 0;
	return f;
}

static bool
known(struct str type, const struct str *extra, size_t n)
{
	if (crisis_known(type))
		return true;
	for (size_t i = 0; i < n; i++)
		if (str_eq(extra[i], type) && !str_is(type, "none"))
			return true;
	return false;
}

static void
because(struct settled *s, struct str zh, struct str en)
{
	if (s->nwhy < SETTLE_WHY) {
		s->why[s->nwhy].zh = zh;
		s->why[s->nwhy++].en = en;
	}
}

static void
rival(struct settled *s, struct str type)
{
	for (size_t i = 0; i < s->nrival; i++)
		if (str_eq(s->rival[i], type))
			return;
	if (type.n > 0 && s->nrival < SETTLE_RIVALS)
		s->rival[s->nrival++] = type;
}

/* Talk about a thing rather than the thing; talk of a run is no more than that while nobody queues. */
static bool
is_talk(const struct facts *f, struct str type)
{
	return crisis_harm(type) == HARM_IMAGE || (f->queues <= 0 && str_is(type, "rumour.run"));
}

/* --- competing types -------------------------------------------------------------------------------------------------- */

struct claim {
	struct str type;
	double share;
};
enum { CLAIMS = 40 }; /* more than there are types: the heaviest may come last */

static size_t
read_claims(struct json incident, const struct str *extra, size_t nextra, struct arena *a, struct claim c[CLAIMS])
{
	struct json_iter it = json_iter(json_path(incident, "facts.type_weights"));
	struct json v;
	struct str key;
	size_t n = 0;

	while (n < CLAIMS && json_next(&it, &key, &v)) {
		double share = json_num_or(v, 0);

		if (share > 0 && known(key, extra, nextra)) {
			c[n].type = arena_str(a, key);
			c[n++].share = share;
		}
	}
	return n;
}

/* < 0: a before b among equals. own: the incident's own type, which stands within one class of harm. */
static int
graver(struct str a, struct str b, struct str own)
{
	enum harm ha = crisis_harm(a), hb = crisis_harm(b);
	int ra = rank_of(a), rb = rank_of(b);
	bool symptom_a, symptom_b;

	if (ha != hb)
		return ha < hb ? -1 : 1;
	symptom_a = str_is(a, "service.delay") || str_is(a, "service.attitude");
	symptom_b = str_is(b, "service.delay") || str_is(b, "service.attitude");
	if (symptom_a != symptom_b)
		return symptom_a ? 1 : -1;
	if (str_eq(a, own) || str_eq(b, own))
		return str_eq(a, own) ? -1 : 1;
	return ra - rb;
}

static struct str
weigh(struct json incident, const struct facts *f, struct str own, const struct str *extra, size_t nextra, struct arena *a,
    struct settled *s)
{
	struct claim c[CLAIMS], best = {0};
	size_t n = read_claims(incident, extra, nextra, a, c);
	double top = 0;
	bool verified = f->confirmed || (f->harmed && !f->denied), tied = false, echo = false, by_harm = false;

	if (n == 0)
		return own;
	for (size_t i = 0; i < n; i++) {
		if (c[i].share >= CLAIM_SHARE)
			rival(s, c[i].type);
		top = c[i].share > top ? c[i].share : top;
	}
	/* Verified, the cause leads over talk about it even with the lesser share; unverified, talk leads among equals. */
	for (size_t i = 0; i < n; i++) {
		bool level = c[i].share >= top - TIE, cause = verified && !is_talk(f, c[i].type) && c[i].share >= CAUSE_SHARE;

		if (!level && !cause)
			continue;
		if (best.type.n == 0) {
			best = c[i];
			continue;
		}
		if (is_talk(f, c[i].type) != is_talk(f, best.type)) {
			if (!verified && !(f->unconfirmed || f->denied)) {
				tied = by_harm = true;
				if (graver(c[i].type, best.type, own) < 0)
					best = c[i];
				continue;
			}
			echo = true;
			if (is_talk(f, c[i].type) != verified)
				best = c[i];
			continue;
		}
		if (c[i].share > best.share + TIE)
			best = c[i];
		else if (c[i].share >= best.share - TIE) {
			tied = true;
			by_harm = by_harm || crisis_harm(c[i].type) != crisis_harm(best.type);
			if (graver(c[i].type, best.type, own) < 0)
				best = c[i];
		}
	}
	if (echo && verified)
		because(s, arena_printf(a, "已核实的起因 %.*s 先于对它的议论", STRF(best.type)),
		    arena_printf(a, "a verified cause, %.*s, comes before the talk about it", STRF(best.type)));
	else if (echo)
		because(s, arena_printf(a, "起因未经核实，按传播处理：%.*s", STRF(best.type)),
		    arena_printf(a, "no cause is verified, so the talk itself is handled: %.*s", STRF(best.type)));
	else if (tied && by_harm && crisis_known(best.type))
		because(s, arena_printf(a, "多种类型占比相当，%s优先：%.*s", harm_zh[crisis_harm(best.type)], STRF(best.type)),
		    arena_printf(a, "several types weigh the same; %s comes first: %.*s", harm_en[crisis_harm(best.type)], STRF(best.type)));
	else
		because(s, arena_printf(a, "占比%s的类型：%.*s（%.2f）", tied ? "并列" : "最高", STRF(best.type), best.share),
		    arena_printf(a, "the type with %s share: %.*s (%.2f)", tied ? "an equal" : "the greatest", STRF(best.type), best.share));
	return best.type;
}

/* --- facts that overrule a label ------------------------------------------------------------------------------------------- */

/* The event that facts prove behind talk of it, or empty. */
static struct str
proven_event(const struct facts *f)
{
	if (f->moved && f->police)
		return STR("fraud.theft");
	if (f->outage)
		return STR("system.outage");
	if (!f->confirmed || f->denied)
		return STR("");
	if (count(f->v, "units_recalled") > 0)
		return STR("product.safety");
	if (count(f->v, "records_leaked") > 0)
		return STR("data.breach");
	if (count(f->v, "workers") > 0)
		return STR("labour.dispute");
	return STR("");
}

/* The proven event that talk is about; an attack is about goods or data, talk of a run is one until a person confirms. */
static struct str
behind(const struct facts *f, struct str type)
{
	struct str event = proven_event(f);

	if (!is_talk(f, type) || (str_is(type, "competitor.attack") && str_is(event, "labour.dispute")) ||
	    (str_is(type, "rumour.run") && !f->confirmed))
		return STR("");
	return event;
}

void
settle(struct json incident, struct str industry, const struct str *extra, size_t nextra, struct arena *a, struct settled *out)
{
	struct str said = json_str(json_get(incident, "type"), a), own, t, event;
	struct facts f = read_facts(incident);
	bool depositors = !str_is(industry, "health") && !str_is(industry, "electronics");

	*out = (struct settled){0};
	own = known(said, extra, nextra) ? said : STR("none");
	rival(out, own);
	if (json_get(incident, "type_fixed").type == JSON_TRUE && !str_is(own, "none")) {
		because(out, arena_printf(a, "类型由人更正为 %.*s", STRF(own)), arena_printf(a, "a person corrected the type to %.*s", STRF(own)));
		out->type = own;
		return;
	}
	t = weigh(incident, &f, own, extra, nextra, a, out);

	if (f.queues > 0 && depositors) {
		if (!str_is(t, "rumour.run"))
			because(out, arena_printf(a, "%lld 处网点有储户排队，不论起因一律按挤兑处理", (long long)f.queues),
			    arena_printf(a, "depositors queue at %lld sites: the run is handled, whatever started it", (long long)f.queues));
		t = STR("rumour.run");
	} else if (f.moved && f.police && !str_is(t, "none") && !str_is(t, "rumour.run") && crisis_harm(t) > HARM_MONEY &&
	    crisis_harm(t) != HARM_WORK) {
		because(out, STR("资金被擅自转走且已报警，按资金被盗处理"),
		    STR("money moved without consent and the police are in: theft, not a mere failure"));
		t = STR("fraud.theft");
	} else if (str_is(t, "product.defect") && f.hurt && !f.denied) {
		because(out, STR("产品已致人受伤，按产品安全处理"), STR("people were hurt by the product: safety, not a mere defect"));
		t = STR("product.safety");
	} else if ((event = behind(&f, t)).n > 0) {
		because(out, arena_printf(a, "议论背后有已核实的事件，先处理事件：%.*s", STRF(event)),
		    arena_printf(a, "a verified event stands behind the talk and comes first: %.*s", STRF(event)));
		t = event;
	} else if (f.denied && !f.confirmed && !f.harmed && !str_is(t, "none") && !str_is(t, "rumour.run") && !is_talk(&f, t)) {
		because(out, STR("官方已否认、未经证实、没有损害，按不实传言处理"),
		    STR("officially denied, not confirmed, nobody harmed: handled as a rumour"));
		t = STR("rumour.false");
	}
	out->type = t;
	out->changed = !str_eq(t, said);
	if (out->nwhy > 0)
		return;
	if (str_is(t, "none") && said.n > 0 && !str_is(said, "none"))
		because(out, STR("类型不在分类表中，不猜测"), STR("the type is in no taxonomy; none is guessed"));
	else if (str_is(t, "none"))
		because(out, STR("没有危机类型"), STR("no crisis type is given"));
	else
		because(out, arena_printf(a, "类型 %.*s 与事实没有冲突", STRF(t)),
		    arena_printf(a, "the facts do not contradict the type %.*s", STRF(t)));
}
