"""The events that are written to the ledger, as they are stored. `LedgerEntry.event` is a plain str when it is read: an
entry of a newer version keeps its own word."""

from __future__ import annotations

from enum import StrEnum


class LedgerEvent(StrEnum):
    """What an entry of the ledger says has happened; a comment says when it is written. A member equals its text."""

    # A case opens, moves on, ends.
    OPENED = "opened"  # a customer's mail opened the case; or (with `thing`) a return, repair … was opened on it
    INVITED = "invited"  # the company wrote first: an invitation opened the case
    SORTED = "sorted"  # the kind of the case was set
    ASSIGNED = "assigned"  # a team or a member has the case now
    ASSIGNED_IN_TURN = "assigned in turn"  # nobody had taken the case: it was given to the next member
    NOBODY_TAKES_IT = "nobody takes it"  # every member had the case in turn, and none took it
    STEP_ENTERED = "step entered"  # the case entered a step
    WAITED = "waited"  # the silence that leaves a step lasted long enough
    ARRIVED = "arrived"  # a detail that several cases wait for is there
    NOT_CLOSED = "not closed"  # silence would have closed the case, and a promise of another policy is still owed
    CLOSED = "closed"  # a final step was entered
    REOPENED = "reopened"  # a closed case left its final step
    MERGED = "merged"  # the case became part of another
    TOOK_IN_A_CASE = "took in a case"  # another case became part of this one
    SPLIT_OFF = "split off"  # words of the customer became a case of their own
    MOVED = "moved"  # the case went to another policy
    LEFT_BEHIND = "left behind"  # what ended with the policy that the case left
    ERASED = "erased"  # all that was known of people was erased

    # Mail that came.
    MAIL_RECEIVED = "mail received"  # a mail was filed with the case
    MAIL_HELD = "mail held"  # a stranger's mail waits for staff
    HELD_MAIL_IS_NEW_CASE = "held mail taken as a new case"  # held mail became a case of its own
    MAIL_DAMPED = "mail damped"  # too much mail: kept, and nothing follows from it
    CAME_AGAIN = "came again"  # the same mail came a second time
    AUTOMATIC_MAIL = "automatic mail"  # a machine wrote
    NOTHING_SAID = "nothing said"  # a mail without words of its own
    THANKS_RECEIVED = "thanks received"  # a mail that only says thanks
    CALENDAR_ANSWERED = "calendar answered"  # a calendar program answered an invitation to an appointment
    COLLEAGUE_WROTE = "colleague wrote"  # a member of the team that had the case before it was moved wrote
    ANSWERS_UNKNOWN_CASE = "answers a case that is not known"  # the mail answers a letter of a case not in the database
    DEALT_WITH = "dealt with"  # mail of people that was open was dealt with
    NOT_SILENT = "not silent"  # a timer for silence was held back, because mail is open
    MANAGER_TOLD_OF_MAIL = "manager told of mail"  # mail was open for too long
    LETTER_NOT_READ_YET = "letter not read yet"  # the customer wrote before a letter had left
    FORM_WITHOUT_CONSENT = "form without consent"  # a form came without the consent that it needs; of no case
    LETTER_OF_NO_CASE_BOUNCED = "letter of no case bounced"  # a delivery report about a letter of no case

    # People on the case.
    PARTICIPANT_ADDED = "participant added"  # somebody new is on the case
    PARTICIPANT_CONFIRMED = "participant confirmed"  # staff said that a newcomer belongs to the case
    PARTICIPANT_REMOVED = "participant removed"  # staff said that a newcomer does not
    NEWCOMER_COUNTS = "somebody new counts"  # staff said nothing in time: what the newcomer wrote counts
    KEPT_FROM_NAMED = "kept from who is named"  # the complaint names members of staff, who do not get it
    ADDRESS_CORRECTED = "address put right"  # staff gave the customer another address
    ADDRESS_WORKS_AGAIN = "address works again"  # mail came from an address that letters had come back from
    NUMBER_GIVEN = "number given"  # a third party told the number under which it keeps the case
    LANGUAGE = "language"  # the language of the customer was set
    TIME_ZONE = "time zone"  # the time zone of the customer became known
    STAFF_AWAY = "staff away"  # a member is away; of no case
    STAFF_BACK = "staff back"  # a member is back; of no case

    # Details, questions, answers.
    DETAIL_FOUND = "detail found"  # a detail was read, given or changed
    DETAILS_ASKED = "details asked"  # the customer was asked for missing details
    ASKED_IN_TURN = "asked in turn"  # the next member was asked a question that is asked in turn
    NO_ANSWER = "no answer"  # the member asked in turn did not answer in time
    NOBODY_LEFT_TO_ASK = "nobody left to ask"  # every member was asked
    ANSWERED = "answered"  # a question was answered
    ANSWER_NOT_COUNTED = "answer not counted"  # an answer to an offer that is not the open one
    STANCE_READ = "stance read"  # the customer's words say whether they are satisfied
    AWAITS = "awaits"  # the case waits for a detail together with others
    ANNOUNCED = "announced"  # the case told others that a detail is there
    RECORD_CHANGED = "record changed"  # a company record was changed
    INVITATIONS_STOPPED = "invitations stopped"  # an address wants no invitations any more
    INVITATION_DECLINED = "invitation declined"  # the invitation that opened the case is not followed

    # Things: returns, repairs, appointments, quotes, dossiers.
    BECAME = "became"  # a thing changed its state
    SLOTS_OFFERED = "slots offered"  # free times were offered
    BOOKED = "booked"  # a time was booked
    SLOT_GIVEN_BACK = "slot given back"  # a booked time was given back
    QUOTED = "quoted"  # staff quoted a price
    DOSSIER_FILLED_IN = "dossier filled in"  # staff gave fields of a dossier
    DOSSIER_INCOMPLETE = "dossier incomplete"  # a dossier was begun and lacks fields
    DOSSIER_PASSED_ON = "dossier passed on"  # a dossier was sent to a third party

    # What staff did.
    NOTE = "note"  # a note that stays inside
    WROTE_TO_CUSTOMER = "wrote to the customer"  # words of staff went to the customer
    ASKED_CUSTOMER = "asked the customer"  # staff asked the customer
    ASKED_THIRD_PARTY = "asked a third party"  # staff asked a third party
    DECIDED = "decided"  # staff took a decision
    FAST_TRACK = "fast road"  # the customer needs help at once
    WAITS = "waits"  # reminders stop until a day
    WAIT_OVER = "wait over"  # that day came
    WILL_BE_REMINDED = "will be reminded"  # a member wrote a note to themselves
    REMINDED_OF_NOTE = "reminded of a note"  # that note came back
    LETTERS_STOPPED = "letters stopped"  # letters that had not left were called back
    COMMAND_REFUSED = "command refused"  # a proven mail of staff asked for what cannot be done
    STAFF_MAIL_REFUSED = "staff mail refused"  # a mail claims to be of staff and does not prove it
    CONFIRMATION_ASKED = "confirmation asked"  # a member was asked whether a mail is theirs
    CONFIRMATION_NOT_ASKED = "confirmation not asked"  # … was not, because they were asked too often today
    WORDS_CONFIRMED = "words confirmed"  # the writer said that the words are for whoever they go to
    WRITER_CONFIRMED = "writer confirmed"  # the writer said that the mail is theirs

    # Promises.
    PROMISE_ARMED = "promise armed"  # a promise is owed from now on
    PROMISE_BROUGHT_FORWARD = "promise brought forward"  # another policy's date is earlier
    STAFF_WARNED = "staff warned"  # staff were warned that a promise is nearly due
    ACTED_BY_ITSELF = "acted by itself"  # nobody had acted: Reclamo wrote the letter
    EXTENDED = "extended"  # a promise has a new date
    EXTENDED_UNTOLD = "extended untold"  # … of which the customer cannot be told
    PROMISE_KEPT = "promise kept"  # kept in time
    PROMISE_KEPT_LATE = "promise kept late"  # kept after its date
    PROMISE_OWED_AGAIN = "promise owed again"  # the letter that kept it came back
    PROMISE_BROKEN = "promise broken"  # its last instant passed
    PROMISE_MOOT = "promise moot"  # it no longer applies
    PROMISE_PAUSED = "promise paused"  # its clock stopped
    PROMISE_RESUMED = "promise resumed"  # its clock runs again

    # Letters.
    NOTICE_WRITTEN = "notice written"  # a letter was written to a party
    NOTICE_WITHHELD = "notice withheld"  # a letter was not written, and why
    LETTER_HELD_BACK = "letter held back"  # a letter waits so that it can be called back
    LIMIT_REACHED = "limit reached"  # an address got no more letters for a while
    REMINDED = "reminded"  # a reminder was written
    LETTER_SENT = "letter sent"  # the relay took a letter that may keep a promise
    LETTER_FAILED = "letter failed"  # a letter was refused or given up
    BOUNCED = "bounced"  # a delivery report that proves which letter it is about
    BOUNCED_IN_DOUBT = "bounced in doubt"  # a delivery report that proves nothing
    NOT_DONE = "not done"  # a timer or a letter could not be worked off
    TIMER_UNKNOWN = "timer unknown"  # a timer of a kind that only a newer version knows waits
