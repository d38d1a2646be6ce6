"""Compares tlsdial with other clients on this machine: time, memory, libraries, instructions.

All run against one nginx of this script's own, in turn, so that what disturbs the machine
disturbs them alike; a table goes to standard output, every figure to a JSON file.
"""

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

import clients
from server import Server

SLOWEST_PART = 5  # seconds
TIMED_OUT = 124  # timeout(1)
REQUEST = "GET %s HTTP/1.0\r\nHost: %s\r\nConnection: close\r\n\r\n"


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.programs = clients.installed(options.floor, options.tlsdial)
        self.server = Server(folder, options.nginx, options.openssl, options.size)
        self.empty = os.path.join(folder, "empty")
        os.mkdir(self.empty)
        self.environment = {"PATH": os.environ["PATH"], "HOME": self.empty, "LC_ALL": "C.UTF-8"}
        self.full_bundle = self.make_full_bundle()
        self.library = options.library if os.path.exists(options.library or "") else None

    def make_full_bundle(self):
        """The system's bundle and our own root, which stands last."""
        if not os.path.exists(self.options.bundle):
            return None
        path = os.path.join(self.folder, "full.pem")
        with open(path, "wb") as full:
            for name in (self.options.bundle, self.server.cafile):
                with open(name, "rb") as part:
                    shutil.copyfileobj(part, full)
        return path

    def fetch(self, path, cafile):
        return clients.Fetch("localhost", self.server.port, path, cafile, self.empty)

    def command(self, name, fetch):
        return [self.programs[name], *clients.COMMANDS[name](fetch)]

    def environment_of(self, name):
        if name != "tlsdial" or self.library is None:
            return self.environment
        return {**self.environment, "MEASURE_PRELOAD": self.library}

    def request_file(self, fetch):
        path = os.path.join(self.folder, "request")
        with open(path, "w", newline="", encoding="ascii") as request:
            request.write(REQUEST % (fetch.path, fetch.host))
        return path

    def run(self, name, fetch, output="/dev/null", prefix=(), environment=None):
        """One run: wall and CPU in microseconds, peak memory in KiB, exit status."""
        extra = {**self.environment_of(name), **(environment or {})}
        said = subprocess.run(
            [self.options.measure, self.request_file(fetch), output, *prefix,
             *self.command(name, fetch)],
            check=True, stdout=subprocess.PIPE, text=True, env=extra).stdout
        wall, cpu, peak, status = (int(word) for word in said.split())
        return {"wall": wall, "cpu": cpu, "peak": peak, "status": status}

    def works(self, name, fetch, marker):
        """Whether this client fetches the page at all, as it is asked to here."""
        output = os.path.join(self.folder, "output")
        self.run(name, fetch, output)
        with open(output, "rb") as page:
            return marker in page.read()

    def without_what_fails(self):
        fetch = self.fetch("/small", self.server.cafile)
        for name in list(self.programs):
            if not self.works(name, fetch, self.server.marker):
                print(f"left out: {name} does not fetch the page here", file=sys.stderr)
                if name in ("floor", "tlsdial"):
                    sys.exit(1)
                del self.programs[name]

    def fit_for_download(self):
        """Those that bring all of it, at more than a crawl: tried with a 16th of it."""
        fetch, fit = self.fetch("/part", self.server.cafile), []
        output = os.path.join(self.folder, "output")
        for name in self.programs:
            status = self.run(name, fetch, output, ("timeout", str(SLOWEST_PART)))["status"]
            missing = self.options.size // 16 - os.path.getsize(output)
            if status == TIMED_OUT:
                print(f"\nleft out of the download: {name}, over {SLOWEST_PART} s for a 16th")
            elif missing > 0:
                print(f"\nleft out of the download: {name}, which stops before its end")
            else:
                fit.append(name)
        os.remove(output)
        return fit

    def download(self, name):
        """With the trust that clients have by default; the floor's is a single CA everywhere."""
        trusted = self.full_bundle if name != "floor" else None
        return self.fetch("/bulk", trusted or self.server.cafile)

    def compare(self, fetch_of, rounds, shown, names=None):
        """The median of ROUNDS for each client, one after the other in each round."""
        runs = {name: [] for name in names or self.programs}
        for number in range(rounds + 1):
            for name in runs:
                result = self.run(name, fetch_of(name))
                if number > 0:  # the first warms the caches
                    runs[name].append(result)
        medians = {name: {key: statistics.median(r[key] for r in results)
                          for key in ("wall", "cpu", "peak")}
                   for name, results in runs.items()}
        print_times(shown, medians)
        return medians

    def libraries(self, name, fetch):
        """What the dynamic linker loads in a whole run, plug-ins included (glibc only)."""
        log = os.path.join(self.folder, "libraries")
        self.run(name, fetch, environment={"LD_DEBUG": "files", "LD_DEBUG_OUTPUT": log})
        paths = set()
        for part in os.listdir(self.folder):
            if part.startswith("libraries."):
                with open(os.path.join(self.folder, part), encoding="utf-8",
                          errors="replace") as lines:
                    paths.update(re.findall(r"calling init: (\S+)", lines.read()))
                os.remove(os.path.join(self.folder, part))
        return {"number": len(paths), "bytes": sum(os.path.getsize(path) for path in paths)}

    def instructions(self, name, fetch):
        """Instructions of the whole process, as callgrind counts them."""
        output = os.path.join(self.folder, "callgrind")
        self.run(name, fetch, output,
                 ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"))
        with open(output, "rb") as said:
            found = re.search(rb"Collected\s*:\s*(\d+)", said.read())
        return int(found.group(1)) if found else None


def print_times(title, medians):
    own = medians["tlsdial"]
    print(f"\n{title}")
    print(f"  {'':12}{'CPU':>10}{'ratio':>8}{'wall':>12}{'ratio':>8}{'peak memory':>14}")
    for name, m in medians.items():
        print(f"  {name:12}{m['cpu'] / 1000:7.1f} ms{own['cpu'] / m['cpu']:8.2f}"
              f"{m['wall'] / 1000:9.1f} ms{own['wall'] / m['wall']:8.2f}"
              f"{m['peak'] / 1024:10.1f} MiB", flush=True)


def print_libraries(found):
    print("\nshared libraries of a small fetch")
    for name, libraries in found.items():
        print(f"  {name:12}{libraries['number']:4}{libraries['bytes'] / 2**20:10.1f} MiB")


def print_instructions(title, counts):
    print(f"\ninstructions of {title}, by callgrind, in millions")
    for name, count in counts.items():
        if count is None:
            print(f"  {name:12}    none told")
        else:
            print(f"  {name:12}{count / 1e6:9.1f}{counts['tlsdial'] / count:8.2f}")


def count_instructions(bench, cases):
    counts = {}
    for key, (title, fetch) in cases.items():
        counts[key] = {name: bench.instructions(name, fetch) for name in bench.programs}
        print_instructions(title, counts[key])
    return counts


def target(label, measured, bound):
    return {"target": label, "measured": round(measured, 3), "bound": bound,
            "met": measured <= bound}


def cpu_target(label, medians, peer, bound, case=None):
    if peer not in medians:
        return []
    own = (case or medians)["tlsdial"]["cpu"]
    return [target(label, own / medians[peer]["cpu"], bound)]


def judge_targets(times):
    """The aims of this project, as ratios within this run."""
    full, single, bulk = (times.get(key) for key in ("full", "single", "bulk"))
    found = cpu_target("single CA, CPU of the floor", single, "floor", 1.05)
    if full:
        found += cpu_target("full bundle, CPU of curl", full, "curl", 0.30)
        found += cpu_target("full bundle, CPU of s_client", full, "s_client", 0.30)
        found += cpu_target("full bundle, CPU of the floor with a single CA", single, "floor",
                            1.25, full)
    if bulk:
        found += cpu_target("download, CPU of curl", bulk, "curl", 0.90)
        found += cpu_target("download, CPU of the floor", bulk, "floor", 1.02)
    for title, case in (("small fetch", full or single), ("download", bulk)):
        peers = [m["peak"] for name, m in (case or {}).items() if name not in ("floor", "tlsdial")]
        if peers:
            found.append(target(f"{title}, peak memory of the smallest peer",
                                case["tlsdial"]["peak"] / min(peers), 1.0))
    return found


def print_targets(targets):
    print("\ntargets, as ratios in this run")
    for t in targets:
        print(f"  {'met    ' if t['met'] else 'NOT MET'}  {t['measured']:5.2f}, at most "
              f"{t['bound']:.2f}: {t['target']}")


def machine():
    return {"system": platform.platform(), "processors": os.cpu_count(),
            "machine": platform.machine()}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("tlsdial", "floor", "measure", "nginx"):
        parser.add_argument("--" + name, required=True, help="the program")
    parser.add_argument("--library", help="libtlsdial, if not in a usual folder")
    parser.add_argument("--openssl", default="openssl", help="the openssl command")
    parser.add_argument("--bundle", default="/etc/ssl/certs/ca-certificates.crt",
                        help="the system's CA certificates")
    parser.add_argument("--rounds", type=int, default=41, help="of the small fetch")
    parser.add_argument("--bulk-rounds", type=int, default=5, help="of the download")
    parser.add_argument("--size", type=int, default=2**30, help="of the download, in bytes")
    parser.add_argument("--json", default="bench.json", help="where every figure goes")
    return parser.parse_args()


def measure(bench, options):
    bench.without_what_fails()
    single = bench.fetch("/small", bench.server.cafile)
    cases = {"single": ("a small fetch, single CA", single)}
    if bench.full_bundle is not None:
        cases["full"] = ("a small fetch, full bundle", bench.fetch("/small", bench.full_bundle))
    times = {key: bench.compare(lambda name, fetch=fetch: fetch, options.rounds,
                                f"{title} (median of {options.rounds})")
             for key, (title, fetch) in cases.items()}
    if options.bulk_rounds > 0:
        times["bulk"] = bench.compare(bench.download, options.bulk_rounds,
                                      f"{options.size / 2**20:.0f} MiB to /dev/null "
                                      f"(median of {options.bulk_rounds})",
                                      bench.fit_for_download())
    libraries = {name: bench.libraries(name, single) for name in bench.programs}
    print_libraries(libraries)
    counts = count_instructions(bench, cases) if shutil.which("valgrind") else None
    targets = judge_targets(times)
    print_targets(targets)
    return {"machine": machine(), "versions": clients.versions(bench.programs, bench.library),
            "times": times, "libraries": libraries, "instructions": counts, "targets": targets}


def main():
    options = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="tlsdial-bench.") as folder:
        bench = Bench(options, folder)
        try:
            bench.server.start()
            results = measure(bench, options)
        finally:
            bench.server.stop()
    with open(options.json, "w", encoding="utf-8") as out:
        json.dump(results, out, indent=2)
        out.write("\n")


main()
