#!/usr/bin/env python3
"""pdf_recall.py [--each] FILE...: the share of pdftotext's words that remnant-pdf finds as well, over
the files where pdftotext finds any.  Japanese has no spaces: there, pairs of characters count as words.
--each adds a line for every file: recall, words, some that are missing."""
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
    try:
        return subprocess.run(command, capture_output=True,
                              timeout=100).stdout.decode('utf8', 'replace')
    except subprocess.TimeoutExpired:
        return ''


def show(path, ours, theirs):
    both = sum(min(count, ours[word]) for word, count in theirs.items())
    lost = ' '.join('%s:%d/%d' % (word, ours[word], count)
                    for word, count in theirs.most_common() if ours[word] < count)
    print('%.4f %6d %6d %s\t%s' % (both / sum(theirs.values()), sum(theirs.values()),
                                   sum(ours.values()), path, lost[:160]))


total = both = files = 0
paths = [path for path in sys.argv[1:] if path != '--each']
for path in paths:
    theirs, ours = words(output('pdftotext', '-enc', 'UTF-8', path, '-')), output('remnant-pdf', path)
    if not theirs:
        continue
    ours = words(ours)
    files += 1
    total += sum(theirs.values())
    both += sum(min(count, ours[word]) for word, count in theirs.items())
    if len(paths) < len(sys.argv) - 1:
        show(path, ours, theirs)
print(f'{files} files, {total} words of pdftotext, recall {both / max(1, total):.4f}')
