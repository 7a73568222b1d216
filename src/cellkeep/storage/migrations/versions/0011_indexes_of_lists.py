"""Indexes by which lists over everything are quick, in place of others that no query gained by."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("cell_measurements", schema=None) as batch_op:
        for column in ("organization_id", "created_at", "project_id", "specification_id"):
            batch_op.drop_index(batch_op.f(f"ix_cell_measurements_{column}"))
        batch_op.drop_index("ix_cell_measurements_project_created")
        batch_op.create_index(
            "ix_cell_measurements_created", ["created_at", "organization_id", "project_id", "measurement_type"]
        )
        batch_op.create_index(
            "ix_cell_measurements_project", ["project_id", "created_at", "organization_id", "measurement_type"]
        )
        batch_op.create_index("ix_cell_measurements_of_spec", ["specification_id", "start_time", "created_at"])
        batch_op.create_index(
            "ix_cell_measurements_of_cell", ["cell_instance_id", "processing_status", "start_time", "created_at"]
        )
    with op.batch_alter_table("measurement_findings", schema=None) as batch_op:
        batch_op.create_index("ix_measurement_findings_severity", ["severity", "measurement_id"])
