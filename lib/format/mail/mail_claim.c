/* SPDX-License-Identifier: MIT */
#include "format/mail/mail_claim.h"

#include "format/mail/mail_head.h"
#include "format/mail/mail_part.h"

#define SIZE_LINE_BYTES_MAX 10u

struct rmn_mail_frame
rmn_mail_frame_read(struct rmn_bytes bytes)
{
	struct rmn_mail_frame frame = {.message = bytes};
	struct rmn_bytes line;
	size_t at = 0, size = 0;

	if (!rmn_mail_line(bytes, '\n', &at, &line) || line.size > SIZE_LINE_BYTES_MAX)
		return frame;
	line = rmn_mail_trim(line);
	for (size_t i = 0; i < line.size; i++) {
		if (line.data[i] < '0' || line.data[i] > '9')
			return frame;
		size = size * 10 + (size_t)(line.data[i] - '0');
	}
	if (line.size == 0)
		return frame;
	bytes = rmn_bytes_after(bytes, at);
	frame.is_cut = bytes.size < size;
	frame.message = rmn_bytes_head(bytes, size);
	frame.list = rmn_bytes_after(bytes, size);
	return frame;
}

/* Fields that mail has; those of the first row are its own, the others are also in HTTP. */
static const char *const mail_fields[] = {"From", "To", "Cc", "Subject", "Message-ID", "Received",
	"Return-Path", "Delivered-To", "MIME-Version", "Reply-To", "Sender", "X-Mailer",
	"In-Reply-To", "References", "X-Original-To", "Delivery-Date", "X-Received",
	"Envelope-To", "Resent-From", "X-Apparently-To"};
static const char *const shared_fields[] = {"Date", "Content-Type", "Content-Transfer-Encoding",
	"User-Agent"};

static bool
is_among(struct rmn_bytes name, const char *const *names, size_t count, uint32_t *seen)
{
	for (size_t i = 0; i < count; i++) {
		if (!rmn_mail_equal(name, names[i]))
			continue;
		*seen |= 1u << i;
		return true;
	}
	return false;
}

static bool
starts_like_mail(struct rmn_bytes head)
{
	return rmn_bytes_start_with(head, "From ") || rmn_bytes_start_with(head, ">From ") ||
	    rmn_mail_starts(head, "Return-Path:") || rmn_mail_starts(head, "Received:");
}

/* Names that mail has in a Maildir ("1234.M5P6.host:2,S"), at Apple Mail and in most other places. */
static bool
is_mail_name(struct rmn_bytes name)
{
	return rmn_bytes_find(name, rmn_bytes_from_string(":2,")) != SIZE_MAX ||
	    rmn_bytes_find(name, rmn_bytes_from_string(".eml")) != SIZE_MAX;
}

unsigned
rmn_mail_claim(struct rmn_bytes head, struct rmn_bytes name_of_file)
{
	struct rmn_bytes line;
	unsigned char line_end;
	uint32_t own = 0, shared = 0;
	bool is_first = true, starts;
	unsigned count;

	head = rmn_mail_frame_read(head).message;
	line_end = rmn_mail_line_end(head);
	starts = starts_like_mail(head);
	if (rmn_mail_is_fragment(head, line_end))
		return 40;
	for (size_t at = 0; rmn_mail_line(head, line_end, &at, &line) && line.size > 0;) {
		struct rmn_bytes name = rmn_mail_field_name(line);

		if (name.size == 0 && is_first && !starts)
			return 0;
		is_first = false;
		if (!is_among(name, mail_fields, sizeof(mail_fields) / sizeof(*mail_fields), &own))
			is_among(name, shared_fields,
			    sizeof(shared_fields) / sizeof(*shared_fields), &shared);
	}
	count = (unsigned)__builtin_popcount(own) + (unsigned)__builtin_popcount(shared);
	if (own == 0 || (count < 2 && !starts && !is_mail_name(name_of_file)))
		return 0;
	return 16 + 8 * (count < 6 ? count : 6) + (starts ? 8 : 0);
}
