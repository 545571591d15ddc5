"""The tables of ground and people."""

from grid.models.audit import AuditEntry, AuditSeal
from grid.models.grants import EventGrant, GrantState
from grid.models.ground import Grid, Level, Region, Revision
from grid.models.people import Organisation, OrganisationKind, Post, Role, User, UserSession
from grid.models.places import HouseNumber, Place

__all__ = [
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
    "User",
    "UserSession",
]
