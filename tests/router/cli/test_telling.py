from datetime import timedelta

import pytest
from rich.console import Console

from channels.contact import Address, AddressKind, Automatic, Contact, Medium
from router.cli.story import Refusal
from router.cli.story_view import view
from router.cli.telling import Found, Seen, Told, build
from router.model.events import ContactScored, DeadLetter, Position, QueueEvent
from router.model.incident import Change, IncidentState, IncidentType, Part
from scoring.model import Assessment, Severity, Skill
from tests.router.cli.incidents import AT, CALL, CHOCOLATE, INCIDENT, TEXT, joined, opened

WORDS = "he ate chocolate and shakes"
PHONE = "+12065550142"


def seen(event: QueueEvent, kind: IncidentType, at_ms: float, offset: int) -> Seen:
    position = Position(topic="queue.emergency-vet", partition=0, offset=offset, at=AT + timedelta(milliseconds=at_ms))
    return Seen(event, kind.value, (1, event.revision), position)


def scored() -> ContactScored:
    contact = Contact(
        provider="twilio",
        provider_id="SM1",
        delivery="SM1",
        medium=Medium.SMS,
        sender=Address(kind=AddressKind.PHONE, value=PHONE),
        text=WORDS,
        happened_at=AT,
    )
    return ContactScored(
        contact_id=TEXT,
        pool="petcare",
        address_key="a_ann",
        contact=contact,
        assessment=Assessment(
            severity=Severity.S1,
            skill=Skill.EMERGENCY_VET,
            skills=(Skill.EMERGENCY_VET,),
            languages=("en",),
            evidence=(CHOCOLATE,),
            floor=True,
            version="2026.1",
        ),
        received_at=AT,
        inbound=Position(topic="inbound.sms", partition=2, offset=14),
    )


@pytest.fixture
def found() -> Found:
    events = [seen(opened(), IncidentType.OPENED, 9, 0), seen(joined(), IncidentType.JOINED, 1504, 1)]
    place = Position(topic="pool", partition=0, offset=7, at=AT + timedelta(milliseconds=5))
    return Found("SM1", TEXT, events, {TEXT: Told(scored=scored(), scored_at=place)})


def test_each_hop_has_its_time_and_the_milliseconds_since_the_one_before(found: Found) -> None:
    hops = build(found).contacts[0].hops
    assert [(hop.name, hop.ms) for hop in hops] == [
        ("received", None),
        ("inbound", pytest.approx(2)),
        ("pool", pytest.approx(3)),
        ("queue", pytest.approx(4)),
    ]
    assert build(found).contacts[0].total_ms == pytest.approx(9)
    assert hops[1].where == "inbound.sms[2]@14"


def test_the_state_is_that_of_the_newest_event_whatever_the_order_read(found: Found) -> None:
    owned = joined().model_copy(update={"revision": 3, "state": IncidentState.OWNED, "owner": "maria"})
    mixed = Found(found.asked, TEXT, [seen(owned, IncidentType.CLAIMED, 2000, 2), *found.seen], found.told)
    incident = build(mixed).incident
    assert incident is not None
    assert (incident.owner, incident.state) == ("maria", IncidentState.OWNED)


def test_nothing_personal_is_told_unless_asked_for(found: Found) -> None:
    told = build(found).model_dump_json()
    assert PHONE not in told
    assert "chocolate" not in told
    revealed = build(found, reveal=True)
    assert revealed.contacts[0].revealed is not None
    assert revealed.contacts[0].revealed.sender == PHONE
    reasons = revealed.contacts[0].reasons
    assert reasons is not None
    assert reasons[0].words == "ate chocolate"


def test_a_contact_whose_scored_record_is_gone_reads_expired(found: Found) -> None:
    call = build(found).contacts[1]
    assert call.contact_id == CALL
    assert call.expired
    assert not build(found).contacts[0].expired


def test_where_compaction_took_the_record_of_an_arrival_no_queue_hop_is_made_up(found: Found) -> None:
    compacted = Found(found.asked, TEXT, found.seen[1:], found.told)
    assert [hop.name for hop in build(compacted).contacts[0].hops] == ["received", "inbound", "pool"]


