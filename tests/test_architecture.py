"""The house rules: imports point down, files and functions stay small, doors load nothing heavy."""

import ast
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "recto"
FILES = sorted(SOURCE.rglob("*.py"))

# A part imports only from lines above its own. `engines` and `stores` stand on one floor and know neither each other.
FLOORS = [
    ["document"],
    ["ports"],
    ["reading"],
    ["schemas"],
    ["recall"],
    ["pipeline"],
    ["submission"],
    ["engines", "stores"],
    ["training"],
    ["settings"],
    ["plugs"],
    ["app"],
    ["doors"],
]
HEIGHT = {part: height for height, floor in enumerate(FLOORS) for part in floor}
HEAVY = {
    "torch",
    "transformers",
    "onnxruntime",
    "cv2",
    "rapidocr",
    "numpy",
    "pypdfium2",
    "PIL",
    "matplotlib",
    "sqlalchemy",
}


def part_of(module: str) -> str:
    """`recto.reading.pdf` -> `reading`; the package itself -> ``."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def module_of(path: Path) -> str:
    names = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(names[:-1] if names[-1] == "__init__" else names)


def imports_of(path: Path) -> Iterator[str]:
    """Every module of ours that a file imports, at the top and inside functions."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "recto")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "recto":
            for alias in node.names:
                candidate = f"{node.module}.{alias.name}"
                yield candidate if candidate in MODULES else str(node.module)


MODULES = {module_of(path): path for path in FILES}


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}", node


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body without the docstring."""
    body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_part_imports_only_from_the_floors_above_its_own(module):
    own = part_of(module)
    if own not in HEIGHT:
        return
    for imported in imports_of(MODULES[module]):
        other = part_of(imported)
        if other == own or other not in HEIGHT:
            continue
        assert HEIGHT[other] < HEIGHT[own], f"{module} imports {imported}"


def test_every_part_stands_on_a_floor():
    parts = {path.relative_to(SOURCE).parts[0].removesuffix(".py") for path in FILES} - {"__init__", "__main__"}
    assert parts - set(HEIGHT) - {"client", "support"} == set()


def test_no_module_imports_itself_around_a_corner():
    graph = {module: {name for name in imports_of(path) if name != module} for module, path in MODULES.items()}
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " -> ".join([*trail, module])
        if module not in done:
            for other in sorted(graph.get(module, ())):
                visit(other, (*trail, module))
            done.add(module)

    for module in graph:
        visit(module, ())


def test_functions_are_short():
    sizes = {name: body_lines(node) for name, node in functions()}
    assert [f"{name}: {size}" for name, size in sizes.items() if size > 50] == []
    ordered = sorted(sizes.values())
    assert statistics.median(ordered) <= 8
    assert ordered[int(len(ordered) * 0.95)] <= 30


def test_functions_take_at_most_seven_parameters():
    # Typer reads a command's options from its parameters, so a command may have more.
    too_many = []
    for name, node in functions():
        arguments = [
            a for a in node.args.posonlyargs + node.args.args + node.args.kwonlyargs if a.arg not in ("self", "cls")
        ]
        if len(arguments) > 7 and not name.startswith("doors/cli"):
            too_many.append(name)
    assert too_many == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_file_is_short_and_says_what_it_is_for(path):
    text = path.read_text()
    assert text.count("\n") <= 400
    assert (ast.get_docstring(ast.parse(text)) or "").strip(), "the first line says what the module is for"


def test_every_return_is_typed():
    assert [name for name, node in functions() if node.returns is None] == []


def test_no_relative_and_no_star_imports_and_none_of_our_own_inside_a_function():
    wrong = []
    for path in FILES:
        tree = ast.parse(path.read_text())
        inner = {
            id(node)
            for function in ast.walk(tree)
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
            for node in ast.walk(function)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                ours = (node.module or "").split(".")[0] == "recto"
                if node.level or any(a.name == "*" for a in node.names) or (ours and id(node) in inner):
                    wrong.append(f"{path.relative_to(SOURCE)}:{node.lineno}")
    assert wrong == []


def test_no_door_loads_a_heavy_library_at_import():
    # All in one process, one after the other: the first module that brings one in is the one to name.
    light = [
        module for module in sorted(MODULES) if part_of(module) in ("document", "ports", "pipeline", "app", "doors")
    ]
    code = f"""
import importlib, sys
guilty = {{}}
for module in {light!r}:
    try:
        importlib.import_module(module)
    except ModuleNotFoundError as missing:
        assert missing.name.split(".")[0] not in ("recto",), missing
    for name in {sorted(HEAVY)!r}:
        if name in sys.modules:
            guilty.setdefault(name, module)
print(guilty)
"""
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert out.stdout.strip() == "{}", out.stdout + out.stderr[-500:]
