/* SPDX-License-Identifier: MIT */
#include "worker/child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "worker/helper_start.h"
#include "worker/message.h"
#include "worker/sandbox.h"

#define EXIT_FAILED 4

const char *
rmn_child_kind_name(enum rmn_child_kind kind)
{
	static const char *const names[] = {"worker", "walker", "hasher", "reader"};

	return names[kind];
}

int
rmn_child_fail(struct rmn_channel *channel, const struct rmn_error *error)
{
	struct rmn_note_message m = {
		.stage = rmn_bytes_from_string(rmn_status_name(error->status)),
		.text = rmn_bytes_from_string(error->text),
	};

	rmn_put_note(rmn_channel_begin(channel, RMN_MESSAGE_FAILED), &m);
	rmn_channel_end(channel);
	rmn_channel_flush(channel);
	return EXIT_FAILED;
}

/* Moves the descriptors the child keeps to 3, 4, ... and closes every other: no case, no terminal,
 * no other child's socket is left. */
static bool
child_keep_descriptors(struct rmn_channel *channel, struct rmn_image_files *files)
{
	int next = 3;
	size_t count = files ? files->count : 0;
	int moved = fcntl(channel->fd, F_DUPFD, (int)(count + 64));

	if (moved < 0 || !rmn_child_leave_terminal())
		return false;
	for (size_t i = 0; i < count; i++) {
		files->fds[i] = fcntl(files->fds[i], F_DUPFD, (int)(count + 64));
		if (files->fds[i] < 0)
			return false;
	}
	if (dup2(moved, next) < 0)
		return false;
	channel->fd = next++;
	for (size_t i = 0; i < count; i++) {
		if (dup2(files->fds[i], next) < 0)
			return false;
		files->fds[i] = next++;
	}
	return syscall(SYS_close_range, (unsigned)next, ~0u, 0) == 0;
}

static int
child_run(const struct rmn_child_plan *plan, struct rmn_image_files *files,
    struct rmn_channel *channel)
{
	struct rmn_sandbox_options options = {
		.memory_bytes = RMN_LIMIT_CHILD_MEMORY_BYTES,
	};
	struct rmn_error error = {0};

	if (!child_keep_descriptors(channel, files)) {
		rmn_fail(&error, RMN_IO, "cannot arrange descriptors: %s", strerror(errno));
		return rmn_child_fail(channel, &error);
	}
	if (!plan->no_sandbox && rmn_sandbox_enter(&options, &error) != RMN_OK)
		return rmn_child_fail(channel, &error);
	switch (plan->kind) {
	case RMN_CHILD_WORKER:
		return rmn_worker_main(plan, files, channel);
	case RMN_CHILD_WALKER:
		return rmn_walker_main(plan, files, channel);
	case RMN_CHILD_HASHER:
		return rmn_hasher_main(plan, files, channel);
	case RMN_CHILD_READER:
		return rmn_reader_main(plan, files, channel);
	}
	return EXIT_FAILED;
}

/* In the child: never returns. */
static void
child_enter(const struct rmn_child_plan *plan, struct rmn_image_files *files, int fd, pid_t parent)
{
	struct rmn_channel channel;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILED);		/* the parent died before that */
	rmn_child_reset_signals();
	rmn_channel_init(&channel, fd);
	_exit(child_run(plan, files, &channel));
}

/* A side that does not read for so long is as good as dead. */
static void
child_set_timeout(int fd)
{
	struct timeval patience = {.tv_sec = RMN_LIMIT_ITEM_SECONDS};

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

enum rmn_status
rmn_child_start(const struct rmn_child_plan *plan, struct rmn_child *child,
    struct rmn_error *error)
{
	struct rmn_image_files files = {0};
	enum rmn_status status = RMN_OK;
	int pair[2];
	pid_t parent = getpid();

	if (plan->image_path)
		status = rmn_image_files_open(plan->image_path, &files, error);
	if (status != RMN_OK)
		return status;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
		rmn_image_files_release(&files);
		return rmn_fail(error, RMN_IO, "cannot make a socket pair: %s", strerror(errno));
	}
	child->pid = fork();
	if (child->pid == 0)
		child_enter(plan, plan->image_path ? &files : NULL, pair[1], parent);
	close(pair[1]);
	rmn_image_files_release(&files);
	if (child->pid < 0) {
		close(pair[0]);
		child->pid = 0;
		return rmn_fail(error, RMN_IO, "cannot start a process: %s", strerror(errno));
	}
	child_set_timeout(pair[0]);
	rmn_channel_init(&child->channel, pair[0]);
	return RMN_OK;
}

void
rmn_child_stop(struct rmn_child *child, bool kill_it, char how[64])
{
	int status = 0;

	how[0] = '\0';
	if (child->pid <= 0)
		return;
	if (kill_it)
		kill(child->pid, SIGKILL);
	rmn_channel_release(&child->channel);
	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		snprintf(how, 64, "signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		snprintf(how, 64, "exit status %d", WEXITSTATUS(status));
	child->pid = 0;
}
