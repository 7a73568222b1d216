"""Versions of a measurement whose series was replaced, and what waits to replace one."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "measurement_versions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("measurement_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_by", sa.String(), nullable=True),
        sa.Column("replaced_by_email", sa.String(), nullable=True),
        sa.Column("change", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("series_key", sa.String(), nullable=False),
        sa.Column("steps_key", sa.String(), nullable=False),
        sa.Column("cycles_key", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("row_count", sa.BigInteger(), nullable=True),
        sa.Column("step_count", sa.Integer(), nullable=True),
        sa.Column("finding_counts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("repairs", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("provenance", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["measurement_id"],
            ["cell_measurements.id"],
            ondelete="CASCADE",
            name=op.f("fk_measurement_versions_measurement_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurement_versions")),
        sa.UniqueConstraint("measurement_id", "number", name=op.f("uq_measurement_versions_measurement_id_number")),
    )
    with op.batch_alter_table("measurement_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measurement_versions_measurement_id"), ["measurement_id"], unique=False)
    with op.batch_alter_table("cell_measurements", schema=None) as batch_op:
        batch_op.add_column(sa.Column("replacement", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("replaced_from", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("coming_provenance", sa.JSON(none_as_null=True), nullable=True))
