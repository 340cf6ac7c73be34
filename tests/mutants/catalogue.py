"""The planted bugs. `before` stands exactly once in its file; a test holds the list to that."""

from __future__ import annotations

from dataclasses import dataclass

TIMELINE = ("tests/ledger/test_timeline_cases.py", "tests/ledger/test_timeline_oracle.py")
DOOR = ("tests/ledger/test_door*.py",)
APPEND = (
    "tests/ledger/test_append*.py",
    "tests/ledger/test_receipts.py",
    "tests/ledger/test_concurrency.py",
    "tests/ledger/test_log_machine.py",
)
PROJECTIONS = ("tests/projections",)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One planted bug. why: what would go wrong; tests: where it must be noticed."""

    file: str
    before: str
    after: str
    why: str
    tests: tuple[str, ...]


MUTANTS = (
    # The rule of state
    Mutant("ledger/timeline.py", "if status.counts is None or status.start >= status.end:", "if status.start >= status.end:", "a status that says nothing stops an act", TIMELINE),
    Mutant("ledger/timeline.py", "stretches = _cut(stretches, status.start, status.end)", "stretches = list(stretches)", "a suspension does not suspend", TIMELINE),
    Mutant("ledger/timeline.py", "return any(s.start <= day < s.end for", "return any(s.start <= day <= s.end for", "the last day counts once too often", TIMELINE),
    Mutant("ledger/timeline.py", "return any(s.start <= day < s.end for", "return any(s.start < day < s.end for", "the first day does not count", TIMELINE),
    Mutant("ledger/timeline.py", "return (write.since, act.date, act.order, slot.index, line)", "return (write.since, act.date, 0, slot.index, line)", "the order within the day is lost", TIMELINE),
    Mutant("ledger/timeline.py", "return (write.since, act.date, act.order, slot.index, line)", "return (write.since, slot.index, act.order, act.date, line)", "recording order beats the act's date", TIMELINE),
    Mutant("ledger/timeline.py", "return (write.since, write.since, 0, slot.index, line)", "return (write.since, '', 0, slot.index, line)", "a slot without an act ranks too low", TIMELINE),
    Mutant("ledger/timeline.py", "if placed.op != \"add\":\n                break\n        return fold(chain)", "if placed.op == \"set\":\n                break\n        return fold(chain)", "`unset` does not end a chain", TIMELINE),
    Mutant("ledger/timeline.py", "start = Decimal(base.value) if base.op == \"set\" and is_money(base.value) else Decimal(0)", "start = Decimal(0)", "`add` forgets what it adds to", TIMELINE),
    Mutant("ledger/timeline.py", "removed = len(chain) == 1 and base.op == \"unset\"", "removed = False", "removed looks like nothing", TIMELINE),
    Mutant("ledger/timeline.py", "placed.slot != slot.id)", "placed.slot == slot.id)", "a correction keeps the old writes", TIMELINE),
    Mutant("ledger/timeline.py", "return row[bisect_right(row, rank, key=lambda placed: placed.rank) :]", "return ()", "later decisions are not found", (*TIMELINE, *DOOR)),
    Mutant("ledger/world.py", "index=old.index if old is not None else stated.index,", "index=stated.index,", "a correction moves its slot", (*TIMELINE, *DOOR, *PROJECTIONS)),
    # Who may say what
    Mutant("ledger/authority.py", "if event.kind not in body.offices[signer.office].kinds:", "if False:", "an office signs what it may not", DOOR),
    Mutant("ledger/registry.py", "self.start <= day < min(self.end, self.ended)", "self.start <= day <= min(self.end, self.ended)", "a mandate lasts a day too long", DOOR),
    Mutant("ledger/authority.py", "if not world.root.belongs(body.id, owner):", "if False:", "one council signs for another", DOOR),
    Mutant("ledger/authority.py", "if key.person != signer.person:", "if False:", "a person signs with another's key", DOOR),
    Mutant("ledger/authority.py", "if len(people) < needed:", "if len(people) < 1:", "one registrar is enough", DOOR),
    Mutant("ledger/authority.py", "people.add(signer.person)", "people.add(signer.kid)", "the threshold counts keys", DOOR),
    Mutant("ledger/envelope.py", "if key.alg != header.alg", "if False", "alg is not pinned by the key", ("tests/ledger/test_envelope.py",)),
    Mutant("ledger/append/group.py", "            verify_envelope(submission.envelope, keys)", "            pass", "signatures are not checked under the lock", (*DOOR, *APPEND)),
    Mutant("ledger/submission.py", "if named != signed:", "if not signed:", "a signature can be stripped or added", DOOR),
    # The door
    Mutant("ledger/rules.py", "if parse_instant(event.submit_before) <= parse_instant(stated.recorded_at):", "if False:", "an expired event is taken", DOOR),
    Mutant("ledger/rules.py", "if event.seen > stated.index:", "if event.seen > stated.index + 1:", "what was not yet there was seen", DOOR),
    Mutant("ledger/rules.py", "if event.seen <= touched < seen_limit and", "if event.seen < touched < seen_limit and", "a change at the seen position goes unnoticed", DOOR),
    Mutant("ledger/rules.py", "if slot.payload != corrects.payload:", "if False:", "a stale correction is taken", DOOR),
    Mutant("ledger/rules.py", "if value is None or not is_money(value) or Decimal(value) != Decimal(write.stated_old):", "if False:", "a wrong old value goes unnoticed", DOOR),
    Mutant("ledger/rules.py", "if code not in codes:", "if False:", "acknowledging what is not there passes", DOOR),
    Mutant("ledger/door.py", "    if missing:\n", "    if False:\n", "nothing needs acknowledgement", DOOR),
    # Keeping it
    Mutant("ledger/append/group.py", "raise Refusal(\"partly-recorded\"", "pass  # (\"partly-recorded\"", "a batch is taken in part", APPEND),
    Mutant("ledger/append/recorded.py", "return wall if last is None or wall > last else last + TICK", "return wall", "time goes backwards", APPEND),
    Mutant("ledger/append/recorded.py", "if last is not None and last - wall > SKEW_MAX:", "if False:", "a wrong clock goes on", APPEND),
    Mutant("ledger/append/appender.py", "        if last > head.size:", "        if False:", "a shortened log goes on", APPEND),
    Mutant("ledger/store/sqlite.py", "cursor.execute(\"PRAGMA synchronous=FULL\")", "cursor.execute(\"PRAGMA synchronous=OFF\")", "a commit is not synced", ("tests/ledger/test_durability.py",)),
    Mutant("ledger/merkle.py", "b\"\\x00\"", "b\"\\x01\"", "leaves look like nodes", ("tests/ledger/test_merkle.py",)),
    Mutant("ledger/receipt.py", "    if entry.payload != payload:", "    if False:", "a receipt for another payload passes", APPEND),
    Mutant("ledger/receipt.py", "        verify_envelope(envelope, keys)", "        pass", "a receipt with a broken signature passes", APPEND),
    # Reading it
    Mutant("projections/cells.py", "_HOLDS = \"known_from<=:k AND known_to>:k", "_HOLDS = \"known_from<:k AND known_to>:k", "an entry is known one position late", PROJECTIONS),
    Mutant("projections/cells.py", "AND counts_from<=:d AND counts_to>:d\"", "AND counts_from<=:d AND counts_to>=:d\"", "a suspended day counts", PROJECTIONS),
    Mutant("projections/budget.py", "\"variance\": _difference(reported[\"paid\"], amended),", "\"variance\": _difference(amended, reported[\"paid\"]),", "the deviation's sign is wrong", PROJECTIONS),
    Mutant("ledger/periods.py",
        "        return to_date[last]",
        "        return sum(to_date.values(), Decimal(0))",
        "year-to-date values are added up", PROJECTIONS),
    Mutant("projections/positions.py", "if len(rows) == 2 and rows[0].recorded_at == rows[1].recorded_at:", "if False:", "a position cuts a batch", PROJECTIONS),
    Mutant("projections/writer.py", "self._closed.append((index + 1, *key))", "self._closed.append((index, *key))", "a correction is known too early", PROJECTIONS),
    Mutant("projections/diff.py", "        return \"corrected\"", "        return \"decided\"", "a correction passes for a decision", PROJECTIONS),
)  # fmt: skip
