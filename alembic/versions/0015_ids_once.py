"""ids that are given once, on SQLite too

Revision: 0015, after 0014
"""

from alembic import op


revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

_OURS = "SELECT our_id FROM external_id WHERE kind = '{0}'"
_CHANGED = "SELECT our_id FROM catalogue_change WHERE thing = '{0}'"
_EDITED = "SELECT max(our_id, coalesce(other_id, 0)) FROM catalogue_edit WHERE thing = '{0}'"
SPOKEN_OF = {
    'artist': (_OURS, _CHANGED, _EDITED),
    'track': (_OURS, _CHANGED, _EDITED),
    'user': (_OURS, 'SELECT user_id FROM data_import'),
    'data_import': ('SELECT import_id FROM external_id',),
    'training': ('SELECT model_version FROM prediction',),
}
"""Where ids of rows stand that may be gone: these are not given again either."""


def upgrade() -> None:
    for table in _tables():
        _copy(table, sqlite_autoincrement=True)
        spoken_of = (each.format(table) for each in SPOKEN_OF[table])
        ids = ' UNION ALL '.join((f'SELECT id AS id FROM "{table}"', *spoken_of))
        op.execute(f"DELETE FROM sqlite_sequence WHERE name = '{table}'")
        op.execute(f"INSERT INTO sqlite_sequence SELECT '{table}', coalesce(max(id), 0) FROM ({ids})")


def downgrade() -> None:
    for table in _tables():
        _copy(table)


def _tables() -> list[str]:
    """None on MySQL and MariaDB, which never give an id twice."""
    return list(SPOKEN_OF) if op.get_context().dialect.name == 'sqlite' else []


def _copy(table: str, **options: bool) -> None:
    """SQLite numbers as it was told when the table was made: all of it is copied to a new one."""
    with op.batch_alter_table(table, recreate='always', table_kwargs=options):
        pass
