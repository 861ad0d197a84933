"""The threads that a session runs on."""

import threading


def engine_threads() -> list[str]:
    """Return the names of the threads of sessions that have not ended."""
    names = ("vpdesk-engine", "vpdesk-index", "vpdesk-close", "vpdesk-decode")
    return [thread.name for thread in threading.enumerate() if thread.name in names]
