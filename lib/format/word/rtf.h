/* SPDX-License-Identifier: MIT
 *
 * Private to format/rtf*.c: Rich Text Format (specification 1.9.1).
 *
 * rtf_lexer.c makes tokens, rtf_words.c says what a control word means, rtf.c keeps the groups and
 * their destinations, rtf_text.c decodes text. */
#ifndef RMN_FORMAT_RTF_H
#define RMN_FORMAT_RTF_H

#include "base/cursor.h"
#include "format/word/flow.h"
#include "format/format.h"

enum rmn_rtf_kind {
	RMN_RTF_OPEN,
	RMN_RTF_CLOSE,
	RMN_RTF_WORD,		/* bytes: the name; number when has_number */
	RMN_RTF_SYMBOL,		/* byte: what follows the backslash */
	RMN_RTF_HEX,		/* byte: the value of \'hh */
	RMN_RTF_TEXT,		/* bytes as they stand, in the code page of the place */
	RMN_RTF_BINARY,		/* bytes: of \bin */
};

struct rmn_rtf_token {
	enum rmn_rtf_kind kind;
	struct rmn_bytes bytes;
	unsigned char byte;
	bool has_number;
	bool is_cut;		/* \bin announced more bytes than there are */
	int32_t number;
};

/* The next token; false at the end.  In a double-byte page the byte behind a lead byte is text,
 * even when it is a bracket or a backslash. */
bool rmn_rtf_next(struct rmn_cursor *c, unsigned page, struct rmn_rtf_token *token);

/* What a group holds. */
enum rmn_rtf_destination {
	RMN_RTF_SHOWN,		/* text, to the flow of the group */
	RMN_RTF_SKIPPED,	/* with all groups in it */
	RMN_RTF_DROPPED,	/* no text itself, but groups in it may be read */
	RMN_RTF_FONTS,
	RMN_RTF_INFO,
	RMN_RTF_DATE,		/* \creatim ...: argument is the property */
	RMN_RTF_PROPERTY,	/* argument: a row of the properties */
	RMN_RTF_CUSTOM_NAME,
	RMN_RTF_CUSTOM_VALUE,
	RMN_RTF_VARIABLE,	/* \docvar: its groups are name and value */
	RMN_RTF_VARIABLE_ITEM,
	RMN_RTF_REVISERS,	/* \revtbl: a group for each name */
	RMN_RTF_REVISER,
	RMN_RTF_ASIDE,		/* text to the flow that is the argument, on lines of its own */
	RMN_RTF_BULLET,		/* shown, but a tab in it is a space */
	RMN_RTF_INSTRUCTION,
	RMN_RTF_UPR,		/* old text, and the same in Unicode (\ud) */
	RMN_RTF_UD,
	RMN_RTF_COMMENT_AUTHOR,
	RMN_RTF_COMMENT_TEXT,
	RMN_RTF_SHAPE_NAME,
	RMN_RTF_SHAPE_VALUE,
	RMN_RTF_FORM_NAME,
	RMN_RTF_FORM_VALUE,
	RMN_RTF_OBJECT_DATA,
	RMN_RTF_OBJECT_CLASS,
};

enum rmn_rtf_action {
	RMN_RTF_PUT,		/* argument: a character */
	RMN_RTF_BEGIN,		/* argument: a destination, more: its argument */
	RMN_RTF_BREAK,
	RMN_RTF_TAB,
	RMN_RTF_CELL,
	RMN_RTF_ROW,
	RMN_RTF_FONT,
	RMN_RTF_FONT_DEFAULT,
	RMN_RTF_FONT_CHARSET,
	RMN_RTF_FONT_PAGE,
	RMN_RTF_PAGE,		/* \ansicpg; argument: the page of \mac, \pc, \pca */
	RMN_RTF_SKIP_COUNT,	/* \uc */
	RMN_RTF_UNICODE,	/* \u */
	RMN_RTF_PLAIN,
	RMN_RTF_PARAGRAPH,
	RMN_RTF_IN_TABLE,
	RMN_RTF_HIDE,
	RMN_RTF_DELETE,
	RMN_RTF_DATE_FIELD,	/* argument: 0 year ... 5 second */
	RMN_RTF_KEEP,		/* nothing, but \* in front of it hides no text */
};

struct rmn_rtf_word {
	const char *name;
	enum rmn_rtf_action action;
	uint32_t argument;
	uint32_t more;
};

const struct rmn_rtf_word *rmn_rtf_word_find(struct rmn_bytes name);	/* may be NULL */

struct rmn_rtf_property {
	enum rmn_property property;
	const char *name;	/* of RMN_PROPERTY_OTHER */
};

