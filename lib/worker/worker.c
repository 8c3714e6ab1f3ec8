/* SPDX-License-Identifier: MIT
 *
 * The worker: takes a unit, examines it, sends what it found, asks for the next.  It holds the
 * source's descriptors and one socket, and nothing else. */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/checked.h"
#include "base/limits.h"
#include "base/time.h"
#include "examine/examine.h"
#include "format/pdf/pdf_client.h"
#include "worker/child.h"
#include "worker/held_unit.h"
#include "worker/message.h"

/* A worker that is busy says so this often. */
#define SIGN_OF_LIFE_NS 250000000ll

struct worker {
	const struct rmn_child_plan *plan;
	struct rmn_channel *channel;
	struct rmn_image *image;		/* NULL for a tree */
	struct rmn_examiner *examiner;
	struct rmn_helper pdf, ocr;
	struct rmn_content stored;		/* of an image: its bytes as they are stored */
	/* of the unit in work */
	struct rmn_held_unit held;
	uint64_t window_bad_bytes;
	int64_t last_sign;
	bool channel_failed;
};

static void
worker_end_frame(struct worker *w)
{
	if (rmn_channel_end(w->channel) != RMN_OK)
		w->channel_failed = true;
}

/* --- the examiner's events as messages */

static void
worker_member(void *context, uint32_t member, uint32_t parent, const struct rmn_member *facts,
    struct rmn_bytes path)
{
	struct worker *w = context;
	struct rmn_member_message m = {member, parent, facts->size_bytes, facts->created,
	    facts->modified, rmn_bytes_head(path, RMN_LIMIT_PATH_BYTES),
	    rmn_bytes_head(facts->name, RMN_LIMIT_PATH_BYTES)};

	rmn_put_member(rmn_channel_begin(w->channel, RMN_MESSAGE_MEMBER), &m);
	worker_end_frame(w);
	/* The supervisor must know on which member a reader died. */
	if (rmn_channel_flush(w->channel) != RMN_OK)
		w->channel_failed = true;
}

static void
worker_finding(void *context, uint32_t member, const struct rmn_finding *finding, bool in_text,
    struct rmn_bytes part)
{
	struct worker *w = context;
	struct rmn_finding_message m = {
		.member = member,
		.rule = finding->rule,
		.reasons = finding->reasons,
		.score = finding->score,
		.severity = finding->severity,
		.encoding = finding->encoding,
		.in_text = in_text,
		.offset = finding->offset,
		.length_bytes = finding->length_bytes,
		.part = part,
		.masked = finding->masked,
		.context = finding->context,
	};

	if (w->plan->keep_values)
		m.value = finding->value;
	rmn_value_hash(w->plan->value_key, finding->value, m.value_hash);
	rmn_put_finding(rmn_channel_begin(w->channel, RMN_MESSAGE_FINDING), &m);
	worker_end_frame(w);
}

static int64_t
worker_time(struct rmn_bytes text)
{
	char copy[40];
	int64_t time_ns = RMN_TIME_UNKNOWN;

	if (text.size == 0 || text.size >= sizeof(copy))
		return RMN_TIME_UNKNOWN;
	memcpy(copy, text.data, text.size);
	copy[text.size] = '\0';
	rmn_time_parse(copy, &time_ns);
	return time_ns;
}

static void
worker_named(void *context, uint32_t member, const struct rmn_named *named)
{
	struct worker *w = context;
	struct rmn_named_message m = {member, named->size_bytes, named->created, named->modified,
	    rmn_bytes_head(named->path, RMN_LIMIT_PATH_BYTES)};

	rmn_put_named(rmn_channel_begin(w->channel, RMN_MESSAGE_NAMED), &m);
	worker_end_frame(w);
}

static void
worker_document(void *context, const struct rmn_examined_document *d)
{
	struct worker *w = context;
	const struct rmn_classification *c = &d->classification;
	struct rmn_document_message m = {
		.member = d->member,
		.type_score = (uint8_t)c->type_score,
		.is_business = c->is_business,
		.marking_level = (uint8_t)c->marking_level,
		.created = worker_time(d->property[RMN_PROPERTY_CREATED]),
		.modified = worker_time(d->property[RMN_PROPERTY_MODIFIED]),
		.text_bytes = d->text_bytes,
		.format = rmn_bytes_from_string(d->format),
		.doc_type = rmn_bytes_from_string(c->doc_type ? c->doc_type : "other"),
		.title = d->property[RMN_PROPERTY_TITLE],
		.author = d->property[RMN_PROPERTY_AUTHOR],
		.last_author = d->property[RMN_PROPERTY_LAST_AUTHOR],
		.company = d->property[RMN_PROPERTY_COMPANY],
		.application = d->property[RMN_PROPERTY_APPLICATION],
		.marking = rmn_bytes_from_string(c->marking ? c->marking : ""),
		.marking_text = rmn_bytes_from_string(c->marking_text),
		.language = rmn_bytes_from_string(c->language ? c->language : ""),
	};

	rmn_put_document(rmn_channel_begin(w->channel, RMN_MESSAGE_DOCUMENT), &m);
	worker_end_frame(w);
}

