"""Fixtures for all tests: one-line structured logs, so that a logged exception does not print a page."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(),
    ]
)


@pytest.fixture(autouse=True)
def restore_logging() -> Iterator[None]:
    """Restore the log configuration after each test: a command-line verb changes it for the whole process."""
    before, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    yield
    structlog.configure(**before)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
