"""Every suite that is known here, by the name that a proof gives it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from credential.proof.ecdsa_jcs_2019 import ECDSA_JCS_2019
from credential.proof.ecdsa_rdfc_2019 import ECDSA_RDFC_2019
from credential.proof.ecdsa_sd_2023 import ECDSA_SD_2023
from credential.proof.ed25519_signature_2020 import ED25519_SIGNATURE_2020
from credential.proof.eddsa_jcs_2022 import EDDSA_JCS_2022
from credential.proof.eddsa_rdfc_2022 import EDDSA_RDFC_2022
from credential.proof.suite import Suite

SUITES: Final[Mapping[str, Suite]] = MappingProxyType(
    {
        suite.name: suite
        for suite in (
            EDDSA_RDFC_2022,
            ECDSA_RDFC_2019,
            EDDSA_JCS_2022,
            ECDSA_JCS_2019,
            ED25519_SIGNATURE_2020,
            ECDSA_SD_2023,
        )
    }
)
"""What is written, by the name of today."""

READABLE: Final[Mapping[str, Suite]] = MappingProxyType(
    dict(SUITES) | {name: suite for suite in SUITES.values() for name in suite.former_names}
)
"""What is read: the same, and by the names that they had before."""
