"""Puts the parts together: what the command line calls. The only package that knows them all."""
