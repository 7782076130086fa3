"""what a token is for, and when it was last used

Revision: 0012, after 0011
"""

import sqlalchemy as sa
from alembic import op

import app.models.columns


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('api_token') as batch:
        batch.add_column(sa.Column('is_program', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column('last_used_at', app.models.columns.UtcDateTime(), nullable=True))
    with op.batch_alter_table('api_token') as batch:
        batch.alter_column('is_program', existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('api_token') as batch:
        batch.drop_column('last_used_at')
        batch.drop_column('is_program')
