"""The set builder: a recipe of parts becomes a scene."""
