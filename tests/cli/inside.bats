#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Disk images inside other items.  shellcheck disable=SC2154
bats_require_minimum_version 1.5.0
load common

# inner.img: a FAT volume with a file, a deleted one and words that no file has.
make_inner() {
    export MTOOLS_SKIP_CHECK=1
    head -c 2097152 /dev/zero >inner.img
    mkfs.vfat -F 12 -n INNER inner.img >/dev/null
    printf '顧客 山田太郎 taro@example.jp\n' >kept.txt
    printf '削除 佐藤花子 hanako@example.jp\n' >gone.txt
    mmd -i inner.img ::/DOCS
    mcopy -i inner.img kept.txt ::/DOCS/kept.txt
    mcopy -i inner.img gone.txt ::/DOCS/gone.txt
    mdel -i inner.img ::/DOCS/gone.txt
    printf 'left behind: ichiro@example.jp' | dd of=inner.img bs=1 seek=1500000 conv=notrunc 2>/dev/null
}

# members FILE: the paths of what is inside it, below its name.
members() {
    fails 3 remnant-text --json "$1"
    jq -r 'select(.type == "member") | .path' <<<"$output" | sed "s|^$1//||"
}

@test "the files of an image in a zip are members, deleted ones and free space too" {
    make_inner
    zip -q outer.zip inner.img
    members outer.zip >list
    grep -qx 'inner.img//p1@0(fat12)/DOCS/kept.txt' list
    grep -qx 'inner.img//p1@0(fat12,deleted)/DOCS/_one.txt' list
    grep -qx 'inner.img//p1@0(fat12)/unclaimed@0' list
    grep -q 'taro@example.jp' <<<"$output"
    grep -q 'hanako@example.jp' <<<"$output"
    grep -q 'lost files were not looked for' <<<"$output"
}

@test "what is in an image inside a file is found under its path" {
    make_inner
    mkdir tree
    zip -q tree/outer.zip inner.img
    fails 3 remnant-scan tree --case c.db --keep-values
    sqlite3 c.db "select value, forensic_path from v_finding where rule like '%mail%'" >found
    grep -q '^taro@example.jp|.*outer.zip//inner.img//p1@0(fat12)/DOCS/kept.txt' found
    grep -q '^hanako@example.jp|.*outer.zip//inner.img//p1@0(fat12,deleted)/DOCS/_one.txt' found
    grep -q '^ichiro@example.jp|.*outer.zip//inner.img//p1@0(fat12)/unclaimed@0' found
    [ "$(grep -c '^taro' found)" -eq 1 ]
}

@test "every kind of image gives the same files" {
    command -v qemu-img >/dev/null || skip "no qemu-img"
    make_inner
    for kind in qcow2 vmdk vpc vhdx; do
        qemu-img convert -f raw -O $kind inner.img "image.$kind"
        members "image.$kind" >list
        grep -qx 'p1@0(fat12)/DOCS/kept.txt' list
    done
    qemu-img convert -f raw -O vmdk -o subformat=streamOptimized inner.img stream.vmdk
    members stream.vmdk >list
    grep -qx 'p1@0(fat12)/DOCS/kept.txt' list
}

@test "partitions are volumes of their own" {
    make_inner
    head -c 4194304 /dev/zero >disk.img
    # one entry: type 1, 4096 sectors from 2048 on
    printf '\0\0\0\0\001\0\0\0\0\010\0\0\0\020\0\0' |
        dd of=disk.img bs=1 seek=446 conv=notrunc 2>/dev/null
    printf '\125\252' | dd of=disk.img bs=1 seek=510 conv=notrunc 2>/dev/null
    dd if=inner.img of=disk.img bs=512 seek=2048 conv=notrunc 2>/dev/null
    members disk.img >list
    grep -qx 'p1@1048576(fat12)/DOCS/kept.txt' list
}

@test "an image in an image in a zip" {
    make_inner
    head -c 8388608 /dev/zero >outer.img
    mkfs.vfat -F 12 outer.img >/dev/null
    mcopy -i outer.img inner.img ::/INNER.IMG
    zip -q two.zip outer.img
    members two.zip >list
    grep -qx 'outer.img//p1@0(fat12)/INNER.IMG//p1@0(fat12)/DOCS/kept.txt' list
}

