/* SPDX-License-Identifier: MIT
 *
 * Texts on a made-up disk: each comes back whole and alone. */
#include "carve/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BLOCK 4096u
#define FOUND_MAX 64u

/* A disk of blocks, filled from a fixed seed. */
struct world {
	unsigned char *data;
	size_t blocks;
	uint32_t seed;
};

struct found {
	uint64_t offset, size;
	size_t pieces;
	char extension[8];
	enum rmn_proof proof;
};

struct list {
	struct found found[FOUND_MAX];
	size_t count;
};

static unsigned char
random_byte(struct world *w)
{
	w->seed = w->seed * 1664525 + 1013904223;
	return (unsigned char)(w->seed >> 24);
}

static struct world
world_make(size_t blocks)
{
	struct world w = {malloc(blocks * BLOCK), blocks, 7};

	assert_non_null(w.data);
	for (size_t i = 0; i < blocks * BLOCK; i++)
		w.data[i] = random_byte(&w);
	return w;
}

/* Writes a file at a block and zeros behind it, up to the end of the block. */
static void
world_put(struct world *w, size_t block, const void *text, size_t size)
{
	size_t end = (block * BLOCK + size + BLOCK - 1) / BLOCK * BLOCK;

	assert_true(end <= w->blocks * BLOCK);
	memset(w->data + block * BLOCK, 0, end - block * BLOCK);
	memcpy(w->data + block * BLOCK, text, size);
}

static void
on_carved(void *context, const struct rmn_carved *c)
{
	struct list *list = context;
	struct found *f = &list->found[list->count];

	assert_true(list->count < FOUND_MAX);
	*f = (struct found){c->extents[0].image_offset, c->size_bytes, c->extent_count, "",
	    c->proven.proof};
	snprintf(f->extension, sizeof(f->extension), "%s", c->proven.extension);
	list->count++;
}

/* Every sector that rmn_text_is_likely lets pass. */
static void
world_likely(const struct world *w, struct rmn_sectors *likely)
{
	assert_true(rmn_sectors_init(likely, w->blocks * BLOCK));
	for (size_t at = 0; at < w->blocks * BLOCK; at += RMN_SECTOR_BYTES)
		if (rmn_text_is_likely(w->data + at, RMN_SECTOR_BYTES))
			rmn_sectors_add(likely, at, RMN_SECTOR_BYTES);
}

static void
world_carve_with(struct world *w, uint32_t block_bytes, const struct rmn_sectors *likely,
    struct list *list)
{
	struct rmn_blob blob = rmn_blob_from_bytes((struct rmn_bytes){w->data, w->blocks * BLOCK});
	struct rmn_disk *disk = rmn_disk_from_blob(&blob);
	struct rmn_carve_grid grid = {0, w->blocks * BLOCK, block_bytes};
	struct rmn_sectors taken;
	struct rmn_text_job job = {.disk = disk, .taken = &taken, .likely = likely, .grids = &grid,
	    .grid_count = 1, .carved = on_carved, .context = list};

	memset(list, 0, sizeof(*list));
	assert_true(rmn_sectors_init(&taken, w->blocks * BLOCK));
	assert_int_equal(rmn_carve_text(&job, NULL), RMN_OK);
	for (size_t i = 0; i < list->count; i++)
		assert_true(rmn_sectors_has(&taken, list->found[i].offset));
	rmn_sectors_release(&taken);
	rmn_disk_free(disk);
}

/* With hints and without, which must make no difference. */
static void
world_carve(struct world *w, uint32_t block_bytes, struct list *list)
{
	struct rmn_sectors likely;
	struct list other;

	world_likely(w, &likely);
	world_carve_with(w, block_bytes, &likely, &other);
	world_carve_with(w, block_bytes, NULL, list);
	assert_memory_equal(list, &other, sizeof(other));
	rmn_sectors_release(&likely);
}

/* Repeats a text up to a size, cut where a line ends. */
static size_t
text_repeat(const char *line, size_t size, char *text)
{
	size_t length = strlen(line), at = 0;

	while (at + length <= size) {
		memcpy(text + at, line, length);
		at += length;
	}
	return at;
}

