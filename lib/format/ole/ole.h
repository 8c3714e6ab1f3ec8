/* SPDX-License-Identifier: MIT
 *
 * What OLE2 storages hold.  A storage is the root of a file or an object embedded in another
 * document: both are read by the same row of ole.def. */
#ifndef RMN_FORMAT_OLE_H
#define RMN_FORMAT_OLE_H

#include "format/ole/cfb.h"
#include "format/format.h"
#include "format/text.h"

/* Documents in documents in one OLE2 file. */
#define RMN_OLE_DEPTH_MAX 8u

struct rmn_ole {
	struct rmn_cfb *cfb;
	uint32_t storage;		/* entry of cfb; 0: the root */
	unsigned depth;			/* of embedding; 0: the file itself */
	const struct rmn_format_input *input;
	const struct rmn_sink *sink;	/* for members and what is missing */
	struct rmn_text *text;		/* for text and properties; flushed by the caller */
	struct rmn_error *error;
};

/* Reads the document of one storage; statuses as in struct rmn_format.  Properties of the two
 * property sets were given already. */
typedef enum rmn_status rmn_ole_reader(const struct rmn_ole *ole);

/* Readers, one file each. */
rmn_ole_reader rmn_ole_unknown;	/* a storage no row knows: runs of text, documents inside it */
rmn_ole_reader rmn_ole_encrypted;
rmn_ole_reader rmn_ole_loose;	/* of no known kind: an object out of another document */
rmn_ole_reader rmn_ole_doc;
rmn_ole_reader rmn_ole_hwp;
rmn_ole_reader rmn_ole_msg;
rmn_ole_reader rmn_ole_jtd;
rmn_ole_reader rmn_ole_jtdc;
rmn_ole_reader rmn_ole_jumplist;
rmn_ole_reader rmn_ole_mpp;
rmn_ole_reader rmn_ole_publisher;
rmn_ole_reader rmn_ole_thumbs;
rmn_ole_reader rmn_ole_visio;
rmn_ole_reader rmn_ole_ppt;
rmn_ole_reader rmn_ole_xls;

/* Reads an embedded storage with the reader that fits its streams, a level deeper.  RMN_UNSUPPORTED
 * when no row does, RMN_LIMIT below RMN_OLE_DEPTH_MAX. */
enum rmn_status rmn_ole_embedded(const struct rmn_ole *parent, uint32_t storage);

#endif
