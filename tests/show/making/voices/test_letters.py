import pytest

from show.errors import StoryError
from show.making.voices.letters import SYMBOLS, letters
from show.making.voices.numbers import spelt


def said(text):
    return "".join(
        symbol if len(symbol) == 1 else f"<{symbol}>" for symbol in map(SYMBOLS.__getitem__, letters(text).numbers)
    )


def test_the_published_symbols():
    assert len(SYMBOLS) == 148
    assert "".join(SYMBOLS[:38]) == "_-!'(),.:;? ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert SYMBOLS[38:66] == (*"abcdefghijklmnopqrstuvwxyz", "@AA", "@AA0")
    assert SYMBOLS[-3:] == ("@Y", "@Z", "@ZH")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("So I wrote the Moon.", "so i wrote the moon."),
        ("It’s  a\nday… «été»", "it's a day. ete"),
        ("Tom & Jo_1", "tom and jo one"),
        ("on {S IY1}, 3 eyes", "on <@S><@IY1>, three eyes"),
        ("half {open", "half open"),
        (
            "½ of it, 2½ days, ¼ and ¾, ⅔",
            "one half of it, two and one half days, one quarter and three quarters, two thirds",
        ),
        ("$5.50 or €3", "five dollars and fifty cents or three euros"),
        ("$1, then £0.01, $1,905.", "one dollar, then one penny, one thousand nine hundred five dollars."),
        ("$5.2 million; $2.5", "five point two million dollars; two point five dollars"),
        ("5%, 7 % or 3€", "five percent, seven percent or three euros"),
        ("Mr. Wieringa, Dr. No and Mrs Dalloway", "mister wieringa, doctor no and missus dalloway"),
        ("St. Ives, Church St. or Main St.", "saint ives, church street or main street."),
        ("the 3rd, R&D", "the third, r and d"),
        ("Mr. {S IY1}, 5%", "mister <@S><@IY1>, five percent"),
        ("&{S IY1} or {S IY1}&{S IY1}", "and <@S><@IY1> or <@S><@IY1> and <@S><@IY1>"),
        ("Dr.No of St.Ives, _Mrs_ (Mr.)", "doctor no of saint ives, missus (mister)"),
        ("$.50, $.5, £.01", "fifty cents, point five dollars, one penny"),
        ("£5m, $1.5bn, €10K", "five million pounds, one point five billion dollars, ten thousand euros"),
        ("£5x $1million", "five pounds x one million dollars"),
        ("$5.123, $1,905.5", "five point one two three dollars, one thousand nine hundred five point five dollars"),
        ("$1905 million", "one thousand nine hundred five million dollars"),
        ("20 °C at 5°, 2×3=6", "twenty degrees c at five degrees, two times three equals six"),
        ("٣½ or ٣, and ３", "three and one half or three, and three"),
        ("1/2, 2/3 and 3/4 of 2 1/2", "one half, two thirds and three quarters of two and one half"),
        ("7 ½m", "seven and one half m"),
        ("24/7, 9/11, 1/2/34, 3/1", "twenty four seven, nine eleven, one two thirty four, three one"),
    ],
)
def test_what_it_is_given_to_say(text, expected):
    assert said(text).replace("  ", " ") == expected


def test_a_word_that_is_said_with_several_is_one_word():
    found = letters("$5.50 & 2½ at 7 %")
    assert found.words == ["$5.50", "&", "2½", "at", "7", "%"]
    assert sorted(set(found.places)) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("text", ["a _ b", "a __ b", "a \u2060 b", "a 🌊 b"])
def test_a_word_without_letters_is_still_a_word(text):
    found = letters(text)
    assert (found.words, found.places) == (text.split(), [0, 1, 2, 2])


def test_every_symbol_knows_its_word():
    found = letters("{M UW1 N} over it")
    assert found.words == ["{M UW1 N}", "over", "it"]
    assert found.places == [0, 0, 0, *[1] * 5, *[2] * 3]


@pytest.mark.parametrize("text", ["Ωμέγα", "🌊", "…", "{}"])
def test_what_it_cannot_say(text):
    with pytest.raises(StoryError, match="knows Latin letters alone"):
        letters(text)


def test_a_sound_that_is_none():
    with pytest.raises(StoryError, match="'XX1' is no sound of English, such as AA0, AA1"):
        letters("{M XX1 N}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0 and 7 and 12", "zero and seven and twelve"),
        ("40 or 99", "forty or ninety nine"),
        ("1000 images", "one thousand images"),
        ("12,345", "twelve thousand three hundred forty five"),
        ("in 1984 and 2026", "in nineteen eighty four and two thousand twenty six"),
        ("in 1900 or 1905", "in nineteen hundred or nineteen oh five"),
        ("the 1990s, '80s and 2020s", "the nineteen nineties, 'eighties and twenty twenties"),
        ("the 1900s, the 2000s, two 6s", "the nineteen hundreds, the two thousands, two sixes"),
        ("1.25 times", "one point two five times"),
        ("1st, 3rd, 12th, 20th", "first, third, twelfth, twentieth"),
        ("3,2,1", "three,two,one"),
        ("1,2345", "one,two thousand three hundred forty five"),
        (".50 or 0.5...5", "point five zero or zero point five...five"),
        ("o2, 4x and mp3s", "o two, four x and mp threes"),
        ("1" * 13, " ".join(["one"] * 13)),
        ("5 000 000 000 000".replace(" ", ""), "five" + " zero" * 12),
    ],
)
def test_numbers(text, words):
    assert spelt(text) == words


@pytest.mark.parametrize(
    ("text", "end"), [("{}", " one"), ("{}th", " first"), ("${}", " dollars"), ("${}.25", "cents")]
)
def test_however_many_digits_they_are_read_one_by_one(text, end):
    heard = said(text.format("1" * 5000))
    assert heard.startswith("one " * 4999)
    assert heard.endswith(end)
