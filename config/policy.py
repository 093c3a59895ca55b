"""The shapes (pydantic models) of a policy file.

daemon/decide implements what they mean; config/checks checks that their names and values are consistent.
"""

from __future__ import annotations

from pydantic import Field, field_validator

from config.policy_shapes.base import (
    EVERY_LANGUAGE,
    Branch,
    Branches,
    BrandSpec,
    CalendarSpec,
    ConditionSpec,
    DetailSpec,
    DetailType,
    Does,
    FormSpec,
    KindSpec,
    Member,
    Names,
    Ownership,
    PeriodText,
    Sentence,
    Shape,
    Span,
    TeamSpec,
    Text,
    Words,
    all_words,
    in_language,
)
from config.policy_shapes.builtin_names import DEFAULT_RECIPIENTS, NOTICES_ASKING_DETAILS
from config.policy_shapes.dossiers import DossierSpec
from config.policy_shapes.in_turn import InTurn
from config.policy_shapes.periods import Period, Unit
from config.policy_shapes.records import BoardSpec, InvitationSpec, RecordSpec, ReportSpec
from config.policy_shapes.staff import AwaySpec, RetentionSpec, WorklistSpec
from config.policy_shapes.stance import Stance, Subject
from config.policy_shapes.tables import TableSpec
from config.policy_shapes.things import ThingSpec

# ------------------------------------------------------------------------------------------- steps, promises, questions


class StepSpec(Shape):
    """A step of a case. `remind` is counted from entering the step while the customer is silent; `after` moves the case
    on when a period is over; a `final` step closes the case and stops its deadlines."""

    title: Text
    does: Does = ()
    owner: Ownership | None = None
    waits_for: str = "staff"
    asks: str = ""
    remind: tuple[Span, ...] = ()
    reminder: str = "reminder"
    moves: dict[str, Branches] = {}
    after: dict[PeriodText, Branches] = {}
    final: bool = False


class AtDue(Shape):
    """The automatic action on the morning of the last day when nobody has acted: a notice and the extension it
    announces."""

    send: str
    extend: Span | None = None
    does: Does = ()


class Again(Shape):
    """The notices that keep an extended deadline, where they differ from those that keep the original one."""

    kept_by: Names


class PromiseSpec(Shape):
    """A promise to the customer with a deadline. `from` is the event that starts it: received, a promise (kept) or a
    step (entered); `warn` is how long before the deadline staff are warned, `at_due` what is done on the last morning
    when nobody has acted; `pauses` names the parties during whose turn the clock is stopped."""

    title: Text
    within: Span
    from_: str = Field(alias="from")
    kept_by: Names
    kinds: tuple[str, ...] = ()
    warn: tuple[Span, ...] = ()
    warning: str = "warning"
    at_due: AtDue | None = None
    again: Again | None = None
    repeats: bool = False
    pauses: Names = ()


class AnswerSpec(Shape):
    """One answer to a question: its words by language, the argument it takes (nothing, text, number, date, minutes),
    and whether letters offer a prepared mail for it. The argument is stored as `detail`. The answer is not accepted
    before all details that it `brings` are known. `calendar` are the replies of a calendar program to an appointment's
    file (accepted, declined, tentative) that count as this answer. With a `stance` the answer means that the customer
    is satisfied or dissatisfied, and is recognised in any words that say so clearly."""

    title: Text = {}
    words: Words
    stance: Stance | None = None
    takes: str = "nothing"
    brings: Names = ()
    detail: str = ""
    calendar: Names = ()


class QuestionSpec(Shape):
    """A question to a party whose answer moves the case. `notice` is sent to ask it, unless the step's own notice
    already does. When slots are offered, the number of one is the answer "chosen". `in_turn` asks the members of a team
    one after another. It is asked only when the condition `when` holds. `about` is the subject of a satisfaction
    question: a decision; or work, where naming what still fails means no."""

    to: str = "customer"
    title: Text
    notice: str = ""
    answers: dict[str, AnswerSpec] = {}
    in_turn: InTurn | None = None
    when: str = ""
    about: Subject = Subject.DECISION


class NoticeSpec(Shape):
    """A letter: its recipient (customer, team, manager, third party, or writer: the sender of the mail it answers)
    and how often it is sent at most on one case (0: no limit). `asks_details` lists the missing details in it, and so
    asks for them. With `office_hours` it waits for opening. `attach` names things whose calendar file is attached."""

    to: str = "customer"
    at_most: int = 0
    asks_details: bool = False
    office_hours: bool = False
    attach: Names = ()


class DecisionSpec(Shape):
    """A decision on a case, with the words staff can write for it."""

    title: Text
    words: Words = {}
    needs_text: bool = False


class ThirdPartySpec(Shape):
    """A third party that is asked for help. `number` is the pattern of their own case numbers. When they do not answer,
    they are reminded up to `chases` times in a row (0: without limit). `dossier` must be sent before they are asked."""

    title: Text
    address: str = ""
    name: str = ""
    language: str = ""
    number: str = ""
    chase_after: Span | None = None
    chase: str = "chase"
    chases: int = Field(default=1, ge=0)
    dossier: str = ""


