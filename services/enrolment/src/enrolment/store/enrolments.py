"""Enrolments of children in activities and at school."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.enrolled import Enrolment, EnrolmentState

from .tables import activities, centres, enrolments, requests, school_enrolments, schools

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ListedEnrolment:
    """An enrolment with the names that people read."""

    enrolment: Enrolment
    family_id: UUID
    request_id: UUID
    request_number: str
    activity_label: str
    centre_name: str
    version: int


@dataclass(frozen=True)
class School:
    """A school in which the authority enrols children."""

    school_id: UUID
    name: str
    active: bool = True


@dataclass(frozen=True)
class SchoolEnrolment:
    """A child at a school for a school year (the calendar year in which it begins)."""

    enrolment_id: UUID
    request_id: UUID
    family_id: UUID
    child_id: UUID
    school_id: UUID
    school_name: str
    level: str
    school_year: int
    documents: tuple[str, ...]
    state: EnrolmentState
    request_number: str = ""


async def enrolments_of_children(
    connection: AsyncConnection, child_ids: Iterable[UUID]
) -> list[Enrolment]:
    """Those that may allow a booking."""
    states = (EnrolmentState.ACTIVE, EnrolmentState.ENDED)
    rows = await connection.execute(
        select(enrolments).where(
            enrolments.c.child_id.in_(sorted(set(child_ids))), enrolments.c.state.in_(states)
        )
    )
    return [_enrolment(row) for row in rows]


async def enrolments_of_family(
    connection: AsyncConnection, family_id: UUID
) -> list[ListedEnrolment]:
    """All of a family's, the latest first."""
    return await _listed(connection, enrolments.c.family_id == family_id)


async def enrolments_of_request(
    connection: AsyncConnection, request_id: UUID
) -> list[ListedEnrolment]:
    return await _listed(connection, enrolments.c.request_id == request_id)


async def enrolments_of_child(connection: AsyncConnection, child_id: UUID) -> list[ListedEnrolment]:
    return await _listed(connection, enrolments.c.child_id == child_id)


async def find_enrolment(connection: AsyncConnection, enrolment_id: UUID) -> ListedEnrolment | None:
    found = await _listed(connection, enrolments.c.enrolment_id == enrolment_id)
    return found[0] if found else None


async def add_enrolment(
    connection: AsyncConnection, enrolment: Enrolment, family_id: UUID, request_id: UUID
) -> bool:
    """False when the child is already enrolled there in that period, or asks to be."""
    statement = insert(enrolments).values(
        enrolment_id=enrolment.enrolment_id,
        request_id=request_id,
        family_id=family_id,
        child_id=enrolment.child_id,
        activity_id=enrolment.activity_id,
        period=Range(enrolment.first, enrolment.last + ONE_DAY, bounds="[)"),
        state=str(enrolment.state),
        version=1,
    )
    try:
        async with connection.begin_nested():
            await connection.execute(statement)
    except IntegrityError:
        return False
    return True


async def move_enrolments(
    connection: AsyncConnection, request_id: UUID, state: EnrolmentState
) -> None:
    """What the request asked for, in either table, goes to this state."""
    for table in (enrolments, school_enrolments):
        await connection.execute(
            update(table)
            .where(table.c.request_id == request_id, table.c.state == EnrolmentState.REQUESTED)
            .values(state=str(state), version=table.c.version + 1)
        )


async def end_enrolment(
    connection: AsyncConnection, enrolment: Enrolment, last: date, at: datetime
) -> None:
    """From the day after `last` it allows no booking."""
    await connection.execute(
        update(enrolments)
        .where(enrolments.c.enrolment_id == enrolment.enrolment_id)
        .values(
            state=str(EnrolmentState.ENDED),
            period=Range(enrolment.first, last + ONE_DAY, bounds="[)"),
            ended_at=at,
            version=enrolments.c.version + 1,
        )
    )


async def call_off(connection: AsyncConnection, enrolment_id: UUID, at: datetime) -> None:
    """It had not begun: it never will."""
    await connection.execute(
        update(enrolments)
        .where(enrolments.c.enrolment_id == enrolment_id)
        .values(state=str(EnrolmentState.WITHDRAWN), ended_at=at, version=enrolments.c.version + 1)
    )


