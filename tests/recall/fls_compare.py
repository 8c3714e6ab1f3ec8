#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares libtsk's own listing (fls -r -p) with the items of the walk, per image and volume.

    fls_compare.py WALKDUMP IMAGE_OR_FOLDER...

Prints a table and what is missing; the exit status is 1 when anything is, or when a ledger does
not add up to the size of its image.  Zip files are unpacked to a temporary folder first.  Images
that fls cannot open as they are (QCOW) are converted with qemu-img.
"""
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import zipfile

SKIPPED = (".e02", ".txt", ".xml", ".html", ".expected", ".payload", ".rsrc")
LINE = re.compile(r"^\S+ (?:\* )?[^:]*:\t(.*)$", re.S)


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def plain(name):
    """One spelling for both sides: NFC, and one mark for what cannot be shown."""
    text = unicodedata.normalize("NFC", name.decode("utf-8", "replace"))
    return "".join("^" if c == "\ufffd" or unicodedata.category(c) == "Cc" else c for c in text)


def walk(dump, image):
    volumes, exact, notes = [], False, []
    for line in run(dump, image, "--quiet").stdout.decode("utf-8", "replace").splitlines():
        field = line.split("\t")
        if field[0] == "volume":
            volumes.append((int(field[1]), field[3], int(field[4])))
        elif field[0] == "unexamined":
            notes.append(line)
        elif field[0] == "total":
            exact = "exact" in field
    items = collections.defaultdict(collections.Counter)
    for record in run(dump, image, "--paths").stdout.split(b"\0")[:-1]:
        volume, path = record.split(b"\t", 1)
        items[int(volume)][plain(path)] += 1
    return volumes, items, exact, notes


def apfs_blocks(image, start):
    out = run("pstat", "-o", str(start // 512), image).stdout.decode("utf-8", "replace")
    return re.findall(r"APSB Block Number: (\d+)", out)


def fls(image, filesystem, start):
    command = ["fls", "-r", "-p", "-o", str(start // 512)]
    if filesystem.startswith("apfs"):
        index = int(filesystem.split("#")[1]) - 1 if "#" in filesystem else 0
        blocks = apfs_blocks(image, start)
        if index >= len(blocks):
            return collections.Counter()
        command += ["-P", "apfs", "-B", blocks[index]]
    names = collections.Counter()
    for line in run(*command, image).stdout.split(b"\n"):
        match = LINE.match(line.decode("utf-8", "surrogateescape"))
        if match:
            names[plain(match.group(1).encode("utf-8", "surrogateescape"))] += 1
    return names


def is_known(name, items):
    """fls lists the streams of a folder a second time under its '.' entry, and the streams of
    the file that has a deleted name's record now."""
    if name.split(":")[0].endswith("/."):
        return name.replace("/.:", ":", 1) in items
    return False


def against_fls(image, volumes, items):
    """Of each volume: file system, how many names fls lists, how many are here, what is missing."""
    readable = image
    if image.lower().endswith(".qcow2"):
        readable = image + ".raw"
        run("qemu-img", "convert", "-O", "raw", image, readable)
    for number, filesystem, start in volumes or [(0, "", 0)]:
        listed = fls(readable, filesystem, start) if filesystem else collections.Counter()
        missing = [n for n in (listed - items[number]) if not is_known(n, items[number])]
        yield filesystem, sum(listed.values()), sum(items[number].values()), missing


def compare(dump, image, label):
    volumes, items, exact, notes = walk(dump, image)
    failed = not exact
    for filesystem, listed, have, missing in against_fls(image, volumes, items):
        failed |= bool(missing)
        print(f"{label[-44:]:44} {filesystem or '-':8} {listed:7} "
              f"{have:7} {len(missing):7}  {'exact' if exact else 'WRONG'}")
        for name in missing[:20]:
            print(f"    missing: {name!r}")
    for note in notes:
        print("    " + note)
    return failed


def images(arguments, folder):
    for argument in arguments:
        paths = [argument]
        if os.path.isdir(argument):
            paths = sorted(os.path.join(top, name) for top, _, names in os.walk(argument)
                           for name in names)
        for path in paths:
            if path.lower().endswith(SKIPPED):
                continue
            if path.lower().endswith(".qcow2"):
                yield shutil.copy(path, folder), path  # qemu-img writes beside it
                continue
            if not path.lower().endswith(".zip"):
                yield path, path
                continue
            with zipfile.ZipFile(path) as archive:
                for member in archive.namelist():
                    if member.lower().endswith((".dd", ".img", ".raw", ".iso")):
                        yield archive.extract(member, folder), os.path.basename(member)


def main():
    failed = False
    print(f"{'image':44} {'fs':8} {'fls':>7} {'items':>7} {'missing':>7}  ledger")
    with tempfile.TemporaryDirectory() as folder:
        for path, label in images(sys.argv[2:], folder):
            failed |= compare(sys.argv[1], path, label)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
