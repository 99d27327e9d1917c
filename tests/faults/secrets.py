"""What the runs' requests are signed with."""

from __future__ import annotations

from base64 import b64encode

TWILIO = "faults-token"
POSTMARK = "faults:secret"
DESK = "faults-desk"
EVENTS = "whsec_" + b64encode(b"a key of the fault runs' own, 32").decode()

SETTINGS = {
    "ROUTER_TWILIO_AUTH_TOKENS": TWILIO,
    "ROUTER_POSTMARK_BASIC_AUTH": POSTMARK,
    "ROUTER_DESK_TOKENS": DESK,
    "ROUTER_EVENTS_SECRETS": EVENTS,
}
