"""what the trials of a search rest on, and whether they still count

Revision: 0018, after 0017
"""

import sqlalchemy as sa
from alembic import op


revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    last_event_id = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.add_column('tuning', sa.Column('last_event_id', last_event_id, nullable=True))
    op.add_column('tuning', sa.Column('footing', sa.String(64), nullable=True))
    op.add_column(
        'tuning_trial',
        sa.Column('set_aside', sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_column('tuning_trial', 'set_aside')
    op.drop_column('tuning', 'footing')
    op.drop_column('tuning', 'last_event_id')
