from pathlib import Path

import pytest

import show
from installation.errors import SiteError
from installation.site import load_site
from installation.sound_settings import MOST_STEMS

DEMO = Path(show.__file__).parent / "demo"
GOOD = """
[show]
film = "film.mp4"
[show.stems]
narration = "voice.wav"
[[sound.output]]
name = "left"
channels = [1, 2]
[osc]
port = 9001
"""


def write(folder: Path, text: str) -> Path:
    for name in ("film.mp4", "voice.wav", "mapping.json"):
        (folder / name).write_bytes(b"")
    (folder / "site.toml").write_text(text, encoding="utf-8")
    return folder / "site.toml"


def test_a_site_is_read_with_its_defaults(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, GOOD))
    assert site.show.films == (tmp_path / "film.mp4",)
    assert site.osc.port == 9001
    assert site.making.images_per_phrase == 500
    assert site.making.checkpoint_every == 50
    assert site.submissions.approve_words == "by hand"
    assert site.sound.outputs[0].stems == {"narration": 0.0}
    assert site.sound.loudness_lufs is None


def test_captions_are_one_file_or_one_for_each_language(tmp_path: Path) -> None:
    assert load_site(write(tmp_path, GOOD)).show.captions == {}
    for name in ("en.vtt", "nl.vtt"):
        (tmp_path / name).write_text("WEBVTT\n")
    one = load_site(write(tmp_path, GOOD.replace("[show.stems]", 'captions = "en.vtt"\n[show.stems]')))
    assert one.show.captions == {"": tmp_path / "en.vtt"}
    assert (one.captions.language, one.captions.enabled) == ("", True)
    two = '[show.captions]\nen = "en.vtt"\nnl = "nl.vtt"\n'
    assert load_site(write(tmp_path, GOOD + two)).captions.language == "en"
    chosen = load_site(write(tmp_path, f'{GOOD}{two}[captions]\nlanguage = "nl"\nenabled = false'))
    assert chosen.show.captions == {"en": tmp_path / "en.vtt", "nl": tmp_path / "nl.vtt"}
    assert (chosen.captions.language, chosen.captions.enabled) == ("nl", False)
    with pytest.raises(SiteError, match=r'\[captions\] language = "fr" is wrong: it must be one of "en", "nl"'):
        load_site(write(tmp_path, f'{GOOD}{two}[captions]\nlanguage = "fr"'))


@pytest.mark.parametrize("several", [False, True])
def test_the_example_for_captions_is_a_site(tmp_path: Path, several: bool) -> None:
    page = (Path(show.__file__).parent / "CAPTIONS.md").read_text()
    example = page.partition("```toml\n")[2].partition("```")[0].replace("[show]\n", '[show]\nfilm = "film.mp4"\n')
    if several:
        example = example.replace('captions = "', '# captions = "', 1).replace("# captions.", "captions.")
        example = example.replace("# language", "language")
    for name in ("film", "english", "arabic"):
        (tmp_path / f"{name}.vtt").write_text("WEBVTT\n")
    site = load_site(write(tmp_path, example))
    assert list(site.show.captions) == (["en", "ar"] if several else [""])
    assert site.captions.language == ("en" if several else "")


def test_the_example_for_the_end_card_is_a_site(tmp_path: Path) -> None:
    page = (Path(show.__file__).parent / "CAPTIONS.md").read_text()
    example = page.partition("## The end card")[2].partition("```toml\n")[2].partition("```\n")[0]
    programme = load_site(write(tmp_path, GOOD + example)).programme
    assert programme.end_card_seconds == 8
    assert programme.end_card[""][1] == "Send it to\n@blindeye_demo\n\nOr write it here:\n{code}"


