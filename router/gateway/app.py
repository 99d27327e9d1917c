"""The gateway put together, explicitly: nothing is made at import, and tests put in parts of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from fastapi import FastAPI

from channels.contract import Channel
from router.deployment import Deployment
from router.gateway import desk, health, hooks, openapi, problems, providers, stream_routes
from router.gateway.alerts import SignatureAlerts
from router.gateway.blobs import Blobs
from router.gateway.body_files import BodyFiles
from router.gateway.commands import RESULT_S, Commands
from router.gateway.depth_metrics import QueueDepths
from router.gateway.desk_guard import TOKENS, DeskGuard
from router.gateway.edge import Edge
from router.gateway.express import Express
from router.gateway.fetching import Fetcher
from router.gateway.health import Parts
from router.gateway.hooks import Hooks
from router.gateway.hop_times import observe
from router.gateway.log import Log
from router.gateway.measured import Measured
from router.gateway.metrics import Metrics
from router.gateway.nonces import Nonces
from router.gateway.people import People
from router.gateway.places import Places
from router.gateway.positions import Positions
from router.gateway.queues import QueueView
from router.gateway.results import DESK, Results
from router.gateway.settled import Settled
from router.gateway.stream_hub import Hub
from router.gateway.verification import Verification
from router.gateway.workshop import Workshop
from router.model.events import QueueEvent
from router.model.letters import ACTIONS
from router.settings import SecretFiles, Settings
from router.stages.contract import Record

log = structlog.get_logger()


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Gateway:
    """Everything that is made once, of what the deployment gives: settings, secrets, and the clients.

    files: on the file system of `blobs`, where that is a folder. Whoever serves starts and stops it, and the fetcher.
    parts: what /readyz asks. contacts: the log as contacts go onto it, behind the spool; `log` where there is none.
    instead: whether contacts are taken while a part of that name isn't ready. id_key: ROUTER_ID_KEY.
    """

    settings: Settings
    deployment: Deployment
    secrets: SecretFiles
    id_key: bytes
    log: Log
    blobs: Blobs
    files: BodyFiles
    positions: Positions
    channels: Sequence[Channel]
    public_url: str
    parts: Parts = field(default_factory=dict)
    contacts: Log | None = None
    instead: Parts = field(default_factory=dict)
    clock: Callable[[], datetime] = now
    result_s: float = RESULT_S
    metrics: Metrics = field(default_factory=Metrics)
    view: QueueView = field(default_factory=QueueView)
    results: Results = field(default_factory=Results)
    settled: Settled = field(default_factory=Settled)
    places: Places = field(default_factory=Places)
    nonces: Nonces = field(default_factory=Nonces)
    fetcher: Fetcher = field(default_factory=Fetcher)
    workshop: Workshop = field(default_factory=Workshop)
    streams: Hub = field(init=False)

    def __post_init__(self) -> None:
        self.metrics.registry.register(QueueDepths(self.view))
        object.__setattr__(self, "streams", Hub(self.view, self.metrics, self.settings.desk_streams))

    def handle(self, record: Record, live: bool) -> None:
        """One record of the queue topics, `desk` or `dlq.actions`. live: it came after the reader had caught up."""
        if record.topic == ACTIONS:
            self.settled.fold(record)
            return
        try:
            if record.topic == DESK:
                self.results.apply(record)
                return
            news = self.view.apply(record)
        except ValueError as error:
            news = None
            self.metrics.undecodable.labels(record.topic).inc()
            log.error(  # noqa: TRY400 - a traceback may quote the content
                "record.undecodable",
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
                error=type(error).__name__,
            )
        if record.topic != DESK:
            self.streams.told(record, news is not None)
        if live and isinstance(news, QueueEvent):
            observe(self.metrics, record, news)


@dataclass(frozen=True)
class Assembled:
    """edge and alerts: for what comes in another way than HTTP."""

    app: Express
    edge: Edge
    alerts: SignatureAlerts


def build(gateway: Gateway) -> Assembled:
    settings = gateway.settings
    providers.announce(gateway.channels, gateway.secrets, settings.allow_unsigned)
    if not gateway.secrets.get(TOKENS):
        log.warning("desk.closed", missing=f"ROUTER_{TOKENS}")
    alerts = SignatureAlerts(gateway.metrics)
    edge = Edge(gateway.contacts or gateway.log, gateway.blobs, gateway.id_key, gateway.metrics)
    app = FastAPI(
        title="Contact router: gateway",
        description="Webhooks of providers, and the desk API. Errors are {reason, field?, expected?, owner?, since?}.",
        version="1",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # a provider's signature is of the address that it posts to
    )
    problems.install(app)
    openapi.install(app)
    webhooks = Hooks(
        edge=edge,
        verification=Verification(gateway.secrets, gateway.nonces, alerts, settings.allow_unsigned, gateway.fetcher),
        places=gateway.places,
        files=gateway.files,
        workshop=gateway.workshop,
        fetcher=gateway.fetcher,
        metrics=gateway.metrics,
        texts=gateway.deployment.texts(),
        public_url=gateway.public_url.rstrip("/"),
        most_bytes=settings.request_max_bytes,
        clock=gateway.clock,
    )
    hooks.add_routes(app, gateway.channels, webhooks)
    app.include_router(desk.router(_desk(gateway)))
    app.include_router(stream_routes.router(gateway.streams, gateway.parts.get("queues", lambda: True)))
    app.include_router(health.router(gateway.parts, gateway.metrics, gateway.instead))
    app.add_middleware(DeskGuard, secrets=gateway.secrets)
    app.add_middleware(Measured, metrics=gateway.metrics)
    return Assembled(Express(app, gateway.channels, webhooks, gateway.metrics), edge, alerts)


def _desk(gateway: Gateway) -> desk.Desk:
    return desk.Desk(
        view=gateway.view,
        positions=gateway.positions,
        commands=Commands(
            log=gateway.log,
            results=gateway.results,
            view=gateway.view,
            deployment=gateway.deployment,
            clock=gateway.clock,
            result_s=gateway.result_s,
        ),
        people=People(gateway.log, gateway.deployment, gateway.id_key, gateway.clock),
        metrics=gateway.metrics,
    )
