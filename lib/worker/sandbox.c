/* SPDX-License-Identifier: MIT */
#include "worker/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Descriptors beyond the ones held now: files of a tree arrive one at a time. */
#define SPARE_DESCRIPTORS 16

/* What readers need.  Everything else that is not in `refused` ends the process. */
static const int allowed[] = {
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(pread64),
	SCMP_SYS(preadv), SCMP_SYS(lseek), SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(dup),
	SCMP_SYS(recvmsg), SCMP_SYS(sendmsg), SCMP_SYS(recvfrom), SCMP_SYS(sendto), SCMP_SYS(poll),
	SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(munmap), SCMP_SYS(mremap),
	SCMP_SYS(brk), SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(nanosleep),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getuid),
	SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(getrandom),
	SCMP_SYS(getrusage), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(sysinfo),
	SCMP_SYS(uname), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(sigaltstack),
	SCMP_SYS(restart_syscall), SCMP_SYS(tgkill), SCMP_SYS(rseq), SCMP_SYS(set_robust_list),
};

/* What a library may try and must do without. */
static const int refused[] = {
	SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(openat2), SCMP_SYS(creat), SCMP_SYS(stat),
	SCMP_SYS(lstat), SCMP_SYS(statx), SCMP_SYS(access), SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd),
	SCMP_SYS(ioctl), SCMP_SYS(fcntl), SCMP_SYS(clone), SCMP_SYS(clone3), SCMP_SYS(fork),
	SCMP_SYS(vfork), SCMP_SYS(prlimit64), SCMP_SYS(getrlimit), SCMP_SYS(getdents64),
	SCMP_SYS(statfs), SCMP_SYS(fstatfs), SCMP_SYS(unlink), SCMP_SYS(mkdir), SCMP_SYS(rename),
	SCMP_SYS(fadvise64), SCMP_SYS(sched_setaffinity), SCMP_SYS(prctl),
};

static enum rmn_status
sandbox_limit(int resource, rlim_t value, const char *name, struct rmn_error *error)
{
	struct rlimit limit = {value, value};

	if (setrlimit((__rlimit_resource_t)resource, &limit) != 0)
		return rmn_fail(error, RMN_IO, "cannot limit %s: %s", name, strerror(errno));
	return RMN_OK;
}

/* The number after the highest open descriptor.  They stand close together: a long gap is the end. */
static rlim_t
sandbox_descriptors(void)
{
	int count = 3;

	for (int fd = 3; fd < count + 128; fd++)
		if (fcntl(fd, F_GETFD) != -1)
			count = fd + 1;
	return (rlim_t)count;
}

static enum rmn_status
sandbox_rlimits(const struct rmn_sandbox_options *options, struct rmn_error *error)
{
	enum rmn_status status = sandbox_limit(RLIMIT_FSIZE, 0, "file sizes", error);

	if (status == RMN_OK)
		status = sandbox_limit(RLIMIT_CORE, 0, "core dumps", error);
	if (status == RMN_OK)
		status = sandbox_limit(RLIMIT_NOFILE, sandbox_descriptors() + SPARE_DESCRIPTORS,
		    "descriptors", error);
	if (status == RMN_OK && options->memory_bytes && !RMN_SANITIZED)
		status = sandbox_limit(RLIMIT_AS, (rlim_t)options->memory_bytes, "memory", error);
	return status;
}

/* The ruleset attributes up to ABI 6; older kernels take the prefix they know. */
struct ruleset {
	uint64_t handled_access_fs;
	uint64_t handled_access_net;
	uint64_t scoped;
};

/* Every right that the running kernel's Landlock can take away, by its ABI version
 * (Documentation/userspace-api/landlock.rst). */
static size_t
sandbox_ruleset(long abi, struct ruleset *ruleset)
{
	unsigned fs_bits = abi >= 5 ? 16 : abi >= 3 ? 15 : abi >= 2 ? 14 : 13;

	*ruleset = (struct ruleset){.handled_access_fs = (1ull << fs_bits) - 1};
	if (abi < 4)
		return sizeof(uint64_t);
	ruleset->handled_access_net = 3;	/* bind, connect over TCP */
	if (abi < 6)
		return 2 * sizeof(uint64_t);
	ruleset->scoped = 3;			/* abstract sockets, signals */
	return sizeof(*ruleset);
}

static enum rmn_status
sandbox_landlock(struct rmn_error *error)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct ruleset ruleset;
	size_t size;
	int fd;

	if (abi < 1)
		return rmn_fail(error, RMN_UNSUPPORTED, "this kernel has no Landlock: %s",
		    strerror(errno));
	size = sandbox_ruleset(abi, &ruleset);
	fd = (int)syscall(SYS_landlock_create_ruleset, &ruleset, size, 0);
	if (fd < 0)
		return rmn_fail(error, RMN_IO, "cannot make a Landlock ruleset: %s",
		    strerror(errno));
	if (syscall(SYS_landlock_restrict_self, fd, 0) != 0) {
		rmn_fail(error, RMN_IO, "cannot enter Landlock: %s", strerror(errno));
		close(fd);
		return RMN_IO;
	}
	close(fd);
	return RMN_OK;
}

/* Memory may be mapped and protected, but never made executable.  fstat(2) is newfstatat(2) with
 * an empty path in glibc: allowed by its flag, which no path look-up of a library carries. */
static int
sandbox_conditional_rules(scmp_filter_ctx filter)
{
	struct scmp_arg_cmp no_exec = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	struct scmp_arg_cmp empty_path = SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH);
	struct scmp_arg_cmp a_path = SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, 0);
	int failed = 0;

	failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_exec);
	failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_exec);
	failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1, empty_path);
	failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(newfstatat), 1, a_path);
	return failed;
}

static enum rmn_status
sandbox_seccomp(struct rmn_error *error)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int failed = 0;

	if (!filter)
		return rmn_fail(error, RMN_NOMEM, "cannot make a seccomp filter");
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), refused[i], 0);
	failed |= sandbox_conditional_rules(filter);
	if (failed == 0)
		failed = seccomp_load(filter);
	seccomp_release(filter);
	if (failed != 0)
		return rmn_fail(error, RMN_IO, "cannot enter seccomp: %s", strerror(-failed));
	return RMN_OK;
}

enum rmn_status
rmn_sandbox_enter(const struct rmn_sandbox_options *options, struct rmn_error *error)
{
	enum rmn_status status = sandbox_rlimits(options, error);

	if (status != RMN_OK)
		return status;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return rmn_fail(error, RMN_IO, "cannot set no_new_privs: %s", strerror(errno));
	status = sandbox_landlock(error);
	if (status == RMN_OK)
		status = sandbox_seccomp(error);
	return status;
}
