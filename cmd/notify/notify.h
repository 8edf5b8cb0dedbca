#ifndef CMD_NOTIFY_H
#define CMD_NOTIFY_H
/* What the parts of notify share. */
#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/run.h"
#include "ext/filter.h"
#include "ext/http.h"
#include "ext/store.h"
#include "ext/yaml.h"
#include "model/message.h"
#include "model/route.h"

/* --- configuration (config.c) ------------------------------------------------------------------------------------- */

/* "env:NAME" or "file:PATH", perhaps with plain text before it ("Bearer env:TOKEN"). */
struct secret {
	struct str prefix, ref;
	struct str value;      /* after config_secrets */
	const struct ynode *at; /* NULL: not configured */
};

struct header {
	struct str name, value; /* value: when secret.at is NULL */
	struct secret secret;
};

enum { SECRETS = 4, LEVELS_N = CASE_RED + 1 };

struct provider;
struct channel {
	struct str name;
	const struct provider *p;
	const struct ynode *at;
	bool zh, private_ok, resend_unknown;
	struct rate rate;
	struct retry retry;
	int64_t timeout_s;
	struct str *mention[LEVELS_N]; /* ids of people to be paged at that level */
	size_t nmention[LEVELS_N];
	/* the rest as the type needs it */
	struct str url;        /* as written, or the type's own; empty when whole is set */
	struct secret whole;   /* the complete URL as a secret */
	struct secret key;     /* of a robot: goes into the URL */
	struct secret *sign;   /* signing keys; several while one replaces the other */
	size_t nsign;
	struct secret hub;     /* for X-Hub-Signature-256 */
	struct header *header;
	size_t nheader;
	bool cloudevents, with_record, json_input, plain_ok;
	struct str source, keyword;
	struct str *to;        /* addresses: one delivery each */
	size_t nto;
	struct str from, from_name, user;
	struct secret password;
	const char **argv;     /* NULL-terminated */
};

struct conf {
	const char *path;
	struct arena mem;      /* owns everything here; lives until the end */
	int64_t zone_s;
	bool first;            /* the first route that matches, not all */
	const char *proxy, *ca_file;
	struct channel *channel;
	size_t nchannel;
	struct route *route;
	size_t nroute;
	struct filter *when;   /* NULL: no route has a condition */
	size_t nwhen;
	struct msg_names names;
	bool types_known;      /* names of the taxonomy's types were read */
};
/* -1: ERR_CONFIG with file, line and key. Secrets are not looked at. */
int config_load(struct conf *c, const char *explicit_path, struct err *e);
/* Names of crisis types that are not built in, from taxonomy.yaml. */
void config_type_names(struct conf *c);
/* Fetches the secrets of a channel; -1: ERR_CONFIG. */
int config_secrets(struct conf *c, struct channel *ch, struct err *e);
struct channel *config_channel(const struct conf *c, struct str name); /* NULL: none */
/* Replaces every secret of the channel that occurs in text. */
struct str config_mask(const struct channel *ch, struct arena *a, struct str text);

/* For the check functions of the providers. */
int conf_secret(const struct ynode *map, const char *key, struct secret *s, struct err *e); /* 1 0 -1 */
int conf_url(const struct ynode *map, struct channel *ch, const char *fallback, struct err *e);

/* --- providers ----------------------------------------------------------------------------------------------------- */

/* One message to one target; several rows of the ledger when it is a digest. */
struct delivery {
	struct store_notice *row; /* [n] */
	size_t n;
	struct str id;         /* stable over attempts: idempotency key for receivers */
	struct str title, text;
	enum case_level level;
	bool plain;            /* an approved text: sent unchanged, without markup */
};

