/* SPDX-License-Identifier: MIT
 *
 * Values of header fields as text: encoded words (RFC 2047), parameters (RFC 2045, 2231) and what
 * programs write instead of them.  Charsets are decoded here and not by a mail library, because
 * those go through iconv(3), which loads its modules from files. */
#include <string.h>

#include "base/checked.h"
#include "base/utf8.h"
#include "charset/charset.h"
#include "format/mail/mail_decode.h"
#include "format/mail/mail_head.h"

#define VALUE_BYTES_MAX ((size_t)1 << 20)
#define SEGMENTS_MAX 256u	/* of one parameter (RFC 2231 3) */

static bool
has_high_or_escape(struct rmn_bytes bytes)
{
	for (size_t i = 0; i < bytes.size; i++)
		if (bytes.data[i] >= 0x80 || bytes.data[i] == 0x1B)
			return true;
	return false;
}

/* Labels that are written when nobody knows. */
static bool
is_weak_label(enum rmn_encoding encoding)
{
	return encoding == RMN_ASCII || encoding == RMN_CP1252 ||
	    encoding == RMN_ENCODING_UNKNOWN;
}

/* The guess lets a text start inside a character, as one cut out of a disk does; a name in a mail starts
 * where it starts. */
static struct rmn_charset_guess
guess_whole(struct rmn_bytes bytes)
{
	struct rmn_charset_guess guess = rmn_charset_guess(bytes);
	struct rmn_buf utf8;
	size_t bad = 1;

	if (guess.encoding != RMN_UTF8 || rmn_utf8_is_valid(bytes))
		return guess;
	rmn_buf_init(&utf8, 0);
	if (rmn_charset_decode(bytes, RMN_CP932, &utf8, &bad) == RMN_OK && bad == 0)
		guess.encoding = RMN_CP932;
	rmn_buf_release(&utf8);
	return guess;
}

/* Charsets whose bytes are all ASCII, so that only the label tells. */
static bool
is_seven_bit(struct rmn_bytes label)
{
	return rmn_mail_equal(label, "utf-7") || rmn_mail_equal(label, "unicode-1-1-utf-7") ||
	    rmn_mail_equal(label, "hz-gb-2312");
}

/* ISO-2022-JP that lost its escapes at some gateway: "$B" and "(B" are still there.  Only where each
 * returns before the line ends. */
static bool
escapes_restore(struct rmn_bytes bytes, struct rmn_buf *restored)
{
	bool is_wide = false, has_wide = false;

	for (size_t i = 0; i < bytes.size; i++) {
		const unsigned char *c = bytes.data + i;
		bool leaves = i + 1 < bytes.size && c[0] == '(' && (c[1] == 'B' || c[1] == 'J');
		bool enters = i + 1 < bytes.size && c[0] == '$' && (c[1] == 'B' || c[1] == '@');

		if ((is_wide && leaves) || (!is_wide && enters)) {
			rmn_buf_append_char(restored, '\033');
			rmn_buf_append_data(restored, c, 2);
			is_wide = !is_wide;
			has_wide = true;
			i++;
			continue;
		}
		if (is_wide && (*c < 0x21 || *c > 0x7E))
			return false;
		rmn_buf_append_char(restored, (char)*c);
		/* two bytes a character: "(B" may be the halves of two */
		if (is_wide && i + 1 < bytes.size)
			rmn_buf_append_char(restored, (char)bytes.data[++i]);
	}
	return has_wide && !is_wide && !restored->failed;
}

static bool
append_restored(struct rmn_bytes bytes, struct rmn_buf *utf8)
{
	struct rmn_buf restored;
	size_t before = utf8->size, bad = 0;
	bool is_good;

	rmn_buf_init(&restored, 0);
	is_good = escapes_restore(bytes, &restored) &&
	    rmn_charset_decode(rmn_buf_bytes(&restored), RMN_ISO_2022_JP, utf8, &bad) == RMN_OK &&
	    bad == 0;
	if (!is_good)
		utf8->size = before;
	rmn_buf_release(&restored);
	return is_good;
}

