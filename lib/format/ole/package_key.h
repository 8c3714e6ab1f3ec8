/* SPDX-License-Identifier: MIT
 *
 * The key of an encrypted OOXML package ([MS-OFFCRYPTO] 2.3.4), where a password gives it that an Office
 * program tries by itself. */
#ifndef RMN_FORMAT_PACKAGE_KEY_H
#define RMN_FORMAT_PACKAGE_KEY_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/status.h"

#define RMN_PACKAGE_KEY_MAX 32u

struct rmn_package_key {
	unsigned char key[RMN_PACKAGE_KEY_MAX];		/* of AES */
	size_t key_bytes;
	const char *password;		/* under which it was found */
	bool is_agile;			/* segments in CBC; else blocks in ECB, and none of what follows */
	enum rmn_digest_kind hash;
	struct rmn_bytes salt;		/* in the arena */
	bool has_code;
	unsigned char code_key[RMN_DIGEST_MAX];		/* of the HMAC over the package's stream */
	unsigned char code[RMN_DIGEST_MAX];
};

/* info: the stream EncryptionInfo.  RMN_ENCRYPTED when no such password fits or the encryption is none of
 * AES; RMN_LIMIT without memory, or where the rounds are more than RMN_LIMIT_PASSWORD_ROUNDS. */
enum rmn_status rmn_package_key_find(struct rmn_bytes info, struct rmn_arena *arena,
    struct rmn_package_key *key, struct rmn_error *error);

/* The two kinds, for one password each.  info: behind the version. */
enum rmn_status rmn_package_key_standard(struct rmn_bytes info, const char *password,
    struct rmn_package_key *key, struct rmn_error *error);
enum rmn_status rmn_package_key_agile(struct rmn_bytes info, struct rmn_arena *arena,
    const char *password, struct rmn_package_key *key, struct rmn_error *error);

/* The vector of a part of the package: the hash of the salt and the number or name of the part. */
bool rmn_package_vector(const struct rmn_package_key *key, struct rmn_bytes part,
    unsigned char *vector);

#endif
