#!/usr/bin/env python3
"""tab.py bash|zsh FOLDER

Types each line of standard input and a TAB into an interactive shell that completes with what
is in FOLDER, and prints what the shell made of them."""

import os
import pty
import select
import sys
import tempfile
import time

COMMANDS = {
    "bash": ["bash", "--noprofile", "--norc", "-i"],
    "zsh": ["zsh", "-f", "-i"],
}
# ^T tells the line by a file, which appears whole, and empties it.
SETUP = {
    "bash": """PS1= ; bind 'set bell-style none' ; . "$FOLDER/tlsdial" ;
tell() { echo "$READLINE_LINE" >"$TOLD.new" ; mv "$TOLD.new" "$TOLD" ; READLINE_LINE= ; } ;
bind -x '"\\C-t": tell' ; : >"$TOLD"
""",
    "zsh": """PS1= ; setopt no_beep ; fpath=("$FOLDER" $fpath) ; autoload -Uz compinit && compinit -u -D ;
tell() { print -r -- "$BUFFER" >"$TOLD.new" ; mv "$TOLD.new" "$TOLD" ; BUFFER= ; } ;
zle -N tell ; bindkey '^T' tell ; : >"$TOLD"
""",
}
PATIENCE = 60  # seconds, for the slowest machine


def wait_for(path, terminal):
    end = time.monotonic() + PATIENCE
    while not os.path.exists(path):
        if time.monotonic() > end:
            sys.exit("tab.py: the shell does not answer")
        if select.select([terminal], [], [], 0.02)[0]:
            os.read(terminal, 65536)  # the echo, which nobody needs
    with open(path, encoding="utf-8") as told:
        text = told.read()
    os.remove(path)
    return text


def main():
    shell, folder = sys.argv[1:]
    with tempfile.TemporaryDirectory() as home:
        told = os.path.join(home, "told")
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ.update(FOLDER=folder, TOLD=told, HOME=home, TERM="dumb", HISTFILE="")
            os.execvp(COMMANDS[shell][0], COMMANDS[shell])
        for text in SETUP[shell].splitlines(keepends=True):
            os.write(terminal, text.encode())
        wait_for(told, terminal)
        for line in sys.stdin.read().splitlines():
            os.write(terminal, line.encode() + b"\t\x14")
            sys.stdout.write(wait_for(told, terminal))
        os.kill(pid, 9)
        os.waitpid(pid, 0)


main()
