/* SPDX-License-Identifier: MIT
 *
 * Every message survives the way through a frame; no cut or lengthened frame is accepted. */
#include "worker/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TEXT(literal) {(const unsigned char *)literal, sizeof(literal) - 1}

static const struct rmn_unit unit = {
	.number = 77, .is_space = 0, .how = RMN_CONTENT_EXTENTS, .size_bytes = 1ull << 40,
	.volume_start = 1048576, .inode = 5, .attribute_type = 128, .attribute_id = 3,
	.filesystem = TEXT("ntfs"), .name = TEXT("見積.xlsx"), .path = TEXT("a/見積.xlsx"),
	.extent_count = 2, .skip_count = 2, .skip = {0, 9},
};

static const struct rmn_finding_message finding = {
	.member = 3, .rule = 4, .reasons = 5, .score = 90, .severity = 4, .encoding = RMN_CP932,
	.in_text = 1, .offset = 1ull << 33, .length_bytes = 16, .value_hash = "0123456789abcde",
	.part = TEXT("sheet 1"), .masked = TEXT("t***@e******.jp"), .context = TEXT("TEL: ####"),
};

static const struct rmn_document_message document = {
	.member = 1, .type_score = 80, .is_business = 1, .marking_level = 2, .created = -1,
	.modified = 1234567890, .text_bytes = 99, .format = TEXT("docx"),
	.doc_type = TEXT("contract"), .title = TEXT("契約書"), .marking_text = TEXT("社外秘"),
};

static const struct rmn_examined_message examined = {
	.member = 2, .status = RMN_ENCRYPTED, .has_sha256 = 1, .size_bytes = 5, .text_bytes = 6,
	.media_type = TEXT("application/zip"), .format = TEXT("zip"), .reason = TEXT("encrypted"),
};

static const struct rmn_walk_item item = {
	.volume = 1, .kind = RMN_ITEM_STREAM, .state = RMN_DELETED, .path = TEXT("a/b.txt"),
	.stream = TEXT("Zone.Identifier"), .size_bytes = 26, .created = 1, .modified = -2,
	.inode = 64, .parent_inode = 5, .mode = 0100644, .how = RMN_CONTENT_FS,
	.attribute_type = 128, .attribute_id = 4, .extent_count = 3, .overwritten_bytes = 12,
	.is_orphan = true,
};

static const struct rmn_volume volume = {
	.number = 2, .start_byte = 512, .length_bytes = 1ull << 41, .slot = "p1",
	.filesystem = "hfsplus", .label = "バックアップ", .description = "Apple_HFS",
	.state = RMN_VOLUME_LOST, .block_bytes = 4096,
};

/* One message: how it is put, and whether a frame is it. */
struct message {
	const char *name;
	void (*put)(struct rmn_buf *frame);
	bool (*get)(struct rmn_bytes frame);
};

static bool
same(struct rmn_bytes a, struct rmn_bytes b)
{
	return rmn_bytes_equal(a, b);
}

static void
put_unit(struct rmn_buf *frame)
{
	rmn_put_unit(frame, &unit);
}

static bool
get_unit(struct rmn_bytes frame)
{
	struct rmn_unit u;

	return rmn_get_unit(frame, &u) && u.number == unit.number && u.how == unit.how &&
	    u.size_bytes == unit.size_bytes && same(u.path, unit.path) && same(u.name, unit.name) &&
	    same(u.filesystem, unit.filesystem) && u.extent_count == 2 && u.skip_count == 2 &&
	    u.skip[1] == 9 && u.attribute_id == 3 && u.volume_start == unit.volume_start;
}

static void
put_finding(struct rmn_buf *frame)
{
	rmn_put_finding(frame, &finding);
}

static bool
get_finding(struct rmn_bytes frame)
{
	struct rmn_finding_message m;

	return rmn_get_finding(frame, &m) && m.member == 3 && m.rule == 4 && m.reasons == 5 &&
	    m.score == 90 && m.severity == 4 && m.encoding == RMN_CP932 && m.in_text == 1 &&
	    m.offset == finding.offset && m.length_bytes == 16 && same(m.part, finding.part) &&
	    same(m.masked, finding.masked) && same(m.context, finding.context) &&
	    m.value.size == 0 && memcmp(m.value_hash, finding.value_hash, 16) == 0;
}

static void
put_document(struct rmn_buf *frame)
{
	rmn_put_document(frame, &document);
}

static bool
get_document(struct rmn_bytes frame)
{
	struct rmn_document_message m;

	return rmn_get_document(frame, &m) && m.member == 1 && m.created == -1 &&
	    m.modified == document.modified && same(m.title, document.title) &&
	    same(m.doc_type, document.doc_type) && same(m.marking_text, document.marking_text) &&
	    m.marking_level == 2 && m.is_business == 1 && m.text_bytes == 99;
}

