/* SPDX-License-Identifier: MIT
 *
 * Property lists of macOS and iOS: values on lines "Key.Sub[2]: value".  Binary ones (bplist00) and the
 * XML form share what is here.  Data that is a property list or text itself is shown as such. */
#ifndef RMN_FORMAT_PLIST_H
#define RMN_FORMAT_PLIST_H

#include "base/arena.h"
#include "base/buf.h"
#include "format/text_runs.h"

#define RMN_PLIST_DEPTH_MAX 64u		/* containers in containers; the deepest honest list has 15 */
#define RMN_PLIST_NESTED_MAX 4u		/* lists in the data of lists */

struct rmn_plist_out {
	struct rmn_text *text;
	struct rmn_arena *arena;
	struct rmn_text_runs runs;
	struct rmn_buf path;
	unsigned nested;
	bool is_whole;		/* false: something was cut, damaged or deeper than is followed */
};

/* Makes the path one step longer; what to hand to the pop. */
size_t rmn_plist_push_key(struct rmn_plist_out *out, struct rmn_bytes key);
size_t rmn_plist_push_index(struct rmn_plist_out *out, size_t index);
void rmn_plist_pop(struct rmn_plist_out *out, size_t size);

/* Lines with a value of that kind; utf8 on one line. */
void rmn_plist_text(struct rmn_plist_out *out, struct rmn_bytes utf8);
void rmn_plist_integer(struct rmn_plist_out *out, int64_t value);
void rmn_plist_real(struct rmn_plist_out *out, double value);
void rmn_plist_date(struct rmn_plist_out *out, double seconds);		/* since 2001 */
void rmn_plist_data(struct rmn_plist_out *out, struct rmn_bytes data);

/* A binary list.  False when it is none or was not read to its end. */
bool rmn_plist_binary(struct rmn_plist_out *out, struct rmn_bytes bytes);

/* An XML list, as UTF-8. */
bool rmn_plist_xml(struct rmn_plist_out *out, struct rmn_bytes utf8);

#endif
