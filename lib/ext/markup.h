#ifndef EXT_MARKUP_H
#define EXT_MARKUP_H
#include "base/str.h"

/*
 * libxml2 compares every attribute of a tag with every other of it: 300 kB in one tag hold it for many seconds. What has a
 * tag of more than MARKUP_ATTRIBUTES is therefore refused before it is parsed. XML and HTML; linear in the text.
 */
enum { MARKUP_ATTRIBUTES = 2000 };

bool markup_overloaded(struct str s);
#endif
