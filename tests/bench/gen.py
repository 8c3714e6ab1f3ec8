#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Makes inputs for `make bench`: a volume of business documents whose personal data is known.

gen.py FOLDER [--mib 512] [--fs ntfs|ext4] [--seed N]

FOLDER gets   mix.raw       a volume without partition table, half of its files deleted
              tree/         the same files
              manifest.csv  path,kind,size,sha256,deleted,n_planted
              planted.csv   path,encoding,container,kind,value
              zeros.raw, random.raw   half the size each

Every name, number and address is made up: mail addresses end in example domains, card numbers start
with the prefixes that payment processors reserve for tests.  The same seed gives the same files
(not the same file-system structures).  ntfs needs ntfs-3g and /dev/fuse; ext4 needs neither."""
import argparse
import csv
import gzip
import hashlib
import io
import os
import random
import shutil
import sqlite3
import string
import subprocess
import sys
import tempfile

import documents

MIB = 1 << 20
SURNAMES = '青木 石田 上野 遠藤 大西 片山 菊池 久保 河野 桜井 島田 菅原 関口 高野 千葉 土屋 中川 西村 野口 原田 平野 ' \
    '福田 星野 前川 松井 三浦 武藤 森田 柳沢 渡部 髙橋 濵田'.split()
GIVEN = '彩 一郎 詩織 栄一 香織 和也 京子 健司 幸子 沙耶 慎吾 進 千尋 司 徹 奈緒 典子 春樹 仁美 文子 誠司 美穂 豊 洋平 ' \
    '竜也 玲奈'.split()
FIRST = 'Alice Brian Claire Dennis Emma Frank Grace Henry Irene Jacob Kate Leon Maria Noah Olga ' \
    'Peter Quinn Rosa Simon Tara Ulrich Vera Walter Yvonne'.split()
LAST = 'Abbott Becker Carter Dawson Ellis Fischer Graham Hansen Irving Jensen Keller Lambert ' \
    'Morris Novak Oliver Parker Quigley Reyes Sanders Turner Vogel Weber'.split()
DOMAINS = 'example.co.jp example.jp example.com mail.example.org hr.example.com ' \
    'sales.example.jp example.net office.example.org'.split()
PLACES = '東京都港区芝公園 大阪府大阪市中央区本町 愛知県名古屋市中村区名駅 北海道札幌市北区北七条西 宮城県仙台市青葉区一番町 ' \
    '広島県広島市中区紙屋町 福岡県福岡市中央区天神 石川県金沢市香林坊'.split()
MARKINGS = '社外秘 取扱注意 関係者限り CONFIDENTIAL INTERNAL'.split()
SUBJECTS = '予算案 試作結果 保全計画 契約内容 品質会議 人事異動 規程改訂 在庫評価 研修計画 監査報告'.split()
KANJI = '新製品工場取引先担当部門確認資料予定経営会議承認前年度実績費用見直並行進報告決裁次回説明変更課題完了設備投資申' \
    '請海外拠点体制社内規則改訂在庫評価方法研修内容監査指摘事項納期計画人材育成情報管理技術開発販売市場分析顧客満足向上'
PARTICLES = 'は が を に で と の へ も から まで'.split()
ENDINGS = 'する。 した。 している。 を行う。 が必要である。 を求める。 は終わった。 を検討中である。'.split()
SYLLABLES = 'ka re mi to sa ner al in on est cor ver tal den per ist um or ble tion ment ing'.split()
LETTERS = string.ascii_letters + string.digits


class Values:
    """Makes synthetic values and remembers which ones were planted."""

    def __init__(self, rng):
        self.rng = rng
        self.planted = []

    def digits(self, count):
        return ''.join(self.rng.choices(string.digits, k=count))

    def pick(self, *choices):
        return self.rng.choice(choices)

    def plant(self, kind):
        value = getattr(self, kind)()
        self.planted.append((kind, value))
        return value

    def name(self):
        return self.rng.choice(SURNAMES) + ' ' + self.rng.choice(GIVEN)

    def email(self):
        return '%s%s%s%s@%s' % (self.rng.choice(FIRST).lower(), self.pick('.', '_', '-', ''),
                                self.rng.choice(LAST).lower(), self.rng.randrange(1000),
                                self.rng.choice(DOMAINS))

    def jpphone(self):
        return self.pick('090-%s-%s' % (self.digits(4), self.digits(4)),
                         '080-%s-%s' % (self.digits(4), self.digits(4)),
                         '03-3%s-%s' % (self.digits(3), self.digits(4)),
                         '06-6%s-%s' % (self.digits(3), self.digits(4)),
                         '052-2%s-%s' % (self.digits(2), self.digits(4)))

    def intlphone(self):
        return self.pick('+81-3-3%s-%s' % (self.digits(3), self.digits(4)),
                         '+1 (212) 555-%s' % self.digits(4), '+44 20 7946 0%s' % self.digits(3),
                         '+49 30 23125%s' % self.digits(3))

    def card(self):
        start = self.pick('411111', '400000', '555555', '520082', '353011')
        body = start + self.digits(9)
        total = 0
        for i, char in enumerate(reversed(body)):
            number = int(char) * (2 - i % 2)
            total += number - 9 if number > 9 else number
        full = body + str(-total % 10)
        mark = self.pick('', '-', ' ')
        return mark.join(full[i:i + 4] for i in range(0, 16, 4))

    def mynumber(self):
        body = self.digits(11)
        weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]
        rest = sum(int(c) * w for c, w in zip(body, weights)) % 11
        return body + str(0 if rest <= 1 else 11 - rest)

    def iban(self):
        country, length = self.pick(('DE', 18), ('FR', 23), ('ES', 20))
        body = self.digits(length)
        number = int(''.join(str(int(c, 36)) for c in body + country + '00'))
        return '%s%02d%s' % (country, 98 - number % 97, body)

    def ssn(self):
        return '%03d-%02d-%04d' % (self.pick(*range(1, 666)), self.rng.randint(1, 99),
                                   self.rng.randint(1, 9999))

    def postal(self):
        return '〒%03d-%s' % (self.rng.randint(1, 999), self.digits(4))

    def aws(self):
        return 'AKIA' + ''.join(self.rng.choices(string.ascii_uppercase + '234567', k=16))

    def github(self):
        return 'ghp_' + ''.join(self.rng.choices(LETTERS, k=36))


class Writer:
    def __init__(self, rng, values):
        self.rng = rng
        self.values = values
        # Made-up words: as varied as real prose, so that compressed files have a usual ratio.
        self.kanji = [''.join(rng.choices(KANJI, k=2)) for _ in range(4000)]
        self.words = [''.join(rng.choices(SYLLABLES, k=rng.randint(1, 4))) for _ in range(4000)]

    def sentence(self, japanese):
        rng = self.rng
        count = rng.randint(4, 12)
        if japanese:
            return ''.join(word + mark for word, mark in zip(
                rng.choices(self.kanji, k=count), rng.choices(PARTICLES, k=count - 1) +
                [rng.choice(ENDINGS)]))
        return ' '.join(rng.choices(self.words, k=count)).capitalize() + '.'

    def paragraph(self, japanese):
        count = self.rng.randint(3, 8)
        return ('' if japanese else ' ').join(self.sentence(japanese) for _ in range(count))

    def contact(self, japanese):
        plant = self.values.plant
        if japanese:
            return '担当者: %s 電話: %s メール: %s 住所: %s %s%d-%d' % (
                plant('name'), plant('jpphone'), plant('email'), plant('postal'),
                self.rng.choice(PLACES), self.rng.randint(1, 9), self.rng.randint(1, 30))
        return 'Contact: %s %s, phone %s, mail %s' % (
            self.rng.choice(FIRST), self.rng.choice(LAST), plant('intlphone'), plant('email'))

    def labelled(self, japanese):
        kind, *labels = self.rng.choice([
            ('card', 'カード番号: ', 'Card number: '), ('mynumber', '個人番号: ', 'My Number: '),
            ('iban', 'IBAN: ', 'IBAN: '), ('ssn', 'SSN: ', 'SSN: '),
            ('aws', 'aws_access_key_id = ', 'aws_access_key_id = '),
            ('github', 'token: ', 'token: ')])
        return labels[not japanese] + self.values.plant(kind)

    def lines(self, size, japanese):
        """Paragraphs of about size characters, a few of them with personal data."""
        lines = ['【%s】%s' % (self.rng.choice(MARKINGS), self.rng.choice(SUBJECTS))
                 if japanese else 'MEMORANDUM - %s' % self.rng.choice(MARKINGS[3:])]
        total = 0
        while total < size:
            draw = self.rng.random()
            line = self.contact(japanese) if draw < .03 else \
                self.labelled(japanese) if draw < .04 else self.paragraph(japanese)
            lines.append(line)
            total += len(line)
        return lines

    def contacts(self, count):
        """Rows without numbers that only a column's name would explain."""
        plant = self.values.plant
        return [['%06d' % number, plant('name'), plant('jpphone'), plant('email')]
                for number in range(count)]

    def customers(self, count, japanese):
        plant, rng = self.values.plant, self.rng
        rows = [['顧客番号', '氏名', '電話番号', 'メール', '郵便番号', '住所', 'カード番号', '個人番号']
                if japanese else ['id', 'name', 'phone', 'email', 'card number', 'iban', 'ssn']]
        for number in range(count):
            if japanese:
                rows.append(['%06d' % number, plant('name'), plant('jpphone'), plant('email'),
                             plant('postal'), rng.choice(PLACES) + '%d-%d' % (
                                 rng.randint(1, 9), rng.randint(1, 30)),
                             plant('card') if rng.random() < .3 else '',
                             plant('mynumber') if rng.random() < .2 else ''])
            else:
                rows.append(['%06d' % number, rng.choice(FIRST) + ' ' + rng.choice(LAST),
                             plant('intlphone'), plant('email'),
                             plant('card') if rng.random() < .3 else '',
                             plant('iban') if rng.random() < .1 else '',
                             plant('ssn') if rng.random() < .2 else ''])
        return rows

    def figures(self, count):
        """Numbers without persons: what must not be found."""
        rng = self.rng
        rows = [['日付', '品目', '数量', '単価', '金額', '伝票']]
        for _ in range(count):
            rows.append(['2014-%02d-%02d' % (rng.randint(1, 12), rng.randint(1, 28)),
                         'P%05d' % rng.randrange(100000), str(rng.randrange(1000)),
                         str(rng.randrange(100000)), str(rng.randrange(10 ** 8)),
                         '%04d-%06d' % (rng.randrange(10000), rng.randrange(10 ** 6))])
        return rows


