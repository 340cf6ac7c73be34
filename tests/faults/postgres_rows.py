"""The rows that only a database server, or several machines, can have."""

from __future__ import annotations

from typing import Final

from tests.faults.row import Row

POSTGRES: Final = ("postgres",)
_DURABILITY: Final = "tests/ledger/test_postgres_durability.py"
_TWO_PRIMARIES: Final = "tests/faults/test_postgres_two_primaries.py"
_REPLICA: Final = "tests/projections/test_replica.py"

POSTGRES_ROWS: Final = (
    Row(
        "machine-killed",
        "SIGKILL of one of several machines at a random moment under load",
        "the others go on; what it acknowledged is there, and what it did not may be sent to another one",
        stores=POSTGRES,
    ),
    Row(
        "signer-killed",
        "SIGKILL of the signer that all machines share, and it is started again",
        "503 `stopped` meanwhile; goes on by itself, and the signer's memory is not ahead of the log",
        stores=POSTGRES,
    ),
    Row(
        "cut-at-commit",
        "the connection to the database breaks right before or right after COMMIT, with a group of several"
        " submissions",
        "before: 503, and the same again is recorded; after: the outcome is looked up, and acknowledged",
        stores=POSTGRES,
        elsewhere=(
            f"{_DURABILITY}::test_a_group_that_is_cut_at_its_commit_is_there_wholly_or_not_at_all",
            f"{_DURABILITY}::test_a_network_that_says_nothing_is_given_up_and_the_same_again_is_right",
        ),
    ),
    Row(
        "wait-cancelled",
        "somebody cancels or ends commits that wait for a synchronous standby (`--standbys 1`): they are"
        " committed, on the primary alone",
        "not acknowledged and not signed until the standby has them, whoever asks; promoted, it has all"
        " that was acknowledged",
        stores=POSTGRES,
        elsewhere=(
            f"{_DURABILITY}::test_a_commit_that_was_not_waited_for_is_acknowledged_once_the_standby_has_it",
            f"{_DURABILITY}::test_another_machine_signs_nothing_that_a_standby_may_lack",
        ),
    ),
    Row(
        "standby-gone",
        "the synchronous standby is gone (`--standbys 1`)",
        "submissions wait 20 s, then get 503; questions are answered; `/readyz` says `standby-missing`;"
        " goes on by itself when it is back",
        stores=POSTGRES,
        elsewhere=(f"{_DURABILITY}::test_a_standby_that_is_gone_is_not_waited_for_longer_than_patience",),
    ),
    Row(
        "promise-less",
        "an administrator empties `synchronous_standby_names` (`--standbys 1`), or turns off `fsync` or"
        " `synchronous_commit`",
        "503 at once, and `/readyz` says why; goes on by itself when it is set right",
        stores=POSTGRES,
        elsewhere=(
            f"{_DURABILITY}::test_a_database_that_promises_less_than_its_disk_takes_nothing",
            f"{_DURABILITY}::test_a_primary_that_no_longer_waits_for_its_standby_takes_nothing",
        ),
    ),
    Row(
        "failover",
        "the primary is killed under load and its synchronous standby promoted; the connection string names"
        " both",
        "503 meanwhile; goes on by itself with all that was acknowledged, projections too",
        stores=POSTGRES,
    ),
    Row(
        "split-brain",
        "after a failover the old primary comes back as a primary",
        "whoever is connected to it gets 503 (`--standbys 1`: its standby follows another one), also for"
        " what it holds and nobody acknowledged",
        stores=POSTGRES,
        elsewhere=(
            f"{_TWO_PRIMARIES}::test_a_head_that_an_old_primary_shows_is_not_signed_because_the_new_one_settles",
        ),
    ),
    Row(
        "holder-frozen",
        "a machine freezes while it holds the head's lock",
        "the others' submissions get 503 for at most 15 s, then go on; the frozen one, awake again, finds"
        " its transaction gone and records nothing twice",
        stores=POSTGRES,
    ),
    Row(
        "database-frozen",
        "the database freezes: connections stay open and nobody answers",
        "submissions get 503 within a minute, `/healthz` answers, questions wait; goes on by itself",
        stores=POSTGRES,
    ),
    Row(
        "database-restarted",
        "the database is restarted in order (`fast`), again and again",
        "503 meanwhile; goes on by itself",
        stores=POSTGRES,
    ),
    Row(
        "connections-exhausted",
        "the database takes no more connections",
        "machines that have theirs go on; a machine that starts ends with exit code 3 and says why",
        stores=POSTGRES,
    ),
    Row(
        "database-read-only",
        "the database takes no writes (`default_transaction_read_only`)",
        "submissions get 503, questions are answered; goes on by itself",
        stores=POSTGRES,
    ),
    Row(
        "database-disk-full",
        "the database's disk is full",
        "submissions get 503 `storage-failed`, questions are answered; with room it goes on by itself",
        stores=POSTGRES,
    ),
    Row(
        "password-changed",
        "the database's password is changed while machines serve",
        "connections that are open go on; new ones are refused: 503, or exit code 3 at the start",
        stores=POSTGRES,
    ),
    Row(
        "replica-behind",
        "a replica that is read from lags, or is gone (`--replica`)",
        "`min_position` waits 2 s for it, then the primary answers; where that is behind too, 503 `behind`",
        stores=POSTGRES,
        elsewhere=(
            f"{_REPLICA}::test_what_a_replica_lacks_is_answered_by_the_primary",
            f"{_REPLICA}::test_a_question_that_replay_cancels_gives_no_half_answer",
        ),
    ),
    Row(
        "leader-killed",
        "the machine that writes the projections is killed, or its connection is ended in the midst of a"
        " batch",
        "another one takes the lead within a second; nothing is applied twice or left out",
        stores=POSTGRES,
    ),
    Row(
        "projections-being-made",
        "a machine starts while another one makes the first projections",
        "it starts, and `/readyz` says no until they are there",
        stores=POSTGRES,
    ),
    Row(
        "schema-dropped",
        "the projections' schema is dropped while machines serve",
        "appending goes on; questions get 503 for a moment; the projections are made anew",
        stores=POSTGRES,
    ),
    Row(
        "hint-lost",
        "the connections that hear NOTIFY are ended",
        "the log is looked at twice a second all the same",
        stores=POSTGRES,
    ),
    Row(
        "clocks-apart",
        "the clock of one of two machines is three minutes ahead or behind; or a day behind",
        "minutes: both append, and no entry is dated before the one before it; a day: that machine says 503"
        " `stopped`, `/readyz` says `clock-wrong`, and the other goes on",
        stores=POSTGRES,
    ),
)
