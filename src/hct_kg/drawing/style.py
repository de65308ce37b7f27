"""How a diagram looks: one style sheet, for a page in its own colours and for a file on its own.

What a line means never hangs on its colour alone: signs differ in the arrowhead, modalities in the dashes, what was
only read out of the text in dots between them.
"""

from __future__ import annotations

import re
from types import MappingProxyType

LIGHT = MappingProxyType(
    {
        "ink": "#1b1f24",
        "paper": "#ffffff",
        "ground": "#f3f5f7",
        "border": "#6b7480",
        "quiet": "#4a525c",
        "faint": "#68717b",
        "faint-border": "#c5cad0",
        "more": "#0b5cad",
        "less": "#b3440e",
        "plain": "#5c6670",
        "before": "#e3eefa",
        "after": "#fbeede",
        "chosen": "#1b1f24",
        "on-chosen": "#ffffff",
        "focus": "#0b4f9c",
    }
)
DARK = MappingProxyType(
    {
        "ink": "#e8eaed",
        "paper": "#16191d",
        "ground": "#20252b",
        "border": "#8a939d",
        "quiet": "#b3bac2",
        "faint": "#8d969f",
        "faint-border": "#444b54",
        "more": "#7fb8f5",
        "less": "#f2a074",
        "plain": "#a3acb5",
        "before": "#1d3349",
        "after": "#46311d",
        "chosen": "#e8eaed",
        "on-chosen": "#16191d",
        "focus": "#8fc1ff",
    }
)

RULES = """
.diagram text { font-family: system-ui, "Segoe UI", "DejaVu Sans", Arial, sans-serif; fill: var(--ink); }
.diagram .label { font-size: 13px; text-anchor: middle; unicode-bidi: plaintext; }
.diagram .heading { font-size: 14px; font-weight: bold; text-anchor: middle; unicode-bidi: plaintext; }
.diagram .band { fill: var(--ground); }
.diagram .box rect { fill: var(--paper); stroke: var(--border); stroke-width: 1; }
.diagram a .label { text-decoration: none; }
.diagram a.box:hover .label { text-decoration: underline; }
.diagram a.box:focus { outline: none; }
.diagram a.box:focus-visible rect { stroke: var(--focus); stroke-width: 4; }
.diagram .line { fill: none; stroke: var(--plain); stroke-width: 1.4; }
.diagram .head { fill: var(--plain); stroke: var(--plain); stroke-width: 1.4; stroke-linejoin: round; }
.diagram .reach { fill: none; stroke: none; stroke-width: 9; pointer-events: stroke; }
.diagram .increases .line, .diagram .increases .head { stroke: var(--more); }
.diagram .increases .head { fill: var(--more); }
.diagram .decreases .line, .diagram .decreases .head { stroke: var(--less); }
.diagram .decreases .head { fill: none; stroke-width: 2.6; }
.diagram .unsigned .head { fill: var(--paper); }
.diagram .observed .line { stroke-width: 2.4; }
.diagram .perceived .line { stroke-dasharray: 9 3; }
.diagram .anticipated .line { stroke-dasharray: 4 3; }
.diagram .recommended .line { stroke-dasharray: 12 3 4 3; }
.diagram .implied .line { stroke-linecap: round; stroke-dasharray: 0.1 4; stroke-width: 1.8; }
.diagram .implied.observed .line { stroke-width: 2.8; stroke-dasharray: 0.1 5.5; }
.diagram .implied.perceived .line { stroke-dasharray: 9 4 0.1 4; }
.diagram .implied.anticipated .line { stroke-dasharray: 4 4 0.1 4; }
.diagram .implied.recommended .line { stroke-dasharray: 12 4 4 4 0.1 4; }
.diagram .count rect { fill: var(--paper); }
.diagram .count text { font-size: 11px; text-anchor: middle; fill: var(--quiet); }
.diagram .edge:hover .line { stroke-width: 3; }
.diagram .upstream.box rect { fill: var(--before); stroke-width: 2; }
.diagram .downstream.box rect { fill: var(--after); stroke-width: 2; }
.diagram .side { fill: var(--ink); }
.diagram .selected.box rect { fill: var(--chosen); stroke: var(--chosen); stroke-width: 2; }
.diagram .selected.box text { fill: var(--on-chosen); font-weight: normal; }
.diagram .upstream .line, .diagram .downstream .line { stroke-width: 2.2; }
.diagram .faded.edge, .diagram .faded.count { opacity: 0.13; }
.diagram .faded.box rect { stroke: var(--faint-border); }
.diagram .faded.box text { fill: var(--faint); }
.diagram .key-text { font-size: 13px; }
.diagram.title { font: bold 18px system-ui, "Segoe UI", "DejaVu Sans", Arial, sans-serif; fill: var(--ink); }
@media (forced-colors: active) {
  .diagram text { fill: CanvasText; }
  .diagram .box rect, .diagram .band { fill: Canvas; stroke: CanvasText; }
  .diagram .line, .diagram .head, .diagram .decreases .line, .diagram .increases .line { stroke: CanvasText; }
}
""".strip()


def page_style() -> str:
    """Return the style sheet for pages, light and dark; it is for a file of its own, linked and cached."""
    return (
        f".diagram {{ {declarations(LIGHT)} }}\n"
        f"@media (prefers-color-scheme: dark) {{ .diagram {{ {declarations(DARK)} }} }}\n"
        f"@media print {{ .diagram {{ {declarations(LIGHT)} }} }}\n{RULES}\n"
    )


def file_style() -> str:
    """Return the style sheet for a file on its own, its colours written out: many programs know no variables."""
    return re.sub(r"var\(--([a-z-]+)\)", lambda found: LIGHT[found[1]], RULES)


def declarations(palette: MappingProxyType[str, str]) -> str:
    """Return a palette as custom properties."""
    return " ".join(f"--{name}: {colour};" for name, colour in palette.items())
