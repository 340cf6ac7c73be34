"""What can be wrong with a cell of a table of rows, in both languages (as MESSAGES of errors.py)."""

from __future__ import annotations

from typing import Final

ROW_MESSAGES: Final = {
    "no-such-period": (
        "«{got}» не є періодом: пишіть 2025, I квартал 2025, I півріччя 2025, 03.2025 або 2025-Q1",
        "“{got}” is no period: write 2025, 2025-Q1, 2025-H1 or 2025-03",
    ),
    "period-not-over": (
        "період {got} ще не закінчився: його останній день – {last}",
        "the period {got} is not over: its last day is {last}",
    ),
    "no-such-day": ("«{got}» не є датою: пишіть 20.02.2025", "“{got}” is no date: write 20.02.2025"),
    "not-a-decimal": (
        "«{got}» не є числом: пишіть 1234,5; тисячі відділяє лише пробіл",
        "“{got}” is no number: write 1234.5 or 1234,5; only a space divides thousands",
    ),
    "not-money-cell": (
        "«{got}» не є сумою: пишіть 1234,50; тисячі відділяє лише пробіл",
        "“{got}” is no amount: write 1234.50 or 1234,50; only a space divides thousands",
    ),
    "too-many-places": (
        "у «{got}» більше ніж {most} знаків після коми, а заокруглювати за вас ніхто не буде",
        "“{got}” has more than {most} decimals, and nobody rounds for you",
    ),
    "too-large-a-number": ("«{got}» завелике", "“{got}” is too large"),
    "value-of-other-kind": (
        "«{got}» не підходить індикатору: так чи ні пишуть там, де є одиниця «так/ні», а число – в решті",
        "“{got}” does not fit the indicator: yes or no (Так, Ні) where it is boolean, a number elsewhere",
    ),
    "half-a-fraction": (
        "чисельник і знаменник подають разом", "numerator and denominator are given together",
    ),
    "not-above-zero": ("«{got}»: знаменник має бути більшим за нуль", "“{got}”: a denominator is above zero"),
    "change-differs": (
        "стало «{got}», а за цим рядком виходить {counted}",
        "the new amount is “{got}”, the row gives {counted}",
    ),
    "certificate-recorded": (
        "довідку № {number} від {date} уже внесено (подія {event}): виправте ту подію, а не додавайте вдруге",
        "certificate {number} of {date} is on the record (event {event}): correct that event, not add again",
    ),
    "too-many-votes": ("голосів {got}, подія вміщує {most}", "{got} votes, and an event holds {most}"),
    "nothing-to-report": (
        "у файлі немає жодного рядка з даними", "the file has no row that says anything",
    ),
}  # fmt: skip
