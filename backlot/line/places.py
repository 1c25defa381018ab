"""Where a job's files lie in the object store; who deletes a job looks nowhere else."""

from backlot.contracts.stages import Stage


def manifest_key(job_id: str) -> str:
    """What was submitted; written once, before the job exists anywhere else."""
    return f"manifests/{job_id}.json"


def archive_key(job_id: str) -> str:
    """The record and events of a job that has ended."""
    return f"archive/{job_id}.json"


def photo_prefix(job_id: str) -> str:
    """The normalised photo and the product model, as intake stored them."""
    return f"intake/{job_id}-"


def work_prefix(job_id: str) -> str:
    """What the stages made, see `Work.blob_key`."""
    return f"jobs/{job_id}/"


def pictures_prefix(job_id: str) -> str:
    """What `render` made."""
    return f"jobs/{job_id}/{Stage.RENDER}/"


def feedback_prefix(job_id: str) -> str:
    """What its seller said of the result."""
    return f"feedback/{job_id}/"
