"""Generations that are missing, damaged or of another log are made again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.errors import StorageError
from projections.follower import Follower
from projections.writer import Writer
from tests.projections.feed import Feed
from tests.projections.following import caught_up, eventually, generation, states, whole
from tests.projections.generations import Made, run
from tests.projections.tables import contents
from tests.projections.told import tell_many
from tests.support.places import ON_POSTGRES

pytestmark = pytest.mark.thorough

Damage = Callable[[Made], None]


def bytes_changed(change: Callable[[bytes], bytes]) -> Damage:
    def damage(made: Made) -> None:
        assert isinstance(made, Path)
        made.write_bytes(change(made.read_bytes()))

    return damage


def told(statement: str) -> Damage:
    return lambda made: run(made, statement)


def pointer(text: bytes | None) -> Damage:
    """CURRENT says something else, or is gone."""

    def damage(made: Made) -> None:
        assert isinstance(made, Path)
        file = made.parent / "CURRENT"
        if text is None:
            file.unlink()
        else:
            file.write_bytes(text)

    return damage


IN_EITHER: dict[str, Damage] = {
    "it is missing": lambda made: made.unlink(),
    "a table is missing": told("DROP TABLE tracking"),
    "the position is not the last batch's": told("UPDATE tracking SET notification_id=notification_id-1"),
}
IN_FILES: dict[str, Damage] = {
    "the file is empty": bytes_changed(lambda _: b""),
    "the file is no database": bytes_changed(lambda _: b"not a database " * 1000),
    "the file is half there": bytes_changed(lambda whole: whole[: len(whole) // 2]),
    "the file's last page is missing": bytes_changed(lambda whole: whole[:-4096]),
    "the tables follow older rules": told("PRAGMA user_version=1"),
    "the root is another log's": told("UPDATE batches SET root=zeroblob(32)"),
    "there is no CURRENT": pointer(None),
    "CURRENT is empty": pointer(b""),
    "CURRENT is not text": pointer(b"\xff\xfe\x00"),
    "CURRENT names no generation": pointer(b"../ledger.db\n"),
    "CURRENT names what is not there": pointer(b"projections-77.db\n"),
}
IN_DATABASE: dict[str, Damage] = {
    "all tables are missing": told("DROP TABLE tracking, batches, rules, cells, lives CASCADE"),
    "the tables follow older rules": told("UPDATE rules SET version=1"),
    "nobody says by what rules": told("DELETE FROM rules"),
    "the root is another log's": told(r"UPDATE batches SET root=decode(repeat('00', 32), 'hex')"),
    "none is current": told("UPDATE pledger.generations SET current=NULL"),
    "what is current is no generation": told("UPDATE pledger.generations SET current='pledger'"),
    "what is current is not there": told("UPDATE pledger.generations SET current='pledger_p77'"),
}
DAMAGES = IN_EITHER | (IN_DATABASE if ON_POSTGRES else IN_FILES)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_generation_that_cannot_be_used_is_made_again(
    damage: Damage, feed: Feed, follow: Callable[[], Follower]
) -> None:
    histories = tell_many(feed, range(12), copies=2)
    follower = follow()
    assert caught_up(follower, feed)
    expected = states(follower, histories, feed.size)
    follower.close()
    damage(generation(feed))
    again = follow()
    assert caught_up(again, feed)
    assert states(again, histories, feed.size) == expected
    assert contents(generation(feed)) == whole(feed)


def test_a_generation_that_goes_missing_under_a_running_follower_is_made_again(
    feed: Feed, follow: Callable[[], Follower]
) -> None:
    told = tell_many(feed, range(5))
    follower = follow()
    assert caught_up(follower, feed)
    expected, position, old = states(follower, told, feed.size), feed.size, generation(feed)
    old.unlink()
    follower.wake()
    eventually(lambda: generation(feed) != old)
    tell_many(feed, range(5, 8))
    follower.wake()
    assert caught_up(follower, feed)
    assert states(follower, told, position) == expected
    assert contents(generation(feed)) == whole(feed)


@pytest.mark.sqlite
@pytest.mark.parametrize("size", [40, 4], ids=["as long", "shorter"])
def test_the_tables_of_another_log_are_not_used(size: int, feed: Feed, tmp_path: Path) -> None:
    tell_many(feed, range(40))
    Follower(feed.directory, feed.reader).close()
    other = Feed(tmp_path / "other", salt="another one")
    told = tell_many(other, range(40)[:size])
    for name in ("CURRENT", "projections-1.db"):
        (other.directory / name).write_bytes((feed.directory / name).read_bytes())
    found = generation(other)
    assert isinstance(found, Path)
    with pytest.raises(StorageError, match=r"rebuild them"):
        Writer(found, other.reader)
    follower = Follower(other.directory, other.reader)
    assert caught_up(follower, other)
    assert states(follower, told, other.size)
    assert contents(generation(other)) == whole(other)
    follower.close()
    other.close()
