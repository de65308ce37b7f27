"""How a question is asked from elsewhere: the same request for curl and for Python, to be copied."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

Pairs = Sequence[tuple[str, str]]


def curl(url: str, parameters: Pairs, accept: str) -> str:
    """Return a command for a POSIX shell."""
    lines = [f"curl --get {shlex.quote(url)}", f"--header {shlex.quote(f'Accept: {accept}')}"]
    lines += [f"--data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in parameters]
    return " \\\n  ".join(lines)


def python(url: str, parameters: Pairs) -> str:
    """Return a program that needs nothing but Python, and ends with the answer in `answer`."""
    given = "".join(f"    {literal(name)}: {literal(value)},\n" for name, value in parameters)
    address, imported = literal(url), ""
    if given:
        imported = "from urllib.parse import urlencode\n"
        address += " + '?' + urlencode(parameters)"
        given = f"parameters = {{\n{given}}}\n"
    return (
        "import json\n"
        f"{imported}"
        "from urllib.request import Request, urlopen\n\n"
        f"{given}"
        f"request = Request({address}, headers={{'Accept': 'application/json'}})\n"
        "with urlopen(request) as response:\n"
        "    answer = json.load(response)\n"
    )


def literal(text: str) -> str:
    """Return a text as a literal of Python; one of several lines stays so."""
    if "\n" not in text:
        return repr(text)
    safe = text.replace("\\", "\\\\").replace('"""', r"\"\"\"").replace("\r", r"\r")
    return f'"""{safe}"""' if not safe.endswith('"') else f'"""{safe[:-1]}\\""""'
