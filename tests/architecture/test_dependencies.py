"""What a route depends on runs on the event loop: a plain function costs a thread each time."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]


def in_threads(source: str) -> list[str]:
    """Plain functions of a module that its routes would have called in another thread."""
    tree = ast.parse(source)
    plain = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return [
        argument.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Depends"
        for argument in node.args
        if isinstance(argument, ast.Name) and argument.id in plain
    ]


def test_no_dependency_of_a_route_is_a_plain_function() -> None:
    sources = [*ROOT.glob("services/*/src/**/*.py"), *ROOT.glob("gateway/src/**/*.py")]
    assert {path: found for path in sources if (found := in_threads(path.read_text()))} == {}


def test_a_planted_one_is_found() -> None:
    planted = "def who(request): ...\nWho = Annotated[str, Depends(who)]\n"
    assert in_threads(planted) == ["who"]
    assert in_threads(planted.replace("def", "async def")) == []
