/* SPDX-License-Identifier: MIT
 *
 * What a worker takes from the PDF program: the bytes are its whole answer to a request. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "format/pdf/pdf_client.h"
#include "tests/fuzz/fuzz.h"

/* As much as a socket holds without a reader. */
#define ANSWER_BYTES 65536

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned char pdf[] = "%PDF-1.4";
	struct rmn_helper client = {.timeout_ms = 1000};
	struct rmn_error error = {0};
	int pair[2];

	if (size > ANSWER_BYTES || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return 0;
	if (send(pair[1], data, size, MSG_NOSIGNAL) != (ssize_t)size)
		abort();
	shutdown(pair[1], SHUT_WR);
	client.fd = pair[0];
	rmn_pdf_client_read(&client, NULL, (struct rmn_bytes){pdf, sizeof(pdf) - 1}, &rmn_fuzz_sink,
	    &error);
	close(client.fd);
	close(pair[1]);
	return 0;
}
