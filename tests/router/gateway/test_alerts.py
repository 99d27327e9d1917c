from __future__ import annotations

from structlog.testing import capture_logs

from router.gateway.alerts import BURST, SignatureAlerts
from router.gateway.metrics import Metrics
from router.play import twilio
from router.play.sample import Keys
from tests.router.gateway.parts import ANN, KEYS, PUBLIC, Running, rng


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def alerts() -> tuple[SignatureAlerts, Clock]:
    clock = Clock()
    return SignatureAlerts(Metrics(), BURST, clock), clock


def refuse(seen: SignatureAlerts, times: int = BURST.count) -> None:
    for _ in range(times):
        seen.refused("twilio", "ROUTER_TWILIO_AUTH_TOKENS")


def test_a_burst_raises_one_alert_that_names_the_likely_cause() -> None:
    seen, _ = alerts()
    with capture_logs() as logs:
        refuse(seen, BURST.count * 3)
    (raised,) = logs
    assert (raised["event"], raised["alert"], raised["log_level"]) == ("alert.raised", "signatures_failing", "error")
    assert "ROUTER_TWILIO_AUTH_TOKENS is most likely wrong" in raised["cause"]
    assert seen.raised() == ("twilio",)


def test_a_secret_that_worked_before_is_told_apart_from_one_that_never_did() -> None:
    seen, _ = alerts()
    seen.verified("twilio")
    with capture_logs() as logs:
        refuse(seen)
    assert "worked before" in logs[0]["cause"]


def test_a_few_now_and_then_raise_nothing() -> None:
    seen, clock = alerts()
    for _ in range(20):
        refuse(seen, 1)
        clock.now += BURST.within_s / (BURST.count - 1) + 1
    assert seen.raised() == ()


def test_it_clears_once_one_verifies_or_it_has_been_quiet() -> None:
    seen, clock = alerts()
    refuse(seen)
    seen.verified("twilio")
    assert seen.raised() == ()
    refuse(seen)
    clock.now += BURST.quiet_s - 1
    seen.tick()
    assert seen.raised() == ("twilio",)
    clock.now += 1
    seen.tick()
    assert seen.raised() == ()


async def test_forged_requests_in_a_row_show_in_the_metrics_until_one_verifies(up: Running) -> None:
    dice = rng()
    for _ in range(BURST.count):
        await up.post(twilio.text(ANN, "a", Keys(PUBLIC, "wrong", None), dice))
    assert up.metric("router_alert", alert="signatures_failing", provider="twilio") == 1
    await up.post(twilio.text(ANN, "a", KEYS, dice))
    assert up.metric("router_alert", alert="signatures_failing", provider="twilio") == 0