#define MAIL_HEAD "Received: from mx.example.jp by mail.example.jp; Tue, 1 Mar 2011 09:00:00 +0900\r\n" \
	"From: Tanaka <tanaka@example.jp>\r\nTo: suzuki@example.jp\r\nSubject: minutes\r\n" \
	"MIME-Version: 1.0\r\n"

static const struct {
	const char *name, *text, *extension;
	enum rmn_proof proof;
} files[] = {
	{"a password list", "root: hunter2\nadmin: 0pen-Sesame\n", "txt", RMN_PROOF_PLAUSIBLE},
	{"UTF-8", "\xEF\xBB\xBF\xE8\xAD\xB0\xE4\xBA\x8B\xE9\x8C\xB2\n2011/03/01 \xE7\x94\xB0\xE4\xB8\xAD\n",
	    "txt", RMN_PROOF_PLAUSIBLE},
	{"CP932", "\x8B\x63\x8E\x96\x98\x5E\x82\xC9\x82\xC2\x82\xA2\x82\xC4\r\n\x93\x63\x92\x86\x82\xB3\x82\xF1\x82\xCC"
	    "\x98\x62\r\n", "txt", RMN_PROOF_PLAUSIBLE},
	{"EUC-JP", "\xB5\xC4\xBB\xF6\xCF\xBF\xA4\xCB\xA4\xC4\xA4\xA4\xA4\xC6\n\xC5\xC4\xC3\xE6\xA4\xB5\xA4\xF3\xA4\xCE"
	    "\xCF\xC3\n", "txt", RMN_PROOF_PLAUSIBLE},
	{"ISO-2022-JP", "Memo \033$B5D;vO?\033(B\n\033$BEDCf$5$s$NOC\033(B\n", "txt", RMN_PROOF_PLAUSIBLE},
	{"a table", "name,phone,amount\nTanaka,03-0000-0001,120\nSuzuki,03-0000-0002,90\n\"Sato, A\",03-0000-0003,7",
	    "csv", RMN_PROOF_PLAUSIBLE},
	{"HTML", "<!DOCTYPE html>\n<html><head><title>x</title></head><body><p>a<br>b</body></html>\n", "html",
	    RMN_PROOF_STRUCTURE},
	{"HTML without its end", "<html><body>\n<p>Our list of customers\n<p>Tanaka\n", "html", RMN_PROOF_PLAUSIBLE},
	{"XML", "<?xml version=\"1.0\"?>\n<!-- made up --><list a='>'><e/><e>1</e><![CDATA[</list>]]></list>\n", "xml",
	    RMN_PROOF_STRUCTURE},
	{"SVG", "<svg xmlns=\"http://www.w3.org/2000/svg\"><g><path d=\"M0 0\"/></g></svg>", "svg",
	    RMN_PROOF_STRUCTURE},
	{"a mail", MAIL_HEAD "\r\nDear Suzuki,\r\nsee you.\r\n", "eml", RMN_PROOF_PLAUSIBLE},
	{"a mail of parts", MAIL_HEAD "Content-Type: multipart/mixed;\r\n boundary=\"=_b1\"\r\n\r\n--=_b1\r\n\r\nDear\r\n"
	    "--=_b1--\r\n", "eml", RMN_PROOF_STRUCTURE},
	{"mbox", "From tanaka@example.jp Tue Mar  1 09:00:00 2011\nFrom: tanaka@example.jp\nSubject: a\n\nA\n\n"
	    "From suzuki@example.jp Tue Mar  1 10:00:00 2011\nFrom: suzuki@example.jp\nSubject: b\n\nB\n", "mbox",
	    RMN_PROOF_PLAUSIBLE},
	{"vCard", "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Tanaka\r\nEND:VCARD\r\n", "vcf", RMN_PROOF_STRUCTURE},
	{"iCalendar", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", "ics",
	    RMN_PROOF_STRUCTURE},
	{"LDIF", "version: 1\n\ndn: cn=Tanaka,dc=example,dc=jp\ncn: Tanaka\nmail: tanaka@example.jp\n", "ldif",
	    RMN_PROOF_PLAUSIBLE},
};
#define FILE_COUNT (sizeof(files) / sizeof(files[0]))