def as_csv(rows, encoding):
    out = io.StringIO()
    csv.writer(out, lineterminator='\r\n').writerows(rows)
    return out.getvalue().encode(encoding, 'replace')


def as_database(rows):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'x.db')
        base = sqlite3.connect(path)
        base.execute('CREATE TABLE customer(%s)' % ','.join('c%d' % i for i in range(len(rows[0]))))
        base.executemany('INSERT INTO customer VALUES(%s)' % ','.join('?' * len(rows[0])), rows)
        base.commit()
        base.close()
        with open(path, 'rb') as file:
            return file.read()


class Corpus:
    """One method a kind: returns (ending, encoding, container, bytes)."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.values = Values(self.rng)
        self.writer = Writer(self.rng, self.values)

    def size(self, low, high):
        return int(low * (high / low) ** self.rng.random())

    def text(self):
        encoding = self.rng.choice(['utf-8', 'utf-8', 'cp932', 'cp932', 'utf-16', 'euc-jp',
                                    'iso-2022-jp'])
        body = '\r\n'.join(self.writer.lines(self.size(2000, 150000), self.rng.random() < .7))
        if encoding != 'utf-8' and encoding != 'utf-16':
            for form in '髙高', '濵浜':
                body = body.replace(*form)
                self.values.planted = [(k, v.replace(*form)) for k, v in self.values.planted]
        name = 'utf-16le' if encoding == 'utf-16' else encoding
        return 'txt', name, 'plain', body.encode(encoding, 'replace')

    def customers(self):
        encoding = self.rng.choice(['utf-8', 'cp932', 'utf-16'])
        rows = self.writer.customers(self.size(50, 2000), self.rng.random() < .7)
        return 'csv', 'utf-16le' if encoding == 'utf-16' else encoding, 'plain', \
            as_csv(rows, encoding)

    def figures(self):
        return 'csv', 'cp932', 'plain', as_csv(self.writer.figures(self.size(500, 8000)), 'cp932')

    def word(self):
        lines = self.writer.lines(self.size(3000, 60000), self.rng.random() < .7)
        return 'docx', 'utf-8', 'zip', documents.docx(
            lines, title=lines[0], author=self.writer.rng.choice(SURNAMES), company='株式会社例示')

    def excel(self):
        rows = self.writer.customers(self.size(50, 1500), self.rng.random() < .7)
        return 'xlsx', 'utf-8', 'zip', documents.xlsx(rows)

    def page(self):
        lines = self.writer.lines(self.size(2000, 30000), self.rng.random() < .5)
        body = ''.join('<p>%s</p>\n' % line for line in lines)
        return 'html', 'utf-8', 'plain', ('<!DOCTYPE html><meta charset="utf-8"><title>%s</title>\n%s'
                                          % (lines[0], body)).encode()

    def contract(self):
        japanese = self.rng.random() < .5
        lines = []
        for line in self.writer.lines(self.size(2000, 20000), japanese):
            # A value must not be cut by the end of a line: only prose is wrapped.
            width = 45 if japanese else 90
            prose = line[-1] in '。.'
            lines += [line[i:i + width] for i in range(0, len(line), width)] if prose else [line]
        return 'pdf', 'utf-16be' if japanese else 'latin1', 'pdf', documents.pdf(
            lines, title='contract', japanese=japanese)

    def mail(self):
        charset = self.rng.choice(['utf-8', 'utf-8', 'iso-2022-jp'])
        lines = self.writer.lines(self.size(500, 8000), self.rng.random() < .7)
        text = '\n'.join(lines).replace('髙', '高').replace('濵', '浜')
        plant = self.values.plant
        sender, recipient = ('担当', plant('email')), ('経理', plant('email'))
        attached = []
        if self.rng.random() < .3:
            attached = [('名簿.csv', as_csv(self.writer.customers(30, True), 'utf-8'))]
        self.values.planted = [(k, v.replace('髙', '高').replace('濵', '浜'))
                               for k, v in self.values.planted]
        return 'eml', 'mixed', 'mime', documents.mail(sender, recipient, lines[0][:40], text,
                                                     charset, attached)

    def archive(self):
        members = []
        for i in range(self.rng.randint(2, 8)):
            rows = self.writer.customers(self.size(50, 500), self.rng.random() < .7)
            members.append(('data/%d.csv' % i, as_csv(rows, 'utf-8')))
        return 'zip', 'mixed', 'zip', documents.archive(members)

    def log(self):
        rows = self.writer.customers(self.size(200, 3000), True)
        return 'csv.gz', 'utf-8', 'gzip', gzip.compress(as_csv(rows, 'utf-8'), 6, mtime=0)

    def database(self):
        return 'db', 'utf-8', 'sqlite', as_database(
            self.writer.contacts(self.size(200, 3000)))

    def photo(self):
        return 'jpg', '', 'none', documents.picture(self.rng, self.size(30000, 400000))

    def sealed(self):
        return 'bin', '', 'none', self.rng.randbytes(self.size(100000, 3000000))

    def blank(self):
        return 'dat', '', 'none', bytes(self.size(100000, 3000000))


# Share of the bytes that each kind gets.
SHARES = [('text', .20), ('customers', .006), ('figures', .05), ('word', .11), ('excel', .008),
          ('page', .06), ('contract', .07), ('mail', .06), ('archive', .004), ('log', .003),
          ('database', .009), ('photo', .20), ('sealed', .15), ('blank', .07)]
FOLDERS = ['総務部', '営業部/顧客', 'engineering', 'mail', '共有/2014年度', 'archive/old', 'export']


def make_tree(folder, total, seed):
    """Fills folder/tree and returns the manifest rows."""
    corpus = Corpus(seed)
    manifest, planted_rows = [], []
    left = {kind: share * total for kind, share in SHARES}
    number = 0
    while left:
        kind = corpus.rng.choices(list(left), [max(size, 1) for size in left.values()])[0]
        corpus.values.planted = []
        ending, encoding, container, data = getattr(corpus, kind)()
        path = '%s/%02d/%s_%05d.%s' % (corpus.rng.choice(FOLDERS), number % 40, kind, number,
                                       ending)
        target = os.path.join(folder, 'tree', path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, 'wb') as file:
            file.write(data)
        manifest.append([path, kind, len(data), hashlib.sha256(data).hexdigest(),
                         corpus.rng.randrange(2), len(corpus.values.planted)])
        planted_rows += [[path, encoding, container, k, v] for k, v in corpus.values.planted]
        number += 1
        left[kind] -= len(data)
        if left[kind] <= 0:
            del left[kind]
    for name, head, rows in (
            ('manifest.csv', ['path', 'kind', 'size', 'sha256', 'deleted', 'n_planted'], manifest),
            ('planted.csv', ['path', 'encoding', 'container', 'kind', 'value'], planted_rows)):
        with open(os.path.join(folder, name), 'w', encoding='utf-8', newline='') as file:
            csv.writer(file, lineterminator='\n').writerows([head] + rows)
    return manifest


def run(*command, **more):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   **more)


def make_ntfs(image, tree, manifest):
    """Files are written in the order they were made, then half of them are deleted."""
    run('mkntfs', '-F', '-Q', '-L', 'BENCH', image)
    with tempfile.TemporaryDirectory() as mount:
        run('ntfs-3g', image, mount)
        try:
            for row in manifest:
                target = os.path.join(mount, row[0])
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copyfile(os.path.join(tree, row[0]), target)
            for row in manifest:
                if row[4]:
                    os.unlink(os.path.join(mount, row[0]))
        finally:
            run('umount', mount)


def make_ext4(image, tree, manifest):
    """No mounting: mke2fs copies the tree and debugfs deletes."""
    run('mke2fs', '-q', '-F', '-t', 'ext4', '-L', 'BENCH', '-d', tree, image)
    commands = ''.join('rm "/%s"\n' % row[0] for row in manifest if row[4])
    run('debugfs', '-w', '-f', '/dev/stdin', image, input=commands.encode())


def has_fuse():
    return os.path.exists('/dev/fuse') and shutil.which('ntfs-3g') and shutil.which('mkntfs')


def fill(path, size, chunk):
    with open(path, 'wb') as file:
        for _ in range(size // MIB):
            file.write(chunk())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('folder')
    parser.add_argument('--mib', type=int, default=512)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--fs', choices=['ntfs', 'ext4'])
    options = parser.parse_args()
    folder, size = options.folder, options.mib * MIB
    shutil.rmtree(os.path.join(folder, 'tree'), ignore_errors=True)
    os.makedirs(folder, exist_ok=True)
    manifest = make_tree(folder, int(size * .66), options.seed)
    image = os.path.join(folder, 'mix.raw')
    with open(image, 'wb') as file:
        file.truncate(size)
    kind = options.fs or ('ntfs' if has_fuse() else 'ext4')
    {'ntfs': make_ntfs, 'ext4': make_ext4}[kind](image, os.path.join(folder, 'tree'), manifest)
    zeros, rng = bytes(MIB), random.Random(options.seed + 1)
    fill(os.path.join(folder, 'zeros.raw'), size // 2, lambda: zeros)
    fill(os.path.join(folder, 'random.raw'), size // 2, lambda: rng.randbytes(MIB))
    print('%s: %d files on %s, %d deleted, %d planted values' % (
        folder, len(manifest), kind, sum(row[4] for row in manifest),
        sum(row[5] for row in manifest)), file=sys.stderr)


if __name__ == '__main__':
    main()
