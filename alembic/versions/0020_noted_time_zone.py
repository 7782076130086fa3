"""what browsers say of the time zone, apart from what was chosen

Revision: 0020, after 0019
"""

import sqlalchemy as sa
from alembic import op


revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('user', sa.Column('noted_time_zone', sa.String(64), nullable=True))


def downgrade() -> None:
    op.drop_column('user', 'noted_time_zone')
