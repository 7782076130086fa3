"""by which id a listen came, what tracks are called elsewhere, and artists before a merge

Revision: 0021, after 0020
"""

import sqlalchemy as sa
from alembic import op


revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

_ONLY_ID = """
UPDATE event SET came_by = (
  SELECT min(known.id) FROM external_id AS known
  WHERE known.kind = 'track' AND known.our_id = event.track_id AND known.source = event.source
  AND coalesce(known.merged_from, 0) = coalesce(event.merged_from, 0)
  GROUP BY known.our_id HAVING count(*) = 1
) WHERE import_id IS NOT NULL
"""
"""Where an import's source has one id for the track, its listens came by that.

SQLite takes no HAVING without GROUP BY before 3.39.
"""

_NAMES = """
UPDATE external_id SET
  title = (SELECT track.title FROM track WHERE track.id = external_id.our_id),
  artist = (
    SELECT artist.name FROM track JOIN artist ON artist.id = track.artist_id
    WHERE track.id = external_id.our_id
  )
WHERE kind = 'track' AND NOT matched
"""
"""A track is called as by the id that brought it, until somebody says otherwise."""


def upgrade() -> None:
    op.add_column('event', sa.Column('came_by', sa.Integer(), nullable=True))
    op.add_column('track', sa.Column('artist_merged_from', sa.Integer(), nullable=True))
    for name in ('title', 'artist'):
        op.add_column('external_id', sa.Column(name, sa.String(500), nullable=True))
    if _is_sqlite():
        _copy(sqlite_autoincrement=True)
    op.execute(_ONLY_ID)
    op.execute(_NAMES)


def downgrade() -> None:
    if _is_sqlite():
        _copy()
    for name in ('artist', 'title'):
        op.drop_column('external_id', name)
    op.drop_column('track', 'artist_merged_from')
    op.drop_column('event', 'came_by')


def _is_sqlite() -> bool:
    """MySQL and MariaDB never give an id twice."""
    return op.get_context().dialect.name == 'sqlite'


def _copy(**options: bool) -> None:
    """As in 0015: listens speak of ids that may be gone."""
    with op.batch_alter_table('external_id', recreate='always', table_kwargs=options):
        pass
