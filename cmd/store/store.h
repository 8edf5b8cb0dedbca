#ifndef CMD_STORE_H
#define CMD_STORE_H
/* The verbs of store; each returns an exit status. */
int store_add(int argc, char **argv);
int store_query(int argc, char **argv);
int store_series_cmd(int argc, char **argv);
int store_label(int argc, char **argv);
int store_purge_cmd(int argc, char **argv);
int store_forget_cmd(int argc, char **argv);
int store_stats_cmd(int argc, char **argv);
int store_check_cmd(int argc, char **argv);
int store_backup_cmd(int argc, char **argv);

#include "ext/store.h"

/* Opens the store named by -d (or NULL), or ends the program. */
struct store *open_or_die(const char *db, enum store_mode mode);
/* A note when the taxonomy in use does not have this type, which then is why nothing was found. type may be NULL. */
void note_unknown_type(const char *type);

#endif
