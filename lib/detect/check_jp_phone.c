/* SPDX-License-Identifier: MIT
 *
 * Japanese telephone numbers: length by prefix, area code from the numbering plan, and, if the
 * number is written in groups, groups where the plan has them. */
#include "detect/check.h"
#include "detect/check_text.h"

#include <string.h>

struct area {
	uint32_t low, high;	/* the five digits after the trunk 0 */
	uint8_t size;		/* of the area code, with the trunk 0 */
};

static const struct area areas[] = {
#include "detect/jp_area_rows.h"
};

#define DIGITS_MAX 11
#define GROUPS_MAX 3

struct phone {
	char digits[DIGITS_MAX + 1];	/* national form, trunk 0 first */
	size_t count;
	size_t groups[GROUPS_MAX];	/* digits in each */
	size_t group_count;
};

/* 0 when no area code begins the number. */
static size_t
area_size(const char *digits)
{
	uint32_t key = rmn_check_number(digits + 1, 5);
	size_t low = 0, high = sizeof(areas) / sizeof(areas[0]);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (areas[middle].high < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low < sizeof(areas) / sizeof(areas[0]) && areas[low].low <= key ? areas[low].size : 0;
}

/* Past "+81", "0081" or "(", with what may follow them; NULL when no trunk 0 is there. */
static const char *
skip_prefix(const char *text)
{
	if (strncmp(text, "+81", 3) == 0 || strncmp(text, "0081", 4) == 0) {
		text += *text == '+' ? 3 : 4;
		if (*text == '-' || *text == ' ')
			text++;
		if (strncmp(text, "(0)", 3) == 0)
			text += 3;
		return text;
	}
	if (*text == '(')
		text++;
	return *text == '0' ? text + 1 : NULL;
}

static bool
add_digit(struct phone *phone, char digit, bool starts_group)
{
	if (phone->count == DIGITS_MAX)
		return false;
	if (starts_group && ++phone->group_count > GROUPS_MAX)
		return false;
	phone->digits[phone->count++] = digit;
	phone->groups[phone->group_count - 1]++;
	return true;
}

static bool
read_phone(const char *text, struct phone *phone)
{
	unsigned opened = 0, closed = 0;
	bool is_apart = false;

	*phone = (struct phone){.group_count = 0};
	text = skip_prefix(text);
	if (!text || !*text || !add_digit(phone, '0', true))
		return false;
	for (; *text; text++) {
		if (rmn_check_is_digit(*text)) {
			if (!add_digit(phone, *text, is_apart))
				return false;
			is_apart = false;
			continue;
		}
		opened += *text == '(';
		closed += *text == ')';
		if (!strchr("-() ", *text))
			return false;
		is_apart = true;
	}
	return opened <= 1 && closed <= 1;
}

/* Written in one piece, or as a-b-c (c = 0: a-b). */
static bool
is_grouped_as(const struct phone *phone, size_t a, size_t b, size_t c)
{
	if (phone->group_count != (c ? 3 : 2))
		return false;
	return phone->groups[0] == a && phone->groups[1] == b && (!c || phone->groups[2] == c);
}

static enum rmn_jp_phone_kind
landline_kind(const struct phone *phone)
{
	size_t area;

	if (phone->count != 10)
		return RMN_JP_PHONE_NONE;
	area = area_size(phone->digits);
	if (area == 0 || phone->digits[area] <= '1')
		return RMN_JP_PHONE_NONE;
	if (phone->group_count > 1 && !is_grouped_as(phone, area, 6 - area, 4) &&
	    !is_grouped_as(phone, area, 10 - area, 0))
		return RMN_JP_PHONE_NONE;
	return RMN_JP_PHONE_LANDLINE;
}

static bool
starts(const struct phone *phone, const char *prefix)
{
	return strncmp(phone->digits, prefix, strlen(prefix)) == 0;
}

static enum rmn_jp_phone_kind
phone_kind(const struct phone *phone)
{
	bool is_whole = phone->group_count == 1;
	bool is_443 = is_whole || is_grouped_as(phone, 4, 3, 3) || is_grouped_as(phone, 4, 2, 4);
	bool is_ip = starts(phone, "050");

	if (starts(phone, "0800"))
		return phone->count == 11 && (is_whole || is_grouped_as(phone, 4, 3, 4))
			   ? RMN_JP_PHONE_FREE
			   : RMN_JP_PHONE_NONE;
	if (is_ip || starts(phone, "060") || starts(phone, "070") || starts(phone, "080") ||
	    starts(phone, "090")) {
		if (phone->count != 11 || phone->digits[3] == '0' ||
		    (!is_whole && !is_grouped_as(phone, 3, 4, 4)))
			return RMN_JP_PHONE_NONE;
		return is_ip ? RMN_JP_PHONE_IP : RMN_JP_PHONE_MOBILE;
	}
	if (starts(phone, "0120"))
		return phone->count == 10 && (is_443 || is_grouped_as(phone, 4, 6, 0))
			   ? RMN_JP_PHONE_FREE
			   : RMN_JP_PHONE_NONE;
	if (starts(phone, "0570") || starts(phone, "0990") || starts(phone, "0180"))
		return phone->count == 10 && is_443 ? RMN_JP_PHONE_SERVICE : RMN_JP_PHONE_NONE;
	return landline_kind(phone);
}

enum rmn_jp_phone_kind
rmn_jp_phone_kind(struct rmn_bytes candidate, bool *is_grouped)
{
	struct rmn_check_text t;
	struct phone phone;
	char *text = t.text;

	*is_grouped = false;
	if (!rmn_check_fold(candidate, &t))
		return RMN_JP_PHONE_NONE;
	while (*text == ' ')
		text++;
	while (t.size > 0 && t.text[t.size - 1] == ' ')
		t.text[--t.size] = '\0';
	if (!read_phone(text, &phone) || phone.count < 10 ||
	    rmn_check_distinct(phone.digits + 1, phone.count - 1) == 1 ||
	    strcmp(phone.digits + phone.count - 8, "00000000") == 0)
		return RMN_JP_PHONE_NONE;
	*is_grouped = phone.group_count > 1;
	return phone_kind(&phone);
}

static bool
jp_phone_accept(struct rmn_bytes candidate)
{
	bool is_grouped;

	return rmn_jp_phone_kind(candidate, &is_grouped) != RMN_JP_PHONE_NONE;
}

const struct rmn_check rmn_check_jp_phone = {
    .name = "jp_phone",
    .accept = jp_phone_accept,
    .chance_permyriad = 5790,	/* of ten digits that begin with 0 */
};
