from datetime import timedelta

from router.policy.load import default_text, parse
from scoring.model import TIE_BREAK, Severity, Skill

POLICY = parse(default_text())


def test_the_default_pack_breaks_ties_as_the_rubric_does() -> None:
    assert tuple(rule.name for rule in POLICY.skills) == TIE_BREAK


def test_the_default_pack_has_the_rubrics_targets() -> None:
    assert POLICY.dispatch.targets == {
        Severity.S1: timedelta(seconds=60),
        Severity.S2: timedelta(minutes=10),
        Severity.S3: timedelta(hours=4),
        Severity.S4: timedelta(hours=24),
    }


def test_skills_are_put_in_the_order_of_the_tie_break_without_repeats() -> None:
    mixed = (Skill.GENERAL, Skill.CLAIMS, Skill.EMERGENCY_VET, Skill.CLAIMS)
    assert POLICY.ordered(mixed) == (Skill.EMERGENCY_VET, Skill.CLAIMS, Skill.GENERAL)


def test_a_skill_may_ask_for_more_than_the_rest() -> None:
    about = "    about: animals sick or hurt\n"
    policy = parse(default_text().replace(about, about + "    levels: {S1: 4}\n"))
    assert policy.minimal_level(Skill.EMERGENCY_VET, Severity.S1) == 4
    assert policy.minimal_level(Skill.EMERGENCY_VET, Severity.S2) == 1
    assert policy.minimal_level(Skill.CLAIMS, Severity.S1) == 1


def test_ids_are_remembered_for_longer_than_the_inbound_topics_are_kept() -> None:
    assert POLICY.retention.deliveries > timedelta(days=7)
