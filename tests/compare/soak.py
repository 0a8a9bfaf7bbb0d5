#!/usr/bin/env python3
"""Whether the gateway keeps what it needs and no more: its resident memory under an hour of mixed load.

    python3 tests/compare/soak.py PROGRAM [--images FOLDER] [--minutes 60] [--clients 4] [--pause-ms 0]

Each client asks for one job after the other, all jobs in turn, half by URL and half by upload; every
sixteenth request is one that fails: no picture, an unknown operation, an address that nobody answers at, or a client that
leaves. Prints resident memory of the gateway and its workers, and the gateway's descriptors and threads, each minute.
"""
import argparse
import http.client
import os
import threading
import time

from service import IMAGES, JOBS, Service, serve_pictures


def uploads(images):
    for path, picture in JOBS.values():
        with open(os.path.join(images, picture), "rb") as file:
            yield path.format("").replace("?url=", "").replace("&url=", ""), file.read()


def client(service, pictures, posted, number, until, pause, counts):
    jobs = list(JOBS.values())
    turn = number
    while time.time() < until:
        turn += 1
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
        try:
            # A connection serves some requests and is given up, as those of real clients are.
            for turn in range(turn, turn + 20):
                status = None
                if turn % 16 == 0:
                    status = fail(connection, turn // 16 % 4, service)
                elif turn % 2:
                    path, picture = jobs[turn // 2 % len(jobs)]
                    connection.request("GET", path.format(pictures + picture))
                else:
                    path, picture = posted[turn // 2 % len(posted)]
                    connection.request("POST", path, picture)
                if status is None:
                    answer = connection.getresponse()
                    answer.read()
                    status = answer.status
                counts[status] = counts.get(status, 0) + 1
                time.sleep(pause)
        except (OSError, http.client.HTTPException) as error:
            counts[type(error).__name__] = counts.get(type(error).__name__, 0) + 1
        connection.close()


def fail(connection, how, service):
    """A request that brings no picture; its status is still to be read, or `left`."""
    if how == 0:
        connection.request("POST", "/v1/process?op=invert", b"no picture at all")
    elif how == 1:
        connection.request("GET", "/v1/process?op=blurr&url=http://127.0.0.1/")
    elif how == 2:
        connection.request("GET", "/blur/?url=http://127.0.0.1:1/x.png")
    else:
        leaving = http.client.HTTPConnection("127.0.0.1", service.port)
        leaving.request("POST", "/v1/process?op=invert", b"\0" * 100_000)
        leaving.close()
        return "left"
    return None


def resident_mb(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) / 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--images", default=IMAGES)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--pause-ms", type=float, default=0)
    options = parser.parse_args()
    pictures, posted, counts = serve_pictures(options.images), list(uploads(options.images)), {}
    service = Service(options.program, 2, "--log=error", "--allow-source-ports=1-65535")
    pid, begun = service.process.pid, time.time()
    until = begun + options.minutes * 60
    clients = [threading.Thread(target=client, args=(service, pictures, posted, number * 5, until, options.pause_ms / 1e3, counts))
               for number in range(options.clients)]
    try:
        for one in clients:
            one.start()
        print("| minute | gateway MB | workers MB | descriptors | threads | requests |\n|---|---|---|---|---|---|")
        for minute in range(1, int(options.minutes) + 1):
            time.sleep(max(0, begun + minute * 60 - time.time()))
            workers = [f"{worker['rss_bytes'] / 1e6:.0f}" for worker in service.workers()]
            opened, threads = (len(os.listdir(f"/proc/{pid}/{what}")) for what in ("fd", "task"))
            print(f"| {minute} | {resident_mb(pid):.1f} | {', '.join(workers)} | {opened} | {threads} | {sum(counts.values())} |", flush=True)
        for one in clients:
            one.join()
        print(f"answers: {counts}")
    finally:
        service.stop()


if __name__ == "__main__":
    main()
