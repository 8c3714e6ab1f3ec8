/* SPDX-License-Identifier: MIT
 *
 * Encryption that Office's files share ([MS-OFFCRYPTO] 2.3), and the passwords that its programs try by
 * themselves before they ask: a document under one of those opens for everybody. */
#ifndef RMN_FORMAT_OFFICE_CRYPT_H
#define RMN_FORMAT_OFFICE_CRYPT_H

#include "base/cursor.h"
#include "base/digest.h"
#include "format/ole/rc4.h"
#include "format/text.h"

#define RMN_EXCEL_PASSWORD "VelvetSweatshop"
#define RMN_POWERPOINT_PASSWORD "/01Hannes Ruescher/01"

#define RMN_PASSWORD_UNITS_BYTES 64u
#define RMN_VERIFIER_BYTES 16u

/* A password of ASCII as UTF-16LE, without an end. */
struct rmn_bytes rmn_password_units(const char *password,
    unsigned char units[RMN_PASSWORD_UNITS_BYTES]);

/* Tells, as a property, under which password a document was that nobody is asked for. */
void rmn_password_give(struct rmn_text *text, struct rmn_arena *arena, const char *password);

enum rmn_office_cipher {RMN_CIPHER_UNKNOWN, RMN_CIPHER_RC4, RMN_CIPHER_AES};

/* EncryptionHeader and EncryptionVerifier (2.3.2, 2.3.3); bytes are borrowed. */
struct rmn_office_crypt {
	enum rmn_office_cipher cipher;
	uint32_t key_bits;
	struct rmn_bytes salt;
	struct rmn_bytes verifier;	/* RMN_VERIFIER_BYTES, encrypted */
	struct rmn_bytes proof;		/* its SHA-1, encrypted, and what pads it */
};

/* Reads both, behind the two numbers of the version. */
bool rmn_office_crypt_read(struct rmn_cursor *c, struct rmn_office_crypt *crypt);

/* RC4 by CryptoAPI (2.3.5): a key for each block, whose size is the format's. */
struct rmn_cryptoapi {
	unsigned char base[RMN_SHA1_BYTES];
	size_t key_bytes;
	struct rmn_rc4 rc4;
};

/* False when the password does not fit, or the encryption is another. */
bool rmn_cryptoapi_open(struct rmn_cryptoapi *keys, const struct rmn_office_crypt *crypt,
    const char *password);
bool rmn_cryptoapi_block(struct rmn_cryptoapi *keys, uint32_t block);	/* false without memory */

#endif
