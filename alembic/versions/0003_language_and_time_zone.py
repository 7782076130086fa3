"""language and time zone of users

Revision: 0003, after 0002
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('user', sa.Column('language', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=True))
    op.add_column('user', sa.Column('time_zone', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column('user', 'time_zone')
    op.drop_column('user', 'language')
