"""when listeners had paused the record of listening

Revision: 0019, after 0018
"""

import sqlalchemy as sa
from alembic import op

import app.models.columns


revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('record_pause',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('began_at', app.models.columns.UtcDateTime(), nullable=False),
    sa.Column('ended_at', app.models.columns.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'began_at'),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )


def downgrade() -> None:
    op.drop_table('record_pause')
