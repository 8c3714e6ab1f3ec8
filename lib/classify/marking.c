/* SPDX-License-Identifier: MIT
 *
 * A marking stands apart: alone on its line or cell, in brackets, spaced out, at the end of a
 * short line behind a company's name, or in capitals at the top.  In running text the same words
 * mean nothing, and disclaimers of mail, licences of development kits and unticked boxes of forms
 * use them too. */
#include "classify/marking.h"

#include <string.h>

enum care {
	PLAIN,		/* anything that stands apart counts */
	INITIAL,	/* ASCII: at least a capital to start with */
	CAPITALS,	/* ASCII: an everyday word, only in capitals */
	ALONE,		/* only alone on its line, in brackets, or spaced out */
	ANYWHERE,	/* says what it is */
};

struct marking {
	const char *words;
	unsigned level;
	enum care care;
};

static const struct marking markings[] = {
	{"極秘|厳秘|特定秘密|最高機密|機密性3情報|極秘扱い", 4, PLAIN},
	{"top secret|strictly confidential", 4, INITIAL},
	{"tlp:red|tlp: red", 4, ANYWHERE},
	{"マル秘|丸秘|機密|部外秘|関係者外秘|役員外秘|厳重取扱注意", 3, PLAIN},
	{"秘", 3, ALONE},
	{"confidential|eyes only|attorney-client privileged|highly confidential|"
	    "privileged & confidential|confidential and proprietary", 3, INITIAL},
	{"secret|noforn", 3, CAPITALS},
	{"tlp:amber+strict|tlp: amber+strict", 3, ANYWHERE},
	{"社外秘|対外秘|社内秘|取扱注意|取り扱い注意|関係者限り|社内限り|関係者限定|社内限定|"
	    "社外持出禁止|社外持ち出し禁止|持出厳禁|機密性2情報|社外秘資料|社外秘扱い", 2, PLAIN},
	{"限定", 2, ALONE},
	{"internal use only|for internal use|for internal use only|company confidential|"
	    "internal only|commercial in confidence|not for distribution", 2, INITIAL},
	{"proprietary|restricted", 2, CAPITALS},
	{"tlp:amber|tlp: amber", 2, ANYWHERE},
	{"未定稿|暫定版|ドラフト", 1, PLAIN},
	{"draft", 1, CAPITALS},
	{"tlp:green|tlp: green", 1, ANYWHERE},
};

static const char traps[] =
    "秘書|秘訣|秘密|極秘裏|極秘に|神秘|便秘|黙秘|秘境|秘湯|秘蔵|秘伝|秘策|秘話|秘宝|秘術|秘め|守秘|秘匿|"
    "秘かに|秘儀|秘仏|秘湯|秘孔|機密性|機密情報|機密保持|機密事項|機密文書|企業機密|機密レベル|"
    "国家機密|営業秘密|限定的|数量限定|期間限定|限定版|限定品|限定公開|初回限定|限定数|"
    "confidential information|confidentiality|secret key|client secret|trade secret|secretary|"
    "tlp:white|tlp:clear|draft beer|first draft|internet-draft|proprietary software";

void
rmn_marking_add_words(struct rmn_words *words, struct rmn_marking_kinds kinds)
{
	for (size_t i = 0; i < sizeof(markings) / sizeof(markings[0]); i++)
		rmn_words_add(words, markings[i].words, kinds.marking, (uint8_t)i, 0);
	rmn_words_add(words, traps, kinds.trap, 0, 0);
}

const char *
rmn_marking_name(unsigned level)
{
	static const char *const names[] = {"", "draft", "internal", "secret", "top_secret"};

	return level < sizeof(names) / sizeof(names[0]) ? names[level] : "";
}

/* The line that a hit stands in, and what of it is before and behind the hit, spaces left out. */
struct surroundings {
	struct rmn_bytes line, before, behind;
};

static bool
is_line_end(unsigned char c)
{
	return c == '\n' || c == '\r' || c == '\f' || c == '\v' || c == '\0';
}

static struct rmn_bytes
trimmed(struct rmn_bytes bytes)
{
	while (bytes.size > 0 && bytes.data[0] == ' ')
		bytes = rmn_bytes_after(bytes, 1);
	while (bytes.size > 0 && bytes.data[bytes.size - 1] == ' ')
		bytes.size--;
	return bytes;
}

