#!/usr/bin/env python3
"""What the service does for others while somebody besieges it.

    python3 tests/compare/siege.py PROGRAM [--part connections|overload] [--seconds 10] [--rounds 3] [--overload-seconds 60]
        [--by-url] [--apart]

- Connections: ordinary requests (a small PNG blurred, an avatar inverted) at an even, modest rate, alone and beside 100
  clients that send a head byte by byte and 1,000 whose connections are idle, in turn; how much longer the slowest
  hundredth takes.
- Overload: a first token offers ten times what the service can do, while a second one sends light jobs now and then. How
  much is still done, how long what is done takes, whether every refusal says when to come back, what memory the gateway
  takes, and how the second token fares.

Pictures are uploaded, or with --by-url fetched from a static server of this program. With --apart the service runs on the first
core and everything else on the second.

Everything is on the loopback address and ends by itself. Clients are processes of their own and share the machine with
the service; a rate that they could not offer is said.
"""
import argparse
import asyncio
import hashlib
import math
import multiprocessing
import os
import resource
import statistics
import struct
import sys
import tempfile
import time
import zlib

from service import Service, serve_pictures

SLOW, IDLE = 100, 1000
# What the second token and the ordinary requests send, requests per second.
MODEST = 20
# Connections of a client that offers more than can be done.
CROWD = 256
DEADLINE_MS = 10_000


