"""For each finding of the real programme's document an edit that mends it and nothing else.

As somebody would mend the paper: a quote as it should read, a value that was left out, a code as it should be
printed. An edit of several cells mends one flaw that is seen in them all.
"""

from __future__ import annotations

from typing import Any

from tests.projections.findings.papers import Edits, Finding, particular, real


def _text(id_: str, text: str) -> dict[str, str]:
    return {f"/printed/{id_}/text": text}


def _code(kind: str, id_: str, code: str) -> dict[str, str]:
    """The paper prints another code than the id."""
    return particular(f"c-{id_}", f"{kind}_code:{id_}", code)


def _changed(id_: str) -> Edits:
    """A boolean that was not yet so at first."""
    return {f"/indicators/{id_}/base": "Ні"}


def _shared(id_: str) -> Edits:
    return particular("ratio", f"ratio:{id_}", "12 із 15 закладів")


def _measured(id_: str) -> Edits:
    """Indicator 1.1.1 is a yes or no: it measures the result, and no number is compared."""
    return {f"/printed/{id_}/field": "expected:1.1.1"}


def _of_measure(id_: str) -> Edits:
    """One more indicator for a measure, whole in itself."""
    row = {
        "name": f"Роботи за заходом {id_}",
        "measure": id_,
        "kind": "boolean",
        "unit": "Так/Ні",
        "base": "Ні",
        "base_date": "2024-12-31",
        "targets/2025": "Так",
    }
    return {f"/indicators/more/{name}": value for name, value in row.items()}


def _all(part: str, name: str, value: Any) -> Edits:
    """One member of every row of a part."""
    ids = {path.split("/")[2] for path in real().cells if path.startswith(f"/{part}/")}
    return {f"/{part}/{id_}/{name}": value for id_ in sorted(ids)}


def _zeros() -> Edits:
    """A zero for each measure that has no amount: nothing is to be spent, and that is said."""
    levels = {path: value for path, value in real().cells.items() if path.endswith("/level")}
    measures = [path.split("/")[2] for path, level in levels.items() if level == "measure"]
    return {f"/financing/{id_}/2025/local": "0.00" for id_ in measures if id_ != "3.3.2"}


DYNAMICS = {"1.1.2": "+4", "2.1.1": "+20%", "2.1.2": "+2", "3.1.1": "+4", "4.2.1": "0", "4.2.2": "+1"}
LINKS = {
    "2.1.1": "2.1.2", "2.1.2": "2.1.3", "3.1.2": "3.1.5", "3.3.5": "3.4.1", "3.3.6": "3.4.4",
    "3.4.1": "3.5.1", "3.4.2": "3.5.2",
    "3.5.1": "3.6.2", "3.5.2": "3.6.3", "3.6.1": "3.7.1", "3.6.2": "3.7.2",
}  # fmt: skip

