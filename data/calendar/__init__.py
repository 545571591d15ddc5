"""Holidays and make-up working days, from the package that carries the State Council's notices or from a CSV file."""

from data.calendar.days import CalendarRefused, Day, covered_years, from_csv, from_package

__all__ = ["CalendarRefused", "Day", "covered_years", "from_csv", "from_package"]
