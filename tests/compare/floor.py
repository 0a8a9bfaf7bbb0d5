#!/usr/bin/env python3
"""CPU time that the kernel takes for carrying a picture the way it goes, when nothing is done with it.

    python3 tests/compare/floor.py [BYTES] [--rounds 50]

TCP to one process, from there through a socketpair to another and back, and out by TCP: what the gateway and a worker
must pay for a picture that leaves as long as it came, with buffers that are kept and with no HTTP. Prints milliseconds
of both processes for each picture. The default length is that of the film of the jobs d1, d2 and f.
"""
import argparse
import os
import resource
import socket


def tcp():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.create_connection(listener.getsockname())
        return near, listener.accept()[0]


def read(sock, view):
    at = 0
    while at < len(view):
        at += sock.recv_into(view[at:])


def child(work, length, rounds):
    """Runs `work` in a process of its own, in rounds; returns where its CPU seconds will be told."""
    told, tell = os.pipe()
    if os.fork() == 0:
        view = memoryview(bytearray(b"\1" * length))
        used = lambda: sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        work(view)
        begun = used()
        for _ in range(rounds):
            work(view)
        os.write(tell, str(used() - begun).encode())
        os._exit(0)
    return told


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bytes", nargs="?", type=int, default=4_600_663)
    parser.add_argument("--rounds", type=int, default=50)
    options = parser.parse_args()
    (origin, fetching), (serving, client) = tcp(), tcp()
    hand, worker = socket.socketpair()

    def at_origin(view):
        origin.sendall(view)
        origin.recv(1)

    def in_gateway(view):
        read(fetching, view)
        hand.sendall(view)
        read(hand, view)
        serving.sendall(view)
        fetching.send(b"!")

    def in_worker(view):
        read(worker, view)
        worker.sendall(view)

    works = {"origin": at_origin, "worker": in_worker, "gateway": in_gateway, "client": lambda view: read(client, view)}
    told = {name: child(work, options.bytes, options.rounds) for name, work in works.items()}
    ms = {name: float(os.read(pipe, 64)) / options.rounds * 1e3 for name, pipe in told.items()}
    print(f"{options.bytes} bytes: gateway {ms['gateway']:.2f} ms, worker {ms['worker']:.2f} ms, "
          f"both {ms['gateway'] + ms['worker']:.2f} ms")


main()
