/* Personal data: any valid text is scanned without a crash; hits are in order, inside the text, on character borders. */
#include <stdlib.h>

#include "base/utf8.h"
#include "model/pii.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define MUST(x) do { if (!(x)) abort(); } while (0)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str text = {(const char *)data, n};
	struct pii_scan s = {0};
	struct pii_rules rules;
	uint32_t end = 0;

	if (!utf8_valid(text.p, text.n))
		return 0;
	pii_rules_default(&rules);
	pii_find(&rules, text, &s);
	for (size_t i = 0; i < s.nhit; i++) {
		MUST(s.hit[i].off >= end && s.hit[i].len > 0);
		end = s.hit[i].off + s.hit[i].len;
		MUST(end <= n && utf8_valid(text.p + s.hit[i].off, s.hit[i].len));
	}
	pii_free(&s);
	return 0;
}
