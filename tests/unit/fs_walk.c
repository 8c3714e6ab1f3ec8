/* SPDX-License-Identifier: MIT
 *
 * The walk over images that are made here with the file systems' own tools, and over the corpus:
 * the ledger adds up to the byte, no run of space overlaps a file, and what the extents say is
 * what the file system reads. */
#include "fs/walk.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "fs/read.h"
#include "worker/sandbox.h"

enum mark { MARK_NONE, MARK_SPACE = 1, MARK_CONTENT = 2, MARK_METADATA = 4 };

struct seen {
	struct rmn_image *image;
	unsigned char *map;		/* a mark for each byte of the image */
	uint64_t size;
	uint64_t space, content, metadata, slack, unallocated, gap;
	uint64_t overwritten;
	size_t items, deleted, streams, orphans, volumes, unexamined, linked;
	char *paths;			/* "volume:state:path[:stream]=content\n" */
	size_t paths_size;
	char filesystem[16];
	uint64_t volume_start;
	struct rmn_fs *fs;
	uint64_t last_window, last_end;
	uint32_t last_volume;
	bool has_map;
};

static char folder[64];

static bool
run(const char *format, ...)
{
	char line[1024];
	va_list arguments;
	int length = snprintf(line, sizeof(line), "cd %s && { ", folder);

	va_start(arguments, format);
	length += vsnprintf(line + length, sizeof(line) - (size_t)length, format, arguments);
	va_end(arguments);
	snprintf(line + length, sizeof(line) - (size_t)length, "; } >/dev/null 2>&1");
	return system(line) == 0;
}

static enum rmn_status
on_volume(void *context, const struct rmn_volume *v)
{
	struct seen *s = context;

	s->volumes++;
	assert_int_equal(v->number, s->volumes);
	assert_true(v->start_byte + v->length_bytes <= s->size);
	snprintf(s->filesystem, sizeof(s->filesystem), "%s", v->filesystem);
	s->volume_start = v->start_byte;
	rmn_fs_close(s->fs);
	s->fs = NULL;
	if (v->filesystem[0])
		rmn_fs_open(s->image, v->start_byte, v->filesystem, &s->fs, NULL);
	return RMN_OK;
}

/* The item's bytes by its extents, at most limit. */
static size_t
extents_read(struct seen *s, const struct rmn_walk_item *item, unsigned char *bytes, size_t limit)
{
	size_t at = 0, got;

	for (size_t i = 0; i < item->extent_count; i++) {
		size_t size = item->extents[i].length_bytes > limit - at ? limit - at :
		    (size_t)item->extents[i].length_bytes;

		if (item->extents[i].image_offset == RMN_EXTENT_SPARSE)
			memset(bytes + at, 0, size);
		else if (rmn_image_read(s->image, item->extents[i].image_offset, bytes + at, size,
		    &got, NULL) != RMN_OK || got < size)
			return at;
		at += size;
	}
	return at;
}

static size_t
fs_read(struct seen *s, const struct rmn_walk_item *item, unsigned char *bytes, size_t limit)
{
	struct rmn_blob blob;
	size_t got = 0;

	if (!s->fs || rmn_fs_blob_open(s->fs, item->inode, item->attribute_type,
	    item->attribute_id, &blob, NULL) != RMN_OK)
		return SIZE_MAX;
	assert_int_equal(blob.size_bytes, item->size_bytes);
	if (rmn_blob_read(&blob, 0, bytes, limit, &got, NULL) != RMN_OK)
		got = SIZE_MAX;
	rmn_fs_blob_close(&blob);
	return got;
}

static void
content_check(struct seen *s, const struct rmn_walk_item *item, char head[24])
{
	size_t limit = item->size_bytes > 300000 ? 300000 : (size_t)item->size_bytes;
	unsigned char *direct = calloc(1, limit + 1), *through = calloc(1, limit + 1);
	size_t from_extents, from_fs = fs_read(s, item, through, limit);

	if (item->how == RMN_CONTENT_EXTENTS) {
		from_extents = extents_read(s, item, direct, limit);
		if (from_fs != SIZE_MAX && from_extents == limit && from_fs == limit &&
		    memcmp(direct, through, limit) != 0)
			fail_msg("%.*s reads differently", (int)item->path.size, item->path.data);
	} else if (from_fs != SIZE_MAX) {
		memcpy(direct, through, limit);
	}
	for (size_t i = 0; i < 23 && i < limit && direct[i] > ' ' && direct[i] < 127; i++)
		head[i] = (char)direct[i];
	free(direct);
	free(through);
}

