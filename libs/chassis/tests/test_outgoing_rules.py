"""Where requests may go that customers have named the address of."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.outgoing.addresses import is_web_address, may_be_asked, may_be_asked_in_the_clear, names_an_address_inside, networks


@pytest.mark.parametrize(
    "url", ["https://x.example", "https://x.example:8443/a/b?c=d", "https://[2001:db8::1]/", "HTTPS://X.example", "https://x.example./"]
)
def test_addresses_are_encrypted(url):
    assert is_web_address(url, with_http=False)


@pytest.mark.parametrize("url", ["http://10.0.0.1/hook", "http://hooks.clinic.example:8080"])
def test_others_are_taken_where_the_operator_says_so(url):
    assert is_web_address(url, with_http=True)
    assert not is_web_address(url, with_http=False)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https:///x",
        "https://user@x.example",
        "https://:w@x.example",
        "https://x.example/#f",
        "https://x.example\\@evil.example",
        "ftp://x.example",
        "https://x.example:99999",
        "https://\u00fc.example",
    ],
)
def test_what_is_no_address_is_taken_nowhere(url):
    assert not is_web_address(url, with_http=True)


@pytest.mark.parametrize(
    "url", ["https://10.0.0.1/", "https://[::1]:1/", "https://[::ffff:169.254.169.254]/", "http://8.8.8.8/", "https://10.20.1.7/"]
)
def test_an_address_inside_is_known_where_it_is_written_out(url):
    assert names_an_address_inside(url, allowed=(ip_network("10.20.0.0/24"),), with_loopback=False)


@pytest.mark.parametrize(
    "url",
    [
        "https://8.8.8.8/",
        "https://10.20.0.7/",
        "http://10.20.0.7/",
        "https://localhost/",
        "http://hooks.clinic.example/",
        "https://2130706433/",
    ],
)
def test_a_name_may_lead_anywhere(url):
    assert not names_an_address_inside(url, allowed=(ip_network("10.20.0.0/24"),), with_loopback=False)


def test_networks_are_listed_with_commas():
    assert networks(" 10.20.0.0/24, fd00:7::/64,,10.1.2.3") == tuple(map(ip_network, ("10.20.0.0/24", "fd00:7::/64", "10.1.2.3/32")))
    assert networks("") == ()
    with pytest.raises(ValueError, match=r"'10\.20\.0\.1/24' is no network"):
        networks("10.20.0.1/24")


INSIDE = [
    "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "192.0.2.1",
    "168.63.129.16", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1",
    "64:ff9b:1::a00:1", "2002:a00:1::", "2001:0:a00:1::", "2001:db8::1", "::127.0.0.1", "::10.0.0.1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::1", "5f00::1",
    "3fff::1", "fec0::1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.0.0.170", "239.1.2.3", "::ffff:168.63.129.16", "100::1", "2001:20::1",
]  # fmt: skip


@pytest.mark.parametrize("text", INSIDE)
def test_requests_go_to_no_address_inside(text):
    assert not may_be_asked(text, allowed=(), with_loopback=True)
    assert not may_be_asked(text, allowed=(ip_network("192.0.32.0/24"),), with_loopback=False)
    assert not may_be_asked_in_the_clear(text, allowed=(), with_loopback=True)


@pytest.mark.parametrize("text", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_requests_go_to_public_addresses(text):
    assert may_be_asked(text, allowed=(), with_loopback=False)


@pytest.mark.parametrize("text", ["8.8.8.8", "2606:4700::1111"])
def test_but_to_none_of_them_without_tls(text):
    assert not may_be_asked_in_the_clear(text, allowed=(ip_network("10.20.0.0/24"),), with_loopback=True)
    assert may_be_asked_in_the_clear("10.20.0.7", allowed=(ip_network("10.20.0.0/24"),), with_loopback=False)
    assert may_be_asked_in_the_clear("127.0.0.1", allowed=(), with_loopback=True)


@pytest.mark.parametrize("text", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_requests_go_to_this_machine_in_development_alone(text):
    assert may_be_asked(text, allowed=(), with_loopback=True)
    assert not may_be_asked(text, allowed=(ip_network("127.0.0.0/8"), ip_network("::/0")), with_loopback=False)


def test_the_operator_allows_networks_but_no_link_local_ones():
    everything = (ip_network("0.0.0.0/0"), ip_network("::/0"))
    assert may_be_asked("10.20.0.7", allowed=(ip_network("10.20.0.0/24"),), with_loopback=False)
    assert not may_be_asked("10.20.1.7", allowed=(ip_network("10.20.0.0/24"),), with_loopback=False)
    assert may_be_asked("fd00::7", allowed=everything, with_loopback=False)
    for text in ("169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0", "::", "::ffff:169.254.169.254"):
        assert not may_be_asked(text, allowed=everything, with_loopback=False)


@given(st.ip_addresses(v=4))
def test_no_disguise_makes_a_private_address_public(address):
    plain = may_be_asked(str(address), allowed=(), with_loopback=False)
    assert may_be_asked(f"::ffff:{address}", allowed=(), with_loopback=False) == plain
    assert not may_be_asked(str(ip_address((0x64FF9B << 96) | int(address))), allowed=(), with_loopback=False)