@pytest.mark.parametrize("table", ["[page]\nenabled = true", "[staff]\nenabled = true", '[folder]\ninbox = "in"'])
def test_any_way_in_is_work_for_the_desk(tmp_path: Path, table: str) -> None:
    assert not load_site(write(tmp_path, GOOD)).takes_part
    assert load_site(write(tmp_path, f"{GOOD}{table}\n")).takes_part


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("port = 9001", "port = 99999"), "[osc] port = 99999 is wrong: it must be a whole number from 0 to 65535"),
        (("port = 9001", "port = true"), "[osc] port = true is wrong"),
        (("port = 9001", 'port = "x"'), '[osc] port = "x" is wrong'),
        (("port = 9001", "prot = 9001"), "[osc] prot is not known"),
        (("port = 9001", 'allow = ["td.local"]'), '[osc] allow = "td.local" is wrong: it must be addresses'),
        (("port = 9001", 'host = "td.local"'), '[osc] host = "td.local" is wrong: it must be an address'),
        (("[osc]", 64 * '[[sound.output]]\nname = "one more"\n' + "[osc]"), "stands there 65 times: 64 is the most"),
        (("port = 9001", 'prefix = "/sh*w"'), '[osc] prefix = "/sh*w" is wrong'),
        (("[osc]", '[show.captions]\nen = "gone.vtt"\n[osc]'), "[show.captions] en names"),
        (("[osc]", "[show.captions]\nen = 1\n[osc]"), "[show.captions] en = 1 is wrong: it must be a text"),
        (("[osc]", '[captions]\nlanguage = "en"\n[osc]'), '[captions] language = "en" is wrong: it must be one of ""'),
        (("[osc]", "[ocs]"), "[ocs] is not known"),
        (("film.mp4", "gone.mp4"), "[show] film names"),
        (
            ("film.mp4", "film\\u0000.mp4"),
            '[show] film = "film\\u0000.mp4" is wrong: it must be a path, which holds no',
        ),
        (
            ("[osc]", '[voices.resemble]\nkey = "\\u0000"\n[osc]'),
            '[voices.resemble] key = "\\u0000" is wrong: it must be',
        ),
        (('film = "film.mp4"', ""), "[show] film is missing"),
        (("film =", 'films = ["film.mp4"]\nfilm ='), "[show] names both film and films: it must be one of them"),
        (('film = "film.mp4"', 'films = ["film.mp4", "gone.mp4"]'), "[show] films names"),
        (
            ('film = "film.mp4"', 'films = ["film.mp4"]\npanels = 3'),
            "is wrong: it must be a list of 3 films, one for each",
        ),
        (('film = "film.mp4"', "films = []"), "[show] films = [] is wrong: it must be a list of files"),
        (('film = "film.mp4"', 'film = "film.mp4"\nlengths = "same"'), 'it must be one of "longest", "own"'),
        (("[1, 2]", "[1, 9]"), "[sound.output] channels of number 1 = [1, 9] is wrong"),
        (
            ('name = "left"', 'stem = "song"'),
            'stem of number 1 = "song" is wrong: it must be one of "film", "narration"',
        ),
        (("[show.stems]", '[show.stems]\n"a/b" = "voice.wav"'), '[show.stems] "a/b" is no name for a stem'),
        (("[show.stems]", '[show.stems]\n"français" = "voice.wav"'), '[show.stems] "français" is no name for a stem'),
        (('name = "left"', 'stem = "a b"'), '[sound.output] "a b" is no name for a stem'),
        (('name = "left"', "stems = { song = 0.0 }"), 'stems of number 1 = "song" is wrong: it must be one of "film"'),
        (('name = "left"', "stems = { film = 13.0 }"), "film = 13.0 is wrong: it must be a number from -60 to 12"),
        (('name = "left"', 'stem = "film"\nstems = { film = 0.0 }'), "it must be left out where stems are given"),
        (('name = "left"', 'mode = "quad"'), 'mode of number 1 = "quad" is wrong: it must be one of "stereo", "mono"'),
        (
            ('name = "left"', "ceiling_dbfs = 1.0"),
            "ceiling_dbfs of number 1 = 1.0 is wrong: it must be a number from -60 to 0",
        ),
        (
            ("[[sound", '[sound]\ndevice = "USB"\n[[sound.output]]\ndevice = "USB"\nchannels = [3]\n[[sound'),
            "[sound.output] channels of number 1 = [3] is wrong: it must be a list of whole numbers from 1 to 2",
        ),
        (("[1, 2]", "[1, 1]"), "[sound.output] channels of number 1 = [1, 1] is wrong: it must be one or two"),
        (
            ("[osc]", "[[sound.output]]\nchannels = [2]\n[osc]"),
            "channels of number 2 = [2] is wrong: number 1 plays on",
        ),
        (
            ("[[sound", "[sound]\nloudness_lufs = 3\n[[sound"),
            "[sound] loudness_lufs = 3 is wrong: it must be a number from",
        ),
        (("[osc]", '[hours]\nopen = "sometimes"\n[osc]'), "[hours] open"),
        (
            ("[osc]", "[page]\nenabled = true\nport = 8081\n[staff]\nenabled = true\n[osc]"),
            "[page] port and [staff] port are both 8081",
        ),
        (("[osc]", '[hours]\ntimezone = "Mars/Base"\n[osc]'), "[hours] timezone"),
        (("[osc]", "[making]\nimages_per_phrase = 1\n[osc]"), "[making] images_per_phrase = 1 is wrong"),
        (("[osc]", "[osc"), "is not valid TOML"),
    ],
)
def test_a_wrong_value_is_named_with_file_key_and_range(tmp_path: Path, change: tuple[str, str], sentence: str) -> None:
    path = write(tmp_path, GOOD.replace(*change))
    with pytest.raises(SiteError) as raised:
        load_site(path)
    assert sentence in str(raised.value)
    assert str(path) in str(raised.value)


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_bytes(b"[show]\nfilm = '\xff'")
    with pytest.raises(SiteError, match="is not UTF-8 text"):
        load_site(tmp_path / "site.toml")


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"nowhere\.toml cannot be read"):
        load_site(tmp_path / "nowhere.toml")


