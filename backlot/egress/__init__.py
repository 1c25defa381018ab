"""The one way out: every address a client gave us is called through here or not at all."""
