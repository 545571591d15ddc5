"""Evaluation in files: the journal's export counted again, and the form of the yearly self-assessment."""
