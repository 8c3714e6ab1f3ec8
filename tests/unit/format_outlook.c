/* SPDX-License-Identifier: MIT
 *
 * What the fixtures of format_office.c do not show: the mails that messages of stores become, compressed
 * RTF, and bodies that say the same.  With RMN_CORPUS the stores there are read, too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/number.h"
#include "format/format.h"
#include "format/mail/lzfu.h"
#include "format/mail/mapi_words.h"
#include "format/mail/pst_file.h"
#include "unpack/checksum.h"

struct heard {
	struct rmn_buf bytes;		/* of the member whose name ends so */
	const char *wanted;
	unsigned members, recovered;
};

static enum rmn_status
hear_member(void *context, const struct rmn_member *member,
    const struct rmn_member_reader *reader)
{
	struct heard *h = context;
	struct rmn_bytes tail = rmn_bytes_from_string(h->wanted);
	bool is_wanted = rmn_bytes_find(member->name, tail) != SIZE_MAX;
	char buffer[100];
	size_t got;

	h->members++;
	h->recovered += rmn_bytes_start_with(member->name, "Recovered/");
	while (reader->read(reader->state, buffer, sizeof(buffer), &got, NULL) == RMN_OK)
		if (is_wanted)
			rmn_buf_append_data(&h->bytes, buffer, got);
	return RMN_OK;
}

static struct rmn_bytes
file_read(const char *path)
{
	FILE *file = fopen(path, "rb");
	static unsigned char data[4 << 20];
	size_t size = file ? fread(data, 1, sizeof(data), file) : 0;

	if (file)
		fclose(file);
	return (struct rmn_bytes){data, size};
}

static enum rmn_status
store_read(struct rmn_bytes content, struct heard *h)
{
	struct rmn_arena *arena = rmn_arena_new(RMN_LIMIT_ARENA_BYTES);
	struct rmn_blob blob = rmn_blob_from_bytes(content);
	struct rmn_format_input input = {.content = &blob, .head = rmn_bytes_head(content, 8192),
	    .arena = arena};
	struct rmn_sink sink = {.context = h, .member = hear_member};
	enum rmn_status status;

	rmn_buf_init(&h->bytes, 0);
	assert_ptr_equal(rmn_format_claim(&input), rmn_format_find("pst"));
	status = rmn_format_find("pst")->read(&input, &sink, NULL);
	rmn_arena_free(arena);
	return status;
}

static void
assert_holds(struct heard *h, const char *text)
{
	if (rmn_bytes_find(rmn_buf_bytes(&h->bytes), rmn_bytes_from_string(text)) == SIZE_MAX)
		fail_msg("no \"%s\" in\n%s", text, rmn_buf_string(&h->bytes));
}

/* Recipients, a body, two attachments (in the heap, in a chain of blocks), a message inside. */
static void
test_mail(void **state)
{
	static const char *const lines[] = {
		"Subject: =?UTF-8?B?5aWR57SE5pu4?=\r\n",
		"To: =?UTF-8?B?5bGx55SwIOWkqumDjg==?= <taro.yamada@example.jp>\r\n",
		"Date: 06 May 2012 07:08:00 +0000\r\n",
		"Content-Type: multipart/mixed;\r\n boundary=\"=_remnant_0\"\r\n",
		"filename*=UTF-8''%E5%A5%91%E7%B4%84%E6%9B%B8.txt\r\n",
		"Content-Type: message/rfc822\r\n",
		"boundary=\"=_remnant_1\"\r\n",
		"\r\n--=_remnant_1--\r\n",
		/* the last line of the long one: "... 1298,b\r\n1299,b\r\n" */
		"\r\nMTI5MyxiDQoxMjk0LGINCjEyOTUsYg0KMTI5NixiDQoxMjk3LGINCjEyOTgsYg0KMTI5OSxiDQo=\r\n--=_remnant_0\r\n",
	};
	struct heard h = {.wanted = "0001 \xE5\xA5\x91\xE7\xB4\x84\xE6\x9B\xB8.eml"};

	(void)state;
	assert_int_equal(store_read(file_read("testdata/format/pst/unicode.in"), &h), RMN_OK);
	assert_int_equal(h.members, 4);
	assert_int_equal(h.recovered, 1);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_holds(&h, lines[i]);
	rmn_buf_release(&h.bytes);
}

