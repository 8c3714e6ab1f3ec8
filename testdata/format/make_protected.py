#!/usr/bin/env python3
"""Makes the encrypted packages of ooxml_encrypted/ out of other fixtures ([MS-OFFCRYPTO] 2.3.4), with fixed
salts and keys.  Needs python3-cryptography.

    python3 testdata/format/make_protected.py     then: RMN_GOLDEN=1 build/gcc/unit/format_office
"""
import base64
import hashlib
import hmac
import io
import os
import struct
import zipfile

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from cfb import cfb

HERE = os.path.dirname(os.path.abspath(__file__))
EXCEL, POWERPOINT = 'VelvetSweatshop', '/01Hannes Ruescher/01'
SALT, OTHER_SALT = bytes(range(16)), bytes(range(100, 116))
VERIFIER = bytes(range(50, 66))


def aes(key, data, vector=None):
    mode = modes.CBC(vector) if vector else modes.ECB()
    encryptor = Cipher(algorithms.AES(key), mode).encryptor()
    return encryptor.update(data + bytes(-len(data) % 16)) + encryptor.finalize()


def spin(name, salt, password, rounds):
    digest = hashlib.new(name, salt + password.encode('utf-16-le')).digest()
    for i in range(rounds):
        digest = hashlib.new(name, struct.pack('<I', i) + digest).digest()
    return digest


def standard(package, password, bits=128):
    digest = hashlib.sha1(spin('sha1', SALT, password, 50000) + bytes(4)).digest()
    halves = b''.join(hashlib.sha1(bytes(
        a ^ fill for a, fill in zip(digest.ljust(64, b'\0'), bytes([fill]) * 64))).digest()
        for fill in (0x36, 0x5C))
    key = halves[:bits // 8]
    name = 'Microsoft Enhanced RSA and AES Cryptographic Provider\0'.encode('utf-16-le')
    header = struct.pack('<IIIIIIII', 0x24, 0, 0x660E + (bits - 128) // 64, 0x8004, bits, 24, 0, 0) + name
    info = (struct.pack('<HHII', 4, 2, 0x24, len(header)) + header + struct.pack('<I', 16) + SALT +
            aes(key, VERIFIER) + struct.pack('<I', 20) + aes(key, hashlib.sha1(VERIFIER).digest()))
    return {'EncryptionInfo': info,
            'EncryptedPackage': struct.pack('<Q', len(package)) + aes(key, package)}


def agile(package, password, name='sha512', bits=256, rounds=1000, said_rounds=None):
    def fit(data, size):
        return data[:size].ljust(size, b'\x36')

    def vector(part):
        return fit(hashlib.new(name, SALT + part).digest(), 16)

    def by_password(block, data):
        return aes(fit(hashlib.new(name, digest + bytes.fromhex(block)).digest(), bits // 8), data,
                   OTHER_SALT)

    def text(data):
        return base64.b64encode(data).decode()
    size = hashlib.new(name).digest_size
    digest = spin(name, OTHER_SALT, password, rounds)
    secret, code_key = bytes(range(200, 200 + bits // 8)), bytes(range(size))
    data = struct.pack('<Q', len(package)) + b''.join(
        aes(secret, package[at:at + 4096], vector(struct.pack('<I', at // 4096)))
        for at in range(0, len(package), 4096))
    code = hmac.new(code_key, data, name).digest()
    said = (f'blockSize="16" keyBits="{bits}" hashSize="{size}" cipherAlgorithm="AES" '
            f'cipherChaining="ChainingModeCBC" hashAlgorithm="{name.upper()}"')
    uri = 'http://schemas.microsoft.com/office/2006/'
    info = struct.pack('<HHI', 4, 4, 0x40) + (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
        f'<encryption xmlns="{uri}encryption" xmlns:p="{uri}keyEncryptor/password">'
        f'<keyData saltSize="16" {said} saltValue="{text(SALT)}"/><dataIntegrity '
        f'encryptedHmacKey="{text(aes(secret, code_key, vector(bytes.fromhex("5fb2ad010cb9e1f6"))))}" '
        f'encryptedHmacValue="{text(aes(secret, code, vector(bytes.fromhex("a0677f02b22c8433"))))}"/>'
        f'<keyEncryptors><keyEncryptor uri="{uri}keyEncryptor/password">'
        f'<p:encryptedKey spinCount="{said_rounds or rounds}" saltSize="16" {said} '
        f'saltValue="{text(OTHER_SALT)}" '
        f'encryptedVerifierHashInput="{text(by_password("fea7d2763b4b9e79", VERIFIER))}" '
        f'encryptedVerifierHashValue="'
        f'{text(by_password("d7aa0f6d3061344e", hashlib.new(name, VERIFIER).digest()))}" '
        f'encryptedKeyValue="{text(by_password("146e0be7abacd0d6", secret))}"/>'
        '</keyEncryptor></keyEncryptors></encryption>').encode()
    return {'EncryptionInfo': info, 'EncryptedPackage': data}


def fixture(name):
    with open(os.path.join(HERE, name + '.in'), 'rb') as f:
        return f.read()


def longer(package):
    """With a picture that makes it more than one segment."""
    file = io.BytesIO(package)
    with zipfile.ZipFile(file, 'a') as z:
        noise = b''.join(hashlib.sha256(bytes([i])).digest() for i in range(100))
        z.writestr(zipfile.ZipInfo('xl/media/image1.png', (2015, 4, 1, 0, 0, 0)), noise)
    return file.getvalue()


def save(name, tree):
    with open(os.path.join(HERE, 'ooxml_encrypted', name + '.in'), 'wb') as f:
        f.write(cfb(tree))


def main():
    book, slides = longer(fixture('xlsx/macro')), fixture('pptx/proposal.pptx')
    save('standard.xlsx', standard(book, EXCEL))
    save('agile.xlsx', agile(book, EXCEL))
    save('agile_sha1.xlsx', agile(book, EXCEL, 'sha1', 128))
    save('agile_other.xlsx', agile(book, 'himitsu'))
    save('agile_rounds.xlsx', agile(book, EXCEL, said_rounds=10000000))
    save('agile_192.xlsx', agile(book, EXCEL, 'sha384', 192))
    save('agile.pptx', agile(slides, POWERPOINT))
    save('agile_bytes', agile('文書ではない何か'.encode(), EXCEL))
    save('agile_no_xml', {'EncryptionInfo': struct.pack('<HHI', 4, 4, 0x40), 'EncryptedPackage': bytes(range(80))})
    damaged = agile(book, EXCEL)
    data = bytearray(damaged['EncryptedPackage'])
    data[1500] ^= 1
    damaged['EncryptedPackage'] = bytes(data)
    save('agile_damaged.xlsx', damaged)


if __name__ == '__main__':
    main()
