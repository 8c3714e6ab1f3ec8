/* SPDX-License-Identifier: MIT
 *
 * Formats that are known by their first bytes and not read: documents that a later version will
 * read, and what is no document at all. */
#include <string.h>

#include "base/cursor.h"
#include "format/format.h"

/* Bits for magic at offset: what was compared. */
static unsigned
magic_bits(const struct rmn_format_input *input, size_t offset, const char *magic, size_t size)
{
	struct rmn_bytes at = rmn_bytes_after(input->head, offset);

	if (at.size < size || memcmp(at.data, magic, size) != 0)
		return 0;
	return (unsigned)size * 8;
}

struct magic {
	size_t offset;
	const char *bytes;
	size_t size;
};

#define MAGIC(at, text) {at, text, sizeof(text) - 1}

static unsigned
any_bits(const struct rmn_format_input *input, const struct magic *magics, size_t count)
{
	unsigned best = 0;

	for (size_t i = 0; i < count; i++) {
		unsigned bits =
		    magic_bits(input, magics[i].offset, magics[i].bytes, magics[i].size);

		if (bits > best)
			best = bits;
	}
	return best;
}

/* A format with one or several magics. */
#define RECOGNISED(id, said, media, as, ...) \
	static unsigned \
	id##_claim(const struct rmn_format_input *input) \
	{ \
		static const struct magic magics[] = {__VA_ARGS__}; \
		return any_bits(input, magics, sizeof(magics) / sizeof(magics[0])); \
	} \
	const struct rmn_format rmn_format_##id = { \
		.name = #id, .title = said, .media_type = media, .kind = as, \
		.claim = id##_claim, \
	}

RECOGNISED(audio, "Sound", "audio/x-unknown", RMN_KIND_OTHER, MAGIC(0, "ID3\2"), MAGIC(0, "ID3\3"),
    MAGIC(0, "ID3\4"), MAGIC(0, "fLaC"), MAGIC(0, "OggS"), MAGIC(8, "WAVEfmt "),
    MAGIC(4, "ftypM4A"), MAGIC(0, "MThd\0\0\0\6"), MAGIC(0, "#!AMR\n"));
RECOGNISED(dwg, "AutoCAD drawing", "image/vnd.dwg", RMN_KIND_DOCUMENT, MAGIC(0, "AC1009"),
    MAGIC(0, "AC1012"), MAGIC(0, "AC1014"), MAGIC(0, "AC1015"), MAGIC(0, "AC1018"),
    MAGIC(0, "AC1021"), MAGIC(0, "AC1024"), MAGIC(0, "AC1027"), MAGIC(0, "AC1032"));
RECOGNISED(filemaker, "FileMaker database", "application/x-filemaker", RMN_KIND_DOCUMENT,
    MAGIC(0, "\0\1\0\0\0\2\0\1\0\5\0\2\0\2\xC0"));
RECOGNISED(font, "Font", "font/sfnt", RMN_KIND_OTHER, MAGIC(0, "OTTO\0"), MAGIC(0, "ttcf\0"),
    MAGIC(0, "wOFF\0\1"), MAGIC(0, "wOF2\0\1"), MAGIC(0, "\0\1\0\0\0"), MAGIC(0, "true\0"));
RECOGNISED(video, "Video", "video/x-unknown", RMN_KIND_OTHER, MAGIC(8, "AVI LIST"),
    MAGIC(4, "ftypisom"), MAGIC(4, "ftypmp4"), MAGIC(4, "ftypM4V"), MAGIC(4, "ftypqt  "),
    MAGIC(4, "ftyp3gp"), MAGIC(4, "ftypavc1"), MAGIC(4, "ftypiso"), MAGIC(4, "moov"),
    MAGIC(0, "\x1A\x45\xDF\xA3"), MAGIC(0, "FLV\1"), MAGIC(0, "\0\0\1\xBA"),
    MAGIC(0, "\0\0\1\xB3"),
    MAGIC(0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11"));
static unsigned
executable_claim(const struct rmn_format_input *input)
{
	static const struct magic magics[] = {
		MAGIC(0, "\x7F" "ELF"), MAGIC(0, "\xFE\xED\xFA\xCE"), MAGIC(0, "\xFE\xED\xFA\xCF"),
		MAGIC(0, "\xCE\xFA\xED\xFE"), MAGIC(0, "\xCF\xFA\xED\xFE"), MAGIC(0, "dex\n03"),
	};
	struct rmn_cursor c = rmn_cursor_over(input->head);
	uint32_t pe_offset, signature;

	if (rmn_bytes_start_with(input->head, "MZ") && rmn_cursor_seek(&c, 60) &&
	    rmn_cursor_le32(&c, &pe_offset)) {
		if (rmn_cursor_seek(&c, pe_offset) && rmn_cursor_le32(&c, &signature) &&
		    (signature == 0x4550 || (signature & 0xFFFF) == 0x454E))
			return 48;
	}
	return any_bits(input, magics, sizeof(magics) / sizeof(magics[0]));
}

const struct rmn_format rmn_format_executable = {
	.name = "executable",
	.title = "Program",
	.media_type = "application/x-executable",
	.kind = RMN_KIND_OTHER,
	.claim = executable_claim,
};
