"""Signatures of Standard Webhooks, as a sender makes them and a receiver checks them."""

import base64
from datetime import UTC, datetime

import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st

from recto.document.errors import BadSettings, BadSignature
from recto.document.signature import minted_secret, sign, signed_headers, verify

NOW = 1_767_225_600
BODY = b'{"type":"document.read"}'
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def headers(at=NOW, secret=SECRET, body=BODY):
    return signed_headers([secret], "msg_1", at, body)


def test_the_example_of_the_reference_libraries_is_signed_as_they_sign_it():
    # From the documentation of Svix, who wrote the specification: https://docs.svix.com/receiving/verifying-payloads
    body = b'{"test": 2432232314}'
    assert sign(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


@given(st.text(max_size=200), st.integers(0, 2**32), st.binary(min_size=24, max_size=64))
def test_a_signature_is_that_of_the_library(text, timestamp, key):
    secret = f"whsec_{base64.b64encode(key).decode()}"
    theirs = standardwebhooks.Webhook(secret).sign("msg_1", datetime.fromtimestamp(timestamp, UTC), text)
    assert sign(secret, "msg_1", timestamp, text.encode()) == theirs


def test_a_secret_has_the_form_and_the_strength_that_is_asked_for():
    first, second = minted_secret(), minted_secret()
    assert first != second and first.startswith("whsec_")
    assert 24 <= len(base64.b64decode(first.removeprefix("whsec_"), validate=True)) <= 64


@pytest.mark.parametrize("off", [-300, 0, 300])
def test_a_message_of_these_minutes_is_believed(off):
    verify(SECRET, headers(NOW + off), BODY, NOW)


@pytest.mark.parametrize("off", [-301, 301])
def test_a_message_of_another_time_is_not(off):
    with pytest.raises(BadSignature, match="300 seconds"):
        verify(SECRET, headers(NOW + off), BODY, NOW)


def test_one_fitting_signature_among_several_is_enough():
    both = signed_headers([minted_secret(), SECRET], "msg_1", NOW, BODY)
    verify(SECRET, both, BODY, NOW)
    verify(SECRET, {name.title(): value for name, value in both.items()}, BODY, NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": str(NOW + 1)},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "٣"},
        {"webhook-timestamp": "9" * 40},
        {"webhook-timestamp": ""},
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,é v2,x  ,"},
        {"webhook-signature": headers()["webhook-signature"].replace("v1,", "v1a,")},
        {"webhook-signature": headers(secret=minted_secret())["webhook-signature"]},
    ],
)
def test_whatever_is_changed_about_a_message_it_is_refused_with_one_error(change):
    with pytest.raises(BadSignature):
        verify(SECRET, {**headers(), **change}, BODY, NOW)


def test_a_changed_body_is_refused():
    with pytest.raises(BadSignature):
        verify(SECRET, headers(), BODY + b" ", NOW)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_not base64!", "whsec_é"])
def test_what_is_no_secret_is_told(secret):
    with pytest.raises(BadSettings, match="whsec_"):
        verify(secret, headers(), BODY, NOW)
