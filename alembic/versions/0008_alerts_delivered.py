"""when the webhook took an alert

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

import app.models.columns


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('alert', sa.Column('delivered_at', app.models.columns.UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column('alert', 'delivered_at')
