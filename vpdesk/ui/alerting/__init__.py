"""Alerts: their rules, marks, sound and log."""
