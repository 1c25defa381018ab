# Keeps the line moving and delivers webhooks.
# Build from the repository's root: docker build -f deploy/conductor.Dockerfile .
# deploy/check_extras.py follows this file line by line where no container engine is at hand.
ARG PYTHON_IMAGE=python:3.11-slim

FROM ${PYTHON_IMAGE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/backlot
ENV PATH=/opt/backlot/bin:$PATH
WORKDIR /src
# Every package by the hashes of its lock, `make locks`; then our own code, built by what is there.
COPY deploy/locks/conductor.txt ./
RUN pip install --no-deps --only-binary :all: --require-hashes -r conductor.txt
COPY pyproject.toml README.md LICENSE ./
COPY backlot backlot
COPY catalog catalog
COPY services/conductor services/conductor
RUN pip install --no-deps --no-build-isolation . && pip check

FROM ${PYTHON_IMAGE}
RUN groupadd --system --gid 10001 backlot \
 && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /tmp backlot \
 && install -d -o backlot -g backlot /var/lib/backlot
COPY --from=build /opt/backlot /opt/backlot
# Nothing is written outside /tmp and /var/lib/backlot, so the root file system may be read-only.
ENV PATH=/opt/backlot/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /var/lib/backlot
USER 10001:10001
HEALTHCHECK --interval=30s --timeout=15s --start-period=120s --retries=3 \
    CMD ["backlot", "healthy", "conductor"]
CMD ["python", "-m", "services.conductor.app"]
