/* SPDX-License-Identifier: MIT
 *
 * One pass over the name, the title and the head of the text gives every hit; the rest is
 * counting.  A word that names the thing weighs 40 in a name or title, 30 among the first 500
 * characters; every different word of a type weighs 10, up to 30; the form it is laid out in
 * weighs 20. */
#include "classify/classify.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "charset/normal.h"
#include "classify/marking.h"
#include "classify/types.h"
#include "classify/words.h"

#define HEAD_TEXT_BYTES (18u << 10)
#define TOP_CHARACTERS 500u	/* where a document says what it is */
#define MARK_CHARACTERS 300u	/* where capitals are a marking */
#define FIRST_LINE_CHARACTERS 40u
#define LANGUAGE_BYTES 2048u
#define TYPES_MAX 32
#define ACCEPT 50u

enum kind { TYPE_WORD, NOT_WITH, SOFTWARE, PRIVATE, TEMPLATE, MARKING, TRAP };
enum weight { WEAK, STRONG };
enum place { IN_NAME, IN_TOP, IN_BODY };

/* What one document says. */
struct found {
	bool seen[RMN_WORDS_MAX];
	unsigned name[TYPES_MAX], top[TYPES_MAX], body[TYPES_MAX];
	bool excluded[TYPES_MAX];
	unsigned software, private_name, private_text, template_name;
};

struct rmn_classifier {
	struct rmn_words words;
	unsigned type_count;
	struct rmn_normal text;
	/* of the document at hand */
	struct found found;
	struct rmn_classification *result;
};

struct rmn_classifier *
rmn_classifier_new(void)
{
	struct rmn_classifier *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	rmn_words_init(&c->words);
	for (; rmn_doc_types[c->type_count].id && c->type_count < TYPES_MAX; c->type_count++) {
		const struct rmn_type_words *w = &rmn_type_words[c->type_count];
		uint8_t type = (uint8_t)c->type_count;

		rmn_words_add(&c->words, w->strong, TYPE_WORD, type, STRONG);
		rmn_words_add(&c->words, w->weak, TYPE_WORD, type, WEAK);
		rmn_words_add(&c->words, w->not_with, NOT_WITH, type, 0);
	}
	rmn_words_add(&c->words, rmn_words_software, SOFTWARE, 0, 0);
	rmn_words_add(&c->words, rmn_words_private, PRIVATE, 0, 0);
	rmn_words_add(&c->words, rmn_words_template, TEMPLATE, 0, 0);
	rmn_marking_add_words(&c->words,
	    (struct rmn_marking_kinds){.marking = MARKING, .trap = TRAP});
	rmn_normal_init(&c->text);
	return c;
}

void
rmn_classifier_free(struct rmn_classifier *classifier)
{
	if (!classifier)
		return;
	rmn_normal_release(&classifier->text);
	free(classifier);
}

static void
raise_to(unsigned *score, unsigned value)
{
	if (*score < value)
		*score = value;
}

static void
count_type_word(struct rmn_classifier *c, const struct rmn_word_hit *hit, enum place place)
{
	unsigned type = hit->word->owner;
	bool strong = hit->word->weight == STRONG;

	if (place == IN_NAME)
		raise_to(&c->found.name[type], strong ? 40 : 15);
	else if (place == IN_TOP)
		raise_to(&c->found.top[type], strong ? 30 : 10);
	if (place != IN_NAME && !c->found.seen[hit->index])
		c->found.body[type] += 10;
	c->found.seen[hit->index] = c->found.seen[hit->index] || place != IN_NAME;
}

static void
keep_marking(struct rmn_classifier *c, struct rmn_bytes original, const struct rmn_word_hit *hit,
    unsigned level)
{
	struct rmn_classification *result = c->result;
	size_t start = c->text.source[hit->start], end = c->text.source[hit->end];
	struct rmn_bytes written = {original.data + start, end - start};

	if (level <= result->marking_level)
		return;
	while (written.size > 0 && written.data[written.size - 1] == ' ')
		written.size--;
	written = rmn_utf8_head(written, sizeof(result->marking_text) - 1);
	result->marking_level = level;
	memset(result->marking_text, 0, sizeof(result->marking_text));
	memcpy(result->marking_text, written.data, written.size);
}

static void
count_hit(struct rmn_classifier *c, struct rmn_bytes original, const struct rmn_word_hit *hit,
    enum place place, size_t mark_end)
{
	switch ((enum kind)hit->word->kind) {
	case TYPE_WORD:
		count_type_word(c, hit, place);
		break;
	case NOT_WITH:
		if (place != IN_BODY)
			c->found.excluded[hit->word->owner] = true;
		break;
	case SOFTWARE:
		c->found.software += place != IN_BODY;
		break;
	case PRIVATE:
		c->found.private_name += place == IN_NAME;
		c->found.private_text += !c->found.seen[hit->index];
		c->found.seen[hit->index] = true;
		break;
	case TEMPLATE:
		c->found.template_name += place == IN_NAME;
		break;
	case MARKING:
		keep_marking(c, original, hit, rmn_marking_level(&c->text, original, hit,
		    place == IN_NAME ? RMN_MARKING_IN_NAME : RMN_MARKING_IN_TEXT, mark_end));
		break;
	case TRAP:
		break;
	}
}

