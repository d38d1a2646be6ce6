"""The command of each client for the same fetch: verified, from HTTPS on loopback."""

import os
import shutil
import subprocess


class Fetch:
    """What is fetched: PATH from HOST and PORT, trusting the certificates of one file."""

    def __init__(self, host, port, path, cafile, empty):
        self.host, self.port, self.path, self.cafile = host, str(port), path, cafile
        self.empty = empty  # a directory without certificates, for clients that would add one

    @property
    def url(self):
        return f"https://{self.host}:{self.port}{self.path}"

    @property
    def peer(self):
        return f"{self.host}:{self.port}"


# Those that do not speak HTTP get the request as their standard input.
COMMANDS = {
    "floor": lambda f: [f.host, f.port, f.cafile, f.path],
    "tlsdial": lambda f: ["--cacert", f.cafile, f.url],
    "curl": lambda f: ["-sS", "--http1.0", "--cacert", f.cafile, "--capath", f.empty, f.url],
    "wget": lambda f: ["-nv", "-O", "-", "--no-hsts", "--ca-certificate=" + f.cafile,
                       "--ca-directory=" + f.empty, f.url],
    "wget2": lambda f: ["-q", "-O", "-", "--no-hsts", "--no-ocsp", "--ca-certificate=" + f.cafile,
                        "--ca-directory=" + f.empty, f.url],
    "s_client": lambda f: ["s_client", "-connect", f.peer, "-CAfile", f.cafile, "-no-CApath",
                           "-no-CAstore", "-servername", f.host, "-verify_hostname", f.host,
                           "-verify_return_error", "-quiet"],
    "gnutls-cli": lambda f: ["--x509cafile=" + f.cafile, "--no-ocsp", "-p", f.port, f.host],
    "socat": lambda f: ["-t", "60", "-", f"OPENSSL:{f.peer},cafile={f.cafile},verify=1,"
                                         f"commonname={f.host}"],
    "ncat": lambda f: ["--ssl", "--ssl-verify", "--ssl-trustfile", f.cafile, f.host, f.port],
}

VERSION_OPTIONS = {"s_client": "version", "socat": "-V"}
PROGRAMS = {"s_client": "openssl"}


def version_of(name, program, environment):
    said = subprocess.run([program, VERSION_OPTIONS.get(name, "--version")], check=False,
                          capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env={**os.environ, **environment})
    lines = (said.stdout + said.stderr).strip().splitlines()
    if name == "socat":
        lines = [line for line in lines if "version" in line]
    return lines[0].strip() if lines else ""


def installed(floor, tlsdial):
    """The programs to compare, by name, tlsdial and the floor first."""
    found = {"floor": floor, "tlsdial": tlsdial}
    for name in COMMANDS:
        program = None if name in found else shutil.which(PROGRAMS.get(name, name))
        if program is not None:
            found[name] = os.path.realpath(program)
    return found


def versions(programs, library):
    """The first line that each tells; LIBRARY is tlsdial's, which may not be installed."""
    environments = {"tlsdial": {"LD_PRELOAD": library}} if library else {}
    return {name: version_of(name, program, environments.get(name, {}))
            for name, program in programs.items() if name != "floor"}
