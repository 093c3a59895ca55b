"""Find the details a policy asks for in a mail: in its text, subject, attachment names and filled-in forms.

At most one value per detail, the most reliable: filled in by the customer, then found in the new text, in the subject,
in a file name, and last in the quoted text. A wrong value is reported only if no right one is found. If two different
dates or amounts are filled in for one detail, neither is taken, and the detail is reported as contradictory so that the
writer is asked.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from config.policy import DetailSpec, DetailType
from config.references import REFERENCE, REFERENCE_START
from parsers.details.detail_types import ReadingContext, find_values, label_words, read_value
from parsers.details.filled_in_forms import FieldLabel, FilledField, read_filled_fields
from parsers.details.identifiers import FoundValue
from parsers.details.prose import find_description, find_wish, without_own_name_below
from parsers.reading import Attachment, FoundDetail, Mailbox, Reading
from parsers.spans import CoveredSpans

_LOOKED_AT = 40_000  # characters of the new text
_SMALL_PICTURE = 30_000  # octets: a smaller inline picture is a logo in a signature, not a photograph
_LABELLED_ONLY = frozenset({DetailType.NAME, DetailType.FILES, DetailType.DESCRIPTION, DetailType.WISH})
_IN_FILE_NAMES = frozenset({DetailType.PATTERN, DetailType.VIN, DetailType.IMEI})
_IN_SUBJECTS = _IN_FILE_NAMES | {DetailType.REFERENCE, DetailType.CHOICE}
_MAY_END_WITH_NAME = frozenset({DetailType.DESCRIPTION, DetailType.WISH})
_SINGLE_VALUED = frozenset({DetailType.DATE, DetailType.MOMENT, DetailType.MONEY, DetailType.NUMBER, DetailType.CHOICE})
_PROSE = frozenset({DetailType.DESCRIPTION, DetailType.WISH, DetailType.NAME})
_ORDER = (  # types that can be verified by a check digit or their form claim their characters first
    DetailType.VIN, DetailType.IMEI, DetailType.EMAIL, DetailType.MOMENT, DetailType.DATE, DetailType.MONEY,
    DetailType.REFERENCE, DetailType.PATTERN, DetailType.PHONE, DetailType.NUMBER, DetailType.CHOICE,
    DetailType.PLACE, DetailType.NAME, DetailType.FILES, DetailType.WISH, DetailType.DESCRIPTION,
)  # fmt: skip
CONTRADICTORY = "two different values"
_LINKS_AND_REFERENCES = re.compile(
    rf"https?://\S{{1,500}}|\[{REFERENCE}\]|(?<![\w-]){REFERENCE_START}\d{{6}}(?![\w-])|cid:\S{{1,100}}"
)
_EMAIL_ADDRESS = re.compile(r"\S{1,64}@\S{1,100}")
_CAMERA_NAME = re.compile(
    r"(?:img|vid|dsc|pxl|p|screenshot|whatsapp|image|photo|foto|scan|mvimg|wa|received|fb_img)[ _-]?(?:20)?\d",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _TextMap:
    """The whole text and the new text (the reply), with the offset of each line of the reply in the whole text."""

    text: str
    reply: str
    reply_starts: tuple[int, ...]  # offset of each line of the reply
    text_starts: tuple[int, ...]  # offset of the same line in the text
    by_text_start: tuple[tuple[int, int], ...]  # pairs of both, sorted by the offset in the text

    def to_text(self, offset: int) -> int:
        """Return the offset in the whole text of an offset in the reply."""
        line = bisect_right(self.reply_starts, offset) - 1
        return self.text_starts[line] + offset - self.reply_starts[line]

    def is_new(self, offset: int) -> bool:
        """Whether an offset in the whole text lies in the reply."""
        line = bisect_right(self.by_text_start, (offset, len(self.reply) + 1)) - 1
        if line < 0:
            return False
        text_start, reply_start = self.by_text_start[line]
        end = self.reply.find("\n", reply_start)
        return offset <= text_start + (len(self.reply) if end < 0 else end) - reply_start


def find_details(
    reading: Reading, specs: Mapping[str, DetailSpec], *, languages: Sequence[str] = (), today: date, country: str = ""
) -> tuple[FoundDetail, ...]:
    """Find the details of a policy in a mail, at most one value for each, in the policy's order.

    `languages` are the policy's; the mail's own language is put before them. `country` (ISO 3166) is the customer's or
    the calendar's; it decides how telephone numbers are completed and which of day and month comes first. A span whose
    `where` is "text" or "quoted" is in `reading.text`, one with "subject" in the subject, one with "attachment" in the
    file's name (`Found.shown`).
    """
    mail_language = (reading.language.code,) if reading.language.certainty >= 0.5 else ()
    context = ReadingContext(tuple(dict.fromkeys((*mail_language, *languages))), today, country)
    body = _map_lines(reading)
    best: dict[str, FoundDetail] = {}
    claimed: list[tuple[int, int]] = []
    labels = _field_labels(specs)
    fields = tuple(_without_name(field, body, specs, reading.sender) for field in read_filled_fields(body.text, labels))
    from_fields = [
        *_filled_values(fields, body, specs, context),
        *_filled_in_subject(reading.subject[:1000], labels, specs, context),
    ]
    _keep_better(best, _find_contradictions((found for found, new in from_fields if new), specs), claimed)
    contradicted = frozenset(best)
    _keep_better(best, (found for found, new in from_fields if new and found.name not in contradicted), claimed)
    value_ends = {(found.name, found.start): found.end for found, _ in from_fields if found.where in ("text", "quoted")}
    field_spans = [_claimed_span(field, value_ends) for field in fields]
    for name, spec in sorted(specs.items(), key=lambda pair: _ORDER.index(pair[1].sort)):
        if name not in contradicted and (name not in best or best[name].wrong):
            given = CoveredSpans([*claimed, *field_spans])
            _keep_better(best, _found_values((name, spec), reading, body, context, given), claimed)
    _keep_better(best, (found for found, new in from_fields if not new and found.name not in contradicted), claimed)
    return tuple(best[name] for name in specs if name in best)


def _claimed_span(field: FilledField, value_ends: Mapping[tuple[str, int], int]) -> tuple[int, int]:
    """Return the span that a filled-in field claims.

    That is the value alone if it stands first in the field, so that the rest can give other details ("IMEI:
    356938035643809, order A-1048576" gives the order as well); otherwise all that was written there.
    """
    return field.start, value_ends.get((field.name, field.start), field.end)


def _keep_better(
    best: dict[str, FoundDetail], candidates: Iterable[FoundDetail], claimed: list[tuple[int, int]]
) -> None:
    """Add the candidates for details that have no value or a wrong one, and claim their characters."""
    for found in candidates:
        if found.name not in best or (best[found.name].wrong and not found.wrong):
            best[found.name] = found
            if found.where == "text" and found.end:
                claimed.append((found.start, found.end))


# ------------------------------------------------------------------------------------------------ filled-in forms


def _field_labels(specs: Mapping[str, DetailSpec]) -> tuple[FieldLabel, ...]:
    """The labels under which the details of a policy are asked for; files are not filled in."""
    return tuple(
        FieldLabel(name, label_words(spec), spec.sort in _PROSE, (spec.example,) if spec.example else ())
        for name, spec in specs.items()
        if spec.sort is not DetailType.FILES
    )


def _filled_values(
    fields: Sequence[FilledField], body: _TextMap, specs: Mapping[str, DetailSpec], context: ReadingContext
) -> Iterator[tuple[FoundDetail, bool]]:
    """Yield the details that filled-in fields give, each with whether it stands in the new text."""
    for field in fields:
        new = body.is_new(field.start)
        found = _found_from_field(field, specs[field.name], context, "text" if new else "quoted", not new)
        if found:
            yield found, new


def _find_contradictions(given: Iterable[FoundDetail], specs: Mapping[str, DetailSpec]) -> Iterator[FoundDetail]:
    """Yield the details that were filled in with different values.

    Only types that have one value: two serial numbers may be of two devices.
    """
    values: dict[str, dict[str, FoundDetail]] = {}
    for found in given:
        if not found.wrong and specs[found.name].sort in _SINGLE_VALUED:
            values.setdefault(found.name, {}).setdefault(found.value, found)
    for different in values.values():
        first, *others = different.values()
        if others:
            yield replace(first, shown=" / ".join(found.shown for found in different.values()), wrong=CONTRADICTORY)


def _without_name(field: FilledField, body: _TextMap, specs: Mapping[str, DetailSpec], writer: Mailbox) -> FilledField:
    """A filled-in text without the writer's name in a line below it."""
    if specs[field.name].sort not in _MAY_END_WITH_NAME:
        return field
    written = body.text[field.start : field.end]
    text = without_own_name_below(written, writer)
    name = " ".join(written[len(text) :].split())
    return replace(field, value=field.value.removesuffix(name).rstrip(), end=field.start + len(text)) if name else field


def _filled_in_subject(
    subject: str, labels: Sequence[FieldLabel], specs: Mapping[str, DetailSpec], context: ReadingContext
) -> Iterator[tuple[FoundDetail, bool]]:
    """Yield the details that a subject of the form "label: value" gives."""
    for field in read_filled_fields(subject, labels):
        found = _found_from_field(field, specs[field.name], context, "subject", True)
        if found and not found.wrong:
            yield found, True


def _found_from_field(
    field: FilledField, spec: DetailSpec, context: ReadingContext, where_found: str, doubtful: bool
) -> FoundDetail | None:
    """Turn a filled-in value into a detail; None if it says nothing.

    What stands under its label in a quotation may be our own words, so there only a value that can be verified counts.
    """
    if field.unknown or (doubtful and field.below_label and spec.sort in _PROSE | {DetailType.CHOICE}):
        return None
    value = read_value(spec, field.value, context)
    if value is None or (doubtful and field.below_label and value.wrong):
        return None
    value_only = spec.sort not in _PROSE and not value.start and field.end - field.start == len(field.value)
    end = field.start + value.end if value_only else field.end
    return FoundDetail(
        field.name, value.value, field.value[value.start : value.end], where_found, field.start, end, value.wrong
    )


# --------------------------------------------------------------------------------------------------- running text


def _found_values(
    named: tuple[str, DetailSpec], reading: Reading, body: _TextMap, context: ReadingContext, claimed: CoveredSpans
) -> Iterator[FoundDetail]:
    """Yield the values of one detail found outside forms, the most reliable first."""
    name, spec = named
    if spec.sort is DetailType.FILES:
        yield from _attached_files(name, spec, reading.attachments)
        return
    for value in _in_new_text(spec, reading, body, context, claimed):
        start = body.to_text(value.start)
        end = max(start, body.to_text(value.end - 1) + 1)
        yield FoundDetail(name, value.value, body.reply[value.start : value.end], "text", start, end, value.wrong)
    if spec.sort in _IN_SUBJECTS:
        for value in find_values(spec, _without_links(reading.subject[:1000]), context):
            yield FoundDetail(
                name,
                value.value,
                reading.subject[value.start : value.end],
                "subject",
                value.start,
                value.end,
                value.wrong,
            )
    if spec.sort is DetailType.PHONE and reading.signature:
        yield from _in_signature(name, spec, reading, body, context)
    if spec.sort in _IN_FILE_NAMES:
        yield from _in_file_names(name, spec, reading.attachments, context)


def _in_new_text(
    spec: DetailSpec, reading: Reading, body: _TextMap, context: ReadingContext, claimed: CoveredSpans
) -> Iterator[FoundValue]:
    """Yield the values of a detail in the new text, outside the characters already claimed."""
    text = body.reply[:_LOOKED_AT]
    if spec.sort is DetailType.DESCRIPTION:
        found = find_description(spec, without_own_name_below(text, reading.sender), _lines_of_details(body, claimed))
        yield from (found,) if found else ()
    elif spec.sort is DetailType.WISH:
        wish = find_wish(spec, without_own_name_below(text, reading.sender))
        yield from (wish,) if wish else ()
    elif spec.sort not in _LABELLED_ONLY:
        own_addresses = {
            reading.sender.address.lower(),
            *reading.recipients,
            *(box.address.lower() for box in reading.reply_to),
        }
        searched = text if spec.sort is DetailType.EMAIL else _without_links(text)
        for value in find_values(spec, searched, context):
            start, end = body.to_text(value.start), body.to_text(value.end - 1) + 1
            if value.value not in own_addresses and not claimed.overlaps(start, end):
                yield value


def _lines_of_details(body: _TextMap, claimed: CoveredSpans) -> list[tuple[int, int]]:
    """Return the lines of the new text that hold little besides details already found: they describe nothing."""
    lines = []
    for start, line in zip(body.reply_starts, body.reply.split("\n"), strict=False):
        text_start = body.to_text(start)
        covered = claimed.covered_length(text_start, text_start + len(line))
        if covered and (covered * 2 >= len(line.strip()) or len(line.strip()) - covered < 30):
            lines.append((start, start + len(line)))
    return lines


def _in_signature(
    name: str, spec: DetailSpec, reading: Reading, body: _TextMap, context: ReadingContext
) -> Iterator[FoundDetail]:
    """Yield telephone numbers in the signature."""
    signature_start = max(0, body.text.find(reading.signature))
    for phone in find_values(spec, reading.signature[:2000], context):
        yield FoundDetail(
            name,
            phone.value,
            reading.signature[phone.start : phone.end],
            "text",
            signature_start + phone.start,
            signature_start + phone.end,
            phone.wrong,
        )


def _in_file_names(
    name: str, spec: DetailSpec, attachments: Sequence[Attachment], context: ReadingContext
) -> Iterator[FoundDetail]:
    """Yield values in attachment names, except those that cameras and programs give their files."""
    for attachment in attachments:
        file_name = attachment.name.replace("_", " ")
        if not _CAMERA_NAME.match(file_name):
            for value in find_values(spec, file_name, context):
                if not value.wrong:
                    yield FoundDetail(
                        name,
                        value.value,
                        attachment.name[value.start : value.end],
                        "attachment",
                        value.start,
                        value.end,
                    )


def _attached_files(name: str, spec: DetailSpec, attachments: Sequence[Attachment]) -> Iterator[FoundDetail]:
    """Yield the attachments that a detail asks for, if there are any; wrong if they are too few."""
    usable = [
        attachment
        for attachment in attachments
        if not attachment.danger and (not attachment.inline or attachment.size >= _SMALL_PICTURE)
    ]
    wanted = [attachment for attachment in usable if not spec.files or attachment.type.startswith(spec.files)]
    instead = [attachment for attachment in usable if spec.instead and attachment.type.startswith(spec.instead)]
    if wanted or instead:
        names = ", ".join(attachment.name for attachment in (*wanted, *instead))
        too_few = len(wanted) < spec.at_least and not instead
        wrong = f"{len(wanted)} of at least {spec.at_least} files" if too_few else ""
        yield FoundDetail(name, names, names, "attachment", 0, 0, wrong)


# ---------------------------------------------------------------------------------------------------------- texts


def _without_links(text: str) -> str:
    """The text with links, addresses and case references replaced by blanks, so that offsets stay."""
    for pattern in (_LINKS_AND_REFERENCES, _EMAIL_ADDRESS):
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    return text


def _map_lines(reading: Reading) -> _TextMap:
    """Find each line of the new text, in order, among the lines of the whole text."""
    text = reading.text or reading.reply
    reply = reading.reply if reading.reply or reading.quoted else text
    text_lines: dict[str, list[int]] = {}
    offset = 0
    for line in text.split("\n"):
        text_lines.setdefault(line.strip(), []).append(offset + len(line) - len(line.lstrip()))
        offset += len(line) + 1
    reply_starts: list[int] = []
    text_starts: list[int] = []
    offset = expected = 0
    for line in reply.split("\n"):
        candidates = text_lines.get(line.strip(), []) if line.strip() else []  # a blank line could be any of them
        next_index = bisect_left(candidates, expected)
        found = next_index < len(candidates)
        if found:
            expected = candidates[next_index] - (len(line) - len(line.lstrip()))
        reply_starts.append(offset)
        text_starts.append(max(0, expected))
        expected += (len(line) + 1) * found  # the next line, blank or not, stands after it
        offset += len(line) + 1
    return _TextMap(
        text, reply, tuple(reply_starts), tuple(text_starts), tuple(sorted(zip(text_starts, reply_starts, strict=True)))
    )
