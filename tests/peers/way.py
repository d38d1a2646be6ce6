#!/usr/bin/env python3
"""Peers for the way to the server: each speaks one protocol up to its go-ahead, as --how says,
and then TLS as peer.py's "serve" does; the proxies connect to whom they are asked to.

--how: good, not-offered, refused, inject (--text in the segment of the go-ahead), inject-later
(a moment after it), silent (not a word), stall (no answer to the request for TLS), close (FIN in
place of the greeting), wrong (--text instead of the protocol). What was heard is logged.
"""

import base64
import socket
import struct
import sys
import threading
import time

sys.dont_write_bytecode = True  # the source tree stays as it is
import peer  # noqa: E402

WORDS = "no \x1b[31mred\x1b[0m today"  # of a refusal: to be escaped
LATER = 0.3


# --- what all do ----------------------------------------------------------------------


def hear(sock, length):
    data = peer.receive_exactly(sock, length)
    if not data:
        raise peer.Gone("client left")
    return data


def hear_until(sock, end, args):
    """Octet by octet: what follows is TLS's."""
    data = b""
    while not data.endswith(end):
        data += hear(sock, 1)
    for line in data.split(b"\r\n"):
        if line:
            args.log("heard: " + line.decode("latin-1"))
    return data


def unescaped(text):
    return text.encode().decode("unicode_escape").encode("latin-1")


def text_of(args):
    return unescaped(args.text)


def misbegins(sock, args):
    """Whether this peer's misbehaviour comes before any dialogue."""
    if args.how == "silent":
        peer.drain(sock)
    elif args.how == "close":
        peer.finish(sock)
    elif args.how == "wrong":
        sock.sendall(text_of(args))
        peer.finish(sock)
    else:
        return False
    return True


def go_ahead(sock, args, answer, then=peer.serve):
    """The last word in plain text, with what should not be behind it."""
    if args.how == "stall":
        peer.drain(sock)
        return
    sock.sendall(answer + (text_of(args) if args.how == "inject" else b""))
    if args.how == "inject-later":
        time.sleep(LATER)
        sock.sendall(text_of(args))
    then(sock, args)


def see_off(sock, args):
    """What the client says before it leaves."""
    while True:
        data = peer.receive(sock)
        if not data:
            break
        args.log("heard: " + repr(data)[2:-1])
    peer.finish(sock)


# --- protocols of lines ---------------------------------------------------------------

# Greeting; commands with the answer that offers TLS and the one that offers something like it; the
# command for TLS, its go-ahead and its refusal.
LINES = {
    "smtp": (
        "220-mail.example\r\n220 ESMTP\r\n",
        [
            (
                "EHLO ",
                "250-mail.example\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250 HELP\r\n",
                "250-mail.example\r\n250-XSTARTTLS\r\n250 STARTTLSX\r\n",
            )
        ],
        ("STARTTLS", "220 go\r\n", "454 4.7.0 " + WORDS + "\r\n"),
    ),
    "lmtp": (
        "220 mail.example LMTP\r\n",
        [
            (
                "LHLO ",
                "250-mail.example\r\n250 STARTTLS\r\n",
                "250-STARTTLS.example\r\n250 PIPELINING\r\n",
            )
        ],
        ("STARTTLS", "220 go\r\n", "454 " + WORDS + "\r\n"),
    ),
    "imap": (
        "* OK ready\r\n",
        [
            (
                "A1 CAPABILITY",
                "* CAPABILITY IMAP4rev1 STARTTLS\r\nA1 OK done\r\n",
                "* CAPABILITY IMAP4rev1 XSTARTTLS\r\nA1 OK STARTTLS\r\n",
            )
        ],
        ("A2 STARTTLS", "A2 OK go\r\n", "A2 NO " + WORDS + "\r\n"),
    ),
    "pop3": (
        "+OK ready\r\n",
        [("CAPA", "+OK list\r\nTOP\r\nSTLS\r\n.\r\n", "+OK STLS\r\nXSTLS\r\n.\r\n")],
        ("STLS", "+OK go\r\n", "-ERR " + WORDS + "\r\n"),
    ),
    "nntp": (
        "200 news\r\n",
        [
            (
                "CAPABILITIES",
                "101 list\r\nVERSION 2\r\nREADER\r\nSTARTTLS\r\n.\r\n",
                "101 STARTTLS\r\nVERSION 2\r\nREADER\r\n.\r\n",
            )
        ],
        ("STARTTLS", "382 go\r\n", "580 " + WORDS + "\r\n"),
    ),
    "ftp": (
        "220-FTP\r\n welcome\r\n220 ready\r\n",
        [
            (
                "FEAT",
                "211-Features\r\n UTF8\r\n AUTH TLS\r\n211 End\r\n",
                "211-AUTHTLS\r\n UTF8\r\n211 End\r\n",
            )
        ],
        ("AUTH TLS", "234 go\r\n", "431 " + WORDS + "\r\n"),
    ),
    "sieve": (
        '"IMPLEMENTATION" "peer"\r\n"SIEVE" "fileinto"\r\n"STARTTLS"\r\nOK "ready"\r\n',
        [],
        ("STARTTLS", 'OK "go"\r\n', 'NO "' + WORDS + '"\r\n'),
    ),
    "irc": (
        "",
        [
            (
                "CAP LS 302",
                ":irc.example NOTICE * :*** wait\r\n"
                ":irc.example CAP * LS * :sasl\r\n:irc.example CAP * LS :tls\r\n",
                ":irc.example CAP * LS :tlsx multi-prefix\r\n",
            )
        ],
        (
            "STARTTLS",
            ":irc.example 670 * :go\r\n",
            ":irc.example 691 * :" + WORDS + "\r\n",
        ),
    ),
}
NO_OFFER_IN_GREETING = '"IMPLEMENTATION" "STARTTLS"\r\nOK "ready"\r\n'


