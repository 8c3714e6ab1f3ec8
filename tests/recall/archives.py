#!/usr/bin/env python3
"""Members of archives against what other readers take out of them.

    python3 tests/recall/archives.py build/gcc/bin/remnant-text FOLDER...

Each archive is unpacked by every reader that is installed and can take it: zipfile, 7z, bsdtar, unar,
lha, arj, cabextract.  A file counts as expected when a reader that reported success, or two of them,
took the same bytes out.  Ours must hand out members with these bytes (SHA-256).  One line for each
archive that is not complete, with what is said of it; then a table by format.

Judgement: complete (every expected content is a member), encrypted (nothing but encrypted members is
missing), partial (something expected is missing, and we say that we are not complete), failed (missing
and not said), unread (no other reader took anything out: nothing to compare with).
"""
import collections
import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile

SECONDS = 30
READERS = {
    '7z': ['7z', 'x', '-y', '-pnot-it', '-o{to}', '{from}'],
    'bsdtar': ['bsdtar', '-x', '--passphrase', 'not-it', '-C', '{to}', '-f', '{from}'],
    'unar': ['unar', '-q', '-f', '-D', '-k', 'skip', '-p', 'not-it', '-o', '{to}', '{from}'],
    'lha': ['lha', '-xfqw={to}', '{from}'],
    'arj': ['arj', 'x', '-y', '-hm!', '{from}', '{to}/'],
    'cabextract': ['cabextract', '-q', '-d', '{to}', '{from}'],
}
SHUT = 'encrypted'
# Formats that are read through the compression around them: what stands between is no member.
WRAPS = (b'\x1f\x8b', b'\x1f\x9d', b'BZh', b'\xfd7zXZ', b'\x28\xb5\x2f\xfd', b'LZIP', b'begin ',
         b'\x5d\0\0', b'\x04\x22\x4d\x18', b'\x50\x2a\x4d\x18', b'\xed\xab\xee\xdb')
STREAMS = ('gzip', 'compress', 'bzip2', 'xz', 'zstd', 'lzip', 'lzma', 'lz4', 'uu', None)


def digests(folder):
    """SHA-256 of every file below, by path."""
    found = {}
    for top, folders, names in os.walk(folder):
        for name in folders:
            path = os.path.join(top, name)
            if not os.path.islink(path):
                os.chmod(path, 0o700)
        for name in names:
            path = os.path.join(top, name)
            facts = os.lstat(path)
            if not stat.S_ISREG(facts.st_mode) or facts.st_size > 1 << 28:
                continue
            os.chmod(path, 0o600)
            with open(path, 'rb') as f:
                found[os.path.relpath(path, folder)] = hashlib.sha256(f.read()).hexdigest()
    return found


def by_program(command, path):
    folder = tempfile.mkdtemp()
    try:
        words = [w.replace('{to}', folder).replace('{from}', path) for w in command]
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, timeout=SECONDS, check=False, cwd=folder)
        return done.returncode == 0, digests(folder)
    except (subprocess.TimeoutExpired, OSError):
        return False, {}
    finally:
        subprocess.run(['chmod', '-R', 'u+rwx', folder], check=False, stderr=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)


def by_zipfile(path):
    found = {}
    try:
        with zipfile.ZipFile(path) as z:
            for i, info in enumerate(z.infolist()):
                if info.is_dir() or info.flag_bits & 1 or info.file_size > 1 << 28:
                    continue
                try:
                    found[f'{i}'] = hashlib.sha256(z.read(info)).hexdigest()
                except Exception:   # whatever damage does to it
                    continue
    except Exception:
        return False, {}
    return True, found


def expected(path):
    """{digest: name} that ought to be there, and by whom."""
    votes, names, who = collections.Counter(), {}, {}
    results = {name: by_program(words, path) for name, words in READERS.items()
               if shutil.which(words[0])}
    results['zipfile'] = by_zipfile(path)
    empty = hashlib.sha256(b'').hexdigest()
    for reader, (is_whole, files) in results.items():
        for name, digest in files.items():
            if digest == empty or name == '[TOC].xml':      # of xar, by 7z
                continue
            names.setdefault(digest, name)
            who.setdefault(digest, set()).add(reader)
    for digest, readers in who.items():
        votes[digest] = len(readers) + any(results[r][0] for r in readers)
    return {d: f'{names[d]} ({" ".join(sorted(who[d]))})' for d in votes if votes[d] > 1}


def ours(program, path):
    done = subprocess.run([program, '--json', path], capture_output=True, check=False, timeout=300)
    events = [json.loads(line) for line in done.stdout.decode('utf-8', 'replace').splitlines()]
    return done.returncode, events


def judge(path, want, events, code):
    got = {e['sha256'] for e in events if e['type'] == 'result'}
    result = next((e for e in events if e['type'] == 'result' and e['member'] == 0), None)
    with open(path, 'rb') as f:
        if f.read(8).startswith(WRAPS) and result and result['format'] not in STREAMS:
            for digest in [d for d, n in want.items() if n.endswith(('(7z)', '(7z unar)', '(unar)'))
                           and d not in got]:
                del want[digest]
    missing = {d: n for d, n in want.items() if d not in got}
    said = [f"{e['member']}: {e['reason']}" for e in events if e['type'] == 'unexamined']
    name = (result or {}).get('format') or (result or {}).get('media_type', 'died')
    if not missing and want:
        return name, 'complete', missing, said
    shut = [e for e in events if e['type'] == 'unexamined' and e['stage'] == SHUT]
    if not want:
        return name, SHUT if shut else 'unread', missing, said
    return name, 'partial' if code == 3 or said else 'failed', missing, said


def main():
    program, table = sys.argv[1], collections.defaultdict(collections.Counter)
    for folder in sys.argv[2:]:
        paths = [folder] if os.path.isfile(folder) else sorted(
            os.path.join(top, n) for top, _, names in os.walk(folder) for n in names)
        for path in paths:
            want = expected(path)
            try:
                code, events = ours(program, path)
            except subprocess.TimeoutExpired:
                code, events = -1, []
            name, verdict, missing, said = judge(path, want, events, code)
            table[name]['files'] += 1
            table[name][verdict] += 1
            table[name]['contents'] += len(want)
            table[name]['missing'] += len(missing)
            if verdict != 'complete':
                print(f'{verdict}: {path} [{name}] {len(missing)} of {len(want)} missing; exit {code}')
                for text in list(missing.values())[:3]:
                    print(f'    missing {text}')
                for text in said[:3]:
                    print(f'    said {text}')
                sys.stdout.flush()
    columns = ['files', 'complete', 'partial', SHUT, 'unread', 'failed', 'contents', 'missing']
    print('\t'.join(['format'] + columns))
    total = collections.Counter()
    for name in sorted(table):
        total.update(table[name])
        print('\t'.join([name] + [str(table[name][c]) for c in columns]))
    print('\t'.join(['all'] + [str(total[c]) for c in columns]))
    return 1 if total['failed'] else 0


if __name__ == '__main__':
    sys.exit(main())
