/* SPDX-License-Identifier: MIT */
#include "carve/pdf_lex.h"

#include <string.h>

#include "base/checked.h"

#define STRING_MAX (1ull << 20)
#define DEPTH_MAX 64u

enum kind { REGULAR, SPACE, DELIMITER, ILLEGAL };

static enum kind
kind_of(unsigned char c)
{
	if (c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f')
		return SPACE;
	if (c < 0x20 || c == 0x7F)
		return ILLEGAL;
	return strchr("()<>[]{}/%", c) ? DELIMITER : REGULAR;
}

static int
byte_at(struct rmn_window *w, uint64_t at)
{
	struct rmn_bytes b = rmn_window_bytes(w, at, 1);

	return b.size > 0 ? b.data[0] : -1;
}

uint64_t
rmn_pdf_space_skip(struct rmn_window *w, uint64_t at)
{
	for (;;) {
		struct rmn_bytes b = rmn_window_bytes(w, at, 1);
		size_t i = 0;

		while (i < b.size && kind_of(b.data[i]) == SPACE)
			i++;
		at += i;
		if (i < b.size || b.size == 0)
			return at;
	}
}

static uint64_t
comment_skip(struct rmn_window *w, uint64_t at)
{
	int c;

	while ((c = byte_at(w, at)) >= 0 && c != '\r' && c != '\n')
		at++;
	return at;
}

/* A literal string from behind its parenthesis; 0: it does not end. */
static uint64_t
string_skip(struct rmn_window *w, uint64_t at)
{
	uint64_t stop = at + STRING_MAX;
	unsigned depth = 1;

	for (; at < stop; at++) {
		int c = byte_at(w, at);

		if (c < 0)
			return 0;
		if (c == '\\')
			at++;
		else if (c == '(')
			depth++;
		else if (c == ')' && --depth == 0)
			return at + 1;
	}
	return 0;
}

/* A hexadecimal string from behind its bracket; the place of what is wrong in *wrong. */
static uint64_t
hex_skip(struct rmn_window *w, uint64_t at, uint64_t *wrong)
{
	for (;; at++) {
		int c = byte_at(w, at);

		*wrong = at;
		if (c == '>')
			return at + 1;
		if (c < 0 || !((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') ||
		    kind_of((unsigned char)c) == SPACE))
			return 0;
	}
}

/* Regular characters: a number, a name's or a word's. */
static void
regular_read(struct rmn_window *w, uint64_t at, struct rmn_pdf_token *t)
{
	size_t size = 0;
	int c;

	for (; (c = byte_at(w, at)) >= 0 && kind_of((unsigned char)c) == REGULAR; at++) {
		if (size < sizeof(t->text) - 1)
			t->text[size++] = (char)c;
	}
	t->text[size] = '\0';
	t->end = at;
}

static void
number_read(struct rmn_pdf_token *t)
{
	const char *p = t->text;
	bool is_whole = true;

	t->value = 0;
	t->type = RMN_PDF_NUMBER;
	for (; *p; p++) {
		if (*p < '0' || *p > '9')
			is_whole = false;
		else if (is_whole)
			t->value = t->value * 10 + (uint64_t)(*p - '0');
	}
	if (!is_whole || strspn(t->text, "0123456789") > 18)
		t->type = RMN_PDF_REAL;
	if (t->text[strspn(t->text, "+-.0123456789eE")] != '\0')
		t->type = RMN_PDF_WRONG;
}

static void
string_read(struct rmn_window *w, struct rmn_pdf_token *t, uint64_t end, uint64_t wrong)
{
	(void)w;
	t->type = end ? RMN_PDF_STRING : RMN_PDF_WRONG;
	t->end = end;
	if (!end)
		t->at = wrong;
}

static void
delimiter_read(struct rmn_window *w, struct rmn_pdf_token *t, int c)
{
	int next = byte_at(w, t->at + 1);
	uint64_t wrong = t->at, end;

	t->end = t->at + 1;
	switch (c) {
	case '/':
		t->type = RMN_PDF_NAME;
		regular_read(w, t->at + 1, t);
		break;
	case '[':
		t->type = RMN_PDF_ARRAY;
		break;
	case ']':
		t->type = RMN_PDF_ARRAY_END;
		break;
	case '(':
		end = string_skip(w, t->at + 1);
		string_read(w, t, end, t->at);
		break;
	case '<':
		if (next == '<') {
			t->type = RMN_PDF_DICT;
			t->end++;
		} else {
			end = hex_skip(w, t->at + 1, &wrong);
			string_read(w, t, end, wrong);
		}
		break;
	case '>':
		t->type = next == '>' ? RMN_PDF_DICT_END : RMN_PDF_WRONG;
		t->end++;
		break;
	default:
		t->type = RMN_PDF_WRONG;
	}
}

struct rmn_pdf_token
rmn_pdf_token_read(struct rmn_window *w, uint64_t at)
{
	struct rmn_pdf_token t = {.type = RMN_PDF_WRONG};
	int c;

	for (;;) {
		at = rmn_pdf_space_skip(w, at);
		c = byte_at(w, at);
		if (c != '%')
			break;
		at = comment_skip(w, at);
	}
	t.at = at;
	t.end = at;
	if (c < 0)
		return t;
	switch (kind_of((unsigned char)c)) {
	case DELIMITER:
		delimiter_read(w, &t, c);
		break;
	case REGULAR:
		regular_read(w, at, &t);
		if ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.')
			number_read(&t);
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
			t.type = RMN_PDF_WORD;
		break;
	default:
		break;
	}
	return t;
}

bool
rmn_pdf_object_read(struct rmn_window *w, uint64_t at, uint64_t *number, uint64_t *end)
{
	struct rmn_pdf_token t = rmn_pdf_token_read(w, at), g;

	if (t.type != RMN_PDF_NUMBER || t.at != at || t.value > UINT32_MAX)
		return false;
	g = rmn_pdf_token_read(w, t.end);
	if (g.type != RMN_PDF_NUMBER || g.value > 65535 || g.at - t.end > 4)
		return false;
	*number = t.value;
	t = rmn_pdf_token_read(w, g.end);
	/* "obj" may have the body right behind it. */
	if (t.type != RMN_PDF_WORD || strncmp(t.text, "obj", 3) != 0 || t.at - g.end > 4)
		return false;
	*end = t.at + 3;
	return true;
}

/* The body. */

enum key {
	KEY_NONE, KEY_LENGTH, KEY_TYPE, KEY_FILTER, KEY_ENCRYPT, KEY_LINEARIZED, KEY_PREV,
	KEY_XREFSTM, KEY_L, KEY_SIZE, KEY_PREDICTOR, KEY_COLUMNS, KEY_W, KEY_INDEX,
};

static enum key
key_of(const char *name)
{
	static const struct { const char *name; enum key key; } keys[] = {
		{"Length", KEY_LENGTH}, {"Type", KEY_TYPE}, {"Filter", KEY_FILTER},
		{"Encrypt", KEY_ENCRYPT}, {"Linearized", KEY_LINEARIZED}, {"Prev", KEY_PREV},
		{"XRefStm", KEY_XREFSTM}, {"L", KEY_L}, {"Size", KEY_SIZE},
		{"Predictor", KEY_PREDICTOR}, {"Columns", KEY_COLUMNS}, {"W", KEY_W},
		{"Index", KEY_INDEX},
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i].name, name) == 0)
			return keys[i].key;
	}
	return KEY_NONE;
}

