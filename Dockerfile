# The parts that run against a cluster: `gateway`, `worker`, `topics`. The embedded Kafka isn't in it.
FROM python:3.12-slim AS build
WORKDIR /build
COPY requirements.lock pyproject.toml README.md topics.yaml ./
COPY channels channels
COPY scoring scoring
COPY router router
COPY tests/golden/events tests/golden/events
RUN python -m venv /opt/router \
    && /opt/router/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
    && /opt/router/bin/pip install --no-cache-dir --no-build-isolation --no-deps .

FROM python:3.12-slim
COPY --from=build /opt/router /opt/router
RUN useradd --create-home --uid 10001 router && mkdir /data && chown router /data
USER router
WORKDIR /data
ENV PATH=/opt/router/bin:$PATH ROUTER_DATA_DIR=/data
ENTRYPOINT ["router"]
