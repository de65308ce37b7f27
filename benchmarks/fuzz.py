"""A hundred thousand malformed requests to the service: no mistake of ours comes back, and nothing is left behind.

    PYTHONPATH=tests:tests/fuzz .venv-test/bin/python -m benchmarks.fuzz [--inputs 100000] [--seed 1] [--seconds 600]

A tenth of the inputs goes to a writable service with a key, the rest to one that is read; the tests in tests/fuzz
send the first few thousand. Prints Markdown, and every finding with the number that makes it again:

    PYTHONPATH=tests:tests/fuzz .venv-test/bin/python -m benchmarks.fuzz --seed 1 --only 4711 [--writing]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from campaign import Outcomes, run, settle
from exchange import Connection
from family import Family, family_of
from messages import Messages

from editing import SHAPE
from hct_kg import keys
from serving import Server, eventually, invented, running

WARM_UP = 600


def start(stack: ExitStack, writing: bool) -> tuple[Server, str | None]:
    """Start a service over the invented data; return it, and the key if it takes changes."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    given: dict[str, Any] = {"body_bytes": 32, "write_bytes": 1}
    key = None
    if writing:
        _, key = keys.add(folder / "keys.json", "fuzz", "write")
        given |= {"writable": True, "state": folder / "state", "keys": folder / "keys.json"}
    settings = invented(folder, **given)
    (settings.ontology / "shapes.ttl").write_text(SHAPE, encoding="utf-8")
    return running(settings, stack), key


def send(writing: bool, seed: int, inputs: int, seconds: float) -> Outcomes:
    """Send inputs to a service of their own, and print what came of them."""
    with ExitStack() as stack:
        server, key = start(stack, writing)
        port = server.client.base_url.port
        assert port is not None
        run(port, Messages(seed - 1, key), WARM_UP)
        before = family_of(server)
        outcomes = run(port, Messages(seed, key), inputs, seconds)
        eventually(lambda: family_of(server).files <= before.files, 10)
        assert server.client.get("/healthz").status_code == 200
        report("writable" if writing else "read only", outcomes, before, family_of(server))
    return outcomes


def report(name: str, outcomes: Outcomes, before: Family, after: Family) -> None:
    """Print one service's part."""
    rate = outcomes.sent / outcomes.seconds
    print(f"\n### {name}: {outcomes.sent} inputs in {outcomes.seconds:.0f} s, {rate:.0f} a second\n")
    print("| | before | after |\n| --- | ---: | ---: |")
    print(f"| memory of all processes (PSS), MiB | {before.mebibytes} | {after.mebibytes} |")
    print(f"| open files of all processes | {before.files} | {after.files} |")
    print(f"| processes | {1 + len(before.zygotes | before.workers)} | {1 + len(after.zygotes | after.workers)} |")
    same = "the same" if before.zygotes == after.zygotes else "another, as after each change"
    print(f"| process that workers are forked from | | {same} |\n")
    print("| answer | inputs |\n| --- | ---: |")
    for kind, number in sorted(outcomes.answers.items()):
        print(f"| {kind} | {number} |")
    print(f"\n{len(outcomes.findings)} findings")
    for finding in outcomes.findings[:50]:
        print(f"- {finding}")
    sys.stdout.flush()


def send_one(writing: bool, seed: int, number: int) -> Outcomes:
    """Send one input again."""
    outcomes = Outcomes()
    with ExitStack() as stack:
        server, key = start(stack, writing)
        port = server.client.base_url.port
        assert port is not None
        message = Messages(seed, key)[number]
        with Connection(port) as connection:
            settle(connection, message, outcomes)
    print(message.data, outcomes.answers, *outcomes.findings, sep="\n")
    return outcomes


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--inputs", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--seconds", type=float, default=600.0, help="most time for each of the two services")
    options.add_argument("--only", type=int, help="send this input again")
    options.add_argument("--writing", action="store_true", help="to the service that takes changes")
    given = options.parse_args()
    if given.only is not None:
        found = [send_one(given.writing, given.seed, given.only)]
    else:
        tenth = given.inputs // 10
        found = [
            send(False, given.seed, given.inputs - tenth, given.seconds),
            send(True, given.seed, tenth, given.seconds),
        ]
    return 1 if any(outcomes.findings for outcomes in found) else 0


if __name__ == "__main__":
    sys.exit(main())
