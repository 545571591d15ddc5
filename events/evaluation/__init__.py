"""Evaluation: indicators counted from the journal alone, so that a past month asked again is the same report."""
