/* SPDX-License-Identifier: MIT */
#include "format/mail/mapi_fields.h"

#include <string.h>
#include <strings.h>

static const struct field {
	enum rmn_mapi_set set;
	uint16_t id;
	const char *label;
} fields[] = {
	/* people ([MS-OXOCNTC] 2.2.1) */
	{RMN_MAPI_STANDARD, 0x3001, "Name"},
	{RMN_MAPI_STANDARD, 0x3003, "Address"},
	{RMN_MAPI_STANDARD, 0x3004, "Comment"},
	{RMN_MAPI_STANDARD, 0x39FE, "E-mail"},
	{RMN_MAPI_STANDARD, 0x39FF, "Display name"},
	{RMN_MAPI_STANDARD, 0x3A00, "Account"},
	{RMN_MAPI_STANDARD, 0x3A02, "Callback phone"},
	{RMN_MAPI_STANDARD, 0x3A05, "Generation"},
	{RMN_MAPI_STANDARD, 0x3A06, "Given name"},
	{RMN_MAPI_STANDARD, 0x3A07, "Government ID"},
	{RMN_MAPI_STANDARD, 0x3A08, "Business phone"},
	{RMN_MAPI_STANDARD, 0x3A09, "Home phone"},
	{RMN_MAPI_STANDARD, 0x3A0A, "Initials"},
	{RMN_MAPI_STANDARD, 0x3A0D, "Location"},
	{RMN_MAPI_STANDARD, 0x3A10, "Organizational ID"},
	{RMN_MAPI_STANDARD, 0x3A11, "Surname"},
	{RMN_MAPI_STANDARD, 0x3A15, "Postal address"},
	{RMN_MAPI_STANDARD, 0x3A16, "Company"},
	{RMN_MAPI_STANDARD, 0x3A17, "Job title"},
	{RMN_MAPI_STANDARD, 0x3A18, "Department"},
	{RMN_MAPI_STANDARD, 0x3A19, "Office"},
	{RMN_MAPI_STANDARD, 0x3A1A, "Primary phone"},
	{RMN_MAPI_STANDARD, 0x3A1B, "Business phone 2"},
	{RMN_MAPI_STANDARD, 0x3A1C, "Mobile phone"},
	{RMN_MAPI_STANDARD, 0x3A1D, "Radio phone"},
	{RMN_MAPI_STANDARD, 0x3A1E, "Car phone"},
	{RMN_MAPI_STANDARD, 0x3A1F, "Other phone"},
	{RMN_MAPI_STANDARD, 0x3A21, "Pager"},
	{RMN_MAPI_STANDARD, 0x3A23, "Primary fax"},
	{RMN_MAPI_STANDARD, 0x3A24, "Business fax"},
	{RMN_MAPI_STANDARD, 0x3A25, "Home fax"},
	{RMN_MAPI_STANDARD, 0x3A26, "Country"},
	{RMN_MAPI_STANDARD, 0x3A27, "City"},
	{RMN_MAPI_STANDARD, 0x3A28, "State"},
	{RMN_MAPI_STANDARD, 0x3A29, "Street"},
	{RMN_MAPI_STANDARD, 0x3A2A, "Postal code"},
	{RMN_MAPI_STANDARD, 0x3A2B, "Post office box"},
	{RMN_MAPI_STANDARD, 0x3A2C, "Telex"},
	{RMN_MAPI_STANDARD, 0x3A2D, "ISDN"},
	{RMN_MAPI_STANDARD, 0x3A2E, "Assistant phone"},
	{RMN_MAPI_STANDARD, 0x3A2F, "Home phone 2"},
	{RMN_MAPI_STANDARD, 0x3A30, "Assistant"},
	{RMN_MAPI_STANDARD, 0x3A41, "Wedding anniversary"},
	{RMN_MAPI_STANDARD, 0x3A42, "Birthday"},
	{RMN_MAPI_STANDARD, 0x3A43, "Hobbies"},
	{RMN_MAPI_STANDARD, 0x3A44, "Middle name"},
	{RMN_MAPI_STANDARD, 0x3A45, "Title"},
	{RMN_MAPI_STANDARD, 0x3A46, "Profession"},
	{RMN_MAPI_STANDARD, 0x3A47, "Referred by"},
	{RMN_MAPI_STANDARD, 0x3A48, "Spouse"},
	{RMN_MAPI_STANDARD, 0x3A49, "Computer network name"},
	{RMN_MAPI_STANDARD, 0x3A4A, "Customer ID"},
	{RMN_MAPI_STANDARD, 0x3A4B, "TTY phone"},
	{RMN_MAPI_STANDARD, 0x3A4C, "FTP site"},
	{RMN_MAPI_STANDARD, 0x3A4E, "Manager"},
	{RMN_MAPI_STANDARD, 0x3A4F, "Nickname"},
	{RMN_MAPI_STANDARD, 0x3A50, "Personal page"},
	{RMN_MAPI_STANDARD, 0x3A51, "Business page"},
	{RMN_MAPI_STANDARD, 0x3A56, "E-mail"},
	{RMN_MAPI_STANDARD, 0x3A57, "Company phone"},
	{RMN_MAPI_STANDARD, 0x3A58, "Child"},
	{RMN_MAPI_STANDARD, 0x3A59, "Home city"},
	{RMN_MAPI_STANDARD, 0x3A5A, "Home country"},
	{RMN_MAPI_STANDARD, 0x3A5B, "Home postal code"},
	{RMN_MAPI_STANDARD, 0x3A5C, "Home state"},
	{RMN_MAPI_STANDARD, 0x3A5D, "Home street"},
	{RMN_MAPI_STANDARD, 0x3A5E, "Home post office box"},
	{RMN_MAPI_STANDARD, 0x3A5F, "Other city"},
	{RMN_MAPI_STANDARD, 0x3A60, "Other country"},
	{RMN_MAPI_STANDARD, 0x3A61, "Other postal code"},
	{RMN_MAPI_STANDARD, 0x3A62, "Other state"},
	{RMN_MAPI_STANDARD, 0x3A63, "Other street"},
	{RMN_MAPI_STANDARD, 0x3A64, "Other post office box"},
	{RMN_MAPI_ADDRESS, 0x8005, "File as"},
	{RMN_MAPI_ADDRESS, 0x801A, "Home address"},
	{RMN_MAPI_ADDRESS, 0x801B, "Business address"},
	{RMN_MAPI_ADDRESS, 0x801C, "Other address"},
	{RMN_MAPI_ADDRESS, 0x802B, "Web page"},
	{RMN_MAPI_ADDRESS, 0x802C, "Given name (reading)"},
	{RMN_MAPI_ADDRESS, 0x802D, "Surname (reading)"},
	{RMN_MAPI_ADDRESS, 0x802E, "Company (reading)"},
	{RMN_MAPI_ADDRESS, 0x8045, "Business street"},
	{RMN_MAPI_ADDRESS, 0x8046, "Business city"},
	{RMN_MAPI_ADDRESS, 0x8047, "Business state"},
	{RMN_MAPI_ADDRESS, 0x8048, "Business postal code"},
	{RMN_MAPI_ADDRESS, 0x8049, "Business country"},
	{RMN_MAPI_ADDRESS, 0x804A, "Business post office box"},
	{RMN_MAPI_ADDRESS, 0x8053, "List"},
	{RMN_MAPI_ADDRESS, 0x8054, "Member"},
	{RMN_MAPI_ADDRESS, 0x8062, "Instant messaging"},
	{RMN_MAPI_ADDRESS, 0x8080, "E-mail 1 name"},
	{RMN_MAPI_ADDRESS, 0x8083, "E-mail 1"},
	{RMN_MAPI_ADDRESS, 0x8084, "E-mail 1 display"},
	{RMN_MAPI_ADDRESS, 0x8090, "E-mail 2 name"},
	{RMN_MAPI_ADDRESS, 0x8093, "E-mail 2"},
	{RMN_MAPI_ADDRESS, 0x8094, "E-mail 2 display"},
	{RMN_MAPI_ADDRESS, 0x80A0, "E-mail 3 name"},
	{RMN_MAPI_ADDRESS, 0x80A3, "E-mail 3"},
	{RMN_MAPI_ADDRESS, 0x80A4, "E-mail 3 display"},
	{RMN_MAPI_ADDRESS, 0x80D8, "Free/busy page"},
	/* appointments ([MS-OXOCAL] 2.2.1), tasks ([MS-OXOTASK] 2.2.2), journal ([MS-OXOJRNL] 2.2.1) */
	{RMN_MAPI_MEETING, 0x0002, "Location"},
	{RMN_MAPI_APPOINTMENT, 0x8208, "Location"},
	{RMN_MAPI_APPOINTMENT, 0x820D, "Start"},
	{RMN_MAPI_APPOINTMENT, 0x820E, "End"},
	{RMN_MAPI_APPOINTMENT, 0x8232, "Recurrence"},
	{RMN_MAPI_APPOINTMENT, 0x8238, "Attendees"},
	{RMN_MAPI_APPOINTMENT, 0x823B, "Required attendees"},
	{RMN_MAPI_APPOINTMENT, 0x823C, "Optional attendees"},
	{RMN_MAPI_TASK, 0x8104, "Task start"},
	{RMN_MAPI_TASK, 0x8105, "Task due"},
	{RMN_MAPI_TASK, 0x810F, "Task completed"},
	{RMN_MAPI_TASK, 0x811F, "Task owner"},
	{RMN_MAPI_TASK, 0x8121, "Task assigner"},
	{RMN_MAPI_TASK, 0x8122, "Task last user"},
	{RMN_MAPI_COMMON, 0x8535, "Billing"},
	{RMN_MAPI_COMMON, 0x8534, "Mileage"},
	{RMN_MAPI_COMMON, 0x8539, "Companies"},
	{RMN_MAPI_COMMON, 0x853A, "Contacts"},
	{RMN_MAPI_COMMON, 0x8580, "Account"},
	{RMN_MAPI_LOG, 0x8700, "Entry type"},
	{RMN_MAPI_LOG, 0x8706, "Entry start"},
	{RMN_MAPI_LOG, 0x8708, "Entry end"},
	{RMN_MAPI_LOG, 0x8712, "Entry description"},
};

