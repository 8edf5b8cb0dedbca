/* submit, approve, reject, release, withdraw: what stands between a text and the world. */
#include "draft.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "model/plan.h"

struct gate {
	struct desk k;
	struct casefile c;
	struct store_draft d;
};

/* Inside a transaction, so that what is looked at is what is signed. */
static void
gate_open(struct gate *g, const char *typed)
{
	struct err e;

	desk_open(&g->k, true);
	if (store_begin(g->k.s, &e) != 0)
		msg_die(&e);
	desk_draft(&g->k, typed, 0, &g->d);
	desk_case(&g->k, arena_cstr(&g->k.mem, g->d.case_id), &g->c);
}

static void
set_state(struct gate *g, const char *state)
{
	struct err e;

	if (store_draft_state(g->k.s, g->d.id, g->d.version, str_c(state), g->k.now, &e) != 0)
		msg_die(&e);
	g->d.state = str_c(state);
	g->d.updated = g->k.now;
}

static int
gate_close(struct gate *g, const char *what)
{
	struct err e;

	if (store_commit(g->k.s, &e) != 0)
		msg_die(&e);
	if (g->k.json)
		draft_print(&g->k, &g->d, &g->c);
	else if (what != NULL)
		(void)printf("%.*s version %lld: %s\n", STRF(g->d.id), (long long)g->d.version, what);
	casefile_free(&g->c);
	return desk_end(&g->k, EXIT_OK);
}

static void
must_be(const struct gate *g, const char *state)
{
	if (!str_is(g->d.state, state))
		refuse("%.*s version %lld is %.*s, not %s", STRF(g->d.id), (long long)g->d.version, STRF(g->d.state), state);
}

static void
one_text(char **v)
{
	if (v[0] == NULL || v[1] != NULL)
		msg_usage("expected one text");
}

/* --- signatures ------------------------------------------------------------------------------------------------------- */

enum { SIGNS = 64 };
struct signs {
	const struct store_draft *d;
	struct arena *a;
	struct { struct str role, actor; } v[SIGNS];
	size_t n;
	bool rejected;
};

static int
take_sign(void *ctx, const struct store_approval *a, struct err *e)
{
	struct signs *s = ctx;

	(void)e;
	if (!str_is(a->sha256, s->d->sha256))
		return 0; /* under another text */
	s->rejected = s->rejected || !a->approve;
	if (a->approve && s->n < SIGNS) {
		s->v[s->n].role = arena_str(s->a, a->role);
		s->v[s->n++].actor = arena_str(s->a, a->actor);
	}
	return 0;
}

static void
read_signs(struct gate *g, struct signs *s)
{
	struct err e;

	*s = (struct signs){.d = &g->d, .a = &g->k.mem};
	if (store_approvals(g->k.s, g->d.id, g->d.version, take_sign, s, &e) != 0)
		msg_die(&e);
}

static bool
has_sign(const struct signs *s, struct str role)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_eq(s->v[i].role, role))
			return true;
	return false;
}

/* Whether every role of the level has signed, at red by two people; what is missing is appended. */
static bool
complete(const struct casefile *c, const struct signs *s, struct buf *missing)
{
	bool two = c->level != CASE_RED, all = true;

	for (size_t i = 0; i < c->napprove; i++)
		if (!has_sign(s, c->approve[i])) {
			buf_printf(missing, "%s%.*s", missing->n > 0 ? ", " : "", STRF(c->approve[i]));
			all = false;
		}
	for (size_t i = 1; i < s->n; i++)
		two = two || !str_eq(s->v[i].actor, s->v[0].actor);
	if (s->n == 0 && all) {
		buf_puts(missing, "a signature");
		return false;
	}
	if (all && !two)
		buf_puts(missing, "a second person (two people at red)");
	return all && two;
}

/* The role to sign with: the one that was said, or the only one that is still missing and that the person holds. */
static struct str
signing_role(struct gate *g, const struct signs *s, const char *said)
{
	struct str found = {0};
	size_t n = 0;

	if (said != NULL) {
		if (!roles_known(g->k.roles, str_c(said)))
			refuse("there is no role '%s' (roles.yaml)", said);
		if (!roles_has(g->k.roles, g->k.actor, str_c(said)))
			refuse("%.*s does not hold the role %s (roles.yaml)", STRF(g->k.actor), said);
		return str_c(said);
	}
	for (size_t i = 0; i < g->c.napprove; i++)
		if (!has_sign(s, g->c.approve[i]) && roles_has(g->k.roles, g->k.actor, g->c.approve[i])) {
			found = g->c.approve[i];
			n++;
		}
	if (n > 1)
		refuse("%.*s could sign with several roles: say which with --role", STRF(g->k.actor));
	if (n == 0)
		refuse("no signature of %.*s is wanted", STRF(g->k.actor));
	return found;
}