extern const struct rmn_rtf_property rmn_rtf_properties[];

/* Rows of rmn_rtf_properties. */
enum rmn_rtf_property_row {
	RMN_RTF_TITLE, RMN_RTF_SUBJECT, RMN_RTF_AUTHOR, RMN_RTF_MANAGER, RMN_RTF_COMPANY,
	RMN_RTF_OPERATOR, RMN_RTF_CATEGORY, RMN_RTF_KEYWORDS, RMN_RTF_REMARK, RMN_RTF_DOCUMENT_REMARK,
	RMN_RTF_LINK_BASE, RMN_RTF_TEMPLATE, RMN_RTF_GENERATOR, RMN_RTF_CREATED, RMN_RTF_MODIFIED,
	RMN_RTF_PRINTED, RMN_RTF_SAVED_BACKUP,
};

struct rmn_rtf_group {
	uint8_t destination;
	uint8_t flow;
	bool is_owner;		/* the destination begins here and is finished at the end */
	bool is_hidden;
	bool is_deleted;
	bool is_in_table;
	bool is_optional;	/* \* was read, and its word is to come */
	uint32_t argument;	/* of the destination */
	uint32_t skip_count;	/* bytes that stand for one \u */
	int32_t font;		/* -1: the default one */
	size_t value_at;	/* where the value of the destination starts in its flow */
};

#define RMN_RTF_PAGES 65536u	/* fonts are numbered below that */
#define RMN_RTF_PAGE_SYMBOL 42u	/* as Windows numbers it */

struct rmn_rtf_object {
	size_t start, size;		/* in objects */
	char class_name[64];
	struct rmn_rtf_object *next;
};

struct rmn_rtf {
	struct rmn_text text;
	const struct rmn_sink *sink;
	struct rmn_arena *arena;
	struct rmn_error *error;
	struct rmn_flows flows;
	struct rmn_buf pending;		/* bytes of one flow and code page, not yet decoded */
	struct rmn_buf decoded;
	enum rmn_flow pending_flow;
	unsigned pending_page;
	uint32_t high;			/* the first half of a pair of \u */
	struct rmn_rtf_group *groups;
	size_t group_room;
	size_t depth;			/* of groups[]: the current one is groups[depth] */
	size_t lost_depth;		/* groups deeper than are kept */
	size_t open_at_end;		/* brackets that the file leaves open */
	uint32_t skip_left;		/* bytes still to be skipped behind a \u */
	uint16_t *font_pages;		/* RMN_RTF_PAGES of them, or NULL; 0: not known */
	int32_t font_now;		/* in the table of fonts */
	int32_t font_default;
	unsigned page;			/* of the document */
	bool page_is_said;
	int date[6];
	unsigned char nibble;		/* the first digit of a byte of \objdata, 0xFF: none */
	struct rmn_buf objects;		/* bytes of all \objdata */
	size_t object_start;		/* of the one that is gathered */
	struct rmn_rtf_object *object_first, *object_last;
	char object_class[64];
	char custom_name[256];
	char author[256];
	char shape_name[64];
	char form_name[128];
	bool has_item;			/* of \docvar */
	size_t more_at[2];		/* where goes_on() found each of its marks last; 0: not looked for */
	bool is_too_deep;
	bool is_cut;			/* an object or \bin was cut */
	bool is_unbalanced;		/* more brackets end than begin */
	bool has_hole;			/* zeros where there should be text */
};

/* Text. */
unsigned rmn_rtf_page(const struct rmn_rtf *r);		/* the code page of this place */
bool rmn_rtf_page_is_double_byte(unsigned page);
enum rmn_flow rmn_rtf_flow(const struct rmn_rtf *r);	/* where text of this place goes */
void rmn_rtf_bytes(struct rmn_rtf *r, struct rmn_bytes bytes);
void rmn_rtf_point(struct rmn_rtf *r, uint32_t code_point);
void rmn_rtf_settle(struct rmn_rtf *r);		/* decodes what is pending */

/* Destinations.  A word that begins one changes the group it stands in; at the end of that group
 * the destination is finished, when the group around it is the current one again. */
void rmn_rtf_begin(struct rmn_rtf *r, const struct rmn_rtf_word *word);
void rmn_rtf_value_begin(struct rmn_rtf *r, struct rmn_rtf_group *g);
void rmn_rtf_finish(struct rmn_rtf *r, const struct rmn_rtf_group *g);

/* Objects (\objdata): kept until the text is through, then given as members or links. */
void rmn_rtf_object_keep(struct rmn_rtf *r);
void rmn_rtf_objects_give(struct rmn_rtf *r);

#endif
