"""A drawing as PNG, from its SVG: rendered in a process of its own, with letters that we bring along.

    python -m hct_kg.web.png PARENT MIB SECONDS < drawing.svg > drawing.png

resvg, because its wheel needs nothing of the system (CairoSVG needs libcairo, a browser needs everything) and goes out
to no network. It keeps Python's lock while it renders, a second or more for a large drawing, and so would stop a
server that called it. The fonts are those that drawings are measured with (see hct_kg.drawing.measuring): what fits
its box there fits here, also on a machine without any font.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import re
import resource
import sys
from math import ceil, sqrt

from hct_kg.apart import run_apart
from hct_kg.drawing.style import LIGHT
from hct_kg.errors import QueryTimeout, WorkerLost
from hct_kg.store.sandbox import die_with_parent
from hct_kg.web.vendored import FOLDER

log = logging.getLogger(__name__)

FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
FAMILY = "DejaVu Sans"
SCALE = 2.0
WIDEST = 2400
MOST_PIXELS = 12_000_000
"""Four bytes each while it is drawn."""
MEMORY = 1024
"""Mebibytes that the process may have in all."""
SIZE = re.compile(r"<svg\b[^>]*? width=\"([\d.]+)\" height=\"([\d.]+)\"")


async def render(svg: bytes, seconds: float) -> bytes:
    """Return the PNG of an SVG file with a width and a height; raises QueryTimeout and WorkerLost."""
    try:
        async with asyncio.timeout(seconds):
            ended = await run_apart("hct_kg.web.png", str(MEMORY), str(seconds), given=svg)
    except TimeoutError:
        raise QueryTimeout(f"Drawing it took longer than {seconds:g} seconds; the SVG is there at once.") from None
    if ended.code != 0:
        log.error("the process that draws has ended with %d: %s", ended.code, ended.complaints[-2000:])
        raise WorkerLost("The process that draws has ended; the SVG is there at once.")
    return ended.output


def scale_of(svg: str) -> float:
    """Return how many pixels a unit of the drawing has: two, fewer where the picture would be too wide or too large."""
    found = SIZE.search(svg)
    if found is None:
        raise ValueError("an SVG file of ours has a width and a height")
    width, height = (float(size) for size in found.groups())
    return min(SCALE, WIDEST / width, sqrt(MOST_PIXELS / (width * height)))


def main() -> int:
    """Read an SVG file and write its PNG."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parent", type=int)
    parser.add_argument("memory", type=int)
    parser.add_argument("seconds", type=float)
    options = parser.parse_args()
    die_with_parent(options.parent)
    resource.setrlimit(resource.RLIMIT_AS, (options.memory << 20,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (ceil(options.seconds),) * 2)
    import resvg_py  # no server has it in its memory

    svg = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            background=LIGHT["paper"],
            zoom=scale_of(svg),
            skip_system_fonts=True,
            font_files=[str(FOLDER / name) for name in FONTS],
            font_family=FAMILY,
            sans_serif_family=FAMILY,
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
