"""Why the embedded broker didn't start, in one sentence, from what it printed and logged."""

from __future__ import annotations

import re

# The first that is found wins: a full disk or a taken port makes Kafka complain of other things too.
CAUSES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"No space left on device|Disk quota exceeded"),
        "the disk that holds {data} is full. Free some space and start again.",
    ),
    (
        re.compile(r"Address already in use"),
        "Kafka's port {port} was taken while it started. Stop who has it, or choose another with --kafka-port.",
    ),
    (
        re.compile(r"error in opening zip file|zip END header not found|Invalid or corrupt jarfile"),
        "one of Kafka's jars is broken. Run `router setup` to fetch it again.",
    ),
    (
        re.compile(r"(?:NoClassDefFoundError|ClassNotFoundException|find or load main class):? (?P<name>[\w.$/]+)"),
        "Kafka's jars are incomplete (no class {name}). Run `router setup` to fetch them again.",
    ),
    (
        re.compile(r"Permission denied|AccessDeniedException"),
        "Kafka may not write to {data}. Check who owns it.",
    ),
    (
        re.compile(r"OutOfMemoryError|Could not reserve enough space|Cannot allocate memory"),
        "there is too little memory for Kafka (it needs 400 MB).",
    ),
)
_FATAL = re.compile(r"^(?:Exception in thread \"[^\"]*\" |Caused by: )?([\w.]+(?:Exception|Error): .+)$", re.MULTILINE)


def explain(output: str, *, data: str, port: int, log: str) -> str:
    """`output`: what Java printed, and the new part of its log. Where no cause is known: Kafka's own words for what
    was fatal, and where its log is."""
    for pattern, sentence in CAUSES:
        if found := pattern.search(output):
            return sentence.format(data=data, port=port, **found.groupdict())
    fatal = _FATAL.findall(output)
    words = f" ({fatal[-1].strip()[:200]})" if fatal else ""
    return f"Kafka stopped while it started{words}. Its log is {log}."
