/* SPDX-License-Identifier: MIT
 *
 * A synthetic case, the same each time: one disk with a current and a lost file system, and one
 * folder.  People, companies and numbers are made up.  Everything is arithmetic on the unit number,
 * so figures can be checked by hand. */
#ifndef TESTS_TOOLS_MKCASE_H
#define TESTS_TOOLS_MKCASE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/case.h"

#define MKCASE_DISK_BYTES (256ull << 20)
#define MKCASE_FILES 240	/* documents and others on the disk */
#define MKCASE_WINDOWS 16	/* of unclaimed space, 4 MiB each */

struct mkcase {
	struct rmn_case *c;
	int64_t disk, tree, volume[2], unit, rules[8];
	uint64_t findings;	/* of each file */
	struct rmn_error error;
};

static const struct rmn_rule_row mkcase_rules[8] = {
	{"email", "E-mail address", "メールアドレス", "contact", 2},
	{"jp_phone", "Japanese phone number", "電話番号（日本）", "contact", 2},
	{"jp_mynumber", "My Number", "マイナンバー", "government_id", 5},
	{"payment_card", "Payment card number", "クレジットカード番号", "financial", 4},
	{"birth_date", "Date of birth", "生年月日", "personal", 3},
	{"private_key", "Private key", "秘密鍵", "secret", 5},
	{"aws_token", "AWS access key", "AWSアクセスキー", "secret", 5},
	{"marking", "Confidentiality marking", "機密表示", "marking", 3},
};

static const char *const mkcase_masked[8] = {"t***@example.jp", "03-****-**01", "1234********",
	"4111-****-****-1111", "19**-**-**", "-----BEGIN … KEY-----", "AKIA************", "【社外秘】"};

static const struct {
	const char *type, *name, *title, *format, *marking, *marking_text;
	unsigned level;
	bool business;
} mkcase_documents[8] = {
	{"minutes", "議事録", "定例会議 議事録", "docx", "internal", "社外秘", 2, true},
	{"invoice", "請求書", "ご請求書", "pdf", "", NULL, 0, true},
	{"customer_list", "顧客名簿", "顧客名簿 2015", "xlsx", "secret", "部外秘", 3, true},
	{"contract", "契約書", "業務委託契約書", "doc", "", NULL, 0, true},
	{"estimate", "見積書", "御見積書 <b>&\"x\"</b>", "xls", "", NULL, 0, true},
	{"design", "設計書\xE2\x80\xAE" "fdp", "基本設計書", "pptx", "internal", "社外秘", 2, true},
	{"other", "旅行の写真", "夏休み", "txt", "", NULL, 0, false},
	{"mail", "Re_ 打合せの件", "打合せの件", "eml", "", NULL, 0, true},
};

static inline void
mkcase_must(struct mkcase *m, enum rmn_status status)
{
	if (status == RMN_OK)
		return;
	fprintf(stderr, "mkcase: %s\n", m->error.text);
	exit(4);
}

static inline int64_t
mkcase_time(int year, int month)
{
	char text[32];
	int64_t time = RMN_TIME_UNKNOWN;

	snprintf(text, sizeof(text), "%04d-%02d-15T09:30:00Z", year, month);
	rmn_time_parse(text, &time);
	return time;
}

static inline void
mkcase_findings(struct mkcase *m, int64_t item, int64_t unit, uint64_t count, bool in_text)
{
	uint64_t i;

	for (i = 0; i < count; i++) {
		unsigned which = (unsigned)((uint64_t)unit * 5 + i * 3) % 40;
		unsigned rule = which < 18 ? 0 : which < 32 ? 1 : which % 8;
		struct rmn_finding_row row = {
			.id = unit << RMN_FINDING_BITS | (int64_t)i, .item_id = item,
			.rule = m->rules[rule], .severity = mkcase_rules[rule].severity,
			.score = (uint8_t)(30 + (unit * 7 + (int64_t)i * 11) % 70),
			.encoding_index = (uint8_t)(unit % 3),
			.encoding = unit % 3 == 0 ? "utf-8" : unit % 3 == 1 ? "cp932" : "utf-16le",
			.reasons = (uint16_t)(1 | (i % 2 ? 4 : 8)), .offset = 100 + i * 37,
			.length_bytes = 15, .in_text = in_text,
			.masked = rmn_bytes_from_string(mkcase_masked[rule]),
			.context = rmn_bytes_from_string("担当 山■ 太■ 連絡先 t***@example.jp"),
			.value = rmn_bytes_from_string("taro@example.jp"),
			.value_hash = {(unsigned char)(i % 50), (unsigned char)rule},
		};

		if (in_text)
			row.part = rmn_bytes_from_string("sheet 顧客");
		mkcase_must(m, rmn_case_add_finding(m->c, &row, &m->error));
	}
}

