"""Parts of files that are generated: compared with what they should be, or with UPDATE_README=1 written anew."""

from __future__ import annotations

import os
from pathlib import Path


def up_to_date(path: Path, name: str, text: str) -> None:
    """Assert that the part of a Markdown file between `<!-- NAME -->` and `<!-- /NAME -->` is a text."""
    held = path.read_text(encoding="utf-8")
    head, _, rest = held.partition(f"<!-- {name} -->\n")
    _, end, tail = rest.partition(f"<!-- /{name} -->")
    assert end, f"{path.name} has a place for {name}"
    wanted = f"{head}<!-- {name} -->\n\n{text}\n\n{end}{tail}"
    if "UPDATE_README" in os.environ:
        path.write_text(wanted, encoding="utf-8")
        return
    assert wanted == held
