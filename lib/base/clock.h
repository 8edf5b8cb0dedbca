#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Times are whole seconds since 1970-01-01T00:00:00Z (proleptic Gregorian, no leap seconds). */

#define CLOCK_MIN INT64_C(-62167219200) /* 0000-01-01T00:00:00Z */
#define CLOCK_MAX INT64_C(253402300799) /* 9999-12-31T23:59:59Z */
enum { CLOCK_LEN = 21 }; /* bytes for clock_format with its NUL, years 0000..9999 */

/*
 * Strict RFC 3339: "2026-11-22T08:30:00Z", any offset, a fraction of a second is cut off, "T", "t" or a space.
 * A second of 60 counts as the first of the next minute. False when s is anything else or, by its
 * zone, in no year of four digits; *t untouched.
 */
bool clock_parse(struct str s, int64_t *t);
/* "2026-11-22T08:30:00Z"; t is clamped to years 0000..9999. Returns out as a view. */
struct str clock_format(int64_t t, char out[CLOCK_LEN]);
/* "90s" "30m" "24h" "7d" "2w", or a sum "1h30m"; a bare number is refused. False when malformed. */
bool clock_duration(struct str s, int64_t *seconds);
/* Short form for people: "45s" "12m" "2h05m" "3d04h"; negative values get a "-". */
struct str clock_short(int64_t seconds, char out[24]);

struct civil {
	int year, month, day;      /* month 1..12 */
	int hour, minute, second;
	int weekday;               /* 0 = Sunday */
};
struct civil clock_civil(int64_t t);                       /* UTC; add an offset to t for another zone */
int64_t clock_days(int year, int month, int day);         /* days since the epoch */

#endif
