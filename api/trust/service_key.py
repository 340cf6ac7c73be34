"""Why the service key of a server can state nothing, and what is to be done."""

from __future__ import annotations

from datetime import datetime

from api.readiness import Reason
from ledger.clock import format_instant
from ledger.errors import Stopped
from ledger.service import Ledger
from ledger.service_key import load_service_key


def unusable(ledger: Ledger, since: datetime) -> Reason | None:
    """None if the key is enrolled and not revoked. since: when the first entry came that is not witnessed."""
    if ledger.service is not None:
        return None
    told, path = {"since": format_instant(since)}, ledger.directory.service_key
    if not path.exists():
        return Reason("service-key-missing", told)
    try:
        kid = load_service_key(path).public.kid
    except Stopped as error:
        return Reason("service-key-missing", told, detail=str(error))
    told |= {"kid": kid}
    if kid in ledger.root.revoked:
        return Reason("service-key-revoked", told)
    # The file was put there after the start: what runs has another key, or none.
    return Reason("service-key-unread" if kid in ledger.root.services else "service-key-not-enrolled", told)
