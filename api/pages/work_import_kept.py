"""What was read of a file, as the form carries it on: its drafts, and what a person has to agree to first."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from api.pages.forms import Posted
from api.parameters import bad_parameter

DRAFT: Final = "draft-"
NOTICED: Final = "noticed"
AGREED: Final = "agreed"
Members = dict[str, Any]


def packed(members: Mapping[str, Any]) -> str:
    return urlsafe_b64encode(orjson.dumps(members)).decode()


def unpacked(text: str) -> Members:
    """Raises Problem for what the step before did not write."""
    try:
        found = orjson.loads(urlsafe_b64decode(text))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise bad_parameter("draft", text[:80], "typed", where="form")
    return found


def drafts_in(posted: Posted) -> list[Members]:
    return [unpacked(text) for name, text in posted.items() if name.startswith(DRAFT)]


def with_file(posted: Posted, drafts: Sequence[str], noticed: Mapping[str, Any] | None) -> Posted:
    """In place of an earlier file, with whatever was agreed to of that."""
    gone = (NOTICED, AGREED)
    fields = {
        name: values
        for name, values in posted.fields.items()
        if not name.startswith(DRAFT) and name not in gone
    }
    fields |= {f"{DRAFT}{place}": (text,) for place, text in enumerate(drafts)}
    if noticed is not None:
        fields[NOTICED] = (packed(noticed),)
    return Posted(fields)


def noticed_in(posted: Posted) -> Members:
    """rows: as problems of a file; said: what was said beside it. Nothing where nothing was noticed."""
    text = posted.get(NOTICED)
    found = unpacked(text) if text else {}
    if found and not (isinstance(found.get("rows"), list) and isinstance(found.get("said"), dict)):
        raise bad_parameter(NOTICED, text[:80], "typed", where="form")
    return found


def carried_in(posted: Posted) -> list[tuple[str, str]]:
    """What a form with something noticed keeps unseen, so that its file need not be chosen again."""
    if not posted.get(NOTICED):
        return []
    return [(name, text) for name, text in posted.items() if name == NOTICED or name.startswith(DRAFT)]
