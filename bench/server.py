"""An nginx of the benchmark's own: no root, a free port, its certificate from a root of its own."""

import os
import socket
import subprocess
import time

CONFIG = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/t1;
    proxy_temp_path {folder}/t2;
    fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4;
    scgi_temp_path {folder}/t5;
    keepalive_timeout 0;
    server {{
        listen 127.0.0.1:{port} ssl;
        listen [::1]:{port} ssl;
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_certificate {folder}/server.pem;
        ssl_certificate_key {folder}/server.key;
        root {folder}/root;
    }}
}}
"""

STARTING = 10  # seconds


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def answers(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


class Server:
    marker = b"this is the small page"

    def __init__(self, folder, nginx, openssl, size):
        self.folder, self.nginx, self.openssl = folder, nginx, openssl
        self.cafile = os.path.join(folder, "ca.pem")
        self.port = self.process = None
        self.make_certificates()
        self.make_pages(size)

    def req(self, *arguments):
        subprocess.run([self.openssl, "req", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-x509", "-days", "30",
                        *arguments], check=True, capture_output=True, cwd=self.folder)

    def make_certificates(self):
        self.req("-subj", "/CN=Benchmark CA", "-keyout", "ca.key", "-out", "ca.pem",
                 "-addext", "keyUsage=critical,keyCertSign")
        self.req("-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.pem",
                 "-CA", "ca.pem", "-CAkey", "ca.key",
                 "-addext", "basicConstraints=critical,CA:FALSE",
                 "-addext", "subjectAltName=DNS:localhost")

    def make_pages(self, size):
        root = os.path.join(self.folder, "root")
        os.mkdir(root)
        with open(os.path.join(root, "small"), "wb") as page:
            page.write(self.marker.ljust(1024, b"."))
        for name, length in (("bulk", size), ("part", size // 16)):
            with open(os.path.join(root, name), "wb") as page:
                page.truncate(length)

    def try_start(self):
        self.port = free_port()
        config = os.path.join(self.folder, "nginx.conf")
        with open(config, "w", encoding="ascii") as out:
            out.write(CONFIG.format(folder=self.folder, port=self.port))
        self.process = subprocess.Popen([self.nginx, "-p", self.folder, "-c", config, "-e",
                                         os.path.join(self.folder, "error.log")])
        until = time.monotonic() + STARTING
        while self.process.poll() is None and time.monotonic() < until:
            if answers(self.port):
                return True
            time.sleep(0.02)
        return False

    def start(self):
        """nginx cannot choose a port, so another process may take the free one first."""
        for _ in range(5):
            if self.try_start():
                return
            self.stop()
        raise SystemExit("nginx does not start")

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None
