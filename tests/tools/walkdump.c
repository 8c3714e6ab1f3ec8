/* SPDX-License-Identifier: MIT
 *
 * walkdump IMAGE [--space] [--quiet] [--paths]: the walk as TSV, and at the end whether the ledger
 * adds up.  --space adds the unclaimed runs, --quiet leaves the items out, --paths prints only
 * VOLUME TAB PATH[:STREAM] NUL for each item, --no-orphans leaves out the search for files that have
 * no name.  --recover walks with recover/recover.h: lost volumes and carving too. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/time.h"
#include "base/utf8.h"
#include "recover/recover.h"

struct dump {
	bool show_space, quiet, paths_only, recover;
	struct rmn_walk_options options;
	uint64_t items, space_bytes, content_bytes, metadata_bytes, unexamined;
};

static void
print_escaped(struct rmn_bytes text)
{
	struct rmn_buf buf;

	rmn_buf_init(&buf, 0);
	rmn_utf8_append_escaped(&buf, text);
	fputs(rmn_buf_string(&buf), stdout);
	rmn_buf_release(&buf);
}

static enum rmn_status
on_volume(void *context, const struct rmn_volume *v)
{
	if (((struct dump *)context)->paths_only)
		return RMN_OK;
	printf("volume\t%u\t%s\t%s%s\t%" PRIu64 "\t%" PRIu64 "\t%u\t%s\t%s\n", v->number, v->slot,
	    v->filesystem, v->state == RMN_VOLUME_LOST ? ",lost" : "", v->start_byte,
	    v->length_bytes, v->block_bytes, v->label, v->description);
	return RMN_OK;
}

static enum rmn_status
on_item(void *context, const struct rmn_walk_item *item)
{
	static const char *const how[] = {"none", "extents", "fs", "lznt1", "decmpfs"};
	struct dump *dump = context;
	char modified[RMN_TIME_TEXT_BYTES];

	dump->items++;
	if (dump->quiet)
		return RMN_OK;
	if (dump->paths_only) {
		printf("%u\t%.*s%s%.*s", item->volume, (int)item->path.size, item->path.data,
		    item->stream.size ? ":" : "", (int)item->stream.size, item->stream.data);
		putchar('\0');
		return RMN_OK;
	}
	rmn_time_text(item->modified, modified);
	printf("item\t%u\t%s\t%s%s%c\t%s\t%" PRIu64 "\t%" PRIu64 "\t%u\t%" PRIu64 "\t%s\t",
	    item->volume, rmn_item_kind_name(item->kind), rmn_item_state_name(item->state),
	    item->grade ? "," : "", item->grade ? item->grade : ' ', how[item->how], item->size_bytes, item->inode, item->link_count,
	    item->overwritten_bytes, modified);
	print_escaped(item->path);
	if (item->stream.size) {
		putchar(':');
		print_escaped(item->stream);
	}
	putchar('\t');
	for (size_t i = 0; i < item->extent_count && i < 16; i++) {
		if (item->extents[i].image_offset == RMN_EXTENT_SPARSE)
			printf("%s-+%" PRIu64, i ? "," : "", item->extents[i].length_bytes);
		else
			printf("%s%" PRIu64 "+%" PRIu64, i ? "," : "",
			    item->extents[i].image_offset, item->extents[i].length_bytes);
	}
	printf("%s\n", item->extent_count > 16 ? ",..." : "");
	return RMN_OK;
}

static enum rmn_status
on_space(void *context, uint32_t volume, uint64_t window, const struct rmn_space_run *runs,
    size_t count)
{
	static const char *const kinds[] = {"unallocated", "slack", "gap"};
	struct dump *dump = context;

	for (size_t i = 0; i < count; i++) {
		dump->space_bytes += runs[i].length_bytes;
		if (dump->show_space)
			printf("space\t%u\t%" PRIu64 "\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64
			    "\n", volume, window, kinds[runs[i].kind], runs[i].image_offset,
			    runs[i].length_bytes, runs[i].owner_inode);
	}
	return RMN_OK;
}

static enum rmn_status
on_ledger(void *context, uint32_t volume, uint64_t content, uint64_t metadata)
{
	struct dump *dump = context;

	dump->content_bytes += content;
	dump->metadata_bytes += metadata;
	if (!dump->paths_only)
		printf("ledger\t%u\t%" PRIu64 "\t%" PRIu64 "\n", volume, content, metadata);
	return RMN_OK;
}

static enum rmn_status
on_unexamined(void *context, uint32_t volume, const char *stage, const char *reason)
{
	struct dump *dump = context;

	dump->unexamined++;
	if (!dump->paths_only)
		printf("unexamined\t%u\t%s\t%s\n", volume, stage, reason);
	return RMN_OK;
}

static enum rmn_status
on_recovered(void *context, uint64_t content, uint64_t carved)
{
	struct dump *dump = context;

	dump->content_bytes += content + carved;
	if (!dump->paths_only)
		printf("recovered\t%" PRIu64 "\t%" PRIu64 "\n", content, carved);
	return RMN_OK;
}

static void
on_note(void *context, const char *text)
{
	if (!((struct dump *)context)->paths_only)
		printf("note\t%s\n", text);
}

static void
on_stage(void *context, unsigned stage, const char *name)
{
	if (!((struct dump *)context)->paths_only)
		printf("stage\t%u\t%s\n", stage, name);
}

static int
dump_image(struct rmn_image *image, struct dump *dump)
{
	const struct rmn_recover_options recovery = {.walk = &dump->options};
	const struct rmn_walk_sink sink = {
		.context = dump, .volume = on_volume, .item = on_item, .space = on_space,
		.ledger = on_ledger, .unexamined = on_unexamined, .recovered = on_recovered,
		.note = on_note, .stage = on_stage,
	};
	struct rmn_error error = {0};
	enum rmn_status status = dump->recover ? rmn_recover_image(image, &recovery, &sink, &error) :
	    rmn_walk_image(image, &dump->options, &sink, &error);
	uint64_t sum = dump->content_bytes + dump->metadata_bytes + dump->space_bytes;

	if (!dump->paths_only)
		printf("total\t%s\t%s\titems %" PRIu64 "\tcontent %" PRIu64 "\tmetadata %" PRIu64
	    "\tspace %" PRIu64 "\tsize %" PRIu64 "\t%s\t%s\n", rmn_image_format(image),
	    rmn_status_name(status), dump->items, dump->content_bytes, dump->metadata_bytes,
	    dump->space_bytes, rmn_image_size(image),
	    sum == rmn_image_size(image) ? "exact" : "WRONG", error.text);
	return sum == rmn_image_size(image) && (status == RMN_OK || status == RMN_PARTIAL) ? 0 : 1;
}

int
main(int argc, char **argv)
{
	struct rmn_image_files files;
	struct rmn_image *image;
	struct rmn_error error = {0};
	struct dump dump = {0};
	int result;

	for (int i = 2; i < argc; i++) {
		dump.show_space |= strcmp(argv[i], "--space") == 0;
		dump.quiet |= strcmp(argv[i], "--quiet") == 0;
		dump.options.without_orphans |= strcmp(argv[i], "--no-orphans") == 0;
		dump.paths_only |= strcmp(argv[i], "--paths") == 0;
		dump.recover |= strcmp(argv[i], "--recover") == 0;
	}
	dump.options.orphans_elsewhere = dump.recover;
	if (argc < 2) {
		fprintf(stderr, "usage: walkdump IMAGE [--space] [--quiet] [--paths] [--no-orphans] "
		    "[--recover]\n");
		return 2;
	}
	if (rmn_image_files_open(argv[1], &files, &error) != RMN_OK) {
		fprintf(stderr, "walkdump: %s\n", error.text);
		return 4;
	}
	if (rmn_image_open(&files, &image, &error) != RMN_OK) {
		fprintf(stderr, "walkdump: %s\n", error.text);
		rmn_image_files_release(&files);
		return 4;
	}
	result = dump_image(image, &dump);
	rmn_image_close(image);
	rmn_image_files_release(&files);
	return result;
}
