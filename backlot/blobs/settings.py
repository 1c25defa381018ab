"""Where blobs live, from the environment."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from backlot.blobs.folder import FolderStore
from backlot.blobs.port import BlobStore
from backlot.contracts.errors import ConfigurationError


class BlobSettings(BaseSettings):
    """Which object store; every name is read from the environment as ``BACKLOT_<NAME>``."""

    model_config = SettingsConfigDict(
        env_prefix="BACKLOT_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    blobs: Literal["folder", "s3"] = "folder"
    blobs_folder: Path = Path(".state/blobs")
    blobs_fsync: bool = True
    s3_bucket: str = ""
    s3_prefix: str = ""
    s3_region: str = "us-east-1"
    s3_endpoint_url: str | None = None
    s3_public_endpoint_url: str | None = None
    s3_access_key_id: SecretStr | None = None
    s3_secret_access_key: SecretStr | None = None
    secret: SecretStr = SecretStr("")
    public_url: str = "http://127.0.0.1:8000"


def open_blobs(settings: BlobSettings, clock: Callable[[], float] = time.time) -> BlobStore:
    """The object store that the settings name; nothing is asked over the network yet.

    Args:
        settings: Which one, and where.
        clock: Unix seconds; what addresses of the folder store are dated by.

    Raises:
        ConfigurationError: The bucket or the secret is missing, or the folder cannot be used.
        MissingExtraError: S3 is asked for and boto3 is not installed.
    """
    if settings.blobs == "folder":
        return FolderStore(
            settings.blobs_folder,
            settings.secret.get_secret_value().encode(),
            settings.public_url,
            fsync=settings.blobs_fsync,
            clock=clock,
        )
    if not settings.s3_bucket:
        raise ConfigurationError("BACKLOT_BLOBS=s3 needs BACKLOT_S3_BUCKET.")
    from backlot.blobs.s3 import S3Store  # noqa: PLC0415 - boto3 is an extra that folders need not have

    return S3Store(
        settings.s3_bucket,
        region=settings.s3_region,
        endpoint_url=settings.s3_endpoint_url,
        public_endpoint_url=settings.s3_public_endpoint_url,
        access_key_id=_plain(settings.s3_access_key_id),
        secret_access_key=_plain(settings.s3_secret_access_key),
        prefix=settings.s3_prefix,
    )


def _plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
