"""searches over recipes

Revision: 0010, after 0009
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.models.columns


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

_MYSQL = {'mysql_charset': 'utf8mb4', 'mysql_collate': 'utf8mb4_bin', 'mysql_engine': 'InnoDB'}


def upgrade() -> None:
    op.create_table('tuning',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('requested_by', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('state', sa.Enum('queued', 'running', 'finished', 'failed', name='trainingstate', native_enum=False, length=32), nullable=False),
    sa.Column('progress', sa.Float(), nullable=False),
    sa.Column('seconds', sa.Integer(), nullable=False),
    sa.Column('seed', sa.Integer(), nullable=False),
    sa.Column('resumed', sa.Integer(), nullable=False),
    sa.Column('algorithm', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
    sa.Column('settings', sa.JSON(), nullable=True),
    sa.Column('ndcg', sa.Float(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('job_id', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('heartbeat_at', app.models.columns.UtcDateTime(), nullable=True),
    sa.Column('created_at', app.models.columns.UtcDateTime(), nullable=False),
    sa.Column('started_at', app.models.columns.UtcDateTime(), nullable=True),
    sa.Column('finished_at', app.models.columns.UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    **_MYSQL
    )
    op.create_index('ix_tuning_state', 'tuning', ['state'], unique=False)
    op.create_table('tuning_trial',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('tuning_id', sa.Integer(), nullable=False),
    sa.Column('trial', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['tuning_id'], ['tuning.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    **_MYSQL
    )
    op.create_index('ix_tuning_trial_tuning_id', 'tuning_trial', ['tuning_id'], unique=False)


def downgrade() -> None:
    op.drop_table('tuning_trial')
    op.drop_table('tuning')
