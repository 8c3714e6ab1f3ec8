#!/usr/bin/env python3
"""What is left of a damaged document must come out, and it must never be called complete.

    python3 tests/recall/damage.py build/gcc/bin FILE_OR_FOLDER... [--verbose]

Each file is cut at a fifth to four fifths of its length, given a hole of zeros at three places, and has one
byte in a hundred changed; remnant-text reads what is left.  Expected of a cut or a hole: the words that an
independent look finds in the undamaged part: zip members as far as they inflate, PDF through pdftotext, mail
through Python's email package, .doc .xls .ppt by searching the bytes for the words of the whole document.
What the reading of the whole document does not have either is no matter of damage; it is counted apart.
A hole where there were zeros before is none.
A row a kind and damage: readings, those called complete, crashes, words expected and found, words that the
whole lacks."""
import argparse
import email
import email.policy
import html
import json
import os
import random
import re
import struct
import subprocess
import sys
import tempfile
import unicodedata
import zlib

KINDS = {'docx': 'zip', 'xlsx': 'zip', 'pptx': 'zip', 'odt': 'zip', 'ods': 'zip', 'odp': 'zip',
         'doc': 'ole', 'xls': 'ole', 'ppt': 'ole', 'pdf': 'pdf', 'eml': 'mail'}
TEXT_PARTS = re.compile(r'(word/document|word/footnotes|xl/sharedStrings|ppt/slides/slide\d+|content)\.xml$')


def words(text):
    return re.findall(r'[A-Za-z0-9]{3,}|[^\W_A-Za-z0-9]{2,}', unicodedata.normalize('NFKC', text))


def zip_words(data, whole_until):
    found, at = [], 0
    while (at := data.find(b'PK\3\4', at)) >= 0:
        head = data[at:at + 30]
        at += 4
        if len(head) < 30:
            break
        method, packed, name_size, extra = struct.unpack('<8xH8xI4xHH', head)
        name = data[at + 26:at + 26 + name_size].decode('utf-8', 'replace')
        start = at + 26 + name_size + extra
        if method != 8 or not TEXT_PARTS.search(name):
            continue
        inflate, text = zlib.decompressobj(-15), b''
        try:
            # what a hole makes of a stream is no text
            end = whole_until if start < whole_until else len(data)
            for i in range(start, end, 64):
                text += inflate.decompress(data[i:min(i + 64, end)])
                if inflate.eof:
                    break
        except zlib.error:
            pass
        xml = re.sub(r'<rPh.*?</rPh>|<[^>]*$', '', text.decode('utf-8', 'ignore'), flags=re.S)
        # the last word may be cut
        found += words(html.unescape(re.sub(r'<[^>]*>', '\n', xml)))[:-1 if not inflate.eof else None]
    return found


def ole_words(data, whole):
    known = {word for word in set(whole) if is_stored(word, data)}
    return [word for word in whole if word in known]


def is_stored(word, data):
    forms = [word.encode('utf-16-le')]
    for encoding in ('cp1252', 'cp932'):
        try:
            forms.append(word.encode(encoding))
        except UnicodeError:
            pass
    return any(form in data for form in forms if len(form) > 5)


