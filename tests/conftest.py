"""What all tests share: log lines as the daemon writes them, so that an error costs a line and not a page."""

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
def log_as_before() -> Iterator[None]:
    """A verb sets up the log on the standard error of its process, which here is the test's own."""
    before, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    yield
    structlog.configure(**before)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
