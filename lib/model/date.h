#ifndef MODEL_DATE_H
#define MODEL_DATE_H
/* Dates as sources write them: RFC 822 and 3339 with their variants, epochs, Chinese and relative ones. */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum date_precision { DATE_SECOND, DATE_MINUTE, DATE_HOUR, DATE_DAY, DATE_MONTH, DATE_YEAR };

struct date_ctx {
	int64_t now;  /* when the text was fetched: what "昨天" counts from */
	int zone_s;   /* of the source, for texts without a zone: seconds east of UTC */
	bool china;   /* CST means UTC+8, not US Central */
};

struct date {
	int64_t t;
	enum date_precision precision;
	bool relative; /* counted from ctx->now */
};

/* False when s is no date; *d untouched. Dates no calendar has (31 April, 25:00) are no dates. */
bool date_parse(struct str s, const struct date_ctx *ctx, struct date *d);

/* "+08:00", "+0800", "UTC", "Asia/Shanghai" and other zones without summer time -> seconds east of UTC. */
bool date_zone(struct str s, int *zone_s);

#endif
