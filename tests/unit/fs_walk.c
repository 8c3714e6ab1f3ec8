/* SPDX-License-Identifier: MIT
 *
 * The walk over images that are made here with the file systems' own tools, and over the corpus:
 * the ledger adds up to the byte, no run of space overlaps a file, and what the extents say is
 * what the file system reads. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif
#include "tests/unit/fs_walk.h"

#include "worker/sandbox.h"

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

/* Compressed by ntfs-3g; 0x800 is FILE_ATTRIBUTE_COMPRESSED of the folder. */
static void
test_ntfs_compressed(void **state)
{
	struct seen s;

	(void)state;
	if (!run("rm -f c && truncate -s 9M c && mkntfs -F -q c && mkdir -p m && "
	    "ntfs-3g -o compression c m && mkdir m/z && python3 -c 'import os; "
	    "os.setxattr(\"m/z\", b\"system.ntfs_attrib_be\", bytes([0, 0, 8, 0]))' && "
	    "cp t/sub/long.txt m/z/long.txt && cp t/sub/long.txt m/z/gone.txt && sync && "
	    "rm m/z/gone.txt; umount m")) {
		print_message("no FUSE\n");
		skip();
	}
	walk_made("c", &s);
	expect_path(&s, "1:file:allocated:z/long.txt=1");
	expect_path(&s, "1:file:deleted:z/gone.txt=1");
	assert_int_equal(s.overwritten, 0);
	assert_true(s.content < 2 * 588895);
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

/* Allocations until the next call may be lost: a leak of a library's own fails no test of ours. */
static void
leaks_allow(bool allow)
{
#ifdef __SANITIZE_ADDRESS__
	static bool is_allowed;

	if (allow && !is_allowed)
		__lsan_disable();
	else if (!allow && is_allowed)
		__lsan_enable();
	is_allowed = allow;
#else
	(void)allow;
#endif
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
		{"log2timeline__dfvfs/hfsplus_zlib.dmg", "hfsplus",
			"1:file:allocated:passwords.txt=place,user,password"},
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
		/* libtsk 4.11.1 forgets to free what it reads of compressed files of HFS+ */
		leaks_allow(strstr(rows[i].name, "hfsplus_zlib") != NULL);
		assert_true(walk_path(path, &s));
		leaks_allow(false);
		assert_string_equal(s.filesystem, rows[i].filesystem);
		if (rows[i].path[0])
			expect_path(&s, rows[i].path);
		walk_in_sandbox(path, s.items, s.content);
		seen_release(&s);
	}
}

/* libtsk gives up a folder at a hard link whose target it cannot find: what was listed before is
 * kept, the failure is told, and the files it hides are examined as unclaimed bytes. */
static void
test_broken_folder(void **state)
{
	static const char image[] = "/images/penguin359__hfsplus-rs/hfsp-small.img";
	const char *corpus = getenv("RMN_CORPUS");
	struct seen s;

	(void)state;
	if (!corpus || !*corpus)
		skip();
	assert_true(run("python3 -c 'd=bytearray(open(\"%s%s\",\"rb\").read())\n"
	    "p=d.find(b\"hlnkhfs+\")\nwhile p>0:\n d[p-4:p]=b\"\\x00\\x0f\\x12\\x06\"; "
	    "p=d.find(b\"hlnkhfs+\",p+1)\nopen(\"h\",\"wb\").write(d)'", corpus, image));
	walk_made("h", &s);
	assert_true(s.unexamined > 0);
	expect_path(&s, "1:directory:allocated:files=");
	assert_non_null(strstr(s.paths, "1:file:allocated:files/first="));
	expect_path(&s, "1:directory:allocated:^^^^HFS+ Private Data=");
	assert_true(s.gap > 8192);
	seen_release(&s);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fat),
		cmocka_unit_test(test_ext),
		cmocka_unit_test(test_ntfs),
		cmocka_unit_test(test_ntfs_compressed),
		cmocka_unit_test(test_exfat),
		cmocka_unit_test(test_iso),
		cmocka_unit_test(test_partitions),
		cmocka_unit_test(test_no_file_system),
		cmocka_unit_test(test_corpus),
		cmocka_unit_test(test_broken_folder),
		cmocka_unit_test(test_repeats),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
