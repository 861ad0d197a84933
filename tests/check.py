"""Every check of the project, one after the other: ``python -m tests.check [arguments for pytest]``.

Ends with the first that fails, so that the last lines on the screen say what to mend.
"""

import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent

CHECKS: Final = (
    ("ruff", "check"),
    ("ruff", "format", "--check"),
    ("mypy",),
    ("pytest",),
)


def main(pytest_arguments: list[str]) -> int:
    """Run the checks; return 1 at the first that fails or crashes, else 0."""
    for check in CHECKS:
        arguments = [*check, *pytest_arguments] if check == ("pytest",) else [*check]
        sys.stderr.write(f"\n$ {shlex.join(arguments)}\n")
        code = subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, check=False).returncode
        if code != 0:
            how = "failed" if code > 0 else f"was ended by {signal.Signals(-code).name}"
            sys.stderr.write(f"{shlex.join(check)} {how}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
