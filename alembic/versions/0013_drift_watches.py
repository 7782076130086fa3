"""what watches for drift found, and how the delivery of alerts failed

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

import app.models.columns


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'drift_watch',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('signals', sa.JSON(), nullable=False),
        sa.Column('click_through', sa.JSON(), nullable=False),
        sa.Column('watched_at', app.models.columns.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(['version'], ['training.id']),
        sa.PrimaryKeyConstraint('id'),
        mysql_engine='InnoDB',
        mysql_charset='utf8mb4',
        mysql_collate='utf8mb4_bin',
    )
    op.create_index('ix_drift_watch_version', 'drift_watch', ['version'])
    op.create_index('ix_drift_watch_watched_at', 'drift_watch', ['watched_at'])
    op.add_column(
        'alert', sa.Column('delivery_failed_at', app.models.columns.UtcDateTime(), nullable=True)
    )
    op.add_column('alert', sa.Column('delivery_error', sa.String(1000), nullable=True))


def downgrade() -> None:
    op.drop_column('alert', 'delivery_error')
    op.drop_column('alert', 'delivery_failed_at')
    op.drop_table('drift_watch')