static struct surroundings
look_around(struct rmn_bytes text, const struct rmn_word_hit *hit)
{
	size_t start = hit->start, end = hit->end;

	while (start > 0 && !is_line_end(text.data[start - 1]))
		start--;
	while (end < text.size && !is_line_end(text.data[end]))
		end++;
	return (struct surroundings){
		.line = {text.data + start, end - start},
		.before = trimmed((struct rmn_bytes){text.data + start, hit->start - start}),
		.behind = trimmed((struct rmn_bytes){text.data + hit->end, end - hit->end}),
	};
}

static bool
ends_in(struct rmn_bytes bytes, const char *const *endings)
{
	for (; *endings; endings++) {
		size_t size = strlen(*endings);

		if (bytes.size >= size &&
		    memcmp(bytes.data + bytes.size - size, *endings, size) == 0)
			return true;
	}
	return false;
}

static bool
starts_in(struct rmn_bytes bytes, const char *const *starts)
{
	for (; *starts; starts++)
		if (rmn_bytes_start_with(bytes, *starts))
			return true;
	return false;
}

static const char *const openers[] = {
	"【", "[", "<", "〔", "《", "(", "「", "『", "■", "★", "※", "*", "☑", "☒", "✓", "✔", "●",
	"◆", "≪", "レ点", NULL,
};
static const char *const closers[] = {
	"】", "]", ">", "〕", "》", ")", "」", "』", "■", "★", "※", "*", "◆", "≫", "●", NULL,
};
static const char *const separators[] = {
	":", "/", "・", "、", ",", "|", "-", "\t", "_", NULL,
};
static const char *const empty_boxes[] = {"□", "☐", "○", "◯", "[ ]", "( )", "・", NULL};
static const char *const ticked_boxes[] = {"■", "☑", "☒", "✓", "✔", "●", "[x]", "[X]", NULL};

static bool
is_cell(const struct surroundings *s)
{
	static const char *const edges[] = {"\t", "|", NULL};

	return (s->before.size == 0 || ends_in(s->before, edges)) &&
	    (s->behind.size == 0 || starts_in(s->behind, edges));
}

static bool
is_bracketed(const struct surroundings *s)
{
	bool open = ends_in(s->before, openers), close = starts_in(s->behind, closers);

	/* 【社外秘・取扱注意】; a sign before, the line's end behind. */
	return open && (close || starts_in(s->behind, separators) || s->behind.size == 0);
}

static bool
holds_any(struct rmn_bytes bytes, const char *const *words)
{
	for (; *words; words++)
		if (rmn_bytes_find(bytes, rmn_bytes_from_string(*words)) != SIZE_MAX)
			return true;
	return false;
}

/* Forms list the levels to choose from: "□社外秘 ■公開", "社外秘 / 公開". */
static bool
is_unticked(const struct surroundings *s)
{
	static const char *const choices[] = {"公開", "一般", "public", "Public", "PUBLIC", NULL};
	static const char *const lists[] = {"/", "・", "|", "、", NULL};

	if (ends_in(s->before, ticked_boxes))
		return false;
	if (ends_in(s->before, empty_boxes))
		return true;
	return (holds_any(s->before, choices) || holds_any(s->behind, choices)) &&
	    (ends_in(s->before, lists) || starts_in(s->behind, lists) ||
	    holds_any(s->line, ticked_boxes));
}

/* Mail that may be "confidential and privileged", code that may not be given away. */
static bool
is_boilerplate(struct rmn_bytes text, const struct rmn_word_hit *hit)
{
	static const char *const words[] = {
		"intended recipient", "e-mail", "E-MAIL", "email", "EMAIL", "privileged and",
		"may be privileged", "MAY BE PRIVILEGED", "本メール", "本電子メール", "このメール",
		"誤って受信", "license", "LICENSE", "License", "licence", "SDK", "be disclosed",
		NULL,
	};
	size_t start = hit->start > 160 ? hit->start - 160 : 0;
	size_t end = text.size - hit->end > 320 ? hit->end + 320 : text.size;

	return holds_any((struct rmn_bytes){text.data + start, end - start}, words);
}

static bool
is_ascii(const struct rmn_word_hit *hit)
{
	return (unsigned char)hit->word->text[0] < 0x80;
}

