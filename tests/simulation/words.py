"""What the people of a simulation write, and what it is worth: a table instead of the rules, which take a millisecond.

A text is "<severity> <skill>", with "over" where it says that all is well again; "" for a silent call.
"""

from __future__ import annotations

import random
from asyncio import AbstractEventLoop
from collections.abc import Callable
from functools import lru_cache

from channels.contact import Contact
from router.model.cloudevents import Message
from scoring.model import Assessment, Effect, Evidence, Severity, Skill

SKILLS = tuple(Skill)
SEVERITIES = tuple(Severity)


def text(severity: Severity, skill: Skill, *, over: bool) -> str:
    return f"{severity.value} {skill.value}{' over' if over else ''}"


def assess(contact: Contact) -> Assessment:
    return _of(contact.text)


def deployed(chance: random.Random, loop: AbstractEventLoop) -> Callable[[Contact], Assessment]:
    """For some seconds scoring is a version that fails on some contacts; what it refused can be resubmitted later."""
    begins, lasts = 3 + chance.random() * 25, 1 + chance.random() * 8
    skill = SKILLS[int(chance.random() * len(SKILLS))]

    def assess_now(contact: Contact) -> Assessment:
        if skill.value in contact.text and begins <= loop.time() < begins + lasts:
            raise ValueError("simulated")
        return assess(contact)

    return assess_now


def urgent(message: Message) -> bool:
    """Instead of the spool's look at what it takes in."""
    return b'"text":"S1 ' in (message.value or b"")


@lru_cache(maxsize=500)
def _of(words: str) -> Assessment:
    if not words:
        return _assessment(Severity.S2, Skill.GENERAL, resolves=False, wordless=True)
    severity, skill, *over = words.split(" ")
    return _assessment(Severity(severity), Skill(skill), resolves=bool(over), wordless=False)


def _assessment(severity: Severity, skill: Skill, *, resolves: bool, wordless: bool) -> Assessment:
    evidence = Evidence(
        rule=f"simulated.{skill.value}",
        start=0,
        end=2,
        effect=Effect.LOWERS if resolves else Effect.RAISES,
        severity=severity,
        skill=skill,
    )
    return Assessment(
        severity=severity,
        skill=skill,
        skills=(skill,),
        languages=() if wordless else ("en",),
        evidence=() if wordless else (evidence,),
        floor=severity is Severity.S1 and not resolves,
        resolves=resolves,
        wordless=wordless,
        version="simulated",
    )
