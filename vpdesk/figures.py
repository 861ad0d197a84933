"""How whole numbers are grouped, the same in the window, in messages and on the terminal."""

from typing import Final

# Neither breaks at the end of a line nor looks like a decimal mark anywhere.
GROUP_SPACE: Final = "\N{NARROW NO-BREAK SPACE}"


def grouped(number: float, spec: str = ",") -> str:
    """Return a number with its digits in groups of three: ``12 345``.

    ``spec`` is a format with "," for the groups, such as ``+,.0f``.
    """
    return format(number, spec).replace(",", GROUP_SPACE)
