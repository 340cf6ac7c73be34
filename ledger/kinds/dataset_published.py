"""dataset.published: an open-data set was published, and which state of the ledger it shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from ledger.event import Common
from ledger.kinds.base import Discrepancy, Kind, View
from ledger.kinds.parts import check_come, check_seen
from ledger.timeline import Write
from ledger.values import Id, Sha256, Strict, Url


class DatasetPublished(Strict):
    """position: the number of entries that the set shows; sha256: of the published file.

    The day of publication is the event's `effective`.
    """

    dataset: Id
    position: Annotated[int, Field(ge=1, lt=1 << 53)]
    url: Url
    sha256: Sha256 | None = None


def writes(data: DatasetPublished, effective: str, slot: str) -> Iterator[Write]:
    yield Write(f"/datasets/{data.dataset}/day", effective, "set", effective, "/effective")
    yield Write(f"/datasets/{data.dataset}/position", effective, "set", data.position, "/data/position")


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: DatasetPublished | None = event.data
    if data is not None:
        check_seen(event, data.position, "/data/position")
        check_come(event.effective or "", view.today, "/effective")
    yield from ()


KIND = Kind(
    "dataset.published",
    schema=1,
    family="programme",
    data=DatasetPublished,
    effective="required",
    writes=writes,
    decide=decide,
    title_uk="Оприлюднено набір даних",
    title_en="Data set published",
    uk="Набір даних {dataset} оприлюднено: стан за {position} записами, {url}",
    en="Data set {dataset} published: the state of {position} entries, {url}",
    example={
        "dataset": "programmes",
        "position": 1,
        "url": "https://data.example/programmes.csv",
        "sha256": "5e" * 32,
    },
)