static void
extents_mark(struct seen *s, const struct rmn_walk_item *item)
{
	unsigned char mark = item->kind == RMN_ITEM_METADATA ? MARK_METADATA : MARK_CONTENT;

	for (size_t i = 0; i < item->extent_count && s->has_map; i++) {
		uint64_t start = item->extents[i].image_offset;
		uint64_t end = start + item->extents[i].length_bytes;

		if (start == RMN_EXTENT_SPARSE)
			continue;
		for (uint64_t at = start; at < end && at < s->size; at++)
			s->map[at] |= mark;
	}
}

static enum rmn_status
on_item(void *context, const struct rmn_walk_item *item)
{
	struct seen *s = context;
	char line[700], head[24] = "";
	uint64_t sum = 0;
	int length;

	s->items++;
	s->deleted += item->state == RMN_DELETED;
	s->streams += item->stream.size != 0;
	s->orphans += item->is_orphan;
	s->overwritten += item->overwritten_bytes;
	s->linked += item->how == RMN_CONTENT_NONE && item->extent_count &&
	    item->kind == RMN_ITEM_FILE;
	assert_true(item->path.size > 0);
	for (size_t i = 0; i < item->extent_count; i++)
		sum += item->extents[i].length_bytes;
	assert_true(sum <= item->size_bytes);
	assert_true(item->overwritten_bytes <= item->size_bytes);
	if (item->how == RMN_CONTENT_EXTENTS)
		extents_mark(s, item);
	if (item->how != RMN_CONTENT_NONE)
		content_check(s, item, head);
	length = snprintf(line, sizeof(line), "%u:%s:%s:%.*s%s%.*s=%s\n", item->volume,
	    rmn_item_kind_name(item->kind), rmn_item_state_name(item->state),
	    (int)item->path.size, item->path.data, item->stream.size ? ":" : "",
	    (int)item->stream.size, item->stream.data, head);
	if (s->paths_size + (size_t)length < (1u << 20)) {
		memcpy(s->paths + s->paths_size, line, (size_t)length + 1);
		s->paths_size += (size_t)length;
	}
	return RMN_OK;
}

static enum rmn_status
on_space(void *context, uint32_t volume, uint64_t window, const struct rmn_space_run *runs,
    size_t count)
{
	struct seen *s = context;

	assert_true(count > 0);
	assert_int_equal(window % RMN_SPACE_WINDOW_BYTES, 0);
	assert_true(volume != s->last_volume || window > s->last_window || s->last_end == 0);
	s->last_volume = volume;
	s->last_window = window;
	s->last_end = window;
	for (size_t i = 0; i < count; i++) {
		uint64_t end = runs[i].image_offset + runs[i].length_bytes;

		assert_true(runs[i].length_bytes > 0);
		assert_true(runs[i].image_offset >= s->last_end);
		assert_true(end <= window + RMN_SPACE_WINDOW_BYTES && end <= s->size);
		s->last_end = end;
		s->space += runs[i].length_bytes;
		s->slack += runs[i].kind == RMN_SPACE_SLACK ? runs[i].length_bytes : 0;
		s->gap += runs[i].kind == RMN_SPACE_GAP ? runs[i].length_bytes : 0;
		s->unallocated += runs[i].kind == RMN_SPACE_UNALLOCATED ? runs[i].length_bytes : 0;
		for (uint64_t at = runs[i].image_offset; at < end && s->has_map; at++) {
			assert_int_equal(s->map[at] & MARK_SPACE, 0);
			s->map[at] |= MARK_SPACE;
		}
	}
	return RMN_OK;
}

static enum rmn_status
on_ledger(void *context, uint32_t volume, uint64_t content, uint64_t metadata)
{
	struct seen *s = context;

	(void)volume;
	s->content += content;
	s->metadata += metadata;
	return RMN_OK;
}