def png(width, height):
    """A picture that is quickly sent and not quickly done."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes(part for x in range(width) for part in (x & 255, y & 255, (x ^ y) & 255)) for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def request(path, picture, token=None):
    told = f"authorization: {token}\r\n" if token else ""
    return f"POST {path} HTTP/1.1\r\nhost: x\r\n{told}content-length: {len(picture)}\r\n\r\n".encode() + picture


def request_by_url(path, url, token):
    return f"GET {path}?url={url} HTTP/1.1\r\nhost: x\r\nauthorization: {token}\r\n\r\n".encode()


class Client:
    """Keeps connections and counts what comes back: milliseconds by status, and refusals without a time."""

    def __init__(self, port, bytes_):
        self.port, self.bytes, self.free = port, bytes_, []
        self.took, self.hasty, self.errors = {}, 0, 0

    async def ask(self, since):
        try:
            reader, writer = self.free.pop() if self.free else await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(self.bytes)
            head = (await reader.readuntil(b"\r\n\r\n")).lower().decode("latin-1")
            length = head.split("\r\ncontent-length: ")[1].split("\r\n")[0]
            await reader.readexactly(int(length))
        except (OSError, asyncio.IncompleteReadError):
            self.errors += 1
            return
        status = int(head.split(" ")[1])
        self.took.setdefault(status, []).append((time.monotonic() - since) * 1e3)
        self.hasty += status in (429, 503) and "\r\nretry-after: " not in head
        if "\r\nconnection: close" in head:
            writer.close()
        else:
            self.free.append((reader, writer))

    async def at_rate(self, rate, seconds, most=CROWD):
        """Evenly, whatever the answers; later than planned counts as waiting."""
        begun, asked, running = time.monotonic(), 0, set()
        while (now := time.monotonic()) < begun + seconds:
            while asked < (now - begun) * rate and len(running) < most:
                task = asyncio.create_task(self.ask(begun + asked / rate))
                running.add(task)
                task.add_done_callback(running.discard)
                asked += 1
            # What no connection was free for is not offered: it would come in one burst.
            asked = max(asked, math.floor((time.monotonic() - begun) * rate) - most)
            await asyncio.sleep(0.001)
        await asyncio.gather(*running)

    async def at_once(self, clients, seconds):
        """So many, each as soon as it has its answer."""
        until = time.monotonic() + seconds

        async def one():
            while (now := time.monotonic()) < until:
                await self.ask(now)
        await asyncio.gather(*(one() for _ in range(clients)))


def client(told, port, bytes_, how, *arguments):
    one = Client(port, bytes_)
    begun = time.monotonic()
    asyncio.run(getattr(one, how)(*arguments))
    told.put({"took": one.took, "hasty": one.hasty, "errors": one.errors, "seconds": time.monotonic() - begun})


def begin(*arguments):
    told = multiprocessing.Queue()
    process = multiprocessing.Process(target=client, args=(told, *arguments))
    process.start()
    return process, told


def end(begun):
    process, told = begun
    said = told.get()
    process.join()
    return said


async def hold(port, slow, idle, ready):
    """Keeps that many connections of both kinds open, anew when they are closed."""
    opened = 0

    async def drip():
        nonlocal opened
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /livez HTTP/1.1\r\nhost: x\r\nx: ")
        opened += 1
        while not reader.at_eof():
            writer.write(b"y")
            await asyncio.sleep(0.5)

    async def idle_one():
        nonlocal opened
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n")
        await reader.readuntil(b"}")
        opened += 1
        await reader.read()

    async def again(one):
        while True:
            try:
                await one()
            except (OSError, asyncio.IncompleteReadError):
                await asyncio.sleep(0.1)

    async def tell():
        while opened < slow + idle:
            await asyncio.sleep(0.05)
        ready.set()
    await asyncio.gather(tell(), *(again(drip) for _ in range(slow)), *(again(idle_one) for _ in range(idle)))


def besiege(port):
    ready = multiprocessing.Event()
    process = multiprocessing.Process(target=lambda: asyncio.run(hold(port, SLOW, IDLE, ready)), daemon=True)
    process.start()
    if not ready.wait(60):
        sys.exit(f"not all of {SLOW + IDLE} connections were taken in a minute")
    return process


def at(share, took):
    took = sorted(took)
    return took[min(len(took) - 1, math.ceil(share * len(took)) - 1)] if took else math.nan


def connections(program, seconds, rounds):
    jobs = {"blur, 200 × 150": ("/blur/", png(200, 150)), "invert, 128 × 128": ("/invert/", png(128, 128))}
    figures = {name: ([], []) for name in jobs}
    service = Service(program, 2, "--log=error")
    try:
        end(begin(service.port, request(*jobs["blur, 200 × 150"]), "at_once", 4, 1))
        for _ in range(rounds):
            for beside in (False, True):
                siege = besiege(service.port) if beside else None
                begun = {name: begin(service.port, request(*job), "at_rate", MODEST, seconds) for name, job in jobs.items()}
                for name, one in begun.items():
                    said = end(one)
                    failed = said["errors"] + sum(len(took) for status, took in said["took"].items() if status != 200)
                    figures[name][beside].append((said["took"].get(200, []), failed))
                if siege:
                    siege.terminate()
                    siege.join()
    finally:
        service.stop()
    print(f"| job | | p50 ms | p99 ms | failed | p99 beside {SLOW} slow and {IDLE} idle / alone |\n|---|---|---|---|---|---|")
    for name, both in figures.items():
        p99 = [[at(0.99, took) for took, _ in column] for column in both]
        ratio = statistics.median(beside / alone for alone, beside in zip(*p99))
        for label, column, slowest, last in (("alone", both[0], p99[0], ""), ("besieged", both[1], p99[1], f"{ratio:.2f}")):
            p50 = statistics.median(at(0.5, took) for took, _ in column)
            print(f"| {name} | {label} | {p50:.1f} | {statistics.median(slowest):.1f} | {sum(failed for _, failed in column)} | {last} |")


def tokens(folder):
    """A file with two of them."""
    path = os.path.join(folder, "tokens.toml")
    with open(path, "w") as file:
        for name in ("first", "second"):
            digest = hashlib.sha256(name.encode()).hexdigest()
            file.write(f'[[token]]\nname = "{name}"\nsha256 = "{digest}"\nrequests_per_minute = 1000000\njobs_max = 10000\n')
    return path


def rss_mb(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) / 1000


def overload(program, seconds, by_url, apart):
    heavy, light = png(1500, 1000), png(128, 128)
    with tempfile.TemporaryDirectory() as folder:
        if apart:
            os.sched_setaffinity(0, {0})
        service = Service(program, 2, "--log=error", f"--tokens-file={tokens(folder)}", f"--job-deadline-ms={DEADLINE_MS}")
        if apart:
            os.sched_setaffinity(0, {1})
        try:
            if by_url:
                for name, picture in (("heavy.png", heavy), ("light.png", light)):
                    with open(os.path.join(folder, name), "wb") as file:
                        file.write(picture)
                source = serve_pictures(folder)
                first, second = request_by_url("/blur/", source + "heavy.png", "first"), request_by_url("/invert/", source + "light.png", "second")
            else:
                first, second = request("/blur/", heavy, "first"), request("/invert/", light, "second")
            end(begin(service.port, first, "at_once", 8, 2))
            said = end(begin(service.port, first, "at_once", 8, 10))
            peak = len(said["took"].get(200, [])) / said["seconds"]
            before = rss_mb(service.process.pid)
            both = [begin(service.port, first, "at_rate", 10 * peak, seconds), begin(service.port, second, "at_rate", MODEST, seconds)]
            memory = []
            for _ in range(int(seconds)):
                time.sleep(1)
                memory.append(rss_mb(service.process.pid))
            crowd, other = (end(one) for one in both)
            time.sleep(2)
            after = rss_mb(service.process.pid)
        finally:
            service.stop()
    counts = {status: len(took) for status, took in sorted(crowd["took"].items())}
    done, refused = crowd["took"].get(200, []), sum(counts.get(status, 0) for status in (429, 503))
    offered = (sum(counts.values()) + crowd["errors"]) / crowd["seconds"]
    asked = sum(map(len, other["took"].values())) + other["errors"]
    served = other["took"].get(200, [])
    print(f"peak: {peak:.1f} a second; offered: {offered:.0f} a second ({offered / peak:.1f} × peak) for {crowd['seconds']:.0f} s")
    print(f"done: {len(done) / crowd['seconds']:.1f} a second ({len(done) / crowd['seconds'] / peak:.0%} of the peak), p50 {at(0.5, done):.0f} ms, "
          f"p99 {at(0.99, done):.0f} ms, deadline {DEADLINE_MS} ms")
    print(f"answers: {counts}, connections that failed: {crowd['errors']}")
    print(f"refused: {refused}, of these without Retry-After: {crowd['hasty'] + other['hasty']}")
    print(f"gateway: {before:.0f} MB before, at most {max(memory):.0f}, {after:.0f} two seconds after; by tenths of the time: "
          f"{', '.join(f'{memory[at_ * len(memory) // 10]:.0f}' for at_ in range(10))}")
    print(f"second token: {len(served)} of {asked} done ({len(served) / max(1, asked):.1%}), p50 {at(0.5, served):.0f} ms, p99 {at(0.99, served):.0f} ms; "
          f"others: { {status: len(took) for status, took in other['took'].items() if status != 200} }, failed {other['errors']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--part", choices=("connections", "overload"))
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--overload-seconds", type=float, default=60)
    parser.add_argument("--by-url", action="store_true")
    parser.add_argument("--apart", action="store_true")
    options = parser.parse_args()
    multiprocessing.set_start_method("fork")
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if options.part != "overload":
        connections(options.program, options.seconds, options.rounds)
        print()
    if options.part != "connections":
        overload(options.program, options.overload_seconds, options.by_url, options.apart)


if __name__ == "__main__":
    main()
