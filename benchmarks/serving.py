"""Requests a second and latency of the service, beside a bare FastAPI route and rdflib-endpoint, in one run.

    .venv-test/bin/pip install -c constraints.txt -e '.[benchmark]'
    sudo apt-get install wrk
    .venv-test/bin/python -m benchmarks.serving [--rounds 5] [--seconds 3]

Every target is loaded in turn, round by round, with 16 connections from one thread of wrk on the same
machine; a figure is the median over the rounds, a ratio the median of the ratios within a round. Prints
Markdown for benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median

CONNECTIONS = 16
STAR = "SELECT ?p ?o WHERE { <https://w3id.org/hct-kg/id/site/coventry> ?p ?o }"
TRACE = "from=factor/grant-funding&to=factor/improved-community-health-and-wellbeing&limit=10"
PACKAGES = ("fastapi", "uvicorn", "pydantic", "pyoxigraph", "rdflib", "rdflib-endpoint")
RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
LATENCY = re.compile(r"(50|99)%\s+([\d.]+)(us|ms|s)\b")
MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Target:
    """What is loaded: a name, and a URL."""

    name: str
    url: str


@dataclass(frozen=True)
class Figures:
    """Requests a second; latency in milliseconds."""

    rate: float
    p50: float
    p99: float


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(port: int, *command: str, **environment: str) -> Iterator[str]:
    """Run a server until the block ends; yields its base URL once it answers."""
    process = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        base = f"http://127.0.0.1:{port}"
        wait_until_it_answers(process, base)
        yield base
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_until_it_answers(process: subprocess.Popen[bytes], base: str) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit(f"{base} ended with {process.returncode}")
        try:
            with socket.create_connection(tuple(base.removeprefix("http://").split(":")), timeout=1):  # type: ignore[arg-type]
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{base} does not answer")


def load(target: Target, seconds: int) -> Figures:
    """Load a target with wrk; every answer must be a 200."""
    with urllib.request.urlopen(target.url, timeout=60) as response:
        assert response.status == 200
        response.read()
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s", "--latency", target.url]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in output, output
    rate = RATE.search(output)
    assert rate, output
    percentiles = {name: float(value) * MILLISECONDS[unit] for name, value, unit in LATENCY.findall(output)}
    return Figures(float(rate[1]), percentiles["50"], percentiles["99"])


def targets(stack: ExitStack) -> list[Target]:
    """Start all servers."""
    ports = [free_port() for _ in range(3)]
    uvicorn = (sys.executable, "-m", "uvicorn", "--log-level", "warning", "--port")
    hct_kg = stack.enter_context(
        server(ports[0], sys.executable, "-m", "hct_kg", "serve", "--port", str(ports[0]), HCT_KG_QUERY_WORKERS="2")
    )
    bare = stack.enter_context(server(ports[1], *uvicorn, str(ports[1]), "benchmarks.bare_route:app"))
    peer = stack.enter_context(
        server(ports[2], *uvicorn, str(ports[2]), "--workers", "2", "benchmarks.rdflib_peer:app")
    )
    star = "/sparql?" + urllib.parse.urlencode({"query": STAR})
    return [
        Target("bare FastAPI route, response model", f"{bare}/v1/sites"),
        Target("hct-kg `/v1/sites`", f"{hct_kg}/v1/sites"),
        Target("hct-kg `/v1/trace`", f"{hct_kg}/v1/trace?{TRACE}"),
        Target("rdflib-endpoint `/sparql`, star, 2 workers", f"{peer}{star}"),
        Target("hct-kg `/sparql`, star, 2 workers", f"{hct_kg}{star}"),
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=int, default=3)
    given = options.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is missing: install the Debian package of that name")
    with ExitStack() as stack:
        loaded = targets(stack)
        time.sleep(5)  # the peer's second worker may still be loading
        rounds = [{target.name: load(target, given.seconds) for target in loaded} for _ in range(given.rounds)]
    report(loaded, rounds)


def report(loaded: list[Target], rounds: list[dict[str, Figures]]) -> None:
    """Print the table, the ratios, and what they were measured with."""
    bare, sites, trace, peer, star = (target.name for target in loaded)
    print("| target | requests/s | p50 ms | p99 ms |\n| --- | ---: | ---: | ---: |")
    for target in loaded:
        found = [figures[target.name] for figures in rounds]
        rate, p50, p99 = (median(values) for values in zip(*((f.rate, f.p50, f.p99) for f in found), strict=True))
        print(f"| {target.name} | {rate:.0f} | {p50:.2f} | {p99:.2f} |")
    print("\n| ratio of requests/s | median | target |\n| --- | ---: | ---: |")
    for ours, theirs, wanted in ((sites, bare, "0.9"), (trace, bare, "0.8"), (star, peer, "1.5")):
        ratio = median(figures[ours].rate / figures[theirs].rate for figures in rounds)
        print(f"| {ours} : {theirs} | {ratio:.2f} | {wanted} |")
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    print(f"\n{os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}; {packages};")
    print(f"{CONNECTIONS} connections, {len(rounds)} rounds.")


if __name__ == "__main__":
    main()