static void
test_finds_each_file_whole(void **state)
{
	struct world w = world_make(FILE_COUNT * 2 + 1);
	struct list list;

	(void)state;
	for (size_t i = 0; i < FILE_COUNT; i++)
		world_put(&w, i * 2 + 1, files[i].text, strlen(files[i].text));
	for (uint32_t block = 512; block <= BLOCK; block *= 8) {
		world_carve(&w, block, &list);
		for (size_t i = 0; i < list.count && i < FILE_COUNT; i++) {
			const struct found *f = &list.found[i];

			if (f->offset != (i * 2 + 1) * BLOCK || f->size != strlen(files[i].text) ||
			    strcmp(f->extension, files[i].extension) != 0 ||
			    f->proof != files[i].proof)
				fail_msg("%s: at %llu, %llu bytes, %s, proof %d", files[i].name,
				    (unsigned long long)f->offset, (unsigned long long)f->size,
				    f->extension, f->proof);
		}
		assert_int_equal(list.count, FILE_COUNT);
	}
	free(w.data);
}

static void
test_follows_a_long_file_in_every_encoding(void **state)
{
	static const struct {
		const char *line;
		size_t size;	/* of it */
		const char *mark;
	} lines[] = {
		{"Minutes of the meeting, third page.\r\n", 37, NULL},
		{"\xE8\xAD\xB0\xE4\xBA\x8B\xE9\x8C\xB2\xE3\x81\xAE\xE7\xB6\x9A\xE3\x81\x8D\n", 19, NULL},
		{"\x8B\x63\x8E\x96\x98\x5E\x82\xCC\x91\xB1\x82\xAB\r\n", 14, NULL},
		{"\xB5\xC4\xBB\xF6\xCF\xBF\xA4\xCE\xC2\xB3\xA4\xAD\n", 13, NULL},
		{"M\0e\0m\0o\0 \0" "\x6E\x30\r\0\n\0", 16, "\xFF\xFE"},
		{"\0M\0e\0m\0o\0 \x30\x6E\0\r\0\n", 16, "\xFE\xFF"},
	};
	struct world w = world_make(16);
	char text[5 * BLOCK];
	struct list list;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		size_t size = lines[i].mark ? 2 : 0;

		if (size > 0)
			memcpy(text, lines[i].mark, size);
		for (; size + lines[i].size <= sizeof(text) - 100; size += lines[i].size)
			memcpy(text + size, lines[i].line, lines[i].size);
		world_put(&w, 4, text, size);
		world_carve(&w, BLOCK, &list);
		assert_int_equal(list.count, 1);
		assert_int_equal(list.found[0].offset, 4 * BLOCK);
		assert_int_equal(list.found[0].size, size);
		world_carve(&w, 512, &list);
		assert_int_equal(list.count, 1);
		assert_int_equal(list.found[0].size, size);
	}
	free(w.data);
}

static void
test_tells_files_apart_that_touch(void **state)
{
	static const char *const heads[] = {
		MAIL_HEAD "\r\nDear all,\r\n", "<!DOCTYPE html>\n<html>\n", "BEGIN:VCARD\r\nFN:A\r\n",
		"\xEF\xBB\xBFThe first line\n",
	};
	struct world w = world_make(12);
	char text[2 * BLOCK + 1];
	struct list list;

	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		memset(text, 'x', sizeof(text));
		text_repeat("Minutes of the meeting, third page.\n", sizeof(text), text);
		world_put(&w, 2, text, 2 * BLOCK);
		world_put(&w, 4, heads[i], strlen(heads[i]));
		world_carve(&w, BLOCK, &list);
		if (list.count != 2)
			fail_msg("%zu: %zu files", i, list.count);
		assert_int_equal(list.found[0].offset, 2 * BLOCK);
		assert_int_equal(list.found[0].size, 2 * BLOCK);
		assert_int_equal(list.found[1].offset, 4 * BLOCK);
		assert_int_equal(list.found[1].size, strlen(heads[i]));
	}
	free(w.data);
}

