"""The object store in S3, or anything that speaks its protocol; the one file that knows boto3."""

import contextlib
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from backlot.blobs.keys import check_expires, check_key, check_prefix
from backlot.blobs.media import disposition_of, media_type_of
from backlot.blobs.port import BlobMissingError, BlobUnavailableError, PostForm
from backlot.contracts.errors import MissingExtraError

try:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError as error:
    raise MissingExtraError("boto3", "s3") from error

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.literals import BucketLocationConstraintType

_CONNECT_S = 3
_READ_S = 20
_ATTEMPTS = 3
_CONNECTIONS = 32
_CHUNK_BYTES = 1 << 20
_CONFLICT_TRIES = 5
_CONFLICT_WAIT_S = 0.05
_WRITER = "writer"
_HOME_REGION = "us-east-1"

_MISSING_CODES = frozenset({"NoSuchKey", "404", "NotFound"})
_DENIED_CODES = frozenset({"403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"})


class S3Store:
    """Blobs as objects of one bucket.

    Args:
        bucket: Must exist; `ensure_bucket` makes it where the keys allow that.
        region: Part of every signature; stores that have none take ``us-east-1``.
        endpoint_url: Of an S3-compatible store; None is Amazon's own.
        public_endpoint_url: Where clients reach the store when that is another address.
        access_key_id: None uses the machine's own credentials.
        secret_access_key: Belongs to the access key.
        prefix: Put before every key, for a bucket shared with others.
    """

    def __init__(
        self,
        bucket: str,
        *,
        region: str = _HOME_REGION,
        endpoint_url: str | None = None,
        public_endpoint_url: str | None = None,
        access_key_id: str | None = None,
        secret_access_key: str | None = None,
        prefix: str = "",
    ) -> None:
        def connect(address: str | None) -> "S3Client":
            return boto3.session.Session().client(
                "s3",
                region_name=region,
                endpoint_url=address,
                aws_access_key_id=access_key_id,
                aws_secret_access_key=secret_access_key,
                config=_config(own_server=address is not None),
            )

        self._bucket = bucket
        self._region = region
        self._prefix = check_key(prefix.rstrip("/")) + "/" if prefix else ""
        self._client = connect(endpoint_url)
        self._signer = connect(public_endpoint_url) if public_endpoint_url else self._client

    def put(self, key: str, data: bytes, media_type: str) -> None:
        """Store or replace; S3 shows the old or the new object, never a part."""
        self._put(key, data, media_type)

    def put_once(self, key: str, data: bytes, media_type: str) -> bool:
        """Store unless the key exists, by a conditional write; whether this call stored it."""
        writer = secrets.token_hex(16)
        for tried in range(_CONFLICT_TRIES):
            try:
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=self._name(key),
                    Body=data,
                    ContentType=media_type,
                    IfNoneMatch="*",
                    Metadata={_WRITER: writer},
                )
            except ClientError as error:
                status = _status(error)
                if status == 412:  # noqa: PLR2004 - precondition failed: the key exists
                    return self._written_by(key, writer)
                if status != 409:  # noqa: PLR2004 - another conditional write is under way
                    raise _told(error, key) from error
                time.sleep(_CONFLICT_WAIT_S * 2**tried)
            except BotoCoreError as error:
                raise _silent(error) from error
            else:
                return True
        raise BlobUnavailableError(f"The object store never settled who writes {key}.")

    def put_file(self, key: str, path: Path, media_type: str) -> None:
        """Store a file from disk as one streamed request, 5 GB at most."""
        with path.open("rb") as file:
            self._put(key, file, media_type)

    def get(self, key: str) -> bytes:
        """Read a whole blob; raises `BlobMissingError`."""
        with _answers(key):
            reply = self._client.get_object(Bucket=self._bucket, Key=self._name(key))
            with contextlib.closing(reply["Body"]) as body:
                return body.read()

    def chunks(self, key: str) -> Iterator[bytes]:
        """Read a blob in pieces of a megabyte; raises `BlobMissingError`."""
        with _answers(key):
            reply = self._client.get_object(Bucket=self._bucket, Key=self._name(key))
            with contextlib.closing(reply["Body"]) as body:
                yield from body.iter_chunks(_CHUNK_BYTES)

    def size(self, key: str) -> int:
        """Bytes of a blob; raises `BlobMissingError`."""
        with _answers(key):
            head = self._client.head_object(Bucket=self._bucket, Key=self._name(key))
        return head["ContentLength"]

    def exists(self, key: str) -> bool:
        """Whether the key is there."""
        try:
            with _answers(key):
                self._client.head_object(Bucket=self._bucket, Key=self._name(key))
        except BlobMissingError:
            return False
        return True

    def delete(self, key: str) -> None:
        """Remove; no error when it is not there."""
        with _answers(key):
            self._client.delete_object(Bucket=self._bucket, Key=self._name(key))

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys that start with the prefix, in order, a page of a thousand at a time."""
        whole = self._prefix + check_prefix(prefix)
        return self._pages(whole)

    def url(self, key: str, expires_s: int) -> str:
        """A presigned address; what it is served as is decided by us, not by who stored it."""
        with _answers(key):
            return self._signer.generate_presigned_url(
                "get_object",
                Params={
                    "Bucket": self._bucket,
                    "Key": self._name(key),
                    "ResponseContentType": media_type_of(key),
                    "ResponseContentDisposition": disposition_of(key),
                },
                ExpiresIn=check_expires(expires_s),
            )

    def post_form(self, key: str, media_type: str, max_bytes: int, expires_s: int) -> PostForm:
        """A presigned POST: this key, this type, a size within limits, and nothing else."""
        with _answers(key):
            form = self._signer.generate_presigned_post(
                self._bucket,
                self._name(key),
                Fields={"Content-Type": media_type},
                Conditions=[
                    {"Content-Type": media_type},
                    ["content-length-range", 1, max_bytes],
                ],
                ExpiresIn=check_expires(expires_s),
            )
        return PostForm(form["url"], form["fields"])

    def ensure_bucket(self) -> bool:
        """Make the bucket when it is not there; whether this call made it."""
        try:
            with _answers(self._bucket):
                self._client.head_bucket(Bucket=self._bucket)
        except BlobMissingError:
            self._make_bucket()
            return True
        return False

    def _make_bucket(self) -> None:
        with _answers(self._bucket):
            if self._region == _HOME_REGION:  # the one region that may not be named here
                self._client.create_bucket(Bucket=self._bucket)
            else:
                self._client.create_bucket(
                    Bucket=self._bucket,
                    CreateBucketConfiguration={
                        "LocationConstraint": cast("BucketLocationConstraintType", self._region)
                    },
                )

    def _name(self, key: str) -> str:
        return self._prefix + check_key(key)

    def _put(self, key: str, body: bytes | IO[bytes], media_type: str) -> None:
        with _answers(key):
            self._client.put_object(
                Bucket=self._bucket, Key=self._name(key), Body=body, ContentType=media_type
            )

    def _written_by(self, key: str, writer: str) -> bool:
        """Whether the object is this call's own: the answer to a first try may have been lost."""
        with _answers(key):
            head = self._client.head_object(Bucket=self._bucket, Key=self._name(key))
        return head["Metadata"].get(_WRITER) == writer

    def _pages(self, whole: str) -> Iterator[str]:
        with _answers(whole):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=whole):
                for entry in page.get("Contents", ()):
                    yield entry["Key"].removeprefix(self._prefix)


