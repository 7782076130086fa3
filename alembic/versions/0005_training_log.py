"""the log of trainings, and their stages as codes

Revision: 0005, after 0004
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.models.columns


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('training_log',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('training_id', sa.Integer(), nullable=False),
    sa.Column('at', app.models.columns.UtcDateTime(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
    sa.ForeignKeyConstraint(['training_id'], ['training.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_index(op.f('ix_training_log_training_id'), 'training_log', ['training_id'], unique=False)
    op.execute("UPDATE training SET stage = 'reading' WHERE stage = 'reading listens'")
    op.execute("UPDATE training SET stage = 'promoting' WHERE stage = 'finishing' OR state = 'finished'")
    op.execute("UPDATE training SET stage = 'waiting' WHERE stage = ''")


def downgrade() -> None:
    op.execute("UPDATE training SET stage = '' WHERE stage = 'waiting' OR state = 'finished'")
    op.drop_table('training_log')
