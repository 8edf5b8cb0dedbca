/* casefile task add|start|done|skip|sign|depend|delegate|due|reopen CASE TASK … */
#include <string.h>

#include "base/clock.h"
#include "casefile.h"

struct task_opts {
	struct work w;
	const char *note, *reason, *duty, *duty_en, *department, *to, *role, *sign_off, *text;
	struct opt_list after;
	int64_t within, due;
	bool force;
};

static struct case_task *
get_task(const struct casefile *c, const char *id)
{
	struct case_task *t = casefile_task(c, str_c(id));

	if (t == NULL)
		refuse("case '%.*s' has no task '%s'", STRF(c->id), id);
	return t;
}

static void
must_not_be_over(const struct casefile *c, const struct case_task *t)
{
	if (t->state == TASK_DONE || t->state == TASK_SKIPPED)
		refuse("task '%.*s' of case '%.*s' is %.*s already", STRF(t->id), STRF(c->id),
		    STRF(task_state_name(t->state)));
}

static void
must_not_wait(const struct casefile *c, const struct case_task *t, bool force)
{
	const struct case_task *first = casefile_waits_for(c, t);

	if (first != NULL && !force)
		refuse("task '%.*s' waits for '%.*s'; --force does it all the same", STRF(t->id), STRF(first->id));
}

/* An id stands in keys of messages and in shell commands. */
static bool
plain_id(const char *id)
{
	size_t n = strlen(id);

	for (size_t i = 0; i < n; i++)
		if (!is_alnum(id[i]) && strchr("-_.", id[i]) == NULL)
			return false;
	return n > 0 && n <= 60 && strncmp(id, "clock.", 6) != 0;
}

static void
do_add(struct task_opts *o, struct casefile *c, const char *id)
{
	struct buf data = {0};
	struct jw w = jw_open(&data);

	if (!plain_id(id))
		msg_usage("task add: an id is 1 to 60 letters, digits, '-', '_' or '.', and does not begin with 'clock.'");
	if (casefile_task(c, str_c(id)) != NULL)
		refuse("case '%.*s' has a task '%s' already", STRF(c->id), id);
	if (o->duty == NULL)
		msg_usage("task add: --duty says what is to be done");
	jw_obj(&w);
	jw_kcstr(&w, "task", id);
	jw_key(&w, "duty");
	jw_obj(&w);
	jw_kcstr(&w, "zh", o->duty);
	jw_kcstr(&w, "en", o->duty_en != NULL ? o->duty_en : o->duty);
	jw_end(&w);
	if (o->department != NULL)
		jw_kcstr(&w, "department", o->department);
	if (o->to != NULL)
		jw_kcstr(&w, "assignee", o->to);
	if (o->sign_off != NULL)
		jw_kcstr(&w, "sign_off", o->sign_off);
	if (o->text != NULL)
		jw_kcstr(&w, "text", o->text);
	if (o->due != 0 || o->within != 0)
		jw_ktime(&w, "due", o->due != 0 ? o->due : o->w.now + o->within);
	if (o->after.n > 0) {
		jw_key(&w, "after");
		jw_arr(&w);
		for (size_t i = 0; i < o->after.n; i++)
			jw_str(&w, get_task(c, o->after.v[i])->id);
		jw_end(&w);
	}
	jw_end(&w);
	change_add(&o->w, c, "task.add", &data);
	buf_free(&data);
}

static void
simple(struct task_opts *o, struct casefile *c, const char *kind, const char *id, const char *key, const char *value)
{
	struct buf data = {0};

	if (key != NULL && value != NULL)
		data_strs(&data, "task", id, key, value, NULL);
	else
		data_strs(&data, "task", id, NULL);
	change_add(&o->w, c, kind, &data);
	buf_free(&data);
}

static void
do_start(struct task_opts *o, struct casefile *c, const char *id)
{
	struct case_task *t = get_task(c, id);

	must_not_be_over(c, t);
	must_not_wait(c, t, o->force);
	if (t->state != TASK_STARTED)
		simple(o, c, "task.start", id, NULL, NULL);
}

static void
do_done(struct task_opts *o, struct casefile *c, const char *id)
{
	struct case_task *t = get_task(c, id);

	must_not_be_over(c, t);
	must_not_wait(c, t, o->force);
	if (t->sign_off.n > 0 && t->signed_by.n == 0)
		refuse("task '%s' needs the signature of %.*s: casefile task sign %.*s %s", id, STRF(t->sign_off),
		    STRF(c->id), id);
	if (t->sign_off.n > 0 && c->level == CASE_RED && str_eq(t->signed_by, o->w.actor))
		refuse("task '%s': at red the one who signs and the one who reports it done are two people", id);
	simple(o, c, "task.done", id, "note", o->note);
}

static void
do_skip(struct task_opts *o, struct casefile *c, const char *id)
{
	struct case_task *t = get_task(c, id);

	must_not_be_over(c, t);
	if (o->reason == NULL)
		msg_usage("task skip: --reason is required");
	if (t->clock && !roles_may(o->w.roles, o->w.actor, MAY_CLOSE))
		refuse("%.*s may not skip a legal clock; it takes a role that may close", STRF(o->w.actor));
	simple(o, c, "task.skip", id, "reason", o->reason);
}

static void
do_sign(struct task_opts *o, struct casefile *c, const char *id)
{
	struct case_task *t = get_task(c, id);

	must_not_be_over(c, t);
	if (t->sign_off.n == 0)
		refuse("task '%s' needs no signature", id);
	if (!roles_has(o->w.roles, o->w.actor, t->sign_off))
		refuse("%.*s has not the role %.*s, which signs task '%s'", STRF(o->w.actor), STRF(t->sign_off), id);
	{
		struct arena *a = &o->w.mem;

		simple(o, c, "task.sign", id, "role", arena_cstr(a, t->sign_off));
	}
}

