"""The same random questions for all, in turns; what the peers answer must agree."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from tests.bench.peers.figures import Figures
from tests.bench.peers.process import Process
from tests.bench.peers.protocol import Question
from tests.bench.workload import DAYS, FIRST_DAY, HOT_LAST_DAY, SOURCES, YEARS, Workload

KINDS = ("as_of", "blame", "diff")
WHOLE = "state"  # Pledger's whole answer to the first question
WARM = 10
Answers = dict[str, dict[str, Figures]]  # kind → peer → figures


class Disagreement(RuntimeError):
    """Two peers answered one question differently."""


def make_questions(workload: Workload, events: int, count: int) -> list[Question]:
    """Half of them as known now, half in the log's later half; days of the last fifteen months."""
    chosen = random.Random(23)
    measures = workload.scale.measures
    found = []
    for n in range(count):
        k = events if n % 2 else chosen.randint(events // 2, events)
        path = f"/financing/1.{chosen.randint(1, measures)}/{chosen.choice(YEARS)}/{chosen.choice(SOURCES)}"
        day = FIRST_DAY + timedelta(days=chosen.randrange(DAYS - 15 * 30, DAYS))
        programme = chosen.choice(workload.ordinary).name
        earlier = max(1, k - max(1, events // 100))
        found.append(Question(programme, k, day.isoformat(), path, earlier))
    return found


def ask_rounds(
    peers: Sequence[Process], questions: Sequence[Question], rounds: int
) -> tuple[Answers, list[str]]:
    """Each round asks every peer its share of the questions. What was checked, in words."""
    answers: Answers = {kind: {} for kind in (*KINDS, WHOLE)}
    for peer in peers:
        for kind in KINDS:
            peer.ask(kind, questions[:WARM])
    agreed = dict.fromkeys(KINDS, 0)
    for turn in range(rounds):
        share = questions[turn::rounds]
        for kind in KINDS:
            said = {peer.name: peer.ask(kind, share) for peer in peers}
            for name, one in said.items():
                answers[kind].setdefault(name, Figures()).add_answers(one)
            agreed[kind] += agree(kind, {name: one for name, one in said.items() if name != "pledger"})
        whole = peers[0].ask(WHOLE, share)
        answers[WHOLE].setdefault("pledger", Figures()).add_answers(whole)
    others = len(peers) - 1
    compared = agreed.items() if others > 1 else ()
    return answers, [f"{kind}: {count:,} answers of {others} peers agree" for kind, count in compared]


def agree(kind: str, said: Mapping[str, Mapping[str, Any]]) -> int:
    """How many answers were compared. A blame of git's has the newest row alone. Raises Disagreement."""
    full = {name: one["digests"] for name, one in said.items() if kind != "blame" or name != "git"}
    newest = {name: one["newest"] for name, one in said.items()}
    for compared in (full, newest):
        if len({tuple(digests) for digests in compared.values()}) > 1:
            raise Disagreement(f"{kind}: {', '.join(compared)} do not answer alike")
    return sum(len(digests) for digests in newest.values())


def compare_cells(pledger: Process, peer: Process, workload: Workload, events: int) -> str:
    """The paths that have a value at the end of the log, on a day when everything has begun.

    In words. Raises Disagreement if a programme has another path here than there. Values are counted alone:
    Pledger orders by from-day and act and leaves out what is suspended or quashed, peers know the last write.
    """
    paths = same = 0
    for programme in workload.ordinary:
        question = Question(programme.name, events, HOT_LAST_DAY)
        ours, theirs = (one.answer("as_of", question) for one in (pledger, peer))
        if set(ours) != set(theirs):
            raise Disagreement(
                f"{programme.name}: {sorted(set(ours) ^ set(theirs))[:5]} are on one side only"
            )
        paths += len(ours)
        same += sum(ours[path] == theirs[path] for path in ours)
    return (
        f"cells of {len(workload.ordinary)} programmes at the end of the log: {paths:,} paths, the same in "
        f"Pledger and {peer.name}; {same / paths:.0%} of the values are the last that was written"
    )
