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
REGISTRARS = ("tests/ledger/test_registrars.py", "tests/ledger/test_door.py")
KEYS = ("tests/ledger/test_key_lives.py", "tests/ledger/test_door.py")
DOUBT = ("tests/ledger/test_doubt*.py",)
DOUBTS_KEPT = ("tests/projections/test_doubts.py",)
JUDGED_AGAIN = ("tests/projections/test_batches_judged_again.py",)
BESIDE = ("tests/api/test_http_doubt_beside.py",)
INBOX = ("tests/projections/test_inbox.py",)
OWED = ("tests/projections/test_owed.py",)
OBLIGATIONS = ("tests/projections/obligations",)
OBLIGATIONS_DOOR = ("tests/api/test_obligations.py",)
EVALUATED = ("tests/projections/evaluation",)
DOCUMENT_FINDINGS = ("tests/projections/findings/test_document_*.py",)
MONEY = ("tests/projections/money",)
FEED = ("tests/api/feed", "tests/projections/test_changed.py")
VALUE_DOUBT = ("tests/api/test_http_taken_away.py", "tests/projections/test_value_doubt.py")
POLICIES = ("tests/ledger/test_policies.py", "tests/ledger/test_door.py")
SATISFIABLE = ("tests/ledger/test_policies_satisfiable.py",)
FAULTS_LOCKS = ("tests/faults/test_locks.py",)
FAULTS_PROJECTIONS = ("tests/faults/test_projections.py",)
POSTGRES_DURABILITY = ("tests/ledger/test_postgres_durability.py",)
POSTGRES_PROJECTIONS = ("tests/faults/test_postgres_projections.py",)
POSTGRES_FROZEN = ("tests/faults/test_postgres_frozen.py",)
FOLLOWER_CRASHED = ("tests/projections/test_follower_on_postgres.py",)
REPLICA_HTTP = ("tests/api/test_replica_http.py",)
BLOCKED_RECORDS = ("tests/api/test_http_blocked_records.py",)
ENTRY_MISSING = ("tests/api/test_entry_missing.py",)
ROLLED_BACK = ("tests/ledger/test_append_rolled_back.py",)
UNTOLD = ("tests/ledger/test_passwords_untold.py",)
TWO_PRIMARIES = ("tests/faults/test_postgres_two_primaries.py",)
PROCESSES = ("tests/api/test_processes.py",)
FAMILIES = ("tests/ledger/test_families.py",)
PRINT = ("tests/api/test_print*.py",)
TREASURY_KINDS = ("tests/ledger/test_treasury_kinds.py", "tests/ledger/test_door*.py")
ACCEPTED = ("tests/ledger/test_findings_accepted.py",)
FOUND_AGAIN = ("tests/projections/findings/test_engine.py",)
FOUND_ACTS = ("tests/projections/findings/test_acts.py", "tests/projections/findings/test_back_dated.py")
FOUND_CONSENT = ("tests/projections/findings/test_consent.py",)
FOUND_KEYS = ("tests/projections/findings/test_keys.py",)
FOUND_PUBLICATION = ("tests/projections/findings/test_publication.py",)
QUESTIONS = ("tests/projections/questions",)
ASKED = ("tests/api/test_http_questions.py", "tests/api/test_cli_questions.py")
UNCOVERED = ("tests/api/test_http_consent.py",)
CONSENT = (
    "tests/ledger/test_consent*.py",
    "tests/ledger/test_door_questions.py",
    "tests/ledger/test_door.py",
)
OWN_WORDS = ("tests/projections/test_inbox_own_words.py",)
OWN_REPORT = ("tests/ledger/test_own_report.py",)
BLANK = ("tests/ledger/test_blank_words.py",)
TOLD = ("tests/ledger/test_refusals_tell.py",)
CEREMONY = ("tests/api/test_cli_ceremony.py",)
SENTENCES = ("tests/api/test_cli_sentences.py",)
OVERSIGHT = ("tests/ledger/test_oversight.py", "tests/ledger/test_door.py")
VERIFYING = ("tests/api/test_cli_verify.py",)
TAMPERED_FILE = ("tests/tampering/test_cells.py", "tests/tampering/test_whole_tables.py")
TAMPERED_ENTRIES = ("tests/tampering/test_entries.py",)
TAMPERED_BUNDLES = ("tests/tampering/test_bundles.py",)
TAMPERED_MANIFESTS = ("tests/tampering/test_manifest.py",)
TAMPERED_CONTAINERS = ("tests/tampering/test_containers.py",)
TAMPERED_STAMPS = ("tests/tampering/test_stamps.py",)
TAMPERED_BOUNDS = ("tests/tampering/test_bounds.py",)
REAFFIRMED = ("tests/tampering/test_reaffirmed.py",)
COVERS = ("tests/tampering/test_covers.py",)
LEFT_OUT = ("tests/tampering/test_left_out.py",)
OLDER_KEY = ("tests/tampering/test_older_key.py",)
BACKUP_TABLES = ("tests/ledger/test_backup_tables.py",)
COPYING = ("tests/ledger/test_copying.py",)
COPY = ("tests/api/test_cli_copy.py",)
BACKUP = ("tests/api/test_cli_backup.py",)
DOCUMENTS = ("tests/ledger/test_documents.py",)
BUNDLES = ("tests/api/test_bundles.py",)
BUNDLE_DATA = ("tests/api/test_bundle_data.py",)
BUNDLE_HISTORIES = ("tests/api/test_bundle_histories.py",)
CHECK_WORDS = ("tests/api/test_check_words.py",)
RECEIPT_SEEN = ("tests/api/test_cli_receipt_seen.py",)
RECEIPT_CHECKS = ("tests/api/test_cli_receipt.py",)
BUNDLES_WITNESSED = ("tests/api/test_cli_bundle_witnessed.py",)
LAST_ROUND = ("tests/api/test_verify_last_round.py",)
AROUND_THE_DOOR = ("tests/tampering/test_around_the_door.py",)
BUNDLE_ANSWERS = ("tests/api/test_bundle_answers.py",)
DEMO = ("tests/api/test_demo.py",)
DEMO_FOREIGN = ("tests/api/test_demo_foreign.py",)
CLAIMS = ("tests/api/test_witness_claims.py",)
FOUND = ("tests/fuzz/test_found.py",)
CODECS = ("tests/fuzz/test_codecs.py",)
REACH = ("tests/ledger/test_reach.py",)
SUCCESSION = ("tests/ledger/test_policies_after_succession.py",)
LAPSE = ("tests/ledger/test_consent_lapse.py",)
LOG_KEY = (
    "tests/ledger/test_log_key_rotation.py",
    "tests/ledger/test_signer.py",
    "tests/ledger/test_door.py",
)
SIGNER_MOVED = ("tests/ledger/test_signer_moved.py",)
SIGNER_FILES = ("tests/ledger/test_signer_files.py",)
SIGNER_WIRE = ("tests/ledger/test_signer_wire.py",)
SIGNER_SERVICE = ("tests/ledger/test_signer_service.py", "tests/ledger/test_signer_life.py")
SIGNER_IMPOSTOR = ("tests/ledger/test_signer_impostor.py",)
SIGNER_CLI = ("tests/api/test_cli_signer.py",)
RESTS = ("tests/api/test_draft_days.py", "tests/api/test_draft_rests.py")
FILES = ("tests/ledger/test_attachments.py", "tests/api/test_http_files.py")
TLOG = (
    "tests/ledger/test_tlog_paths.py",
    "tests/ledger/test_tlog_tiles.py",
    "tests/ledger/test_tlog_reading.py",
)
PUBLISHING = ("tests/ledger/test_publishing.py",)
PUBLISHED_AGAIN = ("tests/ledger/test_publishing_compared.py",)
PUBLISH_WATCHED = ("tests/api/test_cli_publish_watched.py",)
KEPT_REFUSAL = ("tests/api/test_cli_refusal.py",)
TLOG_PROOF = ("tests/ledger/test_tlog_proof.py",)
LOG_DOOR = ("tests/api/test_http_log.py",)
KEPT_RECEIPT = ("tests/api/test_cli_receipt.py",)
WITNESS = ("tests/ledger/test_witness.py",)
WITNESS_STATE = ("tests/ledger/test_witness_state.py",)
WITNESS_POLICY = ("tests/ledger/test_witness_policy.py",)
COSIGNATURE = ("tests/ledger/test_cosignature.py",)
WITNESSING = ("tests/api/test_witness_http.py",)
WITNESS_CLI = ("tests/api/test_cli_witness.py",)

REMEMBERING = ("tests/ledger/test_remembering.py",)
ROLLBACK = ("tests/api/test_cli_rollback.py",)
RESTORE = ("tests/api/test_cli_restore.py",)
STAMPS = ("tests/ledger/test_stamps.py", "tests/ledger/test_stamp_certificates.py")
STAMPING = ("tests/api/test_stamping.py",)
ROUNDS = ("tests/api/test_trust_round.py",)
ROUNDS_SERVED = ("tests/api/test_trust_serving.py",)
ROUNDS_TAKEN_OVER = ("tests/api/test_trust_takeover.py",)
ROUNDS_RUN = ("tests/api/test_trust_runner.py",)
NOTES = ("tests/api/test_trust_notes.py",)
ADDRESSES = ("tests/api/test_cli_addresses.py",)
REASONS = ("tests/api/test_trust_reasons.py",)
SERVING = ("tests/api/test_cli_serving.py",)
PUBLISH_WITNESSED = ("tests/api/test_cli_publish_witnessed.py",)
LIFE_EARLY = ("tests/projections/findings/test_money_early.py",)
LIFE_OVER = ("tests/projections/findings/test_money_over.py",)
LIFE_LINES = ("tests/projections/findings/test_money_lines.py",)
LIFE_LIMITS = ("tests/projections/findings/test_money_limits.py",)
LIFE_BALANCE = ("tests/projections/findings/test_money_balance.py",)
LIFE_SPLIT = ("tests/projections/findings/test_money_splitting.py",)
LIFE_SENT = ("tests/projections/findings/test_money_transfers.py",)
LIFE_TREASURY = ("tests/projections/findings/test_money_treasury.py",)
LIFE_TARGETS = ("tests/projections/findings/test_indicators.py",)
LIFE_REPORTS = ("tests/projections/findings/test_reports.py",)

SERVICE_KEY = ("tests/ledger/test_trust_stream.py", "tests/ledger/test_door.py")
HEADS = ("tests/ledger/test_heads.py",)
SIGNED_REFUSALS = ("tests/ledger/test_signed_refusals.py", "tests/ledger/test_service_key.py")
ANCHORING = ("tests/projections/test_anchoring.py",)
LIMITS = ("tests/api/test_limits.py",)
LIMITS_WIRE = ("tests/api/test_limits_wire.py",)
METRICS = ("tests/api/test_metrics.py",)
LOGS = ("tests/api/test_logs.py",)
SHUTDOWN = ("tests/api/test_shutdown.py",)
GUARDED = ("tests/api/test_http_service.py",)