class PolicyLimits(Shape):
    """Limits on mail and letters. What exceeds one waits or is set aside, never discarded; staff are told once a day.

    `letters_per_address_per_day` counts the letters of one case; `letters_in_all…` those of all cases to one address
    outside the company; `mails_per_sender…` a sender's mails on all cases; `mails_per_domain…` the mails of one domain
    whose From is of another; `wrong_tokens_per_hour` a sender's mails to addresses of ours that we never gave out,
    before further ones are set aside; `reopens_per_case` how often customers can reopen a case; `refusals_told_per_day`
    the notices about staff mail that was not obeyed. `answers_after_closing` is how long staff's answers to a closed
    case still count; `unhandled_before_manager` the time after which the manager is told of mail nobody has handled.
    """

    letters_per_address_per_day: int = Field(default=20, ge=1)
    letters_in_all_per_hour: int = Field(default=30, ge=1)
    letters_in_all_per_day: int = Field(default=100, ge=1)
    mails_per_case_per_day: int = Field(default=50, ge=1)
    mails_per_sender_per_hour: int = Field(default=30, ge=1)
    mails_per_sender_per_day: int = Field(default=100, ge=1)
    mails_per_domain_per_hour: int = Field(default=300, ge=1)
    mails_per_domain_per_day: int = Field(default=2000, ge=1)
    wrong_tokens_per_hour: int = Field(default=3, ge=0)
    reopens_per_case: int = Field(default=5, ge=1)
    refusals_told_per_day: int = Field(default=3, ge=1)
    answers_after_closing: Span = Period(180, Unit.DAYS)
    hold_before_new_case: Span = Period(2, Unit.WORKING_DAYS)
    unhandled_before_manager: Span = Period(3, Unit.WORKING_DAYS)


class Policy(Shape):
    """A policy. `name` is that of its folder; `always` are moves of every step that does not override them."""

    name: str
    title: Text
    reference: str
    languages: tuple[str, ...]
    calendar: str
    first: str
    calendars: dict[str, CalendarSpec] = {}  # a country code is a calendar too
    teams: dict[str, TeamSpec]
    details: dict[str, DetailSpec] = {}
    kinds: dict[str, KindSpec]
    forms: dict[str, FormSpec] = {}
    brands: dict[str, BrandSpec] = {}
    conditions: dict[str, ConditionSpec] = {}
    steps: dict[str, StepSpec]
    always: dict[str, Branches] = {}
    promises: dict[str, PromiseSpec] = {}
    questions: dict[str, QuestionSpec] = {}
    notices: dict[str, NoticeSpec] = Field(default={}, validate_default=True)
    decisions: dict[str, DecisionSpec] = {}
    third_parties: dict[str, ThirdPartySpec] = {}
    dossiers: dict[str, DossierSpec] = {}
    things: dict[str, ThingSpec] = {}
    tables: dict[str, TableSpec] = {}
    records: dict[str, RecordSpec] = {}
    invitations: dict[str, InvitationSpec] = {}
    boards: dict[str, BoardSpec] = {}
    reports: dict[str, ReportSpec] = {}
    limits: PolicyLimits = PolicyLimits()
    away: AwaySpec = AwaySpec()
    worklist: WorklistSpec | None = None
    retention: RetentionSpec = RetentionSpec()
    write_to_participants: bool = False  # whether people in the customer's Cc get the customer's letters

    @field_validator("notices")
    @classmethod
    def _with_own(cls, given: dict[str, NoticeSpec]) -> dict[str, NoticeSpec]:
        """Add the engine's own notices that the policy does not define."""
        own = {
            name: NoticeSpec(to=to, asks_details=name in NOTICES_ASKING_DETAILS)
            for name, to in DEFAULT_RECIPIENTS.items()
        }
        return {**own, **given}

    def speaking(self, language: str) -> tuple[str, ...]:
        """The languages in which to read a mail in this one: this language first, then the policy's, each once."""
        return tuple(dict.fromkeys((language, *self.languages)))


__all__ = [
    "EVERY_LANGUAGE",
    "Again",
    "AnswerSpec",
    "AtDue",
    "Branch",
    "Branches",
    "BrandSpec",
    "CalendarSpec",
    "ConditionSpec",
    "DecisionSpec",
    "DetailSpec",
    "DetailType",
    "Does",
    "FormSpec",
    "KindSpec",
    "Member",
    "Names",
    "NoticeSpec",
    "Ownership",
    "PeriodText",
    "Policy",
    "PolicyLimits",
    "PromiseSpec",
    "QuestionSpec",
    "Sentence",
    "Shape",
    "Span",
    "StepSpec",
    "TeamSpec",
    "Text",
    "ThirdPartySpec",
    "Words",
    "all_words",
    "in_language",
]
