"""A TLS 1.3 server (RFC 8446) for one handshake, which sends any chain that it is given.

TLS libraries refuse to load many of the certificates that a client must be tried with; here
they are bytes. X25519 and TLS_AES_128_GCM_SHA256 only, which every client offers.
"""

import hashlib
import hmac
import os

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

HANDSHAKE, DATA = 22, 23
SERVER_HELLO, ENCRYPTED_EXTENSIONS = 2, 8
CERTIFICATE, CERTIFICATE_VERIFY, FINISHED = 11, 15, 20
X25519, SUPPORTED_VERSIONS, KEY_SHARE = 29, 43, 51
SUITE = b"\x13\x01"
PIECE = 16000
RAW = serialization.Encoding.Raw
CURVES = {"secp256r1": (0x0403, hashes.SHA256), "secp384r1": (0x0503, hashes.SHA384),
          "secp521r1": (0x0603, hashes.SHA512)}


class Gone(Exception):
    """The client left, or offers what this server does not have."""


def vector(data, width):
    return len(data).to_bytes(width, "big") + data


def message(kind, body):
    return bytes((kind,)) + vector(body, 3)


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, length):
        taken = self.data[self.at : self.at + length]
        if len(taken) < length:
            raise Gone("a message is too short")
        self.at += length
        return taken

    def vector(self, width):
        return self.take(int.from_bytes(self.take(width), "big"))

    def left(self):
        return self.at < len(self.data)


# --- the key schedule (RFC 8446, 7.1) -------------------------------------------------


def extract(salt, secret):
    return hmac.new(salt, secret, hashlib.sha256).digest()


def expand_label(secret, label, context, length):
    info = length.to_bytes(2, "big") + vector(b"tls13 " + label, 1) + vector(context, 1)
    return hmac.new(secret, info + b"\x01", hashlib.sha256).digest()[:length]


def derive(secret, label, transcript):
    return expand_label(secret, label, hashlib.sha256(transcript).digest(), 32)


class Protection:
    def __init__(self, secret):
        self.aead = AESGCM(expand_label(secret, b"key", b"", 16))
        self.iv = int.from_bytes(expand_label(secret, b"iv", b"", 12), "big")
        self.count = 0

    def record(self, kind, data):
        head = bytes((DATA, 3, 3)) + (len(data) + 17).to_bytes(2, "big")
        nonce = (self.iv ^ self.count).to_bytes(12, "big")
        self.count += 1
        return head + self.aead.encrypt(nonce, data + bytes((kind,)), head)


# --- the messages -----------------------------------------------------------------------


def read_record(sock):
    head = b""
    while len(head) < 5:
        data = sock.recv(5 - len(head))
        if not data:
            raise Gone("closed")
        head += data
    length, body = int.from_bytes(head[3:], "big"), b""
    while len(body) < length:
        data = sock.recv(length - len(body))
        if not data:
            raise Gone("closed")
        body += data
    return head[0], body


def read_client_hello(sock):
    hello = b""
    while len(hello) < 4 or len(hello) < 4 + int.from_bytes(hello[1:4], "big"):
        kind, body = read_record(sock)
        if kind != HANDSHAKE:
            raise Gone("no ClientHello")
        hello += body
    return hello


def client_share(hello):
    """The session ID and the X25519 key of a ClientHello."""
    reader = Reader(hello[4 + 2 + 32 :])
    session = reader.vector(1)
    reader.vector(2)
    reader.vector(1)
    extensions = Reader(reader.vector(2))
    while extensions.left():
        kind, body = int.from_bytes(extensions.take(2), "big"), extensions.vector(2)
        if kind == KEY_SHARE:
            shares = Reader(Reader(body).vector(2))
            while shares.left():
                group, key = int.from_bytes(shares.take(2), "big"), shares.vector(2)
                if group == X25519:
                    return session, key
    raise Gone("no X25519")


def server_hello(session, public):
    def extension(kind, body):
        return kind.to_bytes(2, "big") + vector(body, 2)

    extensions = extension(SUPPORTED_VERSIONS, b"\x03\x04")
    extensions += extension(KEY_SHARE, X25519.to_bytes(2, "big") + vector(public, 2))
    body = b"\x03\x03" + os.urandom(32) + vector(session, 1) + SUITE + b"\0"
    return message(SERVER_HELLO, body + vector(extensions, 2))


def sign(key, data):
    """SignatureScheme and signature; of a key that TLS 1.3 cannot use, anything."""
    if isinstance(key, rsa.RSAPrivateKey):
        way = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256().digest_size)
        return 0x0804, key.sign(data, way, hashes.SHA256())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        scheme, digest = CURVES.get(key.curve.name, (0x0403, hashes.SHA256))
        return scheme, key.sign(data, ec.ECDSA(digest()))
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return 0x0807, key.sign(data)
    if isinstance(key, ed448.Ed448PrivateKey):
        return 0x0808, key.sign(data)
    return 0x0804, bytes(256)


def certificate_message(chain):
    entries = b"".join(vector(der, 3) + vector(b"", 2) for der in chain)
    return message(CERTIFICATE, vector(b"", 1) + vector(entries, 3))


def certificate_verify(key, transcript):
    """With no key, a signature that cannot be right: it is looked at after the chain."""
    covered = b" " * 64 + b"TLS 1.3, server CertificateVerify\0"
    covered += hashlib.sha256(transcript).digest()
    scheme, signature = sign(key, covered) if key else (0x0804, bytes(256))
    return message(CERTIFICATE_VERIFY, scheme.to_bytes(2, "big") + vector(signature, 2))


def load_key(pem):
    """None where there is none, or of a kind that is not known here."""
    try:
        return serialization.load_pem_private_key(pem.encode(), None) if pem else None
    except (ValueError, UnsupportedAlgorithm):
        return None


def serve(sock, chain, key):
    """The server's whole flight, and then whatever the client says, to its end."""
    hello = read_client_hello(sock)
    session, client_public = client_share(hello)
    own = X25519PrivateKey.generate()
    answer = server_hello(session, own.public_key().public_bytes(RAW, serialization.PublicFormat.Raw))
    shared = own.exchange(X25519PublicKey.from_public_bytes(client_public))
    early = extract(bytes(32), bytes(32))
    handshake = extract(derive(early, b"derived", b""), shared)
    transcript = hello + answer
    secret = derive(handshake, b"s hs traffic", transcript)
    flight = message(ENCRYPTED_EXTENSIONS, vector(b"", 2)) + certificate_message(chain)
    flight += certificate_verify(key, transcript + flight)
    finished_key = expand_label(secret, b"finished", b"", 32)
    covered = hashlib.sha256(transcript + flight).digest()
    flight += message(FINISHED, hmac.new(finished_key, covered, hashlib.sha256).digest())
    protection = Protection(secret)
    sent = bytes((HANDSHAKE, 3, 3)) + vector(answer, 2)
    for start in range(0, len(flight), PIECE):
        sent += protection.record(HANDSHAKE, flight[start : start + PIECE])
    sock.sendall(sent)
    records = 0  # an alert is one; Finished and a request are more
    try:
        while records < 3:
            kind, body = read_record(sock)
            records += kind == DATA
            if len(body) == 19:  # an alert: two bytes, a type, a tag
                break
            if records == 2:
                break
    except (Gone, OSError):
        pass
