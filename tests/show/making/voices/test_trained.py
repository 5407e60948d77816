import dataclasses
import os

import numpy as np
import pytest
import torch

from show.errors import StoryError, WeightsError
from show.house_voices import HouseVoices
from show.making.story import load_story
from show.making.voices import tacotron, waveglow
from show.making.voices.letters import letters
from show.making.voices.trained import FRAME_SECONDS, RATE, Trained, _enough_memory, _words
from tests.show.making.stories import write_story
from tests.show.making.voices import published


def test_it_speaks_the_same_whenever_it_is_asked(tmp_path):
    voice = published.tiny_voice(tmp_path)
    first, again = voice.say("A lantern at night.", 1.0), voice.say("A lantern at night.", 1.0)
    assert 5 * FRAME_SECONDS < first.seconds <= 12.5 * FRAME_SECONDS
    assert first.sound.dtype == np.float32
    assert np.isfinite(first.sound).all()
    assert np.array_equal(first.sound, again.sound)
    assert first.words == again.words


def test_another_seed_is_another_reading(tmp_path):
    one, two = (published.tiny_voice(tmp_path, seed).say("A lantern at night.", 1.0).sound for seed in (1, 2))
    assert one.size != two.size or not np.array_equal(one, two)


def test_words_are_heard_when_they_are_looked_at():
    said = letters("So I wrote")
    words = _words(said, [0, 1, 0, 2, 3, 3, 4, 2, 5, 9])
    heard = [(word.text, round(word.start / FRAME_SECONDS), round(word.end / FRAME_SECONDS)) for word in words]
    assert heard == [("So", 0, 3), ("I", 3, 6), ("wrote", 6, 10)]


def test_a_voice_that_never_ends_is_stopped():
    network = published.tiny_tacotron()
    torch.nn.init.constant_(network.decoder.gate_layer.linear_layer.bias, -1000.0)
    with pytest.raises(StoryError, match="did not come to an end: try another seed"):
        network(letters("Moon").numbers, 1)


def test_the_hum_of_silence_is_taken_away():
    network = published.tiny_waveglow()
    hum = network(torch.zeros(1, 8, 40), 0.0, 0)
    assert network.hush(hum, 1.0).square().mean() < 0.02 * hum.square().mean()
    assert network.hush(hum, 0.0) is hum


