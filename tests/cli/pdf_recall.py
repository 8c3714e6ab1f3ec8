#!/usr/bin/env python3
"""pdf_recall.py FILE...: the share of pdftotext's words that remnant-pdf finds as well, over the
files that both can read.  Japanese has no spaces: there, pairs of characters count as words."""
import collections
import re
import subprocess
import sys
import unicodedata


def words(text):
    found = collections.Counter()
    for run in re.findall(r'[\u3040-\u9fff]+|(?:(?![\u3040-\u9fff])[^\W_])+',
                          unicodedata.normalize('NFKC', text)):
        if '\u3040' <= run[0] <= '\u9fff':
            found.update(run[i:i + 2] for i in range(max(1, len(run) - 1)))
        else:
            found[run.lower()] += 1
    return found


def output(*command):
    return subprocess.run(command, capture_output=True, timeout=100).stdout.decode('utf8', 'replace')


total = both = files = 0
for path in sys.argv[1:]:
    theirs, ours = words(output('pdftotext', '-enc', 'UTF-8', path, '-')), output('remnant-pdf', path)
    if '\f' not in ours or not theirs:
        continue
    ours = words(ours)
    files += 1
    total += sum(theirs.values())
    both += sum(min(count, ours[word]) for word, count in theirs.items())
print(f'{files} files, {total} words of pdftotext, recall {both / max(1, total):.4f}')
