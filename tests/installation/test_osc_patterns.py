"""Address patterns, part by part."""

import pytest

from installation.osc.patterns import Pattern, PatternError, is_pattern

OPACITY = "/show/panel/2/opacity"


@pytest.mark.parametrize(
    "pattern",
    [
        "/show/panel/2/opacity",
        "/show/panel/*/opacity",
        "/show/panel/?/opacity",
        "/show/panel/[1-3]/opacity",
        "/show/panel/[!13]/opacity",
        "/show/panel/[3-1-2]/opacity",
        "/show/panel/{1,2}/opacity",
        "/show/{panel,headphone}/*/o*",
        "/show/pan*/2/*pa*i*",
        "/*/*/*/*",
        "//opacity",
        "/show//opacity",
        "/show//panel/2//opacity",
        "/show/panel/2/{,o}pacity*",
        "/show/panel/2/{op,opa}{city,acity}",
    ],
)
def test_matches(pattern: str) -> None:
    assert Pattern(pattern).matches(OPACITY)


@pytest.mark.parametrize(
    "pattern",
    [
        "/show/panel/*",
        "/show/*/opacity",
        "/show/panel/??/opacity",
        "/show/panel/[!1-3]/opacity",
        "/show/panel/{1,3}/opacity",
        "/show/panel/2/opacity*?",
        "/show/panel/*/Opacity",
        "//panel",
        "/*",
        "/show/panel/2/.*",
    ],
)
def test_does_not_match(pattern: str) -> None:
    assert not Pattern(pattern).matches(OPACITY)


@pytest.mark.parametrize("pattern", ["/a/[1-", "/a/{b,c", "/a]", "/a}", "/show/*/", "/" + "*a" * 20])
def test_refuses_what_cannot_be_read(pattern: str) -> None:
    with pytest.raises(PatternError):
        Pattern(pattern)


def test_an_address_is_no_pattern() -> None:
    assert not is_pattern("/show/panel/1/opacity")
    assert all(map(is_pattern, ["/show/*", "/show//gain", "/a?", "/[ab]", "/{a,b}"]))


@pytest.mark.timeout(30)  # as a regular expression the first of these takes 0.6 s at 8, and doubles with every one more
@pytest.mark.parametrize("part", ["*a" * 16, "{,a}" * 16, "{a,aa,aaa}" * 16, "[a-z]" * 16, "*" * 16])
def test_no_pattern_takes_long(part: str) -> None:
    address = "/" + "a" * 40 + "b"
    assert not Pattern(f"/{part}c").matches(address)
