/* SPDX-License-Identifier: MIT
 *
 * A line (or window of one) under close examination: its working copy, what stands around it,
 * and the candidates that the scanners find in it.  Scanners report candidates; line.c scores
 * them, settles overlaps and hands on findings. */
#ifndef RMN_DETECT_LINE_H
#define RMN_DETECT_LINE_H

#include "charset/normal.h"
#include "detect/rules_private.h"

#define RMN_LINE_CUTS 64

struct rmn_candidate {
	uint16_t rule;
	uint16_t reasons;
	uint8_t score;
	uint8_t severity;
	bool needs_company;	/* dropped unless another finding stands in the line */
	bool is_placeholder;
	size_t at, end;		/* in the text */
	uint64_t raw_at;	/* in the input bytes */
	size_t raw_size;
	struct rmn_bytes value;	/* of the text, the raw bytes or the line's arena */
};

/* What a column of a table is called: one bit a rule. */
struct rmn_column {
	uint64_t rules[RMN_RULES_MAX / 64];
	uint64_t tested[RMN_RULES_MAX / 64];	/* nearly all cells pass the rule's check */
};

struct rmn_line {
	const struct rmn_rules *rules;
	struct rmn_bytes input;		/* everything there is, for scanners of raw bytes */
	size_t from, to;		/* the window in it */
	size_t first, last;		/* anchors in [first, last) are this window's */
	enum rmn_encoding encoding;
	enum rmn_family family;
	bool is_text;			/* the encoding is known; else raw bytes */
	bool is_code, is_header, is_start;	/* is_start: within the first 300 characters */
	bool is_whole;			/* the window is a whole line */

	struct rmn_normal normal;
	struct rmn_bytes text;		/* the working copy */
	struct rmn_buf lower;		/* the same size, ASCII in lower case */
	struct rmn_buf before;		/* the line before in the same form, when it is short */
	bool before_is_filled;

	char delimiter;			/* of the table the line is a row of, or 0 */
	const struct rmn_column *columns;
	size_t column_count;
	bool opens_rows;		/* a column names a rule that has no anchors */

	uint64_t opened[RMN_RULES_MAX / 64];	/* rules whose literal stands in the window */
	bool has_opened;
	const uint32_t *tokens;		/* raw offsets of literals, for rules that read raw bytes */
	const uint16_t *token_rules;
	size_t token_count;

	size_t cuts[RMN_LINE_CUTS];	/* where a value may end before letters or begin after */
	size_t cut_count;

	struct rmn_arena *arena;	/* of one line */
	struct rmn_candidate *candidates;
	size_t count, capacity;
};

/* Candidates of the working copy.  False when out of memory. */
struct rmn_candidate *rmn_line_add(struct rmn_line *line, uint16_t rule, size_t at, size_t end);

/* The input offset of text offset at, and back. */
size_t rmn_line_raw(const struct rmn_line *line, size_t at);
size_t rmn_line_at_raw(const struct rmn_line *line, size_t raw);

/* Is a word of the rule's labels near [at, end): 40 characters before, 20 after, or anywhere in
 * a short line before?  Or is it the name of the column?  Gives the reason bit, or 0. */
uint16_t rmn_line_label(struct rmn_line *line, const struct rmn_detect_rule *rule, size_t at,
    size_t end);

/* Is the cell at text offset at in a column that names the rule? */
bool rmn_line_column_names(const struct rmn_line *line, size_t rule, size_t at);

/* Whether any column of the table names the rule. */
bool rmn_line_any_column_names(const struct rmn_line *line, size_t rule);

/* The next place at or after `from` where the word stands by itself; SIZE_MAX when nowhere. */
size_t rmn_word_find(struct rmn_bytes lower, struct rmn_bytes word, size_t from);

bool rmn_line_is_cut(const struct rmn_line *line, size_t at);

/* Does the window answer for an anchor that stands at text offset at? */
bool rmn_line_owns(const struct rmn_line *line, size_t at);

/* Scanners, one family of rules each. */
void rmn_scan_mail(struct rmn_line *line);
void rmn_scan_numbers(struct rmn_line *line);
void rmn_scan_patterns(struct rmn_line *line);	/* patterns near labels, MRZ */
void rmn_scan_births(struct rmn_line *line);
void rmn_scan_secrets(struct rmn_line *line);	/* labelled values, passwords in URLs */
void rmn_scan_words(struct rmn_line *line);	/* markings, keywords */
void rmn_scan_tokens(struct rmn_line *line);	/* tokens, keys, key stores: raw bytes */

/* Settles scores and overlaps; what is left is in candidates[0 .. count). */
void rmn_line_settle(struct rmn_line *line);

/* For the raw bytes before any normalising: could the digit chain there give a finding?
 * RMN_CHAIN_FREE: yes.  RMN_CHAIN_LABELLED: with a label.  *end is past the chain. */
enum rmn_chain_hope { RMN_CHAIN_NONE, RMN_CHAIN_LABELLED, RMN_CHAIN_FREE };
enum rmn_chain_hope rmn_chain_hope(const struct rmn_rules *rules, struct rmn_bytes raw, size_t at,
    size_t *end);

/* The same for '@' in ASCII. */
bool rmn_mail_hope(struct rmn_bytes raw, size_t at);

#endif
