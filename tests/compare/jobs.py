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
import statistics
import time

from service import IMAGES, JOBS, Service, serve_pictures


def measure(service, path, seconds):
    """CPU ms per request, of it the gateway's, wall ms per request, bytes of the answer."""
    for _ in range(2):
        size = service.ask(path)
    asked, begun, gateway, cpu = 0, time.time(), service.gateway_cpu_s(), service.cpu_s()
    while time.time() - begun < seconds or asked < 3:
        service.ask(path)
        asked += 1
    wall = time.time() - begun
    spent = (service.cpu_s() - cpu, service.gateway_cpu_s() - gateway, wall)
    return *(seconds / asked * 1e3 for seconds in spent), size


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", nargs="+")
    parser.add_argument("--images", default=IMAGES)
    parser.add_argument("--jobs", default=",".join(JOBS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3)
    options = parser.parse_args()

    pictures = serve_pictures(options.images)

    services = [Service(program) for program in options.programs]
    try:
        print("| job | program | CPU ms | of the first | the gateway's | wall ms | bytes |\n|---|---|---|---|---|---|---|")
        for job in options.jobs.split(","):
            path, picture = JOBS[job]
            path = path.format(pictures + picture)
            rounds = [[measure(service, path, options.seconds) for service in services]
                      for _ in range(options.rounds)]
            first = None
            for number, service in enumerate(services):
                cpu, gateway, wall, size = (statistics.median(column) for column in zip(*(r[number] for r in rounds)))
                first = first or cpu
                print(f"| {job} | {service.program} | {cpu:.2f} | {cpu / first:.2f} | {gateway:.2f} | {wall:.2f} | {size:.0f} |",
                      flush=True)
        time.sleep(2)
        for service in services:
            print(f"resident after two seconds of rest, bytes: {[w['rss_bytes'] for w in service.workers()]}")
    finally:
        for service in services:
            service.stop()


main()
