"""An export made here from a ledger's directory: asked and answered as a server would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, Final

from pydantic import TypeAdapter, ValidationError

from api.bundles.copied import copied
from api.client import Exported, ServerProblem
from api.exports.export import Export, begin
from api.exports.point import Filters
from api.exports.table import Form
from api.exports.tables import TABLES
from api.parameters import (
    Asked,
    AsOf,
    KnownText,
    MaybeAct,
    MaybeIndicator,
    MaybeKind,
    MaybeLate,
    MaybeMeasure,
    MaybeOffice,
    MaybeOnly,
    MaybeOwner,
    MaybePath,
    MaybeProgramme,
    MaybeSource,
    bad_parameter,
)
from api.problems import Problem
from api.routes.events import MaybeSubject
from api.routes.programmes import MaybeYear
from api.routes.registry import Ids, Words
from api.routes.registry import MaybeYear as YearOfAct
from api.texts.language import Language

_TYPES: Final[dict[str, Any]] = {
    "as_of": AsOf,
    "known": KnownText,
    "programme": MaybeProgramme,
    "body": MaybeOwner,
    "year": MaybeYear,
    "year-of-act": YearOfAct,
    "source": MaybeSource,
    "measure": MaybeMeasure,
    "indicator": MaybeIndicator,
    "path": MaybePath,
    "kind": MaybeKind,
    "subject": MaybeSubject,
    "office": MaybeOffice,
    "act": MaybeAct,
    "only": MaybeOnly,
    "late": MaybeLate,
    "q": Words,
    "ids": Ids,
}


def make_here(
    data: Path,
    table: str,
    form: Form,
    given: Mapping[str, str | int],
    target: IO[bytes],
    told: Callable[[int, int], None],
    language: Language,
) -> Exported:
    """Write the table into an open file. told(applied, size): entries as they are worked in.

    Raises ServerProblem in a server's words, StorageError.
    """
    asked = dict(given)
    full = asked.pop("full", "yes") != "no"
    try:
        for name, value in asked.items():
            _check("year-of-act" if (table, name) == ("acts", "year") else name, value)
        point = Asked(_text(asked.pop("as_of", None)), _text(asked.pop("known", None)), 0)
        with copied(data, progress=told) as source:
            members: dict[str, Any] = dict(asked)
            export = begin(source, TABLES[table], point, Filters(**members), form, full=full)
            for _ in export.write(target):
                pass
            return _exported(export)
    except Problem as problem:
        raise ServerProblem(problem.status, problem.document(language=language, request_id="-")) from None


def _exported(export: Export) -> Exported:
    day = export.point.as_of if export.table.is_dated else None
    return Exported(export.name, export.point.known.position, day)


def _text(value: str | int | None) -> str | None:
    return None if value is None else str(value)


def _check(name: str, value: str | int) -> None:
    """The same spelling as over HTTP. Raises Problem bad-parameter."""
    try:
        TypeAdapter(_TYPES[name]).validate_python(value)
    except ValidationError:
        raise bad_parameter(name, value) from None