static void
worker_unexamined(void *context, uint32_t member, const char *stage, const char *reason)
{
	struct worker *w = context;
	struct rmn_note_message m = {member, rmn_bytes_from_string(stage),
	    rmn_bytes_from_string(reason)};

	rmn_put_note(rmn_channel_begin(w->channel, RMN_MESSAGE_UNEXAMINED), &m);
	worker_end_frame(w);
}

/* What could not be read of the item itself makes it partial, and its hash no hash of it. */
static void
worker_note_bad(struct worker *w, struct rmn_examined_message *m)
{
	struct rmn_buf reason;

	if (m->member != 0 || rmn_content_bad_bytes(&w->stored) == 0)
		return;
	rmn_buf_init(&reason, 0);
	rmn_buf_printf(&reason, "%llu bytes could not be read and were taken as zeros",
	    (unsigned long long)rmn_content_bad_bytes(&w->stored));
	worker_unexamined(w, 0, "read", rmn_buf_string(&reason));
	m->has_sha256 = 0;
	if (m->status == RMN_OK) {
		m->status = RMN_PARTIAL;
		m->reason = rmn_bytes_from_string("a part could not be read");
	}
	rmn_buf_release(&reason);
}

static void
worker_examined(void *context, const struct rmn_examined *e)
{
	struct worker *w = context;
	struct rmn_examined_message m = {
		.member = e->member,
		.status = e->status,
		.has_sha256 = e->has_sha256,
		.size_bytes = e->size_bytes,
		.text_bytes = e->text_bytes,
		.media_type = rmn_bytes_from_string(e->media_type ? e->media_type : ""),
		.format = rmn_bytes_from_string(e->format ? e->format : ""),
		.reason = rmn_bytes_from_string(e->reason ? e->reason : ""),
	};

	memcpy(m.sha256, e->sha256, sizeof(m.sha256));
	worker_note_bad(w, &m);
	rmn_put_examined(rmn_channel_begin(w->channel, RMN_MESSAGE_EXAMINED), &m);
	worker_end_frame(w);
}

static int64_t
worker_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void
worker_progress(void *context, uint64_t bytes)
{
	struct worker *w = context;
	int64_t now = worker_clock();

	if (now - w->last_sign < SIGN_OF_LIFE_NS)
		return;
	w->last_sign = now;
	rmn_put_numbers(rmn_channel_begin(w->channel, RMN_MESSAGE_PROGRESS), &bytes, 1);
	worker_end_frame(w);
	if (rmn_channel_flush(w->channel) != RMN_OK)
		w->channel_failed = true;
}

/* --- the PDF and OCR programs, asked for when they are needed, and again when they died */

static enum rmn_status
worker_renew(struct worker *w, enum rmn_message wanted, int *fd)
{
	enum rmn_status status;
	struct rmn_bytes payload;
	uint32_t type;

	rmn_channel_begin(w->channel, wanted);
	worker_end_frame(w);
	if (rmn_channel_flush(w->channel) != RMN_OK)
		return RMN_IO;
	status = rmn_channel_wait(w->channel, &type, &payload);
	if (status != RMN_OK || type != RMN_MESSAGE_HELPER)
		return RMN_IO;
	*fd = rmn_channel_take_fd(w->channel);
	return *fd >= 0 ? RMN_OK : RMN_UNSUPPORTED;
}

static enum rmn_status
worker_renew_pdf(void *context, int *fd)
{
	return worker_renew(context, RMN_MESSAGE_WANT_PDF, fd);
}

static enum rmn_status
worker_renew_ocr(void *context, int *fd)
{
	return worker_renew(context, RMN_MESSAGE_WANT_OCR, fd);
}

/* --- units */

/* The unit's bytes as a blob.  What was opened for it is closed by worker_close_content. */
static enum rmn_status
worker_open_content(struct worker *w, int fd, struct rmn_blob *blob, struct rmn_error *error)
{
	struct rmn_content_place place = rmn_held_unit_place(&w->held);

	if (w->held.unit.has_fd) {
		if (fd < 0)
			return rmn_fail(error, RMN_IO, "the file did not arrive");
		*blob = rmn_blob_from_fd(fd, w->held.unit.size_bytes);
		return RMN_OK;
	}
	if (!w->image)
		return rmn_fail(error, RMN_CORRUPT, "no source to read from");
	return rmn_content_open(&w->stored, &place, blob, error);
}

static void
worker_close_content(struct worker *w, struct rmn_blob *blob, int fd)
{
	rmn_content_close(&w->stored, blob);
	if (fd >= 0)
		close(fd);
}