static bool
is_capital(unsigned char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_all_capitals(struct rmn_bytes text, const struct rmn_word_hit *hit)
{
	for (size_t i = hit->start; i < hit->end; i++)
		if (text.data[i] >= 'a' && text.data[i] <= 'z')
			return false;
	return true;
}

/* "株式会社ABC 社外秘", "(c) 2015 ABC Corp. Confidential": at one end of a short line. */
static bool
is_on_short_line(const struct surroundings *s, const struct rmn_word_hit *hit)
{
	size_t limit = is_ascii(hit) ? 70 : 90;
	unsigned char beside;

	if (s->line.size > limit || (s->before.size > 0 && s->behind.size > 0))
		return false;
	if (s->before.size > 0)
		beside = hit->start > 0 ? s->before.data[s->before.size] : 0;
	else
		beside = s->behind.data > s->line.data ? s->behind.data[-1] : 0;
	return beside == ' ' || beside == '\t';
}

/* Values of settings and programs: SECRET=..., "secret": */
static bool
is_code(struct rmn_bytes text, const struct rmn_word_hit *hit, const struct surroundings *s)
{
	bool joined = s->before.data + s->before.size == text.data + hit->start;

	static const char *const assigns[] = {"=", ":=", "\":", "':", "(", ";", "{", "\"", NULL};
	static const char *const quotes[] = {"\"", "'", "=", "$", "{", ".", "->", NULL};

	return starts_in(s->behind, assigns) || (joined && ends_in(s->before, quotes));
}

static bool
stands_apart(struct rmn_bytes text, const struct rmn_word_hit *hit, const struct surroundings *s,
    enum care care, size_t first_characters_end)
{
	bool capitals = is_ascii(hit) && is_all_capitals(text, hit);

	if (is_ascii(hit) && (is_code(text, hit, s) || (care == CAPITALS && !capitals) ||
	    !is_capital(text.data[hit->start])))
		return false;
	if (hit->spaced || is_cell(s) || is_bracketed(s) || ends_in(s->before, ticked_boxes))
		return true;
	if (care == ALONE)
		return false;
	if (capitals && hit->start < first_characters_end)
		return true;
	return care != CAPITALS && is_on_short_line(s, hit);
}

/* File and folder names separate words in their own ways. */
static bool
stands_in_name(const struct surroundings *s, const struct rmn_word_hit *hit, enum care care)
{
	static const char *const joints[] = {
		"_", "-", " ", ".", "/", "\\", "(", ")", "[", "]", "【", "】", "{", "}", "+",
		"「", "」", "~", NULL,
	};
	bool before = s->before.size == 0 || ends_in(s->before, joints);
	bool behind = s->behind.size == 0 || starts_in(s->behind, joints);

	if (is_ascii(hit))
		return care != CAPITALS || strcmp(hit->word->text, "draft") == 0;
	return care != ALONE || (before && behind && strcmp(hit->word->text, "限定") != 0);
}

/* The sign ㊙ is 秘 in the working copy, but nobody writes it by accident. */
static bool
is_sign(const struct rmn_normal *text, struct rmn_bytes original, const struct rmn_word_hit *hit)
{
	return rmn_bytes_start_with(rmn_bytes_after(original, text->source[hit->start]), "㊙");
}

unsigned
rmn_marking_level(const struct rmn_normal *normal, struct rmn_bytes original,
    const struct rmn_word_hit *hit, enum rmn_marking_place place, size_t first_characters_end)
{
	const struct marking *marking = &markings[hit->word->owner];
	struct rmn_bytes text = rmn_buf_bytes(&normal->text);
	struct surroundings s = look_around(text, hit);
	enum care care = marking->care;
	bool counts;

	if (care == ALONE && is_sign(normal, original, hit))
		care = PLAIN;
	if (place == RMN_MARKING_IN_NAME)
		return stands_in_name(&s, hit, care) ? marking->level : 0;
	if (is_unticked(&s))
		return 0;
	counts = care == ANYWHERE || stands_apart(text, hit, &s, care, first_characters_end) ||
	    (care == PLAIN && marking->care == ALONE && hit->start < first_characters_end);
	if (counts && is_ascii(hit) && !is_cell(&s) && !is_bracketed(&s) && care != ANYWHERE)
		counts = !is_boilerplate(text, hit);
	return counts ? marking->level : 0;
}
