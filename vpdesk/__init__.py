"""vpdesk: the pressure and vacuum of liquidity around the spot price, event by event.

    core      the engine, the book, the field, the column ring     numpy and numba only
    sources   files, live feeds, the simulator: records in stream order     no Qt
    runtime   the one engine thread: commands in, status and columns out    no Qt
    display   what to show and how to paint it: scales, palettes, kernels   no Qt
    ui        the window: Qt and pyqtgraph; knows no feed and no engine
    app       puts the parts together;  cli  is the door

An import may only point to the left of ``core <- sources <- runtime`` and ``core <- display <- ui``
(``ui`` also reads ``runtime.commands`` and ``runtime.status``); ``tests/test_architecture.py`` holds it.
"""

__version__ = "0.1.0"
