"""Every hook that the gateway serves. Mail over SMTP has none: see channels.smtp."""

from __future__ import annotations

from channels import plivo, postmark, telnyx, vonage
from channels.contract import Channel
from channels.events import channel as events
from channels.mailgun import inbound as mailgun
from channels.sendgrid import inbound as sendgrid
from channels.ses import sns as ses
from channels.twilio import recording, sms, status, transcription, voice
from channels.zendesk import events as zendesk

CHANNELS: tuple[Channel, ...] = (
    sms.CHANNEL,
    voice.CHANNEL,
    status.CHANNEL,
    recording.CHANNEL,
    transcription.CHANNEL,
    postmark.CHANNEL,
    vonage.CHANNEL,
    telnyx.CHANNEL,
    plivo.CHANNEL,
    events.CHANNEL,
    ses.CHANNEL,
    sendgrid.CHANNEL,
    mailgun.CHANNEL,
    mailgun.MIME,
    zendesk.CHANNEL,
)
