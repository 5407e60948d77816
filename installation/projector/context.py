"""An OpenGL context that can tell when the graphics card has lost it, where the driver knows how."""

from typing import Any

from pyglet import gl
from pyglet.gl import glxext_arb
from pyglet.gl.xlib import XlibContext

# GLX_ARB_create_context_robustness
EXTENSION = "GLX_ARB_create_context_robustness"
ROBUST_ACCESS_BIT = 0x0004
RESET_STRATEGY, LOSE_CONTEXT_ON_RESET = 0x8256, 0x8252

SOFTWARE = ("llvmpipe", "softpipe", "software rasterizer", "swrast")  # Mesa's


class RobustContext(XlibContext):
    """pyglet's context, asked for with a notice of resets; without it where the driver gives none."""

    def _create_glx_context(self, share: Any) -> Any:
        config = self.config
        if not config.glx_info.have_extension(EXTENSION):
            return super()._create_glx_context(share)
        attributes = [
            *(glxext_arb.GLX_CONTEXT_MAJOR_VERSION_ARB, config.major_version),
            *(glxext_arb.GLX_CONTEXT_MINOR_VERSION_ARB, config.minor_version),
            *(glxext_arb.GLX_CONTEXT_PROFILE_MASK_ARB, glxext_arb.GLX_CONTEXT_CORE_PROFILE_BIT_ARB),
            *(glxext_arb.GLX_CONTEXT_FLAGS_ARB, ROBUST_ACCESS_BIT),
            *(RESET_STRATEGY, LOSE_CONTEXT_ON_RESET),
            0,
        ]
        array = (gl.GLint * len(attributes))(*attributes)
        its = glxext_arb.glXCreateContextAttribsARB(self.x_display, config.fbconfig, None, True, array)
        return its or super()._create_glx_context(share)


def is_software() -> bool:
    """Whether these processors draw, and no card: nothing then waits for a display's refresh."""
    renderer = gl.gl_info.get_renderer().lower()
    return any(name in renderer for name in SOFTWARE)


def is_lost() -> bool:
    """Whether the graphics card was reset, and everything in it is gone."""
    if not gl.gl_info.have_version(4, 5):
        return False
    return bool(gl.glGetGraphicsResetStatus() != gl.GL_NO_ERROR)