def test_a_lowered_severity_shows_both_levels_and_the_reason() -> None:
    change = Change(
        type=IncidentType.CHANGED, at=AT, severity=Severity.S2, skill=Skill.CLAIMS, reason="resolution", contact_id=CALL
    )
    event = joined().model_copy(update={"changes": (*opened().changes, change)})
    incident = build(Found(INCIDENT, None, [seen(event, IncidentType.CHANGED, 5, 1)])).incident
    assert incident is not None
    step = incident.history[-1]
    assert (step.severity_before, step.severity, step.reason) == (Severity.S1, Severity.S2, "resolution")
    assert (step.skill_before, step.skill) == (Skill.EMERGENCY_VET, Skill.CLAIMS)


@pytest.mark.parametrize("width", [80, 140])
def test_the_view_tells_it_without_colour_and_within_the_width(found: Found, width: int) -> None:
    console = Console(width=width, color_system=None)
    with console.capture() as captured:
        console.print(view(build(found)))
    text = captured.get()
    assert all(len(line) <= width for line in text.splitlines())
    for part in ("S1", "emergency-vet", INCIDENT, TEXT, "vet.toxic", "(asked for)", "nobody owns it", "9.0 ms"):
        assert part in text


def test_a_dead_letter_says_which_field_was_wrong_and_where_it_lies() -> None:
    letter = DeadLetter(
        stage="gateway",
        reason="malformed",
        field="FromFull.Email",
        expected="an address",
        got="a list",
        topic="-",
        at=AT,
    )
    refusal = Refusal(topic="gateway.dlq", partition=0, offset=3, letter=letter)
    console = Console(width=100, color_system=None)
    with console.capture() as captured:
        console.print(view(build(Found("x", refusals=(refusal,)))))
    assert "FromFull.Email: expected an address, got a list" in captured.get()
    assert "gateway.dlq[0]@3" in captured.get()


def test_an_absence_note_is_told_as_kept_out_and_a_web_forms_mail_as_a_machines() -> None:
    mailed = scored().contact.model_copy(update={"medium": Medium.EMAIL, "automatic": Automatic.AUTO_REPLY})
    for kind, told in ((Automatic.AUTO_REPLY, "kept out: auto-reply"), (Automatic.GENERATED, "a machine: generated")):
        known = scored().model_copy(update={"contact": mailed.model_copy(update={"automatic": kind})})
        story = build(Found(TEXT, TEXT, (), {TEXT: Told(scored=known)}))
        console = Console(width=100, color_system=None)
        with console.capture() as captured:
            console.print(view(story))
        assert told in captured.get()
        assert story.contacts[0].kept_out is kind.kept_out
        assert WORDS not in captured.get()


def test_a_contact_that_came_in_parts_tells_each_and_which_stands_for_it(found: Found) -> None:
    def part(name: str, offset: int, *, wordless: bool) -> Part:
        skill = Skill.GENERAL if wordless else Skill.EMERGENCY_VET
        level = Severity.S2 if wordless else Severity.S1
        return Part(name=name, severity=level, skill=skill, partition=0, offset=offset, wordless=wordless)

    parts = (
        part("", 5, wordless=True),
        part("recording:RE1", 6, wordless=True),
        part("transcription:TR1", 7, wordless=False),
    )
    event = opened()
    told = event.model_copy(update={"contacts": (event.contacts[0].model_copy(update={"parts": parts}),)})
    story = build(Found("SM1", TEXT, [seen(told, IncidentType.CHANGED, 9, 0)], found.told))
    assert [(each.name, each.where, each.words, each.stands) for each in story.contacts[0].parts] == [
        ("recording:RE1", "pool[0]@6", False, False),
        ("transcription:TR1", "pool[0]@7", True, True),
    ]
    console = Console(width=120, color_system=None)
    with console.capture() as captured:
        console.print(view(story))
    assert "transcription:TR1 at pool[0]@7" in captured.get()
