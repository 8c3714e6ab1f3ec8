/* SPDX-License-Identifier: MIT
 *
 * The client's side of the PDF protocol against a peer that says anything at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/time.h"
#include "format/format.h"
#include "format/pdf/pdf_client.h"
#include "format/pdf/pdf_protocol.h"

/* What the sink got, one line each. */
struct heard {
	struct rmn_buf lines;
	enum rmn_status answer;		/* what it says to text */
};

static enum rmn_status
hear_part(void *context, enum rmn_part_kind kind, struct rmn_bytes name)
{
	struct heard *heard = context;

	rmn_buf_printf(&heard->lines, "part %s %.*s\n", rmn_part_name(kind), (int)name.size,
	    (const char *)name.data);
	return RMN_OK;
}

static enum rmn_status
hear_text(void *context, struct rmn_bytes utf8)
{
	struct heard *heard = context;

	rmn_buf_printf(&heard->lines, "text %.*s\n", (int)utf8.size, (const char *)utf8.data);
	return heard->answer;
}

static enum rmn_status
hear_property(void *context, enum rmn_property property, struct rmn_bytes name,
    struct rmn_bytes value)
{
	struct heard *heard = context;

	rmn_buf_printf(&heard->lines, "%s", rmn_property_name(property));
	if (property == RMN_PROPERTY_OTHER)
		rmn_buf_printf(&heard->lines, " %.*s", (int)name.size, (const char *)name.data);
	rmn_buf_printf(&heard->lines, " %.*s\n", (int)value.size, (const char *)value.data);
	return RMN_OK;
}

static enum rmn_status
hear_member(void *context, const struct rmn_member *member,
    const struct rmn_member_reader *reader)
{
	struct heard *heard = context;
	unsigned char piece[5];
	enum rmn_status status;
	size_t got;

	rmn_buf_printf(&heard->lines, "member %.*s %llu ", (int)member->name.size,
	    (const char *)member->name.data, (unsigned long long)member->size_bytes);
	while ((status = reader->read(reader->state, piece, sizeof(piece), &got, NULL)) == RMN_OK)
		rmn_buf_append_data(&heard->lines, piece, got);
	rmn_buf_printf(&heard->lines, " %s\n", status == RMN_END ? "whole" : rmn_status_name(status));
	return RMN_OK;
}

static enum rmn_status
hear_missing(void *context, enum rmn_status why, const char *what)
{
	struct heard *heard = context;

	rmn_buf_printf(&heard->lines, "missing %s %s\n", rmn_status_name(why), what);
	return RMN_OK;
}

static struct rmn_sink
sink_for(struct heard *heard)
{
	return (struct rmn_sink){.context = heard, .part = hear_part, .text = hear_text,
	    .property = hear_property, .member = hear_member,
	    .missing = hear_missing};
}

struct talk {
	enum rmn_status status;
	struct rmn_error error;
	struct heard heard;
	bool is_dead;
	unsigned char request[64];
	size_t request_size;
};

/* Has the client ask while the whole answer already waits in the socket, which then ends. */
static void
talk_to(struct talk *talk, const struct rmn_buf *answer, bool ends)
{
	struct rmn_helper client = {.timeout_ms = 300, .next_request = 7};
	struct rmn_sink sink = sink_for(&talk->heard);
	int ends_of_pair[2];
	ssize_t got;

	rmn_buf_init(&talk->heard.lines, 0);
	talk->error = (struct rmn_error){0};
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends_of_pair), 0);
	client.fd = ends_of_pair[0];
	assert_int_equal(send(ends_of_pair[1], answer->data, answer->size, 0), answer->size);
	if (ends)
		shutdown(ends_of_pair[1], SHUT_WR);
	talk->status = rmn_pdf_client_read(&client, NULL, rmn_bytes_from_string("%PDF-1.4"), &sink,
	    &talk->error);
	got = recv(ends_of_pair[1], talk->request, sizeof(talk->request), MSG_DONTWAIT);
	talk->request_size = got > 0 ? (size_t)got : 0;
	talk->is_dead = client.is_dead;
	if (client.is_dead)
		assert_int_equal(rmn_pdf_client_read(&client, NULL, rmn_bytes_from_string("%PDF-"), &sink,
		    NULL), RMN_CORRUPT);
	close(ends_of_pair[0]);
	close(ends_of_pair[1]);
}

