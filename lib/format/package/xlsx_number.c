/* SPDX-License-Identifier: MIT */
#include "format/package/xlsx_number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

#define SECONDS_OF_DAY 86400
#define LAST_SERIAL 2958466.0	/* 9999-12-31 */
#define DAYS_1900 25569		/* 1970-01-01 counted from 1899-12-30 */
#define DAYS_1904 24107
#define ELAPSED_MAX 1000	/* days: below, a time is hours that passed; above, it has a date */

enum rmn_number_kind
rmn_number_builtin(unsigned id)
{
	if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 ||
	    (id >= 50 && id <= 54) || id == 57 || id == 58)
		return RMN_NUMBER_DATE;
	if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) ||
	    id == 55 || id == 56)
		return RMN_NUMBER_TIME;
	return id == 22 ? RMN_NUMBER_DATE_TIME : RMN_NUMBER_PLAIN;
}

/* Moves past what a format shows as it stands: "text", \x, _x (a gap), [colour]. */
static size_t
literal_end(struct rmn_bytes code, size_t at)
{
	const unsigned char *end;
	unsigned char c = code.data[at];

	if (c == '\\' || c == '_' || c == '*')
		return rmn_min_size(at + 2, code.size);
	if (c != '"' && c != '[')
		return at;
	end = memchr(code.data + at + 1, c == '"' ? '"' : ']', code.size - at - 1);
	return end ? (size_t)(end - code.data) + 1 : code.size;
}

/* Places for digits and literals only, at least one '0': the format of a code, not an amount. */
static bool
is_digit_places(struct rmn_bytes code)
{
	bool has_zero = false;

	for (size_t i = 0; i < code.size; i++) {
		size_t end = literal_end(code, i);

		if (end > i) {
			i = end - 1;
			continue;
		}
		if (code.data[i] == '0')
			has_zero = true;
		else if (!strchr("#-() ;/", code.data[i]))
			return false;
	}
	return has_zero;
}

enum rmn_number_kind
rmn_number_kind(struct rmn_bytes code)
{
	bool date = false, time = false, month = false;

	if (rmn_bytes_start_with(code, "General") || rmn_bytes_start_with(code, "GENERAL"))
		return RMN_NUMBER_PLAIN;
	for (size_t i = 0; i < code.size && code.data[i] != ';'; i++) {
		unsigned char c = code.data[i] | 0x20;
		size_t end = literal_end(code, i);

		if (end > i) {
			/* [h]:mm counts hours: a time */
			if (code.data[i] == '[' && end - i >= 3 && end - i <= 4 &&
			    strchr("hms", code.data[i + 1] | 0x20))
				time = true;
			i = end - 1;
			continue;
		}
		if (c == 'y' || c == 'd' || c == 'g')
			date = true;
		else if (c == 'e' && i + 1 < code.size && code.data[i + 1] != '+' &&
		    code.data[i + 1] != '-')
			date = true;
		else if (c == 'h' || c == 's')
			time = true;
		else if (c == 'm')
			month = true;
	}
	if (date && time)
		return RMN_NUMBER_DATE_TIME;
	if (date || (month && !time))
		return RMN_NUMBER_DATE;
	if (time)
		return RMN_NUMBER_TIME;
	return is_digit_places(code) ? RMN_NUMBER_DIGITS : RMN_NUMBER_PLAIN;
}

static size_t
copy(struct rmn_bytes value, unsigned char *text)
{
	size_t size = rmn_min_size(value.size, RMN_NUMBER_BYTES);

	memcpy(text, value.data, size);
	return size;
}

/* Civil date of a day number since 1970 (H. Hinnant's algorithm, public domain description). */
static void
civil_from_days(int64_t days, int *year, unsigned *month, unsigned *day)
{
	int64_t z = days + 719468, era = z / 146097;
	unsigned of_era = (unsigned)(z - era * 146097);
	unsigned year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	unsigned of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	unsigned shifted = (5 * of_year + 2) / 153;

	*day = of_year - (153 * shifted + 2) / 5 + 1;
	*month = shifted < 10 ? shifted + 3 : shifted - 9;
	*year = (int)(year_of_era + (unsigned)era * 400) + (*month <= 2);
}

/* Writes number with that many digits at least, and the sign behind it unless that is 0. */
static size_t
part_put(unsigned char *text, unsigned number, unsigned digits, char sign)
{
	unsigned char reversed[12];
	size_t count = 0, used = 0;

	for (; number > 0 || count < digits; number /= 10)
		reversed[count++] = (unsigned char)('0' + number % 10);
	while (count > 0)
		text[used++] = reversed[--count];
	if (sign)
		text[used++] = (unsigned char)sign;
	return used;
}