struct body {
	struct rmn_pdf_dict *dict;
	char open[DEPTH_MAX];		/* 'd' or 'a' */
	unsigned depth;
	enum key key;			/* whose value comes; NONE: a key comes, or no matter */
	bool is_value;			/* at depth 1 of a dictionary: a value comes */
	unsigned values;		/* of the key, so far */
	uint64_t tokens;
	uint64_t number;		/* the body, when it is one */
};

static void
number_keep(struct body *b, uint64_t value)
{
	struct rmn_pdf_dict *d = b->dict;

	switch (b->key) {
	case KEY_LENGTH:
		if (b->values == 0) {
			d->has_length = true;
			d->length = value;
		}
		break;
	case KEY_PREV:
		d->has_prev = true;
		d->prev = value;
		break;
	case KEY_XREFSTM:
		d->has_xref_stream = true;
		d->xref_stream = value;
		break;
	case KEY_L:
		d->linear_length = value;
		break;
	case KEY_SIZE:
		d->size = value;
		break;
	case KEY_PREDICTOR:
		d->predictor = value;
		break;
	case KEY_COLUMNS:
		d->columns = value;
		break;
	case KEY_W:
		if (b->values < RMN_PDF_WIDTHS)
			d->widths[b->values] = value;
		break;
	default:
		break;
	}
	b->values++;
}

static void
name_keep(struct body *b, const char *name)
{
	struct rmn_pdf_dict *d = b->dict;

	if (b->key == KEY_TYPE)
		d->is_xref = strcmp(name, "XRef") == 0;
	if (b->key != KEY_FILTER || b->values > 0)
		return;
	b->values++;
	d->filter = strcmp(name, "FlateDecode") == 0 || strcmp(name, "Fl") == 0 ?
	    RMN_PDF_FILTER_FLATE : strcmp(name, "DCTDecode") == 0 || strcmp(name, "DCT") == 0 ?
	    RMN_PDF_FILTER_JPEG : RMN_PDF_FILTER_OTHER;
}

