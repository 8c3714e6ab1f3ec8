/* SPDX-License-Identifier: MIT
 *
 * Private to carve/streams*.c. */
#ifndef RMN_CARVE_STREAMS_PRIVATE_H
#define RMN_CARVE_STREAMS_PRIVATE_H

#include "carve/streams.h"

#define TRAILS 4u
#define MARKS 32u	/* of about 80 KiB each */

struct stream;

struct mark {
	struct rmn_flow flow;		/* owned; made when first used */
	uint64_t work;
};

struct rmn_stream_trail {
	uint64_t place;			/* of the stream's first byte; 0: none */
	uint64_t offset;		/* in view */
	struct rmn_view view;		/* owned */
	struct mark marks[MARKS];	/* rising; all before count are what the view has */
	size_t count;
	uint64_t used;			/* when: the one unused for longest gives way */
	uint64_t work_before;
};

struct rmn_streams {
	struct stream *slots;		/* owned; open addressing, a power of two */
	size_t count, capacity;
	struct rmn_stream_trail trails[TRAILS];
	uint64_t clock;
};

/* Forgets how the stream of that place stood. */
void rmn_stream_trail_drop(struct rmn_streams *streams, uint64_t place);
void rmn_stream_trail_release(struct rmn_stream_trail *trail);

#endif
