/* SPDX-License-Identifier: MIT
 *
 * remnant-text -- prints the text and properties of files.
 *
 * The files are hostile: each is opened here and read in a sandboxed child of its own, which can
 * write to one pipe and nothing else.  A child that gives no sign of life is killed. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mapped.h"
#include "base/utf8.h"
#include "charset/charset.h"
#include "cli/exit.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/print.h"
#include "examine/examine.h"
#include "format/pdf/pdf_client.h"
#include "unpack/unpack.h"
#include "worker/helper_start.h"
#include "worker/sandbox.h"

#define OUTPUT_BYTES 65536u	/* what a pipe holds */

struct text_options {
	bool json, ocr, no_sandbox;
};

static const struct rmn_option options[] = {
	{.name = "json", RMN_INTO(struct text_options, json),
	    .help = "one JSON object a line: part, text, property, member, unexamined, result"},
	{.name = "ocr", RMN_INTO(struct text_options, ocr),
	    .help = "read pictures, and pages of PDFs that are pictures: seconds a page"},
	{.name = "no-sandbox", RMN_INTO(struct text_options, no_sandbox),
	    .help = "read without a sandbox, for debugging"},
	{0}
};

static int text_run(const struct rmn_program *program, int argc, char **argv);

static const struct rmn_program program = {
	.name = "remnant-text",
	.purpose = "print the text and properties of files",
	.about = "Text comes as UTF-8, with tabs between the cells of a table.  What is inside "
	    "archives and mails follows its container.  Text of documents is not masked.",
	.arguments = "FILE ...",
	.min_arguments = 1,
	.max_arguments = RMN_ANY_NUMBER,
	.argument_completes = RMN_COMPLETES_FILE,
	.options = options,
	.examples = "  remnant-text contract.docx\n"
	    "  remnant-text --json mail.eml | jq -r 'select(.type == \"property\") | .value'\n",
	.run = text_run,
};

/* What the events of one file are printed with. */
struct printer {
	const char *file;
	bool json;
	bool had_text;			/* the last thing printed was text without an end of line */
	uint32_t member;		/* whose text it was */
	enum rmn_status worst;
	atomic_uint *signs;		/* of life: shared with the parent, which sees it change */
};

static void
on_progress(void *context, uint64_t bytes)
{
	struct printer *p = context;

	(void)bytes;
	atomic_fetch_add(p->signs, 1);
}

static void
print_json(struct printer *p, json_t *object)
{
	json_object_set_new(object, "file", json_string_nocheck(p->file));
	json_dumpf(object, stdout, JSON_COMPACT | JSON_SORT_KEYS);
	putchar('\n');
	json_decref(object);
}

static json_t *
json_bytes(struct rmn_bytes bytes)
{
	json_t *text = json_stringn((const char *)bytes.data, bytes.size);

	return text ? text : json_string("");
}

static void
print_line(struct printer *p, const char *label, struct rmn_bytes value)
{
	if (p->had_text)
		putchar('\n');
	p->had_text = false;
	printf("%s: ", label);
	rmn_print_evidence(value);
	putchar('\n');
}

static void
on_member(void *context, uint32_t member, uint32_t parent, const struct rmn_member *facts,
    struct rmn_bytes path)
{
	struct printer *p = context;

	(void)facts;
	on_progress(p, 0);
	if (p->json)
		print_json(p, json_pack("{s:s, s:i, s:i, s:o}", "type", "member", "member",
		    (int)member, "parent", (int)parent, "path", json_bytes(path)));
	else
		print_line(p, "== member", path);
}

static void
on_text(void *context, uint32_t member, enum rmn_part_kind kind, struct rmn_bytes part,
    struct rmn_bytes utf8)
{
	struct printer *p = context;

	on_progress(p, 0);
	if (p->json) {
		print_json(p, json_pack("{s:s, s:i, s:s, s:o, s:o}", "type", "text", "member",
		    (int)member, "kind", rmn_part_name(kind), "part", json_bytes(part), "text",
		    json_bytes(utf8)));
		return;
	}
	/* a container's text goes on behind that of its member */
	if (p->had_text && member != p->member)
		putchar('\n');
	p->member = member;
	rmn_print_evidence(utf8);
	p->had_text = utf8.size > 0 && utf8.data[utf8.size - 1] != '\n';
}

