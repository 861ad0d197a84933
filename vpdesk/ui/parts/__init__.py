"""Pieces that any part of the window is made of: colours, words, icons, small widgets."""
