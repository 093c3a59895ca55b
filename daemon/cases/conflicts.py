"""Two who change one case at the same time: whoever saves second decides again upon the case as it now is, and what was
decided beside it stands as it was decided."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

import structlog

from config.faults import TryAgain
from storage import cases

log = structlog.get_logger("races")
ROUNDS = 20
"""How often in a row one may lose before its turn is given up for now."""

_Decided = TypeVar("_Decided")
_Answer = TypeVar("_Answer")


def store(
    decided: Sequence[_Decided],
    save: Callable[[Sequence[_Decided]], None],
    tickets: Callable[[_Decided], Collection[int]],
    fails: Callable[[_Decided, Exception], None],
) -> list[_Decided]:
    """Save all in one transaction, but those whose tickets were changed since they were read; these are returned, to
    be decided again.

    Where they cannot be saved together for another reason each is saved alone, and one that cannot be is told to
    `fails`. `save` stores all or nothing; a TryAgain of its is raised, when it is not Stale.
    """
    rest, late = list(decided), list[_Decided]()
    while rest:
        try:
            save(rest)
            break
        except cases.Stale as stale:
            lost = [bool(set(stale.ticket_ids) & set(tickets(one))) for one in rest]
            if not any(lost):
                raise
            log.info("changed meanwhile, decided again", tickets=stale.ticket_ids, others=lost.count(False))
            late += [one for one, is_lost in zip(rest, lost, strict=True) if is_lost]
            rest = [one for one, is_lost in zip(rest, lost, strict=True) if not is_lost]
        except TryAgain:
            raise
        except Exception as error:
            if len(rest) == 1:
                fails(rest[0], error)
                break
            return late + [one for alone in rest for one in store([alone], save, tickets, fails)]
    return late


def again(attempt: Callable[[], _Answer]) -> _Answer:
    """What `attempt`, which loads, decides and saves, gives once it does not come too late. Raises Stale where it does
    each time."""
    for _ in range(ROUNDS - 1):
        try:
            return attempt()
        except cases.Stale as stale:
            log.info("changed meanwhile, decided again", tickets=stale.ticket_ids)
    return attempt()
