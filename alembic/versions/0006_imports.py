"""Imports that go on where they were left, belong to somebody and can be undone

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.models.columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

def _of_import():
    return (
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column(
            "requested_by",
            sqlmodel.sql.sqltypes.AutoString(length=100),
            nullable=False,
            server_default="command line",
        ),
        sa.Column("progress", sa.Float(), nullable=False, server_default="0"),
        sa.Column("job_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("heartbeat_at", app.models.columns.UtcDateTime(), nullable=True),
        *(
            sa.Column(name, sa.Integer(), nullable=False, server_default="0")
            for name in ("attempts", "rows_passed_over", "tracks_added", "part", "position")
        ),
        sa.Column("rejected_bytes", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("tally", sa.JSON(), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=True),
    )

def _of_external_id():
    return (
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("matched", sa.Boolean(), nullable=False, server_default=sa.false()),
    )



def upgrade() -> None:
    # Added as they are, not by a copy of the table: both databases can, and rows refer to these.
    for column in _of_import():
        op.add_column("data_import", column)
    for column in _of_external_id():
        op.add_column("external_id", column)
    key = sa.Column("match_key", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True)
    op.add_column("track", key)
    op.create_index("ix_data_import_user_id", "data_import", ["user_id"])
    op.create_index("ix_external_id_import_id", "external_id", ["import_id"])
    op.create_index("ix_external_id_ours", "external_id", ["kind", "our_id"])
    op.create_index("ix_track_match_key", "track", ["match_key"])


def downgrade() -> None:
    op.drop_index("ix_track_match_key", "track")
    op.drop_index("ix_external_id_ours", "external_id")
    op.drop_index("ix_external_id_import_id", "external_id")
    op.drop_index("ix_data_import_user_id", "data_import")
    op.drop_column("track", "match_key")
    for column in reversed(_of_external_id()):
        op.drop_column("external_id", column.name)
    for column in reversed(_of_import()):
        op.drop_column("data_import", column.name)