static inline void
mkcase_result(struct mkcase *m, int64_t item, const char *status, const char *reason)
{
	struct rmn_item_result result = {.id = item, .has_sha256 = true,
		.media_type = "application/octet-stream", .status = status,
		.status_reason = reason, .recoverability = reason ? "partial" : "intact",
		.text_bytes = 4000};

	/* Every fifth file is a copy of the one before it. */
	memcpy(result.sha256, &item, sizeof(item));
	if ((item >> RMN_ITEM_BITS) % 5 == 0) {
		int64_t other = item - (1 << RMN_ITEM_BITS);

		memcpy(result.sha256, &other, sizeof(other));
	}
	mkcase_must(m, rmn_case_set_item_result(m->c, &result, &m->error));
}

static inline void
mkcase_document(struct mkcase *m, int64_t item, int64_t unit)
{
	size_t kind = (size_t)(unit % 5 == 0 ? unit - 1 : unit) % 8;
	struct rmn_document_row row = {.item_id = item, .format = mkcase_documents[kind].format,
		.doc_type = mkcase_documents[kind].type, .type_score = 70,
		.is_business = mkcase_documents[kind].business,
		.title = rmn_bytes_from_string(mkcase_documents[kind].title),
		.author = rmn_bytes_from_string("佐藤 花子"),
		.company = rmn_bytes_from_string("株式会社東雲"),
		.created = mkcase_time(2003 + (int)(unit % 15), 1 + (int)(unit % 12)),
		.modified = mkcase_time(2004 + (int)(unit % 14), 1 + (int)(unit % 12)),
		.marking = mkcase_documents[kind].marking,
		.marking_level = mkcase_documents[kind].level,
		.marking_text = mkcase_documents[kind].marking_text, .language = "ja",
		.text_bytes = 4000};

	mkcase_must(m, rmn_case_add_document(m->c, &row, &m->error));
}

static inline void
mkcase_file(struct mkcase *m, int number)
{
	static const char *const states[] = {"allocated", "deleted", "lost"};
	int64_t unit = m->unit++, item = rmn_item_id(unit, 0);
	bool lost = number % 3 == 2;
	uint64_t offset = (lost ? 140ull << 20 : 2ull << 20) + (uint64_t)number * 131072;
	struct rmn_extent_row extent = {(int64_t)offset, 40000, 0, 0};
	char path[256], name[128];
	struct rmn_item_row row = {.id = item, .source_id = m->disk,
		.volume_id = m->volume[lost], .kind = "file", .state = states[number % 3],
		.recoverability = lost ? "partial" : "intact", .size_bytes = 40000,
		.created = mkcase_time(2010, 3), .modified = mkcase_time(2016, 11),
		.changed = RMN_TIME_UNKNOWN, .accessed = RMN_TIME_UNKNOWN, .inode = 64 + (uint64_t)number,
		.mode = 0100644, .link_count = 1, .content_how = 1, .first_offset = offset,
		.extents = &extent, .extent_count = 1};

	snprintf(name, sizeof(name), "%s_%03d.%s", mkcase_documents[unit % 8].name, number,
	    mkcase_documents[unit % 8].format);
	snprintf(path, sizeof(path), "Users/a/Dropbox/%s/%s", lost ? "共有フォルダ" : "work", name);
	row.path = rmn_bytes_from_string(path);
	row.name = rmn_bytes_from_string(name);
	mkcase_must(m, rmn_case_add_item(m->c, &row, false, &m->error));
	mkcase_result(m, item, number % 40 == 7 ? "encrypted" : "complete",
	    number % 40 == 7 ? "a password is needed" : NULL);
	mkcase_document(m, item, unit);
	mkcase_findings(m, item, unit, number % 4 ? m->findings : 0, true);
	if (number % 40 == 7) {
		struct rmn_unexamined_row missing = {.unit = unit, .item_id = item,
			.source_id = m->disk, .volume_id = m->volume[lost], .stage = "format",
			.reason = "a password is needed"};

		mkcase_must(m, rmn_case_add_unexamined(m->c, &missing, &m->error));
	}
	mkcase_must(m, rmn_case_end_unit(m->c, unit, &m->error));
}

static inline void
mkcase_window(struct mkcase *m, int number)
{
	static const char *const classes[] = {"zero", "residue", "high-entropy", "constant"};
	int64_t unit = m->unit++, item = rmn_item_id(unit, 0);
	uint64_t offset = (64ull << 20) + ((uint64_t)number << 22);
	struct rmn_extent_row extent = {(int64_t)offset, 4 << 20, 1, 0};
	struct rmn_item_row row = {.id = item, .source_id = m->disk, .volume_id = m->volume[0],
		.kind = "space", .state = "residue", .size_bytes = 4 << 20,
		.created = RMN_TIME_UNKNOWN, .modified = RMN_TIME_UNKNOWN,
		.changed = RMN_TIME_UNKNOWN, .accessed = RMN_TIME_UNKNOWN, .content_how = 1,
		.first_offset = offset, .extents = &extent, .extent_count = 1};

	mkcase_must(m, rmn_case_add_item(m->c, &row, false, &m->error));
	if (number % 4 == 1)
		mkcase_findings(m, item, unit, 12, false);
	mkcase_must(m, rmn_case_add_coverage(m->c, m->disk, unit, classes[number % 4], 4 << 20,
	    &m->error));
	mkcase_must(m, rmn_case_end_unit(m->c, unit, &m->error));
}

