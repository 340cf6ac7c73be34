"""Generations that are missing, damaged or of another log are made again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.errors import StorageError
from projections.follower import Follower
from projections.writer import Writer
from tests.projections.feed import Feed
from tests.projections.following import caught_up, eventually, generation, states, whole
from tests.projections.tables import contents
from tests.projections.told import tell_many


def missing(path: Path) -> None:
    path.unlink()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def overwritten(path: Path) -> None:
    path.write_bytes(b"not a database " * 1000)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4096])


def without_a_table(path: Path) -> None:
    run(path, "DROP TABLE tracking")


def of_other_rules(path: Path) -> None:
    run(path, "PRAGMA user_version=1")


def of_another_root(path: Path) -> None:
    run(path, "UPDATE batches SET root=zeroblob(32)")


def of_another_position(path: Path) -> None:
    run(path, "UPDATE tracking SET notification_id=notification_id-1")


def without_pointer(path: Path) -> None:
    (path.parent / "CURRENT").unlink()


def with_pointer_to(text: bytes) -> Callable[[Path], None]:
    def point(path: Path) -> None:
        (path.parent / "CURRENT").write_bytes(text)

    return point


def run(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()


DAMAGES: dict[str, Callable[[Path], None]] = {
    "the file is missing": missing,
    "the file is empty": emptied,
    "the file is no database": overwritten,
    "the file is half there": truncated,
    "the file's last page is missing": cut_short,
    "a table is missing": without_a_table,
    "the tables follow older rules": of_other_rules,
    "the root is another log's": of_another_root,
    "the position is not the last batch's": of_another_position,
    "there is no CURRENT": without_pointer,
    "CURRENT is empty": with_pointer_to(b""),
    "CURRENT is not text": with_pointer_to(b"\xff\xfe\x00"),
    "CURRENT names no generation": with_pointer_to(b"../ledger.db\n"),
    "CURRENT names what is not there": with_pointer_to(b"projections-77.db\n"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_generation_that_cannot_be_used_is_made_again(
    damage: Callable[[Path], None], feed: Feed, follow: Callable[[], Follower]
) -> None:
    told = tell_many(feed, range(12), copies=2)
    follower = follow()
    assert caught_up(follower, feed)
    expected = states(follower, told, feed.size)
    follower.close()
    damage(generation(feed))
    again = follow()
    assert caught_up(again, feed)
    assert states(again, told, feed.size) == expected
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


@pytest.mark.parametrize("size", [40, 4], ids=["as long", "shorter"])
def test_the_tables_of_another_log_are_not_used(size: int, feed: Feed, tmp_path: Path) -> None:
    tell_many(feed, range(40))
    Follower(feed.directory, feed.reader).close()
    other = Feed(tmp_path / "other", salt="another one")
    told = tell_many(other, range(40)[:size])
    for name in ("CURRENT", "projections-1.db"):
        (other.directory / name).write_bytes((feed.directory / name).read_bytes())
    with pytest.raises(StorageError, match=r"rebuild them"):
        Writer(generation(other), other.reader)
    follower = Follower(other.directory, other.reader)
    assert caught_up(follower, other)
    assert states(follower, told, other.size)
    assert contents(generation(other)) == whole(other)
    follower.close()
    other.close()
