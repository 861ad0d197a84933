"""The window. Qt and pyqtgraph; knows no feed."""
