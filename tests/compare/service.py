"""What the measuring programs of this folder share: the jobs, the service under measurement, and a
static server for the pictures, which is not counted."""
import functools
import http.client
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

IMAGES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../shared/peers/images")

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
    """A `framefarm` with its worker beside it, on free ports."""

    def __init__(self, program, workers=1, *further):
        self.program = program
        self.folder = tempfile.TemporaryDirectory()
        ports = [os.path.join(self.folder.name, name) for name in ("port", "admin")]
        self.log = open(os.path.join(self.folder.name, "log"), "w")
        self.process = subprocess.Popen(
            [program, "--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0", f"--port-file={ports[0]}",
             f"--admin-port-file={ports[1]}", f"--workers={workers}", "--worker-jobs-max=1000000",
             "--allow-source-networks=127.0.0.0/8", "--cache-bytes=0", "--source-cache-bytes=0", *further],
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

    def gateway_cpu_s(self):
        """With that of its dead children."""
        return cpu_s(self.process.pid, dead_children=True)

    def cpu_s(self):
        return self.gateway_cpu_s() + sum(cpu_s(worker["pid"]) for worker in self.workers())

    def stop(self):
        self.process.terminate()
        self.process.wait()


def cpu_s(pid, dead_children=False):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    ticks = sum(map(int, fields[11:15] if dead_children else fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def serve_pictures(folder):
    """The address of a static server for `folder`, which runs for as long as the program."""
    handler = functools.partial(Pictures, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"
