"""A figure, the limit it is compared with, and how both are shown and kept."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """`ratio` is ours over limit; `aim` is in the words of the issue that set it."""

    name: str
    ours: float
    limit: float | None
    unit: str
    aim: str
    limit_is: str = ""

    @property
    def ratio(self) -> float | None:
        return round(self.ours / self.limit, 3) if self.limit else None


def show(figures: list[Figure]) -> str:
    head = f"{'figure':<28}{'ours':>12}{'limit':>12}{'ratio':>8}  {'unit':<10}{'aim':<22}limit is"
    rows = [
        f"{f.name:<28}{f.ours:>12.2f}{f.limit or 0:>12.2f}{f.ratio or 0:>8.2f}"
        f"  {f.unit:<10}{f.aim:<22}{f.limit_is}"
        for f in figures
    ]
    return "\n".join([head, "-" * len(head), *rows])


def keep(figures: list[Figure], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [{**asdict(figure), "ratio": figure.ratio} for figure in figures]
    path.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
