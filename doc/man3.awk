# man3.awk: makes the manual pages of section 3 of include/tlsdial.h.in, whose comments are the contract:
# a page for each of its parts, and a link to it for each function.
#
#   awk -v folder=FOLDER -v date="November 27, 2026" -f man3.awk tlsdial.h.in

# Text of a comment as mdoc: names of functions marked, nothing taken for a macro.
function prose(text, out, word, tail, count, words, i) {
    gsub(/\\/, "\\e", text)
    count = split(text, words, /[ \n]+/)
    out = ""
    for (i = 1; i <= count; i++) {
        word = words[i]
        if (match(word, /^tlsdial_[a-z0-9_]+\(\)/)) {
            tail = substr(word, RLENGTH + 1)
            out = out "\n.Fn " substr(word, 1, RLENGTH - 2)
            while (tail != "") {
                out = out " " substr(tail, 1, 1)
                tail = substr(tail, 2)
            }
            out = out "\n"
        } else if (word ~ /^[(]?[A-Za-z_]+\([1378]\)[.,;:)]*$/ && word !~ /^[(]/) {
            tail = word
            sub(/^[A-Za-z_]+\([1378]\)/, "", tail)
            match(word, /\([1378]\)/)
            out = out "\n.Xr " substr(word, 1, RSTART - 1) " " substr(word, RSTART + 1, 1) spaced(tail) "\n"
        } else if (word != "") {
            if (out ~ /(^|\n)$/ && word ~ /^[.']/)
                word = "\\&" word
            out = out (out == "" || out ~ /\n$/ ? "" : " ") word
            if (word ~ /[.:]$/ && word !~ /^[a-z]\.$/)
                out = out "\n"
        }
    }
    gsub(/\n\n+/, "\n", out)
    sub(/^\n/, "", out)
    sub(/\n$/, "", out)
    return out
}

function spaced(text, out) {
    for (out = ""; text != ""; text = substr(text, 2))
        out = out " " substr(text, 1, 1)
    return out
}

function function_name(declaration) {
    sub(/\(.*/, "", declaration)
    sub(/.*[ *]/, "", declaration)
    return declaration
}

# .Ft and .Fn of a declaration on one line.
function synopsis(declaration, name, type, arguments, count, parts, out, i) {
    gsub(/[ \n]+/, " ", declaration)
    sub(/ TLSDIAL_PRINTF\([^)]*\)/, "", declaration)
    name = function_name(declaration)
    type = declaration
    sub(/\(.*/, "", type)
    sub(name "$", "", type)
    sub(/ *$/, "", type)
    arguments = declaration
    sub(/^[^(]*\(/, "", arguments)
    sub(/\) *;$/, "", arguments)
    out = ".Ft \"" type "\"\n.Fn " name
    count = split(arguments, parts, /, */)
    for (i = 1; i <= count; i++)
        out = out " \"" parts[i] "\""
    return out
}

function begin_part(title) {
    end_part()
    page = title
    sub(/[: ].*/, "", page)
    page = "tlsdial_" page
    subject = title
    names = list = body = ""
}

function end_part(file, i, count, each) {
    if (names == "")
        return
    file = folder "/" page ".3"
    printf ".Dd %s\n.Dt %s 3\n.Os\n.Sh NAME\n", date, toupper(page) >file
    count = split(names, each, " ")
    for (i = 1; i <= count; i++)
        printf ".Nm %s%s\n", each[i], i < count ? " ," : "" >file
    printf ".Nd libtlsdial: %s\n.Sh LIBRARY\nlibtlsdial: compile and link with\n.Li pkg-config --cflags --libs libtlsdial\n.Sh SYNOPSIS\n.In tlsdial.h\n%s.Sh DESCRIPTION\n%s", subject, list, body >file
    printf ".Sh SEE ALSO\n.Xr libtlsdial 3 ,\n.Xr tlsdial-causes 7\n" >file
    close(file)
    for (i = 1; i <= count; i++)
        if (each[i] != page) {
            print ".so man3/" page ".3" >(folder "/" each[i] ".3")
            close(folder "/" each[i] ".3")
        }
}

# One comment and what follows it up to an empty line.
function end_block(i, heads) {
    if (declarations == 0 && literal == "")
        return
    heads = ""
    for (i = 1; i <= declarations; i++) {
        names = names (names == "" ? "" : " ") function_name(declared[i])
        list = list synopsis(declared[i]) "\n"
        heads = heads "\n.Fn " function_name(declared[i]) (i < declarations ? " ," : "")
    }
    if (literal != "") {
        gsub(/\\/, "\\e", literal)
        body = body ".Bd -literal\n" literal ".Ed\n"
        if (comment != "")
            body = body ".Pp\n" prose(comment) "\n"
    }
    if (declarations > 0)
        body = body ".Bl -tag -width Ds\n.It Xo" heads "\n.Xc\n" \
            (comment != "" ? prose(comment) "\n" : "") ".El\n"
    declarations = 0
    literal = comment = ""
}

/^\/\* ---- / {
    end_block()
    title = $0
    sub(/^\/\* -+ /, "", title)
    sub(/ -+ \*\/$/, "", title)
    begin_part(title)
    next
}

/^@CAUSES@$/ { $0 = "    /* ... one for each of tlsdial-causes(7) */" }
/^#if|^#endif|^#else|^#include|^extern "C"|^}$/ && depth == 0 { next }
NR < 40 && /^( \*|\/\*$)/ { next }
depth == 0 && /^$/ { end_block(); next }

depth == 0 && statement == "" && (/^\/\*\*/ || in_comment) {
    if (/^\/\*\*/ && (declarations > 0 || literal != ""))
        end_block()
    in_comment = 1
    line = $0
    sub(/^\/\*\* ?/, "", line)
    sub(/^ \* ?/, "", line)
    if (line ~ /\*\/$/)
        in_comment = 0
    sub(/ *\*\/$/, "", line)
    comment = comment (comment == "" ? "" : "\n") line
    next
}

depth == 0 && statement == "" && /^#define/ { # with its continuation
    if (!/TLSDIAL_(API|PRINTF|H)($|[ (])/)
        literal = literal $0 "\n"
    in_define = /\\$/
    next
}
in_define { literal = literal $0 "\n"; in_define = /\\$/; next }

{
    statement = statement (statement == "" ? "" : "\n") $0
    line = $0
    gsub(/\/\*.*\*\//, "", line)
    depth += gsub(/{/, "", line) - gsub(/}/, "", line)
    if (depth > 0 || line !~ /; *$/)
        next
    if (statement ~ /^TLSDIAL_API /) {
        sub(/^TLSDIAL_API /, "", statement)
        declared[++declarations] = statement
    } else
        literal = literal statement "\n"
    statement = ""
}

BEGIN { begin_part("version: of the library") }
END { end_block(); end_part() }
