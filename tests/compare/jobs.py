#!/usr/bin/env python3
"""CPU time per request of the service, job by job.

    python3 tests/compare/jobs.py PROGRAM… [--images FOLDER] [--jobs a1,b1] [--rounds 3] [--seconds 3]

Starts each PROGRAM (a `framefarm` with its worker beside it) with one worker on free ports, and a
static server of its own for the pictures, which is not counted. Every request does the whole job:
HTTP in, fetch by URL, decode, operation, encode, HTTP out. CPU time is user + system of the gateway and
all of its workers, the dead ones included. Several programs take turns, so that a busy machine hits all
of them; the table has the medians of the rounds, and ratios to the first program.

The jobs are those of docs/performance.md; the pictures are not part of the repository.
"""
import argparse
import functools
import http.client
import http.server
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

JOBS = {
    "a1": ("/blur/?url={}", "px512.png"),
    "a2": ("/blur/?url={}", "photo2.jpg"),
    "a3": ("/v1/process?op=blur:5&format=jpeg&quality=80&url={}", "photo2.jpg"),
    "b1": ("/v1/process?op=resize:512:512&format=jpeg&quality=80&url={}", "photo12.jpg"),
    "b2": ("/v1/process?op=resize:256:256&format=webp&quality=80&url={}", "photo2.jpg"),
    "c1": ("/v1/process?op=resize:400:400&url={}", "photo15.png"),
    "c2": ("/v1/process?op=resize:400:400&url={}", "ui19.png"),
    "d1": ("/blur/?url={}", "anim480.gif"),
    "d2": ("/v1/process?op=resize:240&url={}", "anim480.gif"),
    "d3": ("/blur/?url={}", "anim_mb.gif"),
    "d4": ("/v1/process?op=resize:228&url={}", "anim_mb.gif"),
    "e": ("/invert/?url={}", "avatar128.png"),
    "f": ("/invert/?url={}", "anim480.gif"),
}


class Pictures(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Else the head of an answer waits for an acknowledgement before the body.
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass


class Service:
    def __init__(self, program):
        self.program = program
        self.folder = tempfile.TemporaryDirectory()
        ports = [os.path.join(self.folder.name, name) for name in ("port", "admin")]
        self.log = open(os.path.join(self.folder.name, "log"), "w")
        self.process = subprocess.Popen(
            [program, "--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0", f"--port-file={ports[0]}",
             f"--admin-port-file={ports[1]}", "--workers=1", "--worker-jobs-max=1000000",
             "--allow-source-networks=127.0.0.0/8"],
            stdout=self.log, stderr=self.log)
        until = time.time() + 30
        while not all(os.path.exists(port) and os.path.getsize(port) for port in ports):
            if self.process.poll() is not None or time.time() > until:
                sys.exit(f"{program} does not start: {open(self.log.name).read()}")
            time.sleep(0.05)
        self.port, self.admin = (int(open(port).read().strip().rsplit(":", 1)[-1]) for port in ports)
        while urllib.request.urlopen(f"http://127.0.0.1:{self.port}/livez").status != 200:
            time.sleep(0.05)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port)

    def ask(self, path):
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            sys.exit(f"{path}: {answer.status} {body[:300]}")
        return len(body)

    def workers(self):
        address = f"http://127.0.0.1:{self.admin}/status.json"
        return json.load(urllib.request.urlopen(address))["workers"]

    def cpu_s(self):
        ticks = 0
        pids = [self.process.pid, *(worker["pid"] for worker in self.workers())]
        for pid in pids:
            fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
            # Of the gateway its dead children too.
            ticks += sum(map(int, fields[11:15] if pid == self.process.pid else fields[11:13]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def measure(service, path, seconds):
    """CPU ms per request, wall ms per request, bytes of the answer."""
    for _ in range(2):
        size = service.ask(path)
    asked, begun, cpu = 0, time.time(), service.cpu_s()
    while time.time() - begun < seconds or asked < 3:
        service.ask(path)
        asked += 1
    wall = time.time() - begun
    return (service.cpu_s() - cpu) / asked * 1e3, wall / asked * 1e3, size


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", nargs="+")
    parser.add_argument("--images", default=os.path.join(os.path.dirname(__file__), "../../../shared/peers/images"))
    parser.add_argument("--jobs", default=",".join(JOBS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3)
    options = parser.parse_args()

    handler = functools.partial(Pictures, directory=options.images)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pictures = f"http://127.0.0.1:{server.server_port}/"

    services = [Service(program) for program in options.programs]
    try:
        print("| job | program | CPU ms | of the first | wall ms | bytes |\n|---|---|---|---|---|---|")
        for job in options.jobs.split(","):
            path, picture = JOBS[job]
            path = path.format(pictures + picture)
            rounds = [[measure(service, path, options.seconds) for service in services]
                      for _ in range(options.rounds)]
            first = None
            for number, service in enumerate(services):
                cpu, wall, size = (statistics.median(column) for column in zip(*(r[number] for r in rounds)))
                first = first or cpu
                print(f"| {job} | {service.program} | {cpu:.2f} | {cpu / first:.2f} | {wall:.2f} | {size:.0f} |",
                      flush=True)
        time.sleep(2)
        for service in services:
            print(f"resident after two seconds of rest, bytes: {[w['rss_bytes'] for w in service.workers()]}")
    finally:
        for service in services:
            service.stop()


main()
