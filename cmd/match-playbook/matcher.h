#ifndef MATCHER_H
#define MATCHER_H
/* match-playbook inside: one pass over one incident, and the other things the program does with a library. */
#include <stdbool.h>
#include <stddef.h>

#include "base/hash.h"
#include "cli/run.h"
#include "ext/filter.h"
#include "ext/library.h"
#include "ext/store.h"
#include "model/plan.h"
#include "model/playbook.h"
#include "model/settle.h"

/* Programs compiled together, for the incidents that need the same set. */
struct compiled {
	struct str key;
	struct filter *filter;
};
struct past { /* of one playbook */
	bool known;
	int64_t cases, effective;
};

struct matcher {
	struct library lib;
	struct store *store;      /* for past effects; NULL: none */
	bool zh;                  /* language of why */
	struct arena mem;
	struct str *type;         /* [ntype] types that the library names */
	size_t ntype;
	struct past *past;        /* [lib.n] */
	struct compiled *cache;
	size_t ncache, cache_cap;
	struct map names;         /* subject id to its name (const char *) */
	int status;               /* worst of what was reported on the way */
	size_t fell_back;         /* incidents that only the catch-all fitted */
};
/* dir: -p, or NULL for the configured library. Exits on failure. db: -d, or NULL. */
void matcher_open(struct matcher *m, const char *dir, const char *db, bool zh);
void matcher_close(struct matcher *m);
/* The folders -p and the configuration name: *base is NULL when dir is a library of its own. */
int library_folders(const char *dir, const char **first, const char **base, struct err *e);

enum { ALTERNATIVES = 4, WHY_MAX = 12 };
struct candidate {
	struct play *play;
	struct rank rank;
	enum quick quick;         /* of its trigger */
	bool asked, holds;
	struct str rival;         /* as an alternative: the type it would be for */
};
struct match {
	struct settled settled;
	struct str industry;      /* as the record has it, may be empty */
	bool industry_known;
	int level;
	bool level_known;
	struct candidate *cand;   /* [ncand] triggers that may hold, best first */
	size_t ncand;
	struct candidate *won;
	struct candidate alt[ALTERNATIVES];
	size_t nalt;
	bool catch_all;
	struct str why[WHY_MAX];
	size_t nwhy;
	struct fact *fact;        /* of the winner */
	size_t nfact;
};
/* incident: one JSON object. Results live in a. -1: no playbook at all could be read. */
int match_one(struct matcher *m, struct str incident, struct arena *a, struct match *out, struct err *e);
/* The member "playbook". */
void match_json(const struct matcher *m, struct str incident, const struct match *x, struct buf *out);
/* The same for people. */
void match_explain(const struct matcher *m, struct str incident, const struct match *x, struct buf *out);

/* JSON as YAML: block style, strings that need it in double quotes. */
void yaml_print(struct json v, struct buf *out);

/* What --lint, --test, --show, --export and --import do; each returns the exit status. */
int do_lint(const char *dir, char **ids);
int do_test(struct matcher *m, char **files);
int do_show(struct matcher *m, const char *id);
int do_export(struct matcher *m, const char *format, char **ids);
int do_import(const char *file, const char *dir, bool whole);

#endif
