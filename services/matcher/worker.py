"""Wires the matcher: `celery -A services.matcher.worker worker`; embedded, one process only."""

from backlot.blobs.settings import BlobSettings, open_blobs
from backlot.line.settings import LineSettings
from backlot.line.worker import make_worker
from services.matcher.settings import MatcherSettings
from services.matcher.tasks import stages

app = make_worker("matcher", LineSettings(), stages(MatcherSettings(), open_blobs(BlobSettings())))