/* A store that says it is longer than it is. */
static void
test_cut(void **state)
{
	struct rmn_bytes content = file_read("testdata/format/pst/cyclic.in");
	struct heard h = {.wanted = "none"};

	(void)state;
	content.size -= 1;
	assert_int_equal(store_read(content, &h), RMN_PARTIAL);
	rmn_buf_release(&h.bytes);
}

/* The tree of nodes of an ANSI store, behind a fixture. */
struct nodes {
	unsigned char *bytes;		/* the store */
	size_t size;
	uint32_t keys[4096], pages[4096];	/* of the level below */
	size_t count;
};

static void
put_le32(unsigned char *at, uint32_t number)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (unsigned char)(number >> 8 * i);
}

/* Closes the page at the end of the store, whose entries are written. */
static void
page_close(struct nodes *n, size_t entries, size_t entry_bytes, unsigned level, size_t index)
{
	unsigned char *page = n->bytes + n->size;

	page[496] = (unsigned char)entries;
	page[497] = (unsigned char)(496 / entry_bytes);
	page[498] = (unsigned char)entry_bytes;
	page[499] = (unsigned char)level;
	page[500] = page[501] = 0x81;
	put_le32(page + 508, ~rmn_crc32(0xFFFFFFFF, page, 500));
	n->keys[index] = rmn_le32(page);
	n->pages[index] = (uint32_t)n->size;
	n->size += 512;
}

/* The message, and folders up to count nodes. */
static void
leaves_write(struct nodes *n, const struct rmn_pst_node *message, const struct rmn_pst_node *folder,
    uint32_t count)
{
	for (uint32_t i = 0; i < count; n->count++) {
		size_t entries = 0;

		for (; entries < 31 && i < count; i++, entries++) {
			const struct rmn_pst_node *node = i == 0 ? message : folder;
			unsigned char *entry = n->bytes + n->size + entries * 16;

			put_le32(entry, i == 0 ? node->id : 0x300002 + i * 0x20);
			put_le32(entry + 4, (uint32_t)node->data);
			put_le32(entry + 8, (uint32_t)node->subnodes);
			put_le32(entry + 12, i == 0 ? 0x300002 + (count - 1) * 0x20 : 0x122);
		}
		page_close(n, entries, 16, 0, n->count);
	}
}

static void
branches_write(struct nodes *n)
{
	for (unsigned level = 1; n->count > 1; level++) {
		size_t below = n->count;

		n->count = 0;
		for (size_t i = 0; i < below; n->count++) {
			size_t entries = 0;

			for (; entries < 41 && i < below; i++, entries++) {
				unsigned char *entry = n->bytes + n->size + entries * 12;

				put_le32(entry, n->keys[i]);
				put_le32(entry + 8, n->pages[i]);
			}
			page_close(n, entries, 12, level, n->count);
		}
	}
}

