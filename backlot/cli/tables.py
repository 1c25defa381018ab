"""Tables on a terminal, and whole ones in a pipe."""

from rich.console import Console
from rich.table import Table

_WIDE = 400


def show(table: Table) -> None:
    """Print a table to standard output; for another program no column is cut short."""
    console = Console()
    if not console.is_terminal:
        console.width = _WIDE
    console.print(table)
