"""The room: how the panels lie on the projector's picture."""
