"""A chart as an SVG: a group for each question and for appends, two bars for each tool, logarithmic.

Its colours follow whether the reader's screen is light or dark.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from tests.bench.marks import figure
from tests.bench.peers.figures import Figures
from tests.bench.peers.reading import KINDS, Answers
from tests.bench.peers.report import READS, TITLES

LEFT, WIDTH, RIGHT = 190, 520, 90  # pixels: names, bars, figures
BAR, GAP, GROUP = 11, 8, 30
TOP, FOOT = 101, 46
APPEND = "a durable append, one thread"
NAMES = {**TITLES, "pledger following": "Pledger, states kept up"}
STYLE = """\
<style>
svg { color-scheme: light dark; background: #fff }
text { fill: #1a202c }
line { stroke: #d9dee6 }
.ours { fill: #0b6e4f } .ours.p99 { fill: #7fc4a9 }
.other { fill: #4a5568 } .other.p99 { fill: #b6bfcc }
@media (prefers-color-scheme: dark) {
  svg { background: #14181f }
  text { fill: #e5e9f0 }
  line { stroke: #333b47 }
  .ours { fill: #3fc493 } .ours.p99 { fill: #1f6b51 }
  .other { fill: #a9b4c4 } .other.p99 { fill: #566173 }
}
</style>"""
Group = tuple[str, Mapping[str, Figures]]  # what was done, and the figures of each tool


def draw(answers: Answers, appends: Mapping[str, Figures], *, title: str, under: str) -> str:
    """answers: of reading.ask_rounds; appends: of appending.append_rounds. under: a line below the title."""
    groups = [(READS[kind], answers[kind]) for kind in KINDS]
    groups.append((APPEND, {name: one for name, one in appends.items() if name in NAMES}))
    low, high = _decades(groups)
    body, y = list[str](), TOP
    for name, tools in groups:
        body.append(_text(0, y, name, weight="bold"))
        y += 14
        for tool, one in tools.items():
            body.extend(_tool(tool, one, y, low, high))
            y += 2 * BAR + GAP
        y += GROUP
    height = y - GROUP + FOOT
    axis = list(_axis(low, high, TOP + 6, y - GROUP))
    return "\n".join([*_head(height, title, under), *axis, *body, "</svg>", ""])


def _decades(groups: Sequence[Group]) -> tuple[int, int]:
    """Powers of ten, in ms, that hold every bar."""
    ms = [value for _, tools in groups for one in tools.values() for value in (one.p50, one.p99)]
    low, high = math.floor(math.log10(min(ms))), math.ceil(math.log10(max(ms)))
    return low, max(high, low + 1)


def _head(height: int, title: str, under: str) -> Iterator[str]:
    width = LEFT + WIDTH + RIGHT
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-12 0 {width + 24} {height}" width="{width + 24}" '
        f'height="{height}" role="img" font-family="sans-serif" font-size="12">'
    )
    yield f"<title>{escape(title)}</title>"
    yield STYLE
    yield _text(0, 22, title, size=16, weight="bold")
    yield _text(0, 40, under, size=10)
    yield _text(0, 57, "Milliseconds, logarithmic: the upper bar is the median, the lower one the p99.")
    yield _text(0, 74, "Pledger answers as of a day and a position, the others as of a position alone.")


def _axis(low: int, high: int, top: int, bottom: int) -> Iterator[str]:
    for power in range(low, high + 1):
        x = _x(10.0**power, low, high)
        yield f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}"/>'
        yield _text(x, bottom + 16, f"{10.0**power:g} ms", anchor="middle")


def _tool(name: str, one: Figures, y: int, low: int, high: int) -> Iterator[str]:
    yield _text(LEFT - 8, y + BAR + 4, NAMES[name], anchor="end")
    whose = "ours" if name.startswith("pledger") else "other"
    for place, (value, which) in enumerate(((one.p50, "p50"), (one.p99, "p99"))):
        end, at = _x(value, low, high), y + place * BAR
        yield (
            f'<rect class="{whose} {which}" x="{LEFT}" y="{at}" width="{end - LEFT:.1f}" height="{BAR - 1}"/>'
        )
        yield _text(end + 4, at + BAR - 1, figure(value), size=10)


def _x(ms: float, low: int, high: int) -> float:
    return LEFT + WIDTH * (math.log10(ms) - low) / (high - low)


def _text(
    x: float, y: float, said: str, *, size: int = 12, weight: str = "normal", anchor: str = "start"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}">'
        f"{escape(said)}</text>"
    )