static const struct rmn_examine_sink *
worker_sink(struct worker *w, struct rmn_examine_sink *sink)
{
	*sink = (struct rmn_examine_sink){
		.context = w,
		.member = worker_member,
		.named = worker_named,
		.finding = worker_finding,
		.document = worker_document,
		.unexamined = worker_unexamined,
		.examined = worker_examined,
		.progress = worker_progress,
	};
	return sink;
}

static void
worker_do_item(struct worker *w, int fd)
{
	struct rmn_examine_sink sink;
	struct rmn_error error = {0};
	struct rmn_blob blob = {0};
	struct rmn_examine_input input = {
		.content = &blob,
		.name = w->held.unit.name,
		.path = w->held.unit.path,
		.raw_only = w->held.unit.raw_only,
		.skip_members = w->held.unit.skip,
		.skip_count = w->held.unit.skip_count,
	};
	enum rmn_status status = worker_open_content(w, fd, &blob, &error);

	worker_sink(w, &sink);
	if (status == RMN_OK)
		status = rmn_examine_item(w->examiner, &input, &sink, &error);
	if (status != RMN_OK) {
		struct rmn_examined failed = {.status = status, .media_type = "",
		    .reason = error.text};

		worker_unexamined(w, 0, "read", error.text);
		worker_examined(w, &failed);
	}
	worker_close_content(w, &blob, fd);
}

/* The whole source as a blob, for the ranges of a window. */
static enum rmn_status
source_read(struct rmn_blob *blob, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	return rmn_image_read(blob->state, offset, buffer, size, got, error);
}

static const struct rmn_blob_ops source_ops = {.read = source_read};

static void
worker_do_space(struct worker *w)
{
	struct rmn_blob source = {&source_ops, 0, w->image, {NULL, 0}};
	struct rmn_space_input input = {
		.source = &source,
		.ranges = (const struct rmn_space_range *)w->held.extents,
		.range_count = w->held.extent_count,
		.path = w->held.unit.path,
	};
	struct rmn_examine_sink sink;
	struct rmn_space_tally tally = {0};
	struct rmn_error error = {0};
	uint64_t numbers[5];

	_Static_assert(sizeof(struct rmn_space_range) == sizeof(struct rmn_extent),
	    "a range and an extent are both an offset and a length");
	if (!w->image)
		return;
	source.size_bytes = rmn_image_size(w->image);
	if (rmn_examine_space(w->examiner, &input, worker_sink(w, &sink), &tally, &error) != RMN_OK)
		worker_unexamined(w, 0, "read", error.text);
	numbers[0] = tally.zero;
	numbers[1] = tally.constant;
	numbers[2] = tally.high_entropy;
	numbers[3] = tally.residue;
	numbers[4] = tally.unreadable;
	rmn_put_numbers(rmn_channel_begin(w->channel, RMN_MESSAGE_TALLY), numbers, 5);
	worker_end_frame(w);
}

/* Takes the unit apart from the frame that it came in, because more frames follow. */
static void
worker_go(struct worker *w)
{
	int fd = rmn_channel_take_fd(w->channel);

	if (w->held.unit.is_space)
		worker_do_space(w);
	else
		worker_do_item(w, fd);
	rmn_put_numbers(rmn_channel_begin(w->channel, RMN_MESSAGE_DONE), &w->held.unit.number, 1);
	worker_end_frame(w);
	if (rmn_channel_flush(w->channel) != RMN_OK)
		w->channel_failed = true;
}

static int
worker_loop(struct worker *w)
{
	struct rmn_bytes payload;
	uint32_t type;

	while (!w->channel_failed && rmn_channel_wait(w->channel, &type, &payload) == RMN_OK) {
		if (type == RMN_MESSAGE_GO)
			worker_go(w);
		else if (!rmn_held_unit_take(&w->held, type, payload))
			return 1;
	}
	return 0;
}

int
rmn_worker_main(const struct rmn_child_plan *plan, const struct rmn_image_files *files,
    struct rmn_channel *channel)
{
	struct worker w = {.plan = plan, .channel = channel};
	struct rmn_examiner_options options = {
		.rules = plan->rules,
		.identifier = plan->identifier,
		.pdf = &w.pdf,
		.ocr = plan->ocr ? &w.ocr : NULL,
		.skip_pdf = plan->skip_pdf,
		.hash_items = true,
		.mask_properties = !plan->keep_values,
	};
	struct rmn_error error = {0};
	enum rmn_status status = RMN_OK;

	/* Items come and go; their memory is kept from one to the next. */
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
	w.pdf = (struct rmn_helper){.fd = -1, .renew = worker_renew_pdf, .renew_context = &w};
	w.ocr = (struct rmn_helper){.fd = -1, .renew = worker_renew_ocr, .renew_context = &w};
	if (files)
		status = rmn_image_open(files, &w.image, &error);
	if (status == RMN_OK)
		status = rmn_examiner_new(&options, &w.examiner, &error);
	if (status != RMN_OK)
		return rmn_child_fail(channel, &error);
	w.stored.image = w.image;
	return worker_loop(&w);
}
