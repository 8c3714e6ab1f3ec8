/* SPDX-License-Identifier: MIT
 *
 * A worker and a walker that a hostile file has taken over, seen from the supervisor: whatever they
 * send, the case can still be written.  The bytes are made into messages that are well formed, with
 * numbers and words that are not; a message that is refused ends the input, as it ends a child. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scan/private.h"
#include "tests/fuzz/fuzz.h"

#define MESSAGES_MAX 200

static struct scan scan;
static struct rmn_scan_options options;
static struct rmn_scan_events events;
static struct rmn_scan_result result;
static struct rmn_buf frame;

static struct rmn_cursor from;		/* what is left of the input */

static uint64_t
number(void)
{
	uint8_t kind = 0, small = 0;
	uint64_t large = 0;

	rmn_cursor_u8(&from, &kind);
	rmn_cursor_u8(&from, &small);
	if (kind < 200)
		return small % 4;
	if (kind < 230)
		return small;
	if (!rmn_cursor_le64(&from, &large))
		return UINT64_MAX - small;
	return large;
}

static struct rmn_bytes
word(void)
{
	struct rmn_bytes bytes = {NULL, 0};
	uint8_t size = 0;

	rmn_cursor_u8(&from, &size);
	rmn_cursor_take(&from, rmn_cursor_left(&from) < size ? rmn_cursor_left(&from) : size,
	    &bytes);
	return bytes;
}

static void
put_numbers(size_t count)
{
	uint64_t numbers[5];

	for (size_t i = 0; i < count; i++)
		numbers[i] = number();
	rmn_put_numbers(&frame, numbers, count);
}

static void
put_document(void)
{
	struct rmn_document_message m = {.member = (uint32_t)number(),
	    .type_score = (uint8_t)number(), .is_business = (uint8_t)number(),
	    .marking_level = (uint8_t)number(), .created = (int64_t)number(),
	    .modified = (int64_t)number(), .text_bytes = number(), .format = word(),
	    .doc_type = word(), .title = word(), .author = word(), .marking = word(),
	    .language = word()};

	rmn_put_document(&frame, &m);
}

static void
put_finding(void)
{
	struct rmn_finding_message m = {.member = (uint32_t)number(), .rule = (uint16_t)number(),
	    .reasons = (uint16_t)number(), .score = (uint8_t)number(),
	    .severity = (uint8_t)number(), .encoding = (uint8_t)number(),
	    .in_text = (uint8_t)number(), .offset = number(), .length_bytes = (uint32_t)number(),
	    .part = word(), .masked = word(), .context = word(), .value = word()};

	rmn_put_finding(&frame, &m);
}

/* The next message of a worker. */
static uint32_t
worker_message(uint8_t choice)
{
	struct rmn_member_message member;
	struct rmn_examined_message examined = {0};
	struct rmn_named_message named;
	struct rmn_note_message note;

	switch (choice % 8) {
	case 0:
		member = (struct rmn_member_message){(uint32_t)number(), (uint32_t)number(),
		    number(), (int64_t)number(), (int64_t)number(), word(), word()};
		rmn_put_member(&frame, &member);
		return RMN_MESSAGE_MEMBER;
	case 1:
		put_finding();
		return RMN_MESSAGE_FINDING;
	case 2:
		put_document();
		return RMN_MESSAGE_DOCUMENT;
	case 3:
		note = (struct rmn_note_message){(uint32_t)number(), word(), word()};
		rmn_put_note(&frame, &note);
		return RMN_MESSAGE_UNEXAMINED;
	case 4:
		examined.member = (uint32_t)number();
		examined.status = (int32_t)number();
		examined.has_sha256 = (uint8_t)number();
		examined.size_bytes = number();
		examined.text_bytes = number();
		examined.media_type = word();
		examined.format = word();
		examined.reason = word();
		rmn_put_examined(&frame, &examined);
		return RMN_MESSAGE_EXAMINED;
	case 6:
		named = (struct rmn_named_message){(uint32_t)number(), number(), (int64_t)number(),
		    (int64_t)number(), word()};
		rmn_put_named(&frame, &named);
		return RMN_MESSAGE_NAMED;
	case 5:
		put_numbers(5);
		return RMN_MESSAGE_TALLY;
	default:
		put_numbers(1);
		return RMN_MESSAGE_DONE;
	}
}

static void
put_item(void)
{
	struct rmn_walk_item item = {.volume = (uint32_t)number(),
	    .kind = (enum rmn_item_kind)(number() % 8), .state = (enum rmn_item_state)(number() % 6),
	    .how = (enum rmn_content_how)(number() % 3), .path = word(), .stream = word(),
	    .size_bytes = number(), .created = (int64_t)number(), .inode = number(),
	    .mode = (uint32_t)number(), .overwritten_bytes = number(),
	    .extent_count = (size_t)number()};

	rmn_put_item(&frame, &item);
}