static void
put_examined(struct rmn_buf *frame)
{
	rmn_put_examined(frame, &examined);
}

static bool
get_examined(struct rmn_bytes frame)
{
	struct rmn_examined_message m;

	return rmn_get_examined(frame, &m) && m.member == 2 && m.status == RMN_ENCRYPTED &&
	    m.has_sha256 == 1 && m.text_bytes == 6 && same(m.reason, examined.reason);
}

static void
put_item(struct rmn_buf *frame)
{
	rmn_put_item(frame, &item);
}

static bool
get_item(struct rmn_bytes frame)
{
	struct rmn_walk_item i;

	return rmn_get_item(frame, &i) && i.kind == item.kind && i.state == item.state &&
	    i.how == item.how && same(i.path, item.path) && same(i.stream, item.stream) &&
	    i.modified == -2 && i.extent_count == 3 && i.extents == NULL && i.is_orphan &&
	    !i.is_encrypted && i.overwritten_bytes == 12;
}

static void
put_volume(struct rmn_buf *frame)
{
	rmn_put_volume(frame, &volume);
}

static bool
get_volume(struct rmn_bytes frame)
{
	struct rmn_volume v;

	return rmn_get_volume(frame, &v) && v.number == 2 && v.state == RMN_VOLUME_LOST &&
	    strcmp(v.label, volume.label) == 0 && strcmp(v.filesystem, "hfsplus") == 0 &&
	    v.length_bytes == volume.length_bytes;
}

static const struct rmn_named_message named = {
	.member = 3, .size_bytes = 1ull << 40, .created = -5, .modified = 77, .path = TEXT("C:\\a\\b.doc"),
};

static void
put_named(struct rmn_buf *frame)
{
	rmn_put_named(frame, &named);
}

static bool
get_named(struct rmn_bytes frame)
{
	struct rmn_named_message m;

	return rmn_get_named(frame, &m) && m.member == 3 && m.size_bytes == named.size_bytes &&
	    m.created == -5 && m.modified == 77 && rmn_bytes_equal(m.path, named.path);
}

static const struct message messages[] = {
	{"named", put_named, get_named},
	{"unit", put_unit, get_unit}, {"finding", put_finding, get_finding},
	{"document", put_document, get_document}, {"examined", put_examined, get_examined},
	{"item", put_item, get_item}, {"volume", put_volume, get_volume},
};

static void
test_every_message_survives(void **state)
{
	struct rmn_buf frame;

	(void)state;
	rmn_buf_init(&frame, 0);
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		rmn_buf_clear(&frame);
		messages[i].put(&frame);
		if (!messages[i].get(rmn_buf_bytes(&frame)))
			fail_msg("%s does not survive", messages[i].name);
	}
	rmn_buf_release(&frame);
}

static void
test_no_other_length_is_accepted(void **state)
{
	struct rmn_buf frame;

	(void)state;
	rmn_buf_init(&frame, 0);
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		rmn_buf_clear(&frame);
		messages[i].put(&frame);
		for (size_t size = 0; size < frame.size; size++)
			if (messages[i].get(rmn_bytes_head(rmn_buf_bytes(&frame), size)))
				fail_msg("%s accepts %zu of %zu bytes", messages[i].name, size,
				    frame.size);
		rmn_buf_u8(&frame, 0);
		if (messages[i].get(rmn_buf_bytes(&frame)))
			fail_msg("%s accepts a byte too many", messages[i].name);
	}
	rmn_buf_release(&frame);
}

static void
test_extents_do_not_overflow(void **state)
{
	struct rmn_extent extents[3] = {{1, 2}, {RMN_EXTENT_SPARSE, 4}, {5, 6}}, got[3];
	struct rmn_space_run run = {RMN_SPACE_SLACK, 7, 8, 9}, got_runs[1];
	struct rmn_buf frame;
	size_t count = 0;

	(void)state;
	rmn_buf_init(&frame, 0);
	rmn_put_extents(&frame, extents, 3);
	assert_true(rmn_get_extents(rmn_buf_bytes(&frame), got, &count, 3));
	assert_int_equal(count, 3);
	assert_memory_equal(got, extents, sizeof(extents));
	count = 1;
	assert_false(rmn_get_extents(rmn_buf_bytes(&frame), got, &count, 3));
	rmn_buf_clear(&frame);
	rmn_put_runs(&frame, &run, 1);
	count = 0;
	assert_true(rmn_get_runs(rmn_buf_bytes(&frame), got_runs, &count, 1));
	assert_int_equal(got_runs[0].owner_inode, 9);
	frame.data[0] = 99;			/* no such kind of space */
	count = 0;
	assert_false(rmn_get_runs(rmn_buf_bytes(&frame), got_runs, &count, 1));
	rmn_buf_release(&frame);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_message_survives),
		cmocka_unit_test(test_no_other_length_is_accepted),
		cmocka_unit_test(test_extents_do_not_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
