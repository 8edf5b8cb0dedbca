#ifndef CLASSIFY_H
#define CLASSIFY_H
#include "base/mem.h"
#include "model/classify.h"

/*
 * Reads the taxonomy into c: path, or taxonomy.yaml where configuration is found; "extends: shipped" puts the shipped
 * one first. Exits 78 naming file and line. Returns the file used.
 */
const char *open_taxonomy(struct classifier *c, const char *path, struct arena *a);

#endif