MENDINGS: dict[Finding, Edits] = {
    ("DOC-TERM", "p1"): _text("p1", "2025 – 2027 роки"),
    ("DOC-PERIOD", "p3"): _text("p3", "на 2025 – 2027 роки"),
    ("DOC-DATE", "date"): {
        **_text("p5", "20.02.2025"),
        "act/status": {"text": "Прийнятий в цілому", "date": "2025-02-20"},
    },
    ("DOC-NUMBER", "number"): {"act/number": "641"},
    ("DOC-PLACEHOLDER", "passport.participants"): {"/passport/participants": "Комунальна бібліотека"},
    ("DOC-PLACEHOLDER", "passport.stages"): {"/passport/stages": "-"},
    **{
        ("DOC-PLACEHOLDER", f"endorsement.e{n}"): {f"/endorsements/e{n}/date": "18.02.2025"}
        for n in (1, 2, 3, 4)
    },
    ("DOC-PLACEHOLDER", "p11"): _text("p11", "№ 641 від 20.02.2025р"),
    ("DOC-PLACEHOLDER", "p14"): _text("p14", "опубліковано 25 наборів відкритих даних"),
    ("DOC-PLACEHOLDER", "p15"): _text("p15", "розпорядженням міського голови № 7 від 01.02.2025 заборонено"),
    ("DOC-PLACEHOLDER", "p18"): _text("p18", "Державний бюджет - грн"),
    ("DOC-ANNEXREF", "4"): _text(
        "p21", "індикаторів виконання регіональної програми, визначених у додатку 2"
    ),
    ("DOC-ANNEXREF", "3"): _text("p25", "Додаток 5 до Місцевої програми"),
    ("DOC-TEMPLATE", "p21"): {
        **_text("p21", "індикаторів виконання програми, визначених у додатку 4"),
        **_text("p30", "індикаторів виконання програми"),
    },
    ("DOC-TEMPLATE", "p26"): _text("p26", "Ключові досягнення виконання Програми"),
    ("DOC-TEMPLATE", "p27"): _text("p27", "підвищення рівня якості життя в громаді"),
    ("DOC-TEMPLATE", "p28"): {
        **_text("p28", "для інформатизації публічного управління громади"),
        "/tree/3.5/title": "Забезпечення сучасною ІТ-інфраструктурою для публічного управління громади",
    },
    ("DOC-TEMPLATE", "p29"): {
        **_text("p29", "в рішенні міської ради про міський бюджет"),
        **_text("p44", "Обсяг коштів визначається щорічно в рішенні міської ради про міський бюджет"),
    },
    ("DOC-SCRIPT", "p9"): {**_text("p9", "XLVI чергова сесія"), "act/session": "XLVI чергова сесія"},
    ("DOC-SCRIPT", "p10"): {**_text("p10", "VIII скликання"), "act/convocation": "VIII скликання"},
    ("DOC-FOOTNOTE", "p34"): particular("note", "footnote", "* субвенції з інших бюджетів"),
    ("DOC-COLUMN", "p33"): _text("p33", "2026 рік"),
    ("DOC-SECTION", "1.14"): _text("p32", "1.14 Інформатизація транспортних перевезень"),
    ("FIN-YEARGAP", "years"): {
        "/financing/3.3.2/2026/local": "0.00",
        "/financing/3.3.2/2027/local": "-",
    },
    ("FIN-SOURCE", "p38"): {
        **_text("p38", "кошти місцевого бюджету"),
        **_text("p39", "за власні кошти громади"),
    },
    ("FIN-UNFUNDED", "measures"): _zeros(),
    ("FIN-UNFUNDED", "3.3.4"): {"/financing/3.3.4/2025/local._.2620._._": "10000.00"},
    ("FIN-TRANSFER", "3.3.2"): {
        "/financing/3.3.2/2025/local": None,
        "/financing/3.3.2/2025/local._.2620._._": "30000.00",
    },
    ("FIN-HISTORY", "local"): _text("p51", "місцевого - 454 728,31 грн"),
    ("FIN-PREDECESSOR", "predecessor"): {
        "/predecessor/date": "2021-12-20",
        **_text("p45", "рішенням № 641 від 20.12.2021р"),
    },
    ("IND-DYN", "dynamics"): {f"/indicators/{id_}/printed/dynamics": text for id_, text in DYNAMICS.items()},
    ("IND-DYN", "3.3.4"): {"/indicators/3.3.4/printed/dynamics": "+220"},
    ("IND-UNIT", "4.1.1"): {
        "/indicators/4.1.1/base": "60%",
        "/indicators/4.1.1/targets/2025": "80%",
        "/indicators/4.1.1/targets/2026": "90%",
        "/indicators/4.1.1/targets/2027": "100%",
    },
    **{("IND-NOCHANGE", id_): _changed(id_) for id_ in ("3.3.2", "3.3.3", "3.3.5", "3.3.6", "3.4.2")},
    ("IND-BASE", "base-date"): _all("indicators", "base_date", "2024-12-31"),
    ("IND-BASE", "3.1.2"): _text("p52", "Усереднений показник безбар’єрності становить 84%"),
    **{("IND-DENOM", id_): _shared(id_) for id_ in ("2.1.1", "3.1.2", "3.3.1", "3.4.1", "4.1.1")},
    ("EXP-OVER", "3.1.1"): _text("p64", "взято участь в мінімум 11 семінарах"),
    ("EXP-UNDER", "1.1.2"): _text("p60", "взято участь у мінімум 10 семінарах"),
    ("EXP-UNDER", "4.2.1"): _text("p77", "проведено мінімум 7 інформаційних кампаній"),
    ("EXP-UNDER", "4.2.2"): _text("p78", "проведено мінімум 12 інформаційних кампаній"),
    **{("EXP-ORPHAN", id_): _measured(id_) for id_ in ("p61", "p63", "p66", "p67", "p68")},
    ("EXP-ECHO", "3.3.2"): {"/tree/3.3.2/result": "60 робочих місць із доступом"},
    ("LINK-CODE", "1.1.1"): {"/indicators/1.1.1/measure": "1.1.2", **_code("indicator", "1.1.1", "1.1.2")},
    **{
        ("LINK-CODE", id_): {**_code("indicator", id_, code), f"/indicators/{id_}/link": None}
        for id_, code in LINKS.items()
    },
    **{("LINK-GAP", id_): _of_measure(id_) for id_ in ("1.1.1", "2.1.1", "3.2.1", "3.2.2", "3.6.1")},
    # Its indicator, which means it under another code, still does.
    ("LINK-GAP", "3.1.2-3.1.4"): {
        **_code("measure", "3.1.5", "3.1.2"),
        **_code("indicator", "3.1.2", "3.1.3"),
    },
    ("LINK-GAP", "3.4.2-3.4.3"): _code("measure", "3.4.4", "3.4.2"),
    ("LINK-DUP", "3.1.1"): _text("p41", "Проєкт 3.1.1. Проведення вебінарів, тренінгів, інтенсивів"),
    ("LINK-INFERRED", "row.3.3.2"): _text("p40", "Захід 3.3.2 Супроводження системи документообігу"),
    ("GOV-ROLES", "endorsement.e4"): {"/endorsements/e4/office": "Начальник відділу аудиту"},
    ("GOV-ROLES", "control"): {
        **_text("p54", "Безпосередній контроль за виконанням Програми здійснює відділ аудиту"),
        **_text("p55", "за цільовим та ефективним використанням коштів – відділ аудиту"),
    },
    ("GOV-CODES", "edrpou"): particular("code", "edrpou", "код ЄДРПОУ 00000000"),
    ("GOV-CODES", "kpkvk"): {"/tree/3.3.2/kpkvk": "0117520"},
    ("GOV-CODES", "approval"): particular("note", "approval", "погоджено Мінцифри, лист від 01.02.2025"),
    ("GOV-DEADLINE", "p57"): _text("p57", "Щомісяця до 05 числа"),
    ("GOV-DEADLINE", "commission"): particular("note", "report", "звіт подають постійній комісії щороку"),
}
