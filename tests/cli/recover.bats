#!/usr/bin/env bats
# Recovery from outside: drives that were quick-formatted by the real formatters, scanned, written out.
bats_require_minimum_version 1.5.0
load common

# documents FOLDER: made-up files with names and dates of their own.
documents() {
    mkdir -p "$1/書類/経理" "$1/Users/tanaka/Dropbox"
    python3 - "$1" <<'PY'
import os, random, sys, zipfile
top, rng = sys.argv[1], random.Random(5)
def put(path, data, when):
    with open(os.path.join(top, path), 'wb') as f:
        f.write(data)
    os.utime(os.path.join(top, path), (when, when))
put('書類/経理/請求書.csv', '会社名,担当者,金額\r\n'.encode('cp932') + ''.join(
    '例示商事,佐藤%02d,%d\r\n' % (i, i * 1000) for i in range(300)).encode('cp932'), 1262304000)
put('Users/tanaka/memo.txt', '打ち合わせのメモ。'.encode() * 40, 1300000000)
for i in range(12):
    path = os.path.join(top, 'Users/tanaka/Dropbox/report-%02d.docx' % i)
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as z:
        z.writestr('[Content_Types].xml', '<Types/>')
        z.writestr('word/document.xml', '<w:document>' + ''.join(
            '段落 %d ' % rng.getrandbits(60) for _ in range(900)) + '</w:document>')
        z.writestr('word/media/a.bin', rng.randbytes(9000 * i + 100), zipfile.ZIP_STORED)
    os.utime(path, (1400000000 + i, 1400000000 + i))
PY
}

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    documents files
    truncate -s 64M ext.img
    mke2fs -q -F -t ext4 -E nodiscard -d files ext.img
    cp ext.img two.img
    mkntfs -q -F -Q -s 512 -p 0 -H 0 -S 0 two.img 2>/dev/null
    # ext4 from 24 MiB on, then FAT32 over the whole disk with two folders, then NTFS
    truncate -s 36M part.img
    mke2fs -q -F -t ext4 -E nodiscard -d files part.img
    truncate -s 96M three.img
    dd if=part.img of=three.img bs=1M seek=24 conv=notrunc status=none
    mkfs.fat -F 32 -s 1 three.img >/dev/null
    mmd -i three.img ::/MIDDLE ::/MIDDLE/2017
    for i in 08 09 10 11; do
        mcopy -m -i three.img files/Users/tanaka/Dropbox/report-$i.docx ::/MIDDLE/2017/second-$i.docx
    done
    mkntfs -q -F -Q -s 512 -p 0 -H 0 -S 0 three.img 2>/dev/null
    for disk in two three; do
        "$RMN_BIN/remnant-scan" $disk.img --case $disk.db --quiet || [ $? -eq 3 ]
    done
}

disks=$BATS_FILE_TMPDIR

ask() {
    sqlite3 -readonly -batch "$disks/${2:-two}.db" "$1"
}

# same FOLDER: every document is there, byte for byte, with its path and date.
same() {
    local file found
    while read -r file; do
        found=$(find "$1" -path "*/$file" | head -1)
        [ -n "$found" ] || { echo "not recovered: $file"; return 1; }
        cmp "$disks/files/$file" "$found"
        [ "$(stat -c %Y "$found")" = "$(stat -c %Y "$disks/files/$file")" ]
    done < <(cd "$disks/files" && find . -type f | sed 's/^..//')
}

@test "what ext4 held comes back from under NTFS, with paths and dates" {
    run -0 remnant-recover "$disks/two.db" -o out
    same out
}

@test "lost volumes, states and grades are in the case" {
    [ "$(ask "SELECT count(*) FROM v_volume WHERE filesystem = 'ext4' AND state = 'lost'")" -eq 1 ]
    [ "$(ask "SELECT count(*) FROM v_item WHERE name LIKE 'report-%' AND state = 'lost' AND
        grade = 'A' AND name_source = 'record' AND recoverability = 'intact'")" -eq 12 ]
    [ "$(ask "SELECT forensic_path FROM v_item WHERE name = '請求書.csv' AND state = 'lost'")" = \
        'two.img//@0(ext4,lost)/書類/経理/請求書.csv' ]
}

@test "the coverage adds up with what was recovered" {
    for disk in two three; do
        [ "$(ask 'SELECT sum(bytes) FROM v_coverage' $disk)" = "$(stat -c %s "$disks/$disk.img")" ]
        run -0 remnant-case check "$disks/$disk.db"
    done
}

