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
POLICIES = ("tests/ledger/test_policies.py", "tests/ledger/test_door.py")
CONSENT = (
    "tests/ledger/test_consent*.py",
    "tests/ledger/test_door_questions.py",
    "tests/ledger/test_door.py",
)
OVERSIGHT = ("tests/ledger/test_oversight.py", "tests/ledger/test_door.py")
LOG_KEY = (
    "tests/ledger/test_log_key_rotation.py",
    "tests/ledger/test_signer.py",
    "tests/ledger/test_door.py",
)
RESTS = ("tests/api/test_draft_days.py", "tests/api/test_draft_rests.py")
FILES = ("tests/ledger/test_attachments.py", "tests/api/test_http_files.py")


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
    Mutant("ledger/authority.py", "if not world.root.belongs(body.id, owner, today):", "if False:", "one council signs for another", DOOR),
    Mutant("ledger/authority.py", "if key.person != signer.person:", "if False:", "a person signs with another's key", DOOR),
    Mutant("ledger/authority.py", "if len(people) < needed:", "if len(people) < 1:", "one registrar is enough", DOOR),
    Mutant("ledger/authority.py", "people = {registrars[s.kid].person for s in", "people = {s.kid for s in", "the threshold counts keys", DOOR),
    Mutant("ledger/envelope.py", "if key.alg != header.alg", "if False", "alg is not pinned by the key", ("tests/ledger/test_envelope.py",)),
    Mutant("ledger/append/group.py", "            verify_envelope(submission.envelope, keys)", "            pass", "signatures are not checked under the lock", (*DOOR, *APPEND)),
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
    Mutant("projections/cells.py", "_HOLDS = \"known_from<=:k AND known_to>:k", "_HOLDS = \"known_from<:k AND known_to>:k", "an entry is known one position late", PROJECTIONS),
    Mutant("projections/cells.py", "AND counts_from<=:d AND counts_to>:d\"", "AND counts_from<=:d AND counts_to>=:d\"", "a suspended day counts", PROJECTIONS),
    Mutant("projections/budget.py", "\"variance\": _difference(reported[\"paid\"], amended),", "\"variance\": _difference(amended, reported[\"paid\"]),", "the deviation's sign is wrong", PROJECTIONS),
    Mutant("ledger/periods.py",
        "    return [last] if last is not None else list(reports)",
        "    return list(reports)",
        "year-to-date values are added up", PROJECTIONS),
    Mutant("projections/positions.py", "if len(rows) == 2 and rows[0].recorded_at == rows[1].recorded_at:", "if False:", "a position cuts a batch", PROJECTIONS),
    Mutant("projections/writer.py", "self._closed.append((index + 1, *key))", "self._closed.append((index, *key))", "a correction is known too early", PROJECTIONS),
    Mutant("projections/diff.py", "        return \"corrected\"", "        return \"decided\"", "a correction passes for a decision", PROJECTIONS),
    # Acts' lives and what rests on them
    Mutant("ledger/kinds/act_status_changed.py", "if data.by == \"mayor\" and data.status != \"suspended\":", "if False:", "a mayor resumes what the mayor suspended", DOOR),
    Mutant("ledger/kinds/act_status_changed.py", "if 3 * votes.for_ < 2 * votes.of:", "if 2 * votes.for_ <= votes.of:", "a simple majority overrides the mayor", DOOR),
    Mutant("ledger/kinds/act_status_changed.py", "if 3 * votes.for_ < 2 * votes.of:", "if 3 * votes.for_ <= 2 * votes.of:", "exactly two thirds are too few", DOOR),
    Mutant("ledger/kinds/act_status_changed.py", "if days > SUSPENDED_WITHIN_DAYS:", "if days >= SUSPENDED_WITHIN_DAYS:", "the fifth day is late", DOOR),
    Mutant("ledger/kinds/act_status_changed.py", "for status in reversed(older):", "for status in older:", "the oldest suspension decides who is overridden", DOOR),
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
    Mutant("api/routes/files.py", "places = [folder, restricted_folder(folder)] if is_restricted(named) else [folder]", "places = [folder]", "restricted bytes lie among the public ones", FILES),
    # Registrars
    Mutant("ledger/authority.py", "if body is not None and body.registrars:", "if False:", "the root manages a body that has registrars of its own", REGISTRARS),
    Mutant("ledger/authority.py", "body = world.bodies.get(world.root.current(name, today))", "body = world.bodies.get(name)", "the predecessor's registrars stay in charge", REGISTRARS),
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
    Mutant("ledger/doubt.py", "yield from _rests_on(world, (stream, key.slot), signer, asked)", "pass", "doubt does not spread to a key", DOUBT),
    Mutant("ledger/doubt.py", "yield from _rests_on(world, (stream, office.slot), signer, asked)", "pass", "doubt does not spread to an office", DOUBT),
    Mutant("ledger/doubt.py", "if all(grants):", "if False:", "doubt does not spread to a mandate", DOUBT),
    Mutant("ledger/doubt.py", "if all(grants):", "if any(grants):", "a second, sound mandate does not carry a statement", DOUBT),
    Mutant("ledger/doubt.py", "            found.extend(doubts)\n", "", "doubt does not spread to a registrar", DOUBT),
    Mutant("ledger/doubt.py", "any(not doubts_of(world, stream, kept, following) for kept in reaffirmed)", "any(True for kept in reaffirmed)", "a re-affirmation in doubt lifts doubt", DOUBT),
    Mutant("ledger/doubt.py", "if not found or statement.event in asked:", "if not found:", "who rests on a statement vouches for it", DOUBT),
    Mutant("ledger/doubt.py", "yield _doubt(\"ended-late\", signer, _ending(body, then[-1].slot))", "pass", "an end registered late goes unnoticed", DOUBT),
    Mutant("ledger/doubt.py", "for registry in (root,) if where is root else (root, where):", "for registry in (where,):", "the root's suspicion stays in the root", DOUBT),
    Mutant("ledger/kinds/entry_reaffirmed.py", "if not doubts_of(view.world, view.subject, statement):", "if False:", "what is in no doubt is re-affirmed", DOUBT),
    Mutant("ledger/statements.py", "if found.payload != named.payload:", "if False:", "a statement that was replaced is re-affirmed", KEYS),
    Mutant("ledger/authority.py", "if len({one.registrar for one in meant}) != 1:", "if False:", "an office re-affirms what registrars said", KEYS),
    # Policies
    Mutant("ledger/kinds/policy_set.py", "if data.start < view.today:", "if False:", "a policy is retroactive", POLICIES),
    Mutant("ledger/policy.py", "if policy.index < below and policy.said.start <= day:", "if policy.index < below and policy.said.start < day:", "a policy begins a day late", POLICIES),
    Mutant("ledger/policy.py", "p.said.programme in (None, programme)", "True", "a policy of one programme governs all", POLICIES),
    Mutant("ledger/governing.py", "for name in world.root.chain(body, day) if body else ():", "for name in [body] if body else ():", "policies of the bodies above do not govern", POLICIES),
    Mutant("ledger/enactment.py", "if one.code in rule.forbidden:", "if False:", "what a policy forbids is acknowledged", POLICIES),
    Mutant("ledger/enactment.py", "silent=one.asked.shortfall == \"record\"", "silent=False", "a shortfall that is only recorded is asked about", POLICIES),
    Mutant("ledger/enactment.py", "if one.asked.shortfall == \"refuse\":", "if False:", "a shortfall that refuses is acknowledged", POLICIES),
    Mutant("ledger/enactment.py", "if any(signer.office != office for signer in event.signers):", "if all(signer.office != office for signer in event.signers):", "anybody reports beside the executor", POLICIES),
    Mutant("ledger/policy.py", "if step in executor.items:", "if item in executor.items:", "the row above names no executor", POLICIES),
    Mutant("ledger/kinds/policy_set.py", "if asked.needed > len(asked.offices):", "if False:", "more endorsements are asked than there are offices", POLICIES),
    Mutant("ledger/kinds/policy_set.py", "_able(view, asked, start) < asked.needed:", "_able(view, asked, view.today) < asked.needed:", "holders are counted on the wrong day", POLICIES),
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
    Mutant("ledger/voices.py", "people.get(person, office) != office:", "False:", "one person endorses twice", CONSENT),
    Mutant("ledger/voices.py", "(asked.other_persons and any(voice.person == other.person for other in counted), \"same-person\"),", "", "one person is counted twice", CONSENT),
    Mutant("ledger/voices.py", "        if waiting:\n", "        if False:\n", "an office endorses before the one that comes first", CONSENT),
    Mutant("ledger/enactment.py", "if mine != proposal.members.get(\"relations\"):", "if False:", "a proposal is enacted as a correction of something", CONSENT),
    Mutant("ledger/enactment.py", "if event.kind != proposal.kind:", "if False:", "a proposal is enacted by another kind", CONSENT),
    Mutant("ledger/kinds/change_withdrawn.py", "if signer.office not in offices:", "if False:", "anybody withdraws a proposal", CONSENT),
    # Oversight
    Mutant("ledger/kinds/observation_answered.py", "if known.to is not None and signer.office != known.to:", "if False:", "another office answers", OVERSIGHT),
    Mutant("ledger/kinds/observation_answered.py", "if signer.person in known.observers:", "if False:", "who observed answers", OVERSIGHT),
    Mutant("ledger/oversight.py", "observers=old.observers | observers", "observers=frozenset(observers)", "who was corrected answers the own observation", OVERSIGHT),
    Mutant("ledger/doubt.py", " and len(people) >= one.threshold", "", "a suspect statement that lowers k is forgotten", DOUBT),
    Mutant("ledger/doubt.py", "if statement.event_index == 0:", "if False:", "the opening itself is doubted", DOUBT),
)  # fmt: skip
