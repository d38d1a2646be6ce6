# Makes the completion of a shell from the table of options (src/options_table.c):
#   awk -v shell=bash|zsh|fish [-v check=no] -f completions.awk options_table.c
# With check=no for a program without that command.
# An entry of the table begins with "{" in the fifth column and ends with "},".

/ entries\[\] = \{/ { table = 1 }
/^\};/ { table = 0 }
table && /^    \{/ { entry = "" ; inside = 1 }
inside { entry = entry $0 }
inside && /\},$/ { inside = 0; add(entry) }

END {
    if (count == 0) {
        print "no options found" >"/dev/stderr"
        exit 1
    }
    if (shell == "bash")
        print_bash()
    else if (shell == "zsh")
        print_zsh()
    else
        print_fish()
}

# Takes the next string, or word, off the front of rest.
function take(  value) {
    sub(/^[ ,{]+/, "", rest)
    value = ""
    if (rest !~ /^"/) {
        match(rest, /^[^ ,}]+/)
        value = substr(rest, 1, RLENGTH)
        rest = substr(rest, RLENGTH + 1)
        return value == "NULL" ? "" : value
    }
    while (match(rest, /^ *"([^"\\]|\\.)*"/)) { # adjacent strings are one
        value = value substr(rest, index(rest, "\"") + 1, RLENGTH - index(rest, "\"") - 1)
        rest = substr(rest, RLENGTH + 1)
    }
    gsub(/\\n/, " ", value)
    gsub(/\\"/, "\"", value)
    return value
}

function add(text,  code) {
    rest = text
    code = take()
    if (check == "no" && text ~ /FOR_CHECK/)
        return
    letter[++count] = code ~ /^'/ ? substr(code, 2, 1) : ""
    used_by[count] = take()
    name[count] = take()
    argument[count] = take()
    help[count] = take()
}

# What an argument can be, as far as a shell can tell.
function kind(i) {
    if (argument[i] == "FILE" || name[i] == "pinnedpubkey")
        return "file"
    if (argument[i] == "DIR")
        return "directory"
    if (argument[i] ~ /^PROGRAM/)
        return "command"
    if (argument[i] == "VERSION")
        return "TLSv1.2 TLSv1.3"
    if (argument[i] == "FORMAT")
        return "text json"
    return argument[i] == "" ? "" : "any"
}

function words(use,  i, all) {
    for (i = 1; i <= count; i++) {
        if (used_by[i] != use)
            continue
        all = all " --" name[i]
        if (letter[i] != "")
            all = all " -" letter[i]
    }
    return substr(all, 2)
}

function patterns(wanted,  i, all) {
    for (i = 1; i <= count; i++)
        if (kind(i) == wanted)
            all = all "|--" name[i] (letter[i] != "" ? "|-" letter[i] : "")
    return substr(all, 2)
}

function print_bash() {
    print "# bash completion of tlsdial; made from its table of options"
    print "_tlsdial() {"
    print "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}"
    print "    local options='" words("FOR_ALL") "'"
    print "    local IFS=$' \\t\\n'"
    print "    case $before in"
    print "    " patterns("file") ")"
    print "        compopt -o filenames 2>/dev/null"
    print "        IFS=$'\\n'"
    print "        COMPREPLY=($(compgen -f -- \"$word\"))"
    print "        return ;;"
    print "    " patterns("directory") ")"
    print "        compopt -o filenames 2>/dev/null"
    print "        IFS=$'\\n'"
    print "        COMPREPLY=($(compgen -d -- \"$word\"))"
    print "        return ;;"
    print "    " patterns("command") ")"
    print "        COMPREPLY=($(compgen -c -- \"$word\"))"
    print "        return ;;"
    print "    " patterns("TLSv1.2 TLSv1.3") ")"
    print "        COMPREPLY=($(compgen -W 'TLSv1.2 TLSv1.3' -- \"$word\"))"
    print "        return ;;"
    if (patterns("text json") != "") {
        print "    " patterns("text json") ")"
        print "        COMPREPLY=($(compgen -W 'text json' -- \"$word\"))"
        print "        return ;;"
    }
    print "    " patterns("any") ")"
    print "        return ;;"
    print "    esac"
    print "    case ${COMP_WORDS[1]} in"
    if (check != "no")
        print "    check) options=\"$options " words("FOR_CHECK") "\" ;;"
    print "    pipe) options=\"$options " words("FOR_DIAL_AND_PIPE") " " words("FOR_PIPE") "\" ;;"
    print "    *) options=\"$options " words("FOR_DIAL") " " words("FOR_DIAL_AND_PIPE") "\" ;;"
    print "    esac"
    print "    if [[ $word == -* ]]; then"
    print "        COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))"
    print "    else"
    print "        COMPREPLY=($(compgen -A hostname -- \"$word\"))"
    print "        [[ $COMP_CWORD -gt 1 ]] || COMPREPLY+=($(compgen -W '" commands() "' -- \"$word\"))"
    print "    fi"
    print "}"
    print "complete -F _tlsdial tlsdial"
}

