/* SPDX-License-Identifier: MIT
 *
 * What the files of store/ share and nobody else sees. */
#ifndef RMN_STORE_PRIVATE_H
#define RMN_STORE_PRIVATE_H

#include <sqlite3.h>

#include "store/case.h"

#define STORE_APPLICATION_ID 0x524D4E43	/* "RMNC" */
#define STORE_VERSION 3			/* user_version of schema.sql */
#define STORE_ENCODINGS 32

/* Every statement that writes or asks by itself, by name: statements.def. */
enum store_statement {
#define STATEMENT(name, sql) STORE_##name,
#include "store/statements.def"
#undef STATEMENT
	STORE_STATEMENT_COUNT
};

struct rmn_case {
	char *path;
	sqlite3 *db;
	int lock_fd;			/* -1 unless we write; closed after db (see open.c) */
	bool is_writer;
	bool failed;			/* a write failed: nothing more is written */
	struct rmn_error failure;	/* and why */
	bool keep_values;
	unsigned char value_key[RMN_VALUE_KEY_BYTES];
	int64_t encoding_id[STORE_ENCODINGS];	/* by encoding_index; 0: not asked yet */
	struct {			/* of the unit last asked about: what its members share */
		int64_t unit, volume_id;
		bool is_space;
	} known;
	sqlite3_stmt *statements[STORE_STATEMENT_COUNT];
};

/* open.c: the file itself. */
enum rmn_status rmn_store_open_file(struct rmn_case *c, const struct rmn_case_options *options,
    struct rmn_error *error);

/* sql.c: SQLite's answers as sentences. */
enum rmn_status rmn_store_fail(struct rmn_case *c, struct rmn_error *error);
enum rmn_status rmn_store_exec(struct rmn_case *c, const char *sql, struct rmn_error *error);
/* The statement, reset; the caller binds every parameter anew. */
enum rmn_status rmn_store_statement(struct rmn_case *c, enum store_statement which,
    sqlite3_stmt **statement, struct rmn_error *error);
/* As above for writing: fails too when the case is not open for that or has failed before. */
enum rmn_status rmn_store_write(struct rmn_case *c, enum store_statement which,
    sqlite3_stmt **statement, struct rmn_error *error);
/* Runs a statement that gives no rows. */
enum rmn_status rmn_store_run(struct rmn_case *c, sqlite3_stmt *statement,
    struct rmn_error *error);
/* RMN_OK: a row is there; RMN_END: none. */
enum rmn_status rmn_store_step(struct rmn_case *c, sqlite3_stmt *statement,
    struct rmn_error *error);

/* Text that is not well-formed, or holds a NUL, is stored with U+FFFD in those places; an empty
 * optional text is stored as NULL. */
void rmn_store_bind_bytes(sqlite3_stmt *statement, int at, struct rmn_bytes text);
void rmn_store_bind_optional(sqlite3_stmt *statement, int at, struct rmn_bytes text);
void rmn_store_bind_text(sqlite3_stmt *statement, int at, const char *text);
void rmn_store_bind_time(sqlite3_stmt *statement, int at, int64_t time_ns);
/* A number that SQLite's 63 bits may not hold is stored as the largest that they do. */
void rmn_store_bind_u64(sqlite3_stmt *statement, int at, uint64_t value);
/* 0 is stored as NULL. */
void rmn_store_bind_reference(sqlite3_stmt *statement, int at, int64_t id);

#endif
