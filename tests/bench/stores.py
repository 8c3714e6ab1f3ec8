"""Outlook stores of any length for readers.py: mails with header fields, recipients, a body as text, as HTML or
as both, every fourth with a table attached and every sixteenth with 100 KB of noise.  People are made up."""
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', 'recall'), os.path.join(HERE, '..', '..', 'testdata', 'format')]
import made  # noqa: E402
from store import BIN, I4, TIME, UNI, Pst, filetime  # noqa: E402

PER_FOLDER = 100
PEOPLE = list(made.people(200))


def recipients(i):
    rows = []
    for k in range(1 + i % 7):
        person = PEOPLE[(i * 3 + k) % len(PEOPLE)]
        rows.append([(0x3001, UNI, person[0]), (0x3003, UNI, person[3]), (0xc15, I4, 1 if k < 2 else 2)])
    return rows


def paragraphs(i):
    return [f'第{k}条　{PEOPLE[(i + k) % 200][0]}様 ({PEOPLE[(i * 5 + k) % 200][2]}) に{i * 100 + k}円を支払う。'
            f'Clause {k}: payment of invoice {i * 7 + k} is due, see the attached list.' for k in range(8 + i % 20)]


def attachments(i, noise):
    bags = []
    if i % 4 == 0:
        table = ''.join(','.join(PEOPLE[(i + k) % 200]) + f',{k}\r\n' for k in range(100 + i % 150))
        bags.append([(0x3707, UNI, f'名簿{i}.csv'), (0x3705, I4, 1), (0x3701, BIN, table.encode('cp932'))])
    if i % 16 == 0:
        bags.append([(0x3707, UNI, f'noise{i}.bin'), (0x3705, I4, 1), (0x3701, BIN, bytes(8) + noise.randbytes(100000))])
    return bags


def message(store, i, noise):
    sender, subject = PEOPLE[i * 11 % 200], f'見積書の件 {i}'
    header = ''.join(f'Received: from host{k}.example.jp (192.0.2.{k}) by mx{k}.example.jp with ESMTP id '
                     f'{i:08X}{k}; Mon, {1 + i % 28} Mar 2010 18:30:0{k} +0900\r\n' for k in range(4))
    header += f'Message-ID: <{i}@example.jp>\r\nX-Mailer: Test 1.0\r\nFrom: {sender[3]}\r\n'
    props = [(0x1a, UNI, 'IPM.Note'), (0x37, UNI, '\x01\x01' + subject), (0x3fde, I4, 65001), (0x7d, UNI, header),
             (0x39, TIME, filetime(2010, 3, 1 + i % 28, i % 24)), (0x42, UNI, sender[0]), (0x65, UNI, sender[3]),
             (0xc1a, UNI, sender[0]), (0xc1f, UNI, sender[3]), (0x1035, UNI, f'<{i}@example.jp>')]
    if i % 3 != 2:
        props.append((0x1000, UNI, '\r\n'.join(paragraphs(i))))
    if i % 3 != 0:
        props.append((0x1013, BIN, ('<html><head><style>p {margin: 0}</style></head><body>' + ''.join(
            f'<p class="MsoNormal"><span style="color:black">{p}</span></p>\r\n' for p in paragraphs(i)) +
            '</body></html>').encode()))
    return store.message(props, recipients(i), attachments(i, noise))


def write(path, count):
    store, noise = Pst(), random.Random(1)
    provider = bytes(16)
    store.node(0x21, *store.bag([(0x3001, UNI, 'bench'), (0xff9, BIN, provider),
                                 (0x35e0, BIN, bytes(20) + (0x8022).to_bytes(4, 'little'))]))
    store.folder(0x122, '', 0x122)
    store.folder(0x8022, 'Top', 0x122)
    for i in range(count):
        folder = 0x8042 + i // PER_FOLDER * 0x20
        if i % PER_FOLDER == 0:
            store.folder(folder, f'フォルダ {i // PER_FOLDER}', 0x8022)
        store.node(0x200024 + i * 0x20, *message(store, i, noise), parent=folder)
    with open(path, 'wb') as f:
        f.write(store.done())