void
rmn_mail_charset(struct rmn_bytes bytes, struct rmn_bytes label, struct rmn_buf *utf8)
{
	enum rmn_encoding declared = rmn_encoding_from_label(label);
	size_t before = utf8->size, bad = 0;
	struct rmn_charset_guess guess;

	if (!has_high_or_escape(bytes) && !is_seven_bit(label)) {
		if (declared != RMN_ISO_2022_JP || !append_restored(bytes, utf8))
			rmn_buf_append(utf8, bytes);
		return;
	}
	if (rmn_charset_decode_label(bytes, label, utf8, &bad) == RMN_OK && bad == 0 &&
	    !is_weak_label(declared))
		return;
	if (utf8->size > before && bad == 0 && declared == RMN_ENCODING_UNKNOWN)
		return;		/* one of ICU's */
	guess = guess_whole(bytes);
	if (!guess.is_text || guess.encoding == RMN_ENCODING_UNKNOWN ||
	    (declared == RMN_CP1252 && guess.encoding != RMN_UTF8 &&
	    guess.encoding != RMN_ISO_2022_JP && guess.confidence < 80))
		guess = (struct rmn_charset_guess){.encoding = RMN_CP1252};
	if (utf8->size > before && (guess.encoding == declared ||
	    (guess.encoding == RMN_CP1252 && declared != RMN_ASCII)))
		return;		/* as good as what is declared */
	utf8->size = before;
	rmn_charset_decode(rmn_bytes_after(bytes, guess.bom_bytes), guess.encoding, utf8, NULL);
}

struct word {
	struct rmn_bytes charset, text;
	bool is_base64;
	size_t size;		/* of the whole "=?...?=" */
};

static bool
cut_at(struct rmn_bytes *rest, unsigned char mark, struct rmn_bytes *piece)
{
	const unsigned char *end = rest->size ? memchr(rest->data, mark, rest->size) : NULL;

	if (!end)
		return false;
	*piece = (struct rmn_bytes){rest->data, (size_t)(end - rest->data)};
	*rest = rmn_bytes_after(*rest, piece->size + 1);
	return true;
}

/* The encoded word that bytes start with. */
static bool
word_read(struct rmn_bytes bytes, struct word *word)
{
	struct rmn_bytes rest = rmn_bytes_after(bytes, 2), method, language;
	size_t end;

	if (!rmn_bytes_start_with(bytes, "=?") || !cut_at(&rest, '?', &word->charset) ||
	    word->charset.size == 0 || word->charset.size > 64 || !cut_at(&rest, '?', &method) ||
	    method.size != 1)
		return false;
	word->is_base64 = rmn_mail_equal(method, "b");
	if (!word->is_base64 && !rmn_mail_equal(method, "q"))
		return false;
	end = rmn_bytes_find(rest, rmn_bytes_from_string("?="));
	/* "?==E3" ends in a quoted byte, not in a word */
	if (end == SIZE_MAX)
		return false;
	word->text = rmn_bytes_head(rest, end);
	word->size = (size_t)(rest.data + end + 2 - bytes.data);
	if (cut_at(&word->charset, '*', &language))	/* RFC 2231 5 */
		word->charset = language;
	return true;
}

/* Words whose charset is the same are decoded together: programs cut characters in two. */
struct run {
	struct rmn_bytes charset;
	struct rmn_buf bytes;
};

static void
run_flush(struct run *run, struct rmn_buf *utf8)
{
	if (run->bytes.size > 0)
		rmn_mail_charset(rmn_buf_bytes(&run->bytes), run->charset, utf8);
	utf8->failed |= run->bytes.failed;
	rmn_buf_clear(&run->bytes);
}

/* ISO-2022-JP cut inside a character: each word goes back to ASCII all the same.  Where one leaves
 * the two-byte set and the next returns to it, neither escape is needed. */
static void
join_escapes(struct rmn_buf *bytes, size_t at)
{
	static const char leave[] = "\033(B", enter[] = "\033$B";

	if (at < 3 || bytes->size - at < 3 || memcmp(bytes->data + at - 3, leave, 3) != 0 ||
	    memcmp(bytes->data + at, enter, 3) != 0)
		return;
	memmove(bytes->data + at - 3, bytes->data + at + 3, bytes->size - at - 3);
	bytes->size -= 6;
}

