"""vpdesk: the pressure and vacuum of liquidity around the spot price, event by event.

    core      the engine, the book, the field, the column ring: numpy and numba only
    sources   files, live feeds, the simulator: records in stream order
    gateway   a stand-in for a live feed that serves files on this machine
    runtime   the engine thread: commands in, status and columns out
    export    columns as Parquet or Arrow files
    display   what to show and how to paint it: scales, palettes, kernels
    ui        the window: Qt and pyqtgraph; knows no feed and no engine
    app       puts the parts together;  cli  is the door

An import points only to the left: ``core <- sources <- gateway``, ``sources <- runtime <- app``,
``sources <- export <- app``, ``core <- display <- ui <- app``. Of the runtime the ui knows only the
messages: commands, status, session. ``errors``, ``paths`` and ``jit`` stand below all.
``tests/test_architecture.py`` holds this.
"""

__version__ = "0.1.0"
