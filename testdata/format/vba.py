"""Writes VBA projects (MS-OVBA) for the fixtures of this folder."""
import struct


def compress(data):
    """A CompressedContainer: greedy, so that it has copy tokens of many lengths."""
    out = b'\x01'
    for at in range(0, len(data), 4096):
        chunk, tokens, i = data[at:at + 4096], b'', 0
        while i < len(chunk):
            flags, group = 0, b''
            for bit in range(8):
                if i >= len(chunk):
                    break
                bits = max(4, (i - 1).bit_length()) if i > 1 else 4
                longest = min((0xFFFF >> bits) + 3, len(chunk) - i)
                length, offset = 0, 0
                for back in range(1, min(i, 1 << bits) + 1):
                    n = 0
                    while n < longest and chunk[i - back + n] == chunk[i + n]:
                        n += 1
                    if n > length:
                        length, offset = n, back
                if length >= 3:
                    flags |= 1 << bit
                    group += struct.pack('<H', (offset - 1) << (16 - bits) | (length - 3))
                    i += length
                else:
                    group += chunk[i:i + 1]
                    i += 1
            tokens += bytes([flags]) + group
        out += struct.pack('<H', (len(tokens) - 1) | 0xB000) + tokens
    return out


def record(number, data):
    return struct.pack('<HI', number, len(data)) + data


def project(modules, codepage=932, references=()):
    """The tree of a project's storage; modules: name -> source text."""
    encoding = f'cp{codepage}'
    directory = (record(1, struct.pack('<I', 3)) + record(2, struct.pack('<I', 0x411)) +
                 record(3, struct.pack('<H', codepage)) + record(4, b'VBAProject') +
                 struct.pack('<HIIH', 9, 4, 1, 7))
    for path in references:
        libid = path.encode(encoding)
        directory += record(0x0E, struct.pack('<I', len(libid)) + libid + struct.pack('<IIH', 0, 1, 2))
    directory += record(0x0F, struct.pack('<H', len(modules))) + record(0x13, b'\xff\xff')
    streams = {}
    for name, source in modules.items():
        cache = bytes(range(64))    # of compiled code; nobody reads it
        streams[name] = cache + compress(source.replace('\n', '\r\n').encode(encoding))
        directory += (record(0x19, name.encode(encoding)) +
                      record(0x47, name.encode('utf-16-le')) +
                      record(0x1A, name.encode(encoding)) +
                      record(0x32, name.encode('utf-16-le')) +
                      record(0x31, struct.pack('<I', len(cache))) +
                      record(0x21, b'') + record(0x2B, b''))
    streams['dir'] = compress(directory + record(0x10, b''))
    streams['_VBA_PROJECT'] = b'\xcc\x61\xff\xff\0\0\0'
    return {'VBA': streams, 'PROJECT': b'Name="VBAProject"\r\n'}
