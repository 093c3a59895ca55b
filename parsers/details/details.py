"""Finding the facts a policy asks for in a mail: in its own words, its subject, its file names, its filled-in lists.

One value for each detail, the surest: filled in by the customer, then written in the text, the subject, a file's
name, and last what stands in the quotation. A wrong value is reported only where no right one is found. Two days, or
two amounts, filled in for one detail are neither right: whoever wrote them is asked.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from config.policy import DetailSpec, DetailType
from parsers.details.detail_types import Circumstances, find_values, read_value, words_of
from parsers.details.filled_in_forms import Filled, Label, read_filled
from parsers.details.identifiers import Identifier
from parsers.details.prose import describe, find_wish, unsigned
from parsers.reading import Attachment, Found, Mailbox, Reading
from parsers.spans import Cover

_LOOKED_AT = 40_000
_SMALL_PICTURE = 30_000  # octets: an inline picture below is a logo in a signature, not a photograph
_LABELLED_ONLY = frozenset({DetailType.NAME, DetailType.FILES, DetailType.DESCRIPTION, DetailType.WISH})
_IN_FILE_NAMES = frozenset({DetailType.PATTERN, DetailType.VIN, DetailType.IMEI})
_IN_SUBJECTS = _IN_FILE_NAMES | {DetailType.REFERENCE, DetailType.CHOICE}
_SIGNED = frozenset({DetailType.DESCRIPTION, DetailType.WISH})
_ONE_ALONE = frozenset({DetailType.DATE, DetailType.MOMENT, DetailType.MONEY, DetailType.NUMBER, DetailType.CHOICE})
_PROSE = frozenset({DetailType.DESCRIPTION, DetailType.WISH, DetailType.NAME})
_ORDER = (  # those that prove themselves claim their characters first
    DetailType.VIN, DetailType.IMEI, DetailType.EMAIL, DetailType.MOMENT, DetailType.DATE, DetailType.MONEY,
    DetailType.REFERENCE, DetailType.PATTERN, DetailType.PHONE, DetailType.NUMBER, DetailType.CHOICE,
    DetailType.PLACE, DetailType.NAME, DetailType.FILES, DetailType.WISH, DetailType.DESCRIPTION,
)  # fmt: skip
CONTRADICTS = "two different values"
_NOISE = re.compile(
    r"https?://\S{1,500}|\[[A-Z]{1,6}-\d{4}-\d{3,9}\]|(?<![\w-])[A-Z]{1,6}-\d{4}-\d{6}(?![\w-])|cid:\S{1,100}"
)
_ADDRESS = re.compile(r"\S{1,64}@\S{1,100}")
_CAMERA = re.compile(
    r"(?:img|vid|dsc|pxl|p|screenshot|whatsapp|image|photo|foto|scan|mvimg|wa|received|fb_img)[ _-]?(?:20)?\d",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Body:
    """The whole text, the new words, and where in the whole each line of the new words stands."""

    text: str
    reply: str
    starts: tuple[int, ...]  # of each line in the reply
    places: tuple[int, ...]  # of the same line in the text
    order: tuple[tuple[int, int], ...]  # both together, by place

    def place(self, at: int) -> int:
        """The place in the whole text of a place in the new words."""
        line = bisect_right(self.starts, at) - 1
        return self.places[line] + at - self.starts[line]

    def is_new(self, at: int) -> bool:
        """Whether a place in the whole text is in the new words."""
        line = bisect_right(self.order, (at, len(self.reply) + 1)) - 1
        if line < 0:
            return False
        place, start = self.order[line]
        end = self.reply.find("\n", start)
        return at <= place + (len(self.reply) if end < 0 else end) - start


def find_details(
    reading: Reading, specs: Mapping[str, DetailSpec], *, languages: Sequence[str] = (), today: date, country: str = ""
) -> tuple[Found, ...]:
    """The details of a policy that a mail gives, in the policy's order, at most one for each.

    `languages` are the policy's; the mail's own is put before them. `country` (ISO 3166) is the customer's or the
    calendar's, for telephone numbers and the order of day and month. A span with `where` text or quoted is in
    `reading.text`; with subject in the subject; with attachment in the file's name (as Found.shown has it).
    """
    own = (reading.language.code,) if reading.language.certainty >= 0.5 else ()
    where = Circumstances(tuple(dict.fromkeys((*own, *languages))), today, country)
    body = _body(reading)
    best: dict[str, Found] = {}
    claimed: list[tuple[int, int]] = []
    labels = labels_of(specs)
    lists = tuple(_unsigned(one, body, specs, reading.sender) for one in read_filled(body.text, labels))
    filled = [*_filled(lists, body, specs, where), *_in_subject(reading.subject[:1000], labels, specs, where)]
    _take(best, _contradictions((found for found, new in filled if new), specs), claimed)
    doubted = frozenset(best)
    _take(best, (found for found, new in filled if new and found.name not in doubted), claimed)
    told = {(found.name, found.start): found.end for found, _ in filled if found.where in ("text", "quoted")}
    spans = [_claimed(one, told) for one in lists]
    for name, spec in sorted(specs.items(), key=lambda pair: _ORDER.index(pair[1].sort)):
        if name not in doubted and (name not in best or best[name].wrong):
            given = Cover([*claimed, *spans])
            _take(best, _free((name, spec), reading, body, where, given), claimed)
    _take(best, (found for found, new in filled if not new and found.name not in doubted), claimed)
    return tuple(best[name] for name in specs if name in best)


def _claimed(one: Filled, told: Mapping[tuple[str, int], int]) -> tuple[int, int]:
    """What a filled-in line claims: the value itself where it stands first, else the whole of what was written there.
    "IMEI: 356938035643809, order A-1048576" tells of the order as well."""
    return one.start, told.get((one.name, one.start), one.end)


def _take(best: dict[str, Found], candidates: Iterable[Found], claimed: list[tuple[int, int]]) -> None:
    for found in candidates:
        if found.name not in best or (best[found.name].wrong and not found.wrong):
            best[found.name] = found
            if found.where == "text" and found.end:
                claimed.append((found.start, found.end))


# ------------------------------------------------------------------------------------------------ filled-in lists


def labels_of(specs: Mapping[str, DetailSpec]) -> tuple[Label, ...]:
    """What the details of a policy are asked for by, as the filled-in lists are read."""
    return tuple(
        Label(name, words_of(spec), spec.sort in _PROSE, (spec.example,) if spec.example else ())
        for name, spec in specs.items()
        if spec.sort is not DetailType.FILES
    )


def _filled(
    lists: Sequence[Filled], body: _Body, specs: Mapping[str, DetailSpec], where: Circumstances
) -> Iterator[tuple[Found, bool]]:
    for one in lists:
        new = body.is_new(one.start)
        found = _from_filled(one, specs[one.name], where, "text" if new else "quoted", not new)
        if found:
            yield found, new


def _contradictions(given: Iterable[Found], specs: Mapping[str, DetailSpec]) -> Iterator[Found]:
    """Details that were filled in with different values. Only of what there is one: two numbers may be two devices."""
    values: dict[str, dict[str, Found]] = {}
    for found in given:
        if not found.wrong and specs[found.name].sort in _ONE_ALONE:
            values.setdefault(found.name, {}).setdefault(found.value, found)
    for several in values.values():
        first, *others = several.values()
        if others:
            yield replace(first, shown=" / ".join(one.shown for one in several.values()), wrong=CONTRADICTS)


def _unsigned(one: Filled, body: _Body, specs: Mapping[str, DetailSpec], writer: Mailbox) -> Filled:
    """A text that was filled in, without the name of whoever wrote it in the line below."""
    if specs[one.name].sort not in _SIGNED:
        return one
    written = body.text[one.start : one.end]
    kept = unsigned(written, writer)
    name = " ".join(written[len(kept) :].split())
    return replace(one, value=one.value.removesuffix(name).rstrip(), end=one.start + len(kept)) if name else one


def _in_subject(
    subject: str, labels: Sequence[Label], specs: Mapping[str, DetailSpec], where: Circumstances
) -> Iterator[tuple[Found, bool]]:
    for one in read_filled(subject, labels):
        found = _from_filled(one, specs[one.name], where, "subject", True)
        if found and not found.wrong:
            yield found, True


def _from_filled(one: Filled, spec: DetailSpec, where: Circumstances, place: str, doubtful: bool) -> Found | None:
    """A filled-in value as a detail. What stands under its label in a quotation may be our own words: only a value
    that proves itself counts there."""
    if one.unknown or (doubtful and one.under and spec.sort in _PROSE | {DetailType.CHOICE}):
        return None
    value = read_value(spec, one.value, where)
    if value is None or (doubtful and one.under and value.wrong):
        return None
    alone = spec.sort not in _PROSE and not value.start and one.end - one.start == len(one.value)
    end = one.start + value.end if alone else one.end
    return Found(one.name, value.value, one.value[value.start : value.end], place, one.start, end, value.wrong)


# --------------------------------------------------------------------------------------------------- running text


def _free(
    named: tuple[str, DetailSpec], reading: Reading, body: _Body, where: Circumstances, claimed: Cover
) -> Iterator[Found]:
    name, spec = named
    if spec.sort is DetailType.FILES:
        yield from _files(name, spec, reading.attachments)
        return
    for one in _in_text(spec, reading, body, where, claimed):
        start = body.place(one.start)
        end = max(start, body.place(one.end - 1) + 1)
        yield Found(name, one.value, body.reply[one.start : one.end], "text", start, end, one.wrong)
    if spec.sort in _IN_SUBJECTS:
        for one in find_values(spec, _blanked(reading.subject[:1000]), where):
            yield Found(name, one.value, reading.subject[one.start : one.end], "subject", one.start, one.end, one.wrong)
    if spec.sort is DetailType.PHONE and reading.signature:
        yield from _signed(name, spec, reading, body, where)
    if spec.sort in _IN_FILE_NAMES:
        yield from _in_names(name, spec, reading.attachments, where)


def _in_text(
    spec: DetailSpec, reading: Reading, body: _Body, where: Circumstances, claimed: Cover
) -> Iterator[Identifier]:
    text = body.reply[:_LOOKED_AT]
    if spec.sort is DetailType.DESCRIPTION:
        found = describe(spec, unsigned(text, reading.sender), _lines_given(body, claimed))
        yield from (found,) if found else ()
    elif spec.sort is DetailType.WISH:
        wish = find_wish(spec, unsigned(text, reading.sender))
        yield from (wish,) if wish else ()
    elif spec.sort not in _LABELLED_ONLY:
        ours = {reading.sender.address.lower(), *reading.recipients, *(box.address.lower() for box in reading.reply_to)}
        shown = text if spec.sort is DetailType.EMAIL else _blanked(text)
        for one in find_values(spec, shown, where):
            start, end = body.place(one.start), body.place(one.end - 1) + 1
            if one.value not in ours and not claimed.overlaps(start, end):
                yield one


def _lines_given(body: _Body, claimed: Cover) -> list[tuple[int, int]]:
    """The lines of the new words that hold little more than a detail given: they describe nothing."""
    given = []
    for start, line in zip(body.starts, body.reply.split("\n"), strict=False):
        place = body.place(start)
        covered = claimed.covered(place, place + len(line))
        if covered and (covered * 2 >= len(line.strip()) or len(line.strip()) - covered < 30):
            given.append((start, start + len(line)))
    return given


def _signed(name: str, spec: DetailSpec, reading: Reading, body: _Body, where: Circumstances) -> Iterator[Found]:
    at = max(0, body.text.find(reading.signature))
    for one in find_values(spec, reading.signature[:2000], where):
        yield Found(
            name, one.value, reading.signature[one.start : one.end], "text", at + one.start, at + one.end, one.wrong
        )


def _in_names(name: str, spec: DetailSpec, attachments: Sequence[Attachment], where: Circumstances) -> Iterator[Found]:
    for attachment in attachments:
        plain = attachment.name.replace("_", " ")
        if not _CAMERA.match(plain):
            for one in find_values(spec, plain, where):
                if not one.wrong:
                    yield Found(name, one.value, attachment.name[one.start : one.end], "attachment", one.start, one.end)


def _files(name: str, spec: DetailSpec, attachments: Sequence[Attachment]) -> Iterator[Found]:
    """The files that a detail asks for, when there are any; wrong when they are too few."""
    sound = [
        attachment
        for attachment in attachments
        if not attachment.danger and (not attachment.inline or attachment.size >= _SMALL_PICTURE)
    ]
    wanted = [attachment for attachment in sound if not spec.files or attachment.type.startswith(spec.files)]
    instead = [attachment for attachment in sound if spec.instead and attachment.type.startswith(spec.instead)]
    if wanted or instead:
        names = ", ".join(attachment.name for attachment in (*wanted, *instead))
        too_few = len(wanted) < spec.at_least and not instead
        few = f"{len(wanted)} of at least {spec.at_least} files" if too_few else ""
        yield Found(name, names, names, "attachment", 0, 0, few)


# ---------------------------------------------------------------------------------------------------------- texts


def _blanked(text: str) -> str:
    """The text with links, addresses and case references blanked out, everything else in its place."""
    for pattern in (_NOISE, _ADDRESS):
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    return text


def _body(reading: Reading) -> _Body:
    """The lines of the new words found again, in order, among the lines of the whole text."""
    text = reading.text or reading.reply
    reply = reading.reply if reading.reply or reading.quoted else text
    known: dict[str, list[int]] = {}
    at = 0
    for line in text.split("\n"):
        known.setdefault(line.strip(), []).append(at + len(line) - len(line.lstrip()))
        at += len(line) + 1
    starts: list[int] = []
    places: list[int] = []
    at = place = 0
    for line in reply.split("\n"):
        same = known.get(line.strip(), []) if line.strip() else []  # a blank line could be any
        following = bisect_left(same, place)
        found = following < len(same)
        if found:
            place = same[following] - (len(line) - len(line.lstrip()))
        starts.append(at)
        places.append(max(0, place))
        place += (len(line) + 1) * found  # the next line, and a blank one too, stands behind it
        at += len(line) + 1
    return _Body(text, reply, tuple(starts), tuple(places), tuple(sorted(zip(places, starts, strict=True))))