/* A file whose first `cut` blocks are at block 2 and whose rest is at `rest`. */
static void
world_put_cut(struct world *w, size_t cut, size_t rest, const char *text, size_t size)
{
	assert_true(size > cut * BLOCK);
	world_put(w, 2, text, cut * BLOCK);
	world_put(w, rest, text + cut * BLOCK, size - cut * BLOCK);
}

static size_t
mail_make(char *text, size_t size)
{
	static const char head[] = MAIL_HEAD "Content-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n";
	size_t at = sizeof(head) - 1;
	uint32_t seed = 3;

	memcpy(text, head, at);
	while (at + 100 < size) {
		for (int i = 0; i < 76; i++)
			text[at++] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
			    [(seed = seed * 1664525 + 1013904223) >> 26];
		text[at++] = '\r';
		text[at++] = '\n';
	}
	memcpy(text + at, "--b1--\r\n", 8);
	return at + 8;
}

static size_t
table_make(char *text, size_t size)
{
	size_t at = 0;

	for (unsigned i = 0; at + 60 < size; i++)
		at += (size_t)sprintf(text + at, "%u,customer %u,\"03-0000-%04u, 9-17\",%u\r\n", i,
		    i * 7, i * 31 % 10000, i * 997 % 100003);
	return at;
}

static size_t
log_make(char *text, size_t size)
{
	size_t at = 0;

	for (unsigned i = 0; at + 60 < size; i++)
		at += (size_t)sprintf(text + at, "2011-03-01 09:%02u:%02u sync: copied one file\n",
		    i / 60 % 60, i % 60);
	return at;
}

static size_t
xml_make(char *text, size_t size)
{
	size_t at = (size_t)sprintf(text, "<?xml version=\"1.0\"?><list>");

	for (unsigned i = 0; at + 60 < size; i++)
		at += (size_t)sprintf(text + at, "<entry id=\"%u\">%u</entry>", i, i * 2654435761u);
	return at + (size_t)sprintf(text + at, "</list>\n");
}

static void
test_puts_pieces_together(void **state)
{
	static size_t (*const makers[])(char *text, size_t size) = {
		mail_make, table_make, log_make, xml_make,
	};
	static char text[6 * BLOCK];
	struct list list;

	(void)state;
	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
		size_t size = makers[i](text, sizeof(text) - 500);

		/* The rest behind the first piece, and in front of it. */
		for (size_t rest = 0; rest <= 9; rest += 9) {
			struct world w = world_make(16);
			size_t cut = rest ? 2 : 4;

			if (rest == 0)
				world_put(&w, 0, "", 0);
			world_put_cut(&w, cut, rest, text, size);
			if (size - cut * BLOCK > 2 * BLOCK && rest == 0) {
				free(w.data);
				continue;
			}
			world_put(&w, 14, files[0].text, strlen(files[0].text));
			world_carve(&w, BLOCK, &list);
			if (list.count != 2 || list.found[0].size != size || list.found[0].pieces != 2)
				fail_msg("%zu, rest at %zu: %zu files, the first %llu of %zu bytes, "
				    "%zu pieces", i, rest, list.count,
				    (unsigned long long)list.found[0].size, size,
				    list.found[0].pieces);
			assert_int_equal(list.found[0].proof, RMN_PROOF_PLAUSIBLE);
			free(w.data);
		}
	}
}

static void
test_says_when_a_piece_is_lost(void **state)
{
	static char text[6 * BLOCK];
	size_t size = mail_make(text, sizeof(text) - 500);
	struct world w = world_make(12);
	struct list list;

	(void)state;
	world_put_cut(&w, 3, 8, text, size);
	memset(w.data + 8 * BLOCK, 0xEE, BLOCK);	/* the rest is overwritten from its start on */
	world_carve(&w, BLOCK, &list);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.found[0].proof, RMN_PROOF_BROKEN);
	assert_int_equal(list.found[0].size, 3 * BLOCK);
	free(w.data);
}