static void
run_add(struct run *run, const struct word *word, struct rmn_buf *utf8)
{
	struct rmn_mail_decoder decoder;
	unsigned char piece[512];
	size_t got, join;

	if (run->bytes.size > 0 && (run->charset.size != word->charset.size ||
	    strncasecmp((const char *)run->charset.data, (const char *)word->charset.data,
	    word->charset.size) != 0))
		run_flush(run, utf8);
	run->charset = word->charset;
	join = run->bytes.size;
	rmn_mail_decoder_init(&decoder, word->is_base64 ? RMN_MAIL_BASE64 : RMN_MAIL_Q_WORD,
	    word->text, '\n');
	while ((got = rmn_mail_decode(&decoder, piece, sizeof(piece))) > 0)
		rmn_buf_append_data(&run->bytes, piece, got);
	join_escapes(&run->bytes, join);
}

/* Plain text between words, on one line. */
static void
append_plain(struct rmn_bytes text, struct rmn_buf *utf8)
{
	size_t from = utf8->size, to = from;

	rmn_mail_charset(text, (struct rmn_bytes){NULL, 0}, utf8);
	for (size_t i = from; i < utf8->size; i++) {
		unsigned char c = utf8->data[i];

		if (c == '\r' || c == '\n')
			continue;
		utf8->data[to++] = c == '\t' ? ' ' : c;
	}
	utf8->size = utf8->size > from ? to : from;
}

/* How far a search for words goes: to the end of the last one there can be.  Without that, each of many
 * that have no end would be looked for to the end of the value. */
static size_t
words_end(struct rmn_bytes value)
{
	size_t end = value.size;

	while (end >= 2 && (value.data[end - 2] != '?' || value.data[end - 1] != '='))
		end--;
	return end >= 2 ? end : 0;
}

void
rmn_mail_value(struct rmn_bytes value, struct rmn_buf *utf8)
{
	struct rmn_bytes rest = rmn_bytes_head(rmn_mail_trim(value), VALUE_BYTES_MAX);
	size_t after_words = rest.size - words_end(rest);	/* bytes behind the last word */
	struct run run = {{NULL, 0}, {0}};
	struct word word = {.size = 0};

	rmn_buf_init(&run.bytes, VALUE_BYTES_MAX);
	while (rest.size > 0) {
		size_t plain = 0;
		struct rmn_bytes text;

		while (plain < rest.size && !word_read(rmn_bytes_after(rest, plain), &word)) {
			size_t next = rmn_bytes_find(rmn_bytes_after(rest, plain + 1),
			    rmn_bytes_from_string("=?"));

			plain = next == SIZE_MAX ? rest.size : plain + 1 + next;
			if (rest.size - rmn_min_size(plain, rest.size) <= after_words)
				plain = rest.size;
		}
		text = rmn_bytes_head(rest, plain);
		/* white space between two words is none (RFC 2047 6.2) */
		if (rmn_mail_trim(text).size > 0 || (run.bytes.size == 0 && plain > 0)) {
			run_flush(&run, utf8);
			append_plain(text, utf8);
		}
		rest = rmn_bytes_after(rest, plain);
		if (rest.size > 0) {
			run_add(&run, &word, utf8);
			rest = rmn_bytes_after(rest, word.size);
		}
	}
	run_flush(&run, utf8);
	rmn_buf_release(&run.bytes);
}

/* One parameter as written: name, optional "*N", optional "*", value. */
struct parameter {
	struct rmn_bytes name, value;
	unsigned index;
	bool is_extended;	/* charset'language'%XX */
	bool is_quoted;
};

static bool
is_cp932_lead(unsigned char c)
{
	return (c >= 0x81 && c <= 0x9F) || (c >= 0xE0 && c <= 0xFC);
}

/* The end of a quoted string that starts behind its quote.  Raw CP932 has backslashes as second
 * bytes of characters; those quote nothing. */
static size_t
quoted_end(struct rmn_bytes bytes)
{
	size_t i = 0;

	for (; i < bytes.size && bytes.data[i] != '"'; i++)
		if (bytes.data[i] == '\\' && (i == 0 || !is_cp932_lead(bytes.data[i - 1])))
			i++;
	return i < bytes.size ? i : bytes.size;
}

