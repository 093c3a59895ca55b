"""Only one file reads the clock, the environment and signals; everywhere else they are arguments."""

from __future__ import annotations

import pytest

from tests.house.source import ROOMS, dotted, name_of, python_files, tree_of

ONE_PLACE = "daemon/app.py"
# Functions that return the time of day. time.monotonic, which only measures durations, is allowed.
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
def test_read_in_one_file_only(names: set[str]) -> None:
    """All input that differs from run to run enters in the file that assembles the daemon."""
    found = [
        f"{name_of(path)}:{line} {name}"
        for path in python_files(*ROOMS)
        if name_of(path) != ONE_PLACE
        for line, name in dotted(tree_of(path))
        if name in names
    ]
    assert found == []


def test_tests_do_not_sleep() -> None:
    """Tests wait for events, not for time to pass. Only loops in tests/servers that wait for a real server sleep."""
    found = [
        f"{name_of(path)}:{line}"
        for path in python_files("tests")
        if not name_of(path).startswith("tests/servers/")
        for line, name in dotted(tree_of(path))
        if name in {"time.sleep", "asyncio.sleep"}
    ]
    assert found == []
