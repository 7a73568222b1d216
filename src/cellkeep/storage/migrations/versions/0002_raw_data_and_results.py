"""Raw files, datasets, analyses, studies, watches; materials become records like all others."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_LONG_AGO = "1970-01-01 00:00:00"
"""Only until the next statement: materials that are there take the times of their project."""


def upgrade() -> None:
    op.create_table(
        "retired_objects",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_retired_objects")),
    )
    with op.batch_alter_table("retired_objects", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_retired_objects_retired_at"), ["retired_at"], unique=False)

    op.create_table(
        "raw_data",
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("custom", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=True),
        sa.Column("created_by_email", sa.String(), nullable=True),
        sa.Column("organization_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_raw_data_organization_id")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_raw_data_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raw_data")),
        sa.UniqueConstraint("key", name=op.f("uq_raw_data_key")),
    )
    with op.batch_alter_table("raw_data", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_raw_data_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_raw_data_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_raw_data_project_id"), ["project_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_raw_data_sha256"), ["sha256"], unique=False)

    op.create_table(
        "studies",
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("custom", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=True),
        sa.Column("created_by_email", sa.String(), nullable=True),
        sa.Column("organization_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_studies_organization_id")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_studies_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_studies")),
    )
    with op.batch_alter_table("studies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_studies_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_studies_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_studies_project_id"), ["project_id"], unique=False)

    op.create_table(
        "material_property_datasets",
        sa.Column("material_id", sa.String(), nullable=False),
        sa.Column("original_key", sa.String(), nullable=False),
        sa.Column("nan_counts", sa.JSON(), nullable=True),
        sa.Column("data_version", sa.Integer(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("source_pipeline_id", sa.String(), nullable=True),
        sa.Column("source_simple_pipeline_id", sa.String(), nullable=True),
        sa.Column("source_analysis_id", sa.String(), nullable=True),
        sa.Column("source_label", sa.String(), nullable=True),
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
            ["material_id"],
            ["materials.id"],
            name=op.f("fk_material_property_datasets_material_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_material_property_datasets_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_material_property_datasets_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material_property_datasets")),
        sa.UniqueConstraint("key", name=op.f("uq_material_property_datasets_key")),
        sa.UniqueConstraint("original_key", name=op.f("uq_material_property_datasets_original_key")),
    )
    with op.batch_alter_table("material_property_datasets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_material_property_datasets_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_material_property_datasets_material_id"), ["material_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_material_property_datasets_organization_id"), ["organization_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_material_property_datasets_project_id"), ["project_id"], unique=False)

    op.create_table(
        "analyses",
        sa.Column("measurement_id", sa.String(), nullable=False),
        sa.Column("analysis_type", sa.String(), nullable=False),
        sa.Column("plots", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("source_pipeline_id", sa.String(), nullable=True),
        sa.Column("source_simple_pipeline_id", sa.String(), nullable=True),
        sa.Column("source_analysis_id", sa.String(), nullable=True),
        sa.Column("source_label", sa.String(), nullable=True),
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
            ["measurement_id"], ["cell_measurements.id"], name=op.f("fk_analyses_measurement_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_analyses_organization_id")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_analyses_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analyses")),
        sa.UniqueConstraint("key", name=op.f("uq_analyses_key")),
    )
    with op.batch_alter_table("analyses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_analyses_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_analyses_measurement_id"), ["measurement_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_analyses_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_analyses_project_id"), ["project_id"], unique=False)

    op.create_table(
        "measurement_raw_data",
        sa.Column("measurement_id", sa.String(), nullable=False),
        sa.Column("raw_data_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measurement_id"],
            ["cell_measurements.id"],
            name=op.f("fk_measurement_raw_data_measurement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["raw_data_id"], ["raw_data.id"], name=op.f("fk_measurement_raw_data_raw_data_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("measurement_id", "raw_data_id", name=op.f("pk_measurement_raw_data")),
    )
    with op.batch_alter_table("measurement_raw_data", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measurement_raw_data_raw_data_id"), ["raw_data_id"], unique=False)

    op.create_table(
        "measurement_watches",
        sa.Column("measurement_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measurement_id"],
            ["cell_measurements.id"],
            name=op.f("fk_measurement_watches_measurement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_measurement_watches_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("measurement_id", "user_id", name=op.f("pk_measurement_watches")),
    )
    with op.batch_alter_table("measurement_watches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measurement_watches_user_id"), ["user_id"], unique=False)

    op.create_table(
        "study_measurements",
        sa.Column("study_id", sa.String(), nullable=False),
        sa.Column("measurement_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measurement_id"],
            ["cell_measurements.id"],
            name=op.f("fk_study_measurements_measurement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["studies.id"], name=op.f("fk_study_measurements_study_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("study_id", "measurement_id", name=op.f("pk_study_measurements")),
    )
    with op.batch_alter_table("study_measurements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_study_measurements_measurement_id"), ["measurement_id"], unique=False)

    with op.batch_alter_table("cell_measurements", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("extended_sha256", sa.String(), nullable=True))
        batch_op.create_index(batch_op.f("ix_cell_measurements_channel_id"), ["channel_id"], unique=False)

    with op.batch_alter_table("materials", schema=None) as batch_op:
        batch_op.add_column(sa.Column("custom", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(
            sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=_LONG_AGO)
        )
        batch_op.add_column(
            sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=_LONG_AGO)
        )
        batch_op.add_column(sa.Column("created_by", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("created_by_email", sa.String(), nullable=True))
        batch_op.create_index(batch_op.f("ix_materials_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_materials_project_id"), ["project_id"], unique=False)

    of_project = "(SELECT created_at FROM projects WHERE projects.id = materials.project_id)"
    op.execute(f"UPDATE materials SET created_at = {of_project}, updated_at = {of_project}")  # noqa: S608