static void
parameter_name(struct parameter *p)
{
	const unsigned char *star;

	p->index = 0;
	p->is_extended = false;
	if (p->name.size > 0 && p->name.data[p->name.size - 1] == '*') {
		p->is_extended = true;
		p->name.size--;
	}
	star = p->name.size ? memchr(p->name.data, '*', p->name.size) : NULL;
	if (!star)
		return;
	for (const unsigned char *c = star + 1; c < p->name.data + p->name.size; c++)
		if (*c >= '0' && *c <= '9' && p->index < SEGMENTS_MAX)
			p->index = p->index * 10 + (unsigned)(*c - '0');
	p->name.size = (size_t)(star - p->name.data);
}

/* Cuts the next "; name=value" off *rest. */
static bool
parameter_next(struct rmn_bytes *rest, struct parameter *p)
{
	struct rmn_bytes skipped;
	size_t size;

	if (!cut_at(rest, '=', &p->name))
		return false;
	/* junk without "=" before the name */
	while (cut_at(&p->name, ';', &skipped))
		continue;
	p->name = rmn_mail_trim(p->name);
	while (rest->size > 0 && rmn_mail_is_space(rest->data[0]))
		*rest = rmn_bytes_after(*rest, 1);
	p->is_quoted = rest->size > 0 && rest->data[0] == '"';
	if (p->is_quoted) {
		*rest = rmn_bytes_after(*rest, 1);
		size = quoted_end(*rest);
		p->value = rmn_bytes_head(*rest, size);
		*rest = rmn_bytes_after(*rest, size + 1);
		cut_at(rest, ';', &skipped);
	} else if (!cut_at(rest, ';', &p->value)) {
		p->value = *rest;
		*rest = (struct rmn_bytes){NULL, 0};
	}
	if (!p->is_quoted)
		p->value = rmn_mail_trim(p->value);
	parameter_name(p);
	return true;
}

static void
append_percent(struct rmn_bytes text, struct rmn_buf *raw)
{
	for (size_t i = 0; i < text.size; i++) {
		int high = -1, low = -1;

		if (text.data[i] == '%' && text.size - i > 2) {
			high = rmn_mail_hex(text.data[i + 1]);
			low = rmn_mail_hex(text.data[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			rmn_buf_append_char(raw, (char)(high << 4 | low));
			i += 2;
		} else {
			rmn_buf_append_char(raw, (char)text.data[i]);
		}
	}
}

static void
append_unquoted(struct rmn_bytes text, struct rmn_buf *raw)
{
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] == '\\' && i + 1 < text.size &&
		    (i == 0 || !is_cp932_lead(text.data[i - 1])))
			i++;
		rmn_buf_append_char(raw, (char)text.data[i]);
	}
}

/* The value of a segment, raw; *charset is set by the first one when it is extended. */
static void
append_segment(struct parameter p, struct rmn_bytes *charset, struct rmn_buf *raw)
{
	struct rmn_bytes language;

	if (p.is_extended) {
		if (p.index == 0 && cut_at(&p.value, '\'', charset))
			cut_at(&p.value, '\'', &language);
		append_percent(p.value, raw);
	} else if (p.is_quoted) {
		append_unquoted(p.value, raw);
	} else {
		rmn_buf_append(raw, p.value);
	}
}

bool
rmn_mail_parameter(struct rmn_bytes value, const char *name, struct rmn_buf *utf8)
{
	struct rmn_bytes rest = rmn_bytes_head(value, VALUE_BYTES_MAX), main_value, charset = {NULL, 0};
	struct parameter segments[SEGMENTS_MAX], p;
	bool has[SEGMENTS_MAX] = {false};
	struct rmn_buf raw;

	cut_at(&rest, ';', &main_value);
	while (parameter_next(&rest, &p)) {
		if (!rmn_mail_equal(p.name, name) || p.index >= SEGMENTS_MAX || has[p.index])
			continue;
		has[p.index] = true;
		segments[p.index] = p;
	}
	rmn_buf_init(&raw, VALUE_BYTES_MAX);
	for (unsigned i = 0; i < SEGMENTS_MAX && has[i]; i++)
		append_segment(segments[i], &charset, &raw);
	if (charset.size > 0)
		rmn_mail_charset(rmn_buf_bytes(&raw), charset, utf8);
	else
		rmn_mail_value(rmn_buf_bytes(&raw), utf8);
	utf8->failed |= raw.failed;
	rmn_buf_release(&raw);
	return has[0];
}
