"""What `router run` says in plain lines: one a contact, a summary, and what to do next. Pure."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from router.cli import invoked, looks
from router.play.board import Board, Placed, percentile
from router.runtime.running import Endpoints


@dataclass(frozen=True)
class Next:
    """What the next steps need. data: as the command line named it; hooks: (name, path) of each.

    staying: it goes on running.
    """

    data: Path | None
    gateway: str
    smtp: str
    hooks: tuple[tuple[str, str], ...]
    token_file: Path
    emergency: str | None = None
    staying: bool = True


def ready(where: Endpoints, board: Board) -> tuple[str, ...]:
    before = f"{board.before} incidents are" if board.before != 1 else "1 incident is"
    return (
        f"Ready: {where.gateway}, mail at {where.smtp}, Kafka at {where.kafka}",
        f"{before if board.before else 'No incident is'} open from before.",
    )


def contact_line(placed: Placed, *, wide: bool = True) -> str:
    """time, channel, contact id, severity, skill, queue, webhook to queue, evidence; less of it if not `wide`."""
    evidence = ", ".join(placed.rules) or "-"
    took = looks.milliseconds(placed.queue_ms)
    if not wide:
        at, contact_id = looks.clock(placed.seen_at, ms=False), looks.short(placed.contact_id)
        return f"{at}  {placed.channel:<5}  {contact_id}  {placed.severity}  {placed.skill:<14}  {took:>6}  {evidence}"
    return (
        f"{looks.clock(placed.seen_at)}  {placed.channel:<5}  {placed.contact_id}  {placed.severity}  "
        f"{placed.skill:<14}  {placed.queue:<20}  {took:>7}  {evidence}"
    )


def latency(values: tuple[float, ...]) -> str:
    shown = (("p50", 0.5), ("p99", 0.99), ("max", 1.0))
    return ", ".join(f"{name} {looks.milliseconds(percentile(values, share))}" for name, share in shown)


def summary(board: Board) -> tuple[str, ...]:
    """What became of the play."""
    expected, missing = board.expected(), board.missing()
    incidents = {one.incident_id for one in board.placed.values()}
    lines = [
        f"{len(expected) - len(missing)} of {len(expected)} contacts are on a queue, in {len(incidents)} incidents; "
        f"{sum(1 for _ in board.open())} incidents are open, {board.before} of them from before.",
        f"Webhook to queue: {latency(board.latencies())}. First byte sent to read from the queue: "
        f"{latency(board.reader_latencies())}.",
    ]
    kept_out = len(board.kept_out())
    if kept_out:
        said = "1 automatic reply is" if kept_out == 1 else f"{kept_out} automatic replies are"
        lines.append(f"{said} recorded and kept out of the queues.")
    lines += [f"On a queue, though it is an automatic reply: {contact}" for contact in board.astray()]
    emergency = board.emergency()
    if emergency is not None:
        lines.append(
            f"The emergency is one incident of one person: {emergency.incident_id}, {emergency.severity} "
            f"{emergency.skill}, by {', '.join(emergency.channels)}."
        )
    if board.linked is not None and board.linked >= 300:
        lines.append(f"The desk API answered {board.linked} when told whose mail it is, so the mail stands alone.")
    for sending in board.failed():
        if sending.problem:
            what = sending.problem
        elif sending.answer is not None and sending.answer.taken:
            what = f"answered {sending.answer.status} without a contact id (dead-lettered?)"
        else:
            what = f"answered {sending.answer.status if sending.answer else 'nothing'}"
        lines.append(f"Failed: {sending.move.medium} {sending.contact_id or ''}: {what}")
    return tuple(lines)


def next_steps(facts: Next) -> tuple[str, ...]:
    """Where to point providers, and what to type."""

    def command(*arguments: str) -> str:
        return "  " + invoked.command(*arguments, data=facts.data)

    places = (*((name, facts.gateway + path) for name, path in facts.hooks), ("smtp", facts.smtp))
    width = max(len(name) for name, _ in places)
    token = f"$(head -1 {shlex.quote(str(facts.token_file))})"
    return (
        "Point your providers here:",
        *(f"  {name:<{width}}  {place}" for name, place in places),
        "Type in another terminal:",
        command("send", "sms", "he ate rat poison"),
        command("tail", "emergency-vet"),
        *((command("explain", facts.emergency),) if facts.emergency else ()),
        f'  curl -H "Authorization: Bearer {token}" {facts.gateway}/desk/queues',
        "Ctrl-C stops it all; the data stays."
        if facts.staying
        else f"All of it stops now; the data stays, and `{command('up').strip()}` serves it.",
    )
