"""Looking at the servers of a stack, and other processes that use it."""

import subprocess
import sys
from pathlib import Path

import psycopg

from config.installation import BASE_DIR
from config.stack import Stack


def query(url: str, statement: str) -> object:
    """One value, asked over a connection of its own."""
    with psycopg.connect(url) as connection:
        cursor = connection.execute(statement)
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def postgres_process_id(stack: Stack) -> int:
    """The process that PostgreSQL wrote down for itself."""
    return int((stack.home / "postgres/postmaster.pid").read_text().split()[0])


def start_python(var_dir: Path, code: str) -> subprocess.Popen[str]:
    """Another process of the same checkout; it prints one line when it holds its lease, and ends when told to."""
    program = f"import os, sys\nfrom pathlib import Path\nfrom config.stack import acquire\n{code}"
    return subprocess.Popen(
        [sys.executable, "-c", program, var_dir], cwd=BASE_DIR, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


HOLD = """
with acquire(Path(sys.argv[1])) as lease:
    print((lease.stack.home / "postgres/postmaster.pid").read_text().split()[0], flush=True)
    sys.stdin.read()
"""


def line_of(process: subprocess.Popen[str]) -> str:
    """The next line that the process prints."""
    assert process.stdout is not None
    return process.stdout.readline().strip()
