/* SPDX-License-Identifier: MIT
 *
 * remnant-pdf -- text and properties of PDFs, for the workers of remnant-scan.  The only program
 * that is linked with MuPDF (AGPL).
 *
 * Without arguments it serves the socket on descriptor 3 (format/pdf_protocol.h) from inside the
 * sandbox.  With files it starts such a server for itself and prints what it says: for people. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/blob.h"
#include "base/limits.h"
#include "cli/exit.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/print.h"
#include "format/pdf/pdf_client.h"
#include "format/pdf/pdf_protocol.h"
#include "pdf_server.h"
#include "worker/helper_start.h"
#include "worker/sandbox.h"

struct pdf_options {
	bool no_sandbox;
};

static const struct rmn_option options[] = {
	{.name = "no-sandbox", RMN_INTO(struct pdf_options, no_sandbox),
	    .help = "keep every right, for debugging"},
	{0}
};

/* Few large blocks instead of many mappings: documents come and go by the thousand. */
static void
tune_memory(void)
{
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
	mallopt(M_TOP_PAD, 1 << 20);
	mallopt(M_ARENA_MAX, 1);
}

static int
serve(int fd, const struct pdf_options *o)
{
	struct rmn_sandbox_options sandbox = {.memory_bytes = RMN_LIMIT_CHILD_MEMORY_BYTES};
	struct rmn_error error = {0};
	struct pdf_server *server;
	enum rmn_status status;

	tune_memory();
	signal(SIGXFSZ, SIG_IGN);	/* a library's last words must not be ours */
	status = pdf_server_new(fd, &server, &error);
	if (status != RMN_OK)
		return rmn_message_failure(&error);
	if (!o->no_sandbox)
		status = rmn_sandbox_enter(&sandbox, &error);
	if (status == RMN_OK)
		status = pdf_server_run(server, &error);
	pdf_server_free(server);
	if (status == RMN_END)
		return RMN_EXIT_DONE;
	rmn_message_failure(&error);
	return RMN_EXIT_FAILED;
}

static enum rmn_status
print_part(void *context, enum rmn_part_kind kind, struct rmn_bytes name)
{
	(void)context;
	printf("\f%s ", rmn_part_name(kind));
	rmn_print_evidence(name);
	putchar('\n');
	return RMN_OK;
}

static enum rmn_status
print_text(void *context, struct rmn_bytes utf8)
{
	(void)context;
	rmn_print_evidence(utf8);
	return ferror(stdout) ? RMN_IO : RMN_OK;
}

static enum rmn_status
print_property(void *context, enum rmn_property property, struct rmn_bytes name,
    struct rmn_bytes value)
{
	struct rmn_bytes label = property == RMN_PROPERTY_OTHER ? name :
	    rmn_bytes_from_string(rmn_property_name(property));

	(void)context;
	rmn_print_evidence(label);
	printf(": ");
	rmn_print_evidence(value);
	putchar('\n');
	return RMN_OK;
}

/* What is inside is named, not printed. */
static enum rmn_status
print_member(void *context, const struct rmn_member *member,
    const struct rmn_member_reader *reader)
{
	unsigned char piece[4096];
	uint64_t total = 0;
	enum rmn_status status;
	size_t got;

	(void)context;
	while ((status = reader->read(reader->state, piece, sizeof(piece), &got, NULL)) == RMN_OK)
		total += got;
	printf("\fattached ");
	rmn_print_evidence(member->name);
	printf(": %llu bytes%s\n", (unsigned long long)total, status == RMN_END ? "" : ", damaged");
	return RMN_OK;
}

static enum rmn_status
print_missing(void *context, enum rmn_status why, const char *what)
{
	rmn_message("%s: %s: %s", (const char *)context, rmn_status_name(why), what);
	return RMN_OK;
}

/* The exit status for one file. */
static int
print_file(struct rmn_helper *client, const char *path)
{
	struct rmn_sink sink = {.context = (void *)(uintptr_t)path, .part = print_part,
	    .text = print_text, .property = print_property, .member = print_member,
	    .missing = print_missing};
	struct rmn_arena *arena = rmn_arena_new(RMN_LIMIT_WHOLE_ITEM_BYTES + RMN_MIB);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct rmn_error error = {0};
	enum rmn_status status;
	struct rmn_blob blob;
	struct rmn_bytes pdf;
	struct stat st;

	if (!arena || fd < 0 || fstat(fd, &st) != 0) {
		status = rmn_fail(&error, RMN_IO, "%s", strerror(errno));
	} else {
		blob = rmn_blob_from_fd(fd, (uint64_t)st.st_size);
		status = rmn_blob_bytes(&blob, RMN_LIMIT_WHOLE_ITEM_BYTES, arena, &pdf, &error);
		if (status == RMN_OK)
			status = rmn_pdf_client_read(client, NULL, pdf, &sink, &error);
	}
	if (fd >= 0)
		close(fd);
	rmn_arena_free(arena);
	if (status == RMN_OK)
		return RMN_EXIT_DONE;
	rmn_message("%s: %s: %s", path, rmn_status_name(status), error.text);
	return status == RMN_IO ? RMN_EXIT_FAILED : RMN_EXIT_INCOMPLETE;
}

/* The reader of the files: this program again, with a socket and nothing else. */
struct server {
	const struct pdf_options *options;
	pid_t pid;
};

static void
server_stop(struct server *server)
{
	if (server->pid <= 0)
		return;
	kill(server->pid, SIGKILL);
	waitpid(server->pid, NULL, 0);
	server->pid = 0;
}

static enum rmn_status
server_renew(void *context, int *fd)
{
	struct server *server = context;

	server_stop(server);
	return rmn_helper_start("/proc/self/exe", server->options->no_sandbox, &server->pid, fd,
	    NULL);
}

static int
print_files(const struct rmn_strings *paths, const struct pdf_options *o)
{
	struct server server = {.options = o};
	struct rmn_helper client = {.fd = -1, .renew = server_renew, .renew_context = &server};
	int result = RMN_EXIT_DONE;

	for (size_t i = 0; i < paths->count; i++) {
		int status = print_file(&client, paths->items[i]);

		if (status > result)
			result = status;
	}
	if (client.fd >= 0)
		close(client.fd);
	server_stop(&server);
	return result;
}

static int
pdf_run(const struct rmn_program *program, int argc, char **argv)
{
	struct pdf_options o = {false};
	struct rmn_strings paths;
	int status;

	if (!rmn_options_parse(program, argc, argv, &o, &paths, &status))
		return status;
	if (paths.count > 0)
		status = print_files(&paths, &o);
	else if (fcntl(RMN_PDF_FD, F_GETFD) < 0)
		status = rmn_message_misuse("no file, and no socket on descriptor %d", RMN_PDF_FD);
	else
		status = serve(RMN_PDF_FD, &o);
	rmn_strings_release(&paths);
	return status;
}

static const struct rmn_program program = {
	.name = "remnant-pdf",
	.purpose = "read PDFs for the other programs",
	.about = "Without arguments this program answers requests on the socket that remnant-scan "
		 "gives it. With files it prints their properties and text.",
	.arguments = "[FILE ...]",
	.max_arguments = RMN_ANY_NUMBER,
	.argument_completes = RMN_COMPLETES_FILE,
	.options = options,
	.run = pdf_run,
};

int
main(int argc, char **argv)
{
	return rmn_program_main(&program, argc, argv);
}
