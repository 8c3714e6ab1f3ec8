/* SPDX-License-Identifier: MIT
 *
 * remnant-ocr -- text of pictures, for the workers of remnant-scan --ocr.  Tesseract reads its language
 * data when it starts, so it is a program of its own, which starts before it knows any evidence.
 *
 * Serves the socket on descriptor 3 (format/pdf_protocol.h) from inside the sandbox. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/exit.h"
#include "cli/message.h"
#include "cli/options.h"
#include "format/pdf/pdf_protocol.h"
#include "ocr_server.h"
#include "worker/sandbox.h"

struct ocr_options {
	bool no_sandbox;
};

static const struct rmn_option options[] = {
	{.name = "no-sandbox", RMN_INTO(struct ocr_options, no_sandbox),
	    .help = "keep every right, for debugging"},
	{0}
};

static int
serve(int fd, const struct ocr_options *o)
{
	struct rmn_sandbox_options sandbox = {.memory_bytes = RMN_LIMIT_CHILD_MEMORY_BYTES};
	struct rmn_error error = {0};
	struct ocr_server *server;
	enum rmn_status status;

	status = ocr_server_new(fd, &server, &error);
	if (status != RMN_OK)
		return rmn_message_failure(&error);
	if (!o->no_sandbox)
		status = rmn_sandbox_enter(&sandbox, &error);
	if (status == RMN_OK)
		status = ocr_server_run(server, &error);
	ocr_server_free(server);
	if (status == RMN_END)
		return RMN_EXIT_DONE;
	rmn_message_failure(&error);
	return RMN_EXIT_FAILED;
}

static int
ocr_run(const struct rmn_program *program, int argc, char **argv)
{
	struct ocr_options o = {false};
	struct rmn_strings none;
	int status;

	if (!rmn_options_parse(program, argc, argv, &o, &none, &status))
		return status;
	if (fcntl(RMN_PDF_FD, F_GETFD) < 0)
		return rmn_message_misuse("no socket on descriptor %d", RMN_PDF_FD);
	/* The sandbox allows no threads, and OpenMP looks at this when it is loaded. */
	if (!getenv("OMP_THREAD_LIMIT")) {
		setenv("OMP_THREAD_LIMIT", "1", 1);
		execv("/proc/self/exe", argv);
	}
	status = serve(RMN_PDF_FD, &o);
	rmn_strings_release(&none);
	return status;
}

static const struct rmn_program program = {
	.name = "remnant-ocr",
	.purpose = "read pictures for the other programs",
	.about = "Answers requests on the socket that remnant-scan or remnant-text gives it.",
	.options = options,
	.run = ocr_run,
};

int
main(int argc, char **argv)
{
	return rmn_program_main(&program, argc, argv);
}
