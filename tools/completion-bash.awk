# Completion data of the programs (lib/cli/help.h) -> one bash completion for all of them.
function quoted(text) {
    gsub(/'/, "'\\''", text)
    return "'" text "'"
}
$1 == "program" {
    names[++count] = $2
    if (split($2, word, " ") == 2)
        commands[word[1]] = commands[word[1]] " " word[2]
    else
        programs = programs " " $2
}
$1 == "option" {
    options[$2] = options[$2] " " $3
    if ($5 == "flag")
        next
    key = quoted($2 " " $3) ($4 != "" ? "|" quoted($2 " " $4) : "")
    values = $6
    gsub(/\|/, " ", values)
    if ($5 == "choice")
        cases = cases "    " key ") _remnant_words " quoted(values) "; return ;;\n"
    else if ($5 == "file" || $5 == "folder")
        cases = cases "    " key ") _remnant_" $5 "s; return ;;\n"
    else
        cases = cases "    " key ") return ;;\n"
}
$1 == "argument" { argument[$2] = $3 }
END {
    print "# bash completion for remnant; made by tools/completion-bash.awk"
    print "_remnant_words() { mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$current\"); }"
    print "_remnant_files() {"
    print "    compopt -o filenames 2>/dev/null"
    print "    mapfile -t COMPREPLY < <(compgen -f -- \"$current\")"
    print "}"
    print "_remnant_folders() {"
    print "    compopt -o filenames 2>/dev/null"
    print "    mapfile -t COMPREPLY < <(compgen -d -- \"$current\")"
    print "}"
    print "_remnant() {"
    print "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}"
    print "    local program=${COMP_WORDS[0]##*/} at=1"
    print "    COMPREPLY=()"
    print "    # --option=value comes as three words."
    print "    if [[ $current == '=' ]]; then"
    print "        current="
    print "    elif [[ $previous == '=' ]]; then"
    print "        previous=${COMP_WORDS[COMP_CWORD - 2]}"
    print "    fi"
    print "    if [[ $program == remnant ]] && ((COMP_CWORD > at)); then"
    print "        program=remnant-${COMP_WORDS[at]} at=2"
    print "    fi"
    print "    case $program in"
    for (name in commands) {
        printf "    %s)\n", name
        printf "        if ((COMP_CWORD == at)); then\n"
        printf "            _remnant_words %s; return\n", quoted(substr(commands[name], 2) options[name])
        printf "        fi\n"
        printf "        program=\"%s ${COMP_WORDS[at]}\" ;;\n", name
    }
    print "    esac"
    print "    case \"$program $previous\" in"
    printf "%s", cases
    print "    esac"
    print "    case \"$program\" in"
    for (i = 1; i <= count; i++) {
        name = names[i]
        if (name ~ /^remnant /)
            continue
        printf "    %s)\n", quoted(name)
        printf "        [[ $current == -* ]] && { _remnant_words %s; return; }\n", quoted(substr(options[name], 2))
        if (argument[name] == "file" || argument[name] == "folder")
            printf "        _remnant_%ss ;;\n", argument[name]
        else
            print "        ;;"
    }
    print "    esac"
    print "}"
    print "complete -F _remnant" programs
}
