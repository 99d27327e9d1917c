"""A story as it looks on the terminal: a panel for the incident, a branch for each contact, its history. Pure."""

from __future__ import annotations

from datetime import datetime

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from router.cli import looks
from router.cli.story import ContactStory, Hop, IncidentStory, Reason, Refusal, Revealed, Step, Story, ToldPart
from router.model.incident import IncidentState
from scoring.model import Severity

_FRAME = {Severity.S1: "red", Severity.S2: "yellow", Severity.S3: "cyan", Severity.S4: "dim"}


def view(story: Story) -> RenderableType:
    """The whole story."""
    parts: list[RenderableType] = []
    if story.incident is not None:
        parts.append(_panel(story.incident))
    for contact in story.contacts:
        parts.append(_contact(contact, asked=contact.contact_id == story.contact_id))
    parts += [_refusal(refusal) for refusal in story.refusals]
    if story.incident is not None:
        parts.append(_history(story.incident.history))
    elif story.contacts and not story.refusals:
        parts.append(Text(_on_no_queue(story.contacts[0])))
    return Group(*parts)


def _on_no_queue(contact: ContactStory) -> str:
    if contact.kept_out:
        return f"It is on no queue: kept out: {contact.automatic}. A machine sent it in answer to mail of ours."
    return "It is on no queue."


def _panel(incident: IncidentStory) -> Panel:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("incident", incident.incident_id)
    table.add_row("state", _state(incident))
    table.add_row("queue", incident.queue)
    table.add_row("person", incident.person_id)
    table.add_row("came by", ", ".join(incident.channels) + _in(incident.languages))
    others = [skill for skill in incident.skills if skill is not incident.skill]
    if others:
        table.add_row("also needs", ", ".join(others))
    table.add_row("opened", _moment(incident.opened_at))
    word = looks.SEVERITY_WORD[incident.severity]
    title = looks.severity(incident.severity).append(f" {word} ").append(incident.skill)
    return Panel(table, title=title, title_align="left", border_style=_FRAME[incident.severity], box=box.ROUNDED)


def _state(incident: IncidentStory) -> Text:
    text = Text(incident.state, style=looks.STATE[incident.state])
    match incident.state:
        case IncidentState.OWNED:
            since = f" since {looks.clock(incident.owned_since)}" if incident.owned_since else ""
            text.append(f" by {incident.owner}{since}")
        case IncidentState.WAITING:
            text.append(f" since {looks.clock(incident.waiting_since)}; nobody owns it", style="not bold")
        case IncidentState.RESOLVED:
            text.append(f" {looks.clock(incident.resolved_at)}" if incident.resolved_at else "")
    return text


def _contact(contact: ContactStory, *, asked: bool) -> Tree:
    tree = Tree(_head(contact, asked), guide_style="dim")
    tree.add(_fact("id", contact.contact_id))
    if contact.provider_id:
        tree.add(_fact("theirs", contact.provider_id))
    if contact.address_key or contact.provider:
        tree.add(_fact("who", contact.address_key or "gave no address: one person a contact"))
    if contact.revealed is not None:
        _add_revealed(tree, contact.revealed)
    if contact.automatic is not None:
        tree.add(_fact("by", f"a machine: {contact.automatic}"))
    if contact.attachments:
        tree.add(_fact("files", str(contact.attachments)))
    if contact.reasons is not None:
        why = tree.add(_why(contact))
        for reason in contact.reasons:
            why.add(_reason(reason))
    elif contact.expired:
        tree.add(_fact("text", "expired: the pool's log no longer has it"))
    if contact.updates:
        tree.add(_fact("later", f"{contact.updates} updates"))
    for part in contact.parts:
        tree.add(_part(part))
    if contact.hops:
        tree.add(_hops(contact.hops, contact.total_ms))
    return tree


def _add_revealed(tree: Tree, revealed: Revealed) -> None:
    name = f" ({revealed.sender_name})" if revealed.sender_name else ""
    tree.add(_fact("from", looks.one_line(f"{revealed.sender or 'withheld'}{name}")))
    for label, words in (("subj", revealed.subject), ("text", revealed.text)):
        if words:
            tree.add(_fact(label, looks.one_line(words)))


