"""All settings, as one frozen object that a composition root builds and passes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from hct_kg.errors import SettingsError
from hct_kg.terms import BASE

ENVIRONMENT_PREFIX = "HCT_KG_"
MAX_PORT = 65535
BUNDLED = Path(__file__).parent / "bundled"
CHECKOUT = Path(__file__).parents[2]


def bundled(name: str) -> Path:
    """Return the folder `name` (ontology, data or queries) that came with this installation.

    A wheel carries the folders inside the package; a checkout (also when installed as
    editable) has them at its top.
    """
    inside = BUNDLED / name
    return inside if inside.is_dir() else CHECKOUT / name


def setting(default: Any, sentence: str) -> Any:
    """Declare a setting with its default and the sentence that explains it."""
    if callable(default):
        return field(default_factory=default, metadata={"help": sentence})
    return field(default=default, metadata={"help": sentence})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one run of hct-kg can be told; each field's metadata holds its sentence of help."""

    data: Path = setting(lambda: bundled("data"), "Folder of the Turtle data; one file or sub-folder a graph.")
    ontology: Path = setting(lambda: bundled("ontology"), "Folder of ontology, shapes, schemes and rules.")
    queries: Path = setting(lambda: bundled("queries"), "Folder of the curated queries (.rq).")
    documents: Path | None = setting(None, "Folder of the source documents, where you hold copies of them.")

    store: str | None = setting(
        None, "Where the dataset is kept: a folder on disk, or the URL of a SPARQL 1.1 endpoint; by default in memory."
    )
    store_update: str | None = setting(None, "URL for updates of that endpoint, where it is not the same.")
    store_graphs: str | None = setting(None, "URL of its graph store, where it has one; it makes loading faster.")
    store_user: str | None = setting(None, "Name under which that endpoint lets us in.")
    store_password: str | None = setting(None, "The password to it; give it in the environment.")
    store_seconds: float = setting(5.0, "Longest time to reach that endpoint, in seconds; a query has its own limit.")
    store_connections: int = setting(
        8, "Most queries that endpoint is asked at once, by clients and by our own routes."
    )
    change_triples: int = setting(
        1_000_000, "Largest dataset of which changes by request are taken, in triples: its outcome is validated whole."
    )

    host: str = setting("127.0.0.1", "Address to listen on; other machines are let in only if you say so.")
    port: int = setting(8000, "TCP port to listen on.")

    query_workers: int = setting(2, "Worker processes for /sparql.")
    curated_workers: int = setting(1, "Worker processes kept for the curated routes.")
    query_seconds: float = setting(10.0, "Longest time for one query, in seconds; then its worker is killed.")
    query_memory: int = setting(1024, "Memory that one query may add to its worker, in MiB.")
    validate_memory: int = setting(3072, "Memory that one validation may add to its process, in MiB.")
    query_rows: int = setting(100_000, "Most rows (or triples) in one result.")
    query_bytes: int = setting(64, "Largest result, in MiB.")
    query_queue: int = setting(64, "Queries that may wait for a worker; one more is answered 503.")
    body_bytes: int = setting(1024, "Largest request body, in KiB.")
    rate: float = setting(50.0, "Requests a second that one client may send in the long run; loopback is not counted.")
    burst: int = setting(200, "Requests that one client may send at once.")
    proxies: str = setting(
        "127.0.0.1", "Addresses of proxies, with commas: their X-Forwarded-For tells who the client is."
    )

    writable: bool = setting(False, "Whether changes are taken (true or false); needs a keys file and a state folder.")
    private: bool = setting(False, "Whether reading needs a key too (true or false).")
    keys: Path | None = setting(None, "File of the keys; `hct-kg keys` makes it.")
    state: Path | None = setting(None, "Folder in which changed data is kept; it begins as a copy of the data.")
    write_seconds: float = setting(60.0, "Longest time for one change, its validation included, in seconds.")
    write_bytes: int = setting(64, "Largest body of a change, in MiB.")

    base_iri: str = setting(BASE, "What the IRIs begin with that this service dereferences.")
    public_url: str | None = setting(None, "Where clients see this service; by default what they say in Host.")
    drain_seconds: float | None = setting(
        None,
        "Longest time that requests under way get once the service is told to stop, in seconds; "
        "by default that of one query (of one change, where changes are taken) and a second more.",
    )
    notice_seconds: float = setting(
        0.5, "How long connections are still taken after SIGTERM, while /readyz says 503, in seconds."
    )

    warm: bool = setting(
        True, "Whether pages that take long the first time are made ahead, while nobody asks (true or false)."
    )

    log: bool = setting(True, "Whether each request is logged, as one line of JSON (true or false).")
    log_queries: bool = setting(False, "Whether the log holds the text of queries (true or false).")


READERS: Mapping[str, Callable[[str], Any]] = {
    "Path": Path,
    "int": int,
    "float": float,
    "str": str,
    "bool": {"true": True, "false": False}.__getitem__,
}


def environment_name(name: str) -> str:
    """Return the environment variable of a setting: `query_seconds` is HCT_KG_QUERY_SECONDS."""
    return ENVIRONMENT_PREFIX + name.upper()


def from_environment(environment: Mapping[str, str], **given: Any) -> Settings:
    """Build the settings from `given` (what is not None wins), then the environment, then defaults.

    Raises SettingsError for a value that cannot be read or an HCT_KG_ variable that is no setting.
    """
    known = {environment_name(item.name): item for item in fields(Settings)}
    unknown = sorted(name for name in environment if name.startswith(ENVIRONMENT_PREFIX) and name not in known)
    if unknown:
        raise SettingsError(f"{unknown[0]} is no setting; known are {', '.join(known)}")
    values = {name: value for name, value in given.items() if value is not None}
    for variable, item in known.items():
        if variable in environment and item.name not in values:
            values[item.name] = read_value(variable, str(item.type), environment[variable])
    settings = Settings(**values)
    check(settings)
    return settings


def read_value(name: str, annotation: str, text: str) -> Any:
    """Read a setting's text as the type that its annotation names."""
    try:
        return READERS[annotation.removesuffix(" | None")](text)
    except (KeyError, ValueError):
        raise SettingsError(f"{name}={text!r} is not of type {annotation}") from None


def check(settings: Settings) -> None:
    """Raise SettingsError for a number that is not positive, a port that there is not, or writing to nowhere."""
    for item in fields(settings):
        value = getattr(settings, item.name)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value <= 0:
            raise SettingsError(f"{environment_name(item.name)}={value} must be greater than zero")
    if settings.writable and settings.state is None and settings.store is None:
        names = environment_name("writable"), environment_name("state")
        raise SettingsError(f"{names[0]} is true, which needs a folder to keep what is changed: set {names[1]}")
    if settings.port > MAX_PORT:
        raise SettingsError(f"{environment_name('port')}={settings.port} must be at most {MAX_PORT}")


def describe() -> list[tuple[str, str, str]]:
    """Return (environment variable, default, sentence) of each setting, for --help and the README."""
    return [
        (
            environment_name(item.name),
            "bundled" if item.default_factory is not MISSING else str(item.default),
            str(item.metadata["help"]),
        )
        for item in fields(Settings)
    ]
