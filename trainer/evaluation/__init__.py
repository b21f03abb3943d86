"""Metrics, intervals, calibration, comparison and reports."""
