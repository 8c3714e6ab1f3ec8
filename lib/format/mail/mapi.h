/* SPDX-License-Identifier: MIT
 *
 * Outlook's items, wherever they are stored.  An item is a bag of MAPI properties ([MS-OXPROPS]); a
 * provider (msg.c, pst.c, tnef.c) fills bags, rmn_mapi_message_finish() makes of them what a person
 * would see, and that is given to a sink (mapi_give.c) or written as a mail (mapi_mime.c).
 *
 * Everything lives in the arena of the message. */
#ifndef RMN_FORMAT_MAPI_H
#define RMN_FORMAT_MAPI_H

#include "base/arena.h"
#include "base/sink.h"

/* Property types ([MS-OXCDATA] 2.11.1); bit 1000 marks several values. */
enum {
	RMN_MAPI_I2 = 0x02, RMN_MAPI_I4 = 0x03, RMN_MAPI_R8 = 0x05, RMN_MAPI_BOOL = 0x0B,
	RMN_MAPI_OBJECT = 0x0D, RMN_MAPI_I8 = 0x14, RMN_MAPI_STRING8 = 0x1E,
	RMN_MAPI_UNICODE = 0x1F, RMN_MAPI_TIME = 0x40, RMN_MAPI_BINARY = 0x102,
	RMN_MAPI_MULTIPLE = 0x1000,
};

/* What a property's number means: below 8000 it is the property's own (STANDARD), above only a name
 * in a property set says. */
enum rmn_mapi_set {
	RMN_MAPI_STANDARD,
	RMN_MAPI_ADDRESS,
	RMN_MAPI_APPOINTMENT,
	RMN_MAPI_TASK,
	RMN_MAPI_COMMON,
	RMN_MAPI_LOG,
	RMN_MAPI_MEETING,
	RMN_MAPI_HEADER,	/* a field of a mail header; the name is a string */
	RMN_MAPI_PUBLIC,	/* categories, and users' own fields; the name is a string */
	RMN_MAPI_OTHER,
};

struct rmn_mapi_value {
	enum rmn_mapi_set set;
	uint16_t id;
	uint16_t type;			/* of one value: several are several values of a bag */
	struct rmn_bytes name;		/* UTF-8, of RMN_MAPI_HEADER and _PUBLIC */
	struct rmn_bytes data;		/* numbers little-endian; strings may have their NUL */
};

struct rmn_mapi_bag {
	struct rmn_arena *arena;
	struct rmn_mapi_value *values;
	size_t count, capacity;
	unsigned codepage;	/* of strings of 8 bits; 0: see rmn_mapi_bag_settle */
	bool failed;		/* out of memory: a value is missing */
};

/* Whether a property says something to a person: text, numbers, times, bodies, members of lists.  A
 * provider may leave out the others. */
bool rmn_mapi_is_wanted(const struct rmn_mapi_value *value);

/* Which set a GUID of 16 bytes, as stored, is. */
enum rmn_mapi_set rmn_mapi_set_from(struct rmn_bytes guid);

void rmn_mapi_bag_init(struct rmn_mapi_bag *bag, struct rmn_arena *arena);

/* Borrows data and name, which must live as long as the arena. */
void rmn_mapi_bag_add(struct rmn_mapi_bag *bag, const struct rmn_mapi_value *value);

/* Numbers the bag's code page by its own properties, else by what its strings look like. */
void rmn_mapi_bag_settle(struct rmn_mapi_bag *bag);

/* A standard property; NULL when there is none. */
const struct rmn_mapi_value *rmn_mapi_find(const struct rmn_mapi_bag *bag, uint16_t id);

/* A value as text in the arena: strings decoded, numbers and times written, a member of a list as
 * "name <address>".  Empty for what is not
 * there (value may be NULL), has no text or is binary. */
struct rmn_bytes rmn_mapi_text(struct rmn_mapi_bag *bag, const struct rmn_mapi_value *value);
struct rmn_bytes rmn_mapi_find_text(struct rmn_mapi_bag *bag, uint16_t id);

uint32_t rmn_mapi_find_number(const struct rmn_mapi_bag *bag, uint16_t id, uint32_t absent);
int64_t rmn_mapi_find_time(const struct rmn_mapi_bag *bag, uint16_t id);	/* base/time.h */

struct rmn_mapi_line {
	const char *label;	/* NULL: name */
	struct rmn_bytes name;
	struct rmn_bytes value;
};

struct rmn_mapi_lines {
	struct rmn_mapi_line *lines;
	size_t count, capacity;
};

/* What a person would see of an item; all text is UTF-8, absent text is empty. */
struct rmn_mapi_message {
	struct rmn_arena *arena;
	struct rmn_bytes message_class;	/* "IPM.Note" */
	struct rmn_bytes subject;
	struct rmn_bytes sender;	/* "Name <address>" */
	struct rmn_bytes transport;	/* header as it arrived */
	struct rmn_mapi_lines header;	/* what the properties say: "Subject", "From", "To" ... */
	struct rmn_mapi_lines fields;	/* of contacts, appointments, tasks, and users' own */
	struct rmn_bytes plain;
	struct rmn_bytes html;		/* source */
	struct rmn_bytes html_text;	/* its text; of one beside plain, the lines that say more */
	struct rmn_bytes rtf_text;	/* the same for the RTF body */
	struct rmn_bytes rtf;		/* source, when it has text that no reader could get */
	int64_t sent, created, modified;
	const char *damage;		/* what could not be read, or NULL */
	bool failed;			/* out of memory */
};

void rmn_mapi_message_init(struct rmn_mapi_message *m, struct rmn_arena *arena);

/* One recipient; before the message's own properties. */
void rmn_mapi_message_recipient(struct rmn_mapi_message *m, struct rmn_mapi_bag *bag);

/* The message's properties: completes the message. */
void rmn_mapi_message_finish(struct rmn_mapi_message *m, struct rmn_mapi_bag *bag);

/* Something that came with an item. */
struct rmn_mapi_attachment {
	struct rmn_bytes name;		/* UTF-8; never empty */
	const char *media_type;		/* NULL: nothing is known */
	uint64_t size_bytes;		/* UINT64_MAX: not known */
	int64_t modified, created;
	struct rmn_member_reader reader;
};

/* Name, times and type by the properties of the attachment; index for one without name. */
void rmn_mapi_attachment_describe(struct rmn_mapi_bag *bag, size_t index,
    struct rmn_mapi_attachment *a);

#endif
