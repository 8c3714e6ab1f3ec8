#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Word recall of mail against Python's email package.

    python3 tests/recall/mail.py build/gcc/bin/remnant-text FOLDER...

Compared: words of decoded header fields (but keys and signatures) and of text bodies, those of attached
messages too.  Prints one line a mail below 99 %, then the totals; exit status 1 below 99 % in all."""
import email
import email.header
import email.policy
import html
import json
import mailbox
import os
import re
import subprocess
import sys
import tempfile

DULL = {'arc-authentication-results', 'arc-message-signature', 'arc-seal', 'autocrypt',
        'dkim-signature', 'domainkey-signature', 'face', 'thread-index', 'x-face',
        'x-google-dkim-signature', 'x-gm-message-state', 'x-google-smtp-source'}
LIES = {'shift_jis': 'cp932', 'iso-2022-jp': 'iso2022_jp_ext', 'x-sjis': 'cp932',
        'us-ascii': 'utf-8', 'euc-jp': 'euc_jp'}


def words(text):
    return re.findall(r'\w{2,}', text)


def decoded(raw, charset):
    charset = (charset or 'us-ascii').lower()
    for name in (LIES.get(charset, charset), 'utf-8', 'cp932'):
        try:
            return raw.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return ''       # nobody knows


def value(text):
    text = re.sub(r'\r?\n|\r', '', str(text))
    if re.search('[\udc80-\udcff]', text):
        return ''       # raw bytes: nobody says in which charset
    try:
        parts = email.header.decode_header(text)
    except Exception:
        return ''
    out = ''
    for raw, charset in parts:
        if isinstance(raw, str):
            raw = raw.encode('ascii', 'surrogateescape')
        out += decoded(raw, charset)
    return out


def without_tags(page):
    page = re.sub(r'(?is)<(script|style|title)\b.*?</\1\s*>', ' ', page)
    page = re.sub(r'(?s)<!--.*?-->', ' ', page)
    # tags inside words do not part them
    page = re.sub(r'(?i)</?(b|i|u|em|strong|font|span|a|tt|code|small|big|sup|sub)\b[^>]*>', '', page)
    return html.unescape(re.sub(r'<[^>]*>', ' ', page))


def wanted(message, encrypted=False):
    found = []
    for name, text in message.raw_items():
        if name.lower() not in DULL:
            found += words(name + ' ' + value(text))
    for part in message.walk():
        if part is not message and part.get_content_maintype() == 'message' and part.is_multipart():
            continue
        kind = part.get_content_type()
        if part.is_multipart() or not kind.startswith('text/'):
            continue
        if part.get_content_disposition() == 'attachment' or part.get_filename():
            continue
        text = decoded(part.get_payload(decode=True) or b'', part.get_content_charset())
        text = re.sub(r'(?ms)^begin [0-7]{3,4} [^\n]*\n.*?^end\s', '', text)  # a file
        found += words(without_tags(text) if kind == 'text/html' else text)
    return found


def is_mail(raw):
    head = raw[:8192].replace(b'\r\n', b'\n').replace(b'\r', b'\n').split(b'\n\n')[0]
    return len(re.findall(rb'(?mi)^(from|to|subject|date|message-id|received|return-path|'
                          rb'mime-version|content-type):', head)) >= 2


def messages(path, raw):
    if raw.startswith(b'From ') and path.endswith(('.mbox', '.mbx')):
        with tempfile.NamedTemporaryFile() as f:
            f.write(raw.replace(b'\r\n', b'\n').replace(b'\r', b'\n'))
            f.flush()
            for message in mailbox.mbox(f.name):
                yield email.message_from_bytes(message.as_bytes())
        return
    if path.endswith('.emlx'):
        line, _, rest = raw.partition(b'\n')
        raw = rest[:int(line)]
    if b'\n' not in raw:
        raw = raw.replace(b'\r', b'\n')
    yield email.message_from_bytes(raw)


def have(reader, path):
    out = subprocess.run([reader, '--json', path], capture_output=True).stdout
    text, result = '', 'none'
    for line in out.decode('utf-8', 'replace').splitlines():
        row = json.loads(line)
        if row['type'] == 'text':
            text += row['text']
        elif row['type'] == 'result' and row['member'] == 0:
            result = '%s %s %s' % (row.get('format'), row['status'], row.get('reason', ''))
    return set(words(text)), result


def main():
    reader, files, want_all, hits_all, statuses = sys.argv[1], 0, 0, 0, {}
    paths = []
    for folder in sys.argv[2:]:
        for top, _, names in os.walk(folder):
            paths += [os.path.join(top, name) for name in sorted(names)]
    for path in paths:
        with open(path, 'rb') as f:
            raw = f.read()
        if not raw.startswith(b'From ') and not path.endswith('.emlx') and not is_mail(raw):
            continue
        want = []
        for message in messages(path, raw):
            want += wanted(message)
        got, result = have(reader, path)
        status = result.split()[0] + ' ' + result.split()[1]
        statuses[status] = statuses.get(status, 0) + 1
        if not status.endswith(' ok'):
            print(f'{result}  {path}')
        hits = sum(w in got for w in want)
        files += 1
        want_all += len(want)
        hits_all += hits
        if want and hits < 0.99 * len(want):
            print(f'{hits}/{len(want)} {path}: {[w for w in want if w not in got][:10]}')
    for status, count in sorted(statuses.items()):
        print(f'{status}: {count}')
    rate = hits_all / want_all if want_all else 1.0
    print(f'{files} mails, {want_all} words, recall {rate:.5f}')
    return rate < 0.99


sys.exit(main())