static void
write_done(struct rmn_buf *answer, uint32_t request, enum rmn_status status, const char *reason)
{
	struct rmn_pdf_done done = {.request = request, .status = status, .pages = 2,
	    .pages_without_text = 1, .reason = rmn_bytes_from_string(reason)};

	rmn_pdf_write_done(answer, &done);
}

static void
write_document(struct rmn_buf *answer)
{
	struct rmn_pdf_member member = {.size_bytes = 11, .created = RMN_TIME_UNKNOWN,
	    .modified = RMN_TIME_UNKNOWN, .name = rmn_bytes_from_string("list.csv")};

	rmn_pdf_write_property(answer, RMN_PROPERTY_TITLE, rmn_bytes_from_string(""),
	    rmn_bytes_from_string("Contacts"));
	rmn_pdf_write_property(answer, RMN_PROPERTY_OTHER, rmn_bytes_from_string("producer"),
	    rmn_bytes_from_string("Writer"));
	rmn_pdf_write_part(answer, RMN_PART_PAGE, "1");
	rmn_pdf_write_text(answer, rmn_bytes_from_string("氏名\t山田"));
	rmn_pdf_write_part(answer, RMN_PART_COMMENT, "1");
	rmn_pdf_write_missing(answer, RMN_UNSUPPORTED, "drawn with fonts that do not name them");
	rmn_pdf_write_member(answer, &member);
	rmn_pdf_write_member_data(answer, rmn_bytes_from_string("Taro,"));
	rmn_pdf_write_member_data(answer, rmn_bytes_from_string("Hanako"));
	rmn_pdf_write_member_end(answer, RMN_OK);
	rmn_pdf_write_member(answer, &member);
	rmn_pdf_write_member_data(answer, rmn_bytes_from_string("Ta"));
	rmn_pdf_write_member_end(answer, RMN_CORRUPT);
	rmn_pdf_write_picture(answer, 2);
}

static const char document_heard[] =
    "title Contacts\nother producer Writer\npart page 1\ntext 氏名\t山田\npart comment 1\n"
    "missing unsupported drawn with fonts that do not name them\n"
    "missing unsupported 1 of 2 pages are pictures without text; --ocr reads them\n"
    "member list.csv 11 Taro,Hanako whole\nmember list.csv 11 Ta corrupt\n";

static void
test_document(void **state)
{
	struct rmn_pdf_request request;
	struct talk talk = {0};
	struct rmn_buf answer;

	(void)state;
	rmn_buf_init(&answer, 0);
	write_document(&answer);
	write_done(&answer, 7, RMN_PARTIAL, "a part was not read");
	talk_to(&talk, &answer, false);
	assert_int_equal(talk.status, RMN_PARTIAL);
	assert_string_equal(talk.error.text, "a part was not read");
	assert_string_equal(rmn_buf_string(&talk.heard.lines), document_heard);
	assert_false(talk.is_dead);

	assert_int_equal(talk.request_size, RMN_PDF_REQUEST_BYTES + 8);
	assert_true(rmn_pdf_read_request((struct rmn_bytes){talk.request, talk.request_size},
	    &request));
	assert_int_equal(request.id, 7);
	assert_int_equal(request.size_bytes, 8);
	assert_memory_equal(talk.request + RMN_PDF_REQUEST_BYTES, "%PDF-1.4", 8);
	rmn_buf_release(&talk.heard.lines);
	rmn_buf_release(&answer);
}

