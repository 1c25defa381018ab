# The starter library's 3D files, built with the image; the container hands them to the object store
# and ends. No Blender: the render worker may be at zero.
# Build from the repository's root: docker build -f deploy/catalog.Dockerfile .
ARG PYTHON_IMAGE=python:3.11-slim

FROM ${PYTHON_IMAGE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/backlot
ENV PATH=/opt/backlot/bin:$PATH
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY backlot backlot
COPY catalog catalog
# What makes the files, and nothing of the render worker that touches Blender.
COPY services/render_worker/__init__.py services/render_worker/catalog.py services/render_worker/scene.py services/render_worker/surfaces.py services/render_worker/warmth.py services/render_worker/
COPY services/render_worker/adapters/__init__.py services/render_worker/adapters/model_shelf.py services/render_worker/adapters/quadrics.py services/render_worker/adapters/recipes.py services/render_worker/adapters/
COPY services/render_worker/gltf services/render_worker/gltf
COPY services/render_worker/products services/render_worker/products
COPY services/render_worker/sets services/render_worker/sets
COPY services/render_worker/shapes services/render_worker/shapes
RUN pip install -c constraints.txt '.[catalog,s3]'
RUN cd / && python -m services.render_worker.catalog --into /opt/models

FROM ${PYTHON_IMAGE}
RUN groupadd --system --gid 10001 backlot \
 && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /tmp backlot
COPY --from=build /opt/backlot /opt/backlot
COPY --from=build /opt/models /opt/models
ENV PATH=/opt/backlot/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /tmp
USER 10001:10001
CMD ["python", "-m", "services.render_worker.catalog", "--from", "/opt/models"]
