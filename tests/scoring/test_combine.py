"""The rubric's rules 2, 4, 5 and 8, as folds over what contacts said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.combine import combine
from scoring.model import Assessment, Context, Effect, Evidence, Severity, Skill

S1, S2, S3, S4 = Severity


def assessment(
    severity: Severity, *, floor: bool = False, resolves: bool = False, wordless: bool = False
) -> Assessment:
    evidence = [Evidence(rule="vet.something", start=0, end=4, severity=severity)]
    if resolves:
        evidence.append(Evidence(rule="resolution.something", start=5, end=9, effect=Effect.LOWERS))
    return Assessment(
        severity=severity,
        skill=Skill.EMERGENCY_VET,
        skills=(Skill.EMERGENCY_VET,),
        evidence=tuple(evidence),
        floor=floor,
        resolves=resolves,
        wordless=wordless,
        version="test",
    )


S1_BY_RULE = assessment(S1, floor=True)
RESOLVED = assessment(S3, resolves=True)
THANKS = assessment(S4)
CALL = assessment(S2, wordless=True)
NOTHING_OPEN = Context()


def is_open(severity: Severity, *, floor: bool = False) -> Context:
    return Context(open=True, severity=severity, floor=floor)


def test_the_first_contact_opens_the_incident_with_its_own_severity() -> None:
    combined = combine((assessment(S3),), NOTHING_OPEN)
    assert (combined.severity, combined.reason, combined.floor) == (S3, "opened", False)
    assert [item.rule for item in combined.evidence] == ["vet.something"]


def test_a_worse_contact_raises_it_at_once() -> None:
    combined = combine((S1_BY_RULE,), is_open(S3))
    assert (combined.severity, combined.reason, combined.floor) == (S1, "worst-contact", True)


def test_thanks_lowers_nothing() -> None:
    combined = combine((THANKS,), is_open(S2))
    assert (combined.severity, combined.reason, combined.evidence) == (S2, "unchanged", ())


def test_what_is_over_lowers_it_and_names_the_words() -> None:
    combined = combine((RESOLVED,), is_open(S2))
    assert (combined.severity, combined.reason) == (S3, "resolution")
    assert [item.rule for item in combined.evidence] == ["resolution.something"]


def test_what_a_rule_made_s1_goes_no_lower_than_s2() -> None:
    combined = combine((RESOLVED, RESOLVED, THANKS), is_open(S1, floor=True))
    assert (combined.severity, combined.floor) == (S2, True)


def test_an_s1_that_no_rule_made_may_be_lowered_to_s3() -> None:
    assert combine((RESOLVED,), is_open(S1)).severity is S3


def test_a_resolution_that_is_mild_itself_lowers_no_further_than_s3() -> None:
    assert combine((assessment(S4, resolves=True),), is_open(S2)).severity is S3


def test_it_can_be_raised_again_after_it_was_lowered() -> None:
    assert combine((S1_BY_RULE, RESOLVED, S1_BY_RULE), NOTHING_OPEN).severity is S1


def test_a_call_without_words_counts_as_the_s1_that_is_open() -> None:
    combined = combine((CALL,), is_open(S1))
    assert (combined.severity, combined.reason) == (S1, "call-during-s1")
    assert combine((CALL,), is_open(S3)).severity is S2


ASSESSMENTS = st.builds(
    assessment, st.sampled_from(Severity), floor=st.booleans(), resolves=st.booleans(), wordless=st.booleans()
).map(lambda each: each.model_copy(update={"floor": each.floor and each.severity is S1}))
CONTEXTS = st.builds(
    lambda severity, floor: is_open(severity, floor=floor), st.sampled_from([S1, S2, S3]), st.booleans()
) | st.just(NOTHING_OPEN)
CAME = st.lists(ASSESSMENTS, min_size=1, max_size=6).map(tuple)


@given(CAME, CONTEXTS)
def test_it_is_never_above_the_worst_of_what_came_and_what_was(came: tuple[Assessment, ...], was: Context) -> None:
    worst = min(*(each.severity for each in came), was.severity or S4, S4)
    assert combine(came, was).severity >= worst


@given(CAME, CONTEXTS)
def test_the_last_contact_is_never_more_urgent_than_its_incident(came: tuple[Assessment, ...], was: Context) -> None:
    assert combine(came, was).severity <= came[-1].severity


@given(CAME, st.sampled_from([S1, S2, S3]), st.booleans())
def test_an_open_incident_never_falls_below_s3(came: tuple[Assessment, ...], severity: Severity, floor: bool) -> None:
    assert combine(came, is_open(severity, floor=floor)).severity <= S3


@given(CAME, CONTEXTS)
def test_what_was_s1_by_a_rule_is_never_below_s2(came: tuple[Assessment, ...], was: Context) -> None:
    combined = combine((S1_BY_RULE, *came), was)
    assert combined.floor
    assert combined.severity <= S2


@given(CAME, CONTEXTS)
def test_the_floor_is_kept_once_it_is_there(came: tuple[Assessment, ...], was: Context) -> None:
    assert combine(came, was).floor == (was.floor or any(each.floor for each in came))


@given(CAME, st.sampled_from([S1, S2, S3]), st.booleans())
def test_nothing_lowers_it_without_a_reason_and_evidence(
    came: tuple[Assessment, ...], severity: Severity, floor: bool
) -> None:
    before = is_open(severity, floor=floor)
    for each in came:
        after = combine((each,), before)
        if before.severity is not None and after.severity > before.severity:
            assert after.reason == "resolution"
            assert each.resolves
            assert after.evidence
            assert all(item.effect is Effect.LOWERS for item in after.evidence)
        before = Context(open=True, severity=after.severity, floor=after.floor)


@given(CAME, CONTEXTS)
def test_all_at_once_is_the_same_as_one_by_one(came: tuple[Assessment, ...], was: Context) -> None:
    context = was
    for each in came:
        after = combine((each,), context)
        context = Context(open=True, severity=after.severity, floor=after.floor)
    at_once = combine(came, was)
    assert (at_once.severity, at_once.floor) == (context.severity, context.floor)


@pytest.mark.parametrize("context", [NOTHING_OPEN, is_open(S2)])
def test_nothing_new_changes_nothing(context: Context) -> None:
    assert combine((), context).severity is (context.severity or S4)
