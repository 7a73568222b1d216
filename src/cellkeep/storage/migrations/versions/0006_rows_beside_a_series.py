"""Rows may lie beside a series, which a program that does not know of them would read as if they were not there.

And it is known what was confirmed last, of all that a person may have sent to be appended.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("cell_measurements", schema=None) as batch_op:
        batch_op.add_column(sa.Column("extended_from", sa.String(), nullable=True))
