"""The program ``dot``: where it is, and how it is run."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from mlviz.i18n import Message
from mlviz.layout.graph import CancelEvent, LayoutCancelled, LayoutError

TIME_LIMIT_SECONDS = 10.0
_POLL_SECONDS = 0.05


def find_dot() -> Path | None:
    """Return the program: ``$MLVIZ_DOT``, else graphviz-pure's own, else ``dot`` on the path."""
    return _find_dot(os.environ.get("MLVIZ_DOT", ""), os.environ.get("PATH", ""))


@lru_cache(maxsize=8)
def _find_dot(named: str, path: str) -> Path | None:
    if named:
        found = shutil.which(named, path=path)
        return Path(found) if found else None
    own = _graphviz_pure()
    if own is not None:
        return own
    found = shutil.which("dot", path=path)
    return Path(found) if found else None


def _graphviz_pure() -> Path | None:
    """Return the program of the graphviz-pure distribution; its folder need not be on the path."""
    try:
        files = metadata.files("graphviz-pure") or []
    except metadata.PackageNotFoundError:
        return None
    for file in files:
        if file.name in ("graphviz-pure", "graphviz-pure.exe"):
            program = Path(str(file.locate())).resolve()
            if program.is_file():
                return program
    return None


def run_dot(
    program: Path,
    source: str,
    cancel: CancelEvent | None = None,
    time_limit_seconds: float = TIME_LIMIT_SECONDS,
) -> list[str]:
    """Return the lines of ``dot -Tplain``. The program never outlives this call.

    Raises:
        LayoutError: if the program cannot be started, fails, or takes too long.
        LayoutCancelled: if the event is set before it is done.
    """
    # Through a file: communicate() does not go on feeding a pipe after it was interrupted.
    with tempfile.TemporaryFile() as given:
        given.write(source.encode())
        given.seek(0)
        try:
            process = subprocess.Popen(
                [program, "-Kdot", "-Tplain"],
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as problem:
            raise LayoutError(Message("error.layout.dot_failed", problem=str(problem))) from problem
    with process:
        try:
            out, err = _wait(process, cancel, time_limit_seconds)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        said = err.decode(errors="replace").strip() or f"exit code {process.returncode}"
        raise LayoutError(Message("error.layout.dot_failed", problem=said))
    return out.decode().splitlines()


def _wait(
    process: "subprocess.Popen[bytes]", cancel: CancelEvent | None, time_limit_seconds: float
) -> tuple[bytes, bytes]:
    deadline = time.monotonic() + time_limit_seconds
    while True:
        if cancel is not None and cancel.is_set():
            raise LayoutCancelled
        left = deadline - time.monotonic()
        if left <= 0:
            seconds = f"{time_limit_seconds:g}"
            raise LayoutError(Message("error.layout.timeout", seconds=seconds))
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=min(left, _POLL_SECONDS))
