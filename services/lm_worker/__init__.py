"""The refine stage: which studio, lighting, background and mood would sell this product."""
