"""What a folder remembers of the server in it, so that one command starts it and another one ends it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from scripts.sparql_servers.oxigraph import OxigraphServer
from scripts.sparql_servers.process import EngineFault, born, end, runs
from scripts.sparql_servers.virtuoso import Virtuoso

KINDS: dict[str, type[Virtuoso | OxigraphServer]] = {"virtuoso": Virtuoso, "oxigraph": OxigraphServer}
FILE = "server.json"


def start(kind: str, folder: Path) -> Virtuoso | OxigraphServer:
    """Start the server of a folder, with the ports and passwords that it had; nothing where it runs already."""
    found = recall(folder)
    if found is None:
        server = OxigraphServer.in_folder(folder, durable=True) if kind == "oxigraph" else KINDS[kind].in_folder(folder)
    else:
        server = found[0]
        if not isinstance(server, KINDS[kind]):
            raise EngineFault(f"{folder} holds another kind of server: choose another folder")
        if running(folder) is not None:
            return server
    pid = server.start().pid
    kept = {"kind": kind, "pid": pid, "born": born(pid), "server": asdict(server)}
    path = folder / FILE
    path.touch(mode=0o600)
    path.write_text(json.dumps(kept, default=str, indent=2), encoding="utf-8")
    return server


def stop(folder: Path) -> bool:
    """End the server of a folder; return whether there was one that ran."""
    pid = running(folder)
    if pid is None:
        return False
    end(pid)
    return True


def running(folder: Path) -> int | None:
    """Return the process id of the server of a folder, if that very process still runs."""
    found = recall(folder)
    if found is None or born(found[1]) != found[2] or not runs(found[1]):
        return None
    return found[1]


def recall(folder: Path) -> tuple[Virtuoso | OxigraphServer, int, str] | None:
    """Return the server of a folder with its process's id and beginning, if one was ever started there."""
    path = folder / FILE
    if not path.exists():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    values = {**kept["server"], "folder": Path(kept["server"]["folder"])}
    return KINDS[kept["kind"]](**values), int(kept["pid"]), str(kept["born"])
