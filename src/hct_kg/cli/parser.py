"""Commands and options of the command line; what a command does is imported only when it runs."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeAlias

from hct_kg import __version__
from hct_kg.errors import HctError
from hct_kg.settings import Settings, describe, from_environment

OK, FOUND, FAILED, INTERRUPTED = 0, 1, 2, 130

EXIT_CODES = """exit codes:
  0    done; a check found nothing to mend
  1    a check found something to mend (validate, format --check, passages check, load), or a trace found no chain
  2    not done: a wrong option, setting, file or query; the message says which
  130  interrupted"""

Command = Callable[[argparse.Namespace, Settings], int]


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    options = parser().parse_args(arguments)
    try:
        given = {name: getattr(options, name, None) for name in SETTING_OPTIONS}
        settings = from_environment(os.environ, **given)
        return command(options.command)(options, settings)
    except HctError as error:
        print(f"hct-kg: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone (`hct-kg … | head`): say nothing more, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


SETTING_OPTIONS = (
    *("data", "ontology", "queries", "documents", "host", "port"),
    *("keys", "state", "writable", "private", "store"),
)
"""Settings that have an option of their own; all have an environment variable."""


def positive(text: str) -> int:
    """Read a whole number from 1; argparse names the option where this raises."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def day(text: str) -> date:
    """Read a day such as 2027-01-31."""
    return date.fromisoformat(text)


def command(name: str) -> Command:
    """Import the function that carries out a command: `module:function` under this package."""
    module, function = name.split(":")
    found: Command = getattr(importlib.import_module(f"hct_kg.cli.{module}"), function)
    return found


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    settings_help = "\n".join(f"  {name:26} {sentence} [{default}]" for name, default, sentence in describe())
    root = argparse.ArgumentParser(
        prog="hct-kg",
        description="A knowledge graph of Healthy Communities Together: every claim with its evidence.",
        epilog=f"settings, as environment variables:\n{settings_help}\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    root.add_argument("--version", action="version", version=f"hct-kg {__version__}")
    commands = root.add_subparsers(title="commands", required=True, metavar="COMMAND")
    add_serve(commands)
    add_validate(commands)
    add_query(commands)
    add_trace(commands)
    add_stats(commands)
    add_passages(commands)
    add_format(commands)
    add_keys(commands)
    add_load(commands)
    add_backup(commands)
    add_restore(commands)
    add_dump(commands)
    return root


# argparse has no public name for what add_subparsers returns.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add(commands: Commands, name: str, runs: str, summary: str) -> argparse.ArgumentParser:
    """Add one command with the options that all share."""
    added: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=summary)
    added.set_defaults(command=runs)
    added.add_argument("--data", type=Path, metavar="DIR", help="folder of the Turtle data")
    added.add_argument("--ontology", type=Path, metavar="DIR", help="folder of ontology, shapes and rules")
    return added


def add_json(to: argparse.ArgumentParser) -> None:
    """Add the option that scripts want."""
    to.add_argument("--json", action="store_true", help="print one JSON document instead of text")


def add_store(to: argparse.ArgumentParser) -> None:
    """Add the option that says where the dataset is kept."""
    to.add_argument("--store", metavar="DIR|URL", help="where the dataset is kept: a folder, or a SPARQL 1.1 endpoint")


def add_serve(commands: Commands) -> None:
    """Add `serve`."""
    serve = add(commands, "serve", "serve:serve", "run the service: /sparql, /update, /graphs, /v1, /doc")
    serve.add_argument("--queries", type=Path, metavar="DIR", help="folder of the curated queries")
    serve.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    serve.add_argument("--port", type=int, help="TCP port (default 8000)")
    serve.add_argument("--writable", action="store_true", default=None, help="take changes: needs --keys and --state")
    serve.add_argument("--private", action="store_true", default=None, help="reading needs a key too: needs --keys")
    serve.add_argument("--keys", type=Path, metavar="FILE", help="file of the keys; `hct-kg keys add` makes it")
    serve.add_argument("--state", type=Path, metavar="DIR", help="folder in which changed data is kept")
    add_store(serve)


def add_validate(commands: Commands) -> None:
    """Add `validate`."""
    validate = add(commands, "validate", "checks:validate", "check the data: syntax, shapes, references, own words")
    validate.add_argument("--engine", choices=("pyrudof", "pyshacl"), default="pyrudof", help="SHACL engine")
    validate.add_argument("--documents", type=Path, metavar="DIR", help="also look for sentences copied from these")
    add_store(validate)
    add_json(validate)


def add_query(commands: Commands) -> None:
    """Add `query`."""
    query = add(commands, "query", "ask:query", "run a SPARQL file, or a curated query by its name")
    query.add_argument("query", metavar="FILE|NAME", help="a .rq file, - for standard input, or a curated query")
    query.add_argument("parameters", nargs="*", metavar="NAME=VALUE", help="parameters of a curated query")
    query.add_argument("--queries", type=Path, metavar="DIR", help="folder of the curated queries")
    formats = ("table", "json", "csv", "tsv", "xml", "turtle", "ntriples", "jsonld", "rdfxml")
    add_store(query)
    query.add_argument("--format", choices=formats, help="default: a table, or Turtle for a graph")


def add_trace(commands: Commands) -> None:
    """Add `trace`."""
    trace = add(commands, "trace", "ask:trace", "print the chains of causal links from a factor, with their evidence")
    trace.add_argument("start", metavar="FROM", help="a factor: its identifier, or words of its label")
    trace.add_argument("to", nargs="?", metavar="TO", help="another factor, to which the chains must lead")
    trace.add_argument("--upstream", action="store_true", help="chains that lead to FROM instead")
    trace.add_argument("--depth", type=positive, default=8, help="most links in a chain (default 8)")
    trace.add_argument("--limit", type=positive, default=10, help="most chains printed (default 10)")
    trace.add_argument("--stated", action="store_true", help="only links that the text states")
    trace.add_argument("--model", metavar="MODEL", help="only links of this causal model, such as model/hct-system-map")
    trace.add_argument("--documents", type=Path, metavar="DIR", help="print the passages themselves, from your copies")
    add_store(trace)
    add_json(trace)


