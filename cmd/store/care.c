/* The verbs that look after the file: label, purge, forget, stats, check, backup. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/path.h"
#include "cli/who.h"
#include "ext/taxfile.h"
#include "store.h"

/* Fields that programs read take only what programs know: a typing error would be trained. */
static void
check_label(struct str field, struct str value)
{
	static const char *const polarity[] = {"pos", "neg", "neu", NULL};
	bool industry = str_is(field, "industry");
	struct err e;

	if (str_is(field, "sentiment"))
		(void)opt_choice("sentiment", polarity, value.p);
	else if ((industry || str_is(field, "type")) && !str_is(value, "none") &&
	    !taxfile_lists(path_config(NULL, "taxonomy.yaml", &e), path_data("taxonomy.yaml", &e), industry, value))
		msg_usage("the taxonomy has no %.*s '%.*s' (see tocsin-taxonomy(5))", STRF(field), STRF(value));
}

int
store_label(int argc, char **argv)
{
	const char *db = NULL, *reason = NULL;
	const struct opt opts[] = {
	    {'d', "db", "STORE", "the store", OPT_STR, &db, 0, 0},
	    {0, "reason", "TEXT", "why", OPT_STR, &reason, 0, 0},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "id field=value...", "record a person's judgement of a post");
	struct store *s;
	struct err e;

	if (v[0] == NULL || v[1] == NULL)
		msg_usage("expected the id of a post and field=value");
	for (char **p = v + 1; *p != NULL; p++)
		if (strchr(*p, '=') == NULL || **p == '=' || strchr(*p, '=')[1] == '\0')
			msg_usage("expected field=value");
	for (char **p = v + 1; *p != NULL; p++)
		for (const char *c = *p; *c != '='; c++)
			if (!is_alnum(*c) && *c != '_' && *c != '-' && *c != '.')
				msg_usage("a field is named with letters, digits, '_', '-' and '.'");
	for (char **p = v + 1; *p != NULL; p++)
		check_label(str_n(*p, (size_t)(strchr(*p, '=') - *p)), str_c(strchr(*p, '=') + 1));
	s = open_or_die(db, STORE_WRITE);
	if (store_begin(s, &e) != 0)
		msg_die(&e);
	for (char **p = v + 1; *p != NULL; p++) {
		char *eq = strchr(*p, '=');
		struct store_label l = {.post_id = str_c(v[0]),
		    .field = str_n(*p, (size_t)(eq - *p)),
		    .value = str_c(eq + 1),
		    .actor = str_c(cli_login()),
		    .reason = reason != NULL ? str_c(reason) : STR(""),
		    .ts = cli_now()};

		if (store_label_add(s, &l, &e) != 0)
			msg_die(&e);
	}
	if (store_commit(s, &e) != 0)
		msg_die(&e);
	store_close(s);
	return EXIT_OK;
}

int
store_purge_cmd(int argc, char **argv)
{
	const char *db = NULL;
	int64_t before = 0, n = 0;
	const struct opt opts[] = {
	    {'d', "db", "STORE", "the store", OPT_STR, &db, 0, 0},
	    {0, "before", "TIME", "posts published before", OPT_TIME, &before, 0, 0},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "--before TIME", "delete posts older than a time");
	struct store *s;
	struct err e;

	if (before == 0 || *v != NULL)
		msg_usage("expected --before and a time, nothing else");
	s = open_or_die(db, STORE_WRITE);
	if (store_purge(s, before, str_c(cli_login()), cli_now(), &n, &e) != 0)
		msg_die(&e);
	store_close(s);
	(void)printf("%lld posts deleted\n", (long long)n);
	return msg_flush_stdout();
}

int
store_forget_cmd(int argc, char **argv)
{
	const char *db = NULL, *id = NULL, *author = NULL, *customer = NULL;
	const struct opt opts[] = {
	    {'d', "db", "STORE", "the store", OPT_STR, &db, 0, 0},
	    {0, "id", "ID", "the post with this id", OPT_STR, &id, 0, 0},
	    {0, "author", "ID", "all posts of this author", OPT_STR, &author, 0, 0},
	    {0, "customer", "ID", "all posts of this customer", OPT_STR, &customer, 0, 0},
	    {0},
	};
	char **v = opt_parse(
	    argc, argv, opts, "--id ID | --author ID | --customer ID", "delete a post, an author or a customer");
	struct store *s;
	struct err e;
	int64_t n = 0;

	if ((id != NULL) + (author != NULL) + (customer != NULL) != 1 || *v != NULL)
		msg_usage("expected one of --id, --author and --customer");
	s = open_or_die(db, STORE_WRITE);
	if (store_forget(s,
	        id != NULL           ? FORGET_POST
	            : author != NULL ? FORGET_AUTHOR
	                             : FORGET_CUSTOMER,
	        str_c(id != NULL         ? id
	                : author != NULL ? author
	                                 : customer),
	        str_c(cli_login()), cli_now(), &n, &e) != 0)
		msg_die(&e);
	store_close(s);
	(void)printf("%lld posts deleted\n", (long long)n);
	return msg_worse(msg_flush_stdout(), n > 0 ? EXIT_OK : EXIT_NO);
}

