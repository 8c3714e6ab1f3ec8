/* SPDX-License-Identifier: MIT */
#include "worker/helper_serve.h"

#include <errno.h>
#include <sys/socket.h>

bool
rmn_helper_receive(int fd, void *buffer, size_t size, size_t *got)
{
	for (*got = 0; *got < size;) {
		ssize_t n = recv(fd, (char *)buffer + *got, size - *got, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	return true;
}
