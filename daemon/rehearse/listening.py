"""Hears what the daemon says of itself while a scenario is played: an error in its log fails the rehearsal."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

_OURS = "daemon"


@contextmanager
def trouble_heard() -> Iterator[list[str]]:
    """What goes wrong inside, line by line, each thing once; nothing of the daemon's log is printed meanwhile."""
    heard: list[str] = []
    ear = _Ear(heard)
    logger = logging.getLogger(_OURS)
    logger.addHandler(ear)
    before, logger.propagate = logger.propagate, False
    try:
        with structlog.testing.capture_logs() as told:
            yield heard
    finally:
        logger.removeHandler(ear)
        logger.propagate = before
        heard += [words for line in told if line["log_level"] == "error" and (words := _words(line)) not in heard]


def _words(line: object) -> str:
    assert isinstance(line, dict), "structlog's lines are tables"
    error = line.get("exc_info")
    facts = ", ".join(
        f"{name} {value}" for name, value in line.items() if name not in ("event", "log_level", "exc_info")
    )
    trace = "".join(traceback.format_exception(error)[-3:]).strip() if isinstance(error, BaseException) else ""
    return f"{line['event']} ({facts})\n{trace}".rstrip()


class _Ear(logging.Handler):
    def __init__(self, heard: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what is said of an error."""
        trace = "".join(traceback.format_exception(record.exc_info[1])[-3:]) if record.exc_info else ""
        words = f"{record.getMessage()}\n{trace}".strip()
        if words not in self._heard:
            self._heard.append(words)
