#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ext/regex.h"

enum { MATCH_LIMIT = 200000, HEAP_KIB = 4096, STACK_MIN = 32 << 10, STACK_MAX = 4 << 20 };

struct regex {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *ctx;
};

/* Of all expressions, as no two match at a time. The default, 32 KiB, is too small for posts of more than a thousand characters. */
static pcre2_jit_stack *jit_stack;
static size_t jit_users;

int
regex_compile(struct str pattern, struct regex **out, struct err *e)
{
	struct regex *r;
	PCRE2_SIZE at;
	int code;
	pcre2_code *re = pcre2_compile((PCRE2_SPTR)(const void *)pattern.p, pattern.n,
	    PCRE2_UTF | PCRE2_CASELESS | PCRE2_NEVER_BACKSLASH_C, &code, &at, NULL);

	if (re == NULL) {
		PCRE2_UCHAR msg[160];

		(void)pcre2_get_error_message(code, msg, sizeof msg);
		return err_set(e, ERR_CONFIG, "regular expression, at byte %zu: %s", (size_t)at + 1, (const char *)msg);
	}
	(void)pcre2_jit_compile(re, PCRE2_JIT_COMPLETE); /* where there is no JIT it is interpreted */
	r = xmalloc(sizeof *r);
	r->code = re;
	r->data = pcre2_match_data_create_from_pattern(re, NULL);
	r->ctx = pcre2_match_context_create(NULL);
	(void)pcre2_set_match_limit(r->ctx, MATCH_LIMIT);
	(void)pcre2_set_heap_limit(r->ctx, HEAP_KIB);
	if (jit_users++ == 0)
		jit_stack = pcre2_jit_stack_create(STACK_MIN, STACK_MAX, NULL);
	pcre2_jit_stack_assign(r->ctx, NULL, jit_stack);
	*out = r;
	return 0;
}

void
regex_free(struct regex *r)
{
	if (r == NULL)
		return;
	if (--jit_users == 0)
		pcre2_jit_stack_free(jit_stack);
	pcre2_match_context_free(r->ctx);
	pcre2_match_data_free(r->data);
	pcre2_code_free(r->code);
	free(r);
}

bool
regex_find(struct regex *r, struct str text, size_t *off, size_t *len, bool *gave_up)
{
	int rc = pcre2_match(r->code, (PCRE2_SPTR)(const void *)(text.n > 0 ? text.p : ""), text.n, 0, PCRE2_NO_UTF_CHECK,
	    r->data, r->ctx);
	PCRE2_SIZE *v;

	if (gave_up != NULL)
		*gave_up = rc < 0 && rc != PCRE2_ERROR_NOMATCH;
	if (rc < 0)
		return false;
	v = pcre2_get_ovector_pointer(r->data);
	*off = v[0];
	*len = v[1] >= v[0] ? v[1] - v[0] : 0;
	return true;
}
