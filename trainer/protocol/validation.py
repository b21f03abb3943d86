"""Validation of requests: from a decoded JSON object to its record, or to its faults in words."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from pydantic import Field, TypeAdapter, ValidationError

from trainer.errors import UserError
from trainer.protocol.adaptation_requests import AdaptRequest, ChangesRequest, SuggestRequest
from trainer.protocol.case_requests import (
    AgreementRequest,
    CaseRequest,
    ReferencesRequest,
    StoreRequest,
)
from trainer.protocol.cell_requests import AblateRequest, HeatRequest, SimilarRequest
from trainer.protocol.records import ProtocolRecord
from trainer.protocol.requests import (
    CellsRequest,
    ClassifyRequest,
    DemoRequest,
    DevicesRequest,
    ExplainRequest,
    ExportRequest,
    ImportCellsRequest,
    ModelsRequest,
    PingRequest,
    SelfTestRequest,
    SourceRequest,
    SummaryRequest,
)
from trainer.protocol.training_requests import (
    AuditRequest,
    CompareRequest,
    DoubtsRequest,
    EvaluateRequest,
    ForecastRequest,
    JudgeRequest,
    LeftOutRequest,
    ReviewedCellsRequest,
    TrainRequest,
    TuneRequest,
)

Request = (
    ClassifyRequest
    | ExplainRequest
    | AuditRequest
    | TrainRequest
    | ForecastRequest
    | ReviewedCellsRequest
    | AdaptRequest
    | ChangesRequest
    | LeftOutRequest
    | TuneRequest
    | CompareRequest
    | DemoRequest
    | DoubtsRequest
    | EvaluateRequest
    | JudgeRequest
    | ModelsRequest
    | DevicesRequest
    | SummaryRequest
    | ExportRequest
    | ImportCellsRequest
    | CellsRequest
    | SimilarRequest
    | AblateRequest
    | HeatRequest
    | SuggestRequest
    | StoreRequest
    | CaseRequest
    | AgreementRequest
    | ReferencesRequest
    | SourceRequest
    | SelfTestRequest
    | PingRequest
)
_REQUESTS: TypeAdapter[Request] = TypeAdapter(Annotated[Request, Field(discriminator="job")])


def decode_request(data: object) -> Request:
    """Validate a decoded JSON object and return the request in it.

    Raises:
        UserError: for an unknown job, an unknown or missing setting, or a value
            out of its range; the message names it.
    """
    if not isinstance(data, dict):
        raise UserError("The request is not a JSON object.", 'Send {"job": ...} with its settings.')
    try:
        return _REQUESTS.validate_python(data)
    except ValidationError as error:
        raise user_error_of(error) from error


def user_error_of(error: ValidationError) -> UserError:
    """Describe the first faults of a request, with the values it may take as the hint."""
    sentences = [_describe_error(dict(fault)) for fault in error.errors(include_url=False)[:3]]
    first = dict(error.errors(include_url=False)[0])
    return UserError(" ".join(sentences), _describe_choices(first))


def _describe_error(fault: dict[str, Any]) -> str:
    kind = str(fault["type"])
    if kind == "union_tag_not_found":
        return "The request does not say which job it is for."
    if kind == "union_tag_invalid":
        return f"There is no job called {fault['ctx']['tag']!r}."
    setting = ".".join(str(part) for part in fault["loc"][1:]) or str(fault["loc"])
    if kind == "extra_forbidden":
        return f"The job {fault['loc'][0]!r} has no setting {setting!r}."
    if kind == "missing":
        return f"The job {fault['loc'][0]!r} needs the setting {setting!r}."
    reason = str(fault["msg"]).removeprefix("Value error, ")
    return f"The setting {setting!r} cannot be {_shorten(fault['input'])}: {reason}."


def _describe_choices(fault: dict[str, Any]) -> str:
    if str(fault["type"]).startswith("union_tag"):
        return f"Jobs: {', '.join(request_types())}."
    if fault["type"] == "extra_forbidden":
        return f"Its settings: {', '.join(request_types()[fault['loc'][0]].model_fields)}."
    return ""


def request_types() -> dict[str, type[ProtocolRecord]]:
    """Every job's name and the record of its request."""
    types: tuple[type[ProtocolRecord], ...] = get_args(Request)
    return {str(each.model_fields["job"].default): each for each in types}


def _shorten(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