def _head(contact: ContactStory, asked: bool) -> Text:
    head = Text(looks.clock(contact.hops[0].at) + "  " if contact.hops else "")
    head.append_text(looks.medium(contact.channel))
    head.append(f" by {contact.provider}" if contact.provider else "")
    if contact.severity is not None:
        head.append("  ").append_text(looks.severity(contact.severity)).append(f" {contact.skill}")
    return head.append("  (asked for)" if asked else "", style="bold")


def _fact(label: str, words: str) -> Text:
    return Text.assemble((f"{label:<7}", "dim"), words)


def _why(contact: ContactStory) -> Text:
    text = _fact("why", f"rules {contact.rules_version}")
    if contact.languages:
        text.append(f", {'/'.join(contact.languages)}")
    if contact.floor:
        text.append(", a floor: nothing but a person lowers it below S2")
    if not contact.reasons:
        text.append("; no rule spoke, so the default holds")
    return text


def _part(part: ToldPart) -> Text:
    text = _fact("part", f"{part.name} at {part.where}")
    if part.words:
        text.append("  ").append_text(looks.severity(part.severity)).append(f" {part.skill}")
    return text.append(", stands for the contact" if part.stands else "")


def _reason(reason: Reason) -> Text:
    text = Text()
    if reason.severity is not None:
        text.append_text(looks.severity(reason.severity)).append(" ")
    text.append(reason.rule, style="bold")
    if reason.lowers:
        text.append(f" lowers ({reason.scope})" if reason.scope else " lowers", style="green")
    if reason.skill is not None:
        text.append(f" {reason.skill}")
    if reason.end > reason.start:
        text.append(f"  {reason.field} {reason.start}-{reason.end}", style="dim")
    if reason.words:
        text.append(f"  “{looks.one_line(reason.words)}”", style="italic")
    return text


def _hops(hops: tuple[Hop, ...], total_ms: float | None) -> Text:
    text = _fact("hops", hops[0].name)
    for hop in hops[1:]:
        text.append(f" → {hop.where or hop.name} ").append(_since(hop.ms), style="bold")
    if total_ms is not None:
        text.append(f"  = {looks.milliseconds(total_ms)}")
    return text


def _since(ms: float | None) -> str:
    return ("" if ms is not None and ms < 0 else "+") + looks.milliseconds(ms)


def _history(history: tuple[Step, ...]) -> Tree:
    tree = Tree(Text("what happened", style="bold"), guide_style="dim")
    for step in history:
        line = Text(looks.clock(step.at) + "  ").append(f"{step.event:<9}", style="bold")
        if step.severity_before is not None:
            line.append(" ").append_text(looks.severity(step.severity_before)).append(" →")
        if step.severity is not None:
            line.append(" ").append_text(looks.severity(step.severity))
        if step.skill_before is not None:
            line.append(f" {step.skill_before} →")
        if step.skill is not None:
            line.append(f" {step.skill}")
        if step.by:
            line.append(f"  by {looks.short(step.by)}")
        if step.reason and step.reason != step.event:
            line.append(f"  {step.reason}")
        if step.rules:
            line.append("  " + ", ".join(step.rules), style="dim")
        tree.add(line)
    return tree


def _refusal(refusal: Refusal) -> Panel:
    letter = refusal.letter
    lines = [f"refused by {letter.stage} at {_moment(letter.at)}: {letter.reason}"]
    if letter.field:
        lines.append(f"{letter.field}: expected {letter.expected}, got {letter.got}")
    if letter.offset is not None:
        lines.append(f"it stood at {letter.topic}[{letter.partition}]@{letter.offset}")
    lines.append(f"it lies, untouched, at {refusal.topic}[{refusal.partition}]@{refusal.offset}")
    return Panel("\n".join(lines), title="dead letter", title_align="left", border_style="red", box=box.ROUNDED)


def _in(languages: tuple[str, ...]) -> str:
    return f"  ({', '.join(languages)})" if languages else ""


def _moment(at: datetime) -> str:
    return f"{looks.day(at)} {looks.clock(at)}"
