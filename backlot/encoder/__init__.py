"""Encoders: pictures and texts to vectors; only vision_worker and matcher use them.

`profiles` opens them by setting, `tables` keeps the controlled words encoded, `hints` reads the
seller's words. Torch and the engines load only when an encoder that needs them is opened.
"""