static void
do_depend(struct task_opts *o, struct casefile *c, const char *id)
{
	struct case_task *t = get_task(c, id);

	must_not_be_over(c, t);
	if (o->after.n == 0)
		msg_usage("task depend: --after names the task that comes first");
	for (size_t i = 0; i < o->after.n; i++) {
		get_task(c, o->after.v[i]);
		if (casefile_would_circle(c, t->id, str_c(o->after.v[i])))
			refuse("task '%s' cannot wait for '%s', which waits for it", id, o->after.v[i]);
		simple(o, c, "task.depend", id, "after", o->after.v[i]);
	}
}

static void
do_delegate(struct task_opts *o, struct casefile *c, const char *id)
{
	struct buf data = {0};

	must_not_be_over(c, get_task(c, id));
	if (o->to == NULL && o->department == NULL)
		msg_usage("task delegate: --to or --department is required");
	data_strs(&data, "task", id, "to", o->to, "department", o->department, "reason", o->reason, NULL);
	change_add(&o->w, c, "task.delegate", &data);
	buf_free(&data);
}

static void
do_due(struct task_opts *o, struct casefile *c, const char *id)
{
	struct case_task *t = get_task(c, id);
	struct buf data = {0};
	char text[CLOCK_LEN];
	int64_t due = o->due != 0 ? o->due : o->w.now + o->within;

	must_not_be_over(c, t);
	if (o->due == 0 && o->within == 0)
		msg_usage("task due: --due or --within is required");
	if (o->reason == NULL)
		msg_usage("task due: --reason is required");
	if (t->clock)
		refuse("task '%s' is a legal clock; its deadline is not ours to move", id);
	if (due > t->due && t->due != 0 && !roles_may(o->w.roles, o->w.actor, MAY_LOWER))
		refuse("%.*s may not put a deadline off; roles.yaml says who may", STRF(o->w.actor));
	clock_format(due, text);
	data_strs(&data, "task", id, "due", text, "reason", o->reason, NULL);
	change_add(&o->w, c, "task.due", &data);
	buf_free(&data);
}

static void
do_reopen(struct task_opts *o, struct casefile *c, const char *id)
{
	struct case_task *t = get_task(c, id);

	if (t->state != TASK_DONE && t->state != TASK_SKIPPED)
		refuse("task '%s' is %.*s", id, STRF(task_state_name(t->state)));
	if (o->reason == NULL)
		msg_usage("task reopen: --reason is required");
	simple(o, c, "task.reopen", id, "reason", o->reason);
}

static const struct {
	const char *name;
	void (*run)(struct task_opts *, struct casefile *, const char *);
	bool many; /* several tasks at once */
} actions[] = {
    {"add", do_add, false},
    {"start", do_start, true},
    {"done", do_done, true},
    {"skip", do_skip, true},
    {"sign", do_sign, true},
    {"depend", do_depend, false},
    {"delegate", do_delegate, true},
    {"due", do_due, true},
    {"reopen", do_reopen, true},
};

int
verb_task(int argc, char **argv)
{
	static struct task_opts o; /* what opt_parse gathers lives until the end */
	const struct opt opts[] = {
	    WORK_OPTS(o.w),
	    WORK_AS(o.w),
	    {0, "note", "TEXT", "done: what came of it", OPT_STR, &o.note, 0, 0},
	    {0, "reason", "TEXT", "skip, due, reopen, delegate: why", OPT_STR, &o.reason, 0, 0},
	    {0, "duty", "TEXT", "add: what is to be done", OPT_STR, &o.duty, 0, 0},
	    {0, "duty-en", "TEXT", "add: the same in English", OPT_STR, &o.duty_en, 0, 0},
	    {0, "department", "NAME", "add, delegate: whose it is", OPT_STR, &o.department, 0, 0},
	    {0, "to", "LOGIN", "add, delegate: who does it", OPT_STR, &o.to, 0, 0},
	    {0, "after", "TASK", "add, depend: what comes first; may be repeated", OPT_LIST, &o.after, 0, 0},
	    {0, "sign-off", "ROLE", "add: role whose signature completes it", OPT_STR, &o.sign_off, 0, 0},
	    {0, "text", "NAME", "add: the text it must release", OPT_STR, &o.text, 0, 0},
	    {0, "within", "DURATION", "add, due: deadline from now", OPT_DUR, &o.within, 0, 0},
	    {0, "due", "TIME", "add, due: deadline", OPT_TIME, &o.due, 0, 0},
	    {0, "force", NULL, "start, done: although others come first", OPT_FLAG, &o.force, 0, 0},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "add|start|done|skip|sign|depend|delegate|due|reopen CASE TASK...",
	    "change the tasks of a case");
	struct casefile c;
	size_t k = 0;

	if (v[0] == NULL || v[1] == NULL || v[2] == NULL)
		msg_usage("expected what to do, a case and a task");
	while (k < sizeof actions / sizeof actions[0] && strcmp(actions[k].name, v[0]) != 0)
		k++;
	if (k == sizeof actions / sizeof actions[0])
		msg_usage("expected add, start, done, skip, sign, depend, delegate, due or reopen");
	if (v[3] != NULL && !actions[k].many)
		msg_usage("expected one task");
	work_change(&o.w, MAY_WORK);
	change_begin(&o.w, v[1], &c);
	must_be_open(&c);
	for (char **id = v + 2; *id != NULL; id++)
		actions[k].run(&o, &c, *id);
	change_end(&o.w, &c);
	return work_end(&o.w);
}
