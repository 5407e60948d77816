"""What several tests share: a screen, a sound card, the program as its user starts it."""
