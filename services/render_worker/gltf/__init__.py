"""Sets as glTF 2.0 for browsers and other programs, without Blender."""
