from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scoring.classifier.nearby import load_nearby
from tests.scoring.classifier.models import nearby, outputs

KNOWN = np.array([1, 0, 0, 0], dtype=np.float32)
HALFWAY = np.array([0.5**0.5, 0.5**0.5, 0, 0], dtype=np.float32)


def test_what_means_the_same_is_what_was_learned() -> None:
    # the other text is at a right angle: a distance of 2, squared
    assert nearby().scores(KNOWN) == pytest.approx(outputs(S1=1, S4=np.exp(-2)), abs=1e-6)


def test_what_lies_between_is_a_bit_of_both() -> None:
    found = nearby().scores(HALFWAY)
    assert found[0] == pytest.approx(found[3])
    assert np.exp(-2) < found[0] < 1


def test_what_is_far_from_all_says_little() -> None:
    assert nearby().scores(-HALFWAY).max() < 0.05


def test_a_file_with_pickled_objects_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "nearby.npz"
    np.savez(file, vectors=np.array([[1], [2, 3]], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        load_nearby(file)