/* The message of the fixture in the last of 70,000 folders. */
static void
test_many_folders(void **state)
{
	struct rmn_bytes fixture = file_read("testdata/format/pst/ansi.in");
	struct rmn_arena *arena = rmn_arena_new(RMN_MIB);
	struct rmn_blob blob = rmn_blob_from_bytes(fixture);
	struct nodes n = {.bytes = calloc(2, RMN_MIB), .size = fixture.size};
	struct rmn_pst_node message, folder;
	struct heard h = {.wanted = "\xE5\x8F\x97\xE4\xBF\xA1_\xE9\x80\x81\xE4\xBF\xA1/0001 ANSI"};
	struct rmn_pst pst;

	(void)state;
	assert_non_null(n.bytes);
	assert_int_equal(rmn_pst_open(&pst, &blob, arena, NULL), RMN_OK);
	assert_true(rmn_pst_node_find(&pst, 0x200024, &message) && rmn_pst_node_find(&pst, 0x8042, &folder));
	rmn_pst_close(&pst);
	memcpy(n.bytes, fixture.data, fixture.size);
	leaves_write(&n, &message, &folder, 70001);
	branches_write(&n);
	put_le32(n.bytes + 188, n.pages[0]);
	assert_int_equal(store_read((struct rmn_bytes){n.bytes, n.size}, &h), RMN_OK);
	assert_int_equal(h.members, 1);
	assert_holds(&h, "to11@example.jp");
	rmn_buf_release(&h.bytes);
	rmn_arena_free(arena);
	free(n.bytes);
}

/* What a broken store costs: bytes that were asked for, bytes that were given. */
struct cost {
	struct rmn_bytes content;
	uint64_t read, given;
};

static enum rmn_status
costly_read(struct rmn_blob *blob, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	struct cost *cost = blob->state;
	struct rmn_bytes here = rmn_bytes_head(rmn_bytes_after(cost->content, offset), size);

	(void)error;
	if (here.size > 0)
		memcpy(buffer, here.data, here.size);
	*got = here.size;
	cost->read += here.size;
	return RMN_OK;
}

static enum rmn_status
cost_text(void *context, struct rmn_bytes utf8)
{
	struct cost *cost = context;

	cost->given += utf8.size;
	return RMN_OK;
}

static void
broken_read(struct cost *cost)
{
	static const struct rmn_blob_ops ops = {.read = costly_read};
	struct rmn_arena *arena = rmn_arena_new(RMN_LIMIT_ARENA_BYTES);
	struct rmn_blob blob = {.ops = &ops, .size_bytes = cost->content.size, .state = cost};
	struct rmn_format_input input = {.content = &blob, .arena = arena};
	struct rmn_sink sink = {.context = cost, .text = cost_text};

	assert_int_equal(rmn_format_find("pst")->read(&input, &sink, NULL), RMN_PARTIAL);
	rmn_arena_free(arena);
}

/* A store without trees, full of what could always be the start of text, is read a few times, whatever its
 * size, and nothing is given twice. */
static void
test_broken_work(void **state)
{
	static const unsigned char patterns[][4] = {{0x10, 0x4E, 0x11, 0x4E}, {0x95, 'A', 0x95, 'A'},
	    {0x85, 0x81, ' ', 0xA5}, {'a', 0, 'b', 0}};
	unsigned char *store = malloc(2 * RMN_MIB), encoded[256];

	(void)state;
	assert_non_null(store);
	for (unsigned i = 0; i < 256; i++)
		encoded[rmn_pst_permuted((unsigned char)i)] = (unsigned char)i;
	for (size_t p = 0; p < sizeof(patterns) / sizeof(patterns[0]); p++) {
		for (size_t size = RMN_MIB; size <= 2 * RMN_MIB; size *= 2) {
			struct cost cost = {.content = {store, size}};

			for (size_t i = 0; i < size; i++)
				store[i] = i < 1024 ? 0 : encoded[patterns[p][i % 4]];
			memcpy(store, "!BDN", 4);
			store[10] = 23;
			store[513] = RMN_PST_PERMUTE;
			broken_read(&cost);
			assert_true(cost.read <= 3 * size);
			assert_true(cost.given <= 2 * size);
		}
	}
	free(store);
}

