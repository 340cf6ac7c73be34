"""Questions about signatures: was the key revoked before it signed, and did the mandate hold?"""

from __future__ import annotations

from ledger.event import Signer
from projections.doubtful import read_doubt
from projections.findings.case import Case
from projections.findings.dossier import Said
from projections.findings.keys import doubts_at
from projections.questions.looking import own_entries
from projections.questions.question import Answer, Asked, Item, Question, lacks, nothing
from projections.recording import Doc
from projections.records import read_record, scan_records

_NONE = ("programme.adopted", "записів програми немає", "there are no entries of the programme")


def looked_at(case: Case) -> list[Said]:
    """Every entry of the programme, and about the acts that it cites: its figures stand on both."""
    own = own_entries(case)
    about = {said.index: said for act in case.keys("act") for said in case.act_entries(act)}
    return sorted((*own, *about.values()), key=lambda said: said.index) if own else []


# -- 4 ----------------------------------------------------------------------------------


def revoked_before(asked: Asked) -> Answer:
    """Judged by the place in the log. Its own claim cannot say on which side of a theft it stands."""
    case = asked.case
    entries = looked_at(case)
    if not entries:
        return nothing(*_NONE)
    revoked = _revocations(case, entries)
    suspects = tuple(_suspect(asked, row) for row in asked.found("KEY-SUSPECT"))
    after = [one for one in revoked if one.values["after"]]
    figures = {
        "entries": len(entries),
        "about_acts": sum(not said.own for said in entries),
        "keys_revoked": len(revoked),
        "recorded_after": sum(len(one.values["after"]) for one in after),
        "suspect": len(suspects),
    }
    if after:
        count = figures["recorded_after"]
        words = (
            f"Так: після відкликання ключа зареєстровано {count} з {len(entries)} записів",
            f"Yes: {count} of {len(entries)} entries were recorded after the key's revocation",
        )
        return Answer("yes", words, (*revoked, *suspects), figures=figures)
    if suspects:
        uk = (
            f"{len(suspects)} підписів зареєстровано до відкликання, але в проміжку, від якого ключу не "
            "довіряють: самого заявленого часу недосить"
        )
        en = (
            f"{len(suspects)} signatures were recorded before the revocation, but where the key is not "
            "trusted any more: the claimed time alone decides nothing"
        )
        words = (f"Не визначено: {uk}", f"Undetermined: {en}")
        missing = (lacks("entry.reaffirmed", uk, en),)
        return Answer("undetermined", words, (*suspects, *revoked), missing, figures)
    words = (
        (
            f"Ні: кожен з {len(entries)} записів (програми та її актів) стоїть у журналі до відкликання "
            f"ключів, що його підписали (відкликано ключів: {len(revoked)})"
        ),
        (
            f"No: each of the {len(entries)} entries (of the programme and its acts) stands in the log "
            f"before any revocation of its keys ({len(revoked)} keys revoked)"
        ),
    )
    return Answer("no", words, revoked, figures=figures)


def _revocations(case: Case, entries: list[Said]) -> tuple[Item, ...]:
    """Of each revoked key that signed: where it was revoked, and what it signed before and after."""
    signed: dict[tuple[str, str], list[tuple[Said, Signer]]] = {}
    for said in entries:
        for signer in said.stated.event.signers:
            signed.setdefault((signer.kid, signer.office), []).append((said, signer))
    records = [row for row in scan_records(case.reading, "key") if row["revoked"] is not None]
    found = []
    for (kid, office), uses in sorted(signed.items()):
        body = (read_record(case.reading, "office", office) or {}).get("body")
        mine = [row for row in records if row["kid"] == kid]
        mine = [row for row in mine if row.get("body") == body] or mine
        if mine:
            first = min(mine, key=lambda row: int(row["revoked"]["index"]))
            found.append(_revocation(first, office, [said for said, _ in uses]))
    return tuple(found)


def _revocation(record: Doc, office: str, uses: list[Said]) -> Item:
    said = record["revoked"]
    index = int(said["index"])
    before, after = ([one.index for one in uses if (one.index > index) == side] for side in (False, True))
    values = {
        "kid": record["kid"],
        "person": record["person"],
        "office": office,
        "revoked": said,
        "before": before,
        "after": after,
    }
    sentence = (
        (
            f"Ключ {record['kid']} ({record['person']}, {office}) відкликано записом № {index + 1}: "
            f"підписано до нього {len(before)}, після нього {len(after)}"
        ),
        (
            f"Key {record['kid']} ({record['person']}, {office}) was revoked by entry № {index + 1}: "
            f"{len(before)} entries signed before it, {len(after)} after it"
        ),
    )
    return Item(sentence, entries=(index, *after), values=values)


def _suspect(asked: Asked, row: Doc) -> Item:
    """With the claimed and the other times of the signature in doubt."""
    case = asked.case
    index = next(event["index"] for event in row["events"] if doubts_at(case, event["index"]))
    return asked.item(row, index=index, times=case.times(index))