static void
test_sink_refuses(void **state)
{
	struct talk talk = {.heard = {.answer = RMN_LIMIT}};
	struct rmn_buf answer;

	(void)state;
	rmn_buf_init(&answer, 0);
	write_document(&answer);
	write_done(&answer, 7, RMN_OK, "");
	talk_to(&talk, &answer, false);
	assert_int_equal(talk.status, RMN_LIMIT);
	assert_string_equal(rmn_buf_string(&talk.heard.lines),
	    "title Contacts\nother producer Writer\npart page 1\ntext 氏名\t山田\n");
	assert_false(talk.is_dead);	/* the rest was read and dropped */
	rmn_buf_release(&talk.heard.lines);
	rmn_buf_release(&answer);
}

/* Cut at every length, the answer is never taken for a whole one. */
static void
test_every_cut(void **state)
{
	struct rmn_buf whole, cut;

	(void)state;
	rmn_buf_init(&whole, 0);
	write_document(&whole);
	write_done(&whole, 7, RMN_OK, "");
	for (size_t size = 0; size < whole.size; size++) {
		struct talk talk = {0};

		rmn_buf_init(&cut, 0);
		rmn_buf_append(&cut, rmn_bytes_head(rmn_buf_bytes(&whole), size));
		talk_to(&talk, &cut, true);
		assert_int_equal(talk.status, RMN_CORRUPT);
		assert_string_equal(talk.error.text, "the PDF reader stopped");
		assert_true(talk.is_dead);
		rmn_buf_release(&talk.heard.lines);
		rmn_buf_release(&cut);
	}
	rmn_buf_release(&whole);
}

static void
test_silence(void **state)
{
	struct talk talk = {0};
	struct rmn_buf answer;

	(void)state;
	rmn_buf_init(&answer, 0);
	write_document(&answer);
	talk_to(&talk, &answer, false);
	assert_int_equal(talk.status, RMN_CORRUPT);
	assert_true(talk.is_dead);
	rmn_buf_release(&talk.heard.lines);
	rmn_buf_release(&answer);
}

static void
write_frame(struct rmn_buf *answer, uint32_t type, uint32_t size, const char *payload,
    size_t payload_size)
{
	rmn_buf_le32(answer, type);
	rmn_buf_le32(answer, size);
	rmn_buf_append_data(answer, payload, payload_size);
}

static void
test_garbage(void **state)
{
	static const struct {
		const char *what;
		uint32_t type, size;
		const char *payload;
		size_t payload_size;
	} rows[] = {
	    {"type 0", 0, 0, "", 0},
	    {"type 12", 12, 0, "", 0},
	    {"longer than a frame", RMN_PDF_TEXT, RMN_LIMIT_FRAME_BYTES + 1, "", 0},
	    {"size -1", RMN_PDF_TEXT, UINT32_MAX, "", 0},
	    {"short part", RMN_PDF_PART, 3, "\6\0\0", 3},
	    {"part of no PDF", RMN_PDF_PART, 5, "\4\0\0\0x", 5},
	    {"part whose name is no UTF-8", RMN_PDF_PART, 5, "\6\0\0\0\xFF", 5},
	    {"text that is no UTF-8", RMN_PDF_TEXT, 2, "\xC3\x28", 2},
	    {"property 99", RMN_PDF_PROPERTY, 5, "\x63\0\0\0x", 5},
	    {"property without number", RMN_PDF_PROPERTY, 2, "xx", 2},
	    {"property with a long name", RMN_PDF_PROPERTY, 9, "\x0B\0\0\0\2\0\0\0x", 9},
	    {"picture on page 0", RMN_PDF_PICTURE, 4, "\0\0\0\0", 4},
	    {"short member", RMN_PDF_MEMBER, 4, "xxxx", 4},
	    {"data of no member", RMN_PDF_MEMBER_DATA, 1, "x", 1},
	    {"end of no member", RMN_PDF_MEMBER_END, 4, "\0\0\0\0", 4},
	    {"nothing is missing", RMN_PDF_MISSING, 5, "\0\0\0\0x", 5},
	    {"missing, end", RMN_PDF_MISSING, 5, "\1\0\0\0x", 5},
	    {"short done", RMN_PDF_DONE, 16, "\7\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0", 16},
	    {"other request", RMN_PDF_DONE, 17, "\6\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0", 17},
	    {"more pages without text than pages", RMN_PDF_DONE, 17,
		"\7\0\0\0\0\0\0\0\1\0\0\0\2\0\0\0\0", 17},
	    {"encrypted 2", RMN_PDF_DONE, 17, "\7\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2", 17},
	    {"something after done", RMN_PDF_DONE, 17,
		"\7\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0!", 18},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct talk talk = {0};
		struct rmn_buf answer;

		rmn_buf_init(&answer, 0);
		write_frame(&answer, rows[i].type, rows[i].size, rows[i].payload,
		    rows[i].payload_size);
		talk_to(&talk, &answer, true);
		if (talk.status != RMN_CORRUPT || !talk.is_dead)
			fail_msg("%s: status %d", rows[i].what, talk.status);
		rmn_buf_release(&talk.heard.lines);
		rmn_buf_release(&answer);
	}
}

