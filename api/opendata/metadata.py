"""The columns of a table of resolution No. 835 as CSV on the Web: official names, our own words."""

from __future__ import annotations

from typing import Any, Final

from api.opendata.official import COLUMNS, TITLES, OfficialName

_TYPES: Final = {"year": "gYear", "date": "date", "string": "string"}


def metadata(table: OfficialName) -> dict[str, Any]:
    """Source: W3C, Metadata Vocabulary for Tabular Data. Nothing is required: the unknown stays empty."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "uk"}],
        "url": f"{table}.csv",
        "dc:title": {"uk": TITLES[table][0], "en": TITLES[table][1]},
        "dialect": {"encoding": "utf-8", "lineTerminators": ["\r\n"], "header": True},
        "tableSchema": {
            "columns": [
                {
                    "name": column.name,
                    "titles": {"uk": column.uk, "en": column.en},
                    "datatype": _TYPES[column.type],
                }
                for column in COLUMNS[table]
            ],
            "primaryKey": "uid",
        },
    }
