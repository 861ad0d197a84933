"""The engine thread: commands in, status and columns out. No Qt."""
