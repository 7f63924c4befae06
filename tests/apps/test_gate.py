"""Who may ask the server: plain rules, without a server."""

from __future__ import annotations

import pytest

from vsmlab.apps.gate import SANDBOX, Gate, outside
from vsmlab.errors import InputError

GATE = Gate("a-token-of-some-length", "127.0.0.1", 5006)


@pytest.mark.parametrize("host", ["127.0.0.1:5006", "localhost:5006", "LOCALHOST:5006", "[::1]:5006"])
def test_its_own_names_are_known(host):
    assert GATE.knows_host(host)


@pytest.mark.parametrize(
    "host",
    ["", "evil.example:5006", "127.0.0.1", "127.0.0.1:80", "127.0.0.1.evil.example:5006", "192.168.0.7:5006",
     "localhost:x", "[::1", "a@evil.example:5006", "127.0.0.1:5006/; script-src *", "a@127.0.0.1:5006"],
)  # fmt: skip
def test_a_name_that_was_rebound_to_it_is_not_known(host):
    assert not GATE.knows_host(host)


def test_a_server_for_other_machines_knows_addresses_but_no_foreign_names():
    wide = Gate("t" * 20, "0.0.0.0", 5006)
    assert wide.knows_host("192.168.0.7:5006")
    assert not wide.knows_host("evil.example:5006")
    assert wide.entrance == f"http://127.0.0.1:5006{wide.place}/?token={'t' * 20}"


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


def test_session_and_place_follow_from_the_token_and_do_not_give_it_away():
    again, other = (
        Gate(GATE.token, "127.0.0.1", 5006),
        Gate("another-token-of-some-length", "127.0.0.1", 5006),
    )
    assert (again.session, again.place) == (GATE.session, GATE.place)
    assert {GATE.session, GATE.place}.isdisjoint({other.session, other.place})
    assert GATE.session not in GATE.place
    assert GATE.place[1:] not in GATE.session
    assert len(GATE.place) > 20


@pytest.mark.parametrize(("site", "here"), [("", True), ("none", True), ("same-origin", True), ("same-site", False),
                                            ("cross-site", False), ("anything", False)])  # fmt: skip
def test_what_pages_of_others_load_is_no_page_of_ours(site, here):
    assert GATE.is_from_here(site) is here


def test_behind_a_proxy_with_tls_its_name_is_known_and_nothing_less_than_tls():
    gate = Gate("a-token-of-some-length", "127.0.0.1", 5006, outside("https://Lab.example.org:443/"))
    assert gate.outside == "https://lab.example.org"
    assert gate.entrance.startswith("https://lab.example.org/")
    assert gate.secure
    for host in ("lab.example.org", "lab.example.org:443", "127.0.0.1:5006"):
        assert gate.knows_host(host)
        assert gate.knows_origin("https://lab.example.org", host)
        assert not gate.knows_origin("https://evil.example", host)
        assert not gate.knows_origin("http://lab.example.org", host)
        assert "wss://lab.example.org" in gate.policy(host)
    assert "ws://lab" not in gate.policy("lab.example.org").replace("wss://", "")
    for host in (
        "lab.example.org:80",
        "evil.example",
        "lab.example.org.evil.example",
        "evil.lab.example.org",
    ):
        assert not gate.knows_host(host)
    assert gate.knows_origin("http://127.0.0.1:5006", "127.0.0.1:5006")
    assert not GATE.secure


def test_an_origin_has_a_name_and_perhaps_a_port():
    assert outside("http://lab:8080") == "http://lab:8080"
    for wrong in ("lab.example.org", "ftp://x", "https://", "https://a/b", "https://a b", "https://a;b", "https://u@a",
                  "https://a:x", "https://a?b", "javascript:alert(1)"):  # fmt: skip
        with pytest.raises(InputError, match="not an origin"):
            outside(wrong)


def test_reports_get_no_script_and_no_origin():
    assert SANDBOX.startswith("sandbox;")
    assert "allow-" not in SANDBOX
    assert "script-src" not in SANDBOX
