"""artists that a listener starts with

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

import app.models.columns


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('artist_pick',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('artist_id', sa.Integer(), nullable=False),
    sa.Column('picked_at', app.models.columns.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['artist_id'], ['artist.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'artist_id'),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_index('ix_artist_pick_artist_id', 'artist_pick', ['artist_id'], unique=False)


def downgrade() -> None:
    op.drop_table('artist_pick')