@test "a disc is an archive" {
    command -v genisoimage >/dev/null || skip "no genisoimage"
    mkdir disc
    printf 'taro@example.jp\n' >disc/見積書.txt
    genisoimage -quiet -J -r -input-charset utf-8 -o disc.iso disc
    run remnant-text --json disc.iso
    [ "$status" -eq 0 ]
    grep -q 'disc.iso//見積書.txt' <<<"$output"
}

# udf_make FILE: the descriptors of a UDF disc, and an address where a file could be.
udf_make() {
    head -c 131072 /dev/zero >"$1"
    for i in 0:BEA01 1:NSR03 2:TEA01; do
        printf '\0%s\1' "${i#*:}" | dd of="$1" bs=1 seek=$((32768 + 2048 * ${i%:*})) conv=notrunc
    done 2>/dev/null
    printf 'ichiro@example.jp' | dd of="$1" bs=1 seek=100000 conv=notrunc 2>/dev/null
}

@test "a UDF disc is told, and searched as it is" {
    mkdir tree
    udf_make tree/disc.iso
    fails 3 remnant-scan tree --case c.db
    sqlite3 c.db 'select reason from v_unexamined' | grep -q 'a UDF disc: its files are not read'
    [ "$(sqlite3 c.db 'select count(*) from v_finding')" -eq 1 ]
    fails 3 remnant-scan tree/disc.iso --case source.db
    sqlite3 source.db 'select reason from v_unexamined' | grep -q 'a UDF volume'
}

@test "UDF beside ISO 9660 is told" {
    command -v genisoimage >/dev/null || skip "no genisoimage"
    mkdir disc
    printf 'taro@example.jp\n' >disc/a.txt
    genisoimage -quiet -udf -J -r -o disc.iso disc
    fails 3 remnant-text disc.iso
    grep -q 'a UDF file system stands beside ISO 9660' <<<"$output"
    fails 3 remnant-scan disc.iso --case c.db
    sqlite3 c.db 'select reason from v_unexamined' | grep -q 'second file system (udf)'
}

@test "what a zip was put behind is searched, too" {
    mkdir tree
    printf 'taro@example.jp\n' >inner.txt
    zip -q inner.zip inner.txt
    { printf '\0\1\2\3hanako@example.jp\0\0'; cat inner.zip; } >tree/both.bin
    run remnant-scan tree --case c.db --keep-values
    [ "$status" -eq 0 ]
    sqlite3 c.db 'select value, forensic_path from v_finding order by 1' >found
    grep -q '^hanako@example.jp|.*both.bin$' found
    grep -q '^taro@example.jp|.*both.bin//inner.txt' found
}

@test "a file that is too large to be held makes its image be searched as it is" {
    export MTOOLS_SKIP_CHECK=1
    mkdir tree
    truncate -s 140M tree/large.img
    mkfs.vfat -F 16 tree/large.img >/dev/null
    truncate -s 101M large.bin
    printf 'hanako@example.jp' | dd of=large.bin bs=1 seek=104857600 conv=notrunc 2>/dev/null
    mcopy -i tree/large.img large.bin ::/large.bin
    fails 3 remnant-scan tree --case c.db --keep-values
    sqlite3 c.db 'select value, forensic_path from v_finding' | grep -q '^hanako@example.jp|.*large.img$'
}

@test "a volume that is encrypted is told" {
    head -c 1048576 /dev/zero >locked.img
    printf '\xebX\x90-FVE-FS-' | dd of=locked.img conv=notrunc 2>/dev/null
    fails 3 remnant-text locked.img
    grep -q 'encrypted by BitLocker' <<<"$output"
}

@test "a boot sector alone is no image" {
    make_inner
    head -c 512 inner.img >sector.bin
    run remnant-text --json sector.bin
    [ "$status" -eq 0 ]
    ! grep -q '"member","parent"' <<<"$output"
}
