# Shoots: renders the product in its set with Blender.
# SPDX-License-Identifier: GPL-3.0-or-later
# This image holds Blender's bpy and is GPL-3.0-or-later as a whole; no other image is.
# Build from the repository's root: docker build -f deploy/render_worker.Dockerfile .
# deploy/check_extras.py follows this file line by line where no container engine is at hand.
ARG PYTHON_IMAGE=python:3.11-slim

FROM ${PYTHON_IMAGE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/backlot
ENV PATH=/opt/backlot/bin:$PATH
WORKDIR /src
# Every package by the hashes of its lock, `make locks`; then our own code, built by what is there.
COPY deploy/locks/render_worker.txt ./
RUN pip install --no-deps --only-binary :all: --require-hashes -r render_worker.txt
COPY pyproject.toml README.md LICENSE LICENSES/GPL-3.0-or-later.txt ./
COPY backlot backlot
COPY catalog catalog
COPY services/render_worker services/render_worker
RUN pip install --no-deps --no-build-isolation . && pip check

FROM ${PYTHON_IMAGE}
# What Blender links to and the slim image lacks.
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
    libegl1 libgl1 libice6 libsm6 libx11-6 libxext6 libxfixes3 libxi6 libxkbcommon0 libxrender1 libxt6 \
 && rm -rf /var/lib/apt/lists/*
RUN groupadd --system --gid 10001 backlot \
 && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /tmp backlot \
 && install -d -o backlot -g backlot /var/lib/backlot
COPY --from=build /opt/backlot /opt/backlot
# Nothing is written outside /tmp and /var/lib/backlot, so the root file system may be read-only.
ENV PATH=/opt/backlot/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    REMAP_SIGTERM=SIGQUIT
WORKDIR /var/lib/backlot
USER 10001:10001
HEALTHCHECK --interval=30s --timeout=15s --start-period=120s --retries=3 \
    CMD ["backlot", "healthy", "render"]
CMD ["celery", "-A", "services.render_worker.worker", "worker", "-P", "threads", "-Q", "render,view,build", "--without-gossip", "--without-mingle", "--without-heartbeat"]
