/* SPDX-License-Identifier: MIT */
#include "format/people/people.h"

#include <string.h>
#include <strings.h>

#include "format/sheet/cells.h"

static const char *const titles[RMN_PEOPLE_COLUMNS] = {"Name", "Kana", "Company", "Department",
	"Title", "Telephone", "E-mail", "Address", "Birthday", "Notes", "Other"};

static const struct {
	const char *field;
	enum rmn_people_column column;
} fields[] = {
	/* LDAP (RFC 4519, 4524, 2798) */
	{"cn", RMN_PEOPLE_NAME}, {"commonname", RMN_PEOPLE_NAME}, {"sn", RMN_PEOPLE_FAMILY},
	{"surname", RMN_PEOPLE_FAMILY}, {"givenname", RMN_PEOPLE_GIVEN},
	{"displayname", RMN_PEOPLE_NAME}, {"xmozillanickname", RMN_PEOPLE_NAME},
	{"o", RMN_PEOPLE_COMPANY}, {"company", RMN_PEOPLE_COMPANY},
	{"organizationname", RMN_PEOPLE_COMPANY}, {"ou", RMN_PEOPLE_DEPARTMENT},
	{"department", RMN_PEOPLE_DEPARTMENT}, {"departmentnumber", RMN_PEOPLE_DEPARTMENT},
	{"title", RMN_PEOPLE_TITLE}, {"jobtitle", RMN_PEOPLE_TITLE},
	{"mail", RMN_PEOPLE_EMAIL}, {"rfc822mailbox", RMN_PEOPLE_EMAIL},
	{"mozillasecondemail", RMN_PEOPLE_EMAIL}, {"xmozillasecondemail", RMN_PEOPLE_EMAIL},
	{"telephonenumber", RMN_PEOPLE_PHONE}, {"homephone", RMN_PEOPLE_PHONE},
	{"mobile", RMN_PEOPLE_PHONE}, {"cellphone", RMN_PEOPLE_PHONE},
	{"facsimiletelephonenumber", RMN_PEOPLE_PHONE}, {"fax", RMN_PEOPLE_PHONE},
	{"pager", RMN_PEOPLE_PHONE},
	{"street", RMN_PEOPLE_ADDRESS}, {"streetaddress", RMN_PEOPLE_ADDRESS},
	{"l", RMN_PEOPLE_ADDRESS}, {"locality", RMN_PEOPLE_ADDRESS}, {"st", RMN_PEOPLE_ADDRESS},
	{"postalcode", RMN_PEOPLE_ADDRESS}, {"postaladdress", RMN_PEOPLE_ADDRESS},
	{"homepostaladdress", RMN_PEOPLE_ADDRESS}, {"c", RMN_PEOPLE_ADDRESS},
	{"countryname", RMN_PEOPLE_ADDRESS},
	{"description", RMN_PEOPLE_NOTES}, {"notes", RMN_PEOPLE_NOTES},
	/* Mozilla */
	{"firstname", RMN_PEOPLE_GIVEN}, {"lastname", RMN_PEOPLE_FAMILY},
	{"nickname", RMN_PEOPLE_NAME}, {"phoneticfirstname", RMN_PEOPLE_KANA},
	{"phoneticlastname", RMN_PEOPLE_KANA}, {"primaryemail", RMN_PEOPLE_EMAIL},
	{"secondemail", RMN_PEOPLE_EMAIL}, {"workphone", RMN_PEOPLE_PHONE},
	{"faxnumber", RMN_PEOPLE_PHONE}, {"pagernumber", RMN_PEOPLE_PHONE},
	{"cellularnumber", RMN_PEOPLE_PHONE}, {"homeaddress", RMN_PEOPLE_ADDRESS},
	{"homeaddress2", RMN_PEOPLE_ADDRESS}, {"homecity", RMN_PEOPLE_ADDRESS},
	{"homestate", RMN_PEOPLE_ADDRESS}, {"homezipcode", RMN_PEOPLE_ADDRESS},
	{"homecountry", RMN_PEOPLE_ADDRESS}, {"workaddress", RMN_PEOPLE_ADDRESS},
	{"workaddress2", RMN_PEOPLE_ADDRESS}, {"workcity", RMN_PEOPLE_ADDRESS},
	{"workstate", RMN_PEOPLE_ADDRESS}, {"workzipcode", RMN_PEOPLE_ADDRESS},
	{"workcountry", RMN_PEOPLE_ADDRESS},
};

