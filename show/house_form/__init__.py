"""House form: any movie that FFmpeg reads made into one that plays here without effort; `blind-eye film import`."""