async def all_schools(connection: AsyncConnection) -> list[School]:
    rows = await connection.execute(select(schools).order_by(schools.c.name))
    return [School(row.school_id, row.name, row.active) for row in rows]


async def write_school(connection: AsyncConnection, school: School) -> bool:
    """False when another school has this name."""
    taken = select(schools.c.school_id).where(
        schools.c.name == school.name, schools.c.school_id != school.school_id
    )
    if (await connection.execute(taken)).first() is not None:
        return False
    statement = insert_or(schools).values(**vars(school))
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[schools.c.school_id],
            set_={"name": school.name, "active": school.active},
        )
    )
    return True


async def add_school_enrolment(connection: AsyncConnection, asked: SchoolEnrolment) -> bool:
    """False when the child already has a school for that year, or asks for one."""
    live = (EnrolmentState.REQUESTED, EnrolmentState.ACTIVE)
    standing = select(func.count()).where(
        school_enrolments.c.child_id == asked.child_id,
        school_enrolments.c.school_year == asked.school_year,
        school_enrolments.c.state.in_(live),
    )
    if (await connection.execute(standing)).scalar_one():
        return False
    await connection.execute(
        insert(school_enrolments).values(
            enrolment_id=asked.enrolment_id,
            request_id=asked.request_id,
            family_id=asked.family_id,
            child_id=asked.child_id,
            school_id=asked.school_id,
            level=asked.level,
            school_year=asked.school_year,
            documents=list(asked.documents),
            state=str(asked.state),
            version=1,
        )
    )
    return True


async def school_enrolments_of_family(
    connection: AsyncConnection, family_id: UUID
) -> list[SchoolEnrolment]:
    """All of a family's, the latest year first."""
    return await _at_school(connection, school_enrolments.c.family_id == family_id)


async def school_enrolments_of_request(
    connection: AsyncConnection, request_id: UUID
) -> list[SchoolEnrolment]:
    return await _at_school(connection, school_enrolments.c.request_id == request_id)


async def _at_school(
    connection: AsyncConnection, where: ColumnElement[bool]
) -> list[SchoolEnrolment]:
    rows = await connection.execute(
        select(school_enrolments, schools.c.name.label("school_name"), requests.c.number)
        .join(schools, schools.c.school_id == school_enrolments.c.school_id)
        .join(requests, requests.c.request_id == school_enrolments.c.request_id)
        .where(where)
        .order_by(school_enrolments.c.school_year.desc(), school_enrolments.c.enrolment_id.desc())
        .limit(100)
    )
    return [
        SchoolEnrolment(
            row.enrolment_id,
            row.request_id,
            row.family_id,
            row.child_id,
            row.school_id,
            row.school_name,
            row.level,
            row.school_year,
            tuple(row.documents),
            EnrolmentState(row.state),
            row.number,
        )
        for row in rows
    ]


async def _listed(connection: AsyncConnection, where: ColumnElement[bool]) -> list[ListedEnrolment]:
    rows = await connection.execute(
        select(
            enrolments,
            activities.c.label.label("activity_label"),
            centres.c.name.label("centre_name"),
            requests.c.number,
        )
        .join(activities, activities.c.activity_id == enrolments.c.activity_id)
        .join(centres, centres.c.centre_id == activities.c.centre_id)
        .join(requests, requests.c.request_id == enrolments.c.request_id)
        .where(where)
        .order_by(func.lower(enrolments.c.period).desc(), enrolments.c.enrolment_id.desc())
        .limit(200)
    )
    return [
        ListedEnrolment(
            _enrolment(row),
            row.family_id,
            row.request_id,
            row.number,
            row.activity_label,
            row.centre_name,
            row.version,
        )
        for row in rows
    ]


def _enrolment(row: Any) -> Enrolment:
    return Enrolment(
        row.enrolment_id,
        row.child_id,
        row.activity_id,
        row.period.lower,
        row.period.upper - ONE_DAY,
        EnrolmentState(row.state),
    )
