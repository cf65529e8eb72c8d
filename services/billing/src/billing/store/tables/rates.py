"""Rate grids. Ranges are half-open; that no quotient is left out is a trigger's work."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import DATERANGE, INT4RANGE, ExcludeConstraint

from .metadata import instant, metadata

rate_grids = Table(
    "rate_grids",
    metadata,
    Column("grid_id", Uuid, primary_key=True),
    Column("code", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("validity", DATERANGE, nullable=False),
    Column("non_resident_supplement_cents", Integer, nullable=False),
    instant("created_at"),
    Column("created_by", Text, nullable=False),
    CheckConstraint("non_resident_supplement_cents >= 0", name="supplement"),
    CheckConstraint("NOT isempty(validity)", name="validity"),
    ExcludeConstraint(
        ("code", "="), ("validity", "&&"), name="ex_rate_grids_validity", using="gist"
    ),
)

rate_bands = Table(
    "rate_bands",
    metadata,
    Column("grid_id", ForeignKey(rate_grids.c.grid_id), primary_key=True),
    Column("label", Text, primary_key=True),
    Column("quotient", INT4RANGE, nullable=False),
    Column("unit_cents", Integer, nullable=False),
    Column("care_cents", Integer, nullable=False),
    Column("children_from", Integer, primary_key=True, autoincrement=False),
    # With an effort rate, `unit_cents` is the cap.
    Column("effort_per_10000", Integer),
    Column("floor_cents", Integer),
    CheckConstraint("care_cents BETWEEN 0 AND unit_cents", name="care"),
    CheckConstraint("NOT isempty(quotient)", name="quotient"),
    CheckConstraint("children_from BETWEEN 1 AND 20", name="children"),
    CheckConstraint(
        "(effort_per_10000 IS NULL AND floor_cents IS NULL)"
        " OR (effort_per_10000 > 0 AND floor_cents BETWEEN unit_cents - care_cents AND unit_cents)",
        name="effort",
    ),
    ExcludeConstraint(
        ("grid_id", "="),
        ("children_from", "="),
        ("quotient", "&&"),
        name="ex_rate_bands_quotient",
        using="gist",
    ),
)