static inline void
mkcase_sources(struct mkcase *m)
{
	static const unsigned char hash[RMN_SHA256_BYTES] = {0x9F, 0x86, 0xD0, 0x81};
	struct rmn_source_row disk = {.path = "/evidence/disk.raw", .name = "disk.raw",
		.kind = "image", .format = "raw", .size_bytes = MKCASE_DISK_BYTES,
		.model = "ACME HDD 500", .serial = "ACME-0000001"};
	struct rmn_source_row tree = {.path = "/home/a/同期フォルダ", .name = "同期フォルダ",
		.kind = "tree", .format = "directory", .size_bytes = 120000};
	struct rmn_volume_row current = {.number = 1, .start_byte = 1048576,
		.length_bytes = 127ull << 20, .slot = "p1", .filesystem = "exfat",
		.state = "current", .label = "BACKUP", .block_bytes = 4096};
	struct rmn_volume_row lost = {.number = 2, .start_byte = 128ull << 20,
		.length_bytes = 128ull << 20, .slot = "p2", .filesystem = "hfsplus",
		.state = "lost", .label = "Time Machine", .block_bytes = 4096};

	mkcase_must(m, rmn_case_add_source(m->c, &disk, &m->disk, &m->error));
	mkcase_must(m, rmn_case_add_source(m->c, &tree, &m->tree, &m->error));
	mkcase_must(m, rmn_case_set_source_hash(m->c, m->disk, hash, 0, &m->error));
	current.source_id = lost.source_id = m->disk;
	mkcase_must(m, rmn_case_add_volume(m->c, &current, &m->volume[0], &m->error));
	mkcase_must(m, rmn_case_add_volume(m->c, &lost, &m->volume[1], &m->error));
}

static inline void
mkcase_tree(struct mkcase *m)
{
	int64_t unit = m->unit++;
	struct rmn_item_row row = {.id = rmn_item_id(unit, 0), .source_id = m->tree,
		.path = rmn_bytes_from_string("メモ/パスワード.txt"),
		.name = rmn_bytes_from_string("パスワード.txt"), .kind = "file",
		.state = "allocated", .size_bytes = 120000, .created = RMN_TIME_UNKNOWN,
		.modified = mkcase_time(2017, 2), .changed = RMN_TIME_UNKNOWN,
		.accessed = RMN_TIME_UNKNOWN};
	struct rmn_unexamined_row missing = {.source_id = m->tree, .stage = "walk",
		.reason = "a folder without rights: メモ/private"};

	mkcase_must(m, rmn_case_add_item(m->c, &row, false, &m->error));
	mkcase_findings(m, row.id, unit, 5, true);
	mkcase_must(m, rmn_case_end_unit(m->c, unit, &m->error));
	mkcase_must(m, rmn_case_add_unexamined(m->c, &missing, &m->error));
	mkcase_must(m, rmn_case_add_coverage(m->c, m->tree, 0, "content", 120000, &m->error));
}

/* findings: how many each of three quarters of the files gets. */
static inline void
mkcase_fill(struct rmn_case *c, uint64_t findings)
{
	struct mkcase m = {.c = c, .unit = 1, .findings = findings};
	char *const argv[] = {(char *)"remnant-scan", (char *)"/evidence/disk.raw",
		(char *)"--case", (char *)"disk.db"};
	const uint64_t rest = MKCASE_DISK_BYTES - ((uint64_t)MKCASE_WINDOWS << 22) -
	    MKCASE_FILES * 40000ull - (4ull << 20);
	int64_t log;
	size_t i;
	int n;

	mkcase_must(&m, rmn_case_log_begin(c, "remnant-scan", "0.1.0", 4, argv,
	    "rules sha256=0000000000000000000000000000000000000000000000000000000000000000", &log,
	    &m.error));
	mkcase_sources(&m);
	for (i = 0; i < 8; i++)
		mkcase_must(&m, rmn_case_add_rule(c, &mkcase_rules[i], &m.rules[i], &m.error));
	for (n = 0; n < MKCASE_FILES; n++)
		mkcase_file(&m, n);
	for (n = 0; n < MKCASE_WINDOWS; n++)
		mkcase_window(&m, n);
	mkcase_tree(&m);
	mkcase_must(&m, rmn_case_add_coverage(c, m.disk, 0, "content", MKCASE_FILES * 40000ull,
	    &m.error));
	mkcase_must(&m, rmn_case_add_coverage(c, m.disk, 0, "metadata", 4ull << 20, &m.error));
	mkcase_must(&m, rmn_case_add_coverage(c, m.disk, 0, "zero", rest - 4096, &m.error));
	mkcase_must(&m, rmn_case_add_coverage(c, m.disk, 0, "unreadable", 4096, &m.error));
	mkcase_must(&m, rmn_case_set_source_state(c, m.disk, "complete", &m.error));
	mkcase_must(&m, rmn_case_set_source_state(c, m.tree, "incomplete", &m.error));
	mkcase_must(&m, rmn_case_log_end(c, log, "incomplete: 7 parts not examined", &m.error));
	mkcase_must(&m, rmn_case_commit(c, &m.error));
}

#endif