/* Both forms of [MS-OXRTFCP] 3.1: its own example of a simple and of a crossing reference. */
static void
test_lzfu(void **state)
{
	static const unsigned char simple[] = {
		0x2D, 0, 0, 0, 0x2B, 0, 0, 0, 0x4C, 0x5A, 0x46, 0x75, 0xF1, 0xC5, 0xC7, 0xA7,
		0x03, 0x00, 0x0A, 0x00, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0A,
		0xF3, 0x20, 0x68, 0x65, 0x6C, 0x09, 0x00, 0x20, 0x62, 0x77, 0x05, 0xB0, 0x6C, 0x64,
		0x7D, 0x0A, 0x80, 0x0F, 0xA0,
	};
	static const char text[] = "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n";
	unsigned char broken[sizeof(simple)];
	struct rmn_arena *arena = rmn_arena_new(1 << 20);
	struct rmn_bytes rtf;

	(void)state;
	assert_int_equal(rmn_lzfu_unpack((struct rmn_bytes){simple, sizeof(simple)}, arena, &rtf,
	    NULL), RMN_OK);
	assert_int_equal(rtf.size, sizeof(text) - 1);
	assert_memory_equal(rtf.data, text, rtf.size);
	memcpy(broken, simple, sizeof(simple));
	broken[12] ^= 1;
	assert_int_equal(rmn_lzfu_unpack((struct rmn_bytes){broken, sizeof(broken)}, arena, &rtf,
	    NULL), RMN_PARTIAL);
	assert_int_equal(rtf.size, sizeof(text) - 1);
	for (size_t size = 0; size < sizeof(simple); size++)
		assert_int_not_equal(rmn_lzfu_unpack((struct rmn_bytes){simple, size}, arena, &rtf,
		    NULL), RMN_OK);
	rmn_arena_free(arena);
}

static void
test_words(void **state)
{
	static const struct {
		const char *text, *plain, *more;
	} cases[] = {
		{"", "", ""},
		{"one two\n", "two <one>.", ""},
		{"HYPERLINK \"http://a.example/\"\n", "see <http://a.example/>", ""},
		{"one\ntwo\nthree\nfour\nfive\nsix\n", "one two four five six", "three\n"},
		{"one\nother\n", "one", "one\nother\n"},	/* half of it: all of it */
		{"\xE8\xA1\x8C\xE3\x81\x8C\n", "\xE8\xA1\x8C\xE3\x81\x8C\xE5\x88\x86", ""},
		{"a\xC2\xA0" "b\xE3\x80\x80" "c\n", "a b c", ""},
	};
	struct rmn_arena *arena = rmn_arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rmn_bytes more = rmn_mapi_lines_more(rmn_bytes_from_string(cases[i].text),
		    rmn_bytes_from_string(cases[i].plain), arena);

		if (!rmn_bytes_equal(more, rmn_bytes_from_string(cases[i].more)))
			fail_msg("%s: %.*s", cases[i].text, (int)more.size, (const char *)more.data);
	}
	rmn_arena_free(arena);
}

static void
test_corpus(void **state)
{
	static const struct {
		const char *path, *wanted, *holds;
		unsigned members;
	} stores[] = {
		{"mail/apache__tika/testPST.pst", "0007 FW: First email", "message/rfc822", 7},
		{"mail/apache__tika/testPST_variousBodyTypes.pst", "0002 FW", "multipart/mixed", 4},
	};
	const char *corpus = getenv("RMN_CORPUS");

	(void)state;
	for (size_t i = 0; corpus && i < sizeof(stores) / sizeof(stores[0]); i++) {
		struct heard h = {.wanted = stores[i].wanted};
		struct rmn_bytes content;
		char path[512];

		snprintf(path, sizeof(path), "%s/%s", corpus, stores[i].path);
		content = file_read(path);
		if (content.size == 0)
			continue;
		assert_int_equal(store_read(content, &h), RMN_OK);
		assert_int_equal(h.members, stores[i].members);
		assert_int_equal(h.recovered, 0);
		assert_holds(&h, stores[i].holds);
		rmn_buf_release(&h.bytes);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mail),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_many_folders),
		cmocka_unit_test(test_broken_work),
		cmocka_unit_test(test_lzfu),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
