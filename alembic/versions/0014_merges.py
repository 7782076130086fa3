"""merged tracks and artists, and who edited the catalogue

Revision: 0014, after 0013
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.models.columns


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ('artist', 'track'):
        op.add_column(table, sa.Column('merged_into_id', sa.Integer(), nullable=True))
        op.create_index(f'ix_{table}_merged_into_id', table, ['merged_into_id'], unique=False)
    for table in ('event', 'external_id', 'playlist_track'):
        op.add_column(table, sa.Column('merged_from', sa.Integer(), nullable=True))
    op.create_table('catalogue_edit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('edit', 'merge', 'separate', name='editkind', native_enum=False, length=32), nullable=False),
    sa.Column('thing', sa.Enum('track', 'artist', 'user', name='externalkind', native_enum=False, length=32), nullable=False),
    sa.Column('our_id', sa.Integer(), nullable=False),
    sa.Column('other_id', sa.Integer(), nullable=True),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('edited_by', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('edited_at', app.models.columns.UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    mysql_charset='utf8mb4',
    mysql_collate='utf8mb4_bin',
    mysql_engine='InnoDB'
    )
    op.create_index('ix_catalogue_edit_ours', 'catalogue_edit', ['thing', 'our_id'], unique=False)


def downgrade() -> None:
    op.drop_table('catalogue_edit')
    for table in ('playlist_track', 'external_id', 'event'):
        op.drop_column(table, 'merged_from')
    for table in ('track', 'artist'):
        op.drop_index(f'ix_{table}_merged_into_id', table)
        op.drop_column(table, 'merged_into_id')
