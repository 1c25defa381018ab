"""The JSON part of a submit: read into the contract, or refused field by field."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from backlot.contracts.errors import RefusedInputError
from backlot.contracts.jobs import JobRequest
from backlot.contracts.problems import FieldError
from backlot.contracts.uploads import JobSubmission

Read = TypeVar("Read", bound=BaseModel)

_TOLD = 20
"""Field errors listed in one answer."""


class InvalidFieldsError(RefusedInputError):
    """Fields that are not valid, by name."""

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        first = errors[0]
        super().__init__("invalid-request", f"{first.field or 'request'}: {first.detail}")
        self.errors = errors


def parse_submission(text: bytes) -> tuple[JobSubmission, bytes]:
    """Read a JSON submit: the uploads it names, and the rest as the part ``request`` has it.

    Raises:
        RefusedInputError: ``malformed-request`` when it is not JSON.
        InvalidFieldsError: ``invalid-request`` with the fields.
    """
    submission = read_contract(JobSubmission, text)
    named = {"upload_id", "product_upload_id"}
    return submission, submission.model_dump_json(exclude=named).encode()


def parse_request(text: bytes | None) -> JobRequest:
    """Read the ``request`` part; without one everything takes its default.

    Raises:
        RefusedInputError: ``malformed-request`` when it is not JSON.
        InvalidFieldsError: ``invalid-request`` with the fields.
    """
    if text is None or not text.strip():
        return JobRequest()
    return read_contract(JobRequest, text)


def read_contract(contract: type[Read], text: bytes) -> Read:
    """Read any contract; raises as `parse_submission`."""
    try:
        return contract.model_validate_json(text)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        if found[0]["type"] == "json_invalid":
            raise RefusedInputError(
                "malformed-request", f"The request cannot be read. {found[0]['msg']}."
            ) from error
        raise InvalidFieldsError(
            tuple(
                FieldError(field=".".join(str(step) for step in one["loc"]), detail=one["msg"])
                for one in found[:_TOLD]
            )
        ) from error
