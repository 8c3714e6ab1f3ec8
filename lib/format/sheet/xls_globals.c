/* SPDX-License-Identifier: MIT
 *
 * Records about the workbook as a whole.  BIFF2 to BIFF4 have them in the sheet itself. */
#include <stdio.h>
#include <string.h>

#include "format/sheet/xls.h"

enum globals_type {
	CODEPAGE = 0x0042, DATEMODE = 0x0022, WRITEACCESS = 0x005C, FILESHARING = 0x005B,
	FILEPASS = 0x002F, FORMAT_2 = 0x001E, FORMAT = 0x041E, XF_2 = 0x0043, XF_3 = 0x0243,
	XF_4 = 0x0443, XF = 0x00E0, BOUNDSHEET = 0x0085, BUNDLEHEADER = 0x008F, SST = 0x00FC,
	NAME = 0x0018, SUPBOOK = 0x01AE, EXTERNSHEET = 0x0017, XCT = 0x0059,
	CRN = 0x005A,
};

#define SHEETS_MAX 4096u	/* Excel itself opens no more */
#define BUILTIN_NAME 0x0020u

static void
format_read(struct xls *x, const struct xls_record *record)
{
	struct xls_place p = xls_place_in(x, record);
	struct rmn_bytes code;
	uint16_t number = 0;

	if (!x->formats)
		x->formats = rmn_arena_alloc(x->arena, XLS_FORMATS_MAX, sizeof(*x->formats));
	if (!x->formats)
		xls_note(x, RMN_LIMIT, "formats of numbers outgrow their memory");
	/* before BIFF5 formats are numbered by their order */
	if (x->version >= 4 && !xls_u16(&p, &number))
		return;
	if (x->version < 5)
		number = (uint16_t)(x->format_next < XLS_FORMATS_MAX ? x->format_next++ :
		    XLS_FORMATS_MAX);
	if (!x->formats || number >= XLS_FORMATS_MAX)
		return;
	xls_scratch_clear(x);
	xls_string(x, &p, x->version >= 8 ? 2 : 1, &x->scratch);
	code = rmn_text_kept(x->text, x->arena, rmn_buf_bytes(&x->scratch));
	x->formats[number] = (struct rmn_number_format){rmn_number_kind(code), code};
}

static void
style_add(struct xls *x, const struct xls_record *record)
{
	struct xls_place p = xls_place_in(x, record);
	uint16_t format = 0;
	uint8_t byte = 0;

	if (record->type == XF) {
		xls_skip(&p, 2);
		xls_u16(&p, &format);
	} else {
		xls_skip(&p, record->type == XF_2 ? 2 : 1);
		xls_u8(&p, &byte);
		format = record->type == XF_2 ? byte & 0x3F : byte;
	}
	rmn_buf_le16(&x->styles, format);
}

const struct rmn_number_format *
xls_style(const struct xls *x, unsigned style)
{
	static const struct rmn_number_format builtin[] = {
		[RMN_NUMBER_PLAIN] = {RMN_NUMBER_PLAIN, {NULL, 0}},
		[RMN_NUMBER_DATE] = {RMN_NUMBER_DATE, {NULL, 0}},
		[RMN_NUMBER_TIME] = {RMN_NUMBER_TIME, {NULL, 0}},
		[RMN_NUMBER_DATE_TIME] = {RMN_NUMBER_DATE_TIME, {NULL, 0}},
	};
	unsigned number;

	if ((size_t)style * 2 + 2 > x->styles.size)
		return &builtin[RMN_NUMBER_PLAIN];
	number = (unsigned)(x->styles.data[style * 2] | x->styles.data[style * 2 + 1] << 8);
	if (x->formats && number < XLS_FORMATS_MAX && x->formats[number].code.size > 0)
		return &x->formats[number];
	return &builtin[number < 164 && x->version >= 5 ? rmn_number_builtin(number) :
	    RMN_NUMBER_PLAIN];
}

/* A sheet's name as its parts have it; in the arena. */
static struct rmn_bytes
sheet_name(struct xls *x, struct xls_place *p, bool is_hidden)
{
	xls_scratch_clear(x);
	xls_string(x, p, 1, &x->scratch);
	xls_clean_cell(x, &x->scratch, 0);
	if (is_hidden)
		rmn_buf_append_string(&x->scratch, " (hidden)");
	rmn_buf_append_string(&x->scratch, x->suffix);
	return rmn_text_kept(x->text, x->arena, rmn_buf_bytes(&x->scratch));
}

