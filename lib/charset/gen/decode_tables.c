/* SPDX-License-Identifier: MIT
 *
 * Build time only: writes the double-byte tables of charset/decode.c, asked from iconv.
 *
 * The JIS X 0208 table is CP932's, moved to rows and cells, so that the same text gives the same
 * Unicode in every encoding (Microsoft's choice for the wave dash and its friends), NEC's row 13
 * and NEC's selection of IBM kanji (rows 89-92) included.  What CP932 leaves free there is taken
 * from eucJP-ms: its user-defined rows. */
#include <iconv.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CELLS 94
#define TRAILS (0xFC - 0x40 + 1)

/* The one UTF-16 unit that bytes stand for, 0 when they stand for none. */
static unsigned
ask(iconv_t converter, const unsigned char *bytes, size_t size)
{
	unsigned char unit[8];
	char *in = (char *)bytes, *out = (char *)unit;
	size_t out_left = sizeof(unit);

	iconv(converter, NULL, NULL, NULL, NULL);
	if (iconv(converter, &in, &size, &out, &out_left) == (size_t)-1 || size > 0 ||
	    out_left != sizeof(unit) - 2)
		return 0;
	return (unsigned)(unit[0] | unit[1] << 8);
}

static iconv_t
converter_open(const char *name)
{
	iconv_t converter = iconv_open("UTF-16LE", name);

	if (converter == (iconv_t)-1) {
		fprintf(stderr, "iconv does not know %s: is the C library complete?\n", name);
		exit(1);
	}
	return converter;
}

static void
put(unsigned value, unsigned *column)
{
	printf("0x%04X,%s", value, ++*column % 12 ? "" : "\n");
}

static void
write_cp932(iconv_t cp932)
{
	unsigned column = 0;

	printf("/* By lead (81-9F, E0-FC without the gap) and trail (40-FC). */\n"
	    "static const uint16_t cp932_table[60][%d] = {\n", TRAILS);
	for (unsigned lead = 0x81; lead <= 0xFC; lead++) {
		if (lead >= 0xA0 && lead < 0xE0)
			continue;
		printf("{");
		for (unsigned trail = 0x40; trail <= 0xFC; trail++)
			put(ask(cp932, (unsigned char[]){(unsigned char)lead,
			    (unsigned char)trail}, 2), &column);
		printf("},\n");
	}
	printf("};\n\n");
}

static unsigned
jis0208(iconv_t cp932, iconv_t euc, unsigned row, unsigned cell)
{
	unsigned lead = (row - 1) / 2 + (row <= 62 ? 0x81 : 0xC1);
	unsigned trail = row % 2 ? cell + 0x3F + (cell >= 64) : cell + 0x9E;
	unsigned unit = ask(cp932, (unsigned char[]){(unsigned char)lead,
	    (unsigned char)trail}, 2);

	return unit ? unit : ask(euc, (unsigned char[]){(unsigned char)(row + 0xA0),
	    (unsigned char)(cell + 0xA0)}, 2);
}

static void
write_jis(iconv_t cp932, iconv_t euc)
{
	unsigned column = 0;

	printf("/* JIS X 0208 and its vendors' additions, by row and cell. */\n"
	    "static const uint16_t jis0208_table[%d][%d] = {\n", CELLS, CELLS);
	for (unsigned row = 1; row <= CELLS; row++) {
		printf("{");
		for (unsigned cell = 1; cell <= CELLS; cell++)
			put(jis0208(cp932, euc, row, cell), &column);
		printf("},\n");
	}
	printf("};\n\n/* JIS X 0212, IBM's additions in rows 83-84, user rows from 85. */\n"
	    "static const uint16_t jis0212_table[%d][%d] = {\n", CELLS, CELLS);
	for (unsigned row = 1; row <= CELLS; row++) {
		printf("{");
		for (unsigned cell = 1; cell <= CELLS; cell++)
			put(ask(euc, (unsigned char[]){0x8F, (unsigned char)(row + 0xA0),
			    (unsigned char)(cell + 0xA0)}, 3), &column);
		printf("},\n");
	}
	printf("};\n");
}

int
main(void)
{
	iconv_t cp932 = converter_open("CP932"), euc = converter_open("EUC-JP-MS");

	printf("/* Made by lib/charset/gen/decode_tables.c. */\n#include <stdint.h>\n\n");
	write_cp932(cp932);
	write_jis(cp932, euc);
	return ferror(stdout) || fflush(stdout) ? 1 : 0;
}
