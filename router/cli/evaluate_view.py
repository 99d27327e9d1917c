"""An evaluation as it looks on the terminal, in 80 columns. Pure; texts only where revealed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from router.cli import looks
from scoring.evaluation.ordinary import Alarm, Ordinary
from scoring.evaluation.report import Group as Rows
from scoring.evaluation.report import Report
from scoring.model import Severity

FIRST = 50
MIXED = 8
RULES = 15
MISSED = 50
NAMED = ("macro-f1", "accuracy", "s1-recall", "s1-precision", "s1-as-s4", "skill", "language", "calibration")


def report(found: Report, unreached: Sequence[str], *, reveal: bool) -> RenderableType:
    """Figures first, then who was taken for whom, then the rows that were missed."""
    parts: list[RenderableType] = [
        Text(f"{found.rows} rows, judged by {found.version}", style="bold"),
        _figures(found),
        _levels(found),
        _confusion(found),
        _missed(found, reveal=reveal),
    ]
    if found.mixed:
        parts.append(_mixed(found))
    if found.confidence.error is not None:
        parts.append(_calibration(found))
    parts += [_groups("language", found.languages), _groups("channel", found.channels)]
    return _spaced([*parts, *_refused(unreached)])


def ordinary(found: Ordinary, unreached: Sequence[str], *, reveal: bool) -> RenderableType:
    urgent = found.figures["urgent"]
    head = Text(f"{found.texts} texts, judged by {found.version}: ", style="bold")
    head.append(f"{len(found.alarms)} ({_percent(urgent)}) are S1 or S2")
    levels = _table(*(level.value for level in Severity))
    levels.add_row(*(str(found.levels[level]) for level in Severity))
    parts: list[RenderableType] = [head, levels]
    if found.rules:
        rules = _table("rule that spoke most", "alarms")
        for name, count in found.rules.most_common(RULES):
            rules.add_row(name, str(count))
        parts.append(rules)
    if reveal and found.alarms:
        parts.append(_alarms(found.alarms[:MISSED], len(found.alarms)))
    return _spaced([*parts, *_refused(unreached)])


def _figures(found: Report) -> Table:
    table = _table("figure", "", "95 % interval")
    for name in NAMED:
        told = _rows if name == "s1-as-s4" else _share
        low, high = found.intervals.get(name, (None, None))
        between = "" if low is None else f"{told(low)} to {told(high)}"
        table.add_row(name, Text(told(found.figures[name]), style="bold"), between)
    return table


def _levels(found: Report) -> Table:
    table = _table("level", "precision", "recall", "F1", "rows", "named")
    for each in found.levels:
        table.add_row(
            looks.severity(each.level),
            _share(each.precision),
            _share(each.recall),
            _share(each.f1),
            str(each.support),
            str(each.named),
        )
    return table


def _confusion(found: Report) -> Table:
    table = _table("labelled", *(f"as {level.value}" for level in Severity))
    for given in Severity:
        cells = [
            Text(str(found.confusion[given, got] or "·"), style="bold green" if given is got else _wrong(given, got))
            for got in Severity
        ]
        table.add_row(looks.severity(given), *cells)
    return table


def _wrong(given: Severity, got: Severity) -> str:
    """Too low is worse than too high."""
    return "red" if got > given else "yellow"


def _missed(found: Report, *, reveal: bool) -> RenderableType:
    if not found.missed:
        return Text("No S1 was missed." if found.levels[0].support else "No row is labelled S1.")
    table = _table(f"missed S1 ({len(found.missed)})", "said", *(["first words"] if reveal else []))
    for row in found.missed[:MISSED]:
        words = [_first(row.text)] if reveal else []
        table.add_row(looks.one_line(row.id), looks.severity(row.got), *words)
    if len(found.missed) > MISSED:
        table.add_row(f"and {len(found.missed) - MISSED} more", "")
    return table


def _mixed(found: Report) -> Table:
    table = _table("skill labelled", "said", "rows")
    for each in found.mixed[:MIXED]:
        table.add_row(each.given.value, each.got.value, str(each.count))
    left = sum(each.count for each in found.mixed[MIXED:])
    if left:
        table.add_row("others", "", str(left))
    return table


def _calibration(found: Report) -> Table:
    table = _table("confidence", "rows", "mean", "right", "", "error of level against the rest")
    errors = [f"{level.value} {_share(each.error)}" for level, each in found.calibrations.items()]
    filled = [each for each in found.confidence.bins if each.count]
    for number in range(max(len(filled), len(errors))):
        error = errors[number] if number < len(errors) else ""
        if number < len(filled):
            each = filled[number]
            between = f"{each.low:.1f} to {each.high:.1f}"
            table.add_row(between, str(each.count), _share(each.mean), _share(each.hits), "", error)
        else:
            table.add_row("", "", "", "", "", error)
    return table


def _groups(what: str, groups: Sequence[Rows]) -> Table:
    table = _table(what, "rows", "S1 rows", "S1 recall", "S1 prec.", "macro-F1", "accuracy", "skill")
    for group in groups:
        shares = (group.figures[name] for name in ("s1-recall", "s1-precision", "macro-f1", "accuracy", "skill"))
        table.add_row(
            looks.one_line(group.name), str(group.count), str(group.emergencies), *(_share(each) for each in shares)
        )
    return table


def _alarms(alarms: Iterable[Alarm], total: int) -> Table:
    table = _table(f"alarms ({total})", "number", "first words", "rules")
    for alarm in alarms:
        rules = ", ".join(alarm.rules)
        table.add_row(looks.severity(alarm.severity), str(alarm.number), _first(alarm.text), rules)
    return table


def _refused(unreached: Iterable[str]) -> list[RenderableType]:
    return [Text("\n".join(unreached), style="bold red")] if unreached else []


def _table(*headings: str) -> Table:
    """Numbers to the right, but for the first column and words."""
    left = ("said", "first words", "rules", "error of level against the rest")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="left" if not place or heading in left else "right", overflow="fold")
    return table


def _spaced(parts: Sequence[RenderableType]) -> Group:
    return Group(*(each for part in parts for each in (part, Text(""))))


def _first(text: str) -> Text:
    words = looks.one_line(text)
    return Text(words if len(words) <= FIRST else words[: FIRST - 2] + " …")


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _rows(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.2f} %"
