/* SPDX-License-Identifier: MIT
 *
 * The inside of the reader of binary presentations ([MS-PPT]): what its files share.  The stream is a row
 * of records; containers hold records.  A saving appends what changed and a directory that says
 * where the current version of each object lies. */
#ifndef RMN_FORMAT_PPT_H
#define RMN_FORMAT_PPT_H

#include "base/buf.h"
#include "base/cursor.h"
#include "base/hash.h"
#include "format/ole/ole.h"

#define PPT_DEPTH_MAX 32u	/* of records in records; groups of shapes seen have 12 */

enum ppt_type {
	PPT_DOCUMENT = 0x03E8, PPT_DOCUMENT_ATOM = 0x03E9, PPT_SLIDE = 0x03EE,
	PPT_SLIDE_ATOM = 0x03EF, PPT_NOTES = 0x03F0, PPT_SLIDE_PERSIST = 0x03F3,
	PPT_MASTER = 0x03F8, PPT_SLIDE_SHOW_INFO = 0x03F9, PPT_VBA_INFO = 0x03FF,
	PPT_VBA_INFO_ATOM = 0x0400, PPT_OBJECT_LIST = 0x0409, PPT_HF_PLACEHOLDER = 0x0420,
	PPT_INFO_LIST = 0x07D0, PPT_PLACEHOLDER = 0x0BC3, PPT_OUTLINE_REF = 0x0F9E,
	PPT_TEXT_CHARS = 0x0FA0, PPT_TEXT_BYTES = 0x0FA8, PPT_STRING = 0x0FBA,
	PPT_HANDOUT = 0x0FC9, PPT_OLE_OBJECT_ATOM = 0x0FC3, PPT_OLE_EMBED = 0x0FCC,
	PPT_OLE_CONTROL = 0x0FEE, PPT_HYPERLINK = 0x0FD7, PPT_HEADERS = 0x0FD9,
	PPT_SLIDE_LIST = 0x0FF0, PPT_USER_EDIT = 0x0FF5, PPT_CURRENT_USER = 0x0FF6,
	PPT_OLE_STORAGE = 0x1011, PPT_STRING_TAG = 0x1389, PPT_TAG_DATA = 0x138B,
	PPT_DIRECTORY = 0x1772, PPT_COMMENT = 0x2EE0, PPT_CRYPT_SESSION = 0x2F14,
	PPT_GROUP = 0xF003, PPT_SHAPE = 0xF004, PPT_FIRST_TABLE = 0xF00B, PPT_TEXTBOX = 0xF00D,
	PPT_CHILD_ANCHOR = 0xF00F, PPT_CLIENT_DATA = 0xF011, PPT_THIRD_TABLE = 0xF122,
};

struct ppt_record {
	uint16_t type;
	uint16_t instance;
	bool is_container;
	bool is_cut;			/* its data end before it says */
	struct rmn_bytes body;
};

/* Text of the outline, which slides refer to by its number. */
struct ppt_outline {
	struct rmn_bytes raw;
	bool is_wide;
	bool is_used;
};

struct ppt_slide {
	uint32_t object;		/* number in the directory */
	uint32_t id;
	size_t first_text, text_count;	/* in the list's texts */
};

struct ppt_list {
	struct ppt_slide *slides;
	size_t count;
	struct ppt_outline *texts;
	size_t text_count;
};

struct ppt {
	const struct rmn_ole *ole;
	struct rmn_arena *arena;
	struct rmn_text *text;
	struct rmn_error *error;
	enum rmn_status status;		/* the worst that was met */
	struct rmn_bytes stream;
	uint32_t *objects;		/* by number: place + 1; 0: none */
	size_t object_count;
	uint32_t document;		/* number of the document */
	bool is_encrypted;
	uint32_t session;		/* number of what is said about the encryption */
	bool is_lost;			/* no directory: everything there is, in its order */
	struct rmn_buf given;		/* places of objects that were read, 8 bytes each */

	uint64_t *seen;			/* hashes of paragraphs, open addressing */
	size_t seen_capacity, seen_count;
	unsigned char seen_key[RMN_TABLE_KEY_BYTES];
	bool only_new;			/* give paragraphs that were not seen yet */

	struct ppt_outline *texts;	/* of the slide under way */
	size_t text_count;
	struct rmn_buf shown;		/* struct rmn_bytes of texts in its shapes */
	bool is_master;			/* texts of placeholders are prompts */
	bool is_lenient;		/* inside tags of programs: damage is none */
	struct rmn_buf scratch, headers, comments, links;
	struct rmn_bytes object_list;	/* of the document: what objects are */
	uint32_t macros;		/* number of the object with macros; 0: none */
	uint64_t inflated_bytes;
	uint64_t budget;		/* bytes of objects that may still be read, repeats included */
};

/* ppt_stream.c */
bool ppt_record_next(struct rmn_cursor *c, struct ppt_record *record);

/* The next place from at on that looks like a shape, a text or a slide; the size when there is none. */
size_t ppt_resync(struct rmn_bytes bytes, size_t at);
void ppt_directory_read(struct ppt *p, struct rmn_bytes current_user);

/* The object's current version.  False when it is not there. */
bool ppt_object_find(struct ppt *p, uint32_t number, struct ppt_record *record);

/* Takes the object's bytes from the budget.  False, and noted, when it is spent: objects that share
 * their bytes would take more than linear time. */
bool ppt_object_afford(struct ppt *p, const struct ppt_record *record);

/* The first record of that type in a container's body. */
bool ppt_child_find(struct rmn_bytes body, uint16_t type, struct ppt_record *record);
void ppt_note(struct ppt *p, enum rmn_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ppt_crypt.c: decrypts the objects of the directory where the password is PowerPoint's own; false when it
 * is another, or another encryption. */
bool ppt_decrypt(struct ppt *p);

/* ppt_text.c: characters to paragraphs. */
void ppt_decode(struct rmn_bytes raw, bool is_wide, struct rmn_buf *out);
void ppt_lines_put(struct ppt *p, struct rmn_bytes utf8);
void ppt_text_put(struct ppt *p, struct rmn_bytes raw, bool is_wide);
void ppt_string_append(struct rmn_bytes raw, struct rmn_buf *out);	/* as a line's part */

/* ppt_shapes.c: what stands on a slide. */
void ppt_records_walk(struct ppt *p, struct rmn_bytes body, unsigned depth);
void ppt_headers_read(struct ppt *p, struct rmn_bytes body);

/* ppt_slides.c: the document in order, then what is no longer part of it. */
void ppt_document_read(struct ppt *p);
void ppt_leftovers_read(struct ppt *p);

/* ppt_objects.c: macros, and embedded files as members. */
void ppt_links_read(struct ppt *p, struct rmn_bytes list);
void ppt_objects_give(struct ppt *p);
void ppt_object_give(struct ppt *p, const struct ppt_record *record, uint32_t number,
    const char *name);

#endif
