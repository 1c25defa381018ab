"""The matcher: chooses the brief, finds the backgrounds that fit it and says why."""
