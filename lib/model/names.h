#ifndef MODEL_NAMES_H
#define MODEL_NAMES_H
/* Names of ids for people. */
#include <stdbool.h>

#include "base/str.h"

/* Sets: type platform level voice mood state department event text severity. The id itself when there is no name. */
struct str name_of(const char *set, struct str id, bool zh);

#endif
