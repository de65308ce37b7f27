"""Virtuoso 7 (Debian package `virtuoso-opensource-7-bin`), with a database of its own in a folder.

As it comes, Virtuoso 7.2 cuts every result at 10,000 rows without a word, lets `dba` in with the password `dba`, and
takes no update. So: its own configuration, its own passwords, and an account for writing. /sparql-auth and
/sparql-graph-crud-auth let that account in by HTTP Digest (never Basic); whether everybody who reaches the port may
write at /sparql as well is for the caller to say.
"""

from __future__ import annotations

import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from scripts.sparql_servers.endpoint import Endpoint
from scripts.sparql_servers.process import EngineFault, end, free_port, spawn, wait_until_it_listens

WRITER = "hct-kg"
CONFIGURATION = """[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql_port}
ServerThreads = 64
DisableUnixSocket = 1
MaxClientConnections = 64
DirsAllowed = {folder}
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty_buffers}
MaxSortedTopRows = {rows}
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 64
MaxKeepAlives = 64
KeepAliveTimeout = 60
[Client]
SQL_PREFETCH_ROWS = 100
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryExecutionTime = 60
"""


@dataclass(frozen=True)
class Virtuoso:
    """One server: its folder, its two ports, its passwords, and its limits (buffers are of 8 KiB)."""

    folder: Path
    port: int
    sql_port: int
    password: str
    rows: int = 2_000_000
    buffers: int = 85_000

    @classmethod
    def in_folder(cls, folder: Path, rows: int = rows, buffers: int = buffers) -> Virtuoso:
        """Prepare a server on free ports, with a password of its own; nothing runs yet."""
        folder.mkdir(parents=True, exist_ok=True)
        return cls(folder.absolute(), free_port(), free_port(), secrets.token_hex(16), rows, buffers)

    @staticmethod
    def missing() -> str | None:
        """Return what has to be installed, if anything has."""
        programs = [name for name in ("virtuoso-t", "isql-vt") if shutil.which(name) is None]
        return f"{' and '.join(programs)} (Debian: virtuoso-opensource-7-bin)" if programs else None

    @property
    def endpoint(self) -> Endpoint:
        """Where everybody who reaches the port may query, and may write if `open_to_all` was called."""
        base = f"http://127.0.0.1:{self.port}"
        return Endpoint(f"{base}/sparql", f"{base}/sparql", f"{base}/sparql-graph-crud")

    @property
    def secured(self) -> Endpoint:
        """Where only the account for writing is let in, by HTTP Digest."""
        base = f"http://127.0.0.1:{self.port}"
        urls = (f"{base}/sparql-auth", f"{base}/sparql-auth", f"{base}/sparql-graph-crud-auth")
        return Endpoint(*urls, WRITER, self.password)

    def start(self) -> subprocess.Popen[bytes]:
        """Start it, wait until it answers and lets the account in, and return its process."""
        if self.missing():
            raise EngineFault(f"install {self.missing()}")
        fresh = not (self.folder / "virtuoso.db").exists()
        configuration = self.folder / "virtuoso.ini"
        configuration.write_text(self.configuration(), encoding="utf-8")
        log = self.folder / "virtuoso.output"
        process = spawn(["virtuoso-t", "+foreground", "+configfile", str(configuration)], log)
        try:
            wait_until_it_listens(process, self.port, log)
            wait_until_it_listens(process, self.sql_port, log)
            if fresh:
                self.let_writer_in()
        except BaseException:
            end(process.pid)
            raise
        return process

    def configuration(self) -> str:
        """Return the text of virtuoso.ini; both ports are on loopback only."""
        return CONFIGURATION.format(
            folder=self.folder,
            port=self.port,
            sql_port=self.sql_port,
            rows=self.rows,
            buffers=self.buffers,
            dirty_buffers=self.buffers * 3 // 4,
        )

    def let_writer_in(self) -> None:
        """Change the password that is known to everybody, and make the account for writing."""
        self.execute(f"user_set_password ('dba', '{self.password}');", password="dba")  # noqa: S106 - it is replaced
        self.execute(f"DB.DBA.USER_CREATE ('{WRITER}', '{self.password}');")
        self.execute(f'GRANT SPARQL_UPDATE TO "{WRITER}"; GRANT SPARQL_SELECT TO "{WRITER}";')

    def open_to_all(self) -> None:
        """Let everybody who reaches the port write at /sparql: for trying things out on loopback."""
        try:
            self.execute('GRANT SPARQL_UPDATE TO "SPARQL";')
        except EngineFault as fault:
            if "already have role" not in str(fault):
                raise

    def close_to_others(self) -> None:
        """Take back what `open_to_all` gave."""
        self.execute('REVOKE SPARQL_UPDATE FROM "SPARQL";')

    def load(self, *files: Path, graph: str = "urn:unnamed") -> None:
        """Load RDF files of its own folder by its bulk loader; triples that name no graph come into `graph`."""
        listed = "".join(f"ld_dir('{self.folder}', '{file.name}', '{graph}'); " for file in files)
        self.execute(f"{listed}rdf_loader_run(); checkpoint;")

    def execute(self, statements: str, password: str | None = None) -> str:
        """Run statements of SQL as dba; return what isql prints, raise EngineFault for an error in it."""
        address = f"127.0.0.1:{self.sql_port}"
        command = ["isql-vt", address, "dba", password or self.password, f"exec={statements}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.folder)
        if done.returncode or "*** Error" in done.stdout + done.stderr:
            raise EngineFault(f"Virtuoso will not do {statements!r}:\n{done.stdout}{done.stderr}")
        return done.stdout
