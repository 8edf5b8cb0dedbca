/*
 * store: keep posts, ask for them again, count them by the hour.
 * add reads posts and passes every record on; query and series write records; the other verbs look after the file.
 */
#include "store.h"

#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/path.h"
#include "ext/taxfile.h"

struct store *
open_or_die(const char *db, enum store_mode mode)
{
	struct store *s;
	struct err e;
	const char *path = path_store(db, &e);

	if (path == NULL || store_open(path, mode, &s, &e) != 0)
		msg_die(&e);
	return s;
}

void
note_unknown_type(const char *type)
{
	struct err e;

	if (type != NULL && strcmp(type, "none") != 0 &&
	    !taxfile_lists(path_config(NULL, "taxonomy.yaml", &e), path_data("taxonomy.yaml", &e), false, str_c(type)))
		msg_note("--type: the taxonomy has no type '%s'", type);
}

static const struct verb verbs[] = {
    {"add", "store posts and pass all records on", store_add},
    {"query", "print stored posts that satisfy conditions", store_query},
    {"series", "print sums by hour or longer as points", store_series_cmd},
    {"label", "record a person's judgement of a post", store_label},
    {"purge", "delete posts older than a time", store_purge_cmd},
    {"forget", "delete a post, an author or a customer", store_forget_cmd},
    {"stats", "say what the store holds", store_stats_cmd},
    {"check", "look for damage and tampering", store_check_cmd},
    {"backup", "copy the store while it is in use", store_backup_cmd},
    {0},
};

int
main(int argc, char **argv)
{
	return opt_verb(argc, argv, verbs, "keep posts, ask for them again, count them by the hour");
}
