"""Transport, the session's time line, bookmarks and parameters."""
