"""Capture the errors that the daemon logs while a scenario is played; each fails the rehearsal."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

_LOGGER = "daemon"


@contextmanager
def captured_errors() -> Iterator[list[str]]:
    """Collect the daemon's logged errors, each once. Nothing of its log is printed meanwhile."""
    errors: list[str] = []
    handler = _ErrorCapture(errors)
    logger = logging.getLogger(_LOGGER)
    logger.addHandler(handler)
    propagated, logger.propagate = logger.propagate, False
    try:
        with structlog.testing.capture_logs() as entries:
            yield errors
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagated
        errors += [
            error for entry in entries if entry["log_level"] == "error" and (error := _describe(entry)) not in errors
        ]


def _describe(entry: object) -> str:
    assert isinstance(entry, dict), "structlog's entries are dictionaries"
    error = entry.get("exc_info")
    facts = ", ".join(
        f"{name} {value}" for name, value in entry.items() if name not in ("event", "log_level", "exc_info")
    )
    trace = "".join(traceback.format_exception(error)[-3:]).strip() if isinstance(error, BaseException) else ""
    return f"{entry['event']} ({facts})\n{trace}".rstrip()


class _ErrorCapture(logging.Handler):
    def __init__(self, errors: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._errors = errors

    def emit(self, record: logging.LogRecord) -> None:
        """Add the error with the end of its traceback, unless it is already there."""
        trace = "".join(traceback.format_exception(record.exc_info[1])[-3:]) if record.exc_info else ""
        error = f"{record.getMessage()}\n{trace}".strip()
        if error not in self._errors:
            self._errors.append(error)