int
store_stats_cmd(int argc, char **argv)
{
	const char *db = NULL;
	const struct opt opts[] = {
	    {'d', "db", "STORE", "the store", OPT_STR, &db, 0, 0},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "", "say what the store holds");
	struct store_stats st;
	struct store *s;
	struct err e;
	int64_t seq;
	char head[65], t[CLOCK_LEN];

	if (*v != NULL)
		msg_usage("unexpected operand");
	s = open_or_die(db, STORE_READ);
	if (store_stats(s, &st, &e) != 0 || store_head(s, &seq, head, &e) != 0)
		msg_die(&e);
	store_close(s);
	(void)printf("posts       %lld\n", (long long)st.posts);
	if (st.drills > 0)
		(void)printf("drill posts %lld\n", (long long)st.drills);
	if (st.posts + st.drills > 0) {
		(void)printf("first       %s\n", clock_format(st.first, t).p);
		(void)printf("last        %s\n", clock_format(st.last, t).p);
	}
	(void)printf("readings    %lld\nhour sums   %lld\nsources     %lld\nseen ids    %lld\nprints      %lld\n",
	    (long long)st.readings, (long long)st.hours, (long long)st.fetches, (long long)st.seen, (long long)st.dups);
	(void)printf(
	    "cases       %lld (%lld open)\ntasks       %lld\ndrafts      %lld\nnotices     %lld\nlabels      %lld\n",
	    (long long)st.cases, (long long)st.open_cases, (long long)st.tasks, (long long)st.drafts,
	    (long long)st.notices, (long long)st.labels);
	(void)printf("events      %lld\nhead        %s\nversion     %lld\nbytes       %lld\n", (long long)st.events,
	    head, (long long)st.schema, (long long)st.bytes);
	return msg_flush_stdout();
}

static void
print_finding(void *ctx, const char *text)
{
	(void)ctx;
	(void)printf("%s\n", text);
}

/* The search index can be checked only by who may write; a copy that may not be written is checked but for that. */
static struct store *
open_for_check(const char *db)
{
	struct store *s;
	struct err e;
	const char *path = path_store(db, &e);

	if (path != NULL && store_open(path, STORE_WRITE, &s, &e) == 0)
		return s;
	return open_or_die(db, STORE_READ);
}

int
store_check_cmd(int argc, char **argv)
{
	const char *db = NULL, *head = NULL;
	const struct opt opts[] = {
	    {'d', "db", "STORE", "the store", OPT_STR, &db, 0, 0},
	    {0, "head", "HASH", "the audit trail must hold this hash", OPT_STR, &head, 0, 0},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "", "look for damage and tampering");
	struct store *s;
	struct err e;
	int64_t bad = 0;

	if (*v != NULL)
		msg_usage("unexpected operand");
	s = open_for_check(db);
	if (store_check(s, head, print_finding, NULL, &bad, &e) != 0)
		msg_die(&e);
	store_close(s);
	if (bad == 0 && !cli.quiet)
		(void)printf("no damage found\n");
	return msg_worse(msg_flush_stdout(), bad == 0 ? EXIT_OK : EXIT_NO);
}

int
store_backup_cmd(int argc, char **argv)
{
	const char *db = NULL;
	const struct opt opts[] = {
	    {'d', "db", "STORE", "the store", OPT_STR, &db, 0, 0},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "file", "copy the store while it is in use");
	struct store *s;
	struct err e;

	if (v[0] == NULL || v[1] != NULL)
		msg_usage("expected one file");
	s = open_or_die(db, STORE_READ);
	if (store_backup(s, v[0], &e) != 0)
		msg_die(&e);
	store_close(s);
	return EXIT_OK;
}
