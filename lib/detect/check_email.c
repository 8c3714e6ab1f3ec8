/* SPDX-License-Identifier: MIT
 *
 * E-mail addresses as people have them: narrower than RFC 5321, and no file names
 * ("icon@2x.png") or hosts that no mail reaches. */
#include "detect/check.h"
#include "detect/check_text.h"

#include <stdlib.h>
#include <string.h>

#define ADDRESS_MAX 254
#define LOCAL_MAX 64
#define LABEL_MAX 63

/* Lower case, sorted. */
static const char *const not_domains[] = {
    "asp", "aspx", "bmp", "c", "class", "cpp", "cs", "css", "csv", "dll", "doc", "docx", "dylib",
    "example", "exe", "framework", "gif", "go", "gz", "h", "hpp", "htm", "html", "ico", "internal",
    "invalid", "jar", "java", "jpeg", "jpg", "js", "json", "jsp", "jsx", "lan", "local",
    "localdomain", "localhost", "log", "lproj", "md", "nib", "pdf", "php", "plist", "png", "ppt",
    "pptx", "py", "rb", "rs", "so", "strings", "svg", "swift", "tar", "test", "ts", "tsx", "txt",
    "webp", "xls", "xlsx", "xml", "yaml", "yml", "zip",
};

static int
compare_word(const void *word, const void *row)
{
	return strcmp(word, *(const char *const *)row);
}

static bool
is_alphanumeric(char c)
{
	return rmn_check_is_digit(c) || rmn_check_is_upper(c);
}

static bool
local_part_fits(const char *local, size_t size)
{
	if (size == 0 || size > LOCAL_MAX || !is_alphanumeric(local[0]))
		return false;
	for (size_t i = 1; i < size; i++) {
		if (!is_alphanumeric(local[i]) && !strchr("!#$%&'*+/=?^_`{|}~.-", local[i]))
			return false;
		if (local[i] == '.' && local[i - 1] == '.')
			return false;
	}
	return is_alphanumeric(local[size - 1]) || strchr("_+-", local[size - 1]);
}

/* The size of the label at text, or 0. */
static size_t
label_size(const char *text)
{
	size_t size = 0;

	while (is_alphanumeric(text[size]) || text[size] == '-')
		size++;
	if (size == 0 || size > LABEL_MAX || text[0] == '-' || text[size - 1] == '-')
		return 0;
	return size;
}

static bool
top_level_fits(const char *label, size_t size)
{
	char word[LABEL_MAX + 1];

	if (size < 2 || size > 24)
		return false;
	for (size_t i = 0; i < size; i++) {
		if (!rmn_check_is_upper(label[i]))
			return false;
		word[i] = (char)(label[i] - 'A' + 'a');
	}
	word[size] = '\0';
	return !bsearch(word, not_domains, sizeof(not_domains) / sizeof(not_domains[0]),
	    sizeof(not_domains[0]), compare_word);
}

static bool
domain_fits(const char *domain)
{
	size_t size = label_size(domain);

	/* names of pictures for dense screens */
	if (size == 2 && (domain[0] == '2' || domain[0] == '3') && domain[1] == 'X')
		return false;
	if (size == 0 || domain[size] != '.')
		return false;
	while (size > 0 && domain[size] == '.') {
		domain += size + 1;
		size = label_size(domain);
	}
	return size > 0 && domain[size] == '\0' && top_level_fits(domain, size);
}

static bool
email_accept(struct rmn_bytes candidate)
{
	struct rmn_check_text t;
	const char *at;

	if (!rmn_check_fold_without(candidate, NULL, true, &t) || t.size > ADDRESS_MAX)
		return false;
	at = strchr(t.text, '@');
	return at && local_part_fits(t.text, (size_t)(at - t.text)) && domain_fits(at + 1);
}

const struct rmn_check rmn_check_email = {
    .name = "email",
    .accept = email_accept,
    .chance_permyriad = 10000,
};