/* In a dictionary keys and values take turns; which keys matter, and how deep they may stand. */
static void
name_read(struct body *b, const char *name)
{
	bool is_key = b->depth > 0 && b->open[b->depth - 1] == 'd' && !b->is_value;

	if (!is_key) {
		name_keep(b, name);
		b->is_value &= b->open[b->depth ? b->depth - 1 : 0] != 'd';
		return;
	}
	b->key = key_of(name);
	if (b->depth > 1 && b->key != KEY_PREDICTOR && b->key != KEY_COLUMNS)
		b->key = KEY_NONE;
	b->values = 0;
	b->is_value = true;
	if (b->key == KEY_ENCRYPT)
		b->dict->is_encrypted = true;
	if (b->key == KEY_LINEARIZED)
		b->dict->is_linearized = true;
}

static bool
open_read(struct body *b, char what)
{
	if (b->depth == DEPTH_MAX)
		return false;
	b->open[b->depth++] = what;
	b->is_value = false;
	if (what == 'd')
		b->key = KEY_NONE;
	return true;
}

static bool
close_read(struct body *b, char what)
{
	if (b->depth == 0 || b->open[b->depth - 1] != what)
		return false;
	b->depth--;
	b->is_value = false;
	if (what == 'd')
		b->key = KEY_NONE;
	return true;
}

/* A word inside a body: true, false, null, and R, which makes a length one that stands
 * elsewhere. */
static bool
word_read(struct body *b, const char *word)
{
	if (strcmp(word, "R") == 0) {
		if (b->key == KEY_LENGTH && b->values == 2)
			b->dict->is_length_elsewhere = true;
		b->is_value = false;
		return true;
	}
	b->is_value = false;
	return strcmp(word, "true") == 0 || strcmp(word, "false") == 0 || strcmp(word, "null") == 0;
}

/* One token that is not the end of the body. */
static bool
body_step(struct body *b, const struct rmn_pdf_token *t)
{
	switch (t->type) {
	case RMN_PDF_NUMBER:
		b->number = b->tokens == 0 ? t->value : UINT64_MAX;
		number_keep(b, t->value);
		/* Two more tokens may make it a reference; a key's name ends it anyway. */
		b->is_value = false;
		return true;
	case RMN_PDF_REAL:
	case RMN_PDF_STRING:
		b->is_value = false;
		return true;
	case RMN_PDF_NAME:
		name_read(b, t->text);
		return true;
	case RMN_PDF_DICT:
		return open_read(b, 'd');
	case RMN_PDF_DICT_END:
		return close_read(b, 'd');
	case RMN_PDF_ARRAY:
		if (b->key == KEY_INDEX && b->values == 0)
			b->dict->index_at = t->at;
		return open_read(b, 'a');
	case RMN_PDF_ARRAY_END:
		return close_read(b, 'a');
	case RMN_PDF_WORD:
		return word_read(b, t->text);
	default:
		return false;
	}
}

/* The first byte behind "stream" and its line end; a lone CR is wrong but written. */
static uint64_t
data_start(struct rmn_window *w, uint64_t at)
{
	while (byte_at(w, at) == ' ')
		at++;
	if (byte_at(w, at) == '\r')
		at++;
	return byte_at(w, at) == '\n' ? at + 1 : at;
}

enum rmn_pdf_body
rmn_pdf_body_read(struct rmn_window *w, uint64_t at, bool is_trailer, struct rmn_pdf_dict *dict,
    uint64_t *number, uint64_t *end)
{
	struct body b = {.dict = dict, .number = UINT64_MAX};

	*dict = (struct rmn_pdf_dict){0};
	for (;; b.tokens++) {
		struct rmn_pdf_token t = rmn_pdf_token_read(w, at);

		*end = t.at;
		if (t.type == RMN_PDF_WORD && !is_trailer && b.depth == 0) {
			*number = b.number;
			if (strcmp(t.text, "stream") == 0) {
				*end = data_start(w, t.end);
				return RMN_PDF_BODY_STREAM;
			}
			if (strncmp(t.text, "endobj", 6) == 0) {
				*end = t.at + 6;
				return RMN_PDF_BODY_END;
			}
		}
		if (!body_step(&b, &t))
			return RMN_PDF_BODY_WRONG;
		at = t.end;
		if (is_trailer && b.depth == 0) {
			*end = at;
			return b.tokens > 0 && t.type == RMN_PDF_DICT_END ? RMN_PDF_BODY_DICT :
			    RMN_PDF_BODY_WRONG;
		}
	}
}
