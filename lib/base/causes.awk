# Makes what is not C from the table of causes (see causes.def for its layout).
#   awk -f causes.awk -v form=enum causes.def   enumerators for tlsdial.h
#   awk -f causes.awk -v form=mdoc causes.def   list items for tlsdial-causes.7
#   awk -f causes.awk -v form=tsv  causes.def   status, token, state, phrase, hint by tabs
/^(CAUSE|RESERVED)\(/ {
    split($0, quoted, "\"")
    split(quoted[1], head, /[(,] */)
    state = head[1] == "CAUSE" ? "told" : "reserved"
    name = head[2]; status = head[3]; token = quoted[2]; phrase = quoted[4]
    next
}
name != "" {
    split($0, quoted, "\"")
    hint = quoted[2]
    if (form == "enum")
        printf "    TLSDIAL_%s = %d, /**< %s%s */\n", name, status, phrase,
               state == "reserved" ? " (reserved)" : ""
    else if (form == "mdoc" && state == "told")
        printf ".It %d Em %s\n%s%s\n", status, token, phrase,
               hint == "" ? "" : "; " hint
    else if (form == "tsv")
        printf "%d\t%s\t%s\t%s\t%s\n", status, token, state, phrase, hint
    name = ""
}
