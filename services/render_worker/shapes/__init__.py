"""Geometry made with numpy: solids of revolution, lofts, tubes, cloth, leaves and stones."""
