#ifndef MODEL_CHARSET_H
#define MODEL_CHARSET_H
/* Bytes as delivered -> valid UTF-8. */
#include <stdbool.h>

#include "base/mem.h"
#include "base/str.h"

enum charset_doc { CHARSET_TEXT, CHARSET_XML, CHARSET_HTML };

struct charset {
	const char *name;   /* the encoding used, WHATWG spelling; static */
	size_t replaced;    /* ill-formed bytes that became U+FFFD */
	bool guessed;       /* neither a mark, nor valid UTF-8, nor a label decided */
};

/*
 * Appends in as UTF-8. Evidence in this order: byte order mark; valid UTF-8 with enough multi-byte characters; label
 * (the HTTP charset, may be empty); XML declaration or HTML meta; trial decoding. GB2312 and GBK labels mean GB18030,
 * Big5 means Big5-HKSCS, Latin-1 means windows-1252. Never fails: what cannot be decoded is U+FFFD.
 */
struct charset charset_decode(struct buf *out, struct str in, struct str label, enum charset_doc doc);

/* The charset parameter of a Content-Type value; empty when there is none. */
struct str charset_of_type(struct str content_type);
/* What the document itself declares in its first 1024 bytes; empty when nothing. */
struct str charset_declared(struct str in, enum charset_doc doc);
/* The encoding a label means (WHATWG), or NULL when unknown. */
const char *charset_known(struct str label);

#endif