static void
sheet_add(struct xls *x, const struct xls_record *record)
{
	struct xls_place p = xls_place_in(x, record);
	uint32_t at;
	uint8_t state, kind;

	if (!x->sheets)
		x->sheets = rmn_arena_alloc(x->arena, SHEETS_MAX, sizeof(*x->sheets));
	if (!x->sheets || x->sheet_count == SHEETS_MAX) {
		xls_note(x, RMN_LIMIT, "more than %u sheets", SHEETS_MAX);
		return;
	}
	if (!xls_u32(&p, &at) || !xls_u8(&p, &state) || !xls_u8(&p, &kind)) {
		xls_note(x, RMN_PARTIAL, "a sheet's entry is cut short");
		return;
	}
	x->sheets[x->sheet_count++] =
	    (struct xls_sheet){.at = at, .name = sheet_name(x, &p, (state & 3) != 0)};
}

static void
person_give(struct xls *x, struct xls_place *p, const char *name)
{
	xls_scratch_clear(x);
	xls_string(x, p, x->version >= 8 ? 2 : 1, &x->scratch);
	xls_clean_cell(x, &x->scratch, 0);
	rmn_text_property_plain(x->text, x->arena, RMN_PROPERTY_OTHER, name,
	    rmn_buf_bytes(&x->scratch));
}

/* A name whose formula is a text, and what is said about a name. */
static void
name_read(struct xls *x, const struct xls_record *record)
{
	struct xls_place p = xls_place_in(x, record);
	struct rmn_buf *out = &x->aside[XLS_ASIDE_NAME];
	uint16_t flags, formula;
	uint8_t key, length, said[4], token = 0;
	size_t from = out->size, behind;
	bool says = false;

	if (!xls_u16(&p, &flags) || !xls_u8(&p, &key) || !xls_u8(&p, &length) ||
	    !xls_u16(&p, &formula) || !xls_skip(&p, 4))
		return;
	for (size_t i = 0; i < 4; i++)
		if (!xls_u8(&p, &said[i]))
			return;
	xls_string_of(x, &p, length, out);
	behind = p.at + formula;
	if (flags & BUILTIN_NAME)
		out->size = from;
	if (formula > 2 && xls_u8(&p, &token) && token == 0x17) {
		rmn_buf_append_char(out, '\t');
		says = xls_string(x, &p, 1, out);
	}
	p.at = behind < p.end ? behind : p.end;
	for (size_t i = 0; i < 4; i++) {
		if (said[i] == 0)
			continue;
		rmn_buf_append_char(out, '\t');
		says |= xls_string_of(x, &p, said[i], out);
	}
	xls_clean_lines(x, out, from);
	rmn_buf_append_char(out, '\n');
	if (!says)
		out->size = from;
}

void
xls_globals_record(struct xls *x, const struct xls_record *record)
{
	struct xls_place p = xls_place_in(x, record);
	uint16_t value;

	switch ((enum globals_type)record->type) {
	case CODEPAGE:
		if (xls_u16(&p, &value))
			x->codepage = value;
		break;
	case DATEMODE:
		if (xls_u16(&p, &value))
			x->from_1904 = value == 1;
		break;
	case FILEPASS:
		x->is_encrypted = !xls_decrypt(x, record);
		break;
	case WRITEACCESS:
		person_give(x, &p, "user_name");
		break;
	case FILESHARING:
		if (xls_skip(&p, 4))
			person_give(x, &p, "reserved_by");
		break;
	case FORMAT_2:
	case FORMAT:
		format_read(x, record);
		break;
	case XF_2:
	case XF_3:
	case XF_4:
	case XF:
		style_add(x, record);
		break;
	case BOUNDSHEET:
		sheet_add(x, record);
		break;
	case BUNDLEHEADER:
		if (xls_skip(&p, 4))
			x->next_name = sheet_name(x, &p, false);
		break;
	case SST:
		xls_strings_read(x, record);
		break;
	case NAME:
		if (x->version >= 5)
			name_read(x, record);
		break;
	case SUPBOOK:
	case EXTERNSHEET:
		xls_supbook_record(x, record);
		break;
	case XCT:
	case CRN:
		xls_linked_cells_record(x, record);
		break;
	}
}
