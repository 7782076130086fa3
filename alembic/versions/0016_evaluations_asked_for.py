"""evaluations that somebody asked for

Revision: 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op

import app.models.columns


revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'evaluation_run',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('training_id', sa.Integer(), nullable=False),
        sa.Column('evaluation_id', sa.Integer(), nullable=True),
        sa.Column('requested_by', sa.String(100), nullable=False),
        sa.Column(
            'state',
            sa.Enum('queued', 'running', 'finished', 'failed',
                    name='trainingstate', native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column('progress', sa.Float(), nullable=False),
        sa.Column('error', sa.Text(), nullable=True),
        sa.Column('heartbeat_at', app.models.columns.UtcDateTime(), nullable=True),
        sa.Column('created_at', app.models.columns.UtcDateTime(), nullable=False),
        sa.Column('started_at', app.models.columns.UtcDateTime(), nullable=True),
        sa.Column('finished_at', app.models.columns.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(['training_id'], ['training.id'], ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['evaluation_id'], ['evaluation.id'], ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('evaluation_id'),
        mysql_engine='InnoDB',
        mysql_charset='utf8mb4',
        mysql_collate='utf8mb4_bin',
    )
    op.create_index('ix_evaluation_run_training_id', 'evaluation_run', ['training_id'])
    op.create_index('ix_evaluation_run_state', 'evaluation_run', ['state'])


def downgrade() -> None:
    # The version before would take them for what a training was promoted by.
    found = op.get_bind().exec_driver_sql(
        'SELECT evaluation_id FROM evaluation_run WHERE evaluation_id IS NOT NULL'
    )
    for number in found.scalars().all():
        op.execute(sa.text('DELETE FROM evaluation WHERE id = :number').bindparams(number=number))
    op.drop_table('evaluation_run')
