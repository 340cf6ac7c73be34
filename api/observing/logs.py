"""Lines of the server's log: each names the request that it belongs to, and none can be forged by a client.

json: one object a line. text: for a terminal, warnings and worse only; what does not print is escaped, and
the lines of a traceback are marked as such.
"""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final, Literal, TypeAlias

from pythonjsonlogger.json import JsonFormatter

from ledger.clock import format_instant

LogFormat: TypeAlias = Literal["text", "json"]
# The request under way, "" outside of any; threads that work for it inherit it.
REQUEST: ContextVar[str] = ContextVar("pledger_request", default="")
ACCESS: Final = "pledger.access"
_MORE: Final = "pledger_more"  # the attribute of a record that holds further members


_ENCODER: Final = json.JSONEncoder(default=str)


class OfRequest(logging.Filter):
    """Notes on each record which request it belongs to, in the thread that logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request = REQUEST.get()
        return True


def more(**members: object) -> dict[str, dict[str, object]]:
    """Further members of a line, as `extra` of a logging call."""
    return {_MORE: members}


class JsonLines(JsonFormatter):
    """time (RFC 3339, UTC), level, logger, message, request; further members; exception."""

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        log_data["time"] = _instant(record)
        log_data["level"] = record.levelname.lower()
        log_data["logger"] = record.name
        log_data["message"] = record.message
        if getattr(record, "request", ""):
            log_data["request"] = getattr(record, "request", "")
        log_data.update(getattr(record, _MORE, {}))
        for name, shown in (("exc_info", "exception"), ("stack_info", "stack")):
            if message_dict.get(name):
                log_data[shown] = message_dict[name]

    def jsonify_log_record(self, log_data: dict[str, Any]) -> str:
        """ASCII alone. One encoder for all lines: making one for each costs more than the line."""
        return _ENCODER.encode(log_data)


class TextLines(logging.Formatter):
    """`time LEVEL logger [request] message`, and a traceback below, each of its lines after a bar."""

    def format(self, record: logging.LogRecord) -> str:
        request = getattr(record, "request", "")
        named = f" [{request}]" if request else ""
        line = f"{_instant(record)} {record.levelname} {record.name}{named} {printable(record.getMessage())}"
        below = self.formatException(record.exc_info) if record.exc_info else ""
        return "\n".join([line, *(f"  | {printable(one)}" for one in below.splitlines())])


def printable(text: str) -> str:
    """Characters that do not print as Python would write them: no line ends, nothing moves the cursor."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def _instant(record: logging.LogRecord) -> str:
    return format_instant(datetime.fromtimestamp(record.created, UTC))


def log_config(form: LogFormat) -> dict[str, Any]:
    """For logging.config.dictConfig: everything on stderr, in one form. With json also each request."""
    formatter = {"json": JsonLines, "text": TextLines}[form]
    ours = "INFO" if form == "json" else "WARNING"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request": {"()": OfRequest}},
        "formatters": {"lines": {"()": formatter}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stderr",
                "formatter": "lines",
                "filters": ["request"],
            }
        },
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {"pledger": {"level": ours}, "uvicorn": {"level": "WARNING"}},
    }