function commands() {
    return check == "no" ? "pipe" : "check pipe"
}

function zsh_action(i,  what) {
    what = kind(i)
    if (what == "")
        return ""
    if (what == "file")
        return ":" argument[i] ":_files"
    if (what == "directory")
        return ":" argument[i] ":_files -/"
    if (what == "command")
        return ":" zsh_text(argument[i]) ":_command_names -e"
    if (what == "any")
        return ":" zsh_text(argument[i]) ": "
    return ":" argument[i] ":(" what ")"
}

function zsh_text(text) {
    gsub(/'/, "'\\''", text)
    gsub(/[:\[\]]/, "\\\\&", text)
    return text
}

function print_zsh_specs(use,  i, flag) {
    for (i = 1; i <= count; i++) {
        if (used_by[i] != use)
            continue
        if (letter[i] != "")
            print "        '*-" letter[i] "[" zsh_text(help[i]) "]" zsh_action(i) "'"
        print "        '*--" name[i] "[" zsh_text(help[i]) "]" zsh_action(i) "'"
    }
}

function print_zsh() {
    print "#compdef tlsdial"
    print "# zsh completion of tlsdial; made from its table of options"
    print "_tlsdial() {"
    print "    local -a specs"
    print "    local found=1"
    print "    specs=("
    print_zsh_specs("FOR_ALL")
    print "        '1:target:_hosts'"
    print "        '2:port:_ports'"
    print "    )"
    print "    local command=${words[2]}"
    print "    (( CURRENT > 2 )) || command="
    print "    case $command in"
    if (check != "no") {
        print "    check)"
        print "        specs+=("
        print_zsh_specs("FOR_CHECK")
        print "        )"
        print "        shift words"
        print "        (( CURRENT-- )) ;;"
    }
    print "    pipe)"
    print "        specs+=("
    print_zsh_specs("FOR_DIAL_AND_PIPE")
    print_zsh_specs("FOR_PIPE")
    print "        )"
    print "        shift words"
    print "        (( CURRENT-- )) ;;"
    print "    *)"
    print "        specs+=("
    print_zsh_specs("FOR_DIAL")
    print_zsh_specs("FOR_DIAL_AND_PIPE")
    print "        )"
    print "        (( CURRENT == 2 )) && compadd " commands() " && found=0 ;;"
    print "    esac"
    print "    _arguments -S $specs && found=0"
    print "    return found"
    print "}"
    print "_tlsdial \"$@\""
}

function fish_text(text) {
    gsub(/\\/, "\\\\", text)
    gsub(/'/, "\\'", text)
    return text
}

function print_fish(  i, line, what) {
    print "# fish completion of tlsdial; made from its table of options"
    print "complete -c tlsdial -f"
    if (check != "no")
        print "complete -c tlsdial -n __fish_is_first_arg -a check -d 'report on a server'"
    print "complete -c tlsdial -n __fish_is_first_arg -a pipe -d 'standard input and output over TLS'"
    print "complete -c tlsdial -a '(__fish_print_hostnames)'"
    for (i = 1; i <= count; i++) {
        line = "complete -c tlsdial"
        if (used_by[i] == "FOR_CHECK")
            line = line " -n '__fish_seen_subcommand_from check'"
        if (used_by[i] == "FOR_PIPE")
            line = line " -n '__fish_seen_subcommand_from pipe'"
        if (used_by[i] == "FOR_DIAL")
            line = line " -n 'not __fish_seen_subcommand_from " commands() "'"
        if (used_by[i] == "FOR_DIAL_AND_PIPE" && check != "no")
            line = line " -n 'not __fish_seen_subcommand_from check'"
        if (letter[i] != "")
            line = line " -s " letter[i]
        line = line " -l " name[i]
        what = kind(i)
        if (what == "file")
            line = line " -rF"
        else if (what == "directory")
            line = line " -xa '(__fish_complete_directories)'"
        else if (what == "command")
            line = line " -xa '(__fish_complete_command)'"
        else if (what == "any")
            line = line " -x"
        else if (what != "")
            line = line " -xa '" what "'"
        print line " -d '" fish_text(help[i]) "'"
    }
}
