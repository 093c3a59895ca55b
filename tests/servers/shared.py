"""Share one server of each kind in a whole test run, also when pytest-xdist runs it in many processes."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def shared_server(
    name: str,
    factory: pytest.TempPathFactory,
    start: Callable[[], dict[str, Any]],
    stop: Callable[[dict[str, Any]], None],
) -> Iterator[dict[str, Any]]:
    """Yield what `start` returned about the server. The first process that needs it starts it, the last stops it."""
    base = factory.getbasetemp()
    path = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"{name}.json"
    with _locked(path) as state:
        if not state.get("users"):
            state["server"] = start()
        state["users"] = [*state.get("users", []), os.getpid()]
        server: dict[str, Any] = state["server"]
    yield server
    with _locked(path) as state:
        state["users"].remove(os.getpid())
        if not state["users"]:
            stop(server)


@contextmanager
def _locked(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        state = json.loads(file.read() or "{}")
        yield state
        file.truncate(0)
        file.write(json.dumps(state))
