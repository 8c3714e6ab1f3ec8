# Completion data of the programs (lib/cli/help.h) -> one zsh completion for all of them.
function escaped(text) {
    gsub(/[\]\[:\\]/, "\\\\&", text)
    gsub(/'/, "'\\''", text)
    return text
}
function action(kind, values) {
    gsub(/\|/, " ", values)
    return kind == "choice" ? "(" values ")" : kind == "file" ? "_files" : \
        kind == "folder" ? "_files -/" : ""
}
$1 == "program" {
    names[++count] = $2
    if (split($2, word, " ") == 2)
        commands[word[1]] = commands[word[1]] " '" word[2] ":" escaped($3) "'"
    else
        programs = programs " " $2
}
$1 == "option" {
    tail = "[" escaped($7) "]" ($5 == "flag" ? "" : ":value:" action($5, $6))
    # A list may repeat; nothing here knows which, so no option is offered only once.
    specs[$2] = specs[$2] " \\\n        '*" $3 ($5 == "flag" ? "" : "=") tail "'"
    if ($4 != "")
        specs[$2] = specs[$2] " \\\n        '*" $4 ($5 == "flag" ? "" : "+") tail "'"
}
$1 == "argument" { argument[$2] = $3 }
END {
    print "#compdef" programs
    print "# zsh completion for remnant; made by tools/completion-zsh.awk"
    print "_remnant() {"
    print "    local program=${service:-remnant} curcontext=$curcontext state line"
    print "    local -a commands"
    print "    _remnant_program $program"
    print "}"
    print "_remnant_program() {"
    print "    case $1 in"
    for (i = 1; i <= count; i++) {
        name = names[i]
        if (name ~ /^remnant /)
            continue
        printf "    %s)\n", name ~ / / ? "'" name "'" : name
        if (name in commands) {
            printf "        commands=(%s)\n", substr(commands[name], 2)
            printf "        _arguments -C%s \\\n", specs[name]
            print "        '1: :->command' '*:: :->rest'"
            print "        case $state in"
            print "        command) _describe command commands ;;"
            printf "        rest) _remnant_program \"%s$words[1]\" ;;\n", name == "remnant" ? "remnant-" : name " "
            print "        esac ;;"
        } else {
            printf "        _arguments -s -S%s \\\n", specs[name]
            printf "        '*:argument:%s' ;;\n", action(argument[name], "")
        }
    }
    print "    esac"
    print "}"
    print "_remnant \"$@\""
}