def hear_command(sock, args, wanted):
    line = hear_until(sock, b"\r\n", args).decode("latin-1")
    if not line.startswith(wanted):
        raise peer.Gone("heard %r, wanted %r" % (line, wanted))


def lines(name):
    greeting, questions, (command, yes, no) = LINES[name]

    def play(sock, args):
        if misbegins(sock, args):
            return
        first = greeting
        if name == "sieve" and args.how == "not-offered":
            first = NO_OFFER_IN_GREETING
        if args.greeting:
            first = unescaped(args.greeting).decode("latin-1")
        sock.sendall(first.encode("latin-1"))
        for question, offers, does_not in questions:
            hear_command(sock, args, question)
            answer = does_not if args.how == "not-offered" else offers
            sock.sendall(answer.encode("latin-1"))
        if args.how == "not-offered":
            see_off(sock, args)
            return
        hear_command(sock, args, command)
        if args.how == "refused":
            sock.sendall(no.encode("latin-1"))
            see_off(sock, args)
        else:
            go_ahead(sock, args, yes.encode("latin-1"))

    play.__doc__ = "%s, with TLS after %s" % (name.upper(), command)
    return play


# --- protocols of octets --------------------------------------------------------------


def postgres(sock, args):
    """PostgreSQL: SSLRequest, answered by S"""
    if misbegins(sock, args):
        return
    if hear(sock, 8) != struct.pack("!II", 8, 80877103):
        raise peer.Gone("no SSLRequest")
    args.log("heard: SSLRequest")
    if args.how == "not-offered":
        sock.sendall(b"N")
        see_off(sock, args)
    elif args.how == "refused":
        fields = b"SFATAL\0C53300\0M" + WORDS.encode() + b"\0\0"
        sock.sendall(b"E" + struct.pack("!I", 4 + len(fields)) + fields)
        see_off(sock, args)
    else:
        go_ahead(sock, args, b"S")


CLIENT_SSL = 0x0800


def mysql(sock, args):
    """MySQL: a greeting, answered by SSLRequest"""
    if misbegins(sock, args):
        return
    abilities = 0xF7FF if args.how == "not-offered" else 0xFFFF
    body = b"\x0a8.0.0\0" + struct.pack("<I", 7) + b"12345678\0"
    body += struct.pack("<HBHHB", abilities, 45, 2, 0xC1FF, 21) + bytes(10)
    body += b"123456789012\0mysql_native_password\0"
    if args.how == "refused":
        body = b"\xff" + struct.pack("<H", 1040) + b"#08004" + WORDS.encode()
    greeting = struct.pack("<I", len(body))[:3] + b"\0" + body
    if args.how == "inject":
        greeting += text_of(args)
    sock.sendall(greeting)
    if args.how in ("refused", "not-offered"):
        see_off(sock, args)
        return
    request = hear(sock, 36)
    if request[:4] != b"\x20\0\0\1" or not struct.unpack("<I", request[4:8])[0] & CLIENT_SSL:
        raise peer.Gone("no SSLRequest")
    args.log("heard: SSLRequest")
    peer.serve(sock, args)


