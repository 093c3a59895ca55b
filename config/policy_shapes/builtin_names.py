"""The names of outcomes, notices and facts that the engine itself defines and a policy may use."""

from __future__ import annotations

OUTCOMES: dict[str, str] = {
    "sorted": "the kind is known: recognised, or said by staff",
    "customer_wrote": "the customer added something that no other outcome covers",
    "customer_satisfied": "the customer says clearly that they are satisfied, in a step that does not ask",
    "customer_dissatisfied": "the customer says clearly that they are not, in a step that does not ask",
    "details_complete": "the last required detail came in",
    "asked_customer": "staff asked the customer something",
    "asked_third_party": "staff asked somebody outside something",
    "third_party_wrote": "somebody outside answered",
    "reassigned": "staff passed the case to another team",
    "extended": "staff named a new date",
    "decided": "staff decided",
    "closed": "staff closed the case",
    "reopened": "staff opened a closed case again",
    "spam": "staff set the case aside",
    "quoted": "staff wrote a quote",
    "chosen": "a slot that was offered was picked",
    "slot_gone": "the slot picked has been taken meanwhile",
    "no_answer": "whoever is asked in turn has not answered in time",
    "nobody_left": "everybody on the team has been asked in turn",
    "assigned": "staff gave the case to one person",
    "nothing_free": "there are not two free slots to offer",
    "arrived": "what the case awaited is there: it was announced on this case or another",
    "dossier_sent": "a dossier was whole and has been passed on",
}

OUTCOMES_AFTER_CLOSING = ("customer_wrote", "third_party_wrote", "reopened")
"""The outcomes for which moves of `always` also apply in a final step; for others staff must reopen the case."""

BUILTIN_NOTICES: dict[str, str] = {
    "ask": "asks the customer what staff ask, or what is missing",
    "reply": "carries what staff write to the customer",
    "refused": "tells staff that nothing was done, and why",
    "transcript": "tells staff what was done",
    "warning": "warns staff of a deadline",
    "held": "shows staff mail that is held",
    "undeliverable": "tells staff that a letter came back",
    "third_party_question": "carries what staff write to somebody outside",
    "customer_wrote": "tells staff what the customer wrote",
    "third_party_wrote": "tells staff what somebody outside wrote",
    "waiting_over": "tells staff that a wait is over",
    "self_reminder": "brings a note back to who wrote it",
    "vulnerable": "tells the manager of a customer who needs help at once",
    "limit_reached": "tells staff that a limit is reached, once a day",
    "unclaimed": "gives a case that nobody took to the next in turn",
    "unhandled": "tells the manager of mail that nobody has dealt with",
    "worklist": "lists what is due, each working morning",
    "standing_in": "tells a substitute what is now theirs to do",
    "confirm": "asks a member whether a mail in their name is theirs, before what it decides is done",
    "list_answered": "tells staff that an answer to a list was not used",
    "moved": "tells the customer of a case that came from another policy who takes over, and what is owed by when",
    "moved_away": "tells a team that another policy's has the case now",
    "promised": "keeps a promise of the policy the case came from, where this one has no letter of its own for it",
}

DEFAULT_RECIPIENTS = {
    "self_reminder": "writer",
    "vulnerable": "manager",
    "limit_reached": "team",
    "unclaimed": "assignee",
    "unhandled": "manager",
    "worklist": "team",
    "standing_in": "assignee",
    "confirm": "writer",
    "list_answered": "writer",
    "moved": "customer",
    "moved_away": "staff",
    "promised": "customer",
}
"""Notices of the engine that a policy need not define, with their recipients if it does not."""

NOTICES_ASKING_DETAILS = ("moved",)
"""Those of them that ask the customer for missing details."""

# The notice that announces a new case to its team when staff sort it, and the one that confirms a pause to the
# customer; sent only when the policy defines them.
OPTIONAL_NOTICES = ("new_case", "stand_by")

FACTS = ("outcome", "reassigned", "decided_by", "decided_at", "form", "calendar", "country", "unreadable")

DOSSIER_FACTS: dict[str, str] = {
    "reference": "the case's own number",
    "customer": "the customer's name and address",
    "brand": "the brand's title",
    "country": "the customer's country",
    "kind": "the kind's title",
    "subject": "what the customer called the matter",
    "received": "the day on which it came in",
    "words": "what the customer wrote first",
    "files": "the names of the customer's files",
    "related": "the customer's other open cases",
}
"""The facts of a case, other than details, that can fill a field of a dossier."""

PARTIES = ("customer", "staff", "third party", "nobody")  # the parties a step can wait for

RECIPIENTS = ("customer", "staff", "team", "assignee", "manager", "third party", "writer")

FORM_FIELDS = (
    "customer_name",
    "customer_address",
    "language",
    "country",
    "brand",
    "consent",
    "title",
    "comment",
)

ANSWER_TAKES = ("nothing", "text", "number", "date", "minutes")
CALENDAR_ANSWERS = ("accepted", "declined", "tentative")
