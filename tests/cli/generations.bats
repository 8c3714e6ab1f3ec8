#!/usr/bin/env bats
# A disk that was formatted twice: HFS+, then NTFS over it, then exFAT over that; each was used.
bats_require_minimum_version 1.5.0
load common

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    mkdir mac windows
    python3 - <<'PY'
import random, zipfile
rng = random.Random(17)
for i in range(30):
    with zipfile.ZipFile('%s/report-%02d.docx' % ('mac' if i < 24 else 'windows', i), 'w',
                         zipfile.ZIP_DEFLATED) as z:
        z.writestr('[Content_Types].xml', '<Types/>')
        z.writestr('word/document.xml', '<w:document>%s</w:document>' % ''.join(
            '段落 %d ' % rng.getrandbits(60) for _ in range(700)))
        z.writestr('word/media/a.bin', rng.randbytes(9000 * (i % 7) + 100), zipfile.ZIP_STORED)
PY
    "$RMN_TOOLS/mkhfs" disk.img $((64 << 20)) Users/tanaka/Documents mac/*
    # a partition from 8 MiB on: exFAT clears what mkntfs, other than Windows, puts at the start
    truncate -s 48M part.img
    mkntfs -q -F -Q -s 512 -p 16384 -H 0 -S 0 part.img 2>/dev/null
    for file in windows/*; do
        ntfscp -q -f part.img "$file" "${file##*/}"
    done
    dd if=part.img of=disk.img bs=4096 seek=2048 conv=notrunc,sparse status=none
    mkfs.exfat disk.img >/dev/null
    "$RMN_BIN/remnant-scan" disk.img --case disk.db --quiet || [ $? -eq 3 ]
}

ask() {
    sqlite3 -readonly -batch "$BATS_FILE_TMPDIR/disk.db" "$1"
}

@test "three generations stand side by side" {
    [ "$(ask "SELECT group_concat(filesystem || ' ' || state, ', ') FROM (SELECT * FROM v_volume
        ORDER BY filesystem)")" = 'exfat current, hfsplus lost, ntfs lost' ]
}

@test "what lay below two formats comes back with folders and names, byte for byte" {
    [ "$(ask "SELECT count(*) FROM v_item WHERE state = 'lost' AND grade = 'A' AND path LIKE
        'Users/tanaka/Documents/report-%.docx' AND forensic_path LIKE '%(hfsplus,lost)/%'")" -eq 24 ]
    run -0 remnant-recover "$BATS_FILE_TMPDIR/disk.db" -o out
    for file in "$BATS_FILE_TMPDIR"/mac/*; do
        cmp "$file" "$(find out -path "*/Users/tanaka/Documents/${file##*/}" | head -1)"
    done
}

@test "what the generation between them held comes back too" {
    [ "$(ask "SELECT count(*) FROM v_item WHERE state = 'lost' AND name LIKE 'report-%.docx' AND
        forensic_path LIKE '%(ntfs,lost)/%' AND recoverability = 'intact'")" -eq 6 ]
    run -0 remnant-recover "$BATS_FILE_TMPDIR/disk.db" -o out
    for file in "$BATS_FILE_TMPDIR"/windows/*; do
        cmp "$file" "$(find out -name "${file##*/}" | head -1)"
    done
}

@test "the coverage adds up" {
    [ "$(ask 'SELECT sum(bytes) FROM v_coverage')" = "$(stat -c %s "$BATS_FILE_TMPDIR/disk.img")" ]
    run -0 remnant-case check "$BATS_FILE_TMPDIR/disk.db"
}
