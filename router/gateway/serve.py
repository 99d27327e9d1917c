"""Serves the gateway: HTTP and SMTP on one loop, on sockets that are given to it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator

import structlog
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from channels.errors import Problem
from channels.registry import CHANNELS
from router import deployment, id_key
from router.gateway.alerts import SignatureAlerts
from router.gateway.app import Gateway, build, now
from router.gateway.blobs import FolderBlobs
from router.gateway.body_files import BodyFiles
from router.gateway.lag import Sampler
from router.gateway.metrics import Metrics
from router.gateway.nonces import Nonces
from router.gateway.places import Places
from router.gateway.positions import KafkaPositions
from router.gateway.producer import KafkaLog
from router.gateway.queues import TOPICS, QueueView
from router.gateway.reader import Reader
from router.gateway.results import DESK
from router.gateway.retrying import Retrying
from router.gateway.sized_blobs import SizedBlobs
from router.gateway.small_blobs import SmallBlobs
from router.gateway.smtp import Mailbox
from router.gateway.smtp_listener import Listener
from router.gateway.spool.figures import SpoolFigures
from router.gateway.spool.spool import Spool
from router.gateway.spool.spooling import SpoolingLog
from router.gateway.stream_routes import ABORT
from router.gateway.sweeping import Sweeper
from router.model.letters import ACTIONS
from router.settings import SecretFiles, Settings

FINISH_S = 1
TICK_S = 10.0

log = structlog.get_logger()


class NotConfigured(Problem):
    """Something that a gateway can't do without isn't set."""


class ServerEnded(Problem):
    """The HTTP server ended by itself."""


class _Server(uvicorn.Server):
    """Signals are the caller's: uvicorn would catch them for itself and raise them again."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Connection(HttpToolsProtocol):
    """Lets a response close its connection at once: what a client doesn't take would keep it open for ever."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.app_state = {**self.app_state, ABORT: transport.abort}
        super().connection_made(transport)


async def serve(
    settings: Settings,
    *,
    http: socket.socket,
    smtp: socket.socket | None,
    ready: Callable[[], None],
    stop: asyncio.Event,
) -> None:
    """Serves until `stop` is set. Calls `ready` once: when the broker answers, and queues and results are read.

    A broker that isn't there yet is waited for; until then contacts go to the spool, and the desk is
    answered 503. Raises NotConfigured, SpoolTaken, BadDeployment, BadIdKey, BadTls.
    """
    if settings.bootstrap_servers is None:
        raise NotConfigured("KAFKA_BOOTSTRAP_SERVERS isn't set")
    secrets = SecretFiles(settings.data_dir)
    producer = KafkaLog(settings.bootstrap_servers)
    spool = Spool(settings.data_dir / "spool", settings.spool_max_bytes)
    spooling = SpoolingLog(producer, spool)
    positions = KafkaPositions(settings.bootstrap_servers)
    metrics, view = Metrics(), QueueView()
    reader = Reader(
        settings.bootstrap_servers,
        from_start=(*TOPICS, ACTIONS),
        from_end=(DESK,),
        handle=lambda record, live: gateway.handle(record, live=live),
    )
    blobs = SizedBlobs(SmallBlobs(settings.data_dir / "small-blobs", now), FolderBlobs(settings.data_dir / "blobs"))
    files = BodyFiles(settings.data_dir / "blobs" / "incoming")
    gateway = Gateway(
        settings=settings,
        deployment=deployment.load(settings.config),
        secrets=secrets,
        id_key=id_key.kept(settings.data_dir, secrets),
        log=producer,
        contacts=spooling,
        instead={"log": lambda: spool.works},
        blobs=blobs,
        files=files,
        positions=positions,
        channels=CHANNELS,
        public_url=settings.public_url or address(http),
        parts={"log": lambda: producer.ready, "queues": lambda: reader.ready, "results": lambda: reader.ready},
        metrics=metrics,
        view=view,
        places=Places(most_bytes=settings.in_flight_max_bytes),
        nonces=Nonces(settings.data_dir / "nonces"),
    )
    parts = build(gateway)
    mailbox = Mailbox(
        edge=parts.edge,
        places=gateway.places,
        files=files,
        workshop=gateway.workshop,
        most_bytes=settings.smtp_max_bytes,
        secrets=secrets,
        alerts=parts.alerts,
        metrics=metrics,
        allow=settings.smtp_allow,
        clock=gateway.clock,
    )
    sampler = Sampler(settings.bootstrap_servers, metrics, gateway.settled)
    listener = Listener(mailbox, settings)
    retrying = Retrying(settings.bootstrap_servers, parts.edge, blobs, CHANNELS, gateway.public_url)
    clients = (producer, reader, sampler, Sweeper(blobs, gateway.clock), gateway.fetcher, files, retrying, spooling)
    metrics.registry.register(SpoolFigures(spool))
    await spool.open()
    for client in clients:
        client.start()
    try:
        async with (
            _ticking(parts.alerts),
            _http(parts.app, http) as serving,
            _mail(listener, smtp),
            gateway.streams.running(),
        ):
            await _until(stop, serving, _ready(producer, reader))
            if not stop.is_set():
                view.settle()
                log.info("gateway.ready", url=gateway.public_url)
                ready()
                await spool.warm()
            await _until(stop, serving)
            log.info("gateway.stopping")
    finally:
        await asyncio.gather(*(client.stop() for client in clients), positions.stop(), gateway.workshop.stop())
        await blobs.close()


async def _ready(producer: KafkaLog, reader: Reader) -> None:
    await producer.connected()
    await reader.caught_up()


async def _until(stop: asyncio.Event, serving: asyncio.Task[None], *other: Coroutine[None, None, None]) -> None:
    """Returns once one of them is done. Raises what ended the server, which should end only after `stop`."""
    waiting = [asyncio.create_task(each) for each in (stop.wait(), *other)]
    await asyncio.wait([*waiting, serving], return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    if serving.done():
        serving.result()
        raise ServerEnded


@contextlib.asynccontextmanager
async def _mail(listener: Listener, smtp: socket.socket | None) -> AsyncIterator[None]:
    if smtp is not None:
        await listener.start(smtp)
    try:
        yield
    finally:
        await listener.stop(FINISH_S)


@contextlib.asynccontextmanager
async def _http(app: ASGIApp, http: socket.socket) -> AsyncIterator[asyncio.Task[None]]:
    server = _Server(
        uvicorn.Config(
            app,
            http=_Connection,
            ws="none",
            lifespan="off",
            log_config=None,
            proxy_headers=False,  # what is signed goes by ROUTER_PUBLIC_URL
            access_log=False,  # paths hold ids of other people's records
            server_header=False,
            timeout_graceful_shutdown=FINISH_S,
            backlog=2048,
        )
    )
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    serving = asyncio.create_task(server.serve(sockets=[http]), name="http")
    try:
        yield serving
    finally:
        server.should_exit = True
        await asyncio.wait({serving})


@contextlib.asynccontextmanager
async def _ticking(alerts: SignatureAlerts) -> AsyncIterator[None]:
    async def tick() -> None:
        while True:
            await asyncio.sleep(TICK_S)
            alerts.tick()

    ticking = asyncio.create_task(tick(), name="alerts")
    try:
        yield
    finally:
        ticking.cancel()


def address(http: socket.socket) -> str:
    """What a bound socket is reached at on this machine."""
    host, port = http.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
