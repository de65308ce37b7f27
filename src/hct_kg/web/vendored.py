"""Others' code that our pages load: what `vendored.toml` says of it; the files themselves are in `static/vendor/`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
LOCK = HERE / "vendored.toml"
FOLDER = HERE / "static" / "vendor"


@dataclass(frozen=True, slots=True)
class VendoredFile:
    """A file as it is kept here, where it is in its package, and its SHA-256."""

    name: str
    source: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Package:
    """An npm package of which we keep files; `integrity` is that of the package as npm has it."""

    name: str
    version: str
    license: str
    purpose: str
    integrity: str
    files: Sequence[VendoredFile]

    @property
    def licences(self) -> Iterator[str]:
        """Yield the names of the files that hold its licence."""
        return (item.name for item in self.files if item.name.endswith((".LICENSE.txt", ".NOTICE.txt")))


def read_lock(path: Path = LOCK) -> Sequence[Package]:
    """Return all packages, in the order of the lock file."""
    with path.open("rb") as file:
        document = tomllib.load(file)
    return tuple(
        Package(
            item["name"],
            item["version"],
            item["license"],
            item["purpose"],
            item["integrity"],
            tuple(VendoredFile(held["name"], held["from"], held["sha256"]) for held in item["files"]),
        )
        for item in document["packages"]
    )
