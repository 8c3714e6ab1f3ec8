"""Writes OLE2 compound files (MS-CFB, version 3) for the fixtures of this folder.

    cfb({'Workbook': b'...', '_VBA_PROJECT_CUR': {'VBA': {'dir': b'...'}}})
"""
import struct

SECTOR, MINI, CUTOFF = 512, 64, 4096
END, FREE, FAT, NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF


def chain(table, data, size):
    """Appends the sectors of data to table; returns where they start and the bytes, padded."""
    count = -(-len(data) // size)
    if count == 0:
        return END, b''
    start = len(table)
    table.extend(range(start + 1, start + count))
    table.append(END)
    return start, data.ljust(count * size, b'\0')


def cfb(tree, class_id=bytes(16)):
    entries = [['Root Entry', 5, b'', NONE, NONE, class_id]]

    def add(branch, parent):
        names = sorted(branch, key=lambda n: (len(n), n.upper()))
        before = None
        for name in names:
            number = len(entries)
            value = branch[name]
            is_storage = isinstance(value, dict)
            entries.append([name, 1 if is_storage else 2, b'' if is_storage else value, NONE,
                            NONE, bytes(16)])
            if before is None:
                entries[parent][4] = number
            else:
                entries[before][3] = number
            before = number
            if is_storage:
                add(value, number)

    add(tree, 0)
    fat, body, mini_fat, mini = [], b'', [], b''
    starts = []
    for _, kind, data, *_ in entries:
        start = 0
        if kind == 2 and len(data) < CUTOFF:
            start, padded = chain(mini_fat, data, MINI)
            mini += padded
        elif kind == 2:
            start, padded = chain(fat, data, SECTOR)
            body += padded
        starts.append(start)
    starts[0], padded = chain(fat, mini, SECTOR)
    body += padded
    mini_size = len(mini)
    mini_start, padded = chain(fat, struct.pack(f'<{len(mini_fat)}I', *mini_fat), SECTOR)
    body += padded + b''
    directory = b''
    for (name, kind, data, right, child, clsid), start in zip(entries, starts):
        units = name.encode('utf-16-le')
        size = mini_size if kind == 5 else len(data)
        directory += (units.ljust(64, b'\0') + struct.pack('<HBBIII', len(units) + 2, kind, 1,
                      NONE, right, child) + clsid + bytes(20) + struct.pack('<IQ', start, size))
    directory = directory.ljust(-(-len(directory) // SECTOR) * SECTOR, b'\0')
    directory_start, padded = chain(fat, directory, SECTOR)
    body += padded
    fat_count = 1
    while (len(fat) + fat_count) * 4 > fat_count * SECTOR:
        fat_count += 1
    difat = [len(fat) + i for i in range(fat_count)]
    fat += [FAT] * fat_count
    fat += [FREE] * (fat_count * SECTOR // 4 - len(fat))
    body += struct.pack(f'<{len(fat)}I', *fat)
    mini_sectors = -(-len(mini_fat) * 4 // SECTOR)
    header = (b'\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1' + bytes(16) +
              struct.pack('<HHHHH6xIIIIIIIIII', 0x3E, 3, 0xFFFE, 9, 6, 0, fat_count,
                          directory_start, 0, CUTOFF, mini_start, mini_sectors, END, 0, difat[0]))
    header += struct.pack(f'<{fat_count - 1}I', *difat[1:])
    return header.ljust(SECTOR, b'\xFF') + body
