/* SPDX-License-Identifier: MIT
 *
 * Agile encryption (2.3.4.10 to 2.3.4.15): everything about it is said in XML, the package's key is a random
 * one, and an HMAC covers the package. */
#include <string.h>

#include "base/aes.h"
#include "base/limits.h"
#include "format/mail/mail_decode.h"
#include "format/markup/markup.h"
#include "format/ole/office_crypt.h"
#include "format/ole/package_key.h"

#define FLAGS_BYTES 4u
#define VALUE_MAX 128u			/* bytes of a salt, hash or key as stored */
#define FILL 0x36u			/* behind what is too short */
#define BLOCK RMN_AES_BLOCK_BYTES

/* What the password's hash is hashed with to get a key, and the salt for a vector. */
#define NAME_BYTES 8u
static const unsigned char name_input[] = {0xFE, 0xA7, 0xD2, 0x76, 0x3B, 0x4B, 0x9E, 0x79};
static const unsigned char name_proof[] = {0xD7, 0xAA, 0x0F, 0x6D, 0x30, 0x61, 0x34, 0x4E};
static const unsigned char name_key[] = {0x14, 0x6E, 0x0B, 0xE7, 0xAB, 0xAC, 0xD0, 0xD6};
static const unsigned char name_code_key[] = {0x5F, 0xB2, 0xAD, 0x01, 0x0C, 0xB9, 0xE1, 0xF6};
static const unsigned char name_code[] = {0xA0, 0x67, 0x7F, 0x02, 0xB2, 0x2C, 0x84, 0x33};

struct value {
	unsigned char data[VALUE_MAX];
	size_t size;
};

/* Of the package, or of its key. */
struct method {
	bool is_known;			/* AES in CBC, with a hash that is here */
	enum rmn_digest_kind hash;
	size_t key_bytes;
	struct value salt;
};

struct agile {
	struct method package, password;
	uint32_t rounds;
	struct value input, proof, key;		/* encrypted by the password */
	struct value code_key, code;		/* encrypted by the key */
};

static void
value_take(struct rmn_bytes attributes, const char *name, struct value *value)
{
	struct rmn_mail_decoder decoder;
	struct rmn_bytes text;

	if (!rmn_markup_attribute(attributes, name, &text))
		return;
	rmn_mail_decoder_init(&decoder, RMN_MAIL_BASE64, text, '\n');
	value->size = rmn_mail_decode(&decoder, value->data, sizeof(value->data));
}

