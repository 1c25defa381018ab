# Sees: captions photos and describes backgrounds, on a GPU or a CPU.
# Build from the repository's root: docker build -f deploy/vision_worker.Dockerfile .
# deploy/check_extras.py follows this file line by line where no container engine is at hand.
ARG PYTHON_IMAGE=python:3.11-slim

FROM ${PYTHON_IMAGE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/backlot
ENV PATH=/opt/backlot/bin:$PATH
WORKDIR /src
# Where torch comes from decides between the CPU and the CUDA build. Without an index of its own it
# is the CUDA build, by its lock; an index that the builder names has files of other hashes.
ARG TORCH_INDEX=""
COPY constraints.txt deploy/locks/torch.txt ./
RUN if [ -n "$TORCH_INDEX" ]; \
    then pip install --no-deps -c constraints.txt --index-url "$TORCH_INDEX" torch torchvision; \
    else pip install --no-deps --only-binary :all: --require-hashes -r torch.txt; fi
# Every package by the hashes of its lock, `make locks`; then our own code, built by what is there.
COPY deploy/locks/vision_worker.txt ./
RUN pip install --no-deps --only-binary :all: --require-hashes -r vision_worker.txt
COPY pyproject.toml README.md LICENSE ./
COPY backlot backlot
COPY catalog catalog
COPY services/vision_worker services/vision_worker
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
    PYTHONUNBUFFERED=1 \
    REMAP_SIGTERM=SIGQUIT \
    BACKLOT_CACHE=/var/lib/backlot/cache \
    HF_HOME=/var/lib/backlot/cache/hub
WORKDIR /var/lib/backlot
USER 10001:10001
HEALTHCHECK --interval=30s --timeout=15s --start-period=120s --retries=3 \
    CMD ["backlot", "healthy", "caption"]
CMD ["celery", "-A", "services.vision_worker.worker", "worker", "-P", "threads", "-Q", "caption,describe", "--without-gossip", "--without-mingle", "--without-heartbeat"]
