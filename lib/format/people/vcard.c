/* SPDX-License-Identifier: MIT
 *
 * Address cards (vCard 2.1, 3, 4), of mobile phones too: one row a person.  Pictures, sounds and keys are
 * left out. */
#include <string.h>

#include "base/limits.h"
#include "format/people/vline.h"
#include "format/format.h"
#include "format/mail/mail_head.h"
#include "format/people/people.h"

struct cards {
	struct rmn_vlines content;
	struct rmn_people people;
	struct rmn_buf value;
	bool is_open;			/* a card has begun and not ended */
	bool is_damaged;
};

static const struct {
	const char *name;
	enum rmn_people_column column;
} properties[] = {
	{"FN", RMN_PEOPLE_NAME}, {"ADR", RMN_PEOPLE_ADDRESS}, {"BDAY", RMN_PEOPLE_BIRTHDAY}, {"EMAIL", RMN_PEOPLE_EMAIL},
	{"LABEL", RMN_PEOPLE_ADDRESS}, {"NICKNAME", RMN_PEOPLE_NAME}, {"NOTE", RMN_PEOPLE_NOTES},
	{"ROLE", RMN_PEOPLE_TITLE}, {"TEL", RMN_PEOPLE_PHONE}, {"TITLE", RMN_PEOPLE_TITLE},
	{"SOUND", RMN_PEOPLE_KANA}, {"X-PHONETIC-FIRST-NAME", RMN_PEOPLE_KANA},
	{"X-PHONETIC-LAST-NAME", RMN_PEOPLE_KANA}, {"X-PHONETIC-MIDDLE-NAME", RMN_PEOPLE_KANA},
};

/* Nothing that anybody wrote. */
static const char *const dull[] = {"VERSION", "PRODID", "REV", "UID", "PHOTO", "LOGO", "KEY",
	"X-MS-OL-DESIGN", "X-MS-CARDPICTURE", "X-IMAGETYPE", "X-IMAGEHASH", "AGENT"};

static bool
is_dull(const struct rmn_vline *line)
{
	for (size_t i = 0; i < sizeof(dull) / sizeof(dull[0]); i++)
		if (rmn_vline_is(line, dull[i]))
			return true;
	return line->is_base64;
}

/* "family;given;middle;prefix;suffix"; some write all of it into the first. */
static void
name_add(struct cards *c, const struct rmn_vline *line)
{
	for (size_t i = 0; i < 5; i++) {
		rmn_buf_clear(&c->value);
		rmn_vline_value(&c->content, line, i, &c->value);
		if (i < 2)
			rmn_people_add(&c->people, i == 0 ? RMN_PEOPLE_FAMILY : RMN_PEOPLE_GIVEN,
			    rmn_buf_bytes(&c->value));
		else
			rmn_people_add_other(&c->people, line->name, rmn_buf_bytes(&c->value));
	}
}

static void
organisation_add(struct cards *c, const struct rmn_vline *line)
{
	rmn_vline_value(&c->content, line, 0, &c->value);
	rmn_people_add(&c->people, RMN_PEOPLE_COMPANY, rmn_buf_bytes(&c->value));
	for (size_t unit = 1; unit < 8; unit++) {
		rmn_buf_clear(&c->value);
		rmn_vline_value(&c->content, line, unit, &c->value);
		rmn_people_add(&c->people, RMN_PEOPLE_DEPARTMENT, rmn_buf_bytes(&c->value));
	}
}

static void
line_take(struct cards *c, const struct rmn_vline *line)
{
	rmn_buf_clear(&c->value);
	if (is_dull(line))
		return;
	if (rmn_vline_is(line, "N")) {
		name_add(c, line);
		return;
	}
	if (rmn_vline_is(line, "ORG")) {
		organisation_add(c, line);
		return;
	}
	rmn_vline_value(&c->content, line, SIZE_MAX, &c->value);
	for (size_t i = 0; i < sizeof(properties) / sizeof(properties[0]); i++) {
		if (rmn_vline_is(line, properties[i].name)) {
			rmn_people_add(&c->people, properties[i].column, rmn_buf_bytes(&c->value));
			return;
		}
	}
	rmn_people_add_other(&c->people, line->name, rmn_buf_bytes(&c->value));
}

static void
card_end(struct cards *c)
{
	c->people.no_memory |= c->content.no_memory;
	rmn_people_end(&c->people);
}

static void
cards_read(struct cards *c)
{
	struct rmn_vline line;

	while (c->people.text->status == RMN_OK && rmn_vline_next(&c->content, &line)) {
		struct rmn_bytes value = rmn_mail_trim(line.value);

		if (rmn_vline_is(&line, "BEGIN") && rmn_mail_equal(value, "VCARD")) {
			c->is_damaged |= c->is_open;
			if (c->is_open)
				card_end(c);
			c->is_open = true;
		} else if (rmn_vline_is(&line, "END") && rmn_mail_equal(value, "VCARD")) {
			card_end(c);
			c->is_open = false;
		} else {
			line_take(c, &line);
		}
	}
	card_end(c);
	c->is_damaged |= c->is_open;
}

static enum rmn_status
vcard_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct cards c = {.is_open = false};
	struct rmn_text text;
	struct rmn_bytes bytes;
	enum rmn_status status = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES,
	    input->arena, &bytes, error);

	if (status != RMN_OK && status != RMN_PARTIAL)
		return status;
	c.is_damaged = status == RMN_PARTIAL;
	rmn_text_init(&text, sink, input->arena, error);
	rmn_people_init(&c.people, &text);
	rmn_vline_init(&c.content, bytes);
	rmn_buf_init(&c.value, 0);
	cards_read(&c);
	status = rmn_text_flush(&text);
	rmn_buf_release(&c.value);
	rmn_vline_release(&c.content);
	rmn_people_release(&c.people);
	if (status == RMN_OK && c.is_damaged)
		return rmn_fail(error, RMN_PARTIAL, "a card has no end");
	return status;
}

static unsigned
vcard_claim(const struct rmn_format_input *input)
{
	struct rmn_bytes head = input->head;

	if (rmn_bytes_start_with(head, "\xEF\xBB\xBF"))
		head = rmn_bytes_after(head, 3);
	return rmn_mail_starts(rmn_mail_trim(head), "BEGIN:VCARD") ? 80 : 0;
}

const struct rmn_format rmn_format_vcard = {
	.name = "vcard",
	.title = "Address cards (vCard)",
	.media_type = "text/vcard",
	.kind = RMN_KIND_TEXT,
	.is_all_text = true,
	.claim = vcard_claim,
	.read = vcard_read,
};