@pytest.mark.parametrize(("strength", "fainter_db"), [(0.5, 6.0), (0.9, 20.0)])
def test_the_steady_hum_is_as_much_fainter_as_told_and_words_are_not(strength, fainter_db):
    network = published.tiny_waveglow()
    hum = network(torch.zeros(1, 8, 88), 0.0, 0).numpy()
    word = 20 * hum.std() * np.sin(2 * np.pi * 440 * np.arange(hum.size) / RATE) * (np.arange(hum.size) < hum.size / 2)
    before, after = hum + word, network.hush(torch.tensor(hum + word, dtype=torch.float32), strength).numpy()
    hums = [spectrum(sound[hum.size * 5 // 8 : hum.size * 7 // 8]) for sound in (before, after)]
    loud = hums[0] > 0.1 * hums[0].max()
    assert 20 * np.log10(hums[0][loud] / hums[1][loud]) == pytest.approx(fainter_db, abs=0.5)
    words = [spectrum(sound[: hum.size // 2]).max() for sound in (before, after)]
    assert words[1] == pytest.approx(words[0], rel=0.1)


def spectrum(sound):
    return np.abs(np.fft.rfft(sound * np.hanning(sound.size)))


@pytest.mark.parametrize("samples", [1, 2, 255, 256, 512, 513, 5000])
def test_however_short_a_sound_is_it_is_hushed(samples):
    network = published.tiny_waveglow()
    quiet = network.hush(network(torch.zeros(1, 8, 40), 0.6, 1)[:samples], 0.1)
    assert quiet.shape == (samples,)
    assert quiet.isfinite().all()


def test_the_hum_is_listened_to_once():
    network, heard = published.tiny_waveglow(), []
    network.register_forward_pre_hook(lambda network, given: heard.append(given))
    for _ in range(2):
        network.hush(torch.ones(1000), 0.1)
    assert len(heard) == 1


@pytest.mark.parametrize(
    ("device", "sentence"),
    [
        ("cpu", "the machine's memory is too small for the trained voice: speak shorter sentences"),
        pytest.param(
            "cuda",
            "the card's memory is too small for the trained voice: device = 'cpu' is slow, but speaks",
            marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no card"),
        ),
    ],
)
def test_too_little_memory(device, sentence):
    with pytest.raises(StoryError, match=sentence), _enough_memory():
        torch.empty(1 << 50, device=device)


def test_other_mistakes_of_torch_are_not_of_memory():
    with pytest.raises(RuntimeError, match="size"), _enough_memory():
        torch.ones(2) + torch.ones(3)


def test_a_pair_that_does_not_belong_together(tmp_path):
    voice = published.tiny_voice(tmp_path)
    network = published.tiny_waveglow()
    torch.nn.init.constant_(network.WN[0].end.bias, -1000.0)
    published.save(network, voice.waveglow)
    with pytest.raises(WeightsError, match=r"w.safetensors makes no sound of what t.safetensors asks for"):
        voice.say("Moon", 1.0)
    published.save(waveglow.WaveGlow(dataclasses.replace(published.TINY_WAVEGLOW, mel=9)), tmp_path / "9.safetensors")
    with pytest.raises(WeightsError, match=r"t.safetensors speaks in 8 bands and .*9.safetensors hears 9: they are no"):
        dataclasses.replace(voice, waveglow=tmp_path / "9.safetensors").say("Moon", 1.0)


def test_files_that_are_missing_or_no_voice(tmp_path):
    voice = published.tiny_voice(tmp_path)
    with pytest.raises(WeightsError, match=r"w.safetensors is no Tacotron 2 as NVIDIA published it"):
        tacotron.load_tacotron(voice.waveglow)
    with pytest.raises(WeightsError, match=r"t.safetensors is no WaveGlow as NVIDIA published it"):
        waveglow.load_waveglow(voice.tacotron)
    (tmp_path / "checkpoint.pt").write_bytes(b"anything")
    with pytest.raises(WeightsError, match="is no safetensors: `blind-eye weights convert` makes it one"):
        tacotron.load_tacotron(tmp_path / "checkpoint.pt")
    with pytest.raises(WeightsError, match=r"gone.safetensors is not there"):
        tacotron.load_tacotron(tmp_path / "gone.safetensors")
    with pytest.raises(WeightsError, match=r"gone cannot be read: No such file"):
        _ = Trained(tmp_path / "gone", voice.waveglow, "cpu", 1, 0.6, 0.1).key


def test_a_checkpoint_that_lacks_a_layer(tmp_path):
    network = published.tiny_tacotron()
    del network.decoder.gate_layer
    with pytest.raises(WeightsError, match="is no Tacotron 2"):
        tacotron.load_tacotron(published.save(network, tmp_path / "t.safetensors"))


def test_a_fine_tuned_file_in_the_place_of_another_is_another_voice(tmp_path):
    voice = published.tiny_voice(tmp_path)
    before = voice.key
    os.utime(voice.tacotron, (1, 1))
    assert voice.key != before


def test_the_story_names_the_pair(tmp_path):
    table = '[murmur]\nvoice = "trained"\n[murmur.trained]\ntacotron = "t.safetensors"\nwaveglow = "w.safetensors"'
    voice = load_story(write_story(tmp_path, ("[film]", f"{table}\n[film]"))).murmur.manner.voice
    assert voice == Trained(tmp_path / "t.safetensors", tmp_path / "w.safetensors", "auto", 1, 0.6, 0.1)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("", r"\[narration.trained\] tacotron is missing"),
        ('tacotron = "t"\nwaveglow = "w"\ndevice = "tpu"', r"device = 'tpu' is not one of auto, cpu, cuda"),
        ('tacotron = "t"\nwaveglow = "w"\nliveliness = 2', r"liveliness = 2 is outside 0..1"),
    ],
)
def test_mistakes_in_its_table(tmp_path, line, sentence):
    table = f'[narration]\nvoice = "trained"\n[narration.trained]\n{line}\n'
    with pytest.raises(StoryError, match=sentence):
        load_story(write_story(tmp_path, ("[film]", f"{table}[film]")), HouseVoices())


def test_what_the_story_does_not_say_the_house_does(tmp_path):
    house = HouseVoices(tacotron=tmp_path / "house" / "t", waveglow=tmp_path / "house" / "w", device="cpu")
    table = '[narration]\nvoice = "trained"\ntrained = { waveglow = "own" }\n'
    voice = load_story(write_story(tmp_path, ("[film]", f"{table}[film]")), house).narration.manner.voice
    assert (voice.tacotron, voice.waveglow, voice.device) == (tmp_path / "house" / "t", tmp_path / "own", "cpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a card")
def test_a_card_that_is_not_there(tmp_path):
    voice = published.tiny_voice(tmp_path)
    with pytest.raises(StoryError, match="torch finds no NVIDIA card"):
        Trained(voice.tacotron, voice.waveglow, "cuda", 1, 0.6, 0.1).say("Moon", 1.0)


def test_genuine_sizes_have_the_published_names_and_shapes():
    with torch.device("meta"):
        voices = {"tacotron": tacotron.Tacotron(tacotron.Sizes()), "waveglow": waveglow.WaveGlow(waveglow.Sizes())}
    shapes = {
        name: {key: tuple(value.shape) for key, value in network.state_dict().items() if value.dim()}
        for name, network in voices.items()
    }
    assert shapes["tacotron"] == published.tacotron_shapes()
    assert shapes["waveglow"] == published.waveglow_shapes()


def test_sizes_are_read_off_published_shapes():
    meta = {name: torch.empty(size, device="meta") for name, size in published.tacotron_shapes().items()}
    assert tacotron.Sizes.of(meta) == tacotron.Sizes()
    for channels in (256, 512):
        shapes = published.waveglow_shapes(channels)
        meta = {name: torch.empty(size, device="meta") for name, size in shapes.items()}
        assert waveglow.Sizes.of(meta) == waveglow.Sizes(channels=channels)


def test_a_voice_of_another_alphabet(tmp_path):
    small = tacotron.Tacotron(dataclasses.replace(published.TINY_TACOTRON, symbols=80))
    with pytest.raises(WeightsError, match=r"small.safetensors knows 80 letters and sounds: the published voices know"):
        tacotron.load_tacotron(published.save(small, tmp_path / "small.safetensors"))


def test_one_of_a_pair_kept_in_half_precision_speaks(tmp_path):
    half = published.save(published.tiny_waveglow().half(), tmp_path / "half.safetensors")
    assert dataclasses.replace(published.tiny_voice(tmp_path), waveglow=half).say("Moon", 1.0).seconds > 0
