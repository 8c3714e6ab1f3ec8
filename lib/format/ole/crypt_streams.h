/* SPDX-License-Identifier: MIT
 *
 * Streams that RC4 by CryptoAPI puts encrypted into one stream ([MS-OFFCRYPTO] 2.3.5.4): property sets, and
 * in workbooks embedded files. */
#ifndef RMN_FORMAT_CRYPT_STREAMS_H
#define RMN_FORMAT_CRYPT_STREAMS_H

#include "format/ole/ole.h"
#include "format/ole/office_crypt.h"

/* Gives the property sets in the stream of that name beside the document; RMN_OK too when there is none,
 * RMN_PARTIAL when it holds anything else or is damaged. */
enum rmn_status rmn_crypt_streams_give(const struct rmn_ole *ole, const char *name,
    struct rmn_cryptoapi *keys);

#endif
