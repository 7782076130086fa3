"""notes of what was changed in the catalogue

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

import app.models.columns


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('catalogue_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('thing', sa.Enum('track', 'artist', 'everything', name='changedthing', native_enum=False, length=32), nullable=False),
    sa.Column('our_id', sa.Integer(), nullable=True),
    sa.Column('changed_at', app.models.columns.UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB',
    sqlite_autoincrement=True
    )


def downgrade() -> None:
    op.drop_table('catalogue_change')
