"""The laboratory: sites, cyclers, channels, service and incidents, planned measurements."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sites",
        sa.Column("location", sa.String(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("custom", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=True),
        sa.Column("created_by_email", sa.String(), nullable=True),
        sa.Column("organization_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_sites_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
        sa.UniqueConstraint("organization_id", "name", name=op.f("uq_sites_organization_id_name")),
    )
    with op.batch_alter_table("sites", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sites_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sites_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "cyclers",
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("manufacturer", sa.String(), nullable=True),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("version", sa.String(), nullable=True),
        sa.Column("serial_number", sa.String(), nullable=True),
        sa.Column("firmware_version", sa.String(), nullable=True),
        sa.Column("hostname", sa.String(), nullable=True),
        sa.Column("ip_address", sa.String(), nullable=True),
        sa.Column("port", sa.Integer(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("last_calibrated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calibration_interval_days", sa.Integer(), nullable=True),
        sa.Column("calibration_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("custom", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=True),
        sa.Column("created_by_email", sa.String(), nullable=True),
        sa.Column("organization_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_cyclers_organization_id")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_cyclers_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_cyclers_site_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cyclers")),
        sa.UniqueConstraint("site_id", "name", name=op.f("uq_cyclers_site_id_name")),
    )
    with op.batch_alter_table("cyclers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cyclers_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_cyclers_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cyclers_project_id"), ["project_id"], unique=False)

    op.create_table(
        "channels",
        sa.Column("cycler_id", sa.String(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("out_of_commission", sa.Boolean(), nullable=False),
        sa.Column("max_amps", sa.Double(), nullable=True),
        sa.Column("min_volts", sa.Double(), nullable=True),
        sa.Column("max_volts", sa.Double(), nullable=True),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("custom", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=True),
        sa.Column("created_by_email", sa.String(), nullable=True),
        sa.Column("organization_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["cycler_id"], ["cyclers.id"], name=op.f("fk_channels_cycler_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_channels_organization_id")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_channels_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint("cycler_id", "name", name=op.f("uq_channels_cycler_id_name")),
    )
    with op.batch_alter_table("channels", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_channels_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_channels_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_channels_project_id"), ["project_id"], unique=False)

    op.create_table(
        "cycler_service_events",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("cycler_id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("event_type", sa.String(), nullable=False),
        sa.Column("scheduled_for", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scheduled_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("performed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=True),
        sa.Column("performed_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cycler_id"], ["cyclers.id"], name=op.f("fk_cycler_service_events_cycler_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_cycler_service_events_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycler_service_events")),
    )
    with op.batch_alter_table("cycler_service_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cycler_service_events_cycler_id"), ["cycler_id"], unique=False)

    op.create_table(
        "channel_incidents",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("service_event_id", sa.String(), nullable=True),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("service_scheduled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("service_scheduled_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution_notes", sa.Text(), nullable=True),
        sa.Column("started_by", sa.String(), nullable=True),
        sa.Column("resolved_by", sa.String(), nullable=True),
        sa.Column("is_estimated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_channel_incidents_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_channel_incidents_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service_event_id"],
            ["cycler_service_events.id"],
            name=op.f("fk_channel_incidents_service_event_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_incidents")),
    )
    with op.batch_alter_table("channel_incidents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_channel_incidents_channel_id"), ["channel_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_channel_incidents_service_event_id"), ["service_event_id"], unique=False)

    op.create_table(
        "planned_measurements",
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("protocol_id", sa.String(), nullable=True),
        sa.Column("cell_specification_id", sa.String(), nullable=True),
        sa.Column("cell_instance_id", sa.String(), nullable=True),
        sa.Column("channel_id", sa.String(), nullable=True),
        sa.Column("planned_start_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("planned_end_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estimated_duration_seconds", sa.Integer(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("requested_by_email", sa.String(), nullable=True),
        sa.Column("scheduled_by_email", sa.String(), nullable=True),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("custom", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=True),
        sa.Column("created_by_email", sa.String(), nullable=True),
        sa.Column("organization_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cell_instance_id"],
            ["cell_instances.id"],
            name=op.f("fk_planned_measurements_cell_instance_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["cell_specification_id"],
            ["cell_specifications.id"],
            name=op.f("fk_planned_measurements_cell_specification_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_planned_measurements_channel_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_planned_measurements_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_planned_measurements_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_measurements")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_planned_measurements_project_id_name")),
    )
    with op.batch_alter_table("planned_measurements", schema=None) as batch_op:
        batch_op.create_index("ix_planned_measurements_channel_id", ["channel_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_planned_measurements_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_planned_measurements_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_planned_measurements_project_id"), ["project_id"], unique=False)
    on_test = sa.text("end_time IS NULL AND channel_id IS NOT NULL")
    op.create_index(
        "ix_cell_measurements_on_test",
        "cell_measurements",
        ["project_id"],
        unique=False,
        sqlite_where=on_test,
        postgresql_where=on_test,
    )
