#!/bin/bash
# Which folder includes which, against lib/FLOORS.  One TAP line a folder.
#
# Our headers are written "folder/file.h".  A third-party header belongs to the folders that its
# @ line names; whatever is neither listed there nor part of the C library is refused.
cd "$(dirname "$0")/.." || exit 1
files=$(find lib tools -name '*.[ch]' | sort)
# shellcheck disable=SC2086
grep -nE '^[[:space:]]*#[[:space:]]*include' $files | awk -F: '
BEGIN {
    libc = "^(assert|cpuid|ctype|dirent|dlfcn|elf|endian|err|errno|fcntl|fnmatch|ftw|getopt|glob|" \
        "iconv|immintrin|inttypes|langinfo|libgen|limits|locale|malloc|math|poll|pthread|pwd|" \
        "sched|search|setjmp|signal|spawn|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|" \
        "stdlib|string|strings|syscall|sysexits|termios|threads|time|unistd|wchar|wctype|" \
        "x86intrin|(sys|linux|asm|arpa|netinet)/.*)\\.h$"
    while ((getline line < "lib/FLOORS") > 0) {
        if (line ~ /^#/ || line ~ /^[ \t]*$/)
            continue
        count = split(line, word, /[ \t:]+/)
        if (word[1] ~ /^@/) {
            header = substr(word[1], 2)
            owned[header] = 1
            for (i = 2; i <= count; i++)
                owner[header, word[i]] = 1
            continue
        }
        known[word[1]] = 1
        may[word[1], word[1]] = 1
        for (i = 2; i <= count; i++)
            if (word[i] != "")
                may[word[1], word[i]] = 1
    }
}
function refuse(text) {
    bad[folder] = bad[folder] "#   " $1 ":" $2 ": " text "\n"
}
{
    split($1, part, "/")
    folder = part[1] == "tools" ? "tools" : part[2]
    seen[folder] = 1
    if (!(folder in known)) {
        refuse("folder " folder " has no line in lib/FLOORS")
        next
    }
    if (match($0, /"[^"]*"/)) {
        header = substr($0, RSTART + 1, RLENGTH - 2)
        target = header
        if (!sub("/.*", "", target)) {
            if (folder == "tools")      # parts of one program stand beside it
                next
            refuse("\"" header "\" is not written as folder/file.h")
        } else if (!((folder, target) in may))
            refuse(folder " may not include " target " (" header ")")
        next
    }
    match($0, /<[^>]*>/)
    header = substr($0, RSTART + 1, RLENGTH - 2)
    prefix = header
    sub("/.*", "/", prefix)
    name = (header in owned) ? header : (prefix in owned) ? prefix : ""
    if (name == "" && header !~ libc)
        refuse("<" header "> has no @ line in lib/FLOORS")
    else if (name != "" && !((name, folder) in owner))
        refuse("<" header "> does not belong into " folder)
}
END {
    for (folder in seen) {
        print ((folder in bad) ? "not ok " : "ok ") ++n " - floors of " folder
        if (folder in bad) {
            printf "%s", bad[folder]
            failed = 1
        }
    }
    print "1.." n
    exit failed
}'
