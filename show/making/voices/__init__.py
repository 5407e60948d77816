"""The voices: recordings, Resemble, a trained pair, or programs that speak; chosen in story.toml."""
