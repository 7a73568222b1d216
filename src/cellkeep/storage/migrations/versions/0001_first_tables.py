"""first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organizations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
    )
    op.create_table(
        "projects",
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("custom", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=True),
        sa.Column("created_by_email", sa.String(), nullable=True),
        sa.Column("organization_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_projects_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("organization_id", "name", name=op.f("uq_projects_organization_id_name")),
    )
    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_projects_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_projects_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "users",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("organization_id", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("organization_role", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_users_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_api_keys_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_keys_user_id"), ["user_id"], unique=False)

    op.create_table(
        "cell_specifications",
        sa.Column("form_factor", sa.String(), nullable=True),
        sa.Column("manufacturer", sa.String(), nullable=True),
        sa.Column("ratings", sa.JSON(), nullable=False),
        sa.Column("properties", sa.JSON(), nullable=False),
        sa.Column("source", sa.JSON(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("canonical", sa.JSON(), nullable=False),
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
            ["organization_id"], ["organizations.id"], name=op.f("fk_cell_specifications_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_cell_specifications_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cell_specifications")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_cell_specifications_project_id_name")),
    )
    with op.batch_alter_table("cell_specifications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cell_specifications_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_cell_specifications_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cell_specifications_project_id"), ["project_id"], unique=False)

    op.create_table(
        "login_links",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_login_links_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_login_links")),
    )
    op.create_table(
        "materials",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("organization_id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("manufacturer", sa.String(), nullable=False),
        sa.Column("product_id", sa.String(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_materials_organization_id")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_materials_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_materials")),
        sa.UniqueConstraint(
            "project_id",
            "name",
            "manufacturer",
            "product_id",
            name=op.f("uq_materials_project_id_name_manufacturer_product_id"),
        ),
    )
    with op.batch_alter_table("materials", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_materials_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "project_members",
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_members_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_project_members_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("project_id", "user_id", name=op.f("pk_project_members")),
    )
    with op.batch_alter_table("project_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_members_user_id"), ["user_id"], unique=False)

    op.create_table(
        "cell_batches",
        sa.Column("cell_specification_id", sa.String(), nullable=False),
        sa.Column("folded_name", sa.String(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("date_manufactured", sa.Date(), nullable=True),
        sa.Column("properties", sa.JSON(), nullable=False),
        sa.Column("canonical", sa.JSON(), nullable=False),
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
            ["cell_specification_id"],
            ["cell_specifications.id"],
            name=op.f("fk_cell_batches_cell_specification_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_cell_batches_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_cell_batches_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cell_batches")),
        sa.UniqueConstraint(
            "cell_specification_id", "folded_name", name=op.f("uq_cell_batches_cell_specification_id_folded_name")
        ),
    )
    with op.batch_alter_table("cell_batches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cell_batches_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_cell_batches_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cell_batches_project_id"), ["project_id"], unique=False)

    op.create_table(
        "components",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("cell_specification_id", sa.String(), nullable=False),
        sa.Column("component_type", sa.String(), nullable=False),
        sa.Column("material_id", sa.String(), nullable=True),
        sa.Column("properties", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cell_specification_id"],
            ["cell_specifications.id"],
            name=op.f("fk_components_cell_specification_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["material_id"], ["materials.id"], name=op.f("fk_components_material_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_components")),
        sa.UniqueConstraint(
            "cell_specification_id", "component_type", name=op.f("uq_components_cell_specification_id_component_type")
        ),
    )
    with op.batch_alter_table("components", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_components_material_id"), ["material_id"], unique=False)

    op.create_table(
        "cell_instances",
        sa.Column("cell_specification_id", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=True),
        sa.Column("date_manufactured", sa.Date(), nullable=True),
        sa.Column("measured_properties", sa.JSON(), nullable=False),
        sa.Column("canonical", sa.JSON(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
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
            ["batch_id"], ["cell_batches.id"], name=op.f("fk_cell_instances_batch_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["cell_specification_id"],
            ["cell_specifications.id"],
            name=op.f("fk_cell_instances_cell_specification_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_cell_instances_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_cell_instances_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cell_instances")),
        sa.UniqueConstraint("cell_specification_id", "name", name=op.f("uq_cell_instances_cell_specification_id_name")),
    )
    with op.batch_alter_table("cell_instances", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cell_instances_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cell_instances_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_cell_instances_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cell_instances_project_id"), ["project_id"], unique=False)

    op.create_table(
        "cell_measurements",
        sa.Column("cell_instance_id", sa.String(), nullable=False),
        sa.Column("specification_id", sa.String(), nullable=False),
        sa.Column("measurement_type", sa.String(), nullable=False),
        sa.Column("data_type", sa.String(), nullable=True),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estimated_end_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estimated_end_time_note", sa.String(), nullable=True),
        sa.Column("estimated_end_time_calculated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("channel_id", sa.String(), nullable=True),
        sa.Column("protocol_id", sa.String(), nullable=True),
        sa.Column("protocol", sa.JSON(), nullable=True),
        sa.Column("test_setup", sa.JSON(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("properties", sa.JSON(), nullable=True),
        sa.Column("canonical", sa.JSON(), nullable=False),
        sa.Column("step_labels_validated", sa.Boolean(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=True),
        sa.Column("step_count", sa.Integer(), nullable=True),
        sa.Column("processing_status", sa.String(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("processing_error", sa.Text(), nullable=True),
        sa.Column("worth_retrying", sa.Boolean(), nullable=False),
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
            name=op.f("fk_cell_measurements_cell_instance_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_cell_measurements_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_cell_measurements_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["specification_id"],
            ["cell_specifications.id"],
            name=op.f("fk_cell_measurements_specification_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cell_measurements")),
        sa.UniqueConstraint("cell_instance_id", "name", name=op.f("uq_cell_measurements_cell_instance_id_name")),
    )
    with op.batch_alter_table("cell_measurements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cell_measurements_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_cell_measurements_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cell_measurements_processing_status"), ["processing_status"], unique=False)
        batch_op.create_index("ix_cell_measurements_project_created", ["project_id", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_cell_measurements_project_id"), ["project_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cell_measurements_specification_id"), ["specification_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cell_measurements_start_time"), ["start_time"], unique=False)

    op.create_table(
        "measurement_blobs",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("measurement_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measurement_id"],
            ["cell_measurements.id"],
            name=op.f("fk_measurement_blobs_measurement_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_measurement_blobs")),
        sa.UniqueConstraint(
            "measurement_id", "role", "position", name=op.f("uq_measurement_blobs_measurement_id_role_position")
        ),
    )
    with op.batch_alter_table("measurement_blobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measurement_blobs_measurement_id"), ["measurement_id"], unique=False)

    op.create_table(
        "measurement_tags",
        sa.Column("measurement_id", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measurement_id"],
            ["cell_measurements.id"],
            name=op.f("fk_measurement_tags_measurement_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("measurement_id", "folded", name=op.f("pk_measurement_tags")),
    )
    with op.batch_alter_table("measurement_tags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measurement_tags_folded"), ["folded"], unique=False)
