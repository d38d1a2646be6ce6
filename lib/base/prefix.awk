# prefix.awk: makes include/prefix.h of the headers of lib/: a #define for each function and object that
# they declare, which puts tlsdial__ before its name.
#
# A static library has no hidden names: without this, an application could have no function of its
# own that is called like one of ours. tests/program/exports.t looks for names that escaped.

function statement_ends(text, names, count) {
    gsub(/STACK_OF\([A-Za-z0-9_]*\)/, "", text)
    gsub(/__attribute__ *\(\(.*\)\)/, "", text)
    if (text ~ /^ *(typedef|static|_Static_assert)/ || (text !~ /\(/ && text !~ /^ *extern /))
        return
    if (text !~ /\(/) # objects, of which one declaration may have several
        for (count = split(text, names, ","); count > 1; count--)
            define(names[count])
    define(text ~ /\(/ ? text : names[1])
}

function define(name) {
    sub(/\(.*/, "", name)
    sub(/\[.*/, "", name)
    sub(/ *$/, "", name)
    sub(/.*[^A-Za-z0-9_]/, "", name)
    # BIO_socket and its kin (bio_sock.h) stand in for OpenSSL's, which has them as a rule.
    if (name ~ /^[a-z]/ && name !~ /^tlsdial_/ && !(name in known)) {
        known[name] = 1
        print "#define " name " tlsdial__" name
    }
}

BEGIN {
    print "/* prefix.h: made by prefix.awk of the headers of lib/. */"
    print "#ifndef TLSDIAL_PREFIX_H"
    print "#define TLSDIAL_PREFIX_H"
}

FNR == 1 { # each header stands alone
    depth = in_comment = continued = 0
    text = ""
}

/^#/ || continued { continued = $0 ~ /\\$/; next }

{
    line = $0
    while (match(line, /\/\*[^*]*\*+([^\/*][^*]*\*+)*\//))
        line = substr(line, 1, RSTART - 1) " " substr(line, RSTART + RLENGTH)
    if (in_comment) {
        if (!match(line, /\*\//))
            next
        line = substr(line, RSTART + 2)
        in_comment = 0
    }
    if (match(line, /\/\*/)) {
        line = substr(line, 1, RSTART - 1)
        in_comment = 1
    }
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (c == "{")
            depth++
        else if (c == "}") {
            if (--depth == 0 && text ~ /\(/)
                text = "" # of a function that is defined here
        } else if (depth == 0 && c == ";") {
            statement_ends(text)
            text = ""
        } else if (depth == 0)
            text = text c
    }
    text = text " "
}

END { print "#endif" }