const char *
rmn_mapi_field_label(const struct rmn_mapi_value *value)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fields[i].id == value->id && fields[i].set == value->set)
			return fields[i].label;
	return NULL;
}

/* Names that programs give: of schemas and add-ins. */
static bool
name_is_dull(struct rmn_bytes name)
{
	static const char *const starts[] = {"http://", "urn:", "content-"};

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		size_t size = strlen(starts[i]);

		if (name.size >= size && strncasecmp((const char *)name.data, starts[i], size) == 0)
			return true;
	}
	return name.size == 0;
}

/* "SMTP" and "FAX", country codes. */
static bool
address_is_dull(uint16_t id)
{
	static const uint16_t ids[] = {0x8082, 0x8092, 0x80A2, 0x80B2, 0x80C2, 0x80D2, 0x80DA, 0x80DB,
	    0x80DC, 0x80DD};

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (ids[i] == id)
			return true;
	return false;
}

bool
rmn_mapi_field_is_own(const struct rmn_mapi_value *value)
{
	if (value->type != RMN_MAPI_STRING8 && value->type != RMN_MAPI_UNICODE)
		return false;
	switch (value->set) {
	case RMN_MAPI_STANDARD:
		return (value->id & 0xFF00) == 0x3A00;
	case RMN_MAPI_HEADER:
	case RMN_MAPI_PUBLIC:
		return !name_is_dull(value->name);
	case RMN_MAPI_ADDRESS:
		return !address_is_dull(value->id);
	case RMN_MAPI_TASK:
	case RMN_MAPI_LOG:
		return true;
	default:
		return false;
	}
}
