"""One writer and some readers; each answer that may not be is kept as a fault."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread

import httpx
from ledger import READ, WHOLE, Ledger, Seen, update, whole

from serving import BEADS, EX

PAUSE, LONG_PAUSE = 0.02, 0.1
LONG = f"SELECT ('{'x' * 2000}' AS ?x) ?a {{ ?a <{EX}next> ?b }}"
"""A result that is sent while it is made."""
TURTLE = "text/turtle"


@dataclass
class Traffic:
    """What clients do to one server, and what they meet; `mortal`: the server itself may end."""

    address: str
    key: str
    ledger: Ledger
    mortal: bool
    mixtures: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    reads: int = 0
    whole: int = 0
    cut: int = 0
    problems: int = 0
    _stop: Event = field(default_factory=Event)

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """Have one client write, one read, and one read long answers."""
        threads = [Thread(target=self._go_on, args=[work]) for work in (self._write, self._read, self._read_long)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _go_on(self, work: Callable[[httpx.Client, int], None]) -> None:
        """Do something again and again, until told to stop or the server has ended."""
        with httpx.Client(base_url=self.address, timeout=60, trust_env=False) as client:
            for turn in itertools.count():
                try:
                    work(client, turn)
                except httpx.TransportError as error:
                    if self.mortal:
                        return
                    self.others.append(f"{work.__name__}: {error!r}")
                except Exception as error:
                    self.others.append(f"{work.__name__}: {error!r}")
                    raise
                if self._stop.wait(LONG_PAUSE if work == self._read_long else PAUSE):
                    return

    def _write(self, client: httpx.Client, _: int) -> None:
        """Make the next change."""
        number = self.ledger.begin()
        authorised = {"Authorization": f"Bearer {self.key}"}
        if number % 2:
            response = client.post("/update", data={"update": update(number)}, headers=authorised)
        else:
            headers = {**authorised, "Content-Type": TURTLE}
            response = client.put("/graphs", params={"graph": WHOLE}, content=whole(number), headers=headers)
        if response.status_code not in (201, 204):
            self._look_at_problem(response)
        self.ledger.end(acknowledged=response.status_code in (201, 204))

    def _read(self, client: httpx.Client, turn: int) -> None:
        """Read the graphs; each text is another one, so that no answer is from memory."""
        known = self.ledger.known()
        response = client.get("/sparql", params={"query": f"{READ} #{turn}"})
        if response.status_code != 200:
            self._look_at_problem(response)
            return
        self.look_at(seen_in(response), known)

    def _read_long(self, client: httpx.Client, turn: int) -> None:
        """Read a long result; it may be cut where that can be seen, and never be short."""
        try:
            response = client.get("/sparql", params={"query": f"{LONG} #{turn}"})
        except (httpx.RemoteProtocolError, httpx.ReadError):
            self.cut += 1
            return
        if response.status_code != 200:
            self._look_at_problem(response)
        elif len(json.loads(response.content)["results"]["bindings"]) == BEADS:
            self.whole += 1
        else:
            self.others.append(f"short: {len(response.content)} bytes")

    def look_at(self, seen: Seen, known: Ledger) -> None:
        """Check a reading against what was known before it."""
        self.reads += 1
        if seen.mixed:
            self.mixtures.append(str(seen))
        self.lost += [f"acknowledged and not there: {number}" for number in known.lost(seen)]
        self.others += [f"refused and there: {number}" for number in known.unasked(seen)]

    def _look_at_problem(self, response: httpx.Response) -> None:
        """Accept a problem that says that a process was lost."""
        self.problems += 1
        accepted = response.status_code == 503 and b"/problem/worker-lost" in response.content
        if not accepted:
            asked = f"{response.request.method} {response.request.url.path}"
            self.others.append(f"{asked}: {response.status_code} {response.text[:200]}")


def seen_in(response: httpx.Response) -> Seen:
    """Return the reading that a result is."""
    rows = response.json()["results"]["bindings"]
    return Seen.of((row["g"]["value"], int(row["o"]["value"])) for row in rows)
