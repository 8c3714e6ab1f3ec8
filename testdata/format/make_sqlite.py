#!/usr/bin/env python3
"""Makes the databases in sqlite/ and sqlite_log/ beside it.  People are made up; addresses and numbers
are reserved ones."""
import io
import os
import shutil
import sqlite3
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
PEOPLE = [('山田 太郎', '営業部', 'taro@example.jp', '03-9999-0001'),
          ('佐藤 花子', '総務部', 'hanako@example.jp', '03-9999-0002'),
          ('髙橋 一郎', '開発部', 'ichiro@example.co.jp', '090-9999-0003')]


def save(name, path, folder='sqlite'):
    shutil.copy(path, os.path.join(HERE, folder, name + '.in'))


def make(name, build, folder='sqlite', suffix='', keep_open=False):
    with tempfile.TemporaryDirectory() as where:
        path = os.path.join(where, 'x.db')
        db = sqlite3.connect(path, isolation_level=None)
        db.execute('pragma page_size=1024')
        db.execute('pragma secure_delete=off')
        build(db)
        if keep_open:
            save(name, path + suffix, folder)
        db.close()
        if not keep_open:
            save(name, path + suffix, folder)


def kinds(db):
    db.execute('create table "顧客 一覧" (id INTEGER PRIMARY KEY, -- number\n'
               ' [氏名] TEXT NOT NULL DEFAULT (\'(none)\'), `部署` VARCHAR(20), mail, tel,\n'
               ' upper_mail TEXT GENERATED ALWAYS AS (upper(mail)) VIRTUAL, amount REAL,\n'
               ' CONSTRAINT u UNIQUE (mail))')
    for i, p in enumerate(PEOPLE):
        db.execute('insert into "顧客 一覧" (氏名, 部署, mail, tel, amount) values (?,?,?,?,?)',
                   p + (1000.25 * (i + 1),))
    db.execute('create table keyed (a TEXT, b INTEGER, c TEXT, PRIMARY KEY (c, b)) WITHOUT ROWID')
    db.executemany('insert into keyed values (?,?,?)',
                   [('first\tline\nsecond', 2, 'zz'), (None, -5, 'aa'), ('長い文' * 400, 7, 'mm')])
    db.execute('create table notes (n INTEGER PRIMARY KEY, body TEXT, data BLOB, tiny, added)')
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, 'w') as z:
        z.writestr(zipfile.ZipInfo('a.txt'), 'inside')
    db.execute('insert into notes values (7, ?, ?, 1, 2.5)',
               ('議事録。' * 600, 'バイナリの文'.encode()))
    db.execute('insert into notes values (9, ?, ?, -300, 1e20)', ('short', inner.getvalue()))
    db.execute('insert into notes values (-3, ?, ?, 9007199254740993, 0)',
               ('', b'\x00\x01\x02taro@example.jp\x00\xff\xfe' + '山田太郎'.encode() + b'\x00'))
    db.execute('alter table notes add column later TEXT')
    db.execute('create view v as select mail from "顧客 一覧" where mail <> \'x@example.jp\'')
    db.execute('create index i on notes (body)')


def many(db):
    db.execute('create table log (id INTEGER PRIMARY KEY, what TEXT)')
    db.execute('begin')
    for i in range(300):
        db.execute('insert into log values (?,?)', (i * 3, 'entry %d of 東雲' % i))
    db.execute('commit')


def wide(encoding):
    def build(db):
        db.execute('pragma encoding="%s"' % encoding)
        db.execute('create table 社員 (氏名, mail)')
        db.executemany('insert into 社員 values (?,?)', [(p[0], p[2]) for p in PEOPLE])
        db.execute('delete from 社員 where rowid=2')
    return build


def deleted(db):
    db.execute('create table person (id INTEGER PRIMARY KEY, name TEXT, dept TEXT, mail TEXT, '
               'tel TEXT)')
    for i in range(2):
        db.executemany('insert into person (name, dept, mail, tel) values (?,?,?,?)', PEOPLE)
    db.execute('delete from person where id in (2, 4, 5)')
    db.execute('create table gone (a TEXT, b TEXT)')
    for i in range(40):
        db.execute('insert into gone values (?,?)', ('消した人 %d' % i, 'gone%d@example.jp' % i))
    db.execute('insert into gone values (?, ?)', ('長文' * 800, 'end'))
    db.execute('drop table gone')


def vacuum(db):
    db.execute('pragma auto_vacuum=full')
    many(db)
    db.execute('delete from log where id > 150')


def wal(db):
    db.execute('pragma journal_mode=wal')
    db.execute('pragma wal_autocheckpoint=0')
    db.execute('create table person (name TEXT, mail TEXT)')
    for p in PEOPLE:
        db.execute('insert into person values (?,?)', (p[0], p[2]))
    db.execute('delete from person where rowid = 1')


def journal(db):
    db.execute('create table person (name TEXT, mail TEXT)')
    db.executemany('insert into person values (?,?)', [(p[0], p[2]) for p in PEOPLE])
    db.execute('pragma cache_size=1')
    db.execute('pragma cache_spill=1')
    db.execute('begin')
    db.execute('delete from person')
    for i in range(20):
        db.execute('insert into person values (?,?)', ('x' * 900, None))


def hole(db):
    """As a lost sector leaves it, in the middle of a long text."""
    db.execute('create table letter (text TEXT)')
    db.execute('insert into letter values (?)', ('株式会社東雲 ' * 10 + 512 * '\0' + ' 山田 太郎' * 10,))


if __name__ == '__main__':
    make('kinds', kinds)
    make('many', many)
    make('utf16le', wide('UTF-16le'))
    make('utf16be', wide('UTF-16be'))
    make('deleted', deleted)
    make('vacuum', vacuum)
    make('hole', hole)
    make('wal', wal, 'sqlite_log', '-wal', True)
    make('journal', journal, 'sqlite_log', '-journal', True)