@test "three generations of file systems stand side by side" {
    run -0 remnant-recover "$disks/three.db" -o out
    same out
    for i in 08 09 10 11; do
        cmp "$disks/files/Users/tanaka/Dropbox/report-$i.docx" "$(find out -name second-$i.docx)"
    done
    [ "$(ask "SELECT group_concat(filesystem || ' ' || state, ', ') FROM (SELECT * FROM v_volume
        ORDER BY filesystem)" three)" = 'ext4 lost, fat lost, ntfs current' ]
}

@test "the same whatever the number of workers" {
    cp "$disks/three.img" .
    for jobs in 1 3; do
        run remnant-scan three.img --case $jobs.db --jobs $jobs --quiet
        sqlite3 $jobs.db "SELECT forensic_path, state, grade, sha256, size_bytes, recoverability
            FROM v_item ORDER BY id" >$jobs.items
    done
    [ "$(wc -l <1.items)" -gt 20 ]
    cmp 1.items 3.items
}

@test "the manifest has a line a file, and its hashes are right" {
    run -0 remnant-recover "$disks/two.db" -o out --state lost
    [ "$(head -1 out/manifest.tsv)" = "$(printf '%s\t' sha256 size_bytes path modified created state \
        recoverability source_offset)forensic_path" ]
    tail -n +2 out/manifest.tsv | while IFS=$'\t' read -r hash size path _; do
        [ "$(sha256sum <"out/$path" | cut -d' ' -f1)" = "$hash" ]
        [ "$(stat -c %s "out/$path")" = "$size" ]
    done
    [ "$(tail -n +2 out/manifest.tsv | wc -l)" = "$(find out -type f | grep -vc manifest.tsv)" ]
}

@test "a second run goes on where the first was stopped" {
    run -0 remnant-recover "$disks/two.db" -o whole
    run -0 remnant-recover "$disks/two.db" -o part
    total=$(wc -l <part/manifest.tsv)
    head -8 part/manifest.tsv >short
    printf 'cut in the midd' >>short
    tail -n +9 part/manifest.tsv | cut -f3 | while read -r path; do rm "part/$path"; done
    mv short part/manifest.tsv
    run -0 --separate-stderr remnant-recover "$disks/two.db" -o part
    [[ $stderr == *"$((total - 8)) files written"*"7 were there before"* ]]
    diff -r -x manifest.tsv whole part
    [ "$(sort part/manifest.tsv)" = "$(sort whole/manifest.tsv)" ]
}

@test "what is chosen is what is written" {
    run -0 remnant-recover "$disks/two.db" -o out --type csv
    [ "$(find out -type f | grep -vc manifest.tsv)" -eq 1 ]
    run -0 remnant-recover "$disks/two.db" -o glob --path '*/Dropbox/*'
    [ "$(find glob -name '*.docx' | wc -l)" -eq 12 ]
    run -0 remnant-recover "$disks/two.db" -o where --where "name = 'memo.txt' AND state = 'lost'"
    [ "$(find where -type f | grep -vc manifest.tsv)" -eq 1 ]
}

@test "a dry run writes nothing and counts" {
    run -0 --separate-stderr remnant-recover "$disks/two.db" -o out --dry-run --path 'Users/tanaka/*' --state lost
    [[ ${lines[-1]} =~ ^all\ +13\  ]]
    [ ! -e out ]
}

@test "a wrong expression or no output folder is misuse" {
    fails 2 remnant-recover "$disks/two.db"
    fails 2 remnant-recover "$disks/two.db" -o out --where 'no such thing'
    fails 2 remnant-recover "$disks/two.db" -o out --where "1) ; DELETE FROM item; SELECT (1"
    [ ! -e out ]
}

@test "links in the output folder are not followed" {
    mkdir out outside
    ln -s "$PWD/outside" out/two.img
    run remnant-recover "$disks/two.db" -o out --path '*/Dropbox/*'
    [ "$status" -eq 0 ]
    [ -z "$(ls outside)" ]
    [ "$(find out/two.img_ -name '*.docx' | wc -l)" -eq 12 ]
}

