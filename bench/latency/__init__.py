"""How fast contacts go from webhook to queue, at which cost, beside a bare Kafka loop of as many hops and writes.

    .venv/bin/python -m bench.latency --quick

Load goes to 127.0.0.1 only, to a `router up` of its own in a temporary folder.
"""