def test_every_panel_may_have_a_film_of_its_own(tmp_path: Path) -> None:
    show = load_site(write(tmp_path, GOOD.replace('film = "film.mp4"', 'films = ["film.mp4", "film.mp4"]'))).show
    assert (len(show.films), show.panels, show.lengths) == (2, 2, "longest")


def test_headphones_on_devices_of_their_own(tmp_path: Path) -> None:
    more = (
        '[[sound.output]]\nchannels = [1, 2]\ndevice = "USB"\n[[sound.output]]\nchannels = [5]\ndevice = "USB"\n[osc]'
    )
    sound = load_site(write(tmp_path, GOOD.replace("[osc]", more))).sound
    assert sound.devices == {"": 2, "USB": 5}
    assert (sound.on(""), sound.on("USB")) == ([0], [1, 2])
    assert sound.stems == ("narration", "murmur")


def test_a_headphone_hears_several_stems(tmp_path: Path) -> None:
    text = GOOD.replace('name = "left"', "stems = { narration = 0.0, film = -12.5 }")
    assert load_site(write(tmp_path, text)).sound.outputs[0].stems == {"narration": 0.0, "film": -12.5}


def test_the_artists_own_room_is_one_stereo_cable() -> None:
    sound = load_site(DEMO / "sites" / "stereo-amplifier.toml").sound
    assert [(each.channels, set(each.stems)) for each in sound.outputs] == [((1, 2), {"narration", "murmur"})]
    assert sound.devices == {"": 2}


def test_three_outputs_are_on_two_devices() -> None:
    sound = load_site(DEMO / "sites" / "three-outputs.toml").sound
    assert sound.devices == {"USB": 4, "*Analog*": 2}
    assert [each.mode for each in sound.outputs] == ["stereo", "mono", "swapped"]


def test_more_stems_than_can_be_mixed_are_refused(tmp_path: Path) -> None:
    names = [f"voice{number}" for number in range(MOST_STEMS)]
    for name in names:
        (tmp_path / f"{name}.wav").touch()
    stems = "".join(f'{name} = "{name}.wav"\n' for name in names)
    path = write(tmp_path, GOOD.replace("[show.stems]\n", f"[show.stems]\n{stems}"))
    with pytest.raises(SiteError, match=rf"there are {MOST_STEMS + 2} stems, heard or not: {MOST_STEMS} is the most"):
        load_site(path)


def test_one_channel_is_asked_of_a_device_that_has_one(tmp_path: Path) -> None:
    text = GOOD.replace("channels = [1, 2]", 'channels = [1]\ndevice = "transmitter"')
    assert load_site(write(tmp_path, text)).sound.devices["transmitter"] == 1
