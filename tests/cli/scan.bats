#!/usr/bin/env bats
# remnant-scan from outside: what it leaves behind, and what it says about bad input.
bats_require_minimum_version 1.5.0
load common
top=$BATS_TEST_DIRNAME/../..

setup_file() {
    [ -x "$RMN_BIN/remnant-scan" ] || return 0
    cd "$BATS_FILE_TMPDIR" || return 1
    python3 "$BATS_TEST_DIRNAME/../../tools/demo-drive.py" drive.img
    sha256sum drive.img >drive.sum
    "$RMN_BIN/remnant-scan" "$BATS_FILE_TMPDIR/drive.img" --case first.db --quiet || [ $? -eq 3 ]
    "${CC:-cc}" -shared -fPIC -D_GNU_SOURCE -o bad-sector.so "$BATS_TEST_DIRNAME/bad-sector.c"
}

setup() {
    [ -x "$RMN_BIN/remnant-scan" ] || skip "remnant-scan is not built"
    cd "$BATS_TEST_TMPDIR" || return 1
}

drive=$BATS_FILE_TMPDIR/drive.img
first=$BATS_FILE_TMPDIR/first.db

ask() {
    sqlite3 -readonly -batch "${2:-$first}" "$1"
}

# complains STATUS COMMAND...: that exit status, at least one line on stderr that starts with the
# program's name, nothing on stdout, and no message of the C library or of a shell alone.
complains() {
    fails "$@"
    [ -z "$output" ]
    [[ $stderr == remnant-scan:* ]]
}

@test "the source is not changed" {
    (cd "$BATS_FILE_TMPDIR" && sha256sum --status -c drive.sum)
}

@test "the hash of the source is that of sha256sum" {
    [ "$(ask 'SELECT sha256 FROM v_source')" = "$(cut -d' ' -f1 "$BATS_FILE_TMPDIR/drive.sum")" ]
}

@test "every file of the drive is an item, deleted or not" {
    fls -r -p -F -o 2048 "$drive" | grep -vE 'v/v|V/V|Volume Label' >listed
    [ "$(grep -c '\*' listed)" -eq 63 ]
    sed -E 's/^[^:]*:\t//' listed | sort >wanted
    ask "SELECT path FROM v_item WHERE kind = 'file' OR state IN ('allocated', 'deleted')" |
        sort >items
    while read -r path; do
        grep -qxF -- "$path" items || { echo "no item: $path"; false; }
    done <wanted
}

@test "the coverage adds up to the size of the source" {
    [ "$(ask 'SELECT sum(bytes) FROM v_coverage')" = "$(stat -c %s "$drive")" ]
}

@test "the case is readable by its owner only" {
    [ "$(stat -c %a "$first")" = 600 ]
}

@test "values are masked unless the case was made to keep them" {
    [ "$(ask 'SELECT count(*) FROM v_finding')" -gt 100 ]
    [ "$(ask 'SELECT count(*) FROM v_finding WHERE value IS NOT NULL')" -eq 0 ]
    # Masks may show a domain, never an address.
    [ "$(ask "SELECT count(*) FROM v_finding WHERE masked || context_masked GLOB
        '*[a-z0-9]@[a-z]*'")" -eq 0 ]
}

@test "keep-values keeps them" {
    remnant-scan "$drive" --case kept.db --keep-values --quiet || [ $? -eq 3 ]
    [ "$(ask 'SELECT count(*) FROM v_finding WHERE value IS NULL' kept.db)" -eq 0 ]
    [ "$(ask "SELECT count(*) > 5 FROM v_finding WHERE value LIKE '%shinonome.example.jp'" \
        kept.db)" -eq 1 ]
}

@test "a second run says that there is nothing to do, and changes no row" {
    cp "$first" again.db
    ask 'SELECT * FROM v_finding ORDER BY id' again.db | sha256sum >before
    run --separate-stderr remnant-scan "$drive" --case again.db --quiet
    [ "$status" -eq 0 ] || [ "$status" -eq 3 ]
    [[ $stderr == *complete* ]]
    ask 'SELECT * FROM v_finding ORDER BY id' again.db | sha256sum | cmp - before
}