/* The offset behind the first count characters. */
static size_t
characters_end(struct rmn_bytes text, size_t count)
{
	size_t at = 0;

	while (at < text.size && count > 0) {
		at++;
		while (at < text.size && (text.data[at] & 0xC0) == 0x80)
			at++;
		count--;
	}
	return at;
}

/* Of the path only markings: what folders are called says little about one document. */
static void
scan_name(struct rmn_classifier *c, struct rmn_bytes name, bool only_markings)
{
	struct rmn_word_hit hit;
	struct rmn_bytes text;
	size_t at = 0;

	if (rmn_normal_fill(&c->text, name, RMN_UTF8) != RMN_OK)
		return;
	/* An underscore parts words in names, but is a letter in text. */
	for (size_t i = 0; i < c->text.text.size; i++)
		if (c->text.text.data[i] == '_')
			c->text.text.data[i] = ' ';
	text = rmn_buf_bytes(&c->text.text);
	while (rmn_words_next(&c->words, text, &at, &hit))
		if (!only_markings || hit.word->kind == MARKING)
			count_hit(c, name, &hit, IN_NAME, 0);
}

/* A short first line is a title, whatever the properties say. */
static size_t
title_line_end(struct rmn_bytes text)
{
	size_t limit = characters_end(text, FIRST_LINE_CHARACTERS), at = 0;

	while (at < limit && (text.data[at] == '\n' || text.data[at] == '\r' ||
	    text.data[at] == ' '))
		at++;
	while (at < limit && text.data[at] != '\n' && text.data[at] != '\r')
		at++;
	return at < limit || at == text.size ? at : 0;
}

static void
scan_text(struct rmn_classifier *c, struct rmn_bytes head, bool is_mail)
{
	size_t top_end, mark_end, title_end, at = 0;
	struct rmn_word_hit hit;
	struct rmn_bytes text;

	head = rmn_utf8_head(head, HEAD_TEXT_BYTES);
	if (rmn_normal_fill(&c->text, head, RMN_UTF8) == RMN_NOMEM)
		return;
	text = rmn_buf_bytes(&c->text.text);
	top_end = characters_end(text, TOP_CHARACTERS);
	mark_end = characters_end(text, MARK_CHARACTERS);
	title_end = is_mail ? 0 : title_line_end(text);
	while (rmn_words_next(&c->words, text, &at, &hit)) {
		count_hit(c, head, &hit, hit.start < top_end ? IN_TOP : IN_BODY, mark_end);
		if (hit.start < title_end && hit.word->kind != MARKING)
			count_hit(c, head, &hit, IN_NAME, mark_end);
	}
}

static bool
has_layout(const struct rmn_classifier *c, unsigned type)
{
	const char *list = rmn_type_words[type].layout;
	struct rmn_bytes text = rmn_buf_bytes(&c->text.text);

	if (*list == '\0')
		return false;
	while (*list) {
		size_t size = strcspn(list, "|");
		struct rmn_bytes word = {(const unsigned char *)list, size};

		if (rmn_bytes_find(text, word) == SIZE_MAX)
			return false;
		list += size + (list[size] == '|');
	}
	return true;
}

/* The layout is only looked for where it could make the type the best one so far. */
static unsigned
score_of(const struct rmn_classifier *c, unsigned type, unsigned best_score)
{
	unsigned score = c->found.name[type] + c->found.top[type];

	score += c->found.body[type] < 30 ? c->found.body[type] : 30;
	if (score == 0 || c->found.excluded[type])
		return 0;
	if (score + 20 > best_score && has_layout(c, type))
		score += 20;
	return score < 100 ? score : 100;
}

static bool
has_ending(struct rmn_bytes name, const char *endings)
{
	for (; *endings; endings += strcspn(endings, "|"), endings += *endings == '|') {
		size_t size = strcspn(endings, "|"), i = 0;

		if (name.size <= size)
			continue;
		while (i < size && (name.data[name.size - size + i] | 0x20) == (endings[i] | 0x20))
			i++;
		if (i == size)
			return true;
	}
	return false;
}

static unsigned
find_type(const char *id)
{
	unsigned type = 0;

	while (rmn_doc_types[type].id && strcmp(rmn_doc_types[type].id, id) != 0)
		type++;
	return type;
}

/* What the words do not say, the kind of file may. */
static unsigned
type_by_kind(const struct rmn_classify_input *input)
{
	if (has_ending(input->name, ".ppt|.pptx|.pptm|.odp|.key|.sxi"))
		return find_type("slide");
	if (has_ending(input->name, ".c|.h|.cpp|.cc|.hpp|.java|.py|.rb|.go|.rs|.php|.pl|.cs|.js|"
	    ".ts|.vb|.bas|.cls|.sql|.sh|.cob|.cbl|.kt|.swift|.jsp|.aspx"))
		return find_type("source_code");
	return find_type(input->is_mail ? "mail" : "other");
}

