"""The Oxigraph server (PyPI package `oxigraph`), in memory or with a folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from scripts.sparql_servers.endpoint import Endpoint
from scripts.sparql_servers.process import EngineFault, free_port, spawn, wait_until_it_listens


@dataclass(frozen=True)
class OxigraphServer:
    """One server: the folder of its log (and of its data, where it keeps them), and its port."""

    folder: Path
    port: int
    durable: bool = False

    @classmethod
    def in_folder(cls, folder: Path, durable: bool = False) -> OxigraphServer:
        """Prepare a server on a free port; nothing runs yet."""
        folder.mkdir(parents=True, exist_ok=True)
        return cls(folder.absolute(), free_port(), durable)

    @staticmethod
    def missing() -> str | None:
        """Return what has to be installed, if anything has."""
        return None if command() else "the Oxigraph server (pip install oxigraph)"

    @property
    def endpoint(self) -> Endpoint:
        """Where it takes queries, updates and graphs: everybody who reaches the port may do everything."""
        base = f"http://127.0.0.1:{self.port}"
        return Endpoint(f"{base}/query", f"{base}/update", f"{base}/store")

    def start(self) -> subprocess.Popen[bytes]:
        """Start it, wait until it answers, and return its process."""
        program = command()
        if program is None:
            raise EngineFault(f"install {self.missing()}")
        location = ["--location", str(self.folder / "data")] if self.durable else []
        arguments = ["serve", *location, "--union-default-graph", "--bind", f"127.0.0.1:{self.port}"]
        log = self.folder / "oxigraph.log"
        process = spawn([program, *arguments], log)
        wait_until_it_listens(process, self.port, log)
        return process


def command() -> str | None:
    """Return the path of the program, which pip puts beside Python."""
    return shutil.which("oxigraph", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