static void
test_ends_where_zeros_do_not_say(void **state)
{
	static char text[2 * BLOCK];
	size_t size = text_repeat("Minutes of the meeting, third page.\r\n", BLOCK + 1500, text);
	struct world w = world_make(8);
	unsigned char *block = w.data + 2 * BLOCK;
	struct list list;

	(void)state;
	/* Older random data in the sectors behind the last one, as some systems leave them. */
	memcpy(block, text, size);
	memset(block + size, 0, 512 - size % 512);
	world_carve(&w, BLOCK, &list);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.found[0].size, size);
	/* The same, and the last sector is full. */
	size = BLOCK + 3 * 512;
	text_repeat("Minutes of the meeting, third page.\r\n", size, text);
	memcpy(text + size - 20, "Minutes of the meeti", 20);
	memcpy(block, text, size);
	world_carve(&w, BLOCK, &list);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.found[0].size, size);
	/* A closed mail in front of anything. */
	for (size_t i = 0; i < 2 * BLOCK; i++)
		block[i] = random_byte(&w);
	size = mail_make(text, 3000);
	memcpy(block, text, size);
	world_carve(&w, BLOCK, &list);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.found[0].size, size);
	assert_int_equal(list.found[0].proof, RMN_PROOF_STRUCTURE);
	/* Stray control characters, and a zero at the end. */
	size = (size_t)sprintf(text, MAIL_HEAD "\r\nDear all,\a see \x01 below for what we said, and "
	    "what we did not say; there is more of that to come in the second of the three mails "
	    "that follow this one.\r\n.\r\n");
	text[size++] = 0;
	text[size++] = '\n';
	world_put(&w, 2, text, size);
	world_carve(&w, BLOCK, &list);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.found[0].size, size);
	free(w.data);
}

/* Old random data follow at once.  What they begin with may look like text, so that some ends are a
 * little off; most are not. */
static void
test_guesses_the_end_in_front_of_old_data(void **state)
{
	static const char *const lines[] = {
		"Minutes of the meeting, third page.\r\n",
		"2011-03-01;Tanaka;03-0000-0001\n",
		"\xE8\xAD\xB0\xE4\xBA\x8B\xE9\x8C\xB2\xE3\x81\xAE\xE7\xB6\x9A\xE3\x81\x8D\n",
		"\x8B\x63\x8E\x96\x98\x5E\x82\xCC\x91\xB1\x82\xAB\r\n",
		"\xB5\xC4\xBB\xF6\xCF\xBF\xA4\xCE\xC2\xB3\xA4\xAD\n",
	};
	static char text[2 * BLOCK];
	size_t right = 0, all = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		for (size_t size = 700; size < 6000; size += 331, all++) {
			struct world w = world_make(4);
			size_t length = text_repeat(lines[i], size, text);
			struct list list;

			for (size_t k = 0; k < size; k++)
				random_byte(&w);
			for (size_t k = 0; k < w.blocks * BLOCK; k++)
				w.data[k] = random_byte(&w);
			memcpy(w.data + BLOCK, text, length);
			world_carve(&w, BLOCK, &list);
			assert_int_equal(list.count, 1);
			assert_int_equal(list.found[0].offset, BLOCK);
			assert_in_range(list.found[0].size, length - 4, length + RMN_SECTOR_BYTES);
			right += list.found[0].size == length;
			free(w.data);
		}
	}
	assert_true(right * 10 >= all * 8);
}

static void
test_keeps_a_mail_with_mails_inside(void **state)
{
	static char text[3 * BLOCK];
	size_t size = text_repeat(MAIL_HEAD "\r\nThis could not be delivered:\r\n\r\n", sizeof(text) - 99,
	    text);
	struct world w = world_make(8);
	struct list list;

	(void)state;
	world_put(&w, 2, text, size);
	for (uint32_t block = 512; block <= BLOCK; block *= 2) {
		world_carve(&w, block, &list);
		assert_int_equal(list.count, 1);
		assert_int_equal(list.found[0].size, size);
	}
	free(w.data);
}

