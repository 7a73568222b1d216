"""How the tables of a series are made may be chosen."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("cell_measurements", schema=None) as batch_op:
        batch_op.add_column(sa.Column("summary_rules", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("own_steps", sa.Boolean(), nullable=True))
