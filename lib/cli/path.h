#ifndef CLI_PATH_H
#define CLI_PATH_H
/* Where files are found. All results live until exit. */
#include "base/err.h"

/*
 * A configuration file by its plain name ("watch.yaml"): explicit (the -c option) when not NULL, else --config DIR,
 * $TOCSIN_CONFIG, ~/.config/tocsin, the system's tocsin folder, the shipped default — the first that exists. NULL
 * with ERR_CONFIG when there is none. Folders ("playbooks") too.
 */
const char *path_config(const char *explicit_path, const char *name, struct err *e);
/* A shipped table or model by name. NULL with ERR_CONFIG when it is missing. */
const char *path_data(const char *name, struct err *e);
/* The store: explicit (-d) when not NULL, else $TOCSIN_DB, else ~/.local/share/tocsin/cases.db (folders are made). */
const char *path_store(const char *explicit_path, struct err *e);
/* The folder the running program lies in, or NULL where the system does not tell. */
const char *path_self_dir(void);

#endif
