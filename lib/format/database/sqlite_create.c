/* SPDX-License-Identifier: MIT */
#include "format/database/sqlite_create.h"

#include <string.h>
#include <strings.h>

struct token {
	struct rmn_bytes text;		/* without its quotes */
	char mark;			/* '(' ')' ',' ';', 'n' for a name, 'x' for anything else, 0 at the end */
	bool is_quoted;
};

struct lexer {
	struct rmn_bytes sql;
	size_t at;
	struct token token;		/* the one that is looked at */
	unsigned keys_tried;		/* names in primary keys, all of the statement */
};

static bool
is_name_byte(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    c == '_' || c == '$' || c >= 0x80;
}

/* Behind white space and comments. */
static void
skip_blank(struct lexer *l)
{
	while (l->at < l->sql.size) {
		struct rmn_bytes rest = rmn_bytes_after(l->sql, l->at);
		const char *end = "\n";

		if (rest.data[0] <= ' ') {
			l->at++;
			continue;
		}
		if (rmn_bytes_start_with(rest, "/*"))
			end = "*/";
		else if (!rmn_bytes_start_with(rest, "--"))
			return;
		rest = rmn_bytes_after(rest, 2);
		l->at = rmn_bytes_find(rest, rmn_bytes_from_string(end));
		l->at = l->at == SIZE_MAX ? l->sql.size :
		    (size_t)(rest.data - l->sql.data) + l->at + strlen(end);
	}
}

static void
token_quoted(struct lexer *l, unsigned char end)
{
	size_t start = ++l->at;

	while (l->at < l->sql.size && (l->sql.data[l->at] != end ||
	    (end != ']' && l->at + 1 < l->sql.size && l->sql.data[l->at + 1] == end)))
		l->at += l->sql.data[l->at] == end ? 2 : 1;
	if (l->at > l->sql.size)
		l->at = l->sql.size;
	l->token = (struct token){{l->sql.data + start, l->at - start}, 'n', true};
	l->at += l->at < l->sql.size;
}

static void
token_next(struct lexer *l)
{
	size_t start;
	unsigned char c;

	skip_blank(l);
	l->token = (struct token){.mark = 0};
	if (l->at >= l->sql.size)
		return;
	c = l->sql.data[l->at];
	if (c == '"' || c == '`' || c == '\'' || c == '[') {
		token_quoted(l, c == '[' ? ']' : c);
		return;
	}
	start = l->at++;
	l->token.mark = strchr("(),;", c) ? (char)c : 'x';
	if (!is_name_byte(c))
		return;
	while (l->at < l->sql.size && is_name_byte(l->sql.data[l->at]))
		l->at++;
	l->token = (struct token){{l->sql.data + start, l->at - start}, 'n', false};
}

static bool
token_is(const struct lexer *l, const char *word)
{
	return l->token.mark == 'n' && !l->token.is_quoted && l->token.text.size == strlen(word) &&
	    strncasecmp((const char *)l->token.text.data, word, l->token.text.size) == 0;
}

static bool
same_name(struct rmn_bytes a, struct rmn_bytes b)
{
	return a.size == b.size &&
	    strncasecmp((const char *)a.data, (const char *)b.data, a.size) == 0;
}

/* Behind the parenthesis that the token opens. */
static void
skip_parentheses(struct lexer *l)
{
	unsigned depth = 0;

	do {
		depth += l->token.mark == '(';
		depth -= l->token.mark == ')';
		token_next(l);
	} while (depth > 0 && l->token.mark != 0);
}

/* "PRIMARY KEY (a, b)" of a table. */
static void
key_read(struct lexer *l, struct rmn_sqlite_create *create)
{
	unsigned place = 0;
	bool wants_name = true;

	if (l->token.mark != '(')
		return;
	for (token_next(l); l->token.mark != ')' && l->token.mark != 0; token_next(l)) {
		if (l->token.mark == ',')
			wants_name = true;
		if (l->token.mark != 'n' || !wants_name ||
		    l->keys_tried++ >= RMN_SQLITE_COLUMNS_MAX)
			continue;
		wants_name = false;
		for (unsigned i = 0; i < create->count; i++)
			if (same_name(create->columns[i].name, l->token.text) &&
			    create->columns[i].key == 0)
				create->columns[i].key = ++place;
	}
	token_next(l);
}