static enum rmn_status
on_unexamined(void *context, uint32_t volume, const char *stage, const char *reason)
{
	(void)volume;
	assert_true(stage[0] && reason[0]);
	((struct seen *)context)->unexamined++;
	return RMN_OK;
}

static void
seen_release(struct seen *s)
{
	rmn_fs_close(s->fs);
	free(s->map);
	free(s->paths);
}

/* Walks an image and checks everything that holds for every image. */
static void
walk_image(struct rmn_image *image, struct seen *s)
{
	const struct rmn_walk_sink sink = {.context = s, .volume = on_volume, .item = on_item,
		.space = on_space, .ledger = on_ledger, .unexamined = on_unexamined};
	struct rmn_error error = {0};
	enum rmn_status status;
	uint64_t marked = 0;

	*s = (struct seen){.image = image, .size = rmn_image_size(image)};
	s->has_map = s->size <= 128 * RMN_MIB;
	s->map = calloc(1, s->has_map ? (size_t)s->size : 1);
	s->paths = calloc(1, 1u << 20);
	status = rmn_walk_image(image, NULL, &sink, &error);
	if (status != RMN_OK && status != RMN_PARTIAL)
		fail_msg("walk: %s", error.text);
	assert_int_equal(status == RMN_PARTIAL, s->unexamined != 0);
	assert_int_equal(s->content + s->metadata + s->space, s->size);
	for (uint64_t at = 0; at < s->size && s->has_map; at++) {
		marked += s->map[at] != 0 && s->map[at] != MARK_SPACE;
		assert_true(!(s->map[at] & MARK_SPACE) || s->map[at] == MARK_SPACE);
	}
	if (s->has_map)
		assert_true(s->content + s->metadata >= marked);
	rmn_fs_close(s->fs);
	s->fs = NULL;
}

static bool
walk_path(const char *path, struct seen *s)
{
	struct rmn_image_files files;
	struct rmn_image *image;
	struct rmn_error error = {0};

	if (rmn_image_files_open(path, &files, &error) != RMN_OK)
		return false;
	if (rmn_image_open(&files, &image, &error) != RMN_OK) {
		rmn_image_files_release(&files);
		return false;
	}
	walk_image(image, s);
	rmn_image_close(image);
	rmn_image_files_release(&files);
	return true;
}

static void
walk_made(const char *name, struct seen *s)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_true(walk_path(path, s));
}

static void
expect_path(const struct seen *s, const char *line)
{
	char whole[256];

	snprintf(whole, sizeof(whole), "%s\n", line);
	if (!strstr(s->paths, whole))
		fail_msg("no \"%s\" in:\n%.4000s", line, s->paths);
}

/* Files for the made images: a text of 700 bytes, a long one, an empty one, a Japanese name. */
static int
set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/rmn-walk-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	return run("mkdir -p t/sub/deep && for i in $(seq 100); do echo note$i; done > t/note.txt &&"
	    "seq 100000 > t/sub/long.txt && : > t/empty && echo kaigi > t/sub/会議.txt &&"
	    "echo gone > t/gone.txt && seq 5000 > t/sub/deep/gone2.txt") ? 0 : -1;
}

