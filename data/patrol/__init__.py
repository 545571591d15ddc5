"""Patrol plans as people hand them in: a CSV file, read and checked."""

from data.patrol.plans import COLUMNS, PlanRow, PlansRefused, read

__all__ = ["COLUMNS", "PlanRow", "PlansRefused", "read"]
