"""Everything the window can be asked to do: one table, and what is made from it."""