def _config(*, own_server: bool) -> Config:
    """Timeouts and retries in the open; checksums only where required, as many stores lack them."""
    return Config(
        signature_version="s3v4",
        connect_timeout=_CONNECT_S,
        read_timeout=_READ_S,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        max_pool_connections=_CONNECTIONS,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        # A server of one's own seldom has a DNS name for every bucket.
        s3={"addressing_style": "path" if own_server else "auto"},
    )


@contextlib.contextmanager
def _answers(key: str) -> Iterator[None]:
    """Say what an error of the store means for a blob."""
    try:
        yield
    except ClientError as error:
        raise _told(error, key) from error
    except BotoCoreError as error:
        raise _silent(error) from error


def _status(error: ClientError) -> int:
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def _told(error: ClientError, key: str) -> BlobMissingError | BlobUnavailableError:
    """The store answered, and it was an error."""
    code = error.response.get("Error", {}).get("Code", "?")
    if code in _MISSING_CODES:
        return BlobMissingError(key)
    if code in _DENIED_CODES:
        return BlobUnavailableError(
            f"The object store denied access to {key} ({code}): check the keys and the policy."
        )
    return BlobUnavailableError(f"The object store refused {key}: {code}.")


def _silent(error: BotoCoreError) -> BlobUnavailableError:
    """The store did not answer; the cause may hold a signed address, so only its type is told."""
    return BlobUnavailableError(f"The object store does not answer: {type(error).__name__}.")
