#include "base/hash.h"
#include "model/route.h"

static bool
in_list(const struct str *list, size_t n, struct str s, bool prefix)
{
	if (n == 0)
		return true;
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i], s) || (prefix && str_ends(list[i], STR(".")) && str_starts(s, list[i])))
			return true;
	return false;
}

static bool
takes(const struct route *r, const struct message *m, const bool *when)
{
	return (r->kinds == 0 || (r->kinds & 1u << m->kind) != 0) && (r->levels == 0 || (r->levels & 1u << m->level) != 0) &&
	    in_list(r->subject, r->nsubject, m->subject, false) && in_list(r->type, r->ntype, m->type, true) &&
	    in_list(r->change, r->nchange, m->change, false) && (r->when < 0 || when[r->when]);
}

size_t
route_pick(const struct route *r, size_t n, bool first, const struct message *m, const bool *when, bool *hit)
{
	size_t hits = 0;
	bool over = false;

	for (size_t i = 0; i < n; i++) {
		hit[i] = !over && takes(&r[i], m, when);
		if (!hit[i])
			continue;
		hits++;
		over = first && !r[i].go_on;
	}
	return hits;
}

/* Appends s with the separators escaped. */
static void
key_part(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '|' || s.p[i] == '%')
			buf_printf(b, "%%%02X", (unsigned)(unsigned char)s.p[i]);
		else
			buf_putc(b, s.p[i]);
	}
	buf_putc(b, '|');
}

struct str
route_key(struct arena *a, struct str channel, struct str target, const struct message *m, size_t step, size_t part)
{
	struct buf b = {0};
	struct str out;

	key_part(&b, channel);
	key_part(&b, target);
	key_part(&b, m->about);
	key_part(&b, m->event);
	if (step > 0)
		buf_printf(&b, "step%zu|", step);
	if (part > 0)
		buf_printf(&b, "part%zu|", part);
	b.n--; /* the last separator */
	out = arena_str(a, buf_view(&b));
	buf_free(&b);
	return out;
}

struct str
route_group(struct arena *a, const struct route *r, const struct message *m)
{
	struct buf b = {0};
	struct str out;

	if (r->group == 0)
		return STR("");
	key_part(&b, r->name);
	if (r->group & GROUP_KIND)
		key_part(&b, str_c(msg_kind_name[m->kind]));
	if (r->group & GROUP_SUBJECT)
		key_part(&b, m->subject);
	if (r->group & GROUP_TYPE)
		key_part(&b, m->type);
	if (r->group & GROUP_LEVEL)
		key_part(&b, case_level_name(m->level));
	out = arena_str(a, buf_view(&b));
	buf_free(&b);
	return out;
}

int64_t
quiet_until(const struct quiet *q, int64_t zone_s, int64_t t)
{
	int64_t local = t + zone_s, day = local - ((local % 86400) + 86400) % 86400, minute = (local - day) / 60;

	if (!q->on || q->from_min == q->to_min)
		return t;
	if (q->from_min < q->to_min)
		return minute >= q->from_min && minute < q->to_min ? day + q->to_min * 60 - zone_s : t;
	if (minute >= q->from_min)
		return day + 86400 + q->to_min * 60 - zone_s;
	return minute < q->to_min ? day + q->to_min * 60 - zone_s : t;
}

int64_t
retry_wait(const struct retry *r, int64_t attempt, struct str key)
{
	int64_t wait = r->first_s;

	for (int64_t i = 1; i < attempt && wait < r->most_s; i++)
		wait *= 2;
	if (wait > r->most_s)
		wait = r->most_s;
	return wait + (int64_t)(hash_bytes(key.p, key.n, (uint64_t)attempt) % (uint64_t)(wait / 4 + 1));
}

void
rate_log_read(struct rate_log *l, struct str text)
{
	struct str part;
	int64_t t;

	l->n = 0;
	while (text.n > 0 && str_split(&text, ',', &part))
		if (l->n < RATE_MAX && str_i64(part, &t) && (l->n == 0 || t >= l->t[l->n - 1]))
			l->t[l->n++] = t;
}

void
rate_log_write(const struct rate_log *l, struct buf *out)
{
	for (size_t i = 0; i < l->n; i++)
		buf_printf(out, "%s%lld", i > 0 ? "," : "", (long long)l->t[i]);
}

size_t
rate_room(struct rate_log *l, const struct rate *r, int64_t now)
{
	size_t old = 0;

	if (r->n == 0)
		return SIZE_MAX;
	while (old < l->n && l->t[old] + r->per_s <= now)
		old++;
	l->n -= old;
	memmove(l->t, l->t + old, l->n * sizeof l->t[0]);
	return (int64_t)l->n < r->n ? (size_t)(r->n - (int64_t)l->n) : 0;
}

void
rate_add(struct rate_log *l, const struct rate *r, int64_t now)
{
	if (r->n == 0)
		return;
	if (l->n == RATE_MAX) {
		memmove(l->t, l->t + 1, (RATE_MAX - 1) * sizeof l->t[0]);
		l->n--;
	}
	/* A clock that was set back must not let the log grow without order. */
	l->t[l->n] = l->n > 0 && l->t[l->n - 1] > now ? l->t[l->n - 1] : now;
	l->n++;
}

int64_t
rate_next(const struct rate_log *l, const struct rate *r, int64_t now)
{
	if (r->n == 0 || (int64_t)l->n < r->n)
		return now;
	return l->t[l->n - (size_t)r->n] + r->per_s;
}