def add_stats(commands: Commands) -> None:
    """Add `stats`."""
    stats = add(commands, "stats", "checks:stats", "count things by class, document, model and mark")
    add_store(stats)
    add_json(stats)


def add_passages(commands: Commands) -> None:
    """Add `passages` with its three commands."""
    passages = commands.add_parser("passages", help="check, make and count pointers into the documents")
    parts = passages.add_subparsers(required=True, metavar="COMMAND")
    check = add(parts, "check", "passages:check", "verify every offset, section and digest against the documents")
    check.add_argument("--documents", type=Path, required=True, metavar="DIR", help="folder of the documents")
    add_json(check)
    cite = add(parts, "cite", "passages:cite", "print the Turtle of a passage, for people who add data")
    cite.add_argument("document", metavar="DOCUMENT", help="such as evaluation-report")
    cite.add_argument("--find", required=True, metavar="TEXT", help="the exact text, or “first words … last words”")
    cite.add_argument("--documents", type=Path, metavar="DIR", help="folder of the documents")
    coverage = add(parts, "coverage", "passages:coverage", "list the paragraphs that no claim cites, by section")
    coverage.add_argument("--documents", type=Path, required=True, metavar="DIR", help="folder of the documents")
    add_json(coverage)


def add_format(commands: Commands) -> None:
    """Add `format`."""
    formats = add(commands, "format", "checks:format_data", "put the Turtle of the data folder into its one form")
    formats.add_argument("--check", action="store_true", help="change nothing; say which files would change")


def add_keys(commands: Commands) -> None:
    """Add `keys` with its three commands."""
    keys = commands.add_parser("keys", help="make, list and revoke the keys that let clients in")
    parts = keys.add_subparsers(required=True, metavar="COMMAND")

    def part(name: str, runs: str, summary: str) -> argparse.ArgumentParser:
        added = parts.add_parser(name, help=summary, description=summary)
        added.set_defaults(command=runs)
        added.add_argument("--keys", type=Path, metavar="FILE", help="file of the keys (default HCT_KG_KEYS)")
        return added

    making = part("add", "keys:add", "make a key and print it, once; the file holds only its hash")
    making.add_argument("--label", required=True, metavar="TEXT", help="whose key it is, or what for")
    making.add_argument("--scope", required=True, choices=("read", "write", "admin"), help="each includes those before")
    end = making.add_mutually_exclusive_group()
    end.add_argument("--expires", type=day, metavar="YYYY-MM-DD", help="last day (UTC) on which it lets anyone in")
    end.add_argument("--days", type=positive, metavar="N", help="or how many days from now")
    add_json(part("list", "keys:list_keys", "list the keys: scope, dates, state; never a secret"))
    revoking = part("revoke", "keys:revoke", "have a key let nobody in any more, at once")
    revoking.add_argument("id", metavar="ID", help="as `hct-kg keys list` shows it")


def add_load(commands: Commands) -> None:
    """Add `load`."""
    load = commands.add_parser("load", help="load RDF files into a store, all or none", description=LOAD)
    load.set_defaults(command="load:load_files")
    load.add_argument("files", nargs="+", type=Path, metavar="FILE|DIR", help="files, or folders of files")
    add_store(load)
    load.add_argument("--graph", metavar="IRI", help="the graph of triples that the files put into none")
    load.add_argument("--add", action="store_true", help="add to graphs that are there; by default they are replaced")
    load.add_argument("--no-validate", action="store_true", help="do not check shapes and references")
    load.add_argument("--ontology", type=Path, metavar="DIR", help="folder of ontology, shapes and rules")
    load.add_argument("--queries", type=Path, metavar="DIR", help="folder of the curated queries")
    add_json(load)


LOAD = """Load RDF (.ttl, .nt, .nq, .trig, .rdf, .owl, .xml, .jsonld, each also with .gz) into a store, all or none.
A graph that the files name takes the place of the graph of that name, other graphs stay. In a folder, STEM.ttl and
STEM/*.ttl are graph STEM. What follows by rules is derived anew. After an interruption, the same command goes on."""


def add_backup(commands: Commands) -> None:
    """Add `backup`."""
    summary = "write a whole store to one file, also while a service runs; every engine can restore it"
    backup = commands.add_parser("backup", help=summary, description=summary)
    backup.set_defaults(command="load:back_up")
    backup.add_argument("file", type=Path, metavar="FILE.tar", help="the file to write")
    add_store(backup)
    add_json(backup)


def add_restore(commands: Commands) -> None:
    """Add `restore`."""
    summary = "make what a backup holds the content of a store, verified by its digests"
    restore = commands.add_parser("restore", help=summary, description=summary)
    restore.set_defaults(command="load:restore_file")
    restore.add_argument("file", type=Path, metavar="FILE.tar", help="the backup")
    add_store(restore)
    add_json(restore)


def add_dump(commands: Commands) -> None:
    """Add `dump`."""
    summary = "write a whole store as RDF: the same bytes for the same version"
    dump = commands.add_parser("dump", help=summary, description=summary)
    dump.set_defaults(command="load:dump")
    add_store(dump)
    dump.add_argument("--format", choices=("nq", "trig", "ttl"), default="nq", help="default: nq; ttl is the union")
    dump.add_argument("-o", "--output", type=Path, metavar="FILE", help="the file to write; default: standard output")
