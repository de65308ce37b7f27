"""Text files as UTF-8, or an error that names the file."""

from __future__ import annotations

from pathlib import Path

from hct_kg.errors import DataError


def read_text(path: Path) -> str:
    """Return the text of a file; raises DataError where it cannot be read or is not UTF-8."""
    try:
        return decode(path.read_bytes(), path)
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", path) from None


def decode(content: bytes, path: Path | None = None) -> str:
    """Return bytes as text; raises DataError, with the path if given, where they are not UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"is not UTF-8 at byte {error.start}", path) from None
