"""The heatmap: the field, its axes and marks, and how people move around in it."""