static uint32_t
number_of(struct rmn_bytes attributes, const char *name)
{
	struct rmn_bytes text;
	uint64_t value = 0;

	if (!rmn_markup_attribute(attributes, name, &text))
		return 0;
	for (size_t i = 0; i < text.size && value <= UINT32_MAX; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return 0;
		value = value * 10 + (uint64_t)(text.data[i] - '0');
	}
	return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

static bool
is_said(struct rmn_bytes attributes, const char *name, const char *said)
{
	struct rmn_bytes text;

	return rmn_markup_attribute(attributes, name, &text) && rmn_markup_is(text, said);
}

static bool
hash_find(struct rmn_bytes attributes, enum rmn_digest_kind *kind)
{
	static const struct {
		const char *name;
		enum rmn_digest_kind kind;
	} names[] = {
		{"SHA1", RMN_SHA1}, {"SHA-1", RMN_SHA1}, {"SHA256", RMN_SHA256},
		{"SHA-256", RMN_SHA256}, {"SHA384", RMN_SHA384}, {"SHA-384", RMN_SHA384},
		{"SHA512", RMN_SHA512}, {"SHA-512", RMN_SHA512},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is_said(attributes, "hashAlgorithm", names[i].name)) {
			*kind = names[i].kind;
			return true;
		}
	return false;
}

static void
method_take(struct rmn_bytes attributes, struct method *method)
{
	method->key_bytes = number_of(attributes, "keyBits") / 8;
	value_take(attributes, "saltValue", &method->salt);
	method->is_known = hash_find(attributes, &method->hash) &&
	    is_said(attributes, "cipherAlgorithm", "AES") &&
	    is_said(attributes, "cipherChaining", "ChainingModeCBC") &&
	    number_of(attributes, "blockSize") == BLOCK && method->salt.size > 0 &&
	    (method->key_bytes == 16 || method->key_bytes == 24 || method->key_bytes == 32);
}

static void
agile_read(struct rmn_bytes info, struct agile *a)
{
	struct rmn_markup m = {.bytes = rmn_bytes_after(info, FLAGS_BYTES), .is_final = true};
	struct rmn_markup_token t;

	*a = (struct agile){.rounds = 0};
	while (rmn_markup_next(&m, &t)) {
		if (t.kind != RMN_MARKUP_START)
			continue;
		if (rmn_markup_is(t.name, "keyData"))
			method_take(t.body, &a->package);
		if (rmn_markup_is(t.name, "dataIntegrity")) {
			value_take(t.body, "encryptedHmacKey", &a->code_key);
			value_take(t.body, "encryptedHmacValue", &a->code);
		}
		if (rmn_markup_is(t.name, "encryptedKey") && !a->password.is_known) {
			method_take(t.body, &a->password);
			a->rounds = number_of(t.body, "spinCount");
			value_take(t.body, "encryptedVerifierHashInput", &a->input);
			value_take(t.body, "encryptedVerifierHashValue", &a->proof);
			value_take(t.body, "encryptedKeyValue", &a->key);
		}
	}
}

/* Cuts or fills up what a hash gave, to be a key or a vector. */
static void
fit(unsigned char *data, size_t size, size_t wanted)
{
	if (size < wanted)
		memset(data + size, FILL, wanted - size);
}

static struct rmn_bytes
value_bytes(const struct value *value)
{
	return (struct rmn_bytes){value->data, value->size};
}

bool
rmn_package_vector(const struct rmn_package_key *key, struct rmn_bytes part, unsigned char *vector)
{
	unsigned char hash[RMN_DIGEST_MAX];

	if (!rmn_digest_pair(key->hash, key->salt, part, hash))
		return false;
	memcpy(vector, hash, BLOCK);	/* no hash is shorter */
	return true;
}

static bool
value_decrypt(struct rmn_bytes key, const unsigned char *vector, struct value *value)
{
	struct rmn_aes *aes = rmn_aes_new(key, true);
	bool is_done = aes && rmn_aes_decrypt(aes, vector, value_bytes(value), value->data);

	rmn_aes_free(aes);
	return is_done;
}

/* Decrypts one of the three that the password's hash opens. */
static bool
by_password(const struct method *method, const unsigned char *hash, const unsigned char *name,
    struct value *value)
{
	size_t size = rmn_digest_bytes(method->hash);
	unsigned char key[RMN_DIGEST_MAX], vector[VALUE_MAX];

	if (!rmn_digest_pair(method->hash, (struct rmn_bytes){hash, size},
	    (struct rmn_bytes){name, NAME_BYTES}, key))
		return false;
	fit(key, size, method->key_bytes);
	memcpy(vector, method->salt.data, method->salt.size);
	fit(vector, method->salt.size, BLOCK);
	return value_decrypt((struct rmn_bytes){key, method->key_bytes}, vector, value);
}

/* The HMAC, which stands encrypted beside the key. */
static bool
code_take(struct agile *a, struct rmn_package_key *key)
{
	struct rmn_bytes secret = {key->key, key->key_bytes};
	size_t size = rmn_digest_bytes(key->hash);
	unsigned char vector[BLOCK];

	if (a->code_key.size < size || a->code.size < size)
		return true;
	if (!rmn_package_vector(key, (struct rmn_bytes){name_code_key, NAME_BYTES}, vector) ||
	    !value_decrypt(secret, vector, &a->code_key) ||
	    !rmn_package_vector(key, (struct rmn_bytes){name_code, NAME_BYTES}, vector) ||
	    !value_decrypt(secret, vector, &a->code))
		return false;
	memcpy(key->code_key, a->code_key.data, size);
	memcpy(key->code, a->code.data, size);
	key->has_code = true;
	return true;
}

/* Whether sizes are such that nothing but memory can fail. */
static bool
is_whole(const struct agile *a)
{
	size_t size = rmn_digest_bytes(a->password.hash);

	return a->package.is_known && a->password.is_known && a->input.size % BLOCK == 0 &&
	    a->input.size >= a->password.salt.size && a->proof.size % BLOCK == 0 &&
	    a->proof.size >= size && a->key.size % BLOCK == 0 &&
	    a->key.size >= a->package.key_bytes && a->code_key.size % BLOCK == 0 &&
	    a->code.size % BLOCK == 0;
}

/* Opens the three by the password, and says whether it was the right one. */
static bool
password_try(struct agile *a, const char *password, bool *fits)
{
	const struct method *method = &a->password;
	unsigned char units[RMN_PASSWORD_UNITS_BYTES], hash[RMN_DIGEST_MAX];
	unsigned char proof[RMN_DIGEST_MAX];

	if (!rmn_digest_pair(method->hash, value_bytes(&method->salt),
	    rmn_password_units(password, units), hash) ||
	    !rmn_digest_spin(method->hash, a->rounds, hash) ||
	    !by_password(method, hash, name_input, &a->input) ||
	    !by_password(method, hash, name_proof, &a->proof) ||
	    !by_password(method, hash, name_key, &a->key) ||
	    !rmn_digest_pair(method->hash, (struct rmn_bytes){a->input.data, method->salt.size},
	    (struct rmn_bytes){NULL, 0}, proof))
		return false;
	*fits = memcmp(proof, a->proof.data, rmn_digest_bytes(method->hash)) == 0;
	return true;
}

enum rmn_status
rmn_package_key_agile(struct rmn_bytes info, struct rmn_arena *arena, const char *password,
    struct rmn_package_key *key, struct rmn_error *error)
{
	struct agile a;
	bool fits;

	agile_read(info, &a);
	if (!is_whole(&a))
		return rmn_fail(error, RMN_ENCRYPTED, "encrypted in a way that is not read");
	if (a.rounds > RMN_LIMIT_PASSWORD_ROUNDS)
		return rmn_fail(error, RMN_LIMIT, "encrypted; a password of %u rounds was not tried",
		    a.rounds);
	if (!password_try(&a, password, &fits))
		return rmn_fail(error, RMN_LIMIT, "no memory to decrypt");
	if (!fits)
		return RMN_ENCRYPTED;
	key->key_bytes = a.package.key_bytes;
	memcpy(key->key, a.key.data, key->key_bytes);
	key->hash = a.package.hash;
	key->salt = rmn_arena_copy(arena, value_bytes(&a.package.salt));
	if (!key->salt.data || !code_take(&a, key))
		return rmn_fail(error, RMN_LIMIT, "no memory to decrypt");
	return RMN_OK;
}