static void
on_property(void *context, uint32_t member, enum rmn_property property, struct rmn_bytes name,
    struct rmn_bytes value)
{
	struct printer *p = context;
	struct rmn_buf label;

	(void)property;
	on_progress(p, 0);
	if (p->json) {
		print_json(p, json_pack("{s:s, s:i, s:o, s:o}", "type", "property", "member",
		    (int)member, "name", json_bytes(name), "value", json_bytes(value)));
		return;
	}
	rmn_buf_init(&label, 0);
	rmn_buf_append_string(&label, "-- ");
	rmn_utf8_append_escaped(&label, name);
	print_line(p, rmn_buf_string(&label), value);
	rmn_buf_release(&label);
}

static void
on_unexamined(void *context, uint32_t member, const char *stage, const char *reason)
{
	struct printer *p = context;

	if (p->json)
		print_json(p, json_pack("{s:s, s:i, s:s, s:s}", "type", "unexamined", "member",
		    (int)member, "stage", stage, "reason", reason));
	else
		print_line(p, "!! not examined", rmn_bytes_from_string(reason));
}

static void
on_document(void *context, const struct rmn_examined_document *document)
{
	struct printer *p = context;

	if (p->json)
		print_json(p, json_pack("{s:s, s:i, s:s, s:s, s:s, s:b}", "type", "document",
		    "member", (int)document->member, "doc_type", document->classification.doc_type,
		    "marking", document->classification.marking, "language",
		    document->classification.language, "business",
		    document->classification.is_business));
}

static void
on_examined(void *context, const struct rmn_examined *result)
{
	struct printer *p = context;
	char digest[2 * RMN_SHA256_BYTES + 1] = "";

	on_progress(p, 0);
	if (result->status < p->worst)
		p->worst = result->status;
	if (!p->json)
		return;
	if (result->has_sha256)
		rmn_hex(result->sha256, sizeof(result->sha256), digest);
	print_json(p, json_pack("{s:s, s:i, s:s, s:s?, s:s, s:s?, s:s, s:I}", "type", "result",
	    "member", (int)result->member, "media_type", result->media_type, "format",
	    result->format, "status", rmn_status_name(result->status), "reason", result->reason,
	    "sha256", digest, "text_bytes", (json_int_t)result->text_bytes));
}

struct reader {
	const struct text_options *options;
	struct rmn_identifier *identifier;
	struct shared {
		atomic_uint signs;	/* of life: counted by the child */
		atomic_bool is_spent;	/* a program failed the child: it may be dead, or late */
		atomic_bool is_read;	/* the child came to its end: its exit status is its own */
	} *shared;			/* a mapping that the children have too */
	uint32_t files;			/* begun */
	struct program {		/* starts when it is first asked */
		char path[PATH_MAX];
		pid_t pid;		/* 0: it does not run */
		int fd;			/* -1: there is none */
		int far_fd;		/* the program's end, until it starts; else -1 */
	} pdf, ocr;
};

/* In the child: reads one file and prints it to the pipe. */
static int
read_one(const struct reader *reader, const char *name, int fd, uint64_t size_bytes)
{
	struct rmn_sandbox_options sandbox = {.memory_bytes = RMN_LIMIT_CHILD_MEMORY_BYTES};
	/* no answer to an earlier file may be taken for one to this */
	struct rmn_helper pdf = {.fd = reader->pdf.fd, .next_request = reader->files << 16};
	struct rmn_helper ocr = {.fd = reader->ocr.fd, .next_request = reader->files << 16};
	struct rmn_examiner_options examiner_options = {.identifier = reader->identifier,
	    .pdf = reader->pdf.fd >= 0 ? &pdf : NULL,
	    .ocr = reader->options->ocr ? &ocr : NULL, .hash_items = reader->options->json};
	struct printer printer = {.file = name, .json = reader->options->json,
	    .signs = &reader->shared->signs};
	struct rmn_examine_sink sink = {&printer, on_member, on_text, on_property, NULL, on_document,
	    on_unexamined, on_examined, on_progress, NULL};
	struct rmn_blob content = rmn_blob_from_fd(fd, size_bytes);
	struct rmn_examine_input input = {.content = &content, .name = rmn_bytes_from_string(name),
	    .path = rmn_bytes_from_string(name)};
	static char output[OUTPUT_BYTES];
	struct rmn_examiner *examiner;
	struct rmn_error error = {0};
	struct rmn_mapped mapped;
	enum rmn_status status;

	if (size_bytes <= RMN_LIMIT_WHOLE_ITEM_BYTES)
		rmn_mapped_open(&mapped, fd, size_bytes, &content);
	if (!reader->options->no_sandbox && rmn_sandbox_enter(&sandbox, &error) != RMN_OK)
		return rmn_message_failure(&error);
	if (rmn_examiner_new(&examiner_options, &examiner, &error) != RMN_OK)
		return rmn_message_failure(&error);
	setvbuf(stdout, output, _IOFBF, sizeof(output));
	status = rmn_examine_item(examiner, &input, &sink, &error);
	atomic_store(&reader->shared->is_spent, pdf.is_dead || ocr.is_dead);
	if (status != RMN_OK)
		return rmn_message_failure(&error);
	if (printer.had_text)
		putchar('\n');
	if (fflush(stdout) != 0)
		return RMN_EXIT_FAILED;
	return printer.worst == RMN_OK ? RMN_EXIT_DONE : RMN_EXIT_INCOMPLETE;
}

