"""An assessment as it looks on the terminal: the text with its evidence coloured, bars, and why. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from router.cli import looks
from router.cli.score_why import why
from scoring.model import Assessment, Effect, Evidence, Severity

RAISES = {
    Severity.S1: "bold white on red",
    Severity.S2: "bold black on yellow",
    Severity.S3: "black on cyan",
    Severity.S4: "reverse",
}
LOWERS = "black on green"
FRAME = {Severity.S1: "red", Severity.S2: "yellow", Severity.S3: "cyan", Severity.S4: "dim"}
BAR = 24
EIGHTHS = " ▏▎▍▌▋▊▉"
LONG = 2_000
AROUND = 160
WORDS = 60


def view(subject: str | None, text: str, assessment: Assessment, about: Mapping[str, str]) -> RenderableType:
    """about: what each rule is about, by its id."""
    parts: list[RenderableType] = [_panel(subject, text, assessment)]
    if assessment.probabilities:
        parts.append(bars(assessment.probabilities, assessment.severity))
    parts.append(_facts(assessment))
    if assessment.evidence:
        parts.append(_evidence(subject or "", text, assessment.evidence, about))
    return Group(*(each for part in parts for each in (part, Text(""))))


def coloured(text: str, evidence: Sequence[Evidence]) -> Text:
    """The text with each span in its colour, the more urgent one's on top; as many characters as before."""
    # Rich drops control characters, which would move every span behind them.
    found = Text("".join(char if char.isprintable() or char == "\n" else " " for char in text))
    for each in sorted(evidence, key=_loudness):
        found.stylize(_style(each), each.start, each.end)
    return found


def bars(probabilities: Sequence[float], severity: Severity) -> Table:
    """A bar for each level's probability; the level that was given is bold."""
    table = Table.grid(padding=(0, 2))
    for level, share in zip(Severity, probabilities, strict=True):
        eighths = round(share * BAR * 8)
        bar = "█" * (eighths // 8) + EIGHTHS[eighths % 8].strip()
        own = level is severity
        table.add_row(
            Text(level.value, style="bold" if own else ""),
            Text(looks.SEVERITY_WORD[level], style="bold" if own else "dim"),
            Text(bar.ljust(BAR), style=FRAME[level]),
            Text(f"{share:.3f}", style="bold" if own else ""),
        )
    return table


def _panel(subject: str | None, text: str, assessment: Assessment) -> Panel:
    shown = Text()
    if subject:
        shown.append_text(coloured(subject, [each for each in assessment.evidence if each.field == "subject"]))
        shown.append("\n\n")
    spoken = [each for each in assessment.evidence if each.field == "text"]
    shown.append_text(_cut(coloured(text, spoken), spoken) if text else Text("(no words)", style="dim"))
    level = assessment.severity
    title = looks.severity(level).append(f" {looks.SEVERITY_WORD[level]} ").append(assessment.skill)
    return Panel(shown, title=title, title_align="left", border_style=FRAME[level], box=box.ROUNDED)


def _cut(text: Text, evidence: Sequence[Evidence]) -> Text:
    """A long text's beginning, and what stands around its evidence."""
    if len(text) <= LONG:
        return text
    found, told = Text(), 0
    for start, end in sorted([(0, AROUND), *((max(0, each.start - AROUND), each.end + AROUND) for each in evidence)]):
        if start > told:
            found.append(" … ", style="dim")
        if end > told:
            found.append_text(text[max(start, told) : min(end, len(text))])
            told = end
    return found if told >= len(text) else found.append(f" … ({len(text):,} characters)", style="dim")


def _facts(assessment: Assessment) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("why", why(assessment))
    table.add_row("skills", ", ".join(assessment.skills))
    table.add_row("languages", ", ".join(assessment.languages) or "can't be told")
    table.add_row("judged by", assessment.version)
    return table


def _evidence(subject: str, text: str, evidence: Sequence[Evidence], about: Mapping[str, str]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for each in evidence:
        words = (subject if each.field == "subject" else text)[each.start : each.end]
        line = Text(each.rule, style="bold").append(f"  {_effect(each)}", style="not bold")
        if words:
            line.append(f"  “{_short(looks.one_line(words))}”", style="not bold italic")
        if each.field == "subject":
            line.append("  in the subject", style="not bold dim")
        if each.rule in about:
            line.append(f"\n{about[each.rule]}", style="not bold dim")
        table.add_row(Text(each.severity.value if each.severity else "  ", style=_style(each)), line)
    return table


def _effect(each: Evidence) -> str:
    if each.effect is Effect.RAISES:
        return "raises"
    if each.skill is None:
        return f"a {each.scope}: lowers" if each.scope else "lowers"
    return f"lowered by {each.scope}" if each.scope else "lowers"


def _short(words: str) -> str:
    return words if len(words) <= WORDS else words[: WORDS - 2] + " …"


def _style(each: Evidence) -> str:
    return LOWERS if each.effect is Effect.LOWERS else RAISES[each.severity or Severity.S4]


def _loudness(each: Evidence) -> tuple[bool, int]:
    """What is laid on last is seen: raises over lowers, S1 over all."""
    levels = list(Severity)
    return each.effect is Effect.RAISES, -levels.index(each.severity or Severity.S4)
