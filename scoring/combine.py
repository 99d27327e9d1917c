"""The severity of an incident once contacts have joined it: that of its worst contact, raised at once.

It is lowered only by a contact that says that it is over (rubric, rule 2): never below S3, and an incident that
was S1 by a rule no lower than S2; from there on it is an agent's act. Thanks, or anything else that is merely
milder, lowers nothing. A call without words counts as the S1 that is open (rule 8). Repeated contact (rule 7) is
not counted here.
"""

from __future__ import annotations

from scoring.model import Assessment, Combined, Context, Effect, Evidence, Severity

LOWEST_BY_MESSAGE = Severity.S3
LOWEST_AFTER_S1 = Severity.S2


def combine(assessments: tuple[Assessment, ...], context: Context) -> Combined:
    """What `assessments`, in the order in which they came, make of an incident that was as `context` says.

    Without an open incident the first of them opens it, with its own severity. `evidence` and `reason` are of the
    last one that decided something.
    """
    held: Combined | None = None
    if context.open:
        held = Combined(severity=context.severity or Severity.S4, reason="unchanged", floor=context.floor)
    for assessment in assessments:
        held = _opened(assessment) if held is None else _joined(held, assessment)
    return held or Combined(severity=context.severity or Severity.S4, reason="unchanged", floor=context.floor)


def _opened(assessment: Assessment) -> Combined:
    return Combined(
        severity=assessment.severity, reason="opened", floor=assessment.floor, evidence=_raising(assessment)
    )


def _joined(held: Combined, assessment: Assessment) -> Combined:
    floor = held.floor or assessment.floor
    if assessment.wordless and held.severity is Severity.S1:
        return Combined(severity=Severity.S1, reason="call-during-s1", floor=floor, evidence=_raising(assessment))
    if assessment.severity < held.severity:
        return Combined(
            severity=assessment.severity, reason="worst-contact", floor=floor, evidence=_raising(assessment)
        )
    if assessment.resolves:
        limit = LOWEST_AFTER_S1 if floor else LOWEST_BY_MESSAGE
        lowered = max(held.severity, min(assessment.severity, limit))
        if lowered > held.severity:
            return Combined(severity=lowered, reason="resolution", floor=floor, evidence=_lowering(assessment))
    return held.model_copy(update={"floor": floor})


def _raising(assessment: Assessment) -> tuple[Evidence, ...]:
    return tuple(item for item in assessment.evidence if item.effect is Effect.RAISES)


def _lowering(assessment: Assessment) -> tuple[Evidence, ...]:
    return tuple(item for item in assessment.evidence if item.effect is Effect.LOWERS)
