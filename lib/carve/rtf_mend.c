/* SPDX-License-Identifier: MIT
 *
 * RTF in pieces.  Nothing in it has a checksum, so that what comes of it is never more than
 * plausible: the nearest free block that goes on as the text before the border did (hexadecimal
 * with hexadecimal, text with control words), and a last piece that closes the outermost group
 * before the zeros of its sector. */
#include "base/checked.h"
#include "carve/rtf.h"

#define CUTS_MAX 64u
#define BORDERS 3u
#define PLACES_MAX 2048u
#define TOKEN_MAX 64u			/* the longest that stops in front of a border */
#define HEX_BYTES 64u

struct mend {
	const struct rmn_mender *m;
	struct rmn_view *view;
	struct rmn_window w;
	struct rmn_rtf_state state;	/* at a token in front of the border */
	bool is_hex;			/* what stands in front of the border */
};

static bool
is_spent(const struct mend *d)
{
	const struct rmn_carve_tools *tools = d->m->tools;

	return tools->work_limit > 0 && tools->work >= tools->work_limit;
}

static void
view_changed(struct mend *d)
{
	rmn_view_limit(d->view, d->m->taken);
	rmn_window_init(&d->w, d->view, d->m->tools, &d->m->tools->buffer);
}

/* Whether bytes are hexadecimal digits in lines. */
static bool
is_hex(struct mend *d, uint64_t offset)
{
	struct rmn_bytes b = rmn_bytes_head(rmn_window_bytes(&d->w, offset, HEX_BYTES), HEX_BYTES);

	for (size_t i = 0; i < b.size; i++) {
		unsigned char c = b.data[i];

		if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') ||
		    c == '\r' || c == '\n'))
			return false;
	}
	return b.size == HEX_BYTES;
}

/* Whether only zeros stand behind the file in its last sector. */
static bool
is_last_sector(struct mend *d, uint64_t end)
{
	while (end % RMN_SECTOR_BYTES != 0) {
		struct rmn_bytes b = rmn_window_bytes(&d->w, end, 1);

		if (b.size == 0)
			return true;
		if (b.data[0] != 0 && b.data[0] != '\r' && b.data[0] != '\n')
			return false;
		end++;
	}
	return true;
}

/* Tries the file cut at border, going on at place; keeps the cut when that reads on for a block
 * at least, or to the end. */
static bool
cut_try(struct mend *d, uint64_t border, uint64_t place)
{
	struct rmn_rtf_state s = d->state;
	uint64_t far = border + d->m->block_bytes, before = s.controls;
	enum rmn_rtf_end end;

	if (!rmn_mender_is_free(d->m, place) || rmn_view_uses(d->view, place, border) ||
	    !rmn_view_cut(d->view, border, place))
		return false;
	view_changed(d);
	if (is_hex(d, border) == d->is_hex) {
		end = rmn_rtf_run(&s, &d->w, far);
		if (end == RMN_RTF_CLOSED && s.at > border && is_last_sector(d, s.at))
			return true;
		if (end == RMN_RTF_LIMIT && (d->is_hex || s.controls >= before + 4))
			return true;
	}
	rmn_view_uncut(d->view);
	view_changed(d);
	return false;
}

/* The state in front of border; false: the text is wrong before. */
static bool
state_keep(struct mend *d, uint64_t border)
{
	d->state = (struct rmn_rtf_state){0};
	if (border <= TOKEN_MAX || rmn_rtf_run(&d->state, &d->w, border - TOKEN_MAX) !=
	    RMN_RTF_LIMIT || d->state.at > border)
		return false;
	d->is_hex = is_hex(d, border - HEX_BYTES);
	return true;
}

/* One cut in front of what is wrong: the last border first, the nearest places first. */
static bool
cut_make(struct mend *d, uint64_t wrong)
{
	const struct rmn_view_piece *p = &d->view->pieces[d->view->count - 1];
	uint64_t block = d->m->block_bytes, border = wrong / block * block;
	uint64_t piece = p->file_offset, place = p->image_offset;
	uint64_t reach = rmn_min_u64(d->m->reach_bytes / block, PLACES_MAX);

	for (unsigned tries = 0; tries < BORDERS && border > piece; tries++, border -= block) {
		uint64_t here = place + (border - piece);

		if (!state_keep(d, border))
			continue;
		for (uint64_t i = 1; i <= reach && !is_spent(d); i++) {
			d->m->tools->work += RMN_SECTOR_BYTES;
			if (cut_try(d, border, here + i * block) ||
			    (here >= i * block && cut_try(d, border, here - i * block)))
				return true;
		}
	}
	return false;
}

bool
rmn_mend_rtf(const struct rmn_mender *m, struct rmn_view *view, struct rmn_proven *proven)
{
	struct mend d = {.m = m, .view = view};
	bool is_mended = false;

	for (unsigned cuts = 0; cuts < CUTS_MAX && !is_mended && !is_spent(&d); cuts++) {
		struct rmn_rtf_state s = {0};
		enum rmn_rtf_end end;

		view_changed(&d);
		end = rmn_rtf_run(&s, &d.w, UINT64_MAX);
		if (end == RMN_RTF_CLOSED) {
			struct rmn_proven now = {0};

			rmn_walk_rtf(view, m->tools, &now);
			is_mended = view->count > 1 && now.proof > RMN_PROOF_BROKEN;
			if (is_mended) {
				*proven = now;
				proven->proof = RMN_PROOF_PLAUSIBLE;
			}
			break;
		}
		if (!cut_make(&d, s.at))
			break;
	}
	view->size_bytes = RMN_VIEW_OPEN;
	return is_mended;
}
