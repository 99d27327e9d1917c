"""Histories: anything that may happen to a pool, in any order, as hypothesis finds it."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from channels.contact import CallStatus, Direction, Medium
from router.model.commands import Presence
from router.stages.contract import Record
from scoring.model import Severity, Skill
from tests.router.stages.situations import (
    NOON,
    SEVERAL,
    Said,
    came,
    claims,
    one_person,
    presence,
    record,
    releases,
    resolves,
)

PEOPLE = st.sampled_from(["ann", "ann", "ben", None])
CONTACTS = st.sampled_from([f"c{number}" for number in range(5)])
AGENTS = st.sampled_from(["maria", "noah"])
ALL_LANGUAGES = SEVERAL | {"lang-es": 5}
SKILLS = st.sampled_from([Skill.THREAT_SAFETY, Skill.EMERGENCY_VET, Skill.CLAIMS, Skill.GENERAL])
IDS = st.integers(0, 10**6).map(lambda number: f"m_{number}")
GAPS = st.sampled_from([0, 1, 1, 60, 3600, 30 * 3600])
LONG_GAPS = st.sampled_from([0, 60, 30 * 3600, 100 * 24 * 3600])
SHORT_GAPS = st.sampled_from([0, 1, 5])


@st.composite
def contacts(draw: st.DrawFn) -> Said:
    wordless = draw(st.integers(0, 3)) == 0
    over = not wordless and draw(st.integers(0, 2)) == 0
    severity = draw(st.sampled_from(list(Severity)[2 if over else 0 :]))
    return came(
        draw(CONTACTS),
        draw(PEOPLE),
        Severity.S2 if wordless else severity,
        Skill.GENERAL if wordless else draw(SKILLS),
        medium=Medium.CALL if wordless else draw(st.sampled_from([Medium.SMS, Medium.EMAIL])),
        sequence=draw(st.sampled_from([None, None, None, 1, 2])),
        part=draw(st.sampled_from([*5 * [None], "recording:RE1", "transcription:TR1"])),
        call=draw(st.sampled_from(CallStatus)) if wordless else None,
        direction=draw(st.sampled_from([*4 * [Direction.INBOUND], Direction.OUTBOUND])),
        at=draw(st.sampled_from([None, None, None, NOON - timedelta(hours=1), NOON - timedelta(days=2)])),
        floor=not wordless and severity is Severity.S1,
        resolves=over,
        wordless=wordless,
        languages=draw(st.sampled_from([(), ("en",), ("es",), ("ja",)])),
    )


@st.composite
def presences(draw: st.DrawFn) -> Said:
    skills = draw(st.sampled_from([ALL_LANGUAGES, ALL_LANGUAGES, {"claims": 1}]))
    state = draw(st.sampled_from([Presence.AVAILABLE, Presence.AVAILABLE, Presence.AWAY]))
    return presence(draw(AGENTS), state, skills=skills, capacity=draw(st.integers(0, 2)), command=draw(IDS))


@st.composite
def commands(draw: st.DrawFn) -> Said:
    make = draw(st.sampled_from([claims, claims, resolves, releases]))
    return make(draw(AGENTS), draw(st.sampled_from(["c0", "c1", "c2"])), command=draw(IDS))


def links() -> st.SearchStrategy[Said]:
    several = st.lists(st.sampled_from(["ann", "ben", "cleo"]), min_size=1, max_size=3, unique=True)
    return st.builds(lambda who, keys: one_person(who, *keys), st.sampled_from(["ann", "dora"]), several)


BEGINNING = (
    presence("maria", skills=ALL_LANGUAGES, capacity=2),
    presence("noah", skills=ALL_LANGUAGES, capacity=1),
    came("c0", "ann", Severity.S2, Skill.EMERGENCY_VET),
    came("c1", "ben", Severity.S3, Skill.CLAIMS),
    claims("maria", "c0"),
)


@st.composite
def histories(draw: st.DrawFn, gaps: st.SearchStrategy[int] = GAPS, longest: int = 30) -> list[Record]:
    """Records of a pool's log, in order; append times rise by `gaps` seconds, and now and then go back a little."""
    happening = st.one_of(contacts(), contacts(), contacts(), presences(), commands(), commands(), commands(), links())
    said = draw(st.lists(happening, min_size=8, max_size=longest))
    if draw(st.integers(0, 3)):
        said = [*BEGINNING, *said]
    at, records = NOON, []
    for offset, each in enumerate(said, start=1):
        at += timedelta(seconds=draw(gaps))
        back = draw(st.sampled_from([0, 0, 0, 2]))
        records.append(record(each, offset, at - timedelta(seconds=back)))
    return records