REGIONS = ("tests/ledger/test_verify_regions.py",)


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
    Mutant("ledger/authority.py", "if kind.name not in body.offices[signer.office].kinds:", "if False:", "an office signs what it may not", DOOR),
    Mutant("ledger/registry.py", "return not self.void and self.start <= day < self.until", "return not self.void and self.start <= day <= self.until", "a mandate lasts a day too long", DOOR),
    Mutant("ledger/authority.py", "if not acts_for(world, body.id, owner, today) and not _is_asked(", "if False and not _is_asked(", "one council signs for another", DOOR),
    Mutant("ledger/authority.py", "if key.person != signer.person:", "if False:", "a person signs with another's key", DOOR),
    Mutant("ledger/authority.py", "if len(people) < needed:", "if len(people) < 1:", "one registrar is enough", DOOR),
    Mutant("ledger/authority.py", "people = {registrars[s.kid].person for s in", "people = {s.kid for s in", "the threshold counts keys", DOOR),
    Mutant("ledger/envelope.py", "if key.alg != header.alg", "if False", "alg is not pinned by the key", ("tests/ledger/test_envelope.py",)),
    Mutant("ledger/append/group.py", "        verify_envelope(submission.envelope, keys)", "        pass", "signatures are not checked under the lock", (*DOOR, *APPEND)),
    Mutant("ledger/append/group.py", "        for place in unverified:", "        for place in ():", "what nobody could verify is recorded", APPEND[:1]),
    Mutant("ledger/submission.py", "if named != signed:", "if not signed:", "a signature can be stripped or added", DOOR),
    # The log's key
    Mutant("ledger/kinds/parts.py", "if origin is not None and verifier.name != origin:", "if False:", "a log key of another log is taken", LOG_KEY),
    Mutant("ledger/kinds/log_key_rotated.py", "if data.log_key in view.root.log_keys:", "if False:", "a retired log key comes back", LOG_KEY),
    Mutant("ledger/kinds/log_key_rotated.py", "if f\"key:{key.kid}\" in view.world.names:", "if False:", "a person's key signs the log", LOG_KEY),
    Mutant("ledger/kinds/log_key_rotated.py", "if not 0 < size <= view.world.position:", "if not 0 < size:", "a checkpoint ahead of the log proves an overlap", LOG_KEY),
    Mutant("ledger/kinds/log_key_rotated.py", "makes=lambda data: [f\"key:{data.public_key().kid}\"],", "makes=lambda data: [],", "whose key the new log key is is not looked up", LOG_KEY),
    Mutant("ledger/checkpoint.py", "if verifier.name != checkpoint.origin or (verifier.name, verifier.key_id) not in signed:", "if verifier.name != checkpoint.origin:", "one signature passes for an overlap", LOG_KEY),
    Mutant("ledger/signer.py", "return sign_note(text, self._keys)", "return sign_note(text, self._keys[:1])", "the next key does not sign", LOG_KEY),
    Mutant("ledger/service.py", "if in_force and in_force not in self.signer.verifier_keys:", "if False:", "a log is signed by a key that is not in force", LOG_KEY),
    Mutant("ledger/rotation.py", "if root.log_key != new:", "if False:", "the old log key retires before the rotation", LOG_KEY),
    Mutant("ledger/rotation.py", "        ledger.keep_checkpoint()\n", "", "the evidence of a rotation is lost", LOG_KEY),
    Mutant("ledger/signer.py", "if size < old_size:\n", "if False:\n", "who was overtaken is told of two histories", SIGNER_MOVED),
    Mutant("ledger/signer.py", "if elsewhere and size > old_size:", "if False:", "a proof from elsewhere is taken for a second history", SIGNER_MOVED),
    Mutant("ledger/signer.py", "proof = () if elsewhere else proof", "proof = proof", "one tree is not signed for two processes that committed it", SIGNER_MOVED),
    Mutant("ledger/signing/private_files.py", "(tag == _NAMED_USER and whose == user)", "tag == _NAMED_USER", "a key that another user may read is taken for a credential", SIGNER_FILES),
    Mutant("ledger/signing/wire.py", " or not hmac.compare_digest(found.encode(), mac.hex().encode())", "", "any mac is the token's", SIGNER_WIRE),
    Mutant("ledger/signing/wire.py", "_ANSWER + request_mac.hex().encode() + b\"\\n\", members)[0]", "_ANSWER + b\"\\n\", members)[0]", "an answer is bound to no request", SIGNER_WIRE),
    Mutant("ledger/signing/server.py", "if request.number != number:", "if False:", "an overheard request may be said again", SIGNER_SERVICE),
    Mutant("ledger/signing/server.py", "if len(self._serving) > self._limits.connections_max:", "if False:", "connections to the signer are not counted", SIGNER_SERVICE),
    Mutant("ledger/signing/server.py", "self._stop.set()  # only", "pass  # only", "a signer whose memory failed goes on serving", SIGNER_SERVICE),
    Mutant("ledger/signing/remote.py", "if open_overlap(note, self._verifiers) != Checkpoint(self._origin, tree.size, tree.root):", "if not open_overlap(note, self._verifiers):", "a signature over another tree is taken", SIGNER_IMPOSTOR),
    Mutant("ledger/signing/remote.py", "if known and (origin != self._origin or verifiers[: len(known)] != known):", "if False:", "another key takes the place of the signer's", SIGNER_IMPOSTOR),
    Mutant("ledger/signing/remote.py", "self._drop()  # what else", "pass  # what else", "a late answer is taken for that to another question", SIGNER_IMPOSTOR),
    Mutant("ledger/signing/listening.py", "old = os.umask(0o777 & ~_OWNER_ONLY)", "old = os.umask(0)", "everybody may use the signer's socket", SIGNER_SERVICE),
    Mutant("api/cli/signer.py", "if not address.is_unix and token is None:", "if False:", "a signer listens on a network without a token", SIGNER_CLI),
    Mutant("ledger/following.py", "open_overlap(event.data.checkpoint, [Ed25519Verifier.parse(log_key), new])", "open_overlap(event.data.checkpoint, [new])", "a client follows without the trusted key's overlap", LOG_KEY),
    Mutant("ledger/following.py", "if checkpoint.origin != origin or not 0 < checkpoint.size <= index:", "if checkpoint.origin != origin:", "a client takes an overlap from after the rotation", LOG_KEY),
    Mutant("ledger/following.py", "if (event.ledger.genesis, event.ledger.origin) != (genesis, origin):", "if False:", "a client follows another ledger's event", LOG_KEY),
    # The door
    Mutant("ledger/rules.py", "if parse_instant(event.submit_before) <= parse_instant(stated.recorded_at):", "if False:", "an expired event is taken", DOOR),
    Mutant("ledger/rules.py", "if event.seen > stated.index:", "if event.seen > stated.index + 1:", "what was not yet there was seen", DOOR),
    Mutant("ledger/rules.py", "if event.seen <= touched < seen_limit and", "if event.seen < touched < seen_limit and", "a change at the seen position goes unnoticed", DOOR),
    Mutant("ledger/rules.py", "if slot.payload != corrects.payload:", "if False:", "a stale correction is taken", DOOR),
    Mutant("ledger/rules.py", "if value is None or not is_money(value) or Decimal(value) != Decimal(write.stated_old):", "if False:", "a wrong old value goes unnoticed", DOOR),
    Mutant("ledger/rules.py", "if code not in codes:", "if False:", "acknowledging what is not there passes", DOOR),
    Mutant("ledger/door.py", "    if unanswered(stated.event, found):\n", "    if False:\n", "nothing needs acknowledgement", DOOR),
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
    Mutant("projections/cells.py", "KNOWN = \"known_from<=:k AND known_to>:k", "KNOWN = \"known_from<:k AND known_to>:k", "an entry is known one position late", PROJECTIONS),
    Mutant("projections/cells.py", "AND counts_from<=:d AND counts_to>:d\"", "AND counts_from<=:d AND counts_to>=:d\"", "a suspended day counts", PROJECTIONS),
    Mutant("projections/budget.py", "\"variance\": difference(reported[\"paid\"], amended),", "\"variance\": difference(amended, reported[\"paid\"]),", "the deviation's sign is wrong", PROJECTIONS),
    Mutant("ledger/periods.py",
        "    return [last] if last is not None else list(reports)",
        "    return list(reports)",
        "year-to-date values are added up", PROJECTIONS),
    Mutant("projections/positions.py", "if len(rows) == 2 and rows[0].recorded_at == rows[1].recorded_at:", "if False:", "a position cuts a batch", PROJECTIONS),
    Mutant("projections/writer.py", "self._closed.append((index + 1, *key))", "self._closed.append((index, *key))", "a correction is known too early", PROJECTIONS),
    Mutant("projections/diff.py", "        return \"corrected\"", "        return \"decided\"", "a correction passes for a decision", PROJECTIONS),
    # The log as tiles, and receipts as files
    Mutant("ledger/tlog/paths.py", "(?!x000/)", "", "a tile has a second path", TLOG),
    Mutant("ledger/tlog/paths.py", "return size >> (8 * level)", "return -(-size >> (8 * level))", "a partial tile is hashed upward", TLOG),
    Mutant("ledger/tlog/paths.py", "return self.start + self.width <= hashes_at(", "return self.start < hashes_at(", "a tile is served before it is there", (*TLOG, *LOG_DOOR)),
    Mutant("ledger/tlog/tiles.py", "    if len(entries) != bundle.width:", "    if len(entries) > bundle.width:", "a bundle may lack entries", TLOG),
    Mutant("ledger/tlog/tiles.py", "    if len(entries) != tile.width:", "    if False:", "a short bundle is served for a longer one", TLOG),
    Mutant("ledger/tlog/reading.py", "if tree_root(hashes) != above:", "if False:", "a full tile is believed unseen", TLOG),
    Mutant("ledger/tlog/reading.py", "if Frontier(self.size, _peaks(edge)).root() != self.checkpoint.root:", "if False:", "the checkpoint's root is not asked", TLOG),
    Mutant("ledger/tlog/reading.py", "if leaf_hash(entry) != known:", "if False:", "entries of another log pass", TLOG),
    Mutant("ledger/tlog/reading.py", "        self._right_edge()  # a checkpoint of no entries is checked too\n", "", "an empty log has any root", TLOG),
    Mutant("ledger/tlog/publishing.py", "if log.root_at(held.size) != held.root:", "if False:", "a folder with another past is overwritten", PUBLISHING),
    Mutant("ledger/tlog/publishing.py", "        for above in (place, *place.parents):", "        for above in (place,):", "the log is published below a ledger's directory", PUBLISHING),
    Mutant("ledger/tlog/publishing.py", "if names and CHECKPOINT not in names and", "if False and", "a folder with other files is published into", PUBLISHING),
    Mutant("api/cli/publishing.py", "        if is_first:  # later", "        if False:  # later", "the first head is remembered of whatever ledger", ("tests/api/test_cli_publish.py",)),
    Mutant("api/cli/watching.py", "    except (Unreachable, Absent):\n", "    except ZeroDivisionError:\n", "a log without a head is taken for a server at rest", PUBLISH_WATCHED),
    Mutant("api/middleware.py", " or _is_for_ever(own):", ":", "a tile is kept for ever with how long the log was", LOG_DOOR),
    Mutant("api/cli/refusal_checks.py", "        return _entered(client, seen, item, refused)", "        return \"ok\", \"\"", "a server's word makes a key the ledger's", KEPT_REFUSAL),
    Mutant("api/cli/refusal_checks.py", "        if item.get(\"status\") != \"live\":", "        if False:", "a revoked key's refusal is verified", KEPT_REFUSAL),
    Mutant("api/cli/refusal_checks.py", "needed = (states[\"genesis\"], states[\"service-key\"])", "needed = (states[\"genesis\"], \"ok\")", "any key's refusal is the ledger's", KEPT_REFUSAL),
    Mutant("ledger/tlog/placing.py", "return holds(path, held.content(tile))", "return True", "a published file that was changed passes for intact", PUBLISHED_AGAIN),
    Mutant("ledger/tlog/publishing.py", ", *left_behind(folder, log.size, set(tiles))]", "]", "an older partial tile is not compared", PUBLISHED_AGAIN),
    Mutant("ledger/tlog/judging.py", "        elif one.root.hex() != report.root:\n", "        elif False:\n", "a receipt of a fork is verified", RECEIPT_SEEN),
    Mutant("ledger/tlog/judging.py", "        if one.size != report.size:\n            check.warn", "        if False:\n            check.warn", "a head of another size is called a fork", RECEIPT_SEEN),
    Mutant("api/cli/receipt_seen.py", "        alarm.evidence = heads_beside(place).keep(log, _WHY, one, new)\n", "        pass\n", "the heads of a forked receipt are not kept", RECEIPT_SEEN),
    Mutant("ledger/tlog/publishing.py", "if held.size > log.size:", "if False:", "a longer log is overwritten", PUBLISHING),
    Mutant("ledger/tlog/placing.py", "            os.fsync(file.fileno())\n", "", "a published file is not durable", PUBLISHING),
    Mutant("ledger/tlog/placing.py", "    if holds(path, content):\n        return\n", "", "the same checkpoint is written again", PUBLISHING),
    Mutant("ledger/tlog/publishing.py", "dict.fromkeys(tiles_of(witnessed.size) if witnessed else ())", "{}", "the witnessed checkpoint has no tiles", PUBLISHING),
    Mutant("ledger/tlog/stored.py", "            end = middle\n", "            break\n", "an older checkpoint passes for the newest stored", PUBLISHING),
    Mutant("ledger/tlog/proof.py", "    checkpoint, _ = open_checkpoint(proof.checkpoint, verifiers)\n", "    checkpoint = parse_checkpoint(parse_note(proof.checkpoint).text)\n", "a tlog-proof needs no signature", TLOG_PROOF),
    Mutant("ledger/tlog/judging.py", "    report.authenticated = report.checks[\"receipt\"].status == \"ok\"\n", "    report.authenticated = True\n", "a receipt is verified by nobody", KEPT_RECEIPT),
    Mutant("ledger/tlog/judging.py", "    missing = [kid for kid in envelope.kids if kid not in evidence.keys]\n", "    missing: list[str] = []\n", "signatures without a key fail instead of being skipped", KEPT_RECEIPT),
    Mutant("api/routes/tlog.py", "signed = context.checkpoint() or newest_stored(context.ledger.reader)", "signed = (context.position, \"\")", "what is not signed is served for ever", LOG_DOOR),
    # Acts' lives and what rests on them
    Mutant("ledger/kinds/act_status_changed.py", "if data.by == \"mayor\" and data.status != \"suspended\":", "if False:", "a mayor resumes what the mayor suspended", DOOR),
    Mutant("ledger/kinds/act_status_changed.py", "if 3 * votes.for_ < 2 * votes.of:", "if 2 * votes.for_ <= votes.of:", "a simple majority overrides the mayor", DOOR),
    Mutant("ledger/kinds/act_status_changed.py", "if 3 * votes.for_ < 2 * votes.of:", "if 3 * votes.for_ <= 2 * votes.of:", "exactly two thirds are too few", DOOR),
    Mutant("ledger/kinds/act_status_changed.py", "if days > SUSPENDED_WITHIN_DAYS:", "if days >= SUSPENDED_WITHIN_DAYS:", "the fifth day is late", DOOR),
    Mutant("ledger/kinds/act_status_changed.py", "for status in reversed(older):", "for status in older:", "the oldest suspension decides who is overridden", DOOR),
    Mutant("ledger/kinds/act_status_changed.py", "if not data.counts() or data.by in ABOVE_MAYORS", "if data.status != \"resumed\" or data.by in ABOVE_MAYORS", "an act comes into force over the mayor without votes", DOOR),
    Mutant("ledger/kinds/act_status_changed.py", "if not data.counts() or data.by in ABOVE_MAYORS", "if not data.counts() or data.by in (*ABOVE_MAYORS, \"own-body\")", "the own body overrides the mayor without votes", DOOR),
    Mutant("ledger/kinds/act_status_changed.py", "    if data.by is None:\n", "    if data.by is None and data.votes is None:\n", "nobody says who overrode the mayor", DOOR),
    Mutant("ledger/kinds/act_status_changed.py", "status.by in (*ABOVE_MAYORS, \"mayor\")", "True", "another stop on top hides the mayor's", DOOR),
    Mutant("ledger/kinds/act_status_changed.py", "    _check_mayors(view, event)\n", "", "any office takes a mayor's suspension back", DOOR),
    Mutant("ledger/kinds/act_status_changed.py", "one.slot == view.slot and one.by == \"mayor\"", "one.by == \"mayor\"", "no office corrects other statuses of an act that a mayor suspended", DOOR),
    Mutant("ledger/streams.py", "    if event.kind == STATUS_CHANGED:\n", "    if False:\n", "who may take a suspension back is not told after a restart", DOOR),
    Mutant("ledger/kinds/act_status_changed.py", "edges = {start, *(edge for one in older", "edges = {start, *(edge for one in ()", "an override that begins earlier needs no votes", DOOR),
    Mutant("ledger/kinds/act_status_changed.py", "status = Status(stated.slot, kept.index, counts, start, to, by)", "status = Status(stated.slot, kept.index, counts, start, to)", "who suspended is forgotten", DOOR),
    Mutant("api/drafts/rests.py", "left = minus(left, shows)", "left = left", "what a later decision hides still rests on the act", RESTS),
    Mutant("api/drafts/rests.py", "return union(old, new) if self.has_moved else differing(old, new)", "return differing(old, new)", "a registration that moves the act reaches nothing", RESTS),
    Mutant("api/drafts/rests.py", "reasons.setdefault(cell, why)", "reasons[cell] = why", "the weakest reason is given", RESTS),
    Mutant("api/drafts/rests.py", "if slot.act == sides.act:\n            continue", "if slot.act == sides.act:\n            break", "what comes after the act's own events is not looked at", RESTS),
    Mutant("api/drafts/footing.py", "found[family, row] = differing(", "found[family, row] = union(", "a row that others put on the record too is said to vanish", RESTS),
    Mutant("api/drafts/footing.py", "elif path in _TERM:", "elif False:", "a year that only the act gives is forgotten", RESTS),
    # Documents
    Mutant("ledger/shape.py", "    check_files(event.files)\n", "    pass\n", "a public signature is taken", DOOR),
    Mutant("ledger/attachments.py", "return normalize(\"NFKC\", name).casefold().rstrip(\". \")", "return name", "an ending in capitals hides a signature", FILES),
    Mutant("ledger/attachments.py", "if holds_private_key(file.name, file.media_type):", "if file.access == \"public\" and holds_private_key(file.name, file.media_type):", "a restricted private key is taken", FILES),
    Mutant("api/routes/files.py", "    if is_restricted(named):\n        raise _restricted(named, sha256)\n", "", "a restricted file is served", FILES),
    Mutant("api/files.py", "or is_container(one.name, one.media_type)", "or False", "a signature logged as public is served", FILES),
    Mutant("api/routes/files.py", "upload = Upload(documents, sha256, sizes, restricted=is_restricted(named))", "upload = Upload(documents, sha256, sizes)", "restricted bytes lie among the public ones", FILES),
    # Registrars
    Mutant("ledger/authority.py", "return managing(world, name, today) if family == \"body\" else world.root", "return world.root", "the root manages a body that has registrars of its own", REGISTRARS),
    Mutant("ledger/registry.py", "found.append(self.current(step, day))", "found.append(step)", "the predecessor's registrars stay in charge", REGISTRARS),
    Mutant("ledger/authority.py", "    _check_threshold(event, old, needed)\n", "    pass\n", "a new set of registrars names itself", REGISTRARS),
    Mutant("ledger/authority.py", "        _check_threshold(event, new, event.data.k)\n", "        pass\n", "a new set of registrars need not sign", REGISTRARS),
    Mutant("ledger/authority.py", "revoked = where.revoked.get(signer.kid) or world.root.revoked.get(signer.kid)\n    if revoked is not None:\n        raise Refusal(\"key-revoked\", f\"{at}/kid\", signer.kid, revoked=revoked.event, instead=instead)\n    registrar =", "registrar =", "a revoked registrar is refused for another reason, or not at all", REGISTRARS),
    Mutant("ledger/kinds/possession.py", "if one.person in people or key.kid in kids:", "if False:", "one person is two registrars", REGISTRARS),
    Mutant("ledger/kinds/possession.py", "if one.possession is None:", "if False and one.possession is None:", "a registrar comes without a proof", REGISTRARS),
    Mutant("ledger/kinds/possession.py", "        check_key(view, key, one.person, at)\n", "        pass\n", "a registrar has another person's key", REGISTRARS),
    Mutant("ledger/keys.py", "    if y in _SMALL_ORDER_Y:\n", "    if False:\n", "a point that verifies anything is taken for a key", REGISTRARS),
    Mutant("ledger/kinds/possession.py", "if k > len(people):", "if False:", "more registrars are needed than there are", REGISTRARS),
    Mutant("ledger/kinds/body_opened.py", "if corrected and (data.registrars or data.k is not None):", "if False:", "a correction of the opening names registrars", REGISTRARS),
    Mutant("ledger/kinds/key_revoked.py", "if len(left) < registry.threshold:", "if not left:", "a revocation leaves too few registrars", REGISTRARS),
    Mutant("ledger/kinds/key_revoked.py", "gone = {kid, *view.root.revoked, *registry.revoked}", "gone = {kid}", "keys that the root revoked count as registrars left", REGISTRARS),
    Mutant("ledger/kinds/key_revoked.py", "for registry in (view.registry, *(view.world.bodies[name] for name in names)):", "for registry in (view.registry,):", "the root locks a body out", REGISTRARS),
    Mutant("ledger/streams.py", "return bodies_of_registrar(world) if event.kind", "return [] if event.kind", "the root locks a body out after a restart", REGISTRARS),
    Mutant("ledger/kinds/ties.py", "root.bodies[name].place[:2] if", "root.bodies[name].place[:1] if", "a body stands below itself by a successor", REGISTRARS),
    Mutant("ledger/kinds/ties.py", "root.bodies[name].place[:2] if", "root.bodies[name].place[1:2] if", "a body stands below its own part", REGISTRARS),
    Mutant("ledger/kinds/body_opened.py", "if data.parent is not None and data.body in above_or_after(view.root, data.parent):", "if data.parent is not None and view.root.belongs(data.parent, data.body, view.today):", "circles are looked for as of today alone", REGISTRARS),
    Mutant("ledger/kinds/body_succeeded.py", "if data.body in above_or_after(view.root, data.successor):", "if data.body == data.successor:", "successors go in a circle", REGISTRARS),
    Mutant("ledger/kinds/body_succeeded.py", "if known is None and succeeded is not None:", "if False:", "a body has two successors", REGISTRARS),
    Mutant("ledger/registry.py", "entry.succeeded.start > day:", "entry.succeeded.start >= day:", "a successor begins a day late", REGISTRARS),
    Mutant("ledger/kinds/mandate_granted.py", "if data.acting and not data.order.strip():", "if data.acting and not data.order:", "a blank order appoints", REGISTRARS),
    # Keys
    Mutant("ledger/authority.py", "if key is not None and revoked is None and key.retired_at is None:", "if key is not None and revoked is None:", "a rotated key goes on signing", KEYS),
    Mutant("ledger/authority.py", "revoked = body.revoked.get(signer.kid) or world.root.revoked.get(signer.kid)\n    if key is not None", "revoked = body.revoked.get(signer.kid)\n    if key is not None", "the root's revocation does not hold everywhere", KEYS),
    Mutant("ledger/authority.py", "revoked = body.revoked.get(signer.kid) or world.root.revoked.get(signer.kid)\n    if key is not None", "revoked = world.root.revoked.get(signer.kid)\n    if key is not None", "a body's revocation revokes nothing", KEYS),
    Mutant("ledger/claims.py", "if known != given:", "if False:", "a signature points to any certificate", KEYS),
    Mutant("ledger/kinds/key_enrolled.py", "file.sha256 == certificate and file.access == \"restricted\"", "file.sha256 == certificate", "a certificate lies in public", KEYS),
    Mutant("ledger/kinds/key_rotated.py", "if old is None or data.kid in view.root.revoked:", "if old is None:", "a key that the root revoked is rotated", KEYS),
    Mutant("ledger/kinds/key_rotated.py", "check_possession_of(event, data.possession, old.person, key, \"/data/possession\")", "check_possession_of(event, data.possession, data.possession and 'p-mayor', key, \"/data/possession\")", "a rotation takes another person's proof", KEYS),
    Mutant("ledger/kinds/key_revoked.py", "data.suspect_from > view.today", "data.suspect_from >= view.today", "nothing can be suspect since today", KEYS),
    Mutant("ledger/kinds/possession.py", "    if revoked is not None:", "    if False:", "a revoked key is accepted again", KEYS),
    # Doubt
    Mutant("ledger/doubt.py", "day >= revoked.suspect_from", "day > revoked.suspect_from", "the first suspect day is not suspect", DOUBT),
    Mutant("ledger/authority.py", "claims.seen() < mandate.until", "True", "what was prepared after the mandate's end is taken", DOUBT),
    Mutant("ledger/authority.py", "mandate.holds(claims.signed(kid)) and", "True and", "what was signed after the mandate's end is taken", DOUBT),
    Mutant("ledger/claims.py", "except OverflowError:", "except ZeroDivisionError:", "a signature of the last hour that can be written breaks the door", FOUND),
    Mutant("ledger/errors.py", "except RecursionError:", "except ZeroDivisionError:", "deeply nested JSON breaks the refusal that shows it", FOUND),
    Mutant("ledger/note.py", "    if encode_base64(decoded) != text:", "    if False:", "base64 in a note has a second spelling", CODECS),
    Mutant("ledger/doubt.py", "yield from _rests_on(world, (stream, key.slot), signer, asked)", "pass", "doubt does not spread to a key", DOUBT),
    Mutant("ledger/doubt.py", "yield from _rests_on(world, (stream, office.slot), signer, asked)", "pass", "doubt does not spread to an office", DOUBT),
    Mutant("ledger/doubt.py", "if all(grants):", "if False:", "doubt does not spread to a mandate", DOUBT),
    Mutant("ledger/doubt.py", "if all(grants):", "if any(grants):", "a second, sound mandate does not carry a statement", DOUBT),
    Mutant("ledger/doubt.py", "            found.extend(doubts)\n", "", "doubt does not spread to a registrar", DOUBT),
    Mutant("ledger/doubt.py", "if any(not self.found[kept.event] for kept in", "if any(True for kept in", "a re-affirmation in doubt lifts doubt", DOUBT),
    Mutant("ledger/doubt.py", "            raise _Unknown(stream, statement)", "            return ()", "what a statement rests on is not asked", DOUBT),
    Mutant("ledger/doubt.py", "yield _doubt(\"ended-late\", signer, _ending(body, then[-1].slot))", "pass", "an end registered late goes unnoticed", DOUBT),
    Mutant("ledger/doubt.py", "for registry in (root,) if where is root else (root, where):", "for registry in (where,):", "the root's suspicion stays in the root", DOUBT),
    # What rests on endorsements
    Mutant("ledger/doubt.py", "yield from (doubt for doubt in found if doubt.doubt == \"suspect\")", "yield from ()", "doubt does not spread from an endorsement", DOUBT),
    Mutant("ledger/doubt.py", "yield from (doubt for doubt in found if doubt.doubt == \"suspect\")", "yield from found", "an undetermined endorsement makes the enactment so", DOUBT),
    Mutant("ledger/doubt.py", "if one.closed_by == statement.event)", "if one.closed)", "an enactment rests on another's endorsements", DOUBT),
    Mutant("ledger/doubt.py", "if one.same_text]", "]", "an enactment rests on endorsements of another text", DOUBT),
    Mutant("ledger/doubt.py", "            waiting += endorsements_of(world, stream, one)\n", "", "the endorsers of what is re-affirmed are not loaded", DOUBT),
    Mutant("ledger/doubt.py", "            self.found = {event: doubts for event, doubts in self.found.items() if not doubts}\n", "", "what rests on what was lifted stays in doubt", DOUBT),
    Mutant("ledger/consent.py", "if voice.index < index}", "}", "what is said after the enactment counts", DOUBT),
    Mutant("ledger/consent.py", "for voice in newest.values() if voice.endorses))", "for voice in newest.values()))", "an enactment rests on a refusal", DOUBT),
    Mutant("ledger/consent.py", "same = content_hash(members_of(event)) == known.content", "same = True", "any text is the one that was endorsed", DOUBT),
    Mutant("projections/judging.py", "yield from self._enactments.resting_on(stated)", "yield from ()", "an enactment is not judged anew with its endorsements", DOUBTS_KEPT),
    Mutant("projections/judging.py", "for one in (stated, *endorsed):", "for one in (stated,):", "what re-affirms an endorsement is forgotten", DOUBTS_KEPT),
    Mutant("projections/doubts.py", "return any(self._stands_in_doubt(stream, index) for index in endorsed)", "return False", "what was suspect when it was enacted goes unnoticed", DOUBTS_KEPT),
    # The doubt of a value
    Mutant("projections/acts_in_doubt.py", "causes if len(set(answers)) > 1 else {}", "causes", "what makes no difference throws doubt", VALUE_DOUBT),
    Mutant("projections/acts_in_doubt.py", "causes if len(set(answers)) > 1 else {}", "{}", "a forged quashing goes unnoticed", VALUE_DOUBT),
    Mutant("projections/acts_in_doubt.py", "if says and might[0].doubt is None:\n                break", "if says:\n                break", "what a forged status hides is not read", VALUE_DOUBT),
    Mutant("projections/acts_in_doubt.py", "        if one.doubt is None:\n            break", "        break", "a forged void of a status hides it", VALUE_DOUBT),
    Mutant("projections/acts_in_doubt.py", "answers += [False] * (might[-1].doubt is not None)", "pass", "an act that a stolen key registered counts soundly", VALUE_DOUBT),
    # A batch judged again, words that other entries give, and whose turn it is
    Mutant("projections/recording.py", "return bisect_left(before, at, key=", "return self.stated.index or bisect_left(before, at, key=", "a batch finds its own envelopes changed since", JUDGED_AGAIN),
    Mutant("projections/recording.py", "return bisect_left(before, at, key=", "return 0 * bisect_left(before, at, key=", "what a policy let pass in silence is not recorded", JUDGED_AGAIN),
    Mutant("projections/consent_records.py", "    except Refusal:", "    except ZeroDivisionError:", "a rule that came later stops the projections", JUDGED_AGAIN),
    Mutant("api/drafts/judge.py", "batch_start=lambda: self._head", "batch_start=lambda: world.position", "drafts of a batch are asked about each other", JUDGED_AGAIN),
    Mutant("projections/reports.py", "for index, word in causes.items() if index in while_stood", "for index, word in causes.items()", "an older statement's review throws doubt on the newer", BESIDE),
    Mutant("projections/reports.py", "for index, word in causes.items() if index < while_stood.stop", "for index, word in causes.items()", "a newer statement's review throws doubt on the older", BESIDE),
    Mutant("projections/proposals.py", "return read_doubt(reading, doc[\"subject\"], index)", "return None", "a forged withdrawal looks sound", BESIDE),
    Mutant("projections/acts_in_doubt.py", "for slot in (self.registered, *self.statuses)", "for slot in (self.registered,)", "an act that a thief suspended looks sound", BESIDE),
    Mutant("projections/acts_in_doubt.py", "words = {slot[-1].doubt for", "words = {slot[0].doubt for", "a status that was soundly voided still throws doubt", BESIDE),
    Mutant("projections/duties/consent.py", "or endorsed.issuperset(before)", "or not any(name in tally.lacking for name in before)", "the turn goes back with an endorsement that counts no more", INBOX),
    Mutant("projections/duties/consent.py", "for voice in proposal.newest() if voice.endorses}", "for voice in proposal.newest()}", "a refusal gives the turn to the next", INBOX),
    Mutant("projections/duties/consent.py", "return _may_enact(desk, office, one) and (office.id in proposers or not able)", "return office.id in proposers", "who may not state a change is told to enact it", INBOX),
    Mutant("projections/duties/consent.py", "(office.id in proposers or not able)", "True", "everyone is told to enact another's proposal", INBOX),
    Mutant("projections/deciding.py", "write.rank > _base(answer)", "True", "what is buried throws doubt", VALUE_DOUBT),
    Mutant("projections/deciding.py", "if write.rank[0] <= day and", "if", "what begins later throws doubt", VALUE_DOUBT),
    Mutant("projections/deciding.py", "        if one.entry not in entries:\n            break", "        break", "a forged void hides what it took away", VALUE_DOUBT),
    Mutant("projections/deciding.py", "        if one.entry not in entries:\n            break", "        pass", "a sound correction leaves the doubt of what it replaced", VALUE_DOUBT),
    Mutant("projections/deciding.py", "if not counting.counts and not counting.causes:", "if False:", "a forged void of what counts no longer throws doubt", VALUE_DOUBT),
    Mutant("projections/deciding.py", "return {**told.on(day).causes, **told.moved} if", "return {**told.moved} if", "a value that counts by a forged restoration looks sound", VALUE_DOUBT),
    Mutant("projections/budget.py", "word = worst_of(row[\"doubtful\"].get(name) for row in summed)", "word = worst_of(row[\"doubtful\"].get(name) for row in parts)", "a total lacks a figure that a forged event took away, and shows no doubt", VALUE_DOUBT),
    Mutant("ledger/kinds/entry_reaffirmed.py", "if meant.kind in OWN_WORD:", "if False:", "any office re-affirms what another said on a proposal", CONSENT),
    Mutant("ledger/doubt.py", "if one.kind == REAFFIRMED:\n            waiting", "if False:\n            waiting", "any office re-affirms the re-affirmation of an endorsement", CONSENT),
    Mutant("ledger/kinds/entry_reaffirmed.py", "OWN_WORD = (\"change.proposed\", ", "OWN_WORD = (", "any office re-affirms another's proposal", CONSENT),
    Mutant("projections/duties/doubts.py", "        if not all(_is_author(office, entry) for entry in one.behind):\n            continue\n", "", "the inbox asks an office to re-affirm another's word", OWN_WORDS),
    Mutant("projections/duties/doubts.py", "if orjson.loads(one.payload)[\"kind\"] != REAFFIRMED:", "if True:", "the inbox asks anybody to re-affirm a re-affirmation", OWN_WORDS),
    Mutant("ledger/kinds/entry_reaffirmed.py", "if not doubts_of(view.world, view.subject, statement):", "if False:", "what is in no doubt is re-affirmed", DOUBT),
    Mutant("ledger/statements.py", "if found.payload != named.payload:", "if False:", "a statement that was replaced is re-affirmed", KEYS),
    Mutant("ledger/authority.py", "if len({one.registrar for one in meant}) != 1:", "if False:", "an office re-affirms what registrars said", KEYS),
    # Policies
    Mutant("ledger/kinds/policy_set.py", "if data.start < view.today:", "if False:", "a policy is retroactive", POLICIES),
    Mutant("ledger/policy.py", "if policy.index < below and policy.said.start <= day:", "if policy.index < below and policy.said.start < day:", "a policy begins a day late", POLICIES),
    Mutant("ledger/policy.py", "p.said.programme in (None, programme)", "True", "a policy of one programme governs all", POLICIES),
    Mutant("ledger/governing.py", "for name in root.governing(body, day):", "for name in [body] if body else ():", "policies of the bodies above do not govern", POLICIES),
    Mutant("ledger/enactment.py", "if one.code in rule.forbidden:", "if False:", "what a policy forbids is acknowledged", POLICIES),
    Mutant("ledger/enactment.py", "one.code in rule.silent and not other_asks", "one.code in rule.silent", "a policy lifts the endorsements that another asks for", POLICIES),
    Mutant("ledger/door.py", "any(one.registrar for one in meant)  #", "kind.registrar  #", "a policy bars registrars from re-affirming the registry", POLICIES),
    Mutant("ledger/policy.py", "for policy in reversed(policies):", "for policy in policies:", "an older policy says who reports", POLICIES),
    Mutant("ledger/enactment.py", "silent=one.asked.shortfall == \"record\"", "silent=False", "a shortfall that is only recorded is asked about", POLICIES),
    Mutant("ledger/enactment.py", "if one.asked.shortfall == \"refuse\":", "if False:", "a shortfall that refuses is acknowledged", POLICIES),
    Mutant("ledger/enactment.py", "if any(signer.office != office for signer in event.signers):", "if all(signer.office != office for signer in event.signers):", "anybody reports beside the executor", POLICIES),
    Mutant("ledger/policy.py", "if step in executor.items:", "if item in executor.items:", "the row above names no executor", POLICIES),
    Mutant("ledger/kinds/policy_set.py", "if asked.needed > len(asked.offices):", "if False:", "more endorsements are asked than there are offices", POLICIES),
    # Policies that nobody could satisfy, or that exclude each other
    Mutant("ledger/kinds/policy_set.py", "if code not in DISCREPANCIES:", "if False:", "a policy forbids what no event can have", SATISFIABLE),
    Mutant("ledger/kinds/policy_set.py", "if kind not in body.offices[office].kinds:", "if False:", "a policy asks an office for what it may not sign", SATISFIABLE),
    Mutant("ledger/kinds/policy_set.py", "if view.body is not None and not reaches(", "if False and not reaches(", "a policy names another council's office", SATISFIABLE),
    Mutant("ledger/kinds/policy_set.py", "reaches(view.world, office, kind, view.body.id, data.start)", "reaches(view.world, office, kind, view.body.id, view.today)", "whom an office acts for is looked up on the wrong day", SATISFIABLE),
    Mutant("ledger/kinds/policy_set.py", "{*rule.silent} & {*other.forbidden} if {*rule.kinds} & {*other.kinds} else set()", "{*rule.silent} & {*other.forbidden} if rule is other else set()", "two rules forbid and silence one discrepancy", SATISFIABLE),
    Mutant("ledger/kinds/policy_set.py", "{*rule.silent} & {*other.forbidden} if {*rule.kinds} & {*other.kinds} else set()", "{*rule.silent} & {*other.forbidden}", "a discrepancy is forbidden for one kind, and silent for none", SATISFIABLE),
    Mutant("ledger/kinds/policy_set.py", "if before != executor.office:", "if False:", "one row is given to two offices", SATISFIABLE),
    Mutant("ledger/kinds/policy_set.py", "for kind in executor.kinds or REPORTS:", "for kind in REPORTS:", "two offices cannot share a row's reports", SATISFIABLE),
    Mutant("ledger/kinds/policy_set.py", "day in calendar.holidays:", "False:", "a day is off and working", SATISFIABLE),
    Mutant("ledger/kinds/policy_set.py", "data.session.amount.startswith(\"-\")", "False", "the session's threshold is below nothing", SATISFIABLE),
    Mutant("ledger/satisfiable.py", "            _check_orders(together, kind)\n", "", "two orders of endorsers exclude each other", SATISFIABLE),
    Mutant("ledger/satisfiable.py", "            _check_signers(together, kind)\n", "", "two rules about who signs exclude each other", SATISFIABLE),
    Mutant("ledger/satisfiable.py", "            _check_endorsers(together, kind)\n", "", "endorsements are asked that nobody can give", SATISFIABLE),
    Mutant("ledger/satisfiable.py", "        _check_executors(together)\n", "", "an executor may not sign its reports", SATISFIABLE),
    Mutant("ledger/satisfiable.py", "for first, second in pairwise(asked.offices) if asked.ordered else ():", "for first, second in pairwise(asked.offices):", "offices without an order are taken for ordered", SATISFIABLE),
    Mutant("ledger/satisfiable.py", "            ways.extend([*way, step] for step in steps.get(last, ()))\n", "            pass\n", "orders go round in a circle of three", SATISFIABLE),
    Mutant("ledger/satisfiable.py", "any(together.persons(office) for office in able):", "able:", "only offices that nobody holds may sign", SATISFIABLE),
    Mutant("ledger/satisfiable.py", "forbidden or one[1].shortfall == \"refuse\"", "one[1].shortfall == \"refuse\"", "a shortfall that is forbidden counts as harmless", SATISFIABLE),
    Mutant("ledger/satisfiable.py", "forbidden or one[1].shortfall == \"refuse\"", "True", "a shortfall that is only shown is refused", SATISFIABLE),
    Mutant("ledger/satisfiable.py", "    if restricted & {PROPOSED, ENDORSED}:", "    if False:", "a rule about endorsing is not held against what others ask", SATISFIABLE),
    Mutant("ledger/satisfiable.py", "if any(asked.other_persons for _, asked in demands) else None", "if all(asked.other_persons for _, asked in demands) else None", "who proposed endorses although one rule asks for other persons", SATISFIABLE),
    Mutant("ledger/satisfiable.py", "        if all(short):", "        if any(short):", "every proposer must leave enough others", SATISFIABLE),
    Mutant("ledger/satisfiable.py", "short = [[one for one in strict if _short(together, one, person)] for person in proposers]", "short = [[one for one in strict[:1] if _short(together, one, person)] for person in proposers]", "two demands are met by two different proposers", SATISFIABLE),
    Mutant("ledger/satisfiable.py", "key=lambda policy: -policy.index", "key=lambda policy: policy.index", "an executor of an older policy stays in charge", SATISFIABLE),
    Mutant("ledger/satisfiable.py", "if office not in allowed and new in (policy, *rules):", "if office not in allowed and new == policy:", "a rule takes an executor's reports away", SATISFIABLE),
    Mutant("ledger/together.py", "all(office in offices for offices in named)]", "any(office in offices for offices in named)]", "one rule is enough to let an office sign", SATISFIABLE),
    Mutant("ledger/together.py", "self.may_sign(one, kind) and self.reaches(one, kind)]", "self.may_sign(one, kind)]", "who signs in the council signs in the district", SATISFIABLE),
    Mutant("ledger/together.py", "one for one in holders if body is not None and live_keys(self.world, body, one)", "one for one in holders", "whoever holds an office needs no key", SATISFIABLE),
    Mutant("ledger/together.py", "holders = body.holders(office, self.day) if", "holders = body.holders(office, \"2025-09-01\") if", "holders are counted on the wrong day", SATISFIABLE),
    Mutant("ledger/together.py", "may &= may if allowed is None else {*allowed}", "may &= may", "an endorser whom another rule bars counts", SATISFIABLE),
    Mutant("ledger/together.py", "sorted(self.persons(one) - {without})", "sorted(self.persons(one))", "who proposed counts among the endorsers", SATISFIABLE),
    Mutant("ledger/together.py", "count = matched if asked.other_persons else _held", "count = _held", "one person in two offices endorses twice", SATISFIABLE),
    Mutant("ledger/together.py", "    if not asked.ordered:\n        return count(held)\n    return max", "    return count(held)\n    return max", "an order is thought to pass by an office that nobody holds", SATISFIABLE),
    Mutant("ledger/together.py", "    if kind in CONSENT:\n", "    if False:\n", "no office above or below can be asked to endorse", SATISFIABLE),
    Mutant("ledger/together.py", "policy.said.start >= new.said.start}", "policy is new}", "a policy is not held against those stated for later", SATISFIABLE),
    Mutant("ledger/together.py", "            if any(policy.said.start == day for policy in found):\n", "            if True:\n", "a policy is judged on the first day of one that was ended before", SATISFIABLE),
    Mutant("ledger/together.py", "programmes: list[str | None] = [new.said.programme]", "programmes: list[str | None] = [None]", "a policy of a programme is not judged", SATISFIABLE),
    Mutant("ledger/together.py", "        programmes += sorted(", "        sorted(", "a policy for all is not held against those of single programmes", SATISFIABLE),
    Mutant("ledger/together.py", "for body in (owner, *took_over(world.root, owner, day)):", "for body in (owner,):", "a predecessor's policies are not held against the successor's", SATISFIABLE),
    Mutant("ledger/together.py", "after.successor == name and after.start <= day and", "after.successor == name and", "a succession counts before its day", SATISFIABLE),
    Mutant("ledger/streams.py", "        yield from event.data.offices()\n        for body in (name, *_judged_over(world, event)):", "        for body in ():", "the offices of other policies are not known", SATISFIABLE),
    Mutant("ledger/streams.py", "*_judged_over(world, event)]\n", "]\n", "the predecessors' policies are not known", SATISFIABLE),
    Mutant("ledger/families.py", "and kind not in {*asked}", "and kind not in {*kinds}", "a kind that another rule asks is shown as uncovered", FAMILIES),
    Mutant("projections/policies.py", "uncovered(item[\"kinds\"], asked)", "uncovered(item[\"kinds\"], item[\"kinds\"])", "what another policy asks is shown as uncovered", UNCOVERED),
    # Consent
    Mutant("ledger/consent.py", "reversed(self.voices)", "self.voices", "the oldest word of an office counts", CONSENT),
    Mutant("ledger/consent.py", "if n != \"enacts\" and v is not None}", "if v is not None}", "the hash holds the enactment, so that no text is the same", CONSENT),
    Mutant("ledger/consent.py", "\"effective\", \"relations\", \"files\", \"data\")", "\"effective\", \"relations\", \"data\")", "files are not endorsed", CONSENT),
    Mutant("ledger/consent.py", "exclude_unset=True", "exclude_defaults=True", "a member that says its default is forgotten", CONSENT),
    Mutant("ledger/kinds/proposals.py", "if content != proposal.content:", "if False:", "an endorsement is replayed onto another proposal", CONSENT),
    Mutant("ledger/kinds/proposals.py", "if found.closed is not None:", "if False:", "a withdrawn proposal is enacted", CONSENT),
    Mutant("ledger/kinds/proposals.py", "today > last[1]", "today >= last[1]", "a proposal lapses a day early", CONSENT),
    Mutant("ledger/kinds/proposals.py", "in_force(stated, begun, below=proposal.index,", "in_force(stated, begun, below=1 << 60,", "a later policy shortens a proposal's life", CONSENT),
    Mutant("ledger/kinds/proposals.py", "if proposal.index < touched < batch_start:", "if proposal.index < touched < 0:", "what was overtaken is enacted unasked", CONSENT),
    Mutant("ledger/voices.py", "(not same_text, \"other-text\"),", "", "endorsements are carried over to another text", CONSENT),
    Mutant("ledger/voices.py", "        return \"mandate-ended\"\n", "        return None\n", "who left the office still endorses", CONSENT),
    Mutant("ledger/voices.py", "if voice.kid in body.revoked or voice.kid in world.root.revoked:", "if voice.kid in body.revoked:", "a key that the root revoked still endorses", CONSENT),
    Mutant("ledger/voices.py", "return \"in-doubt\" if", "return \"in-doubt\" if False and", "an endorsement in doubt counts", CONSENT),
    Mutant("ledger/voices.py", "if asked.other_persons and person in proposal.proposers:", "if False:", "a proposer endorses", CONSENT),
    Mutant("ledger/voices.py", "any(one == person and other != office for one, other in given):", "False:", "one person endorses twice", CONSENT),
    Mutant("ledger/voices.py", "for name, one in said.items() if _stands(view, one)}", "for name, one in said.items()}", "an endorsement that counts no more bars another", CONSENT),
    Mutant("ledger/voices.py", "if one not in said and one not in together", "if one not in standing and one not in together", "the order is judged again", CONSENT),
    Mutant("ledger/voices.py", "(asked.other_persons and any(voice.person == other.person for other in counted), \"same-person\"),", "", "one person is counted twice", CONSENT),
    Mutant("ledger/voices.py", "        if waiting:\n", "        if False:\n", "an office endorses before the one that comes first", CONSENT),
    Mutant("ledger/enactment.py", "if mine != proposal.members.get(\"relations\"):", "if False:", "a proposal is enacted as a correction of something", CONSENT),
    Mutant("ledger/enactment.py", "if event.kind != proposal.kind:", "if False:", "a proposal is enacted by another kind", CONSENT),
    Mutant("ledger/kinds/change_withdrawn.py", "if signer.office not in offices:", "if False:", "anybody withdraws a proposal", CONSENT),
    # Reports
    Mutant("ledger/kinds/report_accepted.py", "if signer.person in authors:", "if False:", "who reports accepts it", OWN_REPORT),
    Mutant("ledger/kinds/report_accepted.py", "authors = {signer.person for signer in", "authors = {signer.office for signer in", "who reports accepts it in another office", OWN_REPORT),
    # Words, and what refusals tell
    Mutant("ledger/values.py", "if not text.strip():", "if not text:", "a blank says something", BLANK),
    Mutant("ledger/values.py", "StringConstraints(min_length=1, max_length=4000), AfterValidator(_not_blank)]", "StringConstraints(min_length=1, max_length=4000)]", "a blank is a reason", BLANK),
    Mutant("ledger/values.py", "StringConstraints(min_length=1, max_length=600), AfterValidator(_not_blank)]", "StringConstraints(min_length=1, max_length=600)]", "a blank is a name", BLANK),
    Mutant("ledger/enactment.py", "details = {\"instead\": _setters(view, policy), **one.details,", "details = {**one.details,", "what a policy forbids nobody can help", TOLD),
    Mutant("ledger/enactment.py", "{\"instead\": _setters(view, policy), **one.details,", "{**one.details, \"instead\": _setters(view, policy),", "a refusal names the policy's registrars where endorsers could help", TOLD),
    Mutant("ledger/kinds/key_revoked.py", "if known else []", "", "who could revoke a key that nobody knows is named", TOLD),
    # The opening ceremony
    Mutant("ledger/opening.py", "if len({*bytes.fromhex(nonce)}) == 1:", "if False:", "one person alone chooses the nonce", CEREMONY),
    Mutant("api/cli/opening.py", "            _make(sheet, directory, undo)\n", "            pass\n", "a sheet that cannot be written costs the ceremony", CEREMONY),
    Mutant("api/cli/opening.py", "    undo.callback(sheet.unlink, missing_ok=True)\n", "", "an empty sheet is left where nothing was opened", CEREMONY),
    Mutant("api/cli/opening.py", "            undo.callback(_remove_empty, directory)\n", "", "a directory is left where nothing was opened", CEREMONY),
    # Oversight
    Mutant("ledger/kinds/observation_answered.py", "if authors is None and known.to not in (None, signer.office):", "if False:", "another office answers", OVERSIGHT),
    Mutant("ledger/kinds/observation_answered.py", "if authors is None and known.to not in (None, signer.office):", "if known.to not in (None, signer.office):", "nobody mends an answer where another office is asked by now", OVERSIGHT),
    Mutant("ledger/kinds/observation_answered.py", "        check_authors(view, event, authors, without=known.observers)\n", "        pass\n", "any office takes an answer back", OVERSIGHT),
    Mutant("ledger/kinds/observation_answered.py", "before is not None and before.slot != data.observation", "False", "an answer is moved to another observation", OVERSIGHT),
    Mutant("ledger/kinds/observation_answered.py", "(known is None or known.void)", "known is None", "a voided observation is answered", OVERSIGHT),
    Mutant("ledger/kinds/observation_made.py", "        check_authors(view, event, known.offices)\n", "        pass\n", "any office takes an observation back", OVERSIGHT),
    Mutant("ledger/kinds/observation_made.py", "if not acts_for(view.world, body.id, owner, view.today):", "if False:", "an office is asked that could never answer", OVERSIGHT),
    Mutant("ledger/kinds/authors.py", "for place, signer in enumerate(event.signers):", "for place, signer in enumerate(event.signers[:1]):", "another office signs beside the author", OVERSIGHT),
    Mutant("ledger/oversight.py", "return next((one for one in known.values() if slot in one.given), None)", "return next((one for one in known.values() if slot in one.answers), None)", "whose a voided answer was is forgotten", OVERSIGHT),
    Mutant("ledger/oversight.py", "about.given if slot in about.given else about.given.set(", "about.given.set(", "who corrects an answer alone takes it from who gave it too", OVERSIGHT),
    Mutant("ledger/kinds/observation_answered.py", "if signer.person in known.observers:", "if False:", "who observed answers", OVERSIGHT),
    Mutant("ledger/oversight.py", "    observers |= old.observers\n", "", "who was corrected answers the own observation", OVERSIGHT),
    Mutant("ledger/doubt.py", " and len(people) >= one.threshold", "", "a suspect statement that lowers k is forgotten", DOUBT),
    Mutant("ledger/doubt.py", "if statement.event_index == 0:", "if False:", "the opening itself is doubted", DOUBT),
    # Reach, and what a succession leaves in force
    Mutant("ledger/reach.py", "if found.threshold:", "if found.threshold and name == body:", "the registrars above manage nothing below", REACH),
    Mutant("ledger/reach.py", "return body == there or _name(managing(world, body, day)) == _name(managing(world, there, day))", "return True", "who manages a body below gives power over the one above", REACH),
    Mutant("ledger/reach.py", "if is_succeeded(world, body, day) or not", "if not", "an office of a body that was succeeded goes on acting for the one above", REACH),
    Mutant("ledger/reach.py", "if event.kind in CONSENT:", "if hasattr(event.data, \"proposal\"):", "who is asked to endorse withdraws", REACH),
    Mutant("ledger/reach.py", "elif event.kind == REAFFIRMED:", "elif False:", "who was asked cannot re-affirm what was said", REACH),
    Mutant("ledger/reach.py", "rules_of(policies, proposal.kind) if", "((one, rule) for one in policies for rule in one.said.rules) if", "who is asked about one kind endorses another", REACH),
    Mutant("ledger/authority.py", "return not is_succeeded(world, body, today) and office in", "return office in", "an office of a body that was succeeded endorses", REACH),
    Mutant("ledger/authority.py", "and office in _asked(world, event, owner, today)", "and False", "who is asked from outside may not endorse", REACH),
    Mutant("ledger/authority.py", "for body in world.root.lineage(name) if family", "for body in (name,) if family", "signatures of the registrars above go unchecked", REACH),
    Mutant("ledger/remedy.py", "if _acts_for(world, body.id, owner, day)", "if world.root.belongs(body.id, owner, day)", "a refusal names who would be refused, too", REACH),
    Mutant("ledger/remedy.py", "return known and acts_for(world, body, owner, day)", "return acts_for(world, body, owner, day)", "a refusal stops at a body that is known for its acts alone", REACH),
    Mutant("ledger/remedy.py", "gone = body is None or is_succeeded(world, body.id, day)", "gone = body is None", "a refusal names who holds an office of no body", REACH),
    Mutant("ledger/streams.py", "_with_lineages(world, (*named, *bodies_above(world, event)), reader)", "_with_lineages(world, bodies_above(world, event), reader)", "nobody knows who manages the signer's body", REACH),
    Mutant("ledger/doubt.py", "world.root.known_before(index).chain(name, day)", "(world.root.current(name, day),)", "doubt of what registrars signed below does not spread from them", REACH),
    Mutant("ledger/doubt.py", "world.root.known_before(index).chain(name, day)", "world.root.chain(name, day)", "doubt ends when a body is said to stand elsewhere", REACH),
    Mutant("projections/governing.py", "threshold=row[\"k\"] or 0", "threshold=0", "the inbox shows what other registrars' offices have to do", REACH),
    Mutant("projections/duties/desk.py", "return acts_for(self.world, office.body, owned.owner, self.today)", "return self.world.root.belongs(office.body, owned.owner, self.today)", "the inbox reaches further than the door", REACH),
    Mutant("projections/duties/desk.py", "if is_succeeded(self.world, office.body, self.today):", "if False:", "the inbox asks an office of a body that was succeeded", REACH),
    Mutant("projections/duties/desk.py", "(said <= {*CONSENT} and self.is_asked(office, owned))", "False", "the inbox does not ask who is asked from outside", REACH),
    Mutant("ledger/registry.py", "            found.append(step)\n            after = entry.succeeded\n", "            after = entry.succeeded\n            found += [] if after is not None and after.start <= day else [step]\n", "a predecessor's policies end with it", SUCCESSION),
    Mutant("ledger/registry.py", "after.start <= day else entry.parent", "after.start < day else entry.parent", "the successor's policies begin a day late", SUCCESSION),
    Mutant("ledger/governing.py", "adopter_of(world, event) or owner", "owner", "only the successor's policies judge what it took over", SUCCESSION),
    Mutant("ledger/streams.py", "    for name in world.root.lineage(body):\n        yield", "    for name in world.root.governing(body, \"9999-12-31\"):\n        yield", "endorsers whom the body above the predecessor asks are not loaded", SUCCESSION),
    Mutant("projections/duties/desk.py", "return policies_over(self.world, owned.body, self.today)", "return policies_over(self.world, owned.owner, self.today)", "the inbox forgets the predecessor's policies", SUCCESSION),
    Mutant("projections/duties/desk.py", "key = (owned.body, owned.programme)", "key = (owned.owner, owned.programme)", "the inbox takes a predecessor's policies for the successor's", SUCCESSION),
    Mutant("ledger/kinds/proposals.py", ", known_before=proposal.index)", ")", "a succession registered later moves a proposal's last day", LAPSE),
    Mutant("ledger/registry.py", "moved = known is not None and known.place != entry.place", "moved = False", "what was said of the bodies before is forgotten", LAPSE),
    Mutant("ledger/registry.py", "self.ties.set(entry.id, (*ties, *new))", "self.ties.set(entry.id, new)", "who once stood above is not loaded", LAPSE),
    Mutant("projections/governing.py", "known_from - 1)", "known_from)", "the entry after a succession is judged as if it had not been said", LAPSE),
    Mutant("ledger/cosignature.py", "if not 0 < time <= TIME_MAX:", "if not 0 <= time <= TIME_MAX:", "a cosignature without a time is one", COSIGNATURE),
    Mutant("ledger/note.py", '        PublicKey("Ed25519", key.public_key)\n', "        pass\n", "a key of small order, of a witness or a log, verifies anything", COSIGNATURE),
    Mutant("ledger/witness/policy.py", "return reached[group.threshold - 1] if", "return reached[0] if", "a quorum counts as reached by its first cosignature", WITNESS_POLICY),
    Mutant("ledger/witness/policy.py", "        if public_key in self._keys:", "        if False:", "one key counts twice under two names", WITNESS_POLICY),
    Mutant("ledger/witness/policy.py", "            if member in self._members:", "            if False:", "one witness counts twice in two groups", WITNESS_POLICY),
    Mutant("ledger/witness/policy.py", "    if not any((one.name, one.key_id) in log_ids for one in opened.verified):", "    if False:", "a witness with the log's name signs its checkpoints", WITNESS_POLICY),
    Mutant("ledger/witness/policy.py", "at is not None or policy.quorum == NONE", "True", "a quorum that is not met is satisfied", WITNESS_POLICY),
    Mutant("ledger/witness/policy.py", "yield name, min(counted)", "yield name, counted[0]", "the order of lines changes when a checkpoint was witnessed", WITNESS_POLICY),
    Mutant("ledger/witness/witness.py", "if request.old_size != kept.size:", "if request.old_size < kept.size:", "a witness believes the log's word for its own size", WITNESS),
    Mutant("ledger/witness/witness.py", "        if head is not None and forked:", "        if False:", "evidence of a fork is thrown away", WITNESS),
    Mutant("ledger/witness/witness.py", "        _check_time(time, writing.last_time())\n", "", "a witness's time goes back", WITNESS),
    Mutant("ledger/witness/witness.py", "        writing.keep(Head(checkpoint, note, time))\n", "", "a cosignature is given and forgotten", WITNESS),
    Mutant("ledger/witness/memory.py", "            self._database.execute(\"BEGIN IMMEDIATE\")\n            try:", "            self._database.execute(\"BEGIN\")\n            try:", "two processes check at once and both cosign", WITNESS_STATE),
    Mutant("ledger/witness/memory.py", "        if said != (origin, size, root, time):", "        if False:", "a head that somebody edited is believed", WITNESS_STATE),
    Mutant("ledger/witness/memory.py", "    if about.get(\"key\") != key:", "    if False:", "a key goes on from another key's memory", WITNESS_STATE),
    Mutant("ledger/witness/folder.py", "        if self.key.exists() == self.state.exists():", "        if True:", "a witness that lost its memory signs on", WITNESS_CLI),
    Mutant("ledger/witness/folder.py", "mode & (stat.S_IRWXG | stat.S_IRWXO)", "False", "a key that others read is used", WITNESS_CLI),
    Mutant("ledger/witness/request.py", "    if len(lines) > PROOF_LINES_MAX:", "    if False:", "a proof of any length is read", WITNESS),
    Mutant("api/witness/dialogue.py", "        if abs(time - now) > SKEW_SECONDS_MAX:", "        if False:", "a witness with a wrong clock dates the log", WITNESSING),
    Mutant("api/witness/dialogue.py", "        if size > self._asked.newest:", "        if False:", "a restored backup goes unnoticed", WITNESSING),
    Mutant("api/witness/dialogue.py", "        if answer.status == 422 and old:", "        if False:", "a fork is taken for a refusal", WITNESSING),
    Mutant("api/witness/dialogue.py", "        opened = open_note(format_note(self._asked.text, signatures), [self._witness.verifier])\n        (cosignature,) = opened.verified\n", "        cosignature = signatures[0]\n", "a cosignature is counted unverified", WITNESSING),
    Mutant("api/witness/asking.py", "                if len(received) > ANSWER_BYTES_MAX:", "                if False:", "an answer of any length is read", WITNESSING),
    # What a client remembers, and restoring
    Mutant("ledger/seen.py", "    if new.size < old.size:\n        raise", "    if False:\n        raise", "an older log is taken", REMEMBERING),
    Mutant("ledger/seen.py", "    if new.size == 0:\n", "    if False:\n", "an emptied log is taken at first use", REMEMBERING),
    Mutant("ledger/seen.py", "        if smaller.root != larger.root:\n", "        if False:\n", "a fork of one size goes unnoticed", REMEMBERING),
    Mutant("ledger/seen.py", "    except ConsistencyProofError as error:\n        raise Fork(", "    except ConsistencyProofError as error:\n        return\n        raise Fork(", "a fork without a proof is taken for growth", REMEMBERING),
    Mutant("ledger/remembering.py", "            if old is None or new.size > old.size:\n                self._write(log, new)\n            return new", "            return new", "nothing is remembered", REMEMBERING),
    Mutant("ledger/remembering.py", "                fcntl.flock(handle, fcntl.LOCK_EX)\n            yield", "                pass\n            yield", "two commands at once see a rollback that is none", REMEMBERING),
    Mutant("ledger/remembering.py", "                alarm.evidence = self._keep_evidence(log, alarm.why, old, alarm.new)\n", "                pass\n", "the evidence of a fork is thrown away", REMEMBERING),
    Mutant("ledger/remembering.py", "    if (members[\"size\"], members[\"root\"]) != (head.size, head.root.hex()):", "    if False:", "a damaged memory is believed", REMEMBERING),
    Mutant("api/cli/watching.py", "    newest = check_head(client, path, trusted)\n    if newest is None:", "    newest = None\n    if newest is None:", "an answer is shown whatever log it comes from", ROLLBACK),
    Mutant("api/cli/watching.py", "            check_head(client, path, trusted)\n        raise", "            pass\n        raise", "a rolled-back server denies what it had", ROLLBACK),
    Mutant("api/cli/watching.py", "        if note != newest.note:\n", "        if False:\n", "a receipt from another past is said to be recorded", ROLLBACK),
    Mutant("api/cli/watching.py", "        if problem.code != \"stopped\":\n            raise\n        raise NoHead(", "        if True:\n            raise\n        raise NoHead(", "a restored backup is taken for a server at rest", ROLLBACK),
    Mutant("ledger/backup.py", "        _check_tables(path, walked.size)\n", "", "a backup whose tables are not those of its entries is restored", BACKUP_TABLES),
    Mutant("ledger/walking.py", "(checkpoint.origin, checkpoint.size, checkpoint.root) != (origin, stored[0], root)", "False", "a backup that its checkpoint does not vouch for is restored", RESTORE),
    Mutant("ledger/restoring.py", "            if size > backup.size:\n", "            if False:\n", "a longer log is replaced", RESTORE),
    Mutant("ledger/restoring.py", "    if size <= backup.size and backup.root_at(size) != root:\n", "    if False:\n", "a backup of another past is restored", RESTORE),
    Mutant("ledger/restoring.py", "    if silent:\n", "    if False:\n", "a witness that does not answer has seen nothing", RESTORE),
    Mutant("ledger/restoring.py", "        if log.exists():\n", "        if False:\n", "a lost file's write-ahead log is mixed into the backup", RESTORE),
    Mutant("api/cli/restoring.py", "        check_memory(backup, place, asked)\n", "", "a memory that was restored too lets the key sign twice", RESTORE),
    Mutant("api/cli/restoring.py", "missing_of(backup, place, asked)", "None", "nobody is told what is missing", RESTORE),
    # Trusted time, and the rounds that keep it
    Mutant("ledger/stamps.py", "    if not stamp.is_over(text):\n", "    if False:\n", "a stamp over another text is blamed on its authority", STAMPS),
    Mutant("ledger/stamps.py", "        granted = parsed.status == PKIStatus.GRANTED\n", "        granted = True\n", "what was not granted is a stamp", STAMPS),
    Mutant("ledger/stamps.py", "    _check_chain(parsed, text, trusted)\n", "", "anybody is a time-stamping authority", STAMPS),
    Mutant("ledger/stamps.py", "signer, trusted = check_signer(parsed), ", "signer, trusted = __import__('ledger.stamp_certificate').stamp_certificate._signer(parsed), ", "a certificate put beside the signer's is taken for it", STAMPS),
    Mutant("ledger/stamps.py", "_sorted(read_element(response), _WAY_TO_CERTIFICATES).der", "response", "honest authorities that do not sort are refused", STAMPS),
    Mutant("ledger/stamps.py", "    if len(imprint.message) != hashlib.new(name).digest_size:", "    if False:", "an imprint of any length is read", STAMPS),
    Mutant("ledger/stamps.py", "        return self.gen_time + timedelta(seconds=1) + self.accuracy", "        return self.gen_time", "an honest entry looks younger than its stamp", STAMPS),
    Mutant("ledger/stamp_certificate.py", "    if not purposes.critical:\n", "    if False:\n", "nobody is told that the purpose is not critical", STAMPS),
    Mutant("ledger/stamp_certificate.py", "if list(purposes.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:", "if False:", "nobody is told that the purpose is another", STAMPS),
    Mutant("ledger/stamp_certificate.py", "    if len(signers) != 1 or len(named) != 1:", "    if not named:", "of two certificates with one number either is judged", STAMPS),
    Mutant("ledger/stamp_certificate.py", "        if _stated(kind, first) != _expected(kind, first, certificate):", "        if False:", "a certificate in the signer's place is taken for it", STAMPS),
    Mutant("ledger/stamp_certificate.py", "    if not found or len({kind", "    if len({kind", "no certificate is signed, and none is asked for", STAMPS),
    Mutant("api/stamping.py", "    if stamp.nonce != request.nonce:\n", "    if False:\n", "an old stamp is taken for a new one", STAMPING),
    Mutant("api/stamping.py", "            if len(received) > RESPONSE_BYTES_MAX:\n", "            if False:\n", "an answer of any length is read", STAMPING),
    Mutant("api/trust/round.py", "            if not collected.satisfied:\n", "            if False:\n", "too few cosignatures are recorded", ROUNDS),
    Mutant("api/trust/round.py", "        if lacking and not (lacking == [ANCHORED] and due(world, self._ledger.reader)):\n", "        if False:\n", "witnesses who are away make the log grow", ROUNDS),
    Mutant("api/trust/round.py", "not (self._anew or due(world, self._ledger.reader))", "False", "a quiet log grows for ever", ROUNDS),
    Mutant("api/trust/round.py", "if newest is None or newest[0] <= trust.heads.index:", "if newest is None:", "a process that takes the rounds over asks witnesses for an old checkpoint, for ever", ROUNDS_TAKEN_OVER),
    Mutant("api/trust/judged.py", "    if not found.satisfied or found.at is None:\n", "    if False:\n", "a policy that is not satisfied is shown as witnessed", ROUNDS_SERVED),
    Mutant("api/trust/standing.py", "check_stamp(b64decode(data.response), text.encode(), authority.roots)", "__import__('ledger.stamps').stamps.read_stamp(b64decode(data.response))", "anybody's stamp is shown", ROUNDS_SERVED),
    Mutant("api/trust/keeper.py", "            self._hold(ASKING)\n", "            pass\n", "entries are taken before the witnesses were asked", ROUNDS_SERVED),
    Mutant("api/trust/keeper.py", "            self._hold(outcome.reason)\n", "            self._hold(None)\n", "a restored backup goes on", ROUNDS_SERVED),
    Mutant("ledger/append/appender.py", "        stopped = self._held\n", "        stopped = None\n", "a ledger that is held takes entries", ROUNDS_SERVED),
    Mutant("api/trust/round.py", "not (self._anew or due(world, self._ledger.reader))", "not due(world, self._ledger.reader)", "a new witness is not asked about a quiet log", REASONS),
    Mutant("api/trust/round.py", "                self._anew = False\n                return covering", "                return covering", "a round is made twice after every start", REASONS),
    Mutant("api/trust/lateness.py", '        self._failing: str | None = ""', "        self._failing: str | None = None", "a restart hides since when the log is not witnessed", ROUNDS_RUN),
    Mutant("api/trust/standing.py", "covered.size if covered is not None else 0", "0", "what was witnessed is said not to be", REASONS),
    Mutant("api/trust/keeper.py", "if since is None or self._clock.now() - since < self._late:", "if True:", "an authority that gives no stamps is in the server's log alone", NOTES),
    Mutant("api/trust/keeper.py", "if since is None or self._clock.now() - since < self._late:", "if since is None:", "a stamp that is awaited is called late", NOTES),
    Mutant("api/trust/outside.py", "    check_authority(settings.tsa_url)\n", "", "a server starts that can never ask its authority", NOTES),
    Mutant("api/cli/addresses.py", "    return \"dots\" if any(one in (\".\", \"..\") for one in segments) else None", "    return None", "an address with dot segments is asked", ADDRESSES),
    Mutant("api/trust/keeper.py", "unusable(self._ledger, since) or ", "", "a revoked service key is called a silent witness", REASONS),
    Mutant("api/trust/fitting.py", "        if strange:\n", "        if False:\n", "a policy of another log is served by", SERVING),
    Mutant("api/trust/fitting.py", "    if policy.reached_at(dict.fromkeys(asked, 0)) is None:\n", "    if False:\n", "a quorum that cannot be met is waited for", ROUNDS_RUN),
    Mutant("api/cli/witnessed_by.py", "        return head_by(policy, note, logs).note\n", "        return note\n", "what a server calls witnessed is published as that", PUBLISH_WITNESSED),
    Mutant("api/readiness.py", "shorten(text, 10 * len(text))", "shorten(text)", "a reason not to be ready is cut", REASONS),
    Mutant("api/witness/told.py", "instant(times[0]) if times else None", "instant(one.time)", "evidence of a fork is dated wrongly", WITNESS_CLI),
    Mutant("api/trust/guard.py", "        check_none_longer(seen)\n", "", "nobody compares what the witnesses have seen", ROUNDS_SERVED),
    Mutant("api/trust/lateness.py", "if self._failing is None or since is None or now - since < self._limit:", "if True:", "rounds fail for ever and are never late", ROUNDS_RUN),
    Mutant("api/trust/runner.py", "min(self._pause * 2, self._pause_max)", "self._seconds", "witnesses that fail are asked without rest", ROUNDS_RUN),
    Mutant("ledger/authority.py", "        if one.office != SERVICE or place > 0:\n", "        if one.office != SERVICE:\n", "two service keys sign one statement", SERVICE_KEY),
    Mutant("ledger/authority.py", "    if key.service != signer.person:\n", "    if False:\n", "a service key speaks in another's name", SERVICE_KEY),
    Mutant("ledger/authority.py", "        if signer.office == SERVICE:\n            raise Refusal(", "        if False:\n            raise Refusal(", "the service signs decisions", SERVICE_KEY),
    Mutant("ledger/kinds/service_key_enrolled.py", "    if data.service in view.root.persons:\n", "    if False:\n", "a person's id becomes the machine's, and its key the person's", SERVICE_KEY),
    Mutant("ledger/kinds/checkpoints.py", "    if size > view.world.position:\n", "    if size > view.world.position + 1:\n", "a checkpoint over its own entry", SERVICE_KEY),
    Mutant("ledger/kinds/checkpoints.py", "    if size <= size_of(before):\n", "    if size < size_of(before):\n", "the same checkpoint is anchored again and again", SERVICE_KEY),
    Mutant("ledger/kinds/checkpoint_witnessed.py", "one.name != origin and ", "", "the log's own line counts as a witness's", SERVICE_KEY),
    Mutant("ledger/heads.py", "key=lambda row: row[0].encode()", "key=lambda row: row[2]", "heads in the order of entries", HEADS),
    Mutant("ledger/service_signing.py", "    start = size_of(world.trust.heads)\n", "    start = world.trust.heads.index if world.trust.heads else 0\n", "what came between the heads and their record is never covered", HEADS),
    Mutant("ledger/service_key.py", "if key is None or key.public.kid in root.revoked:", "if key is None:", "a revoked service key goes on signing refusals", SIGNED_REFUSALS),
    Mutant("ledger/refusals.py", "    if payloads is not None and tuple(payloads) != refused.payloads:\n", "    if False:\n", "a refusal of another statement is taken for one of this", SIGNED_REFUSALS),
    Mutant("ledger/append/group.py", "                fault.position = size\n", "                fault.position = 0\n", "a refusal names another position", SIGNED_REFUSALS),
    Mutant("projections/anchoring.py", "rows = reading.rows(query, [kind, _id(index), reading.position])", "rows = reading.rows(query, [kind, _id(index - 1), reading.position])", "a checkpoint that does not hold an entry covers it", ANCHORING),
    Mutant("ledger/verify/tables.py", "        if not known:\n", "        if False:\n", "a trigger in the database is nobody's business", TAMPERED_FILE),
    Mutant("ledger/verify/tables.py", "(start or -1, end)", "(start, end)", "who signed the log of no entries is not asked", TAMPERED_FILE),
    Mutant("ledger/verify/sweep.py", "    if not isinstance(row.stream, str):", "    if False:", "an entry in no stream is judged by nobody", TAMPERED_FILE),
    Mutant("ledger/verify/ledger_file.py", "        if found[0] < size <= end:\n", "        if False:\n", "a head newer than all that are stored is called a rollback", VERIFYING),
    Mutant("ledger/verify/judging.py", "    if event in events:\n", "    if False:\n", "what was signed once counts twice", TAMPERED_ENTRIES),
    Mutant("ledger/verify/whole.py", "    elif (genesis, data.origin) != (anchors.genesis, anchors.origin):\n", "    elif False:\n", "any ledger is the trusted one", TAMPERED_ENTRIES),
    Mutant("ledger/verify/whole.py", '    compare_roots(remembered, kept, growing.roots, "remembered checkpoint")\n', "", "a fork of the log is not seen", TAMPERED_ENTRIES),
    Mutant("ledger/verify/completeness.py", "        if row.version != count or versions != list(range(1, count + 1)) or last != row.last:\n", "        if False:\n", "a cut stream is called whole", TAMPERED_BUNDLES),
    Mutant("ledger/verify/bundle_files.py", " or sha256(archive.content(digest)).hexdigest() != digest:", ":", "an altered file passes", TAMPERED_BUNDLES),
    Mutant("ledger/verify/bundle.py", "        if not size <= row.leaf < index and (row.stream in judged or _is_subject(row, bundle.subject)):\n", "        if False:\n", "a revocation is passed off as there for its time alone", TAMPERED_BUNDLES),
    Mutant("api/cli/verdicts.py", '"skipped" if is_empty(check) else check.status', "check.status", "a check that looked at nothing is green", CHECK_WORDS),
    Mutant("api/cli/verifying.py", 'OK if report.verdict == "verified" else REFUSED', 'OK if report.verdict != "failed" else REFUSED', "not authenticated ends as if verified", VERIFYING),
    Mutant("api/bundles/files.py", "        if is_restricted(read_named(reading, sha256)):\n", "        if False:\n", "a restricted file leaves in a bundle", BUNDLES),
    Mutant("api/bundles/files.py", '        return "left-out", None\n', '        return "missing", None\n', "a file that nobody looked for is called missing", BUNDLE_DATA),
    Mutant("api/cli/bundling_copy.py", "self.files and has_files(self.data)", "self.files", "a copy without documents calls them missing", BUNDLE_DATA),
    Mutant("ledger/store/picture.py", '"mode=ro&immutable=1"', '"mode=ro"', "reading a ledger leaves files in its folder", BUNDLE_DATA),
    Mutant("ledger/verify/bundle_files.py", '        check.warn("files-left-out")\n', "        pass\n", "files that were left out are passed over in silence", BUNDLE_DATA),
    Mutant("api/bundles/checkpoints.py", "if witnessed is not None and witnessed.size > last:", "if False:", "a bundle leaves the witnesses out", BUNDLES),
    Mutant("api/bundles/proofs.py", "self.rows[max(0, place - 1) : place + 1]", "self.rows[place : place + 1]", "a stream that is not there has one neighbour", BUNDLES),
    Mutant("api/bundles/evidence.py", "singles = (closure.singles | between) - judged", "singles = between - judged", "an entry whose time a rule reads is left out", BUNDLE_HISTORIES),
    Mutant("api/bundles/subjects.py", 'frozenset(("programme", "diff", "cell"))', 'frozenset(("programme", "diff"))', "a bundle of one value holds what a server chose", BUNDLES),
    Mutant("ledger/verify/bundle.py", 'WHOLE_TYPES = ("programme", "diff", "cell")', 'WHOLE_TYPES = ("programme", "diff")', "the newest write of a value may be left out", TAMPERED_BUNDLES),
    Mutant("ledger/verify/bundle.py", " | {*bundle.subject.streams}\n", "\n", "a programme in which nothing changed may be left out", BUNDLE_HISTORIES),
    Mutant("ledger/verify/whole.py", "(*recorded, *evidence.also) if _is_note(note)", "recorded if _is_note(note)", "the witnessed checkpoint of a published folder counts for nothing", LAST_ROUND),
    Mutant("ledger/verify/answer.py", "    if isinstance(value, tuple | list):\n", "    if isinstance(value, list):\n", "a true answer with a list in it is called another", LAST_ROUND),
    Mutant("api/demo/audit.py", 'if report.verdict != "failed" or "tree" not in failed:', "if False:", "the demo's check says that a forgery was found, whatever was", DEMO),
    Mutant("api/demo/audit.py", '    if report.verdict != "verified":\n', "    if False:\n", "the demo's check passes a ledger that fails", DEMO),
    Mutant("api/demo/run.py", ".audit(say) and ok", ".audit(say) or ok", "what the demo's audit finds does not matter", DEMO),
    Mutant("api/demo/run.py", "    if not is_own(data):\n", "    if False:\n", "the demo takes a real ledger over", DEMO_FOREIGN),
    Mutant("api/demo/own.py", "    return all(_kid(", "    return any(_kid(", "one key of the demo makes a ledger its own", DEMO_FOREIGN),
    Mutant("api/trust/guard.py", '"signed": False}', '"signed": True}', "what a witness only claims is told as signed", CLAIMS),
    Mutant('ledger/verify/comparing.py', '    elif type(told) is not type(mine) or told != mine:\n', '    elif told != mine:\n', 'true passes for 1 in an answer', BUNDLE_ANSWERS),
    Mutant('ledger/verify/comparing.py', 'for name in sorted(mine.keys() | told.keys()):', 'for name in sorted(mine):', 'an answer may hold what nobody computes', BUNDLE_ANSWERS),
    Mutant('ledger/verify/comparing.py', '    if told is not None and (not isinstance(told, str) or told not in WORST):', '    if False:', 'a mark of doubt that is no word passes', BUNDLE_ANSWERS),
    Mutant('ledger/verify/strict.py', '    if len(found) != len(pairs):\n', '    if False:\n', 'a member of JSON may be there twice', BUNDLE_ANSWERS),
    Mutant('ledger/verify/subject.py', '    date.fromisoformat(day)  # there is such a day\n', '', 'a day that is in no calendar is answered for', BUNDLE_ANSWERS),
    Mutant('ledger/verify/bundle_answer.py', '    if not any(subject.name in world.programmes for world in worlds):\n', '    if False:\n', 'a programme that is not on the record has an answer', BUNDLE_ANSWERS),
    Mutant("ledger/verify/whole.py", "    end = max(said.size, evidence.end)\n", "    end = said.size\n", "whoever deletes checkpoints may write what he likes after the last", AROUND_THE_DOOR),
    Mutant("ledger/verify/judging.py", "            check_ledger(world, stated)\n", "", "words meant for another ledger stand in a selection", AROUND_THE_DOOR),
    Mutant("ledger/verify/bundle.py", "        if row.leaf not in singles and row.stream != TRUST:\n", "        if False:\n", "an event after a revocation that is left out verifies", AROUND_THE_DOOR),
    # The verifier: nothing is read in two ways, and nothing that is missing is nothing
    Mutant("ledger/verify/container.py", "    if flags or extra or disk or method not in (_STORED, _DEFLATED) or _LONG in (packed, size):\n", "    if False:\n", "a field that other programs read makes another bundle of it", TAMPERED_CONTAINERS),
    Mutant("ledger/verify/container.py", "    if offset != place:\n", "    if False:\n", "a member may lie anywhere", TAMPERED_CONTAINERS),
    Mutant("ledger/verify/container.py", "    if not unpacking.eof or unpacking.unused_data or unpacking.unconsumed_tail:\n", "    if False:\n", "bytes are hidden behind what is unpacked", TAMPERED_CONTAINERS),
    Mutant("ledger/verify/container.py", "    if at != len(directory) or place != start:\n", "    if False:\n", "a member that the directory does not name", TAMPERED_CONTAINERS),
    Mutant("ledger/verify/container.py", "    if (local[0], *local[2:]) != said or ", "    if ", "a member says of itself otherwise than the directory", TAMPERED_CONTAINERS),
    Mutant("ledger/verify/readme.py", "        return given == readme(manifest, note, stamps).encode()\n", "        return True\n", "the cover says what it likes", COVERS),
    Mutant("ledger/verify/strict.py", "names and given.keys() != {*names}", "names and not given.keys() >= {*names}", "a manifest says more than anybody checks", TAMPERED_MANIFESTS),
    Mutant("ledger/verify/manifest.py", "        if states.setdefault(one.sha256, one.state) != one.state:\n", "        if False:\n", "a file is present and missing at once", TAMPERED_MANIFESTS),
    Mutant("ledger/verify/completeness.py", "    if names != sorted({*names}):\n", "    if False:\n", "a stream stands there twice", TAMPERED_MANIFESTS),
    Mutant("ledger/verify/bundle_files.py", "    if said == mine:\n", "    if True:\n", "a file is shown under another name than its entry gives it", TAMPERED_MANIFESTS),
    Mutant("ledger/verify/completeness.py", "        if not later and not (first is None and _is_absent(stream, proved, head)):\n", "        if False:\n", "who adopted a programme is left out unseen", LEFT_OUT),
    Mutant("ledger/verify/selection.py", "sorted((events_named - events) | (payloads_named - payloads))", "sorted(events_named - events)", "the statement that a correction corrects is left out unseen", LEFT_OUT),
    Mutant("ledger/stamps.py", "    if not any(each.subject in above for each in trusted):\n", "    if False:\n", "a stranger's stamp fails the whole ledger", TAMPERED_STAMPS),
    Mutant("ledger/stamps.py", "        check_own_signature(parsed.time_stamp_token(), signer)\n", "", "a stamp that nobody made passes for a stranger's", TAMPERED_STAMPS),
    Mutant("ledger/stamp_signature.py", "    if stamped.tag != OCTET_STRING or [each.content for each in said] != [\n", "    if stamped.tag != OCTET_STRING or [each.content for each in said] == [\n", "another content under a stranger's signature", TAMPERED_STAMPS),
    Mutant("ledger/verify/evidence.py", "recorded - stamp.latest > CLOCK_SKEW", "recorded - stamp.gen_time > CLOCK_SKEW", "an honest ledger is said to date forward", TAMPERED_STAMPS),
    Mutant("ledger/verify/opened.py", "if one in joined and one.size", "if one.size", "any newer checkpoint vouches for a bundle by an older key", OLDER_KEY),
    # What people are told of a check
    Mutant("api/cli/receipt_files.py", "    elif not found.satisfied:\n", "    elif False:\n", "a receipt that too few cosigned is called witnessed", RECEIPT_CHECKS),
    Mutant("api/cli/receipt_files.py", '    if policy.quorum == NONE:\n        check.warn("quorum-none")\n    elif', "    if", "a policy that asks nobody calls a receipt witnessed", RECEIPT_CHECKS),
    Mutant("api/texts/checks.py", "(not check.count or _is_unfinished(check))", "not check.count", "a check that something stopped is said to hold", CHECK_WORDS),
    Mutant("api/cli/verdicts.py", ", *filter(None, limits)]", "]", "a warning that a reader must not miss is not in the last line", CHECK_WORDS),
    Mutant("api/bundles/resting.py", "            return found if position <= found.size else newest\n", "            return found\n", "a bundle answers beyond the heads that it rests on", BUNDLES_WITNESSED),
    Mutant("api/bundles/resting.py", "    if witnessed is None or newest.index < witnessed.size:\n", "    if True:\n", "what witnesses have seen cannot be had while they are away", BUNDLES_WITNESSED),
    Mutant("ledger/verify/bundle.py", "    needed |= {body_stream(body) for body in registry.root.bodies}\n", "", "a body that registered the same act first is left out of a bundle", AROUND_THE_DOOR),
    Mutant("ledger/verify/bundle.py", "len(between) != head.index - head.size or ", "", "the revocation of the service key is left out before its heads", AROUND_THE_DOOR),
    Mutant("ledger/verify/bundle.py", " or ROOT in between:", ":", "heads by a revoked service key carry a bundle", AROUND_THE_DOOR),
    Mutant("ledger/verify/whole.py", "    elif anchors.log_key in then.log_keys:\n", "    elif anchors.log_key in registry.root.log_keys:\n", "a stolen log key that was given up is trusted", OLDER_KEY),
    Mutant("ledger/verify/whole.py", "    compare_rotations(tree, registry, growing.roots)\n", "", "the tree that both keys signed is not asked for", OLDER_KEY),
    Mutant("api/trust/round.py", "        if lacking and not (lacking == [ANCHORED] and due(world, self._ledger.reader)):\n", "        if lacking:\n", "an authority that is away keeps everybody from being witnessed", NOTES),
    Mutant("ledger/verify/regions.py", "one.leaf < self._at", "True", "an act counts before it is registered", REGIONS),
    Mutant("ledger/verify/regions.py", "            self._region.wanted.add(stream)\n", "            pass\n", "a council's registrars and policies are not asked for", REGIONS),
    Mutant("ledger/verify/regions.py", "            if not self.lacks:\n", "            if True:\n", "judged before its council is at hand, a programme stays so", REGIONS),
    Mutant("ledger/verify/bundle_answer.py", '    if event["doubt"].word is not None:\n', "    if False:\n", "a doubt whose lifting was left out is called checked", REAFFIRMED),
    Mutant("ledger/verify/bundle_files.py", '    elif state == "withheld" and not _is_restricted(refs):\n', "    elif False:\n", "a public file is taken out and called withheld", TAMPERED_BUNDLES),
    Mutant("ledger/verify/bundle_files.py", '        check.warn("files-missing")\n', "        pass\n", "a file that was taken out is passed over in silence", TAMPERED_BUNDLES),
    Mutant("ledger/verify/sweep.py", "    if end <= count:\n", "    if end <= count or len(str(end)) < 3:\n", "the work goes by indexes, not by entries", TAMPERED_BOUNDS),
    Mutant("ledger/verify/sweep.py", "        stop = end if following is None else min(following, end)\n", "        stop = end if following is None else following\n", "entries are looked at that nobody asked for", TAMPERED_BOUNDS),
    Mutant("ledger/verify/archive.py", "    if sum(content.count(mark) for mark in (b\",\", b\"[\", b\"{\")) > values_max:\n", "    if False:\n", "small values fill the memory", TAMPERED_BOUNDS),
    Mutant("ledger/verify/archive.py", "        room = min(PROOFS_MAX, entries * _PROOF_BYTES)\n", "        room = PROOFS_MAX\n", "the proofs of nothing may be a gigabyte", TAMPERED_BOUNDS),
    Mutant("ledger/verify/archive.py", "            _check_size(container)\n", "", "entries fill the disk", TAMPERED_BOUNDS),
    Mutant("ledger/verify/container.py", "    if version not in _VERSIONS or made_by not in _MADE_BY:\n", "    if False:\n", "an archive that other programs cannot unpack", TAMPERED_CONTAINERS),
    Mutant("ledger/verify/container.py", "    if local[1] not in _VERSIONS:", "    if False:", "a member says of itself that it is for other programs", TAMPERED_CONTAINERS),
    Mutant("ledger/verify/container.py", "        and not outside & 0xFFFF & ~_ARCHIVE\n", "", "unzip passes over a member as the label of a disk", TAMPERED_CONTAINERS),
    Mutant("ledger/verify/bundle_answer.py", '                doubt.warn("voices-unproved")\n', "                pass\n", "a doubt that a left-out voice throws is called checked", LEFT_OUT),
    Mutant("api/texts/sentences.py", "row[language].format(", 'row["en"].format(', "what an error says under stress is not in the reader's language", SENTENCES),
    Mutant("api/texts/reasons.py", " or (error.__context__ if whatever else None)", "", "that nobody answers is told as if the network had failed", SENTENCES),
    Mutant("api/texts/reasons.py", "        if isinstance(cause, sqlite3.Error):\n            return database_words(cause)\n", "", "the words of a database are shown to a clerk", SENTENCES),
    # Operations at the HTTP door
    Mutant("api/limits/keys.py", "(receipt.index >= before.size for receipt in receipts)", "(True for receipt in receipts)", "who sends a public entry again and again locks its signer out", LIMITS),
    Mutant("api/limits/keys.py", "if not (isinstance(error, Refusal) and error.code == _SENT_AGAIN):", "if True:", "a public entry in a batch counts for its signer", LIMITS),
    Mutant("api/limits/keys.py", "known = all(named <= public_keys(world, event).keys() for world in worlds)", "known = True", "what nobody verified counts for whom it names", LIMITS),
    Mutant("api/limits/keys.py", "            raise too_many(wait, \"key\")", "            pass", "a key may sign without end", LIMITS),
    Mutant("api/routes/submissions.py", "        future = await run_in_threadpool(_queue_batch, context, envelopes)\n", "        keys._pay(envelopes)\n        future = await run_in_threadpool(_queue_batch, context, envelopes)\n", "what nobody signed uses up a victim's rate", LIMITS),
    Mutant("api/routes/submissions.py", "        future = context.ledger.submit([envelope])\n", "        keys._pay([envelope])\n        future = context.ledger.submit([envelope])\n", "forgeries lock their victim out", LIMITS),
    Mutant("api/limits/addresses.py", "        for item in reversed(\",\".join(given).split(\",\")):", "        for item in \",\".join(given).split(\",\"):", "a client chooses its address", LIMITS),
    Mutant("api/limits/addresses.py", "        if not self.trusts(peer):\n            return peer, False\n", "", "anybody's X-Forwarded-For is believed", LIMITS),
    Mutant("api/limits/addresses.py", "return str(ip_network((address, _V6_PREFIX), strict=False))", "return str(address)", "one subscriber has 2^64 buckets", LIMITS),
    Mutant("api/limits/buckets.py", "        while len(self._filled) > self._count_max:\n            self._filled.popitem(last=False)\n", "", "every address stays in memory", LIMITS),
    Mutant("api/limits/buckets.py", "return min(tokens + (self._now() - at) * self._per_second, self._burst)", "return tokens + (self._now() - at) * self._per_second", "who rests may then flood", LIMITS),
    Mutant("api/limits/gate.py", 'if scope["path"] in ALWAYS:', "if False:", "an overloaded server looks dead to whoever watches it", LIMITS),
    Mutant("api/limits/gate.py", "if under_way >= self._settings.requests_at_once:", "if False:", "requests pile up without end", LIMITS),
    Mutant("api/limits/gate.py", "if self._requests.is_full(limited(address)):", "if False:", "one address holds all that is taken at once", LIMITS_WIRE),
    Mutant("api/limits/gate.py", "    if shares.is_full(name):\n        raise busy()\n", "    if False:\n        raise busy()\n", "slow uploads of one address keep everybody's out", LIMITS_WIRE),
    Mutant("api/routes/files.py", "min(allowed + came / LEAST_RATE, last)", "last", "an upload of a byte a minute keeps its place", LIMITS_WIRE),
    Mutant("api/patience.py", "if self._beside > HEAD_BYTES_MAX and", "if False and", "a head without end fills the memory", LIMITS_WIRE),
    Mutant("api/patience.py", "            self.transport.abort()  # closing", "            pass  # closing", "a download that nobody reads is held for ever", LIMITS_WIRE),
    Mutant("api/patience.py", "if len(self.connections) >= self.connections_max:", "if False:", "connections are not counted", LIMITS_WIRE),
    Mutant("api/observing/visits.py", 'return template if isinstance(template, str) else NO_ROUTE', 'return scope["path"]', "every address that a client makes up is a series, and names persons", METRICS),
    Mutant("api/observing/meters.py", 'named = method if method in METHODS else "other"', "named = method", "every method that a client makes up is a series", METRICS),
    Mutant("api/observing/standing.py", "max(head.size - applied, 0)", "0", "projections that lag look fresh", METRICS),
    Mutant("api/observing/visits.py", "given_id(scope) if trusted else", "given_id(scope) if True else", "a client names its requests as it likes", LOGS),
    Mutant("api/observing/logs.py", "one if one.isprintable() else", "one if True else", "a client writes lines of the log", LOGS),
    Mutant("api/observing/logs.py", 'return "\\n".join([line, *(f"  | {printable(one)}" for one in below.splitlines())])', 'return "\\n".join([line, *below.splitlines()])', "an exception's words look like lines of the log", LOGS),
    Mutant("api/server.py", "self._told, self._lifecycle.stopping = now, True", "self._told = now", "a server that stops is sent requests", SHUTDOWN),
    Mutant("api/middleware.py", "        except asyncio.CancelledError:\n", "        except TimeoutError:\n", "what is cut short is told nothing", SHUTDOWN),
    Mutant("api/middleware.py", '(_CACHE, b"no-store" if status >= 400 else b"no-cache")', '(_CACHE, b"no-cache")', "an error may be kept by a cache", GUARDED),
    Mutant("api/readiness.py", '        return [Reason("signer-unreachable", detail=str(error))]', "        raise", "a signer that is away is told as a database that is", GUARDED),
    # Faults
    Mutant("ledger/directory.py", "        self._check_one_name()\n", "", "a file of two names has two pasts", FAULTS_LOCKS),
    Mutant("ledger/directory.py", "dict.fromkeys([self.path.resolve(), self.ledger_db.resolve().parent])", "[self.path]", "a link to the file lets a second server write it", FAULTS_LOCKS),
    Mutant("api/handlers.py", "    for error in (sqlite3.Error, PersistenceError):\n", "    for error in ():\n", "damaged projections are told as a fault of the program", FAULTS_PROJECTIONS),
    Mutant("ledger/store/postgres/recorder.py", "            cursor.execute(_BARRIER)\n", "", "what only the primary has is signed and acknowledged", POSTGRES_DURABILITY),
    Mutant("ledger/store/postgres/durable.py", "        if self.warned:\n", "        if False:\n", "a commit that nobody waited for is acknowledged", POSTGRES_DURABILITY),
    Mutant("ledger/store/postgres/durable.py", "    if standbys_of(names) < standbys:\n", "    if False:\n", "without a standby it goes on, silently", POSTGRES_DURABILITY),
    Mutant("ledger/append/appender.py", "        return self._log.settle() or self._reader.head()\n", "        self._log.settle()\n        return self._reader.head()\n", "what an old primary alone holds is signed", TWO_PRIMARIES),
    Mutant("projections/store/postgres.py", "        if row is not None and row[0]:\n            return connection", "        if row is not None:\n            return connection", "everybody leads", POSTGRES_PROJECTIONS),
    Mutant("ledger/append/memory.py", "            world = evolve(world, stated)\n", "            pass\n", "what other processes recorded is not known here", PROCESSES),
    Mutant("ledger/append/memory.py", "        if entry.stream in versions:\n", "        if False:\n", "a version of a stream is given twice", PROCESSES),
    Mutant("ledger/append/appender.py", "            if not self._log.is_shared:  # whatever", "            if True:  # whatever", "what an old primary alone holds is acknowledged", TWO_PRIMARIES),
    Mutant("projections/follower.py", " or self._generations.term != self._term:", ":", "what a crash took from the projections is not worked in again", FOLLOWER_CRASHED),
    Mutant("projections/unavailable.py", '        if family != "programme" or not reading.is_blocked(name):', "        if True:", "lists show a blocked programme's records as if nothing came since", BLOCKED_RECORDS),
    Mutant("projections/unavailable.py", '    if family == "programme":\n', "    if False:\n", "a blocked programme's records are shown as if nothing came since", BLOCKED_RECORDS),
    Mutant("api/routes/registry.py", '    check_stream(view.reading, found.get("stream"))\n', "", "an observation of a blocked programme looks open for ever", BLOCKED_RECORDS),
    Mutant("api/context.py", "self.follower.reading(self.follower.newest(least))", "self.follower.reading()", "a replica that lags is asked for what it lacks", REPLICA_HTTP),
    Mutant("api/routes/files.py", "context.reading(context.newest_position())", "context.reading(context.position)", "a file that a fresh event names is refused where a replica lags", REPLICA_HTTP),
    Mutant("api/drafts/consequences.py", "context.reading(min(world.position, context.newest_position())) as", "context.follower.reading() as", "a draft does not see who cited its act lately", REPLICA_HTTP),
    Mutant("projections/replica.py", "connection.log or self._log, at", "self._log, at", "tables and entries of one answer are of two servers", REPLICA_HTTP),
    Mutant("projections/store/postgres.py", "Patience(READ_SECONDS if replica is None else REPLICA_SECONDS)", "Patience(0)", "a replica that hangs is waited for without end", REPLICA_HTTP),
    Mutant("ledger/store/documents_database.py", "with self._connection() as connection, _READING.watching(connection):", "with self._connection() as connection:", "a document is waited for without end", POSTGRES_FROZEN),
    Mutant("ledger/append/appender.py", "if one.fault is None or (one.fault.position or 0) > base]", "if one.fault is None]", "entries that were rolled back refuse others", ROLLED_BACK),
    Mutant("ledger/append/appender.py", "if one.fault is None or (one.fault.position or 0) > base]", "if True]", "a refusal of the log itself becomes a fault of the store", ROLLED_BACK),
    Mutant("ledger/store/postgres/database.py", "        _check_ports(given)\n    except psycopg.Error:\n        return", "    except psycopg.Error:\n        return", "a password that looks like a port is shown", UNTOLD),
    Mutant("ledger/store/base.py", "        if entry.index != index:\n", "        if False:\n", "a missing entry's neighbour is shown for it", ENTRY_MISSING),
    Mutant("projections/reading.py", "    if not found:\n", "    if False:\n", "a missing entry is a fault of the program", ENTRY_MISSING),
    Mutant("api/routes/events.py", "        if not entries:\n            raise", "        if at < 0:\n            raise", "a page asks the log for the same for ever", ENTRY_MISSING),
    # Copies, backups, documents
    Mutant("ledger/copying.py", "    if head != Head(walked.frontier, walked.recorded_at):\n", "    if False:\n", "a source with a flipped byte is copied", COPYING),
    Mutant("ledger/copying.py", "        check_prefix(before, walked.roots.get(before.size), walked.size, target)\n", "", "a copy goes on onto another log", COPYING),
    Mutant("ledger/copying.py", "        check_target(picture, target, walked, progress)\n", "", "nobody looks at what was copied", COPYING),
    Mutant("ledger/copying.py", "        if self._found.recorded(payloads) != payloads:\n", "        if False:\n", "a payload that a copy does not find again could be recorded twice", COPYING),
    Mutant("ledger/copying.py", "            if self._found.count(table) != count:\n", "            if False:\n", "rows too many in a copy's tables", COPYING),
    Mutant("ledger/copying_ends.py", "            check_unmoved(before, self.head(), self._database)\n", "", "two processes write one copy", COPYING),
    Mutant("ledger/copying_ends.py", "            check_durable(row, database.standbys, database.unsafe)\n", "", "a copy that a power cut takes away is called done", COPY),
    Mutant("api/cli/moving.py", "        target.directory.lock()\n", "", "a served directory is copied into", COPY),
    Mutant("api/cli/moving.py", "        if not generations.lead():\n", "        if not generations.lead() and False:\n", "a served database is copied into", COPY),
    Mutant("api/comparing.py", "    if one != other:\n", "    if False:\n", "a copy that answers otherwise is called the same", COPY),
    Mutant("ledger/documents_named.py", "tuple(sorted(named - held))", "()", "documents that are gone are not told", BACKUP),
    Mutant("api/cli/restoring.py", "            opened.enter_context(leading(named))\n", "            pass\n", "a served database is restored into", BACKUP),
    Mutant("ledger/backing_up.py", "            checked = check_copy(copy)\n", "            from ledger.backup import Backup\n            checked = Backup(copy, '', '', 0, b'', None, ())\n", "a backup that does not hold gets a backup's name", BACKUP),
    Mutant("ledger/backing_up.py", "    _check_free(target, file, files)\n", "", "a backup is written among older documents", BACKUP),
    Mutant("ledger/restoring.py", "    if size:\n", "    if False:\n", "a database that holds a ledger takes a backup", BACKUP),
    Mutant("ledger/putting_back.py", "        with target.whole():\n", "        if True:\n", "a restore that broke off can be served", BACKUP),
    Mutant("ledger/store/documents_database.py", "                with connection.transaction():\n", "                if True:\n", "a part of a document is seen", DOCUMENTS),
    Mutant("ledger/store/documents_database.py", "        if self._hash.hexdigest() != self.sha256:\n", "        if False:\n", "other bytes lie under a document's name", DOCUMENTS),
    Mutant("ledger/store/documents_database.py", " ON CONFLICT DO NOTHING RETURNING size", " RETURNING size", "who uploads the same bytes at once is told of a failure", DOCUMENTS),
    Mutant("ledger/kinds/treasury_imported.py", "if Decimal(less) < Decimal(more):", "if Decimal(less) <= Decimal(more):", "an extract that stays the same is asked about", TREASURY_KINDS),
    Mutant("ledger/kinds/treasury_imported.py", "[*before, (write.since, write.value), *after]", "[*before, (write.since, write.value)]", "an older extract that comes later is not held against the next", TREASURY_KINDS),
    Mutant("ledger/kinds/treasury_imported.py", "data.year + 1}-01-31", "data.year + 1}-12-31", "an extract of another year is taken", TREASURY_KINDS),
    Mutant("ledger/kinds/treasury_imported.py", "if not write.path.endswith(\"/paid\"):", "if False:", "a plan that was cut is asked about", TREASURY_KINDS),
    Mutant("ledger/kinds/treasury_imported.py", "            if amount is not None:\n", "            amount = amount or \"0.00\"\n            if True:\n", "what an extract does not state is zero", TREASURY_KINDS),
    Mutant("ledger/kinds/allocation_mapped.py", "{day, *view.after.timeline.changes_after(path, day)}", "{day}", "shares that are too much from a later day on go unnoticed", TREASURY_KINDS),
    Mutant("ledger/kinds/allocation_mapped.py", "total is not None and total > 1", "total is not None and total >= 1", "the whole of a line is too much", TREASURY_KINDS),
    Mutant("ledger/kinds/allocation_mapped.py", "for write in known.writes if known is not None else ():", "for write in ():", "a void lets more than the whole be allocated", TREASURY_KINDS),
    Mutant("ledger/kinds/allocation_mapped.py", "if line.share is not None and not 0 < Decimal(line.share) <= 1:", "if False:", "a share is above one", TREASURY_KINDS),
    Mutant("ledger/kinds/allocation_mapped.py", "day = min(event.effective or \"\", touched.get(line.treasury(), (\"\", \"~\"))[1])", "day = event.effective or \"\"", "a correction leaves days on which more than the whole is allocated", TREASURY_KINDS),
    Mutant("ledger/kinds/parts.py", "    if position > event.seen:\n", "    if position > event.seen + 1:\n", "figures are concluded on that the signer had not seen", TREASURY_KINDS),
    Mutant("ledger/kinds/parts.py", "    if day > today:\n", "    if False:\n", "what has not come is said to be so", TREASURY_KINDS),
    Mutant("ledger/kinds/finding_accepted.py", "        check_authors(view, event, offices)\n", "        pass\n", "any office takes back what another accepted", ACCEPTED),
    Mutant("ledger/kinds/finding_accepted.py", "    if stated.slot in programme.accepted:\n", "    if False:\n", "of two who accepted together one loses the right to take it back", ACCEPTED),
    Mutant("ledger/policy.py", "found = (policy, said) if said is not None else found", "found = found or ((policy, said) if said is not None else None)", "an older policy says when to publish", ACCEPTED),
    Mutant("ledger/kinds/observation_made.py", "    if len(named) != 1:\n", "    if not named:\n", "an observation is about two things", OVERSIGHT),
    Mutant("projections/findings/document_identity.py", "if span != paper.term", "if span[0] != paper.term[0]", "a decision for fifty years passes for one for three", DOCUMENT_FINDINGS),
    Mutant("projections/findings/document_words.py", "if re.search(_NAMED, text[: found.start()]) is None:", "if True:", "an oblast that is lawfully named is taken for another document's words", DOCUMENT_FINDINGS),
    Mutant("projections/findings/document_money.py", "if line.amount != \"\"}", "if is_money(line.amount)}", "a printed dash for a year is called silence", DOCUMENT_FINDINGS),
    Mutant("projections/findings/document_money.py", "line.kekv not in _TRANSFER_KEKV", "True", "a subvention that is shown as one is asked about", DOCUMENT_FINDINGS),
    Mutant("projections/findings/document_indicators.py", "if total is None or change is None:", "if False:", "dynamics that cannot be computed are called wrong", DOCUMENT_FINDINGS),
    Mutant("projections/findings/document_expected.py", " or said[1] != (\"%\" in gauge.unit)", "", "percentages are compared with pieces", DOCUMENT_FINDINGS),
    Mutant("projections/findings/document_texts.py", "if named.get(file) != got:", "if named.get(file, got) != got:", "a text that nobody named gives quotes their lines", DOCUMENT_FINDINGS),
    Mutant("projections/findings/paper.py", " if \"name\" in row}", "}", "an indicator that is gone is judged by its past targets", DOCUMENT_FINDINGS),
    Mutant("projections/findings/document_governance.py", "if body and stems(name) == body", "if body and stems(name) & body", "every department of one council is one body", DOCUMENT_FINDINGS),
    # Findings: acts, consent, keys, publication
    Mutant("projections/findings/engine.py", "        found.pop((rule.code, rule.topic, key), None)", "        pass", "what is gone is found for ever", FOUND_AGAIN),
    Mutant("projections/findings/engine.py", "            if growth.anew:", "            if False:", "a lifted doubt is shown on", FOUND_AGAIN),
    Mutant("projections/findings/dossier.py", " or _is_doubt_changed(reading, grown, since))", ")", "a doubt that an own entry lifts is shown on", FOUND_AGAIN),
    Mutant("projections/findings/life.py", "acceptance.fingerprint == mark", "True", "an acceptance covers other figures than it saw", FOUND_AGAIN),
    Mutant("projections/findings/life.py", " and not _is_doubtful(case, acceptance):", ":", "a suspect key accepts findings", FOUND_AGAIN),
    Mutant("projections/findings/told.py", "        if _is_found(before.case, place, name, day):", "        if True:", "whatever came last has resolved it", FOUND_AGAIN),
    Mutant("projections/findings/life.py", "all(one.answers for one in made)", "any(one.answers for one in made)", "one answer answers every observation", FOUND_AGAIN),
    Mutant("projections/findings/told.py", "| {\"status\": \"resolved\", \"resolved\": ended}", "", "what is resolved is listed as open", FOUND_AGAIN),
    Mutant("projections/findings/acts.py", "write.op != \"restate\" and write.since < act.date", "write.op != \"restate\" and write.since <= act.date", "a decision that holds from its own date is retroactive", FOUND_ACTS),
    Mutant("projections/findings/acts.py", "    if stated.kind not in DECISIONS:", "    if stated.kind not in DECISIONS or case.is_onboarding(act.date):", "a retroactive act of the years before is passed over", FOUND_ACTS),
    Mutant("projections/findings/acts.py", "act.date > f\"{year}-12-31\"", "act.date >= f\"{year}-12-31\"", "the last day of a year is after it", FOUND_ACTS),
    Mutant("projections/findings/acts.py", "        if days > SUSPENDED_WITHIN_DAYS:", "        if days >= SUSPENDED_WITHIN_DAYS:", "a mayor who is in time is late", FOUND_ACTS),
    Mutant("projections/findings/acts.py", "    return None if undone else (stated, act)", "    return stated, act", "what was quashed for all days needs attention", FOUND_ACTS),
    Mutant("projections/findings/acts.py", "        if day and not holds(said):", "        if False:", "a finding begins before what it says was said", FOUND_ACTS),
    Mutant("projections/findings/claimed.py", "later - one > CLOCKS_APART and ", "", "a clock that is a little wrong is back-dating", FOUND_ACTS),
    Mutant("projections/findings/claimed.py", "        elif _apart(case, recorded, claimed):", "        elif False:", "a signature from days ahead goes unnoticed", FOUND_ACTS),
    Mutant("projections/findings/claimed.py", "if _day(case, claimed) < said.day else None", "if False else None", "back-dating goes unnoticed", FOUND_ACTS),
    Mutant("projections/findings/consent.py", "    alone = not any(voice.person not in proposal.proposers for voice in standing)", "    alone = True", "who enters what others endorsed is said to approve alone", FOUND_CONSENT),
    Mutant("projections/findings/consent.py", "sorted((one for one in newest.values() if one.endorses)", "sorted((one for one in proposal.voices if one.endorses)", "an endorsement that was taken back stands", FOUND_CONSENT),
    Mutant("projections/findings/consent.py", "        if one[\"met\"] or not lacking:", "        if not lacking:", "endorsements that are not needed lack", FOUND_CONSENT),
    Mutant("projections/findings/consent.py", "    if found is None or found[1].same_text:", "    if found is None:", "the endorsed text is another one", FOUND_CONSENT),
    Mutant("projections/findings/consent.py", "if row[\"why\"] == \"refused\"", "", "whoever did not endorse has refused", FOUND_CONSENT),
    Mutant("projections/findings/keys.py", "{said.stated.slot: said.index for said in case.act_entries(act)}", "{str(said.index): said.index for said in case.act_entries(act)}", "a status of an act that was corrected soundly is suspect", FOUND_KEYS),
    Mutant("projections/findings/keys.py", "if doubt[\"doubt\"] in names and ", "if ", "every doubt is a suspect key", FOUND_KEYS),
    Mutant("projections/findings/acknowledged.py", "    for said in statements:", "    for said in statements[-1:]:", "a correction takes away what was acknowledged", FOUND_KEYS),
    Mutant("projections/findings/publication.py", "local_day(last.recorded_at) <= case.day:", "local_day(last.recorded_at):", "a data set shows what is not recorded yet", FOUND_PUBLICATION),
    Mutant("projections/findings/publication.py", "if known_from == index + 1 and _changes", "if _changes", "an act's past makes a data set late", FOUND_PUBLICATION),
    Mutant("projections/findings/publication.py", "        words={\"dataset\": dataset, \"changed\": change.day, \"due\": due, \"by\": by},\n        day=_plus(due, 1),", "        words={\"dataset\": dataset, \"changed\": change.day, \"due\": due, \"by\": by},\n        day=due,", "a data set is late on its last day", FOUND_PUBLICATION),
    Mutant("projections/findings/publication.py", "first.stated.event.data.date > due)", "first.stated.event.data.date >= due)", "an act that is published on the last day is late", FOUND_PUBLICATION),
    Mutant("projections/findings/publication.py", "not in OUTSIDE for", "not in () for", "publishing a data set makes another one late", FOUND_PUBLICATION),
    Mutant("projections/findings/publication.py", "    registered = [said for said in case.act_entries(act) if said.kind == \"act.registered\"]\n", "    registered = list[Said]()\n", "a court's decision is the council's to publish", FOUND_PUBLICATION),
    Mutant("projections/money/moving.py", "amount = min(-less, -more)", "amount = -less", "more is moved to a line than it was given", MONEY),
    Mutant("projections/money/moves.py", "key=lambda row: (LIMITS", "key=lambda row: (-LIMITS", "the schedule's moves are told before the need's", MONEY),
    Mutant("projections/money/moves.py", "return Cause(\"status\" if is_status", "return Cause(\"status\" if False and is_status", "a suspension passes for a decision", MONEY),
    Mutant("projections/money/moves.py", "if writes[place].counts(day)}", "if True}", "an act that is not in force moves money", MONEY),
    Mutant("projections/money/moves.py", "return sorted(stood - counting, reverse=True),", "return sorted(stood - counting),", "what two suspensions give back is not what the acts had given", MONEY),
    Mutant("projections/money/moves.py", "for place in (*ceasing, *beginning):", "for place in (*beginning, *ceasing):", "an act that begins takes what another one's suspension gives back", MONEY),
    Mutant("projections/money/chain.py", "before = figure[\"amount\"]", "before = figure[\"amount\"] or before", "a step is set against one that is not before it", MONEY),
    Mutant("projections/money/sources.py", "if known else None,", "if total else None,", "a share is told of a plan below zero", MONEY),
    Mutant("projections/money/reconciliation.py", "[_reconciled(books, target, shares, day) for", "[_reconciled(books, target, shares, as_of) for", "the ledger of another day is set against the extract", MONEY),
    Mutant("projections/money/reconciliation.py", "if part.amount is None or part.day != day:", "if part.amount is None:", "a line that the newest extract leaves out is compared as it was", MONEY),
    Mutant("projections/money/reconciliation.py", "own = share.share * part.amount", "own = part.amount", "the whole treasury line is taken for the programme's", MONEY),
    Mutant("projections/money/reconciliation.py", " and difference > 0 and", " and", "more was paid by the reports than by the treasury, and nobody is told", MONEY),
    Mutant("projections/money/explaining.py", "found[0] if len(found) == 1 else ()", "found[0]", "one of two equal explanations is picked", MONEY),
    Mutant("projections/money/explaining.py", "standing = sorted(counted ^ turned, reverse=True)", "standing = sorted(counted | turned, reverse=True)", "an act is left out of nothing", MONEY),
    Mutant("projections/money/reconciliation.py", "if any(share.line in above for share in one.shares) else one", "if False else one", "one treasury line agrees twice", MONEY),
    Mutant("projections/money/allocated.py", "if total > 1)", "if total >= 1)", "a line that is shared out whole is undetermined", MONEY),
    Mutant("projections/money/reconciliation.py", "abs(total - ledger) <= slack", "abs(total - ledger) < slack", "half a kopiyka of a share is a difference", MONEY),
    Mutant("projections/money/reconciliation.py", "    return min(found.treasury.day, *(", "    return max(found.treasury.day, *(", "a year that is reported whole never reaches the extract", MONEY),
    Mutant("projections/money/figures.py", "return min(ends.values(), default=None)", "return max(ends.values(), default=None)", "the newest report speaks for a line that has none of that time", MONEY),
    Mutant("projections/money/figures.py", "            silent.append(line)\n", "            pass\n", "a line that was never reported counts as reported", MONEY),
    Mutant("projections/budget.py", "    if phase not in BALANCES:\n", "    if True:\n", "balances of payables are added up", PROJECTIONS),
    Mutant("projections/budget.py", "    if name not in BALANCES:\n", "    if True:\n", "one debt is counted in each of its years", PROJECTIONS),
    Mutant("projections/money/explaining.py", "if place not in counted and one.placed.rank[1] > day:", "if False:", "an act explains what was before it", MONEY),
    Mutant("projections/money/figures.py", "return all(None in pair or pair[0] == pair[1]", "return all(True or pair[0] == pair[1]", "money under another code is taken for the line's", MONEY),
    Mutant("projections/money/books.py", "if one.since > day or not one.counts(day) or", "if one.since > day or", "a suspended appropriation stands against the treasury", MONEY),
    Mutant("api/importers/treasury.py", "money(Decimal(plain.replace(\",\", \".\")))", "money(Decimal(plain.replace(\",\", \"\")))", "kopiykas are read as hryvnias", ("tests/api/test_import_treasury.py",)),
    Mutant("api/print/comparison.py", "- {*stood.get(path, ())} ", "", "an act of before is named as the ground of a change", PRINT),
    Mutant("api/print/making.py", "    origin, size = view.context.identity.origin, view.known.position\n", "    origin, size = view.context.identity.origin, view.context.position\n", "a frozen print names a later root", PRINT),
    Mutant("api/print/acts.py", "paper.view.reading.log.at_position(paper.view.known.position)", "paper.view.reading.log", "a frozen print rests on what came later", PRINT),
    Mutant("api/print/annex.py", "        for one in above:\n", "        for one in [source]:\n", "a source is printed without the money of its parts", PRINT),
    Mutant("api/print/proposed.py", "    if found[\"closed\"] is not None:\n", "    if False:\n", "a proposal that was enacted is added a second time", PRINT),
    Mutant("api/print/wording.py", "isinstance(given, str) and _MONEY.fullmatch(given) is not None", "isinstance(given, str) and given not in (\"\", \"-\")", "what was removed counts as an amount", PRINT),
    Mutant("api/print/paper.py", "for waiting in ([(one, 0) for one in children.get(None, [])], circles):", "for waiting in ([(one, 0) for one in children.get(None, [])],):", "a measure that hangs in a circle is not printed", PRINT),
    Mutant("api/print/blocks.py", "            \"text\": f\"{self.text} {mark}\".strip() if mark else self.text,\n", "            \"text\": self.text,\n", "a figure in doubt bears no mark", PRINT),
    Mutant("ledger/verify/bundle_print.py", " or sha256(archive.printed(name)).hexdigest() != row.sha256", "", "a figure altered in a print is not told", PRINT),
    Mutant("ledger/verify/bundle_print.py", "    check.warn(\"print-not-recomputed\")\n", "", "prints that nobody recomputed are called verified", PRINT),
    Mutant("projections/findings/money.py", "if payment.day < start}", "if payment.day <= start}", "a payment on the first day is called early", LIFE_EARLY),
    Mutant("projections/findings/holding.py", "min((max(since, start) for", "min((since for", "an act holds before it counts", LIFE_EARLY),
    Mutant("projections/findings/money.py", "added = Decimal(one.value) - (before if is_sum else 0)", "added = Decimal(one.value)", "a year-to-date report that adds nothing is called a payment", LIFE_EARLY),
    Mutant("projections/findings/money.py", "        if excess > 0:", "        if excess >= 0:", "exactly the plan is called above it", LIFE_OVER),
    Mutant("projections/findings/money.py", "        if not grew:\n            continue\n", "", "a plan that sinks makes old payments too large", LIFE_OVER),
    Mutant("projections/findings/money.py", "        plan = limit_on(case, paths, day)", "        plan = limit_on(case, paths, case.day)", "payments are held against a plan of another day", LIFE_OVER),
    Mutant("projections/findings/money.py", "sent_to(group.transfers, day) - sent_to(group.returns, day)", "sent_to(group.transfers, day)", "what came back is still called sent", LIFE_OVER),
    Mutant("projections/findings/groups.py", "years.append(flow_year(amounts))", "years.append(sum(amounts.values(), Decimal(0)))", "year-to-date reports are added up", LIFE_OVER),
    Mutant("projections/findings/lines.py", "case.counts(one.act, day)", "True", "an amount whose act does not count is added to", LIFE_LINES),
    Mutant("projections/findings/limits.py", "if not granted or None in granted:", "if not granted:", "an appropriation without a code limits a code", LIFE_LIMITS),
    Mutant("projections/findings/limits.py", "if ACKNOWLEDGED in case", "if True or ACKNOWLEDGED in case", "whoever signed is said to have known", LIFE_LIMITS),
    Mutant("projections/findings/balance.py", "if taken and given and taken != given:", "if taken != given:", "an act that only raises is called a reallocation", LIFE_BALANCE),
    Mutant("projections/findings/balance.py", "    known = case.reading.at(min(placed.rank[3] for placed in own))", "    known = case.reading", "what an act found is rewritten", LIFE_BALANCE),
    Mutant("projections/findings/splitting.py", "days=session.days - 1", "days=session.days", "a window is a day too long", LIFE_SPLIT),
    Mutant("projections/findings/splitting.py", " if one.size <= limit]", "]", "one large change is called splitting", LIFE_SPLIT),
    Mutant("projections/findings/splitting.py", "case.policies_at(change.index)", "case.policies()", "a threshold judges what was recorded before it", LIFE_SPLIT),
    Mutant("projections/findings/transfers.py", "unknown = sent - used - returned", "unknown = sent - used", "what came back is called unknown", LIFE_SENT),
    Mutant("projections/findings/treasury.py", "if one.status not in (\"unexplained\", \"ambiguous\"):", "if one.status not in (\"unexplained\", \"ambiguous\", \"undetermined\"):", "payments of two different days are compared", LIFE_TREASURY),
    Mutant("projections/findings/indicators.py", "return answer is not None and is_below(answer.value, before)", "return True", "a target that was raised again is called lowered", LIFE_TARGETS),
    Mutant("projections/findings/targets.py", "        if not any(is_after(case, placed, made, fact) for fact in facts):\n            break\n", "        break\n", "a dash between two targets hides that one is lower", LIFE_TARGETS),
    Mutant("projections/findings/targets.py", "        if not any(is_after(case, placed, made, fact) for fact in facts):\n            break\n", "        del made\n", "what was taken away before the fact is lowered after it", LIFE_TARGETS),
    Mutant("projections/findings/indicators.py", "return answer.removed or str(answer.value).strip() in EMPTY", "return answer.removed", "a dash takes a failing target away unseen", LIFE_TARGETS),
    Mutant("projections/findings/holding.py", "    days = {one.rank[0] for one in placed}.union(*stretches)", "    days = {one.rank[0] for one in placed}", "what is true since an act fell away is dated by its writes", LIFE_LIMITS),
    Mutant("projections/findings/limits.py", "            if not _is_told(case, name, excess):\n", "            if len(excess.measures) == 1:\n", "the programme in all is not held against its appropriation", LIFE_LIMITS),
    Mutant("projections/findings/limits.py", "            if not _is_told(case, name, excess):\n", "            if True:\n", "one measure above its limit is told twice", LIFE_LIMITS),
    Mutant("projections/findings/limits.py", "cells = (*one.made_of, *(path for path in other.made_of if path not in one.made_of))", "cells = (*one.answers, *(path for path in other.answers if path not in one.answers))", "a figure rests on lines that are no part of it", LIFE_LIMITS),
    Mutant("projections/findings/groups.py", "        found.extend(by_key[key] for key in counted(by_key))", "        found.extend(by_key.values())", "a report that no longer counts reopens what was accepted", LIFE_OVER),
    Mutant("projections/findings/groups.py", "        answer = case.answer(path)\n", "        answer = case.answer(path, \"9999-12-31\")\n", "what comes back later is known before", LIFE_SENT),
    Mutant("projections/findings/groups.py", "(found != 0 or not path.startswith(\"/appropriation/\"))", "True", "an appropriation of zero is one to pay from", LIFE_EARLY),
    Mutant("projections/findings/acts.py", "        return bool(write.value != held)", "        return True", "a figure that is stated as it stood is called changed", FOUND_ACTS),
    Mutant("projections/findings/document_indicators.py", "value == _change_of(gauge) and (_is_percent(gauge) or not signed)", "value == _change_of(gauge) and signed == _is_percent(gauge)", "percentage points without the sign follow no rule", DOCUMENT_FINDINGS),
    Mutant("projections/findings/targets.py", "return made > fact.index and decided > min(fact.day, case.said(fact.index).day)", "return made > fact.index", "an act that arrives late is called a decision after the fact", LIFE_TARGETS),
    Mutant("projections/findings/indicators.py", "    if larger:\n        return larger[-1]\n", "", "a correction may lower a target unseen", LIFE_TARGETS),
    Mutant("projections/findings/reports.py", "if not case.said(one.entry).stated.event.files:", "if not case.said(one.index).stated.event.files:", "a correction without evidence keeps the old one", LIFE_REPORTS),
    Mutant("projections/findings/reports.py", "    if one.mode != other.mode:\n        return True\n", "", "year-to-date beside periods is overlooked", LIFE_REPORTS),
    Mutant("projections/findings/reports.py", "said.day > due:", "said.day >= due:", "a correction on the last day is called late", LIFE_REPORTS),
    # The twenty questions
    Mutant("projections/questions/acts.py", ".date > end:", ".date >= end:", "an act of the year's last day is after the year", QUESTIONS),
    Mutant("projections/questions/acts.py", "(slot.id in named or _counts(case, slot, act))", "True", "an act quashed for all days changed a closed year", QUESTIONS),
    Mutant("projections/questions/acts.py", "    if open_ones:\n", "    if False:\n", "nothing is back-dated where nobody outside knows when", QUESTIONS),
    Mutant("projections/questions/acts.py", "    if late:\n        at =", "    if False:\n        at =", "what was anchored a month later was not back-dated", QUESTIONS),
    Mutant("projections/questions/anchored.py", "if doc is None or doc[\"size\"] <= said.index:", "if doc is None:", "the first anchor of all is over every entry", QUESTIONS),
    Mutant("projections/questions/knowledge.py", ".recorded_at) <= day:", ".recorded_at) < day:", "what was recorded on a day was not known that evening", QUESTIONS),
    Mutant("projections/questions/reports.py", "after.day > due", "after.day >= due", "a correction on the due day is after it", QUESTIONS),
    Mutant("projections/questions/reports.py", "if one.day <= case.day]", "]", "a correction is known before its day", QUESTIONS),
    Mutant("projections/questions/keys.py", "return sorted((*own, *about.values())", "return sorted((*own,)", "who registered the acts had a mandate", QUESTIONS),
    Mutant("projections/questions/keys.py", "day < mandate[\"end\"]", "day <= mandate[\"end\"]", "a mandate holds on the day of its end", QUESTIONS),
    Mutant("projections/questions/keys.py", "    if open_ones or shaky:", "    if open_ones:", "a mandate that a stolen key granted was in force", QUESTIONS),
    Mutant("projections/questions/limits.py", "    if missing:\n", "    if False:\n", "a plan without an appropriation is not above it", QUESTIONS),
    Mutant("projections/questions/limits.py", "    if len(judged) < len(decided) or not (decided or _is_set(case)):", "    if not (decided or _is_set(case)):", "a threshold judges what was recorded before it", QUESTIONS),
    Mutant("projections/questions/indicators.py", " and not _is_decidable(case, one)", " and False", "an indicator without an actual went though it was met", QUESTIONS),
    Mutant("projections/questions/payments.py", "    if missing:\n        words = (f\"Не визначено: {rest[0]}\"", "    if False:\n        words = (f\"Не визначено: {rest[0]}\"", "a payment without an appropriation was not early", QUESTIONS),
    Mutant("projections/questions/in_force.py", "if any(is_given(path, case.value(path, day)) for path in paths):", "if any(is_given(path, case.value(path, payment.day)) for path in paths):", "what holds at a period's end held all through it", QUESTIONS),
    Mutant("projections/questions/in_force.py", "if payment.start < day <= payment.day)", "if False)", "a suspension inside a period is not seen", QUESTIONS),
    Mutant("projections/questions/consent.py", "for voice in proposal.newest() if", "for voice in proposal.voices if", "an endorsement that was taken back makes a pair", QUESTIONS),
    Mutant("projections/questions/consent.py", "    if found or others:\n", "    if others:\n", "what nobody endorsed is the endorsed text", QUESTIONS),
    Mutant("projections/questions/treasury.py", "    if rest:\n", "    if False:\n", "a remainder that no act explains is passed over", QUESTIONS),
    Mutant("projections/questions/treasury.py", "    elif values[\"basis\"] == \"paid\":", "    elif False:", "a subvention is used by being sent", QUESTIONS),
    Mutant("projections/questions/empties.py", "\"dash\" if held.value == \"-\" else \"blank\"", "\"zero\"", "a printed dash is a zero", QUESTIONS),
    Mutant("projections/questions/empties.py", "if len(counted) == 1 else \"mixed\"", "if True else \"mixed\"", "a dash beside a zero is a zero", QUESTIONS),
    Mutant("projections/questions/reading.py", "    if gone:\n", "    if False:\n", "where a rule is not there nothing is found", QUESTIONS),
    Mutant("api/cli/kept.py", "return Compared(\"yes\", kept.size, newest.size, SHORTER)", "return Compared(\"no\", kept.size, newest.size)", "a shorter log holds what it lost", ASKED),
    Mutant("api/routes/questions.py", "view.known.position <= heads.size", "True", "a bundle is linked that cannot be made", ASKED),
    Mutant("api/routes/questions.py", "        if value is not None and name not in allowed:", "        if False:", "a parameter without a meaning is taken in silence", ASKED),
    Mutant("projections/obligations/core.py", "return \"missing\" if due < today else \"due\"", "return \"missing\" if due <= today else \"due\"", "a report is missing on its due day", OBLIGATIONS),
    Mutant("projections/obligations/core.py", "    return told.first.day <= due\n", "    return (told.corrected or told.first).day <= due\n", "a correction is lateness", OBLIGATIONS),
    Mutant("projections/obligations/told.py", "min(slots, key=lambda one: runs[one][0].index)", "max(slots, key=lambda one: runs[one][0].index)", "a second report makes the first one late", OBLIGATIONS),
    Mutant("projections/obligations/told.py", "any(_is_about(write.path, kind, item, period) for write in statement.writes)", "True", "what was taken back was reported in time", OBLIGATIONS),
    Mutant("projections/obligations/told.py", "for path in case.under(place) if _is_about(path, kind, item, period)", "for path in case.under(place)", "spending of another period is taken for this one's", OBLIGATIONS),
    Mutant("projections/obligations/told.py", "or answer.last.entry < case.slot(slot).event_index", "", "a report that was corrected stays returned", OBLIGATIONS),
    Mutant("projections/obligations/shown.py", "\"body\": desk.world.root.current(found.body, self.case.day)", "\"body\": found.body", "a body that is gone owes its reports", OBLIGATIONS),
    Mutant("projections/obligations/plan.py", "    counts = placed.act is None or", "    counts = True or", "a row of an act that was quashed is reported about", OBLIGATIONS),
    Mutant("projections/duties/owed.py", "found = {key: one for key, one in known.items() if one.day < day}", "found: dict[Key, Owed] = {}", "a policy's end takes away what had come due", OWED),
    Mutant("projections/duties/owed.py", "ruling = in_force(stated, day, below=below, programme=programme)", "ruling = in_force(stated, today, below=below, programme=programme)", "next year's holidays move this year's due days", OWED),
    Mutant("projections/duties/owed.py", "                elif key in known:\n                    _take(found, key, known[key])\n", "", "a period falls between two statements of a policy", OWED),
    Mutant("projections/duties/items.py", "day = min(due, self._today)", "day = self._today", "who is named today owes what came due before", OBLIGATIONS),
    Mutant("projections/duties/owed.py", "or is_near(one.day, today)", "or one.day <= today", "the inbox shows a report later than a week before its due day", OWED),
    Mutant("projections/duties/duty.py", "\"today\" if today == due else \"overdue\"", "\"overdue\"", "what is due today is overdue", OBLIGATIONS_DOOR),
    Mutant("projections/findings/duties.py", "if one.told is not None and one.on_time is False:", "if one.told is not None and one.status == \"late\":", "a return hides that a report was late", OBLIGATIONS),
    Mutant("projections/findings/duties.py", "if (kind == INDICATORS) == (topic == \"indicator\"):", "if True:", "an indicator has the findings of the measure of its id", OBLIGATIONS),
    Mutant("projections/reaching.py", "or (start is not None and goal < start)", "", "a falling target is reached by rising", EVALUATED),
    Mutant("projections/evaluation/projects.py", "if last[0][:4] == str(year) or status == \"done\" else (None, None)", "", "last year's progress is taken for this year's", EVALUATED),
    Mutant("projections/evaluation/sections.py", "share(yes, yes + no)", "share(yes, len(said))", "what is undetermined counts as not reached", EVALUATED),
    Mutant("projections/evaluation/gone.py", "    while answer is not None and not _holds(answer):", "    while False:", "a failing indicator leaves its year's share by being removed", EVALUATED),
    Mutant("projections/evaluation/gone.py", "        yield from (max(placed.rank[0], start) for start, _ in stretches)", "        yield from (placed.rank[0] for start, _ in stretches)", "what an act brought that counted late was never there", EVALUATED),
    Mutant("projections/evaluation/complete.py", "    if case.day < f\"{year}-12-31\":", "    if False:", "a target is missed before its year is over", EVALUATED),
    Mutant("projections/evaluation/complete.py", "if there and period_start(period) < plan.closed", "if period_start(period) < plan.closed", "a missed target is unknown once it is removed", EVALUATED),
    Mutant("projections/evaluation/complete.py", "for key in counted(reports) for", "for key in reports for", "a quarter beside a year-to-date sum makes the year whole", EVALUATED),
    Mutant("projections/evaluation/indicators.py", "    return not is_removed or row[\"actual\"]", "    return True or row[\"actual\"]", "an indicator is of a year before which it was gone", EVALUATED),
    Mutant("projections/evaluation/projects.py", "if stood_in(case, [f\"/tree/{item}/title\"], year)", "if case.value(f\"/tree/{item}/title\") is not None", "a stopped measure leaves the year by being removed", EVALUATED),
    Mutant("projections/questions/indicators.py", "    if kind == \"flow\" or report is None:", "    if report is None:", "last year's flow meets this year's target", QUESTIONS),
    Mutant("projections/questions/indicators.py", "    if target is not None and last < target[0]:", "    if False:", "an indicator that met last year's target did not fail this year's", QUESTIONS),
    Mutant("projections/evaluation/conclusion.py", "then = _looked_at(case, year, data.figures.known, data.figures.as_of, past)", "then = _looked_at(case, year, case.position, data.figures.as_of, past)", "a conclusion is held against figures that came after it", EVALUATED),
    Mutant("projections/evaluation/conclusion.py", "figures_hash(year, then) == data.figures.sha256", "True", "a conclusion over other figures is said to be bound", EVALUATED),
    Mutant("projections/evaluation/standing.py", "        if write.since > self._case.day:\n", "        if False:\n", "what a report says of a later day does not hold at all", EVALUATED),
    Mutant("projections/evaluation/standing.py", " and write.path in self._counting(write.path)", "", "every year-to-date report of a year counts", EVALUATED),
    Mutant("projections/evaluation/standing.py", "return \"current\" if len(found) == 1 else \"partly\"", "return \"current\"", "a report counts whole of which a line was replaced", EVALUATED),
    Mutant("projections/evaluation/results.py", "configured = asking_of(case).asks_about(year)", "configured = asking_of(case).configured", "a policy of 2026 asked for nothing of 2025, so that nothing was late", EVALUATED),
    Mutant("projections/evaluation/results.py", "_counts(asked) if configured else dict.fromkeys(_counts(()))", "_counts(asked)", "what is not configured is zero", EVALUATED),
    Mutant("projections/obligations/shown.py", " if asking.configured else None,\n", ",\n", "without a policy no report is late", OBLIGATIONS_DOOR),
    Mutant("api/routes/obligations.py", "        address=public_address(request),\n", "        address=str(request.base_url),\n", "a calendar's links lead to an address that nobody knows", OBLIGATIONS_DOOR),
    Mutant("api/print/reports.py", "    return standings.of(row[\"report\"]) or \"voided\"", "    return str(row[\"state\"])", "a page tells what came later as counted", PRINT),
    Mutant("projections/evaluation/figures.py", "BESIDE = frozenset({\"cells\", \"events\", \"doubt\", \"title\", \"name\"})", "BESIDE = frozenset({\"cells\", \"doubt\", \"title\", \"name\"})", "another event of the same figures is another figure", EVALUATED),
    Mutant("api/calendars.py", "if row[\"status\"] in (\"due\", \"missing\", \"returned\"):", "if True:", "the calendar reminds of reports that were made", OBLIGATIONS_DOOR),
    Mutant("api/calendars.py", "datetime.fromisoformat(shown.recorded_at).replace(microsecond=0)", "datetime.now().astimezone().replace(microsecond=0)", "the same calendar has other bytes", OBLIGATIONS_DOOR),
    Mutant("api/feed/item.py", '"position": entry.index + 1,', '"position": entry.index,', "a stream's id is the entry's own place, so that it comes twice", FEED),
    Mutant("projections/changed.py", "if start.as_of != end.as_of:", "if False:", "a day that comes is not told to whoever follows cells", FEED),
    Mutant("projections/changed.py", "    found = new.told | gone\n", "    found = new.told\n", "a cell that is gone stays in the readers' copies", FEED),
    Mutant("projections/changed.py", "            raise Blocked(programme, index)", "            pass", "a programme that cannot be kept up is left out of the feed in silence", FEED),
    Mutant("api/feed/hub.py", "follower.newest(position + 1))", "self._context.position)", "an entry is told before it can be read", FEED),
    Mutant("api/feed/waiting.py", "                    at = frame.end", "                    await asyncio.sleep(0.01)", "what a filter hides does not move the cursor of who waits", FEED),
    Mutant("api/server.py", "            self._lifecycle.end()\n", "", "open streams keep a server from stopping", FEED),
)  # fmt: skip
