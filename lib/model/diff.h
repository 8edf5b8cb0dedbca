#ifndef MODEL_DIFF_H
#define MODEL_DIFF_H
#include "base/str.h"

/* Appends b against a line by line: " same", "-gone", "+new". Returns how many lines differ. Texts of over 4,000 lines
 * are shown as all gone and all new. */
size_t text_diff(struct str a, struct str b, struct buf *out);

#endif
