/* SPDX-License-Identifier: MIT */
#include "unpack/checksum.h"

#include <libdeflate.h>

uint32_t
rmn_crc32(uint32_t crc, const void *data, size_t size)
{
	return libdeflate_crc32(crc, data, size);
}

uint32_t
rmn_adler32(uint32_t adler, const void *data, size_t size)
{
	return libdeflate_adler32(adler, data, size);
}
