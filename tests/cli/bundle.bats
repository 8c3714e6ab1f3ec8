#!/usr/bin/env bats
# Disks that were cut into files: sparse bundles, as Time Machine keeps them on a network drive.
bats_require_minimum_version 1.5.0
load common

# cut DISK BUNDLE BAND_BYTES [INFO]: the disk as a bundle; bands of zeros are left out, and so is the
# tail of the last one.
cut_disk() {
    mkdir -p "$2/bands"
    : >"$2/token"
    python3 - "$@" <<'PY'
import os, sys
disk, bundle, size = open(sys.argv[1], 'rb').read(), sys.argv[2], int(sys.argv[3])
for n in range((len(disk) + size - 1) // size):
    band = disk[n * size:(n + 1) * size].rstrip(b'\0')
    if band:
        with open('%s/bands/%x' % (bundle, n), 'wb') as f:
            f.write(band)
if len(sys.argv) < 5:
    open(bundle + '/Info.plist', 'w').write('''<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
\t<key>CFBundleInfoDictionaryVersion</key>
\t<string>6.0</string>
\t<key>band-size</key>
\t<integer>%d</integer>
\t<key>bundle-backingstore-version</key>
\t<integer>1</integer>
\t<key>diskimage-bundle-type</key>
\t<string>com.apple.diskimage.sparsebundle</string>
\t<key>size</key>
\t<integer>%d</integer>
</dict>
</plist>
''' % (size, len(disk)))
PY
}

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    mkdir -p files/Backups.backupdb/Mac/Latest/書類
    python3 - <<'PY'
import os, random, zipfile
rng, top = random.Random(8), 'files/Backups.backupdb/Mac/Latest/書類/'
for i in range(8):
    with zipfile.ZipFile(top + 'report-%d.docx' % i, 'w', zipfile.ZIP_DEFLATED) as z:
        z.writestr('[Content_Types].xml', '<Types/>')
        z.writestr('word/document.xml', '<w:document>%s</w:document>' % ''.join(
            '段落 %d ' % rng.getrandbits(60) for _ in range(900)))
        z.writestr('word/media/a.bin', rng.randbytes(90000 * i + 100), zipfile.ZIP_STORED)
open(top + '連絡先.csv', 'wb').write('氏名,電話\r\n'.encode('cp932') + '佐藤花子,03-5253-0000\r\n'.encode('cp932') * 50)
PY
    # the disk inside: MBR, FAT16 in the first partition; ext4 in the second was formatted as FAT
    truncate -s 40M disk
    python3 - <<'PY'
import struct
with open('disk', 'r+b') as f:
    for i, (kind, start, count) in enumerate([(6, 2048, 32768), (0x83, 34816, 40960)]):
        f.seek(446 + 16 * i)
        f.write(struct.pack('<BBBBBBBBII', 0, 0xfe, 0xff, 0xff, kind, 0xfe, 0xff, 0xff, start, count))
    f.seek(510)
    f.write(b'\x55\xaa')
PY
    truncate -s 16M one && mkfs.fat -F 16 one >/dev/null
    mcopy -s -m -i one files/Backups.backupdb ::/
    truncate -s 20M two && mke2fs -q -F -t ext4 -E nodiscard -d files two
    mkfs.fat -F 16 two >/dev/null
    dd if=one of=disk bs=512 seek=2048 conv=notrunc status=none
    dd if=two of=disk bs=512 seek=34816 conv=notrunc status=none
    mkdir outer
    cut_disk disk outer/共有/Mac.sparsebundle 1048576
    cut_disk one outer/bare.sparsebundle 1048576 without
    cut_disk one outer/secret.sparsebundle 1048576
    printf 'encrcdsa\0\0\0\2' >outer/secret.sparsebundle/token
    truncate -s 160M living.img
    mke2fs -q -F -t ext4 -E nodiscard -d outer living.img
    cp living.img lost.img
    mkntfs -q -F -Q -s 512 -p 0 -H 0 -S 0 lost.img 2>/dev/null
    for disk in living lost; do
        "$RMN_BIN/remnant-scan" $disk.img --case $disk.db --quiet || [ $? -eq 3 ]
    done
}

disks=$BATS_FILE_TMPDIR

ask() {
    sqlite3 -readonly -batch "$disks/$2.db" "$1"
}

