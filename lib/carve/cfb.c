/* SPDX-License-Identifier: MIT
 *
 * Carver of OLE2 compound files: Word, Excel, PowerPoint before 2007, Outlook messages, Visio,
 * Project, Publisher, Ichitaro, thumbnails.
 *
 * The file ends behind the highest sector that its FAT calls used; of 154 real files 147 end exactly
 * there, the others are cut short, padded, or leave the last sector incomplete. */
#include "carve/cfb.h"

struct kind {
	const char *stream;
	const char *extension;
};

/* The first row whose stream or storage stands in the root: embedded objects have storages of their
 * own. */
static const struct kind kinds[] = {
	{"WordDocument", "doc"},
	{"Workbook", "xls"},
	{"Book", "xls"},
	{"__properties_version1.0", "msg"},
	{"JSRV_SegmentInformation", "jtd"},
	{"DocumentText", "jtd"},
	{"PowerPoint Document", "ppt"},
	{"VisioDocument", "vsd"},
	{"Quill", "pub"},
	{"HwpSummaryInformation", "hwp"},
	{"?HwpSummaryInformation", "hwp"},
	{"NativeContent_MAIN", "qpw"},
	{"MatOST", "wps"},
	{"StarWriterDocument", "sdw"},
	{"StarCalcDocument", "sdc"},
	{"EncryptedPackage", "docx"},
	{"   114", "mpp"},
	{"Catalog", "db"},
};

const char *
cfb_extension(const struct cfb *c)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (cfb_find(c, 0, kinds[i].stream))
			return kinds[i].extension;
	return NULL;
}

/* A size known beforehand may leave the last sector incomplete, or pad with free sectors. */
static uint64_t
length_fit(const struct cfb *c)
{
	uint64_t length = cfb_length(c), size = c->view->size_bytes;
	uint64_t covered = ((uint64_t)c->fat_entries + 1) << c->shift;

	if (size == RMN_VIEW_OPEN)
		return length;
	if (size < length && length - size < c->sector_bytes)
		return size;
	return size > length && size <= covered && size % c->sector_bytes == 0 ? size : length;
}

static bool
is_whole(struct cfb *c)
{
	uint64_t length = length_fit(c);
	unsigned char last;

	if (rmn_view_read(c->view, length - 1, &last, 1) == 1)
		return true;
	cfb_break(c, c->view->size_bytes != RMN_VIEW_OPEN ? c->view->size_bytes : c->good_at + 1);
	return false;
}

static bool
is_past_limit(const struct cfb *c)
{
	return c->tools->work_limit && c->tools->work > c->tools->work_limit;
}

/* All steps but the judgement of the streams. */
static bool
structure_read(struct cfb *c, struct rmn_proven *proven)
{
	if (!cfb_read_places(c) || !cfb_read_fat(c))
		return false;
	proven->length_bytes = length_fit(c);
	if (!is_whole(c) || !cfb_read_directory(c))
		return false;
	proven->extension = cfb_extension(c);
	if (!cfb_read_chains(c))
		return false;
	proven->length_bytes = length_fit(c);
	return !c->is_filled || is_whole(c);
}

void
rmn_walk_cfb(const struct rmn_view *view, struct rmn_carve_tools *tools, struct rmn_proven *proven)
{
	struct cfb_judgement judged = {.broken_at = UINT64_MAX, .flawed_at = UINT64_MAX};
	struct cfb c;
	bool is_whole_file;

	*proven = (struct rmn_proven){0};
	if (!cfb_open(&c, view, tools))
		return;
	is_whole_file = structure_read(&c, proven);
	if (is_whole_file) {
		cfb_judge(&c, &judged);
		cfb_break(&c, judged.broken_at);
	}
	if (is_whole_file && judged.broken_at == UINT64_MAX && !is_past_limit(&c)) {
		proven->proof = judged.flawed_at == UINT64_MAX ? RMN_PROOF_STRUCTURE :
		    RMN_PROOF_PLAUSIBLE;
		proven->good_bytes = proven->length_bytes;
	} else {
		proven->proof = RMN_PROOF_BROKEN;
		proven->broken_at = c.broken_at == UINT64_MAX ? c.good_at + 1 : c.broken_at;
		proven->good_bytes = judged.broken_at == UINT64_MAX ? CFB_HEADER_BYTES :
		    judged.good_at;
		if (proven->good_bytes >= proven->broken_at)
			proven->good_bytes = proven->broken_at - 1;
	}
	cfb_release(&c);
}