static size_t
time_put(unsigned char *text, unsigned hours, unsigned seconds)
{
	size_t used = part_put(text, hours, 2, ':');

	used += part_put(text + used, seconds / 60 % 60, 2, ':');
	return used + part_put(text + used, seconds % 60, 2, 0);
}

static size_t
date_text(double serial, enum rmn_number_kind kind, bool from_1904, unsigned char *text)
{
	double whole = floor(serial);
	unsigned seconds = (unsigned)((serial - whole) * SECONDS_OF_DAY + 0.5);
	int64_t days = (int64_t)whole;
	size_t used;
	int year;
	unsigned month, day;

	if (seconds >= SECONDS_OF_DAY) {
		seconds -= SECONDS_OF_DAY;
		days++;
	}
	if (kind == RMN_NUMBER_TIME && days < ELAPSED_MAX)
		return time_put(text, (unsigned)days * 24 + seconds / 3600, seconds);
	if (!from_1904 && days < 60)
		days++;		/* Excel's 1900 had a 29 February */
	civil_from_days(days - (from_1904 ? DAYS_1904 : DAYS_1900), &year, &month, &day);
	used = part_put(text, (unsigned)year, 4, '-');
	used += part_put(text + used, month, 2, '-');
	used += part_put(text + used, day, 2, 0);
	if (kind == RMN_NUMBER_DATE || (kind == RMN_NUMBER_DATE_TIME && seconds == 0))
		return used;
	text[used++] = 'T';
	return used + time_put(text + used, seconds / 3600, seconds);
}

static bool
is_digits(struct rmn_bytes value)
{
	for (size_t i = 0; i < value.size; i++)
		if (value.data[i] < '0' || value.data[i] > '9')
			return false;
	return value.size > 0;
}

/* The section of a format that a value takes: "[<=999]000;[<=9999]000\-00;000\-0000". */
static struct rmn_bytes
section_find(struct rmn_bytes code, double value)
{
	for (;;) {
		struct rmn_bytes section = code;
		size_t end = 0;
		double bound;
		bool fits = true;

		while (end < code.size && code.data[end] != ';') {
			size_t literal = literal_end(code, end);

			end = literal > end ? literal : end + 1;
		}
		section.size = end;
		if (section.size > 3 && section.data[0] == '[' && section.data[1] == '<') {
			char digits[24] = "";
			size_t from = section.data[2] == '=' ? 3 : 2;

			memcpy(digits, section.data + from,
			    rmn_min_size(section.size - from, sizeof(digits) - 1));
			bound = strtod(digits, NULL);
			fits = section.data[2] == '=' ? value <= bound : value < bound;
		}
		if (fits || end >= code.size)
			return section;
		code = rmn_bytes_after(code, end + 1);
	}
}

static unsigned
places_count(struct rmn_bytes section)
{
	unsigned places = 0;

	for (size_t i = 0; i < section.size; i++) {
		size_t end = literal_end(section, i);

		if (end > i)
			i = end - 1;
		else
			places += section.data[i] == '0' || section.data[i] == '#';
	}
	return places;
}

/* Puts the digits of value into the places of its section. */
static size_t
digits_text(struct rmn_bytes value, struct rmn_bytes code, unsigned char *text)
{
	char number[24] = "";
	struct rmn_bytes section;
	unsigned places;
	size_t used = 0, at = 0;

	memcpy(number, value.data, value.size);
	section = section_find(code, strtod(number, NULL));
	places = places_count(section);
	for (size_t i = 0; i < section.size && used + 20 < RMN_NUMBER_BYTES; i++) {
		unsigned char c = section.data[i];
		size_t end = literal_end(section, i);

		if (end > i) {
			if (c == '\\')
				text[used++] = section.data[end - 1];
			else if (c == '"' && end - i == 3)
				text[used++] = section.data[i + 1];
			i = end - 1;
		} else if (c == '0' || c == '#') {
			/* the first place takes the digits that have none of their own */
			while (value.size - at > places)
				text[used++] = value.data[at++];
			if (value.size - at == places)
				text[used++] = value.data[at++];
			else if (c == '0')
				text[used++] = '0';
			places--;
		} else {
			text[used++] = c;
		}
	}
	return used;
}

