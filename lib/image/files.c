/* SPDX-License-Identifier: MIT
 *
 * Opening what is named, and what the name announces.  This half parses nothing: it is the only
 * part of image/ that runs outside the sandbox. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/checked.h"
#include "image/image.h"

/* How far beyond a missing segment a later one is looked for. */
#define SEGMENTS_LOOKED_AHEAD 8

static bool
device_sizes(int fd, uint64_t *size_bytes, uint32_t *sector_bytes)
{
	int sector = 0;

	if (ioctl(fd, BLKGETSIZE64, size_bytes) != 0)
		return false;
	if (ioctl(fd, BLKSSZGET, &sector) == 0 && sector > 0)
		*sector_bytes = (uint32_t)sector;
	return true;
}

/* Opens one file and appends it. */
static enum rmn_status
file_append(struct rmn_image_files *files, const char *path, struct rmn_error *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const char *slash = strrchr(path, '/');
	struct stat st;
	uint64_t size = 0;
	bool known;

	if (fd < 0)
		return rmn_fail(error, RMN_IO, "cannot open %s: %s", path, strerror(errno));
	known = fstat(fd, &st) == 0 && (S_ISREG(st.st_mode) || S_ISBLK(st.st_mode));
	if (known && S_ISBLK(st.st_mode)) {
		files->is_device = true;
		known = device_sizes(fd, &size, &files->sector_bytes);
	} else if (known) {
		size = (uint64_t)st.st_size;
	}
	if (!known || !rmn_add_u64(files->size_bytes, size, &files->size_bytes)) {
		close(fd);
		return rmn_fail(error, RMN_IO, "%s is neither a file nor a block device", path);
	}
	files->names[files->count] = strdup(slash ? slash + 1 : path);
	if (!files->names[files->count]) {
		close(fd);
		return rmn_fail(error, RMN_NOMEM, "%s: out of memory", path);
	}
	files->fds[files->count++] = fd;
	return RMN_OK;
}

/* The next name of a run of segments, in place: .E01 .. .E99 .EAA .. .EZZ .FAA; .001 .002;
 * .aa .ab.  False when there is none. */
static bool
letters_next(char *first, char *last, bool may_change_first)
{
	for (char *c = last; c >= first; c--) {
		char top = isupper((unsigned char)*c) ? 'Z' : 'z';

		if (c == first && !may_change_first)
			return false;
		if (*c != top) {
			(*c)++;
			return true;
		}
		*c = isupper((unsigned char)*c) ? 'A' : 'a';
	}
	return false;
}

static bool
digits_next(char *first, char *last)
{
	for (char *c = last; c >= first; c--) {
		if (*c != '9') {
			(*c)++;
			return true;
		}
		*c = '0';
	}
	return false;
}

enum run_kind { RUN_NONE, RUN_EWF, RUN_DIGITS, RUN_LETTERS };

/* Whether this is the first name of a run. */
static enum run_kind
run_kind(const char *extension)
{
	if (strcasecmp(extension, "E01") == 0 || strcasecmp(extension, "S01") == 0)
		return RUN_EWF;
	if (strcmp(extension, "001") == 0 || strcmp(extension, "000") == 0 ||
	    strcmp(extension, "0001") == 0 || strcmp(extension, "00") == 0 ||
	    strcmp(extension, "01") == 0)
		return RUN_DIGITS;
	if (strcmp(extension, "aa") == 0 || strcmp(extension, "aaa") == 0)
		return RUN_LETTERS;
	return RUN_NONE;
}

static bool
run_next(enum run_kind kind, char *extension)
{
	char *last = extension + strlen(extension) - 1;

	if (kind == RUN_DIGITS)
		return digits_next(extension, last);
	if (kind == RUN_LETTERS)
		return letters_next(extension, last, true);
	if (!isdigit((unsigned char)*last))
		return letters_next(extension, last, true);
	if (extension[1] == '9' && extension[2] == '9') {
		extension[1] = extension[2] = isupper((unsigned char)extension[0]) ? 'A' : 'a';
		return true;
	}
	return digits_next(extension + 1, last);
}

