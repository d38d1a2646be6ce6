"""The rules of the house (HACKING, "The picture"), checked on the sources and on what they compile to.

usage: layers.py includes TOP_SRCDIR      which files include which
       layers.py structs TOP_SRCDIR       who looks into whose structures
       layers.py calls TOP_SRCDIR FILE    who calls whom; FILE is what "nm -A -P" printed of lib's objects

Prints a line for each fault, nothing where there is none.
"""

import pathlib
import re
import sys

ROOMS = ["base", "net", "x509", "tls", "src"]  # an arrow must not point to the right


def room_of(module):
    return module.split("/")[0]


def module_of(path):
    """net/sock for net/sock.h, net/sock.c and the platforms' net/sock_posix.c; net/hop also for
    net/hop_machine.h, its contract with those who write machines."""
    name = re.sub(r"\.[ch]$", "", path)
    return re.sub(r"_(posix|linux|windows|winsock|none|shared|machine)$", "", name)


def sources(top):
    for folder in ["lib/base", "lib/net", "lib/x509", "lib/tls", "src"]:
        for path in sorted((top / folder).glob("*.[ch]")):
            yield path.relative_to(top / "lib" if folder != "src" else top).as_posix(), path


def without_comments(text):
    return re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S)


def include_arrows(top):
    for name, path in sources(top):
        for included in re.findall(r'^#include "([^"]+)"', path.read_text(), re.M):
            if "/" in included and included.endswith(".h"):
                yield module_of(name), module_of(included)
            elif room_of(name) == "src" and included.endswith(".h") and included != "tlsdial.h":
                yield module_of(name), module_of("src/" + included)


def symbol(field):
    """The object's module of a line such as "lib/net/.libs/libtlsdial_core_la-sock_posix.o: name T"."""
    path, name, kind = field.split()[:3]
    match = re.search(r"lib/(\w+)/(?:\.libs/)?(?:\w+_la-)?(\w+)\.o", path)
    return module_of(f"{match[1]}/{match[2]}"), name, kind


def call_arrows(listing):
    symbols = [symbol(line) for line in listing.read_text().splitlines() if ".o: " in line]
    home = {name: module for module, name, kind in symbols if kind in "TDBRC"}
    for module, name, kind in symbols:
        if kind == "U" and name in home:
            yield module, home[name]


def upward(arrows):
    for user, used in arrows:
        if ROOMS.index(room_of(used)) > ROOMS.index(room_of(user)):
            yield f"{user} -> {used} points up"


def circle(arrows):
    """One circle, as the modules on it; [] where there is none."""
    uses = {}
    for user, used in arrows:
        if user != used:
            uses.setdefault(user, set()).add(used)
    done, path = set(), []

    def visit(module):
        if module in path:
            return path[path.index(module):] + [module]
        if module in done:
            return []
        path.append(module)
        for used in sorted(uses.get(module, ())):
            found = visit(used)
            if found:
                return found
        done.add(path.pop())
        return []

    for module in sorted(uses):
        found = visit(module)
        if found:
            return found
    return []


def faults(arrows):
    arrows = sorted(set(arrows))
    if not arrows:
        yield "no arrow at all was found: nothing was checked"
    yield from upward(arrows)
    on_circle = circle(arrows)
    if on_circle:
        yield "a circle: " + " -> ".join(on_circle)


def structs_in_headers(top):
    """Of each structure that a header shows: its room, and whether it is said to be a plain value."""
    for name, path in sources(top):
        if not name.endswith(".h"):
            continue
        for match in re.finditer(r"(/\*(?:(?!\*/).)*\*/\s*)?^struct (\w+) \{", path.read_text(), re.M | re.S):
            comment = re.sub(r"[\s*]+", " ", match[1] or "")
            yield match[2], room_of(name), "plain value" in comment.lower()


def struct_faults(top):
    known = {name: (room, plain) for name, room, plain in structs_in_headers(top)}
    if not known:
        yield "no structure was found: nothing was checked"
    for name, path in sources(top):
        text = without_comments(path.read_text())
        for struct, variable in set(re.findall(r"(?:struct )?(\w+) \*\s*(?:const )?(\w+)\s*[,;)=]", text)):
            room, plain = known.get(struct, (None, True))
            if room in (None, room_of(name)) or plain:
                continue
            if re.search(rf"^struct {struct} \{{", text, re.M):
                continue  # another of that name, of the file's own
            if re.search(rf"\b{variable}->", text):
                yield f"{name} looks into struct {struct} of {room}, which is no plain value"


def main():
    what, top = sys.argv[1], pathlib.Path(sys.argv[2])
    if what == "includes":
        found = faults(include_arrows(top))
    elif what == "structs":
        found = struct_faults(top)
    else:
        found = faults(call_arrows(pathlib.Path(sys.argv[3])))
    for fault in found:
        print(fault)


main()
