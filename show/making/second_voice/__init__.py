"""The second voice: the same words tuned to a scale, in several parts, over a harmonic bed, in a room."""
