"""Wires the vision worker: `celery -A services.vision_worker.worker worker`."""

from backlot.blobs.settings import BlobSettings, open_blobs
from backlot.line.settings import LineSettings
from backlot.line.worker import make_worker
from services.vision_worker.settings import VisionSettings
from services.vision_worker.tasks import stages

app = make_worker(
    "vision_worker", LineSettings(), stages(VisionSettings(), open_blobs(BlobSettings()))
)
