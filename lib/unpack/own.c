/* SPDX-License-Identifier: MIT */
#include "unpack/own.h"

#include <string.h>

#include "base/checked.h"

static const struct rmn_unpack_own own[] = {
	{"arj", rmn_arj_claim, rmn_unpack_arj, NULL, RMN_OK},
	{"lha", rmn_lha_claim, rmn_unpack_lha, NULL, RMN_OK},
	{"apple-file", rmn_apple_file_claim, rmn_unpack_apple_file, NULL, RMN_OK},
	{"binhex", rmn_binhex_claim, rmn_unpack_binhex, NULL, RMN_OK},
	{"macbinary", rmn_macbinary_claim, rmn_unpack_macbinary, NULL, RMN_OK},
};

/* Never read here: their bytes are searched as they are, and the user is told what they are. */
static const struct {
	struct rmn_unpack_own row;
	size_t at;
	const char *magic;
	size_t size;
} unread[] = {
#define ROW(name, title, status, at, magic) {{name, NULL, NULL, title, status}, at, magic, sizeof(magic) - 1}
#define UNREAD(name, title, at, magic) ROW(name, title, RMN_UNSUPPORTED, at, magic)
#define LOCKED(name, title, at, magic) ROW(name, title, RMN_ENCRYPTED, at, magic)
	UNREAD("ace", "ACE archive", 7, "**ACE**"),
	UNREAD("alz", "ALZip archive", 0, "ALZ\1\n\0"),
	LOCKED("attache-case", "AttacheCase file, which is encrypted", 4, "_AttacheCaseData"),
	LOCKED("attache-case", "AttacheCase file, which is encrypted", 0, "_AttacheCaseData"),
	UNREAD("deepfreezer", "DeepFreezer archive", 0, "yz01"),
	UNREAD("deepfreezer", "DeepFreezer archive", 0, "YZ01"),
	UNREAD("dgca", "DGCA archive", 0, "DGCA"),
	UNREAD("egg", "ALZip archive (EGG)", 0, "EGGA\0\1"),
	UNREAD("gca", "GCA archive", 0, "GCAX"),
	UNREAD("grzip", "GRZip stream", 0, "GRZipII\0"),
	UNREAD("installshield", "InstallShield cabinet", 0, "ISc("),
	UNREAD("lrzip", "lrzip stream", 0, "LRZI\0"),
	UNREAD("lzop", "lzop stream", 0, "\x89LZO\0\r\n\x1A\n"),
	UNREAD("par2", "PAR2 recovery file", 0, "PAR2\0PKT"),
	UNREAD("stuffit", "StuffIt archive", 10, "rLau"),
	UNREAD("stuffit", "StuffIt archive", 0, "StuffIt (c)1997-"),
	UNREAD("stuffit-x", "StuffIt X archive", 0, "StuffIt!"),
	UNREAD("stuffit-x", "StuffIt X archive", 0, "StuffIt?"),
	UNREAD("szdd", "file compressed by MS-DOS COMPRESS", 0, "SZDD\x88\xF0'3"),
	UNREAD("wim", "Windows image (WIM)", 0, "MSWIM\0\0\0"),
	UNREAD("zoo", "ZOO archive", 20, "\xDC\xA7\xC4\xFD"),
#undef ROW
#undef UNREAD
#undef LOCKED
};

const struct rmn_unpack_own *
rmn_unpack_own_find(struct rmn_bytes head)
{
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (own[i].claim(head))
			return &own[i];
	for (size_t i = 0; i < sizeof(unread) / sizeof(unread[0]); i++) {
		struct rmn_bytes at = rmn_bytes_after(head, unread[i].at);

		if (at.size >= unread[i].size &&
		    memcmp(at.data, unread[i].magic, unread[i].size) == 0)
			return &unread[i].row;
	}
	return NULL;
}

struct fork {
	struct rmn_blob *content;
	uint64_t offset, left;
};

static enum rmn_status
fork_read(void *state, void *buffer, size_t size, size_t *got, struct rmn_error *error)
{
	struct fork *f = state;
	enum rmn_status status;

	*got = 0;
	if (f->left == 0)
		return RMN_END;
	status = rmn_blob_read(f->content, f->offset, buffer,
	    (size_t)rmn_min_u64(size, f->left), got, error);
	if (status != RMN_OK || *got == 0)
		return status != RMN_OK ? status : rmn_fail(error, RMN_CORRUPT, "cut short");
	f->offset += *got;
	f->left -= *got;
	return RMN_OK;
}

enum rmn_status
rmn_unpack_fork(struct rmn_blob *content, uint64_t offset, uint64_t size_bytes,
    const struct rmn_member *facts, const struct rmn_sink *sink)
{
	struct fork f = {content, offset, size_bytes};
	struct rmn_member_reader reader = {fork_read, &f};

	return rmn_sink_member(sink, facts, &reader);
}