/* Text larger than the socket and many frames, in small pieces. */
static void
test_small_pieces(void **state)
{
	struct rmn_helper client = {.timeout_ms = 20000};
	struct heard heard = {0};
	struct rmn_sink sink = sink_for(&heard);
	struct rmn_buf answer, text;
	int ends[2];
	pid_t child;

	(void)state;
	rmn_buf_init(&answer, 0);
	rmn_buf_init(&text, 0);
	rmn_buf_init(&heard.lines, 0);
	for (unsigned i = 0; i < 100000; i++)
		rmn_buf_append_string(&text, "日本語");
	rmn_pdf_write_text(&answer, rmn_buf_bytes(&text));
	write_done(&answer, 0, RMN_OK, "");
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		for (size_t at = 0, step = 1; at < answer.size; at += step, step = step % 997 + 7) {
			struct rmn_bytes piece =
			    rmn_bytes_head(rmn_bytes_after(rmn_buf_bytes(&answer), at), step);

			if (send(ends[1], piece.data, piece.size, MSG_NOSIGNAL) !=
			    (ssize_t)piece.size)
				_exit(1);
		}
		_exit(0);
	}
	client.fd = ends[0];
	assert_int_equal(
	    rmn_pdf_client_read(&client, NULL, rmn_bytes_from_string("%PDF-"), &sink, NULL), RMN_OK);
	assert_true(heard.lines.size > text.size);
	close(ends[0]);
	close(ends[1]);
	waitpid(child, NULL, 0);
	rmn_buf_release(&answer);
	rmn_buf_release(&text);
	rmn_buf_release(&heard.lines);
}

static void
test_claim(void **state)
{
	static const struct {
		const char *head;
		bool is_pdf;
	} rows[] = {
	    {"%PDF-1.4\n", true}, {"\xEF\xBB\xBF%PDF-1.7", true}, {"junk\n%PDF-1.2", true},
	    {"%PDF", false}, {"", false}, {"%!PS-Adobe-3.0", false},
	};
	const struct rmn_format *format = rmn_format_find("pdf");

	(void)state;
	assert_non_null(format);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rmn_format_input input = {.head = rmn_bytes_from_string(rows[i].head)};

		assert_int_equal(format->claim(&input) > 0, rows[i].is_pdf);
	}
}

static void
test_no_reader(void **state)
{
	struct rmn_bytes bytes = rmn_bytes_from_string("%PDF-1.4");
	struct rmn_blob blob = rmn_blob_from_bytes(bytes);
	struct rmn_format_input input = {.content = &blob, .head = bytes};
	struct rmn_sink sink = {0};
	struct rmn_error error = {0};

	(void)state;
	assert_int_equal(rmn_format_find("pdf")->read(&input, &sink, &error), RMN_UNSUPPORTED);
	assert_string_equal(error.text, "no PDF reader");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_document), cmocka_unit_test(test_sink_refuses),
	    cmocka_unit_test(test_every_cut), cmocka_unit_test(test_silence),
	    cmocka_unit_test(test_garbage), cmocka_unit_test(test_small_pieces),
	    cmocka_unit_test(test_claim), cmocka_unit_test(test_no_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
