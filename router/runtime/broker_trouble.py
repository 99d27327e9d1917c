"""Why the embedded broker didn't start, in one sentence, from what it printed and logged."""

from __future__ import annotations

import re

_CLASS = re.compile(r"(?:NoClassDefFoundError|ClassNotFoundException|find or load main class):? ([\w.$/]+)")
_JAR = re.compile(r"(?:error in opening zip file|zip END header not found|Invalid or corrupt jarfile)")


def explain(output: str, *, data: str, port: int, log: str) -> str:
    """`output`: what Java printed, and the new part of its log. The first cause that is known wins; else its own
    words for what was fatal. The sentence ends with where the whole log is."""
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return f"the disk that holds {data} is full. Free some space and start again."
    if "Address already in use" in output:
        return f"Kafka's port {port} was taken while it started. Stop who has it, or choose another with --kafka-port."
    if _JAR.search(output):
        return "one of Kafka's jars is broken. Run `router setup` to fetch it again."
    if missing := _CLASS.search(output):
        return f"Kafka's jars are incomplete (no class {missing[1].replace('/', '.')}). Run `router setup`."
    if "Permission denied" in output or "AccessDeniedException" in output:
        return f"Kafka may not write to {data}. Check who owns it."
    if "OutOfMemoryError" in output or "Could not reserve enough space" in output:
        return "there is too little memory for Kafka (it needs 400 MB)."
    return f"Kafka stopped while it started{_fatal(output)}. Its log is {log}."


def _fatal(output: str) -> str:
    """The last exception's name and words, if there is one."""
    found = re.findall(
        r"^(?:Exception in thread \"[^\"]*\" |Caused by: )?([\w.]+(?:Exception|Error): .+)$", output, re.MULTILINE
    )
    return f" ({found[-1].strip()[:200]})" if found else ""
