"""The digest of a large object may be computed after its record was written."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("measurement_blobs", "raw_data"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column("sha256", existing_type=sa.String(), nullable=True)
