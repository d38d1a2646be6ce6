# Leaves out of a manual page what is about the command check, for --disable-check. Comments of the
# page say what that is: .\" check: begin, .\" check: end; and .\" no check: TEXT is put in its place.
/^\.\\" check: begin$/ { inside = 1; next }
/^\.\\" check: end$/ { inside = 0; next }
/^\.\\" no check: / { print substr($0, 15); next }
!inside