static int
tear_down(void **state)
{
	char command[96];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static void
test_fat(void **state)
{
	static const struct {
		const char *options, *filesystem;
		int sectors;
	} rows[] = {
		{"-F12", "fat12", 4000}, {"-F16 -s2", "fat16", 20000},
		{"-F32 -s1", "fat32", 80000}, {"-F32 -s4", "fat32", 280001},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct seen s;

		if (!run("rm -f f && truncate -s $((%d*512)) f && mkfs.fat %s -n STICK f && "
		    "mcopy -s -i f t/* ::/ && mdel -i f ::/gone.txt ::/sub/deep/gone2.txt",
		    rows[i].sectors, rows[i].options))
			skip();
		walk_made("f", &s);
		assert_string_equal(s.filesystem, rows[i].filesystem);
		expect_path(&s, "1:file:allocated:note.txt=note1");
		expect_path(&s, "1:file:allocated:sub/long.txt=1");
		expect_path(&s, "1:file:allocated:empty=");
		expect_path(&s, "1:file:deleted:_one.txt=gone");
		expect_path(&s, "1:file:deleted:sub/deep/_one2.txt=1");
		expect_path(&s, "1:directory:allocated:sub/deep=");
		assert_int_equal(s.overwritten, 0);
		assert_true(s.slack > 0 && s.unallocated > 100000);
		assert_true(s.gap < 300000);
		seen_release(&s);
	}
}

static void
test_ext(void **state)
{
	static const char *const options[] = {"-t ext2 -b 1024", "-t ext3 -b 1024",
		"-t ext4 -b 4096", "-t ext4 -b 1024 -O inline_data", "-t ext4 -O ^flex_bg,^has_journal"};

	(void)state;
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		struct seen s;

		if (!run("rm -f e && truncate -s 24M e && mke2fs -F %s -L data -d t e && "
		    "debugfs -w -R 'rm gone.txt' e && debugfs -w -R 'ln note.txt sub/again' e",
		    options[i]))
			skip();
		walk_made("e", &s);
		if (strncmp(s.filesystem, "ext", 3) != 0)
			fail_msg("libtsk does not read %s", options[i]);
		expect_path(&s, "1:file:allocated:note.txt=note1");
		expect_path(&s, "1:file:allocated:sub/long.txt=1");
		expect_path(&s, "1:file:allocated:sub/会議.txt=kaigi");
		assert_non_null(strstr(s.paths, ":deleted:gone.txt="));
		assert_true(s.metadata > 100000);
		seen_release(&s);
	}
}

static void
test_ntfs(void **state)
{
	struct seen s;

	(void)state;
	if (!run("rm -f n && truncate -s 9M n && mkntfs -F -q -s 512 -L 資料 n && "
	    "ntfscp n t/note.txt note.txt && ntfscp n t/sub/long.txt long.txt && "
	    "ntfscp -N zone n t/gone.txt long.txt && ntfscp -N big n t/sub/long.txt note.txt"))
		skip();
	walk_made("n", &s);
	assert_string_equal(s.filesystem, "ntfs");
	expect_path(&s, "1:file:allocated:note.txt=note1");
	expect_path(&s, "1:file:allocated:long.txt=1");
	expect_path(&s, "1:stream:allocated:long.txt:zone=gone");
	expect_path(&s, "1:stream:allocated:note.txt:big=1");
	expect_path(&s, "1:metadata:allocated:$MFT=FILE0");
	assert_non_null(strstr(s.paths, "1:metadata:allocated:$BadClus:$Bad=\n"));
	assert_true(s.gap < 4096 + 4096);
	seen_release(&s);
}

static void
test_exfat(void **state)
{
	struct seen s;

	(void)state;
	if (!run("rm -f x && truncate -s 8M x && mkfs.exfat x"))
		skip();
	walk_made("x", &s);
	assert_string_equal(s.filesystem, "exfat");
	assert_true(s.unallocated > 4000000);
	seen_release(&s);
}

static void
test_iso(void **state)
{
	struct seen s;

	(void)state;
	if (!run("genisoimage -quiet -J -r -V DISC -o i t"))
		skip();
	walk_made("i", &s);
	assert_string_equal(s.filesystem, "iso9660");
	assert_non_null(strstr(s.paths, "sub/long.txt=1\n"));
	seen_release(&s);
}

/* A DOS table by hand: entries of {type, start, length}. */
static void
dos_table(unsigned char sector[512], const uint32_t (*entries)[3], size_t count)
{
	memset(sector, 0, 512);
	for (size_t i = 0; i < count; i++) {
		unsigned char *entry = sector + 446 + 16 * i;

		entry[4] = (unsigned char)entries[i][0];
		for (int k = 0; k < 4; k++) {
			entry[8 + k] = (unsigned char)(entries[i][1] >> (8 * k));
			entry[12 + k] = (unsigned char)(entries[i][2] >> (8 * k));
		}
	}
	sector[510] = 0x55;
	sector[511] = 0xaa;
}

