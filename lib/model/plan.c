#include "model/plan.h"

#include "model/playbook.h"
#include "model/template.h"

size_t
plan_facts(struct json playbook, struct arena *a, struct fact **out)
{
	struct json list = json_get(playbook, "facts"), item;
	struct json_iter it = json_iter(list);
	struct str key;
	size_t n = 0;

	while (list.type == JSON_ARR && json_next(&it, &key, &item))
		n++;
	*out = arena_zalloc(a, (n > 0 ? n : 1) * sizeof **out);
	it = json_iter(list);
	for (size_t i = 0; i < n && json_next(&it, &key, &item); i++)
		(*out)[i] = (struct fact){.id = json_str(json_get(item, "id"), a),
		    .w = json_str(json_get(item, "w"), a),
		    .from = json_str(json_get(item, "from"), a),
		    .ask = json_get(item, "ask")};
	return n;
}

/* Copies members of the playbook as they stand, those that are there. */
static void
copy(struct jw *w, struct json from, const char *const keys[])
{
	for (size_t i = 0; keys[i] != NULL; i++) {
		struct json v = json_get(from, keys[i]);

		if (v.type != JSON_NONE && v.type != JSON_NULL)
			jw_kraw(w, keys[i], v.raw);
	}
}

static void
task(struct jw *w, struct json item, int level)
{
	static const char *const before[] = {"id", "department", "duty", NULL}, *const after[] = {"after", "sign_off", "text", NULL};
	int64_t s = playbook_at_level(json_get(item, "deadline"), level);

	if (!playbook_exists_at(item, level))
		return;
	jw_obj(w);
	copy(w, item, before);
	if (s >= 0)
		jw_kint(w, "deadline_s", s);
	copy(w, item, after);
	jw_end(w);
}

static void
clock_of(struct jw *w, struct json item, int level)
{
	static const char *const before[] = {"id", "what", NULL}, *const after[] = {"to", "source", "verify", NULL};
	int64_t s = playbook_at_level(json_get(item, "within"), level);

	if (!playbook_exists_at(item, level))
		return;
	jw_obj(w);
	copy(w, item, before);
	if (s >= 0)
		jw_kint(w, "within_s", s);
	copy(w, item, after);
	jw_end(w);
}

static void
step(struct jw *w, struct json item, int level)
{
	static const char *const to[] = {"to", NULL};
	int64_t s = playbook_at_level(json_get(item, "after"), level);

	jw_obj(w);
	if (s >= 0)
		jw_kint(w, "after_s", s);
	copy(w, item, to);
	jw_end(w);
}

static void
whole(struct jw *w, struct json item, int level)
{
	(void)level;
	jw_raw(w, item.raw);
}

static void
list(struct jw *w, struct json playbook, const char *key, int level, void (*one)(struct jw *, struct json, int))
{
	struct json v = json_get(playbook, key), item;
	struct json_iter it = json_iter(v);
	struct str k;

	jw_key(w, key);
	jw_arr(w);
	while (v.type == JSON_ARR && json_next(&it, &k, &item))
		if (item.type == JSON_OBJ)
			one(w, item, level);
	jw_end(w);
}

static void
facts(struct jw *w, const struct fact *fact, size_t n)
{
	jw_key(w, "facts");
	jw_obj(w);
	for (size_t i = 0; i < n; i++)
		if (fact[i].value.type != JSON_NONE) {
			jw_keyn(w, fact[i].id);
			jw_raw(w, fact[i].value.raw);
		}
	jw_end(w);
	jw_key(w, "open");
	jw_arr(w);
	for (size_t i = 0; i < n; i++) {
		if (fact[i].value.type != JSON_NONE || !fact[i].used)
			continue;
		jw_obj(w);
		jw_kstr(w, "id", fact[i].id);
		jw_kstr(w, "w", fact[i].w);
		if (fact[i].ask.type == JSON_OBJ)
			jw_kraw(w, "ask", fact[i].ask.raw);
		jw_end(w);
	}
	jw_end(w);
}

void
plan_write(struct jw *w, struct json playbook, const struct fact *fact, size_t n, int level, int stage)
{
	struct json release = json_get(json_get(playbook, "release"), playbook_levels[level]);
	struct json stages = json_get(playbook, "stages");
	int64_t updates = playbook_at_level(json_get(playbook, "updates"), level);

	facts(w, fact, n);
	jw_key(w, "plan");
	jw_obj(w);
	jw_kcstr(w, "level", playbook_levels[level]);
	list(w, playbook, "tasks", level, task);
	list(w, playbook, "clocks", level, clock_of);
	if (release.type == JSON_OBJ)
		jw_kraw(w, "release", release.raw);
	if (updates >= 0) {
		jw_kint(w, "updates_s", updates);
		jw_key(w, "updates"); /* of every level, for a case whose level a person changes */
		jw_obj(w);
		for (int i = 0; i < LEVELS; i++)
			if (playbook_at_level(json_get(playbook, "updates"), i) >= 0)
				jw_kint(w, playbook_levels[i], playbook_at_level(json_get(playbook, "updates"), i));
		jw_end(w);
	}
	list(w, playbook, "audiences", level, whole);
	list(w, playbook, "escalation", level, step);
	if (stage >= 0) {
		struct json v = json_get(stages, playbook_stages[stage]);

		jw_key(w, "stage");
		jw_obj(w);
		jw_kcstr(w, "id", playbook_stages[stage]);
		if (v.type == JSON_OBJ) {
			static const char *const both[] = {"zh", "en", NULL};

			copy(w, v, both);
		}
		jw_end(w);
	}
	if (stages.type == JSON_OBJ)
		jw_kraw(w, "stages", stages.raw);
	list(w, playbook, "closing", level, whole);
	jw_end(w);
}
