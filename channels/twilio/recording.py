"""Twilio Voice recording callbacks: a call was recorded. The recording stays at Twilio and comes as a link.

That one has begun tells nothing; one that failed, or holds nothing, is recorded without a link.
"""

from __future__ import annotations

from channels.contact import Contact, Medium
from channels.contract import Channel, Request
from channels.twilio import later, signature
from channels.twilio.form import PROVIDER, sid

SEQUENCE = {"absent": 0, "failed": 0, "completed": later.COMPLETED, "deleted": 2}
"""Statuses in their order; one that isn't known counts as completed."""

BEGUN = frozenset({"in-progress", "paused", "stopped", "processing"})

EXTRA = (
    "RecordingSid",
    "RecordingStatus",
    "RecordingDuration",
    "RecordingChannels",
    "RecordingTrack",
    "RecordingSource",
    "ErrorCode",
)


def parse(request: Request) -> list[Contact]:
    """One update of the call's contact, none while it is recorded. Raises Malformed without its sids."""
    form = dict(later.told(request))
    status = form.get("RecordingStatus", "completed").strip().lower()
    recording_sid = sid(form, "RecordingSid")
    sid(form, "CallSid")
    if status in BEGUN:
        return []
    if status in SEQUENCE and status != "completed":
        form.pop("RecordingUrl", None)
    part = later.Part("recording", recording_sid, SEQUENCE.get(status, later.COMPLETED))
    return [later.contact(request, form, part, names=EXTRA)]


CHANNEL = Channel(
    "twilio-recording",
    PROVIDER,
    "/hooks/twilio/recording",
    Medium.CALL,
    verify=signature.verify,
    parse=parse,
    secrets=signature.SECRETS,
    sign=signature.signed,
    limit=signature.LIMIT,
    takes=(signature.FORM,),
)