@test "a folder is examined, links are not followed" {
    mkdir -p tree/a
    echo '担当: 山本 健司 メール: kenji@shinonome.example.jp' >tree/a/名簿.txt
    echo 'secret@elsewhere.example.jp outside' >outside.txt
    ln -s ../outside.txt tree/link
    ln -s .. tree/up
    remnant-scan tree --case tree.db --quiet --keep-values || [ $? -eq 3 ]
    [ "$(ask "SELECT count(*) FROM v_item WHERE path LIKE '%名簿.txt'" tree.db)" -eq 1 ]
    [ "$(ask "SELECT count(*) FROM v_finding WHERE value LIKE '%elsewhere%'" tree.db)" -eq 0 ]
}

# What a reader gave is not found in the bytes again.
@test "a value in a compound file of no known kind counts once" {
    mkdir folder
    cp "$top/testdata/format/ole2/unknown.in" folder/old.wps
    "$RMN_BIN/remnant-scan" folder --case case.db --quiet || [ $? -eq 3 ]
    [ "$(ask "SELECT group_concat(count) FROM (SELECT count(*) AS count FROM v_finding WHERE rule = 'email'
        GROUP BY value_hash)" case.db)" = 1,1 ]
}

@test "a missing source" {
    complains 4 remnant-scan missing.img --case x.db --quiet
    [[ $stderr == *missing.img*"No such file"* ]]
    [ "${#stderr_lines[@]}" -eq 1 ]
}

@test "a missing source beside one that is there" {
    echo 'kenji@shinonome.example.jp' >there.txt
    mkdir tree && mv there.txt tree/
    run --separate-stderr remnant-scan missing.img tree --case x.db --quiet
    [ "$status" -eq 3 ]
    [[ $stderr == *"1 of 2 sources could not be examined"* ]]
    [ "$(ask 'SELECT count(*) FROM v_finding' x.db)" -gt 0 ]
}

@test "no source, no case" {
    complains 2 remnant-scan --case x.db
    complains 2 remnant-scan "$drive"
    [ ! -e x.db ]
}

@test "an empty source" {
    : >empty.img
    run --separate-stderr remnant-scan empty.img --case x.db --quiet
    [ "$status" -eq 0 ] || [ "$status" -eq 3 ] || [ "$status" -eq 4 ]
    [[ $stderr == *empty* ]]
}

@test "a text file that is called .E01" {
    echo 'this is no image' >evidence.E01
    run --separate-stderr remnant-scan evidence.E01 --case x.db --quiet
    [ "$status" -eq 3 ] || [ "$status" -eq 4 ]
    [[ $stderr == *evidence.E01*"no Expert Witness image"* ]]
}

@test "an image that is cut short is examined, and incomplete" {
    head -c 50000000 "$drive" >short.img
    run --separate-stderr remnant-scan short.img --case x.db --quiet
    [ "$status" -eq 3 ]
    [ "$(ask "SELECT count(*) > 100 FROM v_finding" x.db)" -eq 1 ]
    [ "$(ask "SELECT count(*) FROM v_unexamined WHERE reason LIKE '%source ends before%'" \
        x.db)" -eq 1 ]
    remnant-case check x.db
}

@test "a file whose end is cut off with its image is not intact" {
    truncate -s 2M small.img
    mkfs.fat -F 12 small.img >/dev/null
    head -c 1000000 /dev/urandom >noise.bin
    mcopy -i small.img noise.bin ::noise.bin
    head -c 700000 small.img >short.img
    remnant-scan short.img --case x.db --quiet || [ $? -eq 3 ]
    [ "$(ask "SELECT status || recoverability FROM v_item WHERE name = 'noise.bin'" \
        x.db)" = partialpartial ]
    [ "$(ask "SELECT count(*) FROM v_item WHERE name = 'noise.bin' AND sha256 IS NULL" \
        x.db)" -eq 1 ]
    [ "$(ask 'SELECT sum(bytes) FROM v_coverage' x.db)" -eq 700000 ]
    remnant-case check x.db
}

