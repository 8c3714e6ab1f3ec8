/* SPDX-License-Identifier: MIT
 *
 * Dates of mail: "Mon, 17 Jun 2013 10:24:00 +0900", and the older forms that relays still write
 * (two-digit years, zones by name, no seconds). */
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "base/time.h"
#include "format/mail/mail_head.h"

struct date {
	unsigned day, month, year, hour, minute, second;
	int zone_minutes;
	bool has_time;
};

static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

static const struct {
	const char *name;
	int hours;
} zones[] = {{"JST", 9}, {"EST", -5}, {"EDT", -4}, {"CST", -6}, {"CDT", -5}, {"MST", -7},
	{"MDT", -6}, {"PST", -8}, {"PDT", -7}};

/* The next run of bytes that are neither white space nor commas. */
static struct rmn_bytes
token_next(struct rmn_bytes *rest)
{
	struct rmn_bytes token;

	while (rest->size > 0 && (rmn_mail_is_space(rest->data[0]) || rest->data[0] == ','))
		*rest = rmn_bytes_after(*rest, 1);
	token = (struct rmn_bytes){rest->data, 0};
	while (token.size < rest->size && !rmn_mail_is_space(rest->data[token.size]) &&
	    rest->data[token.size] != ',')
		token.size++;
	*rest = rmn_bytes_after(*rest, token.size);
	return token;
}

/* False when the token is not digits only. */
static bool
token_number(struct rmn_bytes token, unsigned *number)
{
	if (token.size == 0 || token.size > 4)
		return false;
	*number = 0;
	for (size_t i = 0; i < token.size; i++) {
		if (token.data[i] < '0' || token.data[i] > '9')
			return false;
		*number = *number * 10 + (unsigned)(token.data[i] - '0');
	}
	return true;
}

static unsigned
token_month(struct rmn_bytes token)
{
	char name[4] = "";

	if (token.size < 3)
		return 0;
	for (size_t i = 0; i < 3; i++)
		name[i] = (char)(token.data[i] | 0x20);
	for (unsigned month = 0; month < 12; month++)
		if (memcmp(months + month * 3, name, 3) == 0)
			return month + 1;
	return 0;
}

static bool
token_time(struct rmn_bytes token, struct date *d)
{
	unsigned *const fields[] = {&d->hour, &d->minute, &d->second};
	size_t field = 0;

	while (field < 3 && token.size > 0) {
		const unsigned char *colon = memchr(token.data, ':', token.size);
		struct rmn_bytes piece = token;

		if (colon)
			piece.size = (size_t)(colon - token.data);
		if (!token_number(piece, fields[field]))
			return false;
		token = rmn_bytes_after(token, piece.size + 1);
		field++;
	}
	return field >= 2;
}

static void
token_zone(struct rmn_bytes token, struct date *d)
{
	unsigned number;

	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		if (rmn_mail_equal(token, zones[i].name))
			d->zone_minutes = zones[i].hours * 60;
	if (token.size == 5 && (token.data[0] == '+' || token.data[0] == '-') &&
	    token_number(rmn_bytes_after(token, 1), &number) && number / 100 < 24 &&
	    number % 100 < 60) {
		d->zone_minutes = (int)(number / 100 * 60 + number % 100);
		if (token.data[0] == '-')
			d->zone_minutes = -d->zone_minutes;
	}
}

/* Day, month and year stand in any order that makes sense; the time has colons. */
static void
date_token(struct rmn_bytes token, struct date *d)
{
	unsigned number;

	if (memchr(token.data, ':', token.size)) {
		d->has_time = d->has_time || token_time(token, d);
	} else if (token_number(token, &number)) {
		if (d->day == 0 && token.size <= 2)
			d->day = number;
		else if (d->year == 0)
			d->year = number;
	} else if (d->month == 0 && token_month(token) > 0) {
		d->month = token_month(token);
	} else {
		token_zone(token, d);
	}
}

int64_t
rmn_mail_date(struct rmn_bytes value)
{
	struct rmn_bytes rest = rmn_bytes_head(rmn_mail_trim(value), 128), token;
	struct date d = {.day = 0};
	int64_t time_ns = RMN_TIME_UNKNOWN;
	char text[64];
	int zone;

	for (token = token_next(&rest); token.size > 0 && token.data[0] != '(';
	    token = token_next(&rest))
		date_token(token, &d);
	if (d.day == 0 || d.month == 0 || d.year == 0 || !d.has_time)
		return RMN_TIME_UNKNOWN;
	if (d.year < 1000)	/* RFC 5322 4.3 */
		d.year += d.year < 50 ? 2000 : 1900;
	zone = d.zone_minutes < 0 ? -d.zone_minutes : d.zone_minutes;
	snprintf(text, sizeof(text), "%04u-%02u-%02uT%02u:%02u:%02u%c%02d:%02d", d.year, d.month,
	    d.day, d.hour, d.minute, d.second == 60 ? 59 : d.second,
	    d.zone_minutes < 0 ? '-' : '+', zone / 60, zone % 60);
	rmn_time_parse(text, &time_ns);
	return time_ns;
}
