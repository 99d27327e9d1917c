"""Every run, in the order in which they are done."""

from __future__ import annotations

from tests.faults.run import Run
from tests.faults.runs import asleep, changelog, clocks, disks, killed, links, malformed, membership, quiet, repeated

RUNS = (
    Run("worker-killed", "kill -9 of a worker under load", killed.worker, 50, 2),
    Run("worker-stopped", "SIGTERM of a worker under load", killed.worker_asked, 10),
    Run("gateway-killed", "kill -9 of the gateway in the middle of requests", killed.gateway, 50, 2),
    Run("broker-killed", "kill -9 of the broker under load", killed.broker, 20, 1),
    Run("worker-asleep", "SIGSTOP of a worker past its session, then SIGCONT", asleep.worker, 5),
    Run("broker-asleep", "SIGSTOP of the broker for 20 s", asleep.broker, 2),
    Run("link-cut", "the network between a worker and the broker cut, or dropping all packets", links.cut, 6),
    Run("link-slow", "100 ms more each way between a worker and the broker", links.slow, 3),
    Run("link-unanswered", "batches that the broker took and the producer gave up", links.unanswered, 5),
    Run("gateway-unanswered", "the same of the gateway, whose spool takes them once more", links.gateway_unanswered, 5),
    Run("rebalance-storm", "joins and leaves, 30 in 60 s", membership.storm, 30),
    Run("same-name", "two workers with one name, one of them killed", membership.same_name, 4),
    Run("group-deleted", "the consumer groups deleted under way", membership.group_deleted, 5),
    Run("all-stopped", "SIGTERM of everything under load, and started again", quiet.all_stopped, 3),
    Run("five-times", "every webhook delivered five times in shuffled order", repeated.five_times, 1000, 60),
    Run("double-claims", "two agents claiming in the same millisecond", repeated.double_claims, 10_000, 200),
    Run("malformed", "malformed requests and mails, signed all the same", malformed.malformed, 100_000, 600),
    Run("disk-full", "no room for Kafka, bodies, spool and state", disks.everything, 2),
    Run("spool-full", "the broker away, and no room for the spool", disks.spool, 3),
    Run("state-full", "no room for the state's folder; the worker stopped, killed and started again", disks.state, 2),
    Run("changelog-deleted", "the state's topic deleted, and made anew by `router rebuild`", changelog.deleted),
    Run("clock-stepped", "a process an hour off, ahead and behind, and back", clocks.clock_stepped, 2, 1),
    Run("idle", "silence, ten minutes of it, then one message", quiet.idle, 100),
)