# Too large to be held in memory, and with a part that does not inflate: the file's own bytes were
# all read, so it has a hash.
@test "a large document with a damaged part has its hash" {
    mkdir tree
    python3 - <<'PY'
import zipfile
with zipfile.ZipFile("tree/large.docx", "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("[Content_Types].xml", "<Types/>")
    z.writestr("word/document.xml", "<w:document xmlns:w='http://schemas.openxmlformats.org/"
               "wordprocessingml/2006/main'><w:body><w:p><w:r><w:t>kenji@shinonome.example.jp"
               "</w:t></w:r></w:p></w:body></w:document>")
    z.writestr("word/comments.xml", "<damaged/>" * 1000)
    at = z.infolist()[2].header_offset
    z.writestr(zipfile.ZipInfo("word/media/image1.bin"), bytes(97 << 20))
with open("tree/large.docx", "r+b") as f:
    f.seek(at + 30 + len("word/comments.xml"))
    f.write(b"\xff" * 16)
PY
    run --separate-stderr remnant-scan tree --case x.db --quiet
    [ "$status" -eq 3 ]
    [ "$(ask "SELECT sha256 FROM v_item WHERE name = 'large.docx'" x.db)" = \
        "$(sha256sum tree/large.docx | cut -d' ' -f1)" ]
    [ "$(ask "SELECT status || recoverability FROM v_item WHERE name = 'large.docx'" \
        x.db)" = partialintact ]
}

@test "a volume whose files cannot be listed does not look clean" {
    truncate -s 1M hfs.img
    printf BD | dd of=hfs.img bs=1 seek=1024 conv=notrunc status=none
    run --separate-stderr remnant-scan hfs.img --case x.db --quiet
    [ "$status" -eq 3 ]
    [ "$(ask "SELECT count(*) FROM v_unexamined WHERE reason LIKE 'an HFS volume%'" x.db)" -eq 1 ]
}

@test "a directory without rights" {
    [ "$(id -u)" -ne 0 ] || skip "root may read everything"
    mkdir tree && chmod 000 tree
    complains 4 remnant-scan tree --case x.db --quiet
    chmod 700 tree
}

@test "a case that is no case is left alone" {
    echo 'my thesis' >thesis.db
    complains 4 remnant-scan "$drive" --case thesis.db --quiet
    [ "$(cat thesis.db)" = 'my thesis' ]
}

@test "a database of another program is left alone" {
    sqlite3 other.db 'CREATE TABLE t (a); INSERT INTO t VALUES (1)'
    sha256sum other.db >sum
    complains 4 remnant-scan "$drive" --case other.db --quiet
    sha256sum --status -c sum
}

@test "a case from a newer version" {
    cp "$first" newer.db
    sqlite3 newer.db 'PRAGMA user_version = 999'
    complains 4 remnant-scan "$drive" --case newer.db --quiet
    [[ $stderr == *newer* ]]
}

@test "a folder for the case that is not there" {
    complains 4 remnant-scan "$drive" --case no/such/x.db --quiet
}

# As somebody else when root runs this: root may write anywhere.
@test "a folder for the case that may not be written" {
    place=$(mktemp -d)
    mkdir "$place/tree" "$place/locked"
    cp "$RMN_BIN/remnant-scan" "$place"
    chmod 755 "$place"
    chmod 555 "$place/locked"
    as=()
    [ "$(id -u)" -ne 0 ] || as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    complains 4 "${as[@]}" "$place/remnant-scan" "$place/tree" --case "$place/locked/x.db"
    rm -rf "$place"
    [[ $stderr == *"no right to write it"* ]]
}

@test "a second scan on a case that is being written" {
    truncate -s 6G large.img
    remnant-scan large.img --case x.db --quiet 2>log &
    pid=$!
    for _ in $(seq 50); do
        [ "$(ask 'SELECT count(*) FROM v_log' x.db 2>/dev/null)" = 1 ] && break
        sleep 0.1
    done
    complains 4 remnant-scan "$drive" --case x.db --quiet
    said=$stderr
    kill -INT $pid
    wait $pid || true
    [[ $said == *"being written by another scan (pid $pid)"* ]]
}

@test "a full disk under the case" {
    run --separate-stderr bash -c \
        "ulimit -f 200; exec remnant-scan '$drive' --case full.db --quiet"
    [ "$status" -eq 4 ]
    [[ $stderr == *remnant-scan:* ]]
    # What was committed stays, and the same command goes on from there.
    [ "$(sqlite3 full.db 'PRAGMA integrity_check')" = ok ]
    remnant-scan "$drive" --case full.db --quiet || [ $? -eq 3 ]
    [ "$(ask 'SELECT count(*) FROM v_finding' full.db)" = "$(ask 'SELECT count(*) FROM v_finding')" ]
}

@test "a bad sector costs its bytes and no more" {
    [ -z "$RMN_SAN" ] || skip "the sanitizer's runtime must come first"
    # In unallocated space: all the files are found as before.
    run --separate-stderr env LD_PRELOAD="$BATS_FILE_TMPDIR/bad-sector.so" BAD_FILE="$drive" \
        BAD_AT=60000000 BAD_SIZE=4096 remnant-scan "$drive" --case bad.db --quiet
    [ "$status" -eq 3 ]
    [ "$(ask "SELECT sum(bytes) BETWEEN 4096 AND 1048576 FROM v_coverage
        WHERE class = 'unreadable'" bad.db)" -eq 1 ]
    [ "$(ask 'SELECT sum(bytes) FROM v_coverage' bad.db)" = "$(stat -c %s "$drive")" ]
    [ "$(ask 'SELECT count(*) FROM v_document' bad.db)" = "$(ask 'SELECT count(*) FROM v_document')" ]
}

@test "a bad sector inside a file is taken out of the content" {
    [ -z "$RMN_SAN" ] || skip "the sanitizer's runtime must come first"
    at=$(ask "SELECT image_offset FROM v_extent e JOIN v_item i ON i.id = e.item_id
        WHERE i.state = 'allocated' AND i.kind = 'file' AND i.size_bytes > 4096 LIMIT 1")
    run --separate-stderr env LD_PRELOAD="$BATS_FILE_TMPDIR/bad-sector.so" BAD_FILE="$drive" BAD_AT="$at" \
        BAD_SIZE=512 remnant-scan "$drive" --case bad.db --quiet
    [ "$status" -eq 3 ]
    [ "$(ask "SELECT bytes FROM v_coverage WHERE class = 'unreadable'" bad.db)" -eq 512 ]
    [ "$(ask 'SELECT unreadable_bytes FROM v_source' bad.db)" -eq 512 ]
    [ "$(ask 'SELECT sum(bytes) FROM v_coverage' bad.db)" = "$(stat -c %s "$drive")" ]
    [ "$(ask "SELECT count(*) FROM v_item WHERE status = 'partial'" bad.db)" -eq 1 ]
}

@test "the same rows for any --jobs, and after kills" {
    [ -z "$RMN_SAN" ] || skip "slow with sanitizers"
    "$top/tests/same.sh" "$drive" 5 >same.tap || { cat same.tap; false; }
}

@test "SIGUSR1 gives a status line, Ctrl-C stops and says how to go on" {
    truncate -s 6G large.img
    remnant-scan large.img --case x.db --quiet 2>log &
    pid=$!
    sleep 0.3
    kill -USR1 $pid
    sleep 0.3
    kill -INT $pid
    status=0
    wait $pid || status=$?
    [ "$status" -eq 3 ]
    grep -q 'items' log
    grep -q 'stopped' log
}

@test "a policy with a mistake names file and line" {
    printf 'version: 1\nown: [{nome: x}]\n' >policy.yaml
    complains 2 remnant-scan "$drive" --case x.db --policy policy.yaml --quiet
    [[ $stderr == *policy.yaml:2* ]]
    [ ! -e x.db ]
}

@test "--fail-on is a gate" {
    run remnant-scan "$drive" --case gate.db --quiet --fail-on low
    [ "$status" -eq 1 ]
}
