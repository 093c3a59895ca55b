"""The time, the environment and signals are read in one file; everywhere else they are arguments."""

from __future__ import annotations

import pytest

from tests.house.source import ROOMS, dotted, name_of, python_files, tree_of

ONE_PLACE = "daemon/app.py"
# Clocks that tell the time of day. What measures a wait (time.monotonic) tells none, and is allowed.
CLOCKS = {
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "email.utils.localtime",
    "email.utils.make_msgid",
    "sqlalchemy.func.current_timestamp",
    "sqlalchemy.func.now",
    "time.ctime",
    "time.gmtime",
    "time.localtime",
    "time.time",
    "time.time_ns",
    "uuid.uuid1",
}
ENVIRONMENT = {"os.environ", "os.getenv", "os.putenv"}
SIGNALS = {"signal.signal", "signal.sigwait", "signal.set_wakeup_fd"}


@pytest.mark.parametrize("names", [CLOCKS, ENVIRONMENT, SIGNALS], ids=["clock", "environment", "signals"])
def test_it_is_read_in_one_file(names: set[str]) -> None:
    """What differs from one run to the next comes in through the one file where the daemon is put together."""
    found = [
        f"{name_of(path)}:{line} {name}"
        for path in python_files(*ROOMS)
        if name_of(path) != ONE_PLACE
        for line, name in dotted(tree_of(path))
        if name in names
    ]
    assert found == []


def test_tests_do_not_sleep() -> None:
    """A test waits for something to happen, never for time to pass: `time.sleep` stands only in the loops of
    tests/servers that wait for a real server."""
    found = [
        f"{name_of(path)}:{line}"
        for path in python_files("tests")
        if not name_of(path).startswith("tests/servers/")
        for line, name in dotted(tree_of(path))
        if name in {"time.sleep", "asyncio.sleep"}
    ]
    assert found == []
