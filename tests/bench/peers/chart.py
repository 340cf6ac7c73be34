"""A chart of the reads as an SVG: a group for each question, two bars for each tool, logarithmic."""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape

from tests.bench.peers.figures import Figures
from tests.bench.peers.reading import KINDS, Answers
from tests.bench.peers.report import READS, TITLES, figure

LEFT, WIDTH, RIGHT = 190, 520, 90  # pixels: names, bars, figures
BAR, GAP, GROUP = 11, 8, 30
TOP, FOOT = 101, 46
COLOURS = {True: ("#0b6e4f", "#7fc4a9"), False: ("#4a5568", "#b6bfcc")}  # p50 and p99; Pledger's, a peer's
INK, PALE = "#1a202c", "#d9dee6"


def draw(answers: Answers, *, title: str, under: str) -> str:
    """answers: of reading.ask_rounds. under: one line below the title: date, machine, number of changes."""
    low, high = _decades(answers)
    body, y = list[str](), TOP
    for kind in KINDS:
        body.append(_text(0, y, READS[kind], weight="bold"))
        y += 14
        for name, one in answers[kind].items():
            body.extend(_tool(name, one, y, low, high))
            y += 2 * BAR + GAP
        y += GROUP
    height = y - GROUP + FOOT
    axis = list(_axis(low, high, TOP + 6, y - GROUP))
    return "\n".join([*_head(height, title, under), *axis, *body, "</svg>", ""])


def _decades(answers: Answers) -> tuple[int, int]:
    """Powers of ten, in ms, that hold every bar."""
    ms = [value for kind in KINDS for one in answers[kind].values() for value in (one.p50, one.p99)]
    low, high = math.floor(math.log10(min(ms))), math.ceil(math.log10(max(ms)))
    return low, max(high, low + 1)


def _head(height: int, title: str, under: str) -> Iterator[str]:
    width = LEFT + WIDTH + RIGHT
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-12 0 {width + 24} {height}" width="{width + 24}" '
        f'height="{height}" role="img" font-family="sans-serif" font-size="12">'
    )
    yield f"<title>{escape(title)}</title>"
    yield f'<rect x="-12" width="{width + 24}" height="{height}" fill="#fff"/>'
    yield _text(0, 22, title, size=16, weight="bold")
    yield _text(0, 40, under)
    yield _text(0, 57, "Milliseconds, logarithmic: the dark bar is the median, the pale one the p99.")
    yield _text(0, 74, "Pledger answers as of a day and a position, the others as of a position alone.")


def _axis(low: int, high: int, top: int, bottom: int) -> Iterator[str]:
    for power in range(low, high + 1):
        x = _x(10.0**power, low, high)
        yield f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}" stroke="{PALE}"/>'
        yield _text(x, bottom + 16, f"{10.0**power:g} ms", anchor="middle")


def _tool(name: str, one: Figures, y: int, low: int, high: int) -> Iterator[str]:
    yield _text(LEFT - 8, y + BAR + 4, TITLES[name], anchor="end")
    for place, value in enumerate((one.p50, one.p99)):
        end, at = _x(value, low, high), y + place * BAR
        colour = COLOURS[name == "pledger"][place]
        yield f'<rect x="{LEFT}" y="{at}" width="{end - LEFT:.1f}" height="{BAR - 1}" fill="{colour}"/>'
        yield _text(end + 4, at + BAR - 1, figure(value), size=10)


def _x(ms: float, low: int, high: int) -> float:
    return LEFT + WIDTH * (math.log10(ms) - low) / (high - low)


def _text(
    x: float, y: float, said: str, *, size: int = 12, weight: str = "normal", anchor: str = "start"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" '
        f'fill="{INK}">{escape(said)}</text>'
    )
