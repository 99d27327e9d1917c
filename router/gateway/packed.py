"""Queue events as the gateway keeps them in memory: packed small, since most are never looked at again.

Any two of them have most of their words in common, so those stand in a dictionary beforehand (RFC 1951's window): an
event becomes a sixth of its JSON. The same value always makes the same bytes. What is packed never leaves the process.
"""

from __future__ import annotations

import zlib

LEVEL = 1
WINDOW = -12
"""4 KB without a header: the dictionary and most events together."""
MEMORY = 5

# In the order of an event, what is rare first: what is near the end costs least. It needn't be an event.
USUAL = (
    b'"owner":"","owned_since":"2026-01-01T00:00:00.000000Z","resolved_at":"2026-01-01T00:00:00.000000Z","moved_to":"'
    b'"type":"incident.resolved","type":"incident.moved","reason":"resolution"'
    b'"type":"incident.released","type":"incident.claimed","reason":"claimed","agent_id":"'
    b'"type":"incident.changed","reason":"unchanged","reason":"call-completed","effect":"lowers","skill":null'
    b'"type":"incident.joined","reason":"worst-contact","call_status":"completed"'
    b'"third-party","abuse-neglect","conduct","injury-person","threat-safety","fraud-payments","emergency-vet",'
    b'"lost-pet","claims","booking"'
    b'"languages":["de"],"languages":["fr"],"languages":["es"],"state":"resolved","state":"moved","state":"owned"'
    b'"medium":"ticket","social","channel":"email","channel":"call","call_status":"ringing","wordless":true'
    b'{"incident_id":"i_petcare_","pool":"petcare","revision":1,"state":"waiting","severity":"S1","severity":"S2",'
    b'"severity":"S3","severity":"S4","skill":"general","skills":["general"],"languages":["en"],"person_id":"p_",'
    b'"contact_ids":["c_"],"contacts":[{"contact_id":"c_","channel":"sms","severity":"S4","skill":"general",'
    b'"partition":0,"offset":1,"hops":{"received_at":"2026-01-01T00:00:00.000000Z",'
    b'"inbound_at":"2026-01-01T00:00:00.000000Z","pool_at":"2026-01-01T00:00:00.000000Z"},"direction":"inbound",'
    b'"wordless":false,"call_status":null,"parts":[]}],"channels":["sms"],"opened_at":"2026-01-01T00:00:00.000000Z",'
    b'"waiting_since":"2026-01-01T00:00:00.000000Z","evidence":[{"rule":"model","field":"text","start":0,"end":10,'
    b'"effect":"raises","severity":"S3","skill":"general","scope":null,"contact_id":"c_"}],"owner":null,'
    b'"owned_since":null,"resolved_at":null,"moved_to":null,"changes":[{"type":"incident.opened",'
    b'"at":"2026-01-01T00:00:00.000000Z","reason":"opened","contact_id":"c_","agent_id":null,"severity":"S4",'
    b'"skill":"general","evidence":[{"rule":"","field":"text","start":0,"end":10,"effect":"raises","severity":"S4",'
    b'"skill":"general","scope":null,"contact_id":"c_"}]}]}'
)


def pack(value: bytes) -> bytes:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, WINDOW, MEMORY, zlib.Z_DEFAULT_STRATEGY, USUAL)
    return packer.compress(value) + packer.flush()


def unpack(packed: bytes) -> bytes:
    return zlib.decompressobj(WINDOW, USUAL).decompress(packed)
