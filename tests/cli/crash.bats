#!/usr/bin/env bats
# Processes that die on evidence: what it costs, and what the case says of it.
bats_require_minimum_version 1.5.0
load common

# Two volumes of FAT on one disk; the files of the first are read by exact sizes, which lets the
# shim hit the worker that reads one of them and nothing else.
setup_file() {
    [ -x "$RMN_BIN/remnant-scan" ] || return 0
    cd "$BATS_FILE_TMPDIR" || return 1
    python3 - <<'END'
import io, os, subprocess, tarfile

MIB = 1 << 20
os.mkdir('in')
def text(name, size):
    line = 'Mail: %s%%04d@shinonome.example.jp\n' % name
    data = ''.join(line % i for i in range(size // 34 + 1))
    return data.encode()[:size]
files = {'before.txt': text('before', 50000), 'victim.txt': text('victim', 70001),
         'after.txt': text('after', 50000)}
def tar(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w', format=tarfile.USTAR_FORMAT) as t:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
    return out.getvalue()
inner = tar([('deep.txt', text('deep', 5000))])
files['outer.tar'] = tar([('first.txt', text('first', 5000)), ('inner.tar', inner),
                          ('last.txt', text('last', 5000))])
for name, data in files.items():
    open('in/' + name, 'wb').write(data)
def volume(names):
    with open('volume', 'wb') as out:
        out.truncate(8 * MIB)
    subprocess.run(['mformat', '-i', 'volume', '-v', 'DISK', '::'], check=True)
    for name in names:
        subprocess.run(['mcopy', '-i', 'volume', 'in/' + name, '::'], check=True)
    subprocess.run(['mmd', '-i', 'volume', '::/folder'], check=True)
    subprocess.run(['mcopy', '-i', 'volume', 'in/before.txt', '::/folder/INSIDE.TXT'], check=True)
    return open('volume', 'rb').read()
def entry(start):
    return bytes([0, 0, 0, 0, 0x06, 0, 0, 0]) + (start // 512).to_bytes(4, 'little') + \
        (8 * MIB // 512).to_bytes(4, 'little')
disk = bytearray(18 * MIB)
disk[446:462] = entry(MIB)
disk[462:478] = entry(10 * MIB)
disk[510:512] = b'\x55\xaa'
disk[MIB:9 * MIB] = volume(files)
disk[10 * MIB:18 * MIB] = volume(['after.txt'])
open('disk.raw', 'wb').write(disk)
open('victim.at', 'w').write(str(disk.find(files['victim.txt'][:512])))
open('folder.at', 'w').write(str(disk.find(b'INSIDE  TXT')))
END
    "${CC:-cc}" -shared -fPIC -D_GNU_SOURCE -o bad.so "$BATS_TEST_DIRNAME/bad-sector.c"
    "$RMN_BIN/remnant-scan" disk.raw --case good.db --quiet
}

setup() {
    [ -x "$RMN_BIN/remnant-scan" ] || skip "remnant-scan is not built"
    [ -z "${RMN_SAN:-}" ] || skip "the sanitizer's runtime must come first"
    cd "$BATS_TEST_TMPDIR" || return 1
    good=$BATS_FILE_TMPDIR/good.db
}

ask() {
    sqlite3 -readonly -batch "${2:-bad.db}" "$1"
}

# scan_with NAME=VALUE...: the disk is scanned with the shim set so, into bad.db.
scan_with() {
    scan_of "$BATS_FILE_TMPDIR/disk.raw" BAD_ACT=crash "$@"
}

# scan_of SOURCE NAME=VALUE...: the same for another source.
scan_of() {
    local source=$1
    shift
    run --separate-stderr timeout 120 env LD_PRELOAD="$BATS_FILE_TMPDIR/bad.so" \
        BAD_FILE="$source" "$@" remnant-scan "$source" --case bad.db --quiet
    echo "exit status $status: $stderr"
    [ "$status" -eq 3 ]
    [ "$(ask 'SELECT sum(bytes) FROM v_coverage')" = "$(stat -c %s "$source")" ]
    [ "$(ask 'SELECT count(*) FROM v_coverage WHERE bytes < 0')" -eq 0 ]
}

# The items whose path holds none of the words are the same, with the same findings, as in a scan
# in which nothing died.
others_are_the_same() {
    local word where=1
    for word in "$@"; do
        where="$where AND forensic_path NOT LIKE '%$word%'"
    done
    for db in bad.db "$good"; do
        ask "SELECT forensic_path, sha256, status FROM v_item WHERE $where ORDER BY 1;
            SELECT forensic_path, rule, byte_offset FROM v_finding WHERE $where ORDER BY 1, 2, 3" \
            "$db" >"$(basename "$db").rows"
    done
    [ "$(wc -l <good.db.rows)" -gt 100 ]
    diff good.db.rows bad.db.rows | head -20
    cmp good.db.rows bad.db.rows
}

@test "the disk of these tests is examined without a loss when nothing dies" {
    [ "$(ask 'SELECT count(*) FROM v_unexamined' "$good")" -eq 0 ]
    [ "$(ask "SELECT count(*) FROM v_item WHERE path LIKE '%.txt'" "$good")" -ge 5 ]
}

@test "a worker that dies whenever it reads an item loses that item and nothing else" {
    scan_with BAD_AT="$(cat "$BATS_FILE_TMPDIR/victim.at")" BAD_LEAST=70001 BAD_MOST=70001
    [ "$(ask "SELECT count(*) FROM v_unexamined WHERE stage = 'crash'
        AND forensic_path LIKE '%victim.txt' AND reason LIKE '%signal 11%'")" -ge 1 ]
    [ "$(ask "SELECT count(*) FROM v_unexamined
        WHERE forensic_path NOT LIKE '%victim.txt'")" -eq 0 ]
    [ "$(ask "SELECT status FROM v_item WHERE path = 'victim.txt'")" = failed ]
    others_are_the_same victim.txt
}

@test "a reader that dies on a member costs the reading of that member" {
    scan_with BAD_ARCHIVE=2
    [ "$(ask "SELECT count(*) FROM v_unexamined")" -ge 1 ]
    [ "$(ask "SELECT count(*) FROM v_unexamined
        WHERE forensic_path NOT LIKE '%outer.tar//inner.tar'")" -eq 0 ]
    [ "$(ask "SELECT count(*) FROM v_unexamined WHERE stage = 'crash'
        AND reason LIKE '%signal 11%'")" -eq 1 ]
    # Its bytes were searched as they are.
    [ "$(ask "SELECT count(*) FROM v_finding WHERE rule = 'email'
        AND forensic_path LIKE '%outer.tar//inner.tar'")" -gt 100 ]
    others_are_the_same inner.tar
}

@test "a reader that dies on an item leaves its bytes to be searched" {
    scan_with BAD_ARCHIVE=1
    [ "$(ask "SELECT count(*) FROM v_unexamined WHERE stage = 'crash'
        AND forensic_path LIKE '%/outer.tar' AND reason LIKE '%signal 11%'")" -eq 1 ]
    [ "$(ask "SELECT count(*) FROM v_finding WHERE rule = 'email'
        AND forensic_path LIKE '%/outer.tar'")" -gt 300 ]
    others_are_the_same outer.tar
}

# first_volume_is_space CRASHES: the walker died at least so often (steps of the recovery that read the
# same sector die of it too, and are left out one by one); the bytes of the first volume were examined
# without a file system, and the second volume as ever.
first_volume_is_space() {
    [ "$(ask "SELECT count(*) FROM v_unexamined WHERE stage = 'crash'
        AND reason LIKE '%signal 11%'")" -ge "$1" ]
    [ "$(ask "SELECT count(*) FROM v_volume WHERE coalesce(filesystem, '') = ''
        AND state = 'current'")" -eq 1 ]
    # The other volume has its file, the addresses of this one are found all the same.
    [ "$(ask "SELECT count(*) FROM v_item WHERE path = 'after.txt' AND status = 'complete'")" -eq 1 ]
    [ "$(ask "SELECT count(*) FROM v_item WHERE path = 'victim.txt'")" -eq 0 ]
    [ "$(ask "SELECT count(*) >= 2000 FROM v_finding f JOIN v_item i ON i.id = f.item_id
        WHERE f.rule = 'email' AND i.state IN ('residue', 'carved')")" -eq 1 ]
    [ "$(ask "SELECT sum(bytes) >= 200000 FROM v_coverage
        WHERE class IN ('residue', 'carved')")" -eq 1 ]
}

# Reads of at most 64 KiB: neither the hasher nor a window of space.
@test "a walker that dies when it opens a volume leaves it to be examined as space" {
    scan_with BAD_AT=1048576 BAD_SIZE=512 BAD_MOST=65536
    first_volume_is_space 1
}

@test "a walker that dies in a volume leaves it to be examined as space" {
    scan_with BAD_AT="$(cat "$BATS_FILE_TMPDIR/folder.at")" BAD_MOST=65536
    first_volume_is_space 2		# once with the search for orphans, once without
}

@test "a walker that dies on every source leaves the whole source as space" {
    # The partition table's sector, which every walker reads first; 1024 bytes is the look at the
    # image's head, which every process takes.
    scan_with BAD_AT=0 BAD_SIZE=512 BAD_LEAST=2048 BAD_MOST=65536
    [ "$(ask "SELECT count(*) FROM v_unexamined WHERE stage = 'crash'")" -ge 1 ]
    [ "$(ask "SELECT count(*) >= 2000 FROM v_finding WHERE rule = 'email'")" -eq 1 ]
}

@test "a hasher that dies costs the hash" {
    scan_with BAD_AT="$(cat "$BATS_FILE_TMPDIR/victim.at")" BAD_LEAST=262144
    [ "$(ask "SELECT count(*) FROM v_unexamined WHERE stage = 'hash'
        AND reason LIKE '%signal 11%'")" -eq 1 ]
    [ -z "$(ask 'SELECT sha256 FROM v_source')" ]
    others_are_the_same nothing-at-all
}

@test "sectors of metadata that cannot be read stay in the ledger" {
    truncate -s 8M empty.raw
    mformat -i empty.raw -v EMPTY ::
    scan_of empty.raw BAD_AT=4096 BAD_SIZE=1024
    [ "$(ask "SELECT sum(bytes) >= 1024 FROM v_coverage WHERE class = 'unreadable'")" -eq 1 ]
}
