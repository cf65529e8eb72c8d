"""What the guide handed to families promises, and the tests that do it as it says.

`python -m support.guide` writes the table again. A test names the promises that it keeps with
`@pytest.mark.guide("6.1")`; one that is run by every hand takes the argument `hand`.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parents[1]
TABLE = TESTS.parent / "docs" / "guide-coverage.md"
ALL_HANDS = "mouse, keyboard, finger at 360 px, no script"

HEAD = """# What the families' guide promises, and where it is kept

Each line is one promise of the guide that the reference authority hands to its families, in our
words, by the guide's own section numbers; then the page that keeps it and the tests that do it.
Made from the marks of the tests by `make documents`; a promise without a test, or a
mark without a promise, fails the build.

| promise | page | kept by | done with |
|---|---|---|---|
"""


@dataclass(frozen=True)
class Promise:
    words: str
    page: str


PROMISES = {
    "0.1": Promise("An identifier and a password are handed out on request", "/activation"),
    "1.1": Promise("Home: guardians, balance, unpaid invoices, children", "/"),
    "1.2": Promise("The password can be changed", "/mon-compte/mot-de-passe"),
    "1.3": Promise("My account: the family and its children", "/mon-compte"),
    "1.4": Promise("A child can be added", "/enfants/nouveau"),
    "1.5": Promise(
        "For each child: authorisations, daily life, health, photo, printed sheet, enrolments in"
        " progress, new enrolment, school enrolment, absence",
        "/enfants/{id}",
    ),
    "1.6": Promise("The rates applied to each child", "/enfants/{id}"),
    "1.7": Promise("Statement of account: invoices and payments", "/releve"),
    "1.8": Promise("Inbox: the family and the authority write to each other", "/messages"),
    "2.1": Promise("What is on file is read and changed in its place", "/mon-compte"),
    "3.1": Promise("Bookings and enrolments are one press of the bar away", "/agenda"),
    "4.1": Promise("Whatever is entered is a request that awaits validation", "/demandes/{id}"),
    "5.1": Promise("An invoice is read, with the balance brought forward", "/factures/{id}"),
    "5.2": Promise("Online payment is said not to be available", "/factures"),
    "5.3": Promise("An invoice is printed or archived", "/factures/{id}/document"),
    "5.4": Promise("The child's sheet is printed, simple or complete", "/enfants/{id}/fiche.pdf"),
    "5.5": Promise("The form of a new family is printed or filled in", "/preinscription"),
    "5.6": Promise("A password is letters and digits, 20 at most", "/mon-compte/mot-de-passe"),
    "5.7": Promise("The authority is written to", "/messages/nouveau"),
    "5.8": Promise("The state of each request is seen", "/demandes"),
    "6.1": Promise("A day is asked for by its menu; the symbol is in its cell", "/agenda"),
    "6.2": Promise("The front desk books for a family, and it is marked so", "/console/guichet"),
    "7.1": Promise(
        "An absence is declared by the day's menu, with a reason of the list", "/agenda"
    ),
    "7.2": Promise("Another reason is told in the parent's own words", "/agenda"),
    "8.1": Promise("Requests decided less than a month ago are listed, older apart", "/demandes"),
    "8.2": Promise("The list is that of my account or of my children", "/demandes"),
    "9.1": Promise(
        "Who forgot the password writes to the centre; the answer goes to the address on file",
        "/mot-de-passe-oublie",
    ),
}


@dataclass(frozen=True)
class Kept:
    """A test that keeps a promise, and what it does it with."""

    test: str
    hands: str


def kept() -> dict[str, list[Kept]]:
    """By promise, the tests that say they keep it. Raises KeyError for a promise never made."""
    found: dict[str, list[Kept]] = {number: [] for number in PROMISES}
    for path in sorted(TESTS.rglob("test_*.py")):
        for test, numbers in _marked(ast.parse(path.read_text())):
            name = f"{path.relative_to(TESTS)}::{test.name}"
            for number in numbers:
                found[number].append(Kept(name, _hands(test, path)))
    return found


def _hands(test: ast.AsyncFunctionDef | ast.FunctionDef, path: Path) -> str:
    if path.parent.name != "journeys":
        return "forms over HTTP"
    return ALL_HANDS if "hand" in {argument.arg for argument in test.args.args} else "mouse"


def _marked(
    module: ast.Module,
) -> Iterator[tuple[ast.AsyncFunctionDef | ast.FunctionDef, list[str]]]:
    for node in module.body:
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
            numbers = [
                str(argument.value)
                for mark in node.decorator_list
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.guide"
                for argument in mark.args
                if isinstance(argument, ast.Constant)
            ]
            if numbers:
                yield node, numbers


def as_table() -> str:
    rows = []
    for number, tests in kept().items():
        promise = PROMISES[number]
        names = "<br>".join(f"`{one.test}`" for one in tests)
        hands = "; ".join(dict.fromkeys(one.hands for one in tests))
        rows.append(f"| {number} {promise.words} | `{promise.page}` | {names} | {hands} |")
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    TABLE.write_text(as_table())
