/* SPDX-License-Identifier: MIT
 *
 * Private to carve/zip*.c: what a member's content must be like, so that a wrong block shows before the
 * CRC at the end does. */
#ifndef RMN_CARVE_ZIP_CONTENT_H
#define RMN_CARVE_ZIP_CONTENT_H

#include "carve/zip_png.h"
#include "carve/zip_xml.h"

enum zip_content_kind { ZIP_CONTENT_PLAIN, ZIP_CONTENT_UNDECIDED, ZIP_CONTENT_XML, ZIP_CONTENT_PNG };

struct zip_content {
	enum zip_content_kind kind;
	size_t matched;			/* bytes of a signature */
	struct zip_xml xml;
	struct zip_png png;
};

bool zip_content_init(struct zip_content *content);
void zip_content_release(struct zip_content *content);
void zip_content_copy(struct zip_content *to, const struct zip_content *from);

/* At the start of a member with that name. */
void zip_content_start(struct zip_content *content, struct rmn_bytes name);

/* The next bytes of the member, unpacked; false: they cannot be.  context: struct zip_content. */
bool zip_content_feed(void *context, struct rmn_bytes bytes);

/* Whether wrong blocks show soon. */
bool zip_content_is_checked(const struct zip_content *content);

/* How sure it is that the content since then is right. */
enum zip_verdict {
	ZIP_WRONG,
	ZIP_POSSIBLE,		/* nothing is wrong, but nothing was checked */
	ZIP_LIKELY,		/* checks that another content of the kind might pass */
	ZIP_SURE,
};
enum zip_verdict zip_content_judge(const struct zip_content *content,
    const struct zip_content *since);

#endif
