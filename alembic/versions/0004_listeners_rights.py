"""a listener's rights: pause, history by time, videos set aside

Revision: 0004, after 0003
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.models.columns


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('user', sa.Column('paused_at', app.models.columns.UtcDateTime(), nullable=True))
    op.create_index('ix_event_history', 'event', ['user_id', 'kind', 'occurred_at'], unique=False)
    op.create_table('wrong_video',
    sa.Column('track_id', sa.Integer(), nullable=False),
    sa.Column('youtube_id', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('set_aside_at', app.models.columns.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['track_id'], ['track.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('track_id', 'youtube_id'),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )


def downgrade() -> None:
    op.drop_table('wrong_video')
    op.drop_index('ix_event_history', table_name='event')
    op.drop_column('user', 'paused_at')
