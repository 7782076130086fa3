"""turns, rollbacks and removed artifacts

Revision: 0002, after 0001
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.models.columns


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('turn',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('taken_at', app.models.columns.UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('name'),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    # Added as they are, not by a copy of the table: both databases can, and rows refer to these.
    op.add_column('training', sa.Column('artifact_removed_at', app.models.columns.UtcDateTime(), nullable=True))
    op.add_column('promotion', sa.Column('is_rollback', sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column('promotion', 'is_rollback')
    op.drop_column('training', 'artifact_removed_at')
    op.drop_table('turn')
