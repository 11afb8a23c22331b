"""Who runs the servers. PostgreSQL refuses root, so root hands both servers to an unprivileged account."""

import os
import pwd
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

# Where root keeps the data of a checkout that no other account can enter (below a 0700 home directory, say).
_OUTSIDE = Path("/var/lib/sekisho")


@dataclass(frozen=True)
class Account:
    """The account of the servers; without a uid it is the one of this process."""

    uid: int | None = None
    gid: int | None = None

    def run(self, *command: str | Path, cwd: Path, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end as this account, `given` on its standard input; the caller looks at the code.

        A session of its own, so that Ctrl-C in the terminal does not cut a server's start or a cluster's making.
        """
        return subprocess.run(
            command,
            cwd=cwd,
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
            input=given,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )

    def can_run(self, *command: str | Path) -> bool:
        """Whether the command, run as this account, can be reached and succeeds."""
        try:
            return self.run(*command, cwd=Path("/")).returncode == 0
        except OSError:
            return False

    def own(self, paths: Iterable[Path]) -> None:
        """Give paths to this account."""
        for path in paths:
            if self.uid is not None and self.gid is not None:
                os.chown(path, self.uid, self.gid)


def server_account(home: Path) -> Account:
    """The account that owns the data in `home` already, or else the one that shall."""
    if os.geteuid() != 0:
        return Account()
    data = home / "postgres"
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def choose_home(directory: Path) -> Path:
    """Where the data goes: into `directory`, unless the servers' account has no way in."""
    if os.geteuid() != 0:
        return directory
    for path in (directory.parent, directory):  # both are ours; under a strict umask nobody else could enter them
        path.chmod(path.stat().st_mode | 0o011)
    if server_account(directory).can_run("test", "-x", directory):
        return directory
    _OUTSIDE.mkdir(parents=True, exist_ok=True)
    home = Path(mkdtemp(dir=_OUTSIDE))  # a new one, because data whose passwords were deleted opens for nobody
    for path in (_OUTSIDE, home):
        path.chmod(0o755)
    return home
