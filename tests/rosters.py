"""OneRoster archives for tests: one student who does not exist, and what a test changes."""

from __future__ import annotations

from tests.workbooks import package

USERS = (
    b"sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,"
    b"email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,"
    b"preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns\r\n"
)
ROLES = (
    b"sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,"
    b"userProfileSourcedId\r\n"
)
BORN = b"sourcedId,status,dateLastModified,birthDate\r\n"
STATES = (
    b"propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,1.2\r\nfile.users,bulk\r\nfile.roles,bulk\r\n"
    b"file.demographics,bulk\r\n"
)
USER = b"u-1,,,true,odile,,Odile,Hart,,500000001,,,,,11,,,,,,,\r\n"
ROLE = b"r-1,,,u-1,primary,student,,,org-1,\r\n"


def roster(**changes: bytes) -> bytes:
    """A OneRoster archive of one student, with some of its files changed; an empty one is left out."""
    files = {
        "manifest.csv": STATES,
        "users.csv": USERS + USER,
        "roles.csv": ROLES + ROLE,
        "demographics.csv": BORN + b"u-1,,,2009-02-03\r\n",
    }
    return package({name: content for name, content in (files | changes).items() if content})