/* How long a child may be silent.  A page that is a picture takes longer than any other step. */
static unsigned
patience_seconds(const struct reader *reader)
{
	return RMN_LIMIT_ITEM_SECONDS + (reader->options->ocr ?
	    RMN_LIMIT_RENDER_SECONDS + RMN_LIMIT_OCR_SECONDS : 0);
}

static void
program_start(const struct reader *reader, struct program *p)
{
	struct rmn_error error = {0};
	int fd = p->far_fd;

	p->far_fd = -1;
	if (rmn_helper_start_at(p->path, reader->options->no_sandbox, fd, &p->pid, &error) != RMN_OK) {
		rmn_warning("%s", error.text);
		p->pid = 0;
	}
}

static void
end_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void
program_stop(struct program *p)
{
	end_close(&p->fd);
	end_close(&p->far_fd);
	if (p->pid <= 0)
		return;
	kill(p->pid, SIGKILL);
	waitpid(p->pid, NULL, 0);
	p->pid = 0;
}

static void
program_renew(struct program *p)
{
	struct rmn_error error = {0};
	int pair[2];

	program_stop(p);
	if (rmn_helper_sockets(p->path, pair, &error) != RMN_OK) {
		rmn_warning("%s", error.text);
		return;
	}
	p->fd = pair[0];
	p->far_fd = pair[1];
}

static void
programs_renew(struct reader *reader)
{
	program_renew(&reader->pdf);
	if (reader->options->ocr)
		program_renew(&reader->ocr);
}

static bool
write_all(int fd, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t written = write(fd, data, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		data += written;
		size -= (size_t)written;
	}
	return true;
}

/* Copies what the child prints, and starts the programs that it asks.  False when it was silent for too
 * long.  Seconds are counted as they pass here: those in which both processes were stopped are no silence. */
static bool
copy_all(struct reader *reader, int from)
{
	unsigned silent_seconds = 0, signs = atomic_load(&reader->shared->signs);
	char buffer[OUTPUT_BYTES];

	while (silent_seconds < patience_seconds(reader)) {
		struct pollfd waiting[] = {{from, POLLIN, 0}, {reader->pdf.far_fd, POLLIN, 0},
		    {reader->ocr.far_fd, POLLIN, 0}};
		int ready = poll(waiting, sizeof(waiting) / sizeof(waiting[0]), 1000);
		unsigned now = atomic_load(&reader->shared->signs);
		ssize_t got;

		if (ready == 0) {
			silent_seconds = now == signs ? silent_seconds + 1 : 0;
			signs = now;
			continue;
		}
		if (ready > 0 && waiting[1].revents & POLLIN)
			program_start(reader, &reader->pdf);
		if (ready > 0 && waiting[2].revents & POLLIN)
			program_start(reader, &reader->ocr);
		if (ready > 0 && waiting[0].revents == 0)
			continue;
		got = ready < 0 ? -1 : read(from, buffer, sizeof(buffer));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || !write_all(STDOUT_FILENO, buffer, (size_t)got))
			return true;
		silent_seconds = 0;
	}
	return false;
}

