"""Who may ask the server: plain rules, without a server."""

from __future__ import annotations

import pytest

from vsmlab.apps.gate import SANDBOX, Gate

GATE = Gate("a-token-of-some-length", "127.0.0.1", 5006)


@pytest.mark.parametrize("host", ["127.0.0.1:5006", "localhost:5006", "LOCALHOST:5006", "[::1]:5006"])
def test_its_own_names_are_known(host):
    assert GATE.knows_host(host)


@pytest.mark.parametrize(
    "host",
    ["", "evil.example:5006", "127.0.0.1", "127.0.0.1:80", "127.0.0.1.evil.example:5006", "192.168.0.7:5006",
     "localhost:x", "[::1", "a@evil.example:5006"],
)  # fmt: skip
def test_a_name_that_was_rebound_to_it_is_not_known(host):
    assert not GATE.knows_host(host)


def test_a_server_for_other_machines_knows_addresses_but_no_foreign_names():
    wide = Gate("t" * 20, "0.0.0.0", 5006)
    assert wide.knows_host("192.168.0.7:5006")
    assert not wide.knows_host("evil.example:5006")
    assert wide.entrance.startswith("http://127.0.0.1:5006/?token=")


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "", "https://127.0.0.1:5006", "http://127.0.0.1:5007"]
)
def test_pages_of_others_are_strangers(origin):
    assert not GATE.knows_origin(origin, "127.0.0.1:5006")


def test_its_own_page_is_known():
    assert GATE.knows_origin("http://127.0.0.1:5006", "127.0.0.1:5006")


def test_the_cookie_is_not_the_token_and_belongs_to_the_port():
    assert GATE.opens("a-token-of-some-length")
    assert not GATE.opens("a-token-of-some-lengtH")
    assert GATE.has_session({GATE.cookie: GATE.session})
    assert not GATE.has_session({GATE.cookie: GATE.token})
    assert not GATE.has_session({})
    assert GATE.cookie != Gate("t", "127.0.0.1", 5007).cookie


def test_reports_get_no_script_and_no_origin():
    assert SANDBOX.startswith("sandbox;")
    assert "allow-" not in SANDBOX
    assert "script-src" not in SANDBOX
