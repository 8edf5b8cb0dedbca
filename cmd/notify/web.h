#ifndef CMD_NOTIFY_WEB_H
#define CMD_NOTIFY_WEB_H
#include "notify.h"

/* Body of a webhook: {type, timestamp, data}, or a CloudEvent; the same bytes at every attempt. */
void webhook_body(const struct channel *ch, const struct message *m, const struct msg_opts *o, struct str id, int64_t now,
    struct buf *out);
/* The raw key behind a Standard-Webhooks secret ("whsec_…"). -1: ERR_CONFIG. */
int webhook_key(const struct secret *s, struct buf *raw, struct err *e);

#endif
