"""Judging a programme by the rules: all of it at first, then only what new entries touch.

A pure function of (D, K): what is remembered saves time and changes nothing. A test holds both equal.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from projections.findings.case import Case
from projections.findings.dossier import Dossier, Growth, grow, read_dossier
from projections.findings.rule import Hit, Rule, Topic
from projections.findings.rules import RULES
from projections.findings.topics import Key
from projections.reading import Reading

ENTRIES_MAX = 40_000  # kept over all dossiers, some 5 kB each
DAYS_MAX = 3  # for each programme
PAST_MAX = 16  # questions about earlier positions
ALWAYS: tuple[Topic, ...] = ("document", "programme")

Place = tuple[str, str, str]  # a rule's code, its topic, and a key of that
Hits = dict[Place, tuple[Hit, ...]]


def judge(case: Case, rules: Iterable[Rule] = RULES) -> Hits:
    """Everything that the rules hit; where a rule hits nothing there is no member."""
    return _judged(case, _places(case, rules))


def _places(case: Case, rules: Iterable[Rule]) -> Iterator[tuple[Rule, str]]:
    for rule in rules:
        for key in ("",) if rule.topic in ALWAYS else case.keys(rule.topic):
            yield rule, key


def _judged(case: Case, places: Iterable[tuple[Rule, str]]) -> Hits:
    found: Hits = {}
    for rule, key in places:
        hits = tuple(hit for hit in rule.check(case, key) if hit.day <= case.day)
        if hits:
            found[rule.code, rule.topic, key] = hits
    return found


def judge_again(case: Case, before: Mapping[Place, tuple[Hit, ...]], touched: Iterable[Key]) -> Hits:
    """As judge, where `before` is what was found on the same day before these keys were touched."""
    keys = {*touched, ("programme", "")}
    places = [(rule, key) for rule in RULES for topic, key in keys if topic == rule.topic]
    found = dict(before)
    for rule, key in places:
        found.pop((rule.code, rule.topic, key), None)
    return found | _judged(case, places)


@dataclass(slots=True)
class _Found:
    """What was found on a day, and what has been touched since. hits None: all is to be judged."""

    hits: Hits | None = None
    touched: set[Key] = field(default_factory=set)


@dataclass(slots=True)
class _Kept:
    """A programme's newest dossier, and what was found in it, by day."""

    dossier: Dossier | None = None
    days: OrderedDict[str, _Found] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def grow(self, reading: Reading, programme: str) -> Dossier:
        """The dossier as of the reading's position, which is not before the one that is kept."""
        if self.dossier is None:
            self.dossier = read_dossier(reading, programme)
        elif self.dossier.position < reading.position:
            self.dossier, growth = grow(self.dossier, reading)
            self._take(growth)
        return self.dossier

    def _take(self, growth: Growth) -> None:
        for found in self.days.values():
            found.touched |= growth.touched
            if growth.anew:
                found.hits = None

    def judged(self, case: Case) -> Hits:
        found = self.days.setdefault(case.day, _Found())
        self.days.move_to_end(case.day)
        while len(self.days) > DAYS_MAX:
            self.days.popitem(last=False)
        if found.hits is None:
            found.hits = judge(case)
        else:
            found.hits = judge_again(case, found.hits, found.touched)
        found.touched = set()
        return found.hits


class Memory:
    """The programmes that were asked about last. One for a process; safe between threads."""

    def __init__(self, texts: Mapping[str, str] | None = None, *, entries_max: int = ENTRIES_MAX) -> None:
        """texts: source texts at hand, SHA-256 → text."""
        self._texts = texts or {}
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._past: OrderedDict[tuple[str, int, str], tuple[Dossier, Hits]] = OrderedDict()
        self._entries_max = entries_max
        self._lock = threading.Lock()

    def judged(self, reading: Reading, programme: str, day: str) -> tuple[Case, Hits]:
        """The case, and all that the rules hit. Raises Blocked."""
        reading.check(programme)
        kept = self._of(programme)
        with kept.lock:
            if kept.dossier is not None and reading.position < kept.dossier.position:
                return self._of_the_past(reading, programme, day)
            case = self._case(kept.grow(reading, programme), reading, day)
            return case, kept.judged(case)

    def case(self, reading: Reading, programme: str, day: str) -> Case:
        """As judged, without judging. Raises Blocked."""
        reading.check(programme)
        kept = self._of(programme)
        with kept.lock:
            if kept.dossier is not None and reading.position < kept.dossier.position:
                return self._case(read_dossier(reading, programme), reading, day)
            return self._case(kept.grow(reading, programme), reading, day)

    def _case(self, dossier: Dossier, reading: Reading, day: str) -> Case:
        return Case(dossier, reading, day, texts=self._texts)

    def _of(self, programme: str) -> _Kept:
        with self._lock:
            kept = self._kept.setdefault(programme, _Kept())
            self._kept.move_to_end(programme)
            while len(self._kept) > 1 and self._entries() > self._entries_max:
                self._kept.popitem(last=False)
            return kept

    def _entries(self) -> int:
        return sum(len(kept.dossier.said) for kept in self._kept.values() if kept.dossier is not None)

    def _of_the_past(self, reading: Reading, programme: str, day: str) -> tuple[Case, Hits]:
        key = (programme, reading.position, day)
        with self._lock:
            known = self._past.get(key)
        if known is not None:
            return self._case(known[0], reading, day), known[1]
        case = self._case(read_dossier(reading, programme), reading, day)
        hits = judge(case)
        with self._lock:
            self._past[key] = (case.dossier, hits)
            while len(self._past) > PAST_MAX:
                self._past.popitem(last=False)
        return case, hits