void
rmn_people_init(struct rmn_people *people, struct rmn_text *text)
{
	*people = (struct rmn_people){.text = text};
	for (unsigned i = 0; i < RMN_PEOPLE_CELLS; i++)
		rmn_buf_init(&people->cells[i], 0);
	rmn_text_part(text, RMN_PART_SHEET, (struct rmn_bytes){NULL, 0});
}

void
rmn_people_release(struct rmn_people *people)
{
	for (unsigned i = 0; i < RMN_PEOPLE_CELLS; i++)
		rmn_buf_release(&people->cells[i]);
}

void
rmn_people_add(struct rmn_people *people, enum rmn_people_column column, struct rmn_bytes value)
{
	struct rmn_buf *cell = &people->cells[column];

	if (value.size == 0)
		return;
	if (cell->size > 0)
		rmn_buf_append_string(cell, "; ");
	rmn_buf_append(cell, value);
	people->has_value = true;
}

void
rmn_people_add_other(struct rmn_people *people, struct rmn_bytes field, struct rmn_bytes value)
{
	if (value.size == 0)
		return;
	rmn_people_add(people, RMN_PEOPLE_OTHER, field);
	rmn_buf_append_string(&people->cells[RMN_PEOPLE_OTHER], ": ");
	rmn_buf_append(&people->cells[RMN_PEOPLE_OTHER], value);
}

static void
header_put(struct rmn_people *people)
{
	for (unsigned i = 0; i < RMN_PEOPLE_COLUMNS; i++) {
		rmn_text_put(people->text, rmn_bytes_from_string(titles[i]));
		rmn_text_char(people->text, i + 1 < RMN_PEOPLE_COLUMNS ? '\t' : '\n');
	}
	people->has_header = true;
}

static bool
name_has(const struct rmn_people *people, enum rmn_people_column half)
{
	struct rmn_bytes part = rmn_buf_bytes(&people->cells[half]);

	return part.size == 0 ||
	    rmn_bytes_find(rmn_buf_bytes(&people->cells[RMN_PEOPLE_NAME]), part) != SIZE_MAX;
}

static void
halves_join(struct rmn_people *people)
{
	struct rmn_buf *family = &people->cells[RMN_PEOPLE_FAMILY];

	if (name_has(people, RMN_PEOPLE_FAMILY) && name_has(people, RMN_PEOPLE_GIVEN))
		return;
	if (family->size > 0 && people->cells[RMN_PEOPLE_GIVEN].size > 0)
		rmn_buf_append_char(family, ' ');
	rmn_buf_append(family, rmn_buf_bytes(&people->cells[RMN_PEOPLE_GIVEN]));
	if (people->cells[RMN_PEOPLE_NAME].size == 0)
		rmn_people_add(people, RMN_PEOPLE_NAME, rmn_buf_bytes(family));
	else
		rmn_people_add_other(people, rmn_bytes_from_string("name"), rmn_buf_bytes(family));
}

void
rmn_people_end(struct rmn_people *people)
{
	struct rmn_text *text = people->text;

	halves_join(people);
	for (unsigned i = 0; i < RMN_PEOPLE_CELLS; i++)
		people->no_memory |= people->cells[i].failed;
	if (people->no_memory && text->status == RMN_OK)
		text->status = rmn_fail(text->error, RMN_NOMEM, "out of memory");
	if (people->has_value && !people->has_header)
		header_put(people);
	for (unsigned i = 0; i < RMN_PEOPLE_CELLS; i++) {
		if (people->has_value && i < RMN_PEOPLE_COLUMNS) {
			rmn_cell_put(text, rmn_buf_bytes(&people->cells[i]));
			rmn_text_char(text, i + 1 < RMN_PEOPLE_COLUMNS ? '\t' : '\n');
		}
		rmn_buf_clear(&people->cells[i]);
	}
	people->has_value = false;
}

enum rmn_people_column
rmn_people_column_of(struct rmn_bytes field)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (field.size == strlen(fields[i].field) && strncasecmp((const char *)field.data,
		    fields[i].field, field.size) == 0)
			return fields[i].column;
	return RMN_PEOPLE_OTHER;
}
