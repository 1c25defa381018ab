"""Makes the bucket of a fresh installation: ``python -m backlot.blobs.bucket``."""

import structlog

from backlot.blobs.s3 import S3Store
from backlot.blobs.settings import BlobSettings, open_blobs
from backlot.contracts.errors import ConfigurationError


def make_bucket(settings: BlobSettings) -> bool:
    """Make the bucket unless it is there; whether this call made it.

    Raises:
        ConfigurationError: The settings name a folder, which needs no bucket.
    """
    store = open_blobs(settings)
    if not isinstance(store, S3Store):
        raise ConfigurationError("A bucket is made for BACKLOT_BLOBS=s3 only.")
    return store.ensure_bucket()


if __name__ == "__main__":
    configured = BlobSettings()
    made = make_bucket(configured)
    structlog.get_logger().info("bucket_ready", bucket=configured.s3_bucket, made=made)
