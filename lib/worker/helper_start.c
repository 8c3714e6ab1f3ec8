/* SPDX-License-Identifier: MIT */
#include "worker/helper_start.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "worker/sandbox.h"

#define EXIT_FAILED 4
#define HELPER_FD 3

bool
rmn_child_leave_terminal(void)
{
	int null_fd = open("/dev/null", O_RDWR);

	return null_fd >= 0 && dup2(null_fd, 0) >= 0 && dup2(null_fd, 1) >= 0 &&
	    (RMN_SANITIZED || dup2(null_fd, 2) >= 0);
}

void
rmn_child_reset_signals(void)
{
	struct sigaction standard = {.sa_handler = SIG_DFL}, ignored = {.sa_handler = SIG_IGN};

	sigaction(SIGTERM, &standard, NULL);
	sigaction(SIGUSR1, &ignored, NULL);
	sigaction(SIGINT, &ignored, NULL);	/* Ctrl-C is the supervisor's to answer */
	sigaction(SIGPIPE, &ignored, NULL);
	sigaction(SIGXFSZ, &ignored, NULL);	/* a library's last words must not be its cause */
}

enum rmn_status
rmn_helper_sockets(const char *program, int pair[2], struct rmn_error *error)
{
	if (access(program, X_OK) != 0)
		return rmn_fail(error, RMN_UNSUPPORTED, "%s: %s", program, strerror(errno));
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return rmn_fail(error, RMN_IO, "cannot make a socket pair: %s", strerror(errno));
	return RMN_OK;
}

enum rmn_status
rmn_helper_start_at(const char *program, bool no_sandbox, int fd, pid_t *pid,
    struct rmn_error *error)
{
	pid_t parent = getpid();

	*pid = fork();
	if (*pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(EXIT_FAILED);
		rmn_child_reset_signals();
		if (fd == HELPER_FD)
			fcntl(HELPER_FD, F_SETFD, 0);
		else if (dup2(fd, HELPER_FD) < 0)
			_exit(EXIT_FAILED);
		if (!rmn_child_leave_terminal())
			_exit(EXIT_FAILED);
		syscall(SYS_close_range, HELPER_FD + 1u, ~0u, 0);
		setenv("OMP_THREAD_LIMIT", "1", 1);	/* the sandbox allows no threads */
		execl(program, program, no_sandbox ? "--no-sandbox" : (char *)NULL,
		    (char *)NULL);
		_exit(EXIT_FAILED);
	}
	close(fd);
	return *pid > 0 ? RMN_OK :
	    rmn_fail(error, RMN_IO, "cannot start a process: %s", strerror(errno));
}

enum rmn_status
rmn_helper_start(const char *program, bool no_sandbox, pid_t *pid, int *fd, struct rmn_error *error)
{
	int pair[2];
	enum rmn_status status = rmn_helper_sockets(program, pair, error);

	if (status != RMN_OK)
		return status;
	status = rmn_helper_start_at(program, no_sandbox, pair[1], pid, error);
	if (status == RMN_OK)
		*fd = pair[0];
	else
		close(pair[0]);
	return status;
}
