#!/usr/bin/env python3
"""Spoils a certificate and has its issuer sign it again: der.py NAME ISSUER CHANGE [VALUE].

NAME.pem is read and written; ISSUER.key signs (ECDSA with SHA-256). CHANGE is one of CHANGES
below. $OPENSSL is the command.
"""
import base64
import os
import subprocess
import sys

SUBJECT_KEY_ID = b"\x55\x1d\x0e"
ALT_NAME = b"\x55\x1d\x11"


def element(tag, content):
    length = len(content)
    if length < 128:
        return bytes([tag, length]) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def split(data):
    """The elements of a constructed one, as [tag, content] each."""
    parts = []
    while data:
        tag, length, at = data[0], data[1], 2
        if length & 0x80:
            at += length & 0x7F
            length = int.from_bytes(data[2:at], "big")
        parts.append([tag, data[at:at + length]])
        data = data[at + length:]
    return parts


def join(parts):
    return b"".join(element(tag, content) for tag, content in parts)


def not_after(certificate, value):
    """the end of its validity is VALUE: utc:TEXT or generalized:TEXT"""
    kind, text = value.split(":", 1)
    validity = split(certificate[4][1])
    validity[1] = [23 if kind == "utc" else 24, text.encode()]
    certificate[4][1] = join(validity)


def subject_text(certificate, value):
    """VALUE in the subject has an octet that is no UTF-8 for its last"""
    old = value.encode()
    certificate[5][1] = certificate[5][1].replace(old, old[:-1] + b"\xf4")


def negative_serial(certificate, value):
    """the serial number is -VALUE"""
    certificate[1][1] = (-int(value)).to_bytes(2, "big", signed=True)


def change_extensions(certificate, change):
    """Gives each extension's identifier and parts to change, which gives what to put there."""
    extensions = split(split(certificate[7][1])[0][1])
    changed = []
    for tag, content in extensions:
        parts = split(content)
        changed += [[tag, join(each)] for each in change(parts[0][1], parts)]
    certificate[7][1] = element(0x30, join(changed))


def bare_key_id(certificate, _):
    """the subject key identifier is not in an OCTET STRING of its own"""

    def change(identifier, parts):
        if identifier == SUBJECT_KEY_ID:
            parts[-1][1] = split(parts[-1][1])[0][1]
        return [parts]

    change_extensions(certificate, change)


def two_alt_names(certificate, _):
    """the subjectAltName is there twice"""
    change_extensions(certificate, lambda identifier, parts:
                      [parts, parts] if identifier == ALT_NAME else [parts])


CHANGES = {change.__name__.replace("_", "-"): change for change in (
    not_after, subject_text, negative_serial, bare_key_id, two_alt_names)}


def main():
    name, issuer, change = sys.argv[1:4]
    with open(name + ".pem", encoding="ascii") as file:
        pem = file.read().split("-----")[2]
    outer = split(split(base64.b64decode(pem))[0][1])
    certificate = split(outer[0][1])
    CHANGES[change](certificate, sys.argv[4] if len(sys.argv) > 4 else "")
    outer[0][1] = join(certificate)
    signed = element(*outer[0])
    with open(name + ".tbs", "wb") as file:
        file.write(signed)
    signature = subprocess.run(
        [os.environ.get("OPENSSL", "openssl"), "dgst", "-sha256", "-sign", issuer + ".key",
         name + ".tbs"], check=True, stdout=subprocess.PIPE).stdout
    outer[2][1] = b"\0" + signature
    text = base64.encodebytes(element(0x30, join(outer))).decode()
    with open(name + ".pem", "w", encoding="ascii") as file:
        file.write("-----BEGIN CERTIFICATE-----\n" + text + "-----END CERTIFICATE-----\n")


if __name__ == "__main__":
    main()
