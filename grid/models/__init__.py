"""The tables of ground and people."""

from grid.models.audit import AuditEntry, AuditSeal
from grid.models.grants import EventGrant, GrantState
from grid.models.ground import Grid, Level, Region, Revision
from grid.models.people import (
    SEPARATED,
    Organisation,
    OrganisationKind,
    Post,
    Role,
    SecondFactor,
    User,
    UserSession,
)
from grid.models.places import HouseNumber, Place

__all__ = [
    "SEPARATED",
    "AuditEntry",
    "AuditSeal",
    "EventGrant",
    "GrantState",
    "Grid",
    "HouseNumber",
    "Level",
    "Organisation",
    "OrganisationKind",
    "Place",
    "Post",
    "Region",
    "Revision",
    "Role",
    "SecondFactor",
    "User",
    "UserSession",
]