START_TLS = b"1.3.6.1.4.1.1466.20037"


def ldap(sock, args):
    """LDAP: the extended operation StartTLS"""
    if misbegins(sock, args):
        return
    head = hear(sock, 2)
    request = hear(sock, head[1])
    if head[0] != 0x30 or START_TLS not in request:
        raise peer.Gone("no StartTLS")
    args.log("heard: StartTLS")
    code = {"not-offered": 2, "refused": 52}.get(args.how, 0)
    words = WORDS.encode() if code else b""
    result = b"\x0a\x01" + bytes((code,)) + b"\x04\0" + b"\x04" + bytes((len(words),)) + words
    message = b"\x02\x01\x01\x78" + bytes((len(result),)) + result
    message = b"\x30" + bytes((len(message),)) + message
    if code:
        sock.sendall(message)
        see_off(sock, args)
    else:
        go_ahead(sock, args, message)


def rdp(sock, args):
    """RDP: an X.224 connection request"""
    if misbegins(sock, args):
        return
    head = hear(sock, 4)
    hear(sock, struct.unpack("!H", head[2:])[0] - 4)
    args.log("heard: connection request")
    negotiation = struct.pack("<BBHI", 2, 0, 8, 1)
    if args.how == "refused":
        negotiation = struct.pack("<BBHI", 3, 0, 8, 3)
    if args.how == "not-offered":
        negotiation = b""
    x224 = bytes((6 + len(negotiation), 0xD0, 0, 0, 0, 0, 0)) + negotiation
    message = struct.pack("!BBH", 3, 0, 4 + len(x224)) + x224
    if args.how in ("refused", "not-offered"):
        sock.sendall(message)
        see_off(sock, args)
    else:
        go_ahead(sock, args, message)


TLS_NAMESPACE = b"xmlns='urn:ietf:params:xml:ns:xmpp-tls'"


def xmpp(sock, args):
    """XMPP: streams, features and <starttls/>"""
    if misbegins(sock, args):
        return
    hear_until(sock, b"?>", args)
    opening = hear_until(sock, b">", args)
    content = b"jabber:server" if b"jabber:server" in opening else b"jabber:client"
    offer = b"<starttls " + TLS_NAMESPACE + b"><required/></starttls>"
    if args.how == "not-offered":
        offer = b"<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
    sock.sendall(
        b"<?xml version='1.0'?><stream:stream xmlns='" + content + b"' xmlns:stream="
        b"'http://etherx.jabber.org/streams' id='1' from='localhost' version='1.0'>"
        b"<stream:features>" + offer + b"</stream:features>"
    )
    if args.how == "not-offered":
        see_off(sock, args)
        return
    hear_until(sock, b"/>", args)
    if args.how == "refused":
        sock.sendall(b"<failure " + TLS_NAMESPACE + b"/></stream:stream>")
        see_off(sock, args)
    else:
        go_ahead(sock, args, b"<proceed " + TLS_NAMESPACE + b"/>")


# --- proxies and headers --------------------------------------------------------------


def connected(sock, args, host, port, answer):
    """Gives the client the target that it asked for."""
    args.log("target: %s:%s" % (host, port))
    address = "127.0.0.1" if host == "localhost" else host
    with socket.create_connection((address, int(port))) as target:
        go_ahead(sock, args, answer, lambda s, a: pump_both(s, target))


def pump_both(sock, target):
    back = threading.Thread(target=peer.pump, args=(target, sock, None), daemon=True)
    back.start()
    peer.pump(sock, target, None)
    back.join()


def authorized(request, args):
    if not args.credentials:
        return True
    wanted = base64.b64encode(args.credentials.encode())
    return b"\r\nProxy-Authorization: Basic " + wanted + b"\r\n" in request


