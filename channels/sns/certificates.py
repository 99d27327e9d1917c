"""Certificates that SNS signs with. Where they come from says whose they are: Amazon's own host, or the operator.

They are renewed each year, and a message may be older than the one in force; so each is judged at the time of the
message that it signed.
"""

from __future__ import annotations

import re
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import NameOID

_NAME = re.compile(r"sns\.amazonaws\.com(?:\.cn)?|sns(?:-signing)?[.-][a-z0-9-]+\.amazonaws\.com(?:\.cn)?")
"""Subjects: sns.amazonaws.com in most regions, sns-signing.<region>.amazonaws.com, sns-us-gov-west-1.amazonaws.com."""


def keys(pem: bytes, at: datetime, *, amazons: bool) -> list[RSAPublicKey]:
    """Keys of the certificates in `pem` that were in force at `at`. Raises ValueError where it holds none.

    amazons: only those whose subject is SNS; those that the operator vouches for may have any.
    """
    found = [
        one for one in x509.load_pem_x509_certificates(pem) if one.not_valid_before_utc <= at <= one.not_valid_after_utc
    ]
    named = (one.public_key() for one in found if not amazons or _of_sns(one))
    return [key for key in named if isinstance(key, RSAPublicKey)]


def _of_sns(certificate: x509.Certificate) -> bool:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return any(isinstance(name.value, str) and _NAME.fullmatch(name.value) for name in names)
