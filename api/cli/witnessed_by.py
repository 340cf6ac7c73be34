"""By whose policy a published checkpoint is called witnessed, and what is said where it is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from api.cli.words import said
from api.texts.language import Language

if TYPE_CHECKING:
    from api.cli.trusted import Trust
    from ledger.note import Verifier
    from ledger.witness.policy import Policy


def policy_for(given: Path | None, data: Path | None, trusted: Trust | None) -> Policy | None:
    """The policy that is named; else the server's of these data; else the trust file's.

    None if there is none, or it asks for nobody: then nothing is called witnessed. Raises StorageError.
    """
    from api.trust.outside import read_policy
    from ledger.witness.policy import NONE, parse_policy

    path = given or (_own(data) if data is not None else None)
    if path is not None:
        policy = read_policy(path)
    elif trusted is not None and trusted.policy is not None:
        policy = parse_policy(trusted.policy)
    else:
        return None
    return policy if policy.quorum != NONE else None


def _own(data: Path) -> Path | None:
    """Where `pledger serve` would look."""
    from api.settings import Settings
    from api.trust.outside import policy_path

    return policy_path(Settings(data=data))


def satisfying(note: str, policy: Policy | None, logs: Sequence[Verifier]) -> str | None:
    """A note that somebody else calls witnessed, if it is by the policy.

    Raises NoteError for one that no key of the log signed, or that bears a false cosignature.
    """
    from api.trust.judged import head_by
    from ledger.errors import VerificationError
    from ledger.note import NoteError

    if policy is None:
        return None
    try:
        return head_by(policy, note, logs).note
    except NoteError:
        raise
    except VerificationError:
        return None


def not_witnessed(folder: Path, language: Language, *, judged: bool) -> Iterator[str]:
    """Why there is no checkpoint.witnessed of this run. judged: there was a policy."""
    from ledger.tlog.paths import WITNESSED

    yield said(_NOT_SATISFIED if judged else _NOT_JUDGED, language)
    if (folder / WITNESSED).exists():
        yield said(_LEFT, language)


_NOT_JUDGED: Final = (
    "засвідчення не оцінено, бо немає політики: checkpoint.witnessed не публікується. Дайте --policy FILE",
    "not judged whether it is witnessed, for there is no policy: no checkpoint.witnessed. Give --policy FILE",
)
_NOT_SATISFIED: Final = (
    "за політикою ніщо не засвідчено: checkpoint.witnessed не публікується",
    "by the policy nothing is witnessed: no checkpoint.witnessed",
)
_LEFT: Final = (
    "checkpoint.witnessed, який уже був у теці, лишився, як був: цього разу його не оцінено",
    "the checkpoint.witnessed that was in the folder stays as it was, and was not judged this time",
)
