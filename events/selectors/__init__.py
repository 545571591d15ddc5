"""Reads: what may be seen of events, as frozen read models."""
