"""How numbers and sizes are written, the same in the window, in messages and on the terminal."""

from typing import Final

# Neither breaks at the end of a line nor looks like a decimal mark anywhere.
GROUP_SPACE: Final = "\N{NARROW NO-BREAK SPACE}"


def grouped(number: float, spec: str = ",") -> str:
    """Return a number with its digits in groups of three: ``12 345``.

    ``spec`` is a format with "," for the groups, such as ``+,.0f``.
    """
    return format(number, spec).replace(",", GROUP_SPACE)


def bytes_text(n_bytes: int) -> str:
    """Write the size of a file: ``26 kB``, ``1.2 MB``."""
    return f"{n_bytes / 1e3:.0f} kB" if n_bytes < 100_000 else f"{n_bytes / 1e6:.1f} MB"
