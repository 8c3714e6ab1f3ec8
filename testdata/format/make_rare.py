#!/usr/bin/env python3
"""Makes the fixtures of the rarer office formats: Ichitaro, Visio, Project, Publisher, OneNote, shell
links, property lists, DocuWorks, iWork.  People and places are made up.

    cd testdata/format && python3 make_rare.py

What is in the formats that nobody publishes is what docs/formats/*.md says of them."""
import hashlib
import os
import struct
import zlib


def write(folder, name, data):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name + ".in"), "wb") as f:
        f.write(data)


# ---- OLE2 --------------------------------------------------------------------------------------

def cfb(tree, last=None):
    """A compound file of {name: bytes or dict}.  The stream called last ends the file and is padded
    to whole sectors, so that no cut goes unnoticed."""
    entries = [dict(name="Root Entry", type=5, kids=[], data=b"")]

    def add(parent, node):
        for name in node:
            entries.append(dict(name=name, type=1 if isinstance(node[name], dict) else 2, kids=[],
                                data=b"" if isinstance(node[name], dict) else node[name]))
            index = len(entries) - 1
            entries[parent]["kids"].append(index)
            if isinstance(node[name], dict):
                add(index, node[name])

    add(0, tree)
    for e in entries:
        if e["name"] == last:
            e["data"] += b"\0" * (-len(e["data"]) % 512)
            while len(e["data"]) < 4096:
                e["data"] += b"\0" * 512
    mini, mini_fat = b"", []
    for e in entries:
        if e["type"] == 2 and len(e["data"]) < 4096:
            count = (len(e["data"]) + 63) // 64
            e["start"] = len(mini_fat) if count else 0xFFFFFFFE
            for i in range(count):
                mini_fat.append(len(mini_fat) + 1 if i + 1 < count else 0xFFFFFFFE)
            mini += e["data"] + b"\0" * (-len(e["data"]) % 64)
    sectors, fat = [], []

    def chain(data):
        data += b"\0" * (-len(data) % 512)
        start, count = len(sectors), len(data) // 512
        for i in range(count):
            sectors.append(data[i * 512:i * 512 + 512])
            fat.append(start + i + 1 if i + 1 < count else 0xFFFFFFFE)
        return start if count else 0xFFFFFFFE

    fat_at = len(sectors)
    sectors.append(b"")
    fat.append(0xFFFFFFFD)
    directory_at = len(sectors)
    count = (len(entries) * 128 + 511) // 512
    for i in range(count):
        sectors.append(b"")
        fat.append(directory_at + i + 1 if i + 1 < count else 0xFFFFFFFE)
    mini_fat += [0xFFFFFFFF] * (-len(mini_fat) % 128)
    mini_fat_at = chain(struct.pack("<%dI" % len(mini_fat), *mini_fat))
    entries[0]["start"] = chain(mini)
    entries[0]["data"] = mini
    for e in sorted((e for e in entries if e["type"] == 2), key=lambda e: e["name"] == last):
        if len(e["data"]) >= 4096:
            e["start"] = chain(e["data"])
    directory = b""
    for index, e in enumerate(entries):
        right = 0xFFFFFFFF
        for other in entries:
            if index in other["kids"]:
                at = other["kids"].index(index)
                right = other["kids"][at + 1] if at + 1 < len(other["kids"]) else 0xFFFFFFFF
        name = e["name"].encode("utf-16le") + b"\0\0"
        directory += name.ljust(64, b"\0") + struct.pack(
            "<HBBIII", len(name), e["type"], 1, 0xFFFFFFFF, right,
            e["kids"][0] if e["kids"] else 0xFFFFFFFF) + b"\0" * 36 + struct.pack(
            "<IQ", e.get("start", 0), len(e["data"]))
    directory = directory.ljust(count * 512, b"\0")
    for i in range(count):
        sectors[directory_at + i] = directory[i * 512:i * 512 + 512]
    assert len(fat) <= 128
    fat += [0xFFFFFFFF] * (128 - len(fat))
    sectors[fat_at] = struct.pack("<128I", *fat)
    head = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + b"\0" * 16 + struct.pack(
        "<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, directory_at, 0, 4096,
        mini_fat_at, 1 if mini else 0, 0xFFFFFFFE, 0, fat_at) + b"\xFF" * 432
    return head[:512] + b"".join(sectors)


def summary(properties):
    """\\5SummaryInformation in CP932."""
    body, index = b"", b""
    items = [(1, struct.pack("<IhH", 2, 932, 0))]
    for key, value in properties:
        raw = value.encode("cp932") + b"\0"
        items.append((key, struct.pack("<II", 30, len(raw)) + raw + b"\0" * (-len(raw) % 4)))
    at = 8 + 8 * len(items)
    for key, value in items:
        index += struct.pack("<II", key, at + len(body))
        body += value
    section = struct.pack("<II", at + len(body), len(items)) + index + body
    return struct.pack("<HHI16sI16sI", 0xFFFE, 0, 2, b"\0" * 16, 1, b"\xE0\x85\x9F\xF2" + b"\0" * 12,
                       48) + section


# ---- LHA's -lh5-, literals only ------------------------------------------------------------------

def lh5(data):
    bits = ""
    for at in range(0, len(data), 0xF000):
        block = data[at:at + 0xF000]
        bits += format(len(block), "016b") + format(0, "05b") + format(10, "05b")
        bits += format(256, "09b") + format(0, "04b") + format(0, "04b")
        bits += "".join(format(b, "08b") for b in block)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


# ---- Ichitaro ------------------------------------------------------------------------------------