static void
choose_type(struct rmn_classifier *c, const struct rmn_classify_input *input)
{
	unsigned mail = find_type("mail"), code = find_type("source_code");
	unsigned by_kind = type_by_kind(input), best = by_kind, best_score = 0;

	for (unsigned type = 0; type < c->type_count; type++) {
		unsigned score = score_of(c, type, best_score);

		/* Letters greet too; mail speaks of invoices without being one. */
		if ((type == mail && !input->is_mail) || (type == code && by_kind != code) ||
		    (input->is_mail && type != mail && score < 70) ||
		    (by_kind == code && type != code))
			continue;
		if (score > best_score) {
			best_score = score;
			best = type;
		}
	}
	c->result->doc_type = rmn_doc_types[best_score >= ACCEPT ? best : by_kind].id;
	c->result->type_score = best_score;
}

static bool
is_business(const struct rmn_classifier *c, const struct rmn_classify_input *input)
{
	const struct rmn_classification *r = c->result;

	if (input->text_bytes == 0 && input->head_text.size == 0)
		return false;
	if (r->marking_level >= 2)
		return true;
	if (c->found.software > 0 || c->found.private_name > 0 || c->found.private_text >= 3 || c->found.template_name > 0)
		return false;
	return r->type_score >= ACCEPT || r->marking_level > 0;
}

struct scripts {
	size_t kana, han, latin, other;
};

static struct scripts
count_scripts(struct rmn_bytes text)
{
	struct scripts n = {0};

	text = rmn_utf8_head(text, LANGUAGE_BYTES);
	for (size_t at = 0; at < text.size;) {
		uint32_t c = rmn_utf8_next(text, &at, NULL);

		if (c < 0x80)
			n.latin += (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
		else if (c >= 0x3041 && c <= 0x30FE && c != 0x30FB)
			n.kana++;
		else if ((c >= 0x4E00 && c <= 0x9FFF) || c == 0x3005)
			n.han++;
		else if (c >= 0xAC00 && c <= 0xD7A3)
			n.other++;
		else if (c >= 0xC0 && c <= 0x2AF)
			n.latin += 1;
		else if (c >= 0x370 && c < 0x2000)
			n.other++;
	}
	return n;
}

static bool
is_small_english_word(struct rmn_bytes word)
{
	static const char small[][4] = {
		"the", "of", "and", "to", "in", "is", "for", "on", "with", "that", "by", "this",
		"be", "are", "as", "at", "or", "from", "your", "you", "we", "not", "it", "an",
		"will",
	};
	char padded[4] = {0};

	if (word.size > sizeof(padded))
		return false;
	for (size_t i = 0; i < word.size; i++)
		padded[i] = (char)(word.data[i] | 0x20);
	for (size_t i = 0; i < sizeof(small) / sizeof(small[0]); i++)
		if (memcmp(small[i], padded, sizeof(padded)) == 0)
			return true;
	return false;
}

/* The small words are a quarter of any English text. */
static bool
has_english(struct rmn_bytes text)
{
	size_t words = 0, english = 0, start = 0;

	text = rmn_bytes_head(text, LANGUAGE_BYTES);
	for (size_t at = 0; at <= text.size; at++) {
		unsigned char c = at < text.size ? text.data[at] | 0x20 : ' ';

		if (c >= 'a' && c <= 'z')
			continue;
		if (at > start) {
			words++;
			english += is_small_english_word((struct rmn_bytes){
			    text.data + start, at - start});
		}
		start = at + 1;
	}
	return words < 12 || english * 12 >= words;
}

static const char *
language_of(struct rmn_bytes text)
{
	struct scripts n = count_scripts(text);
	size_t all = n.kana + n.han + n.latin + n.other;

	if (all == 0)
		return "";
	if (n.kana * 20 >= all || (n.kana > 0 && (n.kana + n.han) * 4 >= all))
		return "ja";
	if (n.kana == 0 && n.han * 3 >= all && n.han < 200)
		return "ja";	/* a list of names has no kana; a Chinese text has more */
	if (n.latin * 10 >= all * 9 && has_english(text))
		return "en";
	return "";
}

void
rmn_classify(struct rmn_classifier *c, const struct rmn_classify_input *input,
    struct rmn_classification *result)
{
	*result = (struct rmn_classification){.doc_type = "other", .marking = "", .language = ""};
	c->found = (struct found){.software = 0};
	c->result = result;
	scan_name(c, input->path, true);
	scan_name(c, input->name, false);
	scan_name(c, input->title, false);
	scan_text(c, input->head_text, input->is_mail);
	choose_type(c, input);
	result->language = language_of(rmn_buf_bytes(&c->text.text));
	result->marking = rmn_marking_name(result->marking_level);
	result->is_business = is_business(c, input);
}
