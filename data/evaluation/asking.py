"""What the scripts that count again are asked, on the command line."""

import argparse


def asking(description: str) -> argparse.ArgumentParser:
    """A file of rows, the days that are counted (--from and --to, both included), as of when, and whose days."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("file")
    parser.add_argument("--from", dest="since", required=True, help="first day")
    parser.add_argument("--to", dest="until", required=True, help="last day, counted")
    parser.add_argument("--as-of", required=True, help="time with its zone")
    parser.add_argument("--zone", default="Asia/Shanghai", help="whose days")
    return parser
