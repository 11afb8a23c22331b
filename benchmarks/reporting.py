"""Results as tables for people and as JSON for machines."""

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

_WIDTH = 140  # where there is no terminal, as in a log


def open_console() -> Console:
    """Standard output."""
    console = Console()
    return console if console.is_terminal else Console(width=_WIDTH)


@dataclass
class Result:
    """One table: rows of text for people, the numbers behind them for machines."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    numbers: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, *cells: str, **numbers: Any) -> None:
        """One row."""
        self.rows.append(cells)
        self.numbers.append(numbers)

    def print(self, console: Console) -> None:
        """The table with its notes."""
        table = Table(title=self.title, title_justify="left", title_style="bold")
        for index, column in enumerate(self.columns):
            table.add_column(column, justify="left" if index == 0 else "right", no_wrap=True)
        for row in self.rows:
            table.add_row(*row)
        console.print(table)
        for note in self.notes:
            console.print(note, style="dim", highlight=False)


def surroundings(server: str) -> dict[str, Any]:
    """What the numbers were measured with. Ratios travel to other machines; absolute numbers do not."""
    packages = ("django", "psycopg", "django-tenants", "gunicorn")
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "postgresql": server,
        "packages": {name: version(name) for name in packages},
        "processors": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "load_at_start": round(os.getloadavg()[0], 2),
    }


def print_surroundings(console: Console, found: dict[str, Any]) -> None:
    """One line of it."""
    packages = ", ".join(f"{name} {number}" for name, number in found["packages"].items())
    console.print(
        f"{found['date']}: Python {found['python']}, PostgreSQL {found['postgresql']}, {packages};"
        f" {found['processors']} processors, {found['memory_gib']} GiB, load {found['load_at_start']} at the start",
        style="dim",
        highlight=False,
    )


def write_json(path: Path, found: dict[str, Any], results: list[Result]) -> None:
    """Everything that was measured."""
    tables = [
        {key: value for key, value in asdict(result).items() if key in {"title", "numbers", "notes"}}
        for result in results
    ]
    path.write_text(json.dumps({"surroundings": found, "results": tables}, indent=2, default=str) + "\n")


def milliseconds(seconds: float) -> str:
    """Three significant digits."""
    value = seconds * 1000
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"
