"""pyglet.media as fast as it goes: its own decoder, its own texture, one flat picture filling the window.

    python -m tests.bench.picture.players.flat FILM WIDTH HEIGHT FRAMES SKIPPED

The picture is brought into its texture as pyglet's own Player does it. Says its figures as JSON.
"""

import sys

import pyglet

from tests.bench.picture.players.figures import Stretch

pyglet.options.debug_gl = False


def main(film: str, width: str, height: str, frames: str, skipped: str) -> None:
    """Play, and print."""
    from pyglet import gl, image, media
    from pyglet.window import Window

    config = gl.Config(double_buffer=True, red_size=8, green_size=8, blue_size=8)
    window = Window(int(width), int(height), style="borderless", config=config, vsync=True)
    window.set_location(0, 0)
    source = media.load(film)
    source.audio_format = None  # else the pictures end early while the sound is left unread
    form, stretch = source.video_format, Stretch(int(skipped))
    texture = image.Texture.create(form.width, form.height, gl.GL_TEXTURE_2D)
    for index in range(int(frames)):
        picture = source.get_next_video_frame()
        if picture is None:
            raise SystemExit(f"pyglet sees the end of the film before frame {index}")
        texture.blit_into(picture, 0, 0, 0)
        window.clear()
        texture.blit(0, 0, width=window.width, height=window.height)
        window.flip()
        window.dispatch_events()
        stretch.shown()
    print(stretch.told())
    window.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
