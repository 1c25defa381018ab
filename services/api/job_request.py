"""The JSON part of a submit: read into the contract, or refused field by field."""

from pydantic import ValidationError

from backlot.contracts.errors import RefusedInputError
from backlot.contracts.jobs import JobRequest
from backlot.contracts.problems import FieldError

_TOLD = 20
"""Field errors listed in one answer."""


class InvalidFieldsError(RefusedInputError):
    """Fields that are not valid, by name."""

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        first = errors[0]
        super().__init__("invalid-request", f"{first.field or 'request'}: {first.detail}")
        self.errors = errors


def parse_request(text: bytes | None) -> JobRequest:
    """Read the ``request`` part; without one everything takes its default.

    Raises:
        RefusedInputError: ``malformed-request`` when it is not JSON.
        InvalidFieldsError: ``invalid-request`` with the fields.
    """
    if text is None or not text.strip():
        return JobRequest()
    try:
        return JobRequest.model_validate_json(text)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        if found[0]["type"] == "json_invalid":
            raise RefusedInputError(
                "malformed-request", f"The part 'request' cannot be read. {found[0]['msg']}."
            ) from error
        raise InvalidFieldsError(
            tuple(
                FieldError(field=".".join(str(step) for step in one["loc"]), detail=one["msg"])
                for one in found[:_TOLD]
            )
        ) from error