def pdf_words(data, folder):
    path = os.path.join(folder, 'expected.pdf')
    with open(path, 'wb') as f:
        f.write(data)
    done = subprocess.run(['pdftotext', path, '-'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return words(done.stdout.decode('utf-8', 'replace'))


def mail_words(data):
    found = []
    for part in email.message_from_bytes(data, policy=email.policy.default).walk():
        if part.get_content_type() == 'text/plain':
            try:
                found += words(part.get_content())[:-1]
            except (LookupError, ValueError):
                pass
    return found


def expected(kind, data, whole, folder, whole_until):
    if kind == 'zip':
        return zip_words(data, whole_until)
    if kind == 'ole':
        return ole_words(data, whole)
    return pdf_words(data, folder) if kind == 'pdf' else mail_words(data)


def damages(data, seed):
    for fifths in range(1, 5):
        yield 'cut', data[:len(data) * fifths // 5], len(data)
    for quarter in range(1, 4):
        size = max(512, len(data) // 50) // 512 * 512
        at = len(data) * quarter // 4 // 512 * 512
        yield 'hole', data[:at] + bytes(min(size, len(data) - at)) + data[at + size:], at
    flipped, chance = bytearray(data), random.Random(seed)
    for at in chance.sample(range(len(data)), len(data) // 100 + 1):
        flipped[at] ^= chance.randrange(1, 256)
    yield 'flips', bytes(flipped), 0


def read(programs, path):
    done = subprocess.run([os.path.join(programs, 'remnant-text'), path], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=120)
    return words(done.stdout.decode('utf-8', 'replace')), done.returncode, b'stopped' in done.stderr


def own_words(programs, path):
    """Words of the document itself, without those of what is embedded in it."""
    done = subprocess.run([os.path.join(programs, 'remnant-text'), '--json', path], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, timeout=120)
    found = []
    for line in done.stdout.decode('utf-8', 'replace').splitlines():
        said = json.loads(line)
        if said.get('member') == 0 and said.get('type') in ('text', 'property'):
            found += words(said.get('text') or said.get('value') or '')
    return found


def files(arguments):
    for argument in arguments:
        if os.path.isfile(argument):
            yield argument
        for folder, _, names in sorted(os.walk(argument)):
            yield from (os.path.join(folder, name) for name in sorted(names))


def ending(path):
    name = path[:-3] if path.endswith('.in') else path
    return name.rsplit('.', 1)[-1].lower()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('programs')
    parser.add_argument('paths', nargs='+')
    parser.add_argument('--verbose', action='store_true')
    options = parser.parse_args()
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        for seed, path in enumerate(files(options.paths)):
            if ending(path) not in KINDS or os.path.getsize(path) < 2048:
                continue
            kind = KINDS[ending(path)]
            with open(path, 'rb') as f:
                data = f.read()
            whole, _, _ = read(options.programs, path)
            own = own_words(options.programs, path) if kind == 'ole' else whole
            has, whole_text = set(whole), '\n'.join(whole)
            for name, damaged, whole_until in damages(data, seed):
                if damaged == data:
                    continue
                copy = os.path.join(folder, 'damaged.' + ending(path))
                with open(copy, 'wb') as f:
                    f.write(damaged)
                found, status, crashed = read(options.programs, copy)
                row = rows.setdefault((ending(path), name), [0, 0, 0, 0, 0, 0])
                row[0] += 1
                row[1] += status == 0
                row[2] += crashed or status not in (0, 3)
                if name == 'flips':
                    continue
                independent = expected(kind, damaged, own, folder, whole_until)
                lacking = {w for w in set(independent) if w not in has and w not in whole_text}
                wanted = [w for w in independent if w not in lacking]
                row[5] += len(independent) - len(wanted)
                text, given = '\n'.join(found), set(found)
                lost = {w for w in set(wanted) if w not in given and w not in text}
                missing = [w for w in wanted if w in lost]
                row[3] += len(wanted)
                row[4] += len(wanted) - len(missing)
                if options.verbose and (missing or status == 0):
                    print(f'{path} {name} {whole_until}: exit {status}, {len(missing)} of {len(wanted)} missing: '
                          + ' '.join(missing[:6]))
    print(f'{"kind":8s}{"damage":8s}{"readings":>9s}{"complete":>9s}{"crashes":>9s}{"expected":>10s}{"found":>10s}'
          f'{"":10s}{"not in whole":>14s}')
    for (kind, name), row in sorted(rows.items()):
        recall = f'{100 * row[4] / row[3]:9.2f}%' if row[3] else f'{"":10s}'
        print(f'{kind:8s}{name:8s}{row[0]:9d}{row[1]:9d}{row[2]:9d}{row[3]:10d}{row[4]:10d}{recall}{row[5]:14d}')
    return any(row[2] for row in rows.values())


if __name__ == '__main__':
    sys.exit(main())
