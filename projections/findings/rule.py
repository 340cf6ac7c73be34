"""The shape of every finding: a rule, and what it hit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from projections.findings.case import Case

Severity = Literal["blocks", "ask", "note"]

# What a rule is asked about, one key at a time. An entry touches some keys of some topics, and only
# those are judged again after it.
#   document   ""                            what the paper itself says
#   slot       id of a slot's first event    one statement with its corrections
#   act        an act's id                   an act with its statuses and the slots that cite it
#   indicator  an indicator's id             its targets and reports
#   line       measure/year/segment          one line of money, all phases
#   measure    a tree row's id               its progress and money, over all lines
#   treasury   year/kpkvk.kekv.fund.unit     one line of treasury extracts
#   programme  ""                            asked again after every entry: it must be cheap
Topic = Literal["document", "slot", "act", "indicator", "line", "measure", "treasury", "programme"]


@dataclass(frozen=True, slots=True)
class Quote:
    """A short quote of the paper with its place. printed: id under /printed, if it is a particular of
    the import; file, line: where it stands in a source text that is at hand (1-based)."""

    at: str
    text: str
    printed: str | None = None
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that a rule found.

    key: what it is about, stable while the thing itself is: with the code it names the finding.
    cells: paths; entries: leaf indexes of the events that it rests on, oldest first. words: what fills the
    sentences; a pair is (uk, en). day: the first day on which it is true; "" for always.
    """

    key: str
    cells: tuple[str, ...] = ()
    entries: tuple[int, ...] = ()
    quotes: tuple[Quote, ...] = ()
    words: Mapping[str, Any] = field(default_factory=dict)
    day: str = ""


Check: TypeAlias = Callable[["Case", str], Iterator[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """uk, en: sentences with {words}, that say what needs attention and never that somebody broke a rule.

    check(case, key): the hits about one key of the topic.
    """

    code: str
    severity: Severity
    uk: str
    en: str
    check: Check
    topic: Topic = "document"