/* A constraint of the table, up to its comma. */
static void
constraint_read(struct lexer *l, struct rmn_sqlite_create *create)
{
	while (l->token.mark != ',' && l->token.mark != ')' && l->token.mark != 0) {
		if (l->token.mark == '(') {
			skip_parentheses(l);
			continue;
		}
		if (!token_is(l, "PRIMARY")) {
			token_next(l);
			continue;
		}
		token_next(l);
		if (token_is(l, "KEY"))
			token_next(l);
		key_read(l, create);
	}
}

/* Type and constraints of a column, up to its comma. */
static void
column_read(struct lexer *l, struct rmn_sqlite_column *column)
{
	bool is_first = true, is_calculated = false, is_stored = false;

	while (l->token.mark != ',' && l->token.mark != ')' && l->token.mark != 0) {
		if (l->token.mark == '(') {
			skip_parentheses(l);
			continue;
		}
		if (is_first && token_is(l, "INTEGER"))
			column->is_integer = true;
		is_first = false;
		if (token_is(l, "PRIMARY"))
			column->key = 1;
		is_calculated |= token_is(l, "AS");
		is_stored |= token_is(l, "STORED");
		token_next(l);
	}
	column->is_virtual = is_calculated && !is_stored;
}

static bool
is_constraint(const struct lexer *l)
{
	return token_is(l, "CONSTRAINT") || token_is(l, "PRIMARY") || token_is(l, "UNIQUE") ||
	    token_is(l, "CHECK") || token_is(l, "FOREIGN");
}

static bool
column_add(struct rmn_sqlite_create *create, struct rmn_arena *arena, unsigned *room,
    struct rmn_bytes name)
{
	if (create->count == *room) {
		unsigned wider = *room ? *room * 2 : 16;
		struct rmn_sqlite_column *columns = rmn_arena_alloc(arena, wider, sizeof(*columns));

		if (!columns)
			return false;
		if (create->count > 0)
			memcpy(columns, create->columns, create->count * sizeof(*columns));
		create->columns = columns;
		*room = wider;
	}
	create->columns[create->count++] = (struct rmn_sqlite_column){.name = name};
	return true;
}

/* Where each column is in a record: keys first where there are no row numbers. */
static void
places_give(struct rmn_sqlite_create *create)
{
	unsigned keys = 0, place = 0;

	for (unsigned i = 0; i < create->count; i++)
		keys += create->columns[i].key > 0;
	for (unsigned i = 0; i < create->count; i++) {
		struct rmn_sqlite_column *c = &create->columns[i];

		c->is_row = !create->without_rowid && keys == 1 && c->key == 1 && c->is_integer;
		if (create->without_rowid && c->key > 0)
			c->place = c->key - 1;
		else if (!c->is_virtual)
			c->place = place++ + (create->without_rowid ? keys : 0);
	}
}

bool
rmn_sqlite_create_read(struct rmn_bytes sql, struct rmn_arena *arena,
    struct rmn_sqlite_create *create)
{
	struct lexer l = {.sql = sql};
	unsigned room = 0;

	*create = (struct rmn_sqlite_create){.columns = NULL};
	token_next(&l);
	if (!token_is(&l, "CREATE"))
		return false;
	while (l.token.mark != '(' && l.token.mark != 0)
		token_next(&l);
	while (l.token.mark == '(' || l.token.mark == ',') {
		token_next(&l);
		if (is_constraint(&l)) {
			constraint_read(&l, create);
			continue;
		}
		if (l.token.mark != 'n' || create->count >= RMN_SQLITE_COLUMNS_MAX)
			break;
		if (!column_add(create, arena, &room, l.token.text))
			return false;
		token_next(&l);
		column_read(&l, &create->columns[create->count - 1]);
	}
	for (; l.token.mark != 0; token_next(&l))
		create->without_rowid |= token_is(&l, "WITHOUT");
	places_give(create);
	return create->count > 0;
}
