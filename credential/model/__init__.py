"""The Open Badges 3.0 data model, every class of it: frozen values that become JSON and come back.

`from_json(to_json(x)) == x`. Lists are always written as lists, and nothing empty is written (Open Badges
3.0, Serialization). A value is well formed and no more: rules between members are in `conformance`.
"""

from credential.model.achievement import (
    Achievement,
    Alignment,
    Criteria,
    IdentifierEntry,
    Image,
    Related,
    Result,
    ResultDescription,
    RubricCriterionLevel,
)
from credential.model.credential import (
    AchievementCredential,
    AchievementSubject,
    CredentialSchema,
    CredentialStatus,
    EndorsementCredential,
    EndorsementSubject,
    Evidence,
    IdentityObject,
    Proof,
    RefreshService,
    TermsOfUse,
)
from credential.model.profile import Address, GeoCoordinates, Profile

__all__ = [
    "Achievement",
    "AchievementCredential",
    "AchievementSubject",
    "Address",
    "Alignment",
    "CredentialSchema",
    "CredentialStatus",
    "Criteria",
    "EndorsementCredential",
    "EndorsementSubject",
    "Evidence",
    "GeoCoordinates",
    "IdentifierEntry",
    "IdentityObject",
    "Image",
    "Profile",
    "Proof",
    "RefreshService",
    "Related",
    "Result",
    "ResultDescription",
    "RubricCriterionLevel",
    "TermsOfUse",
]
