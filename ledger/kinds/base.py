"""One shape for every event kind.

A kind is one file: the model of its data, the cells that it writes, what only it can
refuse, its sentence in both languages and an example. Checks common to all kinds live
once, in ledger/rules.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ValidationError, create_model

from ledger.event import Common, as_refusal
from ledger.ids import ROOT
from ledger.timeline import Write

if TYPE_CHECKING:
    from ledger.policy import Policy
    from ledger.programme import Programme
    from ledger.registry import Body, Root
    from ledger.world import World

Family = Literal["root", "body", "programme", "trust"]
Need = Literal["required", "optional", "none"]
Words = dict[str, Any]
Olds = Mapping[str, str]  # path → the value that a write found, for sentences


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Something that is probably a mistake: the signer may acknowledge it by its code."""

    code: str
    pointer: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    silent: bool = False  # a policy in force wants it recorded without being asked


def _no_writes(data: Any, effective: str, slot: str) -> Iterator[Write]:
    return iter(())


def _no_names(data: Any) -> Iterator[str]:
    return iter(())


def _no_rule(view: Any, event: Any) -> Iterator[Discrepancy]:
    return iter(())


_MODELS: dict[type[BaseModel], type[Common]] = {}
_MAKING = Lock()  # events of one kind are of one class, whoever reads the first


def _model_of(kind: str, data: type[BaseModel]) -> type[Common]:
    members: dict[str, Any] = {"data": (data | None, ...)}
    name = "".join(part.capitalize() for part in kind.replace("_", ".").split("."))
    return create_model(name, __base__=Common, **members)


@dataclass(frozen=True, slots=True)
class Kind:
    """What there is to know about one kind of event.

    writes(data, effective, slot): the cells it asserts. decide(view, event): raises
    Refusal, or yields discrepancies; view is what View gives. evolve(state, stated):
    the next state of the root, body or trust stream; most programme kinds have only writes.
    proposable: a proposal may ask for it, and it may enact one. also: further families of streams
    that take it. refers(data): the names (office:x, key:x) that it speaks of; makes(data): those
    that it introduces, once in a ledger.
    starts(data): the day from which a report holds, for kinds without `effective`.
    phrases(data, olds): the words that fill the sentence, one per line.
    """

    name: str
    schema: int
    family: Family
    data: type[BaseModel]
    title_uk: str
    title_en: str
    uk: str
    en: str
    example: Words
    act: Need = "none"
    effective: Need = "none"
    registrar: bool = False
    proposable: bool = False
    also: tuple[Family, ...] = ()
    correctable: bool = True
    voidable: bool = True
    writes: Callable[[Any, str, str], Iterable[Write]] = _no_writes
    refers: Callable[[Any], Iterable[str]] = _no_names
    makes: Callable[[Any], Iterable[str]] = _no_names
    decide: Callable[[View, Any], Iterator[Discrepancy]] = _no_rule
    evolve: Callable[[Any, Any], Any] | None = None
    starts: Callable[[Any], str] | None = None
    phrases: Callable[[Any, Olds], Iterable[Words]] | None = None

    @property
    def model(self) -> type[Common]:
        """The whole event, with data of this kind: made when the first one is read."""
        made = _MODELS.get(self.data)
        if made is not None:
            return made
        with _MAKING:
            return _MODELS.setdefault(self.data, _model_of(self.name, self.data))

    @property
    def families(self) -> tuple[Family, ...]:
        """The families of streams that take it."""
        return (self.family, *self.also)

    @property
    def by_service(self) -> bool:
        """Is it stated by the service key alone?"""
        return self.family == "trust"

    @property
    def by_office(self) -> bool:
        """May an office be given it, and a policy judge it?"""
        return not (self.registrar or self.by_service)

    def parse(self, payload: bytes) -> Common:
        """Read a payload of this kind. Raises Refusal with the culprit's pointer."""
        try:
            return self.model.model_validate_json(payload)
        except ValidationError as error:
            raise as_refusal(error) from error

    def from_day(self, event: Common) -> str:
        """The day from which the event's writes hold unless a line says otherwise."""
        if self.starts is not None and event.data is not None:
            return self.starts(event.data)
        return event.effective or ""

    def writes_of(self, event: Common, slot: str) -> tuple[Write, ...]:
        """The cells that an event asserts; a voided statement asserts none."""
        if event.data is None:
            return ()
        return tuple(self.writes(event.data, self.from_day(event), slot))

    def sentence(self, event: Common, language: Literal["uk", "en"], olds: Olds) -> str:
        """Say the event in words; more than three lines are counted, not listed."""
        form = self.uk if language == "uk" else self.en
        if event.data is None:
            return ("Скасовано запис: " if language == "uk" else "Voided: ") + self.title(language)
        words = list(self.phrases(event.data, olds)) if self.phrases else [event.data.model_dump()]
        said = [form.format_map(_Words(word, language)) for word in words[:3]]
        if len(words) > 3:
            rest = len(words) - 3
            said.append(f"та ще {rest}" if language == "uk" else f"and {rest} more")
        return "; ".join(said)

    def title(self, language: Literal["uk", "en"]) -> str:
        return self.title_uk if language == "uk" else self.title_en


class _Words(dict[str, Any]):
    """Fills a sentence: a pair (uk, en) gives its language, nothing gives a word for it."""

    def __init__(self, words: Words, language: str) -> None:
        super().__init__(words)
        self._language = language

    def __getitem__(self, key: str) -> Any:
        value = super().get(key)
        if isinstance(value, tuple) and len(value) == 2:
            value = value[0] if self._language == "uk" else value[1]
        if value is None:
            return "не встановлено" if self._language == "uk" else "not set"
        if value == "":
            return "порожньо" if self._language == "uk" else "blank"
        return value


@dataclass(frozen=True, slots=True)
class View:
    """What a kind's own rule may look at: the state as of its place in the log.

    before: the programme without this event; after: with it (same object for kinds
    of other families). today: the local date of recorded_at. policies: in force at its place.
    batch_start: first leaf index of its batch.
    """

    world: World
    root: Root
    body: Body | None
    before: Programme | None
    after: Programme | None
    today: str
    slot: str
    subject: str = ROOT
    policies: tuple[Policy, ...] = ()
    batch_start: int = 0

    @property
    def registry(self) -> Root | Body:
        """The root or the body that a registry event is about."""
        return self.body if self.body is not None else self.root

    @property
    def programme(self) -> Programme:
        """The programme that the event is about; the door has checked that it is there."""
        assert self.before is not None  # a programme kind's rule only
        return self.before

    @property
    def council(self) -> Body:
        """The body that the event is about; the door has checked that it is there."""
        assert self.body is not None  # a body kind's rule only
        return self.body