def units(text):
    raw = text.encode("utf-16be")
    return list(struct.unpack(">%dH" % (len(raw) // 2), raw))


def record(kind, payload):
    size = 4 + len(payload) + 4
    return [0x1C, kind, size, 0] + payload + [size, 0, kind, 0x1F]


def inline(a, b, text):
    return [0x1C, 1, 7, 0, a, b, 0x1D] + units(text) + [0x1E, 5, 0, 1, 0x1F]


def cell(left, right, text):
    return record(0x30, [left, right, 0xFF, 0]) + units(text)


def text_piece(words, styles=b"\0\0\0\0\1\xFF"):
    return b"TextV.01" + struct.pack(">I", len(words)) + struct.pack(">%dH" % len(words), *words) + \
        styles


def block_store(subs, order=1):
    """order -1: blocks from the end, so that only the directory knows."""
    blocks, directory = [], b""
    for index, sub in enumerate(subs):
        count = (len(sub) + 255) // 256
        pieces = [sub[i * 256:i * 256 + 256].ljust(256, b"\0") for i in range(count)]
        ids = list(range(len(blocks), len(blocks) + count))
        placed = [b""] * count
        for k, piece in enumerate(pieces):
            placed[k if order > 0 else count - 1 - k] = piece
        blocks += placed
        if order < 0:
            ids.reverse()
        directory += struct.pack(">IIIII", index, 0, len(sub), count, count) + \
            struct.pack(">%dI" % count, *ids)
    return b"SsmgV.01" + struct.pack(">III", len(subs), 256, len(blocks)) + b"".join(blocks) + \
        directory + b"\0" * 4


def ichitaro_body():
    words = record(0x10, [0, 0x24, 1, 1, 0xFFFF, 0]) + units("顧客訪問の記録\n")
    words += units("担当は") + inline(0, 3, "佐久間") + inline(1, 0x82, "さくま") + \
        units("真澄です。連絡先は ") + units("m.sakuma@example.jp\n")
    words += inline(0, 1, "○○○") + inline(1, 0, "ここに名前を入れる") + [0x0A]
    for row in (("氏名", "部署", "電話"), ("𠮷田 春樹", "営業二課", "03-0000-1234")):
        words += record(0x10, [0, 0x8F, 3, 40, 0, 0, 0xFFFF, 0])
        for i, text in enumerate(row):
            words += cell(i * 20, i * 20 + 19, text) + ([0x0A] if i == 1 else [])
        words += [0x0E]
    words += record(0x20, [0x31, 0, 0, 0]) + [0x0A]
    for i in range(30):
        words += units("議事 %d：検収書を北斗電機へ送り、控えを総務が保管する。\n" % (i + 1))
    return words + [0x0C] + units("次のページ\n")


def ichitaro():
    body = ichitaro_body()
    summary_stream = summary([(2, "訪問記録"), (4, "佐久間 真澄"), (6, "一太郎 13 文書"),
                              (7, "N:\\営業\\訪問記録.jtd")])
    tree = {
        "\x05SummaryInformation": summary_stream,
        "\x04JSRV_SummaryInformation": b"\4\0\0\x31" + "作成者".encode("utf-16le").ljust(72, b"\0") +
        struct.pack("<I", 12).ljust(16, b"\0") + "佐久間 真澄\0".encode("utf-16le"),
        "Header": block_store([text_piece(units("社外秘\n")), text_piece(units("東雲商事\n"))]),
        "Footnote": block_store([text_piece([0] + inline(0, 1, "*1") + units("単価は税抜き。") + [0x0D])]),
        "LayoutBoxText": block_store([text_piece(units("枠の中の注意書き\n"))]),
        "LineMark": b"\x09\x08" + b"\0" * 30,
        "DocumentText": block_store([text_piece(body)], -1),
    }
    write("jtd", "body", cfb(tree, "DocumentText"))
    half = len(body) // 2 + 3
    pieces = [text_piece(body[:half]), text_piece(body[half:])]
    listed = b"QLSTV.01" + struct.pack(">IIIII", 2, half, 1, len(body) - half, 2)
    subs = [listed]
    # the pieces of a list are stored without their mark
    subs += [p[12:] for p in pieces]
    write("jtd", "pieces", cfb({"DocumentText": block_store(subs)}, "DocumentText"))
    broken = block_store([text_piece(body)])
    write("jtd", "no-directory", cfb({"DocumentText": broken[:20 + 256 * (len(broken) // 300)]},
                                     "DocumentText"))
    old = b"DocText \0\0\0\0" + "一太郎の古い版で書いた本文です。\r\n".encode("cp932")
    write("jtd", "no-store", cfb({"DocumentText": old.ljust(5000, b"\0")}, "DocumentText"))
    inner = cfb({"DocumentText": block_store([text_piece(units("圧縮した文書\n"))])})
    packed = lh5(inner)
    head = b"-lh5-" + struct.pack("<IIIBBB", len(packed), len(inner), 0, 0x20, 0, 0) + b"\0\0"
    stream = b"\x26\0JustCompressedDocument".ljust(38, b"\0") + bytes([len(head), 0]) + head + packed
    write("jtdc", "packed", cfb({"JSCompDocument": stream}, "JSCompDocument"))
    old = bytearray(0x800)
    old[0:4] = b"DOC\0"
    old[43] = 0x15
    old[0x3C:0x40] = struct.pack("<I", 0x22028919)
    old[0x100:0x110] = "営業日報".encode("cp932").ljust(16, b"\0")
    text = b"\x1F\x41\x06\0\0\0" + "顧客名簿".encode("cp932") + b"\xFEA" + b"\x1C\x01\x02" + \
        "氏名：佐久間 真澄".encode("cp932") + b"\xFEB\xFD\x21\xFD\x22" + \
        "電話：03-0000-1234".encode("cp932") + b"\xFEA"
    write("ichitaro", "old", bytes(old) + struct.pack("<I", len(text)) + text)


# ---- Visio ---------------------------------------------------------------------------------------

def lzss(data):
    """Visio's packing, literals only."""
    out = b""
    for at in range(0, len(data), 8):
        out += b"\xFF" + data[at:at + 8]
    return out


class Drawing:
    def __init__(self, version):
        self.version = version
        self.data = b"Visio (TM) Drawing\r\n\0".ljust(0x1A, b"\0") + bytes([version, 0])
        self.data = self.data.ljust(0x80, b"\0")

    def pointer(self, kind, body, form):
        packed = lzss(body) if form & 2 else body
        at = len(self.data)
        self.data += packed
        return struct.pack("<IIIIH", kind, 0, at, len(packed), form)

    def blob(self, kind, body, form):
        return self.pointer(kind, struct.pack("<I", len(body)) + body if form & 2 else body, form)

    def list(self, kind, pointers, form=0x50, fields=b""):
        head = struct.pack("<I", 8 + len(fields)) + b"\0" * 4 + fields
        body = head + struct.pack("<III", 0, len(pointers), 0) + b"".join(pointers)
        # the first number counts from the list's end of fields
        body = struct.pack("<I", len(head) + 4) + body[4:]
        if form & 2:
            return self.pointer(kind, b"\0\0\0\0" + body, form)
        return self.pointer(kind, body, form)

    def chunk(self, kind, body, level=1, unknown=0x50, trailer=b""):
        return struct.pack("<IIIIHB", kind, 1, 0, len(body), level, unknown) + body + trailer

    def text(self, text):
        raw = (text + "\0").encode("utf-16le" if self.version >= 11 else "cp932")
        return self.chunk(0x0E, b"\0" * 8 + raw)

    def string(self, text):
        raw = (text + "\0").encode("utf-16le" if self.version >= 11 else "cp932")
        return b"\x60" + bytes([len(raw) // 2 - 1 if self.version >= 11 else len(raw) - 1]) + raw

    def file(self, trailer):
        at = len(self.data)
        self.data += trailer
        self.data = self.data[:0x24] + struct.pack("<IIIIH", 0x14, 0, at, len(trailer), 0x50) + \
            self.data[0x24 + 18:]
        return self.data


def visio(name, version):
    d = Drawing(version)
    chunks = d.chunk(0x48, b"\0" * 40) + d.text("組織図：営業二課 佐久間 真澄") + \
        d.chunk(0xB6, b"\x01\0\0\0" + d.string("担当者") + d.string("森下") +
                d.string("mori@example.jp"), 2, 0x50, b"\0" * 4 if version >= 11 else b"")
    inner = cfb({"Note": b"x" * 40})
    ole = d.chunk(0x1F, inner[:2048], 2, 0) + d.chunk(0x1F, inner[2048:], 2, 0)
    pages = []
    for i, text in enumerate(("ネットワーク構成", "見積 03-0000-1234")):
        shape = d.pointer(0x48, d.text(text) + (chunks if i == 0 else ole), 0xD6 if i else 0xD4)
        pages.append(d.list(0x15, [shape], 0x56 if i else 0x54))
    pages = d.list(0x27, pages)
    names = d.blob(0x2D, "背景ページ\0".encode("utf-16le") if version >= 11 else
                   "背景ページ\0".encode("cp932"), 0x46)
    loop = struct.pack("<IIIIH", 0x27, 0, 0x80, 200, 0x50)
    trailer = d.list(0x14, [pages, names, loop])
    at, size = struct.unpack_from("<II", trailer, 8)
    body = d.data[at:at + size]
    tree = {"\x05SummaryInformation": summary([(2, "組織図"), (4, "佐久間 真澄")]),
            "VisioDocument": d.file(body)}
    write("visio", name, cfb(tree, "VisioDocument"))


# ---- Project and Publisher -----------------------------------------------------------------------

def table(rows, wide):
    """VarMeta and Var2Data of (row, type, value)."""
    data = b"\0" * 8
    meta = b""
    for row, kind, value in rows:
        if wide:
            meta += struct.pack("<IIHH", row, len(data), kind, 0)
        else:
            meta += struct.pack("<II", row | kind << 24, len(data))
        data += struct.pack("<I", len(value)) + value
    head = struct.pack("<IIIIII", 0xFADFADBA, 0, len(rows), 0, 0, len(data))
    return {"VarMeta": head + meta, "Var2Data": data}


def project():
    def text(s):
        return (s + "\0").encode("utf-16le")

    tasks = [(1, 14, text("要件定義")), (1, 15, text("佐久間 真澄")), (2, 14, text("基本設計\tA")),
             (2, 16, b"{\\rtf1 note}"), (3, 14, b"\x01\x02\x03\x04"), (4, 14, b"\xEA\x1A\xCE\x27")]
    people = [(1, 1, text("森下 敬")), (1, 35, text("k.morishita@example.jp"))]
    props = ("総務部\0" * 3).encode("utf-16le").ljust(4500, b"\0")
    for name, outer, wide in (("2007", "   112", True), ("2003", "   19", False)):
        write("mpp", name, cfb({
            outer: {"TBkndTask": table(tasks, wide), "TBkndRsc": table(people, wide),
                    "Props": props},
            "\x05SummaryInformation": summary([(2, "開発計画"), (4, "佐久間 真澄")]),
        }, "Props"))


def publisher():
    text = "夏のお客様感謝会\rお申し込みは 03-0000-1234 佐久間まで\r".encode("utf-16le")
    link = struct.pack("<I", 1) + "http://www.example.jp/form\0".encode("utf-16le")
    at = 0x18 + 8 + 3 * 24 + 8
    chunks = [(b"TEXT", text, at), (b"PL  ", link, at + len(text)),
              (b"FONT", b"\0" * 16, at + len(text) + len(link))]
    quill = b"CHNKINK ".ljust(0x18, b"\0") + struct.pack("<HHI", 0, 3, 0xFFFFFFFF)
    for name, body, where in chunks:
        quill += struct.pack("<H4sHI4sII", 0x18, name, 0, 1, name, where, len(body))
    quill += b"\0" * 8 + b"".join(c[1] for c in chunks)
    write("works", "letter", b"CHNKWKS " + quill[8:])
    contents = b"\xE8\xAC\x2C\0".ljust(64, b"\0") + "ページの見本 A\0".encode("utf-16le")
    write("publisher", "story", cfb({
        "Quill": {"QuillSub": {"CONTENTS": quill}}, "Contents": contents.ljust(4608, b"\0"),
        "\x05SummaryInformation": summary([(4, "佐久間 真澄")])}, "Contents"))


# ---- OneNote -------------------------------------------------------------------------------------

class Section:
    """A section (MS-ONESTORE): what others point to is written first, the header last."""

    def __init__(self):
        self.data = bytearray(1024)

    def add(self, raw):
        at = len(self.data)
        self.data += raw
        return struct.pack("<QI", at, len(raw))

    def node(self, kind, body=b"", ref=None, base=1):
        """A node; its reference, when it has one, in the longest form."""
        body = (ref if ref else b"") + body
        head = kind | (4 + len(body)) << 10 | (base if ref else 0) << 27 | 1 << 31
        return struct.pack("<I", head) + body

    def list(self, nodes, split=False):
        """In two fragments when split."""
        rest = struct.pack("<QI", 0xFFFFFFFFFFFFFFFF, 0)
        if split:
            rest = self.list(nodes[len(nodes) // 2:])
            nodes = nodes[:len(nodes) // 2] + [struct.pack("<I", 0xFF | 4 << 10)]
        raw = struct.pack("<QII", 0xA4567AB1F5F7F4C4, 0x10, 0) + b"".join(nodes) + b"\0\0\0\0"
        return self.add(raw + rest + struct.pack("<Q", 0x8BC215C38233BA4B))

    def object(self, compact, kind, properties, references=(), node=0xA4):
        """properties: (id, bytes or None)."""
        raw = struct.pack("<I", 0x80000000 | len(references))
        raw += b"".join(struct.pack("<I", r) for r in references)
        raw += struct.pack("<H", len(properties))
        raw += b"".join(struct.pack("<I", p) for p, _ in properties)
        for p, value in properties:
            if p >> 26 & 31 == 7:
                raw += struct.pack("<I", len(value)) + value
            elif value is not None:
                raw += value
        body = struct.pack("<I", compact)
        if node == 0xA4:
            body += struct.pack("<IBB", kind, 0, 1)
        else:
            body += b"\0"
        return self.node(node, body, self.add(raw))

    def file(self, root):
        head = bytes.fromhex("E4525C7B8CD8A74DAEB15378D02996D3") + b"\1" * 16 + b"\0" * 16 + \
            bytes.fromhex("3FDD9A101B91F549A5D01791EDC8AED8")
        self.data[:len(head)] = head
        self.data[172:184] = root
        return bytes(self.data)


def onenote():
    def text(s):
        return (s + "\0").encode("utf-16le")

    s = Section()
    guid, other = b"\xA0" * 16, b"\xB0" * 16
    file_guid = bytes(range(16))
    shown = "<ifndf>{03020100-0504-0706-0809-0A0B0C0D0E0F}".encode("utf-16le")
    page, title, body, author, attached, data = (0x101 + i for i in range(6))
    table = [s.node(0x22), s.node(0x24, struct.pack("<I", 1) + guid),
             s.node(0x24, struct.pack("<I", 2) + other), s.node(0x28)]
    first = [s.object(body, 0x6000E, [(0x1C001C22, text("下書き：佐久間の電話は 03-0000-9999"))]),
             s.object(0x109, 0x6000E, [(0x1C001C22, text("消した段落"))])]
    second = [
        s.object(page, 0x6000B, [(0x24001C20, struct.pack("<I", 3)), (0x20001D78, None)],
                 (title, body, attached, author)),
        s.object(title, 0x6002C, [(0x1C001CF3, text("定例会議 3 月")), (0x1C00345A, text("PageTitle"))]),
        s.object(body, 0, [(0x1C001C22, text("佐久間 真澄の電話は 03-0000-1234"))], (), 0x41),
        s.object(author, 0x120051, [(0x1C001D75, text("森下 敬")), (0x1C001C0A, text("Calibri"))]),
        s.object(attached, 0x60035, [(0x1C001D9C, text("名簿.txt")), (0x20001D9B, None),
                                     (0x40001C9F, struct.pack("<II", 1, 0x44001D00) +
                                      struct.pack("<HI", 1, 0x1C003498) +
                                      struct.pack("<I", 18) + b"tag: follow up 44\0")],
                 (data,)),
        s.node(0x72, struct.pack("<IIB", data, 0x80036, 1) +
               struct.pack("<I", len(shown) // 2) + shown + struct.pack("<I", 4) +
               ".txt".encode("utf-16le")),
    ]
    group = s.list(table + first)
    later = s.list(table + second, True)
    root = s.node(0x5A, guid + struct.pack("<II", 1, 1))
    revisions = s.list([s.node(0x14, b"\0" * 24), s.node(0x1E, b"\0" * 46),
                        s.node(0xB0, b"\0" * 20, group, 2), root, s.node(0x1C),
                        s.node(0x1E, b"\0" * 46), s.node(0xB0, b"\0" * 20, later, 2), root,
                        s.node(0x1C)])
    space = s.list([s.node(0x0C, b"\0" * 20), s.node(0x10, b"", revisions, 2)])
    content = "氏名,電話\r\n佐久間,03-0000-1234\r\n".encode("cp932")
    stored = s.add(bytes.fromhex("E716E3BD65261145A4C48D4D0B7A9EAC") +
                   struct.pack("<QIQ", len(content), 0, 0) + content)
    files = s.list([s.node(0x94, file_guid, stored)])
    root_list = s.list([s.node(0x08, b"\0" * 20, space, 2), s.node(0x90, b"", files, 2)])
    write("one", "page", s.file(root_list))
    packed = bytearray(s.file(root_list))
    packed[48:64] = bytes.fromhex("2FE98D63D4A6C14B9A36B3FC2511A5B7")
    write("one", "packaging", bytes(packed))


# ---- shell links and property lists --------------------------------------------------------------

def link():
    def wide(s):
        return struct.pack("<H", len(s)) + s.encode("utf-16le")

    ticks = 0x01D5F00000000000
    head = bytes.fromhex("4C0000000114020000000000C000000000000046") + struct.pack(
        "<IIQQQIIIHHII", 0x9F, 0x20, ticks, ticks, ticks, 4096, 0, 1, 0, 0, 0, 0)
    item = b"\x32\0" + b"\0" * 10 + "MEIBO~1.XLS".encode() + b"\0\0" + "顧客名簿.xls\0".encode("utf-16le")
    items = struct.pack("<H", len(item) + 2) + item + b"\0\0"
    items = struct.pack("<H", len(items)) + items
    label = "営業\0".encode("cp932")
    volume = struct.pack("<IIII", 16 + len(label), 2, 0x1234ABCD, 16) + label
    base = "E:\\名簿\\顧客名簿.xls\0".encode("cp932")
    share = "\\\\fs01\\eigyo\0".encode("cp932")
    network = struct.pack("<IIIII", 20 + len(share), 0, 20, 0, 0) + share
    at = 28
    info = struct.pack("<IIIIII", 28, 3, at, at + len(volume), at + len(volume) + len(base),
                       at + len(volume) + len(base) + len(network)) + volume + base + network + b"\0"
    info = struct.pack("<I", len(info) + 4) + info
    strings = wide("得意先の一覧") + wide(".\\顧客名簿.xls") + wide("E:\\名簿") 
    tracker = struct.pack("<IIII", 0x60, 0xA0000003, 0x58, 0) + b"pc-sakuma\0".ljust(16, b"\0")
    tracker += b"\1" * 16 + bytes.fromhex("00112233445566117788020000AABBCC") + b"\2" * 32
    shown = head + items + info + strings + tracker + b"\0" * 4
    write("lnk", "file", shown)
    listed = struct.pack("<II", 3, 1) + b"\0" * 24 + b"\0" * 72 + b"pc-sakuma".ljust(16, b"\0") + \
        struct.pack("<H", 14) + "E:\\名簿\\顧客名簿.xls".encode("utf-16le") + b"\0\0"
    write("jumplist", "recent", cfb({"1": shown, "2a": shown, "DestList": listed}, "DestList"))


def plists():
    import plistlib
    import datetime
    inner = plistlib.dumps({"address": "m.sakuma@example.jp"}, fmt=plistlib.FMT_BINARY)
    value = {
        "Account": {"Name": "佐久間 真澄", "Mail": "m.sakuma@example.jp", "Age": 41, "Rate": 1.5,
                    "Off": False},
        "Recent": ["顧客名簿.xlsx", "見積\n第 2 版.docx", {"Path": "/Volumes/営業/a & b.txt"}],
        "Since": datetime.datetime(2012, 4, 1, 9, 30),
        "Nested": inner, "Bytes": b"\0\1\2" + "東雲商事".encode() + b"\0" * 20, "Plain": b"text as data",
    }
    write("plist", "binary", plistlib.dumps(value, fmt=plistlib.FMT_BINARY))
    write("plist", "xml", plistlib.dumps(value, fmt=plistlib.FMT_XML).strip())
    whole = plistlib.dumps(value, fmt=plistlib.FMT_BINARY)
    write("plist", "no-trailer", whole[:len(whole) - 40])
    uid = plistlib.UID
    objects = ["$null", {"$class": uid(5), "NS.keys": [uid(2), uid(8)], "NS.objects": [uid(3), uid(2)]},
               "連絡先",
               {"$class": uid(5), "NS.objects": [uid(4), uid(6)]},
               {"$class": uid(5), "NS.string": "03-0000-1234"}, {"$classname": "NSDictionary"},
               {"$class": uid(5), "NS.time": 355000000.0}, "nobody points here",
               {"$class": uid(5), "NS.string": "別名"}]
    write("plist", "archive", plistlib.dumps(
        {"$version": 100000, "$archiver": "NSKeyedArchiver", "$top": {"root": uid(1)},
         "$objects": objects}, fmt=plistlib.FMT_BINARY))
    # an array that holds itself, and shared arrays in shared arrays
    body = b"bplist00" + b"\xA2\x00\x00"
    write("plist", "circle", body + b"\x08" + b"\0" * 6 + bytes([1, 1]) +
          struct.pack(">QQQ", 1, 0, len(body)))
    body, table = b"bplist00", b""
    for i in range(30):
        table += bytes([len(body)])
        body += bytes([0xA2, i + 1, i + 1])
    table += bytes([len(body)])
    body += b"\x52hi"
    write("plist", "bomb", body + table + b"\0" * 6 + bytes([1, 1]) +
          struct.pack(">QQQ", 31, 0, len(body)))


# ---- packages ------------------------------------------------------------------------------------

def package(parts):
    import io
    import zipfile
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, body in parts:
            info = zipfile.ZipInfo(name, (2016, 4, 1, 9, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            z.writestr(info, body)
    return out.getvalue()


def vsdx():
    types = "".join('<Override PartName="/%s" ContentType="application/%s"/>' % p for p in (
        ("visio/document.xml", "vnd.ms-visio.drawing.main+xml"),
        ("visio/pages/pages.xml", "vnd.ms-visio.pages+xml"),
        ("visio/pages/page1.xml", "vnd.ms-visio.page+xml"),
        ("visio/masters/masters.xml", "vnd.ms-visio.masters+xml"),
        ("visio/masters/master1.xml", "vnd.ms-visio.master+xml"),
        ("visio/comments.xml", "vnd.ms-visio.comments+xml"),
        ("visio/data/recordset1.xml", "vnd.ms-visio.recordset+xml"),
        ("docProps/core.xml", "vnd.openxmlformats-package.core-properties+xml")))
    page = """<PageContents><Shapes><Shape ID='1'><Cell N='PinX' V='1.5'/>
<Section N='Geometry'><Row T='MoveTo'><Cell N='X' V='0'/></Row></Section>
<Section N='Property'><Row N='Row_1'><Cell N='Value' V='佐久間 真澄' U='STR'/><Cell N='Prompt' V=''/>
<Cell N='Label' V='担当者'/></Row><Row><Cell N='Value' V='03-0000-1234'/><Cell N='Label' V='電話'/></Row></Section>
<Section N='User'><Row N='v'><Cell N='Value' V='15'/></Row></Section>
<Section N='Hyperlink'><Row N='Row_1'><Cell N='Description' V='名簿'/>
<Cell N='Address' V='file://fs01/meibo.xlsx'/></Row></Section>
<Text><cp IX='0'/>組織図 &amp; 内線<fld IX='0'>2016/04/01</fld>
営業二課</Text></Shape></Shapes></PageContents>"""
    write("vsdx", "drawing", package([
        ("[Content_Types].xml", "<Types>" + types + "</Types>"),
        ("_rels/.rels", "<Relationships/>"),
        ("docProps/core.xml", "<cp:coreProperties><dc:creator>佐久間 真澄</dc:creator>"
         "<dc:title>組織図</dc:title></cp:coreProperties>"),
        ("visio/document.xml", "<VisioDocument/>"),
        ("visio/pages/pages.xml", "<Pages><Page ID='0' Name='営業部' NameU='Page-1'/></Pages>"),
        ("visio/pages/page1.xml", page),
        ("visio/pages/_rels/page1.xml.rels", "<Relationships><Relationship Id='r1' TargetMode='External' "
         "Target='http://www.example.jp/' Type='x/hyperlink'/></Relationships>"),
        ("visio/masters/masters.xml", "<Masters><Master Name='人'/></Masters>"),
        ("visio/masters/master1.xml", "<MasterContents><Shapes><Shape><Text>役職</Text></Shape></Shapes>"
         "</MasterContents>"),
        ("visio/comments.xml", "<Comments><AuthorList><AuthorEntry ID='1' Name='森下 敬' Initials='M'/>"
         "</AuthorList><CommentList><CommentEntry AuthorID='1' PageID='0'>内線を直すこと</CommentEntry>"
         "</CommentList></Comments>"),
        ("visio/data/recordset1.xml", "<xml><rs:data><z:row c0='佐久間' c1='営業二課'/><z:row c0='森下' "
         "c1='総務'/></rs:data></xml>")]))


def varint(n):
    out = b""
    while n > 0x7F:
        out += bytes([n & 0x7F | 0x80])
        n >>= 7
    return out + bytes([n])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, str):
        value = value.encode()
    return varint(number << 3 | 2) + varint(len(value)) + value


def iwa(messages):
    archive = b""
    for kind, body in messages:
        head = field(1, 7) + field(2, field(1, kind) + field(3, len(body)))
        archive += varint(len(head)) + head + body
    # a literal, and the last message once more as a copy
    last = len(varint(len(head)) + head + body)
    packed = varint(len(archive) + last)
    packed += bytes([61 << 2]) + struct.pack("<H", len(archive) - 1) + archive
    packed += bytes([last - 1 << 2 | 2]) + struct.pack("<H", last)
    block = packed
    return b"\0" + struct.pack("<I", len(block))[:3] + block


def iwork():
    def document(extra):
        tail = [(1, b"")]
        return [
            ("Index/Document.iwa", iwa([
                (2001, field(1, 0) + field(3, "顧客訪問の記録\n担当は佐久間 真澄\u2028電話 03-0000-1234\n")),
                (3056, field(1, "金額を確かめること")), (212, field(1, "森下 敬")),
                (9999, field(1, field(2, "議事録 案") + field(3, "plain")))] + tail)),
            ("Index/ViewState.iwa", iwa([(1, b"")])), ("Index/CalculationEngine.iwa", iwa([(1, b"")])),
            ("Metadata/Properties.plist", "<plist/>")] + extra

    write("iwork", "pages", package(document([])))
    write("iwork", "numbers", package(document([
        ("Index/Tables/DataList.iwa", iwa([(6005, field(1, 1) + field(3, field(1, 1) + field(3, "氏名")) +
                                            field(3, field(1, 2) + field(3, "佐久間 真澄")))])),
        ("Index/Tables/Tile.iwa", iwa([(6002, field(5, field(1, 0) + field(6, b"\5\2")))]))])))
    xml = """<?xml version="1.0"?><sl:document><sl:metadata><sf:authors><sf:string sfa:string="佐久間 真澄"/>
</sf:authors></sl:metadata><sf:text-body><sf:p>訪問<sf:tab/>記録<sf:br/></sf:p><sf:p><sf:ghost-text>見本</sf:ghost-text>
<sf:span>担当 <sf:link href="mailto:m.sakuma@example.jp">佐久間</sf:link></sf:span></sf:p></sf:text-body>
<sf:tabular-model sf:name="名簿"><sf:grid sf:numcols="3"><sf:datasource><sf:t><sf:ct sfa:s="氏名"/></sf:t>
<sf:t><sf:ct sfa:s="電話"/></sf:t><sf:g/><sf:t><sf:ct sfa:s="森下"/></sf:t><sf:n sf:v="-872.39999999999998"/>
<sf:d sf:cell-date="278726400"/><sf:t><sf:so><sf:text-body><sf:p>段落の<sf:br/>セル</sf:p></sf:text-body></sf:so></sf:t>
<sf:f><sf:r><sf:rn sf:v="7"/></sf:r></sf:f><sf:g/></sf:datasource></sf:grid></sf:tabular-model></sl:document>"""
    write("iwork09", "pages", package([("buildVersionHistory.plist", "<plist/>"), ("index.xml", xml)]))


# ---- DocuWorks -----------------------------------------------------------------------------------

def element(tag, value):
    if isinstance(value, int):
        size = max(1, (value.bit_length() + 8) // 8)
        value = value.to_bytes(size, "big")
    if len(value) < 0x80:
        length = bytes([len(value)])
    elif len(value) < 0xFF:
        length = b"\x81" + bytes([len(value)])
    else:
        length = b"\x84" + struct.pack(">I", len(value))
    return (tag if isinstance(tag, bytes) else bytes([tag])) + length + value


def emf(lines):
    records = b""
    for i, text in enumerate(lines):
        raw = text.encode("utf-16le")
        raw += b"\0" * (-len(raw) % 4)
        records += struct.pack("<II16xIffIIIII16xI", 84, 76 + len(raw), 1, 1.0, 1.0, 10, i * 20,
                               len(text), 76, 0, 0) + raw
    small = "注".encode("utf-16le")
    records += struct.pack("<IIIIIIIff", 108, 36 + 4, 10, 99, 1, 0x100, 1, 1.0, 1.0) + small + b"\0\0"
    records += struct.pack("<IIIII", 14, 20, 0, 0, 20)
    head = struct.pack("<II32xI", 1, 108, 0x464D4520).ljust(108, b"\0")
    return head + records


def docuworks():
    drawing = emf(["見積書", "株式会社東雲 御中", "担当 佐久間 03-0000-1234"])
    original = "氏名,電話\r\n森下,03-0000-5678\r\n".encode("cp932")
    page = element(0x80, 4) + element(0x81, len(drawing)) + element(0x8A, 1) + \
        element(0x86, lh5(drawing))
    wmf = struct.pack("<HHHIHIH", 1, 9, 0x300, 0, 0, 0, 0)
    old = "検収済".encode("cp932")
    wmf += struct.pack("<IHH", 3 + 1 + 3 + 2, 0x0521, len(old)) + old + struct.pack("<HH", 5, 5)
    wmf += struct.pack("<IH", 3, 0)
    entries = element(0x64, element(0x81, 0) + element(0x82, page))
    entries += element(0x64, element(0x81, 0) + element(0x82, lh5(original)))
    reference = element(0x81, 1) + element(0x82, len(original)) + element(0x83, len(lh5(original)))

    def properties(note):
        inline = element(0x80, 1) + element(0x86, wmf)
        return element(0x62, element(0x80, 0) + element(0x62, b"\xC0\x13") +
                       element(0x84, "営業二課の見積\0".encode("cp932"))) + \
            element(0x62, element(0x80, 3) + element(0x62, b"\x80\x11") +
                    element(b"\x9F\x8F\x51", (note + "\0").encode("utf-16le")) + element(0x87, inline) +
                    element(b"\x9F\x8F\x52", reference))

    data = element(0x60, element(0x82, 10) + element(0x80, 1) + element(0x83, 1))
    for note, new in (("値引きを相談", entries), ("値引きは了承", b"")):
        block = properties(note)
        packed = lh5(block)
        trailer = element(0x80, 2) + element(0x83, len(block)) + element(0x84, len(packed)) + \
            element(0x85, b"\0\0\0\0") + element(0x86, b"\0\0\0\0")
        data += element(0x61, new + element(0x63, packed) + element(0x68, trailer))
    write("xdw", "quotation", data)


# ---- Hangul -------------------------------------------------------------------------------------

def hangul():
    def record(tag, level, body):
        if len(body) < 0xFFF:
            return struct.pack("<I", tag | level << 10 | len(body) << 20) + body
        return struct.pack("<II", tag | level << 10 | 0xFFF << 20, len(body)) + body

    def units(text):
        return text.encode("utf-16le")

    def placed(code, name):
        return struct.pack("<H", code) + name[::-1].encode() + bytes(8) + struct.pack("<H", code)

    def paragraph(level, text):
        return record(66, level, bytes(22)) + record(67, level + 1, text + units("\r"))

    def control(name, level, body=b""):
        return record(71, level, name[::-1].encode() + body)

    def cell(column, row, text):
        return record(72, 2, struct.pack("<HHIHHHH", 1, 0, 0, column, row, 1, 1) + bytes(30)) + paragraph(2, text)

    section = paragraph(0, placed(2, "secd") + units("거래처 명부 (取引先名簿)"))
    section += paragraph(0, placed(11, "tbl "))
    section += control("tbl ", 1) + record(77, 2, bytes(20))
    for row, words in enumerate((("성명", "전화"), ("김도윤", "070-0000-1234"), ("佐久間 真澄", "03-0000-5678"))):
        for column, word in enumerate(words):
            section += cell(column, row, units(word))
    section += paragraph(0, units("담당") + struct.pack("<H", 9) + bytes(12) + struct.pack("<H", 9) +
                         units("이서연 <seoyeon@example.jp>") + placed(17, "fn  "))
    section += control("fn  ", 1) + record(72, 2, bytes(8)) + paragraph(2, units("비공개 각주"))
    section += paragraph(0, units("끝" * 2100))
    tree = {"FileHeader": b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", 0x05000300, 1) + bytes(216),
            "PrvText": units("거래처 명부"), "DocInfo": b"", "BodyText": {},
            "BinData": {"BIN0001.txt": b""}}

    def packed(data):
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        return deflate.compress(data) + deflate.flush()

    tree["BodyText"]["Section0"] = packed(section)
    tree["BodyText"]["Section1"] = packed(paragraph(0, units("제2절 白石 健")))
    tree["BinData"]["BIN0001.txt"] = packed("첨부 memo 森下".encode("utf-8"))
    write("hwp", "roster", cfb(tree))
    # a program that nobody knows, with a document of a known one inside
    works = bytes(range(64)) + "発注書　白石 健 様\r\n連絡先 shiraishi@example.jp\r\n".encode("cp932") + bytes(300) + units("納期は翌月末です。") + bytes(600)
    write("ole2", "unknown", cfb({"MatOST": works, "Object 1": tree, "MM": b"\1\0\2\0" * 100}))
    deep = {"Deep": {"Note": "引継ぎ事項は森下まで。".encode("cp932") + bytes(80)}}
    write("ole2", "beside", cfb({"CONTENTS": "納品書 佐久間 真澄 様".encode("utf-8"), "Object 1": tree, "Object 2": deep}))
    tree["FileHeader"] = tree["FileHeader"][:36] + struct.pack("<I", 3) + tree["FileHeader"][40:]
    write("hwp", "password", cfb(tree))
    # for distribution: each section under a key in front of it
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    def distributed(data, seed):
        said = hashlib.sha1(b"himitsu").hexdigest().encode("utf-16le")
        head = bytearray(struct.pack("<I", seed) + bytes(seed & 15) + said).ljust(256, b"\x33")
        state, left, mask = seed, 0, 0
        for i in range(256):
            if left == 0:
                state = (state * 214013 + 2531011) & 0xFFFFFFFF
                mask = state >> 16 & 0xFF
                state = (state * 214013 + 2531011) & 0xFFFFFFFF
                left = (state >> 16 & 15) + 1
            if i >= 4:
                head[i] ^= mask
            left -= 1
        aes = Cipher(algorithms.AES(said[:16]), modes.ECB()).encryptor()
        return record(28, 0, bytes(head)) + aes.update(data + bytes(-len(data) % 16)) + aes.finalize()

    tree["FileHeader"] = tree["FileHeader"][:36] + struct.pack("<I", 5) + tree["FileHeader"][40:]
    tree["ViewText"] = {name: distributed(data, seed) for seed, (name, data) in
                        enumerate(tree["BodyText"].items(), 0x1234567)}
    tree["BodyText"] = {"Section0": packed(paragraph(0, units("배포용 문서") * 30))}
    write("hwp", "distributed", cfb(tree))


# ---- Lotus 1-2-3, Quattro Pro --------------------------------------------------------------------

def lotus():
    def record(code, body):
        return struct.pack("<HH", code, len(body)) + body

    def old(code, kind, column, row, value):
        return record(code, struct.pack("<BHH", kind, column, row) + value)

    def real(number):
        return struct.pack("<d", number)

    def text(words, page="cp932"):
        return words.encode(page) + b"\0"

    wk1 = record(0, struct.pack("<H", 0x0406)) + record(6, bytes(8)) + record(0x26, text("|社外秘|平成15年度"))
    wk1 += old(0x0F, 0xFF, 0, 0, text("'氏名")) + old(0x0F, 0xFF, 1, 0, text("^生年月日")) + \
        old(0x0F, 0xFF, 2, 0, text('"電話')) + old(0x0F, 0xFF, 4, 0, text("\\-"))
    # by columns: rows come together only when they are sorted
    wk1 += old(0x0F, 0xFF, 0, 1, text("'佐久間　真澄")) + old(0x0F, 0xFF, 0, 2, text("'白石 健"))
    wk1 += old(0x0E, 0xF9, 1, 1, real(24000)) + old(0x0D, 0xF2, 1, 2, struct.pack("<h", 29221))
    wk1 += old(0x0F, 0xFF, 2, 1, text("'03-0000-5678"))
    wk1 += old(0x10, 0xFF, 2, 2, struct.pack("<Q", 0x7FF0000000000000) + struct.pack("<H", 1) + b"\3") + \
        old(0x33, 0xFF, 2, 2, text("070-0000-1234"))
    wk1 += old(0x10, 0xF1, 3, 2, real(-1234.5) + struct.pack("<H", 1) + b"\3")
    write("lotus", "release2", wk1 + record(1, b""))

    def new(code, row, sheet, column, value):
        return record(code, struct.pack("<HBB", row, sheet, column) + value)

    def long_real(number):
        exponent = number.bit_length() - 1
        return struct.pack("<QH", number << (63 - exponent), exponent + 16383)

    wk4 = record(0, struct.pack("<H", 0x1002) + bytes(24))
    wk4 += record(0x1B, struct.pack("<HBB", 14000, 0, 0) + text("社員")) + \
        record(0x1B, struct.pack("<HBB", 14000, 1, 0) + text("売上"))
    wk4 += record(0x13, struct.pack("<BBH", 0, 0, 1) + bytes.fromhex("ff8004c000" "f9000540")) + \
        record(0x13, struct.pack("<BBHHH", 0, 2, 2, 0, 1))
    wk4 += new(0x16, 0, 0, 0, text("'氏名")) + new(0x16, 0, 0, 1, text("'入社日"))
    wk4 += new(0x16, 1, 0, 0, b"'" + b"".join(b"\x10" + c.encode("cp932") for c in "森下") + b"\0")
    wk4 += new(0x17, 1, 0, 1, long_real(32368)) + new(0x16, 2, 0, 0, text("'真鍋 あかり")) + \
        new(0x18, 2, 0, 1, struct.pack("<h", 15000 << 1))
    wk4 += new(0x18, 0, 1, 0, struct.pack("<h", 25 << 4 | 3 << 1 | 1)) + new(0x25, 0, 1, 1, struct.pack("<I", 12345 << 6 | 0x30 | 2))
    wk4 += new(0x27, 1, 1, 0, real(0.25)) + new(0x28, 1, 1, 1, real(1e6)) + new(0x1A, 1, 1, 2, text("合計"))
    wk4 += new(0x19, 1, 1, 3, struct.pack("<QH", 1 << 63, 16383 | 0x8000) + b"\3")
    write("lotus", "release4", wk4 + record(1, b""))

    def quattro(code, column, sheet, row, value):
        return record(code, struct.pack("<BBHH", column, sheet, row, 1) + value)

    wb1 = record(0, struct.pack("<H", 0x1001)) + record(0xC9, b"")
    wb1 += quattro(0x0F, 0, 0, 0, text("'Müller", "cp850")) + quattro(0x0D, 1, 0, 0, struct.pack("<h", -7))
    wb1 += quattro(0x0E, 2, 0, 0, real(2.5)) + quattro(0x0F, 0, 1, 0, text("'Übersicht der Umsätze für März, größere Aufträge", "cp850"))
    write("lotus", "quattro", wb1 + record(1, b""))
    write("lotus", "password", wk1[:6] + record(6, bytes(8)) + record(0x4B, bytes(4)) + wk1[18:60])


# ---- WordPerfect --------------------------------------------------------------------------------

def wordperfect():
    def document(major, front, body, key=0):
        head = b"\xFFWPC" + struct.pack("<IBBBBH", 16 + len(front), 1, 10, major, 1, key)
        return head.ljust(16, b"\0") + front + body

    def six(code, kind, flags=b"\0\0\0"):
        return bytes([code, kind]) + struct.pack("<H", 5 + len(flags)) + flags + bytes([code])

    body = six(0xDD, 0x0A) + b"Minutes\x80of\x81the\x80board" + six(0xD0, 4) + b"M\xF0\x47\x01\xF0ller\x80\xF0\x1D\x04\xF0" \
        b"secret\xF0\x1C\x04\xF0" + six(0xD0, 1) + b"well\x84known" + b"\xCC" + b"Name" + six(0xD0, 0x0A) + \
        b"090-0000-1234" + six(0xD0, 0x0B) + b"end\xD0broken"
    write("wordperfect", "six", document(2, "Kept by M. Example".encode("utf-16le"), body))
    write("wordperfect", "password", document(2, b"", bytes(range(64)), 0x1234))
    body = b"\xD0\x04\x06\0\0\0\0\0\x06\0\x04\xD0" + b"Offer for G\xC0\x47\x01\xC0nther\rExample\n" + \
        b"\xC1" + bytes(7) + b"\xC1" + b"well\xA9known, \xC3\x0C\xC3bold\xC4\x0C\xC4\n"
    write("wordperfect", "five", document(0, b"", body))


# ---- tables as text ------------------------------------------------------------------------------

def tables():
    def pair(kind, value):
        return "%s\r\n%s\r\n" % (kind, value)

    dif = 'TABLE\r\n0,1\r\n"顧客名簿"\r\nVECTORS\r\n0,2\r\n""\r\nTUPLES\r\n0,2\r\n""\r\nDATA\r\n0,0\r\n""\r\n'
    for row in (("氏名", "電話"), ("佐久間 真澄", 312345678), ("森下", True)):
        dif += pair("-1,0", "BOT")
        for cell in row:
            dif += pair("1,0", '"%s"' % cell) if isinstance(cell, str) else \
                pair("0,1", "TRUE") if cell is True else pair("0,%d" % cell, "V")
    write("dif", "table", (dif + "-1,0\r\nEOD").encode("cp932"))
    slk = "ID;PWXL;N;E\r\nP;PGeneral\r\nB;Y3;X3\r\n" \
        'C;Y1;X1;K"氏名"\r\nC;X3;K"電話"\r\nC;Y2;X1;K"佐久間;;真澄"\r\nF;P1;X3\r\nC;K312345678;ERC[-1]\r\nE'
    write("slk", "table", slk.encode("cp932"))


if __name__ == "__main__":
    tables()
    hangul()
    lotus()
    wordperfect()
    vsdx()
    iwork()
    docuworks()
    onenote()
    link()
    plists()
    ichitaro()
    visio("v11", 11)
    visio("v6", 6)
    project()
    publisher()
