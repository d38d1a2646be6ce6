# shellcheck shell=sh disable=SC2034,SC2154 # the files share their variables
# The usual runs of the program, and what is usually said of them.
#
# dial and check take words of their own first, then those of the command line:
#   trust=FILE        for --cacert; trust=none for none ($T/ca.pem)
#   limit=SECONDS     after which it hangs (30)
#   on=terminal       standard output and error are a terminal
#   redirect=TEXT     redirections such as '>&-'
#   shell=SCRIPT      a script that does something with "$@"

dial() { # dial [WORD...] ARGS...: tlsdial ARGS, which trusts $T/ca.pem
    dial_command='' dial_trust=$T/ca.pem dial_limit=30 dial_place='' dial_text=''
    while [ $# -gt 0 ]; do
        case $1 in
        command=*) dial_command=${1#*=} ;;
        trust=*) dial_trust=${1#*=} ;;
        limit=*) dial_limit=${1#*=} ;;
        on=terminal) dial_place=terminal ;;
        redirect=*) dial_place=redirect dial_text=${1#*=} ;;
        shell=*) dial_place=shell dial_text=${1#*=} ;;
        *) break ;;
        esac
        shift
    done
    [ "$dial_trust" = none ] || set -- --cacert "$dial_trust" "$@"
    [ -z "$dial_command" ] || set -- "$dial_command" "$@"
    case $dial_place in
    terminal) on_terminal tlsdial "$@" ;;
    redirect) redirected "$dial_text" tlsdial "$@" ;;
    shell) in_shell "$dial_text" tlsdial "$@" ;;
    *) within "$dial_limit" tlsdial "$@" ;;
    esac
}

check() { dial command=check limit=60 "$@"; } # check [WORD...] ARGS...: tlsdial check ARGS

accepted() { # accepted DESC [WORD...] [ARGS...]: dials the server of "offer" that runs
    accepted_desc=$1
    shift
    dial "$@" localhost "$port"
    status_is 0 "$accepted_desc"
    out_has '</HTML>' "$accepted_desc: the response"
}

refused() { # refused STATUS TOKEN WORDS DESC [WORD...] [ARGS...]: dials the server that runs
    refused_status=$1 refused_token=$2 refused_words=$3 refused_desc=$4
    shift 4
    dial "$@" localhost "$port"
    failed_as "$refused_status" "$refused_token" "$refused_words" "$refused_desc"
}

refused_unheard() { # refused_unheard, as refused: by a server of "serve", which hears no request
    refused "$@"
    peer_log_lacks GET "$4: no request was sent"
}
