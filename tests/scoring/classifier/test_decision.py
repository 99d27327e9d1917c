from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.classifier.decision import FITS, Decision, Layer, load_decisions
from scoring.classifier.reading import LEVELS, SKILLS
from scoring.model import Severity, Skill

S1, S2, S3, S4 = Severity
FIGURES = st.lists(st.floats(-50, 50), min_size=15, max_size=15)


def deciding() -> Decision:
    """The first four figures are the scores of the levels, the others of the skills."""
    levels, skills = np.zeros((15, 4), np.float32), np.zeros((15, 11), np.float32)
    levels[:4], skills[4:] = np.eye(4), np.eye(11)
    return Decision(Layer(levels, np.zeros(4, np.float32)), Layer(skills, np.zeros(11, np.float32)), (0.25, 0.45, 0.5))


@pytest.mark.parametrize(
    ("probabilities", "severity"),
    [
        ((0.25, 0.75, 0, 0), S1),
        ((0.24, 0.2, 0.56, 0), S3),
        ((0.24, 0.22, 0.54, 0), S2),
        ((0.1, 0.1, 0.3, 0.5), S3),
        ((0.1, 0.1, 0.29, 0.51), S4),
        ((0.25, 0.25, 0.25, 0.25), S1),
    ],
)
def test_a_level_is_taken_as_soon_as_it_and_those_above_are_likely_enough(
    probabilities: tuple[float, ...], severity: Severity
) -> None:
    assert deciding().level(np.array(probabilities, dtype=np.float32)) is severity


def test_skills_that_are_likely_enough_stand_behind_the_likeliest() -> None:
    figures = np.full(15, -20, dtype=np.float32)
    for skill, score in ((Skill.CLAIMS, 2.0), (Skill.BOOKING, 1.8), (Skill.CONDUCT, -2.0)):
        figures[4 + SKILLS.index(skill)] = score
    assert deciding().judge(figures).skills == (Skill.CLAIMS, Skill.BOOKING)


@given(FIGURES)
def test_probabilities_are_four_and_together_one(figures: list[float]) -> None:
    judged = deciding().judge(np.array(figures, dtype=np.float32))
    assert len(judged.probabilities) == len(LEVELS)
    assert all(0 <= each <= 1 for each in judged.probabilities)
    assert sum(judged.probabilities) == pytest.approx(1, abs=1e-3)
    assert len(set(judged.skills)) == len(judged.skills) <= 1 + 1 / FITS


@given(FIGURES, st.floats(0, 10))
def test_more_for_s1_never_makes_it_milder(figures: list[float], more: float) -> None:
    before = np.array(figures, dtype=np.float32)
    after = before.copy()
    after[0] += more
    assert deciding().judge(after).severity <= deciding().judge(before).severity


def test_a_file_with_pickled_objects_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "decision.npz"
    np.savez(file, plain_levels_weights=np.array([None], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        load_decisions(file)
