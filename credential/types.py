"""What a credential is, and the vocabularies of the Open Badges 3.0 data model (section B, Enumerations)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, Self

from credential.errors import CredentialError

_EXTENSION: Final = re.compile(r"ext:[A-Za-z0-9._][A-Za-z0-9._-]*")


class Extension(str):
    """A term of our own or somebody else's, beside a vocabulary: `ext:ReadinessDetermination`.

    Raises:
        CredentialError: `bad_member` if it is not `ext:` and then letters, digits, `.`, `_` or `-`.
    """

    __slots__ = ()

    def __new__(cls, term: str) -> Self:
        """Check the term's form (Open Badges 3.0, Extending and Profiling the Standard)."""
        if _EXTENSION.fullmatch(term) is None:
            raise CredentialError("bad_member", f"{term[:60]!r} is no extension: write it like ext:Example")
        return super().__new__(cls, term)


class CredentialKind(StrEnum):
    """What a credential is, as far as it is understood here. A presentation is none: it holds some."""

    BADGE = "badge"
    """An award to one person (Open Badges 3.0, AchievementCredential)."""
    ENDORSEMENT = "endorsement"
    """What somebody says about an award, an achievement or a profile (EndorsementCredential)."""
    RECORD = "record"
    """Several credentials of one person, signed as a whole (Comprehensive Learner Record 2.0,
    ClrCredential)."""


_KINDS: Final = {
    "OpenBadgeCredential": CredentialKind.BADGE,
    "AchievementCredential": CredentialKind.BADGE,
    "EndorsementCredential": CredentialKind.ENDORSEMENT,
    "ClrCredential": CredentialKind.RECORD,
}


def kind_of(credential: Mapping[str, Any]) -> CredentialKind:
    """Which kind a credential is, by its type and by nothing else.

    Raises:
        CredentialError: `bad_type` where it names none of them, or several: two readers would see two things.
    """
    named = credential.get("type")
    types = named if isinstance(named, list) else [named]
    kinds = {_KINDS[name] for name in types if isinstance(name, str) and name in _KINDS}
    if len(kinds) != 1:
        message = (
            "its type names several kinds of credential at once: " + ", ".join(sorted(kinds))
            if kinds
            else "this is not an Open Badge, an endorsement or a learner record: its type names none of them"
        )
        raise CredentialError("bad_type", message, "/type")
    return kinds.pop()


class AssociationType(StrEnum):
    """How one achievement of a learner record belongs to another (CLR 2.0, AssociationType)."""

    EXACT_MATCH_OF = "exactMatchOf"
    IS_CHILD_OF = "isChildOf"
    IS_PARENT_OF = "isParentOf"
    IS_PART_OF = "isPartOf"
    IS_PEER_OF = "isPeerOf"
    IS_RELATED_TO = "isRelatedTo"
    PRECEDES = "precedes"
    REPLACED_BY = "replacedBy"


class AchievementType(StrEnum):
    """Kinds of achievement (Open Badges 3.0, AchievementType); an `Extension` may stand instead."""

    ACHIEVEMENT = "Achievement"
    APPRENTICESHIP_CERTIFICATE = "ApprenticeshipCertificate"
    ASSESSMENT = "Assessment"
    ASSIGNMENT = "Assignment"
    ASSOCIATE_DEGREE = "AssociateDegree"
    AWARD = "Award"
    BADGE = "Badge"
    BACHELOR_DEGREE = "BachelorDegree"
    CERTIFICATE = "Certificate"
    CERTIFICATE_OF_COMPLETION = "CertificateOfCompletion"
    CERTIFICATION = "Certification"
    COMMUNITY_SERVICE = "CommunityService"
    COMPETENCY = "Competency"
    COURSE = "Course"
    CO_CURRICULAR = "CoCurricular"
    DEGREE = "Degree"
    DIPLOMA = "Diploma"
    DOCTORAL_DEGREE = "DoctoralDegree"
    FIELDWORK = "Fieldwork"
    GENERAL_EDUCATION_DEVELOPMENT = "GeneralEducationDevelopment"
    JOURNEYMAN_CERTIFICATE = "JourneymanCertificate"
    LEARNING_PROGRAM = "LearningProgram"
    LICENSE = "License"
    MEMBERSHIP = "Membership"
    PROFESSIONAL_DOCTORATE = "ProfessionalDoctorate"
    QUALITY_ASSURANCE_CREDENTIAL = "QualityAssuranceCredential"
    MASTER_CERTIFICATE = "MasterCertificate"
    MASTER_DEGREE = "MasterDegree"
    MICRO_CREDENTIAL = "MicroCredential"
    RESEARCH_DOCTORATE = "ResearchDoctorate"
    SECONDARY_SCHOOL_DIPLOMA = "SecondarySchoolDiploma"


class AlignmentTargetType(StrEnum):
    """Kinds of node that an alignment points to (AlignmentTargetType); extensible."""

    COMPETENCY = "ceasn:Competency"
    CREDENTIAL = "ceterms:Credential"
    CF_ITEM = "CFItem"
    CF_RUBRIC = "CFRubric"
    CF_RUBRIC_CRITERION = "CFRubricCriterion"
    CF_RUBRIC_CRITERION_LEVEL = "CFRubricCriterionLevel"
    CTDL = "CTDL"


class IdentifierType(StrEnum):
    """Kinds of identifier of a person or a thing (IdentifierTypeEnum); extensible."""

    NAME = "name"
    SOURCED_ID = "sourcedId"
    SYSTEM_ID = "systemId"
    PRODUCT_ID = "productId"
    USER_NAME = "userName"
    ACCOUNT_ID = "accountId"
    EMAIL_ADDRESS = "emailAddress"
    NATIONAL_IDENTITY_NUMBER = "nationalIdentityNumber"
    ISBN = "isbn"
    ISSN = "issn"
    LIS_SOURCED_ID = "lisSourcedId"
    ONE_ROSTER_SOURCED_ID = "oneRosterSourcedId"
    SIS_SOURCED_ID = "sisSourcedId"
    LTI_CONTEXT_ID = "ltiContextId"
    LTI_DEPLOYMENT_ID = "ltiDeploymentId"
    LTI_TOOL_ID = "ltiToolId"
    LTI_PLATFORM_ID = "ltiPlatformId"
    LTI_USER_ID = "ltiUserId"
    IDENTIFIER = "identifier"


class ResultType(StrEnum):
    """Kinds of result (ResultType); extensible."""

    GRADE_POINT_AVERAGE = "GradePointAverage"
    LETTER_GRADE = "LetterGrade"
    PERCENT = "Percent"
    PERFORMANCE_LEVEL = "PerformanceLevel"
    PREDICTED_SCORE = "PredictedScore"
    RAW_SCORE = "RawScore"
    RESULT = "Result"
    RUBRIC_CRITERION = "RubricCriterion"
    RUBRIC_CRITERION_LEVEL = "RubricCriterionLevel"
    RUBRIC_SCORE = "RubricScore"
    SCALED_SCORE = "ScaledScore"
    STATUS = "Status"


class ResultStatusType(StrEnum):
    """How far somebody got (ResultStatusType). Not extensible; without one, Completed is meant."""

    COMPLETED = "Completed"
    ENROLLED = "Enrolled"
    FAILED = "Failed"
    IN_PROGRESS = "InProgress"
    ON_HOLD = "OnHold"
    PROVISIONAL = "Provisional"
    WITHDREW = "Withdrew"
