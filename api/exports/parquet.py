"""Parquet, with the extra `pledger[parquet]`: typed columns, amounts as decimals, row groups so large."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from typing import IO, Any, Final

from api.exports.table import Row, Table, Type
from api.problems import Problem
from projections.budget import is_amount

GROUP_ROWS: Final = 2000
# Digits of an amount. One that is stated has seventeen at most; this holds any sum of a programme's.
DIGITS: Final = 24
PRINTED: Final = "_printed"
Flat = tuple[Any, ...]  # a row's values, as the table has its columns


def is_installed() -> bool:
    return find_spec("pyarrow") is not None


def check_installed() -> None:
    """Raises Problem parquet-not-installed."""
    if not is_installed():
        raise Problem("parquet-not-installed", "/query/format", "parquet", extra="pledger[parquet]")


def write_parquet(
    table: Table, batches: Iterable[Sequence[Row]], file: IO[bytes], said: Mapping[str, str]
) -> Iterator[bytes]:
    """Write the table into an open file; b"" after each step. said: of the file, as its metadata.

    In memory is one group of rows.
    """
    # An extra, slow to load, and without types of its own.
    import pyarrow as pa  # type: ignore[import-untyped] # noqa: PLC0415
    import pyarrow.parquet as pq  # type: ignore[import-untyped] # noqa: PLC0415

    schema = _schema(table, pa).with_metadata(dict(said))
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for group in _groups(table, batches):
            if group:
                writer.write_table(_typed(table, group, schema, pa))
            yield b""


def _groups(table: Table, batches: Iterable[Sequence[Row]]) -> Iterator[list[Flat]]:
    """Rows by their columns, so many as are written at once; none where a group is not full yet."""
    kept: list[Flat] = []
    for rows in batches:
        for row in rows:
            flat = table.flat(row)
            kept.append(tuple(flat.get(name) for name in table.names))
        if len(kept) < GROUP_ROWS:
            yield []
        while len(kept) >= GROUP_ROWS:
            yield kept[:GROUP_ROWS]
            del kept[:GROUP_ROWS]
    yield kept


def _schema(table: Table, pa: Any) -> Any:
    types: dict[Type, Any] = {
        "string": pa.string(),
        "integer": pa.int64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "money": pa.decimal128(DIGITS, 2),
        "list": pa.list_(pa.string()),
    }
    fields = []
    for column in table.columns:
        fields.append(pa.field(column.name, types[column.type]))
        if column.printed:
            fields.append(pa.field(column.name + PRINTED, pa.string()))
    return pa.schema(fields)


def _typed(table: Table, rows: Sequence[Flat], schema: Any, pa: Any) -> Any:
    arrays: list[list[Any]] = []
    for column, values in zip(table.columns, zip(*rows, strict=True), strict=True):
        arrays.append(list(map(_READ[column.type], values)))
        if column.printed:
            arrays.append([_word(value) for value in values])
    made = [pa.array(one, type=field.type) for one, field in zip(arrays, schema, strict=True)]
    return pa.Table.from_arrays(made, schema=schema)


def _word(value: Any) -> str | None:
    """What stands in place of an amount: a dash as printed, blank, or removed."""
    return None if value is None or is_amount(value) else (value or "blank")


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else str(value)


def _amount(value: Any) -> Decimal | None:
    return Decimal(value) if is_amount(value) else None


def _date(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None


def _list(value: Any) -> list[str]:
    return [str(one) for one in value or ()]


def _as_is(value: Any) -> Any:
    return value


_READ: Final[Mapping[Type, Callable[[Any], Any]]] = {
    "string": _text,
    "integer": _as_is,
    "boolean": _as_is,
    "date": _date,
    "money": _amount,
    "list": _list,
}