def http_proxy(sock, args):
    """an HTTP proxy: CONNECT; --credentials USER:PASSWORD are demanded, --status is refused with"""
    if misbegins(sock, args):
        return
    request = hear_until(sock, b"\r\n\r\n", args)
    method, authority, _ = request.split(b"\r\n")[0].decode("latin-1").split(" ")
    host, _, port = authority.rpartition(":")
    status = unescaped(args.status) if args.status else b""
    if method != "CONNECT":
        status = b"405 only CONNECT"
    elif not authorized(request, args):
        status = b"407 Proxy Authentication Required"
    if status:
        sock.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")
        see_off(sock, args)
    else:
        answer = b"HTTP/1.1 200 Connection established\r\nVia: peer\r\n\r\n"
        connected(sock, args, host.strip("[]"), port, answer)


def socks_address(sock):
    kind = hear(sock, 1)[0]
    if kind == 1:
        host = socket.inet_ntoa(hear(sock, 4))
    elif kind == 4:
        host = socket.inet_ntop(socket.AF_INET6, hear(sock, 16))
    else:
        host = hear(sock, hear(sock, 1)[0]).decode()
    return kind, host, struct.unpack("!H", hear(sock, 2))[0]


def socks5_method(sock, args):
    """Whether the client may go on."""
    methods = hear(sock, hear(sock, 2)[1])
    if not args.credentials:
        sock.sendall(b"\5\0")
        return True
    if 2 not in methods:
        sock.sendall(b"\5\xff")
        return False
    sock.sendall(b"\5\2")
    user = hear(sock, hear(sock, 2)[1])
    password = hear(sock, hear(sock, 1)[0])
    good = user + b":" + password == args.credentials.encode()
    sock.sendall(b"\1" + (b"\0" if good else b"\1"))
    return good


def socks5(sock, args):
    """a SOCKS5 proxy; --credentials USER:PASSWORD are demanded; refused: by its ruleset"""
    if misbegins(sock, args):
        return
    if not socks5_method(sock, args):
        see_off(sock, args)
        return
    hear(sock, 3)
    kind, host, port = socks_address(sock)
    args.log("heard: address type %d" % kind)
    if args.how == "refused":
        sock.sendall(b"\5\2\0\1" + bytes(6))
        see_off(sock, args)
    else:
        connected(sock, args, host, port, b"\5\0\0\1" + bytes(6))


def socks4a(sock, args):
    """a SOCKS4A proxy; refused: code 91"""
    if misbegins(sock, args):
        return
    head = hear(sock, 8)
    port = struct.unpack("!H", head[2:4])[0]
    user = hear_zero(sock)
    named = head[4:7] == b"\0\0\0" and head[7] != 0
    host = hear_zero(sock).decode() if named else socket.inet_ntoa(head[4:])
    args.log("heard: user %s" % user.decode())
    if args.how == "refused":
        sock.sendall(b"\0\x5b" + bytes(6))
        see_off(sock, args)
    else:
        connected(sock, args, host, port, b"\0\x5a" + bytes(6))


def hear_zero(sock):
    data = b""
    while not data.endswith(b"\0"):
        data += hear(sock, 1)
    return data[:-1]


SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def haproxy(sock, args):
    """demands a PROXY header, version 1 or 2, before TLS"""
    start = hear(sock, 6)
    if start == b"PROXY ":
        line = start
        while not line.endswith(b"\r\n"):
            line += hear(sock, 1)
        args.log("heard: " + line.decode("latin-1").rstrip())
    else:
        head = start + hear(sock, 10)
        if head[:12] != SIGNATURE:
            raise peer.Gone("no PROXY header")
        body = hear(sock, struct.unpack("!H", head[14:])[0]) if head[15] else b""
        args.log("heard: version 2, command %02x, %d more" % (head[12], len(body)))
    peer.serve(sock, args)


SERVED = {name: lines(name) for name in LINES}
SERVED.update(
    {
        "postgres": postgres,
        "mysql": mysql,
        "ldap": ldap,
        "rdp": rdp,
        "xmpp": xmpp,
        "http-proxy": http_proxy,
        "socks5": socks5,
        "socks4a": socks4a,
        "haproxy": haproxy,
        "serve": peer.serve,
    }
)


def more_options(add):
    hows = "good not-offered refused inject inject-later silent stall close wrong"
    add("--how", default="good", choices=hows.split())
    add("--greeting", help="in place of the usual one")
    add("--credentials", help="USER:PASSWORD")
    add("--status", help="what the proxy answers, such as '403 Forbidden'")


if __name__ == "__main__":
    peer.SERVED.clear()
    peer.SERVED.update(SERVED)
    peer.PREPARED.clear()
    peer.main(__doc__, more_options)
