"""The columns of the price ladder, and how they share its width."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class LadderColumn:
    """A column: its title, its share of the width, and the ladder's width below which it is left out."""

    name: str
    title: str
    share: float
    needs_pt: int
    tip: str


COLUMNS: Final = (
    LadderColumn("bid", "Bid", 1.15, 0, "Quantity resting to buy"),
    LadderColumn(
        "price", "Price", 1.25, 0, "Best bid and ask are tinted; the last trade is boxed, the spot dotted"
    ),
    LadderColumn("ask", "Ask", 1.15, 0, "Quantity resting to sell"),
    LadderColumn("added", "Added", 0.9, 330, "Quantity added since the price came into the band"),
    LadderColumn("pulled", "Pulled", 0.9, 330, "Quantity cancelled since the price came into the band"),
    LadderColumn("filled", "Filled", 0.9, 330, "Resting quantity filled since the price came into the band"),
    LadderColumn(
        "traded", "Traded", 1.0, 270, "Quantity traded in the time in view; bought from the left, sold after"
    ),
    LadderColumn(
        "flow", "Vac | Press", 1.3, 210, "Vacuum to the left, pressure to the right, now; root scale"
    ),
)
LADDER_COLUMNS: Final = tuple(column.name for column in COLUMNS if column.name != "price")  # can be hidden


def place_columns(width_pt: int, hidden: frozenset[str]) -> dict[str, tuple[float, float]]:
    """Return left and right of the columns that are shown, in points, by name; they leave no gap.

    Columns that need more room than there is are left out, as those hidden are.
    """
    chosen = [column for column in COLUMNS if column.name not in hidden]
    # what is hidden leaves its room to the others
    roomy_pt = width_pt * sum(column.share for column in COLUMNS) / sum(column.share for column in chosen)
    shown = [column for column in chosen if roomy_pt >= column.needs_pt]
    unit = width_pt / sum(column.share for column in shown)
    places: dict[str, tuple[float, float]] = {}
    left = 0.0
    for column in shown:
        right = left + column.share * unit
        places[column.name] = (round(left), round(right))
        left = right
    return places
