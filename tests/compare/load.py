#!/usr/bin/env python3
"""How the service carries load: more workers, more clients, too many requests.

    OHA=/path/oha python3 tests/compare/load.py PROGRAM [--images FOLDER] [--jobs a1,b1,d1] [--seconds 10] [--rounds 3]
        [--source http://127.0.0.1:9100] [--apart | --share 0.4]

- Workers: requests per second with one and with two workers, taking turns; more clients than workers.
- Wait: at 80 % of the peak rate, arriving evenly, how much longer the slowest hundredth takes than the middle.
- Overload: at ten times the peak rate, how many requests per second are still answered with a picture.

With --apart only the latter two, the service with one worker on the first core and the clients on the second: so what
refusals cost the service is told from what they cost their clients. Start the static server on the second core too.

With --share only the first, each worker in a control group that gives it this share of a core (root only): so two
workers, gateway, client and origin have room on two cores, and what one worker more brings is told from what the others
take away.

Pictures are uploaded, so that no other server takes CPU time, or with --source fetched from a static server
there that has those of FOLDER. The client is `oha`. All share the machine with the service, so two workers want
more than two cores to show all they can; and under overload by upload most of the time goes into
bodies that `oha` sends although they are refused.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys

from service import IMAGES, JOBS, Service


def offered(oha, service, job, images, seconds, clients, rate=None, source=None):
    path, picture = JOBS[job]
    command = [oha, "--no-tui", "--output-format", "json", "-z", f"{seconds}s", "-w", "-t", "60s", "-c", str(clients)]
    if source:
        path = path.format(f"{source}/{picture}")
    else:
        path = path.format("").replace("?url=", "").replace("&url=", "")
        command += ["-m", "POST", "-D", os.path.join(images, picture), "-T", "application/octet-stream"]
    if rate:
        command += ["-q", str(rate), "--latency-correction"]
    told = subprocess.run([*command, f"http://127.0.0.1:{service.port}{path}"], check=True, stdout=subprocess.PIPE, text=True)
    told = json.loads(told.stdout)
    codes = told["statusCodeDistribution"]
    took = told["latencyPercentiles"]
    return {"ok": codes.get("200", 0) / told["summary"]["total"], "refused": codes.get("503", 0), "codes": codes,
            "errors": told["errorDistribution"], "p50": took["p50"] * 1e3, "p99": took["p99"] * 1e3}


PERIOD_US = 10_000


def confine(pid, share):
    """A control group of its own for a process, by either version of the kernel's; returns its folder."""
    unified = os.path.exists("/sys/fs/cgroup/cgroup.controllers")
    root = "/sys/fs/cgroup" if unified else "/sys/fs/cgroup/cpu"
    folder = os.path.join(root, f"framefarm-load-{pid}")
    quota = round(share * PERIOD_US)
    limits = {"cpu.max": f"{quota} {PERIOD_US}"} if unified else {"cpu.cfs_period_us": PERIOD_US, "cpu.cfs_quota_us": quota}
    os.mkdir(folder)
    for name, value in {**limits, "cgroup.procs": pid}.items():
        with open(os.path.join(folder, name), "w") as file:
            file.write(str(value))
    return folder


def with_service(program, workers, apart, share, use):
    if apart:
        os.sched_setaffinity(0, {0})
    service = Service(program, workers, "--log=error")
    if apart:
        os.sched_setaffinity(0, {1})
    folders = []
    try:
        use(service, 0.5)  # Buffers grow, caches fill.
        if share:
            folders = [confine(worker["pid"], share) for worker in service.workers()]
        return use(service, None)
    finally:
        service.stop()
        for folder in folders:
            os.rmdir(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--images", default=IMAGES)
    parser.add_argument("--jobs", default="a1,b1,d1")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--source")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--apart", action="store_true")
    parser.add_argument("--share", type=float)
    options = parser.parse_args()
    oha = os.environ.get("OHA") or shutil.which("oha") or sys.exit("oha is not installed (cargo install oha)")

    def measured(workers, job, clients, rate=None):
        ask = lambda service, seconds: offered(oha, service, job, options.images, seconds or options.seconds, clients, rate, options.source)
        return with_service(options.program, workers, options.apart, options.share, ask)

    workers_most = 1 if options.apart else 2
    print("| job | workers | requests/s | of one worker |\n|---|---|---|---|")
    for job in options.jobs.split(","):
        counts = range(1, workers_most + 1)
        rounds = [[measured(workers, job, 4 * workers)["ok"] for workers in counts] for _ in range(options.rounds)]
        rates = [statistics.median(column) for column in zip(*rounds)]
        for workers, rate in zip(counts, rates):
            print(f"| {job} | {workers} | {rate:.1f} | {rate / rates[0]:.2f} |", flush=True)
    if options.share:
        return
    print("\n| job | offered | answered/s | of the peak | refused | p50 ms | p99 ms | p99 / p50 | anything else |")
    print("|---|---|---|---|---|---|---|---|---|")
    for job in options.jobs.split(","):
        for share, clients in ((0.8, 64), (10, 256)):
            rounds = []
            for _ in range(options.rounds):
                # Each beside a peak of its own: a machine is not as fast in every minute.
                peak = measured(workers_most, job, 4 * workers_most)["ok"]
                told = measured(workers_most, job, clients, max(1, round(share * peak)))
                rounds.append({**told, "of_peak": told["ok"] / peak, "spread": told["p99"] / told["p50"]})
            other = {code: count for told in rounds for code, count in told["codes"].items() if code not in ("200", "503")}
            errors = {what: count for told in rounds for what, count in told["errors"].items()}
            median = {name: statistics.median(told[name] for told in rounds) for name in ("ok", "of_peak", "refused", "p50", "p99", "spread")}
            every = ", ".join(f"{told['of_peak']:.0%}" for told in rounds)
            print(f"| {job} | {share:g} × peak | {median['ok']:.1f} | {median['of_peak']:.0%} ({every}) | {median['refused']:.0f} | {median['p50']:.1f} "
                  f"| {median['p99']:.1f} | {median['spread']:.1f} | {other or ''} {errors or ''} |", flush=True)


if __name__ == "__main__":
    main()
