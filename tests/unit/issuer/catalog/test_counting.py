from __future__ import annotations

import pytest

from issuer.catalog import Kind, check_counts_as_certification, default_catalogue
from issuer.catalog.entry import Counts
from issuer.errors import IssuerError

KINDS = default_catalogue().kinds


def test_all_kinds_of_award_are_known() -> None:
    assert {code: kind.achievement_type for code, kind in KINDS.items()} == {
        "PROGRAM_PLUS_EXAM": "Certification",
        "EXAM_ONLY": "Certification",
        "STATE_LICENSE": "License",
        "TRAINING_COMPLETION": "CertificateOfCompletion",
        "COLLEGE_CERTIFICATE": "Certificate",
        "APPRENTICESHIP_CERT": "ApprenticeshipCertificate",
        "DISTRICT_BADGE": "MicroCredential",
        "WBL": "Fieldwork",
        "COURSE": "Course",
        "PROGRAM_OF_STUDY": "LearningProgram",
        "DIPLOMA": "SecondarySchoolDiploma",
        "DIPLOMA_ENDORSEMENT": "Award",
        "GG_DEMONSTRATION": "Achievement",
        "COMPETENCY": "Competency",
    }


@pytest.mark.parametrize("code", ["PROGRAM_PLUS_EXAM", "EXAM_ONLY", "STATE_LICENSE"])
@pytest.mark.parametrize("decided", [False, True])
def test_a_certification_in_each_of_its_three_shapes_counts(code: str, *, decided: bool) -> None:
    check_counts_as_certification(KINDS[code], decided=decided)


@pytest.mark.parametrize("decided", [False, True])
def test_a_college_certificate_is_refused_and_told_why_whatever_was_decided(*, decided: bool) -> None:
    with pytest.raises(IssuerError) as caught:
        check_counts_as_certification(KINDS["COLLEGE_CERTIFICATE"], decided=decided)
    assert caught.value.code == "not_a_certification"
    assert caught.value.message.startswith("College certificate is not an industry certification.")
    assert "C.R.S. 23-5-145.6" in caught.value.message
    assert "Record the certification" in caught.value.message  # what to do instead


def test_a_completed_training_counts_by_decision_only() -> None:
    training = KINDS["TRAINING_COMPLETION"]
    check_counts_as_certification(training, decided=True)
    with pytest.raises(IssuerError) as caught:
        check_counts_as_certification(training, decided=False)
    assert caught.value.code == "needs_decision"
    assert "neither a certification nor a license" in caught.value.message


def test_every_other_kind_is_refused_with_a_reason() -> None:
    others = [kind for kind in KINDS.values() if kind.counts is Counts.NO]
    assert len(others) == 10
    for kind in others:
        assert kind.why, kind.code
        with pytest.raises(IssuerError, match="not_a_certification") as caught:
            check_counts_as_certification(kind, decided=True)
        assert kind.why in caught.value.message


def test_a_kind_of_a_district_s_own_without_a_reason_is_refused_too() -> None:
    with pytest.raises(IssuerError, match=r"Talent is not an industry certification\.$"):
        check_counts_as_certification(Kind("TALENT", "Talent", "Award", Counts.NO), decided=True)


def test_no_kind_that_counts_says_that_it_does_not() -> None:
    assert [kind.code for kind in KINDS.values() if kind.counts is Counts.YES and kind.why] == []