/* A program that stands beside this one. */
static void
program_find(struct program *p, const char *name)
{
	size_t room = strlen(name) + 1;
	ssize_t size = readlink("/proc/self/exe", p->path, PATH_MAX - room);
	char *slash;

	p->path[size > 0 ? size : 0] = '\0';
	slash = strrchr(p->path, '/');
	memcpy(slash ? slash + 1 : p->path, name, room);
	p->fd = p->far_fd = -1;
}

/* Reads one file in a child, and copies what it prints. */
static int
read_apart(struct reader *reader, const char *name, int fd, uint64_t size_bytes)
{
	int status = 0, ends[2];
	bool is_silent;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return RMN_EXIT_FAILED;
	fflush(stdout);
	reader->files++;
	atomic_store(&reader->shared->is_spent, false);
	atomic_store(&reader->shared->is_read, false);
	child = fork();
	if (child == 0) {
		int result;

		/* the input of this program is none of its business */
		if (dup2(ends[1], STDOUT_FILENO) < 0 || dup2(fd, STDIN_FILENO) < 0)
			_exit(RMN_EXIT_FAILED);
		close(ends[0]);
		close(ends[1]);
		/* a program that dies must be seen to */
		end_close(&reader->pdf.far_fd);
		end_close(&reader->ocr.far_fd);
		result = read_one(reader, name, fd, size_bytes);
		atomic_store(&reader->shared->is_read, true);
		_exit(result);
	}
	close(ends[1]);
	is_silent = !copy_all(reader, ends[0]);
	if (is_silent && child > 0)
		kill(child, SIGKILL);
	close(ends[0]);
	if (child < 0 || waitpid(child, &status, 0) != child)
		return RMN_EXIT_FAILED;
	if (!atomic_load(&reader->shared->is_read) || atomic_load(&reader->shared->is_spent))
		programs_renew(reader);
	if (WIFEXITED(status) && atomic_load(&reader->shared->is_read))
		return WEXITSTATUS(status);
	if (is_silent)
		rmn_message("%s: the reader gave no sign of life for %u seconds and was ended; what "
		    "came by then is printed", name, patience_seconds(reader));
	else if (WIFSIGNALED(status))
		rmn_message("%s: the reader stopped: %s", name, strsignal(WTERMSIG(status)));
	else
		rmn_message("%s: the reader stopped: a library ended it with exit status %d", name,
		    WEXITSTATUS(status));
	return RMN_EXIT_INCOMPLETE;
}

static int
read_file(struct reader *reader, const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC), result = RMN_EXIT_FAILED;
	struct stat facts;

	if (fd < 0 || fstat(fd, &facts) != 0)
		rmn_message("%s: %s", name, strerror(errno));
	else if (!S_ISREG(facts.st_mode))
		rmn_message("%s: is not an ordinary file", name);
	else
		result = read_apart(reader, name, fd, (uint64_t)facts.st_size);
	if (fd >= 0)
		close(fd);
	return result;
}

static int
text_run(const struct rmn_program *self, int argc, char **argv)
{
	struct text_options o = {0};
	struct reader reader = {.options = &o};
	struct rmn_strings files;
	struct rmn_error error = {0};
	int result = RMN_EXIT_DONE;

	if (!rmn_options_parse(self, argc, argv, &o, &files, &result))
		return result;
	program_find(&reader.pdf, "remnant-pdf");
	program_find(&reader.ocr, "remnant-ocr");
	rmn_charset_preload();
	reader.shared = mmap(NULL, sizeof(*reader.shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (reader.shared == MAP_FAILED) {
		rmn_message("out of memory");
		return RMN_EXIT_FAILED;
	}
	if (rmn_unpack_prepare(&error) != RMN_OK ||
	    rmn_identifier_new(&reader.identifier, &error) != RMN_OK)
		return rmn_message_failure(&error);
	programs_renew(&reader);
	for (size_t i = 0; i < files.count; i++) {
		int one = read_file(&reader, files.items[i]);

		result = one > result ? one : result;
	}
	program_stop(&reader.pdf);
	program_stop(&reader.ocr);
	rmn_identifier_free(reader.identifier);
	rmn_strings_release(&files);
	return result;
}

int
main(int argc, char **argv)
{
	return rmn_program_main(&program, argc, argv);
}
