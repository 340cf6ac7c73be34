"""What a run found as a part of docs/performance.md: no figure there is typed by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.bench.marks import table
from tests.bench.peers import report
from tests.bench.peers.run import Outcome

QUIET_CORES, QUIET_STOLEN = 0.1, 0.03  # up to these a machine is called quiet


def comments(events: int) -> tuple[str, str]:
    """Between which the figures after so many changes stand."""
    return f"<!-- peers:begin {events} -->", f"<!-- peers:end {events} -->"


def has_place(file: Path, events: int) -> bool:
    text = file.read_text(encoding="utf8") if file.exists() else ""
    return all(text.count(comment) == 1 for comment in comments(events))


def write(file: Path, events: int, said: str) -> None:
    """Replace what stands between the two comments."""
    begin, end = comments(events)
    before, _, rest = file.read_text(encoding="utf8").partition(begin)
    _, _, after = rest.partition(end)
    file.write_text(f"{before}{begin}\n{said}\n{end}{after}", encoding="utf8")


def section(outcome: Outcome, where: dict[str, Any], events: int, *, chart: Path | None) -> str:
    """Markdown. The chart is shown if it was drawn, from the folder that it lies in."""
    tools = [f"- {report.TITLES[name]}: {report.words(said)}" for name, said in outcome.versions.items()]
    title = (
        f"**{events:,} changes**, {where['date'][:10]}, commit {where['commit']}: {machine(where)}, "
        f"{where['memory_mb'] / 1024:.0f} GB, {where['system']}. {quiet(where)}"
    )
    drawn = [f"![{events:,} changes: medians and p99]({chart.name})"] if chart is not None else []
    used = report.footprint(outcome.sizes, outcome.memory, events)
    return "\n\n".join([title, *drawn, table(outcome.marks()), used, "\n".join(tools)])


def machine(where: dict[str, Any]) -> str:
    return f"{where['machine']}, {where['cores']} cores"


def quiet(where: dict[str, Any]) -> str:
    """Who else took the processors meanwhile, and what follows."""
    others, stolen = where["others_cores"], where["stolen_cpu"]
    said = f"Others took {_known(others)} cores meanwhile, the hypervisor {_known(stolen)} of what was wanted"
    if others is not None and others <= QUIET_CORES and stolen is not None and stolen <= QUIET_STOLEN:
        return f"{said}."
    return f"{said}: not a quiet machine, so that rates are too low and p99 too high."


def _known(value: float | None) -> str:
    return "an unknown part of" if value is None else f"{value:g}"