# inside FOLDER: every document is there, byte for byte.
inside() {
    local file found
    while read -r file; do
        found=$(find "$1" -path "*/$file" | head -1)
        [ -n "$found" ] || { echo "not recovered: $file"; return 1; }
        cmp "$disks/files/$file" "$found"
    done < <(cd "$disks/files" && find . -type f | sed 's/^..//')
}

@test "the disk in a bundle is walked, its partitions and what was formatted over" {
    [ "$(ask "SELECT forensic_path FROM v_item WHERE name = 'report-3.docx' AND state = 'allocated'
        AND forensic_path LIKE '%Mac.sparsebundle%'" living)" = \
        'living.img//@0(ext4)/共有/Mac.sparsebundle//p1@1048576(fat16)/Backups.backupdb/Mac/Latest/書類/report-3.docx' ]
    [ "$(ask "SELECT count(*) FROM v_item WHERE name LIKE 'report-%.docx' AND state = 'lost' AND
        grade = 'A' AND forensic_path LIKE
        'living.img//@0(ext4)/共有/Mac.sparsebundle//@17825792(ext4,lost)/%'" living)" -eq 8 ]
    [ "$(ask "SELECT count(*) FROM v_finding WHERE rule LIKE '%phone%' AND forensic_path LIKE
        '%Mac.sparsebundle//p1@%連絡先.csv'" living)" -gt 0 ]
}

@test "the same when the volume with the bundle is lost" {
    [ "$(ask "SELECT count(DISTINCT name) FROM v_item WHERE name LIKE 'report-%.docx' AND forensic_path
        LIKE 'lost.img//@0(ext4,lost)/共有/Mac.sparsebundle//p1@1048576(fat16)/%'" lost)" -eq 8 ]
}

@test "its files are written out from the bands" {
    for disk in living lost; do
        run -0 remnant-recover "$disks/$disk.db" -o $disk --where "forensic_path LIKE '%bundle//%'"
        inside $disk
    done
}

@test "without Info.plist the size of a band is that of the longest" {
    [ "$(ask "SELECT count(*) FROM v_item WHERE name LIKE 'report-%.docx' AND status = 'complete' AND
        forensic_path LIKE 'living.img//@0(ext4)/bare.sparsebundle//@0(fat16)/%'" living)" -eq 8 ]
}

@test "an encrypted bundle is told" {
    [ "$(ask "SELECT reason FROM v_unexamined WHERE stage = 'sparse bundle'" living)" = \
        'the disk in secret.sparsebundle was not put together: it is encrypted' ]
    [ "$(ask "SELECT count(*) FROM v_item WHERE forensic_path LIKE '%secret.sparsebundle//%'" living)" -eq 0 ]
}

@test "its bytes are in the ledger once" {
    for disk in living lost; do
        [ "$(ask 'SELECT sum(bytes) FROM v_coverage' $disk)" = "$(stat -c %s "$disks/$disk.img")" ]
        run -0 remnant-case check "$disks/$disk.db"
    done
}

@test "the same whatever the number of workers" {
    for jobs in 1 3; do
        run remnant-scan "$disks/lost.img" --case $jobs.db --jobs $jobs --quiet
        sqlite3 $jobs.db "SELECT forensic_path, state, grade, sha256, size_bytes, recoverability
            FROM v_item ORDER BY id" >$jobs.items
    done
    [ "$(wc -l <1.items)" -gt 40 ]
    cmp 1.items 3.items
}

@test "a bundle in a bundle is told, not followed" {
    mkdir -p deep/a.sparsebundle
    truncate -s 16M inner && mke2fs -q -F -t ext2 -E nodiscard -d "$disks/files" inner
    cut_disk inner wrapped/b.sparsebundle 1048576
    truncate -s 32M middle && mke2fs -q -F -t ext2 -E nodiscard -d wrapped middle
    cut_disk middle deep/a.sparsebundle 1048576
    truncate -s 64M deep.img && mke2fs -q -F -t ext2 -E nodiscard -d deep deep.img
    run remnant-scan deep.img --case deep.db --quiet
    [ "$(sqlite3 deep.db "SELECT forensic_path || ': ' || reason FROM v_unexamined
        WHERE stage = 'sparse bundle'")" = 'deep.img//@0(ext2)/a.sparsebundle//@0(ext2): the disk in b.sparsebundle was not put together: it lies in another such disk' ]
}