static enum rmn_status
segments_append(struct rmn_image_files *files, const char *path, struct rmn_error *error)
{
	char *name = strdup(path);
	char *dot = name ? strrchr(name, '.') : NULL;
	enum run_kind kind = dot ? run_kind(dot + 1) : RUN_NONE;
	enum rmn_status status = RMN_OK;
	char missing[16] = "";
	int ahead = 0;

	if (!name)
		return rmn_fail(error, RMN_NOMEM, "%s: out of memory", path);
	while (kind != RUN_NONE && status == RMN_OK && ahead < SEGMENTS_LOOKED_AHEAD &&
	    run_next(kind, dot + 1)) {
		if (access(name, F_OK) != 0) {
			if (ahead++ == 0)
				snprintf(missing, sizeof(missing), "%s", dot);
		} else if (ahead) {
			status = rmn_fail(error, RMN_CORRUPT,
			    "%s: segment %s is missing, though %s is there", path, missing, dot);
		} else if (files->count == RMN_IMAGE_SEGMENTS_MAX) {
			status = rmn_fail(error, RMN_LIMIT, "%s has more than %d segments", path,
			    RMN_IMAGE_SEGMENTS_MAX);
		} else {
			status = file_append(files, name, error);
		}
	}
	free(name);
	return status;
}

/* The data files that a VMDK descriptor of this name would have: x-flat.vmdk, x-s001.vmdk,
 * x-f001.vmdk.  Which of them belong is decided by who parses the descriptor. */
static enum rmn_status
extents_append(struct rmn_image_files *files, const char *path, struct rmn_error *error)
{
	static const char *const patterns[] = {"%.*s-flat%s", "%.*s-s%03d%s", "%.*s-f%03d%s"};
	const char *dot = strrchr(path, '.');
	size_t room = strlen(path) + 32;
	char *name = malloc(room);
	enum rmn_status status = RMN_OK;

	if (!name)
		return rmn_fail(error, RMN_NOMEM, "%s: out of memory", path);
	for (int kind = 0; kind < 3 && status == RMN_OK; kind++) {
		for (int number = 1; status == RMN_OK && number < 1000; number++) {
			int stem = (int)(dot - path);

			if (kind == 0)
				snprintf(name, room, patterns[0], stem, path, dot);
			else
				snprintf(name, room, patterns[kind], stem, path, number, dot);
			if (access(name, F_OK) != 0 || files->count == RMN_IMAGE_SEGMENTS_MAX)
				break;
			status = file_append(files, name, error);
			if (kind == 0)
				break;
		}
	}
	free(name);
	return status;
}

enum rmn_status
rmn_image_files_open(const char *path, struct rmn_image_files *opened, struct rmn_error *error)
{
	struct rmn_image_files files = {.sector_bytes = 512};
	const char *dot = strrchr(path, '.');
	enum rmn_status status;

	files.fds = calloc(RMN_IMAGE_SEGMENTS_MAX, sizeof(*files.fds));
	files.names = calloc(RMN_IMAGE_SEGMENTS_MAX, sizeof(*files.names));
	if (!files.fds || !files.names)
		status = rmn_fail(error, RMN_NOMEM, "%s: out of memory", path);
	else
		status = file_append(&files, path, error);
	if (status == RMN_OK && !files.is_device && dot && !strchr(dot, '/')) {
		status = segments_append(&files, path, error);
		if (status == RMN_OK && strcasecmp(dot, ".vmdk") == 0)
			status = extents_append(&files, path, error);
	}
	if (status == RMN_OK && files.size_bytes == 0)
		status = rmn_fail(error, RMN_CORRUPT, "%s is empty", path);
	if (status != RMN_OK) {
		rmn_image_files_release(&files);
		return status;
	}
	*opened = files;
	return RMN_OK;
}

void
rmn_image_files_release(struct rmn_image_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		close(files->fds[i]);
		free(files->names[i]);
	}
	free(files->fds);
	free(files->names);
	*files = (struct rmn_image_files){0};
}
