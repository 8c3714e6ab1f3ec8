#!/usr/bin/env bats
# Names that other files still know, for what was carved without one.
bats_require_minimum_version 1.5.0
load common

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    PYTHONPATH=$BATS_TEST_DIRNAME/../../testdata/format PYTHONDONTWRITEBYTECODE=1 python3 - <<'PY'
import gzip, os, random, struct, zipfile
import make_names
rng = random.Random(3)
os.mkdir('files')
for name in ('a', 'b'):
    with zipfile.ZipFile(name + '.docx', 'w', zipfile.ZIP_DEFLATED) as z:
        z.writestr('[Content_Types].xml', '<Types/>')
        z.writestr('word/document.xml', '<w:document>%s</w:document>' % ''.join(
            '段落 %d ' % rng.getrandbits(60) for _ in range(900)))
with zipfile.ZipFile('c.xlsx', 'w', zipfile.ZIP_DEFLATED) as z:
    z.writestr('[Content_Types].xml', '<Types/>')
    z.writestr('xl/workbook.xml', '<workbook/>')
    z.writestr('xl/worksheets/sheet1.xml', '<worksheet>%s</worksheet>' % rng.randbytes(9000).hex())
size = os.path.getsize('a.docx')
open('files/.DS_Store', 'wb').write(make_names.ds_store([
    make_names.record('契約書(甲).docx', b'lg1S', b'comp', struct.pack('>Q', size)),
    make_names.record('契約書(甲).docx', b'Iloc', b'blob', make_names.blob(bytes(16)))]))
open('files/000000000000abcd', 'wb').write(gzip.compress(make_names.page(2, [
    ('Users/sato/顧客名簿.xlsx', 1000, 0x00800011), ('Users/sato', 1001, 0x01000008)])))
PY
    truncate -s 16M disk.img
    mke2fs -q -F -t ext2 -b 4096 -E nodiscard -d files disk.img
    dd if=a.docx of=disk.img bs=4096 seek=2000 conv=notrunc status=none
    dd if=b.docx of=disk.img bs=4096 seek=2100 conv=notrunc status=none
    dd if=c.xlsx of=disk.img bs=4096 seek=2200 conv=notrunc status=none
    "$RMN_BIN/remnant-scan" disk.img --case disk.db --quiet || [ $? -eq 3 ]
}

ask() {
    sqlite3 -readonly -batch "$BATS_FILE_TMPDIR/disk.db" "$1"
}

@test "names that files speak of are in the case, with what they say" {
    [ "$(ask "SELECT format, path, size_bytes, evidence FROM v_named_thing ORDER BY format")" = \
"ds_store|契約書(甲).docx|$(stat -c %s "$BATS_FILE_TMPDIR/a.docx")|disk.img//@0(ext2)/.DS_Store
fsevents|Users/sato/顧客名簿.xlsx||disk.img//@0(ext2)/000000000000abcd//000000000000abcd" ]
}

@test "a carved file of that size and type gets the name suggested" {
    [ "$(ask "SELECT name || ' ' || first_offset FROM (SELECT s.name, i.first_offset FROM v_suggested_name s
        JOIN v_item i ON i.id = s.item_id WHERE s.source = 'named-size')")" = "契約書(甲).docx 8192000" ]
}

@test "the only one of its type gets the only name" {
    [ "$(ask "SELECT name || ' ' || first_offset FROM (SELECT s.name, i.first_offset FROM v_suggested_name s
        JOIN v_item i ON i.id = s.item_id WHERE s.source = 'named-type')")" = "顧客名簿.xlsx 9011200" ]
}
