"""What only the office that made a statement may say about it again."""

from __future__ import annotations

from collections.abc import Collection

from ledger.errors import Refusal
from ledger.event import Common
from ledger.kinds.base import View
from ledger.remedy import holders_of


def check_authors(
    view: View, event: Common, offices: tuple[str, ...], *, without: Collection[str] = ()
) -> None:
    """Refuse a signer of another office. offices: those that made it; without: persons who may not, too."""
    for place, signer in enumerate(event.signers):
        if signer.office not in offices:
            instead = holders_of(view.world, offices, view.today, without=without)
            raise Refusal("not-the-author", f"/signers/{place}/office", signer.office, instead=instead)
