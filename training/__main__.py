"""`make model`: trains all models on training/rows and writes them to scoring/trained. Same rows, same model.

What each row's figures are worth together is learned where neither model has seen the row: in five parts, each
judged by models of the other four. Factor and thresholds come from training/judged/tuning, which nothing learns from;
training/judged/aside is only measured, by `router evaluate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress, track
from sklearn.model_selection import StratifiedKFold

from scoring.classifier.classifier import HERE as TRAINED
from scoring.classifier.decision import Decision, Decisions
from scoring.classifier.encoder import excerpt, load_encoder
from scoring.classifier.linear import Floats, Linear
from scoring.classifier.nearby import Nearby
from scoring.classifier.reading import LEVELS, SKILLS, Read, features, read
from scoring.classifier.sentences import Sentence
from scoring.model import Assessment
from scoring.ruling import ruled, weighed
from training import decision as deciding
from training import linear, nearby
from training.rows import HERE, Row, rows
from training.stored import store_decisions, store_linear, store_nearby

PARTS = 5
SEED = 0
SURE = 0.85

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Set:
    """Labelled rows, read."""

    rows: tuple[Row, ...]
    texts: tuple[str, ...]
    sentences: tuple[tuple[Sentence, ...], ...]
    rules: tuple[Assessment, ...]
    levels: Ints
    skills: Ints

    def __len__(self) -> int:
        return len(self.rows)


def main() -> None:
    console = Console(stderr=True)
    console.print("Reading the rows and what the rules say of them.")
    learned, tuning = load(HERE / "rows"), load(HERE / "judged" / "tuning")
    console.print(f"{len(learned)} rows to learn from, {len(tuning)} to tune on.")

    parts = StratifiedKFold(PARTS, shuffle=True, random_state=SEED)
    outside: list[Read | None] = [None] * len(learned)
    models: list[tuple[Ints, Ints, Linear]] = []
    with Progress(console=console) as progress:
        task = progress.add_task("Linear models", total=PARTS + 1)
        for seen, unseen in parts.split(np.zeros(len(learned)), learned.levels):
            model = train_linear(learned, seen)
            for at in unseen:
                outside[at] = read(model, learned.sentences[at])
            models.append((seen, unseen, model))
            progress.advance(task)
        whole = train_linear(learned, np.arange(len(learned)))
        progress.advance(task)
    reads = [found for found in outside if found is not None]
    tuning_reads = [read(whole, sentences) for sentences in tuning.sentences]

    vectors = encoded(learned, reads, console)
    tuning_vectors = encoded(tuning, tuning_reads, console)
    wanted = np.concatenate([np.eye(len(LEVELS))[learned.levels], np.eye(len(SKILLS))[learned.skills]], axis=1)
    near = np.zeros((len(learned), wanted.shape[1]), dtype=np.float32)
    for seen, unseen, _ in models:
        part = nearby.trained(vectors[seen], wanted[seen])
        near[unseen] = all_scores(part, vectors[unseen])
    nearest = nearby.trained(vectors, wanted)
    tuning_near = all_scores(nearest, tuning_vectors)

    console.print("The decision, without and with the encoder.")
    plain = decided(learned, reads, None, tuning, tuning_reads, None)
    full = decided(learned, reads, near, tuning, tuning_reads, tuning_near)
    TRAINED.mkdir(exist_ok=True)
    store_linear(whole, TRAINED / "linear.npz")
    store_nearby(nearest, TRAINED / "nearby.npz")
    store_decisions(Decisions(plain, full, SURE), TRAINED / "decision.npz")
    sizes = ", ".join(f"{file.name} {file.stat().st_size / 1e6:.1f} MB" for file in sorted(TRAINED.glob("*.npz")))
    console.print(f"Written: {sizes}. Thresholds {plain.thresholds} and {full.thresholds}.")


def load(folder: Path) -> Set:
    """Without rows that have no words to learn from."""
    given = [(row, ruled(row.contact)) for row in rows(folder)]
    found, reads = zip(*((row, read) for row, read in given if read.said), strict=True)
    return Set(
        found,
        tuple(read.whole for read in reads),
        tuple(read.said for read in reads),
        tuple(weighed(read) for read in reads),
        np.array([LEVELS.index(row.severity) for row in found]),
        np.array([SKILLS.index(row.skill) for row in found]),
    )


def train_linear(learned: Set, which: Ints) -> Linear:
    """On some of the rows."""
    return linear.trained(
        [learned.sentences[at] for at in which],
        (learned.levels[which], learned.skills[which]),
        (len(LEVELS), len(SKILLS)),
    )


def encoded(given: Set, reads: Sequence[Read], console: Console) -> Floats:
    """(rows, dimensions)."""
    encode = load_encoder()
    return np.array(
        [
            encode(excerpt([each.written(text) for each in sentences], found.urgency))
            for text, sentences, found in track(
                list(zip(given.texts, given.sentences, reads, strict=True)), "Vectors", console=console
            )
        ]
    )


def all_scores(model: Nearby, vectors: Floats) -> Floats:
    """(rows, outputs)."""
    return np.array([model.scores(vector) for vector in vectors])


def decided(
    learned: Set,
    reads: Sequence[Read],
    near: Floats | None,
    tuning: Set,
    tuning_reads: Sequence[Read],
    tuning_near: Floats | None,
) -> Decision:
    """Learned on `learned`, tuned on both: tuning's rows count as much as all others together."""
    known, tuned = table(learned, reads, near), table(tuning, tuning_reads, tuning_near)
    levels = deciding.calibrated(deciding.layer(known, learned.levels), tuned, tuning.levels)
    skills = deciding.layer(known, learned.skills)
    both = np.concatenate([known, tuned])
    label = np.concatenate([learned.levels, tuning.levels])
    weight = np.concatenate([np.full(len(learned), 1 / len(learned)), np.full(len(tuning), 1 / len(tuning))])
    return deciding.decision(levels, skills, both, label, weight)


def table(given: Set, reads: Sequence[Read], near: Floats | None) -> Floats:
    """(rows, features)."""
    return np.array(
        [
            features(found, None if near is None else near[at], given.rules[at], given.rows[at].contact.medium)
            for at, found in enumerate(reads)
        ]
    )


if __name__ == "__main__":
    main()
