"""The work: films, captions, narration, programme, submissions and the making of clips."""
