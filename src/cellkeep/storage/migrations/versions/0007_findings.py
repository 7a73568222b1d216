"""What the checks found in a measurement, what was repaired before it came, and how its rows are checked on."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "measurement_findings",
        sa.Column("measurement_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["measurement_id"],
            ["cell_measurements.id"],
            ondelete="CASCADE",
            name=op.f("fk_measurement_findings_measurement_id"),
        ),
        sa.PrimaryKeyConstraint("measurement_id", "position", name=op.f("pk_measurement_findings")),
    )
    with op.batch_alter_table("measurement_findings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measurement_findings_code"), ["code"], unique=False)
    op.create_table(
        "measurement_check_states",
        sa.Column("measurement_id", sa.String(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measurement_id"],
            ["cell_measurements.id"],
            ondelete="CASCADE",
            name=op.f("fk_measurement_check_states_measurement_id"),
        ),
        sa.PrimaryKeyConstraint("measurement_id", name=op.f("pk_measurement_check_states")),
    )
    with op.batch_alter_table("cell_measurements", schema=None) as batch_op:
        batch_op.add_column(sa.Column("finding_counts", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("repairs", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("time_span_s", sa.Double(), nullable=True))
