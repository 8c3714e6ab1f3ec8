#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Makes the drive of `make demo`: demo-drive.py IMAGE

A USB stick of a former employee, as it might be sold: a FAT32 volume with Japanese and English company
documents of 2004-2017, most of them deleted before the sale.  All firms, people and numbers are made up;
addresses end in example.jp, example.co.jp or example.com.  Needs mtools."""
import os
import random
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '../tests/bench'))
import documents  # noqa: E402
import gen  # noqa: E402

MIB = 1 << 20
SIZE = 96 * MIB
START = MIB
OWN = '株式会社東雲'
CLIENTS = ['北斗電機株式会社', '南洋物流株式会社', 'Harbour Lights Ltd.']
DEPARTMENTS = '総務部 営業第一部 開発本部 経理部 品質保証部'.split()


class Firm:
    """Documents of one made-up firm."""

    def __init__(self):
        self.rng = random.Random(2021)
        self.values = gen.Values(self.rng)
        self.writer = gen.Writer(self.rng, self.values)

    def stamp(self, year):
        return '%04d-%02d-%02dT%02d:%02d:00Z' % (
            year, self.rng.randint(1, 12), self.rng.randint(1, 28), self.rng.randint(0, 9),
            self.rng.randrange(60))

    def author(self):
        return self.values.name()

    def signature(self, firm, domain):
        return ['%s %s' % (firm, self.rng.choice(DEPARTMENTS)), self.author(),
                'TEL: ' + self.values.jpphone(),
                'E-mail: %s%d@%s' % (self.rng.choice(gen.LAST).lower(), self.rng.randrange(90),
                                     domain)]

    def prose(self, count, japanese=True):
        return [self.writer.paragraph(japanese) for _ in range(count)]

    def quotation(self, client, year):
        lines = ['御見積書', client + ' 御中', OWN, '取扱注意', '見積番号: Q%d-%04d' % (
            year, self.rng.randrange(10000))]
        return documents.docx(lines + self.prose(3) + self.signature(OWN, 'shinonome.example.jp'),
                              title='御見積書', author=self.author(), company=OWN,
                              created=self.stamp(year))

    def minutes(self, client, year):
        lines = ['議事録', '【社外秘】', '出席者: %s 様、%s' % (client, self.author())]
        lines += self.prose(5) + self.signature(client, 'hokuto.example.co.jp')
        return documents.docx(lines, title='%s 打合せ議事録' % client, author=self.author(),
                              company=OWN, created=self.stamp(year))

    def customer_list(self, count, year):
        return documents.xlsx(self.writer.customers(count, True), sheet='顧客名簿',
                              title='顧客名簿', author=self.author(), company=OWN,
                              created=self.stamp(year))

    def contract(self, client, year, japanese):
        title = '秘密保持契約書' if japanese else 'Non-disclosure agreement'
        head = [title, '甲: ' + OWN, '乙: ' + client] if japanese else \
            [title, 'CONFIDENTIAL', 'Between Shinonome Inc. and ' + client]
        width = 45 if japanese else 90
        body = [line[i:i + width] for line in self.prose(6, japanese)
                for i in range(0, len(line), width)]
        tail = self.signature(OWN, 'shinonome.example.jp') if japanese else \
            ['Contact: %s %s, %s' % (self.rng.choice(gen.FIRST), self.rng.choice(gen.LAST),
                                     self.values.email())]
        return documents.pdf(head + body + tail, title=title, author='法務' if japanese else 'Legal',
                             japanese=japanese, year=year)

    def letter(self, client, year):
        lines = self.prose(2) + self.signature(client, 'hokuto.example.co.jp')
        return documents.mail(
            (self.author(), 'tanaka@shinonome.example.jp'),
            (self.author(), 'sales%d@hokuto.example.co.jp' % self.rng.randrange(9)),
            '%sの件' % self.rng.choice(gen.SUBJECTS), '\n'.join(lines), 'iso-2022-jp',
            [('議事録.docx', self.minutes(client, year))],
            'Tue, 01 Apr %d 09:00:00 +0900' % year)

    def files(self):
        """(path, year, deleted, bytes) of everything on the drive."""
        yield '旅行/京都.jpg', 2019, False, documents.picture(self.rng, 400000)
        yield '旅行/持ち物.txt', 2019, False, '着替え\n充電器\n傘\n'.encode()
        yield 'manual.pdf', 2018, False, documents.pdf(self.prose(9, False), title='Manual')
        for year in range(2004, 2018):
            client = CLIENTS[year % 3]
            folder = '業務/%d' % year
            yield folder + '/御見積書.docx', year, True, self.quotation(client, year)
            yield folder + '/議事録.docx', year, year != 2016, self.minutes(client, year)
            yield folder + '/秘密保持契約書.pdf', year, True, self.contract(client, year, True)
            yield folder + '/mail.eml', year, True, self.letter(client, year)
            if year % 4 == 1:
                yield folder + '/顧客名簿.xlsx', year, True, self.customer_list(40, year)
        yield '業務/英文/NDA.pdf', 2014, True, self.contract(CLIENTS[2], 2014, False)
        yield '業務/名簿.csv', 2009, True, gen.as_csv(self.writer.customers(60, True), 'cp932')
        yield '業務/deploy/config.ini', 2017, True, (
            '[storage]\naws_access_key_id = %s\n[git]\ntoken = %s\n' % (
                self.values.aws(), self.values.github())).encode()
        yield '業務/backup.zip', 2012, True, documents.archive([
            ('backup/御見積書.docx', self.quotation(CLIENTS[0], 2012)),
            ('backup/名簿.csv', gen.as_csv(self.writer.customers(25, True), 'utf-8'))])


def partition_table():
    """One FAT32 (LBA) partition."""
    entry = struct.pack('<B3sB3sII', 0, b'\xfe\xff\xff', 0x0c, b'\xfe\xff\xff', START // 512,
                        (SIZE - START) // 512)
    return bytes(446) + entry + bytes(48) + b'\x55\xaa'


def tool(image, *words):
    environment = dict(os.environ, LC_ALL='C.UTF-8', MTOOLS_SKIP_CHECK='1', TZ='UTC')
    subprocess.run([words[0], '-i', '%s@@%d' % (image, START)] + list(words[1:]), check=True,
                   env=environment, stdout=subprocess.DEVNULL)


def main():
    image = sys.argv[1]
    with open(image, 'wb') as file:
        file.write(partition_table())
        file.truncate(SIZE)
    tool(image, 'mformat', '-F', '-v', 'BACKUP', '-T', str((SIZE - START) // 512), '::')
    files = list(Firm().files())
    made = set()
    with tempfile.TemporaryDirectory() as folder:
        for number, (path, year, _, data) in enumerate(files):
            parent = os.path.dirname(path)
            while parent and parent not in made:
                missing = parent
                while os.path.dirname(missing) and os.path.dirname(missing) not in made:
                    missing = os.path.dirname(missing)
                tool(image, 'mmd', '::/' + missing)
                made.add(missing)
            local = os.path.join(folder, str(number))
            with open(local, 'wb') as file:
                file.write(data)
            when = time.mktime((year, 3, 1 + number % 28, 9, 30, 0, 0, 0, 0))
            os.utime(local, (when, when))
            tool(image, 'mcopy', '-m', local, '::/' + path)
    for path, _, deleted, _ in files:
        if deleted:
            tool(image, 'mdel', '::/' + path)
    print('%s: %d files, %d of them deleted' % (image, len(files), sum(f[2] for f in files)))


if __name__ == '__main__':
    main()
