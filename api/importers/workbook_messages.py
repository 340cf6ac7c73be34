"""What can be wrong with a workbook, in both languages: what it is, and what to do about it."""

from __future__ import annotations

from typing import Final

WORKBOOK_MESSAGES: Final = {
    "workbook-broken": (
        "книга пошкоджена або записана не за форматом XLSX: відкрийте її та збережіть як .xlsx наново",
        "the workbook is damaged or no proper XLSX: open it and save it as .xlsx again",
    ),
    "not-a-workbook": (
        "це не книга XLSX: збережіть таблицю як «Книга Excel (.xlsx)»",
        "this is no XLSX workbook: save the table as an Excel workbook (.xlsx)",
    ),
    "old-workbook": (
        "це старий .xls або файл із паролем: збережіть як .xlsx без пароля",
        "this is an old .xls or a file with a password: save it as .xlsx without one",
    ),
    "workbook-encrypted": (
        "книгу захищено паролем: збережіть її без пароля",
        "the workbook is encrypted: save it without a password",
    ),
    "workbook-macros": (
        "у книзі є макроси ({got}): збережіть її як .xlsx без макросів",
        "the workbook holds macros ({got}): save it as .xlsx without them",
    ),
    "workbook-embedded": (
        "у книзі є вбудовані об’єкти ({got}): вилучіть їх",
        "the workbook holds embedded objects ({got}): remove them",
    ),
    "workbook-links": (
        "книга бере дані з інших файлів ({got}): розірвіть зв’язки та вставте значення",
        "the workbook takes data from other files ({got}): break the links and paste values",
    ),
    "workbook-too-heavy": (
        "читання книги забрало забагато пам’яті чи часу: залиште в ній саму таблицю",
        "reading the workbook took too much memory or time: leave the table alone in it",
    ),
    "workbook-busy": (
        "інші книги ще читаються: спробуйте за хвилину",
        "other workbooks are still being read: try again in a minute",
    ),
    "zip-name": ("у книзі є частина з неможливою назвою «{got}»", "a part has an impossible name “{got}”"),
    "zip-duplicate": ("у книзі дві частини «{got}»", "the workbook holds “{got}” twice"),
    "zip-link": ("у книзі є посилання замість частини: {got}", "a part is a link: {got}"),
    "zip-overlap": ("частини книги накладаються: {got}", "parts of the workbook overlap: {got}"),
    "zip-too-many": ("у книзі понад {got} частин", "the workbook has more than {got} parts"),
    "zip-too-large": (
        "розпакована книга більша за {got} байтів",
        "unpacked, the workbook is larger than {got} bytes",
    ),
    "zip-bomb": (
        "частина {got} розпаковується в сотні разів: так стиснуто не бувають справжні таблиці",
        "{got} unpacks to hundreds of times its size: no real table does",
    ),
    "xml-dtd": ("у книзі є оголошення DTD, яких бути не може", "the workbook holds a DTD, which none may"),
    "xml-too-deep": (
        "вкладеність частин книги більша за {got} рівнів",
        "a part of the workbook is nested more than {got} levels deep",
    ),
    "too-many-sheets": ("аркушів більше за {got}", "more than {got} sheets"),
    "too-many-cells": (
        "клітинок більше за {got}: вилучіть порожні оформлені рядки й стовпці",
        "more than {got} cells: delete empty formatted rows and columns",
    ),
    "sheet-too-long": ("на аркуші більше за {got} рядків", "the sheet has more than {got} rows"),
    "sheet-too-wide": (
        "дані стоять правіше за стовпець {got}",
        "something stands to the right of column {got}",
    ),
    "text-too-long": (
        "тексту більше, ніж дозволено ({got} знаків)",
        "there is more text than the {got} characters allowed",
    ),
    "cell-twice": (
        "рядок або клітинку {got} записано двічі або не по порядку",
        "row or cell {got} is written twice or out of order",
    ),
    "cell-formula": (
        "тут формула: скопіюйте й вставте значення («Вставити значення»)",
        "this is a formula: copy it and paste the value (“Paste values”)",
    ),
    "cell-error": ("тут помилка {got}: впишіть значення", "this is the error {got}: write the value"),
    "cell-percent": (
        "число у форматі відсотків: напишіть його текстом так, як надруковано («25 %»)",
        "a number formatted as a percentage: write it as text, as printed (“25 %”)",
    ),
    "cell-scaled": (
        "формат клітинки показує інше число (у тисячах, з додатком, або нічого): оберіть звичайний",
        "the format shows another number (in thousands, with an addition, or none): choose a plain one",
    ),
    "cell-moment": (
        "«{got}» не є датою календаря без часу доби: впишіть дату РРРР-ММ-ДД текстом",
        "“{got}” is no day of the calendar, or has a time: write the date as text YYYY-MM-DD",
    ),
    "cell-huge": (
        "число «{got}» довше за 15 цифр, і частину їх утрачено: задайте текстовий формат і впишіть наново",
        "the number “{got}” is longer than 15 digits and has lost some: format as text and write it again",
    ),
    "cell-number-for-text": (
        (
            "код набрано числом «{got}»: кінцеві нулі могли зникнути (3.10 стає 3,1); задайте клітинці "
            "текстовий формат і впишіть код наново"
        ),
        (
            "the code is a number, “{got}”: a last zero may be lost (3.10 becomes 3.1); format the cell as "
            "text and write the code again"
        ),
    ),
    "cell-date-for-text": (
        "код став датою {got}: задайте клітинці текстовий формат і впишіть код наново",
        "the code has become a date, {got}: format the cell as text and write the code again",
    ),
    "cell-lost-zero": (
        (
            "«{got}» – {digits} цифр бракує: код набрано числом, і нуль на початку зник; задайте клітинці "
            "текстовий формат і впишіть усі цифри"
        ),
        (
            "“{got}” lacks digits of {digits}: the code is a number and its leading zero is gone; format the "
            "cell as text and write all digits"
        ),
    ),
    "cell-not-number": (
        "тут має бути число або сума, а стоїть дата чи «Так/Ні»",
        "a number is expected here, and this is a date or a yes/no",
    ),
    "merged-cells": (
        "клітинки об’єднано ({got}): скасуйте об’єднання та впишіть значення в кожну",
        "cells are merged ({got}): unmerge them and write the value in each",
    ),
    "hidden-row": (
        "прихований або відфільтрований рядок із даними: покажіть його або вилучіть",
        "a hidden or filtered row holds data: show it or delete it",
    ),
    "hidden-column": (
        "прихований стовпець «{got}»: покажіть його або вилучіть",
        "a hidden column, “{got}”: show it or delete it",
    ),
    "hidden-sheet": (
        "аркуш «{got}» приховано: покажіть його",
        "the sheet “{got}” is hidden: show it",
    ),
    "missing-sheet": ("немає аркуша «{got}»", "there is no sheet “{got}”"),
    "sheet-twice": ("таких аркушів два: «{got}»", "there are two such sheets: “{got}”"),
    "unknown-sheet": ("аркуш «{got}» невідомий: вилучіть його", "the sheet “{got}” is unknown: delete it"),
    "sheet-missing-column": (
        "на жодному аркуші немає рядка зі стовпцями {got}",
        "no sheet has a row that names the columns {got}",
    ),
    "table-twice": (
        "така таблиця є на двох аркушах ({got}): залиште одну",
        "such a table is on two sheets ({got}): leave one",
    ),
    "missing-cell": (
        "клітинку не заповнено; якщо в джерелі тут пропуск, напишіть ____",
        "the cell is empty; if the source has a blank here, write ____",
    ),
    "unknown-title": ("стовпець або поле «{got}» невідомі", "the column or field “{got}” is unknown"),
    "sheet-no-header": (
        "на аркуші немає рядка зі стовпцями {got}",
        "no row of the sheet names the columns {got}",
    ),
    "another-programme": (
        "файл про програму «{got}», а вказано {first}",
        "the file is of the programme “{got}”, and {first} was named",
    ),
    "nothing-proposed": (
        "нічого не запропоновано: впишіть суму, «збільшити на …», -, ____ або «вилучити»",
        "nothing is proposed: write an amount, “збільшити на …” (add), -, ____ or “вилучити” (remove)",
    ),
    "signed-number": (
        "число {got} зі знаком – сума чи зміна? Зміну пишіть текстом: «збільшити на …», «зменшити на …»",
        "is the signed number {got} an amount or a change? Write a change as text: “збільшити на …”",
    ),
    "no-title": (
        "над цим стовпцем немає назви: «{got}»",
        "this column has no title over it: “{got}”",
    ),
}  # fmt: skip
