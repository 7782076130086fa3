"""Migrations add: what an old process still needs is taken away by a later version.

So web processes are replaced one after the other, old and new ones side by side. A migration that
takes something away says in SAFE_BECAUSE which version stopped needing it.
"""

import ast
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "alembic" / "versions"
LAST_BEFORE_THE_RULE = 15
TAKES_AWAY = {
    "drop_column",
    "drop_constraint",
    "drop_table",
    "alter_column",
    "rename_table",
    "create_check_constraint",
    "create_foreign_key",
    "create_unique_constraint",
}
"""Operations that leave an older process asking for what is gone, or writing what is refused."""
EXPAND = """
def upgrade() -> None:
    op.add_column('track', sa.Column('mood', sa.String(64), nullable=True))
    op.add_column('track', sa.Column('fame', sa.Integer(), nullable=False, server_default='0'))
    op.create_index('ix_track_mood', 'track', ['mood'])

def downgrade() -> None:
    op.drop_column('track', 'mood')
"""
CONTRACTS = [
    "op.drop_column('track', 'genre')",
    "batch.alter_column('genre', nullable=False)",
    "op.add_column('track', sa.Column('mood', sa.String(64), nullable=False))",
    "op.create_index('ix', 'track', ['title'], unique=True)",
]


def takes_away(text: str) -> list[str]:
    """What a migration's upgrade does that an older process cannot live with."""
    tree = ast.parse(text)
    named = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    if "SAFE_BECAUSE" in named:
        return []
    upgrade = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "upgrade")
    calls = (node for node in ast.walk(upgrade) if isinstance(node, ast.Call))
    return [ast.unparse(call) for call in calls if _takes_away(call)]


def _takes_away(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name == "add_column":
        columns = (each for each in call.args if isinstance(each, ast.Call))
        return any(_says(each, nullable=False) and not _has_default(each) for each in columns)
    return name in TAKES_AWAY or (name == "create_index" and _says(call, unique=True))


def _says(call: ast.Call, **wanted: bool) -> bool:
    return any(
        word.arg in wanted
        and isinstance(word.value, ast.Constant)
        and word.value.value is wanted[word.arg]
        for word in call.keywords
    )


def _has_default(call: ast.Call) -> bool:
    return any(word.arg == "server_default" for word in call.keywords)


def test_what_only_adds_passes() -> None:
    assert takes_away(EXPAND) == []


@pytest.mark.parametrize("step", CONTRACTS)
def test_what_takes_away_is_found(step: str) -> None:
    assert takes_away(f"def upgrade():\n    {step}\n") == [step]


def test_what_takes_away_may_say_why() -> None:
    assert takes_away(f"SAFE_BECAUSE = '0.3'\ndef upgrade():\n    {CONTRACTS[0]}\n") == []


def test_migrations_only_add() -> None:
    ruled = [path for path in FOLDER.glob("[0-9]*.py") if int(path.name[:4]) > LAST_BEFORE_THE_RULE]
    found = {path.name: takes_away(path.read_text()) for path in ruled}
    assert {name: steps for name, steps in found.items() if steps} == {}
