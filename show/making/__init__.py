"""Making pictures from words; the only part of the project that loads torch."""