static uint32_t
walker_message(uint8_t choice)
{
	struct rmn_volume volume = {0};
	struct rmn_extent extent;
	struct rmn_space_run run;
	struct rmn_note_message note;

	switch (choice % 8) {
	case 0:
		volume.number = (uint32_t)number();
		volume.start_byte = number();
		volume.length_bytes = number();
		volume.block_bytes = (uint32_t)number();
		rmn_put_volume(&frame, &volume);
		return RMN_MESSAGE_VOLUME;
	case 1:
		put_item();
		return RMN_MESSAGE_ITEM;
	case 2:
		extent = (struct rmn_extent){number(), number()};
		rmn_put_extents(&frame, &extent, 1);
		return RMN_MESSAGE_ITEM_EXTENTS;
	case 3:
		put_numbers(3);
		return RMN_MESSAGE_SPACE;
	case 4:
		run = (struct rmn_space_run){(enum rmn_space_kind)(number() % 3), number(), number(),
		    number()};
		rmn_put_runs(&frame, &run, 1);
		return RMN_MESSAGE_SPACE_RUNS;
	case 5:
		put_numbers(3);
		return RMN_MESSAGE_LEDGER;
	case 6:
		put_numbers(2);
		return RMN_MESSAGE_OPENING;
	default:
		note = (struct rmn_note_message){(uint32_t)number(), word(), word()};
		rmn_put_note(&frame, &note);
		return RMN_MESSAGE_WALK_UNEXAMINED;
	}
}

/* The open case needs no names. */
static void
forget_files(const char *path)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char name[64];

	for (size_t i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		unlink(name);
	}
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct rmn_case_options writing = {RMN_CASE_WRITE, false};
	static int64_t rows[4096];
	char path[] = "/tmp/remnant-lies-XXXXXX.db";
	struct rmn_error error = {0};
	int fd = mkstemps(path, 3);

	(void)argc;
	(void)argv;
	if (fd < 0 || unlink(path) != 0 || close(fd) != 0)
		return 1;
	scan = (struct scan){.options = &options, .events = &events, .result = &result,
	    .arena = rmn_arena_new(64 * RMN_MIB), .rule_rows = rows};
	if (!scan.arena || rmn_rules_load(NULL, NULL, &scan.rules, &error) != RMN_OK ||
	    rmn_case_open(path, &writing, &scan.the_case, &error) != RMN_OK)
		return 1;
	for (size_t i = 0; i < rmn_rules_count(scan.rules); i++) {
		const struct rmn_rule *rule = rmn_rules_at(scan.rules, i);
		struct rmn_rule_row row = {rule->id, rule->title_en, rule->title_ja,
		    rule->category, (uint8_t)rule->severity};

		if (rmn_case_add_rule(scan.the_case, &row, &rows[i], &error) != RMN_OK)
			return 1;
	}
	rmn_buf_init(&frame, 0);
	forget_files(path);
	return 0;
}

/* A source, and a unit of it that a worker is on. */
static void
start(struct run *r, struct slot *s, uint8_t flags)
{
	struct rmn_source_row source = {.path = "/source", .name = "source", .kind = "image",
	    .format = "raw", .size_bytes = 1 << 20};
	struct rmn_item_row item = {.path = rmn_bytes_from_string("a"),
	    .name = rmn_bytes_from_string("a"), .kind = flags & 1 ? "space" : "file",
	    .state = flags & 1 ? "residue" : "allocated", .size_bytes = 6};
	char state[16];
	uint64_t size;

	if (rmn_case_find_source(scan.the_case, source.path, &r->source_id, state, &size,
	    NULL) != RMN_OK && rmn_case_add_source(scan.the_case, &source, &r->source_id,
	    NULL) != RMN_OK)
		abort();
	r->scan = &scan;
	r->size_bytes = source.size_bytes;
	if (rmn_case_forget_walk(scan.the_case, r->source_id, NULL) != RMN_OK ||
	    rmn_case_next_unit(scan.the_case, &r->next_unit, NULL) != RMN_OK)
		abort();
	s->unit = run_add_unit(r, &item, false);
	s->item_id = rmn_item_id(s->unit, 0);
	s->is_space = flags & 1;
	s->size_bytes = 6;
	snprintf(s->state, sizeof(s->state), "%s", item.state);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run *r = calloc(1, sizeof(*r));
	bool is_taken = true;
	uint8_t flags = 0, choice;

	if (!r)
		return 0;
	from = rmn_cursor_over((struct rmn_bytes){data, size});
	rmn_cursor_u8(&from, &flags);
	start(r, &r->slots[0], flags);
	for (int i = 0; i < MESSAGES_MAX && is_taken && rmn_cursor_u8(&from, &choice); i++) {
		uint32_t type;

		rmn_buf_clear(&frame);
		rmn_arena_reset(scan.arena);
		type = flags & 2 ? walker_message(choice) : worker_message(choice);
		is_taken = flags & 2 ? run_take_walked(r, type, rmn_buf_bytes(&frame)) :
		    slot_take_result(r, &r->slots[0], type, rmn_buf_bytes(&frame));
		if (r->error.status != RMN_OK) {
			fprintf(stderr, "message %u: %s\n", type, r->error.text);
			abort();
		}
	}
	rmn_queue_release(&r->queue);
	rmn_buf_release(&r->item_frame);
	free(r->volumes);
	free(r->extents);
	free(r->runs);
	free(r);
	return 0;
}
