"""XML written by hand: elements with escaped text and attributes, numbers without a tail of zeros."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from html import escape

# https://www.w3.org/TR/xml/#charsets: what no XML document can hold, not even escaped.
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(value: str) -> str:
    """Return text as the content of an element; characters that XML cannot hold become U+FFFD."""
    return escape(FORBIDDEN.sub("\ufffd", value), quote=False)


@lru_cache(4096)
def attribute(value: str) -> str:
    """Return text as the value of an attribute, in double quotes; line breaks stay what they are."""
    escaped = escape(FORBIDDEN.sub("\ufffd", value))
    return escaped.replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")


def element(name: str, content: Iterable[str] = (), **attributes: str) -> str:
    """Return an element; `class_` stands for class, `aria_label` for aria-label; empty attributes are left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{attribute(value)}"' for key, value in attributes.items() if value
    )
    inner = "".join(content)
    return f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>"


@lru_cache(16384)
def number(value: float) -> str:
    """Return a number in tenths, as short as it can be."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")
