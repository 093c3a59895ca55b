"""Promises on a case: when each is due, what keeps it, what moves it, and what is written meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from daemon.decide.events import CustomerWrote, LetterFailed
from parsers.reading import Mailbox
from tests.daemon.decide.cases import CUSTOMER, FULL, rome
from tests.daemon.decide.story import Recorded, expected

MON = rome("2026-03-02T10:00")
CUSTOMER_PARTY = 1


PROMISES_COUNT_FROM_WHEN_THE_MAIL_WAS_RECEIVED_HOWEVER_LATE_IT_IS_READ = expected("""
    Thu 2026-03-05 09:00
      promise acknowledge:0 open due Wed 2026-03-11 23:59:59 (2026-03-11) from Mon 2026-03-02 10:00
          received
      promise resolve:0 open due Tue 2026-04-14 23:59:59 (2026-04-14) from Mon 2026-03-02 10:00 received
      timer promise:acknowledge:0:end end Thu 2026-03-12 00:00 acknowledge 0
      timer promise:resolve:0:warn:0 warn Mon 2026-03-30 09:00 resolve 0
      timer promise:resolve:0:warn:1 warn Tue 2026-04-07 09:00 resolve 0
      timer promise:resolve:0:warn:2 warn Mon 2026-04-13 09:00 resolve 0
      timer promise:resolve:0:act act Tue 2026-04-14 09:00 resolve 0
      timer promise:resolve:0:end end Wed 2026-04-15 00:00 resolve 0
    """)


def test_promises_count_from_when_the_mail_was_received_however_late_it_is_read() -> None:
    """The mail lay in the inbox from Monday to Thursday: seven and thirty working days begin on Monday."""
    life = Recorded(MON)
    mail_at = life.now
    life.now = rome("2026-03-05T09:00")
    mail = replace(life.mail("It does not switch on.", CUSTOMER, 0), received_at=mail_at)
    life.happens(CustomerWrote(mail=mail, who=Mailbox(CUSTOMER, "Anna"), language="en", kind="product", found=FULL))
    assert life.story("promises", "timers") == PROMISES_COUNT_FROM_WHEN_THE_MAIL_WAS_RECEIVED_HOWEVER_LATE_IT_IS_READ


A_PROMISE_IS_KEPT_WHEN_THE_RELAY_TOOK_THE_LETTER_AND_THE_NEXT_ONE_BEGINS = expected("""
    Mon 2026-03-02 10:03
      promise acknowledge:0 kept due Wed 2026-03-11 23:59:59 (2026-03-11) from Mon 2026-03-02 10:00
          received kept Mon 2026-03-02 10:03 by acknowledgement
      promise progress:0 open due Fri 2026-03-20 23:59:59 (2026-03-20) from Mon 2026-03-02 10:03
          acknowledge
      letter sent by reclamo: notice=acknowledgement party=1 message_id=
      promise kept by reclamo: promise=acknowledge due=2026-03-11 notice=acknowledgement
      promise armed by reclamo: promise=progress due=2026-03-20 origin=acknowledge
      timer promise:progress:0:warn:0 warn Tue 2026-03-17 09:00 progress 0
      timer promise:progress:0:warn:1 warn Thu 2026-03-19 09:00 progress 0
      timer promise:progress:0:act act Fri 2026-03-20 09:00 progress 0
      timer promise:progress:0:end end Sat 2026-03-21 00:00 progress 0
      timer promise:acknowledge:0:end dropped
    """)


def test_a_promise_is_kept_when_the_relay_took_the_letter_and_the_next_one_begins() -> None:
    """The acknowledgement keeps its promise at the instant it left; fourteen working days of progress begin then."""
    life = Recorded(MON)
    life.opens()
    life.now += timedelta(minutes=3)
    life.forget()
    life.deliver()
    assert (
        life.story("promises", "ledger", "timers")
        == A_PROMISE_IS_KEPT_WHEN_THE_RELAY_TOOK_THE_LETTER_AND_THE_NEXT_ONE_BEGINS
    )


A_LETTER_THAT_LEAVES_TOO_LATE_KEEPS_NOTHING = expected("""
    Mon 2026-03-16 10:00
      promise acknowledge:0 broken due Wed 2026-03-11 23:59:59 (2026-03-11) from Mon 2026-03-02 10:00
          received kept Mon 2026-03-16 10:00 by acknowledgement
      promise progress:0 open due Fri 2026-04-03 23:59:59 (2026-04-03) from Mon 2026-03-16 10:00
          acknowledge
      letter sent by reclamo: notice=acknowledgement party=1 message_id=
      promise kept late by reclamo: promise=acknowledge due=2026-03-11 notice=acknowledgement
      promise armed by reclamo: promise=progress due=2026-04-03 origin=acknowledge
    """)


def test_a_letter_that_leaves_too_late_keeps_nothing() -> None:
    """Its relay was away for two weeks: broken stays broken, with the instant at which it was done after all."""
    life = Recorded(MON)
    life.opens()
    life.days(14, deliver=False)
    life.forget()
    life.sent("acknowledgement")
    assert life.story("promises", "ledger") == A_LETTER_THAT_LEAVES_TOO_LATE_KEEPS_NOTHING


SILENCE_FROM_END_TO_END = expected("""
    Tue 2026-03-17 09:00
      letter warning 1@progress:0 to ada@firm.example []
    Thu 2026-03-19 09:00
      letter warning 2@progress:0 to ada@firm.example []
    Fri 2026-03-20 09:00
      letter progress 1 to anna@example.it [keeps]
      letter sent_for_you 1 to ada@firm.example []
    Fri 2026-03-20 09:00
      promise progress:0 kept due Fri 2026-03-20 23:59:59 (2026-03-20) from Mon 2026-03-02 10:00
          acknowledge kept Fri 2026-03-20 09:00 by progress
      promise progress:1 open due Fri 2026-04-10 23:59:59 (2026-04-10) from Fri 2026-03-20 09:00
          progress
    Mon 2026-03-30 09:00
      letter warning 3@resolve:0 to ada@firm.example []
    Tue 2026-04-07 09:00
      letter warning 4@progress:1 to ada@firm.example []
    Tue 2026-04-07 09:00
      letter warning 5@resolve:0 to ada@firm.example []
    Thu 2026-04-09 09:00
      letter warning 6@progress:1 to ada@firm.example []
    Fri 2026-04-10 09:00
      letter progress 2 to anna@example.it [keeps]
      letter sent_for_you 2 to ada@firm.example []
    Fri 2026-04-10 09:00
      promise progress:1 kept due Fri 2026-04-10 23:59:59 (2026-04-10) from Fri 2026-03-20 09:00
          progress kept Fri 2026-04-10 09:00 by progress
      promise progress:2 open due Thu 2026-04-30 23:59:59 (2026-04-30) from Fri 2026-04-10 09:00
          progress
    Mon 2026-04-13 09:00
      letter warning 7@resolve:0 to ada@firm.example []
    Tue 2026-04-14 09:00
      letter delay 1@resolve:1 to anna@example.it [keeps]
      letter extended 1 to max@firm.example []
      letter sent_for_you 3 to ada@firm.example []
      promise resolve:1 open due Tue 2026-04-28 23:59:59 (2026-04-28) from Tue 2026-04-14 09:00
          extension by itself
    Wed 2026-04-15 00:00
      promise resolve:0 broken due Tue 2026-04-14 23:59:59 (2026-04-14) from Mon 2026-03-02 10:00
          received
    Tue 2026-04-21 09:00
      letter warning 8@resolve:1 to ada@firm.example []
    Mon 2026-04-27 09:00
      letter warning 9@progress:2 to ada@firm.example []
    Mon 2026-04-27 09:00
      letter warning 10@resolve:1 to ada@firm.example []
    Tue 2026-04-28 09:00
      letter delay 2@resolve:2 to anna@example.it [keeps]
      letter extended 2 to max@firm.example []
      letter sent_for_you 4 to ada@firm.example []
      promise resolve:2 open due Wed 2026-05-13 23:59:59 (2026-05-13) from Tue 2026-04-28 09:00
          extension by itself
    Tue 2026-04-28 09:00
      promise resolve:1 kept due Tue 2026-04-28 23:59:59 (2026-04-28) from Tue 2026-04-14 09:00
          extension kept Tue 2026-04-28 09:00 by delay
    Wed 2026-04-29 09:00
      letter warning 11@progress:2 to ada@firm.example []
    Thu 2026-04-30 09:00
      letter progress 3 to anna@example.it [keeps]
      letter sent_for_you 5 to ada@firm.example []
    Thu 2026-04-30 09:00
      promise progress:2 kept due Thu 2026-04-30 23:59:59 (2026-04-30) from Fri 2026-04-10 09:00
          progress kept Thu 2026-04-30 09:00 by progress
      promise progress:3 open due Thu 2026-05-21 23:59:59 (2026-05-21) from Thu 2026-04-30 09:00
          progress
    Wed 2026-05-06 09:00
      letter warning 12@resolve:2 to ada@firm.example []
    Tue 2026-05-12 09:00
      letter warning 13@resolve:2 to ada@firm.example []
    Wed 2026-05-13 09:00
      letter delay 3@resolve:3 to anna@example.it [keeps]
      letter extended 3 to max@firm.example []
      letter sent_for_you 6 to ada@firm.example []
      promise resolve:3 open due Wed 2026-05-27 23:59:59 (2026-05-27) from Wed 2026-05-13 09:00
          extension by itself
    Wed 2026-05-13 09:00
      promise resolve:2 kept due Wed 2026-05-13 23:59:59 (2026-05-13) from Tue 2026-04-28 09:00
          extension kept Wed 2026-05-13 09:00 by delay
    Mon 2026-05-18 09:00
      letter warning 14@progress:3 to ada@firm.example []
    Wed 2026-05-20 09:00
      letter warning 15@progress:3 to ada@firm.example []
    Wed 2026-05-20 09:00
      letter warning 16@resolve:3 to ada@firm.example []
    """)


def test_silence_from_end_to_end() -> None:
    """Nobody does anything: staff are warned, Reclamo writes, names a new date each time, and says so."""
    life = Recorded(MON)
    life.opens()
    life.deliver()
    life.forget()
    life.run(rome("2026-05-20T12:00"))
    assert life.story("letters", "promises") == SILENCE_FROM_END_TO_END


AN_EXTENSION_BY_STAFF_MOVES_THE_DATE_AND_IS_KEPT_BY_THE_DECISION = expected("""
    Tue 2026-03-10 11:00
      promise resolve:1 open due Wed 2026-06-03 23:59:59 (2026-06-03) from Tue 2026-03-10 11:00
          extension because The part is late.
      mail received by ada@firm.example: message_id=m2@example inbox_id=2 thread=staff files=[]
          evidence=
      promise armed by reclamo: promise=resolve due=2026-06-03 origin=extension
      notice written by reclamo: notice=delay to=customer party=1 of=resolve:1 about={reason: The part
          is late., old_date: 2026-04-14, new_date: 2026-06-03, promise: resolve}
      extended by ada@firm.example: promise=resolve old=2026-04-14 new=2026-06-03 automatic=false
          reason=The part is late.
      notice written by reclamo: notice=transcript to=staff party=2
      timer promise:resolve:1:warn:0 warn Tue 2026-05-19 09:00 resolve 1
      timer promise:resolve:1:warn:1 warn Tue 2026-05-26 09:00 resolve 1
      timer promise:resolve:1:warn:2 warn Mon 2026-06-01 09:00 resolve 1
      timer promise:resolve:1:act act Wed 2026-06-03 09:00 resolve 1
      timer promise:resolve:1:end end Thu 2026-06-04 00:00 resolve 1
      timer promise:resolve:0:warn:0 dropped
      timer promise:resolve:0:warn:1 dropped
      timer promise:resolve:0:warn:2 dropped
      timer promise:resolve:0:act dropped
    Tue 2026-03-10 11:00
      letter sent by reclamo: notice=delay party=1 message_id=
    Mon 2026-04-20 11:00
      promise progress:0 moot due Fri 2026-03-20 23:59:59 (2026-03-20) from Mon 2026-03-02 10:00
          acknowledge
      mail received by ada@firm.example: message_id=m3@example inbox_id=3 thread=staff files=[]
          evidence=
      decided by ada@firm.example: decision=upheld text=We replace it.
      notice written by reclamo: notice=decision to=customer party=1 about={staff_text: We replace it.,
          decision: upheld}
      step entered by reclamo: step=decided
      promise moot by reclamo: promise=progress due=2026-03-20
      notice written by reclamo: notice=transcript to=staff party=2
      timer step:after:10 working days after Wed 2026-05-06 00:00 10 working days 0
      timer promise:progress:0:warn:0 dropped
      timer promise:progress:0:warn:1 dropped
      timer promise:progress:0:act dropped
      timer promise:progress:0:end dropped
      timer promise:resolve:1:warn:0 dropped
      timer promise:resolve:1:warn:1 dropped
      timer promise:resolve:1:warn:2 dropped
      timer promise:resolve:1:act dropped
    Mon 2026-04-20 11:00
      promise resolve:0 broken due Tue 2026-04-14 23:59:59 (2026-04-14) from Mon 2026-03-02 10:00
          received kept Mon 2026-04-20 11:00 by decision
      promise resolve:1 kept due Wed 2026-06-03 23:59:59 (2026-06-03) from Tue 2026-03-10 11:00
          extension kept Mon 2026-04-20 11:00 by decision because The part is late.
      letter sent by reclamo: notice=decision party=1 message_id=
      promise kept late by reclamo: promise=resolve due=2026-04-14 notice=decision
      promise kept by reclamo: promise=resolve due=2026-06-03 notice=decision
      timer promise:resolve:0:end dropped
      timer promise:resolve:1:end dropped
    """)


def test_an_extension_by_staff_moves_the_date_and_is_kept_by_the_decision() -> None:
    """The old date stays on record; the new one is kept by the decision."""
    life = Recorded(MON)
    life.opens()
    life.deliver()
    life.now = rome("2026-03-10T11:00")
    life.forget()
    life.staff("extend 2026-06-03\n\nThe part is late.")
    life.deliver()
    life.now = rome("2026-04-20T11:00")
    life.staff("decide upheld\n\nWe replace it.")
    life.deliver()
    assert (
        life.story("promises", "ledger", "timers") == AN_EXTENSION_BY_STAFF_MOVES_THE_DATE_AND_IS_KEPT_BY_THE_DECISION
    )


A_LETTER_THAT_FAILED_LEAVES_ITS_PROMISE_OWED = expected("""
    Mon 2026-03-02 11:00
      letter failed by reclamo: notice=acknowledgement party=1 why=550 no such user
      notice written by reclamo: notice=undeliverable to=staff party=2
      timer promise:acknowledge:0:warn:0 warn Mon 2026-03-09 09:00 acknowledge 0
      timer promise:acknowledge:0:warn:1 warn Tue 2026-03-10 09:00 acknowledge 0
      timer promise:acknowledge:0:act act Wed 2026-03-11 09:00 acknowledge 0
      letter undeliverable 1 to ada@firm.example []
    """)


def test_a_letter_that_failed_leaves_its_promise_owed() -> None:
    """Warnings and the letter by itself are set again, where they are still to come."""
    life = Recorded(MON)
    life.opens()
    life.forget()
    life.now += timedelta(hours=1)
    life.happens(LetterFailed(key="", notice="acknowledgement", party=CUSTOMER_PARTY, reason="550 no such user"))
    assert life.story("promises", "ledger", "timers", "letters") == A_LETTER_THAT_FAILED_LEAVES_ITS_PROMISE_OWED
