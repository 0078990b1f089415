"""Plans of care and their versions."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from gateway.api.fields import Day, Name255, Page, PageQuery, Schema, Text, Text5000, Time, absent

PlanStatus = Literal["active", "completed", "discontinued"]
DiagnosisCode = Annotated[Text, Field(max_length=20, description="ICD-10, as in F32.1; small letters and a missing dot are mended.")]
Goals = Annotated[list[Annotated[Text, Field(min_length=1, max_length=1000)]], Field(max_length=50)]


class PlanCreate(Schema):
    client_id: Annotated[UUID, Field(description="An active client.")]
    title: Name255
    diagnosis: Text5000 | None = None
    diagnosis_code: DiagnosisCode | None = None
    goals: Goals | None = None
    start_date: Day | None = None
    end_date: Annotated[Day | None, Field(description="Not before start_date.")] = None


class PlanUpdate(Schema):
    title: Name255 = Field(default_factory=absent)
    diagnosis: Text5000 | None = None
    diagnosis_code: DiagnosisCode | None = None
    goals: Goals | None = None
    start_date: Day | None = None
    end_date: Annotated[Day | None, Field(description="Not before start_date.")] = None
    status: PlanStatus = Field(default_factory=absent)


class Plan(Schema):
    id: UUID
    workspace_id: UUID
    client_id: UUID
    title: str
    diagnosis: str | None
    diagnosis_code: Annotated[str | None, Field(description="ICD-10.")]
    goals: list[str]
    start_date: Day | None
    end_date: Day | None
    status: PlanStatus
    version: Annotated[int, Field(description="Also the ETag.")]
    created_at: Time
    updated_at: Time


class PlanPage(Page):
    items: list[Plan]


class PlanQuery(PageQuery):
    client_id: UUID | None = None
    status: PlanStatus | None = None


class PlanVersion(Schema):
    id: UUID
    plan_id: UUID
    version_number: int
    title: str
    diagnosis: str | None
    diagnosis_code: str | None
    goals: list[str]
    start_date: Day | None
    end_date: Day | None
    status: PlanStatus
    created_by_user_id: UUID
    created_at: Time


class PlanVersionList(Schema):
    versions: list[PlanVersion]
