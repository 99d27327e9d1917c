"""Draws how far probabilities say what they mean: hits over probability, and how many rows there are of each.

matplotlib is an extra (`pip install 'contact-router[plots]'`), and draws into a file only, without a display.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from channels.errors import Problem
from scoring.evaluation.calibration import Calibration
from scoring.evaluation.report import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = {"S1": "#c62828", "S2": "#ef9f00", "S3": "#00838f", "S4": "#757575"}
OWN = "#283593"


class NoPlots(Problem):
    """--plot needs matplotlib: pip install 'contact-router[plots]'."""


class NothingToPlot(Problem):
    """No row has a probability, so there is nothing to plot."""


def draw(found: Report, file: Path) -> None:
    """Writes a PNG. Raises NoPlots, NothingToPlot, OSError."""
    if found.confidence.error is None:
        raise NothingToPlot
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - an extra, and slow to load
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError:
        raise NoPlots from None
    figure = Figure(figsize=(11, 6.4), layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(f"{found.rows} rows, {found.version}", fontsize=10)
    grid = figure.add_gridspec(4, 4, height_ratios=(3, 1, 3, 1), width_ratios=(2, 0.15, 1, 1))
    own = figure.add_subplot(grid[0:3, 0])
    _curve(own, found.confidence, OWN, "confidence in the level given")
    own.set_xlabel("probability")
    own.set_ylabel("share that was so")
    _counts(figure.add_subplot(grid[3, 0], sharex=own), found.confidence, OWN)
    for number, (level, each) in enumerate(found.calibrations.items()):
        row, column = 2 * (number // 2), 2 + number % 2
        axes = figure.add_subplot(grid[row, column])
        _curve(axes, each, COLOURS[level.value], f"{level.value} against the rest")
        _counts(figure.add_subplot(grid[row + 1, column], sharex=axes), each, COLOURS[level.value])
    figure.savefig(file, format="png", dpi=130)


def _curve(axes: Axes, found: Calibration, colour: str, title: str) -> None:
    told = [(each.mean, each.hits) for each in found.bins if each.mean is not None and each.hits is not None]
    axes.plot((0, 1), (0, 1), color="#bbbbbb", linewidth=1, linestyle="--")
    axes.plot([mean for mean, _ in told], [hits for _, hits in told], color=colour, marker="o", markersize=4)
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    error = "" if found.error is None else f", error {found.error:.3f}"
    axes.set_title(title + error, fontsize=9)
    axes.tick_params(labelsize=8)


def _counts(axes: Axes, found: Calibration, colour: str) -> None:
    middles = [(each.low + each.high) / 2 for each in found.bins]
    axes.bar(middles, [each.count for each in found.bins], width=0.09, color=colour, alpha=0.5)
    axes.set_ylabel("rows", fontsize=8)
    axes.tick_params(labelsize=8)
