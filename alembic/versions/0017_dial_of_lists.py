"""the dial that a list was asked for with

Of lists served before, it is not known: they count as lists of the unheard, which most are.

Revision: 0017, after 0016
"""

import sqlalchemy as sa
from alembic import op


revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('prediction', sa.Column('discovery', sa.Double(), nullable=True))


def downgrade() -> None:
    op.drop_column('prediction', 'discovery')
