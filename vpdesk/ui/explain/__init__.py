"""The explaining page: its words and the pictures the engine computes for it."""