static void
test_takes_nothing_else_for_text(void **state)
{
	struct world w = world_make(256);
	char text[BLOCK];
	struct list list;

	(void)state;
	/* Random sectors with zeros behind them: the ends of compressed files. */
	for (size_t i = 0; i < 128; i++)
		memset(w.data + i * BLOCK + i * 4 + 1, 0, BLOCK - i * 4 - 1);
	memset(w.data + 130 * BLOCK, 0xFF, BLOCK);	/* fill */
	memset(w.data + 132 * BLOCK, 'U', BLOCK);
	memset(w.data + 134 * BLOCK, 0, BLOCK);
	for (size_t i = 0; i < BLOCK; i++)		/* a grey picture */
		w.data[136 * BLOCK + i] = (unsigned char)(0xA0 + i / 100);
	for (size_t i = 0; i < BLOCK; i += 16)		/* names in a program */
		memcpy(w.data + 138 * BLOCK + i, "GetProcAddress\0\0", 16);
	memcpy(w.data + 150 * BLOCK, "\xFF\xFE", 2);	/* chance */
	memcpy(w.data + 152 * BLOCK, "\xFE\xFF", 2);
	text_repeat("0 g 1 0 0 1 0 0 cm\n", sizeof(text), text);
	world_put(&w, 140, text, 3000);			/* a PDF whose rest is lost */
	memcpy(w.data + 140 * BLOCK, "%PDF-1.4\n", 9);
	text_repeat("Q0FSVkUgTUUgT1VUIE9GIEhFUkUgUExFQVNFIFNPTUVCT0RZIFBMRUFTRSBIRUxQIE1F\r\n", sizeof(text),
	    text);
	world_put(&w, 142, text, 2000);			/* the end of an attachment */
	text_repeat("0000000015 00000 n\r\n", sizeof(text), text);
	world_put(&w, 144, text, 2000);			/* the end of a PDF */
	text_repeat("\\'82\\'cc\\'96\\'bc\\'95\\'eb", sizeof(text), text);
	world_put(&w, 146, text, 2000);			/* the end of an RTF file */
	for (uint32_t block = 512; block <= BLOCK; block *= 8) {
		world_carve(&w, block, &list);
		for (size_t i = 0; i < list.count; i++)
			print_message("at %llu: %s %llu bytes\n",
			    (unsigned long long)list.found[i].offset, list.found[i].extension,
			    (unsigned long long)list.found[i].size);
		assert_int_equal(list.count, 0);
	}
	free(w.data);
}

static void
test_survives_every_prefix_and_flipped_bytes(void **state)
{
	struct world w = world_make(FILE_COUNT + 1);
	size_t size = w.blocks * BLOCK;
	struct list list;

	(void)state;
	for (size_t i = 0; i < FILE_COUNT; i++)
		world_put(&w, i, files[i].text, strlen(files[i].text));
	for (size_t blocks = 1; blocks <= FILE_COUNT; blocks++) {
		w.blocks = blocks;
		world_carve(&w, BLOCK, &list);
		assert_int_equal(list.count, blocks);
	}
	w.blocks = size / BLOCK;
	for (int round = 0; round < 300; round++) {
		for (int i = 0; i < 20; i++)
			w.data[((size_t)random_byte(&w) << 8 | random_byte(&w)) % size] = random_byte(&w);
		world_carve(&w, round % 2 ? 512 : BLOCK, &list);
	}
	free(w.data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds_each_file_whole),
		cmocka_unit_test(test_follows_a_long_file_in_every_encoding),
		cmocka_unit_test(test_tells_files_apart_that_touch),
		cmocka_unit_test(test_puts_pieces_together),
		cmocka_unit_test(test_says_when_a_piece_is_lost),
		cmocka_unit_test(test_ends_where_zeros_do_not_say),
		cmocka_unit_test(test_guesses_the_end_in_front_of_old_data),
		cmocka_unit_test(test_keeps_a_mail_with_mails_inside),
		cmocka_unit_test(test_takes_nothing_else_for_text),
		cmocka_unit_test(test_survives_every_prefix_and_flipped_bytes),
	};

	return cmocka_run_group_tests_name("carve_text", tests, NULL, NULL);
}
