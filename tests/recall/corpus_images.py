#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Scans every image of a folder and holds the case against libtsk's own listing; then a tree.

    corpus_images.py [--tree FOLDER] IMAGE_OR_FOLDER...

RMN_BIN: the programs (build/gcc/bin).  Of every image: exit status 0 or 3; the ledger adds up to the
size of the source; `remnant-case check` agrees; every crash of a child has its row in v_unexamined
(strace counts the crashes, where it is installed); every name that `fls -r -p` lists, in every volume,
is an item.  Prints a table and what is wrong; the exit status is 1 when anything is.
"""
import argparse
import collections
import os
import re
import shutil
import sqlite3
import sys
import tempfile

from fls_compare import against_fls, images, plain, run

BIN = os.environ.get("RMN_BIN", "build/gcc/bin")
# How a process ended.  SIGKILL is the supervisor's own, for idle children and for hangs: the latter are
# not counted here and only seen by their record.
END = re.compile(rb"^(\d+) +\+\+\+ (?:exited with (\d+)|killed by (\w+))", re.M)
HEAD = ("exit", "fs", "fls", "items", "missing", "ledger", "crashes", "recorded", "unexamined")
LAYOUT = "{:40} {:>4} {:8} {:>6} {:>6} {:>7}  {:7} {:>7} {:>8} {:>10}"


def count_crashes(trace):
    """Children that ended by a signal or with a status that is not 0.  The supervisor ends last."""
    ends = END.findall(trace)
    return sum(1 for _, status, signal in ends[:-1]
               if signal not in (b"", b"SIGKILL") or status not in (b"", b"0"))


def scan(source, case, log):
    """The exit status, how many children crashed (None: not known), and stderr."""
    command = [os.path.join(BIN, "remnant-scan"), source, "--case", case, "--quiet"]
    if shutil.which("strace"):
        command = ["strace", "-f", "-q", "-e", "trace=none", "--seccomp-bpf", "-o", log] + command
    done = run("timeout", "1800", *command)
    crashes = None
    if os.path.exists(log):
        with open(log, "rb") as file:
            crashes = count_crashes(file.read())
    return done.returncode, crashes, done.stderr.decode("utf-8", "replace")


class Case:
    def __init__(self, path):
        self.path = path
        self.db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)

    def one(self, query):
        return self.db.execute(query).fetchone()[0]

    def volumes(self):
        return self.db.execute("SELECT id, filesystem, start_byte FROM v_volume WHERE state = 'current' "
                               "ORDER BY number").fetchall()

    def items(self):
        """The paths of each volume, spelt as fls_compare does."""
        items = collections.defaultdict(collections.Counter)
        for volume, path in self.db.execute(
                "SELECT volume_id, CAST(path AS BLOB) FROM v_item "
                "WHERE kind NOT IN ('space', 'member')"):
            items[volume][plain(path)] += 1
        return items

    def recorded(self):
        """Rows that account for a lost child: worker or walker, hasher, PDF program."""
        return self.one("SELECT count(*) FROM v_unexamined WHERE stage = 'crash' "
                        "OR (stage IN ('walk', 'hash') AND reason LIKE '%stop%') "
                        "OR reason LIKE 'the PDF reader stopped%'")

    def problems(self, status, crashes):
        if status not in (0, 3):
            yield f"exit status {status}"
        unexamined = self.one("SELECT count(*) FROM v_unexamined")
        if (status == 3) != (unexamined > 0):
            yield f"exit status {status}, and {unexamined} rows in v_unexamined"
        if crashes and self.recorded() < crashes:
            yield f"{crashes} crashes and {self.recorded()} records"
        check = run(os.path.join(BIN, "remnant-case"), "check", self.path)
        if check.returncode != 0:
            said = check.stderr.decode("utf-8", "replace").splitlines()
            yield from said[:5] or ["remnant-case check does not agree"]
        for path, size, held in self.db.execute(
                "SELECT path, size_bytes, (SELECT sum(bytes) FROM v_coverage c "
                "WHERE c.source_id = s.id) FROM v_source s"):
            if size != (held or 0):
                yield f"{path}: {size} bytes, the ledger has {held}"


def examine(path, label, folder, is_tree=False):
    """Prints the rows of one source.  True: something is wrong."""
    case_path = os.path.join(folder, "case.db")
    for name in (case_path, case_path + "-wal", case_path + "-shm", case_path + ".trace"):
        if os.path.exists(name):
            os.unlink(name)
    status, crashes, said = scan(path, case_path, case_path + ".trace")
    if not os.path.exists(case_path):
        print(f"{label}: exit status {status}, no case: {said.strip()}")
        return True
    case = Case(case_path)
    wrong = list(case.problems(status, crashes))
    exact = "WRONG" if any("ledger" in w for w in wrong) else "exact"
    rows = [("tree", "-", case.one("SELECT count(*) FROM v_item"), [])] if is_tree else \
        against_fls(path, case.volumes(), case.items())
    for filesystem, listed, have, missing in rows:
        print(LAYOUT.format(label[-40:], status, filesystem or "-", listed, have, len(missing), exact,
                            "?" if crashes is None else crashes, case.recorded(),
                            case.one("SELECT count(*) FROM v_unexamined")))
        wrong += [f"missing: {name!r}" for name in missing[:20]]
    for line in wrong:
        print("    " + line)
    return bool(wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tree", help="a folder that is scanned as a tree at the end")
    parser.add_argument("image", nargs="*")
    options = parser.parse_args()
    failed = False
    print(LAYOUT.format("image", *HEAD))
    with tempfile.TemporaryDirectory() as folder:
        for path, label in images(options.image, folder):
            failed |= examine(path, os.path.basename(label), folder)
        if options.tree:
            failed |= examine(options.tree, options.tree, folder, is_tree=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
