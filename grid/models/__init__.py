"""The tables of ground and people."""

from grid.models.audit import AuditEntry, AuditSeal
from grid.models.ground import Grid, Level, Place, Region, Revision
from grid.models.people import Organisation, OrganisationKind, Post, Role, User, UserSession

__all__ = [
    "AuditEntry",
    "AuditSeal",
    "Grid",
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
