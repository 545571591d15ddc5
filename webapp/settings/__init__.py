"""Settings of Wangge, all from the environment; docs/operations/settings.md names every variable.

The same module serves the demo, an installation and the tests: what differs is the environment.
"""

from webapp.settings.base import *  # noqa: F403
from webapp.settings.security import *  # noqa: F403
