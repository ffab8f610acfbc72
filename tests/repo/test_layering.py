"""The rooms import one way only."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "imr_rules"

# From left to right: a room may import from those before it, never from those after it.
ORDER = (
    "notice", "counted", "statistics", "errors", "misfits", "strict_yaml", "data_folders",
    "whole_files", "letters", "treatments", "facts", "guidelines", "engines", "reading",
    "knowledge", "cases", "explain", "table", "audit", "checklist", "lint", "preview", "whatif",
    "schemas", "serve", "cli", "__main__",
)  # fmt: skip
APART = ("audit", "checklist", "preview")


_ROW = re.compile(r"^\| ((?:`[a-z_]+/?`(?:, )?)+) \|", re.MULTILINE)


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    rooms: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
            if node.module == "imr_rules":
                names = [f"imr_rules.{alias.name}" for alias in node.names]
        rooms.update(n.split(".")[1] for n in names if n.startswith("imr_rules."))
    return rooms


def test_the_map_for_newcomers_names_every_room_in_this_order() -> None:
    """ARCHITECTURE.md and the walk below speak of the same house."""
    told = (SOURCE.parents[1] / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = re.findall(r"`([a-z_]+)/?`", " ".join(_ROW.findall(told)))
    assert [*rooms, "__main__"] == list(ORDER)
    assert {room_of(path) for path in modules()} - {"__init__"} == set(ORDER)


def test_there_are_modules_to_check() -> None:
    """The walk finds the package; an empty one would pass everything."""
    assert len(modules()) > 40


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_room_imports_only_from_rooms_before_it(path: Path) -> None:
    """No arrow points back, and the rooms for users never import one another."""
    room = room_of(path)
    if room == "__init__":
        return
    for other in imported_rooms(path) - {room, "__version__"}:
        assert ORDER.index(other) < ORDER.index(room), f"{room} imports {other}"
        assert not (room in APART and other in APART), f"{room} imports {other}"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_engines_never_see_a_letter(path: Path) -> None:
    """No engine can look at the decision it predicts."""
    if room_of(path) == "engines":
        assert not imported_rooms(path) & {"letters", "cases"}
