"""graphql-codegen makes TypeScript of the schema, which its compiler takes in strict mode."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NODE = ROOT / "tests" / "node"
OPERATION = """query Home($first: Int) {
  recommendations(first: $first) {
    modelVersion
    items { score track { id title youtubeId artist { name } } }
  }
}
"""
USE = """
const asked: HomeQueryVariables = { first: 20 };
export function titles(home: HomeQuery): Array<string> {
  return home.recommendations.items.map((item) => item.track.title);
}
export const first: number | null | undefined = asked.first;
"""


@pytest.mark.npm
def test_typescript_is_made_of_the_schema(tmp_path: Path) -> None:
    (tmp_path / "home.graphql").write_text(OPERATION)
    command = ["node", str(NODE / "typescript.mjs"), str(ROOT / "schema.graphql")]
    made = subprocess.run(
        [*command, str(tmp_path / "home.graphql")], capture_output=True, text=True, check=True
    )
    source = tmp_path / "pytune.ts"
    source.write_text(made.stdout + USE)
    compiler = ["node", str(NODE / "node_modules" / "typescript" / "bin" / "tsc")]
    options = ["--strict", "--noEmit", "--target", "es2022"]
    checked = subprocess.run(
        [*compiler, *options, str(source)], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout) == (0, "")
