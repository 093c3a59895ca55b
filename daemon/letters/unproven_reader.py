"""What a letter says to somebody whom only a header of somebody else's mail names (Reply-To, X-Original-From): nothing
of that mail's words. Whoever writes such a header would else have us send words and links of theirs, under our name, to
whom they like. It ends with the first mail that the person sends us in answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from config.policy import DetailSort
from daemon.letters.letter_input import Scene
from storage.values import Party, Role

_FREE = (DetailSort.DESCRIPTION, DetailSort.WISH, DetailSort.NAME, DetailSort.PLACE, DetailSort.EMAIL)
_LONGEST_NAME = 40
_NO_NAME = re.compile(r"[0-9@/:\\<>!?|=%&_#$*+~^]|www\.|\.[^\W\d_]{2,}|[，。！？：]")


def is_unproven(scene: Scene) -> bool:
    """Whether the letter goes to a customer whom only a header names, and who has not answered yet."""
    if not scene.ticket.facts.get("named_by") or scene.party.role is not Role.CUSTOMER:
        return False
    theirs = [one for one in scene.case.messages if one.direction == "in" and one.party == scene.party.number]
    return sum(not one.automatic for one in theirs) < 2


def quieted(scene: Scene) -> Scene:
    """The scene without the subject, and without names that are none."""
    if not is_unproven(scene):
        return scene
    parties = tuple(_named_plainly(one) if one.role is Role.CUSTOMER else one for one in scene.case.parties)
    return replace(scene, case=replace(scene.case, ticket=replace(scene.ticket, subject=""), parties=parties))


def without_words(scene: Scene, known: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a letter knows of details and files, without those that are free words."""
    if not is_unproven(scene):
        return known
    free = [one.value for one in _FREE]
    bare = {name: [{**row, "given": "", "wrong": ""} for row in known[name]] for name in ("missing", "optional")}
    return {**known, **bare, "found": [row for row in known["found"] if row["sort"] not in free], "files": []}


def _named_plainly(party: Party) -> Party:
    """The party by a name that is one: short, and without anything that a sentence or a link has."""
    wrong = len(party.name) > _LONGEST_NAME or len(party.name.split()) > 4 or _NO_NAME.search(party.name)
    return replace(party, name="") if wrong else party
