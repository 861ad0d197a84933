"""The engine: order book, field, and the ring of columns. No Qt, no files, no clock."""