/* Writes mantissa digits with the point moved: 1.5E+3 is 1500. */
static size_t
expand(const char *scientific, unsigned char *text)
{
	const char *e = strchr(scientific, 'e');
	long exponent = e ? strtol(e + 1, NULL, 10) : 0;
	char digits[24];
	size_t count = 0, used = 0;
	long point;

	if (*scientific == '-') {
		text[used++] = '-';
		scientific++;
	}
	for (const char *s = scientific; s != e && *s && count < sizeof(digits); s++)
		if (*s >= '0' && *s <= '9')
			digits[count++] = *s;
	while (count > 1 && digits[count - 1] == '0')
		count--;
	point = exponent + 1;
	if (point <= 0) {
		text[used++] = '0';
		text[used++] = '.';
		for (long i = point; i < 0; i++)
			text[used++] = '0';
	}
	for (size_t i = 0; i < count; i++) {
		if (point > 0 && (long)i == point)
			text[used++] = '.';
		text[used++] = (unsigned char)digits[i];
	}
	for (long i = (long)count; i < point; i++)
		text[used++] = '0';
	return used;
}

/* Short ones are stored as they are shown; long fractions carry binary noise. */
static bool
is_shown_as_stored(struct rmn_bytes value)
{
	return !memchr(value.data, 'E', value.size) && !memchr(value.data, 'e', value.size) &&
	    (value.size <= 16 || !memchr(value.data, '.', value.size));
}

size_t
rmn_number_fraction(double number, unsigned char text[RMN_NUMBER_BYTES])
{
	char scientific[48];

	snprintf(scientific, sizeof(scientific), "%.14e", number);
	return expand(scientific, text);
}

static size_t
plain_text(struct rmn_bytes value, double number, unsigned char *text)
{
	char whole[48];
	int size;

	if (number != 0 && (fabs(number) >= 1e24 || fabs(number) < 1e-12))
		return copy(value, text);
	if (number == floor(number)) {
		size = snprintf(whole, sizeof(whole), "%.0f", number);
		return copy((struct rmn_bytes){(const unsigned char *)whole, (size_t)size}, text);
	}
	return rmn_number_fraction(number, text);
}

static bool
is_time(enum rmn_number_kind kind)
{
	return kind == RMN_NUMBER_DATE || kind == RMN_NUMBER_TIME || kind == RMN_NUMBER_DATE_TIME;
}

size_t
rmn_number_whole(uint64_t number, const struct rmn_number_format *format, bool from_1904,
    unsigned char text[RMN_NUMBER_BYTES])
{
	unsigned char digits[24];
	size_t at = sizeof(digits);
	struct rmn_bytes value;

	if (is_time(format->kind) && (double)number < LAST_SERIAL)
		return date_text((double)number, format->kind, from_1904, text);
	do {
		digits[--at] = (unsigned char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	value = (struct rmn_bytes){digits + at, sizeof(digits) - at};
	return format->kind == RMN_NUMBER_DIGITS ? digits_text(value, format->code, text) :
	    copy(value, text);
}

/* Whether value is a number at all.  Up to fifteen digits are exact without strtod. */
static bool
number_read(struct rmn_bytes value, double *number)
{
	char buffer[40], *end;
	uint64_t whole = 0;

	if (value.size == 0 || value.size >= sizeof(buffer))
		return false;
	if (value.size <= 15 && is_digits(value)) {
		for (size_t i = 0; i < value.size; i++)
			whole = whole * 10 + (value.data[i] - (unsigned)'0');
		*number = (double)whole;
		return true;
	}
	memcpy(buffer, value.data, value.size);
	buffer[value.size] = '\0';
	*number = strtod(buffer, &end);
	return *end == '\0' && isfinite(*number);
}

size_t
rmn_number_text(struct rmn_bytes value, const struct rmn_number_format *format, bool from_1904,
    unsigned char text[RMN_NUMBER_BYTES])
{
	double number;

	if (format->kind == RMN_NUMBER_PLAIN && value.size > 0 && is_shown_as_stored(value))
		return copy(value, text);
	if (!number_read(value, &number))
		return copy(value, text);
	if (format->kind == RMN_NUMBER_DIGITS && is_digits(value) && value.size < 20)
		return digits_text(value, format->code, text);
	if (is_time(format->kind) && number >= 0 && number < LAST_SERIAL)
		return date_text(number, format->kind, from_1904, text);
	return is_shown_as_stored(value) ? copy(value, text) : plain_text(value, number, text);
}