struct request {
	const char *method;
	struct str url;        /* what a dry run shows for channels without HTTP: the server or the command */
	const char *header[24];
	size_t nheader;
	struct str body;
};
void request_header(struct request *r, struct arena *a, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

enum outcome_kind { OUT_ACCEPTED, OUT_DELIVERED, OUT_RETRY, OUT_DEAD, OUT_UNKNOWN };
struct outcome {
	enum outcome_kind kind;
	int64_t wait_s;        /* not sooner; 0 = as configured */
	int64_t max;           /* attempts for this kind of failure, 0 = as configured */
	bool network;          /* the channel is not to be tried again in this run */
	struct str error, remote; /* in the arena given */
};

struct sender;
struct provider {
	const char *type;
	enum msg_style style;
	size_t limit;          /* of one message's text; 0 = none */
	enum msg_unit unit;
	struct rate rate;
	bool resend_unknown;   /* a repeat does no harm */
	bool machine;          /* gets JSON; never a digest */
	const char *const *keys; /* its own in channels.yaml */
	int (*check)(struct conf *c, struct channel *ch, const struct ynode *map, struct err *e);
	/* What goes out. mask: secrets and what is made of them as "***". */
	void (*build)(const struct channel *ch, const struct delivery *d, bool mask, struct arena *a, struct request *r);
	/* HTTP channels: what the answer says. NULL: send does it all. */
	void (*judge)(const struct channel *ch, const struct http_res *res, struct arena *a, struct outcome *o);
	void (*send)(struct sender *s, const struct channel *ch, const struct delivery *d, struct arena *a, struct outcome *o);
};
extern const struct provider provider_stdout, provider_webhook, provider_wecom, provider_dingtalk, provider_feishu,
    provider_slack, provider_mail, provider_exec;
const struct provider *provider_find(struct str type);
extern const struct provider *const providers[];

/* What every HTTP answer means before its body is looked at. Returns true when the body decides. */
bool judge_http(const struct http_res *res, struct arena *a, struct outcome *o);

/* --- queueing and sending (queue.c, send.c) --------------------------------------------------------------------------- */

struct sender {
	struct conf conf;
	const char *db;        /* path, once it is known */
	struct store *s;       /* NULL until needed */
	bool dry, text;
	struct run run;
	struct http *http;
	bool *down;            /* [nchannel]: failed on the network in this run */
	struct held {
		int64_t until;     /* its rate was used up in this run; 0 = it was not */
		int64_t n;         /* so many wait for that */
	} *held;               /* [nchannel] */
	struct pending {
		struct store_notice n;
		struct channel *ch;
	} *pending;
	size_t npending, pending_cap;
	struct arena batch;    /* owns what is pending */
	struct map planned;    /* keys of a dry run */
};

/* Opens the store for writing, making it; ends the program when that fails. */
void need_store(struct sender *s);
/* Whether there is a store already; opens it when there is. */
bool have_store(struct sender *s);

/* Id of a message for its receiver, the same at every attempt: "msg_" and 32 digits. */
struct str message_key_id(struct arena *a, struct str key);
/* Queues what a record calls for. -1, ERR_DATA: it is malformed or refused. */
int queue_record(struct sender *s, struct rec *r, enum msg_kind kind, struct err *e);
/* Queues the next steps of the ladders. */
void queue_ladders(struct sender *s);
/* Writes what is pending into the ledger. */
void queue_commit(struct sender *s);

/* Sends everything due, reports, remembers in run.status. */
void send_due(struct sender *s);
/* Says what waits because a channel's rate is used up; call once, at the end. */
void say_held(const struct sender *s);

/* One notice as a record, or as text for people. state NULL: the row's own. */
struct notice_extra {
	const char *state;
	struct str text;              /* of stdout */
	const struct request *request; /* of a dry run */
	int64_t digest;               /* rows in the same message, 0 or 1 = its own */
};
void notice_put(struct sender *s, const struct store_notice *n, int64_t at, const struct notice_extra *x);

/* --- the ledger (ledger.c) --------------------------------------------------------------------------------------------- */

int ledger_ack(struct sender *s, const char *id, const char *by, const char *note);
int ledger_resend(struct sender *s, const char *id);
int ledger_log(struct sender *s, int64_t since, const char *state);

#endif
