"""Wires the render worker: `celery -A services.render_worker.worker worker`.

One picture at a time: a device is not made faster by sharing it. More workers, more pictures.
"""

from backlot.blobs.settings import BlobSettings, open_blobs
from backlot.line.settings import LineSettings
from backlot.line.worker import make_worker
from services.render_worker.settings import RenderSettings
from services.render_worker.tasks import stages

app = make_worker(
    "render_worker",
    LineSettings().model_copy(update={"slots": 1}),
    stages(RenderSettings(), open_blobs(BlobSettings())),
)