@test "what the new file system overwrote is partial, and said" {
    # the middle generation's own blocks lie over some of the first: they are in use on two.img
    run -0 remnant-recover "$disks/two.db" -o out --state lost --grade E
    while IFS=$'\t' read -r overwritten size recoverability; do
        [ "$overwritten" -le "$size" ]
        [ "$recoverability" = partial ] || [ "$recoverability" = metadata-only ]
    done < <(sqlite3 -readonly -separator $'\t' "$disks/two.db" "SELECT overwritten_bytes, size_bytes,
        recoverability FROM v_item WHERE state = 'lost' AND kind = 'file' AND overwritten_bytes > 0")
}

@test "only the catalogue: names without contents, and not called complete" {
    run -3 remnant-scan "$disks/two.img" --case names.db --catalogue-only --quiet
    [ "$(sqlite3 names.db "SELECT count(*) FROM v_item WHERE state = 'lost' AND name LIKE 'report-%'
        AND sha256 IS NULL AND status = 'skipped'")" -eq 12 ]
    [ "$(sqlite3 names.db 'SELECT count(*) FROM v_finding')" -eq 0 ]
    [ "$(sqlite3 names.db 'SELECT sum(bytes) FROM v_coverage')" -eq $((64 * 1024 * 1024)) ]
    # the same command without it examines everything
    run remnant-scan "$disks/two.img" --case names.db --quiet
    [ "$(sqlite3 names.db "SELECT count(*) FROM v_item WHERE state = 'lost' AND name LIKE 'report-%'
        AND sha256 IS NOT NULL")" -eq 12 ]
}

@test "a trimmed drive is called one at once" {
    truncate -s 32M empty.img
    mkfs.exfat empty.img >/dev/null
    run -0 --separate-stderr remnant-scan empty.img --case empty.db --quiet
    [[ $stderr == *"trimmed or wiped"* ]]
}

@test "a drive cut short gives what is on it, and says so" {
    head -c $((40 * 1024 * 1024)) "$disks/two.img" >cut.img
    run -3 remnant-scan cut.img --case cut.db --quiet
    run remnant-recover cut.db -o out
    [ "$(find out -name 'report-*.docx' | wc -l)" -ge 1 ]
    [ "$(sqlite3 cut.db 'SELECT sum(bytes) FROM v_coverage')" -eq $((40 * 1024 * 1024)) ]
    [ "$(sqlite3 cut.db "SELECT count(*) FROM v_unexamined WHERE reason LIKE '%source ends%'")" -ge 1 ]
}

@test "unreadable sectors in the middle of the tables cost what lay there, and are said" {
    mkdir many
    for i in $(seq 400); do
        printf 'メモ %03d: 例示商事の件、確認しました。\n' "$i" >many/memo-$i.txt
    done
    truncate -s 64M bad.img
    mke2fs -q -F -t ext4 -I 256 -E nodiscard -d many bad.img
    table=$(dumpe2fs bad.img 2>/dev/null | sed -n 's/.*Inode table at \([0-9]*\)-.*/\1/p' | head -1)
    block=$(dumpe2fs -h bad.img 2>/dev/null | sed -n 's/^Block size: *//p')
    mkntfs -q -F -Q -s 512 -p 0 -H 0 -S 0 bad.img 2>/dev/null
    "${CC:-cc}" -shared -fPIC -D_GNU_SOURCE -o shim.so "$BATS_TEST_DIRNAME/bad-sector.c"
    [ -z "${RMN_SAN:-}" ] || skip "a sanitizer must be loaded first"
    # 32 KiB from inode 145 on: 128 of the 400
    run -3 env LD_PRELOAD="$PWD/shim.so" BAD_FILE="$PWD/bad.img" BAD_AT=$((table * block + 144 * 256)) \
        BAD_SIZE=32768 remnant-scan bad.img --case bad.db --quiet
    names=$(sqlite3 bad.db "SELECT count(*) FROM v_item WHERE name LIKE 'memo-%' AND state = 'lost' AND
        sha256 IS NOT NULL")
    [ "$names" -eq 272 ]
    [ "$(sqlite3 bad.db "SELECT bytes FROM v_coverage WHERE class = 'unreadable'")" -eq 32768 ]
    [ "$(sqlite3 bad.db 'SELECT sum(bytes) FROM v_coverage')" -eq $((64 * 1024 * 1024)) ]
    [ "$(sqlite3 bad.db "SELECT count(*) FROM v_unexamined WHERE reason LIKE '%could not be read%'")" -ge 1 ]
}