static void
sign(struct gate *g, struct str role, bool approve, const char *reason)
{
	struct store_approval a = {.draft_id = g->d.id,
	    .version = g->d.version,
	    .sha256 = str_c(g->d.sha256),
	    .role = role,
	    .actor = g->k.actor,
	    .approve = approve,
	    .reason = reason != NULL ? str_c(reason) : STR(""),
	    .ts = g->k.now};
	struct err e;

	if (reason != NULL && !utf8_valid(reason, strlen(reason)))
		msg_usage("the reason is not UTF-8");
	if (store_approval_add(g->k.s, &a, g->d.case_id, &e) != 0)
		msg_die(&e);
}

/* --- verbs ------------------------------------------------------------------------------------------------------------ */

/* Findings that keep a text in the house. reason: why a person lets the lesser ones pass. */
static void
findings_pass(struct gate *g, const char *reason)
{
	struct notes n;
	size_t hard = 0, never = 0;

	notes_get(g->d.json, &g->k.mem, &n);
	notes_check(&g->k, desk_play(&g->k, &g->c), g->d.kind, str_is(g->d.lang, "zh"), g->d.text, &n);
	reply_check(&g->k, &g->d, &n);
	for (size_t i = 0; i < n.nfound; i++) {
		never += n.found[i].weight == RULE_NEVER;
		hard += n.found[i].weight == RULE_HARD;
		if (n.found[i].weight != RULE_SOFT)
			msg_note("line %d: %.*s: %.*s", n.found[i].line, STRF(n.found[i].rule), STRF(n.found[i].msg));
	}
	if (never > 0)
		refuse("%.*s version %lld may not be handed in: %zu open or unlawful places", STRF(g->d.id), (long long)g->d.version, never);
	if (hard > 0 && reason == NULL)
		refuse("%.*s version %lld breaks the rules for texts %zu times: change it, or give a reason with --accept", STRF(g->d.id),
		    (long long)g->d.version, hard);
	notes_free(&n);
}

int
verb_submit(int argc, char **argv)
{
	struct gate g = {0};
	const char *accept = NULL;
	const struct opt opts[] = {
	    DESK_OPTS(g.k), DESK_LIB(g.k), DESK_AS(g.k),
	    {0, "accept", "REASON", "hand it in in spite of findings on wording", OPT_STR, &accept, 0, 0},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "TEXT", "Checks a text and hands it in for approval; 1 when it may not leave.");
	struct buf who = {0};

	one_text(v);
	gate_open(&g, v[0]);
	must_be(&g, "draft");
	if (str_is(g.d.kind, "legal"))
		refuse("legal notes are for use inside and are never released");
	findings_pass(&g, accept);
	set_state(&g, "submitted");
	desk_event(&g.k, "draft.submit", &g.d, accept);
	for (size_t i = 0; i < g.c.napprove; i++)
		buf_printf(&who, "%s%.*s", i > 0 ? ", " : "", STRF(g.c.approve[i]));
	msg_note("to be signed by %s", who.n > 0 ? who.p : "one role");
	buf_free(&who);
	return gate_close(&g, "submitted");
}

int
verb_approve(int argc, char **argv)
{
	struct gate g = {0};
	const char *role = NULL, *note = NULL;
	const struct opt opts[] = {
	    DESK_OPTS(g.k), DESK_AS(g.k),
	    {0, "role", "ROLE", "sign with this role", OPT_STR, &role, 0, 0},
	    {0, "note", "TEXT", "a remark that is kept with the signature", OPT_STR, &note, 0, 0},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "TEXT", "Signs a text that was handed in, byte for byte.");
	struct signs s;
	struct buf missing = {0};
	struct str as;
	bool done;

	one_text(v);
	gate_open(&g, v[0]);
	must_be(&g, "submitted");
	read_signs(&g, &s);
	as = signing_role(&g, &s, role);
	if (has_sign(&s, as))
		refuse("%.*s has signed this version already", STRF(as));
	sign(&g, as, true, note);
	read_signs(&g, &s);
	done = complete(&g.c, &s, &missing);
	if (done)
		set_state(&g, "approved");
	else
		msg_note("still needs %s", missing.p);
	buf_free(&missing);
	return gate_close(&g, done ? "approved" : "signed");
}

int
verb_reject(int argc, char **argv)
{
	struct gate g = {0};
	const char *role = NULL, *reason = NULL;
	const struct opt opts[] = {
	    DESK_OPTS(g.k), DESK_AS(g.k),
	    {0, "role", "ROLE", "reject with this role", OPT_STR, &role, 0, 0},
	    {0, "reason", "TEXT", "why; required", OPT_STR, &reason, 0, 0},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "TEXT", "Sends a text back; it takes a new version to hand it in again.");
	struct signs s;

	one_text(v);
	if (reason == NULL || *reason == '\0')
		msg_usage("say why with --reason");
	gate_open(&g, v[0]);
	if (!str_is(g.d.state, "approved"))
		must_be(&g, "submitted");
	read_signs(&g, &s);
	sign(&g, role != NULL || g.c.napprove == 0 ? signing_role(&g, &s, role != NULL ? role : "pr") : signing_role(&g, &s, NULL),
	    false, reason);
	set_state(&g, "rejected");
	return gate_close(&g, "rejected");
}