static void
test_partitions(void **state)
{
	/* FAT, a hole, ext, one of an unknown kind, one that lies across the first two. */
	static const uint32_t entries[][3] = {
		{0x06, 2048, 20000}, {0x83, 24000, 16384}, {0x7f, 50000, 1000}, {0x0c, 10000, 20000},
	};
	unsigned char sector[512];
	struct seen s;
	char path[256];
	FILE *file;

	(void)state;
	if (!run("rm -f p && truncate -s $((60000*512+100)) p && "
	    "truncate -s $((20000*512)) pf && mkfs.fat -F16 pf && mcopy -s -i pf t/* ::/ && "
	    "truncate -s 8M pe && mke2fs -F -t ext2 -d t pe && "
	    "dd if=pf of=p bs=512 seek=2048 conv=notrunc && "
	    "dd if=pe of=p bs=512 seek=24000 conv=notrunc"))
		skip();
	dos_table(sector, entries, 4);
	snprintf(path, sizeof(path), "%s/p", folder);
	file = fopen(path, "r+b");
	assert_non_null(file);
	assert_int_equal(fwrite(sector, 1, 512, file), 512);
	fclose(file);
	walk_made("p", &s);
	assert_int_equal(s.volumes, 4);
	expect_path(&s, "1:file:allocated:note.txt=note1");
	expect_path(&s, "3:file:allocated:note.txt=note1");
	assert_true(s.gap >= 2048 * 512 + (60000 - 51000) * 512);
	seen_release(&s);
}

static void
test_no_file_system(void **state)
{
	struct seen s;

	(void)state;
	assert_true(run("seq 1000000 | head -c 1000001 > r && : "));
	walk_made("r", &s);
	assert_int_equal(s.volumes, 1);
	assert_string_equal(s.filesystem, "");
	assert_int_equal(s.gap, 1000001);
	seen_release(&s);
	assert_true(run("truncate -s 40M z"));
	walk_made("z", &s);
	assert_int_equal(s.gap, 40u << 20);
	seen_release(&s);
}

/* The walk needs nothing that the sandbox takes away. */
static void
walk_in_sandbox(const char *path, size_t items, uint64_t content)
{
	struct rmn_image_files files;
	int status;
	pid_t child;

	assert_int_equal(rmn_image_files_open(path, &files, NULL), RMN_OK);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct rmn_sandbox_options options = {0};
		struct rmn_image *image;
		struct seen s;

		setenv("CMOCKA_TEST_ABORT", "1", 1);
		if (rmn_sandbox_enter(&options, NULL) != RMN_OK ||
		    rmn_image_open(&files, &image, NULL) != RMN_OK)
			_exit(99);
		walk_image(image, &s);
		_exit(s.items == items && s.content == content ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (status != 0)
		fail_msg("%s in the sandbox: wait status %x", path, (unsigned)status);
	rmn_image_files_release(&files);
}

static void
test_corpus(void **state)
{
	static const struct {
		const char *name, *filesystem, *path;
	} rows[] = {
		{"log2timeline__dfvfs/apfs.raw", "apfs",
			"1:file:allocated:passwords.txt=place,user,password"},
		{"log2timeline__dfvfs/hfsplus.raw", "hfsplus",
			"1:stream:allocated:a_directory/a_resourcefork:rsrc=My"},
		{"log2timeline__dfvfs/ext2.E01", "ext2",
			"1:file:allocated:passwords.txt=place,user,password"},
		{"log2timeline__dfvfs/ext2.split.E01", "ext2", ""},
		{"log2timeline__dfvfs/ext2.qcow2", "ext2", ""},
		{"log2timeline__dfvfs/ext2.vmdk", "ext2", ""},
		{"log2timeline__dfvfs/image.vhd", "ext2", ""},
		{"log2timeline__dfvfs/iso9660.raw", "iso9660", ""},
		{"log2timeline__dfvfs/windows_volume.qcow2", "ntfs", ""},
		{"log2timeline__dfvfs/hfsplus_zlib.dmg", "", ""},
		{"SecurityRonin__hfsplus-forensic/hfs_plus_volume.bin", "hfsplus", ""},
		{"penguin359__hfsplus-rs/hfsp-blank.img", "hfsplus", ""},
		{"penguin359__hfsplus-rs/hfsp-small.img", "hfsplus", ""},
		{"openpreserve__format-corpus/hello-world-untitled-volume.img", "", ""},
		{"simsong__bulk_extractor/1mb_fat32.dmg", "fat12", ""},
		{"simsong__bulk_extractor/nps-2010-emails.E01", "fat16", ""},
		{"simsong__bulk_extractor/nps-2010-emails.100k.raw", "fat16", ""},
	};
	const char *corpus = getenv("RMN_CORPUS");

	(void)state;
	if (!corpus || !*corpus)
		skip();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char path[512];
		struct seen s;

		snprintf(path, sizeof(path), "%s/images/%s", corpus, rows[i].name);
		assert_true(walk_path(path, &s));
		assert_string_equal(s.filesystem, rows[i].filesystem);
		if (rows[i].path[0])
			expect_path(&s, rows[i].path);
		walk_in_sandbox(path, s.items, s.content);
		seen_release(&s);
	}
}