# -- 20 ---------------------------------------------------------------------------------


def mandate_held(asked: Asked) -> Answer:
    """Each signer's mandate against the day of recording; doubt stays until somebody re-affirms."""
    case = asked.case
    entries = looked_at(case)
    if not entries:
        return nothing(*_NONE)
    found = asked.found("KEY-MANDATE")
    late = [row for row in found if row["words"]["doubt"] == "ended-late"]
    open_ones = [row for row in found if row["words"]["doubt"] == "undetermined"]
    holders = _holders(case, entries)
    shaky = [one for one in holders if one.values["doubtful_mandate"]]
    items = (*(asked.item(row) for row in found), *holders)
    outside = {index for one in holders for index in one.values["outside"]}
    figures = {
        "entries": len(entries),
        "about_acts": sum(not said.own for said in entries),
        "signers": len(holders),
        "ended": len(late),
        "undetermined": len(open_ones),
        "doubtful_mandates": len(shaky),
        "reaffirmed": sum(case.event_id(index) in case.plan.reaffirmed for index in outside),
    }
    counted = (f"записів: {len(entries)}", f"entries: {len(entries)}")
    if late:
        words = (
            (
                f"Ні: повноваження вже було припинено – {len(late)}; ще не визначено – {len(open_ones)} "
                f"({counted[0]})"
            ),
            (
                f"No: the mandate had ended for {len(late)}; undetermined besides: {len(open_ones)} "
                f"({counted[1]})"
            ),
        )
        return Answer("no", words, items, figures=figures)
    if open_ones or shaky:
        uk = f"підписано раніше, зареєстровано після: {len(open_ones)}; надання під сумнівом: {len(shaky)}"
        en = f"signed before the end and recorded after it: {len(open_ones)}; grants in doubt: {len(shaky)}"
        words = (f"Не визначено до підтвердження: {uk}", f"Undetermined until re-affirmed: {en}")
        return Answer("undetermined", words, items, (lacks("entry.reaffirmed", uk, en),), figures)
    words = (
        (
            "Так: у день реєстрації кожного чинного запису повноваження діяли, або його підтверджено "
            f"({counted[0]})"
        ),
        (
            "Yes: on the day of recording of each entry in force the mandate held, or it was re-affirmed "
            f"({counted[1]})"
        ),
    )
    return Answer("yes", words, items, figures=figures)


def _holders(case: Case, entries: list[Said]) -> tuple[Item, ...]:
    """Of each person in an office: the mandates, and which entries fall outside them."""
    signed: dict[tuple[str, str], list[Said]] = {}
    for said in entries:
        for signer in said.stated.event.signers:
            signed.setdefault((signer.person, signer.office), []).append(said)
    mandates = [row for row in scan_records(case.reading, "mandate") if not row.get("void")]
    return tuple(_holder(case, who, uses, mandates) for who, uses in sorted(signed.items()))


def _holder(case: Case, who: tuple[str, str], uses: list[Said], mandates: list[Doc]) -> Item:
    mine = [row for row in mandates if (row["person"], row["office"]) == who]
    outside = [said.index for said in uses if not any(_has(row, said.day) for row in mine)]
    shown = [_mandate(case, row) for row in mine]
    spans = ", ".join(f"{row['start']} – {row['end'] or '…'}" for row in mine) or "–"
    first, last = uses[0].day, uses[-1].day
    sentence = (
        (
            f"{who[0]} ({who[1]}): повноваження {spans}; записів {len(uses)}, з {first} до {last}, поза ними "
            f"{len(outside)}"
        ),
        (
            f"{who[0]} ({who[1]}): mandate {spans}; {len(uses)} entries from {first} to {last}, "
            f"{len(outside)} outside"
        ),
    )
    values = {
        "person": who[0],
        "office": who[1],
        "mandates": shown,
        "outside": outside,
        "count": len(uses),
        "doubtful_mandate": any(row["doubt"] for row in shown),
    }
    entries = sorted({*outside, *(row["index"] for row in shown)})
    return Item(sentence, entries=tuple(entries), group="apart", values=values)


def _mandate(case: Case, row: Doc) -> Doc:
    """With the doubt in which its newest statement stands."""
    names = ("id", "start", "end", "order", "acting", "late", "event", "index")
    return {name: row[name] for name in names} | {
        "doubt": read_doubt(case.reading, f"body:{row['body']}", row["index"])
    }


def _has(mandate: Doc, day: str) -> bool:
    """Its interval is half-open: the day on which it ends is the first without it."""
    return bool(mandate["start"] <= day and (mandate["end"] is None or day < mandate["end"]))


QUESTIONS = (
    Question(
        4,
        "Чи був ключ відкликаний до підпису?",
        "Was the key revoked before it signed?",
        ("KEY-SUSPECT",),
        revoked_before,
    ),
    Question(20, "Повноваження діяли?", "Was the mandate in force?", ("KEY-MANDATE",), mandate_held),
)
