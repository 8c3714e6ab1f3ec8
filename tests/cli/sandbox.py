#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads what strace saw of a scan, and says what each child did once its sandbox was on.

    sandbox.py TRACE [--at-least N] [--with-pdf]

The first process of the trace is the supervisor; every other one must set no_new_privs, enter Landlock
and load a seccomp filter, and from then on no call that opens, makes or reaches anything may succeed.
At least N processes must have been seen doing so, with --with-pdf the PDF program among them.  Prints
one line a process; the exit status is 1 when anything is wrong.
"""
import argparse
import collections
import re
import sys

START = re.compile(r"^(\d+) +([a-z_0-9]+)\((.*)$", re.S)
RESUMED = re.compile(r"^(\d+) +<\.\.\. ([a-z_0-9]+) resumed>(.*)$", re.S)
RESULT = re.compile(r"\) += (-?\d+|\?)(?: ([A-Z]+))?")
KILLED = re.compile(r"^(\d+) +\+\+\+ killed by (\w+)")
# Whatever gives a process something that it did not have, or changes a file by its name.
REACHING = set("""open openat openat2 creat socket connect bind listen accept accept4 socketpair execve
    execveat fork vfork clone clone3 memfd_create io_uring_setup unlink unlinkat rename renameat renameat2
    mkdir mkdirat rmdir link linkat symlink symlinkat mknod mknodat truncate chmod fchmodat chown lchown
    fchownat utimensat mount umount2 chroot pivot_root setxattr lsetxattr""".split())


class Process:
    def __init__(self):
        self.program = ""
        self.entered = set()
        self.refused = collections.Counter()
        self.reached = []

    def is_sandboxed(self):
        return self.entered == {"no_new_privs", "Landlock", "seccomp"}

    def take(self, call, arguments, result, error):
        if call == "execve" and result == 0:
            self.program = arguments.split('"')[1].rsplit("/", 1)[-1]
        if "seccomp" in self.entered and call in REACHING:
            if error:
                self.refused[f"{call} {error}"] += 1
            else:
                self.reached.append(f"{call}({arguments.strip()}")
        if result != 0:
            return
        if call == "prctl" and "PR_SET_NO_NEW_PRIVS" in arguments:
            self.entered.add("no_new_privs")
        elif call == "landlock_restrict_self":
            self.entered.add("Landlock")
        elif call == "seccomp" and "SECCOMP_SET_MODE_FILTER" in arguments or \
                call == "prctl" and "PR_SET_SECCOMP" in arguments:
            self.entered.add("seccomp")


def calls(lines):
    """Every finished call: process, name, arguments, result, error."""
    waiting = {}
    for line in lines:
        start, resumed = START.match(line), RESUMED.match(line)
        if start and "<unfinished ...>" in line:
            waiting[start[1]] = start[3].replace("<unfinished ...>", "")
            continue
        if not start and not resumed:
            continue
        pid, name, text = (start or resumed).groups()
        if resumed:
            text = waiting.pop(pid, "") + text
        result = None
        for result in RESULT.finditer(text):
            pass
        if result and result[1] != "?":
            yield pid, name, text, int(result[1]), result[2]


def read(path):
    processes, killed = collections.OrderedDict(), {}
    with open(path, encoding="utf-8", errors="replace") as file:
        lines = file.readlines()
    for line in lines:
        died = KILLED.match(line)
        if died:
            killed[died[1]] = died[2]
    for pid, name, text, result, error in calls(lines):
        processes.setdefault(pid, Process()).take(name, text, result, error)
    return processes, killed


def judge(pid, process, signal):
    """What is wrong with one child; prints what it did."""
    if process.is_sandboxed():
        refused = ", ".join(f"{call} x{n}" for call, n in sorted(process.refused.items()))
        print(f"{pid} {process.program or 'child'}: in its sandbox, {len(process.reached)} reached, "
              f"refused: {refused or 'nothing tried'}")
    else:
        yield f"{pid} {process.program or 'child'}: no sandbox ({', '.join(process.entered) or 'nothing'})"
    for call in process.reached:
        yield f"{pid}: in its sandbox and yet: {call}"
    if signal and signal != "SIGKILL":
        yield f"{pid}: killed by {signal}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("trace")
    parser.add_argument("--at-least", type=int, default=1)
    parser.add_argument("--with-pdf", action="store_true")
    options = parser.parse_args()
    processes, killed = read(options.trace)
    children = list(processes.items())[1:]
    wrong = [w for pid, process in children for w in judge(pid, process, killed.get(pid))]
    sandboxed = [process for _, process in children if process.is_sandboxed()]
    if len(sandboxed) < options.at_least:
        wrong.append(f"{len(sandboxed)} processes entered a sandbox, not {options.at_least}")
    if options.with_pdf and not any(p.program == "remnant-pdf" for p in sandboxed):
        wrong.append("no PDF program entered a sandbox")
    print("\n".join(wrong) or f"{len(sandboxed)} processes, nothing reached")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