/* The same image gives the same calls. */
static void
test_repeats(void **state)
{
	struct seen a, b;

	(void)state;
	if (!run("rm -f d && truncate -s 9M d && mkfs.fat d && mcopy -s -i d t/* ::/"))
		skip();
	walk_made("d", &a);
	walk_made("d", &b);
	assert_string_equal(a.paths, b.paths);
	assert_int_equal(a.content, b.content);
	assert_int_equal(a.slack, b.slack);
	seen_release(&a);
	seen_release(&b);
}

/* Walks in a child, because libtsk itself may fall over damage or lose itself in it: that costs a
 * child in the program too, and is only told here.  What must not happen is a failure of ours,
 * which shows as an assertion or a sanitizer's report. */
static void
walk_in_child(const char *name, const char *what)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct seen s;
		char path[256];

		alarm(2);
		setenv("CMOCKA_TEST_ABORT", "1", 1);
		snprintf(path, sizeof(path), "%s/%s", folder, name);
		if (walk_path(path, &s))
			seen_release(&s);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGABRT)
		print_message("%s: libtsk ended with signal %d\n", what, WTERMSIG(status));
	else if (status != 0)
		fail_msg("%s: wait status %x", what, (unsigned)status);
}

/* Overwrites the tail of one sector in a hundred; half of them near the start, where the
 * structures are. */
static void
sectors_damage(unsigned char *bytes, size_t size, uint32_t seed)
{
	size_t sectors = size / 512;

	for (size_t i = 0; i < sectors / 100; i++) {
		size_t sector, from;

		seed = seed * 1664525u + 1013904223u;
		sector = (seed >> 4) % (i % 2 || sectors < 400 ? sectors : 400);
		seed = seed * 1664525u + 1013904223u;
		from = (seed >> 4) % 500;
		for (size_t k = from; k < 512 && sector; k++) {
			seed = seed * 1664525u + 1013904223u;
			bytes[sector * 512 + k] = i % 3 ? (unsigned char)(seed >> 24) : 0xff;
		}
	}
}

static unsigned char *
file_read(const char *name, size_t *size)
{
	unsigned char *bytes = malloc(16u << 20);
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "rb");
	*size = file && bytes ? fread(bytes, 1, 16u << 20, file) : 0;
	if (file)
		fclose(file);
	return bytes;
}

static void
file_write(const char *name, const unsigned char *bytes, size_t size)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	fclose(file);
}

static void
test_damaged(void **state)
{
	static const char *const made[] = {"d", "e", "n", "x", "i", "p"};

	(void)state;
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		char what[64];
		size_t size;
		unsigned char *bytes = file_read(made[i], &size);

		for (size_t part = 1; part < 8 && size; part += 2) {
			snprintf(what, sizeof(what), "%s cut at %zu/8", made[i], part);
			file_write("cut", bytes, size * part / 8 + 77);
			walk_in_child("cut", what);
		}
		free(bytes);
		for (uint32_t seed = 1; seed < 5 && size; seed++) {
			bytes = file_read(made[i], &size);
			snprintf(what, sizeof(what), "%s damaged with seed %u", made[i], seed);
			sectors_damage(bytes, size, seed);
			file_write("hurt", bytes, size);
			walk_in_child("hurt", what);
			free(bytes);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fat),
		cmocka_unit_test(test_ext),
		cmocka_unit_test(test_ntfs),
		cmocka_unit_test(test_exfat),
		cmocka_unit_test(test_iso),
		cmocka_unit_test(test_partitions),
		cmocka_unit_test(test_no_file_system),
		cmocka_unit_test(test_corpus),
		cmocka_unit_test(test_repeats),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
