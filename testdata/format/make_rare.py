#!/usr/bin/env python3
"""Makes the fixtures of the rarer office formats: Ichitaro, Visio, Project, Publisher, OneNote, shell
links, property lists, DocuWorks, iWork.  People and places are made up.

    cd testdata/format && python3 make_rare.py

What is in the formats that nobody publishes is what docs/formats/*.md says of them."""
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
    ole = d.chunk(0x1F, inner, 2, 0)
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
    contents = b"\xE8\xAC\x2C\0".ljust(64, b"\0") + "ページの見本 A\0".encode("utf-16le")
    write("publisher", "story", cfb({
        "Quill": {"QuillSub": {"CONTENTS": quill}}, "Contents": contents.ljust(4608, b"\0"),
        "\x05SummaryInformation": summary([(4, "佐久間 真澄")])}, "Contents"))


if __name__ == "__main__":
    ichitaro()
    visio("v11", 11)
    visio("v6", 6)
    project()
    publisher()
