"""The words of the explaining page. They follow the formulas of the engine; README states the same ones."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Section:
    """One topic: HTML paragraphs, and the names of the lessons that picture it, each with a caption."""

    name: str
    title: str
    html: str
    pictures: tuple[tuple[str, str], ...] = ()


SECTIONS: Final = (
    Section(
        "cell",
        "Columns and cells",
        """<p>Time runs to the right, price upwards. A <b>column</b> is a short span of event time (0.1 s
        unless you choose another), a <b>cell</b> one price in one column. An event changes the
        cell of the price that it names; one that names no price in view touches the cell at the spot,
        without any quantity. Every other cell goes into the next column as it is, to the last bit, so
        there are no holes; a finished column never changes.</p>
        <p>The field shows K prices on each side of the <b>spot</b>: the middle of best bid (mint line)
        and best ask (rose line), held while it moves by half a tick. When the spot moves, a cell
        stays with its price.</p>""",
        (("cell", "One order, three seconds. Each of these scenes is a list of orders that the engine "
          "has just computed on this machine."),),
    ),
    Section(
        "flows",
        "Three flows",
        """<p>At each price the engine measures three flows, in contracts or shares per second: <b>add</b>
        (new and enlarged orders), <b>pull</b> (cancelled and reduced orders) and <b>fill</b>
        (what was traded; that is never counted as pulled as well).</p>
        <p>A flow is smoothed with a time constant <b>τ</b>, 2 s unless you choose another: an order of 10
        counts 10/τ = 5 a second at first, and 37 % of that τ later. There is no window of seconds
        that things drop out of. Besides the velocity v of each flow the engine follows its
        acceleration a and its jerk j. What is left of the three:</p>
        <pre>v_rest = v_add &minus; v_pull &minus; v_fill</pre>""",
    ),
    Section(
        "pressure",
        "Pressure: liquidity is building",
        """<p>How fast orders are added at a price: the rate of adding, half of what remains of it after
        pulls and fills, and smaller parts for adding that speeds up. It is never below zero. With the usual
        weights:</p>
        <pre>pressure = v_add + 0.5 max(v_rest, 0) + 0.3 τ max(a_add, 0) + 0.1 τ² max(j_add, 0)</pre>
        <p>Pressure is about <i>change</i>: a large order adds to it when it comes, not while it
        rests.</p>""",
        (("pressure", "40 contracts a second for three seconds. Afterwards an unchanged order is sent "
          "again and again, which adds nothing: the pressure fades by some 63 % in each τ."),),
    ),
    Section(
        "vacuum",
        "Vacuum: liquidity is draining",
        """<p>How fast orders leave a price, by cancelling or by trading. A traded quantity weighs half as
        much again as a pulled one.</p>
        <pre>vacuum = v_pull + 1.5 v_fill + 0.5 max(&minus;v_rest, 0)
       + 0.3 τ max(a_pull + a_fill, 0) + 0.1 τ² max(j_pull + j_fill, 0)</pre>""",
        (("vacuum", "Three walls of asks are pulled, in steps of five contracts."),
         ("fill", "The same quantity leaves two prices at once. What was eaten by a trade (the dot; its area "
          "is the size, mint for a buyer, rose for a seller) leaves the stronger vacuum."),),
    ),
    Section(
        "net",
        "Net and balance",
        """<p><b>Net</b> is pressure less vacuum: blue where more is building, amber where more is draining.
        Dark means that neither is, <i>or that both are alike</i>; the layers Pressure and Vacuum
        tell which.</p>
        <p><b>Balance</b> asks how one-sided the flow is, whatever its size:</p>
        <pre>balance = net / (pressure + vacuum + 1)</pre>
        <p>It lies between &minus;1 and +1. A lonely small order can give a strong balance.</p>""",
        (("net", "Busy is not the same as bright."),
         ("balance_net", "Net: a small flow one way, and a large one nearly both ways."),
         ("balance", "Balance of the same orders: the small flow is one-sided, the large one is not."),),
    ),
    Section(
        "persistence",
        "Shades stay: mind their age",
        """<p>A cell is computed when an event touches its price, and keeps that shade until the next one,
        however long that takes. So a shade says what was so <i>at the last event here</i>. The
        layer Age shows how long ago that was, the read-out says it for the cell under the
        pointer, and “Dim by age” (A) fades old cells.</p>""",
        (("persistence", "The same orders at two prices; then events without any quantity at the upper one."),
         ("dimmed", "The same with “Dim by age”."),),
    ),
    Section(
        "resistance",
        "Resistance",
        """<p>Beside Depth the only layer that looks at <i>how much</i> rests at a price: the logarithm of the
        quantity D there, raised (at most to the double) while it grows and lowered (at most to
        nothing) while it drains.</p>
        <pre>resistance = log(1 + D) (1 + v_rest τ / (D + |v_rest| τ + 1))</pre>
        <p>Like the others it is computed when an event touches the price: what came with a snapshot counts
        from the first event on. It says nothing about whether the quantity will still be there when
        the price arrives.</p>""",
        (("resistance", "A wall among levels of 20 contracts: before, while and after most of it is "
          "pulled. The logarithm keeps large and small comparable."),),
    ),
    Section(
        "drive",
        "Drive: the field in one number",
        """<p>Pressure below the spot and vacuum above it count as <b>up</b>, the reverse as <b>down</b>.
        Prices near the spot weigh more (the weight falls to 37 % within three prices), and so do fresh
        cells (to 37 % within τ of their last event).</p>
        <pre>drive = (up &minus; down) / (up + down + 1)</pre>
        <p>It lies between &minus;1 and +1 and says which side weighs more, not how much happens: after a
        one-sided burst it stays high for a while, as both sums fade alike.</p>""",
        (("drive", "First support is built and offers are pulled, then the reverse."),),
    ),
    Section(
        "gap",
        "Gaps and partial books",
        """<p>While a feed is interrupted, its columns are hatched: what happened then is not known.
        Afterwards the book is built again from a snapshot, and the field begins anew; what comes
        with a snapshot rests there but is no flow.</p>
        <p>Data that begin in mid-session without a snapshot give a <b>partial</b> book. Its depth counts
        only orders seen since, a level can look thin that is not, and best bid and ask can be
        wrong at first. Pressure and vacuum count what happens from then on. The badge at the
        lower edge of the window says so.</p>""",
        (("gap", "Three seconds without a feed."),
         ("partial", "The layer Depth of a partial book."),),
    ),
    Section(
        "limits",
        "What they do not mean",
        """<ul>
        <li><b>They do not forecast.</b> They describe what orders have done. Prices move into pressure
        and away from vacuum too.</li>
        <li><b>They do not read minds.</b> A pulled order does not say why, or whose it was; an order can
        be placed in order to be pulled.</li>
        <li><b>They know only this feed.</b> Hidden orders and the hidden part of icebergs show only when
        they trade; other venues, other expiries and what the orders hedge do not show at
        all.</li>
        <li><b>A colour is relative</b> to the scale on the left, which you choose. Compare numbers, not
        colours, between instruments, days, or other settings of τ and the weights.</li>
        <li><b>τ is a choice.</b> What builds at a τ of 2 s may drain at one of 30 s; neither is
        truer.</li>
        <li><b>The simulated session is made up</b> by rules. Nothing can be learned from it about real
        prices.</li>
        </ul>
        <p>To see why one cell has its colour, click it: the inspector lists every term of these formulas
        with its number, and the events that it came from.</p>""",
    ),
)  # fmt: skip

# Where each layer is explained.
SECTION_OF_LAYER: Final = {
    "net": "net",
    "balance": "net",
    "pressure": "pressure",
    "vacuum": "vacuum",
    "resistance": "resistance",
    "depth": "resistance",
    "age": "persistence",
}
