#!/usr/bin/env python3
"""The service beside its peers: requests per second, waiting times, CPU time, memory, bytes and quality.

    OHA=/path/oha python3 tests/compare/peers.py PROGRAM --peers FOLDER --config peers.json
        [--limit PROGRAM] [--rounds 3] [--seconds 3] [--conc 1,8,32] [--jobs a1,b1] [--check] --out run.json

FOLDER has the driver `bench.py`, which starts every service, takes turns, and writes the tables; peers.json, written
by its `mkpeers.py`, says how each peer is started and asked. This program adds PROGRAM to them as `framefarm`, with two
workers and its cage as closed as the kernel can, and --limit, the prototype that does a whole job in one process
without gateway and cage, as `limit`. Interpreter: one that has numpy and Pillow.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

PORTS = {"framefarm": (9220, 9221), "limit": (9210,)}


def framefarm(program):
    port, admin = PORTS["framefarm"]
    base = f"http://127.0.0.1:{port}"
    v1 = base + "/v1/process?url={src}/"
    return {"name": "framefarm", "ready": f"{base}/readyz",
            "start": [program, f"--listen=127.0.0.1:{port}", f"--admin-listen=127.0.0.1:{admin}", "--workers=2",
                      "--allow-source-networks=127.0.0.0/8", "--queue-jobs=64", "--cache-bytes=0",
                      "--source-cache-bytes=0"],
            "jobs": {"a1": base + "/blur/?url={src}/px512.png", "a2": base + "/blur/?url={src}/photo2.jpg",
                     "a3": v1 + "photo2.jpg&op=blur:5&format=jpeg&quality=80",
                     "b1": v1 + "photo12.jpg&op=resize:512:512&format=jpeg&quality=80",
                     "b2": v1 + "photo2.jpg&op=resize:256:256&format=webp&quality=80",
                     "c1": v1 + "photo15.png&op=resize:400:400", "c2": v1 + "ui19.png&op=resize:400:400",
                     "d1": base + "/blur/?url={src}/anim480.gif", "d2": v1 + "anim480.gif&op=resize:240",
                     "d3": base + "/blur/?url={src}/anim_mb.gif", "d4": v1 + "anim_mb.gif&op=resize:228",
                     "e": base + "/invert/?url={src}/avatar128.png"}}


def limit(program, jobs):
    """Its routes are those of the peers that were written for the comparison."""
    base = f"http://127.0.0.1:{PORTS['limit'][0]}"
    routes = {job: base + url[url.index("/", len("http://")):] for job, url in jobs.items()}
    return {"name": "limit", "start": [program, "serve"], "ready": base + "/none/", "jobs": routes}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--peers", required=True)
    parser.add_argument("--config", required=True)
    parser.add_argument("--limit")
    options, rest = parser.parse_known_args()
    with open(options.config) as file:
        config = json.load(file)
    same_routes = next(peer["jobs"] for peer in config["services"] if peer["name"] == "sharp")
    config["services"].append(framefarm(os.path.abspath(options.program)))
    if options.limit:
        config["services"].append(limit(os.path.abspath(options.limit), same_routes))
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(config, file)
        file.flush()
        driver = os.path.join(options.peers, "bench.py")
        sys.exit(subprocess.run([sys.executable, driver, "--config", file.name, *rest]).returncode)


main()