/* What the release fulfils is for a person to report done; draft does not touch tasks. */
static void
tasks_done(const struct gate *g)
{
	struct buf ids = {0};

	for (size_t i = 0; i < g->c.ntask; i++) {
		const struct case_task *t = &g->c.task[i];
		bool word = str_is(t->id, "clock.first-word") && str_is(g->d.kind, "statement");

		if ((word || str_eq(t->text, g->d.kind)) && t->state != TASK_DONE && t->state != TASK_SKIPPED)
			buf_printf(&ids, " %.*s", STRF(t->id));
	}
	if (ids.n > 0)
		msg_note("when it is out: casefile task done %.*s%s --note ADDRESS", STRF(g->c.id), ids.p);
	buf_free(&ids);
}

/* Whether the grade in force lets this kind of text leave. */
static void
grade_allows(const struct gate *g)
{
	struct str grade = g->c.grade;
	struct arena a = {0};
	struct json plan = json_view(g->c.plan.n > 0 ? g->c.plan : STR("{}"));
	bool inside = str_is(g->d.kind, "internal"), law = str_is(g->d.kind, "regulator");

	if (grade.n == 0) {
		grade = json_str(json_path(plan, "release.grade"), &a);
		if (grade.n > 0)
			msg_note("nobody decided a release grade: that of the plan holds, %.*s (casefile release changes it)", STRF(grade));
	}
	if (str_is(g->d.kind, "legal"))
		refuse("legal notes are for use inside and are never released");
	/* A report that the law asks for is not a matter of how much one likes to say. */
	if (!law && str_is(grade, "hold"))
		refuse("case %.*s is on hold: nothing leaves (casefile release changes that)", STRF(g->c.id));
	if (!law && !inside && str_is(grade, "internal"))
		refuse("case %.*s may be spoken of inside only (casefile release changes that)", STRF(g->c.id));
	if (str_is(grade, "reactive") && str_is(g->d.kind, "statement"))
		msg_note("the grade is reactive: this goes to those who ask, not to the public");
	arena_free(&a);
}

int
verb_release(int argc, char **argv)
{
	struct gate g = {0};
	const struct opt opts[] = {DESK_OPTS(g.k), DESK_AS(g.k), {0}};
	char **v = opt_parse(argc, argv, opts, "TEXT", "Lets an approved text out and prints it as a record (-f text: the text).");
	struct signs s;
	struct buf missing = {0}, out = {0};
	bool reply;
	struct err e;

	one_text(v);
	gate_open(&g, v[0]);
	reply = is_reply(&g.d);
	if (reply && reply_waiting(&g.k, &g.d) == 0)
		refuse("no post waits for %.*s", STRF(g.d.id));
	if (!reply || !str_is(g.d.state, "released")) /* posts that came later get what was approved for those before */
		must_be(&g, "approved");
	read_signs(&g, &s);
	if (s.rejected || !complete(&g.c, &s, &missing))
		refuse("%.*s version %lld may not leave: it needs %s", STRF(g.d.id), (long long)g.d.version,
		    missing.n > 0 ? missing.p : "a new version, this one was rejected");
	grade_allows(&g);
	if (!str_is(g.d.state, "released")) {
		set_state(&g, "released");
		desk_event(&g.k, "draft.release", &g.d, NULL);
	}
	tasks_done(&g);
	if (reply)
		reply_release(&g.k, &g.d, &g.c, &out);
	buf_free(&missing);
	if (g.k.format == NULL)
		g.k.json = true;
	if (!g.k.json) {
		buf_reset(&out);
		buf_str(&out, g.d.text);
	} else if (!reply)
		return gate_close(&g, NULL);
	if (store_commit(g.k.s, &e) != 0)
		msg_die(&e);
	(void)fwrite(out.p, 1, out.n, stdout);
	buf_free(&out);
	casefile_free(&g.c);
	return desk_end(&g.k, EXIT_OK);
}

int
verb_withdraw(int argc, char **argv)
{
	struct gate g = {0};
	const char *reason = NULL;
	const struct opt opts[] = {
	    DESK_OPTS(g.k), DESK_AS(g.k),
	    {0, "reason", "TEXT", "why; required", OPT_STR, &reason, 0, 0},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "TEXT", "Takes a text back; a released one can only be followed by another.");

	one_text(v);
	if (reason == NULL || *reason == '\0')
		msg_usage("say why with --reason");
	if (!utf8_valid(reason, strlen(reason)))
		msg_usage("the reason is not UTF-8");
	gate_open(&g, v[0]);
	if (str_is(g.d.state, "released") || str_is(g.d.state, "withdrawn"))
		refuse("%.*s version %lld is %.*s", STRF(g.d.id), (long long)g.d.version, STRF(g.d.state));
	set_state(&g, "withdrawn");
	desk_event(&g.k, "draft.withdraw", &g.d, reason);
	return gate_close(&g, "withdrawn");
}
